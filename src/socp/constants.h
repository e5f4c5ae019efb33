/* The numbers that the method rests on: what each means and where it comes from (what the machine, a format or the
 * shape of a loop dictates stands where it is used). "The sets" are the 116 public problems of docs/solver.md, "steps"
 * the first steps of allocations; tests/bench/sets.sh and scripts/bench_peers.sh count both. Accuracies are absolute:
 * data and iterates are of order one (equilibrate.c, rescale in newton.c). */
#ifndef CFISAC_SOCP_CONSTANTS_H
#define CFISAC_SOCP_CONSTANTS_H

/* --------------------------------------------------------------------------------- settings ---- */

/* What socp_default_settings says: include/cfisac/socp.h. With 100 iterations pilot, which takes 109, would end early.
 */
enum { DEFAULT_ITERATIONS = 200, DEFAULT_REFINEMENTS = 5 };
static const double DEFAULT_TOLERANCE = 1e-9, DEFAULT_ACCEPTED = 1e-8, DEFAULT_REDUCED = 1e-4;
/* Above these a setting is a mistake: no solve takes as many iterations, no refinement goes on as long. */
enum { MOST_ITERATIONS = 1000000, MOST_REFINEMENTS = 1000 };

/* ---------------------------------------------------------------------------------- scaling ---- */

/* Passes of the equilibration at most. Of 100 public problems none changes after the fourth. */
enum { SCALING_PASSES = 6 };
/* Largest power of two of a row's or a column's factor: the product of two is still a double, and so is its inverse. */
enum { MOST_POWER = 500 };

/* ------------------------------------------------------------------------ the linear system ---- */

/* z of a linear row of at most ROW_VARIABLES variables, or of a cone of at most CONE_ROW_VARIABLES in each row and
 * CONE_VARIABLES a row in all, is eliminated before the factorisation. A row of k variables becomes a clique of k (k +
 * 1) / 2 entries instead of an unknown of k + 1: six for four at three, ten for five at four; limits of 1 to 8 give the
 * same answers. A cone of single variables a row costs two entries a variable, for its two dyads. */
enum { ROW_VARIABLES = 3, CONE_ROW_VARIABLES = 2 };
static const double CONE_VARIABLES = 1.5;
/* The part of the matrix that does not change with W is kept as long as that is cheaper than adding it up again: while
 * the factor has at most so many entries for each term. Filled factors so take half the memory. */
enum { BASE_MOST_FILL = 8 };
/* Unknowns of at most LEAF_NEIGHBOURS neighbours, each of which has LEAF_TIMES as many, are ordered before AMD, which
 * would take them first, too: order.c. */
enum { LEAF_NEIGHBOURS = 8, LEAF_TIMES = 2 };
/* A single column of L with at most so many rows below has the place of every product listed: some 36 of them. What
 * nodes cost, by which columns are joined, is fitted in ldl_tree.c. */
enum { SMALL_BELOW = 8 };
/* In a panel of at least PANEL_LARGE numbers, more than the second cache may hold, products are subtracted in parts
 * that fit the caches: PANEL_DEPTH columns deep and PANEL_STRIP rows high, from a PANEL_BLOCK of columns. Every sum
 * still runs over the columns in their order, so that the parts do not change a bit. Smaller panels are faster in one
 * part. Fitted by measurement. */
enum { PANEL_LARGE = 1 << 17, PANEL_DEPTH = 64, PANEL_STRIP = 64, PANEL_BLOCK = 32 };

/* delta, added to the diagonal of x and subtracted from that of y, in the first and the later attempts to solve. With
 * 1e-8, 15 of the sets more had no answer. */
static const double DELTA_FIRST = 1e-10, DELTA_LOWER = 1e-12;
/* Of the rows of G, whose own W^2 keeps the matrix quasi-definite; it only bounds 1 / W^2. On active rows W^2 falls to
 * 1e-12: with 1e-10 here refinement cannot mend the factor any more (LISWET, YAO, pilot_we, vol1), with 0 pivots break
 * down. */
static const double DELTA_CONE = 1e-14;
/* A pivot below the first is rounding of sums of numbers of order one. It becomes the second, not delta: dividing by so
 * little would flood what comes after (pilot_we, progas with a cut). */
static const double LEAST_PIVOT = 1e-14, REPLACED_PIVOT = 2e-7;
/* Where refinement cannot mend a factor, FIRMER times the delta is tried, as often as that makes it better,
 * MOST_FACTORS factors in all. */
static const double FIRMER = 10.0;
enum { MOST_FACTORS = 6 };
/* A residual above this is no solution at all: more regularisation is tried however it compares. */
static const double FACTOR_USABLE = 1e-2;
/* A factor as poor as this many times the one that nothing did better than is not tried to be bettered again. */
static const double FIRM_ENOUGH = 10.0;

/* Residual of a Newton system that needs no refinement, relative to the smaller of mu and the point's own residuals:
 * errors then shrink with both. On the way to a certificate (tau < kappa) more digits decide. */
static const double SOLVED = 1e-2, SOLVED_CERTIFICATE = 1e-4;
/* ... but never below rounding: of most problems, and of those in which single rows are much smaller than others. */
static const double SOLVED_LEAST = 1e-12, SOLVED_SHARP = 1e-16;
/* The solution for (-c, b, h) is multiplied by dtau. The combined direction's, which is not known yet, is taken for at
 * most FIXED_MARGIN times the affine one's, and for at least FIXED_LEAST tau. */
static const double FIXED_MARGIN = 10.0, FIXED_LEAST = 1e-4;
/* Above this mu, after a good step, the residual is not even formed: it has been found small enough in all steps. */
static const double MU_TRUSTED = 1e-4;
/* Part of the residual that a refinement may leave for another to be worth it: one that gains less is at the end of its
 * digits. 0.1 and 0.9 do no better. */
static const double REFINEMENT_GAIN = 0.5;
/* Corrections of a sharp solution, and what part of the residual's square each must leave less than, to go on. */
enum { MOST_CONJUGATES = 12 };
static const double CONJUGATE_GAIN = 0.9;
/* A factor is firmed when the affine step's residual stays above this times mu, and above SOLVED_LEAST. With 1e-2 nql30
 * makes three factors more, which are no better. */
static const double FACTOR_SOLVED = 1e-1;

/* ----------------------------------------------------------------------------------- steps ---- */

/* Part of the way to the boundary of the cone. 0.9, 0.98, 0.995: more iterations. */
static const double STEP_FRACTION = 0.99;
/* Mehrotra's sigma = (1 - alpha)^2 is kept between SIGMA_LEAST and SIGMA_MOST after a good step, between SIGMA_LEAST
 * and SIGMA_MOST_POOR after one shorter than STEP_GOOD. The cap of 0.3 saves 5 % of the iterations of steps; without a
 * way out pilot and QCAPRI crawl. With a quadratic objective the last row is not linear, and kappa tau falls behind mu
 * unless it is centred by SIGMA_LEAST_CURVED (12 of 4,000 planted programmes ended just short of 1e-8). */
static const double SIGMA_LEAST = 1e-6, SIGMA_LEAST_CURVED = 1e-3, SIGMA_MOST = 0.3, SIGMA_MOST_POOR = 0.9,
                    STEP_GOOD = 0.2;
/* A step shorter than this is replaced by one towards the central path with this sigma, without a second-order term:
 * repeated, it would only get shorter. */
static const double STEP_BLOCKED = 0.1, SIGMA_CENTRING = 0.9;
/* A step shorter than this is a breakdown. */
static const double STEP_LEAST = 1e-8;
/* How far inside the cone a warm start is moved, relative to its size. */
static const double WARM_SHIFT = 1e-2;
/* A start point nearer to the boundary than this is moved inside: it may be there by rounding alone. */
static const double START_INSIDE = 1e-6;
/* Residual at which the start point's linear systems need no refinement and no other factor: it need not solve them
 * well. */
static const double START_SOLVED = 1e-6;

/* --------------------------------------------------------------------------------- the end ---- */

/* Iterations without progress after which an attempt ends: the first when the best point could be taken for optimal,
 * the second when not yet (pilot stands still for ten, then goes on). */
enum { PATIENCE = 4, PATIENCE_POOR = 15 };
/* Weight of residuals relative to what each row is made of, beside those relative to the whole right-hand side. */
static const double ROW_WEIGHT = 0.01;
/* A residual that is within this of the sum of the magnitudes it is made of is rounding: 64 units in the last place. */
static const double ROUNDING_OF_TERMS = 64.0 * 0x1p-53;
/* Residuals and gap up to this are accepted where all that exceeds the accepted tolerance is rounding, or is so only
 * relative to small rows. */
static const double ROUNDED_TOLERANCE = 1e-6;

/* --------------------------------------------------------------- looks at the stop flag and clock ---- */

/* Rows of the symbolic analysis, weights of the assembly, nodes of the factorisation between two looks, short ones; a
 * wide node looks at every tile. */
enum { POLLED_ROWS = 32, POLLED_WEIGHTS = 4096, POLLED_NODES = 256 };
/* While AMD runs on a thread of its own; with so few entries, for some ten milliseconds at most, it does not. */
enum { POLLED_MILLISECONDS = 10, UNWATCHED_ENTRIES = 20000 };

#endif
