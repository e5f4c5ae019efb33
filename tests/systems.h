/* Hand-made systems for tests: explicit gains, angles and pilots, everything else plain. */
#ifndef TESTS_SYSTEMS_H
#define TESTS_SYSTEMS_H

#include "cfisac/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A system with the storage its pointers refer to. */
typedef struct made_system {
    cfi_system system;
    double *gain, *angle, *threshold, *limit;
    size_t *pilot;
} made_system;

static inline double made_uniform(cfi_stream *stream, double low, double high)
{
    double u;

    random_uniforms(stream, 1, &u);
    return low + (high - low) * u;
}

/* The paper's numbers with L APs, K users, N x M antennas, gains log-normal about 0.3, angles within 60 degrees,
 * and orthogonal pilots. Everything random comes from `seed`. */
static inline made_system make_system(uint64_t seed, size_t L, size_t K, size_t N, size_t M)
{
    made_system made = {.gain = malloc(K * L * sizeof(double)),
                        .angle = malloc(L * sizeof(double)),
                        .threshold = malloc(L * sizeof(double)),
                        .limit = malloc(L * sizeof(double)),
                        .pilot = malloc(K * sizeof(size_t))};
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 4711);

    random_normals(&stream, K * L, made.gain);
    for (size_t i = 0; i < K * L; i++) {
        made.gain[i] = 0.3 * exp(1.6 * made.gain[i]);
    }
    for (size_t l = 0; l < L; l++) {
        made.angle[l] = made_uniform(&stream, -1.0471975511965976, 1.0471975511965976);
        made.threshold[l] = 0.31622776601683794;
        made.limit[l] = INFINITY;
    }
    for (size_t k = 0; k < K; k++) {
        made.pilot[k] = k;
    }
    made.system = (cfi_system){.seed = seed,
                               .L = L,
                               .K = K,
                               .N = N,
                               .M = M,
                               .propagation.gain = made.gain,
                               .frame.tau_p = K,
                               .frame.tau_c = 200,
                               .frame.T = K > 30 ? K : 30,
                               .frame.prelog = 1.0 - (double)K / 200.0,
                               .frame.pilot_power_w = 1e-3,
                               .frame.pilot_assignment = CFI_PILOTS_EXPLICIT,
                               .frame.pilot = made.pilot,
                               .precoding.draws = 1000,
                               .power.budget_w = 1e-3,
                               .power.comm_noise_w = 1e-6,
                               .power.sensing_noise_w = 1e-6,
                               .sensing.angle_rad = made.angle,
                               .sensing.path_gain = 0.01,
                               .sensing.path_phase_rad = 0.7853981633974483,
                               .sensing.crlb_model = CFI_CRLB_OWN_ECHO,
                               .sensing.crlb_threshold_rad2 = made.threshold,
                               .rate_model = CFI_RATE_EXACT,
                               .allocation.method = CFI_METHOD_SCA,
                               .allocation.equal_fraction = 0.5,
                               .allocation.heuristic_fraction = 0.3,
                               .allocation.surrogate = CFI_SURROGATE_PRODUCT,
                               .allocation.crlb_constraint = CFI_CRLB_EXACT,
                               .allocation.solver = CFI_SOLVER_SOCP,
                               .allocation.max_iterations = 200,
                               .allocation.tolerance = 1e-6,
                               .monte_carlo.drops = 1,
                               .geometry.area_m = {250.0, 250.0},
                               .propagation.reference_distance_m = 100.0,
                               .propagation.path_loss_exponent = 3.2};
    return made;
}

/* Pilots k mod tau_p. */
static inline void reuse_pilots(made_system *made, size_t tau_p)
{
    for (size_t k = 0; k < made->system.K; k++) {
        made->pilot[k] = k % tau_p;
    }
    made->system.frame.tau_p = tau_p;
    made->system.frame.prelog = 1.0 - (double)tau_p / 200.0;
}

static inline void free_system(made_system *made)
{
    free(made->gain);
    free(made->angle);
    free(made->threshold);
    free(made->limit);
    free(made->pilot);
}

#endif
