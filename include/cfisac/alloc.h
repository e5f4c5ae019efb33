/* alloc: powers of the access points. Equal, heuristic and fractional splits, given powers, the closed feasibility
 * test, and the maximisation of an objective: by the accelerated response of the access points, or by successive convex
 * approximation (SCA), whose steps the socp room solves. */
#ifndef CFISAC_ALLOC_H
#define CFISAC_ALLOC_H

#include "cfisac/metrics.h"
#include "cfisac/socp.h"

typedef enum {
    CFI_ALLOC_FIXED,      /* none, equal, heuristic, fractional, given: nothing iterated */
    CFI_ALLOC_CONVERGED,  /* a stationary point */
    CFI_ALLOC_OPTIMAL,    /* proved global */
    CFI_ALLOC_INACCURATE, /* feasible, the best point before a step that failed or was solved to reduced accuracy */
    CFI_ALLOC_INFEASIBLE,
    CFI_ALLOC_ITERATION_LIMIT,
    CFI_ALLOC_FAILED /* no feasible point */
} cfi_alloc_status;
const char *alloc_status_name(cfi_alloc_status status);

/* What a variable or a row of an exported problem is: name, unit of a value times its scale ("1": a plain number), and
 * a sentence. */
typedef struct cfi_map_word {
    const char *name, *unit, *meaning;
} cfi_map_word;
typedef enum { CFI_MAP_VARIABLES, CFI_MAP_EQUALITIES, CFI_MAP_LINEAR, CFI_MAP_CONE } cfi_map_part;
/* Variables, rows of A, or rows of G (linear ones, or one cone) that are one thing. */
typedef struct cfi_map_entry {
    cfi_map_part part;
    const cfi_map_word *word;
    size_t first, count;
    size_t user, ap; /* whose it is; CFI_NOWHERE: of none */
    double scale;    /* of each of the values, to the word's unit */
} cfi_map_entry;
/* Every variable and every row of a problem once, in the order in which they were added, and how its solution gives
 * powers: those of users, which where `scaled_to` is given are multiplied by the factor, one an access point, that
 * makes their sum that variable; sensing power itself, or what is radiated less those powers, or less the variable
 * `less`. */
typedef struct cfi_problem_map {
    const char *kind;                                                  /* which problem */
    const char *objective;                                             /* what is minimised */
    const cfi_map_word *users, *scaled_to, *sensing, *radiated, *less; /* NULL: not there */
    cfi_map_entry *entry;
    size_t count;
} cfi_problem_map;

/* An SOCP that the allocation solves; start and step count from 0. */
typedef struct cfi_exported {
    uint32_t drop;
    size_t start, step;
    const socp_problem *problem;
    const cfi_problem_map *map;
} cfi_exported;
/* Receives every one of them (`run --export-cbf`). */
typedef cfi_status (*cfi_export)(void *context, const cfi_exported *exported, cfi_error *error);

/* What a thread keeps from one allocation to the next: memory and the set-up of the cone solver. No bit of a result
 * depends on it. One per thread, never shared by two at once; owned by who creates it. */
typedef struct alloc_workspace alloc_workspace;
alloc_workspace *alloc_workspace_create(void);            /* NULL: out of memory */
void alloc_workspace_destroy(alloc_workspace *workspace); /* NULL is fine */

typedef struct cfi_alloc_options {
    cfi_export export_problem; /* or NULL */
    void *export_context;
    cfi_stop *stop;             /* or NULL */
    alloc_workspace *workspace; /* the thread's; NULL: one for the call alone */
    const cfi_powers *start; /* powers that a search over starts begins with, made feasible, before its own starts and
                                not counted among allocation.starts; borrowed. NULL: none */
} cfi_alloc_options;

/* What makes a drop infeasible: the constraint that must give way, where, and by how much. The change is enough by
 * itself, and a smaller one is not. docs/model.md (M10)                        docs/results.md
 *   THRESHOLD  the CRLB threshold of `ap` alone, times the factor; of every access point where ap is CFI_NOWHERE
 *   AP_LIMIT   the power limit of `ap`, times the factor; where others are too small too, their limits as well
 *   BUDGET(_DBM)  the total power, times the factor; `ap` is the access point that needs most of it
 *   POSITION   the position threshold, metres, times the factor
 *   DETECTION  the SNR that the detection threshold asks for, over the factor
 *   RATE       the rate target of user `ue`, bit/s/Hz, over the factor; of every user where ue is CFI_NOWHERE
 *
 * Where the problem is not convex the factor of all rates is one that is proved to be needed (at_least).
 *
 * A user is named where its target is beyond what infinite power gives: over the factor it is that limit, and only less
 * than that is reached.
 *
 * Where constraints couple access points (docs/model.md (M28)) one kind of threshold is asked to give way alone if that
 * is enough, in the order position, detection, angles, the last by one factor at all access points; else all limits by
 * one factor, else the total power; else limits and total power by one factor, said as the total power with `ap`
 * CFI_NOWHERE. `ap` is that otherwise, too, but where the total power alone has to give way.
 *
 * The factor is infinite where `ap` has no information about the angle at any power. */
typedef enum {
    CFI_CONSTRAINT_NONE, /* the drop is feasible, or nothing was asked of it */
    CFI_CONSTRAINT_THRESHOLD,
    CFI_CONSTRAINT_AP_LIMIT,
    CFI_CONSTRAINT_BUDGET,     /* said by power.snr_db */
    CFI_CONSTRAINT_BUDGET_DBM, /* said by power.budget_dbm */
    CFI_CONSTRAINT_POSITION,
    CFI_CONSTRAINT_DETECTION,
    CFI_CONSTRAINT_RATE,
    CFI_CONSTRAINT_LAST = CFI_CONSTRAINT_RATE
} cfi_constraint;
/* The scenario's key, e.g. "power.ap_limit_dbm"; NULL for CFI_CONSTRAINT_NONE. */
const char *constraint_key(cfi_constraint constraint);

static const size_t CFI_NOWHERE = SIZE_MAX; /* an index that is null */
typedef struct cfi_infeasibility {
    cfi_constraint constraint;
    size_t ap, ue; /* or CFI_NOWHERE */
    double factor; /* > 1, linear */
    bool at_least; /* a smaller change is not enough, and this one may not be */
} cfi_infeasibility;

/* What was maximised, and how it went. */
typedef struct cfi_objective_result {
    const char *name, *unit; /* static: the scenario's word, "bit/s/Hz" */
    double value;            /* recomputed from powers */
    double dual_value;       /* in `unit`: no feasible powers are better, proved by the dual; NaN: nothing is proved */
    const double *trace; /* trace_count values: the start, then each accepted step; structured: the best so far after
                            each evaluation. It never falls */
    size_t trace_count;
    double spread; /* best minus worst over the starts, without broken ones if any is whole, and without those that
                      were left because they came to the best */
} cfi_objective_result;

/* What is proved of the sum rate's allocation, where allocation.certify asks for it: no powers that meet all
 * constraints (to a relative 1e-10) exceed the bound. docs/model.md (M34) */
typedef struct cfi_certificate {
    bool asked;
    double upper_bound; /* in the objective's unit; NaN: nothing is proved */
    double gap;         /* (upper_bound - value) / value; NaN likewise */
    size_t nodes;       /* boxes that were bounded; 0: nothing is proved */
    bool interrupted;   /* by the stop flag: without it powers or bound might be better; the bound holds */
} cfi_certificate;

typedef struct cfi_allocation {
    cfi_method method;
    cfi_alloc_status status;
    const char *stop_reason; /* static: "tolerance", "no_progress", "max_iterations", "infeasible", ... */
    const char *failure;     /* what broke down, where the status is inaccurate or failed; else NULL */
    size_t iterations;       /* steps of the winning start; structured: evaluations, then steps of the cone solver */
    size_t starts_asked;     /* allocation.starts, or its default */
    size_t starts;           /* starts that were tried, also those that were left for a better one */
    size_t broken_starts;    /* of them, those that a failed step ended: they never beat one that ended by itself */
    cfi_objective_result objective;
    double sum_rate_bit_s_hz;        /* under system->rate_model, recomputed from powers */
    cfi_powers powers;               /* zero when infeasible */
    double *ap_power_w;              /* L: sum_k p_kl + s_l */
    double max_constraint_violation; /* relative, of budget, AP limits, thresholds; 0 when all hold */
    double least_threshold_factor;   /* multiply every threshold by it to reach the edge of feasibility; <= 1: feasible;
                                        0:   there are none. Thresholds on angles in rad^2, on the position in m^2, and
                                        what detection thresholds ask for in SNR is divided by it */
    cfi_infeasibility because;       /* of an infeasible drop */
    const char *solver;              /* what maximised: "structured", "socp"; NULL where nothing was iterated */
    double largest_step_gap; /* structured: what a step could still gain at the result, at most, relative: the largest
                                over all starts; infinite without a certificate; else NaN */
    size_t fallback_steps;   /* structured: steps of all starts that the cone solver took where no progress was made */
    double solve_seconds;
    cfi_certificate certificate;
} cfi_allocation;

/* The least factor f such that thresholds f * crlb_threshold_rad2 are feasible under the budget and the
 * limits per AP (own echo; closed form): sum_p 1 / (threshold_p max(comm_p, sens_p)) <= P.      docs/model.md (M10)
 * Infinite when an AP has no information at any power; 0 without thresholds. Where sensing couples access points
 * (system_couples_sensing) it is no test: alloc_run solves a small cone problem, docs/model.md (M28). */
double alloc_least_threshold_factor(const cfi_link *link);

/* What makes the drop infeasible; only for drops that are, by the closed test. (Where sensing couples access points
 * alloc_run tells.) */
cfi_infeasibility alloc_explain_infeasible(const cfi_link *link);

/* The per-AP splits.                                                            docs/model.md (M11), (M12)
 * alloc_equal never fails; alloc_heuristic returns CFI_INFEASIBLE exactly when the closed test does or,
 * where sensing couples access points, no powers meet all constraints; then also CFI_INVALID (signals that have
 * directions), CFI_FAILED (a cone problem without an answer) and CFI_INTERRUPTED (link->stop). */
void alloc_equal(const cfi_link *link, cfi_powers *powers);
cfi_status alloc_heuristic(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error);

/* The fractional split and given powers.                                        docs/model.md (M12a)
 * AP l spends P_l, the smaller of budget / L and its limit, or its limit where the budget is the sum of the limits:
 *   s_l = f P_l,   p_kl = (1 - f) P_l beta_kl^e / sum_i beta_il^e   over the users i that it serves
 * with f = fractional_fraction and e = fractional_exponent. Never fails; an AP that serves nobody sends its sensing
 * beam alone. */
void alloc_fractional(const cfi_link *link, cfi_powers *powers);
/* system->allocation.powers_w and sensing_powers_w as they are, whatever they violate. CFI_INVALID where they are not
 * given, or some AP has power for a user whom it does not serve. */
cfi_status alloc_given(const cfi_link *link, cfi_powers *powers, cfi_error *error);

/* Everything that results, references and checks say of powers, by closed form under the system's models. */
typedef struct cfi_evaluation {
    size_t K, L;
    double *sinr, *rate_bit_s_hz; /* K each, under system->rate_model */
    double sum_rate_bit_s_hz;
    double *crlb_rad2; /* L: the bound of system->sensing.crlb_model; infinite: no information */
    double worst_crlb_rad2;
    double position_error_m; /* the bound of the same model, where something is asked of it; else NaN */
    double *ap_power_w;      /* L: watts radiated */
    double power_w;          /* sum of them */
    double violation; /* largest relative violation of budget, AP limits, thresholds and rate targets, in units of what
                         is needed; 0: all hold. Angle thresholds are no constraints of min_crlb */
} cfi_evaluation;

/* Arrays of *out come from the arena. Fails: CFI_NO_MEMORY, CFI_FAILED as the metrics do. */
cfi_status alloc_evaluate(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_evaluation *out,
                          cfi_error *error);

/* The objective of the system at such powers, in its unit, whatever constraints they violate. Fails as alloc_evaluate;
 * CFI_INVALID: an objective that this version has not. */
cfi_status alloc_measure(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *value,
                         cfi_error *error);

/* Runs system->allocation.method, on at most link->threads threads, of which no bit depends (more than 1: not from
 * within threads_run). Arrays of *out come from the arena. Returns CFI_OK whenever *out was filled, whatever its status
 * (an infeasible drop is a result); CFI_NO_MEMORY, CFI_INTERRUPTED, the export's error, or CFI_INVALID where the method
 * cannot do what the system asks for: an objective that is not available, `structured` where it does not apply
 * (the fractional surrogate, the paper's approximation of the threshold), that
 * approximation where communication and sensing power do not interfere alike. */
cfi_status alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena, cfi_allocation *out,
                     cfi_error *error);

#endif
