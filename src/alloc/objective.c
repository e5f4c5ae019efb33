/* The table of objectives. */
#include "alloc/objective.h"

static const alloc_objective *const rows[] = {&objective_sum_rate};

const alloc_objective *objective_of(cfi_objective word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i]->word == word) {
            return rows[i];
        }
    }
    return NULL;
}
