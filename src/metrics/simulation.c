/* Realisations of the channels and what is summed up of them. docs/model.md (M16), (M17). */
#include "metrics/simulation.h"

#include "base/clones.h"

#include <string.h>

/* Entries of H and F of a realisation that are stacked before they are multiplied: all of a chunk in the second cache.
 */
enum { STACKED = 512 };

/* Several access points are stacked, so that the products are long. */
struct simulation_scratch {
    cfi_channel_scratch *channel;
    void *precoding;
    double *factor;                 /* K: of the precoder */
    size_t stack, stride;           /* access points in a stack; doubles from realisation to realisation */
    cfi_channels h, f;              /* stack N x K x SIMULATION_CHUNK, user fastest; f holds the estimates first */
    cfi_split A;                    /* K x K x SIMULATION_CHUNK */
    double *gain, *beam;            /* N K, 2 N K: an access point's powers, a user's factor for every antenna */
    void *observer[MOST_OBSERVERS]; /* work space of those that take part */
};

cfi_status simulation_out_of_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the Monte Carlo of %zu access points and %zu users",
                     network->L, network->K);
}

/* F_l = V_l diag(sqrt p_kl) + sqrt(s_l / (N K)) a_l 1^T, V_l by the precoder's factors: what is multiplied and what is
 * added, for every entry. */
static void prepare_powers(const simulation *sim, size_t l, const simulation_scratch *s)
{
    size_t K = sim->layout.K, N = sim->network->system->N;
    const double complex *a = sim->steering + 2 * N * l;
    const double *root_p = sim->root_p + K * l, root_s = sim->root_s[l];

    for (size_t n = 0; n < N; n++) {
        for (size_t k = 0; k < K; k++) {
            s->gain[K * n + k] = root_p[k] * s->factor[k];
            s->beam[K * n + k] = root_s * creal(a[n]);
            s->beam[K * (N + n) + k] = root_s * cimag(a[n]);
        }
    }
}

/* F in place of the vectors that the precoder left, real or imaginary parts of all entries. */
CLONES(static, void, radiate,
       (size_t size, const double *restrict gain, const double *restrict beam, double *restrict f),
       (size, gain, beam, f))
{
    for (size_t e = 0; e < size; e++) {
        f[e] = gain[e] * f[e] + beam[e];
    }
}

/* Where what is seen of a realisation is added up. */
static double *sums_of(const simulation *sim, size_t realization)
{
    return sim->sums + realization / sim->block_size * sim->layout.length;
}

/* Shows a realisation's signals to all that take part. */
static void show_signals(const simulation *sim, const simulation_scratch *s, const observed *seen)
{
    for (size_t i = 0; i < sim->observations; i++) {
        sim->observation[i].observer->observe(s->observer[i], seen, sums_of(sim, seen->realization));
    }
}

cfi_status simulation_interrupted(cfi_error *error)
{
    return error_set(error, CFI_INTERRUPTED, "interrupted during the Monte Carlo");
}

/* Tells them that they have seen all access points of the chunk's realisations. Estimates of a place by a
 * thousand access points take a third of a second a realisation. */
static cfi_status conclude_chunk(const simulation *sim, size_t first, size_t count, const simulation_scratch *s,
                                 cfi_error *error)
{
    for (size_t i = 0; i < sim->observations; i++) {
        const observer *one = sim->observation[i].observer;

        for (size_t place = 0; one->conclude && place < count; place++) {
            if (stop_requested(sim->stop)) {
                return simulation_interrupted(error);
            }
            one->conclude(s->observer[i], first + place, place, sums_of(sim, first + place));
        }
    }
    return CFI_OK;
}

/* Draws and precodes access point l, place g of a stack. */
static void run_ap(const simulation *sim, const cfi_channel_range *range, size_t l, size_t g,
                   const simulation_scratch *s)
{
    size_t K = sim->layout.K, size = sim->network->system->N * K, first = size * g;
    cfi_estimated_channels out = {.h = {s->h.re + first, s->h.im + first}, .h_hat = {s->f.re + first, s->f.im + first}};

    channel_draw(sim->network, l, range, s->channel, &out);
    sim->precoder->apply(s->precoding, l, range, out.h_hat, s->factor);
    prepare_powers(sim, l, s);
    for (size_t i = 0; i < range->count; i++) {
        radiate(size, s->gain, s->beam, out.h_hat.re + s->stride * i);
        radiate(size, s->gain, s->beam + size, out.h_hat.im + s->stride * i);
        show_signals(
            sim, s,
            &(observed){.l = l,
                        .realization = range->first - sim->offset + i,
                        .place = i,
                        .f = {.re = out.h_hat.re + s->stride * i, .im = out.h_hat.im + s->stride * i, .ld = K}});
    }
}

/* A of realisation i of the chunk. */
static cfi_split product_of(const simulation *sim, const simulation_scratch *s, size_t i)
{
    size_t size = sim->layout.K * s->A.ld;

    return (cfi_split){.re = s->A.re + size * i, .im = s->A.im + size * i, .ld = s->A.ld};
}

/* A += H^H F over the first `aps` access points of the stack. */
static void multiply_stack(const simulation *sim, size_t count, size_t aps, const simulation_scratch *s)
{
    size_t K = sim->layout.K;

    for (size_t i = 0; i < count; i++) {
        cfi_split h = {.re = s->h.re + s->stride * i, .im = s->h.im + s->stride * i, .ld = K};
        cfi_split f = {.re = s->f.re + s->stride * i, .im = s->f.im + s->stride * i, .ld = K};

        linalg_split_gram_add(K, K, sim->network->system->N * aps, h, f, product_of(sim, s, i));
    }
}

/* Adds the rates of the chunk's realisations to the sums of their blocks. */
static void add_to_blocks(const simulation *sim, size_t first, size_t count, const simulation_scratch *s)
{
    for (size_t i = 0; i < count; i++) {
        cfi_split A = product_of(sim, s, i);

        sums_add_rates(&sim->layout, &A, sums_of(sim, first + i));
    }
}

/* A of the realisations in range, by all access points. */
static cfi_status run_aps(const simulation *sim, const cfi_channel_range *range, const simulation_scratch *s,
                          cfi_error *error)
{
    size_t K = sim->layout.K, L = sim->layout.L;

    memset(s->A.re, 0, K * s->A.ld * range->count * sizeof(double));
    memset(s->A.im, 0, K * s->A.ld * range->count * sizeof(double));
    for (size_t l = 0; l < L; l++) {
        size_t g = l % s->stack;

        if (stop_requested(sim->stop)) {
            return simulation_interrupted(error);
        }
        run_ap(sim, range, l, g, s);
        if (!sim->without_rates && (g + 1 == s->stack || l + 1 == L)) {
            multiply_stack(sim, range->count, g + 1, s);
        }
    }
    return CFI_OK;
}

/* Draws realisations first .. first + count - 1 and adds each to the sums of its block. */
static cfi_status run_chunk(const simulation *sim, size_t first, size_t count, const simulation_scratch *s,
                            cfi_error *error)
{
    cfi_channel_range range = {.first = sim->offset + first, .count = count, .stride = s->stride};
    cfi_status status = run_aps(sim, &range, s, error);

    if (status != CFI_OK) {
        return status;
    }
    if (!sim->without_rates) {
        add_to_blocks(sim, first, count, s);
    }
    return conclude_chunk(sim, first, count, s, error);
}

cfi_status simulation_refer(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    const simulation_scratch *s = sim->scratch[0];
    cfi_channel_range range = {.first = sim->offset, .count = 1, .stride = s->stride};
    double complex *reference = arena_alloc(arena, sim->layout.K, sizeof *reference);
    simulation alone = *sim;
    cfi_status status;

    if (!reference) {
        return simulation_out_of_memory(sim->network, error);
    }
    alone.observations = 0;
    status = run_aps(&alone, &range, s, error);
    for (size_t k = 0; k < sim->layout.K; k++) {
        reference[k] = s->A.re[s->A.ld * k + k] + I * s->A.im[s->A.ld * k + k];
    }
    sim->layout.reference = reference;
    return status;
}

cfi_status simulation_run_group(const simulation *sim, size_t first, size_t last, simulation_scratch *scratch,
                                cfi_error *error)
{
    size_t size = sim->block_size, length = sim->layout.length;
    cfi_status status = CFI_OK;

    for (size_t b = (first + size - 1) / size; b * size < last; b++) { /* those that begin here */
        memset(sim->sums + b * length, 0, length * sizeof *sim->sums);
    }
    for (size_t i = first; status == CFI_OK && i < last; i += SIMULATION_CHUNK) {
        status = run_chunk(sim, i, last - i < SIMULATION_CHUNK ? last - i : SIMULATION_CHUNK, scratch, error);
    }
    return status;
}

static bool allocate_scratch(const simulation *sim, cfi_arena *arena, simulation_scratch *s)
{
    enum { BEHIND = 8 }; /* vectors reach beyond the last column */
    size_t K = sim->layout.K, L = sim->layout.L, size = sim->network->system->N * K;
    size_t most = size < STACKED ? STACKED / size : 1, A = K * ((K + 7) / 8 * 8) * SIMULATION_CHUNK, entries;

    s->stack = L < most ? L : most;
    s->stride = size * s->stack;
    entries = s->stride * SIMULATION_CHUNK + BEHIND;
    s->channel = channel_scratch_make(sim->network, arena);
    s->precoding = sim->precoder->prepare(sim->network, arena);
    s->factor = arena_alloc(arena, K, sizeof(double));
    s->h.re = arena_zeros(arena, 4 * entries, sizeof(double));
    s->A = (cfi_split){.re = arena_alloc(arena, 2 * A, sizeof(double)), .ld = (K + 7) / 8 * 8};
    s->gain = arena_alloc(arena, 3 * size, sizeof(double));
    if (!s->channel || !s->precoding || !s->factor || !s->h.re || !s->A.re || !s->gain) {
        return false;
    }
    s->h.im = s->h.re + entries;
    s->f = (cfi_channels){.re = s->h.im + entries, .im = s->h.im + 2 * entries};
    s->A.im = s->A.re + A;
    s->beam = s->gain + size;
    for (size_t i = 0; i < sim->observations; i++) {
        s->observer[i] = sim->observation[i].observer->make(sim->observation[i].shared, arena);
        if (!s->observer[i]) {
            return false;
        }
    }
    return true;
}

simulation_scratch *simulation_make_scratch(const simulation *sim, cfi_arena *arena)
{
    simulation_scratch *s = arena_zeros(arena, 1, sizeof *s);

    return s && allocate_scratch(sim, arena, s) ? s : NULL;
}
