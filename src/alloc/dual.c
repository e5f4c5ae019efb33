/* The dual of a step. docs/model.md (M19).
 *
 * With t_k = 2 r_k u_k - r_k^2 I_k the step maximises sum ln(1 + t_k). Multipliers lambda_k on the definition of t_k
 * and mu on the budget leave, for each access point by itself,
 *
 *     maximise  h rho - C rho^2 - C_s s,   h = norm(v),  v_k = 2 lambda_k r_k signal_kl,
 *               C = sum_k lambda_k r_k^2 load_kl + mu,   C_s = sum_k lambda_k r_k^2 sensing_load_kl + mu
 *
 * over rho = norm(w_l), w_l along v, where s is the least sensing power beside rho^2 that senses well enough (lanes.h).
 * The dual
 *
 *     D(lambda, mu) = sum_k [ -ln lambda_k - 1 + lambda_k - lambda_k r_k^2 ] + sum_l max_rho + mu L
 *
 * is convex with a continuous gradient. y_k = 1 - lambda_k is iterated: at low SINR lambda_k is so near 1 that what
 * matters, its distance from 1, would be lost to rounding.
 */
#include "alloc/dual.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

void dual_start(structured *s, const alloc_state *at)
{
    const alloc_problem *problem = s->problem;

    for (size_t k = 0; k < s->K; k++) {
        double sinr = values_sinr(at->values, k);

        s->r[k] = sinr > DUAL_NEGLIGIBLE_SINR ? at->values->u[k] / at->values->interference[k] : 0.0;
        s->y[k] = s->r[k] > 0.0 ? sinr / (1.0 + sinr) : 0.0;
        s->slope[k] = 2.0 * s->r[k];
        s->square[k] = s->r[k] * s->r[k];
    }
    for (size_t m = 0; m < s->pairs; m++) { /* a silent user minds no interference: its pairs' multipliers stay 0 */
        size_t k = s->owner[m], j = problem->mate[m];
        double weight = (1.0 - s->y[k]) * s->square[k];

        s->y[s->K + m] = weight > 0.0 ? 2.0 * weight * problem_coherent(problem, k, j, at->point->w) : 0.0;
        for (size_t l = 0; l < problem->L; l++) {
            s->aps.coherent[l + s->aps.stride * m] = weight > 0.0 ? problem_coherent_row(problem, k, j)[l] : 0.0;
        }
    }
}

/* ------------------------------------------------------------------ the access points ---- */

static void set_weights(structured *s)
{
    for (size_t k = 0; k < s->K; k++) {
        double lambda = 1.0 - s->y[k];

        s->gain[k] = lambda * s->slope[k];
        s->weight[k] = lambda * s->square[k];
    }
}

static void sum_dual_tile(structured *s, size_t first)
{
    if (s->pairs > 0) {
        lanes_sum_coherent(&s->aps, first, s->gain, s->weight, s->y + s->K, s->problem->mate);
    } else {
        lanes_sum(&s->aps, first, s->gain, s->weight);
    }
}

void dual_sum(structured *s)
{
    set_weights(s);
    for (size_t first = 0; first < s->aps.stride; first += TILE) {
        sum_dual_tile(s, first);
    }
}

double dual_radiated(structured *s, double mu)
{
    lanes_total total = {.value = 0.0};

    for (size_t first = 0; first < s->aps.stride; first += TILE) {
        lanes_optimise(&s->aps, first, mu, &total);
    }
    return total.power;
}

double dual_maximisers(structured *s, alloc_point *to)
{
    const lanes *a = &s->aps;
    double total = 0.0;

    for (size_t first = 0; first < a->stride; first += TILE) {
        size_t end = first + TILE < a->L ? first + TILE : a->L;

        if (a->stride > TILE) { /* else the only tile's v are still there */
            sum_dual_tile(s, first);
        }
        for (size_t l = first; l < end; l++) {
            double along = a->along[l];

            for (size_t k = 0; k < s->K; k++) {
                to->w[problem_at(s->problem, k, l)] = along * a->v[l - first + TILE * k];
            }
            to->x[l] = a->sensing_load ? a->x[l] : along * along * a->norm2[l];
            to->s[l] = fmax(a->q[l] - to->x[l], 0.0);
            total += a->q[l];
        }
    }
    return total;
}

/* ----------------------------------------------------------------------------- the dual ---- */

/* The terms of D that no access point has. */
static double separate_terms(const structured *s, const double *y)
{
    double value = y[s->n - 1] * (double)s->problem->L;

    for (size_t k = 0; k < s->K; k++) {
        value += -log1p(-y[k]) - y[k] - (1.0 - y[k]) * s->square[k];
    }
    for (size_t m = 0; m < s->pairs; m++) { /* max over z of nu z - lambda r^2 z^2 */
        size_t k = s->owner[m];
        double nu = y[s->K + m];

        value += s->r[k] > 0.0 ? nu * nu / (4.0 * (1.0 - y[k]) * s->square[k]) : 0.0;
    }
    return value;
}

/* Derivatives of the terms that no access point has; *diagonal: K. Second ones in (lambda, nu). */
static void expand_separate(structured *s, double *diagonal)
{
    size_t ld = s->rows;

    for (size_t k = 0; k < s->K; k++) { /* d/dlambda of the access points' part is t_k + r_k^2 */
        double lambda = 1.0 - s->y[k];

        s->gradient[k] = s->y[k] / lambda + s->square[k];
        diagonal[k] = 1.0 / (lambda * lambda);
    }
    for (size_t m = 0; m < s->pairs; m++) {
        size_t k = s->owner[m], at = s->K + m;
        double lambda = 1.0 - s->y[k], nu = s->y[at], weight = lambda * s->square[k];

        s->gradient[at] = 0.0;
        if (!(s->r[k] > 0.0)) {
            s->hessian[at + ld * at] += 1.0;
            continue;
        }
        s->gradient[at] = nu / (2.0 * weight);
        s->gradient[k] += nu * nu / (4.0 * weight * lambda);
        s->hessian[at + ld * at] += 1.0 / (2.0 * weight);
        s->hessian[at + ld * k] -= nu / (2.0 * weight * lambda);
        diagonal[k] += nu * nu / (2.0 * weight * lambda * lambda);
    }
    s->gradient[s->n - 1] = (double)s->problem->L;
}

/* The pairs' rows of a tile, and the parts of D^2 that are off the diagonal: with coherent terms D is the Jacobian of
 * v, whose row of user j holds slope_j and -c_kj, or nothing where v_j is clipped. */
static void expand_pairs(structured *s, size_t first)
{
    const alloc_problem *problem = s->problem;
    lanes *a = &s->aps;
    size_t ld = s->rows;

    for (size_t m = 0; m < s->pairs; m++) {
        s->gradient[s->K + m] += lanes_expand_pair(a, first, m, problem->mate[m]);
    }
    for (size_t j = 0; j < s->K && !stop_requested(s->stop); j++) {
        for (size_t i = problem->mate_start[j]; i < problem->mate_start[j + 1]; i++) {
            size_t m = s->incoming[i];
            const double *c = a->coherent + a->stride * m;

            s->hessian[s->K + m + ld * j] -= s->slope[j] * lanes_product(a, first, j, a->signal + a->stride * j, c);
            for (size_t b = problem->mate_start[j]; b <= i; b++) { /* incoming pairs ascend */
                s->hessian[s->K + m + ld * (s->K + s->incoming[b])] +=
                    lanes_product(a, first, j, c, a->coherent + a->stride * s->incoming[b]);
            }
        }
    }
}

/* An access point adds  along (D^2 - p p') + b z z'  with p = D v / h and z = (cost, 1) h / C - p, b = along or 0; with
 * two prices cost and C count what a unit of x saves in s where that is used (lanes.h).
 * d/dy = -d/dlambda. */
double dual_expand(structured *s)
{
    size_t n = s->n, ld = s->rows;
    double mu = s->y[n - 1], value = separate_terms(s, s->y);
    lanes_total total = {.value = 0.0};

    memset(s->hessian, 0, ld * ld * sizeof *s->hessian);
    expand_separate(s, s->diagonal);
    set_weights(s);
    for (size_t first = 0; first < s->aps.stride; first += TILE) {
        sum_dual_tile(s, first);
        lanes_optimise(&s->aps, first, mu, &total);
        lanes_expand_users(&s->aps, first, s->slope, s->square, s->gradient, s->diagonal);
        if (s->pairs > 0) {
            expand_pairs(s, first);
        }
        lanes_expand_budget(&s->aps, first, n - 1);
        for (size_t row = 0; row < s->rows && !stop_requested(s->stop); row += DUAL_POLLED_ROWS) {
            lanes_rank_two(&s->aps, first, row, row + DUAL_POLLED_ROWS, s->hessian);
        }
    }
    s->gradient[n - 1] -= total.power;
    s->mu_curvature = total.curvature;
    for (size_t k = 0; k < s->K; k++) {
        s->hessian[k + ld * k] += s->diagonal[k];
        for (size_t i = s->K; i < n; i++) {
            s->hessian[i + ld * k] = -s->hessian[i + ld * k];
        }
    }
    return value + total.value;
}
