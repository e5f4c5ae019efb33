/* The least power that meets all that is asked. docs/model.md (M30) */
#include "alloc/globals.h"

/* Watts radiated by all access points. */
static double measure_min_power(const cfi_system *system, const cfi_evaluation *evaluation)
{
    (void)system;
    return evaluation->power_w;
}

extern const alloc_objective objective_min_power; /* read by objective.c alone */
const alloc_objective objective_min_power = {.name = "min_power", .unit = "W", .measured = measure_min_power, .goal = goal_of_power};
