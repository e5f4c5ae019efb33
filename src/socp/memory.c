/* Blocks of memory: on lines of the cache, large ones on large pages. */
#include "socp/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Bytes of a large page and of a line of the cache, on x86-64 and most others. */
enum { LARGE_PAGE = 2 << 20, LINE = 64 };

void *memory_block(size_t bytes)
{
    bool large = bytes >= 2 * (size_t)LARGE_PAGE;
    size_t unit = large ? LARGE_PAGE : LINE;
    void *block;

    if (bytes > SIZE_MAX - LARGE_PAGE) {
        return NULL;
    }
    block = aligned_alloc(unit, (bytes + (bytes == 0) + unit - 1) / unit * unit);
    if (block && large) {
        (void)madvise(block, bytes, MADV_HUGEPAGE); /* only a wish */
    }
    return block;
}
