/* The numbers that the room's methods rest on: meaning, unit, reason. Powers are in the problem's units (problem.h). */
#ifndef CFISAC_ALLOC_CONSTANTS_H
#define CFISAC_ALLOC_CONSTANTS_H

/* ------------------------------------------------------------------------- feasibility ---- */

/* Relative: at the very edge of feasibility two sums of the same powers in another order differ by less. A point that
 * breaks the budget or a limit by no more is feasible. */
static const double FEASIBLE_ROUNDING = 1e-10;
/* Relative: what has given way by the factor that an infeasible drop is told must pass the test itself, in whatever
 * order it adds up. */
static const double FACTOR_MARGIN = 1e-12;

/* ----------------------------------------------------------------------------- sensing ---- */

/* In an access point's unit: a threshold that so little power meets is no constraint of a step. It moves the optimum by
 * no more than that, and the completion of the step's result meets it. */
static const double NEGLIGIBLE_POWER = 1e-10;
/* Below it 1 / d1 and its square leave the range of a double: such a kink is out of reach anyway. */
static const double LEAST_COEFFICIENT = 1e-150;

/* ------------------------------------------------------------------------------- steps ---- */

/* Users whose SINR at the point is below this times the largest one (or 1, if that is less) have no part in a cone
 * problem: its rows divide by their u and I, and would span more decades than the solver's tolerance. */
static const double CONE_NEGLIGIBLE_SINR = 1e-10;
/* Users below this SINR have no part in the dual, which loses no digits down to rounding: they stay silent. */
static const double DUAL_NEGLIGIBLE_SINR = 1e-14;
/* Below this SINR of the best user the product surrogate, 1 plus something tiny, loses its digits; the fractional one
 * is as tight there. */
static const double PRODUCT_LEAST_SINR = 1e-3;
/* A price of power that costs nothing, and gains nothing either: keeps quotients finite. */
static const double LEAST_PRICE = 1e-300;

/* Newton's method on the dual: steps, and lengths tried in each. */
enum { DUAL_ITERATIONS = 60, DUAL_HALVINGS = 50 };
/* Relative gap at which a step by the dual ends, and the largest with which it counts. */
static const double GAP_TOLERANCE = 1e-10, ACCEPTED_GAP = 1e-7;
/* Rows of the dual's Hessian between two looks at the stop flag; even, since lanes take two at a time. */
enum { DUAL_POLLED_ROWS = 64 };

/* ------------------------------------------------------------------------------ starts ---- */

/* Default number of starts where pilots overlap. Over 300 wide random scenarios of up to 8 access points and 6 users 8
 * starts lost more than 1e-3 in 3 of them, 16 in none; the cone solver's starts are dear. */
enum { STARTS_STRUCTURED = 16, STARTS_SOCP = 8 };
/* Standard deviation of an amplitude's logarithm in a random start: local maxima differ in the users served, and in
 * which access point serves whom. */
static const double PAIR_SPREAD = 2.5;
/* SINR of a user that a start does not serve: 1.4e-8 bit/s/Hz. */
static const double SILENT_SINR = 1e-8;
/* A user whose SINR is below this times the strongest one's may want to come back. */
static const double WEAK_SINR = 1e-2;

#endif
