/* What a number of realisations can estimate. docs/model.md (M17).
 *
 * AP l lights the target by v_l = C_l^T g_l + sqrt(N) e_l in one realisation: g_l has one circular normal entry per
 * pilot that carries power there, row i of C_l holds sqrt(p_kl) of the users with pilot i, e_l = (sqrt(s_l / K))_k.
 * Its derivative across the array's own direction is C_l^T g'_l with g'_l independent of g_l. */
#include "metrics/estimable.h"

#include "cfisac/channel.h"

#include <math.h>
#include <string.h>

/* Of what an AP radiates: powers below are what the end of an allocation leaves (1e-16 seen), or rounding of a
 * difference of powers. No number of realisations would see them. */
static const double NO_POWER = 1e-12;

/* ------------------------------------------------------------------------- multistatic ---- */

/* Of a number of realisations: sums of shares come out above a whole number by rounding. */
static const double SLACK = 1e-9;

bool estimable_from(double realizations, double needed)
{
    return realizations >= needed * (1.0 - SLACK);
}

/* Columns of unit length, r_kl = sqrt(x_kl / x_l); 0 where AP l serves nobody. Returns how many APs radiate. */
static size_t fill_shares(const cfi_network *network, const cfi_powers *powers, double *r)
{
    size_t K = network->K, radiating = 0;

    for (size_t l = 0; l < network->L; l++) {
        double total = metrics_comm_power(K, powers, l);

        for (size_t k = 0; k < K; k++) {
            r[k + K * l] = total > 0.0 ? sqrt(powers->p[k + K * l] / total) : 0.0;
        }
        radiating += total + powers->s[l] > 0.0 ? 1 : 0;
    }
    return radiating;
}

/* Q = sum_l S_l: r_jl r_kl summed over the APs where users j and k share a pilot. Returns how many users are served. */
static size_t add_covariances(const cfi_network *network, const double *r, double *Q)
{
    size_t K = network->K, served = 0;

    for (size_t j = 0; j < K; j++) {
        for (size_t k = 0; k < K; k++) {
            double sum = 0.0;

            for (size_t l = 0; l < network->L && network->pilot[j] == network->pilot[k]; l++) {
                sum += r[j + K * l] * r[k + K * l];
            }
            Q[k + K * j] = sum;
        }
        served += Q[j + K * j] > 0.0 ? 1 : 0;
    }
    return served;
}

/* tr(S_p S) for S = Q: sum_jk r_jp r_kp S_jk. Summed over l it is what as many unknown gains take of AP p's residual,
 * in realisations and to first order; users of equal power make it L / K. */
static double overlap(size_t K, const double *r, const double *Q)
{
    double sum = 0.0;

    for (size_t j = 0; j < K; j++) {
        for (size_t k = 0; k < K; k++) {
            sum += r[j] * Q[k + K * j] * r[k];
        }
    }
    return sum;
}

/* tr(S_p S_p) */
static double own_overlap(const cfi_network *network, const double *r)
{
    double sum = 0.0;

    for (size_t j = 0; j < network->K; j++) {
        for (size_t k = 0; k < network->K; k++) {
            sum += network->pilot[j] == network->pilot[k] ? r[j] * r[j] * r[k] * r[k] : 0.0;
        }
    }
    return sum;
}

cfi_status estimable_multistatic(const cfi_network *network, const cfi_powers *powers, cfi_arena *arena,
                                 multistatic_needs *needs, cfi_error *error)
{
    size_t K = network->K, L = network->L, radiating, served;
    double *r, *Q;
    cfi_arena_mark mark;

    *needs = (multistatic_needs){.least = arena_alloc(arena, L, sizeof(double)),
                                 .one_more = arena_alloc(arena, L, sizeof(double))};
    mark = arena_mark(arena);
    r = arena_alloc(arena, K * L, sizeof *r);
    Q = arena_alloc(arena, K * K, sizeof *Q);
    if (!needs->least || !needs->one_more || !r || !Q) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the Monte Carlo of the multistatic bound");
    }
    radiating = fill_shares(network, powers, r);
    served = add_covariances(network, r, Q);
    for (size_t p = 0; p < L; p++) {
        needs->least[p] = served > 0 ? fmax((double)radiating / (double)served, overlap(K, r + K * p, Q)) : 0.0;
        needs->one_more[p] = own_overlap(network, r + K * p);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

/* ---------------------------------------------------------------- mean of the blocks' bounds ---- */

/* Users of one pilot at an AP. */
typedef struct pilot_share {
    double power, sensing, along; /* sums of p_k, 0 where it is none, and s / K; of sqrt(p_k s / K) */
} pilot_share;

static pilot_share share_of_pilot(const cfi_network *network, const cfi_powers *powers, size_t p, size_t pilot,
                                  double least)
{
    double stream = powers->s[p] / (double)network->K;
    pilot_share share = {0.0, 0.0, 0.0};

    for (size_t k = 0; k < network->K; k++) {
        double power = powers->p[k + network->K * p];

        if (network->pilot[k] == pilot) {
            share.power += power;
            share.sensing += stream;
            share.along += sqrt(power * stream);
        }
    }
    share.power = share.power > least ? share.power : 0.0;
    return share;
}

static bool first_of_its_pilot(const cfi_network *network, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        if (network->pilot[j] == network->pilot[k]) {
            return false;
        }
    }
    return true;
}

double estimable_block_order(const cfi_network *network, const cfi_powers *powers, size_t p)
{
    double pilots = 0.0, outside = 0.0; /* pilots with power; of norm(e)^2, what C^T g cannot cancel */
    bool lit = network->system->M > 1, turned = network->system->N > 1;
    double least = NO_POWER * (metrics_comm_power(network->K, powers, p) + powers->s[p]);

    for (size_t k = 0; k < network->K; k++) {
        if (first_of_its_pilot(network, k)) {
            pilot_share share = share_of_pilot(network, powers, p, network->pilot[k], least);

            pilots += share.power > 0.0 ? 1.0 : 0.0;
            outside += share.sensing - (share.power > 0.0 ? share.along * share.along / share.power : 0.0);
        }
    }
    if (outside > least) {
        return lit ? INFINITY : turned ? pilots : 0.0;
    }
    return (lit ? pilots : 0.0) + (turned ? fmax(pilots - 1.0, 0.0) : 0.0);
}
