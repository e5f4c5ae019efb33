/* What broke down or is infeasible, as a reader meets it: in the table, the verdicts, a journal's line, and the
 * warnings about a sweep's empty columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"
#include "sweep_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { L = 8, K = 2 };

static const char LONG_FAILURE[] =
    "the power allocation: the cone solver stopped at step 123 of start 15 (primal_infeasible after 100 iterations: "
    "relative primal residual 1.2e-03, dual 4.5e-06, gap 7.8e-09)";

static cfi_scenario *parse(const char *text)
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static cfi_network network_of(const cfi_scenario *scenario)
{
    static const double gain[K * L] = {[0] = 1.0};

    return (cfi_network){.system = scenario_system(scenario), .L = L, .K = K, .beta = gain};
}

static cfi_record lost_record(const cfi_network *network, uint32_t index)
{
    return (cfi_record){.index = index,
                        .status = CFI_DROP_FAILED,
                        .L = L,
                        .K = K,
                        .N = 4,
                        .network = network,
                        .allocation = {.method = CFI_METHOD_SCA,
                                       .status = CFI_ALLOC_FAILED,
                                       .stop_reason = "no_feasible_start",
                                       .least_threshold_factor = 0.5},
                        .failure = LONG_FAILURE};
}

static cfi_record infeasible_record(const cfi_network *network, uint32_t index, cfi_infeasibility because)
{
    cfi_record record = lost_record(network, index);

    record.status = CFI_DROP_INFEASIBLE;
    record.failure = NULL;
    record.allocation.status = CFI_ALLOC_INFEASIBLE;
    record.allocation.stop_reason = "infeasible";
    record.allocation.least_threshold_factor = 2.0;
    record.allocation.because = because;
    return record;
}

static const cfi_infeasibility OWN = {CFI_CONSTRAINT_THRESHOLD, 5, SIZE_MAX, 2.5, false};
static const cfi_infeasibility LIMIT = {CFI_CONSTRAINT_AP_LIMIT, 3, SIZE_MAX, 10.0, false};
static const cfi_infeasibility BUDGET = {CFI_CONSTRAINT_BUDGET, 1, SIZE_MAX, 4.0, false};

/* ------------------------------------------------------------------------------ the table ---- */

static char *table_of(const cfi_results *results)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(report_write_table(results, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    while ((text = strstr(text, part))) {
        count++;
        text++;
    }
    return count;
}

static void the_table_says_why_and_stays_short_and_narrow(void **state)
{
    (void)state;
    cfi_scenario *scenario = parse("{\"network\": {\"aps\": 8, \"ues\": 2}, \"monte_carlo\": {\"drops\": 9}}");
    cfi_network network = network_of(scenario);
    cfi_record record[9];
    cfi_results results = {.scenario = scenario, .record = record, .count = 9};
    char *table;

    for (uint32_t i = 0; i < 9; i++) {
        record[i] = i < 4 ? lost_record(&network, i) : infeasible_record(&network, i, OWN);
    }
    record[5].allocation.because = LIMIT;
    record[6].allocation.because = BUDGET;
    table = table_of(&results);
    for (const char *line = table; *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 80);
    }
    assert_int_equal(count_of(table, "\n  failed: drops 0-3\n"
                                     "    drop 0: the power allocation: the cone solver stopped at step 123 of start\n"
                                     "      15 (primal_infeasible after 100 iterations: relative primal residual\n"
                                     "      1.2e-03, dual 4.5e-06, gap 7.8e-09)\n"
                                     "    drop 1: "),
                     1);
    assert_int_equal(count_of(table, ": the power allocation: "), 3);
    assert_int_equal(count_of(table, "\n    1 more: see failure in results.json\n"), 1);
    assert_int_equal(count_of(table,
                              "\n  infeasible: drops 4-8\n"
                              "    drop 4: access point 5 costs most: its threshold (sensing.crlb_threshold_db)\n"
                              "      must rise by 3.9795 dB\n"
                              "    drop 5: access point 3 costs most: its limit (power.ap_limit_dbm) must rise\n"
                              "      by 10.0001 dB\n"
                              "    drop 6: access point 1 costs most; the total power (power.snr_db) is 6.0206\n"
                              "      dB short\n"
                              "    2 more: see allocation.infeasible_because in results.json\n"),
                     1);
    free(table);
    scenario_destroy(scenario);
}

/* ------------------------------------------------------------------------------- verdicts ---- */

static void the_verdict_names_the_access_point_that_costs_most(void **state)
{
    (void)state;
    cfi_scenario *scenario = parse("{\"network\": {\"aps\": 8, \"ues\": 2}, \"monte_carlo\": {\"drops\": 1}}");
    cfi_network network = network_of(scenario);
    cfi_record record = infeasible_record(&network, 3, OWN);
    cfi_results results = {.scenario = scenario, .record = &record, .count = 1};
    cfi_error error;

    assert_int_equal(report_verdict(&results, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text, "infeasible: least feasible threshold -1.9897 dB; in drop 3 access point 5 costs "
                                    "most: its threshold (sensing.crlb_threshold_db) must rise by 3.9795 dB");
    record.allocation.least_threshold_factor = INFINITY;
    record.allocation.because.factor = INFINITY;
    assert_int_equal(report_verdict(&results, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text, "no threshold is feasible; in drop 3 access point 5 has no sensing information at "
                                    "any power (a single transmit and receive antenna, or a target at 90 degrees)");
    scenario_destroy(scenario);
}

/* -------------------------------------------------------------------------------- a sweep ---- */

static cfi_line line_of(const cfi_scenario *sweep, size_t point, const cfi_record *record, cfi_line_text *more)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    cfi_line line;

    assert_int_equal(report_write_line(sweep, point, record, stream, NULL), CFI_OK);
    fclose(stream);
    assert_int_equal(report_read_line(text, size - 1, &line, more, NULL), CFI_OK);
    free(text);
    return line;
}

static void a_line_keeps_what_broke_down_and_what_is_infeasible(void **state)
{
    (void)state;
    cfi_scenario *sweep = parse("{\"network\": {\"aps\": 8, \"ues\": 2}, \"sweep\": {\"seed\": [1, 2]}}");
    cfi_network network = network_of(sweep);
    cfi_record record = lost_record(&network, 0);
    const cfi_infeasibility *const cause[] = {&OWN, &LIMIT, &BUDGET};
    cfi_infeasibility everywhere = {CFI_CONSTRAINT_THRESHOLD, CFI_NOWHERE, CFI_NOWHERE, INFINITY, false};
    cfi_line_text more;
    cfi_line line = line_of(sweep, 1, &record, &more);

    assert_int_equal(line.status, CFI_DROP_FAILED);
    assert_string_equal(more.failure, LONG_FAILURE);
    assert_int_equal(line.because.constraint, CFI_CONSTRAINT_NONE);
    for (size_t i = 0; i < 3; i++) {
        record = infeasible_record(&network, 0, *cause[i]);
        line = line_of(sweep, 0, &record, &more);
        assert_int_equal(line.because.constraint, cause[i]->constraint);
        assert_int_equal(line.because.ap, cause[i]->ap);
        assert_true(line.because.ue == CFI_NOWHERE && line.because.factor == cause[i]->factor);
        assert_string_equal(more.failure, "");
    }
    record = infeasible_record(&network, 0, everywhere);
    line = line_of(sweep, 0, &record, &more);
    assert_true(line.because.ap == CFI_NOWHERE && isinf(line.because.factor));
    scenario_destroy(sweep);
}

static void the_verdict_over_a_sweep_says_why(void **state)
{
    (void)state;
    cfi_scenario *sweep = parse("{\"network\": {\"aps\": 8, \"ues\": 2}, \"sweep\": {\"seed\": [1, 2]}}");
    cfi_network network = network_of(sweep);
    cfi_record lost = lost_record(&network, 7), hard = infeasible_record(&network, 0, OWN),
               easy = infeasible_record(&network, 1, BUDGET);
    cfi_line line[3];
    cfi_line_text more;
    cfi_error error;
    char expected[400];

    hard.allocation.least_threshold_factor = 4.0;
    line[0] = line_of(sweep, 0, &hard, &more);
    line[1] = line_of(sweep, 1, &hard, &more);
    line[2] = line_of(sweep, 1, &easy, &more);
    assert_int_equal(verdict_in_memory(line, 3, &more, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text,
                        "every drop of every point is infeasible: least feasible threshold -1.9897 dB (drop "
                        "1 of point 1); there access point 1 costs most; the total power (power.snr_db) is "
                        "6.0206 dB short");
    line[1] = line[2] = line_of(sweep, 1, &lost, &more);
    assert_int_equal(verdict_in_memory(line, 3, &more, &error), CFI_FAILED);
    snprintf(expected, sizeof expected, "drop 7 of point 1 failed: %s (1 more drops failed: the journal says why)",
             LONG_FAILURE);
    assert_string_equal(error.text, expected);
    scenario_destroy(sweep);
}

/* -------------------------------------------------------------------- empty paired columns ---- */

enum { DROPS = 3, MOST_POINTS = 20 };

/* A sweep whose drop d at point p is feasible where feasible[p][d] is '1'. */
typedef struct made_sweep {
    cfi_scenario *scenario;
    cfi_line line[MOST_POINTS * DROPS];
    size_t first[MOST_POINTS + 1];
    uint8_t status[MOST_POINTS * DROPS];
    cfi_sweep_outcomes outcomes;
} made_sweep;

static made_sweep *make_sweep(const char *sweep, const char *const *feasible)
{
    made_sweep *made = calloc(1, sizeof *made);
    char text[400];

    snprintf(text, sizeof text, "{\"monte_carlo\": {\"drops\": 3}, \"sweep\": {%s}}", sweep);
    made->scenario = parse(text);
    for (size_t p = 0; p < scenario_points(made->scenario); p++) {
        for (size_t d = 0; d < DROPS; d++) {
            made->line[DROPS * p + d] = (cfi_line){
                .point = p, .drop = (uint32_t)d, .status = feasible[p][d] == '1' ? CFI_DROP_OK : CFI_DROP_INFEASIBLE};
        }
        made->first[p + 1] = DROPS * (p + 1);
    }
    made->outcomes = outcomes_in_memory(made->scenario, made->line, made->first, made->status);
    return made;
}

static void note_line(void *context, const char *line)
{
    char *all = context;

    assert_null(strchr(line, '\n'));
    strncat(all, line, 4000 - strlen(all));
    strncat(all, "\n", 4000 - strlen(all));
}

static void check_warnings(const char *sweep, const char *const *feasible, const char *expected)
{
    made_sweep *made = make_sweep(sweep, feasible);
    char all[4001] = "";

    report_sweep_warnings(&made->outcomes, note_line, all);
    assert_string_equal(all, expected);
    scenario_destroy(made->scenario);
    free(made);
}

static void an_empty_curve_is_named_with_the_tightest_usable_threshold(void **state)
{
    (void)state;
    /* curves of 8 and 16 access points over -5, -20, -10 dB, the threshold fastest and in no order */
    check_warnings("\"network.aps\": [8, 16], \"sensing.crlb_threshold_db\": [-5, -20, -10]",
                   (const char *const[]){"111", "000", "110", "111", "010", "111"},
                   "sweep.csv: the paired columns are empty for network.aps=8: no drop is feasible at every swept "
                   "sensing.crlb_threshold_db; the tightest usable one is -10 dB: without those below it 2 drops would "
                   "be paired\n");
    /* the threshold slowest; one drop would pair at -10 dB, two at -5 dB */
    check_warnings("\"sensing.crlb_threshold_db\": [-5, -10, -20], \"network.aps\": [8, 16]",
                   (const char *const[]){"011", "111", "010", "111", "101", "111"},
                   "sweep.csv: the paired columns are empty for network.aps=8: no drop is feasible at every swept "
                   "sensing.crlb_threshold_db; the tightest usable one is -5 dB: without those below it 2 drops would "
                   "be paired\n");
    /* never more than one drop; no other key */
    check_warnings("\"sensing.crlb_threshold_db\": [-5, -10, -20]", (const char *const[]){"010", "010", "101"},
                   "sweep.csv: the paired columns are empty: no drop is feasible at every swept "
                   "sensing.crlb_threshold_db; the tightest usable one is -10 dB: without those below it 1 drop would "
                   "be paired\n");
    check_warnings("\"sensing.crlb_threshold_db\": [-5, -10]", (const char *const[]){"000", "000"},
                   "sweep.csv: the paired columns are empty: no drop is feasible at every swept "
                   "sensing.crlb_threshold_db; leaving the tightest ones out does not help\n");
}

static void curves_of_positions_and_detection_have_their_own_units(void **state)
{
    (void)state;
    check_warnings("\"sensing.geometry\": [\"target\"], \"sensing.position_threshold_m\": [4, 0.5, 2, null]",
                   (const char *const[]){"111", "000", "110", "111"},
                   "sweep.csv: the paired columns are empty for sensing.geometry=\"target\": no drop is feasible at "
                   "every swept sensing.position_threshold_m; the tightest usable one is 2 m: without those below it 2 "
                   "drops would be paired\n");
    check_warnings("\"sensing.detection_threshold\": [0.5, 0.9, 0.99]", (const char *const[]){"111", "110", "000"},
                   "sweep.csv: the paired columns are empty: no drop is feasible at every swept "
                   "sensing.detection_threshold; the tightest usable one is 0.9: without those above it 2 drops would "
                   "be paired\n");
}

static void curves_with_paired_drops_get_no_warning(void **state)
{
    (void)state;
    check_warnings("\"sensing.crlb_threshold_db\": [-5, -10]", (const char *const[]){"111", "001"}, "");
    check_warnings("\"network.aps\": [8, 16]", (const char *const[]){"000", "000"}, ""); /* no threshold is swept */
}

static void many_empty_curves_are_counted(void **state)
{
    (void)state;
    made_sweep *made =
        make_sweep("\"seed\": [1, 2, 3, 4, 5], \"sensing.crlb_threshold_db\": [-5, -10]",
                   (const char *const[]){"111", "000", "111", "000", "111", "111", "111", "000", "111", "000"});
    char all[4001] = "";

    report_sweep_warnings(&made->outcomes, note_line, all);
    assert_int_equal(count_of(all, "\n"), 4);
    assert_int_equal(count_of(all, "for seed=1:"), 1);
    assert_int_equal(count_of(all, "for seed=4:"), 1);
    assert_int_equal(count_of(all, "for seed=3:"), 0);
    assert_int_equal(count_of(all, "the paired columns are empty for 1 more of 5 curves\n"), 1);
    scenario_destroy(made->scenario);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_says_why_and_stays_short_and_narrow),
        cmocka_unit_test(the_verdict_names_the_access_point_that_costs_most),
        cmocka_unit_test(a_line_keeps_what_broke_down_and_what_is_infeasible),
        cmocka_unit_test(the_verdict_over_a_sweep_says_why),
        cmocka_unit_test(an_empty_curve_is_named_with_the_tightest_usable_threshold),
        cmocka_unit_test(curves_of_positions_and_detection_have_their_own_units),
        cmocka_unit_test(curves_with_paired_drops_get_no_warning),
        cmocka_unit_test(many_empty_curves_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
