/* The climb where users have rate targets. docs/model.md (M32)
 *
 * States have lifts (response.h), which rise until all targets are met: a climb has no use for the objective of points
 * that do not. It follows the map, accelerated, until the gap is likely to be small; then it lands, on a point of the
 * last answer's directions that meets the targets, and goes on from there until the gap of that point is small. */
#include "alloc/climb.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

/* The first point that meets all targets is where the trace begins. */
void climb_keep_landed(climb *c, sca_outcome *outcome)
{
    if (c->met && c->work->candidate.values->objective <= c->at->values->objective) {
        return;
    }
    for (size_t i = 0; !c->met && i < outcome->trace_count; i++) {
        outcome->trace[i] = c->work->candidate.values->objective;
    }
    problem_copy_state(c->problem, &c->work->candidate, c->at);
    c->objective = c->at->values->objective;
    c->met = true;
}

bool climb_land(climb *c)
{
    const alloc_state *candidate = &c->work->candidate;

    response_read(&c->map, candidate->point);
    return isfinite(sca_complete(c->problem, candidate)) &&
           landing_meet(&c->landing, candidate, c->state + response_lifts(&c->map)) &&
           isfinite(candidate->values->objective);
}

/* The landed point is the next state; its lifts are those of the answer. */
static void go_on_from_landed(climb *c)
{
    size_t lifts = response_lifts(&c->map);

    climb_state_of(c, &c->work->candidate, c->best);
    memcpy(c->best + lifts, c->state + lifts, c->problem->K * sizeof *c->best);
    memcpy(c->state, c->best, c->n * sizeof *c->state);
    coordinates_of_state(&c->coordinates, c->state, c->from);
    c->landed = c->feasible = true;
}

/* The landed point cannot be improved by much: the end, unless another one was better, or silent users grow there. */
static bool ends_at_landed(climb *c, sca_outcome *outcome, double small)
{
    const alloc_state *landed = &c->work->candidate;

    if (landed->values->objective < c->objective * (1.0 - small)) {
        climb_state_of(c, c->at, c->best);
        climb_restart(c);
        c->landed = true;
        return false;
    }
    if (climb_revive_silent(c)) {
        c->feasible = c->landed = false;
        anderson_forget(&c->history);
        return false;
    }
    climb_end(outcome, "tolerance");
    return true;
}

/* Lifts that rise without end: users of one pilot between whom the map goes to and fro, or targets that cannot be met.
 */
static bool is_astray(const climb *c)
{
    double highest = 0.0;

    for (size_t i = response_lifts(&c->map); i < c->n; i++) {
        highest = fmax(highest, c->answer[i]);
    }
    return !(highest <= HIGHEST_LIFT);
}

bool climb_on_to_targets(climb *c, sca_outcome *outcome, double small)
{
    double gain;
    bool landed = c->landed;

    if (!response_answer(&c->map, c->state, c->answer, &c->value) || is_astray(c)) {
        return false;
    }
    c->objective = c->met ? c->objective : c->value.objective;
    climb_damp(c);
    climb_count(c, outcome);
    gain = c->value.gain + (landed ? c->value.slack : 0.0);
    if (c->feasible && gain * (landed ? 1.0 : c->reach_ratio) <= small * c->objective) {
        if (landed) {
            return !ends_at_landed(c, outcome, small);
        }
        if (climb_land(c)) {
            climb_keep_landed(c, outcome);
            go_on_from_landed(c);
            return true;
        }
    }
    c->landed = false;
    climb_advance(c, small);
    return true;
}

/* Lifts that are nearer to those at which the answer has just the targets, by the acceleration; u, I and z stay. */
static void improve_lifts(climb *c)
{
    size_t lifts = response_lifts(&c->map);
    double mu;

    coordinates_of_state(&c->coordinates, c->state, c->from);
    memcpy(c->to, c->from, c->n * sizeof *c->to);
    memcpy(c->to + lifts, c->answer + lifts, c->problem->K * sizeof *c->to);
    anderson_learn(&c->history, c->from, c->to, c->map.mu);
    anderson_next(&c->history, c->reach, &mu);
    for (size_t i = lifts; i < c->n; i++) {
        c->state[i] = fmin(fmax(c->reach[i], 0.0), HIGHEST_LIFT);
    }
}

double climb_gap_with_targets(climb *c)
{
    double least = INFINITY,
           small = fmax(CERTIFIED_GAIN * c->problem->link->system->allocation.tolerance, ROUNDING_GAIN);

    if (is_astray(c)) {
        memset(c->state + response_lifts(&c->map), 0, c->problem->K * sizeof *c->state);
    }
    anderson_forget(&c->history);
    for (size_t i = 0; i < CERTIFICATES && !(least <= small * c->at->values->objective); i++) {
        response_value value;

        if (!response_answer(&c->map, c->state, c->answer, &value)) {
            break;
        }
        least = fmin(least, fmax(value.gain + value.slack, 0.0));
        improve_lifts(c);
    }
    anderson_forget(&c->history);
    return least;
}
