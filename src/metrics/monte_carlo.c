/* Monte Carlo of the rates and bounds from raw draws. docs/model.md (M16)-(M18).
 *
 * Realisations are grouped in contiguous blocks whose sums are kept, so that the jackknife can leave one out. The unit
 * of work is a fixed group of realisations: numbers do not depend on threads. */
#include "metrics/simulation.h"

#include "base/threads.h"
#include "metrics/estimates.h"

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
    sim->blocks = MOST_BLOCKS / 2;
    sim->block_size *= 2;
    for (size_t b = 0; b < MOST_BLOCKS; b++) {
        sim->size[b] = b < sim->blocks ? sim->block_size : 0;
    }
}

/* Groups of channels on their way to threads. */
typedef struct block_work {
    simulation *sim;
    size_t first, last; /* channels */
    size_t group;       /* channels of one */
    size_t next;        /* group to be taken */
    cfi_status worst;
    cfi_error *error;
} block_work;

/* One thread's work: groups as long as there are any. They end at multiples of their size, whatever was done before. */
static void run_groups(void *context, size_t thread)
{
    block_work *w = context;

    for (;;) {
        size_t g, begin, end;
        cfi_error own = {.status = CFI_OK};
        cfi_status status;

#pragma omp atomic capture
        g = w->next++;
        if (g * w->group >= w->last) {
            return;
        }
        begin = g * w->group > w->first ? g * w->group : w->first;
        end = (g + 1) * w->group < w->last ? (g + 1) * w->group : w->last;
        status = simulation_run_group(w->sim, begin, end, w->sim->scratch[thread], &own);
        if (status != CFI_OK) {
#pragma omp critical(cfisac_groups)
            {
                w->worst = status;
                error_set(w->error, status, "%s", own.text);
            }
        }
    }
}

/* Groups hold whole blocks, or are one. */
cfi_status simulation_run_blocks(simulation *sim, size_t until, cfi_error *error)
{
    size_t first = sim->blocks * sim->block_size, last = until * sim->block_size;
    size_t group = sim->block_size > SIMULATION_CHUNK ? sim->block_size : SIMULATION_CHUNK;
    block_work w = {.sim = sim, .first = first, .group = group, .next = first / group, .error = error};

    w.last = last = last < sim->n ? last : sim->n;
    threads_run(sim->threads, run_groups, &w);
    for (size_t b = sim->blocks; b < until && b * sim->block_size < last; b++) {
        size_t end = (b + 1) * sim->block_size;

        sim->size[b] = (end < last ? end : last) - b * sim->block_size;
        sim->blocks = b + 1;
    }
    return w.worst;
}

/* ---------------------------------------------------------------------------- estimates ---- */

/* Standard error of the sum rate with the blocks so far: the stop rule. */
static double sum_rate_error(const simulation *sim, double *total, double *rest)
{
    size_t length = sim->layout.aps; /* the rates need the users' part only */
    double n = estimates_add_up(sim, length, total), without[MOST_BLOCKS];
    double whole = sums_rates(&sim->layout, sim->network->system, total, n, NULL);

    for (size_t b = 0; b < sim->blocks; b++) {
        double left = estimates_leave_out(sim, total, b, length, n, rest);

        without[b] = sums_rates(&sim->layout, sim->network->system, rest, left, NULL);
    }
    return hypot(jackknife_estimate(sim->blocks, sim->size, whole, without).std_error,
                 sums_rates_second_order(&sim->layout, sim->network->system, total, n, NULL));
}

static jackknife estimate_of(const simulation *sim, const estimates *e, size_t which)
{
    double without[MOST_BLOCKS];

    for (size_t b = 0; b < sim->blocks; b++) {
        without[b] = e->without[b * e->width + which];
    }
    return jackknife_estimate(sim->blocks, sim->size, e->whole[which], without);
}

/* Relative, of an information. Where only sensing power lights an access point its information is the same in every
 * channel: the jackknife's bias correction, a difference of sums some hundred times larger, leaves their rounding. */
static const double INFORMATION_ROUNDING = 1e-12;

/* A bound and its standard error from the information: the elimination of nuisances biases the information by order
 * 1/n, which the jackknife takes off. NaN where nothing is left. */
static void to_bound(jackknife j, double whole, double *bound, double *std_error)
{
    double information = whole > 0.0 ? j.corrected : whole;

    *bound = information >= 0.0 ? 1.0 / information : NAN;
    *std_error =
        information >= 0.0 ? hypot(j.std_error, INFORMATION_ROUNDING * information) / (information * information) : NAN;
}

/* Realisations: all, and those that are left when the largest block is left out. */
typedef struct counts {
    double all, left;
} counts;

static counts count_realizations(const simulation *sim)
{
    size_t n = 0, largest = 0;

    for (size_t b = 0; b < sim->blocks; b++) {
        n += sim->size[b];
        largest = sim->size[b] > largest ? sim->size[b] : largest;
    }
    return (counts){.all = (double)n, .left = (double)(n - largest)};
}

/* Curvature biases a rate by order 1/n, which the jackknife takes off too. From one realisation abs(DS)^2 cannot lose
 * its variance, so that blocks left out must leave two. */
static void fill_rate(const simulation *sim, const estimates *e, size_t which, double *rate, double *std_error)
{
    jackknife j = estimate_of(sim, e, which);

    *rate = count_realizations(sim).left >= 2.0 ? j.corrected : e->whole[which];
    *std_error = hypot(j.std_error, e->second_order[which]);
}

/* Realisations that the residual of AP p uses up where it is eliminated from means, and those that its error does: its
 * mean one, the own gain an observation, tr(S_p S_p) of a realisation; an error takes one observation more. In one
 * block the residuals of realisations are numbers by themselves. */
typedef struct used_up {
    double bound, error;
} used_up;

static used_up realizations_used(const simulation *sim, size_t p)
{
    double one = sim->layout.blocks > 0 ? 0.0 : estimable_overlap(sim->network, sim->powers, p);

    return one > 0.0 ? (used_up){1.0 + one, 1.0 + 2.0 * one} : (used_up){0.0, 0.0};
}

/* The jackknife's pseudo-values of the residual count as n realisations, of which only those that are left are free:
 * their variance is short by that share. */
static void fill_echoes(const simulation *sim, const estimates *e, ap_quantity quantity, size_t p, double *bound,
                        double *std_error)
{
    size_t at = estimates_place(&sim->layout, quantity, p);
    counts n = count_realizations(sim);
    used_up used = realizations_used(sim, p);
    jackknife j = estimate_of(sim, e, at);

    *bound = *std_error = NAN;
    if (!estimable_from(n.left, used.bound)) {
        return;
    }
    if (estimable_from(n.left, used.error)) {
        double residual = estimate_of(sim, e, estimates_place(&sim->layout, RESIDUAL, p)).std_error;

        j.std_error = hypot(j.std_error, residual * sqrt(used.bound / (n.all - used.bound)));
    } else {
        j.std_error = NAN;
    }
    to_bound(j, e->whole[at], bound, std_error);
}

/* The mean over realisations of each one's bound, where the distribution has a mean; its error where there is a
 * variance. */
static void fill_block_mean(const simulation *sim, const estimates *e, size_t p, cfi_monte_carlo *out)
{
    size_t at = estimates_place(&sim->layout, BLOCK_MEAN, p);
    double order = estimable_block_order(sim->network, sim->powers, p), mean = e->whole[at];

    out->crlb_own_echo_block_mean_rad2[p] = order > 1.0 ? mean : NAN;
    out->crlb_own_echo_block_mean_std_error[p] =
        order > 2.0 ? hypot(estimate_of(sim, e, at).std_error, INFORMATION_ROUNDING * mean) : NAN;
}

/* An error bound from the jackknife of its inverse square, which is about linear in informations; `share` of the
 * realisations are not used up. */
static void fill_place(const simulation *sim, const estimates *e, position_quantity which, double share, double *bound,
                       double *std_error)
{
    size_t at = estimates_position(&sim->layout, which);
    jackknife j = estimate_of(sim, e, at);
    double square = e->whole[at] > 0.0 ? j.corrected : e->whole[at];

    *bound = square >= 0.0 ? 1.0 / sqrt(square) : NAN;
    *std_error = square > 0.0
                     ? 0.5 * hypot(j.std_error, INFORMATION_ROUNDING * square) / (square * sqrt(square) * sqrt(share))
                     : NAN;
}

/* The most that any access point's residual uses up counts for all, and as if everything was a residual. */
static void fill_places(const simulation *sim, const estimates *e, cfi_monte_carlo *out)
{
    counts n = count_realizations(sim);
    used_up used = {0.0, 0.0};
    cfi_position_bounds *bound = &out->position, *error = &out->position_std_error;

    fill_place(sim, e, POSITION_OWN_ECHO, 1.0, &bound->own_echo_m, &error->own_echo_m);
    for (size_t p = 0; p < sim->layout.L; p++) {
        used_up one = realizations_used(sim, p);

        used = one.error > used.error ? one : used;
    }
    if (!sim->layout.multistatic || !estimable_from(n.left, used.bound)) {
        return;
    }
    fill_place(sim, e, POSITION_NONCOHERENT, 1.0 - used.bound / n.all, &bound->noncoherent_m, &error->noncoherent_m);
    fill_place(sim, e, POSITION_MULTISTATIC, 1.0 - used.bound / n.all, &bound->multistatic_m, &error->multistatic_m);
    if (!estimable_from(n.left, used.error)) {
        error->noncoherent_m = error->multistatic_m = NAN;
    }
}

static void fill_angles(const simulation *sim, const estimates *e, cfi_monte_carlo *out)
{
    for (size_t p = 0; p < sim->layout.L; p++) {
        size_t own = estimates_place(&sim->layout, OWN_ECHO, p);

        to_bound(estimate_of(sim, e, own), e->whole[own], &out->crlb_own_echo_rad2[p],
                 &out->crlb_own_echo_std_error[p]);
        fill_block_mean(sim, e, p, out);
    }
    for (size_t p = 0; p < sim->layout.L && out->crlb_multistatic_rad2; p++) {
        out->crlb_multistatic_rad2[p] = out->crlb_multistatic_std_error[p] = NAN;
        out->crlb_noncoherent_rad2[p] = out->crlb_noncoherent_std_error[p] = NAN;
        if (sim->layout.multistatic) {
            fill_echoes(sim, e, MULTISTATIC, p, &out->crlb_multistatic_rad2[p], &out->crlb_multistatic_std_error[p]);
            fill_echoes(sim, e, NONCOHERENT, p, &out->crlb_noncoherent_rad2[p], &out->crlb_noncoherent_std_error[p]);
        }
    }
}

static void fill_estimates(const simulation *sim, const estimates *e, cfi_monte_carlo *out)
{
    size_t K = sim->layout.K;

    for (size_t k = 0; k < K; k++) {
        fill_rate(sim, e, k, &out->rate_bit_s_hz[k], &out->rate_std_error[k]);
    }
    fill_rate(sim, e, K, &out->sum_rate_bit_s_hz, &out->sum_rate_std_error);
    if (out->crlb_own_echo_rad2) {
        fill_angles(sim, e, out);
    }
    if (out->crlb_own_echo_rad2 && sim->network->target_position_m) {
        fill_places(sim, e, out);
    }
}

static cfi_status estimate(simulation *sim, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    estimates e;
    cfi_status status = estimates_run(sim, arena, &e, error);

    if (status == CFI_OK) {
        out->realizations = (size_t)count_realizations(sim).all;
        fill_estimates(sim, &e, out);
        status = observers_report(sim, arena, out) ? CFI_OK : simulation_out_of_memory(sim->network, error);
    }
    return status;
}

/* ------------------------------------------------------------------------------- the run ---- */

/* Without a stop rule blocks have the size at once to which they would grow, and there are no more than are needed.
 * Returns how many there can be. */
static size_t plan_blocks(simulation *sim)
{
    if (sim->network->system->monte_carlo.max_std_error > 0.0) {
        return MOST_BLOCKS;
    }
    while ((sim->n - 1) / sim->block_size >= MOST_BLOCKS) {
        sim->block_size *= 2;
    }
    return (sim->n - 1) / sim->block_size + 1;
}

cfi_status simulation_prepare(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = sim->network->system;
    size_t K = sim->layout.K, L = sim->layout.L, N = system->N;

    sim->steering = arena_alloc(arena, 2 * N * L, sizeof *sim->steering);
    sim->root_p = arena_alloc(arena, K * L, sizeof(double));
    sim->root_s = arena_alloc(arena, L, sizeof(double));
    sim->sums = arena_alloc(arena, plan_blocks(sim) * sim->layout.length, sizeof(double));
    if (!sim->steering || !sim->root_p || !sim->root_s || !sim->sums) {
        return simulation_out_of_memory(sim->network, error);
    }
    for (size_t l = 0; l < L; l++) {
        channel_steering(sim->network->angle_rad[l], N, sim->steering + 2 * N * l, sim->steering + 2 * N * l + N);
        sim->root_s[l] = sqrt(sim->powers->s[l] / (double)(N * K));
    }
    for (size_t i = 0; i < K * L; i++) {
        sim->root_p[i] = sqrt(sim->powers->p[i]);
    }
    return CFI_OK;
}

static cfi_status simulate(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    double wanted = sim->network->system->monte_carlo.max_std_error;
    double *total = arena_alloc(arena, sim->layout.aps, sizeof *total);
    double *rest = arena_alloc(arena, sim->layout.aps, sizeof *rest);

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
        status = simulation_run_blocks(sim, until, error);
        if (status != CFI_OK) {
            return status;
        }
        if (wanted > 0.0 && sim->blocks >= FIRST_LOOK && sum_rate_error(sim, total, rest) <= wanted) {
            break;
        }
    }
    return CFI_OK;
}

static cfi_status allocate_noncoherent(const cfi_network *network, cfi_arena *arena, cfi_monte_carlo *out,
                                       cfi_error *error)
{
    double *memory = arena_alloc(arena, 2 * network->L, sizeof *memory);

    if (!memory) {
        return simulation_out_of_memory(network, error);
    }
    out->crlb_noncoherent_rad2 = memory;
    out->crlb_noncoherent_std_error = memory + network->L;
    return CFI_OK;
}

static cfi_status allocate_monte_carlo(const cfi_network *network, cfi_arena *arena, cfi_monte_carlo *out,
                                       cfi_error *error)
{
    size_t K = network->K, L = network->L;
    double *memory = arena_alloc(arena, 2 * K + 10 * L, sizeof *memory);

    if (!memory) {
        return simulation_out_of_memory(network, error);
    }
    *out = (cfi_monte_carlo){.rate_bit_s_hz = memory,
                             .rate_std_error = memory + K,
                             .position = {NAN, NAN, NAN},
                             .position_std_error = {NAN, NAN, NAN},
                             .position_rmse_m = NAN,
                             .position_rmse_std_error_m = NAN,
                             .detection_probability_fused = NAN,
                             .detection_probability_fused_std_error = NAN,
                             .false_alarm_probability_fused = NAN,
                             .false_alarm_probability_fused_std_error = NAN};
    if (network->system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE) {
        out->crlb_own_echo_rad2 = memory + 2 * K;
        out->crlb_own_echo_std_error = memory + 2 * K + L;
        out->crlb_own_echo_block_mean_rad2 = memory + 2 * K + 2 * L;
        out->crlb_own_echo_block_mean_std_error = memory + 2 * K + 3 * L;
    }
    if (network->system->monte_carlo.estimator != CFI_ESTIMATOR_NONE) {
        out->angle_rmse_rad = memory + 2 * K + 6 * L;
        out->angle_rmse_std_error_rad = memory + 2 * K + 7 * L;
    }
    if (detection_is_fused(network->system)) {
        out->detection_probability = memory + 2 * K + 8 * L;
        out->detection_probability_std_error = memory + 2 * K + 9 * L;
    }
    if (network->system->monte_carlo.bounds == CFI_MC_BOUNDS_ALL) {
        out->crlb_multistatic_rad2 = memory + 2 * K + 4 * L;
        out->crlb_multistatic_std_error = memory + 2 * K + 5 * L;
        return allocate_noncoherent(network, arena, out, error);
    }
    return CFI_OK;
}

cfi_status simulation_share_scratch(simulation *sim, cfi_arena *arena, cfi_error *error)
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
    simulation sim = {.network = network,
                      .precoder = channel_precoder(network->system),
                      .powers = powers,
                      .n = network->system->monte_carlo.realizations,
                      .block_size = 1,
                      .threads = threads > 0 ? threads : 1,
                      .stop = stop};
    bool all = network->system->monte_carlo.bounds == CFI_MC_BOUNDS_ALL;
    cfi_status status = allocate_monte_carlo(network, arena, out, error);
    cfi_arena_mark mark = arena_mark(arena);

    sim.layout = sums_make_layout(network->K, network->L, all && network->L <= CFI_MULTISTATIC_MC_MAX_APS);
    if (status == CFI_OK) {
        status = bound_constants_make(network, arena, &sim.constants, error);
    }
    if (status == CFI_OK && !observers_prepare(&sim, arena)) {
        status = stop_requested(stop) ? simulation_interrupted(error) : simulation_out_of_memory(network, error);
    }
    if (status == CFI_OK) {
        status = simulation_share_scratch(&sim, arena, error);
    }
    if (status == CFI_OK) {
        status = simulation_prepare(&sim, arena, error);
    }
    if (status == CFI_OK && network->system->precoding.kind != CFI_PRECODER_MR) { /* whose own signals vary a lot */
        status = simulation_refer(&sim, arena, error);
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
