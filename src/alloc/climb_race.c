/* Climbs that are left because they do not catch up with the best start. docs/model.md (M13) */
#include "alloc/climb.h"

#include "alloc/constants.h"

#include <math.h>

/* What the climb has gained in its last evaluations, at most RACE_WINDOW. */
static double gained_lately(const sca_outcome *outcome)
{
    size_t last = outcome->trace_count - 1, before = last > RACE_WINDOW ? last - RACE_WINDOW : 0;

    return outcome->trace[last] - outcome->trace[before];
}

/* Whether each user's rate at the best point is nearly the rival's, beside the mean: the climb is on its way to where
 * that is. */
static bool merges(const climb *c)
{
    const alloc_problem *problem = c->problem;
    double apart = 0.0, all = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double sinr = c->best[k] * c->best[k] / c->best[problem->K + k], rate = log1p(values_sinr(c->rival, k));

        apart = fmax(apart, problem_weight(problem, k) * fabs(log1p(sinr) - rate));
        all += problem_weight(problem, k) * rate;
    }
    return apart * (double)problem->K <= RACE_MERGED * all;
}

race_end climb_race(const climb *c, const sca_outcome *outcome)
{
    double best = c->objective, goal;

    if (!c->rival || outcome->trace_count <= RACE_LEAST || best > c->rival->objective) {
        return RACE_ON;
    }
    goal = c->rival->objective * (1.0 + RACE_WORTH);
    if (best + RACE_PROMISE * gained_lately(outcome) < goal) {
        return RACE_BEHIND;
    }
    return best >= c->rival->objective * (1.0 - RACE_MERGED) && merges(c) ? RACE_MERGES : RACE_ON;
}
