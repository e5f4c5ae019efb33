/* What the open boxes of a certificate are said to need in memory, against what is requested for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "certified.h"
#include "cfisac/scenario.h"

#include <malloc.h>

/* Bytes that have been given and not taken back, and the most of them. */
static size_t held, most_held;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *memory);

static void *hold(void *memory)
{
    held += malloc_usable_size(memory);
    most_held = held > most_held ? held : most_held;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return hold(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return hold(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    held -= malloc_usable_size(memory);
    return hold(__real_realloc(memory, size));
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    held -= malloc_usable_size(memory);
    return hold(__real_reallocarray(memory, count, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return hold(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *memory)
{
    held -= malloc_usable_size(memory);
    __real_free(memory);
}

/* Where nothing but the first box has a bound of its own no box is ever closed, and a search is cheap. */
bool __real_certify_descend(certify_work *work, const certify_box *box, const certify_effort *effort);
bool __wrap_certify_descend(certify_work *work, const certify_box *box, const certify_effort *effort);
bool __wrap_certify_descend(certify_work *work, const certify_box *box, const certify_effort *effort)
{
    bool first = !(effort->stop_at > -INFINITY);

    return first && __real_certify_descend(work, box, effort);
}

/* The most bytes that the allocation holds at once. */
static double held_by(drop *d)
{
    size_t before = held;

    most_held = held;
    run(d);
    return (double)(most_held - before);
}

/* Half of all boxes are open at most, and here as many are: what is foretold is enough, and not much more. */
static void compare(drop *d)
{
    cfi_allocation_settings *asked = &d->made.system.allocation;
    double taken, foretold;

    ask_certificate(d, 1e-9, 20000);
    assert_int_equal(run(d).certificate.nodes, asked->certify_nodes - 1);
    taken = held_by(d); /* what the drop keeps from allocation to allocation is there by now */
    foretold = scenario_memory_bytes(&d->made.system);
    asked->certify = false;
    taken -= held_by(d);
    foretold -= scenario_memory_bytes(&d->made.system);
    print_message("L %zu, K %zu: %.0f kB, foretold %.0f kB\n", d->link.L, d->link.K, 1e-3 * taken, 1e-3 * foretold);
    assert_true(taken <= 1.02 * foretold && foretold <= 1.15 * taken);
}

static void boxes_need_what_is_foretold(void **state)
{
    static const struct {
        size_t L, K;
        bool senses, limited;
    } cases[] = {{2, 3, true, false},  {8, 4, true, true},  {8, 10, false, false},
                 {32, 4, false, true}, {32, 8, true, true}, {128, 3, true, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        drop *d = make_link_drop(i, (link_kind){.L = cases[i].L,
                                                .K = cases[i].K,
                                                .N = 4,
                                                .M = 4,
                                                .pilots = cases[i].K,
                                                .served = 1.0,
                                                .tightness = 0.1,
                                                .limits = cases[i].limited ? 1.2 : 0.0});

        if (!cases[i].senses) {
            d->made.system.sensing.crlb_threshold_rad2 = NULL;
        }
        compare(d);
        free_drop(d);
    }
}

/* Thresholds that couple access points, and a position. */
static void boxes_of_coupled_constraints_need_what_is_foretold(void **state)
{
    static const coupled_kind kinds[] = {
        {.L = 8, .K = 3, .N = 4, .M = 4, .pilots = 3, .asked = ASK_POSITION, .margin = 1.3},
        {.L = 8,
         .K = 3,
         .N = 4,
         .M = 4,
         .pilots = 3,
         .asked = ASK_ANGLES | ASK_DETECTION,
         .margin = 1.2,
         .limits = true},
        {.L = 8, .K = 3, .N = 4, .M = 4, .pilots = 3, .asked = ASK_ANGLES, .noncoherent = true, .margin = 1.2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        coupled_drop *c = make_coupled_drop(i, kinds[i]);

        compare(c->d);
        free_coupled_drop(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_need_what_is_foretold),
        cmocka_unit_test(boxes_of_coupled_constraints_need_what_is_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
