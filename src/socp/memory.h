/* Memory of a solve. */
#ifndef CFISAC_SOCP_MEMORY_H
#define CFISAC_SOCP_MEMORY_H

#include <stddef.h>

/* At least `bytes` bytes aligned for any type, uninitialised, to be freed with free(); NULL when out of memory. A large
 * block asks for large pages: the first touch of a page costs as much as hundreds of flops, under a hypervisor
 * thousands. */
void *memory_block(size_t bytes);

#endif
