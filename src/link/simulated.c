/* Second moments of signals by simulation. docs/model.md (M20).
 *
 * Only estimates count. What is not known of a channel is independent of them, so that
 *
 *     E abs(h_kl^H v_jl)^2 = E abs(hhat_kl^H v_jl)^2 + tr(C_kl E v_jl v_jl^H),    E h_kl^H v_jl = E hhat_kl^H v_jl.
 *
 * Over i.i.d. fading C_kl = (beta_kl - xi_kl) I, and hhat_kl = sqrt(xi_kl) y_t for every user k of pilot t: the moments
 * of a row y_t a pilot give those of users. Over other fading a row is the estimate of a user. */
#include "link/simulated.h"

#include "base/threads.h"
#include "channel/statistics.h"
#include "link/moment_sums.h"

#include <math.h>
#include <string.h>

/* A thread's. */
typedef struct simulation_work {
    precoding *precoding;
    moment_sums sums;
    double *share, *rest; /* K: of AP l, what a user has of its row's moments, and tr(C Q); K x classes: other fading */
    double complex *a, *d, *m; /* N each, of other fading: about the target (simulated_beam), and a channel's mean */
    double complex *R, *C, *factor; /* N x N each: R_kl, R_kl - B_kl, of Psi */
    double complex *solve;          /* 2 N x N + N */
    double complex *Q;              /* N x N x classes: E v v^H */
} simulation_work;

/* What the threads share. */
typedef struct moments_job {
    const cfi_network *network;
    simulation_work *work;           /* one a thread */
    double *g, *V, *S;               /* K x L, K x K x L; K x L or NULL */
    simulated_beam *beam;            /* K x L or NULL */
    double complex *coherent;        /* or NULL */
    double *mean_square, *std_error; /* classes x L; L: the largest relative one of an access point */
} moments_job;

/* --------------------------------------------------------------------- moments of the users ---- */

static double draws_of(const precoding *p)
{
    return (double)p->network->system->precoding.draws;
}

static size_t row_of(const precoding *p, size_t k)
{
    return p->iid ? p->class_of[k] : k;
}

/* E h_kl^H v of the class's vector, which the pilots of both make coherent. */
static simulated mean_heard(const simulation_work *work, size_t k, size_t class)
{
    const precoding *p = work->precoding;
    simulated mean = moment_mean(&work->sums, row_of(p, k), class, draws_of(p));
    double root = sqrt(work->share[k]);

    return (simulated){.value = root * mean.value, .error = root * mean.error};
}

static double relative_error(simulated number)
{
    return number.error > 0.0 ? number.error / cabs(number.value) : 0.0;
}

/* g_kl, and c_kj,l where users of a pilot do not all hear the same. Returns the largest relative error of the g. */
static double fill_means(const moments_job *job, size_t l, const simulation_work *work)
{
    const cfi_network *network = job->network;
    const precoding *p = work->precoding;
    size_t pair = 0;
    double worst = 0.0;

    for (size_t k = 0; k < network->K; k++) {
        simulated own = mean_heard(work, k, p->class_of[k]);

        job->g[k + network->K * l] = fmax(creal(own.value), 0.0);
        worst = fmax(worst, relative_error(own));
        for (size_t j = network->pilot_first[k]; job->coherent && j < network->K; j = network->pilot_next[j]) {
            if (j != k) {
                job->coherent[l + network->L * pair++] = mean_heard(work, k, p->class_of[j]).value;
            }
        }
    }
    return worst;
}

/* V_kj,l of all users k for the users j of class s. Returns the largest relative error. */
static double fill_variances(const moments_job *job, size_t l, size_t s, const simulation_work *work)
{
    const cfi_network *network = job->network;
    const precoding *p = work->precoding;
    size_t K = network->K;
    double *first = job->V + K * (p->first[s] + K * l), worst = 0.0;

    for (size_t k = 0; k < K; k++) {
        simulated heard = moment_variance(&work->sums, row_of(p, k), s, draws_of(p));
        double rest = p->iid ? work->rest[k] : work->rest[k + K * s];

        heard.value = work->share[k] * heard.value + rest;
        heard.error *= work->share[k];
        if (!p->iid) { /* at most: as if errors had one direction, and vectors were normal */
            heard.error = hypot(heard.error, rest / sqrt(draws_of(p)));
        }
        first[k] = creal(heard.value);
        worst = fmax(worst, relative_error(heard));
    }
    for (size_t j = p->first[s] + 1; j < K; j++) {
        if (p->class_of[j] == s) {
            memcpy(job->V + K * (j + K * l), first, K * sizeof *first);
        }
    }
    return worst;
}

/* ------------------------------------------------------------------------- about the target ---- */

/* a_l, and d_l, its derivative less the part along a_l. */
static void steer_work(const cfi_network *network, size_t l, const simulation_work *work)
{
    size_t N = network->system->N;
    double complex along = 0.0;

    channel_steering(network->angle_rad[l], N, work->a, work->d);
    for (size_t n = 0; n < N; n++) {
        along += conj(work->a[n]) * work->d[n] / (double)N;
    }
    for (size_t n = 0; n < N; n++) {
        work->d[n] -= along * work->a[n];
    }
}

/* x^H A y of N numbers, A column-major. */
static double complex quadratic(size_t N, const double complex *x, const double complex *A, const double complex *y)
{
    double complex sum = 0.0;

    for (size_t n = 0; n < N; n++) {
        double complex column = 0.0;

        for (size_t i = 0; i < N; i++) {
            column += conj(x[i]) * A[i + N * n];
        }
        sum += column * y[n];
    }
    return sum;
}

/* E abs(a^H v)^2, E abs(d^H v)^2 and E (d^H v) (a^H v)^*. */
static simulated_beam beam_of_class(size_t N, size_t s, const simulation_work *work)
{
    const double complex *Q = work->Q + N * N * s;

    return (simulated_beam){.lit = fmax(creal(quadratic(N, work->a, Q, work->a)), 0.0),
                            .turned = fmax(creal(quadratic(N, work->d, Q, work->d)), 0.0),
                            .mixed = quadratic(N, work->d, Q, work->a)};
}

/* a^H (R_kl + m_kl m_kl^H) a / N: what user k hears of the beam, exactly; over i.i.d. fading it is beta. R_kl is there.
 */
static double hear_beam_of(const cfi_network *network, size_t k, size_t l, const simulation_work *work)
{
    size_t N = network->system->N;
    double complex sight = 0.0;

    channel_mean_of(network, k, l, work->m);
    for (size_t n = 0; n < N; n++) {
        sight += conj(work->a[n]) * work->m[n];
    }
    return fmax(creal(quadratic(N, work->a, work->R, work->a)) + creal(sight * conj(sight)), 0.0) / (double)N;
}

/* tr(C_kl Q_s) of all classes. */
static void fill_rests(const simulation_work *work, size_t k)
{
    const precoding *p = work->precoding;
    size_t entries = p->N * p->N;

    for (size_t s = 0; s < p->classes; s++) {
        double sum = 0.0;

        for (size_t e = 0; e < entries; e++) { /* of Hermitian matrices */
            sum += creal(conj(work->C[e]) * work->Q[e + entries * s]);
        }
        work->rest[k + p->K * s] = fmax(sum, 0.0);
    }
}

/* What needs matrices: over fading that is not i.i.d. */
static void use_matrices(const moments_job *job, size_t l, const simulation_work *work)
{
    const precoding *p = work->precoding;

    for (size_t s = 0; s < p->classes; s++) {
        moment_outer(&work->sums, s, draws_of(p), work->Q + p->N * p->N * s);
    }
    for (size_t first = 0; first < p->K; first++) {
        if (job->network->pilot_first[first] != first) {
            continue;
        }
        statistics_factor_pilot(job->network, first, l, work->factor, work->solve);
        for (size_t k = first; k < p->K; k = job->network->pilot_next[k]) {
            statistics_error_covariance(job->network, k, l, work->factor, work->C, work->solve);
            fill_rests(work, k);
        }
    }
    for (size_t k = 0; k < p->K; k++) {
        channel_covariance_of(job->network, k, l, work->R);
        job->S[k + p->K * l] = hear_beam_of(job->network, k, l, work);
        job->beam[k + p->K * l] = beam_of_class(p->N, p->class_of[k], work);
    }
}

/* -------------------------------------------------------------------------------------- all ---- */

static void finish_ap(const moments_job *job, size_t l, const simulation_work *work)
{
    const precoding *p = work->precoding;
    double worst;

    if (p->iid) {
        channel_mmse_variance_of(job->network, l, l + 1, work->share);
        channel_error_variance_of(job->network, l, work->rest);
    } else {
        steer_work(job->network, l, work);
        use_matrices(job, l, work);
    }
    worst = fill_means(job, l, work);
    for (size_t s = 0; s < p->classes; s++) {
        worst = fmax(worst, fill_variances(job, l, s, work));
        job->mean_square[s + p->classes * l] = moment_mean_square(&work->sums, s, draws_of(p));
    }
    job->std_error[l] = worst;
}

static void simulate_aps(void *context, size_t thread, size_t first, size_t end)
{
    const moments_job *job = context;
    simulation_work *work = job->work + thread;

    for (size_t l = first; l < end && !stop_requested(job->network->stop); l++) {
        precoding_begin_draws(work->precoding, l);
        moment_sums_begin(&work->sums);
        precoding_simulate(work->precoding, l, moment_sums_add, &work->sums);
        finish_ap(job, l, work);
    }
}

/* --------------------------------------------------------------------------------- memory ---- */

/* What use_matrices works in. */
static bool allocate_matrices(cfi_arena *arena, simulation_work *work)
{
    size_t N = work->precoding->N, entries = N * N;
    double complex *memory = arena_alloc(arena, 4 * N + (5 + work->precoding->classes) * entries, sizeof *memory);

    if (memory) {
        work->a = memory;
        work->d = memory + N;
        work->m = memory + 2 * N;
        work->R = memory + 3 * N;
        work->C = work->R + entries;
        work->factor = work->C + entries;
        work->Q = work->factor + entries;
        work->solve = work->Q + work->precoding->classes * entries;
    }
    return memory;
}

static bool allocate_simulation_work(const moments_job *job, cfi_arena *arena, simulation_work *work)
{
    precoding *p = precoding_make(job->network, arena);
    size_t K = job->network->K;

    if (!p) {
        return false;
    }
    work->precoding = p;
    work->share = arena_alloc(arena, K + K * (p->iid ? 1 : p->classes), sizeof(double));
    if (!work->share || !precoding_prepare_draws(p, arena) || !moment_sums_make(p, arena, &work->sums)) {
        return false;
    }
    work->rest = work->share + K;
    for (size_t k = 0; k < K; k++) {
        work->share[k] = 1.0;
    }
    return p->iid || allocate_matrices(arena, work);
}

/* The results stay in the arena, what the threads work in does not. */
static bool run_simulation(moments_job *job, size_t threads, size_t part, cfi_arena *arena)
{
    cfi_arena_mark mark = arena_mark(arena);
    bool enough;

    job->work = arena_zeros(arena, threads, sizeof *job->work);
    enough = job->work;
    for (size_t i = 0; enough && i < threads; i++) {
        enough = allocate_simulation_work(job, arena, &job->work[i]);
    }
    if (enough) {
        threads_share(threads, job->network->L, part, simulate_aps, job);
    }
    arena_release(arena, mark);
    return enough;
}

/* Over i.i.d. fading the beam and what users of a pilot hear of each other need no arrays. */
static bool allocate_results(moments_job *job, cfi_arena *arena)
{
    const cfi_network *network = job->network;
    size_t K = network->K, L = network->L;
    size_t classes = precoding_count_classes(network);
    bool iid = channel_is_iid(network), pairs = !iid && network->pilots_overlap;

    job->g = arena_alloc(arena, K * L, sizeof(double));
    job->V = arena_alloc(arena, K * K * L, sizeof(double));
    job->mean_square = arena_alloc(arena, classes * L, sizeof(double));
    job->std_error = arena_alloc(arena, L, sizeof(double));
    job->S = iid ? NULL : arena_alloc(arena, K * L, sizeof(double));
    job->beam = iid ? NULL : arena_alloc(arena, K * L, sizeof *job->beam);
    job->coherent = pairs ? arena_alloc(arena, network_number_pairs(network, NULL) * L, sizeof(double complex)) : NULL;
    return job->g && job->V && job->mean_square && job->std_error && (iid || (job->S && job->beam)) &&
           (!pairs || job->coherent);
}

cfi_status simulated_make(const cfi_network *network, cfi_arena *arena, simulated_moments *out, cfi_error *error)
{
    size_t K = network->K, L = network->L, columns = channel_is_iid(network) ? precoding_count_classes(network) : K;
    size_t part = threads_part(network->system->precoding.draws * columns * (columns + network->system->N));
    size_t threads = network->threads > 1 && part < L ? network->threads : 1;
    moments_job job = {.network = network};

    if (!allocate_results(&job, arena) || !run_simulation(&job, threads, part, arena)) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory for the simulated links of %zu access points and %zu users", L, K);
    }
    *out = (simulated_moments){.moments = {.g = job.g, .V_by_stream = job.V, .S = job.S, .coherent = job.coherent},
                               .beam = job.beam,
                               .mean_square = job.mean_square};
    for (size_t l = 0; l < L; l++) {
        out->largest_relative_std_error = fmax(out->largest_relative_std_error, job.std_error[l]);
    }
    return CFI_OK;
}
