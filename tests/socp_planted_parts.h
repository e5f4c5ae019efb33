/* What the files of the planted problems share. */
#ifndef TESTS_SOCP_PLANTED_PARTS_H
#define TESTS_SOCP_PLANTED_PARTS_H

#include "socp_draws.h"
#include "socp_planted.h"

static inline size_t pick(cfi_stream *stream, size_t low, size_t high)
{
    return low + (size_t)(uniform(stream) * (double)(high - low + 1));
}

/* Sizes and matrices of a linear programme. */
void planted_draw_programme(planted *it, cfi_stream *stream);
/* Another variable t and the cone of its epigraph, with the point and multipliers that c = (.., 1) asks for. */
void planted_add_square(planted *it, cfi_stream *stream);
/* h and c of the epigraph as they are written by hand, without what rounding left in them. */
void planted_tidy_square(planted *it);

#endif
