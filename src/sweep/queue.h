/* Lines that come in any order and leave in theirs. Not locked: the caller sees to that. */
#ifndef CFISAC_SWEEP_QUEUE_H
#define CFISAC_SWEEP_QUEUE_H

#include "cfisac/base.h"

typedef struct line_queue {
    char **slot; /* line of item next + i at slot[(next + i) % room], or NULL */
    size_t room, next;
} line_queue;

/* The queue takes the line (from malloc), whatever happens. CFI_NO_MEMORY. */
cfi_status queue_put(line_queue *queue, size_t item, char *line, cfi_error *error);
/* The line of item queue->next, which is then the caller's to free, or NULL when it is not there yet. */
char *queue_take(line_queue *queue);
void queue_free(line_queue *queue);

#endif
