/* The response where sensing constraints couple access points (docs/model.md (M19)): beside the cone solver, by first
 * principles from powers, and where it does not apply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/climb.h"
#include "alloc/separable_solve.h"
#include "alloc/separable_values.h"
#include "coupled_drops.h"

/* Programs that are solved from one on are refused, by the linker. */
static size_t programs, programs_given = SIZE_MAX;
bool __real_separable_solve(separable *p);
bool __wrap_separable_solve(separable *p);

bool __wrap_separable_solve(separable *p)
{
    return programs++ < programs_given && __real_separable_solve(p);
}

/* Every set of constraints on own echoes and on all, both kinds of arrays, limits; pilots are orthogonal. */
static coupled_kind kind_of(uint64_t seed)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {4, 1}, {3, 3}};
    size_t a = seed % 6, users = 1 + seed % 4;
    unsigned asked = (unsigned)(1 + seed / 2 % 7);
    bool noncoherent = seed % 2 == 1;

    return (coupled_kind){.L = 3 + seed % 6,
                          .K = users,
                          .N = antennas[a][0],
                          .M = antennas[a][1],
                          .pilots = users,
                          .asked = asked,
                          .noncoherent = noncoherent,
                          .general_gains = seed / 3 % 2 == 1 && !(noncoherent && asked & ASK_ANGLES),
                          .limits = seed / 5 % 3 == 0,
                          .margin = 1.2};
}

static cfi_allocation run_by(coupled_drop *c, cfi_solver solver)
{
    c->d->made.system.allocation.solver = solver;
    return run(c->d);
}

static void structured_is_as_good_as_socp(void **state)
{
    size_t compared = 0, fallbacks = 0;

    (void)state;
    for (uint64_t seed = 5000; seed < 5150; seed++) {
        coupled_drop *c = make_coupled_drop(seed, kind_of(seed));
        cfi_allocation here = run_by(c, CFI_SOLVER_STRUCTURED), there = run_by(c, CFI_SOLVER_SOCP);

        assert_int_equal(here.status == CFI_ALLOC_INFEASIBLE, there.status == CFI_ALLOC_INFEASIBLE);
        if (here.status != CFI_ALLOC_INFEASIBLE) {
            assert_int_equal(here.status, CFI_ALLOC_CONVERGED);
            assert_true(raw_coupled_violation(c, &here.powers) < 1e-9);
            assert_true(here.sum_rate_bit_s_hz >= there.sum_rate_bit_s_hz * (1.0 - 1e-6));
            assert_true(here.largest_step_gap <= 1e-8);
            check_trace(&here);
            compared++;
            fallbacks += here.fallback_steps > 0;
        }
        free_coupled_drop(c);
    }
    assert_true(compared > 110);
    assert_int_equal(fallbacks, 0);
}

/* ------------------------------------------------------------------- first-order conditions ---- */

/* The slope of a function of powers in one of them, by differences. */
static double slope_of(double (*value)(const coupled_drop *c, const cfi_powers *powers), const coupled_drop *c,
                       const cfi_powers *powers, double *power, double by)
{
    double before = *power, low = fmax(before - by, 0.0), high = before + by, upper;

    *power = high;
    upper = value(c, powers);
    *power = low;
    upper = (upper - value(c, powers)) / (high - low);
    *power = before;
    return upper;
}

static double rate_of(const coupled_drop *c, const cfi_powers *powers)
{
    return sum_rate_from_formula(c->d, powers);
}

static double information_of(const coupled_drop *c, const cfi_powers *powers)
{
    return 1.0 / raw_position(c, powers);
}

/* With a budget and a position threshold alone  dF/dp + zeta d(1 / tr J^-1)/dp = mu  for all powers in use, and no more
 * for those that are not: one mu >= 0 and one zeta >= 0 for all, by least squares weighted by powers. */
typedef struct first_order {
    double rate[32], information[32], power[32];
    size_t count;
} first_order;

static void add_power(first_order *f, const coupled_drop *c, const cfi_powers *powers, double *power, double each)
{
    double by = *power > 1e-4 * each ? 1e-4 * *power : 1e-6 * each;

    f->rate[f->count] = slope_of(rate_of, c, powers, power, by);
    f->information[f->count] = slope_of(information_of, c, powers, power, by);
    f->power[f->count++] = *power;
}

/* Slopes turn fast where SINRs are high: an objective to twelve digits leaves a hundredth of them. Those of powers
 * below a hundredth of an equal share are not settled by it. */
static void check_first_order(const first_order *f, double each)
{
    double n = 0.0, r = 0.0, i = 0.0, ii = 0.0, ri = 0.0, zeta, mu;

    for (size_t j = 0; j < f->count; j++) {
        n += f->power[j];
        r += f->power[j] * f->rate[j];
        i += f->power[j] * f->information[j];
        ii += f->power[j] * f->information[j] * f->information[j];
        ri += f->power[j] * f->rate[j] * f->information[j];
    }
    zeta = (ri - r * i / n) / (i * i / n - ii);
    mu = (r + zeta * i) / n;
    assert_true(mu > 0.0);
    assert_true(zeta * i / n >= -2e-2 * mu);
    for (size_t j = 0; j < f->count; j++) {
        double rest = (f->rate[j] + zeta * f->information[j]) / mu - 1.0;

        assert_true(rest <= 2e-2);
        assert_true(f->power[j] < 1e-2 * each || rest >= -2e-2);
    }
}

static void results_meet_the_first_order_conditions(void **state)
{
    size_t binding = 0;

    (void)state;
    for (uint64_t seed = 5200; seed < 5240; seed++) {
        coupled_kind kind = {.L = 8, .K = 3, .N = 4, .M = seed % 4 == 0 ? 1 : 4, .pilots = 3};
        coupled_drop *c;
        cfi_allocation a;
        double each;

        kind.asked = ASK_POSITION;
        kind.noncoherent = seed % 2 == 1;
        kind.margin = 1.1;
        c = make_coupled_drop(seed, kind);
        each = c->d->made.system.power.budget_w / 8.0;
        c->d->made.system.allocation.tolerance = 1e-12;
        a = run_by(c, CFI_SOLVER_STRUCTURED);
        if (a.status != CFI_ALLOC_INFEASIBLE) {
            first_order f = {.count = 0};

            for (size_t i = 0; i < 24; i++) { /* powers of users: slopes by differences need some of it */
                if (a.powers.p[i] > 1e-2 * each) {
                    add_power(&f, c, &a.powers, a.powers.p + i, each);
                }
            }
            for (size_t l = 0; l < 8; l++) {
                add_power(&f, c, &a.powers, a.powers.s + l, each);
            }
            check_first_order(&f, each);
            binding += raw_margin(c, &a.powers) < 1.0 + 1e-6;
        }
        free_coupled_drop(c);
    }
    assert_true(binding > 15);
}

/* ----------------------------------------------------------------------------- certificates ---- */

/* A feasible point and the answer to its state. */
typedef struct coupled_scene {
    alloc_problem problem;
    alloc_state at, to;
    response map;
    double state[16], answer[16];
    response_value value;
} coupled_scene;

static bool make_scene(coupled_drop *c, coupled_scene *s)
{
    drop *d = c->d;

    if (alloc_heuristic(&d->link, d->arena, &d->powers, NULL) != CFI_OK) {
        return false;
    }
    assert_int_equal(problem_build(&d->link, d->arena, &s->problem, NULL), CFI_OK);
    assert_true(problem_state(&s->problem, d->arena, &s->at) && problem_state(&s->problem, d->arena, &s->to));
    problem_from_powers(&s->problem, &d->powers, s->at.point);
    assert_true(problem_complete(&s->problem, s->at.point));
    problem_evaluate(&s->problem, s->at.point, s->at.values);
    assert_int_equal(response_init(&s->map, &s->problem, d->arena, NULL), CFI_OK);
    memcpy(s->state, s->at.values->u, d->link.K * sizeof(double));
    memcpy(s->state + d->link.K, s->at.values->interference, d->link.K * sizeof(double));
    assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
    return true;
}

/* What the objective gains from the state to a point, linearised: straight from slopes, u and I. */
static double linearised_gain(const coupled_scene *s, const alloc_state *to)
{
    double sum = 0.0;

    problem_evaluate(&s->problem, to->point, to->values);
    for (size_t k = 0; k < s->problem.K; k++) {
        double u = s->state[k], noise = s->state[s->problem.K + k], rise = to->values->interference[k] - noise;

        sum += 2.0 * u / (noise + u * u) * (to->values->u[k] - u) - (1.0 / noise - 1.0 / (noise + u * u)) * rise;
    }
    return sum;
}

static void draw_point(const coupled_scene *s, cfi_stream *stream, const alloc_point *about, alloc_point *to)
{
    double spread = pow(10.0, made_uniform(stream, -4.0, 0.5));

    problem_copy(&s->problem, about, to);
    for (size_t l = 0; l < s->problem.L; l++) {
        for (size_t k = 0; k < s->problem.K; k++) {
            to->w[problem_at(&s->problem, k, l)] *= exp(spread * made_uniform(stream, -1.0, 1.0));
        }
        to->s[l] *= exp(spread * made_uniform(stream, -1.0, 1.0));
        to->s[l] += made_uniform(stream, 0.0, 1.0) < 0.3 ? spread * made_uniform(stream, 0.0, 1.0) : 0.0;
    }
    assert_true(problem_complete(&s->problem, to));
}

static void no_feasible_point_gains_more_than_is_certified(void **state)
{
    size_t scenes = 0;

    (void)state;
    for (uint64_t seed = 5300; seed < 5360; seed++) {
        coupled_drop *c = make_coupled_drop(seed, kind_of(seed));
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 77);
        coupled_scene s;

        if (make_scene(c, &s)) {
            double best = 0.0;

            response_read(&s.map, s.to.point);
            best = linearised_gain(&s, &s.to);
            assert_true(fabs(s.value.gain - best) <= 1e-8 * (1.0 + s.value.gain));
            for (size_t i = 0; i < 200; i++) {
                draw_point(&s, &stream, i % 2 ? s.at.point : s.to.point, s.to.point);
                best = fmax(best, linearised_gain(&s, &s.to));
                response_read(&s.map, s.to.point);
            }
            assert_true(best <= s.value.gain + 1e-8 * (1.0 + s.value.gain));
            scenes++;
        }
        free_coupled_drop(c);
    }
    assert_true(scenes > 40);
}

/* ------------------------------------------------------------------------------ its limits ---- */

static void the_cone_solver_takes_over_where_there_is_no_program(void **state)
{
    (void)state;
    for (size_t given = 0; given < 6; given += 5) {
        coupled_drop *c = make_coupled_drop(
            5400, (coupled_kind){.L = 6, .K = 3, .N = 4, .M = 4, .pilots = 3, .asked = ASK_POSITION, .margin = 1.5});
        cfi_allocation whole, broken;

        programs_given = SIZE_MAX;
        whole = run_by(c, CFI_SOLVER_STRUCTURED);
        assert_int_equal(whole.fallback_steps, 0);
        programs = 0;
        programs_given = given;
        broken = run_by(c, CFI_SOLVER_STRUCTURED);
        programs_given = SIZE_MAX;
        assert_true(broken.fallback_steps > 0);
        assert_true(isinf(broken.largest_step_gap));
        assert_true(raw_coupled_violation(c, &broken.powers) < 1e-9);
        assert_close(broken.sum_rate_bit_s_hz / whole.sum_rate_bit_s_hz, 1.0, 1e-6);
        check_trace(&broken);
        free_coupled_drop(c);
    }
}

/* Shared pilots, and angle thresholds on echoes whose gains are no product. */
static void other_constraints_are_left_to_the_cone_solver(void **state)
{
    const coupled_kind kinds[] = {{.L = 5, .K = 4, .N = 4, .M = 4, .pilots = 2, .asked = ASK_POSITION, .margin = 1.5},
                                  {.L = 5,
                                   .K = 3,
                                   .N = 4,
                                   .M = 4,
                                   .pilots = 3,
                                   .asked = ASK_ANGLES,
                                   .noncoherent = true,
                                   .general_gains = true,
                                   .margin = 3.0}};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        coupled_drop *c = make_coupled_drop(5500 + i, kinds[i]);
        cfi_allocation a = run_by(c, CFI_SOLVER_AUTO);
        cfi_error error = {.text = ""};

        assert_string_equal(a.solver, "socp");
        c->d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        assert_int_equal(alloc_run(&c->d->link, NULL, c->d->arena, &a, &error), CFI_INVALID);
        assert_non_null(
            strstr(error.text, "allocation.solver: \"structured\" takes constraints that couple access points"));
        assert_null(strchr(error.text, '\n'));
        free_coupled_drop(c);
    }
}

static void no_bit_depends_on_threads(void **state)
{
    coupled_drop *c = make_coupled_drop(
        5600, (coupled_kind){
                  .L = 8, .K = 4, .N = 4, .M = 4, .pilots = 4, .asked = ASK_POSITION | ASK_DETECTION, .margin = 1.5});
    cfi_allocation one, four;

    (void)state;
    c->d->link.threads = 1;
    one = run_by(c, CFI_SOLVER_AUTO);
    c->d->link.threads = 4;
    four = run_by(c, CFI_SOLVER_AUTO);
    assert_string_equal(one.solver, "structured");
    assert_memory_equal(one.powers.p, four.powers.p, 32 * sizeof(double));
    assert_memory_equal(one.powers.s, four.powers.s, 8 * sizeof(double));
    free_coupled_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structured_is_as_good_as_socp),
        cmocka_unit_test(results_meet_the_first_order_conditions),
        cmocka_unit_test(no_feasible_point_gains_more_than_is_certified),
        cmocka_unit_test(the_cone_solver_takes_over_where_there_is_no_program),
        cmocka_unit_test(other_constraints_are_left_to_the_cone_solver),
        cmocka_unit_test(no_bit_depends_on_threads),
    };

    return cmocka_run_group_tests_name("response_coupled", tests, NULL, NULL);
}
