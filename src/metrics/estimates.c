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

/* Work space of one thread. */
typedef struct estimates_work {
    double *rest; /* sums with a block left out */
    double *lit;  /* of the illumination */
    elimination *elimination;
} estimates_work;

/* The informations from all echoes: light along the arrays' own directions, residuals across. */
static void evaluate_multistatic(const simulation *sim, const echo_paths *paths, double *sums, double n,
                                 const estimates_work *own, double *out)
{
    const sums_layout *layout = &sim->layout;
    double *information = out + estimates_place(layout, MULTISTATIC, 0);
    double *residual = out + estimates_place(layout, RESIDUAL, 0);

    illumination_sum(paths, sums, n, own->lit, information);
    elimination_residuals(own->elimination, sums, n, residual);
    for (size_t p = 0; p < layout->L; p++) {
        residual[p] *= sim->constants.across[p] / n;
        information[p] = sim->constants.along[p] * information[p] / n + residual[p];
    }
}

static void evaluate(const simulation *sim, const echo_paths *paths, double *sums, double n, const estimates_work *own,
                     double *out)
{
    const sums_layout *layout = &sim->layout;

    out[layout->K] = sums_rates(layout, sim->network->system, sums, n, out);
    if (sim->network->system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE) {
        sums_own_echo(layout, &sim->constants, sums, n, out + estimates_place(layout, OWN_ECHO, 0));
        for (size_t p = 0; p < layout->L; p++) {
            out[estimates_place(layout, BLOCK_MEAN, p)] = sums[layout->aps + 5 * p + 4] / n;
        }
    }
    if (layout->multistatic) {
        evaluate_multistatic(sim, paths, sums, n, own, out);
    }
}

/* The estimates with each block left out, on their way to threads. */
typedef struct jackknife_work {
    simulation *sim;
    const estimates *e;
    const echo_paths *paths; /* NULL without multistatic bounds */
    double *total, n;
    estimates_work *work; /* one a thread */
    size_t next;          /* block to be taken */
    bool interrupted;
} jackknife_work;

static void leave_block_out(const jackknife_work *w, size_t b, size_t thread)
{
    const estimates_work *own = &w->work[thread];
    double left = estimates_leave_out(w->sim, w->total, b, w->sim->layout.length, w->n, own->rest);

    evaluate(w->sim, w->paths, own->rest, left, own, w->e->without + b * w->e->width);
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

/* What the multistatic bounds take of a thread. */
static bool make_multistatic(const simulation *sim, const echo_paths *paths, cfi_arena *arena, estimates_work *own)
{
    own->lit = arena_alloc(arena, illumination_work(paths), sizeof(double));
    own->elimination = elimination_make(&sim->layout, arena);
    return own->lit && own->elimination;
}

static bool make_jackknife(const simulation *sim, cfi_arena *arena, jackknife_work *w)
{
    w->total = arena_alloc(arena, sim->layout.length, sizeof *w->total);
    w->work = arena_zeros(arena, sim->threads, sizeof *w->work);
    if (sim->layout.multistatic) {
        w->paths = echo_paths_make(&sim->layout, &sim->constants, arena);
    }
    if (!w->total || !w->work || (sim->layout.multistatic && !w->paths)) {
        return false;
    }
    for (size_t i = 0; i < sim->threads; i++) {
        w->work[i].rest = arena_alloc(arena, sim->layout.length, sizeof(double));
        if (!w->work[i].rest || (w->paths && !make_multistatic(sim, w->paths, arena, &w->work[i]))) {
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
    evaluate(sim, w->paths, w->total, w->n, &w->work[0], w->e->whole);
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

    *e = (estimates){.width = K + 1 + PER_AP * layout->L};
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
