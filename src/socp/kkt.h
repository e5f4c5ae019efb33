/* The Newton system of an interior-point step. docs/solver.md.
 *
 *     [ 0  A'  G'  ] [x]   [bx]
 *     [ A  0   0   ] [y] = [by]
 *     [ G  0  -W^2 ] [z]   [bz]
 *
 * The first f rows of A are those of F, of the quadratic objective: they have -1 on the diagonal, not 0.
 *
 * What is factorised has fewer unknowns. With R = W^2 + delta, z of a cone (or a linear row) that touches few variables
 * is replaced by R^-1 (G x - bz), which adds G' R^-1 G to the block of x; z of the others stays, with -R on its
 * diagonal. On a cone of more than one row both R and R^-1 are a multiple of the identity and two dyads along the only
 * two directions that W^2 stretches, W^2 = eta^2 I + (far - eta^2) e+ e+' - (eta^2 - near) e- e-',  e+- = (1, +-v1 /
 * norm(v1)) / sqrt(2), far = eta^2 / r^2, near = eta^2 r^2, r = 1 / (v0 + norm(v1)), and each dyad becomes an unknown,
 * which keeps the matrix sparse. A diagonal of +delta (x) and -delta (y) makes it quasi-definite. Solutions are refined
 * against the system without delta. */
#ifndef CFISAC_SOCP_KKT_H
#define CFISAC_SOCP_KKT_H

#include "socp/cone.h"
#include "socp/ldl.h"
#include "socp/sparse.h"

/* Every entry of the factorised matrix is a sum of terms weight x coefficient: the weights (two constants, then those
 * of each linear row and cone) change with W, the coefficients, products of entries of A and G, with the data only. */
typedef struct kkt_terms {
    size_t count, weights;
    uint32_t *start;    /* weights + 1: terms of each weight */
    uint32_t *slot;     /* where a term is added */
    uint32_t *left;     /* its coefficient: times value[left] value[right], where */
    uint32_t *right;    /* value[nonzeros] = 1 */
    signed char *times; /* 1 or -1 */
    double *coefficient;
    double *weight;
} kkt_terms;

/* Work of one right-hand side. */
typedef struct kkt_side {
    double *residual, *change;       /* n + p + m */
    double *product, *through, *gap; /* p + m, n, m */
    double *solution;                /* the caller's */
    double *before, *image, *taken;  /* of a sharp solution: the residual before a correction, n + p + m; corrections
                                        taken (with their g) and their images under the matrix, orthonormal */
    size_t kept;                     /* of these, so far */
    double error, target;            /* largest entry of the residual, and at which it is small enough */
} kkt_side;

typedef struct kkt {
    size_t n, f, p, m, size; /* f of p: rows of F; size: unknowns of the factorised matrix */
    const cone_scaling *cone;
    const sparse *matrix; /* A over G */
    bool *kept;           /* linear + cones: whether z stays an unknown */
    uint32_t *position;   /* m: unknown of a kept row */
    size_t kept_rows;     /* rows of G whose z stays: */
    uint32_t *kept_row, *kept_place;
    uint32_t *place;   /* size: where each unknown stands after the ordering */
    signed char *sign; /* size, by place */
    kkt_terms terms;
    double
        *ratio; /* cones: of the second dyad's length to the first's, beyond their heads; 0 where they have no length */
    ldl factor;
    double delta;
    double *base, base_delta; /* the matrix without what depends on W, for one delta; NULL where it is not kept */
    size_t replaced;          /* pivots of the last factorisation that had to be */
    double *reduced;          /* 2 size: right-hand sides and solutions, by place */
    kkt_side side[2];
    size_t refinements, max_refinements;
    bool sharp;        /* corrections are made conjugate, and more of them */
    stop_watch *watch; /* or NULL */
    void *memory[5];
} kkt;

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
