/* The least worst bound of angles where signals have directions, (M35): without rate targets by hand, under them with a
 * bound that holds, and powers that are recomputed from covariances and have no better neighbour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "directed_drops.h"

enum { RAISED_MOST_USERS = 8 };

/* A drop under min_crlb; its thresholds, which differ, are weights. */
typedef struct raised_drop {
    drop *d;
    double target[RAISED_MOST_USERS];
} raised_drop;

static cfi_system *system_of(const raised_drop *r)
{
    return &r->d->made.system;
}

/* The least information over what it is weighed by, from the covariances. */
static double least_information(const drop *d, const cfi_powers *powers)
{
    double least = INFINITY;

    for (size_t l = 0; l < d->network.L; l++) {
        least = fmin(least, information_of_powers(d, powers, l));
    }
    return least;
}

static double largest_threshold(const drop *d)
{
    double largest = 0.0;

    for (size_t l = 0; l < d->network.L; l++) {
        largest = fmax(largest, d->made.threshold[l]);
    }
    return largest;
}

/* Of the budget, limits and rate targets; nothing is negative. */
static double violation_of(const raised_drop *r, const cfi_powers *powers)
{
    const cfi_system *s = system_of(r);
    cfi_arena_mark mark = arena_mark(r->d->arena);
    double worst = 0.0, total = 0.0;
    cfi_evaluation evaluation;

    assert_int_equal(alloc_evaluate(&r->d->link, powers, r->d->arena, &evaluation, NULL), CFI_OK);
    for (size_t l = 0; l < s->L; l++) {
        double q = metrics_comm_power(s->K, powers, l) + powers->s[l];

        assert_true(powers->s[l] >= 0.0);
        total += q;
        worst = fmax(worst, s->power.ap_limit_w ? q / s->power.ap_limit_w[l] - 1.0 : 0.0);
    }
    for (size_t k = 0; k < s->K; k++) {
        worst = r->target[k] > 0.0 ? fmax(worst, 1.0 - evaluation.rate_bit_s_hz[k] / r->target[k]) : worst;
    }
    arena_release(r->d->arena, mark);
    return fmax(worst, total / s->power.budget_w - 1.0);
}

/* Targets are `share` of the largest common rate, of all users but every third. */
static raised_drop raised_drop_of(drop *d, double share)
{
    raised_drop r = {.d = d};
    cfi_system *s = system_of(&r);
    const double *threshold = s->sensing.crlb_threshold_rad2;

    if (share > 0.0) {
        double common;

        s->sensing.crlb_threshold_rad2 = NULL;
        s->allocation.objective = CFI_MAX_MIN_RATE;
        common = run(d).objective.value;
        for (size_t k = 0; k < s->K; k++) {
            r.target[k] = k % 3 == 2 ? 0.0 : share * common;
        }
        s->sensing.crlb_threshold_rad2 = threshold;
    }
    s->allocation.objective = CFI_MIN_CRLB;
    s->allocation.solver = CFI_SOLVER_AUTO;
    return r;
}

static cfi_allocation run_raised(raised_drop *r)
{
    system_of(r)->allocation.rate_target_bit_s_hz = r->target;
    return run(r->d);
}

/* ------------------------------------------------------------------- without rate targets ---- */

/* The largest threshold over the least information; so much all thresholds may be, as the closed test of (M10) says,
 * and no less. */
static void without_targets_bounds_are_as_tight_as_thresholds_may_be(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        raised_drop r = raised_drop_of(directed_drop(seed, 0.3), 0.0);
        drop *d = r.d;
        cfi_allocation allocation;
        double scale;

        if (!(threshold_factor(d) < INFINITY)) {
            free_drop(d);
            continue;
        }
        allocation = run_raised(&r);
        assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
        assert_string_equal(allocation.solver, "structured");
        assert_true(violation_of(&r, &allocation.powers) < 1e-12);
        assert_close(allocation.objective.value * least_information(d, &allocation.powers) / largest_threshold(d), 1.0,
                     1e-9);
        assert_close(allocation.objective.dual_value / allocation.objective.value, 1.0, 1e-9);
        scale = allocation.objective.value / largest_threshold(d);
        system_of(&r)->allocation.objective = CFI_SUM_RATE;
        for (int i = 0; i < 2; i++) {
            double factor = i == 0 ? scale * (1.0 + 1e-8) : (1.0 - 1e-6) / (1.0 + 1e-8);

            for (size_t l = 0; l < d->network.L; l++) {
                d->made.threshold[l] *= factor;
            }
            assert_int_equal(threshold_factor(d) <= 1.0, i == 0);
            assert_int_equal(run(d).status == CFI_ALLOC_INFEASIBLE, i == 1);
        }
        free_drop(d);
    }
}

/* A step is the whole problem with orthogonal pilots; with shared ones nothing is better than the closed answer. */
static void steps_of_the_cone_solver_find_no_better(void **state)
{
    size_t alike = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        raised_drop r = raised_drop_of(directed_drop(seed, 0.3), 0.0);
        cfi_allocation closed, cones;

        if (threshold_factor(r.d) < INFINITY) {
            closed = run_raised(&r);
            system_of(&r)->allocation.solver = CFI_SOLVER_SOCP;
            cones = run_raised(&r);
            assert_string_equal(cones.solver, "socp");
            assert_true(cones.objective.value >= closed.objective.value * (1.0 - 1e-9));
            assert_true(cones.objective.dual_value <= closed.objective.value * (1.0 + 1e-9));
            if (!r.d->link.pilots_overlap) {
                assert_close(cones.objective.value / closed.objective.value, 1.0, 1e-5);
                alike++;
            }
        }
        free_drop(r.d);
    }
    assert_true(alike > 8);
}

/* One receive antenna, nobody served and a beam alone: it has no angle to tell. */
static void an_access_point_in_the_dark_is_named(void **state)
{
    unsigned char served[6] = {1, 1, 1, 1, 0, 0};
    made_system made = make_system(7, 3, 2, 4, 1);
    raised_drop r;
    cfi_allocation allocation;
    drop *d = make_drop(made);

    (void)state;
    d->network.served = served;
    give_directions(d, 10.0, 3);
    r = raised_drop_of(d, 0.0);
    allocation = run_raised(&r);
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(allocation.because.ap, 2);
    assert_true(isinf(allocation.because.factor));
    free_drop(d);
}

/* ---------------------------------------------------------------------- under rate targets ---- */

/* Powers moved a little, or much, and scaled to the budget: whatever meets the targets has no more information. */
static size_t expect_no_better_powers(raised_drop *r, const cfi_powers *powers, double best, uint64_t seed)
{
    const cfi_system *s = system_of(r);
    size_t K = s->K, L = s->L, feasible = 0;
    double each = s->power.budget_w / (double)(L * (K + 1));
    cfi_powers near = {.p = malloc(K * L * sizeof(double)), .s = malloc(L * sizeof(double))};
    cfi_stream stream = stream_make(seed, 8, CFI_DRAW_START, 26);

    for (size_t i = 0; i < 150; i++) {
        double step = pow(10.0, made_uniform(&stream, -7.0, 0.0)), room, most = 0.0, total = 0.0;

        for (size_t j = 0; j < (K + 1) * L; j++) {
            const double *from = j < K * L ? powers->p + j : powers->s + j - K * L;
            double *to = j < K * L ? near.p + j : near.s + j - K * L;
            bool grows =
                made_uniform(&stream, 0.0, 8.0) < 1.0 && (j >= K * L || link_serves(&r->d->link, j % K, j / K));

            *to = *from * (1.0 + step * made_uniform(&stream, -1.0, 1.0)) + (grows ? step * each : 0.0);
        }
        for (size_t l = 0; l < L; l++) {
            double q = metrics_comm_power(K, &near, l) + near.s[l];

            total += q;
            most = fmax(most, s->power.ap_limit_w ? q / s->power.ap_limit_w[l] : 0.0);
        }
        room = 1.0 / fmax(most, total / s->power.budget_w);
        for (size_t j = 0; j < K * L; j++) {
            near.p[j] *= room;
        }
        for (size_t l = 0; l < L; l++) {
            near.s[l] *= room;
        }
        if (violation_of(r, &near) > 1e-12) {
            continue;
        }
        feasible++;
        if (least_information(r->d, &near) > best * (1.0 + 2e-6)) {
            fail_msg("drop %llu: powers nearby have %.10g, not %.10g", (unsigned long long)seed,
                     least_information(r->d, &near), best);
        }
    }
    free(near.p);
    free(near.s);
    return feasible;
}

static void allocations_meet_their_targets_and_nothing_near_is_better(void **state)
{
    size_t coherent = 0, alone = 0, feasible = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        const double share[] = {0.3, 0.7, 0.9, 0.99};
        raised_drop r = raised_drop_of(directed_drop(seed, 0.3), share[seed % 4]);
        cfi_allocation allocation;
        double least;

        if (!(threshold_factor(r.d) < INFINITY)) {
            free_drop(r.d);
            continue;
        }
        allocation = run_raised(&r);
        if (allocation.status != CFI_ALLOC_CONVERGED && allocation.status != CFI_ALLOC_OPTIMAL) {
            fail_msg("drop %llu: %s, %s", (unsigned long long)seed, alloc_status_name(allocation.status),
                     allocation.failure ? allocation.failure : "");
        }
        least = least_information(r.d, &allocation.powers);
        assert_true(violation_of(&r, &allocation.powers) < 1e-9);
        assert_close(allocation.objective.value * least / largest_threshold(r.d), 1.0, 1e-7);
        assert_true(allocation.objective.dual_value <= allocation.objective.value * (1.0 + 1e-9));
        for (size_t i = 1; i < allocation.objective.trace_count; i++) {
            assert_true(allocation.objective.trace[i] <= allocation.objective.trace[i - 1]);
        }
        feasible += expect_no_better_powers(&r, &allocation.powers, least, seed);
        if (!r.d->link.pilots_overlap && allocation.status != CFI_ALLOC_OPTIMAL) {
            fail_msg("drop %llu: %.10g is proved to %.10g only", (unsigned long long)seed, allocation.objective.value,
                     allocation.objective.dual_value);
        }
        coherent += r.d->link.pilots_overlap;
        alone += !r.d->link.pilots_overlap;
        free_drop(r.d);
    }
    assert_true(coherent > 8 && alone > 15 && feasible > 1000);
}

/* White fading, told as if it had directions: what the convex problem of (M30) has. */
static void without_directions_the_bound_is_the_old_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        made_system made = make_system(400 + seed, 3, 3, 4, seed % 3 == 0 ? 2 : 4);
        raised_drop r;
        double white;

        if (seed % 2 == 0) {
            reuse_pilots(&made, 2);
        }
        r = raised_drop_of(make_drop(made), 0.4 + 0.05 * (double)seed);
        white = run_raised(&r).objective.value;
        give_directions(r.d, 0.0, 0);
        assert_close(run(r.d).objective.value / white, 1.0, 1e-5);
        free_drop(r.d);
    }
}

/* Beyond the largest common rate of all: told, with the factor. */
static void targets_beyond_reach_are_told(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        raised_drop r = raised_drop_of(directed_drop(2 * seed + 1, 0.3), 1.2);
        cfi_allocation allocation;

        for (size_t k = 0; k < system_of(&r)->K; k++) {
            r.target[k] = r.target[0];
        }
        allocation = run_raised(&r);
        assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_RATE);
        if (allocation.because.ue == CFI_NOWHERE) {
            assert_close(allocation.because.factor, 1.2, 1e-4);
        } else { /* beyond any power */
            assert_true(allocation.because.factor < 1.2);
        }
        free_drop(r.d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_targets_bounds_are_as_tight_as_thresholds_may_be),
        cmocka_unit_test(steps_of_the_cone_solver_find_no_better),
        cmocka_unit_test(an_access_point_in_the_dark_is_named),
        cmocka_unit_test(allocations_meet_their_targets_and_nothing_near_is_better),
        cmocka_unit_test(without_directions_the_bound_is_the_old_one),
        cmocka_unit_test(targets_beyond_reach_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
