/* The largest common rate, as the root of a convex problem's least factor of budget and limits. docs/model.md (M30)
 *
 * For R_k = weight_k c let g(c) be the least factor of budget and limits: powers exist where g(c) <= 1. With one user,
 * g = t / (G - t V), so that 1 / g is linear in 1 / t: Newton's method is applied to 1 / g as a function of 1 / tau,
 * tau the SINR that the largest weight asks for, with dg / dc = sum_k lambda_k I_k / t_k dt_k / dc from the
 * multipliers, between a c that has been reached and one that has not. */
#include "alloc/globals.h"

#include "alloc/constants.h"
#include "alloc/globals_dual.h"
#include "alloc/level.h"
#include "base/units.h"

#include <math.h>
#include <string.h>

/* 1 / g - 1 that is aimed at, and that is near enough: of the order of the solver's tolerance. What is left of the
 * budget then raises all powers. */
static const double RAISE_AIM = 2e-9, RAISE_ENOUGH = 8e-9;
/* The same after many solutions, where the solver is less exact. */
static const double RAISE_LATE_ENOUGH = 1e-7;
enum { RAISE_LATE = 12 };
/* Relative: a bound that is nearer is good enough. */
static const double NEAR_BOUND = 5e-8;
/* Relative: a bracket so narrow has no inside. */
static const double RAISE_WIDTH = 1e-12;
/* Relative: a rate and its bound that are so near are the answer of the small dual. */
static const double DUAL_RATE_PROVED = 1e-8;
/* Of the largest c there may be: below it nothing is left to raise. */
static const double RAISE_NOTHING = 1e-9;

double globals_most_sinr(const alloc_problem *problem, size_t k, double budget)
{
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double g = problem->signal[problem_at(problem, k, l)];

        sum += g > 0.0 ? g * g / (problem_load(problem, k, k, l) + 1.0 / budget) : 0.0;
    }
    return sum;
}

typedef struct raise_job {
    globals_drop *drop;
    const globals_goal *goal;
    double *target;      /* K: of the question that is asked */
    double largest;      /* weight */
    double low, high;    /* c that has been reached (-1: none), and one that cannot be */
    globals_answer best; /* at low */
    globals_answer *now;
    globals_raised *out;
    globals_answer dual; /* of the small dual, which left something open: its rate (0: none), and no powers have more */
    double dual_common, dual_bound;
} raise_job;

static void set_targets(const raise_job *job, double common)
{
    for (size_t k = 0; k < job->drop->problem->K; k++) {
        double raised = rates_sinr(job->drop->link->system, job->goal->weight[k] * common);

        job->target[k] = fmax(raised, job->goal->least[k]);
    }
}

static globals_ask ask_factor(const raise_job *job)
{
    return (globals_ask){.sensing = {.held = job->goal->held, .budget = POWER_RAISED, .limits = POWER_RAISED},
                         .target = job->target};
}

/* The largest c that one user's noise, own interference and the budget leave. */
static double largest_common(const raise_job *job)
{
    const alloc_problem *problem = job->drop->problem;
    double least = INFINITY;

    for (size_t k = 0; k < problem->K; k++) {
        if (job->goal->weight[k] > 0.0) {
            double sinr = globals_most_sinr(problem, k, job->drop->coupled.budget);

            least = fmin(least, rates_of_sinr(job->drop->link->system, sinr) / job->goal->weight[k]);
        }
    }
    return least;
}

/* min_k R_k / weight_k of a point. */
static double common_of(const raise_job *job, const alloc_point *point, alloc_values *values)
{
    const cfi_system *system = job->drop->link->system;
    double least = INFINITY;

    problem_evaluate(job->drop->problem, point, values);
    for (size_t k = 0; k < job->drop->problem->K; k++) {
        if (job->goal->weight[k] > 0.0) {
            least = fmin(least, rates_of_sinr(system, values_sinr(values, k)) / job->goal->weight[k]);
        }
    }
    return least;
}

/* A first guess: every access point's share of the budget, along the signal gains. */
static double guess_common(const raise_job *job, alloc_values *values)
{
    const alloc_problem *problem = job->drop->problem;
    alloc_point *point = job->now->point;
    double common;

    memset(point->w, 0, problem->K * problem->stride * sizeof *point->w);
    for (size_t l = 0; l < problem->L; l++) {
        bool idle = job->drop->coupled.information.idle[l];

        point->s[l] = 0.0;
        point->x[l] = idle ? 0.0 : fmin(1.0, job->drop->coupled.limit[l]);
        if (!idle) {
            problem_set_power(problem, l, point->w, 0.0, point->x[l]);
        }
    }
    common = common_of(job, point, values);
    return common > 0.0 && common < job->high ? common : 0.5 * job->high;
}

/* dg / dc at the answer, whose multipliers have the sum 1. */
static double slope_of(const raise_job *job, double common, alloc_values *values)
{
    const alloc_problem *problem = job->drop->problem;
    const cfi_system *system = job->drop->link->system;
    double sum = 0.0;

    problem_evaluate(problem, job->now->point, values);
    for (size_t k = 0; k < problem->K; k++) {
        double raised = rates_sinr(system, job->goal->weight[k] * common), t = job->target[k];

        if (raised > 0.0 && raised >= t) {
            double slope = (1.0 + t) * job->goal->weight[k] * LN2 / system->frame.prelog;

            sum += job->now->multipliers.lambda[k] * values->interference[k] / t * slope;
        }
    }
    return sum;
}

/* The next c by Newton's method from the answer at `common`, or NaN where that leads out of the bracket. */
static double newton_common(const raise_job *job, double common, double slope)
{
    const cfi_system *system = job->drop->link->system;
    double tau = rates_sinr(system, job->largest * common), g = job->now->factor;
    double per_tau = (1.0 + tau) * job->largest * LN2 / system->frame.prelog;
    double rise = slope / (g * g) * tau * tau / per_tau; /* d (1 / g) / d (1 / tau) */
    double inverse = 1.0 / tau + (1.0 + RAISE_AIM - 1.0 / g) / rise, next;

    if (!(inverse > 0.0) || !isfinite(inverse)) {
        return NAN;
    }
    next = rates_of_sinr(system, 1.0 / inverse) / job->largest;
    return next < job->high && next > job->low ? next : NAN;
}

/* Between the ends in their logarithms; a tenth of the upper one where no lower one is known. */
static double middle_common(const raise_job *job)
{
    return job->low > 0.0 ? sqrt(job->low * job->high) : 0.1 * job->high;
}

static void note_reached(globals_raised *out, double common)
{
    if (out->trace && out->count < GLOBALS_MOST_RAISES) {
        out->trace[out->count] = common;
    }
    out->count++;
}

/* The last answer is the best one. */
static void hold_answer(raise_job *job, double common)
{
    globals_answer spare = job->best;

    job->low = common;
    job->best = *job->now;
    job->now->point = spare.point;
    job->now->multipliers = spare.multipliers;
}

static void keep_reached(raise_job *job, double common)
{
    hold_answer(job, common);
    note_reached(job->out, common);
}

/* Asks at `common` and moves an end of the bracket there. *next: where to ask next. *done: nothing is left to ask. */
static cfi_status ask_at(raise_job *job, double common, alloc_values *values, double *next, bool *done,
                         cfi_error *error)
{
    globals_ask ask = ask_factor(job);
    double slope, rest;
    cfi_status status;

    set_targets(job, common);
    status = globals_find(job->drop, &ask, job->now, error);
    *next = NAN;
    if (status != CFI_OK || job->now->end != GLOBALS_FOUND) {
        *done = status == CFI_OK && job->now->end == GLOBALS_FAILED && job->low > 0.0 &&
                job->high - job->low < RAISE_LATE_ENOUGH * job->high;
        job->high = common;
        return status;
    }
    slope = slope_of(job, common, values);
    rest = 1.0 / job->now->factor - 1.0;
    *next = newton_common(job, common, slope);
    *done = rest >= 0.0 && rest <= (job->out->count > RAISE_LATE ? RAISE_LATE_ENOUGH : RAISE_ENOUGH);
    if (rest >= 0.0) {
        keep_reached(job, common);
    } else {
        *done = !(slope > 0.0); /* whatever asks for too much is none of what is raised */
        job->high = common;
    }
    return CFI_OK;
}

/* The least c, a little above the one that was reached, that the multipliers prove beyond reach. */
static double prove_bound(raise_job *job, double common)
{
    globals_ask ask = ask_factor(job);
    double most = job->drop->coupled.budget;

    for (double above = 1e-11; above < 0.1; above *= 2.0) {
        set_targets(job, common * (1.0 + above));
        if (globals_bound(job->drop, &ask, most, &job->best.multipliers) > 1.0) {
            return common * (1.0 + above);
        }
    }
    return NAN;
}

/* Where those multipliers prove little, or the solver proves its bounds itself: it is asked a little above. */
static cfi_status ask_bound(raise_job *job, double common, double *bound, cfi_error *error)
{
    globals_ask ask = ask_factor(job);
    cfi_status status = CFI_OK;
    bool proved = false;

    for (double above = 1e-8; status == CFI_OK && !proved && above < 1e-4; above *= 5.0) {
        if (*bound <= common * (1.0 + above)) {
            break;
        }
        set_targets(job, common * (1.0 + above));
        status = globals_find(job->drop, &ask, job->now, error);
        proved = status == CFI_OK && job->now->end == GLOBALS_FOUND && job->now->bound > 1.0;
        *bound = proved ? common * (1.0 + above) : *bound;
    }
    return status;
}

/* The best point takes what is left of budget and limits. */
static void spend_rest(const raise_job *job, alloc_values *values)
{
    const alloc_problem *problem = job->drop->problem;
    alloc_point *point = job->best.point;
    double by = 1.0 / job->best.factor;

    rows_scale(problem->K * problem->stride, sqrt(by), point->w);
    rows_scale(problem->stride, by, point->x);
    rows_scale(problem->stride, by, point->s);
    job->out->common = common_of(job, point, values);
    note_reached(job->out, job->out->common);
}

static cfi_status search_common(raise_job *job, alloc_values *values, cfi_error *error)
{
    double next = guess_common(job, values), most = job->high;
    bool done = false;
    cfi_status status = CFI_OK;

    for (int i = 0; status == CFI_OK && !done && i + 1 < GLOBALS_MOST_RAISES; i++) {
        double at = isnan(next) ? middle_common(job) : next;

        status = ask_at(job, at, values, &next, &done, error);
        done = done || (job->low > 0.0 && job->high - job->low <= RAISE_WIDTH * job->high) ||
               job->high < RAISE_NOTHING * most;
    }
    return status;
}

/* Whether the last point has the rates `common` and all else that is held, to rounding. */
static bool point_holds(const raise_job *job, double common)
{
    globals_ask ask = ask_factor(job);
    double by;

    set_targets(job, common * (1.0 - RAISE_WIDTH));
    job->now->factor = globals_scale(job->drop, &ask, job->now->point, &by);
    return job->now->factor <= 1.0 + FEASIBLE_ROUNDING;
}

/* What the small dual found stands beside what the solvers will. */
static cfi_status keep_dual(raise_job *job, cfi_error *error)
{
    job->dual_bound = job->out->bound;
    if (!point_holds(job, job->out->common)) {
        return CFI_OK;
    }
    if (!globals_room(job->drop, &job->dual)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", job->drop->problem->K);
    }
    globals_copy_answer(job->drop, job->now, &job->dual);
    job->dual.end = GLOBALS_FOUND;
    job->dual.why = NULL;
    job->dual_common = job->out->common;
    return CFI_OK;
}

/* The better one of both, and the better bound. */
static void merge_dual(raise_job *job)
{
    globals_raised *out = job->out;

    if (job->dual_common > 0.0 && !(out->common >= job->dual_common)) {
        globals_copy_answer(job->drop, &job->dual, &job->best);
        job->low = out->common = job->dual_common;
        note_reached(out, out->common);
    }
    out->bound = job->low > 0.0 ? fmin(out->bound, job->dual_bound) : out->bound;
}

/* By the small dual, if it covers the question and what it finds proves itself; else with questions to the solvers. */
static cfi_status search_by_dual(raise_job *job, alloc_values *values, bool *found, cfi_error *error)
{
    globals_answer spare = job->best;
    cfi_status status;

    *found = false;
    if (!job->drop->structured) {
        return CFI_OK;
    }
    status = globals_dual_raise(job->drop, job->goal, job->high, job->now, job->out, error);
    if (status != CFI_OK || job->out->end != GLOBALS_FOUND) {
        return status;
    }
    job->best = *job->now;
    spend_rest(job, values);
    *found = job->out->bound <= job->out->common * (1.0 + DUAL_RATE_PROVED);
    if (*found) {
        job->low = job->out->common;
        job->now->point = spare.point;
        job->now->multipliers = spare.multipliers;
    } else {
        job->best = spare;
        job->out->count = 0;
        status = keep_dual(job, error);
    }
    return status;
}

/* ----------------------------------------------------------------- by prices alone ---- */

/* Whether all rates are raised, and nobody asked for cone problems. */
static bool levels(const raise_job *job)
{
    const alloc_problem *problem = job->drop->problem;
    bool all = !globals_by_cones(job->drop) && level_applies(problem);

    for (size_t k = 0; k < problem->K; k++) {
        all = all && job->goal->weight[k] > 0.0;
    }
    return all;
}

/* Whether the level is above all targets that hold in any case, and the point keeps what sensing is held to. */
static bool level_is_enough(const raise_job *job, double common)
{
    for (size_t k = 0; k < job->drop->problem->K; k++) {
        if (rates_sinr(job->drop->link->system, job->goal->weight[k] * common) < job->goal->least[k]) {
            return false;
        }
    }
    return point_holds(job, common);
}

/* What has been proved of the level goes to the answer; *done: nothing is left to search for. Else what sensing and
 * targets take from is known. */
static cfi_status try_level(raise_job *job, alloc_values *values, bool *done, cfi_error *error)
{
    const alloc_problem *problem = job->drop->problem;
    const cfi_system *system = problem->link->system;
    double unit = system->frame.prelog / LN2, trace[LEVEL_MOST];
    level_result level = {.lambda = job->now->multipliers.lambda, .trace = trace};
    level_ask ask = {.weight = job->goal->weight, .stop = job->drop->options->stop};
    cfi_status status = level_rates(problem, &ask, job->drop->arena, job->now->point, &level, error);

    job->now->iterations += level.evaluations;
    job->drop->priced = true;
    if (status != CFI_OK || !level.proved) {
        return status;
    }
    *done = level_is_enough(job, unit * level.reached);
    if (*done) {
        for (size_t i = 0; i + 1 < level.count; i++) {
            note_reached(job->out, unit * trace[i]);
        }
        job->now->end = GLOBALS_FOUND;
        job->out->bound = unit * level.bound;
        hold_answer(job, unit * level.reached);
        spend_rest(job, values);
    } else {
        job->high = fmin(job->high, unit * level.bound * (1.0 + RAISE_WIDTH)); /* sensing and targets take from it */
    }
    return status;
}

/* The best point has what is left in the end; and a bound. */
static cfi_status search_and_prove(raise_job *job, alloc_values *values, cfi_error *error)
{
    globals_raised *out = job->out;
    bool found = false;
    cfi_status status = levels(job) ? try_level(job, values, &found, error) : CFI_OK;

    if (status == CFI_OK && !found) {
        job->high = fmin(job->high, largest_common(job));
        status = job->high > 0.0 ? search_by_dual(job, values, &found, error) : CFI_OK;
    }
    if (status != CFI_OK || found || !(job->high > 0.0)) {
        return status;
    }
    job->drop->fallbacks += job->drop->structured || job->drop->priced;
    out->common = out->bound = NAN;
    status = search_common(job, values, error);
    if (status == CFI_OK && job->low > 0.0) {
        spend_rest(job, values);
        out->bound = job->drop->problem->coherent ? NAN : prove_bound(job, out->common);
        if (!(out->bound <= out->common * (1.0 + NEAR_BOUND))) {
            status = ask_bound(job, out->common, &out->bound, error);
        }
    } else if (status == CFI_OK) {
        out->bound = job->now->bound;
    }
    if (status == CFI_OK) {
        merge_dual(job);
    }
    return status;
}

cfi_status globals_raise(globals_drop *drop, const globals_goal *goal, globals_answer *answer, globals_raised *out,
                         cfi_error *error)
{
    const alloc_problem *problem = drop->problem;
    alloc_state state;
    raise_job job = {.drop = drop,
                     .goal = goal,
                     .target = arena_alloc(drop->arena, problem->K, sizeof(double)),
                     .low = -1.0,
                     .high = INFINITY,
                     .now = answer,
                     .out = out,
                     .dual_bound = NAN};
    cfi_status status;

    if (!job.target || !globals_room(drop, &job.best) || !problem_state(problem, drop->arena, &state)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", problem->K);
    }
    for (size_t k = 0; k < problem->K; k++) {
        job.largest = fmax(job.largest, goal->weight[k]);
    }
    out->count = 0;
    out->common = out->bound = NAN;
    status = search_and_prove(&job, state.values, error);
    out->end = job.low > 0.0 ? GLOBALS_FOUND : answer->end == GLOBALS_FAILED ? GLOBALS_FAILED : GLOBALS_NONE;
    if (job.low > 0.0) {
        job.best.iterations = answer->iterations;
        *answer = job.best;
    }
    return status;
}

cfi_status globals_feasible(globals_drop *drop, globals_answer *answer, globals_raised *raised, cfi_error *error)
{
    const cfi_system *system = drop->link->system;
    globals_goal goal = {.least = arena_zeros(drop->arena, drop->problem->K, sizeof(double)),
                         .weight = system->allocation.rate_target_bit_s_hz,
                         .held = information_asked(system)};

    return goal.least ? globals_raise(drop, &goal, answer, raised, error)
                      : error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", drop->problem->K);
}
