/* The table of objectives: a row for each of CFI_OBJECTIVES, from the file of its name. */
#include "alloc/objective.h"

#define DECLARE_OBJECTIVE(constant, word) extern const alloc_objective objective_##word;
#define OBJECTIVE_ROW(constant, word)     [CFI_##constant] = &objective_##word,

CFI_OBJECTIVES(DECLARE_OBJECTIVE)

static const alloc_objective *const objectives[CFI_OBJECTIVE_COUNT] = {CFI_OBJECTIVES(OBJECTIVE_ROW)};

const alloc_objective *objective_of(cfi_objective word)
{
    return word < CFI_OBJECTIVE_COUNT ? objectives[word] : NULL;
}
