/* Monte Carlo of the rates and bounds from raw draws. docs/model.md (M16)-(M18).
 *
 * Realisations are grouped in contiguous blocks whose sums are kept, so that the jackknife can leave one out. The unit
 * of work is a fixed group of realisations: numbers do not depend on threads. */
#include "metrics/simulation.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

enum {
    FIRST_LOOK = 50, /* blocks at which max_std_error is first judged, then every LOOK_EVERY */
    LOOK_EVERY = 10,
};

/* ------------------------------------------------------------------------- the blocks ---- */

/* Neighbouring blocks become one; only full sets are merged. */
static void merge_blocks(simulation *sim)
{
    size_t length = sim->layout.length;

    for (size_t b = 0; b < MOST_BLOCKS / 2; b++) {
        double *to = sim->sums + b * length;
        const double *one = sim->sums + 2 * b * length, *two = one + length;

        for (size_t i = 0; i < length; i++) {
            to[i] = one[i] + two[i];
        }
    }
    memset(sim->sums + MOST_BLOCKS / 2 * length, 0, MOST_BLOCKS / 2 * length * sizeof(double));
    sim->blocks = MOST_BLOCKS / 2;
    sim->block_size *= 2;
    for (size_t b = 0; b < MOST_BLOCKS; b++) {
        sim->size[b] = b < sim->blocks ? sim->block_size : 0;
    }
}

/* Runs blocks sim->blocks .. until - 1. Groups hold whole blocks, or are one. */
static cfi_status run_blocks(simulation *sim, size_t until, cfi_error *error)
{
    size_t first = sim->blocks * sim->block_size, last = until * sim->block_size;
    size_t group = sim->block_size > SIMULATION_CHUNK ? sim->block_size : SIMULATION_CHUNK;
    cfi_status worst = CFI_OK;

    last = last < sim->n ? last : sim->n;
    /* groups end at multiples of `group`, whatever was done before */
    size_t from = first / group, to = (last + group - 1) / group;
#pragma omp parallel for schedule(dynamic) num_threads((int)sim->threads) if (sim->threads > 1)
    for (size_t g = from; g < to; g++) {
        size_t begin = g * group > first ? g * group : first, end = (g + 1) * group < last ? (g + 1) * group : last;
        cfi_error own = {.status = CFI_OK};
        cfi_status status =
            simulation_run_group(sim, begin, end, sim->scratch[sim->threads > 1 ? omp_get_thread_num() : 0], &own);

        if (status != CFI_OK) {
#pragma omp critical
            {
                worst = status;
                error_set(error, status, "%s", own.text);
            }
        }
    }
    for (size_t b = sim->blocks; b < until && b * sim->block_size < last; b++) {
        size_t end = (b + 1) * sim->block_size;

        sim->size[b] = (end < last ? end : last) - b * sim->block_size;
        sim->blocks = b + 1;
    }
    return worst;
}

/* ---------------------------------------------------------------------------- estimates ---- */

/* sums - those of one block, over the remaining realisations. */
static double leave_out(const simulation *sim, const double *total, size_t block, double n, double *rest)
{
    const double *own = sim->sums + block * sim->layout.length;

    for (size_t i = 0; i < sim->layout.length; i++) {
        rest[i] = total[i] - own[i];
    }
    return n - (double)sim->size[block];
}

/* Sums over all blocks, added in order; returns the number of realisations. */
static double add_up(const simulation *sim, double *total)
{
    size_t n = 0;

    memset(total, 0, sim->layout.length * sizeof *total);
    for (size_t b = 0; b < sim->blocks; b++) {
        const double *own = sim->sums + b * sim->layout.length;

        for (size_t i = 0; i < sim->layout.length; i++) {
            total[i] += own[i];
        }
        n += sim->size[b];
    }
    return (double)n;
}

/* Standard error of the sum rate with the blocks so far: the stop rule. */
static double sum_rate_error(const simulation *sim, double *total, double *rest)
{
    double n = add_up(sim, total), without[MOST_BLOCKS];
    double whole = sums_rates(&sim->layout, sim->network->system, total, n, NULL);

    for (size_t b = 0; b < sim->blocks; b++) {
        double left = n - (double)sim->size[b];

        for (size_t i = 0; i < sim->layout.aps; i++) { /* the rates need the users' part only */
            rest[i] = total[i] - sim->sums[b * sim->layout.length + i];
        }
        without[b] = sums_rates(&sim->layout, sim->network->system, rest, left, NULL);
    }
    return hypot(jackknife_estimate(sim->blocks, sim->size, whole, without).std_error,
                 sums_rates_second_order(&sim->layout, sim->network->system, total, n, NULL));
}

/* Work space of the final estimates: `width` numbers for the whole and as many for each block left out. */
typedef struct estimates {
    size_t width;
    double *whole, *without; /* width; MOST_BLOCKS x width */
    double *second_order;    /* K + 1: of the rates and their sum */
} estimates;

static jackknife estimate_of(const simulation *sim, const estimates *e, size_t which)
{
    double without[MOST_BLOCKS];

    for (size_t b = 0; b < sim->blocks; b++) {
        without[b] = e->without[b * e->width + which];
    }
    return jackknife_estimate(sim->blocks, sim->size, e->whole[which], without);
}

/* rates (K), sum rate, own-echo information (L), multistatic information (L) from one set of sums. */
static bool evaluate(const simulation *sim, const double *sums, double n, double complex *work, double *out)
{
    const sums_layout *layout = &sim->layout;
    size_t K = layout->K, L = layout->L;

    out[K] = sums_rates(layout, sim->network->system, sums, n, out);
    if (sim->network->system->mc_bounds != CFI_MC_BOUNDS_NONE) {
        sums_own_echo(layout, &sim->constants, sums, n, out + K + 1);
    }
    return layout->multistatic && sums_multistatic(layout, &sim->constants, sums, n, work, out + K + 1 + L);
}

/* Relative, of an information. Where only sensing power lights an access point its information is the same in every
 * channel: the jackknife's bias correction, a difference of sums some hundred times larger, leaves their rounding. */
static const double ROUNDING = 1e-12;

/* A bound and its standard error from the information: the elimination of nuisances biases the information by order
 * 1/n, which the jackknife takes off. */
static void to_bound(jackknife j, double whole, double *bound, double *std_error)
{
    double information = j.corrected > 0.0 ? j.corrected : whole;

    *bound = 1.0 / information;
    *std_error = hypot(j.std_error, ROUNDING * information) / (information * information);
}

static void fill_estimates(const simulation *sim, const estimates *e, bool multistatic, cfi_monte_carlo *out)
{
    size_t K = sim->layout.K, L = sim->layout.L;

    for (size_t k = 0; k < K; k++) {
        out->rate_bit_s_hz[k] = e->whole[k];
        out->rate_std_error[k] = hypot(estimate_of(sim, e, k).std_error, e->second_order[k]);
    }
    out->sum_rate_bit_s_hz = e->whole[K];
    out->sum_rate_std_error = hypot(estimate_of(sim, e, K).std_error, e->second_order[K]);
    for (size_t p = 0; p < L && out->crlb_own_echo_rad2; p++) {
        size_t own = K + 1 + p, all = own + L;

        to_bound(estimate_of(sim, e, own), e->whole[own], &out->crlb_own_echo_rad2[p],
                 &out->crlb_own_echo_std_error[p]);
        if (!out->crlb_multistatic_rad2) {
            continue;
        }
        out->crlb_multistatic_rad2[p] = out->crlb_multistatic_std_error[p] = NAN;
        if (multistatic) {
            to_bound(estimate_of(sim, e, all), e->whole[all], &out->crlb_multistatic_rad2[p],
                     &out->crlb_multistatic_std_error[p]);
        }
    }
}

static cfi_status estimate(simulation *sim, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    const sums_layout *layout = &sim->layout;
    size_t K = layout->K, L = layout->L, square = layout->multistatic ? 2 * L * L + L : 0;
    estimates e = {.width = K + 1 + 2 * L};
    double *total = arena_alloc(arena, layout->length, sizeof *total);
    double *rest = arena_alloc(arena, layout->length, sizeof *rest), n;
    double complex *work = arena_alloc(arena, square, sizeof *work);
    bool multistatic;

    e.whole = arena_zeros(arena, e.width, sizeof *e.whole);
    e.without = arena_zeros(arena, e.width * MOST_BLOCKS, sizeof *e.without);
    e.second_order = arena_alloc(arena, K + 1, sizeof *e.second_order);
    if (!total || !rest || !work || !e.whole || !e.without || !e.second_order) {
        return simulation_out_of_memory(sim->network, error);
    }
    n = add_up(sim, total);
    multistatic = evaluate(sim, total, n, work, e.whole) && n * (double)K > (double)L;
    for (size_t b = 0; b < sim->blocks && sim->blocks > 1; b++) {
        double left = leave_out(sim, total, b, n, rest);

        if (stop_requested(sim->stop)) {
            return error_set(error, CFI_INTERRUPTED, "interrupted during the Monte Carlo");
        }
        multistatic = evaluate(sim, rest, left, work, e.without + b * e.width) && multistatic;
    }
    e.second_order[K] = sums_rates_second_order(layout, sim->network->system, total, n, e.second_order);
    out->realizations = (size_t)n;
    for (size_t p = 0; p < L && out->crlb_own_echo_rad2; p++) {
        out->crlb_own_echo_block_mean_rad2[p] = total[layout->aps + 5 * p + 4] / n;
    }
    fill_estimates(sim, &e, multistatic, out);
    return CFI_OK;
}

/* ------------------------------------------------------------------------------- the run ---- */

static cfi_status prepare(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = sim->network->system;
    size_t K = sim->layout.K, L = sim->layout.L, N = system->N;

    sim->steering = arena_alloc(arena, 2 * N * L, sizeof *sim->steering);
    sim->root_gamma = arena_alloc(arena, K * L, sizeof(double));
    sim->root_eta = arena_alloc(arena, K * L, sizeof(double));
    sim->sums = arena_zeros(arena, MOST_BLOCKS * sim->layout.length, sizeof(double));
    if (!sim->steering || !sim->root_gamma || !sim->root_eta || !sim->sums) {
        return simulation_out_of_memory(sim->network, error);
    }
    for (size_t l = 0; l < L; l++) {
        channel_steering(sim->network->angle_rad[l], N, sim->steering + 2 * N * l, sim->steering + 2 * N * l + N);
    }
    for (size_t i = 0; i < K * L; i++) {
        sim->root_gamma[i] = sqrt(sim->powers->gamma[i]);
        sim->root_eta[i] = sqrt(sim->powers->eta[i]);
    }
    return bound_constants_make(sim->network, arena, &sim->constants, error);
}

static cfi_status simulate(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    double wanted = sim->network->system->max_std_error;
    double *total = arena_alloc(arena, sim->layout.length, sizeof *total);
    double *rest = arena_alloc(arena, sim->layout.length, sizeof *rest);

    if (!total || !rest) {
        return simulation_out_of_memory(sim->network, error);
    }
    while (sim->blocks * sim->block_size < sim->n) {
        size_t until = MOST_BLOCKS;
        cfi_status status;

        if (sim->blocks == MOST_BLOCKS) {
            merge_blocks(sim);
        }
        if (wanted > 0.0) {
            until = sim->blocks < FIRST_LOOK ? FIRST_LOOK : sim->blocks + LOOK_EVERY;
        }
        status = run_blocks(sim, until, error);
        if (status != CFI_OK) {
            return status;
        }
        if (wanted > 0.0 && sim->blocks >= FIRST_LOOK && sum_rate_error(sim, total, rest) <= wanted) {
            break;
        }
    }
    return CFI_OK;
}

static cfi_status allocate_results(const cfi_network *network, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    size_t K = network->K, L = network->L;
    double *memory = arena_alloc(arena, 2 * K + 5 * L, sizeof *memory);

    if (!memory) {
        return simulation_out_of_memory(network, error);
    }
    *out = (cfi_monte_carlo){.rate_bit_s_hz = memory, .rate_std_error = memory + K};
    if (network->system->mc_bounds != CFI_MC_BOUNDS_NONE) {
        out->crlb_own_echo_rad2 = memory + 2 * K;
        out->crlb_own_echo_std_error = memory + 2 * K + L;
        out->crlb_own_echo_block_mean_rad2 = memory + 2 * K + 2 * L;
    }
    if (network->system->mc_bounds == CFI_MC_BOUNDS_ALL) {
        out->crlb_multistatic_rad2 = memory + 2 * K + 3 * L;
        out->crlb_multistatic_std_error = memory + 2 * K + 4 * L;
    }
    return CFI_OK;
}

static cfi_status make_scratch(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    sim->scratch = arena_zeros(arena, sim->threads, sizeof *sim->scratch); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; sim->scratch && i < sim->threads; i++) {
        sim->scratch[i] = simulation_make_scratch(sim, arena);
        if (!sim->scratch[i]) {
            return simulation_out_of_memory(sim->network, error);
        }
    }
    return sim->scratch ? CFI_OK : simulation_out_of_memory(sim->network, error);
}

cfi_status metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads, cfi_stop *stop,
                               cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    size_t K = network->K, L = network->L, n = network->system->realizations;
    bool multistatic = network->system->mc_bounds == CFI_MC_BOUNDS_ALL && L <= CFI_MULTISTATIC_MC_MAX_APS && n * K > L;
    simulation sim = {.network = network,
                      .powers = powers,
                      .layout = sums_make_layout(K, L, multistatic),
                      .n = n,
                      .block_size = 1,
                      .threads = threads > 0 ? threads : 1,
                      .stop = stop};
    cfi_status status = allocate_results(network, arena, out, error);
    cfi_arena_mark mark = arena_mark(arena);

    if (status == CFI_OK) {
        status = make_scratch(&sim, arena, error);
    }
    if (status == CFI_OK) {
        status = prepare(&sim, arena, error);
    }
    if (status == CFI_OK) {
        status = simulate(&sim, arena, error);
    }
    if (status == CFI_OK) {
        status = estimate(&sim, arena, out, error);
    }
    arena_release(arena, mark);
    return status;
}
