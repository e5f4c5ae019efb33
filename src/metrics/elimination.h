/* The multistatic bound's unknown path gains: what they leave of each access point's derivative. docs/model.md (M17).
 */
#ifndef CFISAC_METRICS_ELIMINATION_H
#define CFISAC_METRICS_ELIMINATION_H

#include "metrics/sums.h"

enum { ELIMINATION_BLOCK = 2 * LINALG_PANEL }; /* rows that are reduced at once */

/* Work space of one thread. */
typedef struct elimination {
    const sums_layout *layout;
    cfi_split s, c;             /* padded x padded: what is left; c serves the illumination too */
    double *root, *one;         /* padded: 1 / norm(v_l), 0 where silent; 1 */
    double *left[3], *right[3]; /* rows that are reduced, in panels: of S negated, and of S */
    double *beside[3];          /* of c */
    double complex *pivot;      /* the factor of a block, column by column */
    double *g_re, *g_im;        /* the same row by row */
    double *g_inv;              /* 1 / diagonal */
} elimination;

/* NULL when out of memory. */
elimination *elimination_make(const sums_layout *layout, cfi_arena *arena);

/* RSS_p (L) from `total` less `part` (or NULL), sums over realisations; not divided by their number. `aps` is the
 * difference of what both hold of the access points. False when the gains cannot be eliminated. */
bool elimination_residuals(elimination *e, double *total, double *part, const double *aps, double *rss);

#endif
