/* Mean and covariance of a channel and of its estimate. docs/model.md (M3). */
#include "cfisac/channel.h"

#include <string.h>

static void fill_identity(size_t N, double scale, double complex *restrict matrix)
{
    memset(matrix, 0, N * N * sizeof *matrix);
    for (size_t n = 0; n < N; n++) {
        matrix[n + N * n] = scale;
    }
}

bool channel_is_iid(const cfi_network *network)
{
    (void)network;
    return true;
}

void channel_mean_of(const cfi_network *network, size_t k, size_t l, double complex *restrict m)
{
    (void)k;
    (void)l;
    memset(m, 0, network->system->N * sizeof *m);
}

void channel_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict R)
{
    fill_identity(network->system->N, network->beta[k + network->K * l], R);
}

void channel_estimate_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict B,
                                    double complex *restrict work)
{
    (void)work;
    fill_identity(network->system->N, channel_mmse_variance_at(network, k, l), B);
}
