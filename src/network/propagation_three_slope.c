/* Three slopes: constant up to 10 m, then by the second power of the distance, from 50 m on by its power of 3.5, where
 * there is shadowing, too. The model of much work on cell-free networks, from H. Q. Ngo, A. Ashikhmin, H. Yang,
 * E. G. Larsson, T. L. Marzetta, IEEE Trans. Wireless Commun. 16 (2017), at 1.9 GHz with antennas at 15 m and 1.65 m.
 * docs/model.md (M1). */
#include "network/propagation.h"

#include <math.h>

static const double NEAR_M = 10.0, FAR_M = 50.0, KILOMETRE = 1000.0;
/* Gain at a kilometre, and the shadowing's standard deviation beyond FAR_M. */
static const double AT_KILOMETRE = -140.7 * PROPAGATION_DECIBEL, FAR_STD = 8.0 * PROPAGATION_DECIBEL;

static double three_slopes(const cfi_system *system, const propagation_path *path)
{
    double near = log(fmax(path->distance_m, NEAR_M) / KILOMETRE), far = log(fmax(path->distance_m, FAR_M) / KILOMETRE);

    (void)system;
    /* beyond FAR_M both logarithms are one; nearer, the slope of 1.5 above the second power stands still */
    return exp(AT_KILOMETRE - 2.0 * near - 1.5 * far);
}

static double far_shadowing(const cfi_system *system, const propagation_path *path)
{
    return path->distance_m > FAR_M ? propagation_std(system, FAR_STD) : 0.0;
}

extern const propagation_model propagation_three_slope; /* of the table in propagation.c */
const propagation_model propagation_three_slope = {
    .name = "three_slope", .gain = three_slopes, .shadowing_std = far_shadowing};
