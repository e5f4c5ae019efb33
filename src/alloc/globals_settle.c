/* Makes a point of the solver's keep what is held: by a common factor of all powers, or by one for each user.
 * docs/model.md (M30) */
#include "alloc/globals.h"

#include "alloc/constants.h"
#include "alloc/equations.h"

#include <math.h>

/* Power in all and the largest q_l over its limit, of a point. */
typedef struct radiation {
    double total, share;
} radiation;

static radiation radiation_of(const globals_drop *drop, const coupled_ask *ask, const alloc_point *point)
{
    radiation sum = {0.0, 0.0};

    for (size_t l = 0; l < drop->problem->L; l++) {
        double q = point->x[l] + point->s[l];

        sum.total += q;
        sum.share = fmax(sum.share, q / coupled_limit_asked(&drop->coupled, ask, l));
    }
    return sum;
}

/* The least factor of all powers at which user k has its target; infinite: none is enough. */
static double factor_for_user(double u, double interference, double target)
{
    double left = u * u - target * (interference - 1.0);

    return left > 0.0 ? target / left : INFINITY;
}

static double factor_for_users(const globals_drop *drop, const globals_ask *ask, const alloc_point *point,
                               alloc_values *values)
{
    double factor = 0.0;

    problem_evaluate(drop->problem, point, values);
    for (size_t k = 0; k < drop->problem->K; k++) {
        if (ask->target[k] > 0.0) {
            factor = fmax(factor, factor_for_user(values->u[k], values->interference[k], ask->target[k]));
        }
    }
    return factor;
}

static void scale_powers(const alloc_problem *problem, double factor, alloc_point *point)
{
    rows_scale(problem->K * problem->stride, sqrt(factor), point->w);
    for (size_t l = 0; l < problem->L; l++) {
        point->x[l] *= factor;
        point->s[l] *= factor;
    }
}

/* The largest factor within what is held of budget and limits; infinite: nothing is. */
static double room_above(const globals_drop *drop, const coupled_ask *ask, const radiation *now)
{
    double room = INFINITY;

    if (ask->budget == POWER_HELD && now->total > 0.0) {
        room = coupled_budget(&drop->coupled, ask) / now->total;
    }
    if (ask->limits == POWER_HELD && now->share > 0.0) {
        room = fmin(room, 1.0 / now->share);
    }
    return room;
}

/* g of a point, of radiation `now` and information `values`. */
static double factor_of(const globals_drop *drop, const coupled_ask *ask, const radiation *now,
                        const information_values *values)
{
    double factor = 0.0;

    if (ask->raised) {
        return information_margin(&drop->coupled.information, ask->raised, values, values, 0.0);
    }
    if (ask->budget == POWER_RAISED) {
        factor = now->total / coupled_budget(&drop->coupled, ask);
    }
    return ask->limits == POWER_RAISED ? fmax(factor, now->share) : factor;
}

/* What the solver left short of own rows that are held, which may ask for little beside what an access point has: more
 * of whichever power tells more. */
static void lift_point(const globals_drop *drop, unsigned held, alloc_point *point)
{
    const alloc_information *information = &drop->coupled.information;

    for (size_t i = 0; i < information->owns; i++) {
        const information_own *own = &information->own[i];

        for (size_t l = 0; (held >> own->kind & 1) && l < information->L; l++) {
            double missing = 1.0 - own->x[l] * point->x[l] - own->s[l] * point->s[l], x = point->x[l];

            if (!(missing > 0.0)) {
                continue;
            }
            if (own->s[l] >= own->x[l]) {
                point->s[l] += own->s[l] > 0.0 ? missing / own->s[l] : 0.0;
            } else {
                point->x[l] = x + missing / own->x[l];
                problem_set_power(drop->problem, l, point->w, x, point->x[l]);
            }
        }
    }
}

double globals_scale(const globals_drop *drop, const globals_ask *ask, alloc_point *point, double *by)
{
    const alloc_information *information = &drop->coupled.information;
    cfi_arena *arena = drop->arena;
    cfi_arena_mark mark = arena_mark(arena);
    double *row = arena_alloc(arena, information_rows(information) + 1 + 2 * drop->problem->K, sizeof *row);
    information_values values = {.row = row};
    alloc_values users = {.u = NULL};
    double needed, factor = NAN, room;
    radiation now;

    if (row) {
        users.u = row + information_rows(information) + 1;
        users.interference = users.u + drop->problem->K;
        lift_point(drop, ask->sensing.held, point);
        information_evaluate(information, point->x, point->s, &values);
        needed = fmax(factor_for_users(drop, ask, point, &users),
                      1.0 / information_margin(information, ask->sensing.held, &values, &values, 0.0));
        now = radiation_of(drop, &ask->sensing, point);
        room = room_above(drop, &ask->sensing, &now);
        if (needed < INFINITY && needed <= room * (1.0 + FEASIBLE_ROUNDING)) {
            *by = ask->sensing.raised && room < INFINITY ? fmax(room, needed) : fmax(needed, 0.0);
            scale_powers(drop->problem, *by, point);
            now = radiation_of(drop, &ask->sensing, point);
            information_evaluate(information, point->x, point->s, &values);
            factor = factor_of(drop, &ask->sensing, &now, &values);
        }
    }
    arena_release(arena, mark);
    return factor;
}

/* What a unit of alpha_j, the factor of all powers of user j, is in I_k. */
static double heard_from(const alloc_problem *problem, const alloc_point *point, size_t k, size_t j)
{
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double w = point->w[problem_at(problem, j, l)];

        sum += w > 0.0 ? problem_load(problem, k, j, l) * w * w : 0.0;
    }
    for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
        if (problem->mate[m] == j) {
            double z =
                rows_product(problem->stride, problem_coherent_row(problem, k, m), point->w + problem->stride * j);

            sum += z * z;
        }
    }
    return sum;
}

/* The factors of users' powers with which all targets are met exactly, K linear equations; false where there are none
 * above 0. matrix: K x (K + 1). */
static bool solve_factors(const globals_drop *drop, const globals_ask *ask, const alloc_point *point, double *matrix)
{
    const alloc_problem *problem = drop->problem;
    size_t K = problem->K;

    for (size_t k = 0; k < K; k++) {
        const double *signal = problem->signal + problem->stride * k;
        double u = rows_product(problem->stride, signal, point->w + problem->stride * k), t = ask->target[k];

        for (size_t j = 0; j < K; j++) {
            matrix[k + K * j] = t > 0.0 ? -heard_from(problem, point, k, j) : 0.0;
        }
        matrix[k + K * k] += t > 0.0 ? u * u / t : 1.0;
        matrix[k + K * K] = 1.0;
        for (size_t l = 0; t > 0.0 && l < problem->L; l++) {
            matrix[k + K * K] += problem->sensing_load[problem_at(problem, k, l)] * point->s[l];
        }
    }
    if (!equations_solve(K, matrix)) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        if (!(matrix[k + K * K] > 0.0) || !isfinite(matrix[k + K * K])) {
            return false;
        }
    }
    return true;
}

/* Gives every user just what its target asks for, along the solver's directions. */
static bool trim_users(const globals_drop *drop, const globals_ask *ask, alloc_point *point)
{
    const alloc_problem *problem = drop->problem;
    size_t K = problem->K;
    double *matrix = arena_alloc(drop->arena, K * (K + 1), sizeof *matrix);

    if (!matrix || !solve_factors(drop, ask, point, matrix)) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        rows_scale(problem->stride, sqrt(matrix[k + K * K]), point->w + problem->stride * k);
    }
    for (size_t l = 0; l < problem->L; l++) {
        point->x[l] = 0.0;
        for (size_t k = 0; k < K; k++) {
            double w = point->w[problem_at(problem, k, l)];

            point->x[l] += w * w;
        }
    }
    return true;
}

double globals_settle(const globals_drop *drop, const globals_ask *ask, alloc_point *point, double *by)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    alloc_point *other = problem_point(drop->problem, drop->arena);
    double factor, second = NAN, second_by = 1.0;

    if (other) {
        problem_copy(drop->problem, point, other);
        second = trim_users(drop, ask, other) ? globals_scale(drop, ask, other, &second_by) : NAN;
    }
    factor = globals_scale(drop, ask, point, by);
    if (isfinite(second) && !(ask->sensing.raised ? second <= factor : second >= factor)) {
        problem_copy(drop->problem, other, point);
        factor = second;
        *by = second_by;
    }
    arena_release(drop->arena, mark);
    return factor;
}
