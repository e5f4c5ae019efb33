/* One trial when something fails on the way: every request for memory that is refused, every look at the stop flag that
 * finds it raised, every part that reports an error; and the drops that are lost although nothing reported one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/trial.h"
#include "check.h"
#include "memory_requests.h"
#include "systems.h"

/* ------------------------------------------------------- what the linker puts in between ---- */

void *__real_arena_alloc(cfi_arena *arena, size_t count, size_t size);
void *__real_arena_zeros(cfi_arena *arena, size_t count, size_t size);
bool __real_stop_requested(cfi_stop *stop);
cfi_status __real_metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                               double *restrict sinr, cfi_error *error);
cfi_status __real_metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads,
                                      cfi_stop *stop, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error);
cfi_status __real_metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                        double *restrict crlb, cfi_error *error);
cfi_status __real_metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                           double *restrict crlb, cfi_error *error);
void *__wrap_arena_alloc(cfi_arena *arena, size_t count, size_t size);
void *__wrap_arena_zeros(cfi_arena *arena, size_t count, size_t size);
bool __wrap_stop_requested(cfi_stop *stop);
cfi_status __wrap_metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                               double *restrict sinr, cfi_error *error);
cfi_status __wrap_metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads,
                                      cfi_stop *stop, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error);
cfi_status __wrap_metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                        double *restrict crlb, cfi_error *error);
cfi_status __wrap_metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                           double *restrict crlb, cfi_error *error);

/* Requests to the arena count among those to the system: it holds large chunks and would hide them. */
void *__wrap_arena_alloc(cfi_arena *arena, size_t count, size_t size)
{
    return request_is_granted() ? __real_arena_alloc(arena, count, size) : NULL;
}

void *__wrap_arena_zeros(cfi_arena *arena, size_t count, size_t size)
{
    return request_is_granted() ? __real_arena_zeros(arena, count, size) : NULL;
}

static size_t looks;                  /* at the stop flag */
static size_t raised_at = (size_t)-1; /* the look, from 0, from which on it is raised */

bool __wrap_stop_requested(cfi_stop *stop)
{
    return looks++ >= raised_at || __real_stop_requested(stop);
}

/* Calls of the functions below, and the one that fails. */
static size_t calls;
static size_t failing_call = (size_t)-1;
static cfi_status injected;
static bool not_a_number; /* rates are NaN instead */

static bool is_failing_call(void)
{
    return calls++ == failing_call;
}

static cfi_status inject(cfi_error *error)
{
    return error_set(error, injected, "injected at call %zu", failing_call);
}

cfi_status __wrap_metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                               double *restrict sinr, cfi_error *error)
{
    cfi_status status =
        is_failing_call() ? inject(error) : __real_metrics_sinr(link, powers, model, arena, sinr, error);

    for (size_t k = 0; not_a_number && model == CFI_RATE_EXACT && k < link->K; k++) {
        sinr[k] = k == 1 ? NAN : sinr[k];
    }
    return status;
}

cfi_status __wrap_metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads,
                                      cfi_stop *stop, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    return is_failing_call() ? inject(error)
                             : __real_metrics_monte_carlo(network, powers, threads, stop, arena, out, error);
}

cfi_status __wrap_metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                        double *restrict crlb, cfi_error *error)
{
    return is_failing_call() ? inject(error) : __real_metrics_crlb_own_echo(link, powers, arena, crlb, error);
}

cfi_status __wrap_metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                           double *restrict crlb, cfi_error *error)
{
    return is_failing_call() ? inject(error) : __real_metrics_crlb_multistatic(link, powers, arena, crlb, error);
}

static int nothing_fails(void **state)
{
    (void)state;
    refuse_requests(0, 0);
    looks = calls = 0;
    raised_at = failing_call = (size_t)-1;
    not_a_number = false;
    return 0;
}

/* --------------------------------------------------------------------------- the trials ---- */

/* Small trials that between them pass through every part. */
enum { VARIANTS = 6 };

static made_system variant(size_t which)
{
    made_system made = make_system(1 + which, 3, 2, 2, 2);

    made.system.allocation.max_iterations = 2;
    made.system.monte_carlo.realizations = 6;
    made.system.allocation.starts = 1;
    if (which == 1) { /* the dual of the step, several starts, given gains */
        reuse_pilots(&made, 1);
        made.system.allocation.solver = CFI_SOLVER_AUTO;
        made.system.allocation.starts = 3;
        return made;
    }
    made.system.propagation.gain = NULL;
    made.system.sensing.angle_rad = NULL;
    made.system.sensing.angle_min_rad = -1.0;
    made.system.sensing.angle_max_rad = 1.0;
    made.system.frame.pilot_assignment = CFI_PILOTS_CYCLIC;
    made.system.allocation.method = which == 2 ? CFI_METHOD_EQUAL : which == 3 ? CFI_METHOD_HEURISTIC : CFI_METHOD_SCA;
    made.system.sensing.crlb_model = which == 2 ? CFI_CRLB_MULTISTATIC : CFI_CRLB_OWN_ECHO;
    if (which == 2) { /* one target, bounds of one block */
        made.system.sensing.geometry = CFI_GEOMETRY_TARGET;
        made.system.sensing.information = CFI_INFORMATION_BLOCK;
        made.system.precoding.draws = 20;
    }
    if (which == 3) { /* limits that bind */
        for (size_t l = 0; l < 3; l++) {
            made.limit[l] = 0.5 * made.system.power.budget_w / 3.0;
            made.threshold[l] *= 100.0;
        }
        made.system.power.ap_limit_w = made.limit;
    }
    if (which == 4) {
        made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL;
        made.system.allocation.crlb_constraint = CFI_CRLB_SCA;
    }
    if (which == 5) { /* sensing that couples access points */
        made.system.sensing.geometry = CFI_GEOMETRY_TARGET;
        made.system.sensing.crlb_model = CFI_CRLB_NONCOHERENT;
        made.system.sensing.position_threshold_m = 300.0;
        made.system.sensing.false_alarm_probability = 1e-3;
        made.system.sensing.detection_threshold = 2e-3;
        made.system.sensing.swerling = 1;
    }
    return made;
}

static cfi_status try(const made_system *made, cfi_arena *arena, cfi_record *record, cfi_error *error)
{
    cfi_trial_options options = {.threads = 1, .check = true};

    *error = (cfi_error){.text = ""};
    return trial_run(&made->system, 0, &options, arena, record, error);
}

static void assert_same_record(const cfi_record *a, const cfi_record *b)
{
    assert_int_equal(a->status, b->status);
    assert_true(a->allocation.sum_rate_bit_s_hz == b->allocation.sum_rate_bit_s_hz);
    assert_true(a->monte_carlo.sum_rate_bit_s_hz == b->monte_carlo.sum_rate_bit_s_hz);
    assert_memory_equal(a->allocation.powers.p, b->allocation.powers.p, a->K * a->L * sizeof(double));
}

/* Refuses `refused_requests` requests from number `first` on: what the trial then says; and, when it was one alone,
 * that the next trial in the same arena is what it is in a fresh one. */
static cfi_status try_without_memory(const made_system *made, size_t first, size_t refused_requests,
                                     const cfi_record *good)
{
    cfi_arena *arena = arena_create();
    cfi_arena_mark mark = arena_mark(arena);
    cfi_record record;
    cfi_error error;
    cfi_status status;

    refuse_requests(first, refused_requests);
    status = try(made, arena, &record, &error);
    refuse_requests(0, 0);
    assert_int_equal(error.status, status);
    if (status == CFI_OK) {
        assert_same_record(&record, good);
    } else if (status != CFI_NO_MEMORY || strncmp(error.text, "out of memory", 13) != 0) {
        fail_msg("request %zu: status %s, \"%s\"", first, status_name(status), error.text);
    }
    if (refused_requests == 1) {
        arena_release(arena, mark);
        assert_int_equal(try(made, arena, &record, &error), CFI_OK);
        assert_same_record(&record, good);
    }
    arena_destroy(arena);
    return status;
}

/* For every request of a trial: when memory is out from there on, the trial says so; when that one alone is refused, it
 * says so or does without. No record is ever another than the good one. */
static void every_refused_request_for_memory_is_reported_and_harms_no_later_trial(void **state)
{
    (void)state;
    for (size_t which = 0; which < VARIANTS; which++) {
        made_system made = variant(which);
        cfi_arena *reference = arena_create();
        cfi_record good;
        cfi_error error;
        size_t count, reported = 0;

        refuse_requests(0, 0);
        assert_int_equal(try(&made, reference, &good, &error), CFI_OK);
        assert_int_equal(good.status, CFI_DROP_OK);
        count = requests;
        for (size_t n = 0; n < count; n++) {
            assert_int_equal(try_without_memory(&made, n, SIZE_MAX, &good), CFI_NO_MEMORY);
            reported += try_without_memory(&made, n, 1, &good) == CFI_NO_MEMORY;
        }
        assert_true(count > 30);
        assert_true(reported > count * 9 / 10);
        arena_destroy(reference);
        free_system(&made);
    }
}

/* One variant, tried again and again in one arena. */
typedef struct attempt {
    made_system made;
    cfi_arena *arena;
    cfi_record record;
    cfi_error error;
} attempt;

static attempt begin(size_t which)
{
    return (attempt){.made = variant(which), .arena = arena_create()};
}

static cfi_status run(attempt *a)
{
    return try(&a->made, a->arena, &a->record, &a->error);
}

static void end(attempt *a)
{
    arena_destroy(a->arena);
    free_system(&a->made);
}

static void a_stop_flag_seen_at_any_look_interrupts(void **state)
{
    (void)state;
    for (size_t which = 0; which < VARIANTS; which++) {
        attempt a = begin(which);
        size_t count;

        raised_at = (size_t)-1;
        looks = 0;
        assert_int_equal(run(&a), CFI_OK);
        count = looks;
        assert_true(count >= 3 + 6); /* an access point of a chunk of channels, a block that is left out */
        for (raised_at = 0; raised_at < count; raised_at++) {
            looks = 0;
            if (run(&a) != CFI_INTERRUPTED) {
                fail_msg("variant %zu, look %zu of %zu: status %s", which, raised_at, count,
                         status_name(a.error.status));
            }
            assert_int_equal(a.error.status, CFI_INTERRUPTED);
            assert_non_null(strstr(a.error.text, "interrupted"));
        }
        end(&a);
    }
}

static void an_error_of_any_rate_or_bound_ends_the_trial_with_its_text(void **state)
{
    (void)state;
    for (size_t which = 0; which < VARIANTS; which++) {
        attempt a = begin(which);
        char expected[64];
        size_t count;

        failing_call = (size_t)-1;
        calls = 0;
        injected = CFI_OUTPUT;
        assert_int_equal(run(&a), CFI_OK);
        count = calls;
        assert_true(count >= 8); /* allocation, two splits, the closed form, Monte Carlo */
        for (failing_call = 0; failing_call < count; failing_call++) {
            calls = 0;
            snprintf(expected, sizeof expected, "injected at call %zu", failing_call);
            assert_int_equal(run(&a), CFI_OUTPUT);
            assert_int_equal(a.error.status, CFI_OUTPUT);
            assert_string_equal(a.error.text, expected);
        }
        end(&a);
    }
}

/* A breakdown of the numbers costs the drop, not the run. */
static void a_monte_carlo_that_breaks_down_is_a_failed_drop_with_a_reason(void **state)
{
    (void)state;
    attempt a = begin(0);

    assert_int_equal(run(&a), CFI_OK);
    injected = CFI_FAILED;
    failing_call = calls - 1; /* the last part is the Monte Carlo */
    calls = 0;
    assert_int_equal(run(&a), CFI_OK);
    assert_int_equal(calls, failing_call + 1);
    assert_int_equal(a.record.status, CFI_DROP_FAILED);
    assert_non_null(a.record.failure);
    assert_non_null(strstr(a.record.failure, "Monte Carlo"));
    assert_false(a.record.has_monte_carlo);
    end(&a);
}

static void a_rate_that_is_no_number_is_a_failed_drop_with_a_reason(void **state)
{
    (void)state;
    attempt a = begin(2); /* powers that do not depend on the rate */

    not_a_number = true;
    assert_int_equal(run(&a), CFI_OK);
    assert_int_equal(a.record.status, CFI_DROP_FAILED);
    assert_non_null(a.record.failure);
    assert_non_null(strstr(a.record.failure, "not finite"));
    end(&a);
}

static void a_placement_without_room_is_an_invalid_scenario(void **state)
{
    (void)state;
    attempt a = begin(0);

    a.made.system.geometry.placement = CFI_PLACEMENT_REJECT;
    a.made.system.geometry.min_distance_m = 400.0; /* of an area 250 m wide */
    assert_int_equal(run(&a), CFI_INVALID);
    assert_non_null(strstr(a.error.text, "/network/placement"));
    end(&a);
}

static cfi_status refuse_export(void *context, const cfi_exported *exported, cfi_error *error)
{
    const size_t *last = context;

    return exported->step < *last ? CFI_OK
                                  : error_set(error, CFI_OUTPUT, "drop %u, start %zu, step %zu", exported->drop,
                                              exported->start, exported->step);
}

static void a_failing_export_ends_the_trial_with_its_text(void **state)
{
    (void)state;
    for (size_t last = 0; last < 2; last++) {
        attempt a = begin(0);
        cfi_trial_options options = {.threads = 1, .alloc = {.export_problem = refuse_export, .export_context = &last}};

        assert_int_equal(trial_run(&a.made.system, 7, &options, a.arena, &a.record, &a.error), CFI_OUTPUT);
        assert_string_equal(a.error.text, last == 0 ? "drop 7, start 0, step 0" : "drop 7, start 0, step 1");
        end(&a);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nothing_fails, nothing_fails)
    const struct CMUnitTest tests[] = {
        TEST(every_refused_request_for_memory_is_reported_and_harms_no_later_trial),
        TEST(a_stop_flag_seen_at_any_look_interrupts),
        TEST(an_error_of_any_rate_or_bound_ends_the_trial_with_its_text),
        TEST(a_monte_carlo_that_breaks_down_is_a_failed_drop_with_a_reason),
        TEST(a_rate_that_is_no_number_is_a_failed_drop_with_a_reason),
        TEST(a_placement_without_room_is_an_invalid_scenario),
        TEST(a_failing_export_ends_the_trial_with_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
