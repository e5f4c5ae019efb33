/* The small dual: Newton's steps. docs/model.md (M31) */
#ifndef CFISAC_ALLOC_DUAL_STEPS_H
#define CFISAC_ALLOC_DUAL_STEPS_H

#include "alloc/dual_values.h"

/* What products of slack and price should become, and whether those of the steps before are taken off it. */
typedef struct dual_goal {
    double target;
    bool correct;
} dual_goal;

/* Minus what slack and price of pair i should multiply to less, to first order. */
static inline double dual_change(const dual_program *p, const dual_goal *to, size_t i)
{
    return to->target - p->slack[i] * p->price[i] - (to->correct ? p->second[i] : 0.0);
}

/* Blocks of access points, and what they make of the few numbers that couple them (dual_blocks.c). */
void dual_make_blocks(dual_program *p);
/* The small system, factored. False where it is singular. */
bool dual_assemble(dual_program *p);
/* The steps to what is aimed at. */
void dual_take_steps(dual_program *p, const dual_goal *to);

#endif
