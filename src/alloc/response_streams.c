/* The response where the price of power depends on the user that it is for. docs/model.md (M19)
 *
 * An access point maximises  sum_k [ 2 v_k w_k - C_k w_k^2 ] - C_s s.  Its answers are  w_k = v_k / (C_k + t)  with one
 * number t: 0 where neither threshold nor limit binds, -C_s d1 / d2 where sensing power makes up for what is missing,
 * and else what gives x = sum_k w_k^2 the value at the kink or the limit. LANES access points answer at once. */
#include "alloc/response.h"

#include "alloc/constants.h"
#include "base/clones.h"

#include <math.h>

cfi_status response_streams_init(response *r, cfi_arena *arena, cfi_error *error)
{
    size_t rows = 2 * r->problem->K + 3;
    double *memory = arena_zeros(arena, rows * r->stride, sizeof *memory);

    if (!memory) {
        return response_out_of_memory(r->problem, error);
    }
    r->stream_price = memory;
    r->worth = memory + r->problem->K * r->stride;
    r->shift = memory + 2 * r->problem->K * r->stride;
    r->pole = r->shift + r->stride;
    r->last_shift = r->pole + r->stride;
    return CFI_OK;
}

/* Minus the least price of an amplitude that is worth something: x grows without bound as t falls to it. */
CLONES(static, void, find_poles, (response * r), (r))
{
    for (size_t l = 0; l < r->stride; l++) {
        r->pole[l] = -INFINITY;
    }
    for (size_t k = 0; k < r->problem->K; k++) {
        const double *restrict price = r->stream_price + r->stride * k, *restrict worth = r->worth + r->stride * k;
        double *restrict pole = r->pole;

        for (size_t l = 0; l < r->stride; l++) {
            double here = worth[l] > 0.0 ? -price[l] : -INFINITY;

            pole[l] = here > pole[l] ? here : pole[l];
        }
    }
}

void response_streams_price(response *r)
{
    double *spare = r->worth;

    for (size_t l = 0; r->mu < 0.0 && l < r->stride; l++) { /* the first answer of a climb looks back at none */
        r->last_shift[l] = -INFINITY;
    }
    problem_price_streams(r->problem, r->weight, 0, r->problem->L, r->stream_price);
    r->worth = r->amplitude; /* v stays; amplitudes go where the last ones' v was */
    r->amplitude = spare;
    find_poles(r);
}

typedef struct powers_of_line {
    double total[LANES], slope[LANES];
} powers_of_line;

/* x at the shifts t of prices of LANES access points from `first` on, and its derivative. */
CLONES(static, void, powers_at, (const response *r, size_t first, const double *restrict t, powers_of_line *restrict x),
       (r, first, t, x))
{
    double total[LANES] = {0.0}, slope[LANES] = {0.0}, beyond[LANES] = {0.0};

    for (size_t k = 0; k < r->problem->K; k++) {
        const double *restrict price = r->stream_price + r->stride * k + first;
        const double *restrict worth = r->worth + r->stride * k + first;

#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            double paid = price[i] + t[i], inverse = 1.0 / (worth[i] > 0.0 ? paid : 1.0), w = worth[i] * inverse;
            double power = w * w;

            total[i] += power;
            slope[i] -= 2.0 * power * inverse;
            beyond[i] = worth[i] > 0.0 && !(paid > 0.0) ? INFINITY : beyond[i];
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        x->total[i] = beyond[i] > 0.0 ? INFINITY : total[i];
        x->slope[i] = beyond[i] > 0.0 ? 0.0 : slope[i];
    }
}

/* ----------------------------------------------------------------------- at one price ---- */

/* Where sensing power makes up for what is missing, the shift of prices at mu. */
static double used_shift(const response *r, double mu, size_t l)
{
    double trade = r->trade[l];

    return trade < INFINITY ? mu - trade * (r->sensing_price[l] + mu) : -INFINITY;
}

/* The answer of AP l from its powers at the two shifts that leave it free; returns the derivative of x + s by mu. */
static double answer_alone(response *r, size_t l, double mu, spending free, spending lifted)
{
    double kink = r->root_kink[l] * r->root_kink[l], most = r->root_most[l] * r->root_most[l];
    double fewest = r->root_fewest[l] * r->root_fewest[l], trade = r->trade[l], kept = 1.0 - trade;
    double used = used_shift(r, mu, l);
    bool slack = free.total >= kink, sensed = !slack && used > r->pole[l] && lifted.total < kink;
    double wanted = slack ? free.total : sensed ? lifted.total : kink, x = fmax(fmin(wanted, most), fewest);
    double missing = r->offset[l] - x * trade;

    r->x[l] = x;
    r->s[l] = missing > 0.0 ? missing : 0.0;
    r->along[l] = r->norm[l] > 0.0 ? 1.0 : 0.0;
    r->shift[l] = x == wanted && slack ? mu : x == wanted && sensed ? used : NAN; /* not a number: to be found */
    return x != wanted ? 0.0 : slack ? free.slope : sensed ? kept * kept * lifted.slope : 0.0;
}

spending response_streams_spend(response *r, double mu)
{
    spending sum = {.bend = NAN};

    for (size_t first = 0; first < r->problem->L; first += LANES) {
        size_t count = r->problem->L - first < LANES ? r->problem->L - first : LANES;
        powers_of_line free, lifted = {.total = {0.0}};
        double shift[LANES];
        bool lift = false;

        for (size_t i = 0; i < LANES; i++) {
            shift[i] = mu;
        }
        powers_at(r, first, shift, &free);
        for (size_t i = 0; i < count; i++) {
            double used = used_shift(r, mu, first + i);

            shift[i] = used > r->pole[first + i] ? used : mu;
            lift = lift || (used > -INFINITY && !(free.total[i] >= r->root_kink[first + i] * r->root_kink[first + i]));
        }
        if (lift) {
            powers_at(r, first, shift, &lifted);
        }
        for (size_t i = 0; i < count; i++) {
            spending one = {.total = free.total[i], .slope = free.slope[i], .bend = NAN};

            sum.slope +=
                answer_alone(r, first + i, mu, one, (spending){.total = lifted.total[i], .slope = lifted.slope[i]});
            sum.total += r->x[first + i] + r->s[first + i];
        }
    }
    return sum;
}

/* ---------------------------------------------------------------------- where x is known ---- */

/* The search for the t at which x is `target`, above `low`, where x is more. */
typedef struct shift_search {
    double t, low, high, target;
    bool found;
} shift_search;

/* Where all prices are alike, and 0 at the pole, that is the answer; the last one found is nearer. */
static shift_search begin_search(const response *r, size_t l)
{
    shift_search s = {.low = r->pole[l], .high = INFINITY, .target = r->x[l]};

    s.found = !(isnan(r->shift[l]) && r->norm[l] > 0.0);
    s.t = s.found ? 0.0 : r->last_shift[l] > s.low ? r->last_shift[l] : s.low + r->norm[l] / sqrt(s.target);
    return s;
}

static void search_on(shift_search *s, spending now)
{
    double next = NAN, t = s->t;

    if (fabs(now.total - s->target) <= BUDGET_SPENT * s->target) {
        s->found = true;
        return;
    }
    *(now.total > s->target ? &s->low : &s->high) = t;
    if (now.total < INFINITY) {
        next = spending_newton(t, now, s->target);
    }
    if (!(next > s->low && next < s->high)) {
        next = s->high < INFINITY ? 0.5 * (s->low + s->high) : t + 2.0 * (t - s->low);
    }
    s->found = next == t;
    s->t = next;
}

/* The shifts of LANES access points from `first` on that are not known yet. */
static void find_shifts(response *r, size_t first, size_t count)
{
    shift_search search[LANES];
    double t[LANES] = {0.0};
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        search[i] = begin_search(r, first + i);
        left += !search[i].found;
    }
    for (size_t tries = 0; tries < MOST_PRICES && left > 0; tries++) {
        powers_of_line x;

        for (size_t i = 0; i < count; i++) {
            t[i] = search[i].t;
        }
        powers_at(r, first, t, &x);
        left = 0;
        for (size_t i = 0; i < count; i++) {
            if (!search[i].found) {
                search_on(&search[i], (spending){.total = x.total[i], .slope = x.slope[i], .bend = NAN});
            }
            left += !search[i].found;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (isnan(r->shift[first + i])) {
            r->shift[first + i] = r->norm[first + i] > 0.0 ? search[i].t : 0.0;
            r->last_shift[first + i] = r->shift[first + i];
        }
    }
}

CLONES(static, void, place_row,
       (size_t count, const double *restrict worth, const double *restrict price, const double *restrict shift,
        double *restrict w),
       (count, worth, price, shift, w))
{
    for (size_t l = 0; l < count; l++) {
        double paid = worth[l] > 0.0 ? price[l] + shift[l] : 1.0;

        w[l] = worth[l] / paid;
    }
}

CLONES(static, void, yield_row,
       (size_t count, const double *restrict worth, const double *restrict w, double *restrict yield),
       (count, worth, w, yield))
{
    for (size_t l = 0; l < count; l++) {
        double per = 1.0 / (worth[l] > 0.0 ? worth[l] : 1.0);

        yield[l] = w[l] * per;
    }
}

void response_streams_place(response *r)
{
    size_t L = r->problem->L;

    for (size_t first = 0; first < L; first += LANES) {
        find_shifts(r, first, L - first < LANES ? L - first : LANES);
    }
    for (size_t k = 0; k < r->problem->K; k++) {
        size_t at = r->stride * k;

        place_row(r->stride, r->worth + at, r->stream_price + at, r->shift, r->amplitude + at);
        if (r->damping) {
            yield_row(r->stride, r->worth + at, r->amplitude + at, r->yield + at);
        }
    }
}
