/* The fractional split and given powers: by hand, by another formula, permuted, at the ends of the range, and what they
 * violate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "allocations.h"

/* ------------------------------------------------------------------------- fractional ---- */

/* Two access points, 1 mW together; the gains of the first are 1/4 and 1, those of the second 4 and 1/9. */
static drop *plain_split(double exponent, double fraction)
{
    const double gain[] = {0.25, 1.0, 4.0, 1.0 / 9.0};
    made_system made = make_system(1, 2, 2, 4, 4);

    memcpy(made.gain, gain, sizeof gain);
    made.system.allocation.method = CFI_METHOD_FRACTIONAL;
    made.system.allocation.fractional_exponent = exponent;
    made.system.allocation.fractional_fraction = fraction;
    return make_drop(made);
}

/* p of both users at both access points, and s, in mW. */
static void expect_powers(drop *d, const double p[4], const double s[2])
{
    cfi_allocation allocation = run(d);

    assert_int_equal(allocation.status, CFI_ALLOC_FIXED);
    assert_string_equal(allocation.stop_reason, "fractional_split");
    for (size_t i = 0; i < 4; i++) {
        assert_close(allocation.powers.p[i], p[i] * 1e-3, 1e-15);
    }
    for (size_t l = 0; l < 2; l++) {
        assert_close(allocation.powers.s[l], s[l] * 1e-3, 1e-15);
        assert_close(allocation.ap_power_w[l], (p[2 * l] + p[2 * l + 1] + s[l]) * 1e-3, 1e-15);
    }
    free_drop(d);
}

static void fractional_powers_by_hand(void **state)
{
    (void)state;
    const double nothing[] = {0.0, 0.0};

    expect_powers(plain_split(0.5, 0.0), (const double[]){0.5 / 3.0, 1.0 / 3.0, 3.0 / 7.0, 0.5 / 7.0}, nothing);
    expect_powers(plain_split(0.0, 0.0), (const double[]){0.25, 0.25, 0.25, 0.25}, nothing);
    expect_powers(plain_split(1.0, 0.0), (const double[]){0.1, 0.4, 18.0 / 37.0, 0.5 / 37.0}, nothing);
    expect_powers(plain_split(-1.0, 0.0), (const double[]){0.4, 0.1, 0.5 / 37.0, 18.0 / 37.0}, nothing);
    expect_powers(plain_split(0.5, 0.4), (const double[]){0.1, 0.2, 1.8 / 7.0, 0.3 / 7.0}, (const double[]){0.2, 0.2});
    expect_powers(plain_split(0.5, 1.0), (const double[]){0.0, 0.0, 0.0, 0.0}, (const double[]){0.5, 0.5});
}

static void fractional_spends_the_limit_where_that_is_less_or_is_the_budget(void **state)
{
    (void)state;
    const double nothing[] = {0.0, 0.0};
    drop *d = plain_split(0.5, 0.0);

    d->made.system.power.ap_limit_w = d->made.limit;
    d->made.limit[0] = 0.3e-3;
    d->made.limit[1] = 0.7e-3;
    expect_powers(d, (const double[]){0.1, 0.2, 3.0 / 7.0, 0.5 / 7.0}, nothing);

    d = plain_split(0.5, 0.0);
    d->made.system.power.ap_limit_w = d->made.limit;
    d->made.system.power.budget_is_limits = true;
    d->made.limit[0] = 0.3e-3;
    d->made.limit[1] = 0.7e-3;
    expect_powers(d, (const double[]){0.1, 0.2, 0.6, 0.1}, nothing);
}

static void fractional_serves_those_who_are_served(void **state)
{
    (void)state;
    static const unsigned char second_alone[] = {0, 1, 0, 0};
    drop *d = plain_split(0.5, 0.2);

    d->link.served = second_alone; /* the second access point serves nobody, and only senses */
    expect_powers(d, (const double[]){0.0, 0.4, 0.0, 0.0}, (const double[]){0.1, 0.1});
    d = plain_split(-0.5, 0.0);
    d->link.served = second_alone;
    expect_powers(d, (const double[]){0.0, 0.5, 0.0, 0.0}, (const double[]){0.0, 0.0});
}

/* A random drop with a random exponent, with limits or without. */
static drop *fractional_drop(uint64_t seed)
{
    drop *d = random_drop(seed, 12.0, 6.0);
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 99);

    d->made.system.allocation.method = CFI_METHOD_FRACTIONAL;
    d->made.system.allocation.fractional_exponent = made_uniform(&stream, -2.0, 2.0);
    d->made.system.allocation.fractional_fraction = made_uniform(&stream, 0.0, 1.0);
    return d;
}

static void fractional_powers_agree_with_logarithms(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        drop *d = fractional_drop(seed);
        const cfi_system *s = &d->made.system;
        cfi_allocation allocation = run(d);

        for (size_t i = 0; i < s->K * s->L; i++) {
            size_t l = i / s->K;
            double inverse = 0.0, all = s->power.budget_w / (double)s->L;

            all = s->power.ap_limit_w && s->power.ap_limit_w[l] < all ? s->power.ap_limit_w[l] : all;
            for (size_t k = 0; k < s->K; k++) {
                inverse += exp(s->allocation.fractional_exponent * log(d->made.gain[k + s->K * l] / d->made.gain[i]));
            }
            assert_close(allocation.powers.p[i] * inverse / all, 1.0 - s->allocation.fractional_fraction, 1e-13);
            assert_close(allocation.powers.s[l] / all, s->allocation.fractional_fraction, 1e-14);
        }
        assert_close(1.0 + allocation.max_constraint_violation, 1.0 + violation_from_formula(d, &allocation.powers),
                     1e-12);
        assert_close(allocation.sum_rate_bit_s_hz, sum_rate_from_formula(d, &allocation.powers), 1e-11);
        free_drop(d);
    }
}

/* The same drop with users and access points counted from the other end. */
static drop *reversed_drop(const drop *d)
{
    const cfi_system *s = &d->made.system;
    made_system made = make_system(s->seed, s->L, s->K, s->N, s->M);
    cfi_system copy = *s;

    for (size_t i = 0; i < s->K * s->L; i++) {
        made.gain[i] = d->made.gain[s->K * s->L - 1 - i];
    }
    for (size_t k = 0; k < s->K; k++) {
        made.pilot[k] = d->made.pilot[s->K - 1 - k];
    }
    for (size_t l = 0; l < s->L; l++) {
        made.angle[l] = d->made.angle[s->L - 1 - l];
        made.threshold[l] = d->made.threshold[s->L - 1 - l];
        made.limit[l] = d->made.limit[s->L - 1 - l];
    }
    copy.propagation.gain = made.gain;
    copy.frame.pilot = made.pilot;
    copy.sensing.angle_rad = made.angle;
    copy.sensing.crlb_threshold_rad2 = made.threshold;
    copy.power.ap_limit_w = s->power.ap_limit_w ? made.limit : NULL;
    made.system = copy;
    return make_drop(made);
}

static void fractional_powers_follow_users_and_access_points(void **state)
{
    (void)state;
    for (uint64_t seed = 300; seed < 350; seed++) {
        drop *d = fractional_drop(seed), *reversed = reversed_drop(d);
        size_t pairs = d->link.K * d->link.L;
        cfi_allocation allocation = run(d), other = run(reversed);

        for (size_t i = 0; i < pairs; i++) {
            assert_close(other.powers.p[pairs - 1 - i] / allocation.powers.p[i], 1.0, 1e-14);
        }
        assert_close(other.sum_rate_bit_s_hz / allocation.sum_rate_bit_s_hz, 1.0, 1e-12);
        free_drop(reversed);
        free_drop(d);
    }
}

static void fractional_powers_survive_the_ends_of_the_range(void **state)
{
    (void)state;
    const double exponent[] = {-10.0, 10.0};

    for (size_t i = 0; i < 2; i++) {
        drop *d = plain_split(exponent[i], 0.0);
        const double gain[] = {1e-30, 1e30, 1e-30, 2e-30};
        cfi_powers *powers = &d->powers;

        memcpy(d->made.gain, gain, sizeof gain);
        alloc_fractional(&d->link, powers);
        assert_close(powers->p[i], 0.5e-3, 1e-15);
        assert_true(powers->p[1 - i] == 0.0);
        assert_close(powers->p[2 + i], 0.5e-3 * 1024.0 / 1025.0, 1e-15);
        assert_close(powers->p[3 - i], 0.5e-3 / 1025.0, 1e-15);
        free_drop(d);
    }
}

static void no_bit_of_fractional_powers_depends_on_threads(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(5, 600, 64, 2, 2));
    cfi_powers alone = {.p = malloc(600 * 64 * sizeof(double)), .s = malloc(600 * sizeof(double))};

    d->made.system.allocation.fractional_exponent = 0.7;
    alloc_fractional(&d->link, &alone);
    d->link.threads = 3;
    alloc_fractional(&d->link, &d->powers);
    assert_memory_equal(alone.p, d->powers.p, 600 * 64 * sizeof(double));
    assert_memory_equal(alone.s, d->powers.s, 600 * sizeof(double));
    free(alone.p);
    free(alone.s);
    free_drop(d);
}

/* ------------------------------------------------------------------------------ given ---- */

static void given_powers_are_taken_as_they_are_and_judged(void **state)
{
    (void)state;
    size_t kept = 0;

    for (uint64_t seed = 500; seed < 600; seed++) {
        drop *d = random_drop(seed, 8.0, 5.0);
        cfi_allocation_settings *settings = &d->made.system.allocation;
        size_t K = d->link.K, L = d->link.L;
        cfi_allocation allocation;

        for (size_t i = 0; i < K * L; i++) {
            d->powers.p[i] *= i % 3 == 0 ? 0.0 : i % 3 == 1 ? 30.0 : 0.7;
        }
        settings->method = CFI_METHOD_GIVEN;
        settings->powers_w = d->powers.p;
        settings->sensing_powers_w = seed % 2 ? d->powers.s : NULL;
        allocation = run(d);
        assert_int_equal(allocation.status, CFI_ALLOC_FIXED);
        assert_string_equal(allocation.stop_reason, "given_powers");
        assert_memory_equal(allocation.powers.p, d->powers.p, K * L * sizeof(double));
        for (size_t l = 0; l < L; l++) {
            assert_true(allocation.powers.s[l] == (seed % 2 ? d->powers.s[l] : 0.0));
        }
        assert_close(allocation.sum_rate_bit_s_hz, sum_rate_from_formula(d, &allocation.powers), 1e-11);
        assert_close(1.0 + allocation.max_constraint_violation, 1.0 + violation_from_formula(d, &allocation.powers),
                     1e-12);
        kept += allocation.max_constraint_violation < 1.0;
        free_drop(d);
    }
    assert_in_range(kept, 1, 99);
}

static void the_powers_of_sca_given_back_are_as_good(void **state)
{
    (void)state;
    for (uint64_t seed = 700; seed < 720; seed++) {
        drop *d = random_drop(seed, 8.0, 5.0);
        cfi_allocation found = run(d), given;
        cfi_evaluation before, after;

        if (found.status != CFI_ALLOC_INFEASIBLE) {
            d->made.system.allocation.method = CFI_METHOD_GIVEN;
            d->made.system.allocation.powers_w = found.powers.p;
            d->made.system.allocation.sensing_powers_w = found.powers.s;
            given = run(d);
            assert_int_equal(alloc_evaluate(&d->link, &found.powers, d->arena, &before, NULL), CFI_OK);
            assert_int_equal(alloc_evaluate(&d->link, &given.powers, d->arena, &after, NULL), CFI_OK);
            assert_memory_equal(before.rate_bit_s_hz, after.rate_bit_s_hz, d->link.K * sizeof(double));
            assert_true(given.sum_rate_bit_s_hz == found.sum_rate_bit_s_hz);
            assert_true(given.max_constraint_violation == found.max_constraint_violation);
        }
        free_drop(d);
    }
}

static void powers_that_are_not_there_or_go_to_nobody_are_refused(void **state)
{
    (void)state;
    static const unsigned char served[] = {1, 1, 1, 0};
    drop *d = plain_split(0.5, 0.0);
    double p[] = {1e-4, 2e-4, 0.0, 3e-4};
    cfi_allocation allocation;
    cfi_error error = {.text = ""};

    d->made.system.allocation.method = CFI_METHOD_GIVEN;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "allocation.powers_w: null"));
    d->made.system.allocation.powers_w = p;
    d->link.served = served;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_INVALID);
    assert_string_equal(error.text, "/allocation/powers_w/1/1: 0.0003 W for user 1 at access point 1, which does not "
                                    "serve it in drop 0 (allowed: 0 there)");
    p[3] = 0.0;
    assert_int_equal(alloc_run(&d->link, NULL, d->arena, &allocation, &error), CFI_OK);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractional_powers_by_hand),
        cmocka_unit_test(fractional_spends_the_limit_where_that_is_less_or_is_the_budget),
        cmocka_unit_test(fractional_serves_those_who_are_served),
        cmocka_unit_test(fractional_powers_agree_with_logarithms),
        cmocka_unit_test(fractional_powers_follow_users_and_access_points),
        cmocka_unit_test(fractional_powers_survive_the_ends_of_the_range),
        cmocka_unit_test(no_bit_of_fractional_powers_depends_on_threads),
        cmocka_unit_test(given_powers_are_taken_as_they_are_and_judged),
        cmocka_unit_test(the_powers_of_sca_given_back_are_as_good),
        cmocka_unit_test(powers_that_are_not_there_or_go_to_nobody_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
