/* The small dual: its optimum by an interior-point method. docs/model.md (M31) */
#include "alloc/dual_steps.h"

#include <math.h>

/* Iterations; 10 to 25 are usual, 40 where sensing alone decides. */
enum { DUAL_ITERATIONS = 100, DUAL_CAREFUL_AFTER = 40 };
/* Iterates with the gap that is asked for, after which what is left of conditions on multipliers is rounding, which
 * whoever proves something by them repairs. */
enum { ROUNDED = 2 };
/* Of the way to the nearest bound. */
static const double PART_OF_WAY = 0.99;
/* Least and, after many iterations, usual part of products that is aimed at. */
static const double LEAST_CENTRING = 1e-6, CAREFUL_PART = 0.3;
/* Products are kept at no less than this part of what residuals are worth: they must not vanish before those. */
static const double KEPT = 0.1;
/* Residuals of constraints, relative, at an end; a step that leads nowhere. */
static const double DUAL_MET = 1e-6, DUAL_SHORTEST = 1e-10;
/* Relative residuals at which an iterate may be kept for a problem beside this one. */
static const double ROUGH = 0.3;
/* A relative gap at which an iterate that gets no further is an answer. */
static const double NEAR_ENOUGH = 1e-8;

static double length_to_bound(double length, double value, double step)
{
    return step < 0.0 && -value > length * step ? -value / step : length;
}

static double reach_of_step(const dual_program *p)
{
    double length = INFINITY;

    for (size_t i = 0; i < p->pairs; i++) {
        if (p->price[i] > 0.0) {
            length =
                length_to_bound(length_to_bound(length, p->slack[i], p->slack_step[i]), p->price[i], p->price_step[i]);
        }
    }
    return length;
}

/* Products a part of the step away, in sum; and those of the steps. */
static double look_ahead(dual_program *p, double length)
{
    double sum = 0.0;

    for (size_t i = 0; i < p->pairs; i++) {
        p->second[i] = p->slack_step[i] * p->price_step[i];
        sum += (p->slack[i] + length * p->slack_step[i]) * (p->price[i] + length * p->price_step[i]);
    }
    return sum;
}

static void move_along(dual_program *p, double length)
{
    for (size_t i = 0; i < p->pairs; i++) {
        p->slack[i] += length * p->slack_step[i];
        p->price[i] += length * p->price_step[i];
    }
    p->theta += length * p->theta_step;
    p->f += length * p->f_step;
}

static bool iterate_once(dual_program *p, const dual_remains *left, bool careful)
{
    double mean = left->product / (double)left->pairs, share, length;

    if (!dual_assemble(p)) {
        return false;
    }
    dual_take_steps(p, &(dual_goal){.target = 0.0, .correct = false});
    share = fmax(look_ahead(p, fmin(reach_of_step(p), 1.0)), 0.0) / left->product;
    share = careful ? fmax(share, CAREFUL_PART) : fmax(share * share * share, LEAST_CENTRING);
    share = fmax(share, KEPT * fmax(left->primal, left->worth) * fabs(left->objective) / left->product);
    dual_take_steps(p, &(dual_goal){.target = fmin(share, 1.0) * mean, .correct = !careful});
    length = fmin(PART_OF_WAY * reach_of_step(p), 1.0);
    if (!(length > DUAL_SHORTEST)) {
        return false;
    }
    move_along(p, length);
    return true;
}

/* Nothing more can be had: what there is may be as good as rounding allows. */
static bool is_near(const dual_program *p, const dual_remains *left)
{
    return isfinite(left->product) && left->product <= NEAR_ENOUGH * fabs(p->theta) && left->primal <= DUAL_MET;
}

bool dual_run(dual_program *p, dual_ask *ask)
{
    dual_remains left = {.product = INFINITY};
    size_t within = 0;

    ask->kept = false;
    for (size_t i = 0; i < DUAL_ITERATIONS; i++) {
        double theta, rest;

        left = dual_look(p);
        theta = fabs(left.objective);
        rest = fmax(left.primal, left.worth);
        within = left.product <= ask->gap * theta && left.primal <= DUAL_MET ? within + 1 : 0;
        if (within > 0 && (left.worth <= ask->gap || within >= ROUNDED)) {
            return true;
        }
        if (!isfinite(left.product + rest) ||
            (p->aim == DUAL_LEAST_FACTOR && rest <= ROUGH && left.objective - left.product > ask->beyond)) {
            return false;
        }
        if (ask->keep && !ask->kept && left.product <= theta && rest <= ROUGH) {
            dual_keep(p, ask->keep);
            ask->kept = true;
        }
        p->iterations++;
        if (!iterate_once(p, &left, i >= DUAL_CAREFUL_AFTER)) {
            break;
        }
    }
    return is_near(p, &left);
}
