/* Rate targets beside what is not convex, judged without it: what no powers can do with less asked of them, none can do
 * at all. docs/model.md (M30) */
#include "alloc/globals.h"

#include "alloc/constants.h"

/* What is left out. */
typedef enum {
    RELAXED_COHERENCE, /* what users of one pilot hear coherently */
    RELAXED_SENSING,   /* all that is asked of sensing */
    RELAXATIONS
} relaxation;

/* A copy of the link with less asked, in which targets can be judged. */
typedef struct relaxed_link {
    cfi_system system;
    cfi_link link;
} relaxed_link;

/* False where nothing is left out so. */
static bool relax(const cfi_link *link, relaxation left_out, relaxed_link *out)
{
    bool asked = information_asked(link->system) != 0;
    bool coherent = link->system->rate_model == CFI_RATE_EXACT && link->pilots_overlap;

    out->system = *link->system;
    out->link = *link;
    out->link.system = &out->system;
    if (!system_angle_thresholds(link->system)) { /* they are units, which another objective would keep */
        out->system.sensing.crlb_threshold_rad2 = NULL;
    }
    out->system.allocation.objective = CFI_MAX_MIN_RATE;
    if (left_out == RELAXED_COHERENCE) {
        out->system.rate_model = CFI_RATE_THEOREM1;
        return coherent;
    }
    out->system.sensing.crlb_threshold_rad2 = NULL;
    out->system.sensing.position_threshold_m = out->system.sensing.detection_threshold = 0.0;
    return asked;
}

/* The largest factor that is proved to be needed stays. */
static void note_verdict(const globals_raised *raised, globals_verdict *out)
{
    double factor = 1.0 / raised->bound;

    out->found = true;
    if (raised->bound < 1.0 - FEASIBLE_ROUNDING && !(out->proved && out->because.factor >= factor)) {
        out->proved = true;
        out->because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_RATE,
                                           .ap = CFI_NOWHERE,
                                           .ue = CFI_NOWHERE,
                                           .factor = factor,
                                           .at_least = true};
    }
}

static cfi_status judge_relaxed(const relaxed_link *relaxed, const cfi_alloc_options *options, cfi_arena *arena,
                                alloc_point *point, globals_verdict *out, cfi_error *error)
{
    globals_raised raised = {.trace = NULL};
    globals_answer answer;
    globals_drop drop;
    alloc_problem problem;
    cfi_status status = problem_build(&relaxed->link, arena, &problem, error);

    if (status != CFI_OK) {
        return status;
    }
    status = globals_make(&problem, information_asked(&relaxed->system), options, arena, &drop, error);
    if (status == CFI_OK && !globals_room(&drop, &answer)) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
    }
    if (status == CFI_OK) {
        status = globals_feasible(&drop, &answer, &raised, error);
    }
    if (status == CFI_OK && raised.end == GLOBALS_FOUND) {
        note_verdict(&raised, out);
        problem_copy(&problem, answer.point, point);
    }
    globals_close(&drop);
    return status;
}

cfi_status globals_judge_without(const alloc_problem *problem, const cfi_alloc_options *options, cfi_arena *arena,
                                 alloc_point *point, globals_verdict *out, cfi_error *error)
{
    cfi_alloc_options own = {.stop = options ? options->stop : NULL};
    cfi_status status = CFI_OK;

    *out = (globals_verdict){.proved = false};
    for (relaxation left_out = 0; status == CFI_OK && left_out < RELAXATIONS; left_out++) {
        cfi_arena_mark mark = arena_mark(arena);
        relaxed_link relaxed;

        if (relax(problem->link, left_out, &relaxed) && globals_can_judge(&relaxed.link)) {
            status = judge_relaxed(&relaxed, &own, arena, point, out, error);
        }
        arena_release(arena, mark);
    }
    out->found = status == CFI_OK && out->found && !out->proved && problem_complete(problem, point);
    return status;
}
