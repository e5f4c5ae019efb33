/* The items of a sweep that have no line yet. */
#include "sweep/todo.h"

#include <stdlib.h>

/* Appends a run; false when there is no memory. */
static bool add_run(todo_list *list, size_t *room, size_t item)
{
    if (list->runs == *room) {
        todo_run *larger = realloc(list->run, 2 * (*room + 1) * sizeof *larger);

        if (!larger) {
            return false;
        }
        list->run = larger;
        *room = 2 * (*room + 1);
    }
    list->run[list->runs++] = (todo_run){.item = item, .number = list->count};
    return true;
}

cfi_status todo_make(const uint8_t *status, size_t items, uint8_t missing, todo_list *list, cfi_error *error)
{
    size_t room = 0;
    bool added = true;

    *list = (todo_list){.run = NULL};
    for (size_t item = 0; item < items && added; item++) {
        if (status[item] == missing) {
            added = (item > 0 && status[item - 1] == missing) || add_run(list, &room, item);
            list->count++;
        }
    }
    added = added && add_run(list, &room, items); /* the end */
    list->runs -= added;
    return added ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for the %zu trials of a sweep", items);
}

size_t todo_item(const todo_list *list, size_t number)
{
    size_t low = 0, high = list->runs;

    while (high - low > 1) { /* run[low].number <= number < run[high].number */
        size_t middle = low + (high - low) / 2;

        *(list->run[middle].number <= number ? &low : &high) = middle;
    }
    return list->run[low].item + (number - list->run[low].number);
}
