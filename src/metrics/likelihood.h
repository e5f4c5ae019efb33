/* The likelihood of a target's angle, from the own echo of one access point. docs/model.md (M27) */
#ifndef CFISAC_METRICS_LIKELIHOOD_H
#define CFISAC_METRICS_LIKELIHOOD_H

#include "cfisac/linalg.h"
#include "cfisac/metrics.h"

/* With Z = Y S^H / T = alpha b v + W (M x K), v = a^H F, the log-likelihood, at its largest over the unknown alpha, is
 *
 *     f(u) = (T / sigma_s^2) abs(b^H Z F^H a)^2 / (M a^H F F^H a)      u = sin theta
 *
 * up to a constant. a and b are powers of z = exp(j pi u), so that numerator and denominator are short polynomials:
 * f = abs(sum_d c_d z^d)^2 / (r_0 + 2 Re sum_{d > 0} r_d z^d), c_d and r_d the sums over the diagonals m - n = d of
 * Z F^H and F F^H.
 *
 * Coefficients of one access point, in one array of doubles: Re c, Im c (d = -(N-1) .. M-1), Re r, Im r (d = 0 ..
 * N-1); the weight is in c. */
typedef struct likelihood_shape {
    size_t N, M;
    size_t terms, length; /* N + M - 1; doubles of an access point */
    double weight;        /* T / (sigma_s^2 M) */
} likelihood_shape;

likelihood_shape likelihood_make_shape(const cfi_system *system);

/* From Z and F. In: z K x M, entry (k, m) conj Z_mk; f K x N, entry (k, n) conj F_nk: one behind the other in `rows`, K
 * rows of ld doubles, z first. Needs work: (N + M) x ld, and what linalg_split_gram_add asks for. */
void likelihood_fill(const likelihood_shape *shape, size_t K, cfi_split rows, cfi_split work, double *coefficient);

/* f and its first two derivatives in u. */
typedef struct likelihood_value {
    double f, first, second;
} likelihood_value;
likelihood_value likelihood_at(const likelihood_shape *shape, const double *coefficient, double u);

/* A grid of u, from low to high, both included, and the powers of z on it. */
typedef struct likelihood_grid {
    double low, high, step;
    size_t points, stride; /* doubles from one power's row to the next: whole cache lines */
    double *cosine, *sine; /* rows of stride: of pi d u, d = 0 .. max(N, M) - 1 */
} likelihood_grid;

/* In the arena. False when out of memory. */
bool likelihood_grid_make(const likelihood_shape *shape, double low, double high, cfi_arena *arena,
                          likelihood_grid *grid);
/* f on the grid. Out table: grid->stride. Needs work: 2 grid->stride */
void likelihood_tabulate(const likelihood_shape *shape, const likelihood_grid *grid, const double *coefficient,
                         double *work, double *table);
/* Where f is largest, u, and how large: the peaks of the table that may be the highest, each climbed by Newton's method
 * between its neighbours. */
double likelihood_maximum(const likelihood_shape *shape, const likelihood_grid *grid, const double *coefficient,
                          const double *table, double *largest);

#endif
