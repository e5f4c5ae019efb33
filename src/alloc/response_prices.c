/* What users pay and cost the access points: v, h^2, C and C_s. docs/model.md (M19). */
#include "alloc/response.h"

#include "base/threads.h"

#include <string.h>

/* Access points whose numbers stay in the nearest cache while users pass by. */
enum { AP_TILE = 256 };
/* The same where there is one row of them: long enough for reading to be foreseen. */
enum { ROW_TILE = 1024 };

/* Users whose numbers are added up at once: sums of a tile are read and written that much less often. */
enum { USERS_AT_ONCE = 4 };

/* What `users` users from k on add to norm^2 of v and to C of a tile, which they begin or not; all are constants. */
INLINE void price_users(const response *r, size_t k, size_t users, bool begin, size_t first, size_t count)
{
    double *norm2 = r->norm2 + first, *price = r->price + first, gain[USERS_AT_ONCE], weight[USERS_AT_ONCE];
    const double *signal[USERS_AT_ONCE], *load[USERS_AT_ONCE];
    size_t whole = count / LANES * LANES; /* count, of which the compiler knows that no vector is cut */

    for (size_t i = 0; i < users; i++) {
        signal[i] = r->problem->signal + r->stride * (k + i) + first;
        load[i] = r->problem->load + r->stride * (k + i) + first;
        gain[i] = r->gain[k + i];
        weight[i] = r->weight[k + i];
    }
#pragma omp simd
    for (size_t l = 0; l < whole; l++) {
        double sum = begin ? 0.0 : norm2[l], cost = begin ? 0.0 : price[l];

        for (size_t i = 0; i < users; i++) {
            double v = gain[i] * signal[i][l];

            sum += v * v;
            cost += weight[i] * load[i][l];
        }
        norm2[l] = sum;
        price[l] = cost;
    }
}

/* norm^2 of v and C of a tile. */
CLONES(static, void, price_tile, (const response *r, size_t first, size_t count), (r, first, count))
{
    size_t K = r->problem->K, k = K % USERS_AT_ONCE;

    switch (k) {
    case 0:
        price_users(r, 0, USERS_AT_ONCE, true, first, count);
        k = USERS_AT_ONCE;
        break;
    case 1:
        price_users(r, 0, 1, true, first, count);
        break;
    case 2:
        price_users(r, 0, 2, true, first, count);
        break;
    default:
        price_users(r, 0, 3, true, first, count);
    }
    for (; k < K; k += USERS_AT_ONCE) {
        price_users(r, k, USERS_AT_ONCE, false, first, count);
    }
}

/* sum_k weight_k load_kl of a tile. */
CLONES(static, void, price_rows,
       (const response *r, const double *loads, size_t first, size_t count, double *restrict price),
       (r, loads, first, count, price))
{
    for (size_t l = 0; l < count; l++) {
        price[l] = 0.0;
    }
    for (size_t k = 0; k < r->problem->K; k++) {
        const double *restrict load = loads + r->stride * k + first;
        double weight = r->weight[k];

        for (size_t l = 0; l < count; l++) {
            price[l] += weight * load[l];
        }
    }
}

/* The same of access points first .. end - 1. */
static void price_loads(const response *r, const double *loads, size_t first, size_t end, double *price)
{
    for (; first < end; first += ROW_TILE) {
        price_rows(r, loads, first, rows_at_most(end - first, ROW_TILE), price + first);
    }
}

CLONES(static, void, scale_row, (size_t count, double factor, const double *restrict from, double *restrict to),
       (count, factor, from, to))
{
    for (size_t l = 0; l < count; l++) {
        to[l] = factor * from[l];
    }
}

/* v of a tile where streams of one pilot add up coherently at each other's users, pair by pair. */
static void pay_pairs(const response *r, ap_range aps, const double *z, const pairs_worth *worth)
{
    const alloc_problem *problem = r->problem;

    for (size_t j = 0; j < problem->K; j++) {
        size_t at = r->stride * j + aps.first;

        scale_row(aps.count, r->gain[j], problem->signal + at, worth->v + at);
    }
    for (size_t k = 0; k < problem->K; k++) {
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            rows_subtract(aps.count, r->weight[k] * z[m], problem_coherent_row(problem, k, m) + aps.first,
                          worth->v + r->stride * problem->mate[m] + aps.first);
        }
    }
    for (size_t j = 0; j < problem->K; j++) {
        size_t at = r->stride * j;

        pairs_clip(worth, r->gain[j] > 0.0, at, aps, worth->v + at + aps.first);
    }
}

/* That v, clipped, and its squared norm; whole vectors. */
static void pay_coherent_tile(const response *r, ap_range aps, const double *z)
{
    const alloc_problem *problem = r->problem;
    pairs_prices prices = {.gain = r->gain, .weight = r->weight, .z = z};
    pairs_worth worth = {.v = r->amplitude, .norm2 = r->norm2};

    memset(r->norm2 + aps.first, 0, aps.count * sizeof *r->norm2);
    for (size_t group = 0; group < problem->groups; group++) {
        pairs_pay(problem, group, &prices, aps, &worth);
    }
    if (problem->groups == 0) {
        pay_pairs(r, aps, z, &worth);
    }
}

/* What the threads share. */
typedef struct price_job {
    const response *r;
    const double *z; /* of the state */
} price_job;

/* h^2, C and C_s of the access points first .. end - 1, in tiles, without mu; whole vectors, as threads_even_part makes
 * parts. */
static void price_aps(void *context, size_t thread, size_t first, size_t end)
{
    const price_job *job = context;
    const response *r = job->r;

    (void)thread;
    if (r->amplitude && !r->problem->load_by_stream) {
        price_loads(r, r->problem->load, first, end, r->price);
    }
    if (r->sensing_price != r->price) {
        price_loads(r, r->problem->sensing_load, first, end, r->sensing_price);
    }
    for (; first < end; first += AP_TILE) {
        size_t count = rows_at_most(end - first, AP_TILE);

        if (!r->amplitude) {
            price_tile(r, first, count);
        }
        if (r->amplitude) {
            pay_coherent_tile(r, (ap_range){.first = first, .count = count}, job->z);
        }
        if (response_needs_roots(r)) {
            response_take_roots(r, first, count);
        }
    }
}

void response_price(response *r, const double *z)
{
    price_job job = {.r = r, .z = z};
    size_t threads = r->problem->link->threads, pairs_each = 1 + r->pairs / r->problem->K;

    threads_share(threads, r->stride, threads_even_part(threads, r->stride, r->problem->K * pairs_each), price_aps,
                  &job);
    if (r->lone) {
        response_settle_lone(r, z);
    }
    if (r->problem->load_by_stream) {
        response_streams_price(r);
    }
}
