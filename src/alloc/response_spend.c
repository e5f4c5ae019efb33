/* The answers of the access points at a price of the budget, and that price. docs/model.md (M19). */
#include "alloc/response.h"

#include "alloc/constants.h"

#include <math.h>

/* Of squares; the inverse of 0 is 0. */
CLONES(static, void, take_roots,
       (size_t count, const double *restrict square, double *restrict value, double *restrict inverse),
       (count, square, value, inverse))
{
    for (size_t l = 0; l < count; l++) {
        double root = sqrt(square[l]);

        value[l] = root;
        inverse[l] = root > 0.0 ? 1.0 / root : 0.0;
    }
}

void response_take_roots(const response *r, size_t first, size_t count)
{
    take_roots(count, r->norm2 + first, r->norm + first, r->per_norm + first);
}

/* -------------------------------------------------------------------------- at one price ---- */

typedef struct one_answer {
    double x, s, along;
    double fall, turn;  /* of x + s by mu: minus half the first derivative, a sixth of the second */
    bool tied, clipped; /* a threshold binds; a limit does */
} one_answer;

/* What is missing of a threshold is sensing power. */
INLINE one_answer answer_with(const response *r, size_t l, double x, double along)
{
    double missing = r->offset[l] - x * r->trade[l];

    return (one_answer){.x = x, .s = missing > 0.0 ? missing : 0.0, .along = along};
}

/* As if all were free; says where they are not. */
INLINE one_answer answer_free(const response *r, double mu, size_t l)
{
    double per_C = response_inverse_price(r, mu, l), x = r->norm2[l] * per_C * per_C;
    double kink = r->root_kink[l], most = r->root_most[l], fewest = r->root_fewest[l];
    one_answer one = answer_with(r, l, x, per_C);

    one.fall = x * per_C;
    one.turn = one.fall * per_C;
    one.tied = !(x >= kink * kink);
    one.clipped = x > most * most || x < fewest * fewest;
    return one;
}

/* The closed cases, without branches. Where no threshold binds (`slack`) the case of sensing power that makes up for
 * what is missing is left out; that it does bind is said. */
INLINE one_answer answer_bounded(const response *r, double mu, size_t l, bool all_slack)
{
    double h = r->norm[l], kink = r->root_kink[l], trade = r->trade[l], kept = 1.0 - trade;
    double per_C = response_inverse_price(r, mu, l), free = h * per_C;
    double below = all_slack ? 0.0 : r->price[l] + mu - (r->sensing_price[l] + mu) * trade;
    double per_below = all_slack ? 0.0 : 1.0 / below, used = h * per_below;
    bool slack = free >= kink, lifted = !all_slack && below > 0.0 && used < kink;
    double wanted = slack ? free : lifted ? used : kink, curve = slack ? per_C : lifted ? kept * per_below : 0.0;
    double clipped = wanted > r->root_most[l] ? r->root_most[l] : wanted;
    double rho = clipped < r->root_fewest[l] ? r->root_fewest[l] : clipped;
    one_answer one = answer_with(r, l, rho * rho, rho * r->per_norm[l]);

    one.clipped = rho != wanted;
    one.fall = one.clipped ? 0.0 : one.x * (slack ? curve : kept * curve);
    one.turn = one.fall * curve;
    one.tied = !slack;
    return one;
}

/* Power at a price, and what cases that takes. */
typedef struct answers {
    spending spent;
    response_cases cases;
} answers;

INLINE double larger_bound(double a, double b)
{
    return a > b ? a : b;
}

INLINE double largest_lane(const double *lane)
{
    return larger_bound(larger_bound(larger_bound(lane[0], lane[4]), larger_bound(lane[2], lane[6])),
                        larger_bound(larger_bound(lane[1], lane[5]), larger_bound(lane[3], lane[7])));
}

/* LANES sums, so that the order of the additions does not depend on the length of vectors. */
INLINE answers answer_all(const response *r, double mu, response_cases cases)
{
    double total[LANES] = {0.0}, fall[LANES] = {0.0}, turn[LANES] = {0.0}, bound[LANES] = {0.0};
    double most;

    for (size_t first = 0; first < r->stride; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;
            one_answer one =
                cases == CASES_FREE ? answer_free(r, mu, l) : answer_bounded(r, mu, l, cases == CASES_CLIPPED);
            double bind = one.tied ? CASES_ALL : one.clipped ? CASES_CLIPPED : CASES_FREE;

            r->x[l] = one.x;
            r->s[l] = one.s;
            r->along[l] = one.along;
            total[i] += one.x + one.s;
            fall[i] += one.fall;
            turn[i] += one.turn;
            bound[i] = larger_bound(bind, bound[i]);
        }
    }
    most = largest_lane(bound);
    return (answers){
        .spent = {.total = sum_lanes(total), .slope = -2.0 * sum_lanes(fall), .bend = 6.0 * sum_lanes(turn)},
        .cases = most > CASES_CLIPPED ? CASES_ALL
                 : most > CASES_FREE  ? CASES_CLIPPED
                                      : CASES_FREE};
}

CLONES(static, answers, answer_all_free, (const response *r, double mu), (r, mu))
{
    return answer_all(r, mu, CASES_FREE);
}

CLONES(static, answers, answer_all_clipped, (const response *r, double mu), (r, mu))
{
    return answer_all(r, mu, CASES_CLIPPED);
}

CLONES(static, answers, answer_all_cases, (const response *r, double mu), (r, mu))
{
    return answer_all(r, mu, CASES_ALL);
}

static answers answer_in(const response *r, double mu, response_cases cases)
{
    return cases == CASES_FREE      ? answer_all_free(r, mu)
           : cases == CASES_CLIPPED ? answer_all_clipped(r, mu)
                                    : answer_all_cases(r, mu);
}

/* The cases of the last answer are tried first; *needed is what this price needs. */
static spending spend_alike(response *r, double mu, response_cases *needed)
{
    answers all = answer_in(r, mu, r->cases);

    while (all.cases > r->cases) {
        if (!response_needs_roots(r)) {
            response_take_roots(r, 0, r->stride);
        }
        r->cases = all.cases;
        all = answer_in(r, mu, r->cases);
    }
    *needed = all.cases;
    return all.spent;
}

/* What all radiate at one mu; leaves the answers in r. */
static spending spend(response *r, double mu, response_cases *needed)
{
    return r->problem->load_by_stream ? response_streams_spend(r, mu) : spend_alike(r, mu, needed);
}

/* ---------------------------------------------------------------------------- the budget ---- */

/* The price at which all would be spent if interference cost nothing. */
static double first_price(const response *r)
{
    return sqrt(rows_product(r->stride, r->norm, r->norm) / (double)r->problem->L);
}

/* In the middle of a bracket; of its logarithms where it is wide. */
static double between(double low, double high)
{
    return low > 0.0 && high > 4.0 * low ? sqrt(low * high) : 0.5 * (fmax(low, 0.0) + high);
}

/* Finds the mu >= 0 at which the budget is spent (0: it need not be), by Newton's method within a bracket. */
static bool find_price(response *r, response_cases *needed)
{
    double budget = (double)r->problem->L, mu = r->mu >= 0.0 ? r->mu : first_price(r);
    double low = -1.0, high = INFINITY; /* low < 0: 0 was not tried */

    for (size_t i = 0; i < MOST_PRICES; i++) {
        spending now = spend(r, mu, needed);
        bool over = !(now.total <= budget);
        double next = NAN;

        r->mu = mu;
        if (fabs(now.total - budget) <= BUDGET_SPENT * budget || (mu == 0.0 && !over)) {
            return true;
        }
        low = over ? mu : low;
        high = over ? high : mu;
        if (now.slope < 0.0 && now.total < INFINITY) {
            next = spending_newton(mu, now, budget);
        }
        if (!over && low < 0.0 && !(next > 0.0)) {
            next = 0.0;
        } else if (!(next > low && next < high)) {
            next = high < INFINITY ? between(low, high) : fmax(4.0 * mu, FIRST_PRICE);
        }
        if (next == mu || next == low || next == high) {
            return now.total <= budget * (1.0 + 1e3 * BUDGET_SPENT);
        }
        mu = next;
    }
    return false;
}

bool response_find_price(response *r)
{
    response_cases needed = r->cases;
    bool found = find_price(r, &needed);

    r->cases = needed;
    return found;
}
