/* Lines that come in any order and leave in theirs. */
#include "sweep/queue.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 }; /* lines that may be ahead at first; doubled as needed */

static bool grow_queue(line_queue *queue, size_t ahead)
{
    size_t room = queue->room ? queue->room : FIRST_SLOTS;
    char **slot;

    while (room <= ahead) {
        room *= 2;
    }
    slot = calloc(room, sizeof *slot);
    if (!slot) {
        return false;
    }
    for (size_t i = queue->next; i < queue->next + queue->room; i++) {
        slot[i % room] = queue->slot[i % queue->room];
    }
    free(queue->slot);
    queue->slot = slot;
    queue->room = room;
    return true;
}

cfi_status queue_put(line_queue *queue, size_t item, char *line, cfi_error *error)
{
    size_t ahead = item - queue->next;

    if (ahead >= queue->room && !grow_queue(queue, ahead)) {
        free(line);
        return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of a sweep");
    }
    queue->slot[item % queue->room] = line;
    return CFI_OK;
}

char *queue_take(line_queue *queue)
{
    char *line = queue->room ? queue->slot[queue->next % queue->room] : NULL;

    if (line) {
        queue->slot[queue->next++ % queue->room] = NULL;
    }
    return line;
}

void queue_free(line_queue *queue)
{
    for (size_t i = 0; i < queue->room; i++) {
        free(queue->slot[i]);
    }
    free(queue->slot);
    *queue = (line_queue){.slot = NULL};
}
