/* One question about powers, answered by a cone problem. docs/model.md (M30) */
#include "alloc/globals.h"

#include "alloc/constants.h"
#include "alloc/globals_dual.h"

#include <math.h>
#include <string.h>

/* Relative: targets are raised by so much in the solver's problem, first and where its solutions fall short. (Raising
 * all powers makes little good where interference is all there is.) */
static const double LEAST_AHEAD = 2e-9, MOST_AHEAD = 1e-6;

/* What is held of budget and limits is held back by so many times as much, but for targets raised further: raising all
 * powers takes that, which makes good what the solver leaves short. */
static const double HELD_BACK = 2.0;
/* The same where that costs much of what is raised, or least power: it is less than the solver's tolerance, which most
 * solutions are well within. */
static const double NEARER_AHEAD = 2e-11;
/* Relative: a gap between value and bound that is wide, half of what counts as proved. */
static const double WIDE_GAP = 5e-7;

/* Relative: raising all powers by so much for what the solver left short may cost more than asking ahead does. */
static const double DEAR_SCALING = 1e-8;

/* Relative: a value and its bound that are so near are an answer of the small dual. */
static const double DUAL_PROVED = 1e-7;

static cfi_status globals_out_of_memory(const cfi_link *link, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the cone problem of %zu access points and %zu users",
                     link->L, link->K);
}

static bool is_convex(const cfi_link *link, unsigned kinds)
{
    if (link->system->rate_model == CFI_RATE_EXACT && link->pilots_overlap) {
        return globals_apply_to_amplitudes(link, kinds);
    }
    return !(kinds != 0 && link->directions.aim);
}

bool globals_apply(const cfi_link *link)
{
    const cfi_system *system = link->system;

    return is_convex(link, information_asked(system) | objective_of(system->allocation.objective)->raises);
}

bool globals_can_judge(const cfi_link *link)
{
    return is_convex(link, information_asked(link->system));
}

cfi_status globals_make(const alloc_problem *problem, unsigned kinds, const cfi_alloc_options *options,
                        cfi_arena *arena, globals_drop *drop, cfi_error *error)
{
    cfi_status status;

    *drop = (globals_drop){.link = problem->link, .problem = problem, .options = options, .arena = arena};
    status = coupled_describe(problem->link, kinds, options ? options->stop : NULL, arena, &drop->coupled, error);
    drop->structured = status == CFI_OK && !globals_by_cones(drop) && globals_dual_covers(drop);
    return status;
}

bool globals_by_cones(const globals_drop *drop)
{
    cfi_solver solver = drop->link->system->allocation.solver;

    return solver == CFI_SOLVER_SOCP || (solver == CFI_SOLVER_AUTO && drop->options && drop->options->export_problem);
}

void globals_close(globals_drop *drop)
{
    cone_solver_empty(&drop->cone);
}

bool globals_room(const globals_drop *drop, globals_answer *answer)
{
    *answer = (globals_answer){.end = GLOBALS_FAILED, .point = problem_point(drop->problem, drop->arena)};
    return globals_make_multipliers(drop, &answer->multipliers) && answer->point;
}

void globals_copy_answer(const globals_drop *drop, const globals_answer *from, globals_answer *to)
{
    alloc_point *point = to->point;
    globals_multipliers multipliers = to->multipliers;

    problem_copy(drop->problem, from->point, point);
    globals_copy_multipliers(drop, &from->multipliers, &multipliers);
    *to = *from;
    to->point = point;
    to->multipliers = multipliers;
}

/* ----------------------------------------------------------------------------- solving ---- */

/* Total power, in units, that better powers than the point's do not exceed. */
static double most_power(const globals_drop *drop, const coupled_ask *ask, double factor)
{
    double budget = coupled_budget(&drop->coupled, ask), sum = 0.0;

    if (ask->budget != POWER_FREE) {
        return budget * (ask->budget == POWER_RAISED ? factor : 1.0);
    }
    for (size_t l = 0; l < drop->problem->L; l++) {
        sum += drop->coupled.stated[l];
    }
    return sum * (ask->limits == POWER_RAISED ? factor : 1.0);
}

static bool make_users(globals_drop *drop, const globals_ask *ask, program_users *users)
{
    const alloc_problem *problem = drop->problem;
    cfi_arena *arena = drop->arena;
    size_t pairs = problem->K * problem->L;
    size_t *number = arena_alloc(arena, 2 * pairs + problem->K, sizeof *number);

    *users = (program_users){.problem = problem,
                             .target = ask->target,
                             .ahead = drop->ahead,
                             .back = drop->back,
                             .power = number,
                             .mean = number + pairs,
                             .own = number + 2 * pairs,
                             .unit = arena_alloc(arena, problem->K, sizeof(double)),
                             .cone = &drop->cone,
                             .options = drop->options,
                             .step = drop->asked};
    return number && users->unit;
}

static void take_multipliers(const program_answer *found, globals_answer *answer)
{
    answer->multipliers.budget = found->budget;
    memcpy(answer->multipliers.sensing.Z, found->powers.multipliers.Z, sizeof answer->multipliers.sensing.Z);
}

/* What the solver found, settled and proved. */
static void settle_and_prove(const globals_drop *drop, const globals_ask *ask, const program_answer *found,
                             globals_answer *answer)
{
    take_multipliers(found, answer);
    answer->factor = globals_settle(drop, ask, answer->point, &answer->settled);
    if (!isfinite(answer->factor)) {
        return; /* short of what is asked */
    }
    answer->end = GLOBALS_FOUND;
    answer->bound = globals_bound(drop, ask, most_power(drop, &ask->sensing, answer->factor), &answer->multipliers);
}

cfi_status globals_forgive(globals_drop *drop, globals_answer *answer, cfi_status status, cfi_error *error)
{
    cone_solver_empty(&drop->cone); /* what is half made must not serve the next question */
    if (status != CFI_FAILED && status != CFI_INVALID) {
        return status;
    }
    answer->end = GLOBALS_FAILED;
    answer->why = status == CFI_FAILED ? "the cone solver gives no answer" : "the cone solver refuses the problem";
    return error_set(error, CFI_OK, "%s", "");
}

/* The cone problem's answer, as it is; `found` has room for x and s, 2 L numbers in a row. */
static cfi_status ask_program(globals_drop *drop, const globals_ask *ask, double *row, globals_answer *answer,
                              program_answer *found, cfi_error *error)
{
    program_users users;
    cfi_status status = row && make_users(drop, ask, &users) ? CFI_OK : globals_out_of_memory(drop->link, error);

    *found = (program_answer){
        .powers = {.x = row, .s = row + drop->problem->L, .multipliers.row = answer->multipliers.sensing.row},
        .lambda = answer->multipliers.lambda,
        .limit = answer->multipliers.limit,
        .point = answer->point};
    answer->end = GLOBALS_FAILED;
    answer->why = NULL;
    answer->bound = answer->factor = NAN;
    if (status == CFI_OK) {
        status = program_solve(&drop->coupled, &ask->sensing, &users, drop->arena, found, error);
    }
    answer->iterations += found->iterations;
    drop->asked++;
    return status == CFI_OK ? CFI_OK : globals_forgive(drop, answer, status, error);
}

/* What becomes of the solver's answer. */
typedef void take_found(const globals_drop *drop, const globals_ask *ask, const program_answer *found,
                        globals_answer *answer);

static void take_bound(const globals_drop *drop, const globals_ask *ask, const program_answer *found,
                       globals_answer *answer)
{
    if (found->powers.found) {
        take_multipliers(found, answer);
        answer->bound =
            globals_bound(drop, ask, most_power(drop, &ask->sensing, found->powers.factor), &answer->multipliers);
    }
}

static void settle_found(const globals_drop *drop, const globals_ask *ask, const program_answer *found,
                         globals_answer *answer)
{
    if (found->powers.found) {
        settle_and_prove(drop, ask, found, answer);
    } else if (!answer->why) {
        answer->end = GLOBALS_NONE;
    }
}

static cfi_status ask_and_take(globals_drop *drop, const globals_ask *ask, take_found *take, globals_answer *answer,
                               cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    double *row = arena_zeros(drop->arena, 2 * drop->problem->L, sizeof *row);
    program_answer found;
    cfi_status status = ask_program(drop, ask, row, answer, &found, error);

    if (status == CFI_OK) {
        take(drop, ask, &found, answer);
    }
    arena_release(drop->arena, mark);
    return status;
}

cfi_status globals_prove(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    return ask_and_take(drop, ask, take_bound, answer, error);
}

cfi_status globals_solve(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    return ask_and_take(drop, ask, settle_found, answer, error);
}

static cfi_status solve_ahead(globals_drop *drop, const globals_ask *ask, double ahead, globals_answer *answer,
                              cfi_error *error)
{
    drop->ahead = ahead;
    drop->back = fmin(HELD_BACK * ahead, HELD_BACK * LEAST_AHEAD);
    return drop->problem->coherent ? globals_solve_amplitudes(drop, ask, answer, error)
                                   : globals_solve(drop, ask, answer, error);
}

/* The solver left targets so short that raising all powers for them was dear, or not enough. */
static bool fell_short(const globals_answer *answer)
{
    return answer->end == GLOBALS_FOUND ? answer->settled > 1.0 + DEAR_SCALING
                                        : answer->end == GLOBALS_FAILED && !answer->why;
}

/* At the edge of what targets leave, what they were raised by may cost many times as much. */
static bool leaves_gap(const globals_answer *answer)
{
    return answer->end == GLOBALS_FOUND && !(fabs(answer->bound - answer->factor) <= WIDE_GAP * answer->factor);
}

static bool is_better(const globals_ask *ask, const globals_answer *one, const globals_answer *other)
{
    return one->end == GLOBALS_FOUND &&
           (other->end != GLOBALS_FOUND ||
            (ask->sensing.raised ? one->factor > other->factor : one->factor < other->factor));
}

/* The better point of two answers, and the better bound; either of them may have none. */
static void keep_better_answer(const globals_drop *drop, const globals_ask *ask, const globals_answer *other,
                               globals_answer *answer)
{
    double one = other->end == GLOBALS_FOUND ? other->bound : NAN,
           two = answer->end == GLOBALS_FOUND ? answer->bound : NAN;

    if (is_better(ask, other, answer)) {
        globals_copy_answer(drop, other, answer);
    }
    if (answer->end == GLOBALS_FOUND) {
        answer->bound = ask->sensing.raised ? fmin(one, two) : fmax(one, two);
    }
}

/* Asks once more, as far ahead as that, and keeps the better answer, and the better bound. */
static cfi_status ask_again(globals_drop *drop, const globals_ask *ask, double ahead, globals_answer *answer,
                            cfi_error *error)
{
    globals_answer other;
    cfi_status status;

    if (!globals_room(drop, &other)) {
        return globals_out_of_memory(drop->link, error);
    }
    other.iterations = answer->iterations;
    status = solve_ahead(drop, ask, ahead, &other, error);
    if (status == CFI_OK) {
        keep_better_answer(drop, ask, &other, answer);
    }
    answer->iterations = other.iterations;
    return status;
}

/* The same for the small dual, where budget and limits are held, so that whatever is short of a target cannot be made
 * up for: first not at all, which at the edge of what targets leave costs nothing of what is raised. */
static const double DUAL_AHEAD[] = {0.0, 1e-10};

/* By the small dual: its powers, settled. */
static cfi_status settle_dual(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < sizeof DUAL_AHEAD / sizeof *DUAL_AHEAD; i++) {
        drop->ahead = DUAL_AHEAD[i];
        status = globals_dual_solve(drop, ask, answer, error);
        if (status != CFI_OK || answer->end != GLOBALS_FOUND) {
            return status;
        }
        answer->factor = globals_settle(drop, ask, answer->point, &answer->settled);
        if (isfinite(answer->factor)) {
            return CFI_OK;
        }
    }
    answer->end = GLOBALS_FAILED; /* short of what is asked */
    return status;
}

/* By the small dual where that is wanted and covers the question. Without an answer that stands for itself the cone
 * solver is asked. */
static cfi_status find_by_dual(globals_drop *drop, const globals_ask *ask, globals_answer *answer, bool *found,
                               cfi_error *error)
{
    cfi_status status;

    *found = false;
    answer->end = GLOBALS_FAILED;
    if (!drop->structured || !globals_dual_asks(drop, ask)) {
        return CFI_OK;
    }
    answer->why = NULL;
    answer->bound = answer->factor = NAN;
    status = settle_dual(drop, ask, answer, error);
    if (status == CFI_OK && answer->end == GLOBALS_FOUND) {
        answer->bound = globals_bound(drop, ask, most_power(drop, &ask->sensing, answer->factor), &answer->multipliers);
        *found = fabs(answer->bound - answer->factor) <= DUAL_PROVED * answer->factor;
    }
    drop->fallbacks += !*found;
    return status;
}

/* By the cone solver. */
static cfi_status find_by_cones(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    cfi_status status = solve_ahead(drop, ask, LEAST_AHEAD, answer, error);

    for (double ahead = 10.0 * LEAST_AHEAD; status == CFI_OK && fell_short(answer) && ahead <= MOST_AHEAD;
         ahead *= 10.0) {
        status = ask_again(drop, ask, ahead, answer, error);
    }
    for (double ahead = NEARER_AHEAD; status == CFI_OK && leaves_gap(answer) && ahead < LEAST_AHEAD; ahead *= 4.0) {
        status = ask_again(drop, ask, ahead, answer, error);
    }
    arena_release(drop->arena, mark);
    answer->why = answer->end == GLOBALS_FAILED && !answer->why ? "the solver's solutions meet no target" : answer->why;
    return status;
}

/* The cone solver after the small dual, which left something open: the better point stays, and the better bound. */
static cfi_status find_beside(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    globals_answer cones;
    cfi_status status = globals_room(drop, &cones) ? CFI_OK : globals_out_of_memory(drop->link, error);

    if (status == CFI_OK) {
        cones.iterations = answer->iterations;
        status = find_by_cones(drop, ask, &cones, error);
        answer->iterations = cones.iterations;
    }
    if (status == CFI_OK) {
        keep_better_answer(drop, ask, &cones, answer);
    }
    arena_release(drop->arena, mark);
    return status;
}

cfi_status globals_find(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    bool found;
    cfi_status status = find_by_dual(drop, ask, answer, &found, error);

    if (status != CFI_OK || found) {
        return status;
    }
    return answer->end == GLOBALS_FOUND ? find_beside(drop, ask, answer, error)
                                        : find_by_cones(drop, ask, answer, error);
}
