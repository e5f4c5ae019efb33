/* The items of a sweep that have no line yet, in order; 0, 1, .. number them on their way. */
#ifndef CFISAC_SWEEP_TODO_H
#define CFISAC_SWEEP_TODO_H

#include "cfisac/base.h"

/* Items item, item + 1, .. have the numbers number, number + 1, .. up to the number of the next run: what is missing
 * lies together, so that a hundred million items need no list of their own. */
typedef struct todo_run {
    size_t item, number;
} todo_run;

typedef struct todo_list {
    todo_run *run; /* runs, and one more whose number is count */
    size_t runs, count;
} todo_list;

/* Of items 0 .. items - 1 those with status[item] == missing. CFI_NO_MEMORY. *list is the caller's: free(list->run). */
cfi_status todo_make(const uint8_t *status, size_t items, uint8_t missing, todo_list *list, cfi_error *error);
/* The item of a number below list->count. */
size_t todo_item(const todo_list *list, size_t number);

#endif
