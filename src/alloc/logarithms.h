/* Logarithms and exponentials of a few numbers at once, in vectors: a climb (climb.h) asks for some of each user in
 * every evaluation. Within 2e-16 of the true ones, relative, or absolute where a logarithm is small. */
#ifndef CFISAC_ALLOC_LOGARITHMS_H
#define CFISAC_ALLOC_LOGARITHMS_H

#include <stddef.h>

/* Each of `count` numbers, at least 1e-300 and finite, becomes its logarithm. */
void logarithms_take(size_t count, double *number);

/* Each of `count` numbers becomes its exponential; below -700 and above 700 that of these. */
void exponentials_take(size_t count, double *number);

#endif
