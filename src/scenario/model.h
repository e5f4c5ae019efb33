/* The scenario as this room sees it. */
#ifndef SCENARIO_MODEL_H
#define SCENARIO_MODEL_H

#include "scenario/grid.h"
#include "scenario/tree.h"

enum { MODEL_MAX_ARRAYS = 8, MODEL_MAX_WARNINGS = 8, MODEL_WARNING_SIZE = 320 };

struct cfi_scenario {
    char *file;
    cfi_tree tree;
    cfi_value value[KEY_COUNT]; /* in the units of the scenario; texts are the tree's */
    cfi_value gain_file;        /* the numbers of propagation.gain when that is a path */
    cfi_system system;
    void *array[MODEL_MAX_ARRAYS]; /* what system points to, besides entries of values */
    size_t arrays;
    scenario_grid grid;
    char *resolved, *complete;
    char sha256[65];
    char warning_text[MODEL_MAX_WARNINGS][MODEL_WARNING_SIZE];
    const char *warning[MODEL_MAX_WARNINGS];
    size_t warnings;
};

/* The sizes, frames and powers of the system from the values; no array. Never fails. */
void convert_scalars(cfi_scenario *scenario);
/* The arrays of the system, degrees and decibels converted. Fails with CFI_NO_MEMORY. */
cfi_status convert_arrays(cfi_scenario *scenario, cfi_error *error);

/* Values whose code does not exist yet: CFI_UNAVAILABLE. */
cfi_status check_available(const cfi_scenario *scenario, cfi_error *error);
/* What the solver does not cover: CFI_UNAVAILABLE. convert_arrays came before. */
cfi_status check_solver(const cfi_scenario *scenario, cfi_error *error);
/* A size beyond its range that would also need absurd memory, as the tree has it. */
cfi_status check_size(const cfi_tree *tree, key_id id, cfi_error *error);
/* What must hold between values; convert_scalars came before. */
cfi_status check_relations(const cfi_scenario *scenario, cfi_error *error);
/* Explicit positions that coincide. */
cfi_status check_positions(cfi_scenario *scenario, cfi_error *error);
/* Remarks that stop nothing. */
void check_remarks(cfi_scenario *scenario);

/* What the resolved scenario is printed for. */
typedef enum {
    RESOLVED_WHOLE,  /* to be read */
    RESOLVED_HASHED, /* without name and $schema, with the numbers of gain files */
    RESOLVED_POINT   /* without the sweep: the base of its points */
} resolved_purpose;

/* Appends the resolved scenario: every key in order, two spaces a level. */
void resolved_print(const cfi_scenario *scenario, resolved_purpose purpose, cfi_wording *out);
/* Appends the value of one key as it is printed there. */
void resolved_print_value(const cfi_scenario *scenario, key_id id, resolved_purpose purpose, size_t indent,
                          cfi_wording *out);

/* Whether sensing power senses worse than communication power, which with coherent terms makes the sensing constraint
 * reverse convex. */
bool sensing_is_reverse_convex(const cfi_system *system);

#endif
