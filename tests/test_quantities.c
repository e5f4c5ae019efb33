/* The numbers of a drop by hand: those of drops.csv under either rate and bound, and the rows of aps.csv and ues.csv.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "report/cell.h"
#include "report/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { L = 2, K = 2, N = 4 };

static double theorem1[K] = {1.5, 0.75}, exact[K] = {1.25, 2.0}, own[L] = {0.1, 0.02}, all_echoes[L] = {0.05, 0.07};
static double mc_rate[K] = {1.125, 1.875}, mc_error[K] = {0.0625, 0.03125}, mc_own[L] = {0.11, 0.021};
static double mc_own_error[L] = {0.001, 0.002}, mc_all[L] = {0.051, 0.071}, mc_all_error[L] = {0.003, 0.004};
static double noncoherent[L] = {0.06, 0.08}, mc_noncoherent[L] = {0.061, 0.081},
              mc_noncoherent_error[L] = {0.005, 0.006}, turn[2 * L] = {1e-2, 0.0, 0.0, 1e-2};
static double angle_rmse[L] = {0.3, 0.2}, angle_rmse_error[L] = {0.03, 0.02};
static double echo_snr[L] = {3.0, 0.5}, detected[L] = {0.25, 0.0625}, mc_detected[L] = {0.26, 0.07},
              mc_detected_error[L] = {0.04, 0.03};
static double p_w[K * L] = {0.5e-4, 1.5e-4, 2e-4, 4e-4}, s_w[L] = {8e-4, 4e-4};
static double power[L] = {6e-4, 14e-4}, angle[L] = {0.5, -0.25}, threshold[L] = {0.25, 0.25};
static double ap_position[2 * L] = {1.0, 2.0, 3.0, 4.0}, ue_position[2 * K] = {9.0, 8.0, 7.0, 6.0};
static size_t pilot[K] = {1, 0};

static cfi_system system_of_two = {.L = L, .K = K, .N = N, .sensing.crlb_threshold_rad2 = threshold};
static cfi_network network = {.system = &system_of_two,
                              .L = L,
                              .K = K,
                              .ap_position_m = ap_position,
                              .ue_position_m = ue_position,
                              .pilot = pilot,
                              .angle_rad = angle};

static cfi_record good_record(void)
{
    cfi_record record = {.index = 7, .status = CFI_DROP_OK, .L = L, .K = K, .N = N, .network = &network};

    system_of_two.rate_model = CFI_RATE_EXACT;
    system_of_two.sensing.crlb_model = CFI_CRLB_OWN_ECHO;
    threshold[1] = threshold[0];
    record.closed_form = (cfi_closed_form){.rate_theorem1_bit_s_hz = theorem1,
                                           .rate_exact_bit_s_hz = exact,
                                           .sum_rate_theorem1_bit_s_hz = 2.25,
                                           .sum_rate_exact_bit_s_hz = 3.25,
                                           .crlb_own_echo_rad2 = own,
                                           .crlb_multistatic_rad2 = all_echoes,
                                           .crlb_noncoherent_rad2 = noncoherent,
                                           .echo_snr = echo_snr,
                                           .detection_probability = detected,
                                           .detection_probability_fused = NAN};
    record.has_monte_carlo = true;
    record.monte_carlo = (cfi_monte_carlo){.realizations = 100,
                                           .rate_bit_s_hz = mc_rate,
                                           .rate_std_error = mc_error,
                                           .sum_rate_bit_s_hz = 3.0,
                                           .sum_rate_std_error = 0.125,
                                           .crlb_own_echo_rad2 = mc_own,
                                           .crlb_own_echo_std_error = mc_own_error,
                                           .crlb_multistatic_rad2 = mc_all,
                                           .crlb_multistatic_std_error = mc_all_error,
                                           .crlb_noncoherent_rad2 = mc_noncoherent,
                                           .crlb_noncoherent_std_error = mc_noncoherent_error,
                                           .angle_rmse_rad = angle_rmse,
                                           .angle_rmse_std_error_rad = angle_rmse_error,
                                           .detection_probability = mc_detected,
                                           .detection_probability_std_error = mc_detected_error};
    record.allocation = (cfi_allocation){
        .method = CFI_METHOD_SCA,
        .status = CFI_ALLOC_CONVERGED,
        .iterations = 9,
        .starts = 3,
        .objective = {.name = "sum_rate", .unit = "bit/s/Hz", .value = 3.5, .dual_value = 3.625, .spread = 0.5},
        .sum_rate_bit_s_hz = 3.5,
        .powers = {p_w, s_w},
        .ap_power_w = power,
        .max_constraint_violation = 1e-3,
        .least_threshold_factor = 0.1};
    record.equal = (cfi_reference){true, 2.5, 0.0, 0.2};
    record.heuristic = (cfi_reference){true, 2.75, 0.0, 0.2};
    return record;
}

/* Of a run in a bandwidth (MHz; 0: unknown). NaN: absent. */
static void assert_quantity_in(double bandwidth_mhz, const cfi_record *record, const char *name, double expected)
{
    char column[FIELD_NAME_LENGTH] = "";
    field_column at = {.bandwidth_mhz = bandwidth_mhz};
    double got;

    while (strcmp(column, name) != 0) {
        assert_true(field_next(&at, FIELD_NUMBER, FIELD_TABLE));
        field_column_name(at, column);
    }
    got = field_number(at, record, 0, FIELD_TABLE);
    if (!(fabs(got - expected) <= 1e-14 * fabs(expected)) && !(isnan(got) && isnan(expected))) {
        fail_msg("%s is %.17g, not %.17g", name, got, expected);
    }
}

static void assert_quantity(const cfi_record *record, const char *name, double expected)
{
    assert_quantity_in(0.0, record, name, expected);
}

static void every_quantity_of_a_good_drop_is_what_it_says(void **state)
{
    cfi_record record = good_record();

    (void)state;
    assert_quantity(&record, "sum_rate_bit_s_hz", 3.5);
    assert_quantity(&record, "sum_rate_theorem1_bit_s_hz", 2.25);
    assert_quantity(&record, "sum_rate_exact_bit_s_hz", 3.25);
    assert_quantity(&record, "sum_rate_monte_carlo_bit_s_hz", 3.0);
    assert_quantity(&record, "sum_rate_std_error_bit_s_hz", 0.125);
    assert_quantity(&record, "sum_rate_z", -2.0); /* against the exact form: (3 - 3.25) / 0.125 */
    assert_quantity(&record, "sum_rate_equal_bit_s_hz", 2.5);
    assert_quantity(&record, "sum_rate_heuristic_bit_s_hz", 2.75);
    assert_quantity(&record, "least_user_rate_bit_s_hz", 1.25);
    assert_quantity(&record, "worst_crlb_rad2", 0.1);
    assert_quantity(&record, "worst_crlb_db", -10.0);
    assert_quantity(&record, "total_power_w", 20e-4);
    assert_quantity(&record, "total_power_dbm", 10.0 * log10(20e-4) + 30.0);
    assert_quantity(&record, "user_rate_p05_bit_s_hz", 1.2875); /* 1.25 + 0.05 (2 - 1.25) */
    assert_quantity(&record, "user_rate_p50_bit_s_hz", 1.625);
    assert_quantity(&record, "users_without_rate", 0.0);
    assert_quantity(&record, "sensing_power_share", 0.6); /* 12e-4 of 20e-4 */
    assert_quantity(&record, "iterations", 9.0);
    assert_quantity(&record, "starts", 3.0);
    assert_quantity(&record, "objective_value", 3.5);
    assert_quantity(&record, "objective_dual_value", 3.625);
    assert_quantity(&record, "objective_spread", 0.5);
    assert_quantity(&record, "spread_bit_s_hz", 0.5); /* its name in 0.1.0 */
    assert_quantity(&record, "max_constraint_violation", 1e-3);
    assert_quantity(&record, "least_threshold_factor_db", -10.0);
    assert_quantity(&record, "least_feasible_threshold_db", 10.0 * log10(0.25) - 10.0);
    assert_quantity(&record, "realizations", 100.0);
}

static void position_error_bounds_are_those_of_a_target(void **state)
{
    const cfi_link with_target = {.kind = "closed_form", .L = L, .K = K, .turn = turn};
    cfi_record record = good_record();

    (void)state;
    record.closed_form.position = (cfi_position_bounds){4.0, 3.0, 2.0};
    assert_quantity(&record, "position_error_bound_own_echo_m", NAN); /* no target */
    record.link = &with_target;
    assert_quantity(&record, "position_error_bound_own_echo_m", 4.0);
    assert_quantity(&record, "position_error_bound_noncoherent_m", 3.0);
    assert_quantity(&record, "position_error_bound_multistatic_m", 2.0);
    record.monte_carlo.position = (cfi_position_bounds){4.5, 3.5, 2.5};
    record.monte_carlo.position_std_error = (cfi_position_bounds){0.4, 0.3, 0.2};
    assert_quantity(&record, "position_error_bound_own_echo_monte_carlo_m", 4.5);
    assert_quantity(&record, "position_error_bound_own_echo_std_error_m", 0.4);
    assert_quantity(&record, "position_error_bound_noncoherent_monte_carlo_m", 3.5);
    assert_quantity(&record, "position_error_bound_noncoherent_std_error_m", 0.3);
    assert_quantity(&record, "position_error_bound_multistatic_monte_carlo_m", 2.5);
    assert_quantity(&record, "position_error_bound_multistatic_std_error_m", 0.2);
    record.status = CFI_DROP_INFEASIBLE;
    assert_quantity(&record, "position_error_bound_own_echo_m", NAN);
}

static void a_known_bandwidth_tells_every_rate_in_mbit_s_too(void **state)
{
    cfi_record record = good_record();
    size_t rates = 0, others = 0;

    (void)state;
    assert_quantity_in(20.0, &record, "sum_rate_mbit_s", 70.0);
    assert_quantity_in(20.0, &record, "sum_rate_theorem1_mbit_s", 45.0);
    assert_quantity_in(20.0, &record, "sum_rate_exact_mbit_s", 65.0);
    assert_quantity_in(20.0, &record, "sum_rate_monte_carlo_mbit_s", 60.0);
    assert_quantity_in(20.0, &record, "sum_rate_std_error_mbit_s", 2.5);
    assert_quantity_in(20.0, &record, "sum_rate_equal_mbit_s", 50.0);
    assert_quantity_in(20.0, &record, "sum_rate_heuristic_mbit_s", 55.0);
    assert_quantity_in(0.5, &record, "least_user_rate_mbit_s", 0.625);
    assert_quantity_in(20.0, &record, "user_rate_p50_mbit_s", 32.5);
    assert_quantity_in(20.0, &record, "user_rate_p95_mbit_s", 39.25); /* 0.95 of the way from 1.25 to 2 */
    assert_quantity_in(20.0, &record, "sum_rate_bit_s_hz", 3.5);
    assert_quantity_in(20.0, &record, "worst_crlb_db", -10.0);
    for (field_column at = {.bandwidth_mhz = 20.0}; field_next(&at, FIELD_ANY, FIELD_JSON | FIELD_TABLE);) {
        rates += at.times_mhz;
        others += !at.times_mhz;
    }
    /* 6 sums, the weakest user, three quantiles, 3 of each user, and 2 errors, in JSON or in tables */
    assert_int_equal(rates, 15);
    assert_true(others > 50);
    for (field_column at = {.field = NULL}; field_next(&at, FIELD_ANY, FIELD_JSON | FIELD_TABLE); others--) {
        assert_false(at.times_mhz);
    }
    assert_int_equal(others, 0);
}

static void small_rates_keep_their_digits_in_the_table(void **state)
{
    static const struct {
        double rate;
        int decimals;
        const char *text;
    } cases[] = {{3e-7, 3, "3.0e-07"}, {0.00994, 3, "9.9e-03"}, {0.01, 3, "0.010"},         {19.35, 3, "19.350"},
                 {0.0, 3, "0.000"},    {-2e-5, 4, "-2.0e-05"},  {0.00123, 4, "0.0012"},     {NAN, 3, "-"},
                 {INFINITY, 3, "inf"}, {1e-300, 4, "1.0e-300"}, {1234567.0, 3, "1.235e+06"}};
    char text[CELL_LENGTH];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cell_small(text, cases[i].rate, cases[i].decimals, CELL_LENGTH);
        assert_string_equal(text, cases[i].text);
    }
    cell_number(text, 3e-7, 3, CELL_LENGTH); /* a bound at its threshold of 0 dB, but for rounding, is 0 */
    assert_string_equal(text, "0.000");
}

static void the_model_of_the_scenario_chooses_rate_and_bound(void **state)
{
    cfi_record record = good_record();

    (void)state;
    system_of_two.rate_model = CFI_RATE_THEOREM1;
    system_of_two.sensing.crlb_model = CFI_CRLB_MULTISTATIC;
    assert_quantity(&record, "least_user_rate_bit_s_hz", 0.75);
    assert_quantity(&record, "user_rate_p50_bit_s_hz", 1.125);
    assert_quantity(&record, "worst_crlb_rad2", 0.07);
    assert_quantity(&record, "sum_rate_z", -2.0); /* whatever is optimised */
}

static void quantities_that_a_drop_does_not_have_are_absent(void **state)
{
    cfi_record record = good_record();
    int absent = 0;

    (void)state;
    record.monte_carlo.sum_rate_std_error = 0.0; /* no distance in standard errors of 0 */
    assert_quantity(&record, "sum_rate_z", NAN);
    record.has_monte_carlo = false;
    assert_quantity(&record, "sum_rate_monte_carlo_bit_s_hz", NAN);
    assert_quantity(&record, "realizations", NAN);
    record.heuristic.available = false;
    assert_quantity(&record, "sum_rate_heuristic_bit_s_hz", NAN);
    threshold[1] = 0.5; /* thresholds that differ have no single value */
    assert_quantity(&record, "least_feasible_threshold_db", NAN);
    assert_quantity(&record, "least_threshold_factor_db", -10.0);
    record = good_record();
    record.allocation.least_threshold_factor = 0.0; /* failed before it was known */
    assert_quantity(&record, "least_threshold_factor_db", NAN);
    record = good_record();
    record.equal.available = record.heuristic.available = false;
    for (int status = CFI_DROP_INFEASIBLE; status <= CFI_DROP_FAILED; status++) {
        record.status = (cfi_drop_status)status;
        for (field_column at = {.field = NULL}; field_next(&at, FIELD_NUMBER, FIELD_TABLE);) {
            if (!strstr(at.field->name, "threshold")) {
                assert_true(isnan(field_number(at, &record, 0, FIELD_TABLE)));
                absent++;
            }
        }
        assert_true(absent >= 18 * (status == CFI_DROP_INFEASIBLE ? 1 : 2));
        assert_quantity(&record, "least_threshold_factor_db", -10.0);
    }
}

/* No two members of an object, and no two columns of a table, have one name; and every one has a unit or none. */
static void detection_is_described_over_access_points(void **state)
{
    cfi_record record = good_record();

    (void)state;
    assert_quantity(&record, "least_detection_probability", 0.0625);
    assert_quantity(&record, "mean_detection_probability", 0.15625);
    assert_quantity(&record, "detection_probability_fused", NAN);
    system_of_two.sensing.detection_threshold = 0.5;
    record.closed_form.detection_probability_fused = 0.75;
    record.monte_carlo.detection_probability_fused = 0.7;
    record.monte_carlo.detection_probability_fused_std_error = 0.0625;
    record.monte_carlo.false_alarm_probability_fused = 0.03;
    record.monte_carlo.false_alarm_probability_fused_std_error = 0.015625;
    assert_quantity(&record, "detection_probability_fused", 0.75);
    assert_quantity(&record, "detection_probability_fused_monte_carlo", 0.7);
    assert_quantity(&record, "detection_probability_fused_std_error", 0.0625);
    assert_quantity(&record, "false_alarm_probability_fused_monte_carlo", 0.03);
    assert_quantity(&record, "false_alarm_probability_fused_std_error", 0.015625);
    record.status = CFI_DROP_INFEASIBLE;
    assert_quantity(&record, "least_detection_probability", NAN);
    assert_quantity(&record, "mean_detection_probability", NAN);
    assert_quantity(&record, "detection_probability_fused", NAN);
    system_of_two.sensing.detection_threshold = 0.0;
}

static void every_field_has_a_name_of_its_own(void **state)
{
    const unsigned shapes[] = {FIELD_TEXT | FIELD_NUMBER, FIELD_USERS, FIELD_APS, FIELD_STEPS};
    char name[FIELD_NAME_LENGTH], other[FIELD_NAME_LENGTH];
    size_t members = 0, columns = 0;

    (void)state;
    for (field_column a = {.field = NULL}; field_next(&a, FIELD_ANY, FIELD_JSON); members++) {
        field_key(a, name);
        for (field_column b = a; field_next(&b, FIELD_ANY, FIELD_JSON);) {
            field_key(b, other);
            assert_true(a.field->group != b.field->group || strcmp(name, other) != 0);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        for (field_column a = {.field = NULL}; field_next(&a, shapes[i], FIELD_TABLE); columns++) {
            field_column_name(a, name);
            for (field_column b = a; field_next(&b, shapes[i], FIELD_TABLE);) {
                field_column_name(b, other);
                assert_string_not_equal(name, other);
            }
        }
    }
    assert_true(members > 40 && columns > 40);
}

/* ------------------------------------------------------------------------- the long tables ---- */

typedef cfi_status (*writer)(const cfi_results *results, FILE *stream, cfi_error *error);

/* The numbers of line `row` (1: the first below the header) of what is written for one record of a scenario. */
static size_t numbers_of(const char *scenario, writer write, cfi_record *record, size_t row, double *number)
{
    cfi_scenario *made;
    cfi_results results = {.record = record, .count = 1};
    char *text = NULL, *at;
    size_t size, count = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(scenario_parse(scenario, strlen(scenario), "t.json", NULL, 0, &made, NULL), CFI_OK);
    results.scenario = made;
    assert_int_equal(write(&results, stream, NULL), CFI_OK);
    fclose(stream);
    at = text;
    for (size_t i = 0; i < row; i++) {
        at = strchr(at, '\n') + 1;
    }
    do {
        number[count++] = strtod(at, &at);
    } while (*at++ == ',');
    free(text);
    scenario_destroy(made);
    return count;
}

static void assert_row(const char *scenario, writer write, cfi_record *record, size_t row, const double *expected,
                       size_t count)
{
    double number[32];

    assert_int_equal(numbers_of(scenario, write, record, row, number), count);
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(number[i] - expected[i]) <= 1e-15 * fabs(expected[i])) &&
            !(isnan(number[i]) && isnan(expected[i]))) {
            fail_msg("row %zu, column %zu: %.17g, not %.17g", row, i, number[i], expected[i]);
        }
    }
}

static void rows_of_access_points_and_users_hold_their_own_numbers(void **state)
{
    cfi_record record = good_record();
    const double degrees = 180.0 / M_PI;
    const double ap[L][25] = {
        {7,     0,     1,     2,   0.5 * degrees, NAN,  NAN,   6e-4,  8e-4, 0.25, 0.1,  0.05, 0.11,
         0.001, 0.051, 0.003, 0.3, 0.03,          0.06, 0.061, 0.005, 3.0,  0.25, 0.26, 0.04},
        {7,     1,   3,    4,    -0.25 * degrees, NAN,   NAN, 14e-4,  4e-4, 0.25, 0.02, 0.07, 0.021, 0.002, 0.071,
         0.004, 0.2, 0.02, 0.08, 0.081,           0.006, 0.5, 0.0625, 0.07, 0.03}};
    const double ue[K][9] = {{7, 0, 9, 8, 1, 1.5, 1.25, 1.125, 0.0625}, {7, 1, 7, 6, 0, 0.75, 2, 1.875, 0.03125}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_row("{}", report_write_aps_csv, &record, i + 1, ap[i], 25);
        assert_row("{}", report_write_ues_csv, &record, i + 1, ue[i], 9);
    }
}

static void rows_of_users_have_mbit_s_where_the_bandwidth_is_known(void **state)
{
    cfi_record record = good_record();
    const double ue[K][13] = {{7, 0, 9, 8, 1, 1.5, 30, 1.25, 25, 1.125, 0.0625, 22.5, 1.25},
                              {7, 1, 7, 6, 0, 0.75, 15, 2, 40, 1.875, 0.03125, 37.5, 0.625}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_row("{\"power\": {\"bandwidth_mhz\": 20}}", report_write_ues_csv, &record, i + 1, ue[i], 13);
    }
}

static void rows_of_a_drop_without_powers_keep_the_network_alone(void **state)
{
    cfi_record record = good_record();
    double ap[25] = {7, 1, 3, 4, -0.25 * 180.0 / M_PI, NAN, NAN, 0.25};
    const double ue[9] = {7, 1, 7, 6, 0, NAN, NAN, NAN, NAN};

    (void)state;
    ap[9] = ap[7]; /* the threshold; behind positions, angle and the target's place, and powers */
    ap[7] = ap[8] = NAN;
    for (size_t i = 10; i < 25; i++) {
        ap[i] = NAN;
    }
    record.status = CFI_DROP_INFEASIBLE;
    assert_row("{}", report_write_aps_csv, &record, 2, ap, 25);
    assert_row("{}", report_write_ues_csv, &record, 2, ue, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_quantity_of_a_good_drop_is_what_it_says),
        cmocka_unit_test(position_error_bounds_are_those_of_a_target),
        cmocka_unit_test(a_known_bandwidth_tells_every_rate_in_mbit_s_too),
        cmocka_unit_test(small_rates_keep_their_digits_in_the_table),
        cmocka_unit_test(the_model_of_the_scenario_chooses_rate_and_bound),
        cmocka_unit_test(quantities_that_a_drop_does_not_have_are_absent),
        cmocka_unit_test(detection_is_described_over_access_points),
        cmocka_unit_test(every_field_has_a_name_of_its_own),
        cmocka_unit_test(rows_of_access_points_and_users_hold_their_own_numbers),
        cmocka_unit_test(rows_of_users_have_mbit_s_where_the_bandwidth_is_known),
        cmocka_unit_test(rows_of_a_drop_without_powers_keep_the_network_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
