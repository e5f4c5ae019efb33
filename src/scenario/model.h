/* The scenario as this room sees it. */
#ifndef SCENARIO_MODEL_H
#define SCENARIO_MODEL_H

#include "scenario/convert.h"
#include "scenario/grid.h"
#include "scenario/tree.h"

enum { MODEL_MAX_WARNINGS = 12, MODEL_WARNING_SIZE = 320 };

struct cfi_scenario {
    /* A point of a grid: the grid's scenario, which owns all that the point borrows: the file's name, the values,
     * items and arrays of keys that the point does not set (tree.at_point). Else NULL. */
    const cfi_scenario *base;
    char *file;
    cfi_tree tree;
    cfi_value value[KEY_COUNT];   /* in the units of the scenario; texts are the tree's */
    cfi_value file_of[KEY_COUNT]; /* the numbers of keys that name a file */
    cfi_system system;
    array_store arrays; /* what system points to, besides entries of values */
    scenario_grid grid;
    char *resolved, *complete; /* NULL: not made yet */
    char sha256[65];
    char warning_text[MODEL_MAX_WARNINGS][MODEL_WARNING_SIZE];
    const char *warning[MODEL_MAX_WARNINGS];
    size_t warnings;
};

/* Whether the key names a file of numbers. */
static inline bool model_names_file(const cfi_scenario *scenario, key_id id)
{
    return key_takes_file(&key_table[id]) && scenario->value[id].form == FORM_TEXT;
}

static inline bool model_is_null(const cfi_scenario *scenario, key_id id)
{
    return scenario->value[id].form == FORM_NULL;
}

#endif
