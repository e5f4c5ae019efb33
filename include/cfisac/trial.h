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
    size_t threads; /* that may share this drop: its pairs, its allocation (cfi_link.threads), its channels */
    bool check;     /* allocate again by the other solver and compare */
    cfi_alloc_options alloc;
} cfi_trial_options;

/* Runs drop `drop`: network, link, allocation, closed forms, Monte Carlo. Everything *record points
 * to lives in the arena. An infeasible drop is CFI_OK with record->status CFI_DROP_INFEASIBLE: then closed_form and
 * monte_carlo are absent (arrays NULL). A numerical failure is CFI_OK with CFI_DROP_FAILED.
 * Fails: CFI_INVALID (a placement that finds no room), CFI_NO_MEMORY, CFI_INTERRUPTED, the export's error. */
cfi_status trial_run(const cfi_system *system, uint32_t drop, const cfi_trial_options *options, cfi_arena *arena,
                     cfi_record *record, cfi_error *error);

#endif
