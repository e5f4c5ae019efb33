/* The table of objectives: each row is defined in a file of its own. */
#include "alloc/objective.h"

extern const alloc_objective objective_sum_rate;

static const alloc_objective *const table[] = {&objective_sum_rate};

const alloc_objective *objective_of(cfi_objective word)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i]->word == word) {
            return table[i];
        }
    }
    return NULL;
}
