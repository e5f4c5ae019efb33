/* The grid of a sweep: its axes with their values. */
#ifndef SCENARIO_GRID_H
#define SCENARIO_GRID_H

#include "scenario/tree.h"

/* The values of an axis as items of JSON, for the points that are set to them. */
typedef struct grid_items {
    const cJSON **item; /* one a value; of the tree, or of one of these: */
    cJSON *expanded;    /* the values of a range, or NULL */
    cJSON *tables;      /* the numbers of files, or NULL */
} grid_items;

typedef struct scenario_grid {
    cfi_axis *axis;
    grid_items *items;
    size_t axes;
} scenario_grid;

/* Expands the (checked) sweep object of a scenario. CFI_NO_MEMORY, or CFI_INVALID for a range, a value that is there
 * twice, or a file of numbers. grid_free in every case. */
cfi_status grid_build(const cfi_tree *tree, scenario_grid *grid, cfi_error *error);
void grid_free(scenario_grid *grid);
/* How far apart points are that are neighbours along an axis. */
size_t grid_stride(const scenario_grid *grid, size_t axis);
/* Which value of an axis a point has. */
size_t grid_index(const scenario_grid *grid, size_t point, size_t axis);
/* Whether a value of some axis is the path of a file. */
bool grid_names_files(const scenario_grid *grid);
/* Appends the sweep object as JSON, every range as its values, every table with its numbers: complete in itself. */
void grid_print(const scenario_grid *grid, size_t indent, cfi_wording *out);

#endif
