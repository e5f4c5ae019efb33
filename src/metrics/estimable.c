/* What a number of realisations can estimate. docs/model.md (M17).
 *
 * AP l lights the target by v_l = C_l^T g_l + sqrt(N) e_l in one realisation: g_l has one circular normal entry per
 * pilot that carries power there, row i of C_l holds sqrt(p_kl) of the users with pilot i, e_l = (sqrt(s_l / K))_k.
 * Its derivative across the array's own direction is C_l^T g'_l with g'_l independent of g_l. That is i.i.d. fading;
 * over any other streams of one pilot differ, which only adds entries to g_l: what the orders below call finite is. */
#include "metrics/estimable.h"

#include <math.h>

/* Of what an AP radiates: powers below are what the end of an allocation leaves (1e-16 seen), or rounding of a
 * difference of powers. No number of realisations would see them. */
static const double NO_POWER = 1e-12;

/* Of a number of realisations: sums of shares come out above a whole number by rounding. */
static const double ESTIMABLE_SLACK = 1e-9;

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

/* Over i.i.d. fading streams of one pilot are all alike, those of several have nothing to do with each other, and all
 * light the target by their power. Where fading has directions one may be alone in doing so: the largest overlap. */
double estimable_overlap(const cfi_network *network, const cfi_powers *powers, size_t p)
{
    double total = metrics_comm_power(network->K, powers, p), sum = 0.0;

    if (!channel_is_iid(network)) {
        return total > 0.0 ? 1.0 : 0.0;
    }
    for (size_t k = 0; k < network->K && total > 0.0; k++) {
        if (first_of_its_pilot(network, k)) {
            double share = share_of_pilot(network, powers, p, network->pilot[k], 0.0).power / total;

            sum += share * share;
        }
    }
    return sum;
}

bool estimable_from(double realizations, double needed)
{
    return realizations >= needed * (1.0 - ESTIMABLE_SLACK);
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
