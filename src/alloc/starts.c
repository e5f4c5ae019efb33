/* Starting points of the allocation. The problem is not convex: where pilots overlap, several local maxima are common.
 */
#include "alloc/starts.h"

#include "alloc/constants.h"

#include <math.h>

/* Keeps one user a group (the strongest first, then random ones), or a random number of them. */
static void silence_users(const start_source *source, size_t start, cfi_stream *stream, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    const contest *users = source->users;
    size_t K = problem->K;
    double *key = source->key;
    const size_t *rank;
    double share;

    random_uniforms(stream, K, key);
    random_uniforms(stream, 1, &share);
    for (size_t k = 0; start == 1 && k < K; k++) {
        key[k] = users->strength[k];
    }
    rank = contest_rank(source->users, key);
    for (size_t k = 0; k < K; k++) {
        double most = (double)users->rivals[k] - 1.0;
        size_t served = start % 4 == 1 ? 1 : 1 + (size_t)(share * most);

        for (size_t l = 0; rank[k] >= served && !targets_need(problem, k) && l < problem->L; l++) {
            point->w[problem_at(problem, k, l)] = 0.0;
        }
    }
}

/* Multiplies amplitudes by log-normal factors: one a user, one a pair. */
static void shake_amplitudes(const start_source *source, cfi_stream *stream, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K;
    double *factor = source->key;

    random_normals(stream, K, factor);
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < K; k++) {
            double normal;

            random_normals(stream, 1, &normal);
            point->w[problem_at(problem, k, l)] *= exp(factor[k] + PAIR_SPREAD * normal);
        }
    }
}

static double communication_power(const alloc_problem *problem, const alloc_point *point, size_t l)
{
    double x = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        x += point->w[problem_at(problem, k, l)] * point->w[problem_at(problem, k, l)];
    }
    return x;
}

/* What user k has of AP l in the heuristic split. */
static double heuristic_amplitude(const start_source *source, size_t k, size_t l)
{
    const start_split *split = &source->heuristic;

    return problem_amplitude(source->problem,
                             split->powers->p[k + source->problem->K * l] * (split->factor ? split->factor[l] : 1.0));
}

/* Gives every access point the communication power point->x that it had before its amplitudes were changed: then the
 * thresholds hold as they did. One that is left without amplitudes serves the remaining users as the heuristic split
 * does. */
static void restore_powers(const start_source *source, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K, L = problem->L;
    double *serves = source->key; /* 1 for users with an amplitude somewhere */

    for (size_t k = 0; k < K; k++) {
        serves[k] = 0.0;
        for (size_t l = 0; l < L; l++) {
            serves[k] = point->w[problem_at(problem, k, l)] > 0.0 ? 1.0 : serves[k];
        }
    }
    for (size_t l = 0; l < L; l++) {
        bool idle = !(communication_power(problem, point, l) > 0.0);
        double x;

        for (size_t k = 0; idle && k < K; k++) {
            point->w[problem_at(problem, k, l)] = serves[k] * heuristic_amplitude(source, k, l);
        }
        x = communication_power(problem, point, l);
        for (size_t k = 0; x > 0.0 && k < K; k++) {
            point->w[problem_at(problem, k, l)] *= sqrt(point->x[l] / x);
        }
    }
}

static bool is_silent(const start_source *source, size_t k)
{
    return !(values_sinr(source->incumbent.values, k) > SILENT_SINR);
}

/* The active user with the least SINR of those that compete with silent user k, the first of equals; k without one. */
static size_t weakest_rival(const start_source *source, size_t k)
{
    const size_t *group = source->users->group;
    const alloc_values *values = source->incumbent.values;
    size_t weakest = k;

    for (size_t j = 0; j < source->problem->K; j++) {
        if (group[j] == group[k] && !is_silent(source, j) &&
            (weakest == k || values_sinr(values, j) < values_sinr(values, weakest))) {
            weakest = j;
        }
    }
    return weakest;
}

/* The incumbent without an active user, or with a silent one in the place of its weakest rival. */
static bool exchange_user(const start_source *source, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K, k, out;

    for (size_t j = 0; j < K; j++) {
        source->key[j] = values_sinr(source->incumbent.values, j);
    }
    k = contest_turn(source->users, source->key, SILENT_SINR, source->turn);
    if (k == K) {
        return false;
    }
    out = is_silent(source, k) ? weakest_rival(source, k) : k;
    if (targets_need(problem, out)) {
        return false;
    }
    problem_copy(problem, source->incumbent.point, point);
    for (size_t l = 0; l < problem->L; l++) {
        point->w[problem_at(problem, k, l)] = heuristic_amplitude(source, k, l);
        point->w[problem_at(problem, out, l)] = 0.0;
    }
    return true;
}

bool start_make(start_source *source, size_t start, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    const cfi_link *link = problem->link;
    cfi_stream stream = stream_make(link->system->seed, link->drop, CFI_DRAW_START, (uint32_t)start);
    bool exchanged = start > 2 && start % 4 != 2 && exchange_user(source, point);

    source->turn += exchanged;
    if (!exchanged) {
        problem_from_shares(problem, source->heuristic.powers, source->heuristic.factor, point);
        if (start % 2 == 1 && !problem->objective->needs_everyone) {
            silence_users(source, start, &stream, point);
        }
        if (start > 0 && (start % 2 == 0 || problem->objective->needs_everyone || problem->target)) {
            shake_amplitudes(source, &stream, point);
        }
    }
    if (start > 0) {
        restore_powers(source, point);
    }
    return problem_complete(problem, point);
}
