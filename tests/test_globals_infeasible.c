/* Targets and sensing that cannot be met together: what must give way, and that it must; units and order do not matter.
 * docs/model.md (M30) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "global_drops.h"

static const cfi_objective objectives[] = {CFI_MAX_MIN_RATE, CFI_MIN_POWER, CFI_MIN_CRLB, CFI_MIN_POSITION_ERROR};

static void divide_targets(global_drop *g, double factor)
{
    for (size_t k = 0; k < g->c->d->link.K; k++) {
        g->target[k] /= factor;
    }
}

/* Random powers within budget and limits. */
static void draw_all(const global_drop *g, cfi_stream *stream, cfi_powers *powers)
{
    const cfi_system *s = global_system(g);
    const cfi_link *link = &g->c->d->link;
    double total = 0.0, factor;

    for (size_t l = 0; l < s->L; l++) {
        powers->s[l] = pow(made_uniform(stream, 0.0, 1.0), 4.0);
        for (size_t k = 0; k < s->K; k++) {
            double p = pow(made_uniform(stream, 0.0, 1.0), 4.0);

            powers->p[k + s->K * l] = link_serves(link, k, l) ? p : 0.0;
        }
        total += raw_users(g->c->d, powers, l) + powers->s[l];
    }
    factor = s->power.budget_w / total;
    for (size_t l = 0; s->power.ap_limit_w && l < s->L; l++) {
        factor = fmin(factor, s->power.ap_limit_w[l] / (raw_users(g->c->d, powers, l) + powers->s[l]));
    }
    for (size_t i = 0; i < s->K * s->L; i++) {
        powers->p[i] *= factor;
        powers->s[i / s->K] *= i % s->K == 0 ? factor : 1.0;
    }
}

/* The factor of all targets is just enough; no random powers within budget and limits meet what is asked before. */
static void targets_give_way_by_just_enough(void **state)
{
    size_t told = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 96; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], 2.5);
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 79);
        cfi_allocation allocation = run(g->c->d);
        const cfi_infeasibility because = allocation.because;

        assert_true(allocation.status == CFI_ALLOC_OPTIMAL || allocation.status == CFI_ALLOC_INFEASIBLE);
        if (allocation.status == CFI_ALLOC_INFEASIBLE && because.constraint == CFI_CONSTRAINT_RATE &&
            because.ue == CFI_NOWHERE) {
            assert_true(because.factor > 1.0 && because.ap == CFI_NOWHERE);
            for (int i = 0; i < 300; i++) {
                draw_all(g, &stream, &g->c->d->powers);
                assert_true(raw_global_violation(g, &g->c->d->powers) > 0.0);
            }
            divide_targets(g, because.factor * (1.0 - 1e-6));
            allocation = run(g->c->d);
            assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
            assert_close(allocation.because.factor, 1.0 + 1e-6, 2e-7);
            divide_targets(g, (1.0 + 1e-6) / (1.0 - 1e-6));
            allocation = run(g->c->d); /* beside the edge values are steep, and proved to less */
            assert_true(allocation.status == CFI_ALLOC_OPTIMAL || allocation.status == CFI_ALLOC_INACCURATE);
            assert_true(raw_global_violation(g, &allocation.powers) < 1e-9);
            told++;
        }
        free_global_drop(g);
    }
    assert_in_range(told, 15, 96);
}

/* Beyond what infinite power gives a user: told before any solver runs, with the user and the limit. */
static void targets_beyond_any_power_name_the_user(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], 0.5);
        const cfi_link *link = &g->c->d->link;
        size_t K = link->K, ue = K - 1;
        cfi_allocation allocation;
        double limit = 0.0;

        for (size_t l = 0; l < link->L; l++) {
            double gain = link->g[ue + K * l] * link->g[ue + K * l];

            limit +=
                gain > 0.0 ? gain / (link->V ? link->V[ue + K * l] : link->V_by_stream[ue + K * (ue + K * l)]) : 0.0;
        }
        limit = global_system(g)->frame.prelog * log2(1.0 + limit);
        g->target[ue] = 1.25 * limit;
        allocation = run(g->c->d);
        assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_RATE);
        assert_int_equal(allocation.because.ue, ue);
        assert_close(allocation.because.factor / 1.25, 1.0, 1e-12);
        assert_int_equal(allocation.iterations, 0);
        free_global_drop(g);
    }
}

/* Targets beside thresholds that take all power: not the rates, but the thresholds have to give way. */
static void thresholds_at_the_edge_give_way_to_targets(void **state)
{
    made_system made = make_system(3, 3, 2, 4, 4);
    double target[2] = {0.5, 0.5};
    drop *d = make_drop(made);
    cfi_allocation allocation;

    (void)state;
    d->link.system = &d->made.system;
    set_tightness(d, 1.0 - 1e-13);
    d->made.system.allocation.objective = CFI_MIN_POWER;
    d->made.system.allocation.rate_target_bit_s_hz = target;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_true(allocation.because.factor > 1.0);
    for (size_t l = 0; l < 3; l++) {
        d->made.threshold[l] *= allocation.because.factor * (1.0 + 1e-6);
    }
    assert_int_equal(run(d).status, CFI_ALLOC_OPTIMAL);
    free_drop(d);
}

/* Under min_crlb thresholds that cannot be met are still weights; a position threshold is a constraint of the least
 * position error. */
static void thresholds_of_the_objective_are_no_constraints(void **state)
{
    global_drop *g = make_global_drop(3, CFI_MIN_POSITION_ERROR, 0.3);
    cfi_system *s = global_system(g);
    made_system made = make_system(3, 3, 2, 4, 4);
    drop *d = make_drop(made);
    cfi_allocation allocation;

    (void)state;
    set_tightness(d, 4.0);
    d->link.system = &d->made.system;
    d->made.system.allocation.objective = CFI_MIN_CRLB;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
    assert_true(allocation.max_constraint_violation < 1e-10);
    assert_true(allocation.objective.value > 3.9 * d->made.threshold[0]);
    free_drop(d);
    s->sensing.position_threshold_m = 0.0;
    allocation = run(g->c->d);
    assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
    s->sensing.position_threshold_m = allocation.objective.value * (1.0 + 1e-6);
    assert_int_equal(run(g->c->d).status, CFI_ALLOC_OPTIMAL);
    s->sensing.position_threshold_m = allocation.objective.value * (1.0 - 1e-5);
    assert_int_equal(run(g->c->d).status, CFI_ALLOC_INFEASIBLE);
    free_global_drop(g);
}

/* What no power tells anything of has no least bound: told with the access point and an infinite factor. */
static void bounds_without_information_are_infeasible(void **state)
{
    made_system made = make_system(3, 2, 2, 1, 1);
    drop *d = make_drop(made);
    cfi_allocation allocation;

    (void)state;
    d->link.system = &d->made.system;
    d->made.system.sensing.crlb_threshold_rad2 = NULL;
    d->made.system.allocation.objective = CFI_MIN_CRLB;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(allocation.because.ap, 0);
    assert_true(isinf(allocation.because.factor));
    free_drop(d);
}

/* The same where the problem is not convex: one access point gives no position, whatever users share. */
static void positions_without_information_are_infeasible(void **state)
{
    coupled_drop *c = make_coupled_drop(2, (coupled_kind){.L = 3, .K = 2, .N = 4, .M = 4, .pilots = 1, .margin = 2.0});
    double turn[] = {0.01, 0.02, 0.01, 0.02, 0.01, 0.02}; /* all echoes in one line */
    cfi_allocation allocation;

    (void)state;
    c->d->made.system.allocation.objective = CFI_MIN_POSITION_ERROR;
    assert_false(globals_apply(&c->d->link));
    assert_int_not_equal(run(c->d).status, CFI_ALLOC_INFEASIBLE);
    c->d->link.turn = turn;
    allocation = run(c->d);
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_POSITION);
    assert_true(isinf(allocation.because.factor));
    free_coupled_drop(c);
}

/* An objective whose own problem is not convex: targets that no powers meet are told all the same, where what is asked
 * in any case is. */
static void targets_are_judged_whatever_is_optimised(void **state)
{
    coupled_drop *c = make_coupled_drop(4, (coupled_kind){.L = 3, .K = 3, .N = 4, .M = 4, .pilots = 1, .margin = 2.0});
    cfi_allocation_settings *allocation = &c->d->made.system.allocation;
    double target[3];
    cfi_allocation most, beyond;

    (void)state;
    allocation->objective = CFI_MAX_MIN_RATE;
    most = run(c->d);
    assert_int_equal(most.status, CFI_ALLOC_OPTIMAL);
    for (size_t k = 0; k < 3; k++) {
        target[k] = 1.001 * most.objective.value;
    }
    allocation->rate_target_bit_s_hz = target;
    allocation->objective = CFI_MIN_POSITION_ERROR;
    assert_false(globals_apply(&c->d->link));
    assert_true(globals_can_judge(&c->d->link));
    beyond = run(c->d);
    assert_int_equal(beyond.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(beyond.because.constraint, CFI_CONSTRAINT_RATE);
    assert_close(beyond.because.factor, 1.001, 1e-6);
    free_coupled_drop(c);
}

/* Rates within two millionths of the most that all users can have leave little to sense with, and cost it much: value
 * and bound meet all the same, with pilots of their own and shared ones. */
static void what_the_largest_rates_leave_is_proved(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        link_kind kind = {.L = 3 + seed % 6, .K = 1 + seed % 5, .N = 2, .M = 4, .served = 1.0, .tightness = 0.5};
        double target[5];
        cfi_allocation least;
        drop *d;

        kind.pilots = seed % 2 == 0 ? kind.K : 1;
        d = make_link_drop(seed, kind);
        d->made.system.allocation.solver = CFI_SOLVER_AUTO;
        d->made.system.sensing.crlb_threshold_rad2 = NULL;
        d->made.system.allocation.objective = CFI_MAX_MIN_RATE;
        target[0] = (1.0 - 2e-6) * run(d).objective.value;
        for (size_t k = 1; k < kind.K; k++) {
            target[k] = target[0];
        }
        d->made.system.allocation.rate_target_bit_s_hz = target;
        d->made.system.allocation.objective = CFI_MIN_CRLB;
        least = run(d);
        assert_int_equal(least.status, CFI_ALLOC_OPTIMAL);
        assert_true(least.objective.value <= least.objective.dual_value * (1.0 + 1e-6));
        for (size_t k = 0; k < kind.K; k++) {
            assert_true(raw_rate(d, &least.powers, k) >= target[k] * (1.0 - 1e-9));
        }
        free_drop(d);
    }
}

/* ---------------------------------------------------------------------------- invariance ---- */

static void scale_all_powers(global_drop *g, double factor)
{
    cfi_system *s = global_system(g);

    s->power.budget_w *= factor;
    s->power.comm_noise_w *= factor;
    s->power.sensing_noise_w *= factor;
    s->frame.pilot_power_w *= factor;
    for (size_t l = 0; s->power.ap_limit_w && l < s->L; l++) {
        g->c->d->made.limit[l] *= factor;
    }
    remake_link(g->c->d);
}

static void units_do_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 28; seed++) {
        global_drop *g = make_global_drop(seed % 7, objectives[seed % 4], 0.6); /* links as they are drawn */
        bool power = objectives[seed % 4] == CFI_MIN_POWER;
        double before = run(g->c->d).objective.value, after;

        scale_all_powers(g, 1e6);
        after = run(g->c->d).objective.value;
        assert_close(after / before / (power ? 1e6 : 1.0), 1.0, 1e-9);
        free_global_drop(g);
    }
}

/* Users and access points in the reverse order. */
static drop *make_ordered_drop(uint64_t seed, bool reversed, double *target, double *weight)
{
    enum { L = 4, K = 3 };
    made_system made = make_system(seed, L, K, seed % 2 == 0 ? 4 : 8, seed % 2 == 0 ? 4 : 2), from = made;
    drop *d;

    if (reversed) {
        from = make_system(seed, L, K, 4, 4);
        for (size_t i = 0; i < K * L; i++) {
            made.gain[i] = from.gain[K * L - 1 - i];
        }
        for (size_t l = 0; l < L; l++) {
            made.angle[l] = from.angle[L - 1 - l];
        }
        free_system(&from);
    }
    for (size_t k = 0; k < K; k++) {
        size_t own = reversed ? K - 1 - k : k;

        target[k] = 0.1 + 0.2 * (double)own;
        weight[k] = 1.0 + 0.5 * (double)own;
    }
    for (size_t l = 0; l < L; l++) {
        made.limit[l] = made.system.power.budget_w * (0.3 + 0.1 * (double)(reversed ? L - 1 - l : l));
    }
    made.system.power.ap_limit_w = made.limit;
    made.system.allocation.rate_target_bit_s_hz = target;
    made.system.allocation.weights = weight;
    d = make_drop(made);
    d->link.system = &d->made.system;
    set_tightness(d, 0.3);
    d->made.system.allocation.objective = objectives[seed % 3];
    return d;
}

static void order_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        double target[2][3], weight[2][3];
        drop *one = make_ordered_drop(seed, false, target[0], weight[0]);
        drop *other = make_ordered_drop(seed, true, target[1], weight[1]);
        cfi_allocation before = run(one), after = run(other);

        assert_int_equal(before.status, CFI_ALLOC_OPTIMAL);
        assert_int_equal(after.status, CFI_ALLOC_OPTIMAL);
        assert_close(after.objective.value / before.objective.value, 1.0, 1e-7);
        for (size_t l = 0; l < one->link.L; l++) {
            double most = one->made.system.power.budget_w;

            assert_true(fabs(after.ap_power_w[one->link.L - 1 - l] - before.ap_power_w[l]) < 1e-3 * most);
        }
        free_drop(one);
        free_drop(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_give_way_by_just_enough),
        cmocka_unit_test(targets_beyond_any_power_name_the_user),
        cmocka_unit_test(thresholds_at_the_edge_give_way_to_targets),
        cmocka_unit_test(thresholds_of_the_objective_are_no_constraints),
        cmocka_unit_test(bounds_without_information_are_infeasible),
        cmocka_unit_test(positions_without_information_are_infeasible),
        cmocka_unit_test(targets_are_judged_whatever_is_optimised),
        cmocka_unit_test(what_the_largest_rates_leave_is_proved),
        cmocka_unit_test(units_do_not_matter),
        cmocka_unit_test(order_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
