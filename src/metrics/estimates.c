/* The estimates from all blocks, and with each of them left out. docs/model.md (M18). */
#include "metrics/estimates.h"

#include "base/threads.h"
#include "metrics/blocks.h"
#include "metrics/elimination.h"
#include "metrics/illumination.h"
#include "metrics/position.h"

#include <string.h>

double estimates_leave_out(const simulation *sim, const double *total, size_t block, size_t length, double n,
                           double *rest)
{
    const double *own = sim->sums + block * sim->layout.length;

    for (size_t i = 0; i < length; i++) {
        rest[i] = total[i] - own[i];
    }
    return n - (double)sim->size[block];
}

double estimates_add_up(const simulation *sim, size_t length, double *total)
{
    size_t n = 0;

    memset(total, 0, length * sizeof *total);
    for (size_t b = 0; b < sim->blocks; b++) {
        const double *own = sim->sums + b * sim->layout.length;

        for (size_t i = 0; i < length; i++) {
            total[i] += own[i];
        }
        n += sim->size[b];
    }
    return (double)n;
}

size_t estimates_place(const sums_layout *layout, ap_quantity quantity, size_t p)
{
    return layout->K + 1 + (size_t)quantity * layout->L + p;
}

size_t estimates_position(const sums_layout *layout, position_quantity quantity)
{
    return estimates_place(layout, PER_AP, 0) + (size_t)quantity;
}

/* Of the target, what all threads share: NULL where it has no place. */
typedef struct target_view {
    double *turn;  /* 2 x L */
    double *heard; /* L: sum_p abs(alpha_lp)^2 / abs(alpha_ll)^2 */
} target_view;

/* Work space of one thread. */
typedef struct estimates_work {
    double *rest; /* sums with a block left out */
    double *lit;  /* of the illumination */
    double *row;  /* of the position's Fisher matrices; NULL without a target */
    elimination *elimination;
} estimates_work;

/* Departures at the own receiver: averaged over channels, or in one block. */
static void evaluate_residuals(const simulation *sim, const double *sums, double n, const estimates_work *own,
                               double *residual)
{
    const sums_layout *layout = &sim->layout;

    if (layout->blocks == 0) {
        elimination_residuals(own->elimination, sums, n, residual);
    }
    for (size_t p = 0; p < layout->L; p++) {
        residual[p] = layout->blocks > 0 ? sums[blocks_place(layout, BLOCKS_ALL, p)] / n
                                         : residual[p] * (sim->constants.across[p] / n);
    }
}

/* The informations from all echoes: light along the arrays' own directions, residuals across. */
static void evaluate_echoes(const simulation *sim, const echo_paths *paths, double *sums, double n,
                            const estimates_work *own, double *out)
{
    const sums_layout *layout = &sim->layout;
    double *multistatic = out + estimates_place(layout, MULTISTATIC, 0);
    double *noncoherent = out + estimates_place(layout, NONCOHERENT, 0);
    double *residual = out + estimates_place(layout, RESIDUAL, 0);

    illumination_sum(paths, sums, n, own->lit, multistatic);
    illumination_mean(paths, sums, noncoherent);
    evaluate_residuals(sim, sums, n, own, residual);
    for (size_t p = 0; p < layout->L; p++) {
        multistatic[p] = sim->constants.along[p] * multistatic[p] / n + residual[p];
        noncoherent[p] = sim->constants.along[p] * noncoherent[p] / n + residual[p];
    }
}

static double inverse_square(const position_sum *sum)
{
    double bound = position_error_bound(sum);

    return 1.0 / (bound * bound);
}

/* sum_p (information_p less departure_p) e_p e_p' */
static void add_angles(const sums_layout *layout, const target_view *target, const double *information,
                       const double *departure, position_sum *sum)
{
    for (size_t p = 0; p < layout->L; p++) {
        position_add(sum, information[p] - (departure ? departure[p] : 0.0), target->turn + 2 * p);
    }
}

/* The position's Fisher matrices of all echoes. */
static void evaluate_positions(const simulation *sim, const target_view *target, const double *sums, double n,
                               const estimates_work *own, double *out)
{
    const sums_layout *layout = &sim->layout;
    const double *residual = out + estimates_place(layout, RESIDUAL, 0);
    position_sum sum = {.row = own->row};
    double J[3], scale = 1.0 / n;

    add_angles(layout, target, out + estimates_place(layout, NONCOHERENT, 0), residual, &sum);
    for (size_t l = 0; l < layout->L; l++) {
        position_add(&sum, target->heard[l] * residual[l], target->turn + 2 * l);
    }
    out[estimates_position(layout, POSITION_NONCOHERENT)] = inverse_square(&sum);

    if (layout->blocks > 0) {
        memcpy(J, sums + blocks_matrix(layout), sizeof J);
    } else {
        elimination_matrix(own->elimination, sim->network, target->turn, J);
        scale *= sim->constants.per_path;
    }
    sum.count = 0;
    add_angles(layout, target, out + estimates_place(layout, MULTISTATIC, 0), residual, &sum);
    position_add_matrix(&sum, scale * J[0], scale * J[1], scale * J[2]);
    out[estimates_position(layout, POSITION_MULTISTATIC)] = inverse_square(&sum);
}

/* The own echo's informations, averaged over channels or in one block. */
static void evaluate_own_echo(const simulation *sim, const double *sums, double n, double *information)
{
    const sums_layout *layout = &sim->layout;

    sums_own_echo(layout, &sim->constants, sums, n, information);
    for (size_t p = 0; p < layout->L && layout->blocks > 0; p++) {
        information[p] = (sim->constants.along[p] * network_path_power(sim->network, p, p) * sums[layout->aps + 5 * p] +
                          sums[blocks_place(layout, BLOCKS_OWN, p)]) /
                         n;
    }
}

static void evaluate_bounds_alone(const simulation *sim, const target_view *target, const double *sums, double n,
                                  const estimates_work *own, double *out)
{
    const sums_layout *layout = &sim->layout;
    position_sum sum = {.row = own->row};

    evaluate_own_echo(sim, sums, n, out + estimates_place(layout, OWN_ECHO, 0));
    for (size_t p = 0; p < layout->L; p++) {
        out[estimates_place(layout, BLOCK_MEAN, p)] = sums[layout->aps + 5 * p + 4] / n;
    }
    if (target->turn) {
        add_angles(layout, target, out + estimates_place(layout, OWN_ECHO, 0), NULL, &sum);
        out[estimates_position(layout, POSITION_OWN_ECHO)] = inverse_square(&sum);
    }
}

/* What the evaluations share. */
typedef struct estimates_view {
    const simulation *sim;
    const echo_paths *paths; /* NULL without bounds from all echoes */
    target_view target;
} estimates_view;

static void evaluate(const estimates_view *view, double *sums, double n, const estimates_work *own, double *out)
{
    const simulation *sim = view->sim;
    const sums_layout *layout = &sim->layout;

    out[layout->K] = sums_rates(layout, sim->network->system, sums, n, out);
    if (sim->network->system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE) {
        evaluate_bounds_alone(sim, &view->target, sums, n, own, out);
    }
    if (layout->multistatic) {
        evaluate_echoes(sim, view->paths, sums, n, own, out);
    }
    if (layout->multistatic && view->target.turn) {
        evaluate_positions(sim, &view->target, sums, n, own, out);
    }
}

/* The estimates with each block left out, on their way to threads. */
typedef struct jackknife_work {
    simulation *sim;
    const estimates *e;
    estimates_view view;
    double *total, n;
    estimates_work *work; /* one a thread */
    size_t next;          /* block to be taken */
    bool interrupted;
} jackknife_work;

static void leave_block_out(const jackknife_work *w, size_t b, size_t thread)
{
    const estimates_work *own = &w->work[thread];
    double left = estimates_leave_out(w->sim, w->total, b, w->sim->layout.length, w->n, own->rest);

    evaluate(&w->view, own->rest, left, own, w->e->without + b * w->e->width);
}

static void run_jackknife(void *context, size_t thread)
{
    jackknife_work *w = context;

    for (;;) {
        size_t b;

#pragma omp atomic capture
        b = w->next++;
        if (b >= w->sim->blocks) {
            return;
        }
        if (stop_requested(w->sim->stop)) {
#pragma omp atomic write
            w->interrupted = true;
            return;
        }
        leave_block_out(w, b, thread);
    }
}

/* What the bounds take of a thread. */
static bool make_bounds(const estimates_view *view, cfi_arena *arena, estimates_work *own)
{
    enum { ESTIMATED_SQUARES = 2 }; /* an access point, and two rows of a matrix */
    const sums_layout *layout = &view->sim->layout;
    bool target = view->target.turn != NULL;

    own->row = target ? arena_alloc(arena, 2 * (ESTIMATED_SQUARES * layout->L + 2), sizeof(double)) : NULL;
    if (target && !own->row) {
        return false;
    }
    if (!view->paths) {
        return true;
    }
    own->lit = arena_alloc(arena, illumination_work(view->paths), sizeof(double));
    own->elimination = elimination_make(layout, arena);
    return own->lit && own->elimination && (!target || elimination_prepare_matrix(own->elimination, arena));
}

/* False when out of memory. */
static bool view_target(const cfi_network *network, cfi_arena *arena, target_view *target)
{
    size_t L = network->L, receivers = network->equal_paths ? 1 : L;
    double *memory;

    if (!network->target_position_m || network->system->monte_carlo.bounds == CFI_MC_BOUNDS_NONE) {
        return true;
    }
    memory = arena_alloc(arena, 3 * L, sizeof *memory);
    if (!memory) {
        return false;
    }
    *target = (target_view){.turn = memory, .heard = memory + 2 * L};
    for (size_t l = 0; l < L; l++) {
        network_target_turn(network, l, target->turn + 2 * l);
        target->heard[l] = 0.0;
        for (size_t p = 0; p < receivers; p++) {
            target->heard[l] += network_path_power(network, l, p) * (double)L / (double)receivers;
        }
        target->heard[l] /= network_path_power(network, l, l);
    }
    return true;
}

static bool make_jackknife(const simulation *sim, cfi_arena *arena, jackknife_work *w)
{
    w->total = arena_alloc(arena, sim->layout.length, sizeof *w->total);
    w->work = arena_zeros(arena, sim->threads, sizeof *w->work);
    w->view.sim = sim;
    if (sim->layout.multistatic) {
        w->view.paths = echo_paths_make(&sim->layout, &sim->constants, arena);
    }
    if (!w->total || !w->work || (sim->layout.multistatic && !w->view.paths) ||
        !view_target(sim->network, arena, &w->view.target)) {
        return false;
    }
    for (size_t i = 0; i < sim->threads; i++) {
        w->work[i].rest = arena_alloc(arena, sim->layout.length, sizeof(double));
        if (!w->work[i].rest || !make_bounds(&w->view, arena, &w->work[i])) {
            return false;
        }
    }
    return true;
}

/* The whole, then each block left out. */
static cfi_status run_estimates(jackknife_work *w, cfi_error *error)
{
    simulation *sim = w->sim;

    w->n = estimates_add_up(sim, sim->layout.length, w->total);
    evaluate(&w->view, w->total, w->n, &w->work[0], w->e->whole);
    if (sim->blocks > 1) {
        threads_run(sim->threads, run_jackknife, w);
    }
    return w->interrupted ? error_set(error, CFI_INTERRUPTED, "interrupted during the Monte Carlo") : CFI_OK;
}

cfi_status estimates_run(simulation *sim, cfi_arena *arena, estimates *e, cfi_error *error)
{
    const sums_layout *layout = &sim->layout;
    size_t K = layout->K;
    jackknife_work w = {.sim = sim, .e = e};
    cfi_status status;

    *e = (estimates){.width = K + 1 + PER_AP * layout->L + POSITIONS};
    e->whole = arena_zeros(arena, e->width, sizeof *e->whole);
    e->without = arena_zeros(arena, e->width * MOST_BLOCKS, sizeof *e->without);
    e->second_order = arena_alloc(arena, K + 1, sizeof *e->second_order);
    if (!e->whole || !e->without || !e->second_order || !make_jackknife(sim, arena, &w)) {
        return simulation_out_of_memory(sim->network, error);
    }
    status = run_estimates(&w, error);
    if (status == CFI_OK) {
        e->second_order[K] = sums_rates_second_order(layout, sim->network->system, w.total, w.n, e->second_order);
    }
    return status;
}
