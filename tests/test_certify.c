/* The certificate of the sum rate: no feasible powers beat the bound, whatever constrains them; maxima that SCA misses
 * are found; what cannot be certified says so. Powers are judged by the raw formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "certified.h"

static sig_atomic_t stop;
static size_t steps, stop_before = SIZE_MAX;

/* Linked with --wrap: the stop flag is set at a Newton step. */
double __real_certify_newton(certify_work *work, const certify_point *at, double eps);
double __wrap_certify_newton(certify_work *work, const certify_point *at, double eps);
double __wrap_certify_newton(certify_work *work, const certify_point *at, double eps)
{
    stop = stop || ++steps >= stop_before;
    return __real_certify_newton(work, at, eps);
}

/* And the flag is set before an ascent. */
static size_t ascents, stop_at_ascent = SIZE_MAX;
cfi_status __real_ascent_run(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error);
cfi_status __wrap_ascent_run(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error);
cfi_status __wrap_ascent_run(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    stop = stop || ascents++ == stop_at_ascent;
    return __real_ascent_run(ascent, at, outcome, error);
}

static const link_kind four_users = {.L = 16, .K = 4, .N = 4, .M = 4, .pilots = 4, .served = 1.0, .tightness = 0.1};

/* Random feasible powers against the bound. */
static void expect_nothing_above(drop *d, violation_of *violation, const void *context,
                                 const cfi_allocation *allocation, size_t points)
{
    cfi_stream stream = stream_make(d->made.system.seed, 0, CFI_DRAW_START, 771);

    for (size_t i = 0; i < points; i++) {
        draw_feasible(d, violation, context, &allocation->powers, &stream, &d->powers);
        if (raw_sum_rate(d, &d->powers) > allocation->certificate.upper_bound) {
            fail_msg("seed %zu: %.15g above the bound %.15g", (size_t)d->made.system.seed, raw_sum_rate(d, &d->powers),
                     allocation->certificate.upper_bound);
        }
    }
}

/* Bound, gap and status belong together, and the gap is what it was asked to be. */
static void expect_proved(const drop *d, const cfi_allocation *allocation, double gap)
{
    const cfi_certificate *certificate = &allocation->certificate;
    double value = raw_sum_rate(d, &allocation->powers);

    assert_true(certificate->asked);
    assert_close(allocation->objective.value, value, 1e-11);
    assert_true(certificate->upper_bound >= value);
    assert_close(1.0 + certificate->gap, certificate->upper_bound / value, 1e-11);
    if (!(certificate->gap <= gap) || allocation->status != CFI_ALLOC_OPTIMAL) {
        fail_msg("seed %zu: gap %.3g after %zu nodes, %s", (size_t)d->made.system.seed, certificate->gap,
                 certificate->nodes, alloc_status_name(allocation->status));
    }
    assert_string_equal(allocation->stop_reason, "certified");
}

/* ----------------------------------------------------------------------------- bounds ---- */

static void no_feasible_powers_exceed_the_bound(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 42; seed++) {
        drop *d = random_network(seed);
        cfi_allocation allocation = run(d);

        if (allocation.status != CFI_ALLOC_INFEASIBLE) {
            assert_true(raw_violation(d, &allocation.powers) <= 1e-10);
            expect_proved(d, &allocation, 1e-3);
            expect_nothing_above(d, violation_of_link, d, &allocation, 100);
        }
        free_drop(d);
    }
}

static void no_start_of_sca_exceeds_the_bound(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed < 112; seed++) {
        drop *d = random_network(seed);
        double bound;

        bound = run(d).certificate.upper_bound;
        d->made.system.allocation.certify = false;
        d->made.system.allocation.starts = 50;
        assert_false(run(d).objective.value > bound);
        assert_false(run(d).certificate.asked);
        free_drop(d);
    }
}

static void coupled_constraints_are_certified(void **state)
{
    (void)state;
    static const coupled_kind kinds[] = {
        {.L = 4, .K = 2, .N = 4, .M = 4, .pilots = 2, .asked = ASK_POSITION, .margin = 1.3},
        {.L = 5,
         .K = 3,
         .N = 4,
         .M = 4,
         .pilots = 3,
         .asked = ASK_ANGLES | ASK_DETECTION,
         .margin = 1.2,
         .limits = true},
        {.L = 4, .K = 3, .N = 8, .M = 2, .pilots = 3, .asked = ASK_ANGLES | ASK_POSITION, .margin = 1.1},
        {.L = 4, .K = 2, .N = 4, .M = 4, .pilots = 2, .asked = ASK_ANGLES, .noncoherent = true, .margin = 1.2},
        {.L = 4,
         .K = 2,
         .N = 2,
         .M = 4,
         .pilots = 2,
         .asked = ASK_ANGLES | ASK_POSITION | ASK_DETECTION,
         .noncoherent = true,
         .general_gains = true,
         .margin = 1.3},
        {.L = 3, .K = 3, .N = 4, .M = 4, .pilots = 3, .asked = ASK_DETECTION, .margin = 1.2, .streams = true},
    };

    size_t infeasible = 0;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (uint64_t seed = 0; seed < 3; seed++) {
            coupled_drop *c = make_coupled_drop(seed, kinds[i]);
            cfi_allocation allocation;

            ask_certificate(c->d, 1e-3, 20000);
            allocation = run(c->d);
            if (allocation.status == CFI_ALLOC_INFEASIBLE) {
                infeasible++;
                free_coupled_drop(c);
                continue;
            }
            assert_true(raw_coupled_violation(c, &allocation.powers) <= 1e-8);
            expect_proved(c->d, &allocation, 1e-3);
            expect_nothing_above(c->d, violation_of_coupled, c, &allocation, 100);
            free_coupled_drop(c);
        }
    }
    assert_true(infeasible <= 4);
}

/* The raw sum of weighted rates, and how far users are from their targets. */
static double raw_weighted_rate(const drop *d, const cfi_powers *powers, double *short_of)
{
    const cfi_allocation_settings *asked = &d->made.system.allocation;
    double sum = 0.0;

    *short_of = 0.0;
    for (size_t k = 0; k < d->link.K; k++) {
        double u, noise, rate;

        hear_user(d, powers, k, &u, &noise);
        rate = d->made.system.frame.prelog * log2(1.0 + u * u / noise);
        sum += asked->weights[k] * rate;
        *short_of = fmax(*short_of, 1.0 - rate / asked->rate_target_bit_s_hz[k]);
    }
    return sum;
}

static double violation_with_targets(const void *context, const cfi_powers *powers)
{
    double short_of;

    raw_weighted_rate(context, powers, &short_of);
    return fmax(raw_violation(context, powers), short_of);
}

/* Weights over a decade, and targets that are a share of what each user has without, where it has anything. Powers that
 * give all users their targets are a convex set. */
static void weights_and_targets_go_along(void **state)
{
    (void)state;
    for (uint64_t seed = 200; seed < 224; seed++) {
        drop *d = random_network(seed);
        size_t K = d->link.K;
        double *weight = calloc(2 * K, sizeof *weight), *target = weight + K, free_bound, short_of;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 773);
        cfi_allocation allocation;

        for (size_t k = 0; k < K; k++) {
            weight[k] = pow(10.0, made_uniform(&stream, 0.0, 1.0));
        }
        d->made.system.allocation.weights = weight;
        allocation = run(d);
        free_bound = allocation.certificate.upper_bound;
        for (size_t k = 0; k < K; k++) {
            double u, noise;

            hear_user(d, &allocation.powers, k, &u, &noise);
            target[k] =
                fmax(1e-3, d->made.system.frame.prelog * log2(1.0 + u * u / noise) * made_uniform(&stream, 0.5, 0.95));
        }
        d->made.system.allocation.rate_target_bit_s_hz = target;
        allocation = run(d);
        if (allocation.status != CFI_ALLOC_INFEASIBLE) {
            double value = raw_weighted_rate(d, &allocation.powers, &short_of);

            assert_true(short_of <= 1e-9 && allocation.status == CFI_ALLOC_OPTIMAL);
            assert_close(allocation.objective.value, value, 1e-11);
            assert_true(allocation.certificate.gap <= 1e-3 && allocation.certificate.upper_bound >= value);
            assert_true(value <= free_bound);
            for (size_t i = 0; i < 50; i++) {
                draw_feasible(d, violation_with_targets, d, &allocation.powers, &stream, &d->powers);
                assert_true(raw_weighted_rate(d, &d->powers, &short_of) <= allocation.certificate.upper_bound);
            }
        }
        d->made.system.allocation.weights = d->made.system.allocation.rate_target_bit_s_hz = NULL;
        free(weight);
        free_drop(d);
    }
}

/* Targets that only other powers than the best ones meet: the bound follows what they cost. */
static void targets_that_cost_are_certified(void **state)
{
    (void)state;
    size_t costly = 0;

    for (uint64_t seed = 300; seed < 312; seed++) {
        drop *d = make_link_drop(
            seed, (link_kind){.L = 5, .K = 3, .N = 4, .M = 4, .pilots = 3, .served = 1.0, .tightness = 0.3});
        double target[3], weight[3] = {1.0, 1.0, 1.0}, least = INFINITY, unbound, short_of;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 774);
        cfi_allocation allocation;

        set_power(d, 3e-3);
        d->made.system.allocation.solver = CFI_SOLVER_AUTO;
        d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
        least = run(d).objective.value;
        d->made.system.allocation.objective = CFI_SUM_RATE;
        ask_certificate(d, 1e-3, 20000);
        unbound = run(d).certificate.upper_bound;
        target[0] = target[1] = target[2] = 0.97 * least;
        d->made.system.allocation.rate_target_bit_s_hz = target;
        d->made.system.allocation.weights = weight;
        allocation = run(d);
        expect_proved(d, &allocation, 1e-3);
        costly += allocation.certificate.upper_bound < unbound * (1.0 - 2e-3);
        for (size_t i = 0; i < 50; i++) {
            draw_feasible(d, violation_with_targets, d, &allocation.powers, &stream, &d->powers);
            assert_true(raw_weighted_rate(d, &d->powers, &short_of) <= allocation.certificate.upper_bound);
        }
        d->made.system.allocation.weights = d->made.system.allocation.rate_target_bit_s_hz = NULL;
        free_drop(d);
    }
    assert_true(costly >= 8);
}

/* Two users at one access point, without sensing: all that there is to choose is how much of the budget goes to whom.
 */
static void one_access_point_by_search(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        made_system made = make_system(seed, 1, 2, 4, 4);
        double best = 0.0;
        cfi_allocation allocation;
        drop *d;

        made.system.sensing.crlb_threshold_rad2 = NULL;
        d = make_drop(made);
        ask_certificate(d, 1e-6, 20000);
        allocation = run(d);
        expect_proved(d, &allocation, 1e-6);
        d->powers.s[0] = 0.0;
        for (int i = 0; i <= 100000; i++) {
            d->powers.p[0] = made.system.power.budget_w * i / 1e5;
            d->powers.p[1] = made.system.power.budget_w - d->powers.p[0];
            best = fmax(best, raw_sum_rate(d, &d->powers));
        }
        assert_true(best <= allocation.certificate.upper_bound);
        assert_true(best >= allocation.objective.value * (1.0 - 1e-6));
        free_drop(d);
    }
}

/* ---------------------------------------------------------------------------- findings ---- */

/* The heuristic split lies in the basin of the lesser of two maxima: docs/model.md (M34). */
static void the_better_maximum_of_the_constructed_exception_is_found_and_proved(void **state)
{
    (void)state;
    drop *d = constructed_exception(1);
    cfi_allocation allocation;

    assert_close(run(d).sum_rate_bit_s_hz, 1.9974, 1e-4);
    ask_certificate(d, 1e-6, 20000);
    d->made.system.allocation.solver = CFI_SOLVER_SOCP; /* the response happens upon the better one */
    allocation = run(d);
    expect_proved(d, &allocation, 1e-6);
    assert_close(allocation.sum_rate_bit_s_hz, 2.2672, 1e-4);
    assert_close(allocation.certificate.upper_bound, 2.2672, 1e-4);
    free_drop(d);
}

/* Many users at few access points, where noise is little beside interference: how power can be shared is enough of a
 * proof, without boxes; by the bound's formula, K ln(1 + N L / K) without noise. */
static void shared_power_proves_crowded_networks_at_once(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        drop *d = make_link_drop(
            seed, (link_kind){.L = 4, .K = 8, .N = 4, .M = 4, .pilots = 8, .served = 1.0, .tightness = 0.01});
        double most = 8.0 * d->made.system.frame.prelog * log2(1.0 + 4.0 * 4.0 / 8.0);
        cfi_allocation allocation;

        set_power(d, 1e4);
        ask_certificate(d, 2e-2, 20000);
        allocation = run(d);
        expect_proved(d, &allocation, 2e-2);
        assert_int_equal(allocation.certificate.nodes, 1);
        assert_true(allocation.certificate.upper_bound <= most * (1.0 + 1e-9));
        assert_true(allocation.certificate.upper_bound >= most * 0.98);

        free_drop(d);
    }
}

/* ------------------------------------------------------------------------------- ends ---- */

static void a_node_limit_keeps_the_best_bound(void **state)
{
    (void)state;
    drop *d = make_link_drop(3, four_users);
    double first = 0.0, before = INFINITY;

    set_power(d, 1e-2); /* noise counts, and the ceiling says little */
    for (size_t nodes = 1; nodes <= 1000; nodes *= 10) {
        cfi_allocation allocation;

        ask_certificate(d, 1e-6, nodes);
        allocation = run(d);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_string_equal(allocation.stop_reason, "node_limit");
        assert_true(allocation.certificate.nodes <= nodes);
        assert_true(allocation.certificate.upper_bound <= before);
        assert_true(allocation.certificate.gap > 1e-6);
        before = allocation.certificate.upper_bound;
        first = nodes == 1 ? before : first;
    }
    assert_true(before < first * (1.0 - 1e-3));
    free_drop(d);
}

static void an_interrupt_keeps_the_best_bound(void **state)
{
    (void)state;
    drop *d = make_link_drop(3, four_users);
    cfi_alloc_options options = {.stop = &stop};
    double before = INFINITY;

    ask_certificate(d, 1e-6, 100000);
    for (stop_before = 1; stop_before < 3000; stop_before *= 7) {
        cfi_allocation allocation;

        steps = 0;
        stop = 0;
        assert_int_equal(alloc_run(&d->link, &options, d->arena, &allocation, NULL), CFI_OK);
        assert_true(steps >= stop_before);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_string_equal(allocation.stop_reason, "interrupted");
        assert_true(allocation.certificate.upper_bound <= before);
        assert_true(allocation.certificate.gap > 1e-6);
        before = allocation.certificate.upper_bound;
    }
    stop_before = SIZE_MAX;
    free_drop(d);
}

/* Interrupted before each of the ascents of a search in turn. */
static size_t count_lesser_powers(drop *d, double gap)
{
    cfi_alloc_options options = {.stop = &stop};
    size_t in_search, in_all, lesser = 0;
    double value;

    ask_certificate(d, gap, 20000);
    d->made.system.allocation.max_iterations = 1; /* which leaves a box's powers something to improve */
    d->made.system.allocation.certify = false;
    ascents = 0;
    run(d);
    in_search = ascents;
    d->made.system.allocation.certify = true;
    ascents = 0;
    value = run(d).objective.value;
    in_all = ascents;
    for (stop_at_ascent = in_search; stop_at_ascent < in_all; stop_at_ascent++) {
        cfi_allocation allocation;

        ascents = 0;
        stop = 0;
        assert_int_equal(alloc_run(&d->link, &options, d->arena, &allocation, NULL), CFI_OK);
        if (allocation.objective.value < value * (1.0 - 1e-12)) {
            assert_true(allocation.certificate.interrupted);
            lesser += allocation.certificate.gap <= gap;
        }
    }
    stop_at_ascent = SIZE_MAX;
    stop = 0;
    return lesser;
}

/* An interrupt while powers of a box are improved leaves lesser ones than there would have been, even where they are
 * within the gap that is asked for: the certificate says that it was interrupted. */
static void powers_that_an_interrupt_kept_from_their_end_are_no_final_ones(void **state)
{
    (void)state;
    size_t lesser = 0;

    stop = 0;
    for (uint64_t seed = 0; seed < 10; seed++) {
        drop *d = make_link_drop(
            seed, (link_kind){.L = 4, .K = 3, .N = 4, .M = 4, .pilots = 3, .served = 1.0, .tightness = 0.3});

        for (double gap = 1e-3; gap < 0.2; gap *= 1.3) {
            lesser += count_lesser_powers(d, gap);
        }
        free_drop(d);
    }
    assert_true(lesser > 0);
}

static void the_same_drop_has_the_same_certificate(void **state)
{
    (void)state;
    drop *d =
        make_link_drop(5, (link_kind){.L = 6, .K = 4, .N = 4, .M = 4, .pilots = 4, .served = 1.0, .tightness = 0.3});
    cfi_allocation first, second;

    ask_certificate(d, 1e-4, 20000);
    first = run(d);
    d->link.threads = 2;
    second = run(d);
    assert_memory_equal(&first.certificate, &second.certificate, sizeof first.certificate);
    assert_memory_equal(first.powers.p, second.powers.p, d->link.K * d->link.L * sizeof(double));
    free_drop(d);
}

static void what_cannot_be_certified_has_no_bound(void **state)
{
    (void)state;
    drop *d =
        make_link_drop(7, (link_kind){.L = 4, .K = 4, .N = 4, .M = 4, .pilots = 2, .served = 1.0, .tightness = 0.3});
    cfi_allocation allocation;

    ask_certificate(d, 1e-3, 20000);
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_true(allocation.certificate.asked && isnan(allocation.certificate.gap));
    assert_true(isnan(allocation.certificate.upper_bound) && allocation.certificate.nodes == 0);
    d->made.system.rate_model = CFI_RATE_THEOREM1; /* which knows nothing of shared pilots */
    allocation = run(d);
    assert_true(allocation.certificate.gap <= 1e-3);
    free_drop(d);

    d = make_link_drop(7, (link_kind){.L = 4, .K = 4, .N = 4, .M = 4, .pilots = 4, .served = 1.0, .tightness = 0.3});
    ask_certificate(d, 1e-3, 20000);
    d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
    assert_true(allocation.certificate.asked && isnan(allocation.certificate.gap));
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_feasible_powers_exceed_the_bound),
        cmocka_unit_test(no_start_of_sca_exceeds_the_bound),
        cmocka_unit_test(coupled_constraints_are_certified),
        cmocka_unit_test(weights_and_targets_go_along),
        cmocka_unit_test(targets_that_cost_are_certified),
        cmocka_unit_test(one_access_point_by_search),
        cmocka_unit_test(the_better_maximum_of_the_constructed_exception_is_found_and_proved),
        cmocka_unit_test(shared_power_proves_crowded_networks_at_once),
        cmocka_unit_test(a_node_limit_keeps_the_best_bound),
        cmocka_unit_test(an_interrupt_keeps_the_best_bound),
        cmocka_unit_test(powers_that_an_interrupt_kept_from_their_end_are_no_final_ones),
        cmocka_unit_test(the_same_drop_has_the_same_certificate),
        cmocka_unit_test(what_cannot_be_certified_has_no_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
