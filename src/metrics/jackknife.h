/* Blocks of realisations and the delete-one-block jackknife. docs/model.md (M18). */
#ifndef CFISAC_METRICS_JACKKNIFE_H
#define CFISAC_METRICS_JACKKNIFE_H

#include <stddef.h>

/* A full set is merged pairwise when more is to come: between 50 and 100 blocks from 50 realisations on. */
enum { MOST_BLOCKS = 100 };

typedef struct jackknife {
    double corrected; /* free of the bias of order 1/n */
    double std_error; /* NaN with fewer than two blocks */
} jackknife;

/* whole: the estimate from all n realisations; without[b]: the one that leaves block b of size[b] realisations out.
 * Blocks may differ in size (delete-m_j jackknife of Busing, Meijer and van der Leeden). */
jackknife jackknife_estimate(size_t blocks, const size_t *size, double whole, const double *without);

#endif
