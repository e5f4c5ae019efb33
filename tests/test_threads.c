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

enum { ITEMS = 1000 };

typedef struct taken {
    size_t threads, part;
    atomic_size_t of[ITEMS], odd; /* calls an item; parts that begin or end where none does, or on no such thread */
} taken;

static void take_items(void *context, size_t thread, size_t first, size_t end)
{
    taken *t = context;
    bool is_part = first % t->part == 0 && (end == first + t->part || (end == ITEMS && end < first + t->part));

    t->odd += !is_part || thread >= t->threads;
    for (size_t i = first; i < end; i++) {
        t->of[i]++;
    }
}

static void items_are_shared_in_parts_each_once(void **state)
{
    (void)state;
    for (size_t threads = 0; threads <= MOST; threads++) {
        for (size_t part = 1; part <= ITEMS; part += part == 999 ? 1 : part < 10 ? 3 : 37) {
            taken t = {.threads = threads + (threads == 0), .part = part};

            threads_share(threads, ITEMS, part, take_items, &t);
            assert_int_equal(t.odd, 0);
            for (size_t i = 0; i < ITEMS; i++) {
                assert_int_equal(t.of[i], 1);
            }
        }
    }
}

static void share_again(void *context, size_t thread)
{
    taken *t = context;

    if (thread == 0) { /* with one thread no team is started, so that it may be here */
        threads_share(1, ITEMS, t->part, take_items, t);
    }
}

static void one_thread_shares_within_a_team_and_nobody_shares_nothing(void **state)
{
    taken t = {.threads = 1, .part = 7}, none = t;

    (void)state;
    threads_run(2, share_again, &t);
    threads_share(4, 0, 7, take_items, &none);
    assert_int_equal(t.odd, 0);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_true(t.of[i] == 1 && none.of[i] == 0);
    }
}

static void parts_are_worth_a_thread_and_even_ones_are_few(void **state)
{
    (void)state;
    assert_int_equal(threads_part(1 << 16), 16);
    assert_int_equal(threads_part((size_t)1 << 40), 1);
    assert_true(threads_part(0) == threads_part(1));
    assert_int_equal(threads_even_part(2, 1000, (size_t)1 << 40), 504); /* 500, in whole cache lines */
    assert_int_equal(threads_even_part(1, 1000, (size_t)1 << 40), 1000);
    assert_int_equal(threads_even_part(0, 1000, (size_t)1 << 40), 1000);
    assert_int_equal(threads_even_part(4, 1000, 1 << 11), 512); /* 256 would not be worth it */
    assert_int_equal(threads_even_part(3, 2048, 1280), 824);    /* 819 would, but for the cache lines */
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
                                       cmocka_unit_test(items_are_shared_in_parts_each_once),
                                       cmocka_unit_test(one_thread_shares_within_a_team_and_nobody_shares_nothing),
                                       cmocka_unit_test(parts_are_worth_a_thread_and_even_ones_are_few),
                                       cmocka_unit_test(blas_has_room_for_the_threads)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
