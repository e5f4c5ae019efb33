/* The judgement of an answer to a planted problem, from the dense data it was made of. */
#include "socp_planted.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What SOCP_OPTIMAL and the certificates promise, SOCP_OPTIMAL for the reasons "rounding" and "small_rows", and
 * SOCP_INACCURATE; a little more for rounding. */
static const double promised = 1.01e-8, rounded = 1.01e-6, reduced = 1.01e-4;

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

/* A residual; the magnitudes it is the sum of; what cfisac/socp.h says it is relative to, row by row. */
typedef struct row_residual {
    double value, terms, size;
} row_residual;

static row_residual make_residual(sums sum, double entries, double norm)
{
    double least = fmin(entries > 0.0 ? entries : 1.0, reference(norm));

    return (row_residual){fabs(sum.value), sum.size, sum.size + least};
}

static double norm_b(const planted *it)
{
    return fmax(largest(it->b, it->p), largest(it->h, it->m));
}

static double sum_of_magnitudes(const double *v, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += fabs(v[i]);
    }
    return sum;
}

/* Those of A x - b, then those of G x + s - h. */
static void primal_residuals(const planted *it, const socp_solution *s, row_residual *row)
{
    size_t first = it->p + it->linear;

    for (size_t i = 0; i < it->p; i++) {
        row[i] =
            make_residual(row_sum(it, it->a[i], s->x, 0.0, it->b[i]), sum_of_magnitudes(it->a[i], it->n), norm_b(it));
    }
    for (size_t i = 0; i < it->m; i++) {
        row[it->p + i] = make_residual(row_sum(it, it->g[i], s->x, s->s[i], it->h[i]),
                                       sum_of_magnitudes(it->g[i], it->n), norm_b(it));
    }
    for (size_t i = 0; i < it->cones; first += it->size[i++]) {
        double size = 0.0;

        for (size_t j = 0; j < it->size[i]; j++) {
            size = fmax(size, row[first + j].size);
        }
        for (size_t j = 0; j < it->size[i]; j++) {
            row[first + j].size = size;
        }
    }
}

static void dual_residuals(const planted *it, const socp_solution *s, row_residual *column)
{
    for (size_t j = 0; j < it->n; j++) {
        double entries = 0.0;

        for (size_t i = 0; i < it->p; i++) {
            entries += fabs(it->a[i][j]);
        }
        for (size_t i = 0; i < it->m; i++) {
            entries += fabs(it->g[i][j]);
        }
        column[j] = make_residual(column_sum(it, j, s, it->c[j]), entries, largest(it->c, it->n));
    }
}

/* The largest residual, relative to the whole right-hand side and to its row; both without what stop_reason "rounding"
 * allows for; and what the rounding of this judgement itself may change. */
typedef struct relative {
    double whole, rows, beyond_rounding, doubt;
} relative;

static relative largest_relative(const row_residual *r, size_t count, double norm)
{
    const double rounding = 64.0 * 0x1p-53;
    relative of = {.whole = 0.0};

    for (size_t i = 0; i < count; i++) {
        double unit = fmin(reference(norm), r[i].size); /* the stricter of the two */

        of.whole = fmax(of.whole, r[i].value / reference(norm));
        of.rows = fmax(of.rows, r[i].value / r[i].size);
        of.beyond_rounding = fmax(of.beyond_rounding, (r[i].value - rounding * r[i].size) / unit);
        of.doubt = fmax(of.doubt, 1e-14 * r[i].terms / unit);
    }
    return of;
}

/* Residuals, each also beside the planted solution's weight: what they can do to the objective. */
typedef struct measured {
    relative primal, dual;
    double below, above; /* bounds of (objective - optimum) that follow from weak duality with the planted point */
} measured;

static measured measure(const planted *it, const socp_solution *s)
{
    row_residual r[PLANTED_MOST_P + PLANTED_MOST_M];
    measured is = {.below = 0.0};

    primal_residuals(it, s, r);
    is.primal = largest_relative(r, it->p + it->m, norm_b(it));
    for (size_t i = 0; i < it->p + it->m; i++) {
        is.below += (r[i].value + 1e-14 * r[i].terms) * fabs(i < it->p ? it->y[i] : it->z[i - it->p]);
    }
    dual_residuals(it, s, r);
    is.dual = largest_relative(r, it->n, largest(it->c, it->n));
    for (size_t j = 0; j < it->n; j++) {
        is.above += (r[j].value + 1e-14 * r[j].terms) * fabs(it->x[j]);
    }
    return is;
}

/* Whether residuals are what the status promises; for SOCP_OPTIMAL what its stop_reason says. */
static bool keeps_promise(const relative *is, const socp_solution *s, double tolerance)
{
    double most = fmax(is->whole, is->rows);

    if (most <= tolerance) {
        return true;
    }
    if (s->status != SOCP_OPTIMAL || !(most <= rounded)) {
        return false;
    }
    if (strcmp(s->stop_reason, "rounding") == 0) {
        return is->beyond_rounding <= tolerance;
    }
    return strcmp(s->stop_reason, "small_rows") == 0 && is->whole <= tolerance;
}

static bool is_reported(const relative *is, double reported, double tolerance)
{
    return fabs(fmax(is->whole, is->rows) - reported) <= 1e-3 * tolerance + is->doubt;
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

bool planted_is_rounding(const planted *it, const socp_solution *s, double tolerance)
{
    const double unit = 128.0 * 0x1p-53;
    row_residual r[PLANTED_MOST_P + PLANTED_MOST_M];
    double objective = dot(it->c, s->x, it->n), dual = -dot(it->b, s->y, it->p) - dot(it->h, s->z, it->m);
    bool is = fabs(objective - dual) <= tolerance + unit * magnitude(it, s);

    primal_residuals(it, s, r);
    for (size_t i = 0; i < it->p + it->m; i++) {
        is = is && r[i].value <= (tolerance + unit) * r[i].size;
    }
    dual_residuals(it, s, r);
    for (size_t j = 0; j < it->n; j++) {
        is = is && r[j].value <= (tolerance + unit) * r[j].size;
    }
    return is;
}

#define WRONG(...) ((void)snprintf(why, 200, __VA_ARGS__), PLANTED_WRONG)

/* A point within `tolerance` whose objective can be no further from the optimum than its own residuals say. */
static planted_verdict judge_point(const planted *it, const socp_solution *s, double tolerance, char why[200])
{
    measured is = measure(it, s);
    double objective = dot(it->c, s->x, it->n), dual = -dot(it->b, s->y, it->p) - dot(it->h, s->z, it->m);
    double gap = fabs(objective - dual), slack = 1e-14 * (1.0 + magnitude(it, s));
    double rounding = strcmp(s->stop_reason, "rounding") == 0 ? slack : 0.0;
    bool known = !planted_is_primal_infeasible(it->kind) && !planted_is_dual_infeasible(it->kind);

    if (!all_finite(s->x, it->n) || !all_finite(s->y, it->p) || !all_finite(s->s, it->m) || !all_finite(s->z, it->m)) {
        return WRONG("a number is not finite");
    }
    if (!in_cone(it, s->s) || !in_cone(it, s->z)) {
        return WRONG("s or z outside the cone");
    }
    if (!keeps_promise(&is.primal, s, tolerance) || !keeps_promise(&is.dual, s, tolerance) ||
        !(gap <= tolerance * (1.0 + fabs(objective)) + rounding)) {
        return WRONG("%s: residuals %g %g, by rows %g %g, gap %g", s->stop_reason, is.primal.whole, is.dual.whole,
                     is.primal.rows, is.dual.rows, gap / (1.0 + fabs(objective)));
    }
    if (!it->rebuilt &&
        (!is_reported(&is.primal, s->primal_residual, tolerance) ||
         !is_reported(&is.dual, s->dual_residual, tolerance) || !(fabs(objective - s->primal_objective) <= slack))) {
        return WRONG("residuals %g %g, by rows %g %g, objective %.16g reported as %g %g, %.16g", is.primal.whole,
                     is.dual.whole, is.primal.rows, is.dual.rows, objective, s->primal_residual, s->dual_residual,
                     s->primal_objective);
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
