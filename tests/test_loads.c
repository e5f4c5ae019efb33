/* Two prices: communication and sensing power interfere differently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "loads.h"

/* N = 4: M = 4 senses better by its beam, M = 2 by the users' power, M = 1 by that alone. */
static void both_solvers_end_at_a_stationary_point_whatever_the_loads(void **state)
{
    size_t used = 0, unused = 0;

    (void)state;
    for (size_t i = 0; i < 36; i++) {
        const size_t receivers[] = {4, 2, 1};
        drop *d = made_drop(300 + i, receivers[i % 3], K, i % 2 ? 0.6 : 0.95, (load_kind)(i / 3 % 3));
        cfi_allocation response, cone;

        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        response = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        check_result(d, &response);
        check_result(d, &cone);
        assert_int_equal(response.fallback_steps, 0);
        assert_true(response.largest_step_gap < 1e-7);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-7);
        assert_true(stationarity(d, &response.powers) < 1e-4);
        for (size_t l = 0; l < L; l++) {
            used += response.powers.s[l] > 1e-6 * d->made.system.power.budget_w;
            unused += response.powers.s[l] == 0.0;
        }
        free_drop(d);
    }
    assert_true(used > 20 && unused > 20);
}

/* N = 4, M = 2: communication power senses better, but where sensing power disturbs nobody and the budget is ample it
 * saves interference, and pays. A limit below what sensing power would need by itself asks for some communication power
 * besides. Where both disturb alike, sensing power is of no use. */
static void weak_sensing_power_that_disturbs_nobody_is_used_within_limits(void **state)
{
    size_t used = 0, at_limit = 0, pays = 0;

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        drop *d = made_drop(370 + i, 2, K, 0.6, CHEAPER);
        double *S = arena_zeros(d->arena, K * L, sizeof *S);
        cfi_allocation response, cone, alike;

        d->link.S = S;
        d->made.system.power.comm_noise_w = 1e-8;
        for (size_t l = 0; i % 2 == 1 && l < L; l++) {
            d->made.limit[l] = 1.2 / (d->made.threshold[l] * d->link.own_echo.comm[l]);
            d->made.system.power.ap_limit_w = d->made.limit;
        }
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        response = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        check_result(d, &response);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
        for (size_t l = 0; l < L; l++) {
            bool beam = response.powers.s[l] > 0.01 * response.ap_power_w[l];

            used += beam;
            at_limit += beam && response.ap_power_w[l] > d->made.limit[l] * (1.0 - 1e-9);
        }
        d->link.S = d->link.V;
        alike = run(d);
        for (size_t l = 0; l < L; l++) {
            assert_true(alike.powers.s[l] <= 1e-9 * alike.ap_power_w[l]);
        }
        assert_true(response.sum_rate_bit_s_hz >= alike.sum_rate_bit_s_hz * (1.0 - 1e-9));
        pays += response.sum_rate_bit_s_hz > alike.sum_rate_bit_s_hz * (1.0 + 1e-5);
        free_drop(d);
    }
    assert_true(used > 8 && at_limit > 4 && pays > 2);
}

/* Gains with those of access point 0 next to nothing. */
static double *silence_first_ap(drop *d)
{
    double *g = arena_alloc(d->arena, K * L, sizeof *g);

    for (size_t i = 0; i < K * L; i++) {
        g[i] = d->link.g[i] * (i < K ? 1e-7 : 1.0);
    }
    return g;
}

/* N = 4: which of the two powers senses better, which disturbs more, and whether amplitudes may be scaled up for free.
 */
static void the_case_of_the_sensing_constraint_follows_from_the_loads(void **state)
{
    const struct {
        size_t M, pilots;
        load_kind kind;
        sensing_case expected;
    } cases[] = {{4, K, DEARER, SENSING_CONVEX},         {4, K, FAR_DEARER, SENSING_CONVEX},
                 {2, K, DEARER, SENSING_SATURATED},      {2, K, CHEAPER, SENSING_CONVEX},
                 {1, K, CHEAPER, SENSING_SATURATED},     {4, 2, CHEAPER, SENSING_CONVEX},
                 {4, 2, FAR_DEARER, SENSING_LINEARISED}, {2, 2, CHEAPER, SENSING_LINEARISED}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        drop *d = made_drop(390, cases[i].M, cases[i].pilots, 0.8, cases[i].kind);
        alloc_problem problem;

        assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
        assert_int_equal(problem.sensing.kind, cases[i].expected);
        free_drop(d);
    }
}

/* N = M = 4: sensing power senses better, but where it disturbs far more than users' power it is not used, even by an
 * access point whose users gain next to nothing from the power that senses: the cone problem says so in x, and hardly
 * in its amplitudes. */
static void communication_power_that_disturbs_hardly_anybody_senses(void **state)
{
    size_t at_kink = 0;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        drop *d = made_drop(380 + i, 4, K, 0.8, FAR_DEARER);
        cfi_allocation response, cone, by_stream;

        d->made.system.power.comm_noise_w = 1e-9;
        d->link.g = silence_first_ap(d);
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        response = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        check_result(d, &response);
        assert_close(cone.sum_rate_bit_s_hz / response.sum_rate_bit_s_hz, 1.0, 1e-6);
        for (size_t l = 0; l < L; l++) {
            at_kink += response.powers.s[l] < 1e-9 * response.ap_power_w[l] &&
                       information_of(d, &response.powers, l) < 1.0 + 1e-6;
        }
        spread_by_stream(d);
        by_stream = run(d);
        assert_close(by_stream.sum_rate_bit_s_hz / response.sum_rate_bit_s_hz, 1.0, 1e-6);
        free_drop(d);
    }
    assert_true(at_kink >= 6); /* one in each drop */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_solvers_end_at_a_stationary_point_whatever_the_loads),
        cmocka_unit_test(weak_sensing_power_that_disturbs_nobody_is_used_within_limits),
        cmocka_unit_test(the_case_of_the_sensing_constraint_follows_from_the_loads),
        cmocka_unit_test(communication_power_that_disturbs_hardly_anybody_senses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
