/* The printed tables: they fit a page whatever the numbers are, which stay apart and have no sign where they are zero;
 * drops that are odd are told by their numbers, however many there are. And no two columns of a CSV have one name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/paragraph.h"
#include "base/wrap.h"
#include "check.h"
#include "report/cell.h"
#include "report/drop_list.h"
#include "report/fields.h"
#include "report/grid.h"
#include "report/odd_drops.h"
#include "written.h"

#include <stdlib.h>
#include <string.h>

enum { L = 2, K = 2, MOST_DROPS = 5000, PAGE = 80 };

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("no \"%s\" in:\n%s", part, text);
    }
}

static void assert_fits(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        char one[400];

        snprintf(one, sizeof one, "%.*s", (int)strcspn(line, "\n"), line);
        if (wrap_characters(one) > PAGE) {
            fail_msg("too wide: %s", one);
        }
    }
}

/* A zero with a sign, as a number of its own. */
static bool has_negative_zero(const char *text)
{
    for (const char *at = text; (at = strstr(at, "-0")); at++) {
        size_t length = strspn(at + 1, "0.");

        if (!strchr("123456789e", at[1 + length]) && (at == text || strchr(" \n", at[-1]))) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------------ paragraphs ---- */

static void assert_wrapped(const char *text, size_t columns, size_t at, size_t indent, const char *expected)
{
    char *out = NULL;
    size_t size;
    FILE *stream = open_memstream(&out, &size);

    wrap_text_in(stream, text, columns, at, indent);
    fclose(stream);
    assert_string_equal(out, expected);
    free(out);
}

static void lines_break_at_spaces_and_characters_count(void **state)
{
    (void)state;
    assert_wrapped("", 10, 0, 0, "\n");
    assert_wrapped("one two", 7, 0, 0, "one two\n");
    assert_wrapped("one two three", 9, 2, 4, "one two\n    three\n");
    assert_wrapped("abcdefghijklm no", 5, 0, 2, "abcde\n  fgh\n  ijk\n  lm\n  no\n");
    assert_wrapped("\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9", 7, 0, 0, "\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\n");
    assert_wrapped("\u00e9\u00e9\u00e9\u00e9\u00e9", 2, 0, 0, "\u00e9\u00e9\n\u00e9\u00e9\n\u00e9\n");
    assert_wrapped("it is 7.5 %, 8 %", 10, 0, 0, "it is\n7.5 %, 8 %\n");
    assert_wrapped("word", 8, 6, 2, "\n  word\n");
    assert_wrapped("word", 3, 9, 1, "\n wo\n rd\n");
}

static void a_paragraph_that_is_too_long_is_cut_between_characters(void **state)
{
    paragraph p = {.used = 0};

    (void)state;
    for (size_t i = 0; i < PARAGRAPH_LENGTH; i++) {
        paragraph_add(&p, "%s", i % 7 == 0 ? "x" : "\u00e9");
    }
    assert_in_range(p.used, PARAGRAPH_LENGTH - 2, PARAGRAPH_LENGTH - 1);
    assert_int_equal(strlen(p.text), p.used);
    assert_null(strchr(p.text, '?'));
}

/* ----------------------------------------------------------------------------------- cells ---- */

static void cells_fit_and_a_zero_has_no_sign(void **state)
{
    static const double values[] = {0.0,        -0.0,      -1e-9,   1e-12,    -4.9e-5, -0.04,  0.049,  -1.0,
                                    -104.17942, 999999.99, 1e6,     -1e6,     1e300,   -1e300, 1e-300, -9e99,
                                    12345.6,    -65535,    103.526, INFINITY, -1e15,   -123456};
    char text[CELL_LENGTH];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        for (int width = CELL_LEAST_WIDTH; width < 14; width++) {
            for (int decimals = 0; decimals < 7; decimals++) {
                cell_number(text, values[i], decimals, width);
                assert_true((int)strlen(text) <= width && !has_negative_zero(text));
                cell_small(text, values[i], decimals, width);
                assert_true((int)strlen(text) <= width && !has_negative_zero(text));
                assert_true(values[i] == 0.0 || decimals < 2 || strtod(text, NULL) != 0.0); /* what is small is told */
                cell_digits(text, values[i], decimals + 1, width);
                assert_true((int)strlen(text) <= width && !has_negative_zero(text));
            }
        }
    }
    cell_number(text, -0.04, 1, 9);
    assert_string_equal(text, "0.0");
    cell_number(text, -104.17942, 4, 9);
    assert_string_equal(text, "-104.1794");
    cell_number(text, -104.17942, 4, 7);
    assert_string_equal(text, "-104.18");
    cell_number(text, 1234567.0, 3, 9);
    assert_string_equal(text, "1.235e+06");
    cell_number(text, NAN, 3, 9);
    assert_string_equal(text, "-");
    cell_number(text, -INFINITY, 3, 9);
    assert_string_equal(text, "-inf");
}

/* ----------------------------------------------------------------------------------- lists ---- */

static void assert_list(const uint32_t *drop, size_t count, size_t all, const char *expected)
{
    drop_list list = {.count = 0};
    char text[DROP_LIST_LENGTH];

    for (size_t i = 0; i < count; i++) {
        drop_list_add(&list, drop[i]);
    }
    drop_list_describe(&list, all, "drops.csv", text);
    assert_string_equal(text, expected);
}

static void drops_are_listed_as_short_ranges(void **state)
{
    (void)state;
    assert_list(NULL, 0, 10, "");
    assert_list((const uint32_t[]){0}, 1, 1, "drop 0");
    assert_list((const uint32_t[]){7}, 1, 10, "drop 7");
    assert_list((const uint32_t[]){3, 17, 204, 205, 206, 300, 301}, 7, 5000, "drops 3, 17, 204-206, 300, 301");
    assert_list((const uint32_t[]){0, 1, 2}, 3, 3, "all 3 drops");
}

/* "drops FIRST-LAST, ..." of `count` ranges of `length` drops, one drop between them, and `end`. */
static void assert_ranges(uint32_t first, size_t count, uint32_t length, size_t told, const char *end)
{
    uint32_t drop[900];
    char expected[DROP_LIST_LENGTH];
    size_t used = (size_t)snprintf(expected, sizeof expected, "drops "), drops = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t at = first + (uint32_t)i * (length + 1);

        for (uint32_t j = 0; j < length; j++) {
            drop[drops++] = at + j;
        }
        if (i < told) {
            used += (size_t)snprintf(expected + used, sizeof expected - used, length > 1 ? "%s%u-%u" : "%s%u",
                                     i > 0 ? ", " : "", at, at + length - 1);
        }
    }
    snprintf(expected + used, sizeof expected - used, "%s", end);
    assert_list(drop, drops, 6001, expected);
}

static void all_odd_drops_are_listed_up_to_two_hundred_ranges(void **state)
{
    (void)state;
    assert_ranges(1, 200, 1, 200, "");
    assert_ranges(1, 201, 1, 200, " and 1 more; see drops.csv");
    assert_ranges(1, 300, 3, 200, " and 300 more; see drops.csv");
    assert_ranges(UINT32_MAX - 1000, 200, 3, 200, ""); /* the longest texts that lists may have */
    assert_ranges(UINT32_MAX - 1000, 250, 3, 200, " and 150 more; see drops.csv");
}

/* ---------------------------------------------------------------------------------- tables ---- */

/* Drops of two access points and two users that are all alike. */
typedef struct made_drops {
    cfi_scenario *scenario;
    cfi_network network;
    cfi_link link;
    cfi_record record[MOST_DROPS];
    cfi_results results;
    double rate[K], bound[L], p[K * L], s[L], power[L], angle[L], gain[K * L];
} made_drops;

static cfi_system *system_of(const made_drops *m)
{
    return (cfi_system *)scenario_system(m->scenario); /* which the test has to itself */
}

static cfi_record record_of(const made_drops *m, uint32_t index)
{
    return (cfi_record){.index = index,
                        .status = CFI_DROP_OK,
                        .L = L,
                        .K = K,
                        .N = 4,
                        .network = &m->network,
                        .link = &m->link,
                        .closed_form = {.rate_theorem1_bit_s_hz = (double *)m->rate,
                                        .rate_exact_bit_s_hz = (double *)m->rate,
                                        .sum_rate_theorem1_bit_s_hz = 10.0,
                                        .sum_rate_exact_bit_s_hz = 10.0,
                                        .crlb_own_echo_rad2 = (double *)m->bound,
                                        .crlb_multistatic_rad2 = (double *)m->bound,
                                        .crlb_noncoherent_rad2 = (double *)m->bound},
                        .has_monte_carlo = true,
                        .monte_carlo = {.realizations = 100, .sum_rate_bit_s_hz = 10.0, .sum_rate_std_error = 0.25},
                        .allocation = {.method = CFI_METHOD_SCA,
                                       .status = CFI_ALLOC_CONVERGED,
                                       .stop_reason = "tolerance",
                                       .iterations = 7,
                                       .starts = 1,
                                       .objective = {.name = "sum_rate", .unit = "bit/s/Hz", .value = 10.0},
                                       .sum_rate_bit_s_hz = 10.0,
                                       .powers = {(double *)m->p, (double *)m->s},
                                       .ap_power_w = (double *)m->power,
                                       .solver = "structured"},
                        .equal = {true, 5.0, 0.0, 0.1},
                        .heuristic = {true, 6.0, 0.0, 0.1}};
}

static made_drops *make_drops(size_t count)
{
    static const char text[] = "{\"network\": {\"aps\": 2, \"ues\": 2}, \"monte_carlo\": {\"drops\": 3},"
                               " \"name\": \"\\u00e9t\\u00e9: a name that is so long that no line of a page has room "
                               "for all of its words, and which is no reason to have wider lines than others\"}";
    made_drops *m = calloc(1, sizeof *m);
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &m->scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    m->network = (cfi_network){.system = system_of(m), .L = L, .K = K, .beta = m->gain, .angle_rad = m->angle};
    m->link = (cfi_link){.kind = "closed_form", .L = L, .K = K, .origin = &m->network};
    for (size_t l = 0; l < L; l++) {
        m->bound[l] = 0.1;
        m->power[l] = 2.5e-4;
        m->rate[l] = 5.0;
    }
    for (uint32_t i = 0; i < count; i++) {
        m->record[i] = record_of(m, i);
    }
    m->results = (cfi_results){.scenario = m->scenario, .record = m->record, .count = count};
    return m;
}

static void free_drops(made_drops *m)
{
    scenario_destroy(m->scenario);
    free(m);
}

/* The words of a line, separated by spaces. */
static size_t words_of(const char *line)
{
    size_t words = 0;

    for (const char *at = line; *at && *at != '\n'; at++) {
        words += *at != ' ' && (at == line || at[-1] == ' ');
    }
    return words;
}

static const char *line_of(const char *text, const char *beginning)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, beginning, strlen(beginning)) == 0) {
            return line;
        }
    }
    fail_msg("no line begins with \"%s\" in:\n%s", beginning, text);
    return NULL;
}

/* Rates, powers and bounds of all sizes, statuses of all lengths. */
static void tables_fit_a_page_whatever_the_numbers_are(void **state)
{
    static const double sizes[] = {1e-12, 3e-4, 0.999, 19.3504, 103.526, 1234.5678, 999999.9, 1e6, 3e300};
    static const cfi_objective objectives[] = {CFI_SUM_RATE, CFI_PROPORTIONAL_FAIR, CFI_MIN_POWER};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t o = 0; o < sizeof objectives / sizeof *objectives; o++) {
            made_drops *m = make_drops(3);
            char *table;

            system_of(m)->allocation.objective = objectives[o];
            system_of(m)->power.bandwidth_hz = i % 2 == 0 ? 20e6 : 0.0;
            m->record[0].index = 65535;
            m->record[1].allocation.status = CFI_ALLOC_ITERATION_LIMIT;
            m->record[1].allocation.sum_rate_bit_s_hz = sizes[i];
            m->record[1].closed_form.sum_rate_theorem1_bit_s_hz = 2.0 * sizes[i];
            m->record[1].monte_carlo.sum_rate_bit_s_hz = sizes[i];
            m->record[1].monte_carlo.sum_rate_std_error = 1e-3 * sizes[i];
            m->record[1].equal = (cfi_reference){true, sizes[i], 1.0, 0.1};
            m->record[1].allocation.objective = (cfi_objective_result){
                .name = "proportional_fair", .unit = "ln(bit/s/Hz)", .value = -sizes[i], .dual_value = sizes[i]};
            m->record[0].allocation.objective = m->record[1].allocation.objective;
            m->bound[1] = m->power[0] = sizes[i];
            table = written(report_write_table, &m->results);
            assert_fits(table);
            assert_false(has_negative_zero(table));
            assert_has(table, "iteration_limit\n");
            assert_int_equal(words_of(line_of(table, "65535 ")), words_of(line_of(table, "    2 ")));
            free(table);
            free_drops(m);
        }
    }
}

static void what_has_no_room_is_named(void **state)
{
    made_drops *m = make_drops(3);
    char *table;

    (void)state;
    m->record[1].closed_form.sum_rate_theorem1_bit_s_hz = 2345.5; /* another column */
    m->record[1].closed_form.sum_rate_exact_bit_s_hz = m->record[1].monte_carlo.sum_rate_bit_s_hz = 1234.5;
    m->record[1].allocation.sum_rate_bit_s_hz = 1234.5;
    m->record[1].allocation.status = CFI_ALLOC_ITERATION_LIMIT;
    table = written(report_write_table, &m->results);
    assert_fits(table);
    assert_has(table, "\n  not shown for want of room: heuristic, iter. (drops.csv has them)\n");
    assert_has(table, "\ndrop equal      sca theorem 1     mean +- s.e.    z     dB status\n");
    free(table);
    free_drops(m);
}

/* The column of a split is its own where it is the method. */
static void no_two_columns_have_one_name(void **state)
{
    static const cfi_method methods[] = {CFI_METHOD_EQUAL, CFI_METHOD_HEURISTIC, CFI_METHOD_SCA};
    static const char *const names[] = {"equal", "heuristic", "sca"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        made_drops *m = make_drops(2);
        const char *head;
        char *table, line[PAGE + 1];
        size_t found = 0;

        system_of(m)->allocation.method = methods[i];
        table = written(report_write_table, &m->results);
        head = line_of(table, "drop ");
        snprintf(line, sizeof line, "%.*s", (int)strcspn(head, "\n"), head);
        for (const char *at = line; (at = strstr(at, names[i])); at++) {
            found++;
        }
        assert_int_equal(found, 1);
        free(table);
        free_drops(m);
    }
}

static void a_z_that_rounds_to_zero_has_no_sign(void **state)
{
    made_drops *m = make_drops(1);
    char *table;

    (void)state;
    m->record[0].monte_carlo.sum_rate_bit_s_hz = 10.0 - 1e-4; /* z = -0.0004 */
    m->record[0].equal.sum_rate_bit_s_hz = 10.0 * (1.0 + 1e-7);
    table = written(report_write_table, &m->results);
    assert_has(table, " 10.000 +- 0.250  0.0 ");
    assert_has(table, "sca against the equal split: +0.00 % of the mean sum rate\n");
    assert_false(has_negative_zero(table));
    free(table);
    free_drops(m);
}

static void odd_drops_are_listed_among_thousands(void **state)
{
    static const cfi_infeasibility cause = {CFI_CONSTRAINT_BUDGET, 1, SIZE_MAX, 4.0, false};
    made_drops *m = make_drops(MOST_DROPS);
    char *table, *again;

    (void)state;
    for (uint32_t i = 0; i < 90; i++) {
        cfi_record *record = &m->record[i < 3 ? 204 + i : 40 * i + 1];

        record->status = CFI_DROP_INFEASIBLE;
        record->allocation.status = CFI_ALLOC_INFEASIBLE;
        record->allocation.because = cause;
    }
    m->record[4999].status = CFI_DROP_FAILED;
    m->record[4999].failure = "it broke";
    m->record[4242].allocation.status = CFI_ALLOC_ITERATION_LIMIT;
    m->record[17].allocation.status = CFI_ALLOC_INACCURATE;
    m->record[18].allocation.broken_starts = 2;
    m->record[19].monte_carlo.sum_rate_bit_s_hz = 12.0;
    m->record[20].allocation.max_constraint_violation = 0.25;
    m->record[22].check = (cfi_check){.available = true, .solver = "socp", .relative_difference = 1e-3};
    m->results.check = true;
    table = written(report_write_table, &m->results);
    assert_fits(table);
    assert_has(table, "\n5000 drops: 4907 converged, 1 inaccurate, 90 infeasible, 1 iteration_limit, 1\n  failed\n");
    assert_has(table, "\n  failed: drop 4999\n    drop 4999: it broke\n");
    assert_has(table, "\n  infeasible: drops 121, 161, 201, 204-206, 241, 281, 321, 361, 401, 441, 481,\n"
                      "    521, 561,");
    assert_has(table, "\n    3481, 3521, 3561\n    drop 121: access point 1 costs most;");
    assert_has(table, "\n    87 more: see allocation.infeasible_because in results.json\n");
    assert_has(table, "\n  inaccurate: drop 17\n");
    assert_has(table, "\n  iteration_limit: drop 4242\n");
    assert_has(table, "\n  starts broke down: drop 18\n");
    assert_has(table, "\n  two solvers differ: drop 22\n");
    assert_has(table, "\n  constraints violated: drop 20\n");
    assert_has(table, "\n  far from Monte Carlo: drop 19\n");
    again = written(report_write_table, &m->results);
    assert_string_equal(table, again);
    free(again);
    free(table);
    free_drops(m);
}

static void good_drops_are_not_listed(void **state)
{
    made_drops *m = make_drops(30);
    char *table = written(report_write_table, &m->results);

    (void)state;
    for (size_t i = 0; i < odd_kind_count; i++) {
        char line[64];

        snprintf(line, sizeof line, "\n  %s: ", odd_kinds[i].name);
        assert_null(strstr(table, line));
    }
    free(table);
    free_drops(m);
}

/* ------------------------------------------------------------------------- names of columns ---- */

/* Every column of the tables of that shape, with rates in bits per second as well. */
static void assert_names_apart(unsigned shapes, unsigned place, size_t least)
{
    static char name[256][FIELD_NAME_LENGTH];
    size_t count = 0;

    for (field_column at = {.bandwidth_mhz = 20.0}; field_next(&at, shapes, place); count++) {
        assert_true(count < 256);
        (place == FIELD_JOURNAL ? field_line_key : field_column_name)(at, name[count]);
        for (size_t i = 0; i < count; i++) {
            assert_string_not_equal(name[i], name[count]);
        }
    }
    assert_true(count >= least);
}

static void no_two_columns_of_a_csv_have_one_name(void **state)
{
    (void)state;
    assert_names_apart(FIELD_TEXT | FIELD_NUMBER, FIELD_TABLE, 50);
    assert_names_apart(FIELD_USERS, FIELD_TABLE, 8);
    assert_names_apart(FIELD_APS, FIELD_TABLE, 20);
    assert_names_apart(FIELD_STEPS, FIELD_TABLE, 2);
    assert_names_apart(FIELD_ANY, FIELD_JOURNAL, 50);
    assert_names_apart(FIELD_NUMBER, FIELD_SWEEP, 25);
    assert_names_apart(FIELD_NUMBER, FIELD_PAIRED, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_at_spaces_and_characters_count),
        cmocka_unit_test(a_paragraph_that_is_too_long_is_cut_between_characters),
        cmocka_unit_test(cells_fit_and_a_zero_has_no_sign),
        cmocka_unit_test(drops_are_listed_as_short_ranges),
        cmocka_unit_test(all_odd_drops_are_listed_up_to_two_hundred_ranges),
        cmocka_unit_test(tables_fit_a_page_whatever_the_numbers_are),
        cmocka_unit_test(what_has_no_room_is_named),
        cmocka_unit_test(no_two_columns_have_one_name),
        cmocka_unit_test(a_z_that_rounds_to_zero_has_no_sign),
        cmocka_unit_test(odd_drops_are_listed_among_thousands),
        cmocka_unit_test(good_drops_are_not_listed),
        cmocka_unit_test(no_two_columns_of_a_csv_have_one_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
