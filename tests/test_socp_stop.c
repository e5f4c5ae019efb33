/* A stop flag that is set, or a time limit that passes, in the middle of a solve. The stages of the linear algebra and
 * the clock are called through the test (linked with --wrap), which sets the flag or the clock before a chosen call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp/kkt.h"
#include "socp/newton.h"
#include "socp/order.h"
#include "socp_check.h"
#include "socp_planted.h"

#include <sched.h>
#include <stdatomic.h>

static sig_atomic_t stop;
static size_t calls, stop_before, late; /* stages begun, the one that meets a set flag, solutions begun after it */
static size_t started;                  /* stages begun when the first start point was there; 0 before */

/* What a solve is stopped by, and the clock, which stands still but for that. */
typedef enum cause { THE_FLAG, THE_CLOCK, CAUSES } cause;
static cause stopped_by;
static const double LIMIT = 100.0; /* seconds */
static _Atomic double now;

double __wrap_clock_seconds(void);
double __wrap_clock_seconds(void)
{
    return now;
}

static void be_stopped(void)
{
    if (stopped_by == THE_FLAG) {
        stop = 1;
    } else {
        now = now + LIMIT;
    }
}

static void begin_stage(void)
{
    late += calls > stop_before;
    if (calls++ == stop_before) {
        be_stopped();
    }
}

static bool is_set(const stop_watch *watch)
{
    return watch && ((watch->flag == &stop && stop) || (watch->deadline > 0.0 && now >= watch->deadline));
}

bool __real_order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, stop_watch *watch,
                          uint32_t *order);
bool __wrap_order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, stop_watch *watch,
                          uint32_t *order);
bool __real_ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot);
bool __wrap_ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot);
size_t __real_ldl_factor(ldl *factor, const signed char *sign, double least, double delta);
size_t __wrap_ldl_factor(ldl *factor, const signed char *sign, double least, double delta);
double __real_kkt_solve(kkt *system, const double *rhs, double target, double *solution);
double __wrap_kkt_solve(kkt *system, const double *rhs, double target, double *solution);
void __real_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2]);
void __wrap_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2]);

bool __wrap_order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, stop_watch *watch,
                          uint32_t *order)
{
    begin_stage();
    return __real_order_pattern(n, entries, row, col, watch, order);
}

bool __wrap_ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot)
{
    bool stopped, done;

    begin_stage();
    stopped = is_set(pattern->watch);
    done = __real_ldl_analyse(factor, pattern, place, slot);
    assert_false(stopped && done);
    return done;
}

size_t __wrap_ldl_factor(ldl *factor, const signed char *sign, double least, double delta)
{
    bool stopped;
    size_t replaced;

    begin_stage();
    stopped = is_set(factor->watch);
    replaced = __real_ldl_factor(factor, sign, least, delta);
    assert_false(stopped && replaced != SIZE_MAX);
    return replaced;
}

double __wrap_kkt_solve(kkt *system, const double *rhs, double target, double *solution)
{
    size_t before;
    double error;

    begin_stage();
    before = system->refinements;
    error = __real_kkt_solve(system, rhs, target, solution);
    assert_false(is_set(system->watch) && system->refinements > before);
    return error;
}

void __wrap_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2])
{
    size_t before;

    begin_stage();
    before = system->refinements;
    __real_kkt_solve_two(system, rhs, target, solution, error);
    assert_false(is_set(system->watch) && system->refinements > before);
}

bool __real_newton_start(socp_workspace *w);
bool __wrap_newton_start(socp_workspace *w);

bool __wrap_newton_start(socp_workspace *w)
{
    bool done = __real_newton_start(w);

    started = started > 0 ? started : calls;
    return done;
}

static void watch_for(size_t call)
{
    stop = 0;
    now = 1000.0;
    calls = late = started = 0;
    stop_before = call;
}

/* What a solve that was stopped says: its best point, judged as any other, or no number at all. It may just have ended
 * by itself, with the status and the reason of a solve that was left alone. */
static void assert_stopped(const socp_problem *problem, const socp_solution *solution, const char *reason,
                           const socp_solution *alone)
{
    double largest = 0.0;
    bool explained = strcmp(solution->stop_reason, "rounding") == 0 || strcmp(solution->stop_reason, "small_rows") == 0;

    if (solution->status == alone->status && solution->stop_reason == alone->stop_reason) {
        return;
    }
    if (isnan(solution->primal_residual)) {
        assert_string_equal(solution->stop_reason, reason);
        assert_string_equal(socp_status_name(solution->status), reason);
        assert_true(isnan(solution->dual_residual) && isnan(solution->gap) && isnan(solution->primal_objective));
        assert_true(isnan(solution->x[0]));
        return;
    }
    for (size_t j = 0; j < problem->n; j++) {
        assert_true(isfinite(solution->x[j]));
    }
    largest = fmax(fmax(solution->primal_residual, solution->dual_residual), solution->gap);
    if (explained) { /* the point may be called optimal, for a reason that matters more */
        assert_int_equal(solution->status, SOCP_OPTIMAL);
        assert_true(largest > 1e-8 && largest <= 1e-6);
        return;
    }
    assert_string_equal(solution->stop_reason, reason);
    assert_string_equal(socp_status_name(solution->status), largest <= 1e-8 ? "optimal" : reason);
}

static bool same_bytes(const socp_problem *problem, const socp_solution *a, const double *x, const double *z)
{
    return memcmp(a->x, x, problem->n * sizeof *x) == 0 && memcmp(a->z, z, problem->m * sizeof *z) == 0;
}

/* A solve of a problem that is left alone: its answer, and how many stages it has. */
typedef struct reference {
    const socp_problem *problem;
    socp_settings settings;
    socp_solution solution;
    double x[PLANTED_MOST_N], z[PLANTED_MOST_M];
    size_t analysis, stages; /* of socp_create; of socp_solve */
    size_t start; /* stages of socp_solve until the start point is there: factors, and a solution with each */
} reference;

static reference left_alone(const socp_problem *problem)
{
    reference r = {.problem = problem, .settings = socp_default_settings()};
    socp_workspace *workspace;

    r.settings.stop = &stop;
    r.settings.time_limit_seconds = LIMIT;
    r.settings.warm_start = true; /* a solve that is stopped leaves nothing to start from */
    watch_for(SIZE_MAX);
    workspace = socp_create(problem, &r.settings, NULL);
    r.analysis = calls;
    assert_int_equal(socp_solve(workspace, problem, &r.solution, NULL), CFI_OK);
    r.stages = calls - r.analysis;
    r.start = started - r.analysis;
    assert_true(r.analysis == 2 && r.start >= 2 && r.start % 2 == 0 && r.stages >= r.start);
    memcpy(r.x, r.solution.x, problem->n * sizeof *r.x);
    memcpy(r.z, r.solution.z, problem->m * sizeof *r.z);
    socp_destroy(workspace);
    return r;
}

/* The next solve of a workspace whose last one was stopped: still, by a flag that is still set; or as the first. */
static void assert_solves_again(const reference *r, socp_workspace *workspace, socp_solution *solution)
{
    bool ended = solution->status == SOCP_OPTIMAL; /* by itself, at the last moment: its point is there to start from */

    if (stopped_by == THE_FLAG) {
        assert_int_equal(socp_solve(workspace, r->problem, solution, NULL), CFI_OK);
        assert_int_equal(solution->status, SOCP_INTERRUPTED);
        assert_true(isnan(solution->primal_residual) || ended);
    } else if (ended) {
        socp_forget(workspace);
    }
    watch_for(SIZE_MAX);
    assert_int_equal(socp_solve(workspace, r->problem, solution, NULL), CFI_OK);
    assert_int_equal(calls, r->stages);
    assert_int_equal(solution->status, r->solution.status);
    assert_true(same_bytes(r->problem, solution, r->x, r->z));
}

/* Stopped before the stage `call`: there is a point from the start point on. *stopped counts the solves that did not
 * end by themselves. */
static void stop_at(const reference *r, size_t call, size_t *stopped)
{
    const char *reason = stopped_by == THE_FLAG ? "interrupted" : "time_limit";
    cfi_error error = {.status = CFI_OK};
    socp_solution solution;
    socp_workspace *workspace;

    watch_for(call);
    workspace = socp_create(r->problem, &r->settings, &error);
    assert_true((workspace == NULL) == (call < r->analysis));
    if (!workspace) {
        assert_int_equal(error.status, stopped_by == THE_FLAG ? CFI_INTERRUPTED : CFI_FAILED);
        assert_null(strchr(error.text, '\n'));
        return;
    }
    assert_int_equal(socp_solve(workspace, r->problem, &solution, &error), CFI_OK);
    assert_true(late <= 2); /* an iteration has up to three solutions */
    assert_stopped(r->problem, &solution, reason, &r->solution);
    if (call + 1 != r->analysis + r->start) { /* else a solution without refinement may do or not */
        assert_true(isfinite(solution.primal_residual) == (call >= r->analysis + r->start));
    }
    *stopped += strcmp(solution.stop_reason, reason) == 0;
    assert_solves_again(r, workspace, &solution);
    socp_destroy(workspace);
}

/* Whichever stage meets the flag or the deadline: nothing more is solved, the best point is returned, and the same
 * workspace then gives the bytes of a new one. */
static void a_solve_ends_at_the_stage_that_is_stopped(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < CAUSES * 2 * PLANTED_KINDS; seed++) {
        planted *it = planted_make(seed / CAUSES, (planted_kind)(seed / CAUSES % PLANTED_KINDS));
        reference r = left_alone(it->problem);
        size_t stopped = 0;

        stopped_by = (cause)(seed % CAUSES);
        for (size_t call = 0; call < r.analysis + r.stages; call++) {
            stop_at(&r, call, &stopped);
        }
        assert_true(3 * stopped >= 2 * r.stages); /* all but those of the last steps, whose points are good enough */
        planted_free(it);
    }
    stopped_by = THE_FLAG;
}

/* The status of a solve before whose third stage the clock jumps. */
static socp_status solve_with_a_jump(socp_workspace *workspace, const socp_problem *problem)
{
    socp_solution solution;

    watch_for(2);
    assert_int_equal(socp_solve(workspace, problem, &solution, NULL), CFI_OK);
    return solution.status;
}

/* The limit begins anew with each solve, and may be another one or none. */
static void the_time_limit_can_be_changed(void **state)
{
    planted *it = planted_make(0, PLANTED_OPTIMAL);
    socp_settings settings = socp_default_settings();
    cfi_error error = {.status = CFI_OK};
    socp_workspace *workspace;

    (void)state;
    stopped_by = THE_CLOCK;
    settings.time_limit_seconds = 2.0 * LIMIT; /* the clock jumps by half of that */
    watch_for(0);
    workspace = socp_create(it->problem, &settings, NULL);
    assert_non_null(workspace);
    assert_int_equal(solve_with_a_jump(workspace, it->problem), SOCP_OPTIMAL);
    assert_int_equal(solve_with_a_jump(workspace, it->problem), SOCP_OPTIMAL);
    assert_int_equal(socp_set_time_limit(workspace, LIMIT, &error), CFI_OK);
    assert_int_equal(solve_with_a_jump(workspace, it->problem), SOCP_TIME_LIMIT);
    assert_int_equal(socp_set_time_limit(workspace, 0.0, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "time_limit_seconds: 0 (allowed: greater than 0; INFINITY: no limit)"));
    assert_int_equal(solve_with_a_jump(workspace, it->problem), SOCP_TIME_LIMIT); /* still the old one */
    assert_int_equal(socp_set_time_limit(workspace, INFINITY, &error), CFI_OK);
    assert_int_equal(solve_with_a_jump(workspace, it->problem), SOCP_OPTIMAL);
    socp_destroy(workspace);
    planted_free(it);
    stopped_by = THE_FLAG;
}

static void another_flag_or_none_can_take_its_place(void **state)
{
    static sig_atomic_t other;
    planted *it = planted_make(0, PLANTED_OPTIMAL);
    socp_settings settings = socp_default_settings();
    socp_solution solution;
    socp_workspace *workspace;

    (void)state;
    watch_for(SIZE_MAX);
    settings.stop = &stop;
    workspace = socp_create(it->problem, &settings, NULL);
    stop = 1;
    assert_int_equal(socp_solve(workspace, it->problem, &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_INTERRUPTED);
    socp_set_stop(workspace, NULL);
    assert_int_equal(socp_solve(workspace, it->problem, &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    socp_set_stop(workspace, &other);
    assert_int_equal(socp_solve(workspace, it->problem, &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    other = 1;
    assert_int_equal(socp_solve(workspace, it->problem, &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_INTERRUPTED);
    socp_destroy(workspace);
    planted_free(it);
}

/* A dense matrix is one panel, factorised by tiles. Its stop flag is made of the bytes of a pivot's inverse: they are 0
 * until that pivot is reached, and then the factorisation must leave all later tiles alone. */
static void a_panel_is_left_at_the_next_tile(void **state)
{
    enum { N = 80, ENTRIES = N * (N + 1) / 2, PIVOT = 50, TILES = 8 };
    static uint32_t row[ENTRIES], col[ENTRIES], order[N], place[N], slot[ENTRIES];
    static signed char sign[N];
    stop_watch watch = {.flag = NULL};
    ldl_pattern pattern = {.n = N, .entries = ENTRIES, .row = row, .col = col, .order = order, .watch = &watch};
    size_t entries = 0;
    ldl factor;

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        order[i] = i;
        sign[i] = 1;
        for (uint32_t j = 0; j <= i; j++) {
            row[entries] = i;
            col[entries++] = j;
        }
    }
    assert_true(ldl_analyse(&factor, &pattern, place, slot));
    assert_true(factor.nodes == 1 && !factor.node[0].small);
    for (int stopped = 0; stopped < 2; stopped++) {
        size_t got;

        memset(factor.value, 0, factor.values * sizeof(double));
        memset(factor.inverse, 0, N * sizeof(double));
        for (size_t e = 0; e < ENTRIES; e++) {
            factor.value[slot[e]] = row[e] == col[e] ? (double)N : 0.3;
        }
        watch = (stop_watch){.flag = stopped ? (cfi_stop *)((char *)&factor.inverse[PIVOT] + 4) : NULL};
        got = ldl_factor(&factor, sign, 1e-14, 1e-8);
        assert_true(got == (stopped ? SIZE_MAX : 0));
        assert_true(factor.inverse[PIVOT] > 0.0);
        assert_true(factor.inverse[PIVOT + TILES] > 0.0 ? !stopped : stopped);
        assert_true(factor.inverse[N - 1] > 0.0 ? !stopped : stopped);
    }
    ldl_free(&factor);
}

/* ------------------------------------------------------------------------------------ AMD ---- */

static atomic_int amd_begun, amd_may_end = 1, amd_ended;

int __real_amd_order(int32_t n, const int32_t *start, const int32_t *row, int32_t *order, double *control,
                     double *info);
int __wrap_amd_order(int32_t n, const int32_t *start, const int32_t *row, int32_t *order, double *control,
                     double *info);

/* Told to wait, it goes on after the stop, as a long run does, and works on its memory later still. */
int __wrap_amd_order(int32_t n, const int32_t *start, const int32_t *row, int32_t *order, double *control, double *info)
{
    int status;

    if (amd_begun++ == 0 && !amd_may_end) {
        be_stopped();
        while (!amd_may_end) {
            sched_yield();
        }
    }
    status = __real_amd_order(n, start, row, order, control, info);
    amd_ended++;
    return status;
}

/* min sum x over x >= 1 and random rows that hold too: many entries for AMD. */
static socp_builder *many_entries(void)
{
    enum { VARIABLES = 300, WIDE_ROWS = 200 };
    socp_builder *builder = socp_builder_create(VARIABLES);
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_START, 77);
    size_t bounds = socp_add_linear(builder, VARIABLES), rows = socp_add_linear(builder, WIDE_ROWS);

    for (size_t j = 0; j < VARIABLES; j++) {
        socp_objective(builder, j, 1.0);
        socp_put(builder, bounds + j, j, 1.0);
        socp_constant(builder, bounds + j, -1.0);
        for (size_t i = 0; i < WIDE_ROWS; i++) {
            if (uniform(&stream) < 0.8) {
                socp_put(builder, rows + i, j, uniform(&stream));
            }
        }
    }
    return builder;
}

/* An ordering cannot be interrupted: it is left to end by itself, with its memory. */
static void leave_ordering_behind(const socp_problem *problem, const socp_settings *settings)
{
    cfi_error error = {.status = CFI_OK};
    socp_solution solution;
    socp_workspace *workspace;

    watch_for(SIZE_MAX);
    amd_begun = amd_may_end = amd_ended = 0;
    assert_null(socp_create(problem, settings, &error));
    assert_int_equal(error.status, stopped_by == THE_FLAG ? CFI_INTERRUPTED : CFI_FAILED);
    assert_true(amd_begun == 1 && amd_ended == 0);
    amd_may_end = 1;
    while (!amd_ended) {
        sched_yield();
    }
    watch_for(SIZE_MAX);
    workspace = socp_create(problem, settings, &error);
    assert_non_null(workspace);
    assert_int_equal(socp_solve(workspace, problem, &solution, NULL), CFI_OK);
    assert_optimal(problem, &solution, 1e-7);
    assert_close(solution.primal_objective, 300.0, 1e-7);
    socp_destroy(workspace);
}

static void a_long_ordering_is_left_behind(void **state)
{
    socp_builder *builder = many_entries();
    socp_settings settings = socp_default_settings();

    (void)state;
    settings.stop = &stop;
    leave_ordering_behind(built(builder), &settings);
    stopped_by = THE_CLOCK;
    settings.stop = NULL;
    settings.time_limit_seconds = LIMIT;
    leave_ordering_behind(built(builder), &settings);
    stopped_by = THE_FLAG;
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solve_ends_at_the_stage_that_is_stopped),
        cmocka_unit_test(the_time_limit_can_be_changed),
        cmocka_unit_test(another_flag_or_none_can_take_its_place),
        cmocka_unit_test(a_panel_is_left_at_the_next_tile),
        cmocka_unit_test(a_long_ordering_is_left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
