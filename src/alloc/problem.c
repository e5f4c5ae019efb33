/* The allocation problem in normalised amplitudes: data and evaluation. docs/model.md (M8), (M9) */
#include "alloc/problem.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

double problem_unit_below(double bound)
{
    int exponent;

    if (!(bound > 0.0 && bound < 1.0)) {
        return 1.0;
    }
    frexp(bound, &exponent); /* bound is in [2^(exponent - 1), 2^exponent), exponent <= 0 */
    return ldexp(1.0, -2 * ((2 - exponent) / 2));
}

static void fill_limits(alloc_problem *problem)
{
    const cfi_system *system = problem->link->system;
    double most = system_most_power(system), *limit = problem->limit, *unit = problem->unit;

    for (size_t l = 0; l < problem->L; l++) {
        limit[l] = coupled_limit(system, l, most, problem->unit_w);
    }
    for (size_t l = 0; l < problem->L; l++) {
        problem->limited = problem->limited || limit[l] < INFINITY;
        unit[l] = l > 0 && limit[l] == limit[l - 1] ? unit[l - 1] : problem_unit_below(limit[l]);
    }
}

static void fill_coefficients(alloc_problem *problem)
{
    const cfi_link *link = problem->link;
    const cfi_system *system = link->system;
    double unit = problem->unit_w, noise = system->power.comm_noise_w;
    alloc_sensing *sensing = &problem->sensing;

    problem_fill_rows(problem, link->g, problem->amplitude, problem->signal);
    if (problem->heard != problem->signal) {
        problem_fill_rows(problem, link->heard, problem->amplitude, problem->heard);
    }
    problem_fill_rows(problem, link->S, unit / noise, problem->sensing_load);
    if (problem->load && !problem_loads_equal(problem)) {
        problem_fill_rows(problem, link->V, unit / noise, problem->load);
    }
    if (!sensing->directed) { /* else sensing_direct has done it */
        sensing_fill(sensing, link, unit, system_angle_thresholds(system) && !problem->coupled);
    }
    fill_limits(problem);
}

/* How the two loads compare, over all users, streams and access points. */
static sensing_loads compare_loads(const alloc_problem *problem)
{
    const alloc_sensing *sensing = &problem->sensing;
    size_t K = problem->K, streams = problem->link->V_by_stream ? K : 1;
    sensing_loads loads = {.sensing_dearer = true, .trade_convex = true};

    if (problem_loads_equal(problem)) {
        loads.trade_convex = sensing_prefers_beam(sensing, problem->L);
        return loads;
    }
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t i = 0; i < K * streams && !sensing_is_idle(sensing, l); i++) {
            double V = problem_load(problem, i % K, i / K, l), S = problem->sensing_load[problem_at(problem, i % K, l)];
            bool sent = streams == 1 || problem->signal[problem_at(problem, i / K, l)] > 0.0;

            loads.sensing_dearer = loads.sensing_dearer && (!sent || V <= S);
            loads.trade_convex = loads.trade_convex && (!sent || V * sensing->d2[l] >= S * sensing->d1[l]);
        }
    }
    return loads;
}

static void choose_sensing(alloc_problem *problem)
{
    bool thresholds = system_angle_thresholds(problem->link->system) && !problem->coupled;
    sensing_loads loads = {.sensing_dearer = true};

    if (thresholds) {
        loads = compare_loads(problem);
    }
    sensing_choose(&problem->sensing, problem->L, problem->coherent, thresholds ? &loads : NULL, problem->limit,
                   problem->unit);
}

/* Both powers of an access point interfere alike. */
static bool are_alike(const cfi_link *link)
{
    bool alike = !link->V_by_stream;

    for (size_t i = 0; alike && link->V != link->S && i < link->K * link->L; i++) {
        alike = link->V[i] == link->S[i];
    }
    return alike;
}

/* One array for both loads where they are alike. */
static bool allocate_loads(alloc_problem *problem, cfi_arena *arena)
{
    size_t numbers = problem->K * problem->stride;

    problem->sensing_load = arena_alloc(arena, numbers, sizeof(double));
    if (problem->link->V_by_stream) {
        return problem->sensing_load; /* problem_list_streams does the other */
    }
    problem->load = are_alike(problem->link) ? problem->sensing_load : arena_alloc(arena, numbers, sizeof(double));
    return problem->sensing_load && problem->load;
}

static cfi_status allocate_problem(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, L = problem->L;

    problem->signal = problem->heard = arena_alloc(arena, K * problem->stride, sizeof(double));
    if (problem->coherent && !problem->link->coherent && problem->link->heard != problem->link->g) {
        problem->heard = arena_alloc(arena, K * problem->stride, sizeof(double));
    }
    problem->limit = arena_alloc(arena, 2 * L, sizeof(double));
    if (!problem->signal || !problem->heard || !allocate_loads(problem, arena) || !problem->limit) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the allocation of %zu x %zu powers", K, L);
    }
    problem->unit = problem->limit + L;
    return sensing_init(&problem->sensing, L, arena, error);
}

/* Where sensing couples access points: what it asks, and which powers hold most of it. */
static cfi_status make_coupled(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    alloc_coupled *coupled = arena_alloc(arena, 1, sizeof *coupled);

    problem->coupled = coupled;
    return coupled ? coupled_make(problem->link, problem->link->stop, arena, coupled, error)
                   : error_set(error, CFI_NO_MEMORY, "out of memory for the sensing constraints");
}

static cfi_status couple_sensing(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = problem->link->system;
    cfi_status status = CFI_OK;

    if (!system_couples_sensing(system) && !(problem->objective->raises && information_asked(system))) {
        return CFI_OK;
    }
    if (!problem->coupled) {
        status = make_coupled(problem, arena, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    problem->scratch = arena_alloc(arena, information_rows(&problem->coupled->information) + 1, sizeof(double));
    return problem->scratch ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for the sensing constraints");
}

/* The information that the objective raises. */
static cfi_status make_goal(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    alloc_information *goal;
    cfi_status status;

    if (!problem->objective->raises) {
        return CFI_OK;
    }
    goal = arena_alloc(arena, 1, sizeof *goal);
    status =
        goal ? information_build_kinds(problem->link, problem->objective->raises, problem->unit_w, arena, goal, error)
             : CFI_OK;
    if (status != CFI_OK) {
        return status;
    }
    problem->told.row = goal ? arena_alloc(arena, information_rows(goal) + 1, sizeof(double)) : NULL;
    problem->goal = goal;
    return problem->told.row ? CFI_OK
                             : error_set(error, CFI_NO_MEMORY, "out of memory for what is known of the target");
}

cfi_status problem_build(const cfi_link *link, cfi_arena *arena, alloc_problem *problem, cfi_error *error)
{
    return problem_build_beside(link, NULL, arena, problem, error);
}

cfi_status problem_build_beside(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena,
                                alloc_problem *problem, cfi_error *error)
{
    const cfi_system *system = link->system;
    double unit_w = system_most_power(system) / (double)link->L;
    bool coherent = system->rate_model == CFI_RATE_EXACT && link->pilots_overlap;
    cfi_status status;

    *problem = (alloc_problem){.link = link,
                               .coupled = coupled,
                               .objective = objective_of(system->allocation.objective),
                               .K = link->K,
                               .L = link->L,
                               .stride = rows_stride(link->L),
                               .unit_w = unit_w,
                               .amplitude = sqrt(unit_w / system->power.comm_noise_w),
                               .unit_load = unit_w / system->power.comm_noise_w,
                               .coherent = coherent,
                               .budget = (double)link->L};
    status = allocate_problem(problem, arena, error);
    if (status == CFI_OK) {
        status = couple_sensing(problem, arena, error);
    }
    if (status == CFI_OK) {
        status = make_goal(problem, arena, error);
    }
    if (status == CFI_OK && !problem->coupled) {
        status = sensing_direct(&problem->sensing, link, unit_w, arena, error);
    }
    if (status == CFI_OK) {
        fill_coefficients(problem);
        choose_sensing(problem);
        status = link->V_by_stream ? problem_list_streams(problem, arena, error) : CFI_OK;
    }
    if (status == CFI_OK) {
        status = problem_ask_rates(problem, arena, error);
    }
    if (status == CFI_OK) {
        status = problem_list_mates(problem, arena, error);
    }
    if (status == CFI_OK) {
        status = pairs_group(problem, arena, error);
    }
    if (status == CFI_OK) {
        status = targets_prepare(problem, arena, error);
    }
    return status;
}

/* ------------------------------------------------------------------------- points, values ---- */

alloc_point *problem_point(const alloc_problem *problem, cfi_arena *arena)
{
    size_t rows = problem->K + 2, stride = problem->stride;
    alloc_point *point = arena_alloc(arena, 1, sizeof *point);
    double *w = arena_alloc(arena, rows * stride, sizeof *w);

    if (!point || !w) {
        return NULL;
    }
    problem_clear_padding(problem, w, rows);
    *point = (alloc_point){.w = w, .x = w + stride * problem->K, .s = w + stride * (problem->K + 1)};
    return point;
}

alloc_values *problem_values(const alloc_problem *problem, cfi_arena *arena)
{
    alloc_values *values = arena_alloc(arena, 1, sizeof *values);
    double *u = arena_alloc(arena, 2 * problem->K, sizeof *u);

    if (!values || !u) {
        return NULL;
    }
    *values = (alloc_values){.u = u, .interference = u + problem->K, .objective = NAN};
    return values;
}

bool problem_state(const alloc_problem *problem, cfi_arena *arena, alloc_state *state)
{
    *state = (alloc_state){.point = problem_point(problem, arena), .values = problem_values(problem, arena)};
    return state->point && state->values;
}

void problem_copy(const alloc_problem *problem, const alloc_point *from, alloc_point *to)
{
    memcpy(to->w, from->w, problem->K * problem->stride * sizeof(double));
    memcpy(to->x, from->x, problem->stride * sizeof(double));
    memcpy(to->s, from->s, problem->stride * sizeof(double));
}

void problem_copy_state(const alloc_problem *problem, const alloc_state *from, const alloc_state *to)
{
    problem_copy(problem, from->point, to->point);
    memcpy(to->values->u, from->values->u, problem->K * sizeof(double));
    memcpy(to->values->interference, from->values->interference, problem->K * sizeof(double));
    to->values->objective = from->values->objective;
}

void problem_swap_states(const alloc_state *one, const alloc_state *other)
{
    alloc_point point = *one->point;
    alloc_values values = *one->values;

    *one->point = *other->point;
    *one->values = *other->values;
    *other->point = point;
    *other->values = values;
}

/* ------------------------------------------------------------------------------ evaluation ---- */

/* What the threads share of an evaluation. */
typedef struct evaluation {
    const alloc_problem *problem;
    const alloc_point *point;
    alloc_values *values;
} evaluation;

/* u and interference of users first .. end - 1, but for what streams cause one by one. */
static void evaluate_users(void *context, size_t thread, size_t first, size_t end)
{
    const evaluation *e = context;
    const alloc_problem *problem = e->problem;

    (void)thread;
    for (size_t i = first; i < end; i++) {
        size_t k = problem_user(problem, i);

        e->values->u[k] =
            rows_product(problem->stride, problem->signal + problem->stride * k, e->point->w + problem->stride * k);
        e->values->interference[k] = problem_interference(problem, k, e->point->x, e->point->s);
    }
    pairs_hear(problem, (pairs_rows){.rows = e->point->w}, first, end, NULL, e->values->interference);
}

double problem_interference(const alloc_problem *problem, size_t k, const double *x, const double *s)
{
    const double *sensing = problem->sensing_load + problem->stride * k;

    if (problem_loads_equal(problem)) {
        return 1.0 + rows_product_sum(problem->stride, sensing, x, s);
    }
    return 1.0 + rows_product(problem->stride, sensing, s) +
           (problem->load ? rows_product(problem->stride, problem->load + problem->stride * k, x) : 0.0);
}

double problem_evaluate(const alloc_problem *problem, const alloc_point *point, alloc_values *values)
{
    size_t threads = problem->link->threads, K = problem->K, pairs_each = 1 + problem->mate_start[K] / K;
    evaluation e = {.problem = problem, .point = point, .values = values};

    threads_share(threads, K, threads_even_part(threads, K, problem->stride * pairs_each), evaluate_users, &e);
    if (problem->load_by_stream) {
        problem_add_streams(problem, point->w, values->interference);
    }
    values->objective = problem->objective->of_powers ? problem->objective->of_powers(problem, point)
                        : problem->objective->value   ? problem->objective->value(problem, values)
                                                      : NAN;
    return values->objective;
}
