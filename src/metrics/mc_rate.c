/* Monte Carlo of the rate: use-and-then-forget from sums of A = sum_l H_l^H F_l. docs/model.md (M16). */
#include "metrics/sums.h"

#include "base/units.h"

#include <math.h>

sums_layout sums_make_layout(size_t K, size_t L, bool multistatic)
{
    size_t width = (K + SUMS_LANES - 1) / SUMS_LANES * SUMS_LANES;

    return (sums_layout){.K = K,
                         .L = L,
                         .width = width,
                         .users = 0,
                         .aps = 4 * K,
                         .beams = 4 * K + 5 * L,
                         .length = 4 * K + 5 * L + (multistatic ? 4 * width * L : 0),
                         .multistatic = multistatic};
}

size_t sums_extend(sums_layout *layout, size_t count)
{
    size_t first = layout->length;

    layout->length += count;
    return first;
}

static double complex reference_of(const sums_layout *layout, size_t k)
{
    return layout->reference ? layout->reference[k] : 0.0;
}

void sums_add_rates(const sums_layout *layout, const cfi_split *A, double *sums)
{
    for (size_t k = 0; k < layout->K; k++) {
        double *user = sums + layout->users + 4 * k, all = 0.0;
        const double *re = A->re + A->ld * k, *im = A->im + A->ld * k;
        double own_re = re[k] - creal(reference_of(layout, k)), own_im = im[k] - cimag(reference_of(layout, k));

        for (size_t j = 0; j < layout->K; j++) {
            double x = j == k ? own_re : re[j], y = j == k ? own_im : im[j];

            all += x * x + y * y;
        }
        user[0] += own_re;
        user[1] += own_im;
        user[2] += own_re * own_re + own_im * own_im;
        user[3] += all;
    }
}

/* What the sums say of one user. */
typedef struct user_estimate {
    double signal, noise; /* abs(DS)^2; the denominator of the SINR */
    double variance;      /* of the mean of A_kk, by which abs(mean)^2 exceeds abs(DS)^2 */
} user_estimate;

static user_estimate estimate_user(const sums_layout *layout, const cfi_system *system, const double *sums, double n,
                                   size_t k)
{
    const double *user = sums + layout->users + 4 * k;
    double about = (user[0] * user[0] + user[1] * user[1]) / (n * n), total = user[3] / n; /* the reference */
    double variance = n > 1.0 ? fmax(user[2] / n - about, 0.0) / (n - 1.0) : 0.0, plug_in = about;

    if (layout->reference) {
        double x = creal(layout->reference[k]) + user[0] / n, y = cimag(layout->reference[k]) + user[1] / n;

        plug_in = x * x + y * y;
    }
    return (user_estimate){.signal = plug_in - variance,
                           .noise = total - (about - variance) + system->power.comm_noise_w,
                           .variance = variance};
}

double sums_rates(const sums_layout *layout, const cfi_system *system, const double *sums, double n, double *rate)
{
    double sum = 0.0;

    for (size_t k = 0; k < layout->K; k++) {
        user_estimate user = estimate_user(layout, system, sums, n, k);
        double own = system->frame.prelog * log1p(user.signal / user.noise) / LN2;

        sum += own;
        if (rate) {
            rate[k] = own;
        }
    }
    return sum;
}

/* signal + noise is a plain mean, so d log(1 + signal / noise) / d signal = 1 / noise. */
double sums_rates_second_order(const sums_layout *layout, const cfi_system *system, const double *sums, double n,
                               double *std_error)
{
    double squares = 0.0;

    for (size_t k = 0; k < layout->K; k++) {
        user_estimate user = estimate_user(layout, system, sums, n, k);
        double own = system->frame.prelog * user.variance / (user.noise * LN2);

        squares += own * own;
        if (std_error) {
            std_error[k] = own;
        }
    }
    return sqrt(squares);
}
