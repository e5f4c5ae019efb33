/* The search over several starts of the allocation. docs/model.md (M13) */
#include "alloc/search.h"

#include "alloc/constants.h"
#include "alloc/globals.h"

#include <math.h>

static cfi_status allocate_search(alloc_search *s, const start_split *heuristic, cfi_arena *arena, cfi_error *error)
{
    const alloc_problem *problem = &s->problem;
    size_t length = problem->link->system->allocation.max_iterations + 1;
    bool asked = heuristic->asked, states = problem_state(problem, arena, &s->at);

    s->best = (alloc_state){.point = asked ? problem_point_in(problem, heuristic->powers->p, arena) /* until the end */
                                           : problem_point(problem, arena),
                            .values = problem_values(problem, arena)};
    states = states && s->best.point && s->best.values;
    s->outcome.trace = arena_alloc(arena, length, sizeof(double));
    s->best_outcome.trace = arena_alloc(arena, length, sizeof(double));
    s->source = (start_source){.problem = problem, .heuristic = *heuristic, .incumbent = s->best};
    s->source.room = asked ? problem_share_room(problem, arena) : NULL;
    states = states && (s->source.room || !asked);
    if (s->most > 1) {
        s->source.users = contest_make(problem->link, arena);
        s->source.key = arena_alloc(arena, problem->K, sizeof(double));
        states = states && s->source.users && s->source.key;
    }
    if (!states || !s->outcome.trace || !s->best_outcome.trace) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
    }
    return CFI_OK;
}

static size_t default_starts(const alloc_search *s)
{
    if (!s->problem.link->pilots_overlap || s->problem.objective->starts_once) {
        return 1;
    }
    return !s->ascent.structured ? STARTS_SOCP : s->problem.limited ? STARTS_LIMITED : STARTS_STRUCTURED;
}

cfi_status search_init(alloc_search *s, const cfi_link *link, const start_split *heuristic,
                       const cfi_alloc_options *options, alloc_workspace *workspace, cfi_error *error)
{
    cfi_status status;

    *s = (alloc_search){.asked = link->system->allocation.starts,
                        .most = link->system->allocation.starts,
                        .given = options ? options->start : NULL,
                        .bound = {.factor = INFINITY}};
    status = problem_build_beside(link, workspace->coupled, workspace->scratch, &s->problem, error);
    if (status == CFI_OK) {
        status = ascent_init(&s->ascent, &s->problem, options, workspace, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    if (s->asked == 0) {
        s->asked = default_starts(s);
        s->most = s->asked < STARTS_SOCP && s->problem.target && !globals_can_judge(link) ? STARTS_SOCP : s->asked;
    }
    return allocate_search(s, heuristic, workspace->scratch, error);
}

/* Starts are compared by their objective only where they ended equally well: one that broke down is no stationary
 * point, and whatever it reached never beats one that did not. */
static int how_well(const sca_outcome *outcome)
{
    if (outcome->status == CFI_ALLOC_FAILED) {
        return 0;
    }
    return outcome->broke_down ? 1 : 2;
}

/* True when the best start so far was clearly beaten. */
static bool keep_best(alloc_search *s, bool first)
{
    sca_outcome spare = s->best_outcome;
    alloc_state beaten = s->best;
    int rank = how_well(&s->outcome), best_rank = first ? -1 : how_well(&s->best_outcome);
    double objective = s->outcome.objective, best = first ? -INFINITY : s->best_outcome.objective;

    s->broken += s->outcome.broke_down;
    if (rank >= best_rank && s->outcome.race != RACE_MERGES) {
        s->worst = rank > best_rank ? objective : fmin(s->worst, objective);
    }
    if (rank > best_rank || (rank == best_rank && objective > best)) {
        s->best_outcome = s->outcome;
        s->outcome = spare;
        s->best = s->at;
        s->at = beaten;
        s->source.incumbent = s->best;
    }
    return rank > best_rank || (rank == best_rank && objective > best * (1.0 + 1e-6));
}

/* The best start, which others have to catch up with; NULL where they do not race: with orthogonal pilots users come
 * back in the end, and points that miss rate targets are not to be compared. */
static const alloc_values *rival_of(const alloc_search *s)
{
    bool races = s->problem.link->pilots_overlap && !s->problem.target;

    return races && s->tried > 0 && how_well(&s->best_outcome) == 2 ? s->best.values : NULL;
}

/* What no powers have, as the best start tells it: nothing but where information of signals with directions is raised.
 */
static cfi_status bound_best(alloc_search *s, cfi_error *error)
{
    const alloc_stepper *stepper = &s->ascent.stepper;

    if (!s->problem.raised || s->tried == 0 || how_well(&s->best_outcome) == 0) {
        return CFI_OK;
    }
    s->bound.asked = s->bound.asked > stepper->step ? s->bound.asked : stepper->step;
    return raised_prove(&s->problem, s->best.point, stepper->options, stepper->scratch, &s->bound, error);
}

/* The best start is as good as any powers. */
static bool is_settled(const alloc_search *s)
{
    return s->best.values->objective >= s->bound.factor * (1.0 - PROVED_GAP);
}

/* The ascent from the point that was made, as start number `start`. */
static cfi_status run_start(alloc_search *s, size_t start, cfi_error *error)
{
    cfi_status status;

    s->ascent.stepper.start = start;
    s->ascent.stepper.step = 0;
    s->ascent.climb.rival = rival_of(s);
    status = ascent_run(&s->ascent, &s->at, &s->outcome, error);
    if (status != CFI_OK) {
        return status;
    }
    if (keep_best(s, s->tried == 0)) {
        s->source.turn = 0;
    }
    s->tried++;
    return s->tried == 1 ? bound_best(s, error) : CFI_OK;
}

/* From the caller's powers, which has the number behind the last of the others: those keep theirs. */
static cfi_status run_given_start(alloc_search *s, cfi_error *error)
{
    if (!s->given) {
        return CFI_OK;
    }
    problem_from_powers(&s->problem, s->given, s->at.point);
    return problem_complete(&s->problem, s->at.point) ? run_start(s, s->most, error) : CFI_OK;
}

/* What is left to do for the best start. */
static cfi_status finish_best(alloc_search *s, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (s->tried > 0 && s->best_outcome.unfinished) {
        status = ascent_finish(&s->ascent, &s->best, &s->best_outcome, error);
    }
    if (status != CFI_OK || !s->problem.objective->revives || s->problem.link->pilots_overlap || s->tried == 0 ||
        s->best_outcome.broke_down || s->best_outcome.short_of_targets) {
        return status;
    }
    return search_revive(s, error);
}

cfi_status search_run_from(alloc_search *s, cfi_error *error)
{
    cfi_status status = run_start(s, s->most + 1, error);

    return status == CFI_OK ? finish_best(s, error) : status;
}

void search_to_powers(const alloc_search *s, cfi_powers *powers)
{
    const alloc_point *from = s->best.point;

    if (from->w == powers->p) { /* which it stands in */
        problem_copy(&s->problem, from, s->at.point);
        from = s->at.point;
    }
    problem_to_powers(&s->problem, from, powers);
}

/* No start so far has met the rate targets, which nothing says are too high. */
static bool looks_on(const alloc_search *s, size_t start)
{
    return start < s->most && s->tried > 0 && s->best_outcome.short_of_targets;
}

cfi_status search_run(alloc_search *s, cfi_error *error)
{
    cfi_status status = run_given_start(s, error);

    for (size_t start = 0; status == CFI_OK && !is_settled(s) && (start < s->asked || looks_on(s, start)); start++) {
        if (start_make(&s->source, start, s->at.point)) {
            status = run_start(s, start, error);
        }
    }
    if (status == CFI_OK && s->tried > 1 && !is_settled(s)) {
        status = bound_best(s, error);
    }
    return status == CFI_OK ? finish_best(s, error) : status;
}
