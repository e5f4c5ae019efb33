/* What is told of objectives and of users: how their rates are distributed, whom the powers leave without, what an
 * objective reached and what is proved of it, and rate targets that cannot be met. Records by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"
#include "check.h"
#include "report/user_rates.h"
#include "sweep_lines.h"
#include "systems.h"
#include "written.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { L = 4, K = 4, DROPS = 3, MOST_USERS = 64 };

/* Drops of four access points and four users with rates 1, 2, 3 and 4, whose objective is the least of them. */
typedef struct made_drops {
    cfi_scenario *scenario;
    cfi_network network;
    cfi_link link;
    cfi_record record[DROPS];
    cfi_results results;
    double rate[DROPS][K], target[K], weight[K], bound[L], p[K * L], s[L], power[L], angle[L], gain[K * L];
} made_drops;

/* The system of a scenario that the test has to itself. */
static cfi_system *system_of(const made_drops *m)
{
    return (cfi_system *)scenario_system(m->scenario);
}

static cfi_record record_of(made_drops *m, uint32_t index)
{
    for (size_t k = 0; k < K; k++) {
        m->rate[index][k] = (double)(K - k);
    }
    return (cfi_record){
        .index = index,
        .status = CFI_DROP_OK,
        .L = L,
        .K = K,
        .N = 4,
        .network = &m->network,
        .link = &m->link,
        .closed_form = {.rate_theorem1_bit_s_hz = m->rate[index],
                        .rate_exact_bit_s_hz = m->rate[index],
                        .sum_rate_theorem1_bit_s_hz = 10.0,
                        .sum_rate_exact_bit_s_hz = 10.0,
                        .crlb_own_echo_rad2 = m->bound,
                        .crlb_multistatic_rad2 = m->bound,
                        .crlb_noncoherent_rad2 = m->bound},
        .allocation = {
            .method = CFI_METHOD_SCA,
            .status = CFI_ALLOC_OPTIMAL,
            .stop_reason = "tolerance",
            .iterations = 7,
            .starts = 1,
            .objective = {.name = "max_min_rate", .unit = "bit/s/Hz", .value = 1.0, .dual_value = 1.0 + 1e-9},
            .sum_rate_bit_s_hz = 10.0,
            .powers = {m->p, m->s},
            .ap_power_w = m->power,
            .solver = "structured"}};
}

static made_drops *make_drops(void)
{
    static const char text[] = "{\"network\": {\"aps\": 4, \"ues\": 4}, \"sensing\": {\"crlb_threshold_db\": null},"
                               " \"monte_carlo\": {\"drops\": 3, \"realizations\": 0}, \"sweep\": {\"seed\": [1, 2]}}";
    made_drops *m = calloc(1, sizeof *m);
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &m->scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    system_of(m)->allocation.objective = CFI_MAX_MIN_RATE;
    m->network = (cfi_network){.system = system_of(m), .L = L, .K = K, .beta = m->gain, .angle_rad = m->angle};
    m->link = (cfi_link){.kind = "closed_form", .L = L, .K = K, .origin = &m->network};
    for (size_t l = 0; l < L; l++) {
        m->bound[l] = 0.1;
        m->power[l] = 2.5e-4;
    }
    for (size_t i = 0; i < K * L; i++) {
        m->gain[i] = 1.0;
    }
    for (uint32_t i = 0; i < DROPS; i++) {
        m->record[i] = record_of(m, i);
    }
    m->results = (cfi_results){.scenario = m->scenario, .record = m->record, .count = DROPS};
    return m;
}

static void free_drops(made_drops *m)
{
    scenario_destroy(m->scenario);
    free(m);
}

static void make_infeasible(cfi_record *record, cfi_infeasibility because)
{
    record->status = CFI_DROP_INFEASIBLE;
    record->allocation.status = CFI_ALLOC_INFEASIBLE;
    record->allocation.because = because;
}

static const cfi_infeasibility ONE_USER = {CFI_CONSTRAINT_RATE, SIZE_MAX, 3, 1.25, false};
static const cfi_infeasibility ALL_USERS = {CFI_CONSTRAINT_RATE, SIZE_MAX, SIZE_MAX, 4.0, false};

/* The rate targets of the scenario: 2 for all but the last user. */
static void set_targets(made_drops *m, double last)
{
    for (size_t k = 0; k < K; k++) {
        m->target[k] = k + 1 < K ? 2.0 : last;
    }
    system_of(m)->allocation.rate_target_bit_s_hz = m->target;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("no \"%s\" in:\n%s", part, text);
    }
}

/* The same, however many spaces there are between words. */
static void assert_has_row(const char *text, const char *part)
{
    char *copy = calloc(1, strlen(text) + 1);

    for (size_t used = 0; *text; text++) {
        if (*text != ' ' || used == 0 || copy[used - 1] != ' ') {
            copy[used++] = *text;
        }
    }
    assert_has(copy, part);
    free(copy);
}

/* --------------------------------------------------------------------------- users' rates ---- */

static int compare_numbers(const void *first, const void *second)
{
    double a = *(const double *)first, b = *(const double *)second;

    return (a > b) - (a < b);
}

static double sorted_quantile(const double *sorted, size_t count, double share)
{
    double at = share * (double)(count - 1);
    size_t below = (size_t)at;

    return below + 1 < count ? sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below])
                             : sorted[below];
}

/* Against sorting; with ties, zeros and the smallest and largest numbers. */
static void quantiles_of_rates_are_those_of_sorted_ones(void **state)
{
    made_drops *m = make_drops();
    cfi_record *record = &m->record[0];
    double rate[MOST_USERS], sorted[MOST_USERS];
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_SHADOWING, 0);

    (void)state;
    record->closed_form.rate_exact_bit_s_hz = rate;
    for (size_t trial = 0; trial < 200; trial++) {
        record->K = 1 + trial % MOST_USERS;
        for (size_t k = 0; k < record->K; k++) {
            double u = made_uniform(&stream, 0.0, 1.0);

            rate[k] = trial % 5 == 0   ? floor(4.0 * u)
                      : trial % 5 == 1 ? exp(1400.0 * (u - 0.5))
                      : trial % 5 == 2 ? (u < 0.3 ? -0.0 : u)
                                       : 10.0 * u;
            sorted[k] = rate[k];
        }
        qsort(sorted, record->K, sizeof *sorted, compare_numbers);
        assert_true(user_rates_least(record) == sorted[0]);
        assert_true(user_rates_p05(record) == sorted_quantile(sorted, record->K, 0.05));
        assert_true(user_rates_p50(record) == sorted_quantile(sorted, record->K, 0.5));
        assert_true(user_rates_p95(record) == sorted_quantile(sorted, record->K, 0.95));
    }
    free_drops(m);
}

static void users_without_rate_are_far_below_the_mean(void **state)
{
    made_drops *m = make_drops();
    cfi_record *record = &m->record[0];

    (void)state;
    assert_true(user_rates_without(record) == 0.0);
    m->rate[0][1] = 0.0;
    m->rate[0][2] = 1.2e-3; /* of a mean of 1.25 */
    assert_true(user_rates_without(record) == 2.0);
    m->rate[0][2] = 1.3e-3;
    assert_true(user_rates_without(record) == 1.0);
    for (size_t k = 0; k < K; k++) {
        m->rate[0][k] = 0.5e-6 * (double)(k + 1);
    }
    assert_true(user_rates_without(record) == 2.0); /* 1e-6 is none */
    memset(m->rate[0], 0, sizeof m->rate[0]);
    assert_true(user_rates_without(record) == K);
    record->status = CFI_DROP_FAILED;
    assert_true(isnan(user_rates_without(record)) && isnan(user_rates_least(record)));
    free_drops(m);
}

static void note_line(void *context, const char *line)
{
    strcat(strcat(context, line), "\n");
}

/* The remedy is what the objective leaves open. */
static void who_is_left_without_rate_is_said_with_the_remedy(void **state)
{
    static const struct {
        cfi_objective objective;
        const char *end;
    } cases[] = {{CFI_SUM_RATE, "; see allocation.rate_target_bit_s_hz, objective max_min_rate\n"},
                 {CFI_MIN_POWER, "; see allocation.rate_target_bit_s_hz\n"},
                 {CFI_MAX_MIN_RATE, "\n"}};
    made_drops *m = make_drops();
    char expected[200], said[1000];

    (void)state;
    m->rate[0][0] = m->rate[0][1] = m->rate[2][3] = 0.0;
    make_infeasible(&m->record[1], ALL_USERS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *table;

        system_of(m)->allocation.objective = cases[i].objective;
        table = written(report_write_table, &m->results);
        assert_has(table, "\n  users without rate: drops 0, 2\n");
        assert_has(table, "\n  2 of 3 drops leave 3 users without rate");
        free(table);
        snprintf(expected, sizeof expected, "2 of 3 drops leave 3 users without rate%s", cases[i].end);
        said[0] = '\0';
        report_warnings(&m->results, note_line, said);
        assert_has(said, expected);
    }
    free_drops(m);
}

static cfi_line line_of(const cfi_scenario *sweep, size_t point, const cfi_record *record)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    cfi_line line;
    cfi_line_text more;

    assert_int_equal(report_write_line(sweep, point, record, stream, NULL), CFI_OK);
    fclose(stream);
    assert_int_equal(report_read_line(text, size - 1, &line, &more, NULL), CFI_OK);
    free(text);
    return line;
}

static void a_sweep_counts_users_without_rate(void **state)
{
    made_drops *m = make_drops();
    cfi_sweep_tally tally = {.lines = 0};
    cfi_line_text more = {.failure = ""};
    char text[CFI_USERS_LEFT_LENGTH];

    (void)state;
    system_of(m)->allocation.objective = CFI_SUM_RATE;
    m->rate[0][0] = m->rate[1][1] = m->rate[1][2] = 0.0;
    for (size_t point = 0; point < 2; point++) {
        for (size_t i = point; i < DROPS; i++) {
            cfi_line line = line_of(m->scenario, point, &m->record[i]);

            report_tally_line(&tally, &line, &more);
        }
    }
    assert_int_equal(tally.most_left.drop, 1);
    assert_int_equal(tally.most_left.point, 0); /* the first of equals */
    report_sweep_users_left(&tally, system_of(m), text);
    assert_string_equal(text, "3 of 5 drops leave 5 users without rate; see allocation.rate_target_bit_s_hz, objective "
                              "max_min_rate");
    tally.leaving = 0;
    report_sweep_users_left(&tally, system_of(m), text);
    assert_string_equal(text, "");
    free_drops(m);
}

/* ----------------------------------------------------------------------------- objectives ---- */

static const cJSON *member(const cJSON *object, const char *first, const char *second, const char *third)
{
    object = cJSON_GetObjectItemCaseSensitive(object, first);
    object = second ? cJSON_GetObjectItemCaseSensitive(object, second) : object;
    return third ? cJSON_GetObjectItemCaseSensitive(object, third) : object;
}

static void results_have_the_objective_and_what_is_proved_of_it(void **state)
{
    made_drops *m = make_drops();
    const cJSON *drop;
    char *text;
    cJSON *json;

    (void)state;
    system_of(m)->precoding.kind = CFI_PRECODER_ZF; /* gamma and eta need the estimates of maximum ratio */
    m->record[1].allocation.objective.dual_value = NAN;
    make_infeasible(&m->record[2], ONE_USER);
    text = written(report_write_json, &m->results);
    json = cJSON_Parse(text);
    drop = cJSON_GetArrayItem(member(json, "drops", NULL, NULL), 0);
    assert_string_equal(member(drop, "allocation", "status", NULL)->valuestring, "optimal");
    assert_string_equal(member(drop, "allocation", "objective", "name")->valuestring, "max_min_rate");
    assert_string_equal(member(drop, "allocation", "objective", "unit")->valuestring, "bit/s/Hz");
    assert_true(member(drop, "allocation", "objective", "value")->valuedouble == 1.0);
    assert_true(member(drop, "allocation", "objective", "dual_value")->valuedouble == 1.0 + 1e-9);
    assert_true(member(drop, "allocation", "users_without_rate", NULL)->valuedouble == 0.0);
    drop = cJSON_GetArrayItem(member(json, "drops", NULL, NULL), 1);
    assert_true(cJSON_IsNull(member(drop, "allocation", "objective", "dual_value")));
    drop = cJSON_GetArrayItem(member(json, "drops", NULL, NULL), 2);
    assert_true(cJSON_IsNull(member(drop, "allocation", "objective", "value")));
    assert_true(cJSON_IsNull(member(drop, "allocation", "users_without_rate", NULL)));
    drop = member(drop, "allocation", "infeasible_because", NULL);
    assert_string_equal(member(drop, "constraint", NULL, NULL)->valuestring, "allocation.rate_target_bit_s_hz");
    assert_true(member(drop, "ue", NULL, NULL)->valuedouble == 3.0 && cJSON_IsNull(member(drop, "ap", NULL, NULL)));
    assert_true(member(drop, "factor", NULL, NULL)->valuedouble == 1.25);
    assert_true(member(json, "summary", "objective_value", "count")->valuedouble == 2.0);
    assert_true(member(json, "summary", "objective_dual_value", "count")->valuedouble == 1.0);
    cJSON_Delete(json);
    free(text);
    text = written(report_write_summary_csv, &m->results);
    assert_has(text, "\nobjective_value,bit/s/Hz,2,1,0,1,1,1\n");
    free(text);
    free_drops(m);
}

/* Of the lines that begin with the number of a drop. */
static size_t longest_row(const char *table)
{
    size_t longest = 0;

    for (const char *line = table; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");

        if (strncmp(line, "   ", 3) == 0 && line[3] >= '0' && line[3] < '0' + DROPS && length > longest) {
            longest = length;
        }
    }
    return longest;
}

/* Every objective with its unit: rows of 80 columns where all went well, statistics in digits that count. */
static void the_table_shows_another_objective(void **state)
{
    static const struct {
        cfi_objective objective;
        const char *name, *unit;
        double value;
        const char *row, *statistics;
    } cases[] = {
        {CFI_MAX_MIN_RATE, "max_min_rate", "bit/s/Hz", 1.25, "\n 0 1.25 1e-06 10.000 1.000 0.001 -10.00 7 optimal\n",
         "\n objective, bit/s/Hz 3 1.25 "},
        {CFI_PROPORTIONAL_FAIR, "proportional_fair", "ln(bit/s/Hz)", -3.5, "\n 0 -3.5 1e-06 10.000 ",
         "\n objective, ln(bit/s/Hz) 3 -3.5 "},
        {CFI_MIN_POWER, "min_power", "W", 1.23456e-5, "\n 0 1.23456e-05 1e-06 ", "\n objective, W 3 1.23e-05 "},
        {CFI_MIN_CRLB, "min_crlb", "rad2", 0.1, "\n 0 0.1 1e-06 ", "\n objective, rad2 3 0.1 "},
        {CFI_MIN_POSITION_ERROR, "min_position_error", "m", 0.75, "\n 0 0.75 1e-06 ", "\n objective, m 3 0.75 "}};
    made_drops *m = make_drops();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *table;

        system_of(m)->allocation.objective = cases[i].objective;
        for (size_t d = 0; d < DROPS; d++) {
            m->record[d].allocation.objective = (cfi_objective_result){.name = cases[i].name,
                                                                       .unit = cases[i].unit,
                                                                       .value = cases[i].value,
                                                                       .dual_value = cases[i].value * (1.0 + 1e-6)};
        }
        make_infeasible(&m->record[1], ALL_USERS);
        m->record[1].status = CFI_DROP_OK; /* the longest of ordinary words */
        table = written(report_write_table, &m->results);
        assert_has_row(table, cases[i].row);
        assert_has_row(table, cases[i].statistics);
        assert_has_row(table, "\n radiated power, W 3 0.001 ");
        assert_has_row(table, "\n the same, dBm 3 0.0000 ");
        assert_has(table, "\n  objective ");
        assert_null(strstr(table, "split"));
        assert_in_range(longest_row(table), 70, 80);
        free(table);
    }
    free_drops(m);
}

static void the_table_of_a_sum_rate_is_as_ever_but_for_weights_and_targets(void **state)
{
    made_drops *m = make_drops();
    char *table;

    (void)state;
    system_of(m)->allocation.objective = CFI_SUM_RATE;
    for (size_t d = 0; d < DROPS; d++) {
        m->record[d].allocation.objective =
            (cfi_objective_result){.name = "sum_rate", .unit = "bit/s/Hz", .value = 20.0, .dual_value = NAN};
    }
    table = written(report_write_table, &m->results);
    assert_null(strstr(table, "objective"));
    free(table);
    set_targets(m, 0.5);
    for (size_t k = 0; k < K; k++) {
        m->weight[k] = 2.0;
    }
    system_of(m)->allocation.weights = m->weight;
    table = written(report_write_table, &m->results);
    assert_has(table, "\n  objective sum_rate, weight 2, rate targets 0.5 to 2 bit/s/Hz\n");
    assert_has_row(table, "\n objective, bit/s/Hz 3 20 ");
    assert_null(strstr(table, "user rate, 5"));
    free(table);
    system_of(m)->allocation.weights = system_of(m)->allocation.rate_target_bit_s_hz = NULL;
    system_of(m)->K = 20; /* of which 5 % are one */
    table = written(report_write_table, &m->results);
    assert_has_row(table, "\n user rate, 5 % 3 1.1500 ");
    assert_has_row(table, "\n user rate, median 3 2.5000 ");
    system_of(m)->K = K;
    free(table);
    free_drops(m);
}

/* ----------------------------------------------------------------- targets that cannot be met ---- */

static void assert_verdict(const made_drops *m, const char *text)
{
    cfi_error error = {.text = ""};

    assert_int_equal(report_verdict(&m->results, &error), CFI_INFEASIBLE);
    assert_string_equal(error.text, text);
}

static void rate_targets_that_cannot_be_met_are_named(void **state)
{
    made_drops *m = make_drops();
    char *table;

    (void)state;
    set_targets(m, 1.5);
    m->results.count = 1;
    make_infeasible(&m->record[0], ONE_USER);
    assert_verdict(m, "infeasible: user 3 asks for too much: its rate target (allocation.rate_target_bit_s_hz) must be "
                      "divided by more than 1.25; at any power its rate stays below 1.2 bit/s/Hz");
    m->record[0].allocation.because.factor = INFINITY;
    assert_verdict(m, "infeasible: user 3 has no rate at any power");
    m->record[0].allocation.because = ALL_USERS;
    assert_verdict(m, "infeasible: the rate targets (allocation.rate_target_bit_s_hz) must be divided by 4");
    set_targets(m, 2.0);
    assert_verdict(m,
                   "infeasible: the rate targets (allocation.rate_target_bit_s_hz) must be divided by 4; the largest "
                   "rate that all users can have is 0.5 bit/s/Hz");
    m->record[0].allocation.because.at_least = true;
    assert_verdict(m,
                   "infeasible: the rate targets (allocation.rate_target_bit_s_hz) must be divided by at least 4; no "
                   "rate that all users can have is above 0.5 bit/s/Hz");
    m->record[0].allocation.because.at_least = false;
    table = written(report_write_table, &m->results);
    assert_has(table, "\n  infeasible: drop 0\n    drop 0: the rate targets (allocation.rate_target_bit_s_hz) must be "
                      "divided\n      by 4\n");
    free(table);
    free_drops(m);
}

/* The easiest drop is one whose thresholds can be met, and of those the one that lacks least. */
static void the_easiest_drop_meets_its_thresholds(void **state)
{
    made_drops *m = make_drops();
    double threshold[L] = {0.1, 0.1, 0.1, 0.1};

    (void)state;
    set_targets(m, 2.0);
    system_of(m)->sensing.crlb_threshold_rad2 = threshold;
    make_infeasible(&m->record[0], (cfi_infeasibility){CFI_CONSTRAINT_BUDGET, 1, CFI_NOWHERE, 2.0, false});
    m->record[0].allocation.least_threshold_factor = 2.0;
    make_infeasible(&m->record[1], ALL_USERS);
    m->record[1].allocation.least_threshold_factor = 0.5;
    make_infeasible(&m->record[2], ONE_USER);
    m->record[2].allocation.least_threshold_factor = 0.75;
    assert_verdict(m, "all 3 drops are infeasible; in drop 2, the easiest, user 3 asks for too much: its rate target "
                      "(allocation.rate_target_bit_s_hz) must be divided by more than 1.25; at any power its rate "
                      "stays below 1.6 bit/s/Hz");
    m->results.count = 1; /* no rates are to blame: by the threshold, as ever */
    assert_verdict(m, "infeasible: least feasible threshold -6.9897 dB; in drop 0 access point 1 costs most; the total "
                      "power (power.snr_db) is 3.0103 dB short");
    m->record[0].allocation.least_threshold_factor = 0.5; /* what power is short of is rate */
    assert_verdict(m, "infeasible: access point 1 costs most; the total power (power.snr_db) is 3.0103 dB short");
    free_drops(m);
}

static void a_line_and_a_sweep_keep_the_user(void **state)
{
    made_drops *m = make_drops();
    cfi_line line[3];
    const cfi_line_text more = {.failure = ""};
    cfi_error error = {.text = ""};

    (void)state;
    set_targets(m, 2.0);
    make_infeasible(&m->record[0], ALL_USERS);
    make_infeasible(&m->record[1], ONE_USER);
    make_infeasible(&m->record[2], (cfi_infeasibility){CFI_CONSTRAINT_THRESHOLD, 1, CFI_NOWHERE, 1.1, false});
    m->record[2].allocation.least_threshold_factor = 1.1;
    for (size_t i = 0; i < DROPS; i++) {
        line[i] = line_of(m->scenario, 1, &m->record[i]);
    }
    assert_int_equal(line[1].because.constraint, CFI_CONSTRAINT_RATE);
    assert_true(line[1].because.ue == 3 && line[1].because.ap == CFI_NOWHERE && line[1].because.factor == 1.25);
    assert_true(line[0].because.ue == CFI_NOWHERE);
    assert_int_equal(verdict_in_memory(line, DROPS, &more, &error), CFI_INFEASIBLE);
    assert_string_equal(
        error.text, "every drop of every point is infeasible; in drop 1 of point 1, the easiest, user 3 asks for too "
                    "much: its rate target (allocation.rate_target_bit_s_hz) must be divided by more than 1.25");
    free_drops(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_rates_are_those_of_sorted_ones),
        cmocka_unit_test(users_without_rate_are_far_below_the_mean),
        cmocka_unit_test(who_is_left_without_rate_is_said_with_the_remedy),
        cmocka_unit_test(a_sweep_counts_users_without_rate),
        cmocka_unit_test(results_have_the_objective_and_what_is_proved_of_it),
        cmocka_unit_test(the_table_shows_another_objective),
        cmocka_unit_test(the_table_of_a_sum_rate_is_as_ever_but_for_weights_and_targets),
        cmocka_unit_test(rate_targets_that_cannot_be_met_are_named),
        cmocka_unit_test(the_easiest_drop_meets_its_thresholds),
        cmocka_unit_test(a_line_and_a_sweep_keep_the_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
