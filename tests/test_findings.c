/* What a reader is told of a run: each remark on hand-made records just beside the number from which it is made, and
 * the verdict over drops that are infeasible or failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { L = 4, K = 2, DROPS = 3 };

/* Three drops of four access points and two users about which nothing is to be remarked. */
typedef struct made_results {
    cfi_scenario *scenario;
    cfi_network network;
    cfi_record record[DROPS];
    cfi_results results;
    double exact[K], theorem1[K], bound[L], p[K * L], s[L], power[L], angle[L];
    double *gain; /* of all pairs that the scenario has, which may be more than the hand-made records have */
    char said[4000];
} made_results;

static made_results *make_results(const char *text)
{
    made_results *m = calloc(1, sizeof *m);
    const cfi_system *system;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &m->scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    system = scenario_system(m->scenario);
    m->gain = calloc(system->K * system->L, sizeof *m->gain);
    for (size_t i = 0; i < system->K * system->L; i++) {
        m->gain[i] = 1.0;
    }
    m->network = (cfi_network){.system = system, .L = L, .K = K, .beta = m->gain, .angle_rad = m->angle};
    for (size_t k = 0; k < K; k++) {
        m->exact[k] = m->theorem1[k] = 2.0;
    }
    for (size_t l = 0; l < L; l++) {
        m->bound[l] = 0.1;
    }
    for (uint32_t i = 0; i < DROPS; i++) {
        cfi_record *record = &m->record[i];

        *record = (cfi_record){.index = i, .status = CFI_DROP_OK, .L = L, .K = K, .N = 4, .network = &m->network};
        record->closed_form = (cfi_closed_form){.rate_theorem1_bit_s_hz = m->theorem1,
                                                .rate_exact_bit_s_hz = m->exact,
                                                .sum_rate_theorem1_bit_s_hz = 4.0,
                                                .sum_rate_exact_bit_s_hz = 4.0,
                                                .crlb_own_echo_rad2 = m->bound,
                                                .crlb_multistatic_rad2 = m->bound,
                                                .crlb_noncoherent_rad2 = m->bound};
        record->has_monte_carlo = true;
        record->monte_carlo =
            (cfi_monte_carlo){.realizations = 100, .sum_rate_bit_s_hz = 4.0, .sum_rate_std_error = 0.1};
        record->allocation = (cfi_allocation){.method = CFI_METHOD_SCA,
                                              .status = CFI_ALLOC_CONVERGED,
                                              .objective = {.name = "sum_rate", .unit = "bit/s/Hz", .value = 4.0},
                                              .sum_rate_bit_s_hz = 4.0,
                                              .powers = {m->p, m->s},
                                              .ap_power_w = m->power,
                                              .least_threshold_factor = 0.5};
    }
    m->results = (cfi_results){.scenario = m->scenario, .record = m->record, .count = DROPS};
    return m;
}

static void free_results(made_results *m)
{
    scenario_destroy(m->scenario);
    free(m->gain);
    free(m);
}

static void note_line(void *context, const char *line)
{
    made_results *m = context;

    strncat(m->said, line, sizeof m->said - strlen(m->said) - 1);
    strncat(m->said, "\n", sizeof m->said - strlen(m->said) - 1);
}

static const char *remarks_of(made_results *m)
{
    m->said[0] = '\0';
    report_warnings(&m->results, note_line, m);
    return m->said;
}

static const char PLAIN[] = "{\"network\": {\"aps\": 4, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                            " \"monte_carlo\": {\"drops\": 3}}";

static void assert_silence(made_results *m)
{
    if (*remarks_of(m)) {
        fail_msg("a remark where there is nothing to say: %s", m->said);
    }
}

/* One remark, with this text in it. */
static void assert_remark(made_results *m, const char *text)
{
    const char *said = remarks_of(m);

    if (!strstr(said, text) || strchr(said, '\n') != said + strlen(said) - 1) {
        fail_msg("not one remark with \"%s\" but: %s", text, said);
    }
}

static void nothing_is_said_of_a_plain_run(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    assert_silence(m);
    free_results(m);
}

static void simulations_more_than_five_errors_from_the_closed_form_are_told(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->record[1].monte_carlo.sum_rate_bit_s_hz = 4.0 + 4.99 * 0.1;
    assert_silence(m);
    m->record[1].monte_carlo.sum_rate_bit_s_hz = 4.0 + 5.01 * 0.1;
    assert_remark(m, "1 of 3 drops: Monte Carlo is more than 5 standard errors");
    m->record[1].monte_carlo.sum_rate_bit_s_hz = 4.0 - 5.01 * 0.1;
    assert_remark(m, "1 of 3 drops: Monte Carlo is more than 5 standard errors");
    free_results(m);
}

static void a_user_without_rate_is_told(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->exact[1] = 1.01e-3; /* of a mean of 1.0005 */
    assert_silence(m);
    m->exact[1] = 0.99e-3;
    assert_remark(m, "3 of 3 drops leave 3 users without rate; see allocation.rate_target_bit_s_hz, objective "
                     "max_min_rate\n");
    free_results(m);
    m = make_results("{\"network\": {\"aps\": 4, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                     " \"allocation\": {\"method\": \"equal\"}, \"monte_carlo\": {\"drops\": 3}}");
    m->exact[1] = 0.0;
    m->record[1].status = CFI_DROP_INFEASIBLE;
    m->results.count = 1; /* of a split that nobody optimised */
    remarks_of(m);
    assert_non_null(strstr(m->said, "1 of 1 drops leaves 1 user without rate\n"));
    free_results(m);
}

static void a_violated_constraint_is_told_with_its_worst_factor_and_drop(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->record[1].allocation.max_constraint_violation = 0.99e-6;
    assert_silence(m);
    m->record[0].allocation.max_constraint_violation = 1.01e-6;
    assert_remark(m, "1 of 3 drops: the powers violate a constraint");
    m->record[2].allocation.max_constraint_violation = 0.25;
    assert_remark(
        m, "2 of 3 drops: the powers violate a constraint, by up to 25 % of what it allows or asks for (drop 2)");
    free_results(m);
}

static void starts_that_end_apart_are_told_with_the_drop(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->record[1].allocation.objective.spread = 0.99e-3;
    assert_silence(m);
    m->record[2].allocation.objective.spread = 1.01e-3;
    assert_remark(m, "starts of the allocation differ by up to 0.00101 bit/s/Hz (drop 2)");
    free_results(m);
}

static void allocations_that_did_not_reach_their_end_are_told(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->record[0].allocation.status = CFI_ALLOC_ITERATION_LIMIT;
    assert_remark(m, "1 of 3 drops: the allocation stopped at allocation.max_iterations");
    m->record[0].allocation.status = CFI_ALLOC_INACCURATE;
    m->record[0].allocation.stop_reason = "solver_inaccurate";
    assert_remark(m, "1 of 3 drops: a step of the allocation was solved to reduced accuracy");
    free_results(m);
}

static void theorem_1_is_remarked_on_only_where_it_claims_more(void **state)
{
    made_results *m = make_results("{\"network\": {\"aps\": 4, \"ues\": 2}, \"pilots\": {\"length\": 1},"
                                   " \"rate\": {\"model\": \"theorem1\"}, \"monte_carlo\": {\"drops\": 3}}");

    (void)state;
    assert_silence(m); /* the forms agree */
    m->record[0].closed_form.sum_rate_theorem1_bit_s_hz = 10.0;
    assert_remark(m, "its mean sum rate is 1.5 times the exact one"); /* (10 + 4 + 4) / 12 */
    m->record[0].status = CFI_DROP_FAILED;                            /* of the other drops */
    assert_silence(m);
    free_results(m);
    m = make_results(PLAIN);
    m->record[0].closed_form.sum_rate_theorem1_bit_s_hz = 10.0;
    assert_silence(m);
    free_results(m);
}

/* Infinite bounds of positions: those of own echoes alone, or all. */
static void targets_in_line_with_access_points_are_told(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->record[0].closed_form.position = (cfi_position_bounds){INFINITY, 3.0, 2.0};
    assert_remark(m, "1 of 3 drops: the access points with an echo of their own are in line with the target");
    m->record[0].closed_form.position = (cfi_position_bounds){INFINITY, INFINITY, INFINITY};
    assert_remark(m, "1 of 3 drops: all access points with sensing information, if any, are in line with the target");
    m->record[0].closed_form.position = (cfi_position_bounds){4.0, 3.0, 2.0};
    assert_silence(m);
    free_results(m);
}

static void too_few_channels_for_an_error_or_a_bound_are_told(void **state)
{
    static const char few[] = "{\"network\": {\"aps\": 4, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                              " \"monte_carlo\": {\"drops\": 3, \"realizations\": %d}}";
    char text[200];
    made_results *m;

    (void)state;
    snprintf(text, sizeof text, few, 3);
    m = make_results(text);
    assert_silence(m);
    free_results(m);
    snprintf(text, sizeof text, few, 2);
    m = make_results(text);
    assert_remark(m, "multistatic bound needs 3 realizations");
    free_results(m);
    snprintf(text, sizeof text, few, 1);
    m = make_results(text);
    assert_non_null(strstr(remarks_of(m), "one realization gives no standard error"));
    for (size_t i = 0; i < DROPS; i++) {
        m->record[i].has_monte_carlo = false; /* nothing was simulated after all */
    }
    assert_silence(m);
    free_results(m);
}

static void multistatic_bounds_beyond_512_access_points_are_told(void **state)
{
    made_results *m = make_results("{\"network\": {\"aps\": 513, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                                   " \"monte_carlo\": {\"drops\": 3, \"realizations\": 1000}}");

    (void)state;
    assert_remark(m, "the Monte Carlo multistatic bound is not computed above 512 access points");
    free_results(m);
}

static void unfinished_and_infeasible_drops_are_counted(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    m->results.count = 2;
    assert_remark(m, "only 2 of 3 drops are finished");
    m->results.count = 3;
    m->record[1].status = CFI_DROP_INFEASIBLE;
    assert_remark(m, "1 of 3 drops is infeasible");
    m->record[0].status = m->record[2].status = CFI_DROP_INFEASIBLE; /* then the verdict says so */
    assert_silence(m);
    free_results(m);
}

/* ------------------------------------------------------------------------------- verdict ---- */

static void assert_verdict(const made_results *m, cfi_status status, const char *text)
{
    cfi_error error = {.text = ""};

    assert_int_equal(report_verdict(&m->results, &error), status);
    assert_string_equal(error.text, text);
}

static void verdict_says_whether_one_drop_failed_or_several(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    assert_verdict(m, CFI_OK, "");
    m->record[1].status = CFI_DROP_FAILED;
    m->record[1].failure = "a reason";
    assert_verdict(m, CFI_FAILED, "drop 1 failed: a reason");
    m->record[2].status = CFI_DROP_FAILED;
    assert_verdict(m, CFI_FAILED, "drop 1 failed: a reason (more drops failed: see their status)");
    free_results(m);
}

static void verdict_gives_the_threshold_of_the_easiest_and_of_the_hardest_drop(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    for (size_t i = 0; i < DROPS; i++) {
        m->record[i].status = CFI_DROP_INFEASIBLE;
        m->record[i].allocation.least_threshold_factor = pow(10.0, i == 1 ? 0.123401 : i == 2 ? 3.333301 : 0.7777);
    }
    /* the threshold is -5 dB; up in the last place */
    assert_verdict(m, CFI_INFEASIBLE,
                   "all 3 drops are infeasible: least feasible threshold -3.7659 dB (for drop 1); 28.3331 dB serves "
                   "all drops");
    m->record[2].allocation.least_threshold_factor = INFINITY;
    assert_verdict(m, CFI_INFEASIBLE,
                   "all 3 drops are infeasible: least feasible threshold -3.7659 dB (for drop 1); none serves all "
                   "drops");
    m->record[0].status = CFI_DROP_OK; /* one feasible drop is enough */
    assert_verdict(m, CFI_OK, "");
    free_results(m);
}

static void verdict_names_the_access_point_without_information(void **state)
{
    made_results *m = make_results(PLAIN);

    (void)state;
    for (size_t i = 0; i < DROPS; i++) {
        m->record[i].status = CFI_DROP_INFEASIBLE;
        m->record[i].allocation.least_threshold_factor = INFINITY;
        m->record[i].allocation.because =
            (cfi_infeasibility){CFI_CONSTRAINT_THRESHOLD, i == 0 ? 2 : 1, CFI_NOWHERE, INFINITY, false};
    }
    assert_verdict(m, CFI_INFEASIBLE,
                   "no threshold is feasible; in drop 0 access point 2 has no sensing information at any power (a "
                   "single transmit and receive antenna, or a target at 90 degrees)");
    free_results(m);
}

static void thresholds_that_differ_are_raised_by_a_factor(void **state)
{
    made_results *m =
        make_results("{\"network\": {\"aps\": 4, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                     " \"sensing\": {\"crlb_threshold_db\": [-5, -6, -5, -5]}, \"monte_carlo\": {\"drops\": 3}}");

    (void)state;
    m->results.count = 1;
    m->record[0].status = CFI_DROP_INFEASIBLE;
    m->record[0].allocation.least_threshold_factor = pow(10.0, 0.123401);
    assert_verdict(m, CFI_INFEASIBLE, "infeasible: every threshold must be raised by at least 1.2341 dB");
    free_results(m);
}

static void signals_lost_in_noise_are_told_where_every_drop_loses_them(void **state)
{
    made_results *m = make_results(PLAIN);
    cfi_network strong = m->network;
    const double weak[K * L] = {1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9};

    (void)state;
    strong.beta = m->gain;
    m->network.beta = weak;
    assert_remark(m, "power.comm_noise_dbm: -30 dBm is no receiver's noise, and gains are 1e-09 at most");
    m->record[1].network = &strong; /* another drop does not */
    assert_silence(m);
    free_results(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_said_of_a_plain_run),
        cmocka_unit_test(simulations_more_than_five_errors_from_the_closed_form_are_told),
        cmocka_unit_test(a_user_without_rate_is_told),
        cmocka_unit_test(a_violated_constraint_is_told_with_its_worst_factor_and_drop),
        cmocka_unit_test(starts_that_end_apart_are_told_with_the_drop),
        cmocka_unit_test(allocations_that_did_not_reach_their_end_are_told),
        cmocka_unit_test(theorem_1_is_remarked_on_only_where_it_claims_more),
        cmocka_unit_test(targets_in_line_with_access_points_are_told),
        cmocka_unit_test(too_few_channels_for_an_error_or_a_bound_are_told),
        cmocka_unit_test(multistatic_bounds_beyond_512_access_points_are_told),
        cmocka_unit_test(unfinished_and_infeasible_drops_are_counted),
        cmocka_unit_test(verdict_says_whether_one_drop_failed_or_several),
        cmocka_unit_test(verdict_gives_the_threshold_of_the_easiest_and_of_the_hardest_drop),
        cmocka_unit_test(verdict_names_the_access_point_without_information),
        cmocka_unit_test(thresholds_that_differ_are_raised_by_a_factor),
        cmocka_unit_test(signals_lost_in_noise_are_told_where_every_drop_loses_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
