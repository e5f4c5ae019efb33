/* Answers of the access points to a state of another scale (docs/model.md (M19)), and the logarithms of coordinates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/climb.h"
#include "alloc/logarithms.h"
#include "loads.h"

typedef struct scene {
    drop *d;
    alloc_problem problem;
    alloc_state at;
    response map;
    double state[2 * K], answer[2 * K];
    response_value value;
} scene;

static void take_state(scene *s)
{
    memcpy(s->state, s->at.values->u, K * sizeof *s->state);
    memcpy(s->state + K, s->at.values->interference, K * sizeof *s->state);
}

/* Orthogonal pilots, thresholds far from binding, noise from far above to far below interference; limits for some. */
static scene *make_scene(size_t i)
{
    static const double noise[] = {1.0, 1e-3, 1e3, 1e-6};
    drop *d = made_drop(700 + i, i % 3 ? 4 : 1, K, 1e-6, i % 5 == 4 ? MIXED : DEARER);
    scene *s = arena_zeros(d->arena, 1, sizeof *s);

    s->d = d;
    d->made.system.power.comm_noise_w *= noise[i / 2 % 4];
    for (size_t l = 0; i % 2 && l < L; l++) {
        d->made.limit[l] = d->made.system.power.budget_w / (double)L * (l % 3 ? 0.9 : 0.2);
        d->made.system.power.ap_limit_w = d->made.limit;
    }
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    assert_int_equal(problem_build(&d->link, d->arena, &s->problem, NULL), CFI_OK);
    assert_true(problem_state(&s->problem, d->arena, &s->at));
    problem_from_powers(&s->problem, &d->powers, s->at.point);
    assert_true(problem_complete(&s->problem, s->at.point));
    problem_evaluate(&s->problem, s->at.point, s->at.values);
    take_state(s);
    assert_int_equal(response_init(&s->map, &s->problem, d->arena, NULL), CFI_OK);
    return s;
}

/* The powers of the answer are feasible, and their u and I are the answer. */
static void check_answer(scene *s)
{
    double total = 0.0;

    response_read(&s->map, s->at.point);
    problem_evaluate(&s->problem, s->at.point, s->at.values);
    assert_close(s->value.objective / s->at.values->objective, 1.0, 1e-13);
    for (size_t k = 0; k < K; k++) {
        assert_close(s->answer[k] / s->at.values->u[k], 1.0, 1e-13);
        assert_close(s->answer[K + k] / s->at.values->interference[k], 1.0, 1e-13);
    }
    for (size_t l = 0; l < L; l++) {
        double x = s->at.point->x[l], y = s->at.point->s[l];

        assert_true(s->problem.sensing.d1[l] * x + s->problem.sensing.d2[l] * y >= 1.0 - 1e-12);
        assert_true(x + y <= s->problem.limit[l] * (1.0 + 1e-12));
        total += x + y;
    }
    assert_true(total <= (double)L * (1.0 + 1e-12));
}

/* The gain that is promised is at least that of the best answers, which no feasible point exceeds, and tends to it. The
 * scale is one at which the answer has, with slopes of the state, the gains that its u would have at a fixed point. */
static void gains_at_another_scale_are_bounds(void **state)
{
    size_t priced = 0, scaled = 0;

    (void)state;
    for (size_t i = 0; i < 80; i++) {
        scene *s = make_scene(i);

        for (size_t n = 0; n < 30; n++) {
            double best, gained[2] = {0.0, 0.0}, weights = 0.0;

            s->map.free_scale = false;
            assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
            best = s->value.gain;
            s->map.free_scale = true;
            assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
            assert_true(s->value.gain >= best - 1e-12 * s->value.objective);
            assert_true(n < 25 || s->value.gain <= best + 0.1 * fabs(best) + 1e-3 * s->value.objective);
            for (size_t k = 0; k < K; k++) {
                gained[0] += s->map.gain[k] * s->state[k];
                gained[1] += s->map.gain[k] * s->answer[k];
                weights += s->map.weight[k];
            }
            if (s->map.scale != 1.0) {
                assert_close(gained[1] / gained[0] / s->map.scale, 1.0, 1e-12);
                scaled++;
            }
            priced += s->map.mu > 0.0 && fabs(s->map.mu * (double)L / weights - 1.0) <= 1e-14;
            check_answer(s);
            take_state(s);
        }
        free_drop(s->d);
    }
    assert_true(priced > 300 && scaled > 300);
}

/* Where the climb ends, the plain answer and the one of a free scale are the state itself. */
static void fixed_points_are_those_of_the_plain_map(void **state)
{
    size_t scaled = 0, priced = 0;

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        scene *s = make_scene(i);
        cfi_allocation allocation;

        s->d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        assert_int_equal(alloc_run(&s->d->link, NULL, s->d->arena, &allocation, NULL), CFI_OK);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        problem_from_powers(&s->problem, &allocation.powers, s->at.point);
        problem_evaluate(&s->problem, s->at.point, s->at.values);
        take_state(s);
        for (int way = 0; way < 3; way++) { /* plain answers say what binds */
            s->map.free_scale = way == 2;
            assert_true(response_answer(&s->map, s->state, s->answer, &s->value));
            assert_true(fabs(s->value.gain) <= 1e-9 * s->value.objective);
            for (size_t k = 0; k < K && s->state[k] * s->state[k] > 1e-3 * s->state[K + k]; k++) {
                assert_close(s->answer[k] / s->state[k], 1.0, 1e-4);
                assert_close(s->answer[K + k] / s->state[K + k], 1.0, 1e-4);
            }
        }
        assert_close(s->map.scale, 1.0, 1e-3);
        scaled += s->map.scale != 1.0;
        priced += s->map.mu > 0.0 && s->map.cases == CASES_FREE;
        free_drop(s->d);
    }
    assert_true(scaled > 5 && priced > 10);
}

/* Against those of the C library, on every path of this CPU; beyond the ends they stay what they are there. */
static void logarithms_and_exponentials_are_right(void **state)
{
    simd_path used = simd_chosen;
    cfi_stream stream = stream_make(5, 0, CFI_DRAW_START, 93);

    (void)state;
    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        assert_true(simd_use(path));
        for (size_t count = 1; count <= 400; count++) {
            double x[400], y[400], z[400];

            for (size_t i = 0; i < count; i++) {
                x[i] = made_uniform(&stream, i % 2 ? -690.0 : -1.0, i % 2 ? 690.0 : 1.0);
                y[i] = z[i] = exp(x[i]);
            }
            logarithms_take(count, y);
            for (size_t i = 0; i < count; i++) {
                assert_true(fabs(y[i] - log(z[i])) <= 3e-16 * fmax(fabs(log(z[i])), 1.0));
            }
            memcpy(y, x, count * sizeof *x);
            exponentials_take(count, y);
            for (size_t i = 0; i < count; i++) {
                assert_close(y[i] / exp(x[i]), 1.0, 3e-16);
            }
        }
    }
    assert_true(simd_use(used));
    double ends[] = {0.0, -1e9, 1e9, 1.0}, one = 1.0;
    exponentials_take(4, ends);
    logarithms_take(1, &one);
    assert_true(ends[0] == 1.0 && one == 0.0);
    assert_close(ends[1] / exp(-700.0), 1.0, 3e-16);
    assert_close(ends[2] / exp(700.0), 1.0, 3e-16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_at_another_scale_are_bounds),
        cmocka_unit_test(fixed_points_are_those_of_the_plain_map),
        cmocka_unit_test(logarithms_and_exponentials_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
