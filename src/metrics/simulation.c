/* Realisations of the channels and what is summed up of them. docs/model.md (M16), (M17). */
#include "metrics/simulation.h"

#include "cfisac/linalg.h"

#include <string.h>

enum { ROWS = 64 }; /* antennas of the stacked access points: products long enough, and all in the second cache */

/* Work arrays of one group of realisations. Several access points are stacked, so that the products are long. */
typedef struct scratch {
    double complex *h, *f; /* rows x K x SIMULATION_CHUNK; f holds the estimates first */
    double complex *A;     /* K x K x SIMULATION_CHUNK */
    double complex *V, *W; /* K x L x SIMULATION_CHUNK; NULL without bounds */
} scratch;

/* Access points in a stack, and the rows they make. */
static size_t stack_size(const cfi_network *network)
{
    size_t N = network->system->N, most = network->L < ROWS / N ? network->L : ROWS / N;

    return most > 0 ? most : 1;
}

cfi_status simulation_out_of_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the Monte Carlo of %zu access points and %zu users",
                     network->L, network->K);
}

/* F_l = Hhat_l diag(sqrt gamma_l) + a_l sqrt(eta_l)^T, in place of the estimates; columns `stride` apart. */
static void precode(const simulation *sim, size_t l, size_t stride, double complex *restrict f)
{
    size_t K = sim->layout.K, N = sim->network->system->N;
    const double *a = (const double *)(sim->steering + 2 * N * l);

    for (size_t k = 0; k < K; k++) {
        double root_gamma = sim->root_gamma[k + K * l], root_eta = sim->root_eta[k + K * l];
        double *restrict entry = (double *)(f + stride * k);

        for (size_t i = 0; i < 2 * N; i++) {
            entry[i] = root_gamma * entry[i] + root_eta * a[i];
        }
    }
}

/* v = a^H F, w = adot^H F */
static void observe(const simulation *sim, size_t l, size_t stride, const double complex *f, double complex *restrict v,
                    double complex *restrict w)
{
    size_t K = sim->layout.K, N = sim->network->system->N;
    const double complex *a = sim->steering + 2 * N * l, *derivative = a + N;

    for (size_t k = 0; k < K; k++) {
        double complex along = 0.0, slope = 0.0;

        for (size_t i = 0; i < N; i++) {
            along += conj(a[i]) * f[i + stride * k];
            slope += conj(derivative[i]) * f[i + stride * k];
        }
        v[k] = along;
        w[k] = slope;
    }
}

/* Draws, precodes and sums up the access points first_ap .. first_ap + aps - 1, stacked. */
static cfi_status run_stack(const simulation *sim, const cfi_channel_range *range, size_t first_ap, size_t aps,
                            const scratch *s, cfi_arena *arena, cfi_error *error)
{
    size_t K = sim->layout.K, L = sim->layout.L, N = sim->network->system->N, stride = range->stride;

    for (size_t g = 0; g < aps; g++) {
        size_t l = first_ap + g;
        cfi_status status = channel_draw(sim->network, l, range, arena, s->h + N * g, s->f + N * g, error);

        if (status != CFI_OK) {
            return status;
        }
        for (size_t i = 0; i < range->count; i++) {
            double complex *f = s->f + N * g + stride * K * i;

            precode(sim, l, stride, f);
            if (s->V) {
                observe(sim, l, stride, f, s->V + K * (l + L * i), s->W + K * (l + L * i));
            }
        }
    }
    for (size_t i = 0; i < range->count; i++) {
        linalg_gram_add(K, K, N * aps, s->h + stride * K * i, stride, s->f + stride * K * i, stride, s->A + K * K * i,
                        K); /* A += H^H F */
    }
    return CFI_OK;
}

/* Draws realisations first .. first + count - 1 and adds each to the sums of its block. */
static cfi_status run_chunk(const simulation *sim, size_t first, size_t count, const scratch *s, cfi_arena *arena,
                            cfi_error *error)
{
    size_t K = sim->layout.K, L = sim->layout.L, stack = stack_size(sim->network);
    cfi_channel_range range = {.first = first, .count = count, .stride = stack * sim->network->system->N};

    memset(s->A, 0, K * K * count * sizeof *s->A);
    for (size_t l = 0; l < L; l += stack) {
        cfi_status status = run_stack(sim, &range, l, L - l < stack ? L - l : stack, s, arena, error);

        if (status != CFI_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < count; i++) {
        double *sums = sim->sums + (first + i) / sim->block_size * sim->layout.length;

        sums_add_rates(&sim->layout, s->A + K * K * i, sums);
        if (s->V) {
            sums_add_bounds(&sim->layout, &sim->constants, s->V + K * L * i, s->W + K * L * i, sums);
        }
    }
    return CFI_OK;
}

cfi_status simulation_run_group(const simulation *sim, size_t first, size_t last, cfi_arena *arena, cfi_error *error)
{
    size_t K = sim->layout.K, L = sim->layout.L, rows = stack_size(sim->network) * sim->network->system->N;
    bool bounds = sim->network->system->mc_bounds != CFI_MC_BOUNDS_NONE;
    cfi_arena_mark mark = arena_mark(arena);
    cfi_status status = CFI_OK;
    scratch s = {.h = arena_alloc(arena, rows * K * SIMULATION_CHUNK, sizeof *s.h),
                 .f = arena_alloc(arena, rows * K * SIMULATION_CHUNK, sizeof *s.h),
                 .A = arena_alloc(arena, K * K * SIMULATION_CHUNK, sizeof *s.h),
                 .V = bounds ? arena_alloc(arena, K * L * SIMULATION_CHUNK, sizeof *s.h) : NULL,
                 .W = bounds ? arena_alloc(arena, K * L * SIMULATION_CHUNK, sizeof *s.h) : NULL};

    if (!s.h || !s.f || !s.A || (bounds && (!s.V || !s.W))) {
        return simulation_out_of_memory(sim->network, error);
    }
    for (size_t i = first; status == CFI_OK && i < last; i += SIMULATION_CHUNK) {
        if (stop_requested(sim->stop)) {
            status = error_set(error, CFI_INTERRUPTED, "interrupted during the Monte Carlo");
        } else {
            status = run_chunk(sim, i, last - i < SIMULATION_CHUNK ? last - i : SIMULATION_CHUNK, &s, arena, error);
        }
    }
    arena_release(arena, mark);
    return status;
}
