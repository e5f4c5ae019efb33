/* What must hold between values. */
#ifndef SCENARIO_RELATIONS_H
#define SCENARIO_RELATIONS_H

#include "scenario/model.h"

/* A size beyond its range that would also need absurd memory, as the tree has it: CFI_INVALID. */
cfi_status check_size(const cfi_tree *tree, key_id id, cfi_error *error);
/* Sizes that need absurd memory: CFI_INVALID. Thresholds and targets count once they are filled in, so that sizes are
 * looked at before they are given arrays, and again behind. */
cfi_status check_memory(const cfi_scenario *scenario, cfi_error *error);
/* CFI_INVALID: the values, each allowed by itself, do not go together. The scalars are converted. */
cfi_status check_relations(const cfi_scenario *scenario, cfi_error *error);

#endif
