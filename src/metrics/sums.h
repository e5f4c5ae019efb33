/* What the Monte Carlo keeps of the realisations: sums over each block, and estimates from sums. */
#ifndef CFISAC_METRICS_SUMS_H
#define CFISAC_METRICS_SUMS_H

#include "cfisac/linalg.h"
#include "cfisac/metrics.h"
#include "metrics/jackknife.h"

/* A residual below this share of what it is a difference of is rounding; with several unknown gains each may leave as
 * much, and the diagonal of a matrix to be factorised gets as much. */
static const double RESIDUAL_ROUNDING = 1e-13;

/* Sums over the realisations of a block, one array of `length` doubles.
 *   users    K x 4: Re A_kk, Im A_kk, abs(A_kk)^2, sum_j abs(A_kj)^2
 *   aps      L x 5: abs(v_l)^2, abs(w_l)^2, Re and Im of v_l^* w_l, own bound of the realisation
 *   lit      abs(sum_l v_l)^2                            (from here on only with `multistatic`)
 *   gram     v_l^* v_m for m >= l, see sums_square
 *   cross    v_l^* w_p */
typedef struct sums_layout {
    size_t K, L, length;
    size_t users, aps, lit, gram, cross; /* offsets in doubles */
    size_t padded, ld;                   /* of the squares: L rounded up to LINALG_PANEL; doubles from row to row */
    bool multistatic;
} sums_layout;

/* Constants of the bound at AP p, 1 / CRLB = along abs(..)^2 + across RSS; see mc_bound.c. */
typedef struct bound_constants {
    const cfi_network *network;
    double *along, *across; /* L */
    double *observed;       /* 4 N x L: a_l and across_l, N x 2 real parts, then imaginary parts */
} bound_constants;

/* One of the two squares, padded x padded, row l. */
cfi_split sums_square(const sums_layout *layout, double *sums, size_t offset);

sums_layout sums_make_layout(size_t K, size_t L, bool multistatic);

/* One realisation: A (K x K, row k, column j: sum_l h_kl^H f_jl). */
void sums_add_rates(const sums_layout *layout, const cfi_split *A, double *sums);

/* Rate of each user from sums over n realisations, bit/s/Hz; returns the sum rate. */
double sums_rates(const sums_layout *layout, const cfi_system *system, const double *sums, double n, double *rate);

/* The part of the rates' standard errors that a jackknife cannot see: a user with (almost) no signal has an estimate
 * that is quadratic in its noise, and when that noise happens to be small all blocks agree. Adds in squares to the
 * jackknife's; returns that of the sum. std_error (K) may be NULL.                      docs/model.md (M18) */
double sums_rates_second_order(const sums_layout *layout, const cfi_system *system, const double *sums, double n,
                               double *std_error);

cfi_status bound_constants_make(const cfi_network *network, cfi_arena *arena, bound_constants *constants,
                                cfi_error *error);
/* 1 / CRLB of AP p, own echo, from abs(v)^2, abs(w)^2, Re and Im of v^* w. */
double bound_own_information(const bound_constants *constants, size_t p, const double *ap);
/* The same for each AP from sums over n realisations. */
void sums_own_echo(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                   double *information);

#endif
