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
    double follower;

    write_coordinates(problem, from, a->from);
    write_coordinates(problem, to, a->to);
    anderson_learn(&a->steps, a->from, a->to, 0.0);
    anderson_next(&a->steps, a->to, &follower);
}

void acceleration_forget(acceleration *a)
{
    anderson_forget(&a->steps);
}

/* Number i of the coordinates at that share of the way. */
static double coordinate_at(const acceleration *a, double share, size_t i)
{
    double plain = a->steps.last_g[i];

    return fmax(plain + share * (a->to[i] - plain), LEAST_ACCELERATED * plain);
}

void acceleration_point(const acceleration *a, const alloc_problem *problem, double share, alloc_point *point)
{
    size_t pairs = problem->K * problem->stride;

    for (size_t i = 0; i < pairs; i++) {
        point->w[i] = coordinate_at(a, share, i);
    }
    for (size_t l = 0; l < problem->L; l++) {
        double root = coordinate_at(a, share, pairs + l);

        point->s[l] = root * root;
    }
}
