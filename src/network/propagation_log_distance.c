/* The paper's model: path loss by a power of the distance, log-normal shadowing. docs/model.md (M1).
 *
 *   beta_kl = z_kl c (r_h / r_kl)^nu,   ln z_kl normal with standard deviation shadowing_std
 *
 * c, the gain at the reference distance r_h, is 1 in the paper. */
#include "network/propagation.h"

#include <math.h>

static double power_law(const cfi_system *system, const propagation_path *path)
{
    const cfi_propagation *p = &system->propagation;
    double gain = pow(p->reference_distance_m / path->distance_m, p->path_loss_exponent);

    return p->log_intercept == 0.0 ? gain : exp(p->log_intercept) * gain;
}

static double same_everywhere(const cfi_system *system, const propagation_path *path)
{
    (void)path;
    return propagation_std(system, 7.0 * PROPAGATION_DECIBEL);
}

extern const propagation_model propagation_log_distance; /* of the table in propagation.c */
const propagation_model propagation_log_distance = {
    .name = "log_distance", .gain = power_law, .shadowing_std = same_everywhere};
