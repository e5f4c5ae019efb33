/* A growing stack of memory whose chunks are kept when released. */
#include "cfisac/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_CHUNK = 64 * 1024, MAX_CHUNKS = 64 };

static const size_t LARGEST_REQUEST = (size_t)1 << 39; /* beyond any machine: refused without asking the system */

struct cfi_arena {
    struct {
        char *memory;
        size_t size;
    } chunk[MAX_CHUNKS]; /* sizes at least double, so 64 are never exhausted */
    size_t chunks;
    cfi_arena_mark top;
    cfi_arena *scratch; /* or NULL */
    void *kept;         /* or NULL */
    void (*destroy_kept)(void *kept);
};

cfi_arena *arena_create(void)
{
    return calloc(1, sizeof(cfi_arena));
}

void arena_destroy(cfi_arena *arena)
{
    for (size_t i = 0; arena && i < arena->chunks; i++) {
        free(arena->chunk[i].memory);
    }
    if (arena) {
        arena_destroy(arena->scratch);
        arena_keep(arena, NULL, NULL);
    }
    free(arena);
}

void arena_keep(cfi_arena *arena, void *object, void (*destroy)(void *object))
{
    if (arena->kept) {
        arena->destroy_kept(arena->kept);
    }
    arena->kept = object;
    arena->destroy_kept = destroy;
}

void *arena_kept(const cfi_arena *arena)
{
    return arena->kept;
}

cfi_arena *arena_scratch(cfi_arena *arena)
{
    if (!arena->scratch) {
        arena->scratch = arena_create();
    }
    return arena->scratch;
}

/* Makes the top chunk one that has room for `bytes`, a multiple of ALIGNMENT. */
static bool arena_make_room(cfi_arena *arena, size_t bytes)
{
    while (arena->top.chunk < arena->chunks) {
        if (arena->chunk[arena->top.chunk].size - arena->top.used >= bytes) {
            return true;
        }
        if (arena->top.chunk + 1 == arena->chunks) {
            break;
        }
        arena->top = (cfi_arena_mark){.chunk = arena->top.chunk + 1};
    }
    if (arena->chunks == MAX_CHUNKS) {
        return false;
    }
    size_t size = arena->chunks ? 2 * arena->chunk[arena->chunks - 1].size : FIRST_CHUNK;
    size = size < bytes ? bytes : size;
    char *memory = aligned_alloc(ALIGNMENT, size);
    if (!memory && size > bytes) {
        size = bytes;
        memory = aligned_alloc(ALIGNMENT, size);
    }
    if (!memory) {
        return false;
    }
    arena->chunk[arena->chunks].memory = memory;
    arena->chunk[arena->chunks].size = size;
    arena->top = (cfi_arena_mark){.chunk = arena->chunks++};
    return true;
}

void *arena_alloc(cfi_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    char *memory;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > LARGEST_REQUEST) {
        return NULL;
    }
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (!arena_make_room(arena, bytes)) {
        return NULL;
    }
    memory = arena->chunk[arena->top.chunk].memory + arena->top.used;
    arena->top.used += bytes;
    return memory;
}

void *arena_zeros(cfi_arena *arena, size_t count, size_t size)
{
    void *memory = arena_alloc(arena, count, size);

    if (memory) {
        memset(memory, 0, count * size);
    }
    return memory;
}

const char *arena_print(cfi_arena *arena, const char *format, ...)
{
    va_list arguments;
    int length;
    char *text;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1, 1);
    if (text) {
        va_start(arguments, format);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    return text;
}

cfi_arena_mark arena_mark(const cfi_arena *arena)
{
    return arena->top;
}

void arena_release(cfi_arena *arena, cfi_arena_mark mark)
{
    arena->top = mark;
}

size_t arena_capacity(const cfi_arena *arena)
{
    size_t bytes = arena->scratch ? arena_capacity(arena->scratch) : 0;

    for (size_t i = 0; i < arena->chunks; i++) {
        bytes += arena->chunk[i].size;
    }
    return bytes;
}
