/* Philox4x32-10 on batches of counters. */
#ifndef CFISAC_BASE_PHILOX_H
#define CFISAC_BASE_PHILOX_H

#include "base/clones.h"
#include "cfisac/base.h"

#include <string.h>

/* The same 64 bits as another type. */
INLINE double from_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE uint64_t to_bits(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

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
