/* Who uses which pilot in one drop. docs/model.md (M1). */
#include "network/pilots.h"

#include "network/clusters.h"

static cfi_status out_of_pilot_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the pilots of %zu users", network->K);
}

/* Who shares a pilot with whom, in O(K + tau_p). False when out of memory. */
static bool list_sharers(cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, tau_p = network->system->frame.tau_p;
    size_t *first = arena_alloc(arena, K, sizeof *first), *next = arena_alloc(arena, K, sizeof *next);
    cfi_arena_mark mark = arena_mark(arena);
    size_t *nearest = arena_alloc(arena, tau_p, sizeof *nearest); /* of each pilot's users so far the last, K: none */

    if (!first || !next || !nearest) {
        return false;
    }
    for (size_t i = 0; i < tau_p; i++) {
        nearest[i] = K;
    }
    for (size_t k = 0; k < K; k++) {
        size_t before = nearest[network->pilot[k]];

        first[k] = before < K ? first[before] : k;
        next[k] = K;
        if (before < K) {
            next[before] = k;
            network->pilots_overlap = true;
        }
        nearest[network->pilot[k]] = k;
    }
    network->pilot_first = first;
    network->pilot_next = next;
    arena_release(arena, mark);
    return true;
}

static void assign_cyclically(const cfi_network *network, size_t *pilot)
{
    for (size_t k = 0; k < network->K; k++) {
        pilot[k] = k % network->system->frame.tau_p;
    }
}

static void assign_randomly(const cfi_network *network, size_t *pilot)
{
    for (size_t k = 0; k < network->K; k++) {
        double u;
        cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_PILOT, (uint32_t)k);

        random_uniforms(&stream, 1, &u);
        pilot[k] = (size_t)(u * (double)network->system->frame.tau_p);
    }
}

/* The index of the least number, the lowest of equals. */
static size_t least_of(const double *value, size_t count)
{
    size_t least = 0;

    for (size_t i = 1; i < count; i++) {
        least = value[i] < value[least] ? i : least;
    }
    return least;
}

/* User k has taken a pilot, which every access point then receives more of: received[t + tau_p l]. */
static void receive_pilot(const cfi_network *network, size_t k, size_t pilot, double *received)
{
    for (size_t l = 0; l < network->L; l++) {
        received[pilot + network->system->frame.tau_p * l] += network->beta[k + network->K * l];
    }
}

/* O(K tau_p), and each gain once more. False when out of memory. */
static bool assign_greedily(const cfi_network *network, cfi_arena *arena, size_t *pilot)
{
    size_t K = network->K, tau_p = network->system->frame.tau_p;
    cfi_arena_mark mark = arena_mark(arena);
    double *received, *gain;
    size_t *strongest;

    assign_cyclically(network, pilot); /* the first tau_p users are done */
    if (K <= tau_p) {
        return true;
    }
    received = arena_zeros(arena, tau_p * network->L, sizeof *received);
    gain = arena_alloc(arena, K, sizeof *gain);
    strongest = arena_alloc(arena, K, sizeof *strongest);
    if (!received || !gain || !strongest) {
        return false;
    }
    clusters_strongest_aps(network, gain, strongest);
    for (size_t k = 0; k < K; k++) {
        pilot[k] = k < tau_p ? k : least_of(received + tau_p * strongest[k], tau_p);
        receive_pilot(network, k, pilot[k], received);
    }
    arena_release(arena, mark);
    return true;
}

/* False when out of memory. */
static bool assign_by_word(const cfi_network *network, cfi_arena *arena, size_t *pilot)
{
    switch (network->system->frame.pilot_assignment) {
    case CFI_PILOTS_RANDOM:
        assign_randomly(network, pilot);
        return true;
    case CFI_PILOTS_GREEDY:
        return assign_greedily(network, arena, pilot);
    case CFI_PILOTS_CYCLIC:
    case CFI_PILOTS_EXPLICIT:
        break;
    }
    assign_cyclically(network, pilot);
    return true;
}

cfi_status pilots_assign(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_frame *frame = &network->system->frame;
    size_t *pilot;

    network->pilot = frame->pilot;
    if (frame->pilot_assignment != CFI_PILOTS_EXPLICIT) {
        network->pilot = pilot = arena_alloc(arena, network->K, sizeof *pilot);
        if (!pilot || !assign_by_word(network, arena, pilot)) {
            return out_of_pilot_memory(network, error);
        }
    }
    return list_sharers(network, arena) ? CFI_OK : out_of_pilot_memory(network, error);
}
