/* Second moments of signals by simulation. docs/model.md (M20).
 *
 * Only estimates are drawn. What is not known of a channel is independent of them, so that
 *
 *     E abs(h_kl^H v_jl)^2 = E abs(hhat_kl^H v_jl)^2 + E v_jl^H C_kl v_jl,    E h_kl^H v_jl = E hhat_kl^H v_jl,
 *
 * with C_kl = (beta_kl - xi_kl) I over i.i.d. fading, where besides hhat_kl = sqrt(xi_kl) y_t for every user k of pilot
 * t: the moments of pilots give those of users. */
#include "link/simulated.h"

#include "base/clones.h"
#include "base/threads.h"
#include "channel/precoding.h"

#include <math.h>
#include <string.h>

enum { LANES = PRECODING_LANES };

/* Sums over draws, lane by lane, of a = y_t^H v_t, which is real, b = norm(v_t)^2 and q = abs(y_t^H v_s)^2: of each
 * class, and of each pair at t + classes s. */
enum { SUM_A, SUM_B, SUM_AA, SUM_AB, SUM_BB, SUM_QA, CLASS_SUMS };
enum { SUM_Q, SUM_QQ, SUM_QB, PAIR_SUMS };

typedef struct moment_sums {
    double *of_class, *of_pair;
} moment_sums;

/* A number and its standard error. */
typedef struct simulated {
    double value, error;
} simulated;

/* A thread's. */
typedef struct simulation_work {
    precoding *precoding;
    moment_sums sums;
    double *xi, *error; /* K: of AP l */
    simulated *product; /* classes x classes: E abs(y_t^H v_s)^2 less the square of its mean, v_s normalised */
} simulation_work;

/* What the threads share. */
typedef struct moments_job {
    const cfi_network *network;
    size_t classes;
    simulation_work *work;           /* one a thread */
    double *g, *V;                   /* K x L, K x K x L */
    double *mean_square, *std_error; /* classes x L; L: the largest relative one of an access point */
} moments_job;

/* --------------------------------------------------------------------------------- sums ---- */

__attribute__((always_inline)) static inline precoding_lanes *lanes_of(double *numbers, size_t at)
{
    return (precoding_lanes *)(numbers + LANES * at);
}

/* Of the own class: a besides. */
__attribute__((always_inline)) static inline void add_own_class(double *sums, precoding_lanes a, precoding_lanes b,
                                                                precoding_lanes q)
{
    *lanes_of(sums, SUM_A) += a;
    *lanes_of(sums, SUM_B) += b;
    *lanes_of(sums, SUM_AA) += a * a;
    *lanes_of(sums, SUM_AB) += a * b;
    *lanes_of(sums, SUM_BB) += b * b;
    *lanes_of(sums, SUM_QA) += q * a;
}

/* The products of all estimates with the vector s of a batch. */
CLONES(static, void, add_vector, (const precoding *p, const moment_sums *sums, size_t s), (p, sums, s))
{
    size_t N = p->N;
    precoding_lanes b = *lanes_of(p->square, s);

    for (size_t t = 0; t < p->classes; t++) {
        double *of_pair = sums->of_pair + LANES * PAIR_SUMS * (t + p->classes * s);
        precoding_lanes re = {0.0}, im = {0.0}, q;

        for (size_t n = 0; n < N; n++) {
            precoding_lanes x = *lanes_of(p->y.re, t * N + n), y = *lanes_of(p->y.im, t * N + n),
                            v = *lanes_of(p->z.re, s * N + n), w = *lanes_of(p->z.im, s * N + n);

            re += x * v + y * w;
            im += x * w - y * v;
        }
        q = re * re + im * im;
        *lanes_of(of_pair, SUM_Q) += q;
        *lanes_of(of_pair, SUM_QQ) += q * q;
        *lanes_of(of_pair, SUM_QB) += q * b;
        if (t == s) {
            add_own_class(sums->of_class + LANES * CLASS_SUMS * s, re, b, q);
        }
    }
}

static void add_batch(void *context, const precoding *p)
{
    const moment_sums *sums = context;

    for (size_t s = 0; s < p->classes; s++) {
        add_vector(p, sums, s);
    }
}

/* ------------------------------------------------------------------- moments of the classes ---- */

/* Standard error of the mean of x, from its sums over n draws. */
static double error_of_mean(double n, double sum, double squares)
{
    return sqrt(fmax(squares - sum * sum / n, 0.0) / (n * (n - 1.0)));
}

/* The mean of a = y_s^H v_s over the root of b's: linear in both about their means. */
static simulated mean_of_class(const double sum[CLASS_SUMS], double n)
{
    double a = sum[SUM_A] / n, b = sum[SUM_B] / n, factor = precoding_factor(b), slope = 0.5 * a * factor * factor;
    double squares = sum[SUM_AA] - 2.0 * slope * sum[SUM_AB] + slope * slope * sum[SUM_BB];

    return (simulated){.value = a * factor,
                       .error = factor * error_of_mean(n, sum[SUM_A] - slope * sum[SUM_B], squares)};
}

/* The mean of q over that of b, less the square of the mean of the own class, without its bias. */
static simulated product_of_classes(const double pair[PAIR_SUMS], const double sum[CLASS_SUMS], bool own, double n)
{
    double a = own ? sum[SUM_A] / n : 0.0, b = sum[SUM_B] / n, per_b = precoding_factor(b) * precoding_factor(b);
    double rest = pair[SUM_Q] / n - a * a, r = rest * per_b,
           linear = pair[SUM_Q] - 2.0 * a * sum[SUM_A] - r * sum[SUM_B];
    double squares = pair[SUM_QQ] + 4.0 * a * a * sum[SUM_AA] + r * r * sum[SUM_BB] - 4.0 * a * sum[SUM_QA] -
                     2.0 * r * pair[SUM_QB] + 4.0 * a * r * sum[SUM_AB];

    return (simulated){.value = fmax(r, 0.0) * (own ? n / (n - 1.0) : 1.0),
                       .error = per_b * error_of_mean(n, linear, squares)};
}

static void sum_lanes_of(const double *lanes, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++) {
        sum[i] = precoding_sum_lanes(lanes + LANES * i);
    }
}

/* --------------------------------------------------------------------- moments of the users ---- */

static double relative_error(double value, double error)
{
    return error > 0.0 ? error / value : 0.0;
}

/* g_kl of class s's users, and the mean square of its vectors. */
static double fill_mean(const moments_job *job, size_t l, size_t s, const double sum[CLASS_SUMS],
                        const simulation_work *work)
{
    const cfi_network *network = job->network;
    double n = (double)network->system->precoding.draws;
    simulated mean = mean_of_class(sum, n);

    job->mean_square[s + job->classes * l] = sum[SUM_B] / n;
    for (size_t k = work->precoding->first[s]; k < network->K; k = network->pilot_next[k]) {
        job->g[k + network->K * l] = sqrt(work->xi[k]) * mean.value;
    }
    return relative_error(mean.value, mean.error);
}

/* V_kj,l for the users j of class s; the largest relative error of them. */
static double fill_variances(const moments_job *job, size_t l, size_t s, const simulation_work *work)
{
    const cfi_network *network = job->network;
    const precoding *p = work->precoding;
    size_t K = network->K;
    double *first = job->V + K * (p->first[s] + K * l), worst = 0.0;

    for (size_t k = 0; k < K; k++) {
        simulated product = work->product[p->class_of[k] + job->classes * s];

        first[k] = work->xi[k] * product.value + work->error[k];
        worst = fmax(worst, relative_error(first[k], work->xi[k] * product.error));
    }
    for (size_t j = network->pilot_next[p->first[s]]; j < K; j = network->pilot_next[j]) {
        memcpy(job->V + K * (j + K * l), first, K * sizeof *first);
    }
    return worst;
}

static void finish_ap(const moments_job *job, size_t l, const simulation_work *work)
{
    double n = (double)job->network->system->precoding.draws, worst = 0.0;

    channel_mmse_variance_of(job->network, l, work->xi);
    channel_error_variance_of(job->network, l, work->error);
    for (size_t s = 0; s < job->classes; s++) {
        double sum[CLASS_SUMS];

        sum_lanes_of(work->sums.of_class + LANES * CLASS_SUMS * s, CLASS_SUMS, sum);
        for (size_t t = 0; t < job->classes; t++) {
            double pair[PAIR_SUMS];

            sum_lanes_of(work->sums.of_pair + LANES * PAIR_SUMS * (t + job->classes * s), PAIR_SUMS, pair);
            work->product[t + job->classes * s] = product_of_classes(pair, sum, t == s, n);
        }
        worst = fmax(worst, fill_mean(job, l, s, sum, work));
        worst = fmax(worst, fill_variances(job, l, s, work));
    }
    job->std_error[l] = worst;
}

static void simulate_aps(void *context, size_t thread, size_t first, size_t end)
{
    const moments_job *job = context;
    const simulation_work *work = job->work + thread;
    size_t classes = job->classes;

    for (size_t l = first; l < end; l++) {
        memset(work->sums.of_class, 0, LANES * CLASS_SUMS * classes * sizeof(double));
        memset(work->sums.of_pair, 0, LANES * PAIR_SUMS * classes * classes * sizeof(double));
        precoding_simulate(work->precoding, l, add_batch, (void *)&work->sums);
        finish_ap(job, l, work);
    }
}

/* --------------------------------------------------------------------------------- memory ---- */

static bool allocate_simulation_work(const moments_job *job, cfi_arena *arena, simulation_work *work)
{
    size_t classes = job->classes, K = job->network->K;

    work->sums = (moment_sums){.of_class = arena_alloc(arena, LANES * CLASS_SUMS * classes, sizeof(double)),
                               .of_pair = arena_alloc(arena, LANES * PAIR_SUMS * classes * classes, sizeof(double))};
    work->xi = arena_alloc(arena, 2 * K, sizeof(double));
    work->product = arena_alloc(arena, classes * classes, sizeof(simulated));
    if (!work->precoding || !work->sums.of_class || !work->sums.of_pair || !work->xi || !work->product) {
        return false;
    }
    work->error = work->xi + K;
    return true;
}

/* The results stay in the arena, what the threads work in does not. */
static bool run_simulation(moments_job *job, size_t threads, size_t part, cfi_arena *arena)
{
    const cfi_network *network = job->network;
    cfi_arena_mark mark;
    bool enough = true;

    mark = arena_mark(arena);
    job->work = arena_zeros(arena, threads, sizeof *job->work);
    for (size_t i = 0; job->work && enough && i < threads; i++) {
        job->work[i].precoding = precoding_make(network, arena);
        enough = allocate_simulation_work(job, arena, &job->work[i]);
    }
    if (job->work && enough) {
        threads_share(threads, network->L, part, simulate_aps, job);
    }
    enough = enough && job->work;
    arena_release(arena, mark);
    return enough;
}

cfi_status simulated_make(const cfi_network *network, cfi_arena *arena, simulated_moments *out, cfi_error *error)
{
    size_t K = network->K, L = network->L, classes = precoding_count_classes(network);
    size_t part = threads_part(network->system->precoding.draws * classes * (classes + network->system->N));
    size_t threads = network->threads > 1 && part < L ? network->threads : 1;
    moments_job job = {.network = network,
                       .classes = classes,
                       .g = arena_alloc(arena, K * L, sizeof(double)),
                       .V = arena_alloc(arena, K * K * L, sizeof(double)),
                       .mean_square = arena_alloc(arena, classes * L, sizeof(double)),
                       .std_error = arena_alloc(arena, L, sizeof(double))};

    if (!job.g || !job.V || !job.mean_square || !job.std_error || !run_simulation(&job, threads, part, arena)) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory for the simulated links of %zu access points and %zu users", L, K);
    }
    *out = (simulated_moments){.moments = {.g = job.g, .V_by_stream = job.V}, .mean_square = job.mean_square};
    for (size_t l = 0; l < L; l++) {
        out->largest_relative_std_error = fmax(out->largest_relative_std_error, job.std_error[l]);
    }
    return CFI_OK;
}
