/* The judgement of an answer to a planted problem, from the dense data it was made of. */
#include "socp_planted.h"

#include <math.h>
#include <stdio.h>

/* What SOCP_OPTIMAL and the certificates promise, and SOCP_INACCURATE; a little more for rounding. */
static const double promised = 1.01e-8, reduced = 1.01e-4;

/* Sums of the terms beside the sums of their magnitudes, which rounding is measured by. */
typedef struct sums {
    double value, size;
} sums;

/* A residual that should be 0, less what the rounding of its up to 18 terms can leave: rows of 10^6 make terms of 10^8.
 */
static double beyond_rounding(sums sum)
{
    double beyond = fabs(sum.value) - 2e-15 * sum.size;

    return beyond < 0.0 ? 0.0 : beyond;
}

static sums add(sums to, double term)
{
    return (sums){to.value + term, to.size + fabs(term)};
}

/* row x + tail - weight rhs */
static sums row_sum(const planted *it, const double *row, const double *x, double tail, double rhs)
{
    sums sum = {0.0, 0.0};

    for (size_t j = 0; j < it->n; j++) {
        sum = add(sum, row[j] * x[j]);
    }
    return add(add(sum, tail), -rhs);
}

/* (A'y + G'z)_j + c */
static sums column_sum(const planted *it, size_t j, const socp_solution *s, double c)
{
    sums sum = {c, fabs(c)};

    for (size_t i = 0; i < it->p; i++) {
        sum = add(sum, it->a[i][j] * s->y[i]);
    }
    for (size_t i = 0; i < it->m; i++) {
        sum = add(sum, it->g[i][j] * s->z[i]);
    }
    return sum;
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static double largest(const double *v, size_t count)
{
    double worst = 0.0;

    for (size_t i = 0; i < count; i++) {
        worst = fmax(worst, fabs(v[i]));
    }
    return worst;
}

static bool all_finite(const double *v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(v[i])) {
            return false;
        }
    }
    return true;
}

/* Inside K but for rounding. */
static bool in_cone(const planted *it, const double *v)
{
    size_t row = it->linear;

    for (size_t i = 0; i < it->linear; i++) {
        if (!(v[i] >= 0.0)) {
            return false;
        }
    }
    for (size_t i = 0; i < it->cones; i++) {
        double tail = sqrt(dot(v + row + 1, v + row + 1, it->size[i] - 1));

        if (!(v[row] >= tail * (1.0 - 1e-14))) {
            return false;
        }
        row += it->size[i];
    }
    return true;
}

/* ---------------------------------------------------------------------------- residuals ---- */

/* What cfisac/socp.h says a residual is relative to. */
static double reference(double norm)
{
    return norm > 0.0 ? norm + fmin(norm, 1.0) : 1.0;
}

/* Absolute residuals, each beside the planted solution's weight: what they can do to the objective. */
typedef struct measured {
    double primal, dual, rounding; /* largest; of the sums they are */
    double below, above; /* bounds of (objective - optimum) that follow from weak duality with the planted point */
} measured;

static measured measure(const planted *it, const socp_solution *s)
{
    measured is = {.primal = 0.0};

    for (size_t i = 0; i < it->p + it->m; i++) {
        size_t g = i - it->p;
        sums sum =
            i < it->p ? row_sum(it, it->a[i], s->x, 0.0, it->b[i]) : row_sum(it, it->g[g], s->x, s->s[g], it->h[g]);
        double residual = fabs(sum.value);

        is.primal = fmax(is.primal, residual);
        is.rounding = fmax(is.rounding, 1e-14 * sum.size);
        is.below += (residual + 1e-14 * sum.size) * fabs(i < it->p ? it->y[i] : it->z[g]);
    }
    for (size_t j = 0; j < it->n; j++) {
        sums sum = column_sum(it, j, s, it->c[j]);

        is.dual = fmax(is.dual, fabs(sum.value));
        is.rounding = fmax(is.rounding, 1e-14 * sum.size);
        is.above += (fabs(sum.value) + 1e-14 * sum.size) * fabs(it->x[j]);
    }
    return is;
}

/* Of the terms of the objectives. */
static double magnitude(const planted *it, const socp_solution *s)
{
    double size = 0.0;

    for (size_t j = 0; j < it->n; j++) {
        size += fabs(it->c[j]) * (fabs(s->x[j]) + fabs(it->x[j]));
    }
    for (size_t i = 0; i < it->p; i++) {
        size += fabs(it->b[i] * s->y[i]);
    }
    for (size_t i = 0; i < it->m; i++) {
        size += fabs(it->h[i] * s->z[i]);
    }
    return size;
}

#define WRONG(...) ((void)snprintf(why, 200, __VA_ARGS__), PLANTED_WRONG)

/* A point within `tolerance` whose objective can be no further from the optimum than its own residuals say. */
static planted_verdict judge_point(const planted *it, const socp_solution *s, double tolerance, char why[200])
{
    measured is = measure(it, s);
    double scale = reference(fmax(largest(it->b, it->p), largest(it->h, it->m)));
    double scale_c = reference(largest(it->c, it->n));
    double objective = dot(it->c, s->x, it->n), dual = -dot(it->b, s->y, it->p) - dot(it->h, s->z, it->m);
    double gap = fabs(objective - dual), slack = 1e-14 * (1.0 + magnitude(it, s));
    bool known = !planted_is_primal_infeasible(it->kind) && !planted_is_dual_infeasible(it->kind);

    if (!all_finite(s->x, it->n) || !all_finite(s->y, it->p) || !all_finite(s->s, it->m) || !all_finite(s->z, it->m)) {
        return WRONG("a number is not finite");
    }
    if (!in_cone(it, s->s) || !in_cone(it, s->z)) {
        return WRONG("s or z outside the cone");
    }
    if (!(is.primal <= tolerance * scale) || !(is.dual <= tolerance * scale_c) ||
        !(gap <= tolerance * (1.0 + fabs(objective)))) {
        return WRONG("residuals %g %g, gap %g", is.primal / scale, is.dual / scale_c, gap / (1.0 + fabs(objective)));
    }
    if (!it->rebuilt && (!(fabs(is.primal / scale - s->primal_residual) <= 1e-3 * tolerance + is.rounding) ||
                         !(fabs(is.dual / scale_c - s->dual_residual) <= 1e-3 * tolerance + is.rounding) ||
                         !(fabs(objective - s->primal_objective) <= slack))) {
        return WRONG("residuals %g %g, objective %.16g reported as %g %g, %.16g", is.primal / scale, is.dual / scale_c,
                     objective, s->primal_residual, s->dual_residual, s->primal_objective);
    }
    if (known && !(objective - it->optimum >= -is.below - slack && objective - it->optimum <= gap + is.above + slack)) {
        return WRONG("objective %.12g, optimum %.12g", objective, it->optimum);
    }
    return PLANTED_RIGHT;
}

static planted_verdict judge_primal_certificate(const planted *it, const socp_solution *s, char why[200])
{
    double residual = 0.0, value = dot(it->b, s->y, it->p) + dot(it->h, s->z, it->m);

    for (size_t j = 0; j < it->n; j++) {
        residual = fmax(residual, beyond_rounding(column_sum(it, j, s, 0.0)));
    }
    if (!all_finite(s->y, it->p) || !in_cone(it, s->z) || !(residual <= promised) || !(fabs(value + 1.0) <= 1e-9)) {
        return WRONG("primal certificate: residual %g, value %g", residual, value);
    }
    return PLANTED_RIGHT;
}

static planted_verdict judge_ray(const planted *it, const socp_solution *s, char why[200])
{
    double residual = 0.0, value = dot(it->c, s->x, it->n);

    for (size_t i = 0; i < it->p; i++) {
        residual = fmax(residual, beyond_rounding(row_sum(it, it->a[i], s->x, 0.0, 0.0)));
    }
    for (size_t i = 0; i < it->m; i++) {
        residual = fmax(residual, beyond_rounding(row_sum(it, it->g[i], s->x, s->s[i], 0.0)));
    }
    if (!in_cone(it, s->s) || !(residual <= promised) || !(fabs(value + 1.0) <= 1e-9)) {
        return WRONG("ray: residual %g, value %g", residual, value);
    }
    return PLANTED_RIGHT;
}

planted_verdict planted_judge(const planted *it, const socp_solution *s, char why[200])
{
    bool primal = planted_is_primal_infeasible(it->kind), dual = planted_is_dual_infeasible(it->kind);
    planted_verdict verdict;

    why[0] = '\0';
    if (s->status == SOCP_OPTIMAL) {
        if (primal || dual) {
            return WRONG("optimal, but infeasible");
        }
        return judge_point(it, s, promised, why);
    }
    if (s->status == SOCP_INACCURATE) {
        verdict = judge_point(it, s, reduced, why);
        return verdict == PLANTED_RIGHT ? PLANTED_WEAK : verdict;
    }
    if (s->status == SOCP_PRIMAL_INFEASIBLE) {
        if (!primal) {
            return WRONG("primal infeasible, but it is not");
        }
        return judge_primal_certificate(it, s, why);
    }
    if (s->status == SOCP_DUAL_INFEASIBLE) {
        if (!dual) {
            return WRONG("dual infeasible, but it is not");
        }
        return judge_ray(it, s, why);
    }
    return PLANTED_WEAK;
}
