/* Starting points of the allocation. The problem is not convex: where pilots overlap, several local maxima are common.
 */
#include "alloc/sca.h"

#include <math.h>

/* Local maxima differ in the users served, and in which access point serves whom. */
static const double PAIR_SPREAD = 2.5; /* standard deviation of an amplitude's logarithm */
static const double SILENCE = 1e-8;    /* SINR of a user that is not served: 1.4e-8 bit/s/Hz */

/* Keeps one user a group (the strongest first, then random ones), or a random number of them. */
static void silence_users(const alloc_problem *problem, size_t start, cfi_stream *stream, alloc_point *point)
{
    size_t K = problem->K;
    const contest *users = problem->users;
    double *key = problem->u; /* scratch: the next evaluation overwrites it */
    const size_t *rank;
    double share;

    random_uniforms(stream, K, key);
    random_uniforms(stream, 1, &share);
    for (size_t k = 0; start == 1 && k < K; k++) {
        key[k] = users->strength[k];
    }
    rank = contest_rank(problem->users, key);
    for (size_t k = 0; k < K; k++) {
        double most = (double)users->rivals[k] - 1.0;
        size_t served = start % 4 == 1 ? 1 : 1 + (size_t)(share * most);

        for (size_t l = 0; rank[k] >= served && l < problem->L; l++) {
            point->w[k + K * l] = 0.0;
        }
    }
}

/* Multiplies amplitudes by log-normal factors: one a user, one a pair. */
static void shake_amplitudes(const alloc_problem *problem, cfi_stream *stream, alloc_point *point)
{
    size_t K = problem->K;
    double *factor = problem->u;

    random_normals(stream, K, factor);
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < K; k++) {
            double normal;

            random_normals(stream, 1, &normal);
            point->w[k + K * l] *= exp(factor[k] + PAIR_SPREAD * normal);
        }
    }
}

static double communication_power(const alloc_problem *problem, const alloc_point *point, size_t l)
{
    double x = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        x += point->w[k + problem->K * l] * point->w[k + problem->K * l];
    }
    return x;
}

/* Gives every access point the communication power it has in `like`: then the thresholds hold as they do there. One
 * that is left without amplitudes serves the remaining users as in `heuristic`. */
static void restore_powers(const alloc_problem *problem, const alloc_point *like, const alloc_point *heuristic,
                           alloc_point *point)
{
    size_t K = problem->K, L = problem->L;
    double *serves = problem->u; /* scratch: 1 for users with an amplitude somewhere */

    for (size_t k = 0; k < K; k++) {
        serves[k] = 0.0;
        for (size_t l = 0; l < L; l++) {
            serves[k] = point->w[k + K * l] > 0.0 ? 1.0 : serves[k];
        }
    }
    for (size_t l = 0; l < L; l++) {
        bool idle = !(communication_power(problem, point, l) > 0.0);
        double x, wanted = communication_power(problem, like, l);

        for (size_t k = 0; idle && k < K; k++) {
            point->w[k + K * l] = serves[k] * heuristic->w[k + K * l];
        }
        x = communication_power(problem, point, l);
        for (size_t k = 0; x > 0.0 && k < K; k++) {
            point->w[k + K * l] *= sqrt(wanted / x);
        }
    }
}

static bool is_silent(const alloc_problem *problem, size_t k)
{
    return !(problem_sinr(problem, k) > SILENCE);
}

/* The active user with the least SINR of those that compete with silent user k, the first of equals; k without one. */
static size_t weakest_rival(const alloc_problem *problem, size_t k)
{
    const size_t *group = problem->users->group;
    size_t weakest = k;

    for (size_t j = 0; j < problem->K; j++) {
        if (group[j] == group[k] && !is_silent(problem, j) &&
            (weakest == k || problem_sinr(problem, j) < problem_sinr(problem, weakest))) {
            weakest = j;
        }
    }
    return weakest;
}

/* The incumbent without an active user, or with a silent one in the place of its weakest rival. */
static bool exchange_user(const alloc_problem *problem, size_t turn, const alloc_point *heuristic,
                          const alloc_point *incumbent, alloc_point *point)
{
    size_t K = problem->K, k, out;

    problem_evaluate(problem, incumbent);
    for (size_t j = 0; j < K; j++) {
        point->w[j] = problem_sinr(problem, j); /* scratch: copied over below */
    }
    k = contest_turn(problem->users, point->w, SILENCE, turn);
    if (k == K) {
        return false;
    }
    out = is_silent(problem, k) ? weakest_rival(problem, k) : k;
    problem_copy(problem, incumbent, point);
    for (size_t l = 0; l < problem->L; l++) {
        point->w[k + K * l] = heuristic->w[k + K * l];
        point->w[out + K * l] = 0.0;
    }
    return true;
}

bool start_make(const alloc_problem *problem, size_t start, size_t *turn, const alloc_point *heuristic,
                const alloc_point *incumbent, alloc_point *point)
{
    const cfi_link *link = problem->link;
    cfi_stream stream = stream_make(link->system->seed, link->drop, CFI_DRAW_START, (uint32_t)start);
    bool exchanged = start > 2 && start % 4 != 2 && exchange_user(problem, *turn, heuristic, incumbent, point);

    *turn += exchanged;
    if (start == 0) {
        problem_copy(problem, heuristic, point);
    } else if (!exchanged) {
        problem_copy(problem, heuristic, point);
        if (start % 2 == 1) {
            silence_users(problem, start, &stream, point);
        } else {
            shake_amplitudes(problem, &stream, point);
        }
    }
    restore_powers(problem, exchanged ? incumbent : heuristic, heuristic, point);
    return problem_complete(problem, point);
}
