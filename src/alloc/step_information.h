/* Sensing that couples access points as rows and cones of a step's problem. docs/model.md (M28). */
#ifndef CFISAC_ALLOC_STEP_INFORMATION_H
#define CFISAC_ALLOC_STEP_INFORMATION_H

#include "alloc/step_rows.h"

/* Places what it needs from `next` on; returns the number of all variables. */
size_t step_information_lay_out(step_model *model, size_t next);
void step_information_add_rows(const step_model *model);
void step_information_add_cones(const step_model *model);

/* Powers of AP l in a solution: communication power that its amplitudes are scaled to (negative: they stay as they are)
 * and, once they are in to->w with squared norm x, its sensing power. */
double step_information_wanted(const step_model *model, const double *solution, size_t l);
double step_information_beam(const step_model *model, const double *solution, size_t l, double x);

#endif
