/* Covariances of channels over the antennas of an array, by their first columns: all of them are Hermitian and
 * Toeplitz. docs/model.md (M22). Elements (m, n) with m - n = d >= 0 are column[d]. */
#ifndef CFISAC_CHANNEL_STATISTICS_H
#define CFISAC_CHANNEL_STATISTICS_H

#include "cfisac/channel.h"

/* First column of R_kl, and of m_kl m_kl^H; N numbers. */
void statistics_scattered_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column);
void statistics_sight_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column);

/* The matrix with that first column. */
void statistics_toeplitz(size_t N, const double complex *restrict column, double complex *restrict matrix);

/* F F^H = Psi of k's pilot at AP l, lower triangle of N x N. Work: N */
void statistics_factor_pilot(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                             double complex *restrict work);
/* From that factor F, Y = F^-1 R_kl, N x N: sqrt(tau_p p_p) Y^H makes of white numbers F^-1 y the estimate about the
 * mean. Work: N */
void statistics_solve_pilot(const cfi_network *network, size_t k, size_t l, const double complex *factor,
                            double complex *restrict Y, double complex *restrict work);
/* R_kl - B_kl, N x N, from that factor. Work: 2 N x N + N */
void statistics_error_covariance(const cfi_network *network, size_t k, size_t l, const double complex *factor,
                                 double complex *restrict error, double complex *restrict work);
/* F F^H = R_kl, for draws; with white noise of the size of its rounding. Work: N */
void statistics_factor_channel(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                               double complex *restrict work);

#endif
