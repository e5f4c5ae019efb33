/* Paired differences of two directories, from files that are written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/report.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/cfisac_compare_XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[80];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* The path of a directory of the folder. */
static char *path_of(const char *name)
{
    char *path;

    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char *path;
    FILE *stream;

    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
    free(path);
}

/* A run whose drops.csv has these rows; free with free(). */
static char *make_run(const char *name, const char *scenario, const char *rows)
{
    char *path = path_of(name), *text;

    mkdir(path, 0777);
    assert_true(asprintf(&text, "{\n  \"provenance\": {},\n  \"scenario\": %s,\n  \"drops\": []\n}\n", scenario) > 0);
    write_file(path, "results.json", text);
    write_file(path, "drops.csv", rows);
    free(text);
    return path;
}

#define HEAD "index,status,sum_rate_bit_s_hz,total_power_w\n"

/* What is printed of the comparison, as CSV or as a table; free with free(). */
static char *printed(const cfi_comparison *comparison, bool csv)
{
    enum { MOST_BYTES = 8192 };
    char *text = calloc(1, MOST_BYTES);
    FILE *stream = fmemopen(text, MOST_BYTES, "w");

    assert_non_null(stream);
    assert_int_equal(csv ? report_write_comparison_csv(comparison, stream, NULL)
                         : report_write_comparison_table(comparison, stream, NULL),
                     CFI_OK);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static cfi_comparison *compare(const char *first, const char *second, const char *key)
{
    cfi_comparison *comparison = NULL;
    cfi_error error = {.text = ""};

    if (report_compare(first, second, key, &comparison, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return comparison;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("\"%s\" is not in\n%s", part, text);
    }
}

/* Differences 1, 2, 4 and 5: mean 3, standard deviation sqrt(10/3), standard error sqrt(10/3)/2. */
static void differences_are_those_worked_out_by_hand(void **state)
{
    char *a = make_run("a", "{\"seed\": 1}", HEAD "0,ok,10,1\n1,ok,20,1\n2,ok,30,1\n3,ok,40,1\n");
    char *b = make_run("b", "{\"seed\": 1}", HEAD "3,ok,45,1\n2,ok,34,1\n1,ok,22,1\n0,ok,11,1\n"); /* another order */
    cfi_comparison *comparison = compare(a, b, "sum_rate_bit_s_hz");
    char *csv = printed(comparison, true);
    double first, second, difference, std_error;
    size_t drops, left_out;

    (void)state;
    assert_int_equal(sscanf(strchr(csv, '\n'), " \"\",sum_rate_bit_s_hz,%zu,%zu,%lf,%lf,%lf,%lf", &drops, &left_out,
                            &first, &second, &difference, &std_error),
                     6);
    assert_int_equal(drops, 4);
    assert_int_equal(left_out, 0);
    assert_close(first, 25.0, 1e-14);
    assert_close(second, 28.0, 1e-14);
    assert_close(difference, 3.0, 1e-14);
    assert_close(std_error, sqrt(10.0 / 3.0) / 2.0, 1e-14);
    assert_int_equal(report_comparison_verdict(comparison, NULL), CFI_OK);
    free(csv);
    report_comparison_free(comparison);
    free(a);
    free(b);
}

static void what_one_of_two_lacks_is_left_out_of_both_and_counted(void **state)
{
    char *a = make_run("a", "{}", HEAD "0,ok,10,1\n1,infeasible,nan,nan\n2,ok,30,1\n3,ok,inf,1\n");
    char *b = make_run("b", "{}", HEAD "0,ok,12,1\n1,ok,500,1\n2,failed,nan,nan\n3,ok,5,1\n4,ok,7,1\n5,ok,7,1\n");
    cfi_comparison *comparison = compare(a, b, "sum_rate_bit_s_hz");
    char *csv = printed(comparison, true), *table = printed(comparison, false);

    (void)state;
    assert_has(csv, "\n\"\",sum_rate_bit_s_hz,1,3,10,12,2,nan\n");
    assert_has(table, "left out: 3 pairs of drops, of which one is infeasible, failed, or has no such\n  number\n");
    assert_has(table, "left out: 2 drops that only one of the two has\n");
    free(csv);
    free(table);
    report_comparison_free(comparison);
    free(a);
    free(b);
}

static void without_a_single_pair_the_verdict_is_infeasible(void **state)
{
    char *a = make_run("a", "{}", HEAD "0,ok,10,1\n"), *b = make_run("b", "{}", HEAD "0,infeasible,nan,nan\n");
    cfi_comparison *comparison = compare(a, b, NULL);
    cfi_error error;

    (void)state;
    assert_int_equal(report_comparison_verdict(comparison, &error), CFI_INFEASIBLE);
    assert_has(error.text, "no drop has a number in both");
    report_comparison_free(comparison);
    free(a);
    free(b);
}

static void assert_compare_refused(const char *a, const char *b, const char *key, const char *because)
{
    cfi_comparison *comparison = NULL;
    cfi_error error = {.text = ""};

    assert_int_equal(report_compare(a, b, key, &comparison, &error), CFI_INVALID);
    assert_has(error.text, because);
    assert_null(strchr(error.text, '\n'));
    report_comparison_free(comparison);
}

static void other_drops_are_refused_by_the_key_that_draws_them(void **state)
{
    static const struct {
        const char *one, *other, *because;
    } pairs[] = {
        {"{\"seed\": 1}", "{\"seed\": 2}", "seed is 1 in the first, 2 in the second"},
        {"{\"seed\": 9007199254740992}", "{\"seed\": 9007199254740990}", "seed is"},
        {"{\"network\": {\"aps\": 8}}", "{\"network\": {\"aps\": 9}}", "network.aps is 8 in the first, 9 in"},
        {"{\"network\": {\"area_m\": [1, 2]}}", "{\"network\": {\"area_m\": [1, 3]}}", "network.area_m is [1,2]"},
        {"{\"propagation\": {\"model\": \"three_slope\"}}", "{}",
         "propagation.model is \"three_slope\" in the first, "
         "absent in the second"},
        {"{}", "{\"sensing\": {\"geometry\": \"target\"}}", "sensing.geometry is absent in the first"},
        {"{\"sweep\": {\"seed\": [1]}}", "{}", "sweeps seed"},
        {"{}", "{\"sweep\": {\"seed\": [1]}}", "sweeps seed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *a = make_run("a", pairs[i].one, HEAD "0,ok,10,1\n"),
             *b = make_run("b", pairs[i].other, HEAD "0,ok,1,1\n");

        assert_compare_refused(a, b, NULL, pairs[i].because);
        free(a);
        free(b);
    }
}

static void all_other_keys_may_differ_and_are_told(void **state)
{
    char *a =
        make_run("a", "{\"name\": \"a\", \"seed\": 1, \"allocation\": {\"objective\": \"sum_rate\", \"starts\": 1}}",
                 HEAD "0,ok,10,1\n");
    char *b = make_run("b",
                       "{\"name\": \"b\", \"seed\": 1, \"allocation\": {\"objective\": \"max_min_rate\"}, "
                       "\"network\": {\"tx_antennas\": 8}}",
                       HEAD "0,ok,10,1\n");
    cfi_comparison *comparison = compare(a, b, NULL);
    char *table = printed(comparison, false);

    (void)state;
    assert_has(table, "they differ in\n  allocation.objective: \"sum_rate\", \"max_min_rate\"\n"
                      "  allocation.starts: 1, absent\n  network.tx_antennas: absent, 8\n\n");
    free(table);
    report_comparison_free(comparison);
    free(a);
    free(b);
}

static void what_is_no_result_is_refused_by_its_file(void **state)
{
    char *a = make_run("a", "{}", HEAD "0,ok,10,1\n"), *b = make_run("b", "{}", HEAD "0,ok,10\n"), *c = path_of("c");
    char *f = path_of("f");

    (void)state;
    mkdir(c, 0777);
    mkdir(f, 0777);
    write_file(f, "frontier.json", "{}");
    assert_compare_refused(a, b, NULL, "b/drops.csv: a row has more or fewer cells than the first");
    assert_compare_refused(a, c, NULL, "c: neither results.json, sweep.json nor frontier.json is there");
    assert_compare_refused(c, a, NULL, "c: neither results.json, sweep.json nor frontier.json is there");
    assert_compare_refused(a, f, NULL, "a frontier (allowed: two of one kind)");
    assert_compare_refused(f, f, NULL, "f/frontier.csv: no finished frontier");
    assert_compare_refused(a, a, "rate", "has no rate (allowed: ");
    write_file(b, "drops.csv", "");
    assert_compare_refused(a, b, NULL, "b/drops.csv: it is empty");
    write_file(b, "drops.csv", "status\nok\n");
    assert_compare_refused(a, b, NULL, "b/drops.csv: no table of drops");
    write_file(b, "drops.csv", HEAD "x,ok,10,1\n");
    assert_compare_refused(a, b, NULL, "b/drops.csv: a row has no number of its drop");
    write_file(b, "results.json", "{}");
    assert_compare_refused(a, b, NULL, "b/results.json: no scenario in it");
    free(a);
    free(b);
    free(c);
    free(f);
}

static void frontiers_are_compared_position_by_position(void **state)
{
    char *a = path_of("one"), *b = path_of("other"), *csv;
    cfi_comparison *comparison;

    (void)state;
    mkdir(a, 0777);
    mkdir(b, 0777);
    write_file(a, "frontier.json", "{}");
    write_file(b, "frontier.json", "{}");
    write_file(a, "scenario.json", "{\"seed\": 1}");
    write_file(b, "scenario.json", "{\"seed\": 1}");
    write_file(a, "frontier.csv",
               "drop,position,sum_rate_bit_s_hz,crlb_rad2,status\n0,0,4,inf,optimal\n"
               "0,0.5,3,2,optimal\n0,1,1,1,optimal\n1,0,5,8,optimal\n");
    write_file(b, "frontier.csv",
               "drop,position,sum_rate_bit_s_hz,crlb_rad2,status\n0,0,5,7,optimal\n0,1,2,1,optimal\n"
               "1,0,8,7,optimal\n");
    comparison = compare(a, b, NULL);
    csv = printed(comparison, true);
    assert_string_equal(csv, "place,key,drops,left_out,mean_first,mean_second,mean_difference,std_error_difference\n"
                             "\"position 0\",sum_rate_bit_s_hz,2,0,4.5,6.5,2,1\n"
                             "\"position 0\",crlb_rad2,1,1,8,7,-1,nan\n"
                             "\"position 1\",sum_rate_bit_s_hz,1,0,1,2,1,nan\n"
                             "\"position 1\",crlb_rad2,1,0,1,1,0,nan\n");
    free(csv);
    report_comparison_free(comparison);
    write_file(b, "frontier.csv", "drop,position,sum_rate_bit_s_hz,power_w,status\n0,0,5,7,optimal\n");
    assert_compare_refused(a, b, NULL, "other has no crlb_rad2 (allowed: two frontiers between the same)");
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_those_worked_out_by_hand),
        cmocka_unit_test(what_one_of_two_lacks_is_left_out_of_both_and_counted),
        cmocka_unit_test(without_a_single_pair_the_verdict_is_infeasible),
        cmocka_unit_test(other_drops_are_refused_by_the_key_that_draws_them),
        cmocka_unit_test(all_other_keys_may_differ_and_are_told),
        cmocka_unit_test(what_is_no_result_is_refused_by_its_file),
        cmocka_unit_test(frontiers_are_compared_position_by_position),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
