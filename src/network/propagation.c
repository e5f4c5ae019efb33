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

static double draw_gain(const cfi_network *network, const propagation_model *model, size_t k, size_t l)
{
    const cfi_system *system = network->system;
    double distance = model->distance(network, k, l), normal;
    /* a stream a pair: scenario keeps indices below 65536 */
    cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_SHADOWING, (uint32_t)(l * 65536 + k));

    random_normals(&stream, 1, &normal);
    return model->shadowing(system, distance, normal) * model->gain(system, distance);
}

cfi_status propagation_draw(const cfi_network *network, double *beta, cfi_error *error)
{
    const propagation_model *model = propagation_of(network->system);

    for (size_t l = 0; l < network->L; l++) {
        for (size_t k = 0; k < network->K; k++) {
            double gain = draw_gain(network, model, k, l);

            if (!isfinite(gain) || !(gain > 0.0)) {
                return error_set(
                    error, CFI_INVALID,
                    "/network: the gain between access point %zu and user %zu of drop %u is %g (allowed: a "
                    "finite number > 0; move them apart or change the path loss)",
                    l, k, network->drop, gain);
            }
            beta[k + network->K * l] = gain;
        }
    }
    return CFI_OK;
}
