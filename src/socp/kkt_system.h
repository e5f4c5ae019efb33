/* The Newton system of an interior-point step: what it is and where its parts stand. docs/solver.md.
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
#ifndef CFISAC_SOCP_KKT_SYSTEM_H
#define CFISAC_SOCP_KKT_SYSTEM_H

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

#endif
