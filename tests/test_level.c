/* The largest common rate by prices (docs/model.md (M31a)): what it reaches, by raw formulas, and what it proves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/level.h"
#include "asked.h"
#include "made_links.h"

/* A random drop that asks for the largest common rate, by weights where the seed is even; NULL: no powers sense well
 * enough, or users share pilots. */
static drop *level_drop(uint64_t seed)
{
    drop *d = random_drop(seed, 10.0, 5.0);
    cfi_allocation_settings *allocation = &d->made.system.allocation;

    allocation->objective = CFI_MAX_MIN_RATE;
    allocation->solver = CFI_SOLVER_AUTO;
    allocation->weights = seed % 2 == 0 ? made_weights(d) : NULL;
    if (threshold_factor(d) < 0.99 && !d->link.pilots_overlap) {
        return d;
    }
    free_drop(d);
    return NULL;
}

static double common_from_formula(const drop *d, const cfi_powers *powers)
{
    double least = INFINITY;

    for (size_t k = 0; k < d->made.system.K; k++) {
        least = fmin(least, rate_from_formula(d, powers, k) / asked_weight(d, k));
    }
    return least;
}

/* The problem of a drop, and its level from the level's own function. */
typedef struct level_scene {
    alloc_problem problem;
    alloc_point *point;
    double lambda[8], trace[LEVEL_MOST], weight[8];
    level_result result;
} level_scene;

static void open_level(drop *d, level_scene *s)
{
    s->result = (level_result){.lambda = s->lambda, .trace = s->trace};
    assert_int_equal(problem_build(&d->link, d->arena, &s->problem, NULL), CFI_OK);
    assert_true(level_applies(&s->problem));
    s->point = problem_point(&s->problem, d->arena);
    for (size_t k = 0; k < d->made.system.K; k++) {
        s->weight[k] = asked_weight(d, k);
    }
    assert_int_equal(level_rates(&s->problem, &(level_ask){.weight = s->weight}, d->arena, s->point, &s->result, NULL),
                     CFI_OK);
}

/* In bit/s/Hz. */
static double level_rate(const drop *d, double rate)
{
    return rate * d->made.system.frame.prelog / log(2.0);
}

/* Where the search ends by itself, powers have the rate that it says within all constraints, and it is within 1e-8 of
 * its bound. That it does not is rare, and left to other solvers. */
static void what_is_reached_is_proved(void **state)
{
    size_t drops = 0, proved = 0, evaluations = 0, most = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        drop *d = level_drop(seed);
        level_scene s;
        cfi_powers powers;

        if (!d) {
            continue;
        }
        open_level(d, &s);
        drops++;
        if (s.result.proved) {
            powers = d->powers;
            problem_to_powers(&s.problem, s.point, &powers);
            assert_true(violation_from_formula(d, &powers) <= 1e-9);
            assert_close(common_from_formula(d, &powers), level_rate(d, s.result.reached), 1e-9);
            assert_true(s.result.bound >= s.result.reached * (1.0 - 1e-12));
            assert_true(s.result.bound <= s.result.reached * (1.0 + 1.0001e-8));
            for (size_t i = 1; i < s.result.count; i++) {
                assert_true(s.trace[i] > s.trace[i - 1]);
            }
            proved++;
            evaluations += s.result.evaluations;
            most = s.result.evaluations > most ? s.result.evaluations : most;
        }
        free_drop(d);
    }
    print_message("%zu of %zu proved, %.1f evaluations in the mean, %zu at most\n", proved, drops,
                  (double)evaluations / (double)proved, most);
    assert_true(drops > 100);
    assert_true(50 * proved >= 49 * drops);
}

/* No powers that keep all constraints have a larger common rate than is proved: neither random ones nor those of other
 * objectives. */
static void no_powers_have_more_than_the_bound(void **state)
{
    size_t tried = 0;

    (void)state;
    for (uint64_t seed = 301; seed <= 400; seed++) {
        drop *d = level_drop(seed);
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 78);
        cfi_allocation best, other;
        size_t K, L;

        if (!d) {
            continue;
        }
        K = d->made.system.K;
        L = d->made.system.L;
        best = run(d);
        assert_int_equal(best.status, CFI_ALLOC_OPTIMAL);
        assert_close(common_from_formula(d, &best.powers), best.objective.value, 1e-9);
        d->made.system.allocation.objective = CFI_PROPORTIONAL_FAIR;
        other = run(d);
        d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
        assert_true(common_from_formula(d, &other.powers) <= best.objective.dual_value * (1.0 + 1e-9));
        for (int i = 0; i < 50; i++) { /* between the best powers and random ones */
            double share = made_uniform(&stream, 0.0, 0.2);

            for (size_t j = 0; j < K * L; j++) {
                d->powers.p[j] = best.powers.p[j] * (1.0 + share * made_uniform(&stream, -1.0, 1.0));
            }
            for (size_t l = 0; l < L; l++) {
                d->powers.s[l] = best.powers.s[l] * (1.0 + share * made_uniform(&stream, -1.0, 1.0));
            }
            if (violation_from_formula(d, &d->powers) <= 0.0) {
                assert_true(common_from_formula(d, &d->powers) <= best.objective.dual_value * (1.0 + 1e-12));
                tried++;
            }
        }
        free_drop(d);
    }
    assert_true(tried > 500);
}

/* Cone problems find the same rate. */
static void cone_problems_agree(void **state)
{
    size_t compared = 0;

    (void)state;
    for (uint64_t seed = 401; seed <= 440; seed++) {
        drop *d = level_drop(seed);
        cfi_allocation prices, cones;

        if (!d) {
            continue;
        }
        prices = run(d);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cones = run(d);
        assert_int_equal(prices.status, CFI_ALLOC_OPTIMAL);
        if (cones.status == CFI_ALLOC_OPTIMAL) {
            assert_close(prices.objective.value, cones.objective.value, 1e-6);
            compared++;
        }
        /* each one's bound holds for the other's powers */
        assert_true(cones.objective.value <= prices.objective.dual_value * (1.0 + 1e-9));
        assert_true(!(prices.objective.value > cones.objective.dual_value * (1.0 + 1e-9)));
        free_drop(d);
    }
    assert_true(compared > 10);
}

/* A drop whose users share pilots, or are heard stream by stream: means of either sign, zero-forcing, clusters, limits,
 * and thresholds where means are positive and both powers interfere alike. */
static drop *shared_level_drop(uint64_t seed, double *weight)
{
    link_kind kind = {.L = 2 + seed % 7,
                      .K = 2 + seed / 2 % 5,
                      .N = 4,
                      .M = 4,
                      .served = seed % 3 == 1 ? 0.6 : 1.0,
                      .tightness = 0.5,
                      .limits = seed % 4 == 3 ? 1.0 : 0.0,
                      .streams = seed % 5 > 2,
                      .complex_means = seed % 5 > 1,
                      .zero_forcing = seed % 5 == 4};
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 79);
    drop *d;

    kind.pilots = seed % 11 == 3 ? kind.K : 1 + seed % 2;
    kind.complex_means = kind.complex_means && kind.pilots < kind.K;
    d = make_link_drop(seed, kind);
    d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
    d->made.system.allocation.solver = CFI_SOLVER_AUTO;
    if (seed % 5 > 0) {
        d->made.system.sensing.crlb_threshold_rad2 = NULL;
    }
    for (size_t k = 0; k < kind.K; k++) {
        weight[k] = seed % 2 == 0 ? exp(made_uniform(&stream, -1.0, 1.0)) : 1.0;
    }
    d->made.system.allocation.weights = weight;
    return d;
}

static double raw_least(const drop *d, const cfi_powers *powers)
{
    double least = INFINITY;

    for (size_t k = 0; k < d->link.K; k++) {
        double u, noise;

        hear_user(d, powers, k, &u, &noise);
        least = fmin(least, d->made.system.frame.prelog * log2(1.0 + u * u / noise) / asked_weight(d, k));
    }
    return least;
}

static double raw_broken(drop *d, const cfi_powers *powers)
{
    const double *threshold = d->made.system.sensing.crlb_threshold_rad2;
    double none[16], broken;

    for (size_t l = 0; l < d->link.L; l++) {
        none[l] = INFINITY; /* times no information: not a number, which fmax passes over */
    }
    d->made.system.sensing.crlb_threshold_rad2 = threshold ? threshold : none;
    broken = raw_violation(d, powers);
    d->made.system.sensing.crlb_threshold_rad2 = threshold;
    return broken;
}

/* Whoever shares pilots, and whatever streams do to whom: prices alone prove the rate that cone problems find. */
static void users_of_one_pilot_have_a_level(void **state)
{
    size_t drops = 0, by_prices = 0;

    (void)state;
    for (uint64_t seed = 501; seed <= 620; seed++) {
        double weight[8];
        drop *d = shared_level_drop(seed, weight);
        cfi_allocation prices = run(d), cones;

        drops++;
        by_prices += prices.fallback_steps == 0;
        assert_int_equal(prices.status, CFI_ALLOC_OPTIMAL);
        assert_string_equal(prices.solver, "structured");
        assert_true(raw_broken(d, &prices.powers) < 1e-9);
        assert_close(raw_least(d, &prices.powers), prices.objective.value, 1e-9);
        assert_true(prices.objective.value <= prices.objective.dual_value * (1.0 + 1e-10)); /* data are rounded */
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cones = run(d);
        assert_string_equal(cones.solver, "socp");
        assert_true(cones.objective.value <= prices.objective.dual_value * (1.0 + 1e-9));
        if (cones.status == CFI_ALLOC_OPTIMAL) {
            assert_close(prices.objective.value, cones.objective.value, 1e-6);
            assert_true(prices.objective.value <= cones.objective.dual_value * (1.0 + 1e-9));
        }
        free_drop(d);
    }
    print_message("%zu of %zu by prices alone\n", by_prices, drops);
    assert_true(20 * by_prices >= 19 * drops);
}

/* More users on one pilot than access points: what their streams do to each other is solved in access points, and
 * proves the rate that cone problems find. */
static void a_crowd_on_one_pilot_has_a_level(void **state)
{
    const size_t sizes[][2] = {{3, 9}, {2, 16}, {5, 12}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        made_system made = make_system(41 + i, sizes[i][0], sizes[i][1], 4, 4);
        cfi_allocation prices, cones;
        drop *d;

        reuse_pilots(&made, 1);
        made.system.allocation.objective = CFI_MAX_MIN_RATE;
        made.system.allocation.solver = CFI_SOLVER_AUTO;
        made.system.sensing.crlb_threshold_rad2 = NULL;
        d = make_drop(made);
        prices = run(d);
        assert_int_equal(prices.status, CFI_ALLOC_OPTIMAL);
        assert_string_equal(prices.solver, "structured");
        assert_int_equal(prices.fallback_steps, 0);
        assert_in_range(prices.iterations, 1, LEVEL_MOST);
        assert_close(raw_least(d, &prices.powers), prices.objective.value, 1e-9);
        assert_close(prices.objective.value, prices.objective.dual_value, 1e-8);
        d->made.system.allocation.solver = CFI_SOLVER_SOCP;
        cones = run(d);
        assert_string_equal(cones.solver, "socp");
        assert_close(prices.objective.value, cones.objective.value, 1e-6);
        free_drop(d);
    }
}

/* One access point and one user: SINR = P G / (1 + P V), G = signal^2, and all of the budget is spent. */
static void one_pair_is_by_hand(void **state)
{
    drop *d = make_drop(make_system(3, 1, 1, 4, 4));
    level_scene s;
    double G, V;

    (void)state;
    d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
    d->made.system.sensing.crlb_threshold_rad2 = NULL;
    open_level(d, &s);
    G = s.problem.signal[0] * s.problem.signal[0];
    V = s.problem.load[0];
    assert_true(s.result.proved);
    assert_close(s.result.reached, log1p(G / (1.0 + V)), 1e-12); /* the unit of power is the budget */
    assert_close(s.result.bound, s.result.reached, 1e-8);
    assert_close(s.lambda[0] * G / (1.0 + V), 1.0, 1e-12); /* the only weight, the middle of its logarithms */
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_reached_is_proved),
        cmocka_unit_test(no_powers_have_more_than_the_bound),
        cmocka_unit_test(cone_problems_agree),
        cmocka_unit_test(users_of_one_pilot_have_a_level),
        cmocka_unit_test(a_crowd_on_one_pilot_has_a_level),
        cmocka_unit_test(one_pair_is_by_hand),
    };

    return cmocka_run_group_tests_name("level", tests, NULL, NULL);
}
