/* base/threads: every thread is called once, whatever can be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/threads.h"

#include "cfisac/linalg.h"

#include <stdatomic.h>

enum { MOST = 7 };

typedef struct calls {
    atomic_size_t of[MOST], starting;
} calls;

static void count_call(void *context, size_t thread)
{
    calls *c = context;

    c->of[thread]++;
    if (thread == 0) {
        c->starting += threads_starting();
    }
}

static void each_thread_is_called_once(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= MOST; threads++) {
        calls c = {.starting = 0};

        threads_run(threads, count_call, &c);
        for (size_t i = 0; i < MOST; i++) {
            assert_int_equal(c.of[i], i < threads);
        }
        assert_int_equal(c.starting, 0);
        assert_false(threads_starting());
    }
}

static void blas_has_room_for_the_threads(void **state)
{
    size_t threads = 3;
    cfi_error error;

    (void)state;
    assert_int_equal(linalg_prepare(&threads, &error), CFI_OK);
    assert_int_equal(threads, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_thread_is_called_once),
                                       cmocka_unit_test(blas_has_room_for_the_threads)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
