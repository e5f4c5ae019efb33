/* Sensing constraints that couple access points over links of other kinds, and what must not matter. docs/model.md
 * (M28) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "coupled_drops.h"

static coupled_kind plain_kind(uint64_t seed)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {3, 3}};

    return (coupled_kind){.L = 3 + seed % 4,
                          .K = 2 + seed % 3,
                          .N = antennas[seed % 5][0],
                          .M = antennas[seed % 5][1],
                          .pilots = seed % 2 == 0 ? 2 + seed % 3 : 2,
                          .asked = (unsigned)(1 + seed % 7),
                          .noncoherent = seed / 2 % 2 == 1,
                          .general_gains = seed / 3 % 2 == 1,
                          .limits = seed % 4 == 0,
                          .margin = 1.5};
}

static void run_sharply(coupled_drop *c, cfi_allocation *allocation)
{
    c->d->made.system.allocation.tolerance = 1e-9;
    c->d->made.system.allocation.max_iterations = 3000;
    *allocation = run(c->d);
}

/* Interference that differs between the two powers, or by stream; users that not all serve; means of pairs. */
static void links_of_any_kind_have_no_better_neighbour(void **state)
{
    size_t tried = 0, feasible = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 72; seed++) {
        coupled_kind kind = plain_kind(seed);
        coupled_drop *c;
        cfi_allocation allocation;

        kind.zero_forcing = seed % 3 == 0;
        kind.streams = seed % 3 == 1;
        kind.clusters = seed / 2 % 3 == 1;
        kind.complex_means = seed / 4 % 2 == 1 && kind.pilots < kind.K;
        c = make_coupled_drop(seed, kind);
        run_sharply(c, &allocation);
        if (allocation.status != CFI_ALLOC_INFEASIBLE) {
            assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
            assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
            assert_close(raw_sum_rate(c->d, &allocation.powers) / allocation.sum_rate_bit_s_hz, 1.0, 1e-9);
            assert_true(best_neighbour_of(c, &allocation, 300, seed, &tried) <= 1.0 + 1e-6);
            feasible++;
        }
        free_coupled_drop(c);
    }
    assert_in_range(feasible, 50, 72);
    assert_true(tried > 10000);
}

/* Steady echoes are detected with less: by Marcum's Q in the place of the exponential's tail. */
static void detection_of_steady_echoes_is_held(void **state)
{
    size_t binding = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        coupled_kind kind = plain_kind(seed);
        coupled_drop *c;
        cfi_allocation allocation;

        kind.asked = ASK_DETECTION;
        kind.steady = true;
        c = make_coupled_drop(seed, kind);
        allocation = run(c->d);
        if (allocation.status != CFI_ALLOC_INFEASIBLE) {
            double least = INFINITY;

            for (size_t l = 0; l < kind.L; l++) {
                double snr = raw_snr(c->d, &allocation.powers, l);

                least = fmin(least, detection_own_echo(snr, 1e-3, 0));
            }
            assert_true(least >= c->d->made.system.sensing.detection_threshold * (1.0 - 1e-9));
            binding += least <= c->d->made.system.sensing.detection_threshold * (1.0 + 1e-6);
        }
        free_coupled_drop(c);
    }
    assert_true(binding > 5);
}

/* A kind of which ten million times as much is allowed, and limits beyond the budget. */
static void constraints_that_cannot_bind_change_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 28; seed++) {
        coupled_kind kind = plain_kind(seed);
        coupled_drop *c;
        cfi_sensing *sensing;
        double rate, position, detection;
        cfi_allocation allocation;

        kind.limits = false;
        c = make_coupled_drop(seed, kind);
        sensing = &c->d->made.system.sensing;
        run_sharply(c, &allocation);
        rate = allocation.sum_rate_bit_s_hz;
        for (size_t l = 0; l < kind.L; l++) {
            c->d->made.limit[l] = 1e9 * c->d->made.system.power.budget_w;
        }
        c->d->made.system.power.ap_limit_w = c->d->made.limit;
        assert_true(run(c->d).sum_rate_bit_s_hz == rate); /* to the bit */
        position = sensing->position_threshold_m;
        detection = sensing->detection_threshold;
        sensing->position_threshold_m = position > 0.0 ? position : 1e5;
        sensing->detection_threshold = detection > 0.0 ? detection : 1.0000001e-3;
        if (rate > 0.0) {
            assert_close(run(c->d).sum_rate_bit_s_hz / rate, 1.0, 1e-6);
        }
        free_coupled_drop(c);
    }
}

static void units_of_power_do_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 14; seed++) {
        coupled_drop *c = make_coupled_drop(seed, plain_kind(seed));
        double scale = seed % 2 == 0 ? 1e-6 : 1e5;
        cfi_system *s = &c->d->made.system;
        cfi_allocation a, b;

        a = run(c->d);
        s->power.budget_w *= scale;
        s->power.comm_noise_w *= scale;
        s->power.sensing_noise_w *= scale;
        s->frame.pilot_power_w *= scale;
        for (size_t l = 0; l < s->L; l++) {
            c->d->made.limit[l] *= scale;
        }
        target_show(c->d, &c->place);
        b = run(c->d);
        assert_int_equal(a.status, b.status);
        assert_close(b.least_threshold_factor / a.least_threshold_factor, 1.0, 1e-9);
        for (size_t l = 0; l < s->L && a.status != CFI_ALLOC_INFEASIBLE; l++) {
            assert_close(b.ap_power_w[l] / scale / a.ap_power_w[l], 1.0, 1e-6);
        }
        assert_true(a.status == CFI_ALLOC_INFEASIBLE || fabs(b.sum_rate_bit_s_hz / a.sum_rate_bit_s_hz - 1.0) < 1e-10);
        free_coupled_drop(c);
    }
}

/* The access points in the opposite order. */
static void reverse_aps(coupled_drop *c)
{
    size_t L = c->d->link.L, K = c->d->link.K;
    target_place old = c->place;
    made_system *made = &c->d->made;
    double gain[64], threshold[TARGET_MOST_APS], limit[TARGET_MOST_APS];

    assert_true(K * L <= 64);
    memcpy(gain, made->gain, K * L * sizeof *gain);
    memcpy(threshold, made->threshold, L * sizeof *threshold);
    memcpy(limit, made->limit, L * sizeof *limit);
    for (size_t l = 0; l < L; l++) {
        size_t from = L - 1 - l;

        memcpy(c->place.ap + 2 * l, old.ap + 2 * from, 2 * sizeof(double));
        c->place.orientation[l] = old.orientation[from];
        c->place.range[l] = old.range[from];
        c->place.bearing[l] = old.bearing[from];
        memcpy(made->gain + K * l, gain + K * from, K * sizeof *gain);
        made->threshold[l] = threshold[from];
        made->limit[l] = limit[from];
        for (size_t p = 0; p < L; p++) {
            c->place.gain[l + L * p] = old.gain[from + L * (L - 1 - p)];
            c->place.phase[l + L * p] = old.phase[from + L * (L - 1 - p)];
        }
        made->angle[l] = target_angle(&c->place, l, c->place.at[0], c->place.at[1]);
    }
    assert_int_equal(network_draw(&made->system, 0, c->d->arena, &c->d->network, NULL), CFI_OK);
    target_show(c->d, &c->place);
}

static void the_order_of_access_points_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 14; seed++) {
        coupled_drop *c = make_coupled_drop(seed, plain_kind(seed));
        cfi_allocation a, b;

        run_sharply(c, &a);
        reverse_aps(c);
        run_sharply(c, &b);
        assert_close(b.least_threshold_factor / a.least_threshold_factor, 1.0, 1e-8);
        assert_int_equal(a.status, b.status);
        assert_true(a.status == CFI_ALLOC_INFEASIBLE || fabs(b.sum_rate_bit_s_hz / a.sum_rate_bit_s_hz - 1.0) < 1e-7);
        free_coupled_drop(c);
    }
}

/* Two access points with the target between them see it along one line: own echoes give it no position, and what they
 * hear of each other neither. */
static void targets_in_line_have_no_position(void **state)
{
    (void)state;
    for (int noncoherent = 0; noncoherent < 2; noncoherent++) {
        coupled_kind kind = {.L = 2, .K = 2, .N = 4, .M = 4, .pilots = 2, .asked = ASK_POSITION, .margin = 1.0};
        coupled_drop *c;
        cfi_allocation allocation;

        kind.noncoherent = noncoherent;
        c = make_coupled_drop(3, kind);
        for (size_t l = 0; l < 2; l++) {
            c->place.ap[2 * l] = c->place.at[0] + (l == 0 ? 40.0 : -70.0);
            c->place.ap[2 * l + 1] = c->place.at[1] + (l == 0 ? 20.0 : -35.0);
        }
        target_see(&c->place);
        target_show(c->d, &c->place);
        allocation = run(c->d);
        assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_POSITION);
        assert_true(isinf(allocation.because.factor) && isinf(allocation.least_threshold_factor));
        assert_string_equal(constraint_key(allocation.because.constraint), "sensing.position_threshold_m");
        free_coupled_drop(c);
    }
}

/* The same with one metre off the line: then it has one. */
static void what_is_not_quite_in_line_has_a_position(void **state)
{
    (void)state;
    coupled_kind kind = {.L = 2, .K = 2, .N = 4, .M = 4, .pilots = 2, .asked = ASK_POSITION, .margin = 1.0};
    coupled_drop *c = make_coupled_drop(3, kind);
    cfi_allocation allocation;

    for (size_t l = 0; l < 2; l++) {
        c->place.ap[2 * l] = c->place.at[0] + (l == 0 ? 40.0 : -70.0);
        c->place.ap[2 * l + 1] = c->place.at[1] + (l == 0 ? 21.0 : -35.0);
    }
    target_see(&c->place);
    target_show(c->d, &c->place);
    set_equal_powers(c->d, &c->d->powers);
    c->d->made.system.sensing.position_threshold_m = sqrt(raw_position(c, &c->d->powers));
    allocation = run(c->d);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
    free_coupled_drop(c);
}

/* One access point a metre from the target knows 10^12 times more along one direction than all know across: the
 * threshold is held to the last digits all the same. */
static void an_access_point_beside_the_target_costs_no_digits(void **state)
{
    size_t held = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        coupled_kind kind = plain_kind(seed);
        coupled_drop *c;
        cfi_allocation allocation;

        kind.asked = ASK_POSITION;
        c = make_coupled_drop(seed, kind);
        c->place.ap[0] = c->place.at[0] + 1.0;
        c->place.ap[1] = c->place.at[1] + 0.3;
        target_see(&c->place);
        c->d->made.angle[0] = target_angle(&c->place, 0, c->place.at[0], c->place.at[1]);
        assert_int_equal(network_draw(&c->d->made.system, 0, c->d->arena, &c->d->network, NULL), CFI_OK);
        target_show(c->d, &c->place);
        relax_all(c, 1.2 * run(c->d).least_threshold_factor);
        allocation = run(c->d);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
        held += raw_margin(c, &allocation.powers) < 1.0 + 1e-6;
        free_coupled_drop(c);
    }
    assert_true(held > 20);
}

/* Other methods know nothing of constraints, but how far they violate them. */
static void splits_tell_how_far_they_violate_constraints(void **state)
{
    const cfi_method methods[] = {CFI_METHOD_EQUAL, CFI_METHOD_FRACTIONAL};

    (void)state;
    for (uint64_t seed = 0; seed < 28; seed++) {
        coupled_kind kind = plain_kind(seed);
        coupled_drop *c;

        kind.margin = 0.7;
        c = make_coupled_drop(seed, kind);
        for (size_t i = 0; i < 2; i++) {
            cfi_allocation allocation;
            double violation;

            c->d->made.system.allocation.method = methods[i];
            allocation = run(c->d);
            violation = raw_coupled_violation(c, &allocation.powers);
            assert_int_equal(allocation.status, CFI_ALLOC_FIXED);
            assert_true(violation > 0.0);
            assert_close(allocation.max_constraint_violation / violation, 1.0, 1e-9);
        }
        free_coupled_drop(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_of_any_kind_have_no_better_neighbour),
        cmocka_unit_test(detection_of_steady_echoes_is_held),
        cmocka_unit_test(constraints_that_cannot_bind_change_nothing),
        cmocka_unit_test(units_of_power_do_not_matter),
        cmocka_unit_test(the_order_of_access_points_does_not_matter),
        cmocka_unit_test(targets_in_line_have_no_position),
        cmocka_unit_test(what_is_not_quite_in_line_has_a_position),
        cmocka_unit_test(an_access_point_beside_the_target_costs_no_digits),
        cmocka_unit_test(splits_tell_how_far_they_violate_constraints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
