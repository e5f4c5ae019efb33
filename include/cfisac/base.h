/* base: status and error text (error.h), a memory arena, counter-based random streams. */
#ifndef CFISAC_BASE_H
#define CFISAC_BASE_H

#include "cfisac/error.h"

#include <stddef.h>
#include <stdint.h>

/* ---------------------------------------------------------------------------- the arena ---- */

/* A growing stack of memory: allocate, mark, release to the mark. Released chunks are kept, so a
 * second trial of the same size allocates nothing from the system. One arena per thread. */
typedef struct cfi_arena cfi_arena;

typedef struct cfi_arena_mark {
    size_t chunk, used;
} cfi_arena_mark;

/* An empty arena, or NULL when out of memory. Owned by the caller: arena_destroy (NULL is fine). */
cfi_arena *arena_create(void);
void arena_destroy(cfi_arena *arena);

/* count * size bytes aligned to 64, uninitialised; NULL when out of memory, beyond 512 GiB or when the product
 * overflows. A count of 0 gives a valid pointer that must not be read. */
void *arena_alloc(cfi_arena *arena, size_t count, size_t size);
/* The same, set to zero. */
void *arena_zeros(cfi_arena *arena, size_t count, size_t size);
/* The formatted text, which lives as long as other memory of the arena; NULL when out of memory. */
const char *arena_print(cfi_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

cfi_arena_mark arena_mark(const cfi_arena *arena);
void arena_release(cfi_arena *arena, cfi_arena_mark mark);
/* Bytes the arena holds from the system: by this, tests show that a trial asks for no more than the one before. */
size_t arena_capacity(const cfi_arena *arena);

/* ----------------------------------------------------------------------- random streams ---- */

/* What a stream is for. Values are part of the reproducibility contract: never renumber. */
typedef enum cfi_purpose {
    CFI_DRAW_UE_POSITION = 1,      /* index: attempt * 65536 + k */
    CFI_DRAW_AP_POSITION = 2,      /* index: l */
    CFI_DRAW_SHADOWING = 3,        /* index: l * 65536 + k */
    CFI_DRAW_PILOT = 4,            /* index: k */
    CFI_DRAW_ANGLE = 5,            /* index: l */
    CFI_DRAW_PATH_PHASE = 6,       /* index: transmitting l * 65536 + receiving p */
    CFI_DRAW_CHANNEL = 7,          /* index: l * 65536 + k */
    CFI_DRAW_PILOT_NOISE = 8,      /* index: l * 65536 + pilot, numbered by its first user */
    CFI_DRAW_START = 9,            /* index: start of the allocation */
    CFI_DRAW_LINE_OF_SIGHT = 10,   /* index: l * 65536 + k */
    CFI_DRAW_AP_SHADOWING = 11,    /* index: l */
    CFI_DRAW_UE_SHADOWING = 12,    /* index: k */
    CFI_DRAW_ORIENTATION = 13,     /* index: l */
    CFI_DRAW_SIGHT_PHASE = 14,     /* index: l * 65536 + k */
    CFI_DRAW_TARGET = 15,          /* index: 0 */
    CFI_DRAW_STATISTICS = 16,      /* index: l * 65536 + pilot: estimates of simulated statistics */
    CFI_DRAW_ECHO_NOISE = 17,      /* index: l * 65536 + k: of an estimator's echoes, stream by stream */
    CFI_DRAW_ECHO_PHASE = 18,      /* index: l */
    CFI_DRAW_DETECTION = 19,       /* index: l */
    CFI_DRAW_STATISTICS_PHASE = 20 /* index: l * 65536 + k: lines of sight of simulated statistics */
} cfi_purpose;

/* A counter-based stream (Philox4x32-10, Random123): key = seed, counter = (block, drop, index,
 * purpose). Any block can be reached without drawing the ones before, and no stream depends on
 * which others were drawn, on threads or on time. */
typedef struct cfi_stream {
    uint64_t seed;
    uint32_t drop, index, purpose;
    uint32_t block; /* next block of four 32-bit words */
} cfi_stream;

cfi_stream stream_make(uint64_t seed, uint32_t drop, cfi_purpose purpose, uint32_t index);

/* Independent uniforms in (0, 1): 53 bits, never 0 or 1. Two numbers a block; advances
 * stream->block by ceil(n / 2). */
void random_uniforms(cfi_stream *stream, size_t n, double *restrict out);

/* cosine = cos(2 pi u), sine = sin(2 pi u) of n numbers u in (0, 1); sine may be u. */
void random_turns(size_t n, const double *u, double *cosine, double *sine);

/* Independent standard normals, Box-Muller: two numbers a block; advances stream->block by
 * ceil(n / 2). A request of n numbers equals the first n of any longer one from the same block. */
void random_normals(cfi_stream *stream, size_t n, double *restrict out);

/* The first two numbers that random_uniforms and random_normals would give from each of `count` streams: *stream with
 * the indices index[0], index[1], ... in the place of its own, at its block. A batch at once: several times as fast as
 * a call a stream. Out: out[2 i], out[2 i + 1] of stream i; the streams do not move. */
void random_uniform_pairs(const cfi_stream *stream, size_t count, const uint32_t *index, double *restrict out);
void random_normal_pairs(const cfi_stream *stream, size_t count, const uint32_t *index, double *restrict out);

/* Independent complex normals (real and imaginary parts standard normal), two a block, of `streams` streams with the
 * indices first->index, first->index + 1, ... at once: blocks first->block .. first->block + blocks - 1 of each.
 * streams * blocks < 2^30. For channel draws, where the time goes: below a nanosecond a normal with AVX-512.
 *
 * Out     out   4 planes of blocks x streams doubles, stream fastest: real and imaginary parts of each block's first
 *               number, then of its second
 * A radius has 40 bits (at most 7.54), an angle 24: below 2^40 draws no sample can tell them from finer ones by their
 * moments or tails. Box-Muller itself is within 1e-11 of exact. */
void random_complex_normals(const cfi_stream *first, size_t streams, size_t blocks, double *restrict out);

/* How many sets of `size` blocks a call of it is worth: with fewer its set-up counts. */
static inline size_t random_sets_a_call(size_t size)
{
    enum { BLOCKS_A_CALL = 256 };

    return (BLOCKS_A_CALL + size - 1) / size;
}

#endif
