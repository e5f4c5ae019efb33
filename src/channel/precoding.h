/* Precoders that invert a matrix of the estimates: zf, rzf, lp_mmse. docs/model.md (M20).
 *
 * At access point l, with one column z_c for each class of users whose estimates are parallel (over i.i.d. fading those
 * of a pilot, else a class a user; zero-forcing has a class a pilot always),
 *
 *     V = (sum_c z_c z_c^H + load I + E)^-1 Z,    or the same as Z (Z^H Z + load I)^-1 where that is smaller,
 *
 * PRECODING_LANES realisations side by side. The vectors come without their normalisation, E norm(v)^2 = 1. */
#ifndef CFISAC_CHANNEL_PRECODING_H
#define CFISAC_CHANNEL_PRECODING_H

#include "cfisac/channel.h"

enum { PRECODING_LANES = 8 };

/* One number of each realisation: loops over lanes are one operation. */
typedef double precoding_lanes __attribute__((vector_size(8 * PRECODING_LANES), aligned(8), may_alias));

/* Column c, antenna n, realisation r at [(c N + n) PRECODING_LANES + r], real and imaginary parts apart. */
typedef struct precoding_columns {
    double *re, *im;
} precoding_columns;

/* Work space of one thread, and what it needs of the network. */
typedef struct precoding {
    const cfi_network *network;
    size_t N, K, classes;
    const size_t *class_of, *first; /* K: the class of each user; classes: its first user */
    double load;                    /* 0: zero-forcing */
    const double complex *errors;   /* E, N x N, or NULL: 0 */
    /* classes x L: a class's column is the estimate of its first user times scale, and y times unit_scale */
    const double *scale, *unit_scale;
    const double *factor;   /* classes x L: what normalises the vectors; NULL from precoding_make */
    precoding_columns y, z; /* estimates; columns, and then vectors */
    double *matrix;         /* of the smaller side: lower triangle, row by row, real then imaginary lanes */
    double *pivot;          /* lanes a row: its inverse pivot; behind them a row's products with pivots */
    double *square;         /* classes, lanes: norm(v_c)^2 of the batch that is visited */
    double *normals;        /* what is drawn at once */
} precoding;

/* The number of classes: of pilots in use. */
size_t precoding_count_classes(const cfi_network *network);

/* For the system's precoder, which is not maximum ratio. In the arena; NULL when out of memory. */
precoding *precoding_make(const cfi_network *network, cfi_arena *arena);

/* V in place of the columns p->z. */
void precoding_solve(const precoding *p);

/* norm(v_c)^2 into p->square. */
void precoding_square(const precoding *p);

/* Draws precoding.realizations of the estimates of AP l from the stream of simulated statistics, PRECODING_LANES at a
 * time, in p->y (i.i.d. fading: of unit mean square an entry), makes their vectors in p->z, their squares in p->square,
 * and calls visit. What is
 * behind the last realisation is 0 in both. */
void precoding_simulate(precoding *p, size_t l, void (*visit)(void *context, const precoding *p), void *context);

/* The sum over lanes, in order. */
static inline double precoding_sum_lanes(const double *lanes)
{
    double sum = 0.0;

    for (size_t r = 0; r < PRECODING_LANES; r++) {
        sum += lanes[r];
    }
    return sum;
}

/* E norm(v_c)^2 of the classes, from such a sum over all realisations, and what then normalises the vectors. */
void precoding_mean_squares(const precoding *p, const double *sum, double *restrict mean);
double precoding_factor(double mean_square);

/* Of the rows of the table. */
void *precoding_prepare(const cfi_network *network, cfi_arena *arena);
void precoding_apply(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor);

#endif
