/* What an estimator makes of simulated echoes. docs/model.md (M27)
 *
 * AP p receives Y = alpha_pp b_p v_p S + noise. Of it, Z = Y S^H / T is all that matters: alpha_pp b_p v_p and noise of
 * variance sigma_s^2 / T in each of its M x K entries, which is drawn as such, whatever T. */
#include "metrics/estimator.h"

#include "metrics/locate.h"
#include "metrics/simulation.h"

#include <math.h>
#include <string.h>

enum { SCRATCH_BEHIND = 8 }; /* vectors reach beyond the last column */

/* What all threads share. */
typedef struct estimator_plan {
    const cfi_network *network;
    likelihood_shape shape;
    likelihood_grid grid;
    locate_plan *locate;         /* NULL: the target has no place, or no own echoes to tell it from others */
    const double complex *a, *b; /* N x L, M x L: responses of the arrays to the target */
    const bool *lit;             /* L: whether AP l transmits */
    size_t sums;                 /* where they begin: 2 a quantity, squared errors and their squares; L angles, place */
} estimator_plan;

/* Work space of one thread. */
typedef struct estimator_state {
    const estimator_plan *plan;
    double *noise;       /* of an access point and all realisations of a chunk, as random_complex_normals gives it */
    cfi_split rows;      /* K x (M + N): conj Z, conj F */
    cfi_split products;  /* (M + N) x N */
    double *v;           /* 2 K */
    double *coefficient; /* L x SIMULATION_CHUNK: realisation by realisation */
    double *table;       /* L x grid.stride */
    double *work;        /* of the tables, and of locate */
} estimator_state;

/* ------------------------------------------------------------------------------- preparing ---- */

static bool estimator_wanted(const cfi_system *system)
{
    return system->monte_carlo.estimator != CFI_ESTIMATOR_NONE;
}

/* sin of the angles that are possible: of the range they are drawn in; of all in front where there is a place instead,
 * or where given angles are not in the range. */
static void possible_angles(const cfi_network *network, double *low, double *high)
{
    const cfi_sensing *sensing = &network->system->sensing;
    bool in_range = !network->target_position_m;

    for (size_t l = 0; l < network->L; l++) {
        in_range = in_range && network->angle_rad[l] >= sensing->angle_min_rad &&
                   network->angle_rad[l] <= sensing->angle_max_rad;
    }
    *low = in_range ? sin(sensing->angle_min_rad) : -1.0;
    *high = in_range ? sin(sensing->angle_max_rad) : 1.0;
}

/* Whether AP l transmits at all. */
static bool transmits(const cfi_powers *powers, size_t K, size_t l)
{
    return metrics_comm_power(K, powers, l) + powers->s[l] > 0.0;
}

static bool fill_plan(const simulation *sim, cfi_arena *arena, estimator_plan *plan)
{
    const cfi_network *network = sim->network;
    size_t L = network->L, N = network->system->N, M = network->system->M;
    double complex *a = arena_alloc(arena, (N + M) * L, sizeof *a), *b = a ? a + N * L : NULL;
    bool *lit = arena_alloc(arena, L, sizeof *lit);
    double low, high;

    possible_angles(network, &low, &high);
    if (!a || !lit || !likelihood_grid_make(&plan->shape, low, high, arena, &plan->grid)) {
        return false;
    }
    for (size_t l = 0; l < L; l++) {
        channel_steering(network->angle_rad[l], N, a + N * l, NULL);
        channel_steering(network->angle_rad[l], M, b + M * l, NULL);
        lit[l] = transmits(sim->powers, network->K, l);
    }
    plan->a = a;
    plan->b = b;
    plan->lit = lit;
    if (!network->target_position_m || !locate_can(network, lit)) {
        return true;
    }
    plan->locate = locate_plan_make(network, &plan->shape, &plan->grid, sim->stop, arena);
    return plan->locate;
}

static void *estimator_prepare(const simulation *sim, sums_layout *layout, cfi_arena *arena)
{
    estimator_plan *plan = arena_alloc(arena, 1, sizeof *plan);

    if (!plan) {
        return NULL;
    }
    *plan = (estimator_plan){.network = sim->network,
                             .shape = likelihood_make_shape(sim->network->system),
                             .sums = sums_extend(layout, 2 * (sim->network->L + 1))};
    return fill_plan(sim, arena, plan) ? plan : NULL;
}

/* A split array of rows x ld with room behind it. */
static cfi_split make_split(size_t rows, size_t ld, cfi_arena *arena)
{
    size_t size = rows * ld + SCRATCH_BEHIND;
    double *memory = arena_zeros(arena, 2 * size, sizeof *memory);

    return (cfi_split){.re = memory, .im = memory ? memory + size : NULL, .ld = ld};
}

/* Blocks of random numbers that the noise of one stream in one realisation takes. */
static size_t noise_blocks(const estimator_plan *plan)
{
    return (plan->shape.M + 1) / 2;
}

static void *estimator_make(const void *shared, cfi_arena *arena)
{
    const estimator_plan *plan = shared;
    const likelihood_shape *shape = &plan->shape;
    size_t K = plan->network->K, L = plan->network->L, antennas = shape->N + shape->M, work = 2 * plan->grid.stride;
    estimator_state *s = arena_alloc(arena, 1, sizeof *s);

    if (!s) {
        return NULL;
    }
    if (plan->locate && locate_work(plan->locate) > work) {
        work = locate_work(plan->locate);
    }
    *s = (estimator_state){.plan = plan,
                           .noise = arena_alloc(arena, 4 * K * noise_blocks(plan) * SIMULATION_CHUNK, sizeof(double)),
                           .rows = make_split(K, antennas, arena),
                           .products = make_split(antennas, (shape->N + 7) / 8 * 8, arena),
                           .v = arena_alloc(arena, 2 * K, sizeof(double)),
                           .coefficient = arena_alloc(arena, L * SIMULATION_CHUNK * shape->length, sizeof(double)),
                           .table = arena_alloc(arena, L * plan->grid.stride, sizeof(double)),
                           .work = arena_alloc(arena, work, sizeof(double))};
    return s->noise && s->rows.re && s->products.re && s->v && s->coefficient && s->table && s->work ? s : NULL;
}

/* ------------------------------------------------------------------------------- observing ---- */

/* Noise of all realisations of the chunk at AP l. Stream k has its own counter. */
static void draw_noise(const estimator_state *s, const observed *seen)
{
    const cfi_network *network = s->plan->network;
    size_t blocks = noise_blocks(s->plan);
    cfi_stream stream =
        stream_make(network->system->seed, network->drop, CFI_DRAW_ECHO_NOISE, (uint32_t)(seen->l * 65536));

    stream.block = (uint32_t)(blocks * seen->realization);
    random_complex_normals(&stream, network->K, blocks * SIMULATION_CHUNK, s->noise);
}

/* alpha_ll with a phase of its own in each realisation. */
static double complex draw_gain(const cfi_network *network, const observed *seen)
{
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_ECHO_PHASE, (uint32_t)seen->l);
    double u;

    stream.block = (uint32_t)seen->realization;
    random_uniforms(&stream, 1, &u);
    return sqrt(network_path_power(network, seen->l, seen->l)) * (cos(2.0 * M_PI * u) + I * sin(2.0 * M_PI * u));
}

/* v = a^H F; conj F to the rows. */
static void take_signal(const estimator_state *s, const observed *seen)
{
    size_t K = s->plan->network->K, N = s->plan->shape.N, M = s->plan->shape.M;

    memset(s->v, 0, 2 * K * sizeof *s->v);
    for (size_t n = 0; n < N; n++) {
        const double *re = seen->f.re + seen->f.ld * n, *im = seen->f.im + seen->f.ld * n;
        double complex a = s->plan->a[N * seen->l + n];

        for (size_t k = 0; k < K; k++) {
            s->v[k] += creal(a) * re[k] + cimag(a) * im[k];
            s->v[K + k] += creal(a) * im[k] - cimag(a) * re[k];
            s->rows.re[s->rows.ld * k + M + n] = re[k];
            s->rows.im[s->rows.ld * k + M + n] = -im[k];
        }
    }
}

/* conj Z to the rows. */
static void take_echo(const estimator_state *s, const observed *seen)
{
    const cfi_system *system = s->plan->network->system;
    size_t K = s->plan->network->K, M = s->plan->shape.M, blocks = noise_blocks(s->plan);
    size_t plane = K * blocks * SIMULATION_CHUNK;
    double deviation = sqrt(system->power.sensing_noise_w / (2.0 * (double)system->frame.T));
    double complex alpha = draw_gain(s->plan->network, seen);

    for (size_t m = 0; m < M; m++) {
        double complex gain = alpha * s->plan->b[M * seen->l + m];
        const double *noise = s->noise + 2 * plane * (m % 2) + K * (blocks * seen->place + m / 2);

        for (size_t k = 0; k < K; k++) {
            double re = creal(gain) * s->v[k] - cimag(gain) * s->v[K + k] + deviation * noise[k];
            double im = creal(gain) * s->v[K + k] + cimag(gain) * s->v[k] + deviation * noise[plane + k];

            s->rows.re[s->rows.ld * k + m] = re;
            s->rows.im[s->rows.ld * k + m] = -im;
        }
    }
}

static double *coefficients_of(const estimator_state *s, size_t place, size_t l)
{
    return s->coefficient + s->plan->shape.length * (s->plan->network->L * place + l);
}

static void estimator_observe(void *state, const observed *seen, double *sums)
{
    const estimator_state *s = state;

    (void)sums; /* once all access points are seen */
    if (seen->place == 0) {
        draw_noise(s, seen);
    }
    take_signal(s, seen);
    take_echo(s, seen);
    likelihood_fill(&s->plan->shape, s->plan->network->K, s->rows, s->products,
                    coefficients_of(s, seen->place, seen->l));
}

/* ------------------------------------------------------------------------------- estimating ---- */

static void add_error(double squared, double *sums)
{
    sums[0] += squared;
    sums[1] += squared * squared;
}

static void estimate_angle(const estimator_state *s, size_t place, size_t l, double *sums)
{
    const estimator_plan *plan = s->plan;
    double *table = s->table + plan->grid.stride * l, error, largest;
    const double *coefficient = coefficients_of(s, place, l);

    likelihood_tabulate(&plan->shape, &plan->grid, coefficient, s->work, table);
    if (plan->lit[l]) {
        error = asin(likelihood_maximum(&plan->shape, &plan->grid, coefficient, table, &largest)) -
                plan->network->angle_rad[l];
        add_error(error * error, sums);
    }
}

static void estimator_conclude(void *state, size_t realization, size_t place, double *sums)
{
    const estimator_state *s = state;
    const estimator_plan *plan = s->plan;
    size_t L = plan->network->L;
    double *own = sums + plan->sums;

    (void)realization;
    for (size_t l = 0; l < L; l++) {
        estimate_angle(s, place, l, own + 2 * l);
    }
    if (plan->locate) {
        locate_evidence evidence = {.coefficient = coefficients_of(s, place, 0), .table = s->table};
        double estimate[2], distance;

        locate(plan->locate, &evidence, s->work, estimate);
        distance = locate_distance(plan->locate, estimate, plan->network->target_position_m);
        add_error(distance * distance, own + 2 * L);
    }
}

/* Root mean square error from sums over n errors, and its standard error: that of the mean square over twice the root.
 */
static void fill_error(const double *sums, size_t n, double *rmse, double *std_error)
{
    double mean = sums[0] / (double)n, variance = fmax(sums[1] / (double)n - mean * mean, 0.0) / ((double)n - 1.0);

    *rmse = sqrt(mean);
    *std_error = n > 1 ? sqrt(variance) / (2.0 * *rmse) : NAN;
}

static void estimator_report(const void *shared, const double *sums, size_t n, cfi_monte_carlo *out)
{
    const estimator_plan *plan = shared;
    const double *own = sums + plan->sums;
    size_t L = plan->network->L;

    out->estimator_trials = n;
    for (size_t l = 0; l < L; l++) {
        out->angle_rmse_rad[l] = out->angle_rmse_std_error_rad[l] = NAN;
        if (plan->lit[l]) {
            fill_error(own + 2 * l, n, &out->angle_rmse_rad[l], &out->angle_rmse_std_error_rad[l]);
        }
    }
    if (plan->locate) {
        fill_error(own + 2 * L, n, &out->position_rmse_m, &out->position_rmse_std_error_m);
    }
}

const observer ESTIMATOR_OBSERVER = {.wanted = estimator_wanted,
                                     .prepare = estimator_prepare,
                                     .make = estimator_make,
                                     .observe = estimator_observe,
                                     .conclude = estimator_conclude,
                                     .report = estimator_report};
