/* The least position error bound of the target. docs/model.md (M30), (M32) */
#include "alloc/globals.h"
#include "alloc/raised.h"

#include <math.h>

static double measure_min_position_error(const cfi_system *system, const cfi_evaluation *evaluation)
{
    (void)system;
    return evaluation->position_error_m;
}

/* The information asked for is that of the threshold, or of a metre where there is none (information.h). */
static double position_error(const cfi_system *system, double factor)
{
    double threshold = system->sensing.position_threshold_m;

    return (threshold > 0.0 ? threshold : 1.0) / sqrt(factor);
}

extern const alloc_objective objective_min_position_error; /* read by objective.c alone */
const alloc_objective objective_min_position_error = {.name = "min_position_error",
                                                      .unit = "m",
                                                      .of_powers = raised_value,
                                                      .reported = position_error,
                                                      .measured = measure_min_position_error,
                                                      .raises = 1U << INFORMATION_POSITION,
                                                      .surrogate = raised_surrogate,
                                                      .complete = problem_complete,
                                                      .stop = objective_little_is_left,
                                                      .goal = goal_of_information};
