/* What makes a drop infeasible: the constraint that is named, the place, and that its factor is enough and no less is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "allocations.h"

/* Least power of an access point for its threshold, from (M6) and (M10) written out. */
static double need_from_formula(const drop *d, size_t p)
{
    const cfi_system *s = &d->made.system;
    double N = (double)s->N, M = (double)s->M, g = pow(s->sensing.path_gain * M_PI * cos(s->sensing.angle_rad[p]), 2.0);
    double S_N = N * (N * N - 1.0) / 12.0, S_M = M * (M * M - 1.0) / 12.0;
    double per_watt =
        2.0 * (double)s->frame.T / s->power.sensing_noise_w * g * fmax(N * S_M + M * S_N, N * N * S_M) / N;

    return 1.0 / (s->sensing.crlb_threshold_rad2[p] * per_watt);
}

static size_t costliest(const drop *d)
{
    size_t best = 0;

    for (size_t l = 1; l < d->made.system.L; l++) {
        best = need_from_formula(d, l) > need_from_formula(d, best) ? l : best;
    }
    return best;
}

static double total_need(const drop *d)
{
    double total = 0.0;

    for (size_t l = 0; l < d->made.system.L; l++) {
        total += need_from_formula(d, l);
    }
    return total;
}

/* Lets the named constraint give way by a factor. */
static void give_way(drop *d, const cfi_infeasibility *because, double factor)
{
    for (size_t l = 0; l < d->made.system.L; l++) {
        bool here = because->ap == l || because->ap == CFI_NOWHERE;

        if (because->constraint == CFI_CONSTRAINT_THRESHOLD && here) {
            d->made.threshold[l] *= factor;
        } else if (because->constraint == CFI_CONSTRAINT_AP_LIMIT) {
            d->made.limit[l] *= factor;
        }
    }
    d->made.system.power.budget_w *= because->constraint == CFI_CONSTRAINT_BUDGET ? factor : 1.0;
}

/* The cause the allocation tells, after checking that its factor is enough and a thousandth less is not. */
static cfi_infeasibility checked_cause(drop *d)
{
    cfi_allocation allocation = run(d);
    const cfi_infeasibility *because = &allocation.because;

    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_true(because->constraint != CFI_CONSTRAINT_NONE && because->ue == CFI_NOWHERE && because->factor > 1.0);
    give_way(d, because, 0.999 * because->factor);
    assert_true(threshold_factor(d) > 1.0);
    give_way(d, because, 1.0 / 0.999 * (1.0 + 1e-15));
    assert_true(threshold_factor(d) <= 1.0);
    assert_int_not_equal(run(d).status, CFI_ALLOC_INFEASIBLE);
    return *because;
}

/* Thresholds such that the needs of the access points are these shares of the budget. */
static drop *drop_with_needs(const double *share, size_t L)
{
    drop *d = make_drop(make_system(5, L, 2, 4, 4));

    for (size_t l = 0; l < L; l++) {
        d->made.threshold[l] *= need_from_formula(d, l) / (share[l] * d->made.system.power.budget_w);
    }
    return d;
}

static void one_threshold_that_asks_for_too_much_is_named(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.1, 0.2, 0.9, 0.1}, 4);
    cfi_infeasibility because = checked_cause(d);

    assert_int_equal(because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(because.ap, 2);
    assert_close(because.factor, 0.9 / 0.6, 1e-9); /* 0.4 of the budget go to the others */
    assert_string_equal(constraint_key(because.constraint), "sensing.crlb_threshold_db");
    free_drop(d);
}

static void a_budget_too_small_for_all_is_named_with_the_costliest_access_point(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.5, 0.9, 0.8, 0.6}, 4);
    cfi_infeasibility because = checked_cause(d);

    assert_int_equal(because.constraint, CFI_CONSTRAINT_BUDGET);
    assert_int_equal(because.ap, 1);
    assert_close(because.factor, 2.8, 1e-9);
    assert_string_equal(constraint_key(because.constraint), "power.snr_db");
    free_drop(d);
}

static void a_limit_too_small_is_named(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.3, 0.1, 0.2, 0.1}, 4);
    cfi_infeasibility because;

    d->made.system.power.ap_limit_w = d->made.limit;
    for (size_t l = 0; l < 4; l++) {
        d->made.limit[l] = 0.15 * d->made.system.power.budget_w;
    }
    d->made.limit[3] = 0.04 * d->made.system.power.budget_w;
    because = checked_cause(d);
    assert_int_equal(because.constraint, CFI_CONSTRAINT_AP_LIMIT);
    assert_int_equal(because.ap, 3); /* short by 2.5; access point 0 by 2 */
    assert_close(because.factor, 2.5, 1e-9);
    assert_string_equal(constraint_key(because.constraint), "power.ap_limit_dbm");
    free_drop(d);
}

/* One access point is over its limit and over what the budget leaves: its threshold must meet both. */
static void a_threshold_beyond_limit_and_budget_is_named(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.2, 0.3, 0.7, 0.1}, 4);
    cfi_infeasibility because;

    d->made.system.power.ap_limit_w = d->made.limit;
    for (size_t l = 0; l < 4; l++) {
        d->made.limit[l] = 0.35 * d->made.system.power.budget_w;
    }
    because = checked_cause(d);
    assert_int_equal(because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(because.ap, 2);
    assert_close(because.factor, 2.0, 1e-9); /* the limit asks for 2, the budget for 7 / 4 */
    free_drop(d);
}

static void limits_and_budget_that_are_both_too_small_leave_all_thresholds(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.8, 0.9, 0.7, 0.1}, 4);
    cfi_infeasibility because;

    d->made.system.power.ap_limit_w = d->made.limit;
    for (size_t l = 0; l < 4; l++) {
        d->made.limit[l] = 0.3 * d->made.system.power.budget_w;
    }
    because = checked_cause(d);
    assert_int_equal(because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_true(because.ap == CFI_NOWHERE);
    assert_close(because.factor, 3.0, 1e-9);
    free_drop(d);
}

static void an_access_point_without_information_is_named_without_a_factor(void **state)
{
    (void)state;
    made_system made = make_system(4, 3, 2, 1, 1);
    drop *d;
    cfi_allocation allocation;

    d = make_drop(made);
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(allocation.because.ap, 0);
    assert_true(isinf(allocation.because.factor));
    free_drop(d);
}

static void random_infeasible_drops_name_a_change_that_is_just_enough(void **state)
{
    (void)state;
    size_t count[4] = {0};

    for (uint64_t seed = 100; seed < 400; seed++) {
        drop *d = random_drop(seed, 6.0, 3.0);
        cfi_infeasibility because;

        for (size_t l = 0; seed % 3 == 0 && l < d->made.system.L; l++) { /* limits that bind before the budget does */
            d->made.limit[l] = 0.3 * d->made.system.power.budget_w / (double)d->made.system.L;
            d->made.system.power.ap_limit_w = d->made.limit;
        }
        set_tightness(d, 1.0 + 0.02 * (double)(seed % 97));
        if (threshold_factor(d) <= 1.0) { /* seeds at the edge itself */
            free_drop(d);
            continue;
        }
        d->made.system.allocation.method = CFI_METHOD_HEURISTIC;
        bool short_of_power = total_need(d) > d->made.system.power.budget_w;
        size_t most = costliest(d);

        because = checked_cause(d);
        count[because.constraint]++;
        if (because.constraint == CFI_CONSTRAINT_AP_LIMIT) {
            assert_false(short_of_power);
        } else if (because.ap != CFI_NOWHERE) {
            assert_int_equal(because.ap, most);
        }
        free_drop(d);
    }
    for (cfi_constraint c = CFI_CONSTRAINT_THRESHOLD; c <= CFI_CONSTRAINT_BUDGET; c++) {
        assert_true(count[c] > 10);
    }
}

static void a_feasible_drop_names_nothing(void **state)
{
    (void)state;
    drop *d = drop_with_needs((const double[]){0.1, 0.2}, 2);

    assert_int_equal(run(d).because.constraint, CFI_CONSTRAINT_NONE);
    assert_null(constraint_key(CFI_CONSTRAINT_NONE));
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_threshold_that_asks_for_too_much_is_named),
        cmocka_unit_test(a_budget_too_small_for_all_is_named_with_the_costliest_access_point),
        cmocka_unit_test(a_limit_too_small_is_named),
        cmocka_unit_test(a_threshold_beyond_limit_and_budget_is_named),
        cmocka_unit_test(limits_and_budget_that_are_both_too_small_leave_all_thresholds),
        cmocka_unit_test(an_access_point_without_information_is_named_without_a_factor),
        cmocka_unit_test(random_infeasible_drops_name_a_change_that_is_just_enough),
        cmocka_unit_test(a_feasible_drop_names_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
