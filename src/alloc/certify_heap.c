/* Open boxes, the one of the largest bound first; of equals the older one. docs/model.md (M34) */
#include "alloc/certify.h"

#include <stdlib.h>

static bool comes_first(const certify_node *a, const certify_node *b)
{
    return a->bound > b->bound || (a->bound == b->bound && a->number < b->number);
}

bool certify_push(certify_heap *heap, certify_node node)
{
    size_t i = heap->count;

    if (i == heap->room) {
        size_t room = heap->room > 0 ? 2 * heap->room : 64;
        certify_node *grown = realloc(heap->node, room * sizeof *grown);

        if (!grown) {
            return false;
        }
        heap->node = grown;
        heap->room = room;
    }
    heap->count++;
    while (i > 0 && comes_first(&node, &heap->node[(i - 1) / 2])) {
        heap->node[i] = heap->node[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->node[i] = node;
    return true;
}

certify_node certify_pop(certify_heap *heap)
{
    certify_node first = heap->node[0], last = heap->node[--heap->count];
    size_t i = 0;

    for (size_t child = 1; child < heap->count; child = 2 * i + 1) {
        if (child + 1 < heap->count && comes_first(&heap->node[child + 1], &heap->node[child])) {
            child++;
        }
        if (!comes_first(&heap->node[child], &last)) {
            break;
        }
        heap->node[i] = heap->node[child];
        i = child;
    }
    heap->node[i] = last;
    return first;
}

void certify_empty(certify_heap *heap)
{
    for (size_t i = 0; i < heap->count; i++) {
        free(heap->node[i].memory);
    }
    free(heap->node);
    *heap = (certify_heap){.node = NULL};
}
