/* The feasible completion of a point whose sensing constraints couple access points. docs/model.md (M28)
 *
 * All powers are scaled by the largest common factor within budget and limits, which raises every SINR and all that is
 * known of the target. Where that is not enough the point goes towards the powers of largest margin: information is
 * concave in powers, so that the least share of them which is enough is found by halves. */
#include "alloc/problem.h"

#include "alloc/constants.h"

#include <math.h>

static double common_scale(const alloc_problem *problem, const alloc_point *point)
{
    double total = 0.0, factor;

    for (size_t l = 0; l < problem->L; l++) {
        total += point->x[l] + point->s[l];
    }
    if (!(total > 0.0)) {
        return 1.0;
    }
    factor = problem->budget / total;
    for (size_t l = 0; problem->limited && l < problem->L; l++) {
        double q = point->x[l] + point->s[l];

        factor = q > 0.0 ? fmin(factor, problem->limit[l] / q) : factor;
    }
    return factor;
}

static void scale_point(const alloc_problem *problem, double factor, alloc_point *point)
{
    double root = sqrt(factor);

    for (size_t i = 0; i < problem->K * problem->stride; i++) {
        point->w[i] *= root;
    }
    for (size_t l = 0; l < problem->L; l++) {
        point->x[l] *= factor;
        point->s[l] *= factor;
    }
}

/* Users of an access point keep their shares of its power. */
static void mix_point(const alloc_problem *problem, double share, alloc_point *point)
{
    const alloc_coupled *coupled = problem->coupled;

    for (size_t l = 0; l < problem->L; l++) {
        double x = point->x[l] + share * (coupled->x[l] - point->x[l]);

        if (x != point->x[l]) {
            problem_set_power(problem, l, point->w, point->x[l], x);
        }
        point->x[l] = x;
        point->s[l] += share * (coupled->s[l] - point->s[l]);
    }
}

/* At the largest factor rounding may leave the total above the budget. */
static bool is_within(const alloc_problem *problem, const alloc_point *point)
{
    double total = 0.0;
    bool within = true;

    for (size_t l = 0; l < problem->L; l++) {
        double q = point->x[l] + point->s[l];

        total += q;
        within = within && !(q > problem->limit[l] * (1.0 + FEASIBLE_ROUNDING));
    }
    return within && total <= problem->budget * (1.0 + FEASIBLE_ROUNDING);
}

bool complete_coupled(const alloc_problem *problem, alloc_point *point)
{
    double share;

    problem_clip(problem, point->w, point->x);
    for (size_t l = 0; l < problem->L; l++) {
        point->s[l] = fmax(point->s[l], 0.0);
    }
    scale_point(problem, common_scale(problem, point), point);
    if (!problem->coupled) {
        return is_within(problem, point);
    }
    share = coupled_share(problem->coupled, point->x, point->s, problem->scratch);
    if (share > 0.0) {
        mix_point(problem, share, point);
    }
    return coupled_is_feasible(problem->coupled) && is_within(problem, point);
}
