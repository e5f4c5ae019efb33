/* Access points that would rather serve nobody: every amplitude costs more than it brings (v <= 0). docs/model.md (M19)
 *
 * Where sensing power makes up for what communication power does not sense, they send that alone. Where communication
 * power senses so much better that the amplitude is worth its cost, or the limit is too small for sensing power, they
 * send to the user whose v is largest: along one axis, at the kink or as little as the limit leaves. What they gain is
 * convex in rho between the two, so that it is one or the other. */
#include "alloc/response.h"

#include <math.h>

cfi_status response_lone_init(response *r, cfi_arena *arena, cfi_error *error)
{
    r->lone_worth = arena_alloc(arena, r->problem->K, sizeof *r->lone_worth);
    r->lone = arena_zeros(arena, r->problem->L, sizeof *r->lone);
    return r->lone_worth && r->lone ? CFI_OK : response_out_of_memory(r->problem, error);
}

/* v of AP l, negative numbers too. */
static void find_worth(response *r, const double *z, size_t l)
{
    const alloc_problem *problem = r->problem;
    double *v = r->lone_worth;

    for (size_t j = 0; j < problem->K; j++) {
        v[j] = r->gain[j] * problem->signal[problem_at(problem, j, l)];
    }
    for (size_t k = 0; k < problem->K; k++) {
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            v[problem->mate[m]] -= r->weight[k] * z[m] * problem_coherent_row(problem, k, m)[l];
        }
    }
}

/* The user that is served whose v is largest. */
static size_t best_user(const response *r, size_t l)
{
    const alloc_problem *problem = r->problem;
    size_t best = problem->K;

    for (size_t j = 0; j < problem->K; j++) {
        bool served = problem->signal[problem_at(problem, j, l)] > 0.0;

        if (served && (best == problem->K || r->lone_worth[j] > r->lone_worth[best])) {
            best = j;
        }
    }
    return best;
}

static double price_of_stream(const response *r, size_t j, size_t l)
{
    const alloc_problem *problem = r->problem;
    double price = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        price += r->weight[k] * problem_load(problem, k, j, l);
    }
    return price;
}

/* What is gained with amplitude rho for user j. */
static double gain_at(const response *r, size_t j, size_t l, double price, double rho)
{
    double mu = r->mu > 0.0 ? r->mu : 0.0, missing = r->offset[l] - rho * rho * r->trade[l];

    return 2.0 * r->lone_worth[j] * rho - (price + mu) * rho * rho -
           (missing > 0.0 ? (r->sensing_price[l] + mu) * missing : 0.0);
}

/* The amplitude of AP l for user j: the more rewarding end of what it may be. */
static double choose_end(const response *r, size_t j, size_t l)
{
    double least = r->trade[l] < INFINITY ? sqrt(r->problem->sensing.fewest[l]) : r->root_kink[l];
    double most = fmax(fmin(r->root_kink[l], sqrt(r->problem->sensing.most[l])), least),
           price = price_of_stream(r, j, l);

    return gain_at(r, j, l, price, most) > gain_at(r, j, l, price, least) ? most : least;
}

static void settle(response *r, const double *z, size_t l)
{
    size_t j;
    double rho;

    find_worth(r, z, l);
    j = best_user(r, l);
    rho = j < r->problem->K ? choose_end(r, j, l) : 0.0;
    r->lone[l] = true;
    r->root_most[l] = r->root_fewest[l] = rho;
    if (rho > 0.0) {
        r->norm2[l] = r->norm[l] = r->per_norm[l] = r->amplitude[problem_at(r->problem, j, l)] = 1.0;
    }
}

void response_settle_lone(response *r, const double *z)
{
    const alloc_sensing *sensing = &r->problem->sensing;

    for (size_t l = 0; l < r->problem->L; l++) {
        if (r->lone[l]) {
            r->lone[l] = false;
            r->root_most[l] = sqrt(sensing->most[l]);
            r->root_fewest[l] = sqrt(sensing->fewest[l]);
        }
        if (!(r->norm[l] > 0.0) && !sensing_is_idle(sensing, l)) {
            settle(r, z, l);
        }
    }
}
