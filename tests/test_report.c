/* Reports of hand-made records: every number reads back exactly, what is absent is null or nan, files are replaced
 * whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"

#include "base/output.h"
#include "base/replace.h"
#include "base/text.h"
#include "cfisac/report.h"
#include "report/json.h"
#include "written.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { L = 2, K = 2, DROPS = 3 };

/* Three drops of a network of two access points and two users: a good one, an infeasible one, a failed one. */
typedef struct fixture {
    cfi_scenario *scenario;
    cfi_network network;
    cfi_record record[DROPS];
    cfi_results results;
    char directory[64];
} fixture;

static double beta[K * L] = {0.1, 1.0 / 3.0, 2e-7, 4.25};
static double angle[L] = {0.5, -0.25}, ap_position[2 * L] = {1.0, 2.0, 3.0, 4.0}, ue_position[2 * K] = {9, 8, 7, 6};
static size_t pilot[K] = {1, 0}, pilot_first[K] = {0, 1}, pilot_next[K] = {K, K};
static double rate1[K] = {1.5, 2.25}, rate2[K] = {1.25, 2.0}, own[L] = {0.1, INFINITY}, multi[L] = {0.05, 0.07};
static double noncoherent[L] = {0.06, 0.08};
static double mc_rate[K] = {1.3, 1.9}, mc_error[K] = {0.1, NAN}, mc_bound[L] = {0.11, INFINITY}, mc_nan[L] = {NAN, NAN},
              mc_mean_error[L] = {0.02, NAN};
static double eta[K * L] = {0.5e-4, 0.5e-4, 1e-4, 1e-4}; /* s_l / (N K) */
static double p_w[K * L] = {1e-4, 3e-4, 1e-300, 0.1 + 0.2}, s_w[L] = {4e-4, 8e-4};
static cfi_link link_of_two = {.kind = "closed_form", .L = L, .K = K};
static double trace[3] = {2.0, 3.0, 3.2500000000000004}, ap_power[L] = {6e-4, 14e-4};

static cfi_record good_record(const cfi_network *network)
{
    cfi_record record = {.index = 0, .status = CFI_DROP_OK, .L = L, .K = K, .N = 4, .network = network};

    link_of_two.origin = network;
    record.link = &link_of_two;
    record.closed_form = (cfi_closed_form){.rate_theorem1_bit_s_hz = rate1,
                                           .rate_exact_bit_s_hz = rate2,
                                           .sum_rate_theorem1_bit_s_hz = 3.75,
                                           .sum_rate_exact_bit_s_hz = 3.25,
                                           .crlb_own_echo_rad2 = own,
                                           .crlb_multistatic_rad2 = multi,
                                           .crlb_noncoherent_rad2 = noncoherent};
    record.has_monte_carlo = true;
    record.monte_carlo = (cfi_monte_carlo){.realizations = 100,
                                           .rate_bit_s_hz = mc_rate,
                                           .rate_std_error = mc_error,
                                           .sum_rate_bit_s_hz = 3.2,
                                           .sum_rate_std_error = 0.1,
                                           .crlb_own_echo_rad2 = mc_bound,
                                           .crlb_own_echo_std_error = mc_nan,
                                           .crlb_own_echo_block_mean_rad2 = mc_bound,
                                           .crlb_own_echo_block_mean_std_error = mc_mean_error,
                                           .crlb_multistatic_rad2 = mc_nan,
                                           .crlb_multistatic_std_error = mc_nan};
    record.allocation = (cfi_allocation){.method = CFI_METHOD_SCA,
                                         .status = CFI_ALLOC_CONVERGED,
                                         .stop_reason = "tolerance",
                                         .iterations = 2,
                                         .starts = 1,
                                         .objective = {.name = "sum_rate",
                                                       .unit = "bit/s/Hz",
                                                       .value = 3.2500000000000004,
                                                       .spread = 0.125,
                                                       .trace = trace,
                                                       .trace_count = 3},
                                         .sum_rate_bit_s_hz = 3.2500000000000004,
                                         .powers = {p_w, s_w},
                                         .ap_power_w = ap_power,
                                         .max_constraint_violation = 1e-16,
                                         .least_threshold_factor = 0.5,
                                         .solve_seconds = 0.25};
    record.equal = (cfi_reference){true, 2.5, 0.0, 0.2};
    return record;
}

static int set_up(void **state)
{
    static const char text[] = "{\"network\": {\"aps\": 2, \"ues\": 2}, \"monte_carlo\": {\"drops\": 3}}";
    fixture *f = calloc(1, sizeof *f);
    cfi_error error;

    if (!f || scenario_parse(text, strlen(text), "test.json", NULL, 0, &f->scenario, &error) != CFI_OK) {
        free(f);
        return -1;
    }
    f->network = (cfi_network){.system = scenario_system(f->scenario),
                               .L = L,
                               .K = K,
                               .ap_position_m = ap_position,
                               .ue_position_m = ue_position,
                               .beta = beta,
                               .pilot = pilot,
                               .pilot_first = pilot_first,
                               .pilot_next = pilot_next,
                               .angle_rad = angle};
    for (uint32_t i = 0; i < DROPS; i++) {
        f->record[i] = good_record(&f->network);
        f->record[i].index = i;
    }
    f->record[1].status = CFI_DROP_INFEASIBLE;
    f->record[1].allocation.status = CFI_ALLOC_INFEASIBLE;
    f->record[1].allocation.least_threshold_factor = 10.0;
    f->record[2] = (cfi_record){.index = 2,
                                .status = CFI_DROP_FAILED,
                                .L = L,
                                .K = K,
                                .N = 4,
                                .network = &f->network,
                                .failure = "it \"broke\""};
    f->results = (cfi_results){.scenario = f->scenario, .record = f->record, .count = DROPS};
    strcpy(f->directory, "/tmp/cfisac-test-XXXXXX");
    *state = f;
    return mkdtemp(f->directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"results.json", "drops.csv", "summary.csv", "aps.csv",    "ues.csv",
                                        "trace.csv",    "roc.csv",   "plots.gp",    "timing.json"};
    fixture *f = *state;
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", f->directory, names[i]);
        remove(path);
    }
    rmdir(f->directory);
    scenario_destroy(f->scenario);
    free(f);
    return 0;
}

static cJSON *parsed(writer write, const cfi_results *results)
{
    char *text = written(write, results);
    cJSON *json = cJSON_ParseWithLengthOpts(text, strlen(text) + 1, NULL, 1);

    assert_non_null(json);
    free(text);
    return json;
}

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!found) {
        fail_msg("no member %s", key);
    }
    return found;
}

static void assert_number(const cJSON *object, const char *key, double expected)
{
    const cJSON *found = member(object, key);

    assert_true(cJSON_IsNumber(found));
    assert_true(found->valuedouble == expected);
}

/* Not finite: null. */
static void assert_vector(const cJSON *array, const double *expected, size_t count, size_t stride)
{
    assert_true(cJSON_IsArray(array));
    assert_int_equal(cJSON_GetArraySize(array), count);
    for (size_t i = 0; i < count; i++) {
        const cJSON *item = cJSON_GetArrayItem(array, (int)i);

        if (isfinite(expected[i * stride])) {
            assert_true(cJSON_IsNumber(item) && item->valuedouble == expected[i * stride]);
        } else {
            assert_true(cJSON_IsNull(item));
        }
    }
}

static void assert_rows(const cJSON *matrix, const double *expected)
{
    assert_int_equal(cJSON_GetArraySize(matrix), K);
    for (size_t k = 0; k < K; k++) {
        assert_vector(cJSON_GetArrayItem(matrix, (int)k), expected + k, L, K);
    }
}

/* ---------------------------------------------------------------------------------- numbers ---- */

static void a_formatted_number_reads_back_exactly_and_is_short(void **state)
{
    cfi_stream stream = stream_make(7, 0, CFI_DRAW_START, 0);
    double value[2000];
    char text[TEXT_NUMBER_LENGTH];

    (void)state;
    random_normals(&stream, 2000, value);
    for (size_t i = 0; i < 2000; i++) {
        value[i] *= pow(10.0, (double)(i % 600) - 300.0);
        text_double(value[i], text);
        assert_true(strtod(text, NULL) == value[i]);
    }
    text_double(0.1, text);
    assert_string_equal(text, "0.1");
    text_double(1.0 / 3.0, text);
    assert_string_equal(text, "0.3333333333333333");
    text_double(0.1 + 0.2, text);
    assert_string_equal(text, "0.30000000000000004");
}

static void statistics_agree_with_a_case_by_hand(void **state)
{
    double value[] = {4.0, NAN, 1.0, 3.0, INFINITY, 2.0, 10.0};
    cfi_statistics s = report_statistics(value, 7);

    (void)state;
    /* 1 2 3 4 10: mean 4, squares of deviations 9 4 1 0 36, s^2 = 12.5 */
    assert_int_equal(s.count, 5);
    assert_close(s.mean, 4.0, 1e-15);
    assert_close(s.std_error, sqrt(12.5 / 5.0), 1e-15);
    assert_close(s.p05, 1.2, 1e-14); /* 0.05 * 4 = 0.2 of the way from 1 to 2 */
    assert_close(s.p50, 3.0, 1e-15);
    assert_close(s.p95, 8.8, 1e-14); /* 0.95 * 4 = 3.8: 0.8 of the way from 4 to 10 */
}

static void statistics_of_too_few_values_are_nan(void **state)
{
    double one[] = {2.5};
    cfi_statistics s = report_statistics(one, 0);

    (void)state;
    assert_true(s.count == 0 && isnan(s.mean) && isnan(s.p50));
    s = report_statistics(one, 1);
    assert_true(s.mean == 2.5 && isnan(s.std_error) && s.p05 == 2.5 && s.p95 == 2.5);
}

/* ------------------------------------------------------------------------------------- JSON ---- */

/* What is written but not kept: variances of estimates from pilots of one user each, and the paper's gamma. */
static void fill_factors(const fixture *f, double *xi, double *gamma_w)
{
    const cfi_system *system = f->network.system;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w;

    for (size_t i = 0; i < K * L; i++) {
        xi[i] = beta[i] * (energy * beta[i] / (energy * beta[i] + system->power.comm_noise_w));
        gamma_w[i] = p_w[i] / (4.0 * xi[i]);
    }
}

static void results_json_reads_back_to_the_record(void **state)
{
    fixture *f = *state;
    cJSON *json = parsed(report_write_json, &f->results);
    const cJSON *drop = cJSON_GetArrayItem(member(json, "drops"), 0), *part;
    double xi[K * L], gamma_w[K * L];

    assert_int_equal(cJSON_GetArraySize(member(json, "drops")), DROPS);
    assert_string_equal(member(drop, "status")->valuestring, "ok");
    part = member(drop, "closed_form");
    assert_vector(member(part, "rate_theorem1_bit_s_hz"), rate1, K, 1);
    assert_vector(member(part, "rate_exact_bit_s_hz"), rate2, K, 1);
    assert_number(part, "sum_rate_theorem1_bit_s_hz", 3.75);
    assert_number(part, "sum_rate_exact_bit_s_hz", 3.25);
    assert_vector(member(part, "crlb_own_echo_rad2"), own, L, 1);
    assert_vector(member(part, "crlb_multistatic_rad2"), multi, L, 1);
    assert_vector(member(part, "crlb_noncoherent_rad2"), noncoherent, L, 1);
    assert_true(cJSON_IsNull(member(part, "position_error_bound_m"))); /* no target */
    part = member(drop, "link");
    assert_string_equal(member(part, "kind")->valuestring, "closed_form");
    assert_number(part, "largest_relative_std_error", 0.0);
    part = member(drop, "monte_carlo");
    assert_vector(member(part, "rate_bit_s_hz"), mc_rate, K, 1);
    assert_vector(member(part, "rate_std_error_bit_s_hz"), mc_error, K, 1);
    assert_number(part, "sum_rate_bit_s_hz", 3.2);
    assert_number(part, "sum_rate_std_error_bit_s_hz", 0.1);
    assert_vector(member(part, "crlb_own_echo_std_error_rad2"), mc_nan, L, 1);
    assert_vector(member(part, "crlb_own_echo_block_mean_rad2"), mc_bound, L, 1);
    assert_vector(member(part, "crlb_own_echo_block_mean_std_error_rad2"), mc_mean_error, L, 1);
    assert_vector(member(part, "crlb_multistatic_rad2"), mc_nan, L, 1);
    part = member(drop, "allocation");
    assert_string_equal(member(part, "status")->valuestring, "converged");
    assert_number(part, "iterations", 2.0);
    assert_number(part, "sum_rate_bit_s_hz", 3.2500000000000004);
    assert_string_equal(member(member(part, "objective"), "name")->valuestring, "sum_rate");
    assert_string_equal(member(member(part, "objective"), "unit")->valuestring, "bit/s/Hz");
    assert_number(member(part, "objective"), "value", 3.2500000000000004);
    assert_number(member(part, "objective"), "spread", 0.125);
    assert_vector(member(member(part, "objective"), "trace"), trace, 3, 1);
    assert_rows(member(part, "powers_w"), p_w);
    assert_vector(member(part, "sensing_powers_w"), s_w, L, 1);
    fill_factors(f, xi, gamma_w);
    assert_rows(member(part, "gamma"), gamma_w);
    assert_rows(member(part, "eta"), eta);
    assert_vector(member(part, "ap_power_w"), ap_power, L, 1);
    assert_true(!cJSON_HasObjectItem(part, "solve_seconds"));
    cJSON_Delete(json);
}

static void drops_without_result_carry_null_powers_and_their_reason(void **state)
{
    fixture *f = *state;
    cJSON *json = parsed(report_write_json, &f->results);

    for (int i = 1; i < DROPS; i++) {
        const cJSON *drop = cJSON_GetArrayItem(member(json, "drops"), i), *part = member(drop, "allocation");

        assert_true(cJSON_IsNull(member(drop, "closed_form")) && cJSON_IsNull(member(drop, "monte_carlo")));
        assert_true(cJSON_IsNull(member(part, "gamma")) && cJSON_IsNull(member(part, "eta")));
        assert_true(cJSON_IsNull(member(part, "powers_w")) && cJSON_IsNull(member(part, "sensing_powers_w")));
        assert_true(cJSON_IsNull(member(part, "sum_rate_bit_s_hz")));
        if (i == 1) {
            assert_number(part, "least_threshold_factor_db", 10.0);
        } else {
            assert_string_equal(member(drop, "failure")->valuestring, "it \"broke\"");
        }
    }
    cJSON_Delete(json);
}

static void summary_counts_every_status_and_takes_means_over_good_drops(void **state)
{
    fixture *f = *state;
    cJSON *json = parsed(report_write_json, &f->results);
    const cJSON *summary = member(json, "summary"), *rate = member(summary, "sum_rate_bit_s_hz");

    assert_number(summary, "drops", 3.0);
    assert_number(summary, "infeasible", 1.0);
    assert_number(summary, "failed", 1.0);
    assert_number(rate, "count", 1.0);
    assert_number(rate, "mean", 3.2500000000000004);
    assert_true(cJSON_IsNull(member(rate, "std_error")));
    assert_close(member(summary, "sum_rate_z_rms")->valuedouble, 0.5, 1e-12); /* (3.2 - 3.25) / 0.1 */
    cJSON_Delete(json);
}

static void embedded_scenario_is_the_resolved_one(void **state)
{
    fixture *f = *state;
    cJSON *json = parsed(report_write_json, &f->results);
    cJSON *scenario = cJSON_Parse(scenario_resolved_json(f->scenario));

    assert_true(cJSON_Compare(member(json, "scenario"), scenario, 1));
    assert_string_equal(member(member(json, "provenance"), "scenario_sha256")->valuestring,
                        scenario_sha256(f->scenario));
    cJSON_Delete(scenario);
    cJSON_Delete(json);
}

static void timing_adds_the_solve_time_and_nothing_else(void **state)
{
    fixture *f = *state;
    cfi_results timed = f->results;
    cJSON *plain = parsed(report_write_json, &f->results), *json;

    timed.solve_seconds = true;
    json = parsed(report_write_json, &timed);
    for (int i = 0; i < DROPS; i++) {
        cJSON *part = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(member(json, "drops"), i), "allocation");

        assert_number(part, "solve_seconds", f->record[i].allocation.solve_seconds);
        cJSON_DeleteItemFromObjectCaseSensitive(part, "solve_seconds");
    }
    assert_true(cJSON_Compare(plain, json, 1));
    cJSON_Delete(plain);
    cJSON_Delete(json);
}

static void replay_is_the_drop_with_its_network(void **state)
{
    fixture *f = *state;
    cfi_results one = {.scenario = f->scenario, .record = f->record, .count = 1};
    cJSON *json = parsed(report_write_json, &f->results), *replay = parsed(report_write_replay, &one);
    cJSON *network = cJSON_DetachItemFromObjectCaseSensitive(replay, "network");
    double xi[K * L], gamma_w[K * L];

    assert_true(cJSON_Compare(cJSON_GetArrayItem(member(json, "drops"), 0), replay, 1));
    assert_rows(member(network, "gain"), beta);
    fill_factors(f, xi, gamma_w);
    assert_rows(member(network, "xi"), xi);
    assert_vector(cJSON_GetArrayItem(member(network, "ap_positions_m"), 1), ap_position + 2, 2, 1);
    assert_vector(cJSON_GetArrayItem(member(network, "ue_positions_m"), 0), ue_position, 2, 1);
    assert_int_equal(cJSON_GetArrayItem(member(network, "pilots"), 0)->valueint, 1);
    assert_close(cJSON_GetArrayItem(member(network, "angles_deg"), 0)->valuedouble, 0.5 * 180.0 / M_PI, 1e-15);
    cJSON_Delete(network);
    cJSON_Delete(replay);
    cJSON_Delete(json);
}

static void strings_are_escaped_and_repaired(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    json_writer json = json_make(stream);

    (void)state;
    json_open(&json, NULL, '[');
    json_text(&json, NULL, "a\"b\\c\n\x01");
    json_text(&json, NULL, "\xc3\xa9 \xff \xc0\xaf \xed\xa0\x80 \xf0\x9f\x98\x80 \xe2\x82");
    json_close(&json, ']');
    fclose(stream);
    assert_string_equal(text, "[\n  \"a\\\"b\\\\c\\n\\u0001\",\n"
                              "  \"\xc3\xa9 \\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd \xf0\x9f\x98\x80 "
                              "\\ufffd\\ufffd\"\n]\n");
    free(text);
}

/* -------------------------------------------------------------------------------------- CSV ---- */

static size_t commas(const char *line)
{
    size_t count = 0;

    for (; *line && *line != '\n'; line++) {
        count += *line == ',';
    }
    return count;
}

/* The text of a column in a row (0: header). */
static void field_of_row(const char *csv, const char *column, size_t row, char out[64])
{
    size_t index = 0;
    const char *c = csv;
    size_t length = strlen(column);

    while (strncmp(c, column, length) != 0 || (c[length] != ',' && c[length] != '\n')) {
        c = strpbrk(c, ",\n");
        assert_true(c && *c == ',');
        c++;
        index++;
    }
    for (c = csv; row > 0; row--) {
        c = strchr(c, '\n') + 1;
    }
    for (; index > 0; index--) {
        c = strchr(c, ',') + 1;
    }
    length = strcspn(c, ",\n");
    assert_true(length < 64);
    memcpy(out, c, length);
    out[length] = '\0';
}

static void every_csv_row_has_the_columns_of_its_header(void **state)
{
    fixture *f = *state;
    writer all[] = {report_write_csv, report_write_summary_csv};

    for (size_t i = 0; i < 2; i++) {
        char *csv = written(all[i], &f->results);
        size_t expected = commas(csv), rows = 0;

        assert_true(expected >= 7 && csv[0] != '#');
        for (const char *line = csv; *line; line = strchr(line, '\n') + 1, rows++) {
            assert_int_equal(commas(line), expected);
        }
        assert_true(i == 0 ? rows == 1 + DROPS : rows > 5);
        free(csv);
    }
}

static void csv_numbers_read_back_and_absent_ones_are_nan(void **state)
{
    fixture *f = *state;
    char *csv = written(report_write_csv, &f->results), text[64];

    field_of_row(csv, "sum_rate_bit_s_hz", 1, text);
    assert_true(strtod(text, NULL) == 3.2500000000000004);
    field_of_row(csv, "total_power_w", 1, text);
    assert_close(strtod(text, NULL), 20e-4, 1e-15);
    field_of_row(csv, "sensing_power_share", 1, text); /* N * 3e-4 of 20e-4 */
    assert_close(strtod(text, NULL), 0.6, 1e-14);
    field_of_row(csv, "worst_crlb_rad2", 1, text);
    assert_string_equal(text, "inf");
    field_of_row(csv, "sum_rate_heuristic_bit_s_hz", 1, text);
    assert_string_equal(text, "nan");
    field_of_row(csv, "status", 2, text);
    assert_string_equal(text, "infeasible");
    field_of_row(csv, "sum_rate_bit_s_hz", 2, text);
    assert_string_equal(text, "nan");
    field_of_row(csv, "stop_reason", 3, text);
    assert_string_equal(text, "none");
    free(csv);
}

/* Beside the new ones, for one version. */
static void names_of_the_first_version_are_still_written(void **state)
{
    fixture *f = *state;
    cJSON *json = parsed(report_write_json, &f->results);
    const cJSON *drop = cJSON_GetArrayItem(member(json, "drops"), 0), *part = member(drop, "monte_carlo");
    char *csv = written(report_write_csv, &f->results), *steps = written(report_write_trace_csv, &f->results), text[64];

    assert_vector(member(part, "rate_std_error"), mc_error, K, 1);
    assert_number(part, "sum_rate_std_error", 0.1);
    assert_vector(member(part, "crlb_own_echo_std_error"), mc_nan, L, 1);
    assert_vector(member(part, "crlb_multistatic_std_error"), mc_nan, L, 1);
    part = member(drop, "allocation");
    assert_number(part, "spread_bit_s_hz", 0.125);
    assert_vector(member(part, "trace_bit_s_hz"), trace, 3, 1);
    field_of_row(csv, "spread_bit_s_hz", 1, text);
    assert_string_equal(text, "0.125");
    field_of_row(steps, "sum_rate_bit_s_hz", 2, text);
    assert_string_equal(text, "3");
    free(csv);
    free(steps);
    cJSON_Delete(json);
}

static void table_fits_80_columns_and_needs_no_colour(void **state)
{
    fixture *f = *state;
    char *table = written(report_write_table, &f->results);

    for (const char *line = table; *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 80);
    }
    assert_null(strchr(table, '\033'));
    assert_non_null(strstr(table, "infeasible"));
    assert_non_null(strstr(table, "1 converged, 1 infeasible, 1 failed"));
    free(table);
}

/* ---------------------------------------------------------------------------------- verdict ---- */

static void verdict_names_the_failed_drop(void **state)
{
    fixture *f = *state;
    cfi_error error;

    assert_int_equal(report_verdict(&f->results, &error), CFI_FAILED);
    assert_string_equal(error.text, "drop 2 failed: it \"broke\"");
    f->results.count = 2;
    assert_int_equal(report_verdict(&f->results, &error), CFI_OK);
}

/* Two solvers that end apart are a failure that names the drop, both solvers and where they end. */
static void verdict_names_the_drop_whose_two_allocations_differ(void **state)
{
    fixture *f = *state;
    cfi_error error = {.text = ""};

    f->results.count = 1;
    f->results.check = true;
    f->record[0].allocation.solver = "structured";
    f->record[0].check = (cfi_check){.available = true,
                                     .solver = "socp",
                                     .status = CFI_ALLOC_CONVERGED,
                                     .sum_rate_bit_s_hz = 3.25,
                                     .objective_value = 3.25,
                                     .relative_difference = 0.9e-6};
    assert_int_equal(report_verdict(&f->results, &error), CFI_OK);
    f->record[0].check.relative_difference = 1.1e-6;
    assert_int_equal(report_verdict(&f->results, &error), CFI_FAILED);
    assert_string_equal(error.text,
                        "drop 0: solver structured ends at 3.25 bit/s/Hz, socp at 3.25 (converged), a relative "
                        "difference of 1.1e-06 (allowed: 1e-06)");
    f->record[0].check.relative_difference = NAN;
    assert_int_equal(report_verdict(&f->results, &error), CFI_FAILED);
    f->record[0].check.available = false;
    assert_int_equal(report_verdict(&f->results, &error), CFI_OK);
}

static void verdict_rounds_the_least_feasible_threshold_up(void **state)
{
    fixture *f = *state;
    cfi_error error;

    f->results.record = f->record + 1;
    f->results.count = 1;
    f->record[1].allocation.least_threshold_factor = pow(10.0, 0.123401 / 10.0); /* the threshold is -5 dB */
    assert_int_equal(report_verdict(&f->results, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text, "infeasible: least feasible threshold -4.8765 dB");
    f->record[2] = f->record[1];
    f->record[2].index = 2;
    f->record[2].allocation.least_threshold_factor = 10.0;
    f->results.count = 2;
    assert_int_equal(report_verdict(&f->results, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text, "all 2 drops are infeasible: least feasible threshold -4.8765 dB (for drop 1); "
                                    "5.0001 dB serves all drops");
}

static void note_line(void *context, const char *line)
{
    char *all = context;

    assert_null(strchr(line, '\n'));
    strncat(all, line, 4000 - strlen(all));
    strncat(all, "|", 4000 - strlen(all));
}

static void warnings_tell_what_is_infeasible_infinite_and_unfinished(void **state)
{
    fixture *f = *state;
    char all[4001] = "";

    report_warnings(&f->results, note_line, all);
    assert_non_null(strstr(all, "1 of 3 drops is infeasible"));
    assert_non_null(strstr(all, "1 of 3 drops: an access point has no sensing information"));
    assert_null(strstr(all, "finished"));
    f->record[0].allocation.status = CFI_ALLOC_ITERATION_LIMIT;
    f->results.count = 2;
    all[0] = '\0';
    report_warnings(&f->results, note_line, all);
    assert_non_null(strstr(all, "only 2 of 3 drops are finished"));
    assert_non_null(strstr(all, "1 of 2 drops: the allocation stopped at allocation.max_iterations (200)"));
}

/* ------------------------------------------------------------------------------------ files ---- */

static char *file_text(const char *directory, const char *name)
{
    char path[160], *text = calloc(1, 1 << 20);
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    stream = fopen(path, "r");
    assert_non_null(stream);
    assert_true(fread(text, 1, (1 << 20) - 1, stream) > 0);
    fclose(stream);
    return text;
}

static void files_hold_what_the_writers_write(void **state)
{
    fixture *f = *state;
    cfi_timing timing = {.wall_seconds = 1.5, .threads = 2, .command_line = "cfisac run 'a \"b\"'"};
    char *text, *expected;
    cJSON *json;

    f->results.timing = &timing;
    assert_int_equal(report_write_directory(&f->results, f->directory, NULL), CFI_OK);
    assert_int_equal(report_write_directory(&f->results, f->directory, NULL), CFI_OK); /* replaced */
    text = file_text(f->directory, "results.json");
    expected = written(report_write_json, &f->results);
    assert_string_equal(text, expected);
    free(text);
    free(expected);
    text = file_text(f->directory, "timing.json");
    json = cJSON_Parse(text);
    assert_number(json, "wall_seconds", 1.5);
    assert_string_equal(member(json, "command_line")->valuestring, timing.command_line);
    cJSON_Delete(json);
    free(text);
}

static void a_failed_write_names_the_path_and_leaves_the_old_files(void **state)
{
    fixture *f = *state;
    cfi_timing timing = {.threads = 1, .command_line = ""};
    cfi_error error;
    char *before, *after, blocked[128], below[160];

    f->results.timing = &timing;
    assert_int_equal(report_write_directory(&f->results, f->directory, NULL), CFI_OK);
    before = file_text(f->directory, "results.json");
    snprintf(blocked, sizeof blocked, "%s/drops.csv", f->directory); /* a file where a directory should be */
    snprintf(below, sizeof below, "%s/deeper", blocked);
    assert_int_equal(report_write_directory(&f->results, blocked, &error), CFI_OUTPUT);
    assert_non_null(strstr(error.text, blocked));
    assert_int_equal(replace_prepare_directory(below, &error), CFI_OUTPUT);
    assert_non_null(strstr(error.text, below));
    after = file_text(f->directory, "results.json");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void a_failed_replacement_leaves_no_temporary_file(void **state)
{
    fixture *f = *state;
    cfi_timing timing = {.threads = 1, .command_line = ""};
    cfi_error error;
    char path[128];

    f->results.timing = &timing;
    snprintf(path, sizeof path, "%s/results.json", f->directory); /* no file can be renamed over a directory */
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(report_write_directory(&f->results, f->directory, &error), CFI_OUTPUT);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(f->directory), 0); /* hence empty */
}

static void a_full_stream_is_an_output_error(void **state)
{
    fixture *f = *state;
    cfi_timing timing = {.threads = 1, .command_line = ""};
    writer all[32] = {report_write_table, report_write_replay};
    size_t count = 2;

    f->results.timing = &timing;
    for (size_t i = 0; i < report_format_count; i++) {
        assert_true(count < sizeof all / sizeof *all && report_formats[i].write);
        all[count++] = report_formats[i].write;
    }
    assert_true(count >= 10);
    for (size_t i = 0; i < count; i++) {
        FILE *full = fopen("/dev/full", "w");
        cfi_error error;

        assert_non_null(full);
        assert_int_equal(all[i](&f->results, full, &error), CFI_OUTPUT);
        assert_true(error.status == CFI_OUTPUT && *error.text);
        fclose(full);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_formatted_number_reads_back_exactly_and_is_short),
        cmocka_unit_test(statistics_agree_with_a_case_by_hand),
        cmocka_unit_test(statistics_of_too_few_values_are_nan),
        cmocka_unit_test(strings_are_escaped_and_repaired),
        TEST(results_json_reads_back_to_the_record),
        TEST(names_of_the_first_version_are_still_written),
        TEST(drops_without_result_carry_null_powers_and_their_reason),
        TEST(summary_counts_every_status_and_takes_means_over_good_drops),
        TEST(embedded_scenario_is_the_resolved_one),
        TEST(timing_adds_the_solve_time_and_nothing_else),
        TEST(replay_is_the_drop_with_its_network),
        TEST(every_csv_row_has_the_columns_of_its_header),
        TEST(csv_numbers_read_back_and_absent_ones_are_nan),
        TEST(table_fits_80_columns_and_needs_no_colour),
        TEST(verdict_names_the_failed_drop),
        TEST(verdict_names_the_drop_whose_two_allocations_differ),
        TEST(verdict_rounds_the_least_feasible_threshold_up),
        TEST(warnings_tell_what_is_infeasible_infinite_and_unfinished),
        TEST(files_hold_what_the_writers_write),
        TEST(a_failed_write_names_the_path_and_leaves_the_old_files),
        TEST(a_failed_replacement_leaves_no_temporary_file),
        TEST(a_full_stream_is_an_output_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
