/* Vectors of the numeric phases of the factorisation. No sum is reordered by the vector length of the CPU, so that
 * every instruction set gives the same bytes. */
#ifndef CFISAC_SOCP_LDL_VECTOR_H
#define CFISAC_SOCP_LDL_VECTOR_H

#include "base/clones.h"

enum { VECTOR = 4 }; /* doubles in a vector; the columns of wide panels are a multiple of it long */

typedef double vector __attribute__((vector_size(8 * VECTOR), aligned(8), may_alias));
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

#endif
