/* The drop loop and the parts of a sweep: the same records for any number of threads, the first error in drop order,
 * interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "report/fields.h"
#include "sweep/plan.h"
#include "sweep/queue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cfi_scenario *small_scenario(const char *drops)
{
    static const char text[] = "{\"network\": {\"aps\": 6, \"ues\": 3}, \"pilots\": {\"length\": 2},"
                               " \"allocation\": {\"starts\": 2}, \"monte_carlo\": {\"realizations\": 20}}";
    cfi_setting setting = {.key = "monte_carlo.drops", .value = drops};
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", &setting, 1, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

/* results.json of a finished run; free(). */
static char *json_of(const cfi_scenario *scenario, const cfi_run *run)
{
    cfi_results results = {.scenario = scenario, .record = run->record, .count = run->count};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(report_write_json(&results, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

static char *run_with(const cfi_scenario *scenario, size_t threads)
{
    cfi_run_options options = {.threads = threads};
    cfi_error error = {.text = ""};
    cfi_run run;
    char *text;

    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, &error), CFI_OK);
    assert_int_equal(run.count, scenario_system(scenario)->monte_carlo.drops);
    text = json_of(scenario, &run);
    run_destroy(&run);
    return text;
}

/* Five drops on 1, 2, 3 threads are spread over drops; two drops on 3 threads are spread over channels. */
static void records_are_the_same_for_any_number_of_threads(void **state)
{
    static const char *const drops[] = {"5", "2"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        cfi_scenario *scenario = small_scenario(drops[i]);
        char *one = run_with(scenario, 1);

        for (size_t threads = 2; threads <= 3; threads++) {
            char *many = run_with(scenario, threads);

            assert_string_equal(one, many);
            free(many);
        }
        free(one);
        scenario_destroy(scenario);
    }
}

static void records_stand_at_their_index(void **state)
{
    cfi_scenario *scenario = small_scenario("4");
    cfi_run_options options = {.threads = 2};
    cfi_run run;

    (void)state;
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(run.record[i].index, i);
        assert_int_equal(run.record[i].network->drop, i);
    }
    run_destroy(&run);
    scenario_destroy(scenario);
}

/* What the hooks below have seen; they are called from several threads. */
typedef struct seen {
    size_t calls, last, total;
    uint32_t refuse_from;
    volatile sig_atomic_t *stop;
} seen;

static void note_progress(void *context, size_t done, size_t total)
{
    seen *s = context;

    s->calls += done == s->calls + 1; /* serialised and counted up */
    s->last = done;
    s->total = total;
    if (s->stop && done == 2) {
        *s->stop = 1;
    }
}

static void progress_counts_every_drop_once(void **state)
{
    cfi_scenario *scenario = small_scenario("6");
    seen s = {0};
    cfi_run_options options = {.threads = 2, .progress = note_progress, .progress_context = &s};
    cfi_run run;

    (void)state;
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    assert_true(s.calls == 6 && s.last == 6 && s.total == 6);
    run_destroy(&run);
    scenario_destroy(scenario);
}

static void an_interrupt_keeps_the_drops_before_the_first_unfinished_one(void **state)
{
    cfi_scenario *scenario = small_scenario("50");

    (void)state;
    for (size_t threads = 1; threads <= 2; threads++) {
        volatile sig_atomic_t stop = 0;
        seen s = {.stop = &stop};
        cfi_run_options options = {
            .threads = threads, .alloc = {.stop = &stop}, .progress = note_progress, .progress_context = &s};
        cfi_error error;
        cfi_run run;

        assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, &error), CFI_INTERRUPTED);
        assert_true(threads == 1 ? run.count == 2 : run.count <= s.last); /* of two at once the first may be late */
        for (size_t i = 0; i < run.count; i++) {
            assert_int_equal(run.record[i].index, i);
            assert_int_equal(run.record[i].status, CFI_DROP_OK);
        }
        run_destroy(&run);
    }
    scenario_destroy(scenario);
}

static cfi_status refuse_export(void *context, const cfi_exported *exported, cfi_error *error)
{
    const seen *s = context;

    return exported->drop >= s->refuse_from ? error_set(error, CFI_OUTPUT, "drop %u refused", exported->drop) : CFI_OK;
}

static void the_error_is_that_of_the_lowest_drop(void **state)
{
    cfi_scenario *scenario = small_scenario("12");
    seen s = {.refuse_from = 3};

    (void)state;
    for (size_t threads = 1; threads <= 3; threads++) {
        cfi_run_options options = {.threads = threads,
                                   .alloc = {.export_problem = refuse_export, .export_context = &s}};
        cfi_error error;
        cfi_run run;

        assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, &error), CFI_OUTPUT);
        assert_string_equal(error.text, "drop 3 refused");
        assert_int_equal(run.count, 3);
        run_destroy(&run);
    }
    scenario_destroy(scenario);
}

static int set_up(void **state)
{
    (void)state;
    linalg_single_thread();
    return 0;
}

/* ------------------------------------------------------------------------- sweeps ---- */

static void queue_gives_lines_in_their_order(void **state)
{
    enum { COUNT = 1000 };
    line_queue queue = {.next = 3};
    size_t taken = 3, order[COUNT];
    cfi_stream stream = stream_make(5, 0, CFI_DRAW_START, 0);

    (void)state;
    for (size_t i = 0; i < COUNT; i++) { /* a random order */
        double u;
        size_t j;

        random_uniforms(&stream, 1, &u);
        j = (size_t)(u * (double)(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i < COUNT; i++) {
        char *line = malloc(16);

        snprintf(line, 16, "%zu", order[i] + 3);
        assert_int_equal(queue_put(&queue, order[i] + 3, line, NULL), CFI_OK);
        while ((line = queue_take(&queue))) {
            assert_int_equal(strtoul(line, NULL, 10), taken++);
            free(line);
        }
    }
    assert_int_equal(taken, COUNT + 3);
    queue_free(&queue);
}

static void shards_share_the_trials_and_leave_none_out(void **state)
{
    static const char text[] = "{\"sweep\": {\"monte_carlo.drops\": [3, 1, 5], \"network.aps\": [4, 6]}}";
    cfi_scenario *sweep;
    size_t count[18] = {0};

    (void)state;
    assert_int_equal(scenario_parse(text, strlen(text), "test.json", NULL, 0, &sweep, NULL), CFI_OK);
    for (size_t shard = 1; shard <= 4; shard++) {
        sweep_plan plan;

        assert_int_equal(plan_make(sweep, shard, 4, &plan, NULL), CFI_OK);
        assert_int_equal(plan.trials, 18);
        for (size_t i = 0; i < plan.items; i++) {
            size_t trial = plan_trial(&plan, i), point = plan_point(&plan, trial);

            assert_in_range(trial, plan.first[point], plan.first[point + 1] - 1);
            assert_int_equal(plan_drop(&plan, trial), trial - plan.first[point]);
            count[trial]++;
        }
        plan_free(&plan);
    }
    for (size_t t = 0; t < 18; t++) {
        assert_int_equal(count[t], 1);
    }
    scenario_destroy(sweep);
}

/* The line of a record of point 0; free(). */
static char *line_of(const cfi_scenario *scenario, const cfi_record *record, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);

    assert_non_null(stream);
    assert_int_equal(report_write_line(scenario, 0, record, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

/* Every number of the record, in the order of the table of fields. */
static void assert_numbers(const cfi_line *line, const cfi_record *record)
{
    size_t n = 0;

    for (field_column at = {.field = NULL}; field_next_number(&at); n++) {
        double value = field_number(at, record, 0, FIELD_JOURNAL);

        assert_true(line->quantity[n] == value || (isnan(value) && isnan(line->quantity[n])));
    }
    assert_in_range(n, 20, CFI_MOST_QUANTITIES); /* a line has room for all */
}

static void a_line_reads_back_to_the_last_bit(void **state)
{
    cfi_scenario *scenario = small_scenario("4");
    cfi_run_options options = {.threads = 1};
    cfi_run run;
    cfi_line line;
    cfi_line_text more;
    char build[CFI_BUILD_LENGTH], hash[CFI_SWEEP_HASH_LENGTH];
    size_t size;

    (void)state;
    report_build(build);
    report_sweep_hash(scenario, hash);
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    for (size_t i = 0; i < run.count; i++) {
        char *text = line_of(scenario, &run.record[i], &size);

        assert_int_equal(text[size - 1], '\n');
        assert_ptr_equal(strchr(text, '\n'), text + size - 1);
        assert_int_equal(report_read_line(text, size - 1, &line, &more, NULL), CFI_OK);
        assert_int_equal(line.drop, i);
        assert_int_equal(line.status, run.record[i].status);
        assert_string_equal(more.build, build);
        assert_string_equal(more.sweep, hash);
        assert_numbers(&line, &run.record[i]);
        free(text);
    }
    run_destroy(&run);
    scenario_destroy(scenario);
}

/* Cut at any length, or with any one bit flipped, a line is none. */
static void a_damaged_line_is_none(void **state)
{
    cfi_scenario *scenario = small_scenario("1");
    cfi_run_options options = {.threads = 1};
    cfi_run run;
    cfi_line line;
    cfi_line_text more;
    size_t size;
    char *text;

    (void)state;
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    text = line_of(scenario, &run.record[0], &size);
    for (size_t length = 0; length + 1 < size; length++) {
        assert_int_equal(report_read_line(text, length, &line, &more, NULL), CFI_INVALID);
    }
    for (size_t bit = 0; bit < 8 * (size - 1); bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        assert_int_equal(report_read_line(text, size - 1, &line, &more, NULL), CFI_INVALID);
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    }
    assert_int_equal(report_read_line(text, size - 1, &line, &more, NULL), CFI_OK);
    free(text);
    run_destroy(&run);
    scenario_destroy(scenario);
}

/* Relabelling is what writing the same record as that point of that sweep would have given, but for its values. */
static void a_relabelled_line_keeps_its_results(void **state)
{
    cfi_scenario *scenario = small_scenario("2"), *larger = small_scenario("3");
    cfi_run_options options = {.threads = 1};
    cfi_run run;
    cfi_line line;
    cfi_line_text more;
    size_t size, expected_size;
    char *text, *expected, *relabelled = NULL;
    FILE *stream;

    (void)state;
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    text = line_of(scenario, &run.record[1], &size);
    expected = line_of(larger, &run.record[1], &expected_size);
    assert_string_not_equal(text, expected);
    stream = open_memstream(&relabelled, &size);
    assert_int_equal(report_relabel_line(larger, 0, text, strlen(text) - 1, stream, NULL), CFI_OK);
    fclose(stream);
    assert_string_equal(relabelled, expected);
    assert_int_equal(report_read_line(relabelled, size - 1, &line, &more, NULL), CFI_OK);
    free(text);
    free(expected);
    free(relabelled);
    run_destroy(&run);
    scenario_destroy(scenario);
    scenario_destroy(larger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(records_stand_at_their_index),
        cmocka_unit_test(progress_counts_every_drop_once),
        cmocka_unit_test(an_interrupt_keeps_the_drops_before_the_first_unfinished_one),
        cmocka_unit_test(the_error_is_that_of_the_lowest_drop),
        cmocka_unit_test(queue_gives_lines_in_their_order),
        cmocka_unit_test(shards_share_the_trials_and_leave_none_out),
        cmocka_unit_test(a_line_reads_back_to_the_last_bit),
        cmocka_unit_test(a_damaged_line_is_none),
        cmocka_unit_test(a_relabelled_line_keeps_its_results),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
