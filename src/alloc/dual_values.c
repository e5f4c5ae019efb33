/* The small dual: what follows from an iterate. docs/model.md (M31) */
#include "alloc/dual_values.h"

#include "alloc/position_bend.h"
#include "alloc/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------ users ---- */

/* push = factor square / price^2, and what users get of it. */
CLONES(static, void, push_user,
       (size_t count, double factor, double alpha, const double *restrict square, const double *restrict inverse,
        double *restrict push, double *restrict x),
       (count, factor, alpha, square, inverse, push, x))
{
    for (size_t l = 0; l < count; l++) {
        push[l] = factor * square[l] * inverse[l] * inverse[l];
        x[l] += alpha * push[l];
    }
}

CLONES(static, void, multiply_rows, (size_t count, const double *restrict by, double *restrict to), (count, by, to))
{
    for (size_t l = 0; l < count; l++) {
        to[l] *= by[l];
    }
}

/* h, x, give and push. */
void dual_answer_users(dual_program *p)
{
    const double *waste = p->slack, *price = p->price;
    double *inverse = p->spare, *per_give = p->spare_s;

    for (size_t l = 0; l < p->stride; l++) {
        inverse[l] = price[l] > 0.0 ? 1.0 / price[l] : 0.0;
        p->x[l] = 0.0;
    }
    for (size_t k = 0; k < p->K; k++) {
        const double *square = p->square + p->stride * k;

        p->h[k] = 1.0 / rows_product(p->stride, square, inverse);
        push_user(p->stride, p->target[k] * p->h[k] * p->h[k], p->slack[p->at_user + k], square, inverse,
                  p->push + p->stride * k, p->x);
    }
    for (size_t l = 0; l < p->stride; l++) {
        bool is = price[l] > 0.0;

        p->give[l] = is ? (2.0 * p->x[l] + waste[l]) * inverse[l] : 0.0;
        per_give[l] = is ? 1.0 / p->give[l] : 0.0;
        p->x[l] += is ? waste[l] : 0.0;
    }
    for (size_t k = 0; k < p->K; k++) {
        multiply_rows(p->stride, per_give, p->push + p->stride * k);
    }
}

/* ----------------------------------------------------------------------------- coupling ---- */

double dual_position_value(const dual_program *p, const double J[3], double *trace)
{
    *trace = p->ease[1] * J[0] + p->ease[0] * J[1];
    return (J[0] * J[1] - J[2] * J[2]) / *trace;
}

static void bend_position(dual_program *p, size_t c)
{
    position_bend bend = position_bend_of(p->ease, p->J, p->trace);

    for (size_t l = 0; l < p->L; l++) {
        position_bend_put(&bend, p->matrix_x, p->column_x + c, l);
        position_bend_put(&bend, p->matrix_s, p->column_s + c, l);
    }
}

double dual_column_value(dual_program *p, size_t c)
{
    const double *s = p->slack + p->stride;
    double sum = 0.0;

    if (p->column_pair[c] == p->at_few + DUAL_POSITION) {
        for (size_t i = 0; i < 3; i++) {
            p->J[i] = rows_product(p->stride, p->matrix_x[i], p->x) + rows_product(p->stride, p->matrix_s[i], s);
        }
        sum = dual_position_value(p, p->J, &p->trace);
        bend_position(p, c);
    } else {
        sum = rows_product(p->stride, p->column_x[c], p->x) + rows_product(p->stride, p->column_s[c], s);
    }
    return sum + p->column_theta[c] * p->theta + p->column_f[c] * p->f + p->column_constant[c];
}

/* ---------------------------------------------------------------------------- residuals ---- */

double dual_row_value(const dual_program *p, const dual_row *row, size_t l)
{
    return row->x[l] * p->x[l] + row->s[l] * p->slack[p->stride + l] + (row->f ? row->f[l] * p->f : 0.0) +
           row->sign * (row->raised ? p->theta : 1.0);
}

void dual_price(dual_program *p)
{
    double *price = p->rest_price, *sense = p->rest_sense;

    memset(price, 0, p->stride * sizeof *price);
    memset(sense, 0, p->stride * sizeof *sense);
    for (size_t k = 0; k < p->K; k++) {
        double lambda = p->price[p->at_rate + k];

        rows_subtract(p->stride, -lambda, p->load + p->stride * k, price);
        rows_subtract(p->stride, -lambda, p->sensing_load + p->stride * k, sense);
    }
    for (size_t i = 0; i < p->rows; i++) {
        const dual_row *row = &p->row[i];

        for (size_t l = 0; l < p->L; l++) {
            price[l] -= p->price[row->at + l] * row->x[l];
            sense[l] -= p->price[row->at + l] * row->s[l];
        }
    }
    for (size_t c = 0; c < p->columns; c++) {
        if (p->column_pair[c] != SIZE_MAX) {
            rows_subtract(p->stride, p->price[p->column_pair[c]], p->column_x[c], price);
            rows_subtract(p->stride, p->price[p->column_pair[c]], p->column_s[c], sense);
        }
    }
}

/* What a slack lacks, or 0 where it is the rounding of the constraint's terms: beside a slack of 1e-13 that would move
 * its price by a part of 1e-3. */
static double beyond_rounding(double rest, double term)
{
    return fabs(rest) > 8.0 * DBL_EPSILON * fabs(term) ? rest : 0.0;
}

static void look_at_rows(dual_program *p, dual_remains *left)
{
    p->rest_theta = p->aim == DUAL_LEAST_FACTOR ? 1.0 : -1.0;
    p->rest_f = 0.0;
    for (size_t i = 0; i < p->rows; i++) {
        const dual_row *row = &p->row[i];
        const double *slack = p->slack + row->at, *price = p->price + row->at;

        for (size_t l = 0; l < p->L; l++) {
            double value = price[l] > 0.0 ? dual_row_value(p, row, l) : slack[l];

            p->rest_row[l + p->stride * i] = beyond_rounding(slack[l] - value, row->raised ? p->theta : 1.0);
            left->primal = fmax(left->primal, fabs(slack[l] - value) / (1.0 + slack[l] + fabs(value)));
            left->worth += price[l] * fabs(p->rest_row[l + p->stride * i]);
            p->rest_theta -= row->raised ? row->sign * price[l] : 0.0;
            p->rest_f -= row->f ? row->f[l] * price[l] : 0.0;
        }
    }
    for (size_t c = 0; c < p->columns; c++) {
        size_t at = p->column_pair[c];

        if (at != SIZE_MAX) {
            double unit = p->column_theta[c] * p->theta + p->column_f[c] * p->f + p->column_constant[c];

            p->rest_column[c] = beyond_rounding(p->slack[at] - dual_column_value(p, c), unit);
            left->primal = fmax(left->primal, fabs(p->rest_column[c]) / (1.0 + p->slack[at]));
            left->worth += p->price[at] * fabs(p->rest_column[c]);
            p->rest_theta -= p->column_theta[c] * p->price[at];
            p->rest_f -= p->column_f[c] * p->price[at];
        }
    }
}

static void look_at_users(dual_program *p, dual_remains *left)
{
    const double *s = p->slack + p->stride;

    for (size_t k = 0; k < p->K; k++) {
        const double *load = p->load + p->stride * k, *sensing = p->sensing_load + p->stride * k;
        double alpha = p->slack[p->at_user + k];
        double interference = 1.0 + rows_product(p->stride, load, p->x) + rows_product(p->stride, sensing, s);

        p->rest_alpha[k] = beyond_rounding(interference + p->slack[p->at_rate + k] - alpha, alpha);
        p->rest_h[k] = beyond_rounding(p->target[k] * p->h[k] - p->price[p->at_rate + k] - p->price[p->at_user + k],
                                       p->target[k] * p->h[k]);
        left->primal = fmax(left->primal, fabs(p->rest_alpha[k]) / alpha);
        left->worth += p->price[p->at_rate + k] * fabs(p->rest_alpha[k]) + fabs(p->rest_h[k]) * alpha;
    }
}

static void look_at_prices(dual_program *p, dual_remains *left)
{
    for (size_t l = 0; l < p->stride; l++) {
        p->rest_price[l] = p->price[l] > 0.0 ? p->rest_price[l] - p->price[l] : 0.0;
        p->rest_sense[l] = p->price[p->stride + l] > 0.0 ? p->rest_sense[l] - p->price[p->stride + l] : 0.0;
        left->worth += fabs(p->rest_price[l]) * p->x[l] + fabs(p->rest_sense[l]) * p->slack[p->stride + l];
    }
}

dual_remains dual_look(dual_program *p)
{
    dual_remains left = {.objective = p->theta};
    double scale = fabs(p->theta);

    dual_answer_users(p);
    look_at_rows(p, &left);
    dual_price(p);
    look_at_users(p, &left);
    look_at_prices(p, &left);
    left.worth += fabs(p->rest_f * p->f);
    left.worth = fmax(left.worth / scale, fabs(p->rest_theta));
    for (size_t i = 0; i < p->pairs; i++) {
        left.product += p->slack[i] * p->price[i];
        left.pairs += p->price[i] > 0.0;
    }
    return left;
}
