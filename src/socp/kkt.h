/* The Newton system of an interior-point step: its analysis, its factor, its solutions. docs/solver.md. */
#ifndef CFISAC_SOCP_KKT_H
#define CFISAC_SOCP_KKT_H

#include "socp/kkt_system.h"

/* Analyses the pattern of a matrix, p rows of equalities over the rows of the cone; keeps the pointers. False when out
 * of memory or when the watch (or NULL) saw its flag. */
bool kkt_analyse(kkt *system, const sparse *matrix, size_t f, const cone_scaling *cone, stop_watch *watch);
void kkt_free(kkt *system);

/* Takes over the numbers of the matrix. */
void kkt_set_data(kkt *system);
/* Takes over W and factorises. False on a breakdown, or when the watch saw its flag. */
bool kkt_factor(kkt *system);
/* Sharp solutions are refined by generalised conjugate residuals, which no few directions that the regularisation
 * spoils can stall. The first call that asks for them allocates; false, and not sharp, when out of memory. */
bool kkt_sharpen(kkt *system, bool sharp);

/* Solves for (x, y, z), n + p + m numbers one after another, until the residual is at most `target` or falls no more;
 * it is not even formed when target is infinite and no pivot was replaced.
 * rhs and solution must not overlap. The second solves two systems at once. After z the solution holds g = G x - bz
 * (m), which equals W^2 z but has not lost the digits that W^2 z loses where W^2 stretches most.
 * Tells the largest residual, 0 when it was not formed, NaN on a breakdown. Once the watch saw its flag nothing more
 * is refined. */
double kkt_solve(kkt *system, const double *rhs, double target, double *solution);
void kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                   double error[2]);
/* Goes on to refine the first of the two solutions just found; its residual must have been formed. */
double kkt_refine_first(kkt *system, double target);

#endif
