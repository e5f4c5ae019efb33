/* The arena when the system refuses memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/base.h"
#include "memory_requests.h"

#include <string.h>

static int grant_everything(void **state)
{
    (void)state;
    refuse_requests(0, 0);
    return 0;
}

static void a_refused_arena_is_null(void **state)
{
    cfi_arena *arena;

    (void)state;
    refuse_requests(0, 1);
    assert_null(arena_create());
    arena = arena_create(); /* the next time it is there */
    assert_non_null(arena);
    arena_destroy(arena);
}

/* A chunk is larger than what is asked for; where the system has no more, that much is enough. */
static void a_refused_chunk_is_asked_for_again_in_the_size_that_is_needed(void **state)
{
    cfi_arena *arena = arena_create();
    char *memory;

    (void)state;
    refuse_requests(0, 1);
    memory = arena_alloc(arena, 1000, 1);
    assert_non_null(memory);
    memset(memory, 1, 1000);
    assert_int_equal(requests, 2);
    assert_in_range(arena_capacity(arena), 1000, 1064);
    arena_destroy(arena);
}

static void an_arena_that_was_refused_memory_keeps_what_it_has(void **state)
{
    cfi_arena *arena = arena_create();
    char *first = arena_alloc(arena, 100, 1), *next;
    size_t capacity = arena_capacity(arena);

    (void)state;
    memset(first, 42, 100);
    refuse_requests(0, SIZE_MAX);
    assert_null(arena_alloc(arena, 10 * capacity, 1));
    assert_null(arena_zeros(arena, 10 * capacity, 1));
    assert_int_equal(arena_capacity(arena), capacity);
    next = arena_alloc(arena, 100, 1); /* there is room for that */
    assert_non_null(next);
    refuse_requests(0, 0);
    assert_non_null(arena_alloc(arena, 10 * capacity, 1));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(first[i], 42);
    }
    arena_destroy(arena);
}

static void requests_that_no_machine_can_grant_do_not_reach_the_system(void **state)
{
    const size_t limit = (size_t)512 << 30;
    cfi_arena *arena = arena_create();

    (void)state;
    refuse_requests(0, SIZE_MAX); /* counts them */
    assert_null(arena_alloc(arena, limit + 1, 1));
    assert_null(arena_alloc(arena, limit / 8 + 1, 8));
    assert_null(arena_alloc(arena, SIZE_MAX / 2, 4));
    assert_int_equal(requests, 0);
    assert_null(arena_alloc(arena, limit, 1));
    assert_int_equal(requests, 1);
    arena_destroy(arena);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, grant_everything, grant_everything)
    const struct CMUnitTest tests[] = {
        TEST(a_refused_arena_is_null),
        TEST(a_refused_chunk_is_asked_for_again_in_the_size_that_is_needed),
        TEST(an_arena_that_was_refused_memory_keeps_what_it_has),
        TEST(requests_that_no_machine_can_grant_do_not_reach_the_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
