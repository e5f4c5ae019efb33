/* sensing.crlb_threshold_db: null. No threshold constrains anything: every method is feasible, splits keep the sensing
 * power of their words, and the maximisation spends none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ordinary.h"

/* Both sensing cases, one receive antenna, no information at all, shared pilots, limits that bind. */
static const char *const SCENARIOS[] = {
    "\"network\": {\"aps\": 6}",
    "\"network\": {\"aps\": 5, \"tx_antennas\": 8, \"rx_antennas\": 2}, \"pilots\": {\"length\": 2}",
    "\"network\": {\"aps\": 5, \"tx_antennas\": 8, \"rx_antennas\": 1}, \"pilots\": {\"length\": 2}",
    "\"network\": {\"aps\": 4, \"tx_antennas\": 1, \"rx_antennas\": 1}",
    "\"network\": {\"aps\": 6}, \"power\": {\"ap_limit_dbm\": -8}, \"pilots\": {\"length\": 2}"};
enum { COUNT = sizeof SCENARIOS / sizeof *SCENARIOS };

static void read_scenario(ordinary *o, size_t i, const char *threshold)
{
    char text[1000];

    snprintf(text, sizeof text, "{%s, \"sensing\": {\"crlb_threshold_db\": %s}, \"allocation\": {\"starts\": 4}}",
             SCENARIOS[i], threshold);
    ordinary_read(o, text, 2);
}

static cfi_allocation allocate_by(ordinary *o, cfi_solver solver)
{
    cfi_allocation allocation;

    o->drop->made.system.allocation.solver = solver;
    allocation = run(o->drop);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_null(ordinary_fault(o->drop, &allocation));
    for (size_t l = 0; l < o->drop->network.L; l++) {
        assert_true(allocation.powers.s[l] == 0.0);
    }
    return allocation;
}

static void no_sensing_power_is_spent_by_either_solver(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        ordinary o;
        cfi_allocation structured, cones;

        read_scenario(&o, i, "null");
        structured = allocate_by(&o, CFI_SOLVER_STRUCTURED);
        cones = allocate_by(&o, CFI_SOLVER_SOCP);
        assert_string_equal(structured.solver, "structured");
        assert_string_equal(cones.solver, "socp");
        assert_close(cones.sum_rate_bit_s_hz / structured.sum_rate_bit_s_hz, 1.0, 1e-5);
        assert_true(structured.least_threshold_factor == 0.0);
        ordinary_free(&o);
    }
}

/* The paper's approximation of the threshold has nothing to approximate. */
static void nothing_is_left_of_the_approximated_threshold(void **state)
{
    ordinary o;
    double exact;

    (void)state;
    read_scenario(&o, 0, "null");
    exact = allocate_by(&o, CFI_SOLVER_SOCP).sum_rate_bit_s_hz;
    o.drop->made.system.allocation.crlb_constraint = CFI_CRLB_SCA;
    assert_true(allocate_by(&o, CFI_SOLVER_SOCP).sum_rate_bit_s_hz == exact);
    ordinary_free(&o);
}

/* A threshold that next to no power meets is the limit. Case 3 has no information to meet it with. */
static void the_loosest_threshold_leads_to_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        ordinary none, loose;

        if (i == 3) {
            continue;
        }
        read_scenario(&none, i, "null");
        read_scenario(&loose, i, "290");
        loose.drop->made.system.allocation.solver = CFI_SOLVER_SOCP;
        assert_close(run(loose.drop).sum_rate_bit_s_hz / allocate_by(&none, CFI_SOLVER_SOCP).sum_rate_bit_s_hz, 1.0,
                     1e-5);
        ordinary_free(&none);
        ordinary_free(&loose);
    }
}

static void splits_keep_the_sensing_power_of_their_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        ordinary o;
        drop *d;
        double each, limit;
        cfi_evaluation evaluation;

        read_scenario(&o, i, "null");
        d = o.drop;
        each = d->made.system.power.budget_w / (double)d->network.L;
        limit = d->made.system.power.ap_limit_w ? d->made.system.power.ap_limit_w[0] : INFINITY;
        d->powers = (cfi_powers){.p = arena_alloc(d->arena, d->network.K * d->network.L, sizeof(double)),
                                 .s = arena_alloc(d->arena, d->network.L, sizeof(double))};
        assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
        for (size_t l = 0; l < d->network.L; l++) {
            double comm = metrics_comm_power(d->network.K, &d->powers, l), beam = d->powers.s[l];

            assert_close((comm + beam) / fmin(each, limit), 1.0, 1e-12);
            if (limit == INFINITY) {
                assert_close(beam / each, 0.3, 1e-12);
            }
        }
        assert_int_equal(alloc_evaluate(&d->link, &d->powers, d->arena, &evaluation, NULL), CFI_OK);
        assert_true(evaluation.violation <= 1e-12);
        assert_int_equal(isinf(evaluation.worst_crlb_rad2), i == 3);
        ordinary_free(&o);
    }
}

/* Only as a constraint is the bound from all echoes not available. */
static void a_bound_that_constrains_nothing_may_be_any(void **state)
{
    ordinary o;

    (void)state;
    ordinary_read(&o, "{\"sensing\": {\"crlb_threshold_db\": null, \"crlb_model\": \"multistatic\"}}", 0);
    allocate_by(&o, CFI_SOLVER_AUTO);
    ordinary_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_sensing_power_is_spent_by_either_solver),
                                       cmocka_unit_test(nothing_is_left_of_the_approximated_threshold),
                                       cmocka_unit_test(the_loosest_threshold_leads_to_the_same),
                                       cmocka_unit_test(splits_keep_the_sensing_power_of_their_words),
                                       cmocka_unit_test(a_bound_that_constrains_nothing_may_be_any)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
