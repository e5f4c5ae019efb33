/* What a number of realisations can estimate: conditions read off the powers. docs/model.md (M17). */
#ifndef CFISAC_METRICS_ESTIMABLE_H
#define CFISAC_METRICS_ESTIMABLE_H

#include "cfisac/metrics.h"

/* What the multistatic bounds need, L numbers each, in realisations (real-valued):
 *   least    max(number of APs that radiate / number of users that are served, sum_l tr(S_p S_l)): from fewer the
 *            unknown path gains take up AP p's whole residual. 0 where nobody is served.
 *   one_more tr(S_p S_p): what must be left besides, so that a residual has an error
 * with S_l the K x K covariance over streams of AP l's communication signal towards the target, of trace 1. */
typedef struct multistatic_needs {
    double *least, *one_more;
} multistatic_needs;

cfi_status estimable_multistatic(const cfi_network *network, const cfi_powers *powers, cfi_arena *arena,
                                 multistatic_needs *needs, cfi_error *error);

/* Whether `realizations` are enough. */
bool estimable_from(double realizations, double needed);

/* The order s with which the probability that AP p's own-echo information in one realisation lies below t vanishes,
 * t^s, as t goes to 0; infinite where the information is bounded below. The realisation's bound then has a finite mean
 * for s > 1 and a finite variance for s > 2. 0 where there never is information. */
double estimable_block_order(const cfi_network *network, const cfi_powers *powers, size_t p);

#endif
