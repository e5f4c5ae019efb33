/* Philox4x32-10 on batches of counters. */
#ifndef CFISAC_BASE_PHILOX_H
#define CFISAC_BASE_PHILOX_H

#include "cfisac/base.h"

/* For loops that the compiler vectorises: the instruction set is chosen at run time. */
#define PHILOX_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
/* into the clones too */
#define PHILOX_INLINE __attribute__((always_inline)) static inline

enum { PHILOX_BATCH = 128 }; /* blocks generated at once: fits the first-level cache */

/* The words of blocks, each in the lower half of its element; the upper half is garbage. */
typedef struct philox_batch {
    uint64_t w0[PHILOX_BATCH], w1[PHILOX_BATCH], w2[PHILOX_BATCH], w3[PHILOX_BATCH];
} philox_batch;

/* The words of count <= PHILOX_BATCH blocks. In: w0 and w2, counter words block and index of each, less than 2^32; the
 * elements up to the next multiple of 8 may be anything and are overwritten. */
void philox_words(const cfi_stream *stream, uint32_t count, philox_batch *words);

/* The block at stream->block. */
void philox_block(const cfi_stream *stream, uint32_t w[4]);

#endif
