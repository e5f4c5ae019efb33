/* Precoders that invert a matrix of the estimates: zf, rzf, lp_mmse. docs/model.md (M20).
 *
 * At access point l, with a column z_c for each class of users,
 *
 *     V = (sum_c z_c z_c^H + load I + E)^-1 Z,    or the same as Z (Z^H Z + load I)^-1 where that is smaller,
 *
 * PRECODING_LANES realisations side by side, for the columns that are not 0 at the access point. The vectors come
 * without their normalisation, E norm(v)^2 = 1. Classes are the users of a pilot where their estimates are parallel
 * (i.i.d. fading) or count as one (zf, of whatever fading: the column is their sum), else each user. */
#ifndef CFISAC_CHANNEL_PRECODING_H
#define CFISAC_CHANNEL_PRECODING_H

#include "cfisac/channel.h"

/* Realisations side by side in a lane system, and in all that is visited at once. */
enum { PRECODING_LANES = 8, PRECODING_GROUPS = 4, PRECODING_BATCH = PRECODING_LANES * PRECODING_GROUPS };

/* Column c, antenna n, realisation r of a batch at [(c N + n) PRECODING_BATCH + r], real and imaginary parts apart. */
typedef struct precoding_columns {
    double *re, *im;
} precoding_columns;

/* Work space of one thread, and what it needs of the network. */
typedef struct precoding {
    const cfi_network *network;
    bool iid; /* fading is */
    size_t N, K, classes;
    const size_t *class_of, *first; /* K: the class of each user; classes: its first user */
    bool sums;                      /* a column is the sum of its users' estimates, not that of the first one */
    double load;                    /* 0: zero-forcing */
    const double complex *errors;   /* E of each access point, N x N x L, or NULL: 0 */
    /* classes x L: what a column is in units of the estimate, and of p->y over i.i.d. fading */
    const double *scale, *unit_scale;
    const double *factor; /* classes x L: what normalises the vectors; NULL from precoding_make */
    size_t groups;        /* of lanes that the batch has, at most PRECODING_GROUPS */
    size_t live;          /* simulated realisations of the batch: what is behind them is 0 */
    const double *unit;   /* of an access point, see precoding_begin: what its columns are in units of what is heard */
    size_t *active;       /* classes whose columns are not 0, */
    size_t actives;       /* their number, */
    size_t *columns;      /* and where they begin */
    size_t *rows;         /* N: where the numbers of an antenna begin */
    precoding_columns y, z;        /* what is heard; columns, and then vectors */
    double *matrix;                /* of the smaller side: lower triangle, row by row, real then imaginary vectors */
    double *pivot;                 /* a vector a row: its inverse pivot; behind them a row's products with pivots */
    double *square;                /* classes, batch: norm(v_c)^2 of the batch that is visited */
    struct precoding_draws *draws; /* what is simulated from; NULL from precoding_make */
} precoding;

/* The number of classes. */
size_t precoding_count_classes(const cfi_network *network);

/* For the system's precoder, which is not maximum ratio. In the arena; NULL when out of memory. */
precoding *precoding_make(const cfi_network *network, cfi_arena *arena);
/* Room for precoding_simulate, too. False when out of memory. */
bool precoding_prepare_draws(precoding *p, cfi_arena *arena);

/* Begins with AP l, whose columns are `unit` (classes) times what is heard. */
void precoding_begin(precoding *p, const double *unit);
/* V of AP l in place of the columns p->z that are active; others are left. */
void precoding_solve(const precoding *p, size_t l);

/* norm(v_c)^2 of those into p->square. */
void precoding_square(const precoding *p);

/* How many columns p->y has while statistics are simulated. */
static inline size_t precoding_rows(const precoding *p)
{
    return p->iid ? p->classes : p->K;
}

/* Whether products of what is heard with vectors are Hermitian: y_k^H v_j over what column j is in units of y_j. */
static inline bool precoding_is_hermitian(const precoding *p)
{
    return !p->sums;
}

/* Begins with AP l, for precoding_simulate. */
void precoding_begin_draws(precoding *p, size_t l);
/* Draws precoding.realizations of AP l, which has begun, from streams of their own, makes their vectors in p->z, a
 * batch at a time, their squares in p->square, and calls visit. In p->y then stand, over i.i.d. fading, the classes'
 * estimates, of unit mean square an entry, else the estimates of all users. What is behind the last realisation is 0 in
 * all of them. Ends early when network->stop is set: what is visited then is no result. */
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

/* What normalises vectors of that mean square. */
double precoding_factor(double mean_square);

/* Of the rows of the table. */
void *precoding_prepare(const cfi_network *network, cfi_arena *arena);
void precoding_apply(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor);

#endif
