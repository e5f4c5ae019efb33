/* What a scenario is said to need in memory against what its allocation takes. Every allocation of the project's own
 * code is counted (the program is linked so); the solver is stopped once it has everything it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/response.h"
#include "allocations.h"
#include "fading_systems.h"
#include "socp/ldl.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGE = 2000000 }; /* entries of a factor that takes too long for a test */

static sig_atomic_t stop;

size_t __real_ldl_factor(ldl *factor, const signed char *sign, double least, double delta);
size_t __wrap_ldl_factor(ldl *factor, const signed char *sign, double least, double delta);
bool __real_response_answer(response *r, const double *state, double *answer, response_value *value);
bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value);

/* Large factors are not computed, for which their matrix is assembled; others twice. */
size_t __wrap_ldl_factor(ldl *factor, const signed char *sign, double least, double delta)
{
    static size_t calls;

    stop = factor->values > LARGE || calls++ > 1;
    return stop ? SIZE_MAX : __real_ldl_factor(factor, sign, least, delta);
}

/* At the first answer. */
bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value)
{
    bool answered = __real_response_answer(r, state, answer, value);

    stop = 1;
    return answered;
}

typedef struct size_case {
    size_t L, K;
    size_t users[8]; /* on each pilot; none listed: a pilot each */
    cfi_solver solver;
    cfi_surrogate surrogate;
} size_case;

/* What is allocated: a network of that size, who serves whom, whether its fading has directions, and how signals are
 * sent. */
typedef struct network_case {
    size_case size;
    cfi_clusters clusters;
    bool directed;
    cfi_precoder_kind precoder;
    size_t antennas;
} network_case;

static made_system system_of(const network_case *of)
{
    const size_case *size = &of->size;
    made_system made = make_system(17, size->L, size->K, of->antennas, 4);
    size_t k = 0;

    for (size_t pilot = 0; pilot < 8; pilot++) {
        for (size_t i = 0; i < size->users[pilot]; i++) {
            made.pilot[k++] = pilot;
        }
    }
    assert_true(k == 0 || k == size->K);
    made.system.allocation.solver = size->solver;
    made.system.allocation.surrogate = size->surrogate;
    made.system.clusters = of->clusters;
    made.system.precoding.kind = of->precoder;
    made.system.precoding.draws = 10;
    if (of->directed && size->solver == CFI_SOLVER_STRUCTURED) { /* which knows no thresholds there */
        made.system.sensing.crlb_threshold_rad2 = NULL;
    }
    return of->directed ? place_system(made, 0.3, 2.0).made : made;
}

/* Ends the process: 0 when the allocation was stopped as planned. */
static void run_and_exit(const network_case *of)
{
    cfi_alloc_options options = {.stop = &stop};
    cfi_allocation allocation;
    drop *d = make_drop(system_of(of));

    if (d->made.system.sensing.crlb_threshold_rad2) {
        set_tightness(d, 0.5);
    }
    _exit(alloc_run(&d->link, &options, d->arena, &allocation, NULL) == CFI_INTERRUPTED ? 0 : 1);
}

/* Peak resident bytes of a process that runs the allocation. */
static double peak_of(const network_case *of)
{
    struct rusage usage;
    int state;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        run_and_exit(of);
    }
    assert_true(wait4(child, &state, 0, &usage) == child);
    assert_true(WIFEXITED(state) && WEXITSTATUS(state) == 0);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* Against a program that allocates next to nothing. What the system counts as resident may be half a megabyte off, so
 * that no case takes less than one and a half. */
static void compare(const network_case *of)
{
    static const network_case tiny = {.size = {2, 2, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, .antennas = 4};
    static double program;
    made_system made = system_of(of);
    double foretold = scenario_memory_bytes(&made.system), taken;

    program = program > 0.0 ? program : peak_of(&tiny);
    taken = peak_of(of) - program;
    print_message("L %zu, K %zu: %.1f MB, foretold %.1f MB\n", of->size.L, of->size.K, 1e-6 * taken, 1e-6 * foretold);
    assert_true(foretold < 2.0 * taken && taken < 2.0 * foretold);
    free_system(&made);
}

static void the_allocation_needs_what_is_foretold(void **state)
{
    static const size_case cases[] = {
        {60, 60, {60}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {400, 60, {60}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {30, 30, {30}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {60, 20, {20}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {60, 20, {20}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL},
        {10, 60, {60}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {200, 10, {10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {60, 60, {30, 30}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {60, 60, {30, 30}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL},
        {60, 20, {19, 1}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {20, 60, {30, 30}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {100, 40, {10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {128, 16, {8, 4, 2, 2}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {128, 16, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {1024, 16, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL},
        {400, 60, {60}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT},
        {800, 60, {30, 30}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {1024, 24, {12, 12}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {512, 64, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {48, 1000, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
    };

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip(); /* the sanitizer's own memory is as large */
#endif
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare(&(network_case){.size = cases[i], .antennas = 4});
    }
}

/* Cone problems have the powers of served pairs alone. */
static void clusters_need_what_is_foretold(void **state)
{
    const cfi_clusters dcc = {.mode = CFI_CLUSTERS_DCC}, five = {.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 5};
    const network_case cases[] = {
        {{100, 40, {10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, dcc, false, CFI_PRECODER_MR, 4},
        {{100, 40, {5, 5, 5, 5, 5, 5, 5, 5}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, dcc, false, CFI_PRECODER_MR, 4},
        {{200, 60, {10, 10, 10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL},
         dcc,
         false,
         CFI_PRECODER_MR,
         4},
        {{60, 60, {30, 30}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL}, dcc, false, CFI_PRECODER_MR, 4},
        {{100, 40, {10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five, false, CFI_PRECODER_MR, 4},
        {{60, 60, {60}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five, false, CFI_PRECODER_MR, 4},
        {{1024, 16, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five, false, CFI_PRECODER_MR, 4},
        {{800, 60, {30, 30}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, dcc, false, CFI_PRECODER_MR, 4},
        {{512, 64, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, five, false, CFI_PRECODER_MR, 4},
    };

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip();
#endif
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare(&cases[i]);
    }
}

/* Loads of every stream, and of users on one pilot means that are complex, over fading that has directions; and where
 * moments are simulated. */
static void streams_need_what_is_foretold(void **state)
{
    static const network_case cases[] = {
        {{200, 32, {8, 8, 8, 8}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{100, 60, {60}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{2000, 3, {2, 1}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{40, 16, {4, 4, 4, 4}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{200, 32, {8, 8, 8, 8}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{100, 60, {60}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{2000, 3, {2, 1}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 4},
        {{100, 16, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL}, {0}, true, CFI_PRECODER_MR, 4},
        {{200, 32, {8, 8, 8, 8}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, false, CFI_PRECODER_LP_MMSE, 4},
        {{200, 32, {8, 8, 8, 8}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, false, CFI_PRECODER_LP_MMSE, 4},
        {{200, 20, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, false, CFI_PRECODER_RZF, 4},
        {{40, 16, {4, 4, 4, 4}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, {0}, false, CFI_PRECODER_LP_MMSE, 4},
        {{100, 24, {12, 12}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_LP_MMSE, 4},
        {{200, 6, {2, 2, 2}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_MR, 64},
        {{200, 6, {2, 2, 2}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_LP_MMSE, 64},
        {{4, 96, {0}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, false, CFI_PRECODER_LP_MMSE, 8},
        {{4, 64, {0}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT}, {0}, true, CFI_PRECODER_RZF, 8},
    };

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip();
#endif
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare(&cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_allocation_needs_what_is_foretold),
        cmocka_unit_test(clusters_need_what_is_foretold),
        cmocka_unit_test(streams_need_what_is_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
