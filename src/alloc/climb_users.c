/* Users that are on their way to zero in a climb, and back. docs/model.md (M19). */
#include "alloc/climb.h"

#include "alloc/constants.h"

#include <math.h>

/* The SINR below which a user is weak: where all signals are far below the noise, beside the strongest. */
static double weak_sinr(const climb *c, const double *state)
{
    size_t K = c->problem->K;
    double strongest = 0.0;

    for (size_t k = 0; k < K; k++) {
        strongest = fmax(strongest, state[k] * state[k] / state[K + k]);
    }
    return FADING_SINR * fmin(strongest, 1.0);
}

/* A user that loses power in every step goes to zero, geometrically, and holds up the rest: it is silenced. Not where
 * its stream would weaken others' (coordinates.h). */
void climb_silence_fading(climb *c)
{
    size_t K = c->problem->K;
    double least = weak_sinr(c, c->answer);
    bool any = false;

    for (size_t k = 0; k < K && c->problem->objective->revives; k++) {
        double u = c->answer[k], before = c->state[k], noise = c->answer[K + k];
        bool weak = u > 0.0 && u * u < least * noise && !targets_need(c->problem, k);

        c->fading[k] = weak && u * sqrt(c->state[K + k]) < FADING * before * sqrt(noise) ? c->fading[k] + 1 : 0;
        if (c->fading[k] >= FADED && c->revived[k] < REVIVALS) {
            c->answer[k] = 0.0;
            any = true;
        }
    }
    if (any) {
        anderson_forget(&c->history);
    }
}

/* rho_l / h_l of an access point all of whose users are silent, for little h: all of what its threshold wants of
 * communication power, or what pays. */
static double first_answer(const response *map, size_t l)
{
    return map->x[l] > 0.0 ? INFINITY
                           : 1.0 / (map->price[l] + map->mu - map->trade[l] * (map->sensing_price[l] + map->mu));
}

/* sum_l signal_kl^2 rho_l / h_l: by how much the map multiplies a small u_k / I_k. */
static double growth(const climb *c, size_t k)
{
    const double *signal = c->problem->signal + c->problem->stride * k;
    double sum = rows_triple(c->problem->stride, signal, signal, c->map.along);

    for (size_t l = 0; c->problem->link->served && l < c->problem->L; l++) {
        if (signal[l] > 0.0 && !(c->map.norm2[l] > 0.0)) {
            sum += signal[l] * signal[l] * first_answer(&c->map, l);
        }
    }
    return sum;
}

/* Gives the silent users that would gain power again a little of it. Not with pilots that are shared, where others add
 * up coherently at such a user and other starts serve it, nor where prices differ by user, which growth() does not
 * know: there revive.c does the same at the end. True when there are any. */
bool climb_revive_silent(climb *c)
{
    size_t K = c->problem->K;
    bool any = false;

    for (size_t k = 0; k < K && c->problem->objective->revives && !c->map.amplitude; k++) {
        if (c->best[k] == 0.0 && c->revived[k] < REVIVALS &&
            growth(c, k) * problem_weight(c->problem, k) > c->best[K + k] * (1.0 + FAR_BELOW)) {
            c->state[k] = sqrt(weak_sinr(c, c->best) * c->best[K + k]);
            c->from[k] = log(c->state[k]);
            c->revived[k]++;
            c->fading[k] = 0;
            any = true;
        }
    }
    return any;
}

/* Each user counts by the root of its part SINR / (1 + SINR) in how the objective bends: what is hardly served may be
 * on its way for long, and says little of the others. With shared pilots it still says how it weakens them; where
 * sensing couples access points all count alike, since small powers settle what is sensed. */
void climb_weigh_users(climb *c)
{
    size_t K = c->problem->K;
    double least = c->map.coupled ? 1.0 : c->map.pairs > 0 ? LEAST_PART_SHARED : 0.0;

    for (size_t k = 0; k < K; k++) {
        double part = c->map.gain[k] * c->state[k], counts = targets_need(c->problem, k) ? 1.0 : least;

        c->history.weight[k] = c->history.weight[K + k] = sqrt(part > counts ? part : counts);
    }
}
