/* What a solve works on: the scaled problem, the iterate, every work array; and the judgement of a point in the
 * user's units. */
#ifndef CFISAC_SOCP_WORKSPACE_H
#define CFISAC_SOCP_WORKSPACE_H

#include "socp/equilibrate.h"
#include "socp/kkt.h"

/* One point of the embedding; y and z lie one after the other. The first f numbers of y are v = F x. */
typedef struct point {
    double *x, *y, *z, *s; /* n, p, m, m */
    double tau, kappa;
} point;

/* Quality of a point in the user's units. */
typedef struct quality {
    double primal_objective, dual_objective, primal, dual, gap;
    double whole;                                /* the largest of the three, relative to the whole right-hand sides */
    double rows;                                 /* ... to what each row and column is made of; 0 when estimated */
    double merit;                                /* by which points are compared: whole, or ROW_WEIGHT rows */
    double beyond_rounding;                      /* the same without what rounding explains; only when judged */
    bool judged;                                 /* recomputed from the raw problem, row by row; else estimated */
    double primal_certificate, dual_certificate; /* residuals of the infeasibility certificates; infinite: none */
} quality;

struct socp_workspace {
    socp_settings settings;
    size_t n, f, p, m;     /* f: rows of F, which are the first ones of p */
    sparse matrix;         /* F over A over G, scaled; one number more than its entries: 1 */
    double *c, *rhs;       /* n; p + m: 0 over b over h; scaled */
    double norm_c, norm_b; /* the largest entries in the user's units */
    double unit;           /* added to the objective's magnitude where the gap is relative to it: 1, or the normalised
                              problem's objective where that is less */
    socp_scaling scaling;
    cone_scaling cone;
    kkt kkt;
    point point[3], user;               /* user: unscaled, what the solution points to */
    point *now, *best;                  /* of the three; NULL: none yet */
    double *rx, *ryz;                   /* n, p + m: residuals of the embedding */
    double cx, by, vv;                  /* c'x, b'y + h'z, v'v there */
    double *target[2], *fixed, *step;   /* n + p + m each; fixed: solution for the right-hand side (-c, b, h) */
    bool careful;                       /* every solution of this iteration is checked */
    bool sharp;                         /* linear systems are solved to the last digit */
    double last_step;                   /* alpha of the last step of this attempt, 1 before */
    double fixed_value, accuracy;       /* (c, b, h)' fixed; residual at which a solution needs no refinement */
    double *ds, *wdz, *product, *spare; /* m each */
    size_t refinements;                 /* before this iteration */
    double delta, firm_error;           /* regularisation, and the residual that no other did better than, or 0 */
    bool solved;                        /* the last solve was optimal: user holds its point */
    stop_watch watch;
    const char *stop_reason; /* why the last attempt ended, as socp_solution says it */
    double setup_seconds;
    void *memory;
};

/* Whether every setting has a value that makes sense; CFI_INVALID with a text that names the first that has not. */
cfi_status settings_check(const socp_settings *settings, cfi_error *error);

/* Takes over the numbers of a problem and scales them. CFI_INVALID when its pattern is another one or a number is not
 * finite. */
cfi_status workspace_load(socp_workspace *w, const socp_problem *problem, cfi_error *error);

/* How c, and b and h, are multiplied as a whole: so that their largest entry is of order one; so that y, and x and s,
 * of w->now would be of order one, if they are larger; not at all. */
typedef enum scale_kind { SCALE_ORDER_ONE, SCALE_BY_SIZE, SCALE_NOTHING } scale_kind;
/* w->best goes along. */
void workspace_normalise(socp_workspace *w, scale_kind kind);

/* user = the point `from`, unscaled and divided by `by`, and s and z moved into K where a step of few digits has left
 * it, so that the residuals say what that costs. */
void point_unscale(socp_workspace *w, const point *from, double by);

/* rx = -A'y - G'z - c tau, ryz = (A x - b tau, s + G x - h tau) at w->now; returns kappa + c'x + b'y + h'z. */
double form_residuals(socp_workspace *w);
/* Quality of w->now from these residuals. */
quality point_estimate(socp_workspace *w);
/* The same recomputed from the raw problem alone, row by row. Leaves the user's point divided by tau. */
quality point_judge(socp_workspace *w, const socp_problem *problem, const point *at);
/* The certificates' residuals, likewise; the user's point is not divided. */
void point_judge_certificates(socp_workspace *w, const socp_problem *problem, const point *at, quality *q);

#endif
