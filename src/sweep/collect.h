/* The way of a line: from the thread that computed it to rank 0, into its turn, into the journal. */
#ifndef CFISAC_SWEEP_COLLECT_H
#define CFISAC_SWEEP_COLLECT_H

#include "sweep/contents.h"
#include "sweep/work.h"

/* Rank 0: takes over what the journal already has, counts it, and lists what is to do. *c loses its status array.
 * CFI_NO_MEMORY. */
cfi_status collect_start(sweep_work *w, contents *c, cfi_error *error);

/* Takes the line (from malloc) of an item to do on its way; it is the work's from here on. Called by all threads. */
cfi_status collect_line(sweep_work *w, size_t number, char *line, cfi_error *error);

/* Between two items of the first thread (context: the work): moves lines from rank to rank. */
void collect_exchange(void *context);

/* After the own items, which ended at `end` with a status and its error: rank 0 waits for the others, the others say
 * that they are done. The status of all. */
cfi_status collect_end(sweep_work *w, size_t end, cfi_status status, cfi_error *error);

#endif
