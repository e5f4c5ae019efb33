/* One SCA step: chooses the users that take part, builds the surrogate, solves it. docs/model.md (M13)-(M15). */
#include "alloc/step.h"

#include "alloc/step_model.h"

#include <math.h>
#include <string.h>

static const double NEGLIGIBLE_SINR = 1e-10;
enum { MOST_PAIRS = 1000 };

/* `auto` takes the dual where it applies, unless pairs of users with one pilot make it larger than the cone problem, or
 * the cone problems are what the caller wants to see. */
static bool takes_dual(const alloc_problem *problem, const cfi_alloc_options *options)
{
    const cfi_system *system = problem->network->system;

    if (system->solver != CFI_SOLVER_AUTO) {
        return system->solver == CFI_SOLVER_STRUCTURED;
    }
    return system->surrogate == CFI_SURROGATE_PRODUCT && system->crlb_constraint == CFI_CRLB_EXACT &&
           problem->sensing != SENSING_LINEARISED && problem->mate_start[problem->K] <= MOST_PAIRS &&
           !(options && options->export_problem);
}

cfi_status stepper_init(alloc_stepper *stepper, const alloc_problem *problem, const cfi_alloc_options *options,
                        cfi_arena *arena, cfi_error *error)
{
    *stepper = (alloc_stepper){.problem = problem,
                               .constraint = problem->network->system->crlb_constraint,
                               .options = options,
                               .active = arena_alloc(arena, 4 * problem->K, sizeof(size_t))};
    if (!stepper->active) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for an allocation step");
    }
    stepper->structured = takes_dual(problem, options);
    return stepper->structured ? structured_init(&stepper->dual, problem, arena, error) : CFI_OK;
}

void stepper_free(alloc_stepper *stepper)
{
    socp_destroy(stepper->workspace);
    stepper->workspace = NULL;
}

/* Lists the users whose SINR is not negligible; drops the workspace when the pattern changes. */
static void choose_active(alloc_stepper *stepper, cfi_surrogate surrogate)
{
    const alloc_problem *problem = stepper->problem;
    size_t *fresh = stepper->active + problem->K, count = 0;
    double largest = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        largest = fmax(largest, problem_sinr(problem, k));
    }
    for (size_t k = 0; k < problem->K; k++) {
        double sinr = problem_sinr(problem, k);

        if (sinr > NEGLIGIBLE_SINR * fmin(largest, 1.0)) {
            fresh[count++] = k;
        }
    }
    if (count != stepper->active_count || surrogate != stepper->surrogate ||
        memcmp(fresh, stepper->active, count * sizeof *fresh) != 0) {
        stepper_free(stepper);
    }
    memcpy(stepper->active, fresh, count * sizeof *fresh);
    stepper->active_count = count;
    stepper->surrogate = surrogate;
}

static cfi_status export_step(const alloc_stepper *stepper, const socp_problem *problem, cfi_error *error)
{
    const cfi_alloc_options *options = stepper->options;

    if (!options || !options->export_problem) {
        return CFI_OK;
    }
    return options->export_problem(options->export_context, stepper->problem->network->drop, stepper->start,
                                   stepper->step, problem, error);
}

/* False when the dual has a corner where Newton's method zigzags (rare, and only with coherent terms and d1 = d2, where
 * an access point may radiate what it must in any mixture): the cone solver then takes the step. */
static bool run_structured(alloc_stepper *stepper, const alloc_point *at, alloc_point *to)
{
    double gap;

    if (!structured_step(&stepper->dual, at, to, &gap, &stepper->objective)) {
        return false;
    }
    stepper->largest_gap = fmax(stepper->largest_gap, gap);
    stepper->step++;
    return true;
}

cfi_status stepper_run(alloc_stepper *stepper, const alloc_point *at, cfi_surrogate surrogate, alloc_point *to,
                       socp_status *solved, cfi_error *error)
{
    step_model model = {.problem = stepper->problem,
                        .at = at,
                        .active = stepper->active,
                        .surrogate = surrogate,
                        .constraint = stepper->constraint};
    const socp_problem *problem;
    socp_solution solution;
    cfi_status status = CFI_OK;

    if (stepper->structured) {
        if (run_structured(stepper, at, to)) {
            *solved = SOCP_OPTIMAL;
            return CFI_OK;
        }
        stepper->fallback_steps++;
    }
    stepper->objective = NAN;
    problem_evaluate(stepper->problem, at); /* the attempt evaluated other points */
    choose_active(stepper, surrogate);
    *solved = SOCP_OPTIMAL;
    problem_copy(stepper->problem, at, to);
    if (stepper->active_count == 0) {
        return CFI_OK;
    }
    model.A = stepper->active_count;
    problem = step_model_build(&model, stepper->active + 2 * stepper->problem->K, error);
    status = problem ? export_step(stepper, problem, error) : error->status;
    if (status != CFI_OK) {
        goto done;
    }
    if (!stepper->workspace) {
        stepper->workspace = socp_create(problem, NULL, error);
    }
    status = stepper->workspace ? socp_solve(stepper->workspace, problem, &solution, error) : error->status;
    stepper->step++;
    if (status == CFI_OK) {
        *solved = solution.status;
        step_model_read(&model, solution.x, to);
    }
done:
    socp_builder_destroy(model.builder);
    return status;
}
