/* Large-scale gains of one drop by the system's model of propagation. docs/model.md (M1). */
#include "network/propagation.h"

#include "base/threads.h"
#include "network/offset.h"
#include "network/shadowing.h"

#include <stdatomic.h>

#define DECLARE(constant, word, needs) extern const propagation_model propagation_##word;
#define ROW(constant, word, needs)     [CFI_PROPAGATION_##constant] = &propagation_##word,

CFI_PROPAGATION_MODELS(DECLARE)

static const propagation_model *const models[CFI_PROPAGATION_COUNT] = {CFI_PROPAGATION_MODELS(ROW)};

const propagation_model *propagation_of(const cfi_system *system)
{
    return models[system->propagation.model];
}

propagation_path propagation_measure(const cfi_network *network, size_t k, size_t l)
{
    const cfi_geometry *geometry = &network->system->geometry;
    double flat = offset_distance(geometry, network->ap_position_m + 2 * l, network->ue_position_m + 2 * k);

    if (geometry->placement == CFI_PLACEMENT_CLAMP) {
        flat = fmax(flat, geometry->min_distance_m);
    }
    return (propagation_path){
        .flat_m = flat,
        .distance_m = geometry->height_difference_m > 0.0 ? hypot(flat, geometry->height_difference_m) : flat};
}

enum { PAIRS = 128 }; /* drawn at once */

/* A pair of an access point and a user, counted with the user first. */
typedef struct pair {
    size_t l, k;
} pair;

static void next_pair(pair *at, size_t K)
{
    at->k++;
    if (at->k == K) {
        *at = (pair){.l = at->l + 1};
    }
}

/* What is drawn into, and from. */
typedef struct gains {
    const cfi_network *network;
    const propagation_model *model;
    shadowing shadowing;
    double *beta;                 /* K x L */
    unsigned char *line_of_sight; /* K x L, or NULL */
} gains;

/* The states of `count` pairs from `at` on, as network->line_of_sight. A stream a pair: scenario keeps indices below
 * 65536. */
static void draw_states(const gains *g, pair at, size_t count, propagation_path *path, unsigned char *state)
{
    const cfi_network *network = g->network;
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_LINE_OF_SIGHT, 0);
    uint32_t index[PAIRS];
    double uniform[2 * PAIRS];

    for (size_t i = 0; i < count; i++) {
        index[i] = (uint32_t)(at.l * 65536 + at.k);
        next_pair(&at, network->K);
    }
    random_uniform_pairs(&stream, count, index, uniform);
    for (size_t i = 0; i < count; i++) {
        path[i].line_of_sight = uniform[2 * i] < g->model->line_of_sight(path[i].flat_m);
        state[i] = path[i].line_of_sight;
    }
}

/* Turns the normal numbers of `count` pairs from `at` on, which stand in beta, into their gains. Returns how many it
 * made: fewer than `count` when the next one is no gain. */
static size_t make_gains(const gains *g, pair at, size_t count)
{
    size_t first = at.k + g->network->K * at.l;
    const cfi_system *system = g->network->system;
    propagation_path path[PAIRS];
    pair end = at;

    for (size_t i = 0; i < count; i++) {
        path[i] = propagation_measure(g->network, end.k, end.l);
        next_pair(&end, g->network->K);
    }
    if (g->line_of_sight) {
        draw_states(g, at, count, path, g->line_of_sight + first);
    }
    for (size_t i = 0; i < count; i++) {
        double *gain = g->beta + first + i;

        *gain = exp(g->model->shadowing_std(system, &path[i]) * *gain) * g->model->gain(system, &path[i]);
        if (!isfinite(*gain) || !(*gain > 0.0)) {
            return i;
        }
    }
    return count;
}

/* Gains of access points first .. end - 1. Returns the first pair that has none, as k + K l, or K end. */
static size_t draw_range(const gains *g, size_t first, size_t end)
{
    size_t K = g->network->K, done = K * first;

    shadowing_draw(&g->shadowing, first, end, g->beta + done);
    while (done < K * end) {
        size_t take = K * end - done < PAIRS ? K * end - done : PAIRS;
        size_t made = make_gains(g, (pair){.l = done / K, .k = done % K}, take);

        done += made;
        if (made < take) {
            return done;
        }
    }
    return done;
}

static cfi_status bad_gain(const cfi_network *network, pair at, double gain, cfi_error *error)
{
    return error_set(error, CFI_INVALID,
                     "/network: the gain between access point %zu and user %zu of drop %u is %g (allowed: a "
                     "finite number > 0; move them apart or change the path loss)",
                     at.l, at.k, network->drop, gain);
}

/* What the threads share: all of it const but the first pair whose gain is none, as k + K l; K L: all are fine. */
typedef struct shared_gains {
    gains gains;
    atomic_size_t bad;
} shared_gains;

static void note_bad_pair(shared_gains *shared, size_t bad)
{
    size_t known = shared->bad;

    while (bad < known && !atomic_compare_exchange_weak(&shared->bad, &known, bad)) {
    }
}

/* Gains of access points first .. end - 1, some at a time: as many as make up a batch of pairs, or as the shadowing
 * takes at once. Up to the first that is none. */
static void draw_part_of(void *context, size_t thread, size_t first, size_t end)
{
    shared_gains *shared = context;
    size_t K = shared->gains.network->K, at_once = K < PAIRS / 8 ? PAIRS / K : 8;

    (void)thread;
    for (size_t l = first; l < end; l += at_once) {
        size_t next = end - l < at_once ? end : l + at_once, pairs = draw_range(&shared->gains, l, next);

        if (pairs < K * next) {
            note_bad_pair(shared, pairs);
            return;
        }
    }
}

static cfi_status draw_all(const gains *g, cfi_error *error)
{
    enum { GAIN_STEPS = 64 }; /* of a pair: a normal number, a root, a power and an exponential */
    size_t K = g->network->K, pairs = K * g->network->L, bad;
    shared_gains shared = {.gains = *g, .bad = pairs};

    threads_share(g->network->threads, g->network->L, threads_part(GAIN_STEPS * K), draw_part_of, &shared);
    bad = shared.bad;
    return bad == pairs ? CFI_OK : bad_gain(g->network, (pair){.l = bad / K, .k = bad % K}, g->beta[bad], error);
}

cfi_status propagation_draw(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const propagation_model *model = propagation_of(network->system);
    size_t pairs = network->K * network->L;
    gains g = {.network = network, .model = model, .beta = arena_alloc(arena, pairs, sizeof *g.beta)};
    cfi_arena_mark mark;
    cfi_status status;

    if (model->line_of_sight) {
        g.line_of_sight = arena_alloc(arena, pairs, sizeof *g.line_of_sight);
    }
    if (!g.beta || (model->line_of_sight && !g.line_of_sight)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a network");
    }
    network->beta = g.beta;
    network->line_of_sight = g.line_of_sight;
    network->rician_factor = model->rician_factor;
    mark = arena_mark(arena);
    status = shadowing_prepare(network, arena, &g.shadowing, error);
    if (status == CFI_OK) {
        status = draw_all(&g, error);
    }
    arena_release(arena, mark);
    return status;
}
