/* One SCA step by the cone solver: chooses the users that take part, builds the problem and reads the solution.
 * docs/model.md (M13)-(M15). */
#include "alloc/step.h"

#include "alloc/constants.h"

#include <math.h>
#include <stdio.h>

static cfi_stop *stop_of(const cfi_alloc_options *options)
{
    return options ? options->stop : NULL;
}

/* The paper's approximation knows one price of power. */
static cfi_status check_loads(const alloc_problem *problem, cfi_error *error)
{
    const cfi_system *system = problem->link->system;

    if (!problem_loads_equal(problem) && system->allocation.crlb_constraint == CFI_CRLB_SCA) {
        return error_set(error, CFI_INVALID,
                         "allocation.crlb_constraint: \"sca\" needs communication and sensing power that interfere "
                         "alike (allowed here: \"exact\")");
    }
    if (problem_informs(problem) && system->allocation.crlb_constraint == CFI_CRLB_SCA) {
        return error_set(
            error, CFI_INVALID,
            "allocation.crlb_constraint: \"sca\" knows angle thresholds on own echoes alone (allowed here: "
            "\"exact\")");
    }
    return CFI_OK;
}

cfi_status stepper_init(alloc_stepper *stepper, const alloc_problem *problem, const cfi_alloc_options *options,
                        alloc_workspace *workspace, cfi_error *error)
{
    cfi_status status = check_loads(problem, error);

    *stepper = (alloc_stepper){.problem = problem,
                               .constraint = problem->link->system->allocation.crlb_constraint,
                               .options = options,
                               .cone = &workspace->cone,
                               .scratch = workspace->scratch,
                               .active = arena_alloc(workspace->scratch, 3 * problem->K, sizeof(size_t)),
                               .unit = arena_alloc(workspace->scratch, problem->L, sizeof(double))};
    if (status != CFI_OK) {
        return status;
    }
    if (!stepper->active || !stepper->unit) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for an allocation step");
    }
    if (stepper->cone->workspace) {
        socp_forget(stepper->cone->workspace);
        socp_set_stop(stepper->cone->workspace, stop_of(options));
    }
    return CFI_OK;
}

/* Lists the users whose SINR is not negligible, and all whose signals may sense where that is raised: with coherent
 * terms those that have power (step_directed.c). */
static void choose_active(alloc_stepper *stepper, const step_surrogate *surrogate, const alloc_values *at)
{
    const alloc_problem *problem = stepper->problem;
    bool sense = surrogate->raises && problem->raised;
    double largest = 0.0;

    stepper->active_count = 0;
    for (size_t k = 0; k < problem->K; k++) {
        largest = fmax(largest, values_sinr(at, k));
    }
    for (size_t k = 0; k < problem->K; k++) {
        double sinr = values_sinr(at, k);
        bool needed = sinr > 0.0 ? sense || targets_need(problem, k) : sense && !problem->coherent;

        if (sinr > CONE_NEGLIGIBLE_SINR * fmin(largest, 1.0) || needed) {
            stepper->active[stepper->active_count++] = k;
        }
    }
}

static cfi_status export_step(const alloc_stepper *stepper, const program_map *map, const socp_problem *problem,
                              cfi_error *error)
{
    cfi_exported exported = {
        .drop = stepper->problem->link->drop, .start = stepper->start, .step = stepper->step, .problem = problem};

    return program_map_export(map, stepper->options, exported, error);
}

/* Solves the step's problem in the workspace, made anew when the pattern is new. */
static cfi_status solve_step(const alloc_stepper *stepper, const socp_problem *problem, socp_solution *solution,
                             cfi_error *error)
{
    cone_solver *cone = stepper->cone;
    cfi_status status;

    if (!socp_builder_kept_pattern(cone->builder)) {
        socp_destroy(cone->workspace);
        cone->workspace = NULL;
    }
    if (!cone->workspace) {
        socp_settings settings = socp_default_settings();

        settings.warm_start = true; /* the next step's optimum is near this one's */
        settings.stop = stop_of(stepper->options);
        cone->workspace = socp_create(problem, &settings, error);
    }
    status = cone->workspace ? socp_solve(cone->workspace, problem, solution, error) : error->status;
    if (status == CFI_OK && solution->status == SOCP_INTERRUPTED) { /* half a step is no step */
        status = error_set(error, CFI_INTERRUPTED, "interrupted while a cone problem was solved");
    }
    return status;
}

static void note_solver_end(alloc_stepper *stepper, const socp_solution *solution)
{
    stepper->end = (step_end){.start = stepper->start,
                              .step = stepper->step,
                              .status = solution->status,
                              .iterations = solution->iterations,
                              .primal_residual = solution->primal_residual,
                              .dual_residual = solution->dual_residual,
                              .gap = solution->gap};
}

/* A problem that the solver refuses is a step that failed; the drop still has the points before it. */
static void note_refusal(alloc_stepper *stepper, const cfi_error *error)
{
    stepper->end = (step_end){.start = stepper->start, .step = stepper->step, .status = SOCP_FAILED};
    snprintf(stepper->end.refusal, sizeof stepper->end.refusal, "%.150s", error->text);
}

static cfi_status run_cone(alloc_stepper *stepper, const step_model *model, const socp_problem *problem,
                           alloc_point *to, cfi_error *error)
{
    socp_solution solution = {.x = NULL};
    cfi_status status = solve_step(stepper, problem, &solution, error);

    if (status == CFI_OK) {
        note_solver_end(stepper, &solution);
        step_model_read(model, solution.x, to);
    } else if (status == CFI_INVALID) {
        note_refusal(stepper, error);
        cone_solver_empty(stepper->cone);
        status = error_set(error, CFI_OK, "%s", "");
    }
    return status;
}

static cfi_status run_by_cones(alloc_stepper *stepper, step_model *model, alloc_point *to, cfi_error *error)
{
    const socp_problem *problem;
    program_map map;
    cfi_status status;

    model->map = program_map_begin(&map, stepper->options);
    model->builder = stepper->cone->builder;
    problem = step_model_build(model, stepper->active + stepper->problem->K, error);
    stepper->cone->builder = model->builder;
    status = problem ? export_step(stepper, model->map, problem, error) : error->status;
    program_map_free(model->map);
    if (status == CFI_OK) {
        status = run_cone(stepper, model, problem, to, error);
    }
    if (status != CFI_OK) { /* half made: nothing of it may stay for the next drop */
        cone_solver_empty(stepper->cone);
    }
    stepper->step++;
    return status;
}

/* Room to number amplitudes in, when the first step asks for it: the response needs none. */
static bool make_numbers(alloc_stepper *stepper)
{
    const cfi_link *link = stepper->problem->link;

    if (link->served && !stepper->number) {
        stepper->number = arena_alloc(stepper->scratch, link->K * link->L, sizeof *stepper->number);
    }
    return !link->served || stepper->number;
}

cfi_status stepper_run(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                       const alloc_state *to, socp_status *solved, cfi_error *error)
{
    step_model model = {.problem = stepper->problem,
                        .surrogate = surrogate,
                        .constraint = stepper->constraint,
                        .at = at->point,
                        .values = at->values,
                        .active = stepper->active,
                        .unit = stepper->unit};
    cfi_status status;

    *solved = SOCP_OPTIMAL;
    choose_active(stepper, surrogate, at->values);
    problem_copy(stepper->problem, at->point, to->point);
    if (stepper->active_count == 0) {
        return CFI_OK;
    }
    if (!make_numbers(stepper)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for an allocation step");
    }
    model.A = stepper->active_count;
    model.number = stepper->number;
    status = run_by_cones(stepper, &model, to->point, error);
    *solved = stepper->end.status;
    return status;
}
