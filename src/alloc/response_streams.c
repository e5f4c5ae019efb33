/* The response where the price of power depends on the user that it is for. docs/model.md (M19)
 *
 * An access point maximises  sum_k [ 2 v_k w_k - C_k w_k^2 ] - C_s s.  Its answers are  w_k = v_k / (C_k + t)  with one
 * number t: 0 where neither threshold nor limit binds, -C_s d1 / d2 where sensing power makes up for what is missing,
 * and else what gives x = sum_k w_k^2 the value at the kink or the limit. */
#include "alloc/response.h"

#include "alloc/constants.h"

#include <math.h>

cfi_status response_streams_init(response *r, cfi_arena *arena, cfi_error *error)
{
    size_t rows = 2 * r->problem->K + 1;
    double *memory = arena_zeros(arena, rows * r->stride, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the response of %zu access points", r->problem->L);
    }
    r->stream_price = memory;
    r->worth = memory + r->problem->K * r->stride;
    r->shift = memory + 2 * r->problem->K * r->stride;
    return CFI_OK;
}

void response_streams_price(response *r)
{
    const alloc_problem *problem = r->problem;
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        for (size_t j = 0; j < K; j++) {
            const double *load = problem->load_by_stream + K * (j + K * l);
            size_t at = problem_at(problem, j, l);
            double sum = 0.0;

            for (size_t k = 0; k < K; k++) {
                sum += r->weight[k] * load[k];
            }
            r->stream_price[at] = sum;
            r->worth[at] = r->amplitude[at];
        }
    }
}

/* x at the shift t of prices. */
static spending power_at(const response *r, size_t l, double t)
{
    spending sum = {.total = 0.0};

    for (size_t at = l; at < r->problem->K * r->stride; at += r->stride) {
        double price = r->stream_price[at] + t, w = r->worth[at] > 0.0 ? r->worth[at] / price : 0.0;

        if (r->worth[at] > 0.0 && !(price > 0.0)) {
            return (spending){.total = INFINITY};
        }
        sum.total += w * w;
        sum.slope -= r->worth[at] > 0.0 ? 2.0 * w * w / price : 0.0;
    }
    return sum;
}

/* The t at which x is `target`, above `low`, where x is more. */
static double shift_for(const response *r, size_t l, double target, double low)
{
    double high = INFINITY, t = low + r->norm[l] / sqrt(target); /* all prices alike and 0 at `low` */

    for (size_t i = 0; i < MOST_PRICES; i++) {
        spending now = power_at(r, l, t);
        double next = NAN;

        if (fabs(now.total - target) <= BUDGET_SPENT * target) {
            break;
        }
        *(now.total > target ? &low : &high) = t;
        if (now.total < INFINITY) {
            next = spending_newton(t, now, target);
        }
        if (!(next > low && next < high)) {
            next = high < INFINITY ? 0.5 * (low + high) : t + 2.0 * (t - low);
        }
        if (next == t) {
            break;
        }
        t = next;
    }
    return t;
}

/* The least price of an amplitude that is worth something: x grows without bound as t falls to minus that. */
static double least_price(const response *r, size_t l)
{
    double least = INFINITY;

    for (size_t at = l; at < r->problem->K * r->stride; at += r->stride) {
        least = r->worth[at] > 0.0 ? fmin(least, r->stream_price[at]) : least;
    }
    return least;
}

/* The answer of AP l; returns the derivative of x + s by mu. */
static double answer_alone(response *r, size_t l, double mu)
{
    double kink = r->root_kink[l] * r->root_kink[l], most = r->root_most[l] * r->root_most[l];
    double fewest = r->root_fewest[l] * r->root_fewest[l], trade = r->trade[l], pole = -least_price(r, l);
    double used = trade < INFINITY ? mu - trade * (r->sensing_price[l] + mu) : -INFINITY, kept = 1.0 - trade;
    spending free = power_at(r, l, mu), lifted = power_at(r, l, used);
    bool slack = free.total >= kink, sensed = !slack && used > pole && lifted.total < kink;
    double wanted = slack ? free.total : sensed ? lifted.total : kink, x = fmax(fmin(wanted, most), fewest);
    double missing = r->offset[l] - x * trade;

    r->x[l] = x;
    r->s[l] = missing > 0.0 ? missing : 0.0;
    r->along[l] = r->norm[l] > 0.0 ? 1.0 : 0.0;
    if (r->norm[l] > 0.0) {
        r->shift[l] = x == wanted && slack ? mu : x == wanted && sensed ? used : shift_for(r, l, x, pole);
    }
    return x != wanted ? 0.0 : slack ? free.slope : sensed ? kept * kept * lifted.slope : 0.0;
}

spending response_streams_spend(response *r, double mu)
{
    spending sum = {.total = 0.0};

    for (size_t l = 0; l < r->problem->L; l++) {
        sum.slope += answer_alone(r, l, mu);
        sum.total += r->x[l] + r->s[l];
    }
    return sum;
}

void response_streams_place(response *r)
{
    for (size_t k = 0; k < r->problem->K; k++) {
        for (size_t l = 0; l < r->problem->L; l++) {
            size_t at = problem_at(r->problem, k, l);

            r->amplitude[at] = r->worth[at] > 0.0 ? r->worth[at] / (r->stream_price[at] + r->shift[l]) : 0.0;
        }
    }
}
