/* The dual of a step. docs/model.md (M19).
 *
 * With t_k = 2 r_k u_k - r_k^2 I_k the step maximises sum ln(1 + t_k). Multipliers lambda_k on the definition of t_k
 * and mu on the budget leave, for each access point by itself,
 *
 *     maximise  h rho - C q(rho),   h = norm(v),  v_k = 2 lambda_k r_k signal_kl,  C = sum_k lambda_k r_k^2 load_kl +
 * mu
 *
 * over rho = norm(w_l), w_l along v, where q(rho) is the least power that radiates rho^2 and senses well enough. The
 * dual
 *
 *     D(lambda, mu) = sum_k [ -ln lambda_k - 1 + lambda_k - lambda_k r_k^2 ] + sum_l max_rho + mu L
 *
 * is convex with a continuous gradient; Newton's method on it is damped by backtracking. y_k = 1 - lambda_k is
 * iterated: at low SINR lambda is 1 but for what matters. */
#include "alloc/dual.h"

#include "cfisac/linalg.h"

#include <math.h>
#include <string.h>

/* Loops over users in the widest vectors of the machine. */
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

static const double NEGLIGIBLE_SINR = 1e-14; /* such users stay silent */

void dual_start(structured *s, const alloc_point *at)
{
    const alloc_problem *problem = s->problem;

    for (size_t k = 0; k < s->K; k++) {
        double sinr = problem_sinr(problem, k);

        s->r[k] = sinr > NEGLIGIBLE_SINR ? problem->u[k] / problem->interference[k] : 0.0;
        s->y[k] = s->r[k] > 0.0 ? sinr / (1.0 + sinr) : 0.0;
    }
    for (size_t m = 0; m < s->pairs; m++) { /* a silent user minds no interference: its pairs' multipliers stay 0 */
        size_t k = s->owner[m], j = problem->mate[m];
        double weight = (1.0 - s->y[k]) * s->r[k] * s->r[k];

        s->y[s->K + m] = weight > 0.0 ? 2.0 * weight * problem_coherent(problem, k, j, at->w) : 0.0;
        for (size_t l = 0; l < problem->L; l++) {
            s->coherent[m + s->pairs * l] = weight > 0.0 ? problem_coherent_coefficient(problem, k, j, l) : 0.0;
        }
    }
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < s->K; k++) {
            s->slope[k + s->K * l] = 2.0 * s->r[k] * problem->signal[k + s->K * l];
            s->cost[k + s->K * l] = s->r[k] * s->r[k] * problem->load[k + s->K * l];
        }
    }
}

/* ------------------------------------------------------------------ one access point ---- */

/* maximise h rho - C q(rho). Where sensing power helps, q = rho^2 above rho^2 = 1 / d1 and c rho^2 + 1 / d2 below;
 * where it does not, q = rho^2 >= 1 / d1. */
static ap_optimum optimise_ap(const alloc_problem *problem, size_t l, double h, double C)
{
    double d1 = problem->d1[l], d2 = problem->d2[l], least = d1 > 0.0 ? 1.0 / d1 : INFINITY;
    double most = problem_largest_power(problem, l), free = h / (2.0 * C);
    bool saturated = problem->sensing == SENSING_SATURATED;
    double c = saturated ? 0.0 : 1.0 - d1 / d2;
    ap_optimum o = {.h = h, .C = C};

    if (free * free >= least) { /* the threshold does not bind */
        o.rho = free;
        o.flat = o.bent = 1.0 / (2.0 * C);
    } else if (free * free >= c * c * least) { /* at the kink; always, where c = 0 */
        o.rho = sqrt(least);
        o.flat = h > 0.0 ? o.rho / h : 0.0;
    } else { /* some sensing power */
        o.rho = free / c;
        o.flat = o.bent = 1.0 / (2.0 * c * C);
    }
    if (o.rho * o.rho > most) {
        o.rho = sqrt(most);
        o.flat = h > 0.0 ? o.rho / h : 0.0;
        o.bent = 0.0;
    }
    o.q = saturated ? o.rho * o.rho : fmax(o.rho * o.rho, c * o.rho * o.rho + 1.0 / d2);
    o.value = h * o.rho - C * o.q;
    return o;
}

/* v, its squared norm and C of access point l at multipliers y. */
CLONES static double sum_up(size_t K, const double *restrict y, const double *restrict slope,
                            const double *restrict cost, double *restrict v, double *restrict C)
{
    double squares = 0.0, sum = 0.0;

#pragma omp simd reduction(+ : squares, sum)
    for (size_t k = 0; k < K; k++) {
        double lambda = 1.0 - y[k], value = lambda * slope[k];

        v[k] = value;
        squares += value * value;
        sum += lambda * cost[k];
    }
    *C = sum;
    return squares;
}

/* v_j -= sum_k nu_kj c_kj, clipped at 0 because amplitudes are not negative. Returns the squared norm. */
static double take_off_coherent(const structured *s, size_t l, const double *nu)
{
    const double *c = s->coherent + s->pairs * l;
    double squares = 0.0;

    for (size_t m = 0; m < s->pairs; m++) {
        s->v[s->problem->mate[m]] -= nu[m] * c[m];
    }
    for (size_t k = 0; k < s->K; k++) {
        s->v[k] = s->v[k] > 0.0 ? s->v[k] : 0.0;
        squares += s->v[k] * s->v[k];
    }
    return squares;
}

ap_optimum dual_visit(const structured *s, size_t l, const double *y)
{
    double C, squares = sum_up(s->K, y, s->slope + s->K * l, s->cost + s->K * l, s->v, &C);

    if (s->pairs > 0) {
        squares = take_off_coherent(s, l, y + s->K);
    }
    return optimise_ap(s->problem, l, sqrt(squares), C + y[s->n - 1]);
}

/* ----------------------------------------------------------------------------- the dual ---- */

/* The terms of D that no access point has. */
static double separate_terms(const structured *s, const double *y)
{
    double value = y[s->n - 1] * (double)s->problem->L;

    for (size_t k = 0; k < s->K; k++) {
        value += -log1p(-y[k]) - y[k] - (1.0 - y[k]) * s->r[k] * s->r[k];
    }
    for (size_t m = 0; m < s->pairs; m++) { /* max over z of nu z - lambda r^2 z^2 */
        size_t k = s->owner[m];
        double nu = y[s->K + m];

        value += s->r[k] > 0.0 ? nu * nu / (4.0 * (1.0 - y[k]) * s->r[k] * s->r[k]) : 0.0;
    }
    return value;
}

/* An access point's part of the gradient in (y, mu), and its columns of the Hessian. With D = diag(slope), p = D v / h
 * and z = (cost, 1) h / C - p the second derivatives are  flat (D^2 - p p') + bent z z'; *diagonal collects flat D^2.
 */
CLONES static void add_ap(size_t K, const ap_optimum *o, const double *restrict slope, const double *restrict cost,
                          const double *restrict v, double *restrict gradient, double *restrict p, double *restrict z,
                          double *restrict diagonal)
{
    double along = o->h > 0.0 ? o->rho / o->h : 0.0, per_h = o->h > 0.0 ? 1.0 / o->h : 0.0, ratio = o->h / o->C;
    double root_flat = sqrt(o->flat), root_bent = sqrt(o->bent);

#pragma omp simd
    for (size_t k = 0; k < K; k++) {
        double d = slope[k], dv = d * v[k], pk = dv * per_h;

        gradient[k] -= along * dv - cost[k] * o->q;
        p[k] = root_flat * pk;
        z[k] = root_bent * (cost[k] * ratio - pk);
        diagonal[k] += v[k] > 0.0 ? o->flat * d * d : 0.0;
    }
}

/* The same for the multipliers of the pairs, and the parts of D^2 that are off the diagonal: with coherent terms D is
 * the Jacobian of v, whose row of user j holds slope_j and -c_kj, or nothing where v_j is clipped. */
static void add_ap_pairs(structured *s, size_t l, const ap_optimum *o, double *restrict p, double *restrict z)
{
    const alloc_problem *problem = s->problem;
    const double *c = s->coherent + s->pairs * l, *slope = s->slope + s->K * l;
    double along = o->h > 0.0 ? o->rho / o->h : 0.0, per_h = o->h > 0.0 ? 1.0 / o->h : 0.0;
    double root_flat = sqrt(o->flat), root_bent = sqrt(o->bent);

    for (size_t m = 0; m < s->pairs; m++) {
        double pm = -c[m] * s->v[problem->mate[m]] * per_h;

        s->gradient[s->K + m] -= along * c[m] * s->v[problem->mate[m]];
        p[s->K + m] = root_flat * pm;
        z[s->K + m] = -root_bent * pm;
    }
    for (size_t j = 0; j < s->K; j++) {
        for (size_t a = problem->mate_start[j]; s->v[j] > 0.0 && a < problem->mate_start[j + 1]; a++) {
            size_t m = s->incoming[a];

            s->hessian[s->K + m + s->n * j] -= o->flat * slope[j] * c[m];
            for (size_t b = problem->mate_start[j]; b <= a; b++) { /* incoming pairs ascend */
                s->hessian[s->K + m + s->n * (s->K + s->incoming[b])] += o->flat * c[m] * c[s->incoming[b]];
            }
        }
    }
}

/* Derivatives of the terms that no access point has; *diagonal: K. Second ones in (lambda, nu). */
static void expand_separate(structured *s, double *diagonal)
{
    for (size_t k = 0; k < s->K; k++) { /* d/dlambda of the access points' part is t_k + r_k^2 */
        s->gradient[k] = s->y[k] / (1.0 - s->y[k]) + s->r[k] * s->r[k];
        diagonal[k] = 1.0 / ((1.0 - s->y[k]) * (1.0 - s->y[k]));
    }
    for (size_t m = 0; m < s->pairs; m++) {
        size_t k = s->owner[m], at = s->K + m;
        double lambda = 1.0 - s->y[k], nu = s->y[at], weight = lambda * s->r[k] * s->r[k];

        if (!(s->r[k] > 0.0)) {
            s->gradient[at] = 0.0;
            s->hessian[at + s->n * at] += 1.0;
            continue;
        }
        s->gradient[at] = nu / (2.0 * weight);
        s->gradient[k] += nu * nu / (4.0 * weight * lambda);
        s->hessian[at + s->n * at] += 1.0 / (2.0 * weight);
        s->hessian[at + s->n * k] -= nu / (2.0 * weight * lambda);
        diagonal[k] += nu * nu / (2.0 * weight * lambda * lambda);
    }
    s->gradient[s->n - 1] = (double)s->problem->L;
}

/* d/dy = -d/dlambda. */
double dual_expand(structured *s)
{
    const alloc_problem *problem = s->problem;
    size_t n = s->n;
    double value = separate_terms(s, s->y), *diagonal = s->diagonal;

    memset(s->hessian, 0, n * n * sizeof *s->hessian);
    expand_separate(s, diagonal);
    s->mu_curvature = 0.0;
    for (size_t l = 0; l < problem->L; l++) {
        ap_optimum o = dual_visit(s, l, s->y);
        double *p = s->flat + n * l, *z = s->bent + n * l;

        value += o.value;
        s->mu_curvature += 2.0 * o.q / o.C;
        add_ap(s->K, &o, s->slope + s->K * l, s->cost + s->K * l, s->v, s->gradient, p, z, diagonal);
        if (s->pairs > 0) {
            add_ap_pairs(s, l, &o, p, z);
        }
        s->gradient[n - 1] -= o.q;
        p[n - 1] = 0.0;
        z[n - 1] = sqrt(o.bent) * o.h / o.C;
    }
    linalg_gram_rows(n, problem->L, 1.0, s->bent, n, 1.0, s->hessian, n);
    linalg_gram_rows(n, problem->L, -1.0, s->flat, n, 1.0, s->hessian, n);
    for (size_t k = 0; k < s->K; k++) {
        s->hessian[k + n * k] += diagonal[k];
        for (size_t i = s->K; i < n; i++) {
            s->hessian[i + n * k] = -s->hessian[i + n * k];
        }
    }
    return value;
}
