/* The feasible completion of a point where signals have directions. docs/model.md (M13), (M21) */
#include "alloc/problem.h"

#include "alloc/constants.h"

#include <math.h>

/* Amplitudes of AP l, clipped; their powers' sum goes to x. */
static cfi_aim clip_ap(const alloc_problem *problem, size_t l, alloc_point *point)
{
    const cfi_aim *aim = problem->link->directions.aim + problem->K * l;
    cfi_aim sum = {.lit = 0.0};

    point->x[l] = 0.0;
    for (size_t k = 0; k < problem->K; k++) {
        double *w = &point->w[problem_at(problem, k, l)], power;

        *w = *w > 0.0 ? *w : 0.0;
        power = *w * *w;
        point->x[l] += power;
        sum.lit += power * aim[k].lit;
        sum.turned += power * aim[k].turned;
        sum.mixed += power * aim[k].mixed;
    }
    return sum;
}

/* Powers of AP l by a plan; returns their aim. */
static cfi_aim apply_plan(const alloc_problem *problem, size_t l, const directed_plan *plan, alloc_point *point)
{
    const directed_mix *best = &problem->sensing.best[l];

    if (plan->factor != 1.0 || plan->keep != 1.0) {
        for (size_t k = 0; k < problem->K; k++) {
            double *w = &point->w[problem_at(problem, k, l)];

            *w = sqrt(directed_power(plan, best, k, *w * *w));
        }
    }
    return clip_ap(problem, l, point);
}

/* Every access point senses well enough within its limit; aims to sensing.aim. Returns what all radiate. */
static double fit_all(const alloc_problem *problem, alloc_point *point)
{
    const alloc_sensing *sensing = &problem->sensing;
    double total = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        cfi_aim aim = clip_ap(problem, l, point);
        double s = fmin(fmax(point->s[l], 0.0), directed_least_beam(&sensing->directed[l], &aim));
        directed_plan plan =
            directed_fit(&sensing->directed[l], &sensing->best[l], &aim, point->x[l], s, problem->limit[l]);

        sensing->aim[l] = apply_plan(problem, l, &plan, point);
        point->s[l] = plan.s;
        total += point->x[l] + plan.s;
    }
    return total;
}

/* Goes so far towards the best mixes, which need `least` in all, that the budget is enough. */
static void give_up_some(const alloc_problem *problem, double total, double least, alloc_point *point)
{
    const alloc_sensing *sensing = &problem->sensing;
    double share = fmax((problem->budget - least) / (total - least), 0.0);

    for (size_t l = 0; l < problem->L; l++) {
        directed_plan plan = {.factor = 1.0, .keep = 1.0, .x = point->x[l], .s = point->s[l]};

        directed_keep(&plan, &sensing->best[l], problem->K, share);
        sensing->aim[l] = apply_plan(problem, l, &plan, point);
        point->s[l] = plan.s;
    }
}

/* Sensing power of AP l once its users' powers are c times as large; no more than it has at c = 1, where rounding may
 * say otherwise. */
static double beam_at(const alloc_problem *problem, const alloc_point *point, size_t l, double c)
{
    const cfi_aim *now = &problem->sensing.aim[l];
    cfi_aim aim = {.lit = c * now->lit, .turned = c * now->turned, .mixed = c * now->mixed};

    return fmin(directed_least_beam(&problem->sensing.directed[l], &aim), point->s[l]);
}

static bool fits(const alloc_problem *problem, const alloc_point *point, double c)
{
    double total = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double q = c * point->x[l] + beam_at(problem, point, l, c);

        if (q > problem->limit[l]) {
            return false;
        }
        total += q;
    }
    return total <= problem->budget;
}

/* The largest factor >= 1 of all powers for users within budget and limits: what each access point radiates is a convex
 * function of it, so that up to there every one fits. */
static double largest_factor(const alloc_problem *problem, const alloc_point *point)
{
    double sum = 0.0, low = 1.0, high;

    for (size_t l = 0; l < problem->L; l++) {
        sum += point->x[l];
    }
    high = sum > 0.0 ? problem->budget / sum : 1.0;
    for (int i = 0; i < HALVES && high > low; i++) {
        double c = i == 0 ? high : 0.5 * (low + high);

        *(fits(problem, point, c) ? &low : &high) = c;
    }
    return low;
}

static void scale_users(const alloc_problem *problem, double c, alloc_point *point)
{
    double root = sqrt(c);

    for (size_t l = 0; l < problem->L; l++) {
        point->s[l] = beam_at(problem, point, l, c);
        point->x[l] *= c;
    }
    for (size_t i = 0; i < problem->K * problem->stride; i++) {
        point->w[i] *= root;
    }
}

bool complete_directed(const alloc_problem *problem, alloc_point *point)
{
    double budget = problem->budget, least = 0.0, total = fit_all(problem, point), end = 0.0;
    bool within = true;

    for (size_t l = 0; l < problem->L; l++) {
        least += 1.0 / problem->sensing.best[l].information;
    }
    if (least > budget * (1.0 + FEASIBLE_ROUNDING)) {
        return false;
    }
    if (total > budget) {
        give_up_some(problem, total, least, point);
    }
    scale_users(problem, largest_factor(problem, point), point);
    for (size_t l = 0; l < problem->L; l++) {
        double q = point->x[l] + point->s[l];

        end += q;
        within = within && !(q > problem->limit[l] * (1.0 + FEASIBLE_ROUNDING));
    }
    return within && end <= budget * (1.0 + FEASIBLE_ROUNDING);
}
