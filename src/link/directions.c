/* Signals that have directions: what their second moments say of a target. docs/model.md (M21) */
#include "link/directions.h"

#include "base/threads.h"

#include <math.h>

/* Relative: a residual below is the rounding of what it is a difference of. */
static const double AIM_ROUNDING = 1e-13;

/* ------------------------------------------------------------------------- of maximum ratio ---- */

/* Work space of one thread: a_l and d_l, N each; a channel's mean, N; N x N each. */
typedef struct aim_work {
    double complex *a, *d, *mean, *B, *scratch;
} aim_work;

typedef struct aim_job {
    const cfi_network *network;
    cfi_aim *aim;
    aim_work *work; /* one a thread */
} aim_job;

/* d_n = -j pi (n - (N + 1) / 2) cos(theta) a_n: the derivative less its part along a. */
static void steer(const cfi_network *network, size_t l, const aim_work *w)
{
    size_t N = network->system->N;
    double middle = 0.5 * ((double)N + 1.0), turn = M_PI * cos(network->angle_rad[l]);

    channel_steering(network->angle_rad[l], N, w->a, w->d);
    for (size_t n = 0; n < N; n++) {
        w->d[n] = -I * turn * ((double)(n + 1) - middle) * w->a[n];
    }
}

static double square_of(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

/* Of v = (m + e) / sqrt(n), e of covariance B, n = norm(m)^2 + tr B. */
static cfi_aim aim_of_user(size_t N, const aim_work *w)
{
    cfi_aim aim = {.lit = 0.0};
    double complex am = 0.0, dm = 0.0;
    double power = 0.0;

    for (size_t n = 0; n < N; n++) {
        double complex Ba = 0.0, Bd = 0.0; /* entry n of B a and B d */

        for (size_t i = 0; i < N; i++) {
            Ba += w->B[n + N * i] * w->a[i];
            Bd += w->B[n + N * i] * w->d[i];
        }
        aim.lit += creal(conj(w->a[n]) * Ba);
        aim.turned += creal(conj(w->d[n]) * Bd);
        aim.mixed += conj(w->d[n]) * Ba;
        am += conj(w->a[n]) * w->mean[n];
        dm += conj(w->d[n]) * w->mean[n];
        power += square_of(w->mean[n]) + creal(w->B[n + N * n]);
    }
    if (!(power > 0.0)) {
        return (cfi_aim){.lit = 0.0};
    }
    return (cfi_aim){.lit = fmax((aim.lit + square_of(am)) / power, 0.0),
                     .turned = fmax((aim.turned + square_of(dm)) / power, 0.0),
                     .mixed = (aim.mixed + dm * conj(am)) / power};
}

static void describe_aps(void *context, size_t thread, size_t first, size_t end)
{
    const aim_job *job = context;
    const aim_work *w = &job->work[thread];
    size_t K = job->network->K;

    for (size_t l = first; l < end && !stop_requested(job->network->stop); l++) {
        steer(job->network, l, w);
        for (size_t k = 0; k < K; k++) {
            channel_mean_of(job->network, k, l, w->mean);
            channel_estimate_covariance_of(job->network, k, l, w->B, w->scratch);
            job->aim[k + K * l] = aim_of_user(job->network->system->N, w);
        }
    }
}

static bool allocate_aim_work(aim_job *job, size_t threads, cfi_arena *arena)
{
    size_t N = job->network->system->N;

    job->work = arena_alloc(arena, threads, sizeof *job->work);
    for (size_t i = 0; job->work && i < threads; i++) {
        double complex *memory = arena_alloc(arena, 3 * N + 2 * N * N, sizeof *memory);

        if (!memory) {
            return false;
        }
        job->work[i] = (aim_work){memory, memory + N, memory + 2 * N, memory + 3 * N, memory + 3 * N + N * N};
    }
    return job->work != NULL;
}

/* Constants of the bound: of information along the receiving array, and across the sending one, (M17). */
static void set_constants(const cfi_network *network, const double *arrival, double *along, double *across)
{
    const cfi_system *system = network->system;
    double per_noise = 2.0 * (double)system->frame.T / system->power.sensing_noise_w;

    for (size_t p = 0; p < network->L; p++) {
        double power = network_path_power(network, p, p);

        along[p] = power * arrival[p];
        across[p] = per_noise * power * (double)system->M;
    }
}

static const cfi_aim *aim_at_target(const cfi_network *network, cfi_arena *arena)
{
    size_t L = network->L, K = network->K, N = network->system->N,
           threads = network->threads > 0 ? network->threads : 1;
    aim_job job = {.network = network, .aim = arena_alloc(arena, K * L, sizeof *job.aim)};
    cfi_arena_mark mark = arena_mark(arena);

    if (!job.aim || !allocate_aim_work(&job, threads, arena)) {
        return NULL;
    }
    threads_share(threads, L, threads_part(2 * K * N * N * N), describe_aps, &job);
    arena_release(arena, mark);
    return job.aim;
}

cfi_status directions_make(const cfi_network *network, const cfi_aim *simulated, cfi_arena *arena, cfi_link *link,
                           cfi_error *error)
{
    size_t L = network->L;
    double *along = arena_alloc(arena, 2 * L, sizeof *along);
    const cfi_aim *aim = simulated ? simulated : aim_at_target(network, arena);

    if (!aim || !along) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points and %zu users", L,
                         network->K);
    }
    set_constants(network, link->echoes.arrival, along, along + L);
    link->directions = (cfi_directions){.aim = aim, .along = along, .across = along + L};
    link->own_echo.comm = link->own_echo.sens = link->echoes.departure = link->echoes.departure_all = NULL;
    return CFI_OK;
}

/* --------------------------------------------------------------------------------- of powers ---- */

cfi_aim link_aim(const cfi_link *link, const cfi_powers *powers, size_t l)
{
    const cfi_aim *aim = link->directions.aim + link->K * l;
    const double *p = powers->p + link->K * l;
    cfi_aim sum = {.lit = 0.0};

    for (size_t k = 0; k < link->K; k++) {
        sum.lit += p[k] * aim[k].lit;
        sum.turned += p[k] * aim[k].turned;
        sum.mixed += p[k] * aim[k].mixed;
    }
    return sum;
}

double link_aim_residual(const cfi_aim *aim, double share)
{
    double rest = aim->turned - share * square_of(aim->mixed);

    return rest > AIM_ROUNDING * aim->turned ? rest : 0.0;
}

double link_aim_information(const cfi_link *link, size_t p, const cfi_aim *aim)
{
    double share = aim->lit > 0.0 ? 1.0 / aim->lit : 0.0; /* nothing lit, nothing mixed */

    return link->directions.along[p] * aim->lit + link->directions.across[p] * link_aim_residual(aim, share);
}
