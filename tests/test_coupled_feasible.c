/* Feasibility where sensing constraints couple access points: its certificate, what must give way, edges.
 * docs/model.md (M28) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/coupled.h"
#include "coupled_drops.h"

static coupled_kind tight_kind(uint64_t seed, double margin)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {4, 1}, {3, 3}};

    return (coupled_kind){.L = 2 + seed % 5,
                          .K = 1 + seed % 3,
                          .N = antennas[seed % 6][0],
                          .M = antennas[seed % 6][1],
                          .pilots = 1 + seed % 3,
                          .asked = (unsigned)(1 + seed / 2 % 7),
                          .noncoherent = seed % 2 == 1,
                          .general_gains = seed / 3 % 2 == 1,
                          .limits = seed / 5 % 3 == 0,
                          .margin = margin};
}

static alloc_coupled find(const coupled_drop *c)
{
    alloc_coupled coupled;
    cfi_error error = {.text = ""};

    if (coupled_make(&c->d->link, NULL, c->d->arena, &coupled, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return coupled;
}

/* --------------------------------------------------------------------------- interruption ---- */

/* A stop flag ends the cone problems of feasibility, of the split beside an allocation and of the allocation itself. */
static void a_stop_flag_ends_the_test_of_feasibility(void **state)
{
    static const sig_atomic_t set = 1;
    coupled_drop *c = make_coupled_drop(3, tight_kind(3, 2.0));
    cfi_alloc_options options = {.stop = &set};
    alloc_coupled coupled;
    cfi_allocation allocation;
    cfi_error error = {.status = CFI_OK};

    (void)state;
    assert_int_equal(alloc_heuristic(&c->d->link, c->d->arena, &c->d->powers, &error), CFI_OK);
    assert_int_equal(coupled_make(&c->d->link, &set, c->d->arena, &coupled, &error), CFI_INTERRUPTED);
    assert_int_equal(error.status, CFI_INTERRUPTED);
    c->d->made.system.allocation.method = CFI_METHOD_HEURISTIC;
    assert_int_equal(alloc_run(&c->d->link, &options, c->d->arena, &allocation, &error), CFI_INTERRUPTED);
    c->d->link.stop = &set;
    assert_int_equal(alloc_heuristic(&c->d->link, c->d->arena, &c->d->powers, &error), CFI_INTERRUPTED);
    free_coupled_drop(c);
}

/* --------------------------------------------------------------------------- certificates ---- */

/* Random powers within budget and limits. */
static void draw_powers(const coupled_drop *c, cfi_stream *stream, cfi_powers *powers)
{
    const cfi_system *s = &c->d->made.system;
    double total = 0.0, factor;

    for (size_t l = 0; l < s->L; l++) {
        double q = pow(made_uniform(stream, 0.0, 1.0), 4.0), share = made_uniform(stream, 0.0, 1.0);

        powers->s[l] = q * share;
        for (size_t k = 0; k < s->K; k++) {
            powers->p[k + s->K * l] = q * (1.0 - share) / (double)s->K;
        }
        total += q;
    }
    factor = s->power.budget_w / total;
    for (size_t l = 0; s->power.ap_limit_w && l < s->L; l++) {
        factor = fmin(factor, s->power.ap_limit_w[l] / (raw_users(c->d, powers, l) + powers->s[l]));
    }
    for (size_t i = 0; i < s->K * s->L; i++) {
        powers->p[i] *= factor;
        powers->s[i / s->K] *= i % s->K == 0 ? factor : 1.0;
    }
}

/* The powers of largest margin have it by the raw formulas, the certificate proves that none have more. */
static void the_largest_margin_is_attained_and_proved(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 210; seed++) {
        coupled_drop *c = make_coupled_drop(seed, tight_kind(seed, 1.0));
        alloc_coupled coupled = find(c);
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 17);
        size_t K = c->d->link.K;

        for (size_t l = 0; l < c->d->link.L; l++) {
            for (size_t k = 0; k < K; k++) {
                c->d->powers.p[k + K * l] = coupled.x[l] * coupled.unit_w / (double)K;
            }
            c->d->powers.s[l] = coupled.s[l] * coupled.unit_w;
        }
        assert_close(raw_margin(c, &c->d->powers) / coupled.margin, 1.0, 1e-9);
        assert_true(coupled.bound >= coupled.margin * (1.0 - 1e-12));
        assert_true(coupled.bound <= coupled.margin * (1.0 + 1e-7));
        for (int i = 0; i < 100; i++) {
            draw_powers(c, &stream, &c->d->powers);
            assert_true(raw_margin(c, &c->d->powers) <= coupled.bound);
        }
        free_coupled_drop(c);
    }
}

/* Weak duality asks for no solver: bounds from random multipliers are never below what powers have. */
static void a_bound_from_any_multipliers_is_one(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        coupled_drop *c = make_coupled_drop(seed, tight_kind(seed, 1.0));
        alloc_coupled coupled = find(c);
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 18);
        size_t rows = information_rows(&coupled.information);
        double row[64];

        assert_true(rows <= 64);
        for (int i = 0; i < 100; i++) {
            coupled_multipliers multipliers = {.row = row};
            double a = made_uniform(&stream, 0.0, 1.0), d = made_uniform(&stream, 0.0, 1.0);

            for (size_t j = 0; j < rows; j++) {
                row[j] = pow(made_uniform(&stream, 0.0, 1.0), 6.0);
            }
            if (coupled.information.position) {
                multipliers.Z[0] = a;
                multipliers.Z[1] = made_uniform(&stream, -1.0, 1.0) * sqrt(a * d);
                multipliers.Z[2] = d;
            }
            assert_true(coupled_bound(&coupled, &multipliers, c->d->arena) >= coupled.margin * (1.0 - 1e-12));
        }
        free_coupled_drop(c);
    }
}

static void thresholds_beside_the_edge_are_told_apart(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 84; seed++) {
        coupled_drop *c = make_coupled_drop(seed, tight_kind(seed, 1.0));
        double factor = run(c->d).least_threshold_factor;
        cfi_allocation allocation;

        relax_all(c, factor * (1.0 - 1e-6));
        assert_int_equal(run(c->d).status, CFI_ALLOC_INFEASIBLE);
        relax_all(c, (1.0 + 1e-6) / (1.0 - 1e-6));
        allocation = run(c->d);
        assert_int_not_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
        free_coupled_drop(c);
    }
}

/* -------------------------------------------------------------------------- what gives way ---- */

static void raise_limits(coupled_drop *c, double factor)
{
    for (size_t l = 0; l < c->d->link.L; l++) {
        c->d->made.limit[l] *= factor;
    }
}

static void give_way(coupled_drop *c, const cfi_infeasibility *because, double factor)
{
    cfi_system *s = &c->d->made.system;

    switch (because->constraint) {
    case CFI_CONSTRAINT_POSITION:
        s->sensing.position_threshold_m *= factor;
        break;
    case CFI_CONSTRAINT_DETECTION:
        s->sensing.detection_threshold =
            exp(log(s->sensing.false_alarm_probability) / (1.0 + raw_least_snr(c->d) / factor));
        break;
    case CFI_CONSTRAINT_BUDGET:
        s->power.budget_w *= factor;
        raise_limits(c, because->ap == CFI_NOWHERE ? factor : 1.0);
        break;
    case CFI_CONSTRAINT_AP_LIMIT:
        raise_limits(c, factor);
        break;
    default:
        for (size_t l = 0; l < s->L; l++) {
            c->d->made.threshold[l] *= factor;
        }
    }
}

static void infeasible_drops_name_a_change_that_is_just_enough(void **state)
{
    size_t named[CFI_CONSTRAINT_LAST + 1] = {0}, both = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        coupled_drop *c = make_coupled_drop(seed, tight_kind(seed, seed % 3 == 0 ? 0.5 : 0.75));
        cfi_allocation allocation = run(c->d);
        const cfi_infeasibility because = allocation.because;

        if (allocation.status == CFI_ALLOC_INFEASIBLE) {
            assert_true(because.factor > 1.0 && because.ue == CFI_NOWHERE);
            assert_true(because.ap == CFI_NOWHERE || because.constraint == CFI_CONSTRAINT_BUDGET);
            give_way(c, &because, because.factor * (1.0 - 1e-6));
            assert_int_equal(run(c->d).status, CFI_ALLOC_INFEASIBLE);
            give_way(c, &because, 1.0 / (1.0 - 1e-6) * (1.0 + 1e-7));
            allocation = run(c->d);
            assert_int_not_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
            assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
            named[because.constraint]++;
            both += because.constraint == CFI_CONSTRAINT_BUDGET && because.ap == CFI_NOWHERE;
        }
        free_coupled_drop(c);
    }
    assert_true(named[CFI_CONSTRAINT_THRESHOLD] > 5 && named[CFI_CONSTRAINT_AP_LIMIT] > 0);
    assert_true(named[CFI_CONSTRAINT_BUDGET] > both && both > 5 && named[CFI_CONSTRAINT_POSITION] > 5);
    assert_true(named[CFI_CONSTRAINT_DETECTION] > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_flag_ends_the_test_of_feasibility),
        cmocka_unit_test(the_largest_margin_is_attained_and_proved),
        cmocka_unit_test(a_bound_from_any_multipliers_is_one),
        cmocka_unit_test(thresholds_beside_the_edge_are_told_apart),
        cmocka_unit_test(infeasible_drops_name_a_change_that_is_just_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
