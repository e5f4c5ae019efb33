/* Users that are on their way to zero in a climb, and back. docs/model.md (M19). */
#include "alloc/climb.h"

#include "alloc/constants.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

CLONES(static, double, strongest_sinr, (size_t K, const double *u, const double *interference), (K, u, interference))
{
    double strongest = 0.0;

#pragma omp simd reduction(max : strongest)
    for (size_t k = 0; k < K; k++) {
        double sinr = u[k] * u[k] / interference[k];

        strongest = sinr > strongest ? sinr : strongest;
    }
    return strongest;
}

/* The SINR below which a user is weak: where all signals are far below the noise, beside the strongest. */
static double weak_sinr(const climb *c, const double *state)
{
    double strongest = strongest_sinr(c->problem->K, state, state + c->problem->K);

    return FADING_SINR * (strongest < 1.0 ? strongest : 1.0);
}

INLINE bool is_weak(double u, double interference, double least)
{
    return u > 0.0 && u * u < least * interference;
}

CLONES(static, double, count_weak, (size_t K, const double *u, const double *interference, double least),
       (K, u, interference, least))
{
    double weak = 0.0;

#pragma omp simd reduction(+ : weak)
    for (size_t k = 0; k < K; k++) {
        weak += is_weak(u[k], interference[k], least) ? 1.0 : 0.0;
    }
    return weak;
}

/* A user that loses power in every step goes to zero, geometrically, and holds up the rest: it is silenced. Not where
 * its stream would weaken others' (coordinates.h). */
void climb_silence_fading(climb *c)
{
    size_t K = c->problem->K;
    double least = weak_sinr(c, c->answer);
    bool any = false;

    if (!c->problem->objective->revives || !(count_weak(K, c->answer, c->answer + K, least) > 0.0)) {
        memset(c->fading, 0, K * sizeof *c->fading);
        return;
    }
    for (size_t k = 0; k < K; k++) {
        double u = c->answer[k], before = c->state[k], noise = c->answer[K + k];
        bool weak = is_weak(u, noise, least) && !targets_need(c->problem, k);

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

CLONES(static, void, weigh_parts,
       (size_t K, const double *restrict gain, const double *restrict u, double least, double *restrict weight),
       (K, gain, u, least, weight))
{
    for (size_t k = 0; k < K; k++) {
        double part = gain[k] * u[k];

        weight[k] = sqrt(part > least ? part : least);
    }
}

/* Each user counts by the root of its part SINR / (1 + SINR) in how the objective bends: what is hardly served may be
 * on its way for long, and says little of the others. With shared pilots it still says how it weakens them; where
 * sensing couples access points all count alike, since small powers settle what is sensed. */
void climb_weigh_users(climb *c)
{
    size_t K = c->problem->K;
    double *weight = c->history.weight, least = c->map.coupled ? 1.0 : c->map.pairs > 0 ? LEAST_PART_SHARED : 0.0;

    weigh_parts(K, c->map.gain, c->state, least, weight);
    for (size_t k = 0; k < K; k++) {
        if (targets_need(c->problem, k) && weight[k] < 1.0) {
            weight[k] = 1.0;
        }
    }
    memcpy(weight + K, weight, K * sizeof *weight);
}
