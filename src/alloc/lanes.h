/* The access points of a step's dual in vectors: eight at a time, a tile of them in the caches. docs/model.md (M19).
 *
 * Given the users' multipliers an access point has  h = norm(v),  v_k = gain_k signal_kl  (less coherent terms), and
 * prices C of communication and C_s of sensing power. Its best amplitudes are w = along v with norm rho = along h:
 *
 *     maximise  h rho - C x - C_s s,   x = rho^2 <= most,   s = max(0, offset - trade x)
 *
 * Where both powers interfere alike, C = C_s and q = x + s = max(x, c x + offset) has the one price C; that case has
 * loops of its own, since it is the common one and needs half the memory.
 *
 * Rows of users and pairs hold a number an access point, `stride` of them; those beyond L radiate nothing. */
#ifndef CFISAC_ALLOC_LANES_H
#define CFISAC_ALLOC_LANES_H

#include "alloc/problem.h"

enum { TILE = 256 };

typedef struct lanes {
    size_t K, L, pairs, rows, stride; /* rows of part_p and part_z; access points rounded up to whole vectors */
    double *signal, *load;            /* K rows */
    double *sensing_load;             /* K rows, or NULL: both powers interfere alike */
    double *coherent;                 /* pairs rows */
    /* one row each, constant */
    double *least, *root_least;  /* the x that senses well enough without sensing power, and its root */
    double *c, *per_c, *sense;   /* 1 - d1 / d2, its inverse, 1 / d2; all 0 where sensing power does not help */
    double *trade, *root_fewest; /* with sensing_load: d1 / d2, or 0; root of the least x */
    double *most, *root_most;    /* the largest x */
    double *idle;                /* 1 beyond L, else 0 */
    /* one row each, at the multipliers of the last lanes_sum and lanes_optimise */
    double *norm2, *price; /* h^2; C without mu */
    double *along, *q;     /* q = x + s */
    double *per_h, *ratio; /* 1 / h (0 if h is), h / C, in which C counts what s saves where it is used */
    double *root, *bent;   /* root of along; the same, but 0 at kinks and limits */
    /* with sensing_load: C_s without mu; x; trade where s is used, else 0 */
    double *sensing_price, *x, *traded;
    /* of one tile, rows TILE apart */
    double *v;               /* K */
    double *part_p, *part_z; /* `rows` */
} lanes;

typedef struct lanes_total {
    double value, power, curvature; /* sums of h rho - C x - C_s s, of q, of 2 q / C */
} lanes_total;

cfi_status lanes_init(lanes *a, const alloc_problem *problem, size_t rows, cfi_arena *arena, cfi_error *error);

/* a->v, norm2 and prices of a tile: v_k = gain_k signal_k, price = sum_k weight_k load_k. */
void lanes_sum(lanes *a, size_t first, const double *gain, const double *weight);
/* The same with coherent terms: v_j -= sum of nu_m coherent_m over the pairs m with mate j, then clipped at 0. */
void lanes_sum_coherent(lanes *a, size_t first, const double *gain, const double *weight, const double *nu,
                        const size_t *mate);

/* The maximisers of a tile, from norm2, price and mu; adds to *total. */
void lanes_optimise(lanes *a, size_t first, double mu, lanes_total *total);

/* Rows part_p = root along D v / h and part_z = bent (cost ratio - D v / h) of the users, D = slope_k signal_k,
 * cost = square_k load_k (less traded square_k sensing_load_k); adds sums over the tile to *gradient (what they pay for
 * x and s - along D v) and *diagonal (along D^2, where v > 0). */
void lanes_expand_users(lanes *a, size_t first, const double *slope, const double *square, double *restrict gradient,
                        double *restrict diagonal);
/* The same rows of pair m with mate j, D = -coherent; returns its sum for the gradient. */
double lanes_expand_pair(lanes *a, size_t first, size_t m, size_t j);
/* The row of mu. */
void lanes_expand_budget(lanes *a, size_t first, size_t row);

/* Sum over the tile of along x y where v_j > 0. */
double lanes_product(const lanes *a, size_t first, size_t j, const double *x, const double *y);

/* hessian += part_z part_z' - part_p part_p' over the tile, lower triangle, leading dimension `rows`; its columns begin
 * .. end - 1 (begin even, end too or beyond the last). */
void lanes_rank_two(const lanes *a, size_t first, size_t begin, size_t end, double *restrict hessian);

#endif
