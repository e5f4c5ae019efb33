/* 3GPP TR 38.901, urban micro, street canyon. docs/model.md (M1). */
#include "network/tr38901.h"

#include <math.h>

static const tr38901_scenario UMI = {
    .sight = {.intercept = 32.4 * PROPAGATION_DECIBEL, .distance = 2.1, .carrier = 2.0},
    .obstructed = {.intercept = 22.4 * PROPAGATION_DECIBEL, .distance = 3.53, .carrier = 2.13},
    .bend = 0.95,
    .sight_std = 4.0 * PROPAGATION_DECIBEL,
    .obstructed_std = 7.82 * PROPAGATION_DECIBEL};

static double umi_gain(const cfi_system *system, const propagation_path *path)
{
    return tr38901_gain(&UMI, system, path);
}

static double umi_std(const cfi_system *system, const propagation_path *path)
{
    return tr38901_std(&UMI, system, path);
}

static double umi_sight(double flat_m)
{
    return tr38901_street_sight(flat_m, 36.0);
}

extern const propagation_model propagation_tr38901_umi; /* of the table in propagation.c */
const propagation_model propagation_tr38901_umi = {.name = "tr38901_umi",
                                                   .gain = umi_gain,
                                                   .shadowing_std = umi_std,
                                                   .line_of_sight = umi_sight,
                                                   .rician_factor = 7.943282347242815}; /* 9 dB, Table 7.5-6 */
