/* Questions about powers, answered by the small dual (dual.h). docs/model.md (M31) */
#ifndef CFISAC_ALLOC_GLOBALS_DUAL_H
#define CFISAC_ALLOC_GLOBALS_DUAL_H

#include "alloc/dual.h"
#include "alloc/globals.h"

/* A question as a program, and which users have targets: all memory comes from the drop's arena. */
typedef struct globals_dual {
    const globals_drop *drop;
    dual_program program;
    double *target; /* of the program's users */
    size_t *user;   /* who they are */
    bool all;       /* all users of the drop */
    double *limit;  /* L: what limits are in this question */
} globals_dual;

/* Whether every question of the drop that has these kinds of sensing is such a program: users hear what an access point
 * sends alike, and what couples access points are few numbers. */
bool globals_dual_covers(const globals_drop *drop);
/* Whether the program covers this question: no more than one row an access point is raised. */
bool globals_dual_asks(const globals_drop *drop, const globals_ask *ask);
cfi_status globals_dual_make(const globals_drop *drop, const globals_ask *ask, globals_dual *out, cfi_error *error);
/* Powers and multipliers of the program's iterate. */
void globals_dual_read(globals_dual *dual, const globals_ask *ask, globals_answer *answer);
/* As globals_solve, but for what is settled and proved. GLOBALS_FAILED where the iteration finds no optimum. */
cfi_status globals_dual_solve(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error);

/* The largest common rate below `most`, as globals_raise: answer has a point that spends `factor` of budget and limits,
 * not proved, out->common and out->bound what was found. out->end: GLOBALS_FAILED where it finds nothing, whatever the
 * reason. */
cfi_status globals_dual_raise(globals_drop *drop, const globals_goal *goal, double most, globals_answer *answer,
                              globals_raised *out, cfi_error *error);

#endif
