/* The search over several starts of the allocation. docs/model.md (M13) */
#include "alloc/search.h"

#include "alloc/constants.h"
#include "alloc/globals.h"

#include <math.h>

static cfi_status allocate_search(alloc_search *s, const start_split *heuristic, cfi_arena *arena, cfi_error *error)
{
    const alloc_problem *problem = &s->problem;
    size_t length = problem->link->system->allocation.max_iterations + 1;
    bool states = problem_state(problem, arena, &s->at) && problem_state(problem, arena, &s->best);

    s->outcome.trace = arena_alloc(arena, length, sizeof(double));
    s->best_outcome.trace = arena_alloc(arena, length, sizeof(double));
    s->source = (start_source){.problem = problem, .heuristic = *heuristic, .incumbent = s->best};
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
                        .given = options ? options->start : NULL};
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
    return CFI_OK;
}

/* From the caller's powers, which has the number behind the last of the others: those keep theirs. */
static cfi_status run_given_start(alloc_search *s, cfi_error *error)
{
    if (!s->given) {
        return CFI_OK;
    }
    problem_from_powers(&s->problem, s->given, s->at.point);
    return problem_complete(&s->problem, s->at.point) ? run_start(s, s->asked, error) : CFI_OK;
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
    cfi_status status = run_start(s, s->asked + 1, error);

    return status == CFI_OK ? finish_best(s, error) : status;
}

/* No start so far has met the rate targets, which nothing says are too high. */
static bool looks_on(const alloc_search *s, size_t start)
{
    return start < s->most && s->tried > 0 && s->best_outcome.short_of_targets;
}

cfi_status search_run(alloc_search *s, cfi_error *error)
{
    cfi_status status = run_given_start(s, error);

    for (size_t start = 0; status == CFI_OK && (start < s->asked || looks_on(s, start)); start++) {
        if (start_make(&s->source, start, s->at.point)) {
            status = run_start(s, start, error);
        }
    }
    return status == CFI_OK ? finish_best(s, error) : status;
}
