/* Large-scale gains of one drop by the system's model of propagation. docs/model.md (M1). */
#include "network/propagation.h"

#include <math.h>

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

static void advance(pair *at, size_t K)
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
        advance(&at, network->K);
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

cfi_status propagation_draw(const cfi_network *network, double *beta, cfi_error *error)
{
    const propagation_model *model = propagation_of(network->system);
    size_t pairs = network->K * network->L;
    double normal[2 * PAIRS];
    pair at = {.l = 0};

    for (size_t done = 0; done < pairs; done += PAIRS) {
        size_t take = pairs - done < PAIRS ? pairs - done : PAIRS;

        draw_normals(network, at, take, normal);
        for (size_t i = 0; i < take; i++) {
            double distance = model->distance(network, at.k, at.l);
            double gain =
                model->shadowing(network->system, distance, normal[2 * i]) * model->gain(network->system, distance);

            if (!isfinite(gain) || !(gain > 0.0)) {
                return bad_gain(network, at, gain, error);
            }
            beta[done + i] = gain;
            advance(&at, network->K);
        }
    }
    return CFI_OK;
}
