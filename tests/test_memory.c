/* What a scenario is said to need in memory against what its allocation takes. Every allocation of the project's own
 * code is counted (the program is linked so); the solver is stopped once it has everything it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/response.h"
#include "allocations.h"
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

static made_system system_of(const size_case *of, cfi_clusters clusters)
{
    made_system made = make_system(17, of->L, of->K, 4, 4);
    size_t k = 0;

    for (size_t pilot = 0; pilot < 8; pilot++) {
        for (size_t i = 0; i < of->users[pilot]; i++) {
            made.pilot[k++] = pilot;
        }
    }
    assert_true(k == 0 || k == of->K);
    made.system.allocation.solver = of->solver;
    made.system.allocation.surrogate = of->surrogate;
    made.system.clusters = clusters;
    return made;
}

/* Ends the process: 0 when the allocation was stopped as planned. */
static void run_and_exit(const size_case *of, cfi_clusters clusters)
{
    cfi_alloc_options options = {.stop = &stop};
    cfi_allocation allocation;
    drop *d = make_drop(system_of(of, clusters));

    set_tightness(d, 0.5);
    _exit(alloc_run(&d->link, &options, d->arena, &allocation, NULL) == CFI_INTERRUPTED ? 0 : 1);
}

/* Peak resident bytes of a process that runs the allocation. */
static double peak_of(const size_case *of, cfi_clusters clusters)
{
    struct rusage usage;
    int state;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        run_and_exit(of, clusters);
    }
    assert_true(wait4(child, &state, 0, &usage) == child);
    assert_true(WIFEXITED(state) && WEXITSTATUS(state) == 0);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* Against a program that allocates next to nothing. */
static void compare(const size_case *of, cfi_clusters clusters)
{
    static const size_case tiny = {2, 2, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT};
    static double program;
    made_system made = system_of(of, clusters);
    double foretold = scenario_memory_bytes(&made.system), taken;

    program = program > 0.0 ? program : peak_of(&tiny, (cfi_clusters){.mode = CFI_CLUSTERS_ALL});
    taken = peak_of(of, clusters) - program;
    print_message("L %zu, K %zu: %.1f MB, foretold %.1f MB\n", of->L, of->K, 1e-6 * taken, 1e-6 * foretold);
    assert_true(foretold < 2.0 * taken && taken < 2.0 * foretold);
    free_system(&made);
}

static void the_allocation_needs_what_is_foretold(void **state)
{
    static const size_case cases[] = {
        {60, 60, {60}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT},
        {60, 60, {60}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
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
        {60, 60, {60}, CFI_SOLVER_STRUCTURED, CFI_SURROGATE_PRODUCT},
        {200, 60, {30, 30}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {1024, 24, {12, 12}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {512, 64, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
        {16, 1000, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT},
    };

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip(); /* the sanitizer's own memory is as large */
#endif
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare(&cases[i], (cfi_clusters){.mode = CFI_CLUSTERS_ALL});
    }
}

/* Cone problems have the powers of served pairs alone. */
static void clusters_need_what_is_foretold(void **state)
{
    const cfi_clusters dcc = {.mode = CFI_CLUSTERS_DCC}, five = {.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 5};
    const struct {
        size_case size;
        cfi_clusters clusters;
    } cases[] = {
        {{100, 40, {10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, dcc},
        {{100, 40, {5, 5, 5, 5, 5, 5, 5, 5}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, dcc},
        {{200, 60, {10, 10, 10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL}, dcc},
        {{60, 60, {30, 30}, CFI_SOLVER_SOCP, CFI_SURROGATE_FRACTIONAL}, dcc},
        {{100, 40, {10, 10, 10, 10}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five},
        {{60, 60, {60}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five},
        {{512, 16, {0}, CFI_SOLVER_SOCP, CFI_SURROGATE_PRODUCT}, five},
        {{200, 60, {30, 30}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, dcc},
        {{512, 64, {0}, CFI_SOLVER_AUTO, CFI_SURROGATE_PRODUCT}, five},
    };

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip();
#endif
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        compare(&cases[i].size, cases[i].clusters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_allocation_needs_what_is_foretold),
        cmocka_unit_test(clusters_need_what_is_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
