/* The table of a sweep and its verdict from hand-made lines: which drops are paired, what each column is the mean of,
 * how values of the axes stand in a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"
#include "check.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/user_rates.h"
#include "sweep_lines.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 64, MOST_POINTS = 16 };

/* A sweep with lines that nothing is remarkable about: drop d of point p has the sum rate 100 p + d. */
typedef struct made_sweep {
    cfi_scenario *sweep;
    cfi_line line[MOST_LINES];
    size_t first[MOST_POINTS + 1];
    uint8_t status[MOST_LINES];
    lines_in_memory source;
} made_sweep;

static made_sweep *make_sweep(const char *text, const size_t *drops)
{
    made_sweep *m = calloc(1, sizeof *m);
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &m->sweep, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    for (size_t p = 0; p < scenario_points(m->sweep); p++) {
        m->first[p + 1] = m->first[p] + drops[p];
        for (size_t d = 0; d < drops[p]; d++) {
            cfi_line *line = &m->line[m->first[p] + d];

            *line = (cfi_line){.point = p, .drop = (uint32_t)d, .status = CFI_DROP_OK};
            for (size_t q = 0; q < CFI_MOST_QUANTITIES; q++) {
                line->quantity[q] = 1000.0 * (double)q + 100.0 * (double)p + (double)d;
            }
        }
    }
    m->source = (lines_in_memory){.line = m->line, .first = m->first};
    return m;
}

static void free_sweep(made_sweep *m)
{
    scenario_destroy(m->sweep);
    free(m);
}

static void set_status(made_sweep *m, size_t point, size_t drop, cfi_drop_status status)
{
    m->line[m->first[point] + drop].status = status;
}

static cfi_status write_csv(made_sweep *m, FILE *stream, cfi_error *error)
{
    const cfi_sweep_outcomes outcomes = outcomes_in_memory(m->sweep, m->line, m->first, m->status);
    const cfi_line_source source = source_in_memory(&m->source);

    return report_write_sweep_csv(&outcomes, &source, stream, error);
}

/* The table; free(). */
static char *table_of(made_sweep *m)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(write_csv(m, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

/* Field `column` of row `row`, 0 the header; the last call's memory. */
static const char *field_of_row(const char *table, size_t row, size_t column)
{
    static char text[200];
    const char *at = table;

    for (size_t i = 0; i < row; i++) {
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    for (size_t i = 0; i < column; i++) {
        at += strcspn(at, ",\n");
        assert_int_equal(*at, ',');
        at++;
    }
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, ",\n"), at);
    return text;
}

/* What stands in the column of this name. */
static const char *value(const char *table, size_t point, const char *name)
{
    size_t column = 0;

    while (strcmp(field_of_row(table, 0, column), name) != 0) {
        column++;
    }
    return field_of_row(table, point + 1, column);
}

static void assert_value(const char *table, size_t point, const char *name, double expected)
{
    double got = strtod(value(table, point, name), NULL);

    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)) && !(isnan(got) && isnan(expected))) {
        fail_msg("point %zu, %s: %.17g, not %.17g", point, name, got, expected);
    }
}

/* The threshold is the slower axis: points 0 and 2 differ in it, and so do 1 and 3. */
static void drops_are_paired_over_the_thresholds_and_nothing_else(void **state)
{
    const size_t drops[4] = {3, 3, 3, 3};
    made_sweep *m =
        make_sweep("{\"sweep\": {\"sensing.crlb_threshold_db\": [-8, -5], \"network.aps\": [4, 6]}}", drops);
    char *table;

    (void)state;
    set_status(m, 0, 1, CFI_DROP_INFEASIBLE); /* hence unpaired at point 2 too */
    set_status(m, 1, 0, CFI_DROP_INFEASIBLE);
    set_status(m, 1, 2, CFI_DROP_FAILED);
    table = table_of(m);
    assert_value(table, 0, "feasible", 2.0);
    assert_value(table, 0, "infeasible", 1.0);
    assert_value(table, 1, "feasible", 1.0);
    assert_value(table, 1, "failed", 1.0);
    assert_value(table, 2, "feasible", 3.0);
    for (size_t p = 0; p < 4; p += 2) { /* drops 0 and 2 */
        assert_value(table, p, "paired_drops", 2.0);
        assert_value(table, p, "paired_mean_sum_rate_bit_s_hz", 100.0 * (double)p + 1.0);
        assert_value(table, p, "paired_std_error_sum_rate_bit_s_hz", 1.0); /* of 0 and 2: sqrt(2) / sqrt(2) */
    }
    for (size_t p = 1; p < 4; p += 2) { /* drop 1 alone */
        assert_value(table, p, "paired_drops", 1.0);
        assert_value(table, p, "paired_mean_sum_rate_bit_s_hz", 100.0 * (double)p + 1.0);
        assert_value(table, p, "paired_std_error_sum_rate_bit_s_hz", NAN);
    }
    assert_value(table, 0, "feasible_mean_sum_rate_bit_s_hz", 1.0);
    assert_value(table, 1, "feasible_mean_sum_rate_bit_s_hz", 101.0);
    assert_value(table, 2, "feasible_mean_sum_rate_bit_s_hz", 201.0);
    assert_value(table, 2, "feasible_std_error_sum_rate_bit_s_hz", 1.0 / sqrt(3.0));
    assert_value(table, 2, "feasible_p50_least_user_rate_bit_s_hz",
                 1000.0 * (double)field_number_index(user_rates_least) + 201.0);
    free(table);
    free_sweep(m);
}

static void a_drop_is_unpaired_by_any_of_the_thresholds(void **state)
{
    const size_t drops[3] = {3, 3, 3};

    (void)state;
    for (size_t point = 0; point < 3; point++) {
        made_sweep *m = make_sweep("{\"sweep\": {\"sensing.crlb_threshold_db\": [-5, -8, -6]}}", drops);
        char *table;

        set_status(m, point, 1, CFI_DROP_INFEASIBLE);
        table = table_of(m);
        for (size_t p = 0; p < 3; p++) {
            assert_value(table, p, "paired_drops", 2.0);
        }
        free(table);
        free_sweep(m);
    }
}

static void drops_are_paired_over_the_thresholds_of_positions_and_of_detection(void **state)
{
    static const char *const sweeps[] = {
        "{\"sensing\": {\"geometry\": \"target\"}, \"sweep\": {\"sensing.position_threshold_m\": [1, 2, null]}}",
        "{\"sweep\": {\"sensing.detection_threshold\": [0.9, 0.5, 0.1]}}"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        made_sweep *m = make_sweep(sweeps[i], (size_t[]){3, 3, 3});
        char *table;

        set_status(m, 0, 1, CFI_DROP_INFEASIBLE);
        table = table_of(m);
        for (size_t p = 0; p < 3; p++) {
            assert_value(table, p, "paired_drops", 2.0);
        }
        free(table);
        free_sweep(m);
    }
}

/* Thresholds that vary together are one curve; with another key beside them points differ in more. */
static void drops_are_paired_over_thresholds_that_vary_together_and_alone(void **state)
{
    static const struct {
        const char *axis;
        double paired; /* drops of the point where all three are feasible */
    } sweeps[] = {{"sensing.crlb_threshold_db+sensing.detection_threshold\": [[-8, 0.9], [-5, 0.5]]", 2.0},
                  {"sensing.crlb_threshold_db+network.aps\": [[-8, 4], [-5, 6]]", 3.0},
                  {"seed+sensing.crlb_threshold_db\": [[1, -8], [2, -5]]", 3.0}};

    (void)state;
    for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
        char text[200];
        made_sweep *m;
        char *table;

        snprintf(text, sizeof text, "{\"sweep\": {\"%s}}", sweeps[i].axis);
        m = make_sweep(text, (size_t[]){3, 3});
        set_status(m, 0, 1, CFI_DROP_INFEASIBLE);
        table = table_of(m);
        assert_value(table, 0, "paired_drops", 2.0);
        assert_value(table, 1, "paired_drops", sweeps[i].paired);
        free(table);
        free_sweep(m);
    }
}

static void a_drop_that_another_threshold_does_not_have_is_not_paired(void **state)
{
    const size_t drops[4] = {1, 3, 1, 3};
    made_sweep *m =
        make_sweep("{\"sweep\": {\"sensing.crlb_threshold_db\": [-8, -5], \"monte_carlo.drops\": [1, 3]}}", drops);
    made_sweep *uneven = make_sweep("{\"sweep\": {\"sensing.crlb_threshold_db\": [-8, -5]}}", (size_t[]){1, 3});
    char *table = table_of(m);

    (void)state;
    assert_value(table, 0, "paired_drops", 1.0);
    assert_value(table, 3, "paired_drops", 3.0);
    free(table);
    table = table_of(uneven); /* drops 1 and 2 of point 1 have no partner */
    assert_value(table, 1, "drops", 3.0);
    assert_value(table, 1, "feasible", 3.0);
    assert_value(table, 1, "paired_drops", 1.0);
    assert_value(table, 1, "paired_mean_sum_rate_bit_s_hz", 100.0);
    free(table);
    free_sweep(m);
    free_sweep(uneven);
}

static void without_a_swept_threshold_paired_means_are_those_of_feasible_drops(void **state)
{
    const size_t drops[2] = {3, 2};
    made_sweep *m = make_sweep("{\"sweep\": {\"network.aps\": [4, 6]}}", drops);
    char *table;

    (void)state;
    set_status(m, 0, 0, CFI_DROP_INFEASIBLE);
    table = table_of(m);
    assert_value(table, 0, "paired_drops", 2.0);
    assert_value(table, 0, "paired_mean_sum_rate_bit_s_hz", 1.5);
    assert_value(table, 0, "feasible_mean_sum_rate_bit_s_hz", 1.5);
    assert_value(table, 1, "paired_drops", 2.0);
    free(table);
    free_sweep(m);
}

static void words_lose_their_quotes_and_numbers_stand_as_given(void **state)
{
    const size_t drops[4] = {1, 1, 1, 1};
    made_sweep *m =
        make_sweep("{\"sweep\": {\"rate.model\": [\"theorem1\", \"exact\"], \"network.aps\": [4, 6]}}", drops);
    char *table = table_of(m);

    (void)state;
    assert_string_equal(value(table, 0, "rate.model"), "theorem1");
    assert_string_equal(value(table, 1, "network.aps"), "6");
    assert_string_equal(value(table, 3, "rate.model"), "exact");
    assert_string_equal(value(table, 3, "point"), "3");
    assert_int_equal(strncmp(table, "point,rate.model,network.aps,drops,feasible,infeasible,failed,", 61), 0);
    free(table);
    free_sweep(m);
    m = make_sweep("{\"sweep\": {\"propagation.gain\": [{\"one,two.csv\": [[1]]}, {\"three.csv\": [[1]]}]}}", drops);
    table = table_of(m);
    assert_non_null(strstr(table, "\n0,\"one,two.csv\",1,1,0,0,")); /* with its comma it stays one field */
    assert_non_null(strstr(table, "\n1,three.csv,1,1,0,0,"));
    free(table);
    free_sweep(m);
}

/* ------------------------------------------------------------------------------- verdict ---- */

static void assert_verdict(const made_sweep *m, cfi_status status, const char *text)
{
    cfi_error error = {.text = ""};

    assert_int_equal(
        verdict_in_memory(m->line, m->first[scenario_points(m->sweep)], &(cfi_line_text){.failure = ""}, &error),
        status);
    assert_string_equal(error.text, text);
}

static void a_failed_drop_fails_the_sweep_and_one_feasible_drop_saves_it_from_infeasible(void **state)
{
    const size_t drops[2] = {2, 2};
    made_sweep *m = make_sweep("{\"sweep\": {\"sensing.crlb_threshold_db\": [-8, -5]}}", drops);

    (void)state;
    assert_verdict(m, CFI_OK, "");
    for (size_t p = 0; p < 2; p++) {
        for (size_t d = 0; d < 2; d++) {
            cfi_line *line = &m->line[m->first[p] + d];

            line->status = CFI_DROP_INFEASIBLE;
            line->because = (cfi_infeasibility){CFI_CONSTRAINT_THRESHOLD, d, CFI_NOWHERE, 2.0, false};
            line->quantity[field_number_index(drop_least_threshold_db)] = d == 1 ? -4.56789 : 2.0;
            line->quantity[field_number_index(drop_threshold_factor_db)] = d == 1 ? 0.12341 : 7.0;
        }
    }
    assert_verdict(m, CFI_INFEASIBLE,
                   "every drop of every point is infeasible: least feasible threshold -4.5678 dB (drop 1 of point 0); "
                   "there access point 1 costs most: its threshold (sensing.crlb_threshold_db) must rise by 3.0103 dB");
    for (size_t i = 0; i < 4; i++) {
        m->line[i].quantity[field_number_index(drop_least_threshold_db)] =
            NAN; /* thresholds that differ have no single value */
    }
    assert_verdict(
        m, CFI_INFEASIBLE,
        "every drop of every point is infeasible: every threshold must be raised by at least 0.1235 dB (drop 1 of "
        "point 0); there access point 1 costs most: its threshold (sensing.crlb_threshold_db) must rise by "
        "3.0103 dB");
    m->line[1].because = (cfi_infeasibility){CFI_CONSTRAINT_POSITION, CFI_NOWHERE, CFI_NOWHERE, 2.0, false};
    assert_verdict(m, CFI_INFEASIBLE,
                   "every drop of every point is infeasible; in drop 1 of point 0, the easiest, the position threshold "
                   "(sensing.position_threshold_m) must be 2 times as large");
    m->line[1].because = (cfi_infeasibility){CFI_CONSTRAINT_DETECTION, CFI_NOWHERE, CFI_NOWHERE, 2.0, false};
    assert_verdict(m, CFI_INFEASIBLE,
                   "every drop of every point is infeasible; in drop 1 of point 0, the easiest, the threshold of "
                   "detection (sensing.detection_threshold) asks for 3.0103 dB too much");
    m->line[1].because = (cfi_infeasibility){CFI_CONSTRAINT_THRESHOLD, 1, CFI_NOWHERE, 2.0, false};
    for (size_t i = 0; i < 4; i++) {
        m->line[i].quantity[field_number_index(drop_threshold_factor_db)] = INFINITY;
        m->line[i].because.factor = INFINITY;
    }
    assert_verdict(m, CFI_INFEASIBLE,
                   "every drop of every point is infeasible at any threshold; drop 0 of point 0: access point 0 has no "
                   "sensing information at any power");
    set_status(m, 1, 0, CFI_DROP_OK);
    assert_verdict(m, CFI_OK, "");
    set_status(m, 1, 1, CFI_DROP_FAILED);
    assert_verdict(m, CFI_FAILED, "drop 1 of point 1 failed: the journal says why");
    free_sweep(m);
}

static void drops_whose_last_step_broke_down_are_counted_as_inaccurate(void **state)
{
    const cfi_line_text trouble = {.failure = "the cone solver"}, none = {.failure = ""};
    cfi_line good = {.status = CFI_DROP_OK}, failed = {.status = CFI_DROP_FAILED};
    cfi_sweep_tally tally = {.lines = 0};

    (void)state;
    report_tally_line(&tally, &good, &none);
    report_tally_line(&tally, &good, &trouble);
    report_tally_line(&tally, &failed, &trouble);
    assert_true(tally.lines == 3 && tally.inaccurate == 1 && tally.failed == 1);
}

/* What report_write_closing writes; free(). */
static char *closing_text(const cfi_closing *closing)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(report_write_closing(closing, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

static void the_last_words_count_drops_and_fit_eighty_columns(void **state)
{
    static const char *const name[] = {"sweep.csv",     "sweep.ndjson", "sweep.json",
                                       "scenario.json", "timing.json",  "sweep.damaged"};
    const cfi_closing small = {.directory = "d\x1b",
                               .file = name,
                               .files = 2,
                               .points = 1,
                               .drops = 3,
                               .reused = 1,
                               .infeasible = 1,
                               .inaccurate = 1,
                               .shard = 1,
                               .shards = 1};
    const cfi_closing large = {.directory = "d",
                               .file = name,
                               .files = 6,
                               .points = 1000000,
                               .drops = 400000000,
                               .reused = 399999999,
                               .infeasible = 100000000,
                               .failed = 100000000,
                               .inaccurate = 100000000,
                               .shard = 1,
                               .shards = 1};
    char *text = closing_text(&small);

    (void)state;
    assert_string_equal(text, "1 point, 3 drops, of which 1 was there before\n"
                              "  2 feasible (1 inaccurate), 1 infeasible, 0 failed\n"
                              "files in d?:\n  sweep.csv sweep.ndjson\n");
    free(text);
    text = closing_text(&large);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        if (strcspn(line, "\n") > 80) {
            fail_msg("%zu columns: %s", strcspn(line, "\n"), line);
        }
    }
    assert_non_null(strstr(text, "sweep.damaged\n"));
    free(text);
}

static void a_full_disk_is_told(void **state)
{
    const size_t drops[1] = {1};
    made_sweep *m = make_sweep("{\"sweep\": {\"network.aps\": [4]}}", drops);
    FILE *full = fopen("/dev/full", "w");
    cfi_error error = {.text = ""};

    (void)state;
    assert_non_null(full);
    assert_int_equal(write_csv(m, full, &error), CFI_OUTPUT);
    assert_true(error.status == CFI_OUTPUT && *error.text);
    fclose(full);
    free_sweep(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_are_paired_over_the_thresholds_and_nothing_else),
        cmocka_unit_test(a_drop_is_unpaired_by_any_of_the_thresholds),
        cmocka_unit_test(drops_are_paired_over_the_thresholds_of_positions_and_of_detection),
        cmocka_unit_test(drops_are_paired_over_thresholds_that_vary_together_and_alone),
        cmocka_unit_test(a_drop_that_another_threshold_does_not_have_is_not_paired),
        cmocka_unit_test(without_a_swept_threshold_paired_means_are_those_of_feasible_drops),
        cmocka_unit_test(words_lose_their_quotes_and_numbers_stand_as_given),
        cmocka_unit_test(a_failed_drop_fails_the_sweep_and_one_feasible_drop_saves_it_from_infeasible),
        cmocka_unit_test(drops_whose_last_step_broke_down_are_counted_as_inaccurate),
        cmocka_unit_test(the_last_words_count_drops_and_fit_eighty_columns),
        cmocka_unit_test(a_full_disk_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
