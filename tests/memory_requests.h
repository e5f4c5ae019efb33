/* The project's own requests for memory, counted, and some of them refused: by the linker's --wrap, which
 * cfisac_count_memory(TEST) in CMake asks for. Include after <cmocka.h>. */
#ifndef TESTS_MEMORY_REQUESTS_H
#define TESTS_MEMORY_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static size_t requests;                          /* made so far */
static size_t first_refused = SIZE_MAX, refused; /* from which on, counted from 0, how many are answered with NULL */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static bool request_is_granted(void)
{
    size_t request = __atomic_fetch_add(&requests, 1, __ATOMIC_RELAXED);

    return request < first_refused || request - first_refused >= refused;
}

void *__wrap_malloc(size_t size)
{
    return request_is_granted() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return request_is_granted() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return request_is_granted() ? __real_realloc(memory, size) : NULL;
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return request_is_granted() ? __real_reallocarray(memory, count, size) : NULL;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return request_is_granted() ? __real_aligned_alloc(alignment, size) : NULL;
}

/* Counts from 0 again; `count` requests from number `first` on are refused. */
static inline void refuse_requests(size_t first, size_t count)
{
    requests = 0;
    first_refused = first;
    refused = count;
}

#endif
