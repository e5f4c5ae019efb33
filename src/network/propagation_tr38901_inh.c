/* 3GPP TR 38.901, indoor hotspot, the mixed office. docs/model.md (M1). */
#include "network/tr38901.h"

#include <math.h>

static const tr38901_scenario INH = {
    .sight = {.intercept = 32.4 * PROPAGATION_DECIBEL, .distance = 1.73, .carrier = 2.0},
    .obstructed = {.intercept = 17.3 * PROPAGATION_DECIBEL, .distance = 3.83, .carrier = 2.49},
    .sight_std = 3.0 * PROPAGATION_DECIBEL,
    .obstructed_std = 8.03 * PROPAGATION_DECIBEL};

static double inh_gain(const cfi_system *system, const propagation_path *path)
{
    return tr38901_gain(&INH, system, path);
}

static double inh_std(const cfi_system *system, const propagation_path *path)
{
    return tr38901_std(&INH, system, path);
}

/* Certain up to 1.2 m; the rate of decay changes at 6.5 m, where the table has a step of 0.004. */
static double inh_sight(double flat_m)
{
    if (flat_m <= 1.2) {
        return 1.0;
    }
    return flat_m < 6.5 ? exp(-(flat_m - 1.2) / 4.7) : 0.32 * exp(-(flat_m - 6.5) / 32.6);
}

extern const propagation_model propagation_tr38901_inh; /* of the table in propagation.c */
const propagation_model propagation_tr38901_inh = {.name = "tr38901_inh",
                                                   .gain = inh_gain,
                                                   .shadowing_std = inh_std,
                                                   .line_of_sight = inh_sight,
                                                   .rician_factor = 5.011872336272722}; /* 7 dB, Table 7.5-6 */
