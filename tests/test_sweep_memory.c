/* What a sweep keeps in memory: runs of what is to do, the refusal of what cannot be held, and the table of a point
 * that is too large to be read at once. */
#include "cfisac/sweep.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "sweep/finish.h"
#include "sweep/memory.h"
#include "sweep/todo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "check.h"

enum { MISSING = 255 };

/* ------------------------------------------------------------------------------ what is to do ---- */

/* All patterns of `items` items against a list of the missing ones. */
static void what_is_to_do_is_what_is_missing_in_order(void **state)
{
    enum { ITEMS = 11 };

    (void)state;
    for (unsigned pattern = 0; pattern < 1u << ITEMS; pattern++) {
        uint8_t status[ITEMS];
        size_t missing[ITEMS], count = 0, runs = 0;
        todo_list list;

        for (size_t i = 0; i < ITEMS; i++) {
            bool gone = pattern >> i & 1u;

            status[i] = gone ? MISSING : (uint8_t)(i % 3);
            runs += gone && (i == 0 || status[i - 1] != MISSING);
            if (gone) {
                missing[count++] = i;
            }
        }
        assert_int_equal(todo_make(status, ITEMS, MISSING, &list, NULL), CFI_OK);
        assert_int_equal(list.count, count);
        assert_int_equal(list.runs, runs);
        assert_int_equal(list.run[runs].number, count); /* the end, by which other ranks know the count */
        for (size_t number = 0; number < count; number++) {
            assert_int_equal(todo_item(&list, number), missing[number]);
        }
        free(list.run);
    }
}

static void a_fresh_sweep_has_a_single_run_of_work(void **state)
{
    enum { ITEMS = 1000000 };
    uint8_t *status = malloc(ITEMS);
    todo_list list;

    (void)state;
    memset(status, MISSING, ITEMS);
    assert_int_equal(todo_make(status, ITEMS, MISSING, &list, NULL), CFI_OK);
    assert_true(list.runs == 1 && list.count == ITEMS);
    assert_int_equal(todo_item(&list, ITEMS - 1), ITEMS - 1);
    free(list.run);
    free(status);
}

/* ---------------------------------------------------------------------------------- refusals ---- */

/* From now on the process may have a GiB of address space; returns what it might have before. */
static struct rlimit allow_one_gib(void)
{
    struct rlimit before, limit;

    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    limit = before;
    limit.rlim_cur = 1ul << 30;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    if (limit.rlim_cur != 1ul << 30) { /* an emulator needs the address space itself, and keeps no such limit */
        skip();
    }
    return before;
}

/* A sweep that needs a byte a trial and what a table takes, against what the process may have. */
static void a_sweep_beyond_the_memory_is_refused_with_what_it_would_need(void **state)
{
    size_t first[3] = {0, 200000, 400000000};
    sweep_plan plan = {.points = 2, .trials = first[2], .first = first, .shard = 1, .shards = 1, .items = first[2]};
    struct rlimit before;
    cfi_error error = {.text = ""};

    (void)state;
    before = allow_one_gib();
    assert_int_equal(memory_check(&plan, false, &error), CFI_INVALID);
    assert_int_equal(strncmp(error.text, "/sweep: 400000000 trials of 2 points would need ", 48), 0);
    assert_non_null(strstr(error.text, "(allowed: the 1024 MiB that this process may have; "));
    /* the same trials in points of 200: nothing but a byte and an eighth each, and the program */
    first[2] = 400000;
    plan.trials = plan.items = first[2];
    assert_int_equal(memory_check(&plan, false, &error), CFI_OK);
    first[2] = 200200;
    plan.trials = plan.items = first[2];
    plan.shards = 2; /* of a shard no table is made */
    plan.items = 900000000;
    assert_int_equal(memory_check(&plan, false, &error), CFI_OK);
    plan.items = 1100000000;
    assert_int_equal(memory_check(&plan, false, &error), CFI_INVALID);
    plan.items = 100000000; /* a merge keeps the places of lines, eight bytes each, and both status */
    assert_int_equal(memory_check(&plan, false, &error), CFI_OK);
    plan.items = 110000000;
    assert_int_equal(memory_check(&plan, true, &error), CFI_INVALID);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
}

/* Threads against the trials there are and those there is room for, of a GiB with 32 MiB for the program. */
static void as_many_trials_run_at_once_as_there_is_room_for(void **state)
{
    static const struct {
        size_t threads, trials;
        double trial_mib, kept_mib;
        size_t at_once, each;
    } cases[] = {
        {4, 4, 1.0, 0.0, 4, 1},      {4, 3, 1.0, 0.0, 1, 4},       /* fewer trials than threads share all of them */
        {8, 100, 300.0, 0.0, 3, 1},  {8, 100, 300.0, 400.0, 1, 8}, /* 992 MiB, or 592 */
        {8, 100, 496.0, 0.0, 2, 1},  {8, 100, 497.0, 0.0, 1, 8},
        {8, 100, 5000.0, 0.0, 1, 8}, {8, 100, 1.0, 2000.0, 1, 8}, /* no room at all: one is tried */
        {1, 100, 300.0, 0.0, 1, 1},
    };
    struct rlimit before;

    (void)state;
    before = allow_one_gib();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        thread_shares shares = memory_share_threads(cases[i].threads, cases[i].trials, cases[i].trial_mib * (1 << 20),
                                                    cases[i].kept_mib * (1 << 20));

        assert_int_equal(shares.at_once, cases[i].at_once);
        assert_int_equal(shares.each, cases[i].each);
    }
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
}

/* --------------------------------------------------------------------- points of many drops ---- */

/* Lines that are made when they are asked for. Drop d is infeasible where d is a multiple of seven; else quantity q is
 * q + d / drops. */
typedef struct made_lines {
    size_t drops, next, opened;
} made_lines;

static cfi_status open_made(void *context, size_t point, cfi_error *error)
{
    made_lines *lines = context;

    (void)error;
    assert_int_equal(point, 0);
    lines->next = 0;
    lines->opened++;
    return CFI_OK;
}

static cfi_status next_made(void *context, cfi_line *line, cfi_error *error)
{
    made_lines *lines = context;
    size_t d = lines->next++;

    (void)error;
    *line = (cfi_line){.drop = (uint32_t)d, .status = d % 7 == 0 ? CFI_DROP_INFEASIBLE : CFI_DROP_OK};
    for (size_t q = 0; q < CFI_MOST_QUANTITIES; q++) {
        line->quantity[q] = (double)q + (double)d / (double)lines->drops;
    }
    return CFI_OK;
}

/* The row of the only point of so many drops; free(). *opened: how often the point was read. */
static char *row_of(size_t drops, size_t *opened)
{
    static const char text[] = "{\"sweep\": {\"seed\": [1]}}";
    const size_t first[2] = {0, drops};
    made_lines lines = {.drops = drops};
    const cfi_line_source source = {.open_point = open_made, .next_line = next_made, .context = &lines};
    uint8_t *status = malloc(drops);
    cfi_sweep_outcomes outcomes = {.status = status, .first = first};
    cfi_scenario *sweep;
    char *table = NULL, *row;
    size_t size;
    FILE *stream = open_memstream(&table, &size);

    for (size_t d = 0; d < drops; d++) {
        status[d] = d % 7 == 0 ? CFI_DROP_INFEASIBLE : CFI_DROP_OK;
    }
    assert_int_equal(scenario_parse(text, strlen(text), "t.json", NULL, 0, &sweep, NULL), CFI_OK);
    outcomes.sweep = sweep;
    assert_int_equal(report_write_sweep_csv(&outcomes, &source, stream, NULL), CFI_OK);
    fclose(stream);
    row = strdup(strchr(table, '\n') + 1);
    free(table);
    free(status);
    scenario_destroy(sweep);
    *opened = lines.opened;
    return row;
}

/* Field `index` of a row, from 0. */
static double field_at(const char *row, size_t index)
{
    for (; index > 0; index--) {
        row = strchr(row, ',') + 1;
    }
    return strtod(row, NULL);
}

static size_t fields_of(const char *row)
{
    size_t count = 1;

    for (; *row; row++) {
        count += *row == ',';
    }
    return count;
}

/* Behind the point, its seed and four counts: mean, error, 5 %, median, 95 % of each number; the paired drops; mean and
 * error of some. */
static void assert_row(const char *row, size_t feasible)
{
    size_t number = 0, column = 6;

    for (field_column at = {.field = NULL}; field_next_number(&at); number++) {
        if (!at.is_error && (at.field->places & FIELD_SWEEP)) {
            assert_close(field_at(row, column), (double)number + 0.5, 1e-4);
            assert_close(field_at(row, column + 3), (double)number + 0.5, 1e-4);
            assert_close(field_at(row, column + 4), (double)number + 0.95, 1e-4);
            column += 5;
        }
    }
    assert_true(column > 6 && field_at(row, column) == (double)feasible);
    number = 0;
    column++;
    for (field_column at = {.field = NULL}; field_next_number(&at); number++) {
        if (!at.is_error && (at.field->places & FIELD_PAIRED)) {
            assert_close(field_at(row, column), (double)number + 0.5, 1e-4);
            column += 2;
        }
    }
    assert_int_equal(column, fields_of(row));
}

/* Numbers that sweep.csv describes. */
static size_t columns_of_sweeps(void)
{
    size_t columns = 0;

    for (field_column at = {.field = NULL}; field_next_number(&at);) {
        columns += !at.is_error && (at.field->places & FIELD_SWEEP);
    }
    return columns;
}

/* Columns read in two halves say what all of them read at once do: the mean of q + d / n
 * over the others is q + 1/2, its median too, and the paired drops are the feasible ones. */
static void a_point_of_many_drops_is_read_twice_and_described_alike(void **state)
{
    const size_t counts[2] = {50000, 50001};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t opened, feasible = counts[i] - (counts[i] + 6) / 7;
        char *row = row_of(counts[i], &opened);

        assert_int_equal(opened, i + 1);
        assert_true(field_at(row, 2) == (double)counts[i] && field_at(row, 3) == (double)feasible);
        assert_row(row, feasible);
        free(row);
    }
    size_t columns = columns_of_sweeps();
    assert_true(report_sweep_csv_bytes(50000) == 8.0 * 50000.0 * (double)(columns + 1));
    assert_true(report_sweep_csv_bytes(10000000) == 8.0 * 1e7 * (double)((columns + 1) / 2 + 1));
}

/* ---------------------------------------------------------------------------- reading back ---- */

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"sweep.ndjson", "sweep.json", "scenario.json",
                                        "sweep.csv",    "plots.gp",   "timing.json"};
    char path[300];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* The end of a sweep of three feasible drops whose journal is said to have ended as `ended`. */
static cfi_status finish_as(const char *folder, const sweep_plan *plan, const uint8_t ended[3], cfi_error *error)
{
    const cfi_sweep_warn silent = {.emit = NULL};
    journal j;
    cfi_status status;

    assert_int_equal(journal_open_to_read(folder, &kind_of_sweeps, &j, error), CFI_OK);
    status = finish_table(&j, plan, ended, false, &silent, error);
    assert_int_equal(journal_close(&j, error), CFI_OK);
    return status;
}

/* The error names the line, whatever writing the table makes of it. */
static void a_line_that_reads_back_otherwise_is_named(void **state)
{
    static const char text[] = "{\"network\": {\"aps\": 2, \"ues\": 1}, \"pilots\": {\"length\": 1},"
                               " \"allocation\": {\"method\": \"equal\"}, \"monte_carlo\": {\"drops\": 3,"
                               " \"realizations\": 0}, \"sweep\": {\"seed\": [1]}}";
    char folder[] = "/tmp/cfisac-test-XXXXXX", expected[400];
    uint8_t ended[3] = {CFI_DROP_OK, CFI_DROP_OK, CFI_DROP_OK};
    cfi_sweep_options options = {.directory = folder, .shard = 1, .shards = 1, .threads = 1, .command_line = ""};
    cfi_sweep_progress progress;
    cfi_scenario *sweep;
    sweep_plan plan;
    cfi_error error = {.text = ""};

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(scenario_parse(text, strlen(text), "t.json", NULL, 0, &sweep, NULL), CFI_OK);
    assert_int_equal(plan_make(sweep, 1, 1, &plan, NULL), CFI_OK);
    assert_int_equal(sweep_run(sweep, &options, &progress, &error), CFI_OK);
    assert_int_equal(finish_as(folder, &plan, ended, &error), CFI_OK);
    ended[1] = CFI_DROP_INFEASIBLE;
    assert_int_equal(finish_as(folder, &plan, ended, &error), CFI_OUTPUT);
    snprintf(expected, sizeof expected,
             "%s/sweep.ndjson:2: does not read back as it was written: its status is another (--resume mends it)",
             folder);
    assert_string_equal(error.text, expected);
    plan_free(&plan);
    scenario_destroy(sweep);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_to_do_is_what_is_missing_in_order),
        cmocka_unit_test(a_fresh_sweep_has_a_single_run_of_work),
        cmocka_unit_test(a_sweep_beyond_the_memory_is_refused_with_what_it_would_need),
        cmocka_unit_test(as_many_trials_run_at_once_as_there_is_room_for),
        cmocka_unit_test(a_point_of_many_drops_is_read_twice_and_described_alike),
        cmocka_unit_test(a_line_that_reads_back_otherwise_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
