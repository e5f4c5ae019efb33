/* Mean and covariance of a channel and of its estimate. docs/model.md (M3), (M22). */
#include "channel/statistics.h"

#include "base/threads.h"
#include "cfisac/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

bool channel_is_iid(const cfi_network *network)
{
    return !network->fading.rician && !network->fading.scatter;
}

/* ------------------------------------------------------------------------------ columns ---- */

/* kappa_kl */
static double factor_of_pair(const cfi_network *network, size_t k, size_t l)
{
    return network->fading.rician ? network->fading.rician[k + network->K * l] : 0.0;
}

/* beta_kl in two parts: E norm(r_kl)^2 / N, and norm(m_kl)^2 / N, of the line of sight. */
static double scattered_power(const cfi_network *network, size_t k, size_t l)
{
    return network->beta[k + network->K * l] / (1.0 + factor_of_pair(network, k, l));
}

static double sight_power(const cfi_network *network, size_t k, size_t l)
{
    double kappa = factor_of_pair(network, k, l);

    return network->beta[k + network->K * l] * (kappa / (1.0 + kappa));
}

static void add_scattered(const cfi_network *network, size_t k, size_t l, double energy, double complex *column)
{
    size_t N = network->system->N;
    double power = energy * scattered_power(network, k, l);
    const double complex *scatter = network->fading.scatter;

    column[0] += power;
    for (size_t d = 1; scatter && d < N; d++) {
        column[d] += power * scatter[d + N * (k + network->K * l)];
    }
}

void statistics_scattered_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column)
{
    memset(column, 0, network->system->N * sizeof *column);
    add_scattered(network, k, l, 1.0, column);
}

/* exp(-j pi index sight) of the pair's steering vector */
static double complex steering_entry(const cfi_network *network, size_t k, size_t l, size_t index)
{
    double phase = network->fading.sight ? M_PI * network->fading.sight[k + network->K * l] * (double)index : 0.0;

    return cos(phase) - I * sin(phase);
}

void statistics_sight_column(const cfi_network *network, size_t k, size_t l, double complex *restrict column)
{
    double power = sight_power(network, k, l);

    for (size_t d = 0; d < network->system->N; d++) {
        column[d] = power > 0.0 ? power * steering_entry(network, k, l, d) : 0.0;
    }
}

/* ----------------------------------------------------------------------------- matrices ---- */

/* The lower triangle of the matrix with that first column. */
static void fill_lower_toeplitz(size_t N, const double complex *restrict column, double complex *restrict matrix)
{
    for (size_t n = 0; n < N; n++) {
        memcpy(matrix + n + N * n, column, (N - n) * sizeof *column);
    }
}

void statistics_toeplitz(size_t N, const double complex *restrict column, double complex *restrict matrix)
{
    fill_lower_toeplitz(N, column, matrix);
    for (size_t n = 1; n < N; n++) {
        for (size_t m = 0; m < n; m++) {
            matrix[m + N * n] = conj(column[n - m]);
        }
    }
}

/* White noise that a covariance with this diagonal must have, at least, for rounding not to spoil its factor.
 * Scatterers in a narrow cone leave a matrix of low rank. */
static double rounding_of(size_t N, double diagonal)
{
    return 8.0 * (double)N * (double)N * DBL_EPSILON * diagonal;
}

/* First column of Psi of k's pilot, of all its users but `left_out` (network->K: none). */
static void fill_received(const cfi_network *network, size_t k, size_t l, size_t left_out, double complex *column)
{
    const cfi_system *system = network->system;
    size_t N = system->N;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w, power = 0.0;

    memset(column, 0, N * sizeof *column);
    for (size_t j = network->pilot_first[k]; j < network->K; j = network->pilot_next[j]) {
        power += energy * scattered_power(network, j, l);
        if (j != left_out) {
            add_scattered(network, j, l, energy, column);
        }
    }
    column[0] += fmax(system_pilot_noise(system), network->fading.scatter ? rounding_of(N, power) : 0.0);
}

void statistics_factor_pilot(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                             double complex *restrict work)
{
    size_t N = network->system->N;

    fill_received(network, k, l, network->K, work);
    fill_lower_toeplitz(N, work, factor);
    linalg_factor_hermitian(N, factor);
}

void statistics_factor_channel(const cfi_network *network, size_t k, size_t l, double complex *restrict factor,
                               double complex *restrict work)
{
    size_t N = network->system->N;

    statistics_scattered_column(network, k, l, work);
    work[0] += rounding_of(N, creal(work[0]));
    fill_lower_toeplitz(N, work, factor);
    linalg_factor_hermitian(N, factor);
}

/* -------------------------------------------------------------------------- of one pair ---- */

void channel_mean_of(const cfi_network *network, size_t k, size_t l, double complex *restrict m)
{
    double amplitude = sqrt(sight_power(network, k, l));

    for (size_t n = 0; n < network->system->N; n++) {
        m[n] = amplitude > 0.0 ? amplitude * steering_entry(network, k, l, n + 1) : 0.0;
    }
}

void channel_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict R)
{
    size_t N = network->system->N;

    /* the first column of R is the column itself */
    statistics_scattered_column(network, k, l, R);
    for (size_t n = 1; n < N; n++) {
        for (size_t m = 0; m < N; m++) {
            R[m + N * n] = m >= n ? R[m - n] : conj(R[n - m]);
        }
    }
}

/* B = energy Y^H Y */
static void square_solved(size_t N, double energy, const double complex *restrict Y, double complex *restrict B)
{
    for (size_t n = 0; n < N; n++) {
        for (size_t m = 0; m < N; m++) {
            double complex sum = 0.0;

            for (size_t i = 0; i < N; i++) {
                sum += conj(Y[i + N * m]) * Y[i + N * n];
            }
            B[m + N * n] = energy * sum;
        }
    }
}

void channel_estimate_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict B,
                                    double complex *restrict work)
{
    size_t N = network->system->N;
    double energy = (double)network->system->frame.tau_p * network->system->frame.pilot_power_w;

    if (channel_is_iid(network)) {
        memset(B, 0, N * N * sizeof *B);
        for (size_t n = 0; n < N; n++) {
            B[n + N * n] = channel_mmse_variance_at(network, k, l);
        }
        return;
    }
    statistics_factor_pilot(network, k, l, B, work);
    channel_covariance_of(network, k, l, work);
    linalg_lower_solve(N, B, N, work);
    square_solved(N, energy, work, B);
}

void statistics_solve_pilot(const cfi_network *network, size_t k, size_t l, const double complex *factor,
                            double complex *restrict Y, double complex *restrict work)
{
    size_t N = network->system->N;

    statistics_scattered_column(network, k, l, work);
    statistics_toeplitz(N, work, Y);
    linalg_lower_solve(N, factor, N, Y);
}

/* Not as a difference of R and B, which are the same digits where pilots are strong: R Psi^-1 S with S what disturbs
 * the pilot, Psi = tau_p p_p R + S. */
void statistics_error_covariance(const cfi_network *network, size_t k, size_t l, const double complex *factor,
                                 double complex *restrict error, double complex *restrict work)
{
    size_t N = network->system->N;
    double complex *Y = work, *disturbed = work + N * N, *column = work + 2 * N * N;

    statistics_solve_pilot(network, k, l, factor, Y, column);
    fill_received(network, k, l, k, column);
    statistics_toeplitz(N, column, disturbed);
    linalg_lower_solve(N, factor, N, disturbed);
    for (size_t n = 0; n < N; n++) {
        for (size_t m = n; m < N; m++) { /* rounding leaves it no Hermitian matrix */
            double complex sum = 0.0;

            for (size_t i = 0; i < N; i++) {
                sum += conj(Y[i + N * m]) * disturbed[i + N * n] + conj(disturbed[i + N * m]) * Y[i + N * n];
            }
            error[m + N * n] = m == n ? 0.5 * creal(sum) : 0.5 * sum;
            error[n + N * m] = conj(error[m + N * n]);
        }
    }
}

/* -------------------------------------------------------------------------- of all pairs ---- */

/* What the threads share. */
typedef struct power_job {
    const cfi_network *network;
    double *power;
    double complex *work; /* 2 N^2 + N a thread */
} power_job;

/* tr B_kl + norm(m_kl)^2 of the users of one pilot, whose first one is given; over N. */
static void estimate_pilot(const power_job *job, size_t first, size_t l, double complex *work)
{
    const cfi_network *network = job->network;
    const cfi_system *system = network->system;
    size_t N = system->N;
    double complex *factor = work, *solved = work + N * N, *column = work + 2 * N * N;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w;

    statistics_factor_pilot(network, first, l, factor, column);
    for (size_t k = first; k < network->K; k = network->pilot_next[k]) {
        double squares = 0.0;

        channel_covariance_of(network, k, l, solved);
        linalg_lower_solve(N, factor, N, solved);
        for (size_t i = 0; i < N * N; i++) {
            squares += creal(solved[i]) * creal(solved[i]) + cimag(solved[i]) * cimag(solved[i]);
        }
        job->power[k + network->K * l] = energy * squares / (double)N + sight_power(network, k, l);
    }
}

static void estimate_aps(void *context, size_t thread, size_t first, size_t end)
{
    const power_job *job = context;
    size_t N = job->network->system->N;

    for (size_t l = first; l < end && !stop_requested(job->network->stop); l++) {
        for (size_t k = 0; k < job->network->K; k++) {
            if (job->network->pilot_first[k] == k) {
                estimate_pilot(job, k, l, job->work + (2 * N * N + N) * thread);
            }
        }
    }
}

double *channel_estimate_power(const cfi_network *network, cfi_arena *arena)
{
    size_t N = network->system->N, K = network->K, threads = network->threads > 0 ? network->threads : 1;
    power_job job = {.network = network, .power = arena_alloc(arena, K * network->L, sizeof(double))};
    cfi_arena_mark mark = arena_mark(arena);

    if (!job.power || channel_is_iid(network)) {
        if (job.power) {
            channel_mmse_variance(network, job.power);
        }
        return job.power;
    }
    job.work = arena_alloc(arena, threads * (2 * N * N + N), sizeof *job.work);
    if (!job.work) {
        return NULL;
    }
    threads_share(threads, network->L, threads_part(2 * K * N * N * N), estimate_aps, &job);
    arena_release(arena, mark);
    return job.power;
}
