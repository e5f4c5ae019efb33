/* The small dual: the largest common rate as the root of the least factor. docs/model.md (M31)
 *
 * With theta(c) the least factor, d ln theta / d ln target_k = lambda_k alpha_k / theta. 1 / theta is nearly linear in
 * 1 / target, be it noise or interference that users suffer from: Newton's method in these. Each solution begins at an
 * iterate of the one before that is half way, where the central paths of both are near each other. */
#include "alloc/dual_rates.h"

#include "alloc/dual_values.h"
#include "alloc/rows.h"

#include <math.h>
#include <string.h>

enum { MOST_SOLUTIONS = 60 };
/* Relative gaps: of the first solutions, then this part of the square of what theta is off 1; the last. */
static const double ROUGH_GAP = 1e-3, PART_OF_GAP = 0.05, LAST_GAP = 2e-11;
/* Times the gap: theta is known to less. */
static const double UNSURE = 10.0;
/* How near to 1 theta is to end, from below; what is aimed at. */
static const double NEAR_ONE = 2e-10, AIM = 1e-10;
/* The most that targets change by at once, in logarithms. */
static const double MOST_CHANGE = 1.5;
/* Relative: what lambda is lowered by before it is raised again, so that rounding proves nothing. */
static const double LOWERED = 1e-13;
/* Relative: what multipliers are lowered by where prices were negative, so that they are not by rounding. */
static const double REPAIRED = 1e-12;
/* Of the way to the fixed point of lambda. */
static const double SHORT_OF_IT = 1.0 - 1e-6;

/* sum_k lambda_k alpha_k, and the same with slopes. */
static double elasticity(const dual_rates *rates, double *slope)
{
    const dual_program *p = rates->program;
    double sum = 0.0;

    *slope = 0.0;
    for (size_t k = 0; k < p->K; k++) {
        double term = p->price[p->at_rate + k] * p->slack[p->at_user + k];

        sum += rates->slope[k] > 0.0 ? term : 0.0;
        *slope += term * rates->slope[k];
    }
    return sum;
}

/* The next c, or NaN where targets have no part in theta. */
static double newton_rate(const dual_rates *rates)
{
    double slope, theta = rates->program->theta, sum = elasticity(rates, &slope), e = sum / theta, inverse, step;

    if (!(slope > 0.0)) {
        return NAN;
    }
    inverse = 1.0 - (1.0 - AIM - theta) / e; /* of the factor of targets */
    step = inverse > exp(-MOST_CHANGE) ? -log(inverse) : MOST_CHANGE;
    return rates->c + fmax(step, -MOST_CHANGE) * sum / slope;
}

/* One solution; false where there is none. */
static bool solve_at(dual_rates *rates, double gap, bool warm)
{
    dual_ask ask = {.gap = gap, .beyond = 1e6, .keep = rates->room};

    dual_set_rates(rates, rates->c);
    if (warm) {
        dual_restore(rates->program, rates->room);
        if (dual_run(rates->program, &ask)) {
            return true;
        }
    }
    dual_begin(rates->program);
    return dual_run(rates->program, &ask);
}

bool dual_raise(dual_rates *rates, double first, double most)
{
    double low = 0.0, high = most, gap = ROUGH_GAP;
    bool warm = false;

    rates->c = first;
    for (int i = 0; i < MOST_SOLUTIONS; i++) {
        double theta, next = NAN;
        bool found = solve_at(rates, gap, warm);

        theta = rates->program->theta;
        if (found && gap <= LAST_GAP && theta <= 1.0 && theta >= 1.0 - NEAR_ONE) {
            return true;
        }
        if (found) {
            next = newton_rate(rates);
        }
        if (found && theta <= 1.0 - UNSURE * gap) {
            low = fmax(low, rates->c);
        } else if (!found || theta >= 1.0 + UNSURE * gap) {
            high = fmin(high, rates->c);
        }
        if (found) { /* Newton's method squares the distance */
            gap = fmax(fmin(PART_OF_GAP * (1.0 - theta) * (1.0 - theta), gap), LAST_GAP);
        }
        warm = found;
        if (!(next > low && next < high)) {
            next = low > 0.0 ? 0.5 * (low + high) : 0.5 * high;
        }
        if (!(high - low > 1e-14 * high)) {
            return false;
        }
        rates->c = next;
    }
    return false;
}

/* --------------------------------------------------------------------------------- the proof ---- */

/* Prices of the multipliers: rest_price and rest_sense; returns what they have to be multiplied by, but for those of
 * powers, so that none is negative. */
static double price_multipliers(dual_program *p)
{
    double keep = 1.0;

    for (size_t l = 0; l < p->L; l++) {
        double base = p->price[p->at_few + DUAL_BUDGET];

        for (size_t i = 0; i < p->rows; i++) {
            base += p->row[i].sign > 0.0 ? -p->row[i].s[l] * p->price[p->row[i].at + l] : 0.0;
        }
        if (p->rest_sense[l] < 0.0) {
            keep = fmin(keep, base / (base - p->rest_sense[l]));
        }
        if (!p->idle[l] && p->rest_price[l] < 0.0) {
            keep = fmin(keep, base / (base - p->rest_price[l]));
        }
    }
    return keep;
}

static void keep_multipliers(dual_program *p, double keep)
{
    for (size_t k = 0; k < p->K; k++) {
        p->price[p->at_rate + k] *= keep;
    }
    for (size_t i = 0; i < p->rows; i++) {
        for (size_t l = 0; p->row[i].sign < 0.0 && l < p->L; l++) {
            p->price[p->row[i].at + l] *= keep;
        }
    }
    p->price[p->at_few + DUAL_LIGHT] *= keep;
    p->price[p->at_few + DUAL_POSITION] *= keep;
}

/* What budget and limits are worth, less what sensing asks for. */
static double worth_of_powers(const dual_program *p)
{
    double sum = p->price[p->at_few + DUAL_BUDGET] * p->budget;

    for (size_t i = 0; i < p->rows; i++) {
        for (size_t l = 0; l < p->L; l++) {
            sum += p->row[i].sign * p->price[p->row[i].at + l];
        }
    }
    return p->position ? sum - p->price[p->at_few + DUAL_POSITION] : sum;
}

/* f is free: its multipliers add up to 0. */
static void balance_light(dual_program *p)
{
    double sum = 0.0;

    for (size_t i = 0; i < p->rows; i++) {
        for (size_t l = 0; p->row[i].f && l < p->L; l++) {
            sum += p->row[i].f[l] * p->price[p->row[i].at + l];
        }
    }
    p->price[p->at_few + DUAL_LIGHT] = sum;
}

/* Prices of all multipliers, their inverses and h. */
static void price_all(dual_program *p)
{
    dual_price(p);
    for (size_t l = 0; l < p->stride; l++) {
        p->spare[l] = l < p->L && !p->idle[l] ? 1.0 / p->rest_price[l] : 0.0;
    }
    for (size_t k = 0; k < p->K; k++) {
        p->h[k] = 1.0 / rows_product(p->stride, p->square + p->stride * k, p->spare);
    }
}

/* Makes all prices at least 0; false where that fails. */
static bool repair_prices(dual_program *p)
{
    double keep;

    balance_light(p);
    keep_multipliers(p, 1.0 - LOWERED);
    dual_price(p);
    keep = price_multipliers(p);
    if (keep < 1.0) {
        keep_multipliers(p, keep * (1.0 - REPAIRED));
    }
    price_all(p);
    return price_multipliers(p) >= 1.0;
}

/* Whether multipliers prove that targets of c cannot be met: of lambda, which only rises from what prices were made of,
 * the fixed point is tried, short of it by a millionth of the way. */
static bool proves(dual_rates *rates, double c, const double *lambda)
{
    dual_program *p = rates->program;
    double *multiplier = p->price + p->at_rate, sum = 0.0;
    bool sound = true;

    memcpy(multiplier, lambda, p->K * sizeof *lambda);
    memcpy(rates->lambda, lambda, p->K * sizeof *lambda);
    dual_set_rates(rates, c);
    price_all(p);
    if (!dual_lift(rates, SHORT_OF_IT)) {
        return false;
    }
    for (size_t k = 0; k < p->K; k++) {
        sound = sound && rates->lambda[k] >= lambda[k];
        multiplier[k] = rates->lambda[k];
        sum += rates->lambda[k];
    }
    price_all(p);
    for (size_t k = 0; k < p->K; k++) {
        sound = sound && multiplier[k] <= p->target[k] * p->h[k];
    }
    return sound && sum > worth_of_powers(p) * (1.0 + LOWERED);
}

double dual_prove_rate(dual_rates *rates)
{
    dual_program *p = rates->program;
    double *lambda = rates->room;

    if (!repair_prices(p)) {
        return NAN;
    }
    memcpy(lambda, p->price + p->at_rate, p->K * sizeof *lambda);
    for (double above = 1e-13; above < 1e-2; above *= 2.0) {
        if (proves(rates, rates->c * (1.0 + above), lambda)) {
            return rates->c * (1.0 + above);
        }
    }
    return NAN;
}
