/* The allocation problem of one drop in normalised amplitudes.                 docs/model.md (M9)
 *
 * Units: radiated power in P / L, noise 1. With w_kl = sqrt(p_kl) and q_l = x_l + y_l, y_l = s_l, in these units
 *   u_k = sum_l signal_kl w_kl,    signal_kl = g_kl sqrt(unit) / sigma_c,  load_kl = V_kl unit / sigma_c^2
 *   I_k = 1 + sum_l load_kl q_l + sum_{j in mates(k)} (sum_l signal_kl w_jl)^2      (c_kj,l = g_kl, V = S)
 *   sum_l q_l <= L,   q_l <= limit_l,   d1_l x_l + d2_l (q_l - x_l) >= 1,   x_l = sum_k w_kl^2 <= q_l
 * Solvers that work in watts break down: the data would span ten decades. */
#ifndef CFISAC_ALLOC_PROBLEM_H
#define CFISAC_ALLOC_PROBLEM_H

#include "cfisac/alloc.h"

/* How the sensing constraint is convex (d1 / d2 is the same for all APs). */
typedef enum {
    SENSING_CONVEX,    /* d2 >= d1: (d2 - d1) sum_k w_kl^2 + 1 <= d2 q_l */
    SENSING_SATURATED, /* d2 < d1, no coherent terms: y = 0 is optimal, q_l >= 1 / d1_l */
    SENSING_LINEARISED /* d2 < d1 with coherent terms: reverse convex, linearised at the iterate */
} sensing_case;

typedef struct alloc_problem {
    const cfi_link *link;
    size_t K, L;
    double unit_w;           /* radiated watts that are 1 here: P / L */
    double amplitude;        /* sqrt(unit_w) / sigma_c: gains of amplitudes in these units */
    double *signal, *load;   /* K x L */
    double *d1, *d2, *limit; /* L; limit is infinite without one, and where the budget is no larger */
    double *most; /* L: the largest communication power x_l with which AP l senses well enough in its limit */
    double *incline, *offset; /* L: 1 - d1 / d2 and 1 / d2, so that q_l >= incline x_l + offset; 0 where d2 = 0 */
    double *unit; /* L: what the cone problem measures the power of AP l in: 1, or a power of 4 near a smaller limit */
    size_t *rank,
        ranked; /* L: place among the `ranked` access points whose threshold counts; SIZE_MAX where it does not */
    sensing_case sensing;
    bool coherent;             /* rate.model exact and overlapping pilots */
    size_t *mate_start, *mate; /* users sharing k's pilot: mate[mate_start[k] .. mate_start[k+1]) */
    double *u, *interference;  /* K: of the last problem_evaluate; interference follows u in memory */
    double *floor;             /* L: scratch of problem_complete */
} alloc_problem;

/* A point: w K x L, q L. */
typedef struct alloc_point {
    double *w, *q;
} alloc_point;

/* The largest power of 4 up to a bound below 1, else 1: a unit with an exact root. */
double problem_unit_below(double bound);

cfi_status problem_build(const cfi_link *link, cfi_arena *arena, alloc_problem *problem, cfi_error *error);
alloc_point *problem_point(const alloc_problem *problem, cfi_arena *arena); /* zeros; NULL: out of memory */
void problem_copy(const alloc_problem *problem, const alloc_point *from, alloc_point *to);

/* sum_k ln(1 + u_k^2 / I_k); leaves u and I in problem->u, problem->interference. */
double problem_evaluate(const alloc_problem *problem, const alloc_point *point);

/* SINR of user k at the point of the last problem_evaluate. */
double problem_sinr(const alloc_problem *problem, size_t k);

/* sum_l coefficient_kj,l w_jl, the coefficient c_kj,l in these units: amplitude with which stream j adds up coherently
 * at user k. */
double problem_coherent(const alloc_problem *problem, size_t k, size_t j, const double *w);
double problem_coherent_coefficient(const alloc_problem *problem, size_t k, size_t j, size_t l);

/* Makes the point feasible to rounding and spends the whole budget: negative amplitudes become 0, q the least
 * power that senses well enough, and all amplitudes are scaled by the largest common factor that the budget and the
 * limits allow (which raises every SINR). False when no factor does; then the point is spoilt. */
bool problem_complete(const alloc_problem *problem, alloc_point *point);

void problem_to_powers(const alloc_problem *problem, const alloc_point *point, cfi_powers *powers);
void problem_from_powers(const alloc_problem *problem, const cfi_powers *powers, alloc_point *point);

#endif
