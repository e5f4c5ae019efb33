/* The least position error bound of the target. docs/model.md (M30) */
#include "alloc/globals.h"

static double measure_min_position_error(const cfi_system *system, const cfi_evaluation *evaluation)
{
    (void)system;
    return evaluation->position_error_m;
}

extern const alloc_objective objective_min_position_error; /* read by objective.c alone */
const alloc_objective objective_min_position_error = {
    .name = "min_position_error", .unit = "m", .measured = measure_min_position_error, .goal = goal_of_information};
