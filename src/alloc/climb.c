/* The accelerated response. docs/model.md (M19). */
#include "alloc/climb.h"

#include "alloc/constants.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

cfi_status climb_init(climb *c, const alloc_problem *problem, cfi_stop *stop, cfi_arena *arena, cfi_error *error)
{
    cfi_status status;

    *c = (climb){.problem = problem, .stop = stop};
    status = response_init(&c->map, problem, arena, error);
    c->n = response_length(&c->map);
    if (status == CFI_OK) {
        status = anderson_init(&c->history, c->n, c->map.pairs > 0 ? DEPTH_SHARED : DEPTH, arena, error);
    }
    if (status == CFI_OK) {
        status = landing_init(&c->landing, problem, arena, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    size_t stride = rows_stride(c->n);
    double *memory = arena_zeros(arena, 8 * stride + 2 * problem->K, sizeof *memory);
    c->fading = arena_alloc(arena, 2 * problem->K, sizeof *c->fading);
    if (!memory || !c->fading) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the accelerated response");
    }
    double **const part[] = {&c->state, &c->answer, &c->best, &c->origin, &c->from, &c->to, &c->reach};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        *part[i] = memory + i * stride;
    }
    c->damped = c->map.damping ? memory + 7 * stride : c->answer;
    c->coordinates =
        (coordinates){.problem = problem, .measure = memory + 8 * stride, .shift = memory + 8 * stride + problem->K};
    c->revived = c->fading + problem->K;
    return CFI_OK;
}

static void copy_state(const climb *c, double *to, const double *from)
{
    memcpy(to, from, c->n * sizeof *to);
}

/* The state of coordinates c->reach, which become c->from. */
static void go_to_reach(climb *c, const double *answer)
{
    double *reached = c->reach;

    coordinates_to_state(&c->coordinates, reached, answer, c->state);
    c->reach = c->from;
    c->from = reached;
}

/* The answer, or the damped one, is the next state; its coordinates are c->to. */
static void go_to_answer(climb *c, const double *answer)
{
    double *answered = c->to;

    copy_state(c, c->state, answer);
    c->to = c->from;
    c->from = answered;
}

/* ------------------------------------------------------------------- evaluations and restarts ---- */

void climb_count(climb *c, sca_outcome *outcome)
{
    c->evaluations++;
    outcome->iterations++;
    outcome->trace[outcome->trace_count++] = c->objective;
}

/* What is damped, and the objective to expect of that. */
void climb_damp(climb *c)
{
    const alloc_problem *problem = c->problem;
    alloc_values values = {.u = c->damped, .interference = c->damped + problem->K};

    c->expected = c->value.objective;
    if (c->map.damping) {
        coordinates_damp(&c->coordinates, c->map.damping, c->state, c->answer, c->damped);
        c->expected = fmax(problem->objective->value(problem, &values), c->value.objective);
    }
}

static climb_memory memory_of(const response *map)
{
    return (climb_memory){.mu = map->mu, .cases = map->cases, .free_scale = map->free_scale};
}

/* The best answer once more, to the bit. */
static void answer_again(climb *c)
{
    response_value value;

    c->map.mu = c->begun.mu;
    c->map.cases = c->begun.cases;
    c->map.free_scale = c->begun.free_scale;
    response_answer(&c->map, c->origin, c->answer, &value);
}

/* False when the map has no answer there. */
static bool take_answer(climb *c, sca_outcome *outcome)
{
    climb_memory begun = memory_of(&c->map);
    bool answered = response_answer(&c->map, c->state, c->answer, &c->value);

    c->held = answered && c->value.objective > c->objective;
    if (c->held) {
        c->raised = c->evaluations;
        c->objective = c->value.objective;
        copy_state(c, c->best, c->answer);
        copy_state(c, c->origin, c->state);
        c->begun = begun;
        c->in_point = false;
    }
    if (answered) {
        climb_damp(c);
    }
    climb_count(c, outcome);
    return answered;
}

void climb_restart(climb *c)
{
    copy_state(c, c->state, c->best);
    coordinates_of_state(&c->coordinates, c->state, c->from);
    c->feasible = true;
    anderson_forget(&c->history);
}

/* The extrapolation c->state was too long, as happens across a kink: shorter ones, and then plain steps that show the
 * map as it is there, the more of them the more often in a row that happened. */
static void retreat(climb *c, sca_outcome *outcome)
{
    double before = c->objective;

    coordinates_of_state(&c->coordinates, c->best, c->to);
    for (size_t i = 0; i < RETREATS && c->evaluations < c->end && !(c->objective > before); i++) {
        for (size_t j = 0; j < c->n; j++) {
            c->reach[j] = c->to[j] + RETREAT * (c->from[j] - c->to[j]);
        }
        go_to_reach(c, c->best);
        take_answer(c, outcome);
    }
    c->retreats++;
    c->plain = 2 * c->retreats < MOST_PLAIN ? 2 * c->retreats : MOST_PLAIN;
    climb_restart(c);
}

/* ------------------------------------------------------------------- between two points ---- */

/* u, I and z of a point that was evaluated. */
void climb_state_of(const climb *c, const alloc_state *at, double *state)
{
    const alloc_problem *problem = c->problem;
    size_t K = problem->K;

    memcpy(state, at->values->u, K * sizeof *state);
    memcpy(state + K, at->values->interference, K * sizeof *state);
    pairs_hear(problem, (pairs_rows){.rows = at->point->w}, 0, K, state + 2 * K, NULL);
}

/* Amplitudes of answers stand where the candidate's do: both are never needed at once, and are as large as the drop's
 * data. Not where landings read an answer twice, nor before a run. */
static void lend_rows(climb *c)
{
    if (c->work && c->map.pairs > 0 && !c->problem->target && !c->problem->load_by_stream) {
        response_lend(&c->map, c->work->candidate.point->w);
    }
}

static void take_candidate(climb *c)
{
    problem_swap_states(&c->work->candidate, c->at);
    lend_rows(c);
}

/* Puts the best point into at->point, unless that is as good to the last bit. */
static void recover_best(climb *c)
{
    if (c->in_point) {
        return;
    }
    if (!c->held) {
        answer_again(c);
    }
    response_read(&c->map, c->work->candidate.point);
    if (sca_complete(c->problem, &c->work->candidate) >= c->at->values->objective) {
        take_candidate(c);
    }
    climb_state_of(c, c->at, c->best);
    c->in_point = true;
}

/* A point becomes one on the way to it from another; where information couples access points, in powers, which keep
 * what both of them keep. */
static void mix_points(const climb *c, const alloc_point *from, double share, alloc_point *to)
{
    const alloc_problem *problem = c->problem;
    double *w = to->w;

    for (size_t j = 0; j < problem->K * problem->stride; j++) {
        w[j] = c->map.coupled ? sqrt(from->w[j] * from->w[j] + share * (w[j] * w[j] - from->w[j] * from->w[j]))
                              : from->w[j] + share * (w[j] - from->w[j]);
    }
    memcpy(to->x, from->x, problem->stride * sizeof *from->x); /* numbers, until it is complete */
    for (size_t l = 0; l < problem->L; l++) {
        to->s[l] = from->s[l] + share * (to->s[l] - from->s[l]);
    }
}

/* The plain step from the best point lowers the objective, but its direction raises it: the feasible set is convex, and
 * the gain, linearised, is positive. Goes to the first point between them that is better. False when none is. */
static bool search_between(climb *c, sca_outcome *outcome)
{
    const alloc_state *trial = &c->work->candidate;
    double share = 0.5;

    recover_best(c);
    c->map.free_scale = false; /* from here on, since only the best answer is known to gain */
    for (size_t i = 0; i < HALVINGS && c->evaluations < c->end; i++, share *= 0.5) {
        double objective;

        if ((i == 0 || c->map.lent) && !response_answer(&c->map, c->best, c->answer, &c->value)) {
            return false;
        }
        response_read(&c->map, trial->point);
        mix_points(c, c->at->point, share, trial->point);
        objective = sca_complete(c->problem, trial);
        if (objective > c->objective) {
            c->raised = c->evaluations;
            c->objective = objective;
            take_candidate(c);
            climb_state_of(c, c->at, c->best);
            climb_count(c, outcome);
            climb_restart(c);
            return true;
        }
        climb_count(c, outcome);
    }
    return false;
}

/* The climb came to an end below its best point: back there, and on by plain steps. Users that were alive there, and
 * are silent now, stay alive. */
static void go_back(climb *c)
{
    for (size_t k = 0; k < c->problem->K; k++) {
        if (c->state[k] == 0.0 && c->best[k] > 0.0) {
            c->revived[k] = REVIVALS;
        }
    }
    c->plain = MOST_PLAIN;
    climb_restart(c);
}

/* ------------------------------------------------------------------------------ the climb ---- */

/* Whether a plain step, after which the gain is a certificate, is likely to end the climb. At a feasible point the gain
 * is of the second order in the distance to the fixed point. */
static bool is_near_end(const climb *c, double small)
{
    bool quiet = fabs(c->value.objective - c->last_objective) <= QUIET_CHANGE * c->objective;
    double likely = anderson_residual(&c->history) * c->reach_ratio;

    return (c->unchecked >= SOON && likely <= SECOND_ORDER * small * c->objective) ||
           (c->unchecked >= UNCHECKED && quiet);
}

/* Learns the answer to the state that it is the answer to. */
static void learn_answer(climb *c)
{
    size_t K = c->problem->K;
    double moved = log(c->map.scale);

    for (size_t k = 0; k < K && moved != 0.0; k++) {
        c->from[k] += moved;
        c->from[K + k] += 2.0 * moved;
    }
    coordinates_of_state(&c->coordinates, c->damped, c->to);
    climb_weigh_users(c);
    anderson_learn(&c->history, c->from, c->to, c->map.mu);
}

/* Logarithms of an extrapolation stay near those of the answer. */
CLONES(static, void, bound_reach, (size_t count, const double *restrict to, double *restrict reach), (count, to, reach))
{
    for (size_t i = 0; i < count; i++) {
        double low = to[i] - FARTHEST, high = to[i] + FARTHEST, reached = reach[i] > low ? reach[i] : low;

        reach[i] = reached < high ? reached : high;
    }
}

/* From the answer on: by a plain step where the gain is likely to be small enough there; by one that is damped where
 * that was asked for; else by extrapolation. */
void climb_advance(climb *c, double small)
{
    const double *answer = c->damped;
    size_t lifts = response_lifts(&c->map);
    double mu;
    bool plain = false;

    climb_silence_fading(c);
    learn_answer(c);
    c->reach_ratio = fmax(anderson_next(&c->history, c->reach, &mu), 1.0);
    c->map.mu = mu > 0.0 ? mu : c->map.mu;
    if (is_near_end(c, small)) {
        plain = true;
        answer = c->answer;
        c->unchecked = 0;
    } else if (c->plain > 0 && c->history.count > 0) {
        c->plain--;
        plain = true;
    }
    c->last_objective = c->value.objective;
    c->unchecked++;
    plain = plain || c->history.count == 0;
    c->feasible = plain && answer == c->answer;
    if (plain) {
        if (answer != c->damped) {
            coordinates_of_state(&c->coordinates, answer, c->to);
        }
        go_to_answer(c, answer);
        return;
    }
    bound_reach(2 * c->problem->K, c->to, c->reach);
    bound_reach(c->n - lifts, c->to + lifts, c->reach + lifts);
    go_to_reach(c, c->answer);
}

static void begin_climb(climb *c, const sca_work *work, const alloc_state *at, const sca_outcome *outcome)
{
    size_t most = c->problem->link->system->allocation.max_iterations - outcome->iterations;

    c->at = at;
    c->work = work;
    lend_rows(c);
    c->objective = at->values->objective;
    c->in_point = true;
    climb_state_of(c, at, c->best);
    if (c->problem->target) {
        memset(c->best + response_lifts(&c->map), 0, c->problem->K * sizeof *c->best);
    }
    c->met = targets_hold(c->problem, at->values);
    c->landed = false;
    memset(c->fading, 0, 2 * c->problem->K * sizeof *c->fading);
    c->evaluations = c->plain = c->retreats = c->raised = 0;
    c->strayed = false;
    c->end = most < c->patience ? most : c->patience;
    c->reach_ratio = 1.0;
    c->last_objective = 0.0;
    c->unchecked = UNCHECKED;
    c->map.mu = -1.0;
    c->map.cases = CASES_FREE;
    c->map.free_scale = true;
    coordinates_begin(&c->coordinates, at->values->interference, c->map.damping);
    climb_restart(c);
}

void climb_end(sca_outcome *outcome, const char *reason)
{
    outcome->status = CFI_ALLOC_CONVERGED;
    outcome->stop_reason = reason;
}

/* Coherent amplitudes of either sign make a map with many slow directions, of which a long history knows too little,
 * and goes astray. What has not ended after a while goes on from the best point with short ones. So does, where pilots
 * are shared, what goes to and fro a little below its best point. */
static bool is_short(const climb *c)
{
    return c->strayed || (c->map.damping && c->evaluations >= SHORTEN);
}

static void shorten_history(climb *c)
{
    if (c->map.pairs > 0 && c->evaluations - c->raised >= STRAYED) {
        c->strayed = true;
        c->plain = MOST_PLAIN;
        c->raised = c->evaluations;
        climb_restart(c);
        return;
    }
    if (!is_short(c)) {
        return;
    }
    if (c->evaluations == SHORTEN && !c->strayed) {
        climb_restart(c);
    } else if (c->history.count >= SHORT_HISTORY) {
        anderson_forget(&c->history);
    }
}

/* One evaluation and what follows from it. False when nothing more is to be gained, or found. */
static bool climb_on(climb *c, sca_outcome *outcome, double small)
{
    shorten_history(c);
    if (!take_answer(c, outcome)) {
        return false;
    }
    if (c->feasible && c->value.gain * c->reach_ratio <= small * c->objective) {
        if (c->value.objective < c->objective * (1.0 - small)) {
            go_back(c);
            return true;
        }
        if (climb_revive_silent(c)) {
            c->feasible = false;
            anderson_forget(&c->history);
            return true;
        }
        climb_end(outcome, "tolerance");
        return false;
    }
    if (!c->feasible && !(c->expected >= c->objective * (1.0 - (is_short(c) ? BELOW_SHORT : FAR_BELOW)))) {
        retreat(c, outcome);
        return true;
    }
    if (c->feasible && !c->history.started && c->expected < c->objective) {
        return search_between(c, outcome);
    }
    c->retreats = c->feasible ? c->retreats : 0;
    climb_advance(c, small);
    return true;
}

double climb_gap(climb *c, const alloc_state *at)
{
    response_value value;

    lend_rows(c);
    climb_state_of(c, at, c->state);
    if (c->problem->target) {
        return climb_gap_with_targets(c) / at->values->objective;
    }
    return response_answer(&c->map, c->state, c->answer, &value) ? fmax(value.gain, 0.0) / at->values->objective
                                                                 : INFINITY;
}

/* What was certified is the point before the last answer. The result, completed, spends what of the budget that answer
 * left, and its own gap may be larger: then the climb goes on from there. False where it has not ended, or may not. */
static bool goes_on_from_result(climb *c, sca_outcome *outcome)
{
    if (outcome->status != CFI_ALLOC_CONVERGED || c->evaluations >= c->end) {
        return false;
    }
    outcome->status = CFI_ALLOC_ITERATION_LIMIT;
    outcome->stop_reason = "max_iterations";
    c->objective = fmax(c->objective, c->at->values->objective);
    c->reach_ratio = 1.0;
    climb_restart(c);
    return true;
}

/* The trace ends at the result, from which what was tracked may differ in its last bits, and never falls. */
static void end_trace(sca_outcome *outcome, double objective)
{
    outcome->objective = objective;
    outcome->trace[outcome->trace_count - 1] = objective;
    for (size_t i = outcome->trace_count; i-- > 1 && outcome->trace[i - 1] > outcome->trace[i];) {
        outcome->trace[i - 1] = outcome->trace[i];
    }
}

cfi_status climb_run(climb *c, const sca_work *work, const alloc_state *at, sca_outcome *outcome, double *gap,
                     cfi_error *error)
{
    const cfi_system *system = c->problem->link->system;
    double tolerance = system->allocation.tolerance, small = fmax(CERTIFIED_GAIN * tolerance, ROUNDING_GAIN);

    begin_climb(c, work, at, outcome);
    do {
        while (c->evaluations < c->end && !stop_requested(c->stop) &&
               (c->problem->target ? climb_on_to_targets(c, outcome, small) : climb_on(c, outcome, small)) &&
               (outcome->race = climb_race(c, outcome)) == RACE_ON) {
        }
        if (stop_requested(c->stop)) {
            return sca_interrupted(error);
        }
        if (outcome->race != RACE_ON) {
            outcome->objective = c->objective;
            return CFI_OK;
        }
        if (c->problem->target && outcome->status != CFI_ALLOC_CONVERGED && c->evaluations > 0 && climb_land(c)) {
            climb_keep_landed(c, outcome);
        }
        recover_best(c);
        *gap = c->met ? climb_gap(c, at) : INFINITY;
    } while (*gap > small && goes_on_from_result(c, outcome));
    end_trace(outcome, at->values->objective);
    if (outcome->status != CFI_ALLOC_CONVERGED && outcome->iterations < system->allocation.max_iterations &&
        *gap <= NO_PROGRESS_GAP * tolerance) {
        climb_end(outcome, "no_progress");
    }
    return stop_requested(c->stop) ? sca_interrupted(error) : CFI_OK;
}
