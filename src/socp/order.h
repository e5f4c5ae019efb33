/* A fill-reducing order of a symmetric pattern. docs/solver.md. */
#ifndef CFISAC_SOCP_ORDER_H
#define CFISAC_SOCP_ORDER_H

#include "socp/watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Minimum degree (AMD). Entries (row[e], col[e]) may lie in either triangle, on the diagonal, and be duplicates.
 * order[i]: the unknown to eliminate as i-th. False when out of memory or when the watch (or NULL) saw its flag. */
bool order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, stop_watch *watch,
                   uint32_t *order);

#endif
