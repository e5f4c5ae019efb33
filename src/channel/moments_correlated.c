/* Second moments of maximum ratio over correlated and Rician fading, in closed form. docs/model.md (M22).
 *
 * R_k and m_k m_k^H are Hermitian and Toeplitz, so that a trace of a product with one of them needs the other factor's
 * sums along its diagonals alone: 2 N - 1 real numbers. All pairs of users of an access point are then one small
 * product of matrices. Psi^-1 R_j is no Hermitian matrix, but turned by half a turn it is its own conjugate, as all of
 * them are: its sums on both sides of the diagonal are conjugate, too, and tr(R_j Psi^-1 R_k) is real. */
#include "channel/moments_correlated.h"

#include "base/clones.h"
#include "base/threads.h"
#include "cfisac/linalg.h"
#include "channel/statistics.h"

#include <math.h>
#include <string.h>

/* Work space of one thread, for one access point. `parts` = 2 N - 1: the real first number of a column, then real and
 * imaginary parts of the others; part q of user k at [k + K q]. */
typedef struct ap_moments {
    double complex *factor, *solved; /* N x N: of Psi, and Psi^-1 R */
    double complex *column, *sums;   /* N each */
    double *scattered, *sight;       /* parts of R_k, and of m_k m_k^H */
    double *estimate;                /* of the diagonal sums of B_k: tr(T B_k) is the product with the parts of T */
    double *whole, *sent;            /* R_k + m_k m_k^H; the same of (B_j + m_j m_j^H) / n_j */
    double *heard;                   /* the same of Psi^-1 R_j, for pairs on one pilot */
    double *power;                   /* K: n_k */
} ap_moments;

/* What the threads share. */
typedef struct moments_job {
    const cfi_network *network;
    size_t parts;
    size_t *first_pair; /* K + 1: rows of `coherent` before those of each user; NULL without shared pilots */
    double *g, *V, *S;
    double complex *coherent;
    ap_moments *work; /* one a thread */
} moments_job;

/* --------------------------------------------------------------------- columns and sums ---- */

/* A column as parts of user k. */
static void put_column(const moments_job *job, const double complex *column, size_t k, double *parts)
{
    size_t K = job->network->K;

    parts[k] = creal(column[0]);
    for (size_t d = 1; d < job->network->system->N; d++) {
        parts[k + K * (2 * d - 1)] = creal(column[d]);
        parts[k + K * (2 * d)] = cimag(column[d]);
    }
}

/* The parts with which those of a Hermitian Toeplitz matrix T add up to tr(T E), from e[d] = sum_n E[n + d, n]. */
static void put_sums(const moments_job *job, const double complex *e, size_t k, double *parts)
{
    size_t K = job->network->K;

    parts[k] = creal(e[0]);
    for (size_t d = 1; d < job->network->system->N; d++) {
        parts[k + K * (2 * d - 1)] = 2.0 * creal(e[d]);
        parts[k + K * (2 * d)] = 2.0 * cimag(e[d]);
    }
}

/* Of parts of user k and parts of user j. */
static double product_of_parts(const moments_job *job, const double *a, size_t k, const double *b, size_t j)
{
    size_t K = job->network->K;
    double sum = 0.0;

    for (size_t q = 0; q < job->parts; q++) {
        sum += a[k + K * q] * b[j + K * q];
    }
    return sum;
}

/* Lower diagonals of B = energy R Psi^-1 R, from Y = F^-1 R: B = energy Y^H Y. */
static void sum_estimate(size_t N, double energy, const double complex *y, double complex *sums)
{
    memset(sums, 0, N * sizeof *sums);
    for (size_t n = 0; n < N; n++) {
        for (size_t m = n; m < N; m++) {
            double complex entry = 0.0;

            for (size_t i = 0; i < N; i++) {
                entry += conj(y[i + N * m]) * y[i + N * n];
            }
            sums[m - n] += energy * entry;
        }
    }
}

/* Lower diagonals of a matrix. */
static void sum_diagonals(size_t N, const double complex *matrix, double complex *sums)
{
    memset(sums, 0, N * sizeof *sums);
    for (size_t n = 0; n < N; n++) {
        for (size_t m = n; m < N; m++) {
            sums[m - n] += matrix[m + N * n];
        }
    }
}

/* ------------------------------------------------------------------------ of one user ---- */

/* Of user k, whose pilot's Psi stands in w->factor. */
static void describe_user(const moments_job *job, size_t k, size_t l, const ap_moments *w)
{
    const cfi_system *system = job->network->system;
    size_t N = system->N, K = job->network->K;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w;

    statistics_sight_column(job->network, k, l, w->column);
    put_column(job, w->column, k, w->sight);
    statistics_scattered_column(job->network, k, l, w->column);
    put_column(job, w->column, k, w->scattered);
    statistics_toeplitz(N, w->column, w->solved);
    linalg_lower_solve(N, w->factor, N, w->solved);
    sum_estimate(N, energy, w->solved, w->sums);
    put_sums(job, w->sums, k, w->estimate);
    w->power[k] = w->estimate[k] + (double)N * w->sight[k];
    if (job->coherent) {
        linalg_lower_solve_adjoint(N, w->factor, N, w->solved);
        sum_diagonals(N, w->solved, w->sums);
        put_sums(job, w->sums, k, w->heard);
    }
    for (size_t q = 0; q < job->parts; q++) {
        size_t d = (q + 1) / 2, i = k + K * q;
        double along = (q > 0 ? 2.0 : 1.0) * (double)(N - d) * w->sight[i]; /* of m m^H */

        w->whole[i] = w->scattered[i] + w->sight[i];
        w->sent[i] = w->power[k] > 0.0 ? (w->estimate[i] + along) / w->power[k] : 0.0;
    }
}

/* V_kk n_k = tr(R_k (B_k + m_k m_k^H)) + m_k^H B_k m_k: without abs(m_k)^4, which the mean has. */
static double own_variance(const moments_job *job, size_t k, const ap_moments *w)
{
    double scattered = product_of_parts(job, w->scattered, k, w->sent, k),
           sight = product_of_parts(job, w->sight, k, w->estimate, k);

    return w->power[k] > 0.0 ? scattered + sight / w->power[k] : 0.0;
}

/* What user k hears of a beam to the target: b^H (R_k + m_k m_k^H) b, b = a / sqrt(N). */
static void hear_beam(const moments_job *job, size_t l, const ap_moments *w)
{
    size_t N = job->network->system->N, K = job->network->K;
    double step = M_PI * sin(job->network->angle_rad[l]);

    for (size_t k = 0; k < K; k++) {
        double sum = w->whole[k];

        for (size_t d = 1; d < N; d++) {
            double share = 2.0 * (double)(N - d) / (double)N, phase = step * (double)d;

            sum += share * (w->whole[k + K * (2 * d - 1)] * cos(phase) - w->whole[k + K * 2 * d] * sin(phase));
        }
        job->S[k + K * l] = fmax(sum, 0.0);
    }
}

/* ----------------------------------------------------------------------------- of pairs ---- */

/* V[k] += sum over the parts q of whole[k, q] sent[j, q], for all users k. */
CLONES(static, void, add_products_of_parts,
       (size_t K, size_t parts, const double *restrict whole, const double *restrict sent, double *restrict V),
       (K, parts, whole, sent, V))
{
    for (size_t q = 0; q < parts; q++) {
        const double *restrict row = whole + K * q;
        double factor = sent[K * q];

        for (size_t k = 0; k < K; k++) {
            V[k] += row[k] * factor;
        }
    }
}

/* V_kj of all pairs; rounding leaves nothing below 0. */
static void fill_stream_variances(const moments_job *job, size_t l, const ap_moments *w)
{
    size_t K = job->network->K;

    for (size_t j = 0; j < K; j++) {
        double *V = job->V + K * (j + K * l);

        memset(V, 0, K * sizeof *V);
        add_products_of_parts(K, job->parts, w->whole, w->sent + j, V);
        V[j] = own_variance(job, j, w);
        for (size_t k = 0; k < K; k++) {
            V[k] = fmax(V[k], 0.0);
        }
    }
}

/* c_kj = tau_p p_p tr(R_j Psi^-1 R_k) / sqrt(n_j) */
static void fill_coherent(const moments_job *job, size_t l, const ap_moments *w)
{
    const cfi_network *network = job->network;
    double energy = (double)network->system->frame.tau_p * network->system->frame.pilot_power_w;

    for (size_t k = 0; k < network->K; k++) {
        size_t row = job->first_pair[k];

        for (size_t j = network->pilot_first[k]; j < network->K; j = network->pilot_next[j]) {
            if (j != k) {
                double scale = w->power[j] > 0.0 ? energy / sqrt(w->power[j]) : 0.0;

                job->coherent[l + network->L * row] = scale * product_of_parts(job, w->scattered, k, w->heard, j);
                row++;
            }
        }
    }
}

/* n_k of AP l, and what it is made of. */
static void describe_users(const moments_job *job, size_t l, const ap_moments *w)
{
    const cfi_network *network = job->network;

    for (size_t first = 0; first < network->K; first++) {
        if (network->pilot_first[first] != first) {
            continue;
        }
        statistics_factor_pilot(network, first, l, w->factor, w->column);
        for (size_t k = first; k < network->K; k = network->pilot_next[k]) {
            describe_user(job, k, l, w);
        }
    }
}

static void fill_aps(void *context, size_t thread, size_t first, size_t end)
{
    const moments_job *job = context;
    const ap_moments *w = &job->work[thread];
    size_t K = job->network->K;

    for (size_t l = first; l < end && !stop_requested(job->network->stop); l++) {
        describe_users(job, l, w);
        for (size_t k = 0; k < K; k++) {
            job->g[k + K * l] = sqrt(w->power[k]);
        }
        hear_beam(job, l, w);
        fill_stream_variances(job, l, w);
        if (job->coherent) {
            fill_coherent(job, l, w);
        }
    }
}

/* ------------------------------------------------------------------------------- memory ---- */

static bool allocate_user_parts(const moments_job *job, cfi_arena *arena, ap_moments *w)
{
    size_t K = job->network->K, N = job->network->system->N, numbers = K * job->parts;
    double *memory = arena_alloc(arena, 6 * numbers + K, sizeof *memory);

    *w = (ap_moments){.factor = arena_alloc(arena, 2 * N * N, sizeof(double complex)),
                      .column = arena_alloc(arena, 2 * N, sizeof(double complex)),
                      .scattered = memory};
    if (!memory || !w->factor || !w->column) {
        return false;
    }
    w->solved = w->factor + N * N;
    w->sums = w->column + N;
    w->sight = memory + numbers;
    w->estimate = memory + 2 * numbers;
    w->whole = memory + 3 * numbers;
    w->sent = memory + 4 * numbers;
    w->heard = memory + 5 * numbers;
    w->power = memory + 6 * numbers;
    return true;
}

static bool allocate_moments(moments_job *job, size_t threads, cfi_arena *arena)
{
    const cfi_network *network = job->network;
    size_t K = network->K, pairs = K * network->L;

    job->g = arena_alloc(arena, 2 * pairs, sizeof(double));
    job->V = arena_alloc(arena, K * pairs, sizeof(double));
    job->work = arena_alloc(arena, threads, sizeof *job->work);
    if (!job->g || !job->V || !job->work) {
        return false;
    }
    job->S = job->g + pairs;
    if (network->pilots_overlap) {
        job->first_pair = arena_alloc(arena, K + 1, sizeof *job->first_pair);
        job->coherent =
            job->first_pair
                ? arena_alloc(arena, network_number_pairs(network, job->first_pair) * network->L, sizeof *job->coherent)
                : NULL;
    }
    for (size_t i = 0; i < threads; i++) {
        if (!allocate_user_parts(job, arena, &job->work[i])) {
            return false;
        }
    }
    return !network->pilots_overlap || job->coherent;
}

bool moments_correlated_mr(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out)
{
    size_t N = network->system->N, K = network->K, threads = network->threads > 0 ? network->threads : 1;
    size_t steps = K * (2 * N * N * N + K * N); /* of an access point */
    moments_job job = {.network = network, .parts = 2 * N - 1};

    if (!allocate_moments(&job, threads, arena)) {
        return false;
    }
    threads_share(threads, network->L, threads_part(steps), fill_aps, &job);
    *out = (cfi_precoder_moments){.g = job.g, .V_by_stream = job.V, .S = job.S, .coherent = job.coherent};
    return true;
}
