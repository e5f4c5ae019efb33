/* The paper's model: path loss by a power of the distance, log-normal shadowing. docs/model.md (M1).
 *
 *   beta_kl = z_kl (r_h / r_kl)^nu,   ln z_kl normal with standard deviation shadowing_std
 */
#include "network/propagation.h"

#include <math.h>

/* In the plane; `clamp` keeps it from falling below the least distance. */
static double plane_distance(const cfi_network *network, size_t k, size_t l)
{
    const cfi_geometry *geometry = &network->system->geometry;
    const double *ap = network->ap_position_m + 2 * l, *ue = network->ue_position_m + 2 * k;
    double distance = hypot(ap[0] - ue[0], ap[1] - ue[1]);

    return geometry->placement == CFI_PLACEMENT_CLAMP ? fmax(distance, geometry->min_distance_m) : distance;
}

static double power_law(const cfi_system *system, double distance_m)
{
    return pow(system->propagation.reference_distance_m / distance_m, system->propagation.path_loss_exponent);
}

static double log_normal(const cfi_system *system, double distance_m, double normal)
{
    (void)distance_m; /* the same everywhere */
    return exp(system->propagation.shadowing_std * normal);
}

extern const propagation_model propagation_log_distance; /* of the table in propagation.c */
const propagation_model propagation_log_distance = {
    .name = "log_distance", .distance = plane_distance, .gain = power_law, .shadowing = log_normal};
