/* An interior-point method for separable concave programs with few coupling constraints. docs/model.md (M19) */
#include "alloc/separable_solve.h"

#include "alloc/separable_steps.h"

#include <math.h>
#include <string.h>

/* Iterations, of which ten are usual; and those after which corrections, which may go round in circles (once in ten
 * thousand programs over six decades), are left out and steps lead to no less than this part of products. */
enum { MOST_INTERIOR_STEPS = 80, CAREFUL_AFTER = 30 };
static const double CAREFUL = 0.3;
/* Of the way to the nearest bound. */
static const double FRACTION_TO_BOUND = 0.995;
/* Relative to the objective: complementarity and dual residuals at an end, and what is aimed at. */
static const double CLOSED = 1e-12, DUAL_CLOSED = 1e-11, AIMED = 1e-14;
/* Violations of constraints, beside 1 and their slacks; and those at which rounding may end where complementarity is as
 * small as it is aimed at. */
static const double PRIMAL_CLOSED = 1e-11, PRIMAL_ROUNDED = 1e-9, DUAL_ROUNDED = 1e-9;
/* Slacks times prices that a program begins with after another, beside those of one that comes first. */
static const double WARM_PRODUCT = 1e-3;
/* Least slack that is begun with, and the start's powers beside the budget of one access point. */
static const double FIRST_SLACK = 0.5, FIRST_POWER = 0.5;
/* Times the objective an access point: curvature that is added where there is next to none, as of sensing power in use,
 * so that nothing else is lost beside its inverse. Steps are that much shorter, and end where they would. */
static const double ADDED_CURVATURE = 1e-8;
/* A shorter step leads nowhere. */
static const double SHORTEST = 1e-9;

/* --------------------------------------------------------------------------------- begin ---- */

static void begin_row(separable_row *row, size_t l, double value, double product)
{
    row->slack[l] = value > FIRST_SLACK ? value : FIRST_SLACK;
    row->price[l] = product / row->slack[l];
    row->slack_step[l] = row->price_step[l] = 0.0;
}

/* A power in the middle, or less where that costs more than `product`. */
static double first_power(double power, double cost, double product)
{
    return cost * power > product ? product / cost : power;
}

static void begin_powers(separable *p, double product)
{
    double power = FIRST_POWER * p->budget / (double)p->L;

    for (size_t l = 0; l < p->L; l++) {
        p->x[l] = separable_is_idle(p, l) ? 1.0 : first_power(power, p->cost_x[l], product);
        p->s[l] = first_power(power, p->cost_s[l], product);
        p->price_x[l] = separable_is_idle(p, l) ? 0.0 : product / p->x[l];
        p->price_s[l] = product / p->s[l];
        p->step_x[l] = p->step_s[l] = p->price_x_step[l] = p->price_s_step[l] = 0.0;
    }
}

/* What slacks times prices begin with. */
static double first_product(const separable *p)
{
    double root = sqrt(FIRST_POWER * p->budget / (double)p->L), worth = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        worth += p->worth[l];
    }
    return fmax(worth * root / (double)p->L, 1e-3);
}

/* Powers in the middle, slacks that are large enough, and prices of one product with them. */
static void begin_cold(separable *p)
{
    double value[SEPARABLE_COLUMNS], product = first_product(p);

    begin_powers(p, product);
    p->f = p->lit ? FIRST_POWER * separable_total(p->L, p->weight_x, p->x, p->weight_s, p->s) : 0.0;
    separable_couple(p, value);
    for (size_t c = 0; c < p->columns; c++) {
        p->slack[c] = fmax(value[c], FIRST_SLACK);
        p->price[c] = separable_is_constraint(p, c) ? product / p->slack[c] : 0.0;
        p->slack_step[c] = p->price_step[c] = 0.0;
    }
    for (size_t l = 0; l < p->L; l++) {
        for (size_t i = 0; i < p->rows; i++) {
            begin_row(&p->row[i], l, separable_row_value(p, &p->row[i], l), product);
        }
        if (p->lit) {
            begin_row(&p->light, l, separable_light_value(p, l), product);
        }
    }
}

/* Of two whose product is smaller, the one that is beside the other in units of `product` and 1. */
static void raise_pair(double *slack, double *price, double least, double product)
{
    if (*slack * *price >= least) {
        return;
    }
    if (*slack * product < *price) {
        *slack = least / *price;
    } else {
        *price = least / *slack;
    }
}

static void raise_row(separable_row *row, size_t l, double least, double product)
{
    raise_pair(&row->slack[l], &row->price[l], least, product);
}

/* The last program's optimum, away from its bounds. */
static void begin_warm(separable *p)
{
    double product = first_product(p), least = WARM_PRODUCT * product;

    for (size_t c = 0; c < p->columns; c++) {
        if (separable_is_constraint(p, c)) {
            raise_pair(&p->slack[c], &p->price[c], least, product);
        }
    }
    for (size_t l = 0; l < p->L; l++) {
        if (!separable_is_idle(p, l)) {
            raise_pair(&p->x[l], &p->price_x[l], least, product);
        }
        raise_pair(&p->s[l], &p->price_s[l], least, product);
        for (size_t i = 0; i < p->rows; i++) {
            raise_row(&p->row[i], l, least, product);
        }
        if (p->lit) {
            raise_row(&p->light, l, least, product);
        }
    }
}

/* ------------------------------------------------------------------------------ the loop ---- */

static double room(double length, double value, double step)
{
    return step < 0.0 && -value / step < length ? -value / step : length;
}

static double row_room(double length, const separable_row *row, size_t l)
{
    return room(room(length, row->slack[l], row->slack_step[l]), row->price[l], row->price_step[l]);
}

/* The way to the nearest bound, in steps. */
static double length_of_step(const separable *p)
{
    double length = INFINITY;

    for (size_t c = 0; c < p->columns; c++) {
        length = room(room(length, p->slack[c], p->slack_step[c]), p->price[c], p->price_step[c]);
    }
    for (size_t l = 0; l < p->L; l++) {
        length = room(room(length, p->x[l], p->step_x[l]), p->s[l], p->step_s[l]);
        length = room(room(length, p->price_x[l], p->price_x_step[l]), p->price_s[l], p->price_s_step[l]);
        for (size_t i = 0; i < p->rows; i++) {
            length = row_room(length, &p->row[i], l);
        }
        length = p->lit ? row_room(length, &p->light, l) : length;
    }
    return length;
}

static double row_product(const separable_row *row, size_t l, double t)
{
    return (row->slack[l] + t * row->slack_step[l]) * (row->price[l] + t * row->price_step[l]);
}

/* Products of slacks and prices t steps away, in sum. */
static double products_at(const separable *p, double t)
{
    double sum = 0.0;

    for (size_t c = 0; c < p->columns; c++) {
        sum += separable_is_constraint(p, c)
                   ? (p->slack[c] + t * p->slack_step[c]) * (p->price[c] + t * p->price_step[c])
                   : 0.0;
    }
    for (size_t l = 0; l < p->L; l++) {
        sum += (p->x[l] + t * p->step_x[l]) * (p->price_x[l] + t * p->price_x_step[l]) +
               (p->s[l] + t * p->step_s[l]) * (p->price_s[l] + t * p->price_s_step[l]);
        for (size_t i = 0; i < p->rows; i++) {
            sum += row_product(&p->row[i], l, t);
        }
        sum += p->lit ? row_product(&p->light, l, t) : 0.0;
    }
    return sum;
}

static void move_row(separable_row *row, size_t l, double t)
{
    row->slack[l] += t * row->slack_step[l];
    row->price[l] += t * row->price_step[l];
}

static void move_iterate(separable *p, double t)
{
    p->f += t * p->f_step;
    for (size_t c = 0; c < p->columns; c++) {
        if (separable_is_constraint(p, c)) {
            p->slack[c] += t * p->slack_step[c];
            p->price[c] += t * p->price_step[c];
        }
    }
    for (size_t l = 0; l < p->L; l++) {
        p->x[l] += t * p->step_x[l];
        p->s[l] += t * p->step_s[l];
        p->price_x[l] += t * p->price_x_step[l];
        p->price_s[l] += t * p->price_s_step[l];
        for (size_t i = 0; i < p->rows; i++) {
            move_row(&p->row[i], l, t);
        }
        if (p->lit) {
            move_row(&p->light, l, t);
        }
    }
}

/* One iteration: predicted for products of 0, corrected for what that says is within reach. */
static bool iterate(separable *p, const separable_remains *left, bool careful)
{
    double length, share, mean = left->product / (double)left->products;

    if (!separable_assemble(p, ADDED_CURVATURE * left->objective / (double)p->L)) {
        return false;
    }
    separable_take_steps(p, &(separable_aim){.target = 0.0, .correct = 0.0}, left->f);
    length = fmin(length_of_step(p), 1.0);
    share = fmax(products_at(p, length), 0.0) / left->product;
    share = careful ? fmax(share, CAREFUL) : share * share * share;
    mean = fmax(share * mean, AIMED * left->objective / (double)left->products);
    separable_take_steps(p, &(separable_aim){.target = mean, .correct = careful ? 0.0 : 1.0}, left->f);
    length = fmin(FRACTION_TO_BOUND * length_of_step(p), 1.0);
    if (!(length > SHORTEST)) {
        return false;
    }
    move_iterate(p, length);
    return true;
}

static bool is_at_optimum(const separable_remains *left)
{
    double product = left->product / left->objective, dual = left->dual / left->objective;

    return (product <= CLOSED && left->primal <= PRIMAL_CLOSED && dual <= DUAL_CLOSED) ||
           (product <= 2.0 * AIMED && left->primal <= PRIMAL_ROUNDED && dual <= DUAL_ROUNDED);
}

/* From where the iterate stands. */
static bool solve_on(separable *p)
{
    for (p->iterations = 0; p->iterations < MOST_INTERIOR_STEPS; p->iterations++) {
        separable_remains left = separable_look(p);

        if (!isfinite(left.product + left.primal + left.dual)) {
            return false;
        }
        if (is_at_optimum(&left)) {
            return true;
        }
        if (!iterate(p, &left, p->iterations >= CAREFUL_AFTER)) {
            return false;
        }
    }
    return false;
}

bool separable_solve(separable *p)
{
    size_t before = 0;

    if (p->warm) {
        begin_warm(p);
        p->warm = solve_on(p);
        before = p->iterations;
    }
    if (!p->warm) {
        begin_cold(p);
        p->warm = solve_on(p);
        p->iterations += before;
    }
    return p->warm;
}
