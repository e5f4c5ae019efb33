/* Users that lost their power, and may want it back. docs/model.md (M13) */
#include "alloc/search.h"

#include "alloc/constants.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a unit of power for user k at AP l costs the others, by the weights of their interference; where it depends on
 * the stream that is in rows already (take_weights). */
static double cost_of(const alloc_search *s, const double *weight, size_t k, size_t l)
{
    const alloc_problem *problem = &s->problem;
    double cost = 0.0;

    if (problem->load_by_stream) {
        return s->ascent.work.trial.point->w[problem_at(problem, k, l)];
    }

    for (size_t i = 0; i < problem->K; i++) {
        cost += weight[i] * problem_load(problem, i, k, l);
    }
    return cost;
}

/* What a unit of power of AP l costs user k at a stationary point, by what it is worth to the active users: slope =
 * price x. Where it costs by stream, what they pay beyond their own cost is the same for all. */
static double price_of(const alloc_search *s, const double *weight, size_t k, size_t l)
{
    const alloc_problem *problem = &s->problem;
    const alloc_state *at = &s->best;
    double x = 0.0, slope = 0.0, own = 0.0;

    for (size_t j = 0; j < problem->K; j++) {
        double u = at->values->u[j], noise = at->values->interference[j], w = at->point->w[problem_at(problem, j, l)];

        slope += problem->signal[problem_at(problem, j, l)] * w * u / (noise + u * u) * problem_weight(problem, j);
        x += w * w;
        own += problem->load_by_stream && w > 0.0 ? w * w * cost_of(s, weight, j, l) : 0.0;
    }
    return problem->load_by_stream ? cost_of(s, weight, k, l) + (slope - own) / x : slope / x;
}

/* What power costs user k at an access point that serves silent users alone, beyond cost_of: the price of the budget,
 * as those with active users have it. */
static double budget_price(const alloc_search *s, const double *weight, size_t k)
{
    const alloc_problem *problem = &s->problem;
    double least = INFINITY;

    for (size_t l = 0; l < problem->L; l++) {
        double price = price_of(s, weight, k, l) - cost_of(s, weight, k, l);

        least = price < least ? price : least; /* not where it is NaN */
    }
    return least > 0.0 && least < INFINITY ? least : 0.0;
}

/* Power for users saves sensing power where that is sent: so much of it is left to pay. */
static double beside_sensing(const alloc_search *s, size_t l)
{
    double incline = s->problem.sensing.incline[l];

    return s->best.point->s[l] > 0.0 && incline > 0.0 ? incline : 1.0;
}

/* The candidate's values become slopes of the objective at the best point, amplitudes of the trial what power costs by
 * stream, where that differs; returns the weights of interference. */
static const double *take_weights(const alloc_search *s)
{
    const alloc_values *at = s->best.values, *to = s->ascent.work.candidate.values;

    s->problem.objective->slopes(&s->problem, at->u, at->interference, to->u, to->interference);
    if (s->problem.load_by_stream) {
        problem_price_streams(&s->problem, to->interference, 0, s->problem.L, s->ascent.work.trial.point->w);
    }
    return to->interference;
}

/* Amplitudes of user k along signal_kl / price_l, into the candidate; false where the test of docs/model.md (M13) says
 * that they are not worth it. */
static bool choose_direction(const alloc_search *s, size_t k)
{
    const alloc_problem *problem = &s->problem;
    bool clusters = problem->link->served && problem->objective->slopes;
    const double *weight = clusters || problem->load_by_stream ? take_weights(s) : NULL;
    double *w = s->ascent.work.candidate.point->w, benefit = 0.0, mu = clusters ? budget_price(s, weight, k) : 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double signal = problem->signal[problem_at(problem, k, l)], price = price_of(s, weight, k, l);

        w[problem_at(problem, k, l)] = 0.0;
        if (clusters && !(signal > 0.0)) {
            continue;
        }
        if (clusters && !(price > 0.0)) {
            price = (cost_of(s, weight, k, l) + mu) * beside_sensing(s, l);
        }
        if (!(price > 0.0)) {
            return false;
        }
        benefit += signal * signal / price;
        w[problem_at(problem, k, l)] = signal / price;
    }
    return benefit * problem_weight(problem, k) > s->best.values->interference[k];
}

/* The objective of the point with the targets that it had before; -INFINITY where they cannot be kept. */
static double keep_targets(alloc_search *s, const alloc_state *state)
{
    return targets_hold(&s->problem, state->values) ||
                   (s->ascent.climb.landing.cross && landing_meet(&s->ascent.climb.landing, state, NULL))
               ? state->values->objective
               : -INFINITY;
}

/* The best point with user k, silent or nearly so, at the most favourable length of its direction goes to s->at.
 * Returns its objective; that of s->best when none is better. */
static double revive_user(alloc_search *s, size_t k)
{
    const alloc_problem *problem = &s->problem;
    const alloc_state *trial = &s->ascent.work.trial;
    double best = s->best.values->objective;

    if (!choose_direction(s, k)) {
        return best;
    }
    for (double scale = 1.0; scale > 1e-12; scale *= 0.5) {
        double next;

        problem_copy(problem, s->best.point, trial->point);
        for (size_t i = problem_at(problem, k, 0); i < problem_at(problem, k + 1, 0); i++) {
            trial->point->w[i] = scale * s->ascent.work.candidate.point->w[i];
        }
        if (!problem->objective->complete(problem, trial->point)) {
            continue;
        }
        next = problem_evaluate(problem, trial->point, trial->values);
        if (problem->target) {
            next = keep_targets(s, trial);
        }
        if (next > best) {
            best = next;
            problem_copy(problem, trial->point, s->at.point);
        }
    }
    return best;
}

/* Appends a later run's trace to the best one's, as far as there is room; it ends at the result in any case. */
static void append_trace(const alloc_search *s, sca_outcome *outcome, const sca_outcome *more)
{
    size_t room = s->problem.link->system->allocation.max_iterations + 1;

    for (size_t i = 1; i < more->trace_count && outcome->trace_count < room; i++) {
        outcome->trace[outcome->trace_count++] = more->trace[i];
    }
    outcome->trace[outcome->trace_count - 1] = more->objective;
    outcome->iterations = outcome->trace_count - 1;
    outcome->status = more->status;
    outcome->stop_reason = more->stop_reason;
    outcome->broke_down = more->broke_down;
    memcpy(outcome->failure, more->failure, sizeof outcome->failure);
    outcome->objective = more->objective;
}

void search_adopt(alloc_search *s)
{
    problem_copy_state(&s->problem, &s->at, &s->best);
    append_trace(s, &s->best_outcome, &s->outcome);
}

/* Says what the later run was for; it goes on with the step numbers of the last start. */
static void name_revival(sca_outcome *outcome, size_t k)
{
    char cause[SCA_FAILURE_LENGTH];

    memcpy(cause, outcome->failure, sizeof cause);
    if (*cause) {
        snprintf(outcome->failure, sizeof outcome->failure, "bringing back user %zu: %.270s", k, cause);
    }
}

static double strongest_at_best(const alloc_search *s)
{
    double strongest = 0.0;

    for (size_t k = 0; k < s->problem.K; k++) {
        strongest = fmax(strongest, values_sinr(s->best.values, k));
    }
    return strongest;
}

cfi_status search_revive(alloc_search *s, cfi_error *error)
{
    const alloc_problem *problem = &s->problem;
    double small = problem->link->system->allocation.tolerance, strongest = strongest_at_best(s);

    for (size_t k = 0; problem->objective->slopes && k < problem->K; k++) {
        double value = s->best.values->objective;
        cfi_status status;

        if (values_sinr(s->best.values, k) > WEAK_SINR * strongest || revive_user(s, k) <= value * (1.0 + small)) {
            continue;
        }
        status = ascent_run(&s->ascent, &s->at, &s->outcome, error);
        if (status != CFI_OK) {
            return status;
        }
        if (s->outcome.objective > value && !s->outcome.short_of_targets) {
            name_revival(&s->outcome, k);
            search_adopt(s);
            strongest = strongest_at_best(s);
        }
    }
    return CFI_OK;
}
