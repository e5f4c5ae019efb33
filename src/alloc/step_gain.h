/* SINRs in a step, and logarithms of them. docs/model.md (M32)
 *
 * For each user whose SINR the surrogate or a target is about there is a variable d, its relative gain, of which the
 * minorant of (M13) holds, and where there are coherent terms a variable c, what they are over I0:
 *     d <= 2 ubar - Ibar - 1,     SINR >= S0 (1 + d),     with equality at the point, d = 0
 * A target T is the row  1 + d >= T / S0. */
#ifndef CFISAC_ALLOC_STEP_GAIN_H
#define CFISAC_ALLOC_STEP_GAIN_H

#include "alloc/step_rows.h"

/* The variable d of active user number a, who has one. */
size_t step_gain(const step_model *model, size_t a);
size_t step_gain_lay_out(step_model *model, size_t next);
void step_gain_add_rows(const step_model *model);
void step_gain_add_cones(const step_model *model);

/* z <= ln(1 + weight in) / weight, a minorant of it that is exact in value and slope at in = 0, for a concave `in` and
 * 0 < weight <= 1. With n roots in a row, ln(1 + v) = 2^n ln((1 + v)^(1 / 2^n)) >= 2^n (1 - (1 + v)^(-1 / 2^n)): its
 * curvature at 0 is 1 + 1 / 2^n times the logarithm's. Everything is relative to `weight`, so that no digits are lost
 * where that is tiny. */
enum { STEP_ROOTS = 2, STEP_LOGARITHM = STEP_ROOTS + 1 }; /* variables of one */
typedef struct step_logarithm {
    size_t first;  /* of its STEP_LOGARITHM variables */
    double weight; /* at the point */
    program_label label;
} step_logarithm;
/* row += factor z */
void step_put_logarithm(const step_model *model, size_t row, const step_logarithm *of, double factor);
/* Its cones; `in` is a variable, or where `inner` is given, that logarithm. */
void step_add_logarithm(const step_model *model, const step_logarithm *of, size_t in, const step_logarithm *inner);

#endif
