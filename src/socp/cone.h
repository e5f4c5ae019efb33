/* Algebra of K = R+^linear x Q_1 x ... and the Nesterov-Todd scaling. docs/solver.md.
 *
 * For s, z inside K the scaling W is symmetric, W z = W^-1 s = lambda. On a linear row W = sqrt(s / z); on a cone of
 * size above 1, W = eta (2 v v' - J)^(1/2) with J = diag(1, -1, .., -1) and W^2 = eta^2 (2 v v' - J), v'Jv = 1. */
#ifndef CFISAC_SOCP_CONE_H
#define CFISAC_SOCP_CONE_H

#include "cfisac/socp.h"

typedef struct cone_scaling {
    size_t m, linear, cones;
    size_t *size;
    double *weight; /* linear: W; cones: eta of each, stored at index linear + i */
    double *v;      /* m: v of each cone at its rows; unused on linear rows */
    double *lambda; /* m */
    double *norm;   /* cones: 1 / sqrt(lambda'J lambda) of each */
} cone_scaling;

/* sum of degrees: linear rows and cones count 1 each. */
double cone_degree(const cone_scaling *cone);

/* Recomputes W and lambda; false when s or z is not inside K. */
bool cone_update(cone_scaling *cone, const double *s, const double *z);
/* W = identity. */
void cone_identity(cone_scaling *cone);

/* y = W x, y = W^-1 x (x may equal y). */
void cone_scale(const cone_scaling *cone, const double *x, double *y);
void cone_unscale(const cone_scaling *cone, const double *x, double *y);
/* y = u o v; y must not alias. */
void cone_product(const cone_scaling *cone, const double *u, const double *v, double *restrict y);
/* d = lambda \ (lambda o lambda + d - sigma_mu e), where lambda \ r is the solution y of lambda o y = r. */
void cone_centre(const cone_scaling *cone, double sigma_mu, double *d);
/* x += factor e, e the identity of the product. */
void cone_add_identity(const cone_scaling *cone, double factor, double *x);

/* The largest alpha with lambda + alpha d and lambda + alpha e in K, infinite when unbounded, NaN when a number is. */
double cone_step(const cone_scaling *cone, const double *d, const double *e);
/* The least t with x + t e in K (negative inside), NaN when a number is. */
double cone_distance(const cone_scaling *cone, const double *x);
/* The nearest point of K that differs in no tail: where x is outside, linear rows become 0 and heads the norm of their
 * tail. NaN stays. */
void cone_lift(const cone_scaling *cone, double *x);

#endif
