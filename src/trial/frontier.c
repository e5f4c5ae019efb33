/* The frontier of a drop: its ends, and the points between them. docs/model.md (M33) */
#include "trial/frontier.h"

#include "trial/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* At B's end A is maximised with B no worse than this, relative to its best: at the best value itself the feasible
 * powers have no interior, and solvers stop where they should begin. */
#define EDGE 1e-6
/* A's end is made again from its neighbour where that has more of A, relative, than rounding explains. */
#define FRONTIER_ROUNDING 1e-9

enum { FAILURE_LENGTH = 400 }; /* bytes of what is told of a breakdown */

/* A drop on its way along its frontier. */
typedef struct curve {
    const cfi_frontier *frontier;
    const frontier_cost *cost;
    const cfi_trial_options *options;
    cfi_arena *arena;
    drop_drawn drawn;
    double *thresholds;      /* L: of the system of a point */
    cfi_powers found, start; /* of the last allocation; of the one that the next starts from */
    bool has_start;
    cfi_frontier_record *record;
} curve;

static cfi_status out_of_curve_memory(const curve *c, cfi_error *error)
{
    const cfi_system *system = scenario_system(c->frontier->scenario);

    return error_set(error, CFI_NO_MEMORY, "out of memory for the frontier of %zu access points and %zu users",
                     system->L, system->K);
}

static bool allocate_powers(const curve *c, cfi_powers *powers)
{
    const cfi_system *system = scenario_system(c->frontier->scenario);

    powers->p = arena_alloc(c->arena, system->K * system->L, sizeof *powers->p);
    powers->s = arena_alloc(c->arena, system->L, sizeof *powers->s);
    return powers->p && powers->s;
}

static cfi_status open_curve(curve *c, cfi_error *error)
{
    size_t positions = frontier_positions(c->frontier);

    c->record->point = arena_alloc(c->arena, positions, sizeof *c->record->point);
    c->thresholds = arena_alloc(c->arena, scenario_system(c->frontier->scenario)->L, sizeof *c->thresholds);
    if (!c->record->point || !c->thresholds || !allocate_powers(c, &c->found) || !allocate_powers(c, &c->start)) {
        return out_of_curve_memory(c, error);
    }
    for (size_t i = 0; i < positions; i++) {
        c->record->point[i] = (cfi_frontier_point){.rate = NAN, .cost = NAN, .limit = NAN, .status = CFI_ALLOC_FAILED};
    }
    return CFI_OK;
}

/* ------------------------------------------------------------------------- an allocation ---- */

static bool has_powers(const cfi_frontier_point *point)
{
    return point->status != CFI_ALLOC_INFEASIBLE && point->status != CFI_ALLOC_FAILED;
}

/* The drop's link as another scenario sees it. */
static cfi_link link_under(const curve *c, const cfi_system *system)
{
    cfi_link link = *c->drawn.link;

    link.system = system;
    return link;
}

/* What the powers found have of both sides. */
static cfi_status measure_found(const curve *c, cfi_frontier_point *point, cfi_error *error)
{
    cfi_link rate = link_under(c, scenario_system(c->frontier->rate_end));
    cfi_link cost = link_under(c, scenario_system(c->frontier->cost_end));
    cfi_status status = alloc_measure(&rate, &c->found, c->arena, &point->rate, error);

    return status == CFI_OK ? alloc_measure(&cost, &c->found, c->arena, &point->cost, error) : status;
}

/* The first breakdown is kept with the record. */
static cfi_status keep_breakdown(const curve *c, const char *what, cfi_error *error)
{
    if (!c->record->failure && *what) {
        c->record->failure = arena_print(c->arena, "the power allocation: %s", what);
    }
    return c->record->failure || !*what ? CFI_OK : out_of_curve_memory(c, error);
}

/* What is kept of an allocation: the powers, how it ended, and what broke down. */
static void keep_allocation(curve *c, const cfi_system *system, const cfi_allocation *allocation,
                            cfi_frontier_point *point, char failure[FAILURE_LENGTH])
{
    point->status = allocation->status;
    snprintf(failure, FAILURE_LENGTH, "%s", allocation->failure ? allocation->failure : "");
    if (has_powers(point)) {
        memcpy(c->found.p, allocation->powers.p, system->K * system->L * sizeof *c->found.p);
        memcpy(c->found.s, allocation->powers.s, system->L * sizeof *c->found.s);
    } else if (allocation->status == CFI_ALLOC_INFEASIBLE) {
        c->record->because = allocation->because;
    }
}

/* Allocates the drop's powers under a system; its own arrays are gone at the end. */
static cfi_status solve_point(curve *c, const cfi_system *system, cfi_frontier_point *point, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(c->arena);
    cfi_link link = link_under(c, system);
    cfi_alloc_options how = c->options->alloc;
    cfi_allocation allocation;
    char failure[FAILURE_LENGTH] = "";
    cfi_status status;

    how.start = c->has_start ? &c->start : NULL;
    status = alloc_run(&link, &how, c->arena, &allocation, error);
    if (status == CFI_OK) {
        keep_allocation(c, system, &allocation, point, failure);
    }
    arena_release(c->arena, mark);
    if (status == CFI_OK && has_powers(point)) {
        status = measure_found(c, point, error);
    }
    if (status == CFI_FAILED) { /* a breakdown costs the point, not the run */
        point->status = CFI_ALLOC_FAILED;
        point->rate = point->cost = NAN;
        snprintf(failure, sizeof failure, "%.*s", FAILURE_LENGTH - 1, error->text);
        status = error_set(error, CFI_OK, "%s", "");
    }
    return status == CFI_OK ? keep_breakdown(c, failure, error) : status;
}

/* The same where there is a point already that this one only may improve on: a breakdown is no news of the drop. */
static cfi_status try_point(curve *c, const cfi_system *system, cfi_frontier_point *point, cfi_error *error)
{
    const char *failure = c->record->failure;
    cfi_status status = solve_point(c, system, point, error);

    c->record->failure = failure;
    return status;
}

/* The powers found are what the next allocation starts from. */
static void start_from_found(curve *c)
{
    cfi_powers other = c->start;

    c->start = c->found;
    c->found = other;
    c->has_start = true;
}

/* ------------------------------------------------------------------------------ the ends ---- */

/* B's end: the least B. */
static cfi_status solve_cost_end(curve *c, cfi_error *error)
{
    cfi_frontier_point *end = &c->record->point[c->frontier->points + 1];
    cfi_status status = solve_point(c, scenario_system(c->frontier->cost_end), end, error);

    end->limit = end->cost;
    if (status == CFI_OK && has_powers(end)) {
        start_from_found(c);
    }
    return status;
}

/* A system whose B is limited; its thresholds are the curve's room. */
static cfi_system system_under_limit(const curve *c, double limit)
{
    cfi_system system = *scenario_system(c->frontier->between);

    c->cost->limit(&system, limit, c->thresholds);
    return system;
}

/* Many powers may have the least B, as where all signals sense alike: of them those with the most A. The end keeps the
 * status of what makes it an end. */
static cfi_status improve_cost_end(curve *c, cfi_error *error)
{
    cfi_frontier_point *end = &c->record->point[c->frontier->points + 1], better = *end;
    double most = end->limit * (1.0 + EDGE);
    cfi_system system = system_under_limit(c, most);
    cfi_status status = try_point(c, &system, &better, error);

    if (status == CFI_OK && has_powers(&better) && better.rate > end->rate &&
        better.cost <= most * (1.0 + FRONTIER_ROUNDING)) {
        end->rate = better.rate;
        end->cost = better.cost;
        start_from_found(c);
    }
    return status;
}

/* A's end: the most A, whatever B is. Its powers are no start: they meet no limit. */
static cfi_status solve_rate_end(curve *c, cfi_error *error)
{
    cfi_frontier_point *end = &c->record->point[0];
    bool had_start = c->has_start;
    cfi_status status;

    c->has_start = false; /* as its scenario by itself */
    status = solve_point(c, scenario_system(c->frontier->rate_end), end, error);
    end->limit = INFINITY;
    c->has_start = had_start;
    return status;
}

/* Where its neighbour has more of A it ended in a worse local optimum: once more, from there. */
static cfi_status improve_rate_end(curve *c, cfi_error *error)
{
    cfi_frontier_point *end = &c->record->point[0], better = *end;
    const cfi_frontier_point *neighbour = &c->record->point[1];
    cfi_status status;

    if (!(neighbour->rate > end->rate * (1.0 + FRONTIER_ROUNDING))) {
        return CFI_OK;
    }
    status = try_point(c, scenario_system(c->frontier->rate_end), &better, error);
    if (status == CFI_OK && has_powers(&better) && better.rate > end->rate) {
        *end = better;
    }
    return status;
}

/* ------------------------------------------------------------------------- between the ends ---- */

/* The limit of point i, between B at A's end and the least B. */
static double limit_of(const curve *c, size_t i)
{
    const cfi_frontier_point *point = c->record->point;
    double least = point[c->frontier->points + 1].limit, start = fmax(point[0].cost, least);

    return c->cost->limit_at(start, least, frontier_position(c->frontier, i));
}

/* Point i of the curve; the point before it, nearer to B's end, meets its limit and is kept where it has more of A. */
static cfi_status solve_between(curve *c, size_t i, cfi_frontier_point *before, cfi_error *error)
{
    cfi_frontier_point *point = &c->record->point[i];
    cfi_system system;
    cfi_status status;

    point->limit = limit_of(c, i);
    system = system_under_limit(c, point->limit);
    status = solve_point(c, &system, point, error);
    if (status != CFI_OK || !has_powers(point)) {
        return status;
    }
    if (point->rate < before->rate) {
        point->rate = before->rate;
        point->cost = before->cost;
        point->status = before->status;
    } else {
        start_from_found(c);
    }
    *before = *point;
    return CFI_OK;
}

static cfi_status solve_curve(curve *c, cfi_error *error)
{
    cfi_frontier_point before;
    cfi_status status = improve_cost_end(c, error);

    before = c->record->point[c->frontier->points + 1];
    for (size_t i = c->frontier->points; i > 0 && status == CFI_OK; i--) {
        status = solve_between(c, i, &before, error);
    }
    return status == CFI_OK ? improve_rate_end(c, error) : status;
}

/* How the drop ended, from an end; true: it has no curve. */
static bool ends_drop(curve *c, const cfi_frontier_point *end)
{
    if (end->status == CFI_ALLOC_INFEASIBLE) {
        c->record->status = CFI_DROP_INFEASIBLE;
    } else if (!has_powers(end)) {
        c->record->status = CFI_DROP_FAILED;
    }
    return c->record->status != CFI_DROP_OK;
}

/* A curve has two ends, or none. */
static void clear_curve(curve *c)
{
    cfi_alloc_status status = c->record->status == CFI_DROP_INFEASIBLE ? CFI_ALLOC_INFEASIBLE : CFI_ALLOC_FAILED;

    for (size_t i = 0; i < frontier_positions(c->frontier); i++) {
        c->record->point[i] = (cfi_frontier_point){.rate = NAN, .cost = NAN, .limit = NAN, .status = status};
    }
}

static cfi_status run_curve(curve *c, cfi_error *error)
{
    cfi_status status = solve_cost_end(c, error);

    if (status == CFI_OK && !ends_drop(c, &c->record->point[c->frontier->points + 1])) {
        status = solve_rate_end(c, error);
    }
    if (status == CFI_OK && c->record->status == CFI_DROP_OK && !ends_drop(c, &c->record->point[0])) {
        status = solve_curve(c, error);
    }
    if (status == CFI_OK && c->record->status != CFI_DROP_OK) {
        clear_curve(c);
    }
    if (c->record->status != CFI_DROP_INFEASIBLE) { /* a point of it may be */
        c->record->because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_NONE};
    }
    return status;
}

cfi_status trial_frontier(const cfi_frontier *frontier, uint32_t drop, const cfi_trial_options *options,
                          cfi_arena *arena, cfi_frontier_record *record, cfi_error *error)
{
    curve c = {.frontier = frontier,
               .cost = &frontier_costs[frontier->cost_row],
               .options = options,
               .arena = arena,
               .record = record};
    cfi_error own = {.text = ""};
    cfi_status status;

    error = error ? error : &own; /* rooms below report through it */
    *record = (cfi_frontier_record){.index = drop};
    status = drop_draw(scenario_system(frontier->scenario), drop, options, arena, &c.drawn, error);
    if (status == CFI_OK) {
        status = open_curve(&c, error);
    }
    return status == CFI_OK ? run_curve(&c, error) : status;
}
