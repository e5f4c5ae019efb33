/* The multistatic bound's unknown path gains: what they leave of each access point's derivative, and how the target is
 * lit through all of them. docs/model.md (M17). */
#ifndef CFISAC_METRICS_ELIMINATION_H
#define CFISAC_METRICS_ELIMINATION_H

#include "metrics/sums.h"

/* Work space of one thread; NULL when out of memory. */
typedef struct elimination elimination;
elimination *elimination_make(const sums_layout *layout, cfi_arena *arena);

/* RSS_p (L) from `total` less `part` (or NULL), sums over realisations; not divided by their number. `aps` is the
 * difference of what both hold of the access points. False when the gains cannot be eliminated. */
bool elimination_residuals(elimination *e, const bound_constants *constants, double *total, double *part,
                           const double *aps, double *rss);

/* Path gains alpha_lp, as the products want them. */
typedef struct echo_paths echo_paths;
echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena);

/* sum norm(u_p)^2 (L) from sums over realisations. rough: in single precision where layout->single. */
void elimination_illumination(elimination *e, const echo_paths *paths, const bound_constants *constants, double *sums,
                              bool rough, double *lit);

#endif
