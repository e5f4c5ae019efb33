/* The Newton system of an interior-point step. docs/solver.md.
 *
 *     [ 0  A'  G'  ] [x]   [bx]
 *     [ A  0   0   ] [y] = [by]
 *     [ G  0  -W^2 ] [z]   [bz]
 *
 * A cone of more than DENSE_CONE rows is expanded by two variables, which keeps its block sparse:
 * W^2 = eta^2 (D + u u' - v v') with D diagonal. Statically regularised to a quasi-definite matrix, ordered by AMD,
 * factorised as L D L', and refined against the matrix without regularisation. */
#ifndef CFISAC_SOCP_KKT_H
#define CFISAC_SOCP_KKT_H

#include "socp/cone.h"
#include "socp/ldl.h"

typedef struct kkt {
    size_t n, p, m, size; /* size: n + p + m + expansions */
    size_t *position;     /* row z_i in the unpermuted system, m */
    uint32_t *place;      /* size: where each unknown stands after the ordering */
    signed char *sign;    /* size, permuted */
    size_t entries;       /* upper triangle, diagonal included */
    size_t *start;        /* size + 1, permuted columns */
    uint32_t *row;
    double *value;       /* without regularisation */
    double *regularised; /* a copy with it */
    size_t *slot;        /* entries: where the i-th entry of the assembly order is stored */
    ldl factor;
    double delta;                                   /* static regularisation */
    double *rhs, *solution, *residual, *correction; /* size, permuted */
    size_t refinements, max_refinements;
} kkt;

/* Analyses the pattern of the problem. False when out of memory. */
bool kkt_analyse(kkt *system, const socp_problem *problem);
void kkt_free(kkt *system);

/* Puts the numbers of A and G in place. */
void kkt_set_data(kkt *system, const socp_problem *problem);
/* Puts -W^2 in place and factorises. False on a breakdown. */
bool kkt_factor(kkt *system, const cone_scaling *cone);
/* Solves for (x, y, z), n + p + m numbers one after another; rhs and solution may be the same array. */
void kkt_solve(kkt *system, const double *rhs, double *solution);

#endif
