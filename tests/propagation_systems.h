/* Systems and paths that tests of propagation look at. */
#ifndef TESTS_PROPAGATION_SYSTEMS_H
#define TESTS_PROPAGATION_SYSTEMS_H

#include "network/propagation.h"

#include <math.h>

/* A carrier of 3.5 GHz, shadowing by the model, everything else plain. */
static inline cfi_system system_of(cfi_propagation_kind model, double height_m)
{
    return (cfi_system){.seed = 9,
                        .L = 3,
                        .K = 2,
                        .N = 1,
                        .M = 1,
                        .geometry.area_m = {300.0, 200.0},
                        .geometry.min_distance_m = 50.0,
                        .geometry.placement = CFI_PLACEMENT_NONE,
                        .geometry.height_difference_m = height_m,
                        .propagation.model = model,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.path_loss_exponent = 3.2,
                        .propagation.carrier_hz = 3.5e9,
                        .propagation.shadowing_std = -1.0,
                        .propagation.shadowing_decorrelation_m = 9.0,
                        .propagation.shadowing_split = 0.5,
                        .frame.tau_p = 2,
                        .sensing.path_gain = 0.01};
}

static inline propagation_path path_of(double flat_m, double height_m, bool line_of_sight)
{
    return (propagation_path){
        .flat_m = flat_m, .distance_m = sqrt(flat_m * flat_m + height_m * height_m), .line_of_sight = line_of_sight};
}

#endif
