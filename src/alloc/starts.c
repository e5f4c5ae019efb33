/* Starting points of the allocation. The problem is not convex: where pilots overlap, several local maxima are common.
 */
#include "alloc/sca.h"

#include <math.h>

/* Local maxima differ in the users served, and in which access point serves whom. */
static const double PAIR_SPREAD = 2.5; /* standard deviation of an amplitude's logarithm */

static double user_strength(const alloc_problem *problem, size_t k)
{
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += problem->signal[k + problem->K * l] * problem->signal[k + problem->K * l];
    }
    return sum;
}

/* Users compete within a pilot; with orthogonal pilots all of them do. */
static bool compete(const alloc_problem *problem, size_t k, size_t j)
{
    const cfi_link *link = problem->link;

    return !link->pilots_overlap || link->pilot[k] == link->pilot[j];
}

/* Whether k comes `rank`-th or better among its competitors; `key` orders them, ties by index. */
static bool within_rank(const alloc_problem *problem, size_t k, size_t rank, const double *key)
{
    size_t better = 0;

    for (size_t j = 0; j < problem->K; j++) {
        better += j != k && compete(problem, k, j) && (key[j] > key[k] || (key[j] == key[k] && j < k));
    }
    return better < rank;
}

static size_t competitors(const alloc_problem *problem, size_t k)
{
    size_t count = 0;

    for (size_t j = 0; j < problem->K; j++) {
        count += compete(problem, k, j);
    }
    return count;
}

/* Keeps one user a group (the strongest first, then random ones), or a random number of them. */
static void silence_users(const alloc_problem *problem, size_t start, cfi_stream *stream, alloc_point *point)
{
    size_t K = problem->K;
    double *key = problem->u; /* scratch: the next evaluation overwrites it */
    double share;

    random_uniforms(stream, K, key);
    random_uniforms(stream, 1, &share);
    for (size_t k = 0; start == 1 && k < K; k++) {
        key[k] = user_strength(problem, k);
    }
    for (size_t k = 0; k < K; k++) {
        double most = (double)competitors(problem, k) - 1.0;
        size_t rank = start % 4 == 1 ? 1 : 1 + (size_t)(share * most);

        bool silent = !within_rank(problem, k, rank, key);

        for (size_t l = 0; silent && l < problem->L; l++) {
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
    return !(problem_sinr(problem, k) > 1e-8);
}

/* Whose turn comes first: active users, the weakest first, then silent ones, the strongest first; ties by index.
 * u and interference are those of the incumbent. */
static bool comes_before(const alloc_problem *problem, size_t a, size_t b)
{
    double first, second;

    if (is_silent(problem, a) != is_silent(problem, b)) {
        return is_silent(problem, b);
    }
    if (is_silent(problem, a)) {
        first = user_strength(problem, b);
        second = user_strength(problem, a);
    } else {
        first = problem_sinr(problem, a);
        second = problem_sinr(problem, b);
    }
    return first < second || (first == second && a < b);
}

/* Users with rivals, but not the only active one: without it nobody would be served. */
static bool is_exchangeable(const alloc_problem *problem, size_t k)
{
    size_t others = 0;

    for (size_t j = 0; j < problem->K; j++) {
        others += j != k && !is_silent(problem, j);
    }
    return others > 0 && competitors(problem, k) > 1;
}

/* The exchangeable user with `turn` others before it; K when there is none. */
static size_t user_of_turn(const alloc_problem *problem, size_t turn)
{
    for (size_t k = 0; k < problem->K; k++) {
        size_t before = 0;

        for (size_t j = 0; j < problem->K; j++) {
            before += j != k && is_exchangeable(problem, j) && comes_before(problem, j, k);
        }
        if (is_exchangeable(problem, k) && before == turn) {
            return k;
        }
    }
    return problem->K;
}

/* The incumbent without an active user, or with a silent one in the place of its weakest rival. */
static bool exchange_user(const alloc_problem *problem, size_t turn, const alloc_point *heuristic,
                          const alloc_point *incumbent, alloc_point *point)
{
    size_t K = problem->K, k, out;

    problem_evaluate(problem, incumbent);
    k = user_of_turn(problem, turn);
    if (k == K) {
        return false;
    }
    out = k;
    for (size_t j = 0; is_silent(problem, k) && j < K; j++) {
        if (j != k && compete(problem, k, j) && !is_silent(problem, j) && (out == k || comes_before(problem, j, out))) {
            out = j;
        }
    }
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
