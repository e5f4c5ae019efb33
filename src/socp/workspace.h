/* What a solve works on: the scaled problem, the iterate, every work array; and the judgement of a point in the
 * user's units. */
#ifndef CFISAC_SOCP_WORKSPACE_H
#define CFISAC_SOCP_WORKSPACE_H

#include "socp/equilibrate.h"
#include "socp/kkt.h"

/* One point of the embedding. */
typedef struct point {
    double *x, *y, *z, *s; /* n, p, m, m */
    double tau, kappa;
} point;

/* Quality of a point in the user's units. */
typedef struct quality {
    double primal_objective, dual_objective, primal, dual, gap;
    double merit;                                /* the largest of the three residuals */
    double primal_certificate, dual_certificate; /* residuals of the infeasibility certificates; infinite: none */
} quality;

struct socp_workspace {
    socp_settings settings;
    socp_problem pattern; /* own copy of sizes and index arrays */
    socp_problem scaled;  /* shares the index arrays; own numbers */
    socp_scaling scaling;
    cone_scaling cone;
    kkt kkt;
    point now, best, user;              /* user: unscaled, what the solution points to */
    double *rx, *ry, *rz;               /* residuals of the embedding */
    double *rhs, *fixed, *step;         /* n + p + m each; fixed: solution for the right-hand side (-c, b, h) */
    double *ds, *wdz, *product, *spare; /* m each */
    double *residual;                   /* n + p + m, user's units */
    double setup_seconds;
    void *memory[4];
};

/* A monotonic clock. */
double workspace_seconds(void);

void point_copy(const socp_problem *problem, const point *from, point *to);

/* user = the point `from`, unscaled and divided by `by`. */
void point_unscale(socp_workspace *w, const point *from, double by);

/* Recomputes residuals, gap and certificates from the raw problem. Leaves the user's point divided by tau. */
quality point_judge(socp_workspace *w, const socp_problem *problem, const point *at);

#endif
