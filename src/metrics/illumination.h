/* How the target is lit through all paths, as each receiver sees it. docs/model.md (M17). */
#ifndef CFISAC_METRICS_ILLUMINATION_H
#define CFISAC_METRICS_ILLUMINATION_H

#include "metrics/sums.h"

/* Path gains alpha_lp, as the products want them; NULL when out of memory. */
typedef struct echo_paths echo_paths;
echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena);

/* Doubles that illumination_sum works in. */
size_t illumination_work(const echo_paths *paths);

/* sum norm(u_p)^2 (L), u_p = sum_l alpha_lp v_l, from sums over n realisations; not divided by n. */
void illumination_sum(const echo_paths *paths, double *sums, double n, double *work, double *lit);
/* The same by the mean over independent uniform phases of the paths: sum_l abs(alpha_lp)^2 norm(v_l)^2. */
void illumination_mean(const echo_paths *paths, const double *sums, double *lit);

#endif
