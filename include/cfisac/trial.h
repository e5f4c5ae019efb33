/* trial: one trial, pure: (system, drop) -> record. */
#ifndef CFISAC_TRIAL_H
#define CFISAC_TRIAL_H

#include "cfisac/alloc.h"

typedef enum { CFI_DROP_OK, CFI_DROP_INFEASIBLE, CFI_DROP_FAILED } cfi_drop_status;
const char *drop_status_name(cfi_drop_status status);

/* Theorem 1's rates are NULL, and their sum no number, where it says nothing (cfi_link.theorem1). */
typedef struct cfi_closed_form {
    double *rate_theorem1_bit_s_hz, *rate_exact_bit_s_hz; /* K */
    double sum_rate_theorem1_bit_s_hz, sum_rate_exact_bit_s_hz;
    double *crlb_own_echo_rad2, *crlb_multistatic_rad2; /* L; infinite: no information */
    double *crlb_noncoherent_rad2;                      /* L */
    cfi_position_bounds position;
    double *echo_snr, *detection_probability; /* L: of own echoes */
    double detection_probability_fused;       /* NaN unless detection_is_fused */
} cfi_closed_form;

/* A reference split for the side-by-side comparison, evaluated in closed form under the system's models. */
typedef struct cfi_reference {
    bool available;           /* false: infeasible or not applicable */
    double sum_rate_bit_s_hz; /* under system->rate_model */
    double max_constraint_violation;
    double worst_crlb_rad2; /* under system->sensing.crlb_model */
} cfi_reference;

/* The same allocation by the other solver, from the same starts. */
typedef struct cfi_check {
    bool available;     /* false: not asked for, nothing iterated, or no other solver covers the scenario */
    const char *solver; /* of the second allocation: "structured", "socp" */
    cfi_alloc_status status;
    double sum_rate_bit_s_hz;
    double objective_value;     /* in the unit of the first's */
    double relative_difference; /* of objectives, abs(second - first) / abs(first); of proportional_fair that of the
                                   weighted geometric means of rates, whose logarithm it is but for a factor */
} cfi_check;

typedef struct cfi_record {
    uint32_t index;
    cfi_drop_status status;
    size_t L, K, N;
    const cfi_network *network;
    const cfi_link *link;
    cfi_closed_form closed_form; /* at allocation.powers */
    bool has_monte_carlo;
    cfi_monte_carlo monte_carlo;
    cfi_allocation allocation;
    cfi_reference equal, heuristic;
    cfi_check check;
    const char *failure; /* what broke down, where the drop failed or its allocation is inaccurate; NULL else */
} cfi_record;

typedef struct cfi_trial_options {
    size_t threads;        /* that may share this drop: its pairs, its allocation (cfi_link.threads), its channels */
    bool check;            /* allocate again by the other solver and compare */
    bool keep_interrupted; /* a drop whose certificate the stop flag cut short is a result, with the bound so far and
                              without Monte Carlo; else it is CFI_INTERRUPTED */
    cfi_alloc_options alloc;
} cfi_trial_options;

/* Runs drop `drop`: network, link, allocation, closed forms, Monte Carlo. Everything *record points
 * to lives in the arena. An infeasible drop is CFI_OK with record->status CFI_DROP_INFEASIBLE: then closed_form and
 * monte_carlo are absent (arrays NULL). A numerical failure is CFI_OK with CFI_DROP_FAILED.
 * Fails: CFI_INVALID (a placement that finds no room), CFI_NO_MEMORY, CFI_INTERRUPTED, the export's error. */
cfi_status trial_run(const cfi_system *system, uint32_t drop, const cfi_trial_options *options, cfi_arena *arena,
                     cfi_record *record, cfi_error *error);

/* -------------------------------------------------------------- the frontier of a drop ---- */

/* What can be traded for what: a rate A, of which more is better, against B, of which less is. docs/model.md (M33) */
typedef struct cfi_frontier_side {
    const char *word;            /* of `frontier --between A,B` */
    const char *quantity, *unit; /* names of columns are QUANTITY_UNIT */
    const char *label;           /* of an axis */
} cfi_frontier_side;

enum { CFI_MOST_FRONTIER_POINTS = 1000 };
/* The index-th A,B that frontier_between takes; false beyond the last. */
bool frontier_pair(size_t index, char *text, size_t size);
/* What is asked of every drop. The scenario is borrowed, the others are owned: frontier_free. */
typedef struct cfi_frontier {
    const cfi_scenario *scenario;
    const cfi_frontier_side *rate, *cost;
    size_t points;                               /* between the ends */
    size_t cost_row;                             /* of src/trial/frontier_costs.c */
    cfi_scenario *rate_end, *cost_end, *between; /* what each end optimises, and what each point does but for its B */
} cfi_frontier;

/* `between` is "A,B". CFI_USAGE: there are no such words; the text lists those that there are. */
cfi_status frontier_between(const char *between, size_t points, cfi_frontier *out, cfi_error *error);
/* What the words are asked of. CFI_INVALID, CFI_UNAVAILABLE: the scenario cannot be asked for one of the two, as the
 * scenario of that end says, or has a sweep; `name` stands for its file. CFI_NO_MEMORY. frontier_free in every case. */
cfi_status frontier_ask(const cfi_scenario *scenario, const char *name, cfi_frontier *frontier, cfi_error *error);
void frontier_free(cfi_frontier *frontier);
/* Positions of a drop's curve: the ends and what is between them. */
static inline size_t frontier_positions(const cfi_frontier *frontier)
{
    return frontier->points + 2;
}
/* 0 at the end of A, 1 at that of B. */
static inline double frontier_position(const cfi_frontier *frontier, size_t i)
{
    return (double)i / (double)(frontier->points + 1);
}
/* Bytes that trial_frontier needs beside what a trial does (scenario_memory_bytes). */
double frontier_memory_bytes(const cfi_frontier *frontier);

/* An allocation of a drop: what it has of both, and how it ended. */
typedef struct cfi_frontier_point {
    double rate, cost; /* in the units of the sides; NaN where there are no powers */
    double limit;      /* on B, that it was made under; infinite at the end of A */
    cfi_alloc_status status;
} cfi_frontier_point;

typedef struct cfi_frontier_record {
    uint32_t index;
    cfi_drop_status status;    /* ok: both ends have powers */
    cfi_frontier_point *point; /* frontier_positions of them */
    cfi_infeasibility because; /* of an infeasible drop */
    const char *failure;       /* what broke down first, at any point; NULL: nothing */
} cfi_frontier_record;

/* The frontier of drop `drop`. Network and link are drawn once. B's end comes first, by the objective min_B; A's end is
 * A without a limit on B; the limits between lie at equal relative positions (of information, or of log power), and
 * their points are made from B's end on, each starting also from the one before, which meets its limit: along the curve
 * from A's end A never rises. At B's end A is the largest found at B's best value. All points live in the arena; else
 * as trial_run. */
cfi_status trial_frontier(const cfi_frontier *frontier, uint32_t drop, const cfi_trial_options *options,
                          cfi_arena *arena, cfi_frontier_record *record, cfi_error *error);

#endif
