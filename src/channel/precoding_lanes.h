/* What the loops of precoders over lanes are given. docs/model.md (M20). */
#ifndef CFISAC_CHANNEL_PRECODING_LANES_H
#define CFISAC_CHANNEL_PRECODING_LANES_H

#include "channel/precoding.h"

/* Added to every pivot: a matrix of zeros, of estimates that are 0, then solves to zeros. */
static const double ADDED_PIVOT = 1e-300;

/* The matrix A = X X^H + load I + E of the smaller side of the columns, X its `size` x `count` numbers. */
typedef struct lane_system {
    size_t size, count, row, lanes; /* row: doubles from row to row */
    const size_t *begin;            /* count: where columns begin */
    double load;
    const double complex *added; /* E, size x size, or NULL */
    double *re, *im;             /* X; then A^-1 X */
    double *matrix, *pivot, *work;
} lane_system;

/* The estimate of a user, N x lanes, from white numbers of its pilot. */
typedef struct lane_filter {
    size_t N, lanes;
    const double complex *filter, *mean; /* N x N; N, or NULL: without a line of sight */
    const double *white_re, *white_im, *cosine, *sine;
    double *re, *im;
} lane_filter;

/* The estimate. */
void precoding_filter(const lane_filter *filter);

#endif
