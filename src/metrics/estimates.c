/* The estimates from all blocks, and with each of them left out. docs/model.md (M18). */
#include "metrics/estimates.h"

#include "base/threads.h"
#include "metrics/elimination.h"
#include "metrics/illumination.h"

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

/* All but the multistatic bounds. */
static void evaluate(const simulation *sim, const double *sums, double n, double *out)
{
    const sums_layout *layout = &sim->layout;

    out[layout->K] = sums_rates(layout, sim->network->system, sums, n, out);
    if (sim->network->system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE) {
        sums_own_echo(layout, &sim->constants, sums, n, out + estimates_place(layout, OWN_ECHO, 0));
        for (size_t p = 0; p < layout->L; p++) {
            out[estimates_place(layout, BLOCK_MEAN, p)] = sums[layout->aps + 5 * p + 4] / n;
        }
    }
}

/* The estimates with each block left out, on their way to threads. */
typedef struct jackknife_work {
    simulation *sim;
    const estimates *e;
    double *total, n;
    double **rest;              /* one a thread: all sums but the squares */
    elimination **eliminations; /* one a thread; NULL without multistatic bounds */
    lit_work *lit;              /* one a thread */
    const echo_paths *paths;
    size_t next; /* block to be taken */
    bool failed, interrupted;
} jackknife_work;

/* Block b left out; of the multistatic bounds the illumination by the block and the residuals without it. */
static bool leave_block_out(const jackknife_work *w, size_t b, size_t thread)
{
    const simulation *sim = w->sim;
    const sums_layout *layout = &sim->layout;
    double *out = w->e->without + b * w->e->width, *rest = w->rest[thread];
    double *own = sim->sums + b * layout->length,
           left = estimates_leave_out(sim, w->total, b, layout->gram, w->n, rest);

    evaluate(sim, rest, left, out);
    if (!layout->multistatic) {
        return true;
    }
    illumination_sum(layout, w->paths, own, &w->lit[thread], out + estimates_place(layout, MULTISTATIC, 0));
    return elimination_residuals(w->eliminations[thread], w->total, own, rest + layout->aps,
                                 out + estimates_place(layout, RESIDUAL, 0));
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
        if (!leave_block_out(w, b, thread)) {
#pragma omp atomic write
            w->failed = true;
        }
    }
}

/* From illuminations and residuals, summed up, to informations. The illumination is a sum over blocks: rounding that
 * their sum has more than the whole is taken off each. */
static void finish_multistatic(const simulation *sim, const estimates *e, double n)
{
    const sums_layout *layout = &sim->layout;

    for (size_t p = 0; p < layout->L; p++) {
        size_t lit = estimates_place(layout, MULTISTATIC, p), residual = estimates_place(layout, RESIDUAL, p);
        double along = sim->constants.along[p], across = sim->constants.across[p], whole = e->whole[lit], gap = whole;

        for (size_t b = 0; b < sim->blocks; b++) {
            gap -= e->without[b * e->width + lit];
        }
        for (size_t b = 0; b < sim->blocks; b++) {
            double *out = e->without + b * e->width, size = (double)sim->size[b], left = n - size;
            double own = out[lit] + gap * size / n;

            out[residual] *= across / left;
            out[lit] = along * (whole - own) / left + out[residual];
        }
        e->whole[residual] *= across / n;
        e->whole[lit] = along * whole / n + e->whole[residual];
    }
}

/* What the multistatic bounds take. */
static bool make_eliminations(const simulation *sim, cfi_arena *arena, jackknife_work *w)
{
    size_t threads = sim->threads;

    w->eliminations = arena_zeros(arena, threads, sizeof *w->eliminations); /* NOLINT(bugprone-sizeof-expression) */
    w->lit = arena_zeros(arena, threads, sizeof *w->lit);
    w->paths = echo_paths_make(&sim->layout, &sim->constants, arena);
    if (!w->eliminations || !w->lit || !w->paths) {
        return false;
    }
    for (size_t i = 0; i < threads; i++) {
        w->eliminations[i] = elimination_make(&sim->layout, arena);
        if (!w->eliminations[i] || !lit_work_make(&sim->layout, w->paths, arena, &w->lit[i])) {
            return false;
        }
    }
    return true;
}

static bool make_jackknife(const simulation *sim, cfi_arena *arena, jackknife_work *w)
{
    w->total = arena_alloc(arena, sim->layout.length, sizeof *w->total);
    w->rest = arena_alloc(arena, sim->threads, sizeof *w->rest); /* NOLINT(bugprone-sizeof-expression) */
    if (!w->total || !w->rest) {
        return false;
    }
    for (size_t i = 0; i < sim->threads; i++) {
        w->rest[i] = arena_alloc(arena, sim->layout.gram, sizeof(double));
        if (!w->rest[i]) {
            return false;
        }
    }
    return !sim->layout.multistatic || make_eliminations(sim, arena, w);
}

/* The whole, then each block left out. */
static cfi_status run_estimates(jackknife_work *w, cfi_error *error)
{
    simulation *sim = w->sim;
    const sums_layout *layout = &sim->layout;

    w->n = estimates_add_up(sim, layout->length, w->total);
    evaluate(sim, w->total, w->n, w->e->whole);
    if (layout->multistatic) {
        illumination_sum(layout, w->paths, w->total, &w->lit[0], w->e->whole + estimates_place(layout, MULTISTATIC, 0));
        w->failed = !elimination_residuals(w->eliminations[0], w->total, NULL, w->total + layout->aps,
                                           w->e->whole + estimates_place(layout, RESIDUAL, 0));
    }
    if (sim->blocks > 1) {
        threads_run(sim->threads, run_jackknife, w);
    }
    if (w->interrupted) {
        return error_set(error, CFI_INTERRUPTED, "interrupted during the Monte Carlo");
    }
    if (layout->multistatic) {
        finish_multistatic(sim, w->e, w->n);
    }
    return CFI_OK;
}

cfi_status estimates_run(simulation *sim, cfi_arena *arena, estimates *e, cfi_error *error)
{
    const sums_layout *layout = &sim->layout;
    size_t K = layout->K;
    jackknife_work w = {.sim = sim, .e = e};
    cfi_status status;

    *e = (estimates){.width = K + 1 + PER_AP * layout->L};
    e->whole = arena_zeros(arena, e->width, sizeof *e->whole);
    e->without = arena_zeros(arena, e->width * MOST_BLOCKS, sizeof *e->without);
    e->second_order = arena_alloc(arena, K + 1, sizeof *e->second_order);
    if (!e->whole || !e->without || !e->second_order || !make_jackknife(sim, arena, &w)) {
        return simulation_out_of_memory(sim->network, error);
    }
    status = run_estimates(&w, error);
    e->eliminated = layout->multistatic && !w.failed;
    if (status == CFI_OK) {
        e->second_order[K] = sums_rates_second_order(layout, sim->network->system, w.total, w.n, e->second_order);
    }
    return status;
}
