/* Covariances of channels over the antennas of an array, by their first columns: all of them are Hermitian and
 * Toeplitz. docs/model.md (M22). Elements (m, n) with m - n = d >= 0 are column[d]. */
#ifndef CFISAC_CHANNEL_STATISTICS_H
#define CFISAC_CHANNEL_STATISTICS_H

#include "cfisac/channel.h"

/* beta_kl in two parts: E norm(r_kl)^2 / N, and norm(m_kl)^2 / N, of the line of sight. */
double statistics_scattered(const cfi_network *network, size_t k, size_t l);
double statistics_sight(const cfi_network *network, size_t k, size_t l);

/* First column of R_kl, and of m_kl m_kl^H; N numbers. */
void statistics_scattered_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column);
void statistics_sight_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column);

/* The lower triangle of the matrix with that first column, and the whole matrix. */
void statistics_lower_toeplitz(size_t N, const double complex *restrict column, double complex *restrict matrix);
void statistics_toeplitz(size_t N, const double complex *restrict column, double complex *restrict matrix);

/* F F^H = Psi of k's pilot at AP l, lower triangle of N x N. Work: N */
void statistics_factor_pilot(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                             double complex *restrict work);
/* F F^H = R_kl, for draws; with white noise of the size of its rounding. Work: N */
void statistics_factor_channel(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                               double complex *restrict work);

#endif
