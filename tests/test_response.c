/* The response of the access points (docs/model.md (M19)): its answers, the gap that they certify, and what happens
 * where it has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/climb.h"
#include "loads.h"

/* Answers that are refused from one on, by the linker. */
static size_t answers, answers_given = SIZE_MAX;
bool __real_response_answer(response *r, const double *state, double *answer, response_value *value);
bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value);

bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value)
{
    return answers++ < answers_given && __real_response_answer(r, state, answer, value);
}

/* sum_l c_kj,l w_jl of row m of user k, stream j = mate[m]. */
static double coherent_sum(const alloc_problem *problem, size_t k, size_t m, const double *w)
{
    const double *coherent = problem_coherent_row(problem, k, m);
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += coherent[l] * w[problem_at(problem, problem->mate[m], l)];
    }
    return sum;
}

/* A drop's problem, a feasible point of it and the response to that. */
typedef struct scene {
    drop *d;
    alloc_problem problem;
    alloc_state at, to;
    response map;
    double *state, *answer;
    response_value value;
} scene;

static scene *make_scene(drop *d)
{
    scene *s = arena_zeros(d->arena, 1, sizeof *s); /* the response keeps the problem's address */
    size_t n;

    s->d = d;
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    assert_int_equal(problem_build(&d->link, d->arena, &s->problem, NULL), CFI_OK);
    assert_true(problem_state(&s->problem, d->arena, &s->at) && problem_state(&s->problem, d->arena, &s->to));
    problem_from_powers(&s->problem, &d->powers, s->at.point);
    assert_true(problem_complete(&s->problem, s->at.point));
    problem_evaluate(&s->problem, s->at.point, s->at.values);
    assert_int_equal(response_init(&s->map, &s->problem, d->arena, NULL), CFI_OK);
    n = 2 * K + s->problem.mate_start[K];
    s->state = arena_alloc(d->arena, 2 * n, sizeof(double));
    s->answer = s->state + n;
    memcpy(s->state, s->at.values->u, K * sizeof(double));
    memcpy(s->state + K, s->at.values->interference, K * sizeof(double));
    for (size_t k = 0; k < K; k++) {
        for (size_t m = s->problem.mate_start[k]; m < s->problem.mate_start[k + 1]; m++) {
            s->state[2 * K + m] = coherent_sum(&s->problem, k, m, s->at.point->w);
        }
    }
    answers_given = SIZE_MAX;
    assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
    return s;
}

/* Drops of every kind: loads, pilots, both kinds of arrays, limits. */
enum { KINDS = 48 };
static drop *kind_of_drop(size_t i)
{
    const size_t receivers[] = {4, 2, 1};
    bool alike = i % 6 == 5; /* communication and sensing power interfere in the same way */
    load_kind kind = alike ? CHEAPER : (load_kind)(i % 6);
    size_t M = kind == FAR_DEARER ? 4 : receivers[i / 6 % 3];
    bool shared = M == 4 && kind == CHEAPER && i / 18 % 2 == 0; /* powers still form a convex set */
    drop *d = made_drop(1000 + i, M, shared ? 2 : K, i % 2 ? 0.6 : 0.9, kind);

    if (alike) {
        d->link.V = d->link.S;
    }
    for (size_t l = 0; i % 3 == 0 && l < L; l++) {
        double least = 1.0 / (d->made.threshold[l] * fmax(d->link.own_echo.comm[l], d->link.own_echo.sens[l]));

        d->made.limit[l] = fmax(1.02 * least, d->made.system.power.budget_w / (double)L * (l % 2 ? 0.8 : 2.0));
        d->made.system.power.ap_limit_w = d->made.limit;
    }
    return d;
}

/* A random feasible point about one or far from any, some of whose power is saved. */
static bool draw_point(const scene *s, cfi_stream *stream, const alloc_point *about, alloc_point *to)
{
    double normal, spread = pow(10.0, made_uniform(stream, -4.0, 0.5));

    problem_copy(&s->problem, about, to);
    for (size_t i = 0; i < K * s->problem.stride; i++) {
        random_normals(stream, 1, &normal);
        to->w[i] *= exp(spread * normal);
    }
    for (size_t l = 0; l < L; l++) {
        random_normals(stream, 1, &normal);
        to->s[l] *= exp(spread * normal);
    }
    if (!problem_complete(&s->problem, to)) {
        return false;
    }
    for (size_t l = 0; l < L && made_uniform(stream, 0.0, 1.0) < 0.5; l++) { /* less power where that still senses */
        double scale = made_uniform(stream, 0.9, 1.0), x = to->x[l] * scale * scale;

        if (s->problem.sensing.d1[l] * x + s->problem.sensing.d2[l] * to->s[l] >= 1.0) {
            for (size_t k = 0; k < K; k++) {
                to->w[problem_at(&s->problem, k, l)] *= scale;
            }
            to->x[l] = x;
        }
    }
    return true;
}

/* What the objective gains from the state to a point, linearised: straight from slopes, u, I and z. */
static double linearised_gain(const scene *s, const alloc_state *to)
{
    double sum = 0.0;

    problem_evaluate(&s->problem, to->point, to->values);
    for (size_t k = 0; k < K; k++) {
        double u = s->state[k], noise = s->state[K + k], rise = to->values->interference[k] - noise;

        for (size_t m = s->problem.mate_start[k]; m < s->problem.mate_start[k + 1]; m++) {
            double z = coherent_sum(&s->problem, k, m, to->point->w), z0 = s->state[2 * K + m];

            rise += 2.0 * z0 * z - z0 * z0 - z * z;
        }
        sum += 2.0 * u / (noise + u * u) * (to->values->u[k] - u) - (1.0 / noise - 1.0 / (noise + u * u)) * rise;
    }
    return sum;
}

static double product_surrogate(const scene *s, const alloc_state *to)
{
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        double r = s->at.values->u[k] / s->at.values->interference[k];
        double t = 2.0 * r * to->values->u[k] - r * r * to->values->interference[k];

        sum += t > -1.0 ? log1p(t) : -INFINITY;
    }
    return sum;
}

/* No feasible point gains more than the answer, linearised, and none more of the product surrogate. */
static void no_feasible_point_gains_more_than_the_answer(void **state)
{
    size_t tried = 0, near = 0;

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        scene *s = make_scene(kind_of_drop(i));
        cfi_stream stream = stream_make(i, 0, CFI_DRAW_START, 92);
        alloc_state answer;
        double scale = s->at.values->objective;

        assert_true(problem_state(&s->problem, s->d->arena, &answer));
        response_read(&s->map, answer.point);
        assert_true(s->value.gain >= -1e-13 * scale);
        for (int n = 0; n < 600; n++) {
            double gain;

            if (!draw_point(s, &stream, n % 2 ? answer.point : s->at.point, s->to.point)) {
                continue;
            }
            gain = linearised_gain(s, &s->to);
            assert_true(gain <= s->value.gain + 1e-11 * scale);
            assert_true(product_surrogate(s, &s->to) <= scale + s->value.gain + 1e-11 * scale);
            near += gain > s->value.gain - 1e-3 * scale;
            tried++;
        }
        free_drop(s->d);
    }
    assert_true(tried > 10000 && near > 1000);
}

/* u, I and z of the answer are those of its powers, which hold all constraints and reach the gain that is promised. */
static void the_answer_is_a_feasible_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        scene *s = make_scene(kind_of_drop(i));
        double total = 0.0;

        response_read(&s->map, s->to.point);
        problem_evaluate(&s->problem, s->to.point, s->to.values);
        assert_close(s->value.objective / s->to.values->objective, 1.0, 1e-13);
        assert_true(fabs(linearised_gain(s, &s->to) - s->value.gain) <= 1e-12 * s->at.values->objective);
        for (size_t k = 0; k < K; k++) {
            assert_close(s->answer[k], s->to.values->u[k], 1e-13);
            assert_close(s->answer[K + k], s->to.values->interference[k], 1e-13);
        }
        for (size_t l = 0; l < L; l++) {
            double x = 0.0, power = s->to.point->x[l] + s->to.point->s[l];

            for (size_t k = 0; k < K; k++) {
                x += pow(s->to.point->w[problem_at(&s->problem, k, l)], 2.0);
            }
            assert_close(s->to.point->x[l], x, 1e-13);
            assert_true(s->problem.sensing.d1[l] * x + s->problem.sensing.d2[l] * s->to.point->s[l] >= 1.0 - 1e-12);
            assert_true(power <= s->problem.limit[l] * (1.0 + 1e-12));
            total += power;
        }
        assert_true(total <= (double)L * (1.0 + 1e-12));
        free_drop(s->d);
    }
}

/* Interference far above the noise, and the state of a hundredth of the power: it asks for no more than about that. All
 * amplitudes are raised by one factor until the budget is spent or a limit is met, and the answer is feasible. */
static void what_prices_leave_unspent_raises_all_amplitudes(void **state)
{
    size_t raised = 0;

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        drop *d = kind_of_drop(i);
        double total = 0.0, tightest = 0.0;
        scene *s;

        d->made.system.power.comm_noise_w *= 1e-6;
        s = make_scene(d);
        for (size_t k = 0; k < K; k++) {
            s->state[K + k] *= 1e-2;
            s->state[k] *= 1e-1;
        }
        for (size_t m = 0; m < s->problem.mate_start[K]; m++) {
            s->state[2 * K + m] *= 1e-1;
        }
        assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
        if (s->map.mu > 0.0) { /* thresholds ask for all there is */
            free_drop(d);
            continue;
        }
        response_read(&s->map, s->to.point);
        for (size_t l = 0; l < L; l++) {
            double x = s->to.point->x[l];

            total += x + s->to.point->s[l];
            tightest = fmax(tightest, x / s->problem.sensing.most[l]);
            assert_true(s->problem.sensing.d1[l] * x + s->problem.sensing.d2[l] * s->to.point->s[l] >= 1.0 - 1e-12);
        }
        assert_true(total <= (double)L * (1.0 + 1e-12) && tightest <= 1.0 + 1e-12);
        assert_true(total >= (double)L * (1.0 - 1e-10) || tightest >= 1.0 - 1e-10);
        problem_evaluate(&s->problem, s->to.point, s->to.values);
        assert_close(s->value.objective / s->to.values->objective, 1.0, 1e-13);
        raised += total >= (double)L * (1.0 - 1e-10);
        free_drop(d);
    }
    print_message("%zu of %d raised\n", raised, (int)KINDS);
    assert_true(raised > KINDS / 3);
}

/* The slopes that the response follows are those of differences. */
static void slopes_of_the_sum_rate_are_those_of_differences(void **state)
{
    scene *s = make_scene(kind_of_drop(0));
    double gain[K], weight[K], *u = s->at.values->u, *noise = s->at.values->interference;

    (void)state;
    s->problem.objective->slopes(&s->problem, u, noise, gain, weight);
    for (size_t k = 0; k < K; k++) {
        const double step = 1e-6;
        double *const argument[] = {u + k, noise + k}, expected[] = {2.0 * gain[k], -weight[k]};

        for (size_t i = 0; i < 2; i++) {
            double at = *argument[i], above, below;

            *argument[i] = at * (1.0 + step);
            above = s->problem.objective->value(&s->problem, s->at.values);
            *argument[i] = at * (1.0 - step);
            below = s->problem.objective->value(&s->problem, s->at.values);
            *argument[i] = at;
            assert_close((above - below) / (2.0 * step * at) / expected[i], 1.0, 1e-7);
        }
    }
    free_drop(s->d);
}

/* At a fixed point nothing is gained; with the powers of the cone solver that says how far it got. */
static void results_of_both_solvers_are_fixed_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        drop *d = kind_of_drop(i);

        for (size_t solver = 0; solver < 2; solver++) {
            scene *s;
            cfi_allocation allocation;

            d->made.system.allocation.solver = solver == 0 ? CFI_SOLVER_STRUCTURED : CFI_SOLVER_SOCP;
            allocation = run(d);
            assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
            s = make_scene(d);
            problem_from_powers(&s->problem, &allocation.powers, s->at.point);
            problem_evaluate(&s->problem, s->at.point, s->at.values);
            memcpy(s->state, s->at.values->u, K * sizeof(double));
            memcpy(s->state + K, s->at.values->interference, K * sizeof(double));
            for (size_t k = 0; k < K; k++) {
                for (size_t m = s->problem.mate_start[k]; m < s->problem.mate_start[k + 1]; m++) {
                    s->state[2 * K + m] = coherent_sum(&s->problem, k, m, s->at.point->w);
                }
            }
            assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
            /* powers are read to 36 bits; the cone solver's gap */
            assert_true(fabs(s->value.gain) <= (solver == 0 ? 1e-10 : 1e-8) * s->at.values->objective);
        }
        free_drop(d);
    }
}

/* Where the response has no answer, from the first on or later, the cone solver goes on from the best point. */
static void the_cone_solver_takes_over_where_there_is_no_answer(void **state)
{
    (void)state;
    for (size_t given = 0; given < 6; given += 5) {
        drop *d = made_drop(1100 + given, 4, K, 0.8, DEARER);
        cfi_allocation whole, broken;

        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        d->made.system.allocation.tolerance = 1e-9;
        answers_given = SIZE_MAX;
        whole = run(d);
        assert_int_equal(whole.fallback_steps, 0);
        answers = 0;
        answers_given = given;
        broken = run(d);
        answers_given = SIZE_MAX;
        check_result(d, &broken);
        assert_true(broken.fallback_steps > 0);
        assert_int_equal(broken.iterations, broken.objective.trace_count - 1);
        assert_true(broken.iterations >= given + broken.fallback_steps);
        assert_close(broken.sum_rate_bit_s_hz / whole.sum_rate_bit_s_hz, 1.0, 1e-7);
        assert_true(isinf(broken.largest_step_gap)); /* no answer, no certificate */
        free_drop(d);
    }
}

/* Far below the noise every user is weak: none is taken for one on its way to zero that is not, and no climb ends below
 * its best point. */
static void drowned_users_are_not_silenced_before_their_time(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        made_system made = make_system(1200 + seed, 12, 4, 4, 4);
        cfi_allocation climbed, cone;
        drop *d;

        made.system.power.budget_w = pow(10.0, -9.0 + 0.1 * (double)seed) * made.system.power.comm_noise_w;
        d = make_drop(made);
        set_tightness(d, 0.3);
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        climbed = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        assert_int_equal(climbed.status, CFI_ALLOC_CONVERGED);
        assert_true(climbed.sum_rate_bit_s_hz >= cone.sum_rate_bit_s_hz * (1.0 - 1e-6));
        assert_true(climbed.largest_step_gap < 1e-7);
        free_drop(d);
    }
}

/* Sixty users on one pilot: 3540 coherent amplitudes. */
static drop *sixty_users(uint64_t seed, size_t starts)
{
    made_system made = make_system(seed, 60, 60, 4, 16);
    drop *d;

    reuse_pilots(&made, 1);
    made.system.allocation.solver = CFI_SOLVER_AUTO;
    made.system.allocation.starts = starts;
    d = make_drop(made);
    set_tightness(d, 0.5);
    return d;
}

/* Of 24 such networks none takes more than 120 of the 200 evaluations that are allowed. The last two went to and fro
 * below their best point until those were used up. */
static void sixty_users_on_one_pilot_need_no_cone_solver(void **state)
{
    const uint64_t seeds[] = {1, 5, 6, 8, 12, 20};

    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        drop *d = sixty_users(seeds[i], 2);
        cfi_allocation allocation = run(d);

        assert_string_equal(allocation.solver, "structured");
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_int_equal(allocation.fallback_steps, 0);
        assert_true(allocation.largest_step_gap < 1e-8);
        assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
        free_drop(d);
    }
}

/* Where the response has no answer and the problem is too large for the cone solver, that is said. */
static void what_is_too_large_for_the_cone_solver_ends_inaccurate(void **state)
{
    drop *d = sixty_users(9, 1);
    cfi_allocation allocation;

    (void)state;
    answers = 0;
    answers_given = 5;
    allocation = run(d);
    answers_given = SIZE_MAX;
    assert_int_equal(allocation.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(allocation.stop_reason, "no_progress");
    assert_non_null(strstr(allocation.failure, "found nothing better after 6 evaluations of start 0"));
    assert_int_equal(allocation.iterations, 6);
    assert_int_equal(allocation.fallback_steps, 0);
    check_trace(&allocation);
    assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_feasible_point_gains_more_than_the_answer),
        cmocka_unit_test(the_answer_is_a_feasible_point),
        cmocka_unit_test(what_prices_leave_unspent_raises_all_amplitudes),
        cmocka_unit_test(slopes_of_the_sum_rate_are_those_of_differences),
        cmocka_unit_test(results_of_both_solvers_are_fixed_points),
        cmocka_unit_test(the_cone_solver_takes_over_where_there_is_no_answer),
        cmocka_unit_test(drowned_users_are_not_silenced_before_their_time),
        cmocka_unit_test(sixty_users_on_one_pilot_need_no_cone_solver),
        cmocka_unit_test(what_is_too_large_for_the_cone_solver_ends_inaccurate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
