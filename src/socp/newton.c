/* One step of the interior point: start points, Newton directions, Mehrotra's corrector. docs/solver.md. */
#include "socp/newton.h"

#include "socp/constants.h"
#include "socp/problem.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------- linear systems ---- */

/* Solves Newton systems with the factor just made; returns the largest residual, in units of what is wanted, and NaN or
 * infinity when there is no solution. */
typedef double system_solver(socp_workspace *w, void *context);

/* Factorises, and solves. Where the factor is too poor for refinement to mend, more regularisation is tried, as long as
 * that makes it better; the best is taken, and kept for the iterations to come, whose matrices are worse still. False
 * when no factor gave a solution. */
static bool factor_and_solve(socp_workspace *w, double enough, system_solver *solve, void *context)
{
    double least = INFINITY, best = w->delta;

    enough = fmax(enough, FIRM_ENOUGH * w->firm_error);
    w->kkt.delta = w->delta;
    w->refinements = w->kkt.refinements;
    for (size_t tries = 0; tries < MOST_FACTORS && !stop_seen(&w->watch); tries++) {
        double error = kkt_factor(&w->kkt) ? solve(w, context) : INFINITY;

        if (error <= enough && error < INFINITY) {
            w->delta = w->kkt.delta;
            return true;
        }
        if (error >= least && least <= FACTOR_USABLE) {
            break;
        }
        if (error < least) {
            least = error;
            best = w->kkt.delta;
        }
        w->kkt.delta *= FIRMER;
    }
    w->delta = w->kkt.delta = best;
    if (!(least < INFINITY)) {
        return false;
    }
    w->firm_error = least;
    return kkt_factor(&w->kkt) && solve(w, context) < INFINITY;
}

/* ---------------------------------------------------------------------------- start points ---- */

/* The least-norm points of the primal and the dual equations: to step and fixed. */
static double solve_start(socp_workspace *w, void *context)
{
    size_t n = w->n, rows = w->p + w->m;
    double error[2];

    (void)context;
    memset(w->target[0], 0, n * sizeof(double));
    vector_copy(rows, w->rhs, w->target[0] + n);
    for (size_t i = 0; i < n; i++) {
        w->target[1][i] = -w->c[i];
    }
    memset(w->target[1] + n, 0, rows * sizeof(double));
    kkt_solve_two(&w->kkt, (const double *const[]){w->target[0], w->target[1]}, (double[]){START_SOLVED, START_SOLVED},
                  (double *const[]){w->step, w->fixed}, error);
    return larger_of(error[0], error[1]);
}

bool newton_start(socp_workspace *w)
{
    size_t n = w->n, p = w->p, m = w->m;
    point *now = w->now = &w->point[w->best == &w->point[0]];
    double shift;

    cone_identity(&w->cone);
    if (!factor_and_solve(w, START_SOLVED, solve_start, NULL)) {
        w->now = NULL; /* what it held is of another attempt or solve */
        return false;
    }
    if (w->firm_error > FACTOR_USABLE) { /* from the origin, then */
        memset(w->step, 0, (n + p + m) * sizeof *w->step);
        memset(w->fixed, 0, (n + p + m) * sizeof *w->fixed);
    }
    w->firm_error = 0.0;
    vector_copy(n, w->step, now->x);
    for (size_t i = 0; i < m; i++) {
        now->s[i] = -w->step[n + p + i];
    }
    vector_copy(p + m, w->fixed + n, now->y); /* the first f are formed with the residuals */
    shift = cone_distance(&w->cone, now->s);
    if (m > 0 && !(shift < -START_INSIDE)) {
        cone_add_identity(&w->cone, 1.0 + shift, now->s);
    }
    shift = cone_distance(&w->cone, now->z);
    if (m > 0 && !(shift < -START_INSIDE)) {
        cone_add_identity(&w->cone, 1.0 + shift, now->z);
    }
    now->tau = now->kappa = 1.0;
    w->last_step = 1.0;
    return true;
}

void newton_warm_start(socp_workspace *w)
{
    const socp_scaling *scaling = &w->scaling;
    size_t p = w->p, m = w->m;
    point *now = w->now = &w->point[0];

    for (size_t i = 0; i < w->n; i++) {
        now->x[i] = w->user.x[i] * scaling->per_column[i];
    }
    for (size_t i = 0; i < p + m; i++) {
        now->y[i] = w->user.y[i] * scaling->per_row[i];
    }
    for (size_t i = 0; i < m; i++) {
        now->s[i] = w->user.s[i] * scaling->row[p + i];
    }
    cone_add_identity(&w->cone, WARM_SHIFT * larger_of(1.0, vector_norm_inf(m, now->s)), now->s);
    cone_add_identity(&w->cone, WARM_SHIFT * larger_of(1.0, vector_norm_inf(m, now->z)), now->z);
    now->tau = 1.0;
    now->kappa = vector_dot(m, now->s, now->z) / cone_degree(&w->cone);
    w->last_step = 1.0;
}

/* The derivative of c'x + b'y + h'z + v'v / tau along a stacked vector, tau fixed. */
static double stacked_value(const socp_workspace *w, const double *d)
{
    double curved = w->f > 0 ? 2.0 * vector_dot(w->f, w->now->y, d + w->n) / w->now->tau : 0.0;

    return vector_dot(w->n, w->c, d) + vector_dot(w->p + w->m, w->rhs, d + w->n) + curved;
}

/* Right-hand side of a Newton direction for residuals weighted by `weight` and the complementarity right-hand side
 * given as `unscaled`, W (lambda \ d). */
static void direction_target(socp_workspace *w, double weight, const double *unscaled, double *target)
{
    size_t n = w->n, p = w->p, m = w->m;

    for (size_t i = 0; i < n; i++) {
        target[i] = weight * w->rx[i];
    }
    for (size_t i = 0; i < p; i++) {
        target[n + i] = -weight * w->ryz[i];
    }
    for (size_t i = 0; i < m; i++) {
        target[n + p + i] = unscaled[i] - weight * w->ryz[p + i];
    }
}

/* A direction: step (x, y, z stacked), ds and wdz scaled (W^-1 ds, W dz), dtau, dkappa. */
typedef struct direction {
    double dtau, dkappa;
} direction;

/* dtau of the direction whose solution is in `step`; `last` is what the last row is to lose. */
static double change_of_tau(const socp_workspace *w, double last, double kappa_rhs)
{
    const point *at = w->now;

    return (last - kappa_rhs / at->tau + stacked_value(w, w->step)) /
           (at->kappa / at->tau - w->fixed_value + w->vv / at->tau / at->tau);
}

/* Completes the solution in `step`. */
static direction complete_direction(socp_workspace *w, double dtau, double kappa_rhs)
{
    const point *at = w->now;
    direction d = {.dtau = dtau};

    for (size_t i = 0; i < w->n + w->p + 2 * w->m; i++) {
        w->step[i] += d.dtau * w->fixed[i];
    }
    cone_scale(&w->cone, w->step + w->n + w->p, w->wdz);
    cone_unscale(&w->cone, w->step + w->n + w->p + w->m, w->ds);
    for (size_t i = 0; i < w->m; i++) {
        w->ds[i] = -w->product[i] - w->ds[i];
    }
    d.dkappa = -(kappa_rhs + at->kappa * d.dtau) / at->tau;
    return d;
}

static double longest_step(const socp_workspace *w, direction d)
{
    double alpha = cone_step(&w->cone, w->ds, w->wdz);

    alpha = d.dtau < 0.0 ? smaller_of(alpha, -w->now->tau / d.dtau) : alpha;
    return d.dkappa < 0.0 ? smaller_of(alpha, -w->now->kappa / d.dkappa) : alpha;
}

/* The residual of the last row, and the affine direction found. */
typedef struct affine_step {
    double rt;
    direction found;
} affine_step;

/* What an error of `fixed` counts, relative to one of the affine step: it is multiplied by dtau, of this direction and
 * of the combined one. */
static double weight_of_fixed(const socp_workspace *w, double dtau)
{
    double most = fmin(w->now->tau, 1.0);

    if (w->careful || w->now->tau < w->now->kappa || !isfinite(dtau)) {
        return most;
    }
    return fmin(most, fmax(FIXED_MARGIN * fabs(dtau), FIXED_LEAST * most));
}

/* The affine step, solved together with the right-hand side (-c, b, h), whose solution is multiplied by dtau: it needs
 * the less accuracy the smaller dtau is. Returns the largest residual, so weighted. */
static double solve_affine(socp_workspace *w, void *context)
{
    affine_step *step = context;
    double kappa_rhs = w->now->kappa * w->now->tau, error[2], dtau, weight;

    vector_copy(w->m, w->cone.lambda, w->product);
    for (size_t i = 0; i < w->n; i++) {
        w->target[0][i] = -w->c[i];
    }
    vector_copy(w->p + w->m, w->rhs, w->target[0] + w->n);
    direction_target(w, 1.0, w->now->s, w->target[1]); /* W lambda = s */
    kkt_solve_two(&w->kkt, (const double *const[]){w->target[0], w->target[1]}, (double[]){INFINITY, w->accuracy},
                  (double *const[]){w->fixed, w->step}, error);
    w->fixed_value = stacked_value(w, w->fixed);
    dtau = change_of_tau(w, step->rt, kappa_rhs);
    weight = weight_of_fixed(w, dtau);
    if (weight * error[0] > w->accuracy) {
        error[0] = kkt_refine_first(&w->kkt, w->accuracy / weight);
        w->fixed_value = stacked_value(w, w->fixed);
        dtau = change_of_tau(w, step->rt, kappa_rhs);
    }
    step->found = complete_direction(w, dtau, kappa_rhs);
    return larger_of(weight * error[0], error[1]);
}

static double largest_residual(const socp_workspace *w)
{
    return fmax(vector_norm_inf(w->n, w->rx), vector_norm_inf(w->p + w->m, w->ryz));
}

/* Towards sigma mu on the central path: product = lambda \ (lambda o lambda + extra - sigma mu e), the right-hand side
 * of the complementarity rows; `extra` is already in product. */
static direction direction_towards(socp_workspace *w, double last, double sigma_mu, double weight, double kappa_rhs)
{
    bool check = w->careful || w->kkt.refinements > w->refinements; /* else this factor needs none */

    cone_centre(&w->cone, sigma_mu, w->product);
    cone_scale(&w->cone, w->product, w->spare);
    direction_target(w, weight, w->spare, w->target[1]);
    kkt_solve(&w->kkt, w->target[1], check ? w->accuracy : INFINITY, w->step);
    return complete_direction(w, change_of_tau(w, last, kappa_rhs), kappa_rhs);
}

/* norm(dv - v dtau / tau)^2 / tau, what v'v / tau has beyond its derivative. Mehrotra's corrector needs it beside the
 * products ds o dz: one without the other pushes tau away. */
static double curved_term(const socp_workspace *w, direction d)
{
    double tau = w->now->tau, sum = 0.0;

    for (size_t i = 0; i < w->f; i++) {
        double change = w->step[w->n + i] - w->now->y[i] * d.dtau / tau;

        sum += change * change;
    }
    return sum / tau;
}

/* Mehrotra: the affine step tells how far to centre and what the second-order term is. */
static direction combined_direction(socp_workspace *w, direction affine, double rt, double mu)
{
    double alpha = smaller_of(longest_step(w, affine), 1.0),
           most = w->last_step < STEP_GOOD ? SIGMA_MOST_POOR : SIGMA_MOST;
    double least = w->f > 0 ? SIGMA_LEAST_CURVED : SIGMA_LEAST;
    double sigma = fmin(fmax((1.0 - alpha) * (1.0 - alpha), least), most);
    double second = affine.dkappa * affine.dtau, last = (1.0 - sigma) * rt + curved_term(w, affine);

    cone_product(&w->cone, w->ds, w->wdz, w->product);
    return direction_towards(w, last, sigma * mu, 1.0 - sigma, w->now->kappa * w->now->tau + second - sigma * mu);
}

/* Towards the central path, without a second-order term, where the combined direction is blocked at once. */
static direction centring_direction(socp_workspace *w, double rt, double mu)
{
    double sigma_mu = SIGMA_CENTRING * mu;

    memset(w->product, 0, w->m * sizeof *w->product);
    return direction_towards(w, (1.0 - SIGMA_CENTRING) * rt, sigma_mu, 1.0 - SIGMA_CENTRING,
                             w->now->kappa * w->now->tau - sigma_mu);
}

/* The embedding is homogeneous: a point may be multiplied by any positive number. The larger of tau and kappa is kept
 * near 1, by powers of two, so that residuals and mu stay comparable with the problem's numbers, of order one; else
 * solutions of 10^4 are sought with tau of 10^-4 and residuals that vanish in rounding. */
static void rescale(socp_workspace *w, point *at)
{
    int power = ilogb(fmax(at->tau, at->kappa));
    double factor;

    if (power == 0 || power == FP_ILOGB0 || power == INT_MAX) {
        return;
    }
    factor = ldexp(1.0, -power);
    vector_scale(w->n, factor, at->x);
    vector_scale(w->p + w->m, factor, at->y);
    vector_scale(w->m, factor, at->s);
    at->tau *= factor;
    at->kappa *= factor;
}

/* ds = -W product - g, W product still in `spare`. The point after the step goes to one of the three that is neither
 * this one nor the best. */
static void take_step(socp_workspace *w, direction d, double alpha)
{
    size_t n = w->n, p = w->p, m = w->m;
    const point *from = w->now;
    point *to = w->point;

    while (to == w->now || to == w->best) {
        to++;
    }
    for (size_t i = 0; i < n; i++) {
        to->x[i] = from->x[i] + alpha * w->step[i];
    }
    for (size_t i = 0; i < p + m; i++) {
        to->y[i] = from->y[i] + alpha * w->step[n + i];
    }
    for (size_t i = 0; i < m; i++) {
        to->s[i] = from->s[i] - alpha * (w->spare[i] + w->step[n + p + m + i]);
    }
    to->tau = from->tau + alpha * d.dtau;
    to->kappa = from->kappa + alpha * d.dkappa;
    rescale(w, to);
    w->now = to;
    w->last_step = alpha;
}

/* The residual at which a Newton system needs no refinement; `left`: the smaller of mu and the largest residual. */
static double needed_accuracy(const socp_workspace *w, double left)
{
    double part = w->now->tau < w->now->kappa ? SOLVED_CERTIFICATE : SOLVED;

    return fmax(w->sharp ? SOLVED_SHARP : SOLVED_LEAST, part * left);
}

/* Whether residuals of Newton systems need not even be formed. */
static bool is_trusted(const socp_workspace *w, double mu)
{
    return mu > MU_TRUSTED && !(w->now->tau < w->now->kappa) && w->last_step >= STEP_BLOCKED;
}

/* Mehrotra's direction, solved to w->accuracy; returns how far it may be followed, NaN when there is none. */
static double find_direction(socp_workspace *w, double rt, double mu, double left, direction *d)
{
    affine_step affine = {.rt = rt};

    if (!factor_and_solve(w, fmax(FACTOR_SOLVED * left, SOLVED_LEAST), solve_affine, &affine)) {
        return NAN;
    }
    *d = combined_direction(w, affine.found, rt, mu);
    return smaller_of(STEP_FRACTION * longest_step(w, *d), 1.0);
}

bool newton_iterate(socp_workspace *w, double rt)
{
    double mu, left, alpha;
    direction d = {.dtau = NAN};

    if (!cone_update(&w->cone, w->now->s, w->now->z)) {
        return false;
    }
    mu = (vector_dot(w->m, w->cone.lambda, w->cone.lambda) + w->now->kappa * w->now->tau) /
         (cone_degree(&w->cone) + 1.0);
    left = fmin(mu, largest_residual(w));
    kkt_sharpen(&w->kkt, w->sharp); /* without memory for it the solutions are as sharp as before */
    w->careful = false;
    w->accuracy = is_trusted(w, mu) ? INFINITY : needed_accuracy(w, left);
    alpha = find_direction(w, rt, mu, left, &d);
    if (!(alpha >= STEP_BLOCKED)) { /* perhaps for want of accuracy */
        w->careful = true;
        w->accuracy = needed_accuracy(w, left);
        alpha = find_direction(w, rt, mu, left, &d);
    }
    if (alpha < STEP_BLOCKED) {
        d = centring_direction(w, rt, mu);
        alpha = smaller_of(STEP_FRACTION * longest_step(w, d), 1.0);
    }
    if (!(alpha > STEP_LEAST) || !isfinite(d.dtau) || !isfinite(d.dkappa)) {
        return false;
    }
    take_step(w, d, alpha);
    return isfinite(w->now->tau) && w->now->tau > 0.0 && w->now->kappa > 0.0;
}
