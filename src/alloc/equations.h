/* Linear equations, by elimination with pivots. */
#ifndef CFISAC_ALLOC_EQUATIONS_H
#define CFISAC_ALLOC_EQUATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Solves K linear equations, of which column K of the K x (K + 1) numbers is the right-hand side and becomes the
 * solution; false: singular. */
bool equations_solve(size_t K, double *a);

#endif
