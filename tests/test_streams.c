/* Loads apart, by both solvers: powers priced by stream, both surrogates, shared pilots, limits; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "loads.h"

static void powers_of_streams_are_priced_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        drop *d = made_drop(400 + i, i % 2 ? 4 : 2, K, i % 4 < 2 ? 0.6 : 0.95, BY_STREAM);
        cfi_allocation response, cone;

        d->made.system.allocation.solver = CFI_SOLVER_AUTO;
        response = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        assert_string_equal(response.solver, "structured");
        assert_int_equal(response.fallback_steps, 0);
        check_result(d, &response);
        check_result(d, &cone);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-7);
        assert_true(stationarity(d, &response.powers) < 1e-6);
        /* the cone solver's gap of 1e-8 leaves its root in prices */
        assert_true(stationarity(d, &cone.powers) < 1e-3);
        free_drop(d);
    }
}

/* A stream that tells its user nothing still disturbs the others, as its powers are evaluated. */
static void streams_without_a_signal_interfere(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        drop *d = made_drop(450 + i, 4, i % 2 ? K : 2, 0.6, BY_STREAM);
        double *g = arena_alloc(d->arena, K * L, sizeof *g);
        alloc_problem problem;
        alloc_state at;
        heard h;

        for (size_t pair = 0; pair < K * L; pair++) {
            g[pair] = pair % 3 == i % 3 ? 0.0 : d->link.g[pair];
        }
        d->link.g = d->link.heard = g;
        assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
        assert_true(problem_state(&problem, d->arena, &at));
        problem_from_powers(&problem, &d->powers, at.point);
        problem_evaluate(&problem, at.point, at.values);
        h = hear(d, &d->powers);
        for (size_t k = 0; k < K; k++) {
            assert_close(values_sinr(at.values, k) / (h.u[k] * h.u[k] / h.noise[k]), 1.0, 1e-10);
        }
        free_drop(d);
    }
}

/* The same numbers given by stream: another cone problem with the same optimum. */
static void loads_that_are_alike_by_stream_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        drop *d = made_drop(500 + i, i % 2 ? 4 : 2, i % 4 < 2 ? K : 2, 0.8, DEARER);
        cfi_allocation by_stream, plain;

        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        plain = run(d);
        spread_by_stream(d);
        by_stream = run(d);
        check_result(d, &by_stream);
        assert_close(by_stream.sum_rate_bit_s_hz / plain.sum_rate_bit_s_hz, 1.0, 1e-6);
        free_drop(d);
    }
}

/* The objective of the paper's surrogate with loads apart ends where the other one does. */
static void the_fractional_surrogate_knows_the_loads_too(void **state)
{
    (void)state;
    for (load_kind kind = DEARER; kind <= BY_STREAM; kind++) {
        drop *d = made_drop(600, 4, K, 0.6, kind);
        cfi_allocation product, fractional;

        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        product = run(d);
        d->made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL;
        d->made.system.allocation.tolerance = 1e-8;
        fractional = run(d);
        assert_true(fractional.sum_rate_bit_s_hz <= product.sum_rate_bit_s_hz * (1.0 + 1e-6));
        assert_true(fractional.sum_rate_bit_s_hz >= product.sum_rate_bit_s_hz * (1.0 - 1e-3));
        assert_close(fractional.sum_rate_bit_s_hz / sum_rate_of(d, &fractional.powers), 1.0, 1e-12);
        free_drop(d);
    }
}

/* With shared pilots amplitudes cannot be scaled up for free: where the threshold pays for communication power that is
 * cheap to others, it is linearised. No feasible neighbour of the result is better. */
static void shared_pilots_have_no_better_neighbour(void **state)
{
    (void)state;
    for (size_t i = 0; i < 15; i++) {
        drop *d = made_drop(700 + i, i / 5 == 1 ? 2 : 4, 2, i < 5 ? 0.8 : 0.97, (load_kind)(i % 5));
        cfi_stream stream = stream_make(i, 0, CFI_DRAW_START, 91);
        cfi_allocation allocation;
        alloc_problem problem;
        alloc_state at, other;
        size_t tried = 0;

        d->made.system.allocation.solver = CFI_SOLVER_AUTO;
        allocation = run(d);
        check_result(d, &allocation);
        assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
        assert_true(problem_state(&problem, d->arena, &at) && problem_state(&problem, d->arena, &other));
        problem_from_powers(&problem, &allocation.powers, at.point);
        problem_evaluate(&problem, at.point, at.values);
        for (size_t n = 0; n < 3000; n++) {
            double spread = pow(10.0, -1.0 - 4.0 * (double)(n % 4) / 3.0), z;

            problem_copy(&problem, at.point, other.point);
            for (size_t j = 0; j < K * problem.stride; j++) {
                random_normals(&stream, 1, &z);
                other.point->w[j] *= exp(spread * z);
            }
            for (size_t l = 0; l < L; l++) {
                random_normals(&stream, 1, &z);
                other.point->s[l] *= exp(spread * z);
            }
            if (problem_complete(&problem, other.point)) {
                assert_true(problem_evaluate(&problem, other.point, other.values) <=
                            at.values->objective * (1.0 + 1e-7));
                tried++;
            }
        }
        assert_true(tried > 1000);
        free_drop(d);
    }
}

/* A limit below what sensing power alone would need leaves a least communication power. */
static void limits_hold_whatever_the_loads(void **state)
{
    size_t feasible = 0;

    (void)state;
    for (size_t i = 0; i < 18; i++) {
        const size_t receivers[] = {4, 2, 1};
        drop *d = made_drop(800 + i, receivers[i % 3], K, 0.7, (load_kind)(i / 3 % 3));
        cfi_allocation response, cone;

        for (size_t l = 0; l < L; l++) {
            d->made.limit[l] = d->made.system.power.budget_w / (double)L * 1.3;
        }
        d->made.system.power.ap_limit_w = d->made.limit;
        if (threshold_factor(d) > 1.0) {
            free_drop(d);
            continue;
        }
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        response = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        check_result(d, &response);
        for (size_t l = 0; l < L; l++) {
            assert_true(response.ap_power_w[l] <= d->made.limit[l] * (1.0 + 1e-9));
        }
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
        feasible++;
        free_drop(d);
    }
    assert_true(feasible > 6);
}

static void what_a_link_does_not_allow_is_refused_by_name(void **state)
{
    drop *d = made_drop(900, 4, 2, 0.6, FAR_DEARER);
    cfi_allocation allocation;
    cfi_error error = {.text = ""};

    (void)state;
    d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
    d->made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_string_equal(error.text, "allocation.solver: \"structured\" needs allocation.surrogate \"product\" and "
                                    "allocation.crlb_constraint \"exact\" (allowed here: \"auto\", \"socp\")");
    d->made.system.allocation.surrogate = CFI_SURROGATE_PRODUCT;
    d->made.system.allocation.solver = CFI_SOLVER_SOCP;
    d->made.system.allocation.crlb_constraint = CFI_CRLB_SCA;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_string_equal(error.text, "allocation.crlb_constraint: \"sca\" needs communication and sensing power that "
                                    "interfere alike (allowed here: \"exact\")");
    d->made.system.allocation.crlb_constraint = CFI_CRLB_EXACT;
    d->link.own_echo.diagonal = false;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_string_equal(error.text, "the allocation takes thresholds on an access point's own echo only");
    d->link.own_echo.diagonal = true;
    d->made.system.allocation.objective = CFI_OBJECTIVE_COUNT;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_string_equal(error.text, "allocation.objective: not available in this version");
    free_drop(d);
}

/* Information that the echoes of all access points add to: what the bound says by hand. */
static void a_full_information_matrix_is_summed_over_all_powers(void **state)
{
    drop *d = made_drop(901, 4, K, 0.6, MIXED);
    double comm[L * L], sens[L * L], crlb[L];

    (void)state;
    for (size_t i = 0; i < L * L; i++) {
        comm[i] = 1.0 + (double)i;
        sens[i] = 2.0 * (double)i;
    }
    d->link.own_echo = (cfi_information){.comm = comm, .sens = sens};
    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, crlb, NULL), CFI_OK);
    for (size_t p = 0; p < L; p++) {
        double sum = 0.0;

        for (size_t l = 0; l < L; l++) {
            sum += comm[p + L * l] * metrics_comm_power(K, &d->powers, l) + sens[p + L * l] * d->powers.s[l];
        }
        assert_close(crlb[p] * sum, 1.0, 1e-12);
    }
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_streams_are_priced_one_by_one),
        cmocka_unit_test(streams_without_a_signal_interfere),
        cmocka_unit_test(loads_that_are_alike_by_stream_change_nothing),
        cmocka_unit_test(the_fractional_surrogate_knows_the_loads_too),
        cmocka_unit_test(shared_pilots_have_no_better_neighbour),
        cmocka_unit_test(limits_hold_whatever_the_loads),
        cmocka_unit_test(what_a_link_does_not_allow_is_refused_by_name),
        cmocka_unit_test(a_full_information_matrix_is_summed_over_all_powers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
