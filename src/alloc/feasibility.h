/* The closed feasibility test. docs/model.md (M10). */
#ifndef CFISAC_ALLOC_FEASIBILITY_H
#define CFISAC_ALLOC_FEASIBILITY_H

#include "cfisac/alloc.h"

/* As alloc_least_threshold_factor, from the coefficients of metrics_sensing_coefficients (L each). */
double feasibility_factor(const cfi_network *network, const double *d1, const double *d2);

#endif
