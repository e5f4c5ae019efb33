/* What objectives that raise information share. docs/model.md (M32) */
#ifndef CFISAC_ALLOC_RAISED_H
#define CFISAC_ALLOC_RAISED_H

#include "alloc/problem.h"

/* The least of all that is asked of the goal's information, over what is asked. */
double raised_value(const alloc_problem *problem, const alloc_point *point);
/* Where sensing_raises_directed: an access point knows nothing of its angle at any power; then *because. */
bool raised_is_dark(const cfi_link *link, cfi_infeasibility *because);
/* Likewise: powers of the best mixes, the best ones where no rate is asked for, unless some were `found`, in whose
 * place they would go; and what no powers exceed, whatever rates they leave, beside what out->objective has already.
 * Both prove each other where they agree. Fails: CFI_NO_MEMORY, as alloc_evaluate. */
cfi_status raised_directed(const cfi_link *link, bool found, cfi_arena *arena, cfi_allocation *out, cfi_error *error);
/* What an access point sends, in units of the problem. */
cfi_aim raised_aim(const alloc_problem *problem, const alloc_point *point, size_t l);
/* What no powers exceed. */
typedef struct raised_bound {
    double factor; /* of all information; infinite: not known */
    size_t asked;  /* problems that were solved for it: numbers of the next one for who exports them */
} raised_bound;
/* Lowers the bound where problem->raised, under the rate targets: from any point, further the nearer that is to the
 * best. Of users that share pilots nothing is heard coherently, which bounds as well. Fails: CFI_NO_MEMORY,
 * CFI_INTERRUPTED, the export's error. */
cfi_status raised_prove(const alloc_problem *problem, const alloc_point *point, const cfi_alloc_options *options,
                        cfi_arena *arena, raised_bound *bound, cfi_error *error);
/* Its step. */
const step_surrogate *raised_surrogate(const alloc_problem *problem, const alloc_values *at);

#endif
