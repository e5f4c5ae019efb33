/* Second moments of signals by simulation. docs/model.md (M20).
 *
 * Over i.i.d. fading only estimates are drawn. What is not known of a channel is independent of them, so that
 *
 *     E abs(h_kl^H v_jl)^2 = E abs(hhat_kl^H v_jl)^2 + E v_jl^H C_kl v_jl,    E h_kl^H v_jl = E hhat_kl^H v_jl,
 *
 * with C_kl = (beta_kl - xi_kl) I, and hhat_kl = sqrt(xi_kl) y_t for every user k of pilot t: the moments of a row y_t
 * a pilot give those of users. Over other fading a row is the channel of a user. */
#include "link/simulated.h"

#include "base/clones.h"
#include "base/threads.h"
#include "channel/precoding.h"

#include <math.h>
#include <string.h>

enum { LANES = PRECODING_LANES };

/* Sums over draws, lane by lane, of each row t and vector s, at t + rows s: b = norm(v_s)^2 and q = abs(y_t^H v_s)^2.
 * Where the product has a mean, of its parts x + j y besides. */
enum { SUM_Q, SUM_QQ, SUM_QB, PAIR_SUMS };
enum { SUM_X, SUM_Y, SUM_B, SUM_XX, SUM_XY, SUM_YY, SUM_XB, SUM_YB, SUM_BB, SUM_QX, SUM_QY, MEAN_SUMS };

typedef struct moment_sums {
    size_t rows, classes, means; /* pairs that have a mean */
    const size_t *mean_of;       /* rows x classes: which one, or NO_MEAN */
    double *of_pair, *of_mean;
} moment_sums;

static const size_t NO_MEAN = SIZE_MAX;

/* A number and its standard error. */
typedef struct simulated {
    double complex value;
    double error;
} simulated;

/* A thread's. */
typedef struct simulation_work {
    precoding *precoding;
    moment_sums sums;
    double *share, *rest; /* K: of AP l, what a user has of its row's moments, and of its own */
    simulated *product;   /* rows x classes: E abs(y_t^H v_s)^2 less the square of its mean, v_s normalised */
    simulated *mean;      /* sums.means */
    double complex *beam; /* N (N + 2): what fill_beam works in */
} simulation_work;

/* What the threads share. */
typedef struct moments_job {
    const cfi_network *network;
    size_t rows, classes;
    simulation_work *work;           /* one a thread */
    double *g, *V, *S;               /* K x L, K x K x L, K x L */
    double complex *coherent;        /* or NULL */
    double *mean_square, *std_error; /* classes x L; L: the largest relative one of an access point */
} moments_job;

/* --------------------------------------------------------------------------------- sums ---- */

__attribute__((always_inline)) static inline precoding_lanes *lanes_of(double *numbers, size_t at)
{
    return (precoding_lanes *)(numbers + LANES * at);
}

__attribute__((always_inline)) static inline void add_to_mean(double *sums, precoding_lanes x, precoding_lanes y,
                                                              precoding_lanes b, precoding_lanes q)
{
    *lanes_of(sums, SUM_X) += x;
    *lanes_of(sums, SUM_Y) += y;
    *lanes_of(sums, SUM_B) += b;
    *lanes_of(sums, SUM_XX) += x * x;
    *lanes_of(sums, SUM_XY) += x * y;
    *lanes_of(sums, SUM_YY) += y * y;
    *lanes_of(sums, SUM_XB) += x * b;
    *lanes_of(sums, SUM_YB) += y * b;
    *lanes_of(sums, SUM_BB) += b * b;
    *lanes_of(sums, SUM_QX) += q * x;
    *lanes_of(sums, SUM_QY) += q * y;
}

/* The products of all rows with the vector s of a batch. */
CLONES(static, void, add_vector, (const precoding *p, const moment_sums *sums, size_t s), (p, sums, s))
{
    size_t N = p->N;
    precoding_lanes b = *lanes_of(p->square, s);

    for (size_t t = 0; t < sums->rows; t++) {
        size_t pair = t + sums->rows * s;
        double *of_pair = sums->of_pair + LANES * PAIR_SUMS * pair;
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
        if (sums->mean_of[pair] != NO_MEAN) {
            add_to_mean(sums->of_mean + LANES * MEAN_SUMS * sums->mean_of[pair], re, im, b, q);
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

/* ------------------------------------------------------------------ moments of rows and classes ---- */

/* Standard error of the mean of x, from its sums over n draws. */
static double error_of_mean(double n, double sum, double squares)
{
    return sqrt(fmax(squares - sum * sum / n, 0.0) / (n * (n - 1.0)));
}

/* The mean z = x + j y of a product over the root of the mean of b. Its error is that of the part along z, which is
 * linear in x, y and b about their means. */
static simulated mean_of_product(const double sum[MEAN_SUMS], double n)
{
    double factor = precoding_factor(sum[SUM_B] / n), size = hypot(sum[SUM_X], sum[SUM_Y]) / n;
    double c = size > 0.0 ? sum[SUM_X] / n / size : 1.0, d = size > 0.0 ? sum[SUM_Y] / n / size : 0.0;
    double slope = 0.5 * size * factor * factor;
    double squares = c * c * sum[SUM_XX] + 2.0 * c * d * sum[SUM_XY] + d * d * sum[SUM_YY] -
                     2.0 * slope * (c * sum[SUM_XB] + d * sum[SUM_YB]) + slope * slope * sum[SUM_BB];

    return (simulated){.value = factor * (sum[SUM_X] + I * sum[SUM_Y]) / n,
                       .error = factor * error_of_mean(n, n * size - slope * sum[SUM_B], squares)};
}

/* The mean of q over that of b, `b_sum` over n. */
static simulated square_of_product(const double pair[PAIR_SUMS], double b_sum, double bb_sum, double n)
{
    double factor = precoding_factor(b_sum / n), r = pair[SUM_Q] / n * factor * factor;
    double squares = pair[SUM_QQ] - 2.0 * r * pair[SUM_QB] + r * r * bb_sum;

    return (simulated){.value = r, .error = factor * factor * error_of_mean(n, pair[SUM_Q] - r * b_sum, squares)};
}

/* The same less the square of the mean of the product, without the bias of that. */
static simulated variance_of_product(const double pair[PAIR_SUMS], const double sum[MEAN_SUMS], double n)
{
    double x = sum[SUM_X] / n, y = sum[SUM_Y] / n, factor = precoding_factor(sum[SUM_B] / n), per_b = factor * factor;
    double rest = pair[SUM_Q] / n - x * x - y * y, r = rest * per_b;
    double linear = pair[SUM_Q] - 2.0 * (x * sum[SUM_X] + y * sum[SUM_Y]) - r * sum[SUM_B];
    double squares = pair[SUM_QQ] + r * r * sum[SUM_BB] - 2.0 * r * pair[SUM_QB] -
                     4.0 * (x * sum[SUM_QX] + y * sum[SUM_QY]) + 4.0 * r * (x * sum[SUM_XB] + y * sum[SUM_YB]) +
                     4.0 * (x * x * sum[SUM_XX] + 2.0 * x * y * sum[SUM_XY] + y * y * sum[SUM_YY]);

    return (simulated){.value = fmax(r, 0.0) * n / (n - 1.0), .error = per_b * error_of_mean(n, linear, squares)};
}

static void sum_lanes_of(const double *lanes, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++) {
        sum[i] = precoding_sum_lanes(lanes + LANES * i);
    }
}

/* What all products with vector s say; its users' own row among them has a mean, and so all that is known of b. */
static void finish_vector(const moments_job *job, size_t l, size_t s, const simulation_work *work)
{
    const precoding *p = work->precoding;
    size_t rows = job->rows, own = (p->iid ? s : p->first[s]) + rows * s;
    double n = (double)job->network->system->precoding.draws, of_own[MEAN_SUMS];

    sum_lanes_of(work->sums.of_mean + LANES * MEAN_SUMS * work->sums.mean_of[own], MEAN_SUMS, of_own);
    job->mean_square[s + job->classes * l] = of_own[SUM_B] / n;
    for (size_t t = 0; t < rows; t++) {
        size_t mean = work->sums.mean_of[t + rows * s];
        double pair[PAIR_SUMS], sum[MEAN_SUMS];

        sum_lanes_of(work->sums.of_pair + LANES * PAIR_SUMS * (t + rows * s), PAIR_SUMS, pair);
        if (mean == NO_MEAN) {
            work->product[t + rows * s] = square_of_product(pair, of_own[SUM_B], of_own[SUM_BB], n);
        } else {
            sum_lanes_of(work->sums.of_mean + LANES * MEAN_SUMS * mean, MEAN_SUMS, sum);
            work->product[t + rows * s] = variance_of_product(pair, sum, n);
            work->mean[mean] = mean_of_product(sum, n);
        }
    }
}

/* --------------------------------------------------------------------- moments of the users ---- */

static size_t row_of(const precoding *p, size_t k)
{
    return p->iid ? p->class_of[k] : k;
}

/* E h_kl^H v of the class's vector, which the pilots of both make coherent. */
static simulated mean_heard(const simulation_work *work, size_t k, size_t class)
{
    const precoding *p = work->precoding;
    simulated mean = work->mean[work->sums.mean_of[row_of(p, k) + work->sums.rows * class]];
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
        simulated heard = work->product[row_of(p, k) + job->rows * s];

        heard.value = work->share[k] * heard.value + work->rest[k];
        heard.error *= work->share[k];
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

/* b^H (R_kl + m_kl m_kl^H) b, b = a_l / sqrt(N): what is heard of the beam, exactly; over i.i.d. fading it is beta. */
static void fill_beam(const moments_job *job, size_t l, double complex *work)
{
    const cfi_network *network = job->network;
    size_t N = network->system->N;
    double complex *a = work, *m = work + N, *R = work + 2 * N;

    channel_steering(network->angle_rad[l], N, a, NULL);
    for (size_t k = 0; k < network->K; k++) {
        double complex sight = 0.0, scattered = 0.0;

        channel_mean_of(network, k, l, m);
        channel_covariance_of(network, k, l, R);
        for (size_t n = 0; n < N; n++) {
            sight += conj(a[n]) * m[n];
            for (size_t i = 0; i < N; i++) {
                scattered += conj(a[n]) * R[n + N * i] * a[i];
            }
        }
        job->S[k + network->K * l] =
            fmax(creal(scattered) + creal(sight) * creal(sight) + cimag(sight) * cimag(sight), 0.0) / (double)N;
    }
}

static void finish_ap(const moments_job *job, size_t l, const simulation_work *work)
{
    double worst;

    if (work->precoding->iid) {
        channel_mmse_variance_of(job->network, l, work->share);
        channel_error_variance_of(job->network, l, work->rest);
    }
    for (size_t s = 0; s < job->classes; s++) {
        finish_vector(job, l, s, work);
    }
    worst = fill_means(job, l, work);
    for (size_t s = 0; s < job->classes; s++) {
        worst = fmax(worst, fill_variances(job, l, s, work));
    }
    if (job->S) {
        fill_beam(job, l, work->beam);
    }
    job->std_error[l] = worst;
}

static void simulate_aps(void *context, size_t thread, size_t first, size_t end)
{
    const moments_job *job = context;
    const simulation_work *work = job->work + thread;

    for (size_t l = first; l < end; l++) {
        memset(work->sums.of_mean, 0, LANES * MEAN_SUMS * work->sums.means * sizeof(double));
        memset(work->sums.of_pair, 0, LANES * PAIR_SUMS * job->rows * job->classes * sizeof(double));
        precoding_simulate(work->precoding, l, add_batch, (void *)&work->sums);
        finish_ap(job, l, work);
    }
}

/* --------------------------------------------------------------------------------- memory ---- */

/* Numbers the products that have a mean: of rows and vectors of one pilot. */
static bool number_means(const precoding *p, cfi_arena *arena, moment_sums *sums)
{
    const size_t *pilot = p->network->pilot;
    size_t *mean_of = arena_alloc(arena, sums->rows * sums->classes, sizeof *mean_of);

    for (size_t i = 0; mean_of && i < sums->rows * sums->classes; i++) {
        size_t t = i % sums->rows, k = p->iid ? p->first[t] : t;

        mean_of[i] = pilot[k] == pilot[p->first[i / sums->rows]] ? sums->means++ : NO_MEAN;
    }
    sums->mean_of = mean_of;
    return mean_of;
}

static bool allocate_simulation_work(const moments_job *job, cfi_arena *arena, simulation_work *work)
{
    size_t K = job->network->K, N = job->network->system->N, products = job->rows * job->classes;

    work->precoding = precoding_make(job->network, arena);
    work->sums = (moment_sums){.rows = job->rows, .classes = job->classes};
    work->share = arena_alloc(arena, 2 * K, sizeof(double));
    work->product = arena_alloc(arena, products, sizeof(simulated));
    work->beam = arena_alloc(arena, N * (N + 2), sizeof(double complex));
    if (!work->precoding || !work->share || !work->product || !work->beam ||
        !precoding_prepare_draws(work->precoding, arena) || !number_means(work->precoding, arena, &work->sums)) {
        return false;
    }
    work->rest = work->share + K;
    for (size_t k = 0; k < K; k++) {
        work->share[k] = 1.0;
        work->rest[k] = 0.0;
    }
    work->sums.of_pair = arena_alloc(arena, LANES * PAIR_SUMS * products, sizeof(double));
    work->sums.of_mean = arena_alloc(arena, LANES * MEAN_SUMS * work->sums.means, sizeof(double));
    work->mean = arena_alloc(arena, work->sums.means, sizeof(simulated));
    return work->sums.of_pair && work->sums.of_mean && work->mean;
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

/* Ordered pairs of users with one pilot. */
static size_t count_coherent_pairs(const cfi_network *network)
{
    size_t count = 0;

    for (size_t k = 0; k < network->K; k++) {
        for (size_t j = network->pilot_first[k]; j < network->K; j = network->pilot_next[j]) {
            count += j != k;
        }
    }
    return count;
}

/* Over i.i.d. fading the beam and what users of a pilot hear of each other need no arrays. */
static bool allocate_results(moments_job *job, cfi_arena *arena)
{
    const cfi_network *network = job->network;
    size_t K = network->K, L = network->L;
    bool iid = channel_is_iid(network), pairs = !iid && network->pilots_overlap;

    job->g = arena_alloc(arena, K * L, sizeof(double));
    job->V = arena_alloc(arena, K * K * L, sizeof(double));
    job->mean_square = arena_alloc(arena, job->classes * L, sizeof(double));
    job->std_error = arena_alloc(arena, L, sizeof(double));
    job->S = iid ? NULL : arena_alloc(arena, K * L, sizeof(double));
    job->coherent = pairs ? arena_alloc(arena, count_coherent_pairs(network) * L, sizeof(double complex)) : NULL;
    return job->g && job->V && job->mean_square && job->std_error && (iid || job->S) && (!pairs || job->coherent);
}

cfi_status simulated_make(const cfi_network *network, cfi_arena *arena, simulated_moments *out, cfi_error *error)
{
    size_t K = network->K, L = network->L, classes = precoding_count_classes(network);
    size_t rows = channel_is_iid(network) ? classes : K;
    size_t part = threads_part(network->system->precoding.draws * rows * (classes + network->system->N));
    size_t threads = network->threads > 1 && part < L ? network->threads : 1;
    moments_job job = {.network = network, .rows = rows, .classes = classes};

    if (!allocate_results(&job, arena) || !run_simulation(&job, threads, part, arena)) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory for the simulated links of %zu access points and %zu users", L, K);
    }
    *out = (simulated_moments){.moments = {.g = job.g, .V_by_stream = job.V, .S = job.S, .coherent = job.coherent},
                               .mean_square = job.mean_square};
    for (size_t l = 0; l < L; l++) {
        out->largest_relative_std_error = fmax(out->largest_relative_std_error, job.std_error[l]);
    }
    return CFI_OK;
}
