/* Memory of a solve. */
#ifndef CFISAC_SOCP_MEMORY_H
#define CFISAC_SOCP_MEMORY_H

#include <stddef.h>

/* At least `bytes` bytes, uninitialised, to be freed with free(); NULL when out of memory. A block starts on a line of
 * the cache (64 bytes), whatever was allocated before, so that the arrays carved from it lie alike in every process. A
 * large block asks for large pages: the first touch of a page costs as much as hundreds of flops, under a hypervisor
 * thousands. */
void *memory_block(size_t bytes);

#endif
