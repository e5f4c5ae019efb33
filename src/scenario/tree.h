/* The JSON of a scenario with the settings of the command line and the defaults laid over it: one item a key. */
#ifndef SCENARIO_TREE_H
#define SCENARIO_TREE_H

#include "cfisac/scenario.h"
#include "scenario/keys.h"
#include "scenario/value.h"

typedef struct cfi_tree {
    const char *file; /* borrowed */
    cJSON *root;
    const cJSON *item[KEY_COUNT]; /* NULL: absent and without a default */
    cJSON *owned[KEY_COUNT];      /* items that are not in root: settings and defaults */
    bool in_results;              /* the scenario is a member of the root, which is that of results.json */
    bool set[KEY_COUNT];          /* given by a setting */
    bool filled[KEY_COUNT];       /* not given: the item is the default */
    bool over[KEY_COUNT];         /* swept by a setting; the sweep itself: by settings alone */
    bool at_point[KEY_COUNT];     /* of a point: the item is a value of the sweep */
} cfi_tree;

/* Checks the text's syntax and shape (sections are objects, every key is known), applies the settings in order and
 * fills in defaults. The values themselves are not looked at. `text` must end with NUL at text[length]; of a
 * results.json, which has `provenance`, the scenario is its member `scenario`. tree_free in every case. */
cfi_status tree_build(cfi_tree *tree, const char *text, size_t length, cfi_error *error);
cfi_status tree_apply(cfi_tree *tree, const cfi_setting *settings, size_t count, cfi_error *error);
cfi_status tree_fill(cfi_tree *tree, cfi_error *error);
void tree_free(cfi_tree *tree);

/* Some key is swept. */
bool tree_has_sweep(const cfi_tree *tree);
/* Whether that sweep varies a key. */
bool tree_sweeps_key(const cfi_tree *tree, key_id id);
/* The scenario itself, for messages. */
cfi_place tree_root_place(const cfi_tree *tree);
/* Where the value of a key was given (or would be). */
cfi_place tree_place(const cfi_tree *tree, key_id id);
/* The number of a key as it stands, whatever its range; `otherwise` when it is none. */
double tree_number(const cfi_tree *tree, key_id id, double otherwise);

#endif
