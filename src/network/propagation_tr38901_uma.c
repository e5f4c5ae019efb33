/* 3GPP TR 38.901, urban macro. docs/model.md (M1). */
#include "network/tr38901.h"

#include <math.h>

static const tr38901_scenario UMA = {
    .sight = {.intercept = 28.0 * PROPAGATION_DECIBEL, .distance = 2.2, .carrier = 2.0},
    .obstructed = {.intercept = 13.54 * PROPAGATION_DECIBEL, .distance = 3.908, .carrier = 2.0},
    .bend = 0.9,
    .sight_std = 4.0 * PROPAGATION_DECIBEL,
    .obstructed_std = 6.0 * PROPAGATION_DECIBEL};

static double uma_gain(const cfi_system *system, const propagation_path *path)
{
    return tr38901_gain(&UMA, system, path);
}

static double uma_std(const cfi_system *system, const propagation_path *path)
{
    return tr38901_std(&UMA, system, path);
}

static double uma_sight(double flat_m)
{
    return tr38901_street_sight(flat_m, 63.0);
}

extern const propagation_model propagation_tr38901_uma; /* of the table in propagation.c */
const propagation_model propagation_tr38901_uma = {.name = "tr38901_uma",
                                                   .gain = uma_gain,
                                                   .shadowing_std = uma_std,
                                                   .line_of_sight = uma_sight,
                                                   .rician_factor = 7.943282347242815}; /* 9 dB, Table 7.5-6 */
