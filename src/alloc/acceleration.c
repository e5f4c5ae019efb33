/* Anderson's acceleration of steps. */
#include "alloc/acceleration.h"

#include <math.h>
#include <string.h>

/* Differences of steps that are kept. */
enum { STEPS_KEPT = 5 };
/* Of an amplitude after a plain step, which an accelerated one leaves at least: from 0 some would not come back. */
static const double LEAST_ACCELERATED = 0.1;

cfi_status acceleration_init(acceleration *a, const alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t n = (problem->K + 1) * problem->stride;

    *a = (acceleration){.from = arena_zeros(arena, n, sizeof(double)), .to = arena_zeros(arena, n, sizeof(double))};
    if (!a->from || !a->to) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the acceleration of %zu unknowns", n);
    }
    return anderson_init(&a->steps, n, STEPS_KEPT, arena, error);
}

static void write_coordinates(const alloc_problem *problem, const alloc_point *point, double *row)
{
    size_t pairs = problem->K * problem->stride;

    memcpy(row, point->w, pairs * sizeof *row);
    for (size_t l = 0; l < problem->L; l++) {
        row[pairs + l] = sqrt(fmax(point->s[l], 0.0));
    }
}

void acceleration_learn(acceleration *a, const alloc_problem *problem, const alloc_point *from, const alloc_point *to)
{
    write_coordinates(problem, from, a->from);
    write_coordinates(problem, to, a->to);
    anderson_learn(&a->steps, a->from, a->to, 0.0);
}

void acceleration_forget(acceleration *a)
{
    anderson_forget(&a->steps);
}

void acceleration_point(acceleration *a, const alloc_problem *problem, double share, alloc_point *point)
{
    size_t pairs = problem->K * problem->stride;
    const double *plain = a->steps.last_g;
    double follower;

    anderson_next(&a->steps, a->to, &follower);
    for (size_t i = 0; i < pairs + problem->stride; i++) {
        a->to[i] = fmax(plain[i] + share * (a->to[i] - plain[i]), LEAST_ACCELERATED * plain[i]);
    }
    memcpy(point->w, a->to, pairs * sizeof *point->w);
    for (size_t l = 0; l < problem->L; l++) {
        point->s[l] = a->to[pairs + l] * a->to[pairs + l];
    }
}
