/* Values of constraints, prices, and the bound that those prove. docs/model.md (M19) */
#include "alloc/separable_values.h"

#include "alloc/position_bend.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------------------- constraints ---- */

double separable_total(size_t L, const double *x_factor, const double *x, const double *s_factor, const double *s)
{
    double sum = 0.0;

    for (size_t l = 0; l < L; l++) {
        sum += x_factor[l] * x[l] + s_factor[l] * s[l];
    }
    return sum;
}

void separable_couple(separable *p, double value[SEPARABLE_COLUMNS])
{
    memset(value, 0, SEPARABLE_COLUMNS * sizeof *value);
    value[0] = p->budget + separable_total(p->L, p->column_x[0], p->x, p->column_s[0], p->s);
    if (p->lit) {
        value[p->lit_at] = separable_total(p->L, p->weight_x, p->x, p->weight_s, p->s) - p->f;
    }
    if (p->position) {
        for (size_t i = 0; i < 3; i++) {
            p->J[i] = separable_total(p->L, p->matrix_x[i], p->x, p->matrix_s[i], p->s);
        }
        value[p->position_at] = (p->J[0] * p->J[1] - p->J[2] * p->J[2]) / separable_trace(p) - 1.0;
    }
}

static void bend(separable *p)
{
    position_bend bend = position_bend_of(p->ease, p->J, separable_trace(p));
    size_t c = p->position_at;

    for (size_t l = 0; p->position && l < p->L; l++) {
        position_bend_put(&bend, p->matrix_x, p->column_x + c, l);
        position_bend_put(&bend, p->matrix_s, p->column_s + c, l);
    }
}

/* ----------------------------------------------------------------------------- residuals ---- */

static void add_row_remains(const separable_row *row, size_t l, double value, separable_remains *left)
{
    row->rest[l] = row->slack[l] - value;
    row->stiff[l] = row->price[l] / row->slack[l];
    left->primal = fmax(left->primal, fabs(row->rest[l]) / (1.0 + row->slack[l]));
    left->product += row->slack[l] * row->price[l];
}

double separable_price_x(const separable *p, size_t l)
{
    double price = -p->price_x[l];

    for (size_t c = 0; c < p->columns; c++) {
        price -= p->price[c] * p->column_x[c][l];
    }
    for (size_t i = 0; i < p->rows; i++) {
        price -= p->row[i].price[l] * p->row[i].x[l];
    }
    return p->lit ? price - p->light.price[l] * p->b[l] : price;
}

double separable_price_s(const separable *p, size_t l)
{
    double price = -p->price_s[l];

    for (size_t c = 0; c < p->columns; c++) {
        price -= p->price[c] * p->column_s[c][l];
    }
    for (size_t i = 0; i < p->rows; i++) {
        price -= p->row[i].price[l] * p->row[i].s[l];
    }
    return price;
}

separable_remains separable_look(separable *p)
{
    double value[SEPARABLE_COLUMNS];
    separable_remains left = {.products = p->L * (2 + p->rows + p->lit) + 1 + p->lit + p->position};

    separable_couple(p, value);
    bend(p);
    for (size_t c = 0; c < p->columns; c++) {
        p->residual[c] = separable_is_constraint(p, c) ? p->slack[c] - value[c] : 0.0;
        left.primal = fmax(left.primal, fabs(p->residual[c]) / (1.0 + p->slack[c]));
        left.product += p->slack[c] * p->price[c];
    }
    left.f = p->lit ? -p->price[p->lit_at] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        double root = sqrt(p->x[l]);

        p->base_x[l] = separable_is_idle(p, l) ? 0.0 : p->worth[l] / root - p->cost_x[l] - separable_price_x(p, l);
        p->base_s[l] = -p->cost_s[l] - separable_price_s(p, l);
        left.dual = fmax(left.dual, fmax(fabs(p->base_x[l]) * p->x[l], fabs(p->base_s[l])));
        left.product += p->x[l] * p->price_x[l] + p->s[l] * p->price_s[l];
        left.objective += 2.0 * p->worth[l] * root + p->counted[l] * p->cost_x[l] * p->x[l] + p->cost_s[l] * p->s[l];
        for (size_t i = 0; i < p->rows; i++) {
            add_row_remains(&p->row[i], l, separable_row_value(p, &p->row[i], l), &left);
        }
        if (p->lit) {
            add_row_remains(&p->light, l, separable_light_value(p, l), &left);
            left.f += p->a[l] * p->light.price[l];
        }
    }
    left.dual = fmax(left.dual, fabs(left.f) * fabs(p->f));
    return left;
}

/* ---------------------------------------------------------------------------------- the bound ---- */

/* The most of 2 worth root(x) - price x, of an x that the budget allows where the price says nothing. */
static double most_of(double worth, double price, double budget)
{
    if (price > 0.0 && worth < price * sqrt(budget)) {
        return worth * worth / price;
    }
    return 2.0 * worth * sqrt(budget) - price * budget;
}

/* Costs and prices of a unit of x_l and s_l, without those of x >= 0 and s >= 0, where f costs nothing. */
static separable_pair full_prices(const separable *p, size_t l, double lit)
{
    separable_pair price = {.x = p->cost_x[l] + p->price_x[l] + separable_price_x(p, l),
                            .s = p->cost_s[l] + p->price_s[l] + separable_price_s(p, l)};

    if (p->lit) {
        price.x -= lit * p->weight_x[l];
        price.s -= lit * p->weight_s[l];
    }
    return price;
}

/* What the prices of light add up to beyond that of f, which is free: so much more that is worth. */
static double missing_price(const separable *p)
{
    double sum = p->lit ? -p->price[p->lit_at] : 0.0;

    for (size_t l = 0; p->lit && l < p->L; l++) {
        sum += p->a[l] * p->light.price[l];
    }
    return sum;
}

/* By how much the budget's price has to rise until no price of power is negative. */
static double negative_price(const separable *p, double lit)
{
    double worst = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        separable_pair price = full_prices(p, l, lit);

        worst = fmax(worst, -price.s);
        worst = p->counted[l] > 0.0 ? fmax(worst, -price.x) : worst;
    }
    return worst;
}

double separable_bound(const separable *p)
{
    double lit = missing_price(p), more = negative_price(p, lit), sum = p->budget * (p->price[0] + more);

    sum -= p->position ? p->price[p->position_at] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        sum += p->counted[l] > 0.0 ? most_of(p->worth[l], full_prices(p, l, lit).x + more, p->budget) : 0.0;
        for (size_t i = 0; i < p->rows; i++) {
            sum += p->row[i].price[l] * p->row[i].constant;
        }
        sum -= p->lit ? p->light.price[l] : 0.0;
    }
    return sum;
}
