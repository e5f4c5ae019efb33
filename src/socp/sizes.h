/* Short loops of frequent lengths. */
#ifndef CFISAC_SOCP_SIZES_H
#define CFISAC_SOCP_SIZES_H

#include "socp/ldl_vector.h"

/* function(size, ...), an INLINE function, with code of its own for cones of 3, 4 and 6 rows, the most frequent ones of
 * allocations and of public problems: their loops are unrolled, half of the instructions. No sum is taken in another
 * order. */
#define BY_SIZE(function, size, ...)                                                                                   \
    ((size) == 3   ? function(3, __VA_ARGS__)                                                                          \
     : (size) == 4 ? function(4, __VA_ARGS__)                                                                          \
     : (size) == 6 ? function(6, __VA_ARGS__)                                                                          \
                   : function(size, __VA_ARGS__))

/* The same for single columns of L with 1, 2, 3 or 5 rows below. */
#define BY_BELOW(function, below, ...)                                                                                 \
    ((below) == 5   ? function(5, __VA_ARGS__)                                                                         \
     : (below) == 3 ? function(3, __VA_ARGS__)                                                                         \
     : (below) == 2 ? function(2, __VA_ARGS__)                                                                         \
     : (below) == 1 ? function(1, __VA_ARGS__)                                                                         \
                    : function(below, __VA_ARGS__))

#endif
