/* How the target is lit through all paths, as each receiver sees it. docs/model.md (M17). */
#ifndef CFISAC_METRICS_ILLUMINATION_H
#define CFISAC_METRICS_ILLUMINATION_H

#include "metrics/sums.h"

/* Path gains alpha_lp, as the products want them. */
typedef struct echo_paths echo_paths;
echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena);

/* Work space of one thread: S in panels; padded x padded, as in the sums. */
typedef struct lit_work {
    double *s[3];
    cfi_split y;
} lit_work;
bool lit_work_make(const sums_layout *layout, const echo_paths *paths, cfi_arena *arena, lit_work *work);

/* sum norm(u_p)^2 (L), u_p = sum_l alpha_lp v_l, from sums over realisations. */
void illumination_sum(const sums_layout *layout, const echo_paths *paths, double *sums, lit_work *work, double *lit);

#endif
