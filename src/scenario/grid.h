/* The grid of a sweep: its axes with their values as text, and the scenario of each point. */
#ifndef SCENARIO_GRID_H
#define SCENARIO_GRID_H

#include "cfisac/scenario.h"
#include "scenario/wording.h"

typedef struct scenario_grid {
    cfi_axis *axis;
    size_t axes;
    char *base; /* the resolved scenario without the sweep */
} scenario_grid;

/* Expands the (checked) sweep object of a scenario. CFI_NO_MEMORY, or CFI_INVALID for a range. */
cfi_status grid_build(cfi_scenario *scenario, cfi_error *error);
void grid_free(scenario_grid *grid);
/* Appends the sweep object as JSON, every range as its values, every table with its numbers: complete in itself. */
void grid_print(const scenario_grid *grid, size_t indent, cfi_wording *out);

#endif
