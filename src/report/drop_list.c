/* Drops by their numbers, as short as they can be told. */
#include "report/drop_list.h"

#include "base/text.h"

#include <stdio.h>

enum { LEAST_RANGE = 3 }; /* neighbours that are told as a range */

/* "204-206", or each of a few. */
static void write_run(drop_list *list)
{
    uint32_t count = list->last - list->first + 1;
    size_t pieces = count < LEAST_RANGE ? count : 1;

    if (list->pieces + pieces > DROP_LIST_PIECES) {
        list->pieces = DROP_LIST_PIECES; /* what comes later is not told either */
        return;
    }
    for (size_t i = 0; i < pieces; i++) {
        list->used += (size_t)snprintf(list->text + list->used, sizeof list->text - list->used, "%s%u",
                                       list->pieces++ > 0 ? ", " : "", list->first + (uint32_t)i);
    }
    if (pieces < count) {
        list->used += (size_t)snprintf(list->text + list->used, sizeof list->text - list->used, "-%u", list->last);
    }
    list->told += count;
}

void drop_list_add(drop_list *list, uint32_t drop)
{
    if (list->count > 0 && drop != list->last + 1) {
        write_run(list);
    }
    if (list->count == 0 || drop != list->last + 1) {
        list->first = drop;
    }
    list->last = drop;
    list->count++;
}

void drop_list_describe(drop_list *list, size_t all, const char *file, char text[DROP_LIST_LENGTH])
{
    *text = '\0';
    if (list->count == 0) {
        return;
    }
    write_run(list);
    if (list->count == all && all > 1) {
        snprintf(text, DROP_LIST_LENGTH, "all %zu drops", all);
    } else if (list->told < list->count) {
        snprintf(text, DROP_LIST_LENGTH, "drops %s and %zu more; see %s", list->text, list->count - list->told, file);
    } else {
        snprintf(text, DROP_LIST_LENGTH, "drop%s %s", text_by_count(list->count, "", "s"), list->text);
    }
}
