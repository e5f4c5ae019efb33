/* What the Monte Carlo keeps of the realisations: sums over each block, and estimates from sums. */
#ifndef CFISAC_METRICS_SUMS_H
#define CFISAC_METRICS_SUMS_H

#include "cfisac/linalg.h"
#include "cfisac/metrics.h"
#include "metrics/jackknife.h"

/* A residual below this share of what it is a difference of is rounding; what is divided by is at least as much. */
static const double RESIDUAL_ROUNDING = 1e-13;

enum { SUMS_LANES = 8 }; /* vectors over streams are padded to a multiple of it */

/* Sums over the realisations of a block, one array of `length` doubles.
 *   users    K x 4: Re A_kk, Im A_kk, abs(A_kk)^2, sum_j abs(A_kj)^2, of A_kk less its `reference`
 *   aps      L x 5: abs(v_l)^2, abs(w_l)^2, Re and Im of v_l^* w_l, own bound of the realisation
 *   beams    L x 4 x width: Re v_l, Re w_l, Im v_l, Im w_l, stream by stream, zeros behind (only with `multistatic`)
 * and behind them what observers add up. */
typedef struct sums_layout {
    size_t K, L, width, length;
    size_t users, aps, beams; /* offsets in doubles */
    size_t blocks;            /* the same of what blocks.h adds up; 0 where it does not take part */
    bool multistatic;
    /* K: A_kk of some realisation, near its mean; NULL: 0. What is left of a signal that hardly varies would be lost in
     * the rounding of its square. */
    const double complex *reference;
} sums_layout;

/* Constants of the bound at AP p, 1 / CRLB = along abs(..)^2 + across RSS; see mc_bound.c. */
typedef struct bound_constants {
    const cfi_network *network;
    double *along, *across; /* L */
    double per_path;        /* across over abs(alpha_pp)^2 */
    double *observed;       /* 4 N x L: a_l and across_l, N x 2 real parts, then imaginary parts */
} bound_constants;

sums_layout sums_make_layout(size_t K, size_t L, bool multistatic);

/* Room for `count` more sums at the end; returns where they begin. */
size_t sums_extend(sums_layout *layout, size_t count);

/* Where the sums of AP l's beams stand: Re v, Re w, Im v, Im w. */
size_t sums_beams(const sums_layout *layout, size_t l);
/* n times what norm(v_l)^2 is in the mean about the mean of v_l, from sums over n realisations. */
double sums_spread(const sums_layout *layout, const double *sums, double n, size_t l);

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
/* What abs(w)^2 is less what lies along v; 0 where it is rounding. From abs(v)^2, abs(w)^2, Re and Im of v^* w. */
double bound_own_residual(double vv, double ww, double re, double im);
/* 1 / CRLB of AP p, own echo, from abs(v)^2, abs(w)^2, Re and Im of v^* w. */
double bound_own_information(const bound_constants *constants, size_t p, const double *ap);
/* The same for each AP from sums over n realisations. */
void sums_own_echo(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                   double *information);

#endif
