/* Blocks of memory, large ones on large pages. */
#include "socp/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { LARGE_PAGE = 2 << 20 };

void *memory_block(size_t bytes)
{
    void *block;

    if (bytes < 2 * (size_t)LARGE_PAGE || bytes > SIZE_MAX - LARGE_PAGE) {
        return malloc(bytes ? bytes : 1);
    }
    block = aligned_alloc(LARGE_PAGE, (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
    if (block) {
        (void)madvise(block, bytes, MADV_HUGEPAGE); /* only a wish */
    }
    return block;
}
