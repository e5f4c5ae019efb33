/* The small dual where the budget alone binds: prices are a fixed point. docs/model.md (M31)
 *
 * lambda_k = target_k h_k(price), price = 1 / budget + sum_j lambda_j load_j, sum_k lambda_k = 1: sweeps with the c
 * that makes the sum 1 come near it, Newton's method in logarithms does the rest. */
#include "alloc/dual_rates.h"

#include "alloc/dual_values.h"
#include "alloc/rows.h"

#include <math.h>
#include <string.h>

enum { BALANCE_SWEEPS = 40, BALANCE_NEWTON = 20, RATE_STEPS = 100 };
/* Largest over least change of lambda in a sweep at which Newton's method takes over; relative errors that are none. */
static const double NEARLY_FIXED = 1.5, FIXED = 1e-14, FIXED_AT_LAST = 1e-11;
/* Relative: by so much less than the fixed point's right side, whose sums are rounded. */
static const double ROUNDED_SUMS = 1e-13;
/* Relative: what powers may lack of a limit or a threshold. */
static const double POSITION_ROUNDING = 1e-12;

void dual_set_rates(const dual_rates *rates, double c)
{
    for (size_t k = 0; k < rates->program->K; k++) {
        double raised = expm1(rates->weight[k] * c);
        bool counts = raised > 0.0 && raised >= rates->least[k];

        rates->target[k] = counts ? raised : rates->least[k];
        rates->slope[k] = counts ? rates->weight[k] * (1.0 + raised) / raised : 0.0;
    }
}

/* Prices of lambda and of the budget's last unit, and h. */
static void set_budget_prices(dual_program *p, const double *lambda)
{
    double *inverse = p->spare;

    for (size_t l = 0; l < p->stride; l++) {
        p->rest_price[l] = 1.0 / p->budget;
    }
    for (size_t k = 0; k < p->K; k++) {
        rows_subtract(p->stride, -lambda[k], p->load + p->stride * k, p->rest_price);
    }
    for (size_t l = 0; l < p->stride; l++) {
        p->price[l] = l < p->L && !p->idle[l] ? p->rest_price[l] : 0.0;
        inverse[l] = p->price[l] > 0.0 ? 1.0 / p->price[l] : 0.0;
    }
    for (size_t k = 0; k < p->K; k++) {
        p->h[k] = 1.0 / rows_product(p->stride, p->square + p->stride * k, inverse);
    }
}

/* sum_k target_k h_k, and its slope in c. */
static double worth_of_targets(const dual_rates *rates, double *slope)
{
    double sum = 0.0;

    *slope = 0.0;
    for (size_t k = 0; k < rates->program->K; k++) {
        double worth = rates->target[k] * rates->program->h[k];

        sum += worth;
        *slope += worth * rates->slope[k];
    }
    return sum;
}

/* The c with which that sum is 1: the sum is convex in c, so that Newton's method from above ends there. False: there
 * is none above 0. */
static bool meet_sum(dual_rates *rates)
{
    double least = 0.0, most = INFINITY, slope;

    for (size_t k = 0; k < rates->program->K; k++) {
        least += rates->least[k] * rates->program->h[k];
        if (rates->weight[k] > 0.0) {
            most = fmin(most, log1p(1.0 / rates->program->h[k]) / rates->weight[k]);
        }
    }
    if (!(least < 1.0) || !isfinite(most)) {
        return false;
    }
    rates->c = most; /* one user's share is all */
    for (int i = 0; i < RATE_STEPS; i++) {
        double sum, step;

        dual_set_rates(rates, rates->c);
        sum = worth_of_targets(rates, &slope);
        step = slope > 0.0 ? (sum - 1.0) / slope : 0.0;
        rates->c = fmax(rates->c - step, 0.0);
        if (fabs(step) <= 1e-15 * rates->c) {
            break;
        }
    }
    dual_set_rates(rates, rates->c);
    return rates->c > 0.0;
}

/* False where lambda does not settle. */
static bool sweep(dual_rates *rates)
{
    dual_program *p = rates->program;

    for (int i = 0; i < BALANCE_SWEEPS; i++) {
        double least = INFINITY, most = 0.0;

        set_budget_prices(p, rates->lambda);
        if (!meet_sum(rates)) {
            return false;
        }
        for (size_t k = 0; k < p->K; k++) {
            double lambda = rates->target[k] * p->h[k], change = lambda / rates->lambda[k];

            least = fmin(least, change);
            most = fmax(most, change);
            rates->lambda[k] = lambda;
        }
        if (!(least > 0.0) || !isfinite(most)) {
            return false;
        }
        if (most <= NEARLY_FIXED * least) {
            return true;
        }
    }
    return true;
}

/* matrix_kj = d ln h_k / d ln lambda_j, in rows of K + 2. */
static void fill_slopes(dual_rates *rates)
{
    dual_program *p = rates->program;
    size_t K = p->K, row = K + 2;

    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l < p->stride; l++) {
            p->side_x[l] = p->square[l + p->stride * k] * p->spare[l] * p->spare[l];
        }
        for (size_t j = 0; j < K; j++) {
            rates->matrix[j + row * k] =
                rates->lambda[j] * p->h[k] * rows_product(p->stride, p->side_x, p->load + p->stride * j);
        }
    }
}

/* n equations in rows of `row` numbers, of which the last is the right side and becomes the solution. */
static bool solve_rows(double *a, size_t n, size_t row)
{
    for (size_t i = 0; i < n; i++) {
        size_t best = i;

        for (size_t j = i + 1; j < n; j++) {
            best = fabs(a[i + row * j]) > fabs(a[i + row * best]) ? j : best;
        }
        if (!(fabs(a[i + row * best]) > 0.0)) {
            return false;
        }
        for (size_t c = 0; c < row; c++) {
            double other = a[c + row * i];

            a[c + row * i] = a[c + row * best];
            a[c + row * best] = other;
        }
        for (size_t j = 0; j < n; j++) {
            double factor = j == i ? 0.0 : a[i + row * j] / a[i + row * i];

            for (size_t c = i; c < row; c++) {
                a[c + row * j] -= factor * a[c + row * i];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        a[row - 1 + row * i] /= a[i + row * i];
    }
    return true;
}

bool dual_lift(dual_rates *rates, double part)
{
    const dual_program *p = rates->program;
    size_t K = p->K, row = K + 2;
    double *a = rates->matrix;

    fill_slopes(rates);
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++) {
            a[j + row * k] = (j == k ? 1.0 : 0.0) - a[j + row * k];
        }
        a[K + row * k] = a[k + row * K] = 0.0;
        a[K + 1 + row * k] = log(p->target[k] * p->h[k] / rates->lambda[k]) - ROUNDED_SUMS;
    }
    a[K + row * K] = a[K + 1 + row * K] = 1.0;
    if (!solve_rows(a, K + 1, row)) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        rates->lambda[k] *= exp(part * a[K + 1 + row * k]);
    }
    return true;
}

/* One step of Newton's method for ln lambda_k = ln target_k + ln h_k and the sum of lambda; *error: how far it was
 * off. */
static bool balance_step(dual_rates *rates, double *error)
{
    size_t K = rates->program->K, row = K + 2;
    double *a = rates->matrix, sum = 0.0;

    *error = 0.0;
    fill_slopes(rates);
    for (size_t k = 0; k < K; k++) {
        double rest = log(rates->target[k] * rates->program->h[k] / rates->lambda[k]);

        for (size_t j = 0; j < K; j++) {
            a[j + row * k] = (j == k ? 1.0 : 0.0) - a[j + row * k];
        }
        a[K + row * k] = -rates->slope[k];
        a[K + 1 + row * k] = rest;
        a[k + row * K] = rates->lambda[k];
        sum += rates->lambda[k];
        *error = fmax(*error, fabs(rest));
    }
    a[K + row * K] = 0.0;
    a[K + 1 + row * K] = 1.0 - sum;
    *error = fmax(*error, fabs(1.0 - sum));
    return isfinite(*error) && solve_rows(a, K + 1, row);
}

static bool polish(dual_rates *rates)
{
    size_t K = rates->program->K, row = K + 2;
    double error = INFINITY, before;

    for (int i = 0; i < BALANCE_NEWTON; i++) {
        before = error;
        set_budget_prices(rates->program, rates->lambda);
        if (!balance_step(rates, &error)) {
            return false;
        }
        if (error <= FIXED || (error <= FIXED_AT_LAST && error >= 0.5 * before)) {
            return true;
        }
        for (size_t k = 0; k < K; k++) {
            rates->lambda[k] *= exp(fmin(fmax(rates->matrix[K + 1 + row * k], -1.0), 1.0));
        }
        rates->c += rates->matrix[K + 1 + row * K];
        if (!(rates->c > 0.0)) {
            return false;
        }
        dual_set_rates(rates, rates->c);
    }
    return false;
}

/* alpha, the users' interference, of the powers that go with these prices: (1 - slopes, transposed and in other units)
 * alpha = 1. */
static bool balance_powers(dual_rates *rates)
{
    dual_program *p = rates->program;
    size_t K = p->K, row = K + 2;
    double *a = rates->matrix;

    fill_slopes(rates);
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < k; j++) { /* transposed */
            double other = a[j + row * k];

            a[j + row * k] = a[k + row * j];
            a[k + row * j] = other;
        }
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++) {
            a[j + row * k] = (j == k ? 1.0 : 0.0) - a[j + row * k] * rates->lambda[j] / rates->lambda[k];
        }
        a[K + row * k] = 0.0;
        a[K + 1 + row * k] = 1.0;
        a[k + row * K] = 0.0;
    }
    a[K + row * K] = a[K + 1 + row * K] = 1.0;
    if (!solve_rows(a, K + 1, row)) {
        return false;
    }
    for (size_t i = 0; i < p->pairs; i++) {
        p->slack[i] = 0.0;
        p->price[i] = i < p->stride ? p->price[i] : 0.0;
    }
    for (size_t k = 0; k < K; k++) {
        p->slack[p->at_user + k] = a[K + 1 + row * k];
        p->price[p->at_rate + k] = rates->lambda[k];
        if (!(a[K + 1 + row * k] > 0.0)) {
            return false;
        }
    }
    p->price[p->at_few + DUAL_BUDGET] = 1.0 / p->budget;
    p->theta = 1.0;
    dual_answer_users(p);
    return true;
}

double dual_balance(dual_rates *rates)
{
    size_t K = rates->program->K;

    for (size_t k = 0; k < K; k++) {
        rates->lambda[k] = 1.0 / (double)K;
    }
    return K > 0 && sweep(rates) && polish(rates) && balance_powers(rates) ? rates->c : NAN;
}

bool dual_balance_is_enough(dual_program *p)
{
    double trace, J[3];

    if (p->weight_x) {
        p->f = rows_product(p->stride, p->weight_x, p->x);
    }
    for (size_t i = 0; i < p->rows; i++) {
        for (size_t l = 0; l < p->L; l++) {
            if (dual_row_value(p, &p->row[i], l) < -POSITION_ROUNDING) {
                return false;
            }
        }
    }
    for (size_t i = 0; p->position && i < 3; i++) {
        J[i] = rows_product(p->stride, p->matrix_x[i], p->x);
    }
    return !p->position || dual_position_value(p, J, &trace) >= 1.0 - POSITION_ROUNDING;
}

double dual_clipped_rate(const dual_rates *rates)
{
    dual_program *p = rates->program;
    double *x = p->spare, *amplitude = p->spare_s, least = INFINITY;

    for (size_t l = 0; l < p->stride; l++) { /* the share of power that the limits leave */
        double share = 1.0;

        for (size_t i = 0; i < p->rows; i++) {
            share = p->row[i].sign > 0.0 ? fmin(share, -1.0 / (p->row[i].s[l] * p->x[l])) : share;
        }
        share = share > 0.0 ? share : 1.0;
        x[l] = share * p->x[l];
        amplitude[l] = sqrt(share * p->give[l]);
    }
    for (size_t k = 0; k < p->K; k++) {
        double u = 0.0, alpha = p->slack[p->at_user + k], sinr;

        for (size_t l = 0; l < p->L; l++) {
            u += p->signal[l + p->stride * k] * amplitude[l] * sqrt(p->push[l + p->stride * k]);
        }
        sinr = alpha * u * u / (1.0 + rows_product(p->stride, p->load + p->stride * k, x));
        if (rates->slope[k] > 0.0) {
            least = fmin(least, log1p(sinr) / rates->weight[k]);
        }
    }
    return least;
}
