/* Answers to a state of another scale. docs/model.md (M19)
 *
 * Where noise is little beside interference F hardly changes when all u are multiplied by t and all I by t^2, nor does
 * the shape of the answers, whose gains become those over t, and prices those over t^2: it is t that the plain map is
 * slow to find. Where no threshold binds, a scale can be had at once at which a fixed point stays one.
 *
 * Where the budget is spent and no limit binds: at a fixed point what all amplitudes together gain, grown by one
 * factor, is what the budget's price takes,  sum_k weight_k = mu L  (noise is all that does not grow). So that is mu,
 * and the answers are scaled to the budget.
 *
 * Where limits bind and the budget does not: the answers  min(t h / C, limit)  to the state t u, t^2 I have u' with
 *     sum_k gain_k u'_k = t sum_k gain_k u_k,   that is   sum_l min(h_l^2 / C_l, h_l limit_l / t) = sum_k gain_k u_k
 * as those of a fixed point have at t = 1. The left side is concave and linear by parts in 1 / t: Newton's method ends.
 *
 * Multipliers of any size bound what a feasible point gains, linearised (Lagrange): by sums over access points alone.
 */
#include "alloc/response.h"

#include "alloc/constants.h"

#include <math.h>

/* Sums over access points, LANES apart, so that their order does not depend on the length of vectors. */
typedef struct sums {
    double total, worth; /* power; what is gained, linearised, without the budget's price */
    bool bound;          /* a threshold or a limit binds somewhere */
} sums;

/* Power x of AP l needs sensing power beside it, or is more or less than what limits leave. */
INLINE double is_bound(const response *r, size_t l, double x)
{
    double kink = r->root_kink[l], fewest = r->root_fewest[l], most = r->root_most[l];
    double missing = r->offset[l] - x * r->trade[l];

    return x >= kink * kink && x >= fewest * fewest && x <= most * most && !(missing > 0.0) ? 0.0 : 1.0;
}

/* ---------------------------------------------------------------------- within the budget ---- */

CLONES(static, sums, answer_to_price, (const response *r, double mu), (r, mu))
{
    double total[LANES] = {0.0}, worth[LANES] = {0.0};

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;
            double per_C = response_inverse_price(r, mu, l), gained = r->norm2[l] * per_C, x = gained * per_C;

            r->along[l] = per_C;
            r->x[l] = x;
            total[i] += x;
            worth[i] += gained;
        }
    }
    return (sums){.total = sum_lanes(total), .worth = sum_lanes(worth)};
}

/* Powers times c. */
CLONES(static, bool, scale_answers, (const response *r, double c), (r, c))
{
    double bound[LANES] = {0.0}, root = sqrt(c);

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;

            double x = r->x[l] * c;

            r->x[l] = x;
            r->along[l] *= root;
            r->s[l] = 0.0;
            bound[i] += is_bound(r, l, x);
        }
    }
    return !(sum_lanes(bound) > 0.0);
}

static bool answer_to_budget(response *r, double weights, double *worth)
{
    double budget = (double)r->problem->L, mu = weights / budget;
    sums all = answer_to_price(r, mu);

    if (!(all.total > 0.0 && all.total < INFINITY) || !scale_answers(r, budget / all.total)) {
        return false;
    }
    r->mu = mu;
    r->scale = 1.0;
    *worth = all.worth + weights;
    return true;
}

/* ---------------------------------------------------------------------- within limits ---- */

/* sum_l min(h^2 / C, h limit s) at s = 1 / t, and its derivative by s. */
typedef struct line {
    double value, slope;
} line;

/* What AP l adds to it, per_C is its 1 / C. */
INLINE line line_of(const response *r, double s, size_t l, double per_C)
{
    double free = r->norm2[l] * per_C, rise = r->norm[l] * r->root_most[l], clipped = rise * s;

    return (line){.value = clipped < free ? clipped : free, .slope = clipped < free ? rise : 0.0};
}

CLONES(static, line, line_at, (const response *r, double s), (r, s))
{
    double value[LANES] = {0.0}, slope[LANES] = {0.0};

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            line one = line_of(r, s, first + i, r->along[first + i]);

            value[i] += one.value;
            slope[i] += one.slope;
        }
    }
    return (line){.value = sum_lanes(value), .slope = sum_lanes(slope)};
}

/* 1 / C goes to `along`; that line at t = 1, and what the answers there gain. */
CLONES(static, line, begin_within_limits, (const response *r, double *gained), (r, gained))
{
    double value[LANES] = {0.0}, slope[LANES] = {0.0}, worth[LANES] = {0.0};

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;
            double per_C = response_inverse_price(r, 0.0, l), h = r->norm[l], free = h * per_C;
            double most = r->root_most[l], rho = free > most ? most : free;
            line one = line_of(r, 1.0, l, per_C);

            r->along[l] = per_C;
            worth[i] += (2.0 * h - r->price[l] * rho) * rho;
            value[i] += one.value;
            slope[i] += one.slope;
        }
    }
    *gained = sum_lanes(worth);
    return (line){.value = sum_lanes(value), .slope = sum_lanes(slope)};
}

/* 1 / t where the line, which is `now` at 1, is at `gained`; 0 where that is nowhere, or far away. */
static double find_inverse_scale(const response *r, double gained, line now)
{
    double s = 1.0;

    for (size_t i = 0; i < MOST_SCALES; i++) {
        double next = s - (now.value - gained) / now.slope;

        if (fabs(now.value - gained) <= BUDGET_SPENT * gained) {
            return s;
        }
        if (!(now.slope > 0.0 && next * FARTHEST_SCALE > 1.0 && next < FARTHEST_SCALE)) {
            return 0.0;
        }
        s = next;
        now = line_at(r, s);
    }
    return 0.0;
}

CLONES(static, sums, answer_clipped, (const response *r, double t), (r, t))
{
    double total[LANES] = {0.0}, bound[LANES] = {0.0};

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;
            double free = t * r->norm[l] * r->along[l], rho = free > r->root_most[l] ? r->root_most[l] : free;
            double x = rho * rho;

            r->x[l] = x;
            r->s[l] = 0.0;
            r->along[l] = rho * r->per_norm[l];
            total[i] += x;
            bound[i] += is_bound(r, l, x);
        }
    }
    return (sums){.total = sum_lanes(total), .bound = sum_lanes(bound) > 0.0};
}

static bool answer_within_limits(response *r, double gained, double *worth)
{
    double inverse;
    line now;
    sums all;

    now = begin_within_limits(r, worth);
    inverse = find_inverse_scale(r, gained, now);
    if (!(inverse > 0.0)) {
        return false;
    }
    all = answer_clipped(r, 1.0 / inverse);
    r->scale = 1.0 / inverse;
    r->mu = 0.0;
    return !all.bound && all.total <= (double)r->problem->L;
}

/* --------------------------------------------------------------------------- of both ---- */

bool response_answer_scaled(response *r, const double *state, double *gain)
{
    size_t K = r->problem->K;
    double weights = 0.0, gained = 0.0, loaded = 0.0, worth = 0.0;
    bool answered;

    r->scale = 1.0;
    if (!r->free_scale || r->amplitude || r->coupled || r->cases == CASES_ALL) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        weights += r->weight[k];
        gained += r->gain[k] * state[k];
        loaded += r->weight[k] * (state[K + k] - 1.0);
    }
    answered = r->cases == CASES_FREE ? answer_to_budget(r, weights, &worth)
                                      : !(r->mu > 0.0) && answer_within_limits(r, gained, &worth);
    r->scale = answered ? r->scale : 1.0;
    *gain = worth - (2.0 * gained - loaded);
    return answered;
}
