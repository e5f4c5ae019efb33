/* How good a point is in the user's units. */
#include "socp/constants.h"
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>

void point_unscale(socp_workspace *w, const point *from, double by)
{
    const socp_scaling *scaling = &w->scaling;
    double by_rhs = by * scaling->rhs, by_cost = by * scaling->cost;

    for (size_t i = 0; i < w->n; i++) {
        w->user.x[i] = from->x[i] * scaling->column[i] / by_rhs;
    }
    for (size_t i = 0; i < w->p + w->m; i++) {
        w->user.y[i] = from->y[i] * scaling->row[i] / by_cost;
    }
    for (size_t i = 0; i < w->m; i++) {
        w->user.s[i] = from->s[i] * scaling->per_row[w->p + i] / by_rhs;
    }
    cone_lift(&w->cone, w->user.s);
    cone_lift(&w->cone, w->user.z);
}

/* F'v of column j in the scaled problem; the rows of F are the first ones of each column. */
static double curvature(const socp_workspace *w, size_t j)
{
    const sparse *matrix = &w->matrix;
    double sum = 0.0;

    for (uint32_t e = matrix->start[j]; e < matrix->start[j + 1] && matrix->row[e] < w->f; e++) {
        sum += matrix->value[e] * w->now->y[matrix->row[e]];
    }
    return sum;
}

double form_residuals(socp_workspace *w)
{
    point *at = w->now;
    double value = at->kappa, tau = at->tau;

    sparse_multiply(&w->matrix, 1, (const double *const[]){at->x}, &w->ryz);
    for (size_t i = 0; i < w->f; i++) {
        at->y[i] = w->ryz[i];
        w->ryz[i] = 0.0;
    }
    sparse_multiply_transposed(&w->matrix, 1, (const double *const[]){at->y}, &w->rx);
    for (size_t i = 0; i < w->n; i++) {
        w->rx[i] = -w->rx[i] - w->c[i] * tau;
    }
    for (size_t i = w->f; i < w->p; i++) {
        w->ryz[i] -= w->rhs[i] * tau;
    }
    for (size_t i = w->p; i < w->p + w->m; i++) {
        w->ryz[i] += at->s[i - w->p] - w->rhs[i] * tau;
    }
    w->cx = vector_dot(w->n, w->c, at->x);
    w->by = vector_dot(w->p + w->m, w->rhs, at->y);
    w->vv = vector_dot(w->f, at->y, at->y);
    return value + w->cx + w->by + w->vv / tau;
}

static double largest_product(size_t count, const double *a, const double *b)
{
    double most[4] = {0.0}, nothing = 0.0;
    size_t i = 0;

    for (; i + 4 <= count; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            double value = fabs(a[i + j] * b[i + j]);

            most[j] = value > most[j] ? value : most[j];
            nothing += value - value; /* NaN when some value is not finite */
        }
    }
    for (; i < count; i++) {
        double value = fabs(a[i] * b[i]);

        most[0] = value > most[0] ? value : most[0];
        nothing += value - value;
    }
    return nothing + fmax(fmax(most[0], most[1]), fmax(most[2], most[3]));
}

/* What a residual is relative to: 1 + norm, and twice the norm where that is below 1, so that not every point solves a
 * problem in small units. */
static double reference(double norm)
{
    return norm > 0.0 ? norm + fmin(norm, 1.0) : 1.0;
}

/* primal, dual: relative to the whole right-hand sides. */
static void finish_quality(const socp_workspace *w, double primal, double dual, quality *q)
{
    q->gap = fabs(q->primal_objective - q->dual_objective) / (w->unit + fabs(q->primal_objective));
    q->whole = larger_of(larger_of(primal, dual), q->gap);
    q->merit = larger_of(q->whole, ROW_WEIGHT * q->rows);
    q->merit = isfinite(q->merit) ? q->merit : INFINITY;
}

/* The largest entry of max(normal, user scale) residual: a certificate must hold in the user's units and in the
 * normalised problem, else small units of x pass for one. */
static double largest_of_both(size_t count, const double *residual, double normal, double user, const double *scale)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        double value = fabs(residual[i]) * fmax(normal, user * scale[i]);

        most = value > most || isnan(value) ? value : most;
    }
    return most;
}

/* The scaled residuals A'y + G'z, and (F x, A x, G x + s), relative to what they prove. */
static void estimate_certificates(socp_workspace *w, quality *q)
{
    const socp_scaling *scaling = &w->scaling;
    double tau = w->now->tau, *column = w->target[0], *row = w->target[1]; /* no longer needed by the last step */

    if (w->by < 0.0) {
        for (size_t i = 0; i < w->n; i++) {
            column[i] = w->rx[i] + tau * w->c[i] + curvature(w, i);
        }
        q->primal_certificate =
            largest_of_both(w->n, column, scaling->rhs / scaling->normal_rhs, scaling->rhs, scaling->per_column) /
            -w->by;
    }
    if (w->cx < 0.0) {
        for (size_t i = 0; i < w->p + w->m; i++) {
            row[i] = i < w->f ? w->now->y[i] : w->ryz[i] + tau * w->rhs[i];
        }
        q->dual_certificate =
            largest_of_both(w->p + w->m, row, scaling->cost / scaling->normal_cost, scaling->cost, scaling->per_row) /
            -w->cx;
    }
}

quality point_estimate(socp_workspace *w)
{
    const socp_scaling *scaling = &w->scaling;
    double tau = w->now->tau, unit = scaling->cost * scaling->rhs;
    quality q = {.primal_certificate = INFINITY, .dual_certificate = INFINITY};

    q.primal = largest_product(w->p + w->m, w->ryz, scaling->per_row) / tau / scaling->rhs / reference(w->norm_b);
    q.dual = largest_product(w->n, w->rx, scaling->per_column) / tau / scaling->cost / reference(w->norm_c);
    q.primal_objective = (w->cx + 0.5 * w->vv / tau) / tau / unit;
    q.dual_objective = -(w->by + 0.5 * w->vv / tau) / tau / unit;
    if (tau < w->now->kappa) {
        estimate_certificates(w, &q);
    }
    finish_quality(w, q.primal, q.dual, &q);
    return q;
}

/* rx = weight (c + F'v) + A'y + G'z. */
static void form_dual_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    for (size_t i = 0; i < problem->n; i++) {
        w->rx[i] = weight * problem->c[i];
    }
    matrix_multiply_transposed(&problem->F, weight, w->user.y, w->rx);
    matrix_multiply_transposed(&problem->A, 1.0, w->user.y + w->f, w->rx);
    matrix_multiply_transposed(&problem->G, 1.0, w->user.z, w->rx);
}

/* ryz = ((1 - weight) v, A x - weight b, G x + s - weight h). */
static void form_primal_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    double *ra = w->ryz + w->f, *rg = w->ryz + w->p;

    for (size_t i = 0; i < w->f; i++) {
        w->ryz[i] = (1.0 - weight) * w->user.y[i];
    }
    for (size_t i = 0; i < problem->p; i++) {
        ra[i] = -weight * problem->b[i];
    }
    for (size_t i = 0; i < problem->m; i++) {
        rg[i] = w->user.s[i] - weight * problem->h[i];
    }
    matrix_multiply(&problem->A, 1.0, w->user.x, ra);
    matrix_multiply(&problem->G, 1.0, w->user.x, rg);
}

/* v = F x in the user's units. */
static void form_squares(socp_workspace *w, const socp_problem *problem)
{
    for (size_t i = 0; i < w->f; i++) {
        w->user.y[i] = 0.0;
    }
    matrix_multiply(&problem->F, 1.0, w->user.x, w->user.y);
}

/* The largest entry of max(1, scale / factor) residual: as largest_of_both, from residuals in the user's units. */
static double largest_either(size_t count, const double *residual, const double *scale, double factor)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        double value = fabs(residual[i]) * fmax(1.0, scale[i] / factor);

        most = value > most || isnan(value) ? value : most;
    }
    return most;
}

void point_judge_certificates(socp_workspace *w, const socp_problem *problem, const point *at, quality *q)
{
    double by, cx;

    point_unscale(w, at, 1.0);
    by = vector_dot(problem->p, problem->b, w->user.y + w->f) + vector_dot(problem->m, problem->h, w->user.z);
    cx = vector_dot(problem->n, problem->c, w->user.x);
    if (by < 0.0) {
        form_dual_residual(w, problem, 0.0);
        q->primal_certificate = largest_either(w->n, w->rx, w->scaling.column, w->scaling.normal_rhs) / -by;
    }
    if (cx < 0.0) {
        form_squares(w, problem);
        form_primal_residual(w, problem, 0.0);
        q->dual_certificate = largest_either(w->p + w->m, w->ryz, w->scaling.row, w->scaling.normal_cost) / -cx;
    }
}

/* size[i] += the magnitudes that row i of a matrix times x is made of, entry[i] += those of its entries. */
static void add_row_sizes(const socp_matrix *matrix, const double *x, double *size, double *entry)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        for (size_t e = matrix->start[j]; e < matrix->start[j + 1]; e++) {
            size[matrix->row[e]] += fabs(matrix->value[e] * x[j]);
            entry[matrix->row[e]] += fabs(matrix->value[e]);
        }
    }
}

/* The same for column j of the transposed product. */
static void add_column_sizes(const socp_matrix *matrix, const double *y, size_t j, double *size, double *entry)
{
    for (size_t e = matrix->start ? matrix->start[j] : 0; matrix->start && e < matrix->start[j + 1]; e++) {
        *size += fabs(matrix->value[e] * y[matrix->row[e]]);
        *entry += fabs(matrix->value[e]);
    }
}

/* The size of a row whose terms have the magnitude `terms`: with all of them near 0 still that of its entries (times
 * 1), but no more than what the whole right-hand side, whose largest entry is `norm`, allows. */
static double row_size(double terms, double entries, double norm)
{
    return terms + fmin(entries > 0.0 ? entries : 1.0, reference(norm));
}

/* The sizes of the rows of A x - b and G x + s - h; the rows of a cone share the largest. */
static void form_row_sizes(const socp_workspace *w, const socp_problem *problem, double *size, double *entry)
{
    size_t row = problem->p + problem->linear;

    for (size_t i = 0; i < problem->p + problem->m; i++) {
        size[i] =
            i < problem->p ? fabs(problem->b[i]) : fabs(problem->h[i - problem->p]) + fabs(w->user.s[i - problem->p]);
        entry[i] = 0.0;
    }
    add_row_sizes(&problem->A, w->user.x, size, entry);
    add_row_sizes(&problem->G, w->user.x, size + problem->p, entry + problem->p);
    for (size_t i = 0; i < problem->p + problem->m; i++) {
        size[i] = row_size(size[i], entry[i], w->norm_b);
    }
    for (size_t i = 0; i < problem->cones; row += problem->cone_size[i++]) {
        double most = vector_norm_inf(problem->cone_size[i], size + row);

        for (size_t j = row; j < row + problem->cone_size[i]; j++) {
            size[j] = most;
        }
    }
}

/* Those of the columns of F'F x + A'y + G'z + c. */
static void form_column_sizes(const socp_workspace *w, const socp_problem *problem, double *size)
{
    for (size_t j = 0; j < problem->n; j++) {
        double terms = fabs(problem->c[j]), entries = 0.0;

        add_column_sizes(&problem->F, w->user.y, j, &terms, &entries);
        add_column_sizes(&problem->A, w->user.y + w->f, j, &terms, &entries);
        add_column_sizes(&problem->G, w->user.z, j, &terms, &entries);
        size[j] = row_size(terms, entries, w->norm_c);
    }
}

/* The largest residual relative to the whole right-hand side, whose largest entry is `norm`; to what each row is made
 * of; and the larger of both of what is left of the residuals when rounding is taken off. */
typedef struct measures {
    double whole, rows, beyond_rounding;
} measures;

static measures measure(size_t count, const double *residual, const double *size, double norm)
{
    double per_whole = 1.0 / reference(norm);
    measures of = {0.0, 0.0, 0.0};

    for (size_t i = 0; i < count; i++) {
        double r = fabs(residual[i]), per_row = r > 0.0 ? 1.0 / size[i] : 0.0;

        of.whole = larger_of(of.whole, r * per_whole);
        of.rows = larger_of(of.rows, r * per_row);
        of.beyond_rounding =
            larger_of(of.beyond_rounding, (r - ROUNDING_OF_TERMS * size[i]) * fmax(per_whole, per_row));
    }
    return of;
}

/* The magnitudes that the two objectives are made of. */
static double objective_size(const socp_workspace *w, const socp_problem *problem, double half)
{
    double sum = 2.0 * half;

    for (size_t i = 0; i < problem->n; i++) {
        sum += fabs(problem->c[i] * w->user.x[i]);
    }
    for (size_t i = 0; i < problem->p; i++) {
        sum += fabs(problem->b[i] * w->user.y[w->f + i]);
    }
    for (size_t i = 0; i < problem->m; i++) {
        sum += fabs(problem->h[i] * w->user.z[i]);
    }
    return sum;
}

static void judge_point(socp_workspace *w, const socp_problem *problem, const point *at, quality *q)
{
    double *size = w->target[1]; /* the targets are of no use between two iterations */
    measures primal, dual;
    double half, gap;

    point_unscale(w, at, at->tau);
    form_squares(w, problem);
    half = 0.5 * vector_dot(w->f, w->user.y, w->user.y);
    q->primal_objective = vector_dot(problem->n, problem->c, w->user.x) + half;
    q->dual_objective =
        -vector_dot(problem->p, problem->b, w->user.y + w->f) - vector_dot(problem->m, problem->h, w->user.z) - half;
    form_primal_residual(w, problem, 1.0);
    form_row_sizes(w, problem, size, w->target[0]);
    primal = measure(problem->p + problem->m, w->ryz + w->f, size, w->norm_b);
    form_dual_residual(w, problem, 1.0);
    form_column_sizes(w, problem, size);
    dual = measure(problem->n, w->rx, size, w->norm_c);
    q->primal = larger_of(primal.whole, primal.rows);
    q->dual = larger_of(dual.whole, dual.rows);
    q->rows = larger_of(primal.rows, dual.rows);
    finish_quality(w, primal.whole, dual.whole, q);
    gap = fabs(q->primal_objective - q->dual_objective) - ROUNDING_OF_TERMS * objective_size(w, problem, half);
    gap /= w->unit + fabs(q->primal_objective);
    q->beyond_rounding = larger_of(larger_of(primal.beyond_rounding, dual.beyond_rounding), gap);
}

quality point_judge(socp_workspace *w, const socp_problem *problem, const point *at)
{
    quality q = {.judged = true, .primal_certificate = INFINITY, .dual_certificate = INFINITY};

    judge_point(w, problem, at, &q);
    return q;
}
