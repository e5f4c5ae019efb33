/* The small dual against the cone problems: the same optima, proved; certificates; degenerate drops; bytes that depend
 * on nothing. docs/model.md (M31) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/dual_rates.h"
#include "alloc/globals_dual.h"
#include "alloc/level.h"
#include "global_drops.h"

static const cfi_objective objectives[] = {CFI_MAX_MIN_RATE, CFI_MIN_POWER, CFI_MIN_CRLB, CFI_MIN_POSITION_ERROR};

/* Relative: numbers of the problem are rounded to 36 bits, so that bounds are those of data that are off by so much. */
static const double DATA_ROUNDING = 1e-10;

static bool is_larger_better(const global_drop *g)
{
    return global_system(g)->allocation.objective == CFI_MAX_MIN_RATE;
}

/* What the bound leaves, relative; negative: the value is beyond it. */
static double proved_gap(const global_drop *g, const cfi_allocation *allocation)
{
    double gap = allocation->objective.dual_value - allocation->objective.value;

    return (is_larger_better(g) ? gap : -gap) / fabs(allocation->objective.value);
}

static cfi_allocation run_by(global_drop *g, cfi_solver solver)
{
    global_system(g)->allocation.solver = solver;
    return run(g->c->d);
}

static bool is_covered(global_drop *g)
{
    alloc_problem problem;
    globals_drop asked;
    cfi_error error = {.text = ""};
    unsigned kinds = information_asked(global_system(g));
    bool covered;

    assert_int_equal(problem_build(&g->c->d->link, g->c->d->arena, &problem, &error), CFI_OK);
    kinds |= global_system(g)->allocation.objective == CFI_MIN_CRLB ? 1U << INFORMATION_ANGLE : 0U;
    kinds |= global_system(g)->allocation.objective == CFI_MIN_POSITION_ERROR ? 1U << INFORMATION_POSITION : 0U;
    assert_int_equal(globals_make(&problem, kinds, NULL, g->c->d->arena, &asked, &error), CFI_OK);
    covered = globals_dual_covers(&asked);
    globals_close(&asked);
    return covered;
}

/* The largest common rate is looked for by prices alone first, whatever the link. */
static bool has_level(global_drop *g)
{
    alloc_problem problem;

    assert_int_equal(problem_build(&g->c->d->link, g->c->d->arena, &problem, NULL), CFI_OK);
    return is_larger_better(g) && !system_couples_sensing(global_system(g)) && level_applies(&problem);
}

/* ------------------------------------------------------------------------- against cones ---- */

/* Values of feasible powers, each side with its bound: where the cone problem is exact the two agree, and nowhere is
 * the small dual worse by more than 1e-8. */
static void both_solvers_find_the_same_optima(void **state)
{
    size_t compared = 0, covered = 0, by_itself = 0;

    (void)state;
    for (uint64_t seed = 300; seed < 396; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], seed % 5 == 0 && seed % 4 != 1 ? 0.0 : 0.6);
        bool covers = is_covered(g);
        cfi_allocation dual = run_by(g, CFI_SOLVER_AUTO), cones = run_by(g, CFI_SOLVER_SOCP);

        covered += covers;
        assert_string_equal(cones.solver, "socp");
        assert_string_equal(dual.solver, covers || has_level(g) ? "structured" : "socp");
        if (cones.status == CFI_ALLOC_OPTIMAL) {
            double sign = is_larger_better(g) ? 1.0 : -1.0;
            double worse = sign * (cones.objective.value - dual.objective.value) / cones.objective.value;

            assert_int_equal(dual.status, CFI_ALLOC_OPTIMAL);
            assert_true(raw_global_violation(g, &dual.powers) < 1e-9);
            assert_true(worse < 1e-8);
            assert_true(worse > -1e-6);
            assert_true(proved_gap(g, &dual) > -DATA_ROUNDING);
            compared += covers;
            by_itself += covers && dual.fallback_steps == 0;
        } else {
            assert_int_equal(dual.status, cones.status);
        }
        free_global_drop(g);
    }
    assert_in_range(covered, 50, 96);
    assert_in_range(compared, 45, 96);
    assert_true(10 * by_itself >= 9 * compared);
}

/* Both sides of the optimum are within 1e-7 of each other, and least powers mostly within 1e-9. (The largest common
 * rate may be a level of its own, whose proof stops at 1e-8.) */
static void values_and_bounds_meet(void **state)
{
    size_t near = 0, all = 0;

    (void)state;
    for (uint64_t seed = 400; seed < 480; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 2], seed % 2 == 0 ? 0.0 : 0.6);
        cfi_allocation dual;

        if (is_covered(g)) {
            dual = run_by(g, CFI_SOLVER_AUTO);
            if (dual.status == CFI_ALLOC_OPTIMAL && dual.fallback_steps == 0) {
                double gap = proved_gap(g, &dual);

                assert_true(gap > -DATA_ROUNDING);
                assert_true(gap < 1e-7);
                near += gap < 1e-9 && !is_larger_better(g);
                all += !is_larger_better(g);
            }
        }
        free_global_drop(g);
    }
    assert_in_range(all, 15, 40);
    assert_true(10 * near >= 8 * all);
}

/* --------------------------------------------------------------------------- certificates ---- */

/* Targets at all of a drop's largest common factor c but a millionth have powers, at a millionth more they have none,
 * and c is told to be what must give way. */
static void the_largest_factor_of_rates_is_sharp(void **state)
{
    static const double beside[] = {1.0 - 1e-6, 1.0 + 1e-6, 1.02};
    size_t tried = 0;

    (void)state;
    for (uint64_t seed = 500; seed < 540; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MAX_MIN_RATE, 0.6);
        cfi_system *s = global_system(g);
        bool covered = is_covered(g);
        cfi_allocation best;

        for (size_t k = 0; k < s->K; k++) {
            g->weight[k] = 1.0 + 0.2 * (double)k;
        }
        s->allocation.rate_target_bit_s_hz = NULL;
        best = run_by(g, CFI_SOLVER_AUTO);
        s->allocation.rate_target_bit_s_hz = g->target;
        s->allocation.objective = CFI_MIN_POWER;
        for (size_t i = 0; covered && best.status == CFI_ALLOC_OPTIMAL && i < 3; i++) {
            double c = best.objective.value;
            cfi_allocation allocation;

            for (size_t k = 0; k < s->K; k++) {
                g->target[k] = beside[i] * c * g->weight[k];
            }
            allocation = run_by(g, CFI_SOLVER_AUTO);
            assert_int_equal(allocation.status, i == 0 ? CFI_ALLOC_OPTIMAL : CFI_ALLOC_INFEASIBLE);
            if (i == 2 && allocation.because.constraint == CFI_CONSTRAINT_RATE &&
                allocation.because.ue == CFI_NOWHERE) {
                assert_close(allocation.because.factor, beside[i], 1e-6);
            }
            tried++;
        }
        free_global_drop(g);
    }
    assert_in_range(tried, 60, 120);
}

/* ------------------------------------------------------------------------------ degenerate ---- */

/* Targets next to nothing and next to what no power reaches; one user; one access point; sensing that decides alone. */
static void degenerate_drops_have_the_same_optima(void **state)
{
    static const double shares[] = {1e-6, 1e-3, 0.5, 0.999};
    size_t found = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 48; seed++) {
        coupled_kind kind = {.L = 1 + seed % 3,
                             .K = 1 + seed / 3 % 3,
                             .N = 4,
                             .M = seed % 2 == 0 ? 4 : 2,
                             .asked = seed % 4 == 3 ? 0U : (unsigned)(seed % 4),
                             .limits = seed % 3 == 1,
                             .margin = seed % 5 == 0 ? 1.0 + 1e-6 : 1.5};
        global_drop g;
        cfi_allocation best, dual, cones;
        cfi_system *s;

        kind.pilots = kind.K;
        g.c = make_coupled_drop(seed, kind);
        s = global_system(&g);
        for (size_t k = 0; k < kind.K; k++) {
            g.weight[k] = 1.0;
            g.target[k] = 0.0;
        }
        s->allocation.weights = g.weight;
        s->allocation.objective = CFI_MAX_MIN_RATE;
        best = run_by(&g, CFI_SOLVER_AUTO);
        if (best.status == CFI_ALLOC_INFEASIBLE) { /* one access point alone knows of no position */
            free_coupled_drop(g.c);
            continue;
        }
        assert_int_equal(best.status, CFI_ALLOC_OPTIMAL);
        assert_true(proved_gap(&g, &best) > -DATA_ROUNDING);
        for (size_t k = 0; k < kind.K; k++) {
            g.target[k] = shares[seed % 4] * best.objective.value;
        }
        s->allocation.rate_target_bit_s_hz = g.target;
        s->allocation.objective = CFI_MIN_POWER;
        dual = run_by(&g, CFI_SOLVER_AUTO);
        cones = run_by(&g, CFI_SOLVER_SOCP);
        assert_int_equal(dual.status, CFI_ALLOC_OPTIMAL);
        assert_true(raw_global_violation(&g, &dual.powers) < 1e-9);
        if (cones.status == CFI_ALLOC_OPTIMAL) {
            assert_true(dual.objective.value <= cones.objective.value * (1.0 + 1e-8));
            found++;
        }
        free_coupled_drop(g.c);
    }
    assert_in_range(found, 36, 48);
}

/* ------------------------------------------------------------------------------- by hand ---- */

/* One access point and one user: sinr = g^2 p / (1 + V p), so that all the budget gives g^2 L / (1 + V L). */
static void one_user_has_the_closed_rate(void **state)
{
    double signal[LANES] = {3.0}, load[LANES] = {0.7}, least = 0.0, weight = 1.0, target, slope, lambda, matrix[6],
           room[128];
    bool idle = false;
    dual_program p = {.K = 1,
                      .L = 1,
                      .stride = LANES,
                      .signal = signal,
                      .load = load,
                      .sensing_load = load,
                      .target = &target,
                      .idle = &idle,
                      .budget = 5.0,
                      .budget_asked = true,
                      .budget_raised = true};
    dual_rates rates = {.program = &p,
                        .weight = &weight,
                        .least = &least,
                        .target = &target,
                        .slope = &slope,
                        .lambda = &lambda,
                        .matrix = matrix,
                        .room = room};
    cfi_arena *arena = arena_create();
    dual_ask ask = {.gap = 1e-11, .beyond = INFINITY};

    (void)state;
    assert_int_equal(dual_init(&p, arena, NULL), CFI_OK);
    assert_true(dual_room(&p) <= 128);
    assert_close(dual_balance(&rates), log1p(9.0 * 5.0 / (1.0 + 0.7 * 5.0)), 1e-12);
    target = 2.0; /* p = 2 / (9 - 1.4) */
    dual_begin(&p);
    assert_true(dual_run(&p, &ask));
    assert_close(p.theta, 2.0 / (9.0 - 1.4) / 5.0, 1e-10);
    target = 13.0; /* beyond 9 / 0.7 at any power */
    ask.beyond = 1e6;
    dual_begin(&p);
    assert_false(dual_run(&p, &ask));
    arena_destroy(arena);
}

/* ------------------------------------------------------------------------------- invariance ---- */

static void answers_are_the_same_bytes_whatever_the_threads(void **state)
{
    (void)state;
    for (uint64_t seed = 600; seed < 612; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], 0.5);
        size_t K = g->c->d->link.K, L = g->c->d->link.L;
        cfi_allocation one = run_by(g, CFI_SOLVER_AUTO), two;
        cfi_powers kept = keep_powers(g, &one.powers);

        g->c->d->link.threads = 2;
        two = run_by(g, CFI_SOLVER_AUTO);
        assert_int_equal(two.status, one.status);
        assert_memory_equal(two.powers.p, kept.p, K * L * sizeof(double));
        assert_memory_equal(two.powers.s, kept.s, L * sizeof(double));
        free_global_drop(g);
    }
}

/* A second solution of the same program takes no memory, and is the same to the bit. */
static void solutions_take_no_memory_and_repeat(void **state)
{
    (void)state;
    for (uint64_t seed = 700; seed < 712; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MIN_POWER, 0.5);
        cfi_arena *arena = g->c->d->arena;
        cfi_error error = {.text = ""};
        double target[GLOBAL_MOST_USERS];
        globals_ask ask = {.sensing = {.held = information_asked(global_system(g)), .budget = POWER_RAISED},
                           .target = target};
        dual_ask how = {.gap = 1e-10, .beyond = 1e9};
        alloc_problem problem;
        globals_drop asked;
        globals_dual dual;

        for (size_t k = 0; k < g->c->d->link.K; k++) {
            target[k] = rates_sinr(global_system(g), g->target[k]);
        }
        assert_int_equal(problem_build(&g->c->d->link, arena, &problem, &error), CFI_OK);
        assert_int_equal(globals_make(&problem, ask.sensing.held, NULL, arena, &asked, &error), CFI_OK);
        if (globals_dual_covers(&asked) && globals_dual_asks(&asked, &ask)) {
            cfi_arena_mark mark, now;
            double theta;
            bool found;

            assert_int_equal(globals_dual_make(&asked, &ask, &dual, &error), CFI_OK);
            mark = arena_mark(arena);
            dual_begin(&dual.program);
            found = dual_run(&dual.program, &how);
            theta = dual.program.theta;
            dual_begin(&dual.program);
            assert_int_equal(dual_run(&dual.program, &how), found);
            assert_true(theta == dual.program.theta || isnan(theta));
            now = arena_mark(arena);
            assert_memory_equal(&mark, &now, sizeof mark);
        }
        globals_close(&asked);
        free_global_drop(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_solvers_find_the_same_optima),
        cmocka_unit_test(values_and_bounds_meet),
        cmocka_unit_test(the_largest_factor_of_rates_is_sharp),
        cmocka_unit_test(degenerate_drops_have_the_same_optima),
        cmocka_unit_test(one_user_has_the_closed_rate),
        cmocka_unit_test(answers_are_the_same_bytes_whatever_the_threads),
        cmocka_unit_test(solutions_take_no_memory_and_repeat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
