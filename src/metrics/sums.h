/* What the Monte Carlo keeps of the realisations: sums over each block, and estimates from sums. */
#ifndef CFISAC_METRICS_SUMS_H
#define CFISAC_METRICS_SUMS_H

#include "cfisac/linalg.h"
#include "cfisac/metrics.h"
#include "metrics/jackknife.h"

/* Sums over the realisations of a block, one array of `length` doubles.
 *   users    K x 4: Re A_kk, Im A_kk, abs(A_kk)^2, sum_j abs(A_kj)^2
 *   aps      L x 5: abs(v_l)^2, abs(w_l)^2, Re and Im of v_l^* w_l, own bound of the realisation
 *   gram     L x L complex: v_l^* v_m            (only with `multistatic`)
 *   cross    L x L complex: v_l^* w_p */
typedef struct sums_layout {
    size_t K, L, length;
    size_t users, aps, gram, cross; /* offsets in doubles */
    bool multistatic;
} sums_layout;

/* Constants of the bound at AP p, 1 / CRLB = along abs(..)^2 + across RSS; see mc_bound.c. */
typedef struct bound_constants {
    const cfi_network *network;
    double *along, *across; /* L */
} bound_constants;

sums_layout sums_make_layout(size_t K, size_t L, bool multistatic);

/* One realisation: A (K x K, row k, column j: sum_l h_kl^H f_jl). */
void sums_add_rates(const sums_layout *layout, const cfi_split *A, double *sums);

/* v_l = a_l^H F_l and w_l = adot_l^H F_l of several realisations: column l of V and W, `ld` apart, holds K numbers of
 * each realisation, one after the other. */
typedef struct sums_beams {
    const double complex *V, *W;
    size_t ld, realizations;
} sums_beams;
void sums_add_bounds(const sums_layout *layout, const bound_constants *constants, const sums_beams *beams,
                     double *sums);

/* Rate of each user from sums over n realisations, bit/s/Hz; returns the sum rate. */
double sums_rates(const sums_layout *layout, const cfi_system *system, const double *sums, double n, double *rate);

/* The part of the rates' standard errors that a jackknife cannot see: a user with (almost) no signal has an estimate
 * that is quadratic in its noise, and when that noise happens to be small all blocks agree. Adds in squares to the
 * jackknife's; returns that of the sum. std_error (K) may be NULL.                      docs/model.md (M18) */
double sums_rates_second_order(const sums_layout *layout, const cfi_system *system, const double *sums, double n,
                               double *std_error);

cfi_status bound_constants_make(const cfi_network *network, cfi_arena *arena, bound_constants *constants,
                                cfi_error *error);
/* 1 / CRLB of each AP from sums over n realisations. */
void sums_own_echo(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                   double *information);
/* The same from all echoes, and the part of it (L) that is the residual of the elimination; work: 2 L^2 complex.
 * False when the nuisances cannot be eliminated. */
bool sums_multistatic(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                      double complex *work, double *information, double *residual);

#endif
