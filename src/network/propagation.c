/* Large-scale gains of one drop by the system's model of propagation. docs/model.md (M1). */
#include "network/propagation.h"

#include "base/threads.h"

#include <math.h>
#include <stdatomic.h>

#define DECLARE(constant, word) extern const propagation_model propagation_##word;
#define ROW(constant, word)     [CFI_PROPAGATION_##constant] = &propagation_##word,

CFI_PROPAGATION_MODELS(DECLARE)

static const propagation_model *const models[CFI_PROPAGATION_COUNT] = {CFI_PROPAGATION_MODELS(ROW)};

const propagation_model *propagation_of(const cfi_system *system)
{
    return models[system->propagation.model];
}

enum { PAIRS = 128 }; /* whose shadowing is drawn at once */

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

/* The shadowing's normal numbers of the pairs from `at` on, at every second place of `normal`. A stream a pair:
 * scenario keeps indices below 65536. */
static void draw_normals(const cfi_network *network, pair at, size_t count, double *normal)
{
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_SHADOWING, 0);
    uint32_t index[PAIRS];

    for (size_t i = 0; i < count; i++) {
        index[i] = (uint32_t)(at.l * 65536 + at.k);
        next_pair(&at, network->K);
    }
    random_normal_pairs(&stream, count, index, normal);
}

static cfi_status bad_gain(const cfi_network *network, pair at, double gain, cfi_error *error)
{
    return error_set(error, CFI_INVALID,
                     "/network: the gain between access point %zu and user %zu of drop %u is %g (allowed: a "
                     "finite number > 0; move them apart or change the path loss)",
                     at.l, at.k, network->drop, gain);
}

/* What the threads share. */
typedef struct gains {
    const cfi_network *network;
    double *beta;
    atomic_size_t bad; /* the first pair whose gain is none, as l K + k; K L: all are fine */
} gains;

static void note_bad_pair(gains *g, size_t bad)
{
    size_t known = g->bad;

    while (bad < known && !atomic_compare_exchange_weak(&g->bad, &known, bad)) {
    }
}

/* Gains of access points first .. end - 1, up to the first that is none. */
static void draw_gains_of(void *context, size_t thread, size_t first, size_t end)
{
    gains *g = context;
    const cfi_network *network = g->network;
    const propagation_model *model = propagation_of(network->system);
    double normal[2 * PAIRS];
    pair at = {.l = first};

    (void)thread;
    for (size_t done = network->K * first; done < network->K * end; done += PAIRS) {
        size_t left = network->K * end - done, take = left < PAIRS ? left : PAIRS;

        draw_normals(network, at, take, normal);
        for (size_t i = 0; i < take; i++) {
            double distance = model->distance(network, at.k, at.l);
            double gain =
                model->shadowing(network->system, distance, normal[2 * i]) * model->gain(network->system, distance);

            g->beta[done + i] = gain;
            if (!isfinite(gain) || !(gain > 0.0)) {
                note_bad_pair(g, done + i);
                return;
            }
            next_pair(&at, network->K);
        }
    }
}

cfi_status propagation_draw(const cfi_network *network, double *beta, cfi_error *error)
{
    enum { STEPS = 64 }; /* of a pair: a normal number, a root, a power and an exponential */
    size_t K = network->K, pairs = K * network->L, bad;
    gains g = {.network = network, .beta = beta, .bad = pairs};

    threads_share(network->threads, network->L, threads_part(STEPS * K), draw_gains_of, &g);
    bad = g.bad;
    return bad == pairs ? CFI_OK : bad_gain(network, (pair){.l = bad / K, .k = bad % K}, beta[bad], error);
}
