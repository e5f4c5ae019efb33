/* The parts that a sweep is made of, by themselves: the queue of lines, the hand-out of items to threads, the plan of
 * trials, the drops of one scenario; and each of them without memory, interrupted, or with an error of the work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "memory_requests.h"
#include "sweep/dispatch.h"
#include "sweep/plan.h"
#include "sweep/queue.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

static int set_up(void **state)
{
    (void)state;
    linalg_single_thread();
    refuse_requests(0, 0);
    return 0;
}

/* -------------------------------------------------------------------------------- queue ---- */

static char *line_of(size_t item)
{
    char *line = malloc(24);

    snprintf(line, 24, "%zu", item);
    return line;
}

static void a_queue_grows_just_when_an_item_is_too_far_ahead(void **state)
{
    (void)state;
    for (size_t ahead = 1; ahead <= 300; ahead++) { /* around 64, 128 and 256 too */
        line_queue queue = {.next = 10};
        char *line;

        assert_null(queue_take(&queue));
        assert_int_equal(queue_put(&queue, 11, line_of(11), NULL), CFI_OK);
        assert_int_equal(queue_put(&queue, 10 + ahead + 1, line_of(10 + ahead + 1), NULL), CFI_OK);
        assert_true(queue.room > ahead + 1);
        assert_null(queue_take(&queue)); /* item 10 is not there */
        assert_int_equal(queue_put(&queue, 10, line_of(10), NULL), CFI_OK);
        for (size_t item = 10; item < 12; item++) {
            line = queue_take(&queue);
            assert_non_null(line);
            assert_int_equal(strtoul(line, NULL, 10), item);
            free(line);
        }
        assert_int_equal(queue.next, 12);
        line = ahead == 1 ? queue_take(&queue) : NULL;
        assert_true((line != NULL) == (ahead == 1)); /* the far one waits for those in between */
        free(line);
        queue_free(&queue);
        assert_null(queue_take(&queue));
    }
}

static void a_queue_without_memory_says_so_and_keeps_what_it_has(void **state)
{
    cfi_error error;
    line_queue queue = {.next = 0};
    char *first = line_of(0), *far = line_of(1000), *line;

    (void)state;
    refuse_requests(0, 1);
    assert_int_equal(queue_put(&queue, 0, first, &error), CFI_NO_MEMORY); /* and frees the line */
    assert_string_equal(error.text, "out of memory for the lines of a sweep");
    assert_int_equal(queue_put(&queue, 0, line_of(0), &error), CFI_OK);
    refuse_requests(0, 1);
    assert_int_equal(queue_put(&queue, 1000, far, &error), CFI_NO_MEMORY);
    line = queue_take(&queue);
    assert_non_null(line);
    assert_string_equal(line, "0");
    free(line);
    queue_free(&queue);
}

/* ------------------------------------------------------------------------------ dispatch ---- */

enum { ITEMS = 200 };

/* What the work below has seen and is to do. */
typedef struct work_log {
    size_t done[ITEMS], by_caller, in_between;
    bool wrong_thread;
    size_t threads;
    pthread_t caller;
    const bool *fails; /* by item, or NULL */
    volatile sig_atomic_t stop;
    size_t stop_at; /* the item whose work raises the flag; later ones wait for it */
} work_log;

static cfi_status note_item(void *context, size_t thread, size_t item, cfi_error *error)
{
    work_log *log = context;

    if (thread >= log->threads || item >= ITEMS || (thread == 0) != (pthread_equal(log->caller, pthread_self()) != 0)) {
        log->wrong_thread = true;
        return CFI_OK;
    }
    if (log->fails && log->fails[item]) {
        return error_set(error, CFI_OUTPUT, "item %zu", item);
    }
    while (item > log->stop_at && !log->stop) {
        sched_yield();
    }
    __atomic_add_fetch(&log->done[item], 1, __ATOMIC_RELAXED);
    if (thread == 0) {
        log->by_caller++;
    }
    if (item == log->stop_at) {
        log->stop = 1;
    }
    return CFI_OK;
}

static void note_between(void *context)
{
    work_log *log = context;

    log->wrong_thread = log->wrong_thread || !pthread_equal(log->caller, pthread_self());
    log->in_between++;
}

static work_log new_log(size_t threads)
{
    return (work_log){.threads = threads, .caller = pthread_self(), .stop_at = SIZE_MAX};
}

static void every_item_is_handed_out_once(void **state)
{
    static const size_t range[][3] = {{0, 1, ITEMS}, {3, 7, 150}, {5, 2, 6}, {9, 1, 9}, {20, 3, 10}};

    (void)state;
    for (size_t r = 0; r < sizeof range / sizeof *range; r++) {
        for (size_t threads = 1; threads <= 3; threads++) {
            work_log log = new_log(threads);
            dispatch_job job = {.first = range[r][0],
                                .stride = range[r][1],
                                .end = range[r][2],
                                .threads = threads,
                                .context = &log,
                                .work = note_item,
                                .between = note_between};
            size_t end = SIZE_MAX, items = 0;

            assert_int_equal(dispatch_run(&job, &end, NULL), CFI_OK);
            assert_int_equal(end, job.end);
            assert_false(log.wrong_thread);
            for (size_t i = 0; i < ITEMS; i++) {
                bool wanted = i >= job.first && i < job.end && (i - job.first) % job.stride == 0;

                assert_int_equal(log.done[i], wanted);
                items += wanted;
            }
            assert_int_equal(log.in_between, log.by_caller);
            assert_true(threads > 1 || log.by_caller == items);
        }
    }
}

static void the_first_item_that_fails_ends_the_work_and_names_it(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= 3; threads++) {
        for (size_t first = 0; first < 40; first += 13) {
            bool fails[ITEMS] = {false};
            work_log log = new_log(threads);
            dispatch_job job = {.stride = 1, .end = ITEMS, .threads = threads, .context = &log, .work = note_item};
            cfi_error error;
            char expected[24];
            size_t end;

            for (size_t i = first; i < ITEMS; i += 2) { /* later ones fail too, some of them earlier in time */
                fails[i] = true;
            }
            log.fails = fails;
            snprintf(expected, sizeof expected, "item %zu", first);
            assert_int_equal(dispatch_run(&job, &end, &error), CFI_OUTPUT);
            assert_int_equal(end, first);
            assert_int_equal(error.status, CFI_OUTPUT);
            assert_string_equal(error.text, expected);
            for (size_t i = 0; i < first; i++) {
                assert_int_equal(log.done[i], 1);
            }
            for (size_t i = first + 2 * threads + 1; i < ITEMS; i++) {
                assert_int_equal(log.done[i], 0);
            }
        }
    }
}

/* Two threads: the caller's first item fails as soon as the other thread is at a later one, which waits until that
 * failure is noted and then fails as well. */
typedef struct late_failure {
    size_t failing, later; /* items; SIZE_MAX: not yet there */
    bool noted, stuck;
} late_failure;

/* Waits until *place is what it is not now; gives up when the other thread does not seem to exist. */
static void wait_while(const size_t *place, size_t value, late_failure *f)
{
    for (long i = 0; i < 100000000 && __atomic_load_n(place, __ATOMIC_ACQUIRE) == value; i++) {
        sched_yield();
    }
    f->stuck = f->stuck || __atomic_load_n(place, __ATOMIC_ACQUIRE) == value;
}

static cfi_status fail_late(void *context, size_t thread, size_t item, cfi_error *error)
{
    late_failure *f = context;

    if (thread == 0) {
        __atomic_store_n(&f->failing, item, __ATOMIC_RELEASE);
        wait_while(&f->later, SIZE_MAX, f);
    } else {
        wait_while(&f->failing, SIZE_MAX, f);
        if (item < f->failing) {
            return CFI_OK;
        }
        __atomic_store_n(&f->later, item, __ATOMIC_RELEASE);
        while (!f->stuck && !__atomic_load_n(&f->noted, __ATOMIC_ACQUIRE)) {
            sched_yield();
        }
    }
    return error_set(error, CFI_OUTPUT, "item %zu", item);
}

static void note_failure(void *context)
{
    late_failure *f = context;

    __atomic_store_n(&f->noted, true, __ATOMIC_RELEASE);
}

static void a_later_item_that_fails_last_does_not_take_the_blame(void **state)
{
    late_failure f = {.failing = SIZE_MAX, .later = SIZE_MAX};
    dispatch_job job = {
        .stride = 1, .end = ITEMS, .threads = 2, .context = &f, .work = fail_late, .between = note_failure};
    cfi_error error;
    char expected[24];
    size_t end;

    (void)state;
    assert_int_equal(dispatch_run(&job, &end, &error), CFI_OUTPUT);
    assert_false(f.stuck);
    assert_true(f.later > f.failing && f.later < ITEMS);
    assert_int_equal(end, f.failing);
    snprintf(expected, sizeof expected, "item %zu", f.failing);
    assert_string_equal(error.text, expected);
}

static void a_raised_flag_ends_the_work_with_everything_before_done(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= 3; threads++) {
        work_log log = new_log(threads);
        dispatch_job job = {
            .stride = 1, .end = ITEMS, .threads = threads, .stop = &log.stop, .context = &log, .work = note_item};
        cfi_error error;
        size_t end;

        log.stop_at = 50;
        assert_int_equal(dispatch_run(&job, &end, &error), CFI_INTERRUPTED);
        assert_string_equal(error.text, "interrupted");
        assert_true(end <= 50 + threads);
        assert_true(threads > 1 || end == 51); /* another thread may have been about to begin an earlier item */
        for (size_t i = 0; i < end; i++) {
            assert_int_equal(log.done[i], 1);
        }
        assert_int_equal(log.done[end], 0);
        log = new_log(threads);
        log.stop = 1; /* from the start */
        assert_int_equal(dispatch_run(&job, &end, &error), CFI_INTERRUPTED);
        assert_int_equal(end, 0);
        for (size_t i = 0; i < ITEMS; i++) {
            assert_int_equal(log.done[i], 0);
        }
    }
}

/* ---------------------------------------------------------------------------------- plan ---- */

static cfi_scenario *parsed(const char *text)
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

/* Seven trials of which points 0, 1, 2 have 1, 2, 4; up to ten shards, so that the last ones are empty. */
static void every_trial_lies_in_one_shard_even_when_some_shards_are_empty(void **state)
{
    cfi_scenario *sweep = parsed("{\"sweep\": {\"monte_carlo.drops\": [1, 2, 4]}}");
    const size_t point_of[7] = {0, 1, 1, 2, 2, 2, 2}, drop_of[7] = {0, 0, 1, 0, 1, 2, 3};

    (void)state;
    for (size_t shards = 1; shards <= 10; shards++) {
        size_t count[7] = {0};

        for (size_t shard = 1; shard <= shards; shard++) {
            sweep_plan plan;

            assert_int_equal(plan_make(sweep, shard, shards, &plan, NULL), CFI_OK);
            assert_true(plan.points == 3 && plan.trials == 7);
            assert_int_equal(plan.items, shard > 7 ? 0 : (7 - shard) / shards + 1);
            for (size_t i = 0; i < plan.items; i++) {
                size_t trial = plan_trial(&plan, i);

                assert_in_range(trial, 0, 6);
                assert_int_equal(plan_point(&plan, trial), point_of[trial]);
                assert_int_equal(plan_drop(&plan, trial), drop_of[trial]);
                count[trial]++;
            }
            plan_free(&plan);
            assert_null(plan.first);
        }
        for (size_t t = 0; t < 7; t++) {
            assert_int_equal(count[t], 1);
        }
    }
    scenario_destroy(sweep);
}

static void a_point_that_is_no_scenario_ends_the_plan_with_its_name(void **state)
{
    static const char text[] = "{\"sweep\": {\"pilots.length\": [3, 300]}}";
    cfi_scenario *sweep = parsed(text);
    sweep_plan plan;
    cfi_error error;

    (void)state;
    assert_int_equal(plan_make(sweep, 1, 1, &plan, &error), CFI_INVALID);
    plan_free(&plan);
    scenario_destroy(sweep);
    assert_non_null(strstr(error.text, "pilots.length"));
    assert_non_null(strstr(error.text, "300"));
}

static void a_plan_without_memory_says_so(void **state)
{
    cfi_scenario *sweep = parsed("{\"sweep\": {\"monte_carlo.drops\": [1, 2]}}");
    sweep_plan plan;
    cfi_error error;

    (void)state;
    refuse_requests(0, 1);
    assert_int_equal(plan_make(sweep, 1, 1, &plan, &error), CFI_NO_MEMORY);
    assert_string_equal(error.text, "out of memory for a sweep of 2 points");
    refuse_requests(0, 0);
    plan_free(&plan);
    scenario_destroy(sweep);
}

/* ------------------------------------------------------------------------------ the drops ---- */

static cfi_scenario *three_drops(void)
{
    return parsed("{\"network\": {\"aps\": 3, \"ues\": 2}, \"pilots\": {\"length\": 2},"
                  " \"monte_carlo\": {\"drops\": 3, \"realizations\": 4}}");
}

/* Refused from any request on, the run ends for want of memory; a single refusal is reported or done without. */
static void drops_without_memory_are_reported_or_the_same(void **state)
{
    cfi_scenario *scenario = three_drops();
    cfi_run_options options = {.threads = 1};
    cfi_run good, run;
    size_t count;

    (void)state;
    refuse_requests(0, 0);
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &good, NULL), CFI_OK);
    count = requests;
    assert_true(count >= 4);
    for (size_t n = 0; n < 2 * count; n++) {
        cfi_error error = {.text = ""};
        bool alone = n >= count;
        cfi_status status;

        refuse_requests(n % count, alone ? 1 : SIZE_MAX);
        status = sweep_run_drops(scenario_system(scenario), &options, &run, &error);
        refuse_requests(0, 0);
        assert_true(status == CFI_NO_MEMORY || (alone && status == CFI_OK));
        if (status == CFI_NO_MEMORY) {
            assert_int_equal(error.status, CFI_NO_MEMORY);
            assert_int_equal(strncmp(error.text, "out of memory", 13), 0);
            assert_true(run.count < 3);
        }
        for (size_t i = 0; i < run.count; i++) {
            assert_true(run.record[i].allocation.sum_rate_bit_s_hz == good.record[i].allocation.sum_rate_bit_s_hz);
        }
        run_destroy(&run);
        assert_true(!run.record && run.count == 0 && run.arenas == 0);
    }
    run_destroy(&good);
    scenario_destroy(scenario);
}

static void a_run_says_how_long_it_took_and_checks_when_asked(void **state)
{
    cfi_scenario *scenario = three_drops();
    cfi_run run;

    (void)state;
    for (int check = 0; check < 2; check++) {
        cfi_run_options options = {.threads = 1, .check = check};

        assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
        assert_true(run.seconds >= 0.0 && run.seconds < 600.0);
        assert_int_equal(run.count, 3);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(run.record[i].check.available, check);
        }
        run_destroy(&run);
    }
    scenario_destroy(scenario);
}

static void drops_or_their_channels_are_spread_over_the_threads(void **state)
{
    cfi_scenario *scenario = three_drops();
    cfi_run_options options = {.threads = 0};
    size_t threads = sweep_default_threads();
    cfi_run run;

    (void)state;
    assert_true(threads >= 1);
    assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
    assert_int_equal(run.arenas, threads <= 3 ? threads : 1); /* more threads than drops share each drop */
    run_destroy(&run);
    for (options.threads = 1; options.threads <= 5; options.threads++) {
        assert_int_equal(sweep_run_drops(scenario_system(scenario), &options, &run, NULL), CFI_OK);
        assert_int_equal(run.arenas, options.threads <= 3 ? options.threads : 1);
        run_destroy(&run);
    }
    scenario_destroy(scenario);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_queue_grows_just_when_an_item_is_too_far_ahead),
        TEST(a_queue_without_memory_says_so_and_keeps_what_it_has),
        TEST(every_item_is_handed_out_once),
        TEST(the_first_item_that_fails_ends_the_work_and_names_it),
        TEST(a_later_item_that_fails_last_does_not_take_the_blame),
        TEST(a_raised_flag_ends_the_work_with_everything_before_done),
        TEST(every_trial_lies_in_one_shard_even_when_some_shards_are_empty),
        TEST(a_point_that_is_no_scenario_ends_the_plan_with_its_name),
        TEST(a_plan_without_memory_says_so),
        TEST(drops_without_memory_are_reported_or_the_same),
        TEST(a_run_says_how_long_it_took_and_checks_when_asked),
        TEST(drops_or_their_channels_are_spread_over_the_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
