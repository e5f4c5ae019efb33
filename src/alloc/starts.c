/* Starting points of the allocation. The problem is not convex: where pilots overlap, several local maxima are common.
 */
#include "alloc/starts.h"

#include "alloc/objective.h"

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
static void silence_users(const start_source *source, size_t start, cfi_stream *stream, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K;
    double *key = source->key;
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
static void restore_powers(const start_source *source, const alloc_point *like, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K, L = problem->L;
    double *serves = source->key; /* 1 for users with an amplitude somewhere */

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
            point->w[k + K * l] = serves[k] * source->heuristic->w[k + K * l];
        }
        x = communication_power(problem, point, l);
        for (size_t k = 0; x > 0.0 && k < K; k++) {
            point->w[k + K * l] *= sqrt(wanted / x);
        }
    }
}

static bool is_silent(const start_source *source, size_t k)
{
    return !(values_sinr(source->incumbent.values, k) > 1e-8);
}

/* Whose turn comes first: active users, the weakest first, then silent ones, the strongest first; ties by index. */
static bool comes_before(const start_source *source, size_t a, size_t b)
{
    double first, second;

    if (is_silent(source, a) != is_silent(source, b)) {
        return is_silent(source, b);
    }
    if (is_silent(source, a)) {
        first = user_strength(source->problem, b);
        second = user_strength(source->problem, a);
    } else {
        first = values_sinr(source->incumbent.values, a);
        second = values_sinr(source->incumbent.values, b);
    }
    return first < second || (first == second && a < b);
}

/* Users with rivals, but not the only active one: without it nobody would be served. */
static bool is_exchangeable(const start_source *source, size_t k)
{
    size_t others = 0;

    for (size_t j = 0; j < source->problem->K; j++) {
        others += j != k && !is_silent(source, j);
    }
    return others > 0 && competitors(source->problem, k) > 1;
}

/* The exchangeable user with `turn` others before it; K when there is none. */
static size_t user_of_turn(const start_source *source)
{
    size_t K = source->problem->K;

    for (size_t k = 0; k < K; k++) {
        size_t before = 0;

        for (size_t j = 0; j < K; j++) {
            before += j != k && is_exchangeable(source, j) && comes_before(source, j, k);
        }
        if (is_exchangeable(source, k) && before == source->turn) {
            return k;
        }
    }
    return K;
}

/* The incumbent without an active user, or with a silent one in the place of its weakest rival. */
static bool exchange_user(const start_source *source, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    size_t K = problem->K, k = user_of_turn(source), out = k;

    if (k == K) {
        return false;
    }
    for (size_t j = 0; is_silent(source, k) && j < K; j++) {
        if (j != k && compete(problem, k, j) && !is_silent(source, j) && (out == k || comes_before(source, j, out))) {
            out = j;
        }
    }
    problem_copy(problem, source->incumbent.point, point);
    for (size_t l = 0; l < problem->L; l++) {
        point->w[k + K * l] = source->heuristic->w[k + K * l];
        point->w[out + K * l] = 0.0;
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
    if (start == 0) {
        problem_copy(problem, source->heuristic, point);
    } else if (!exchanged) {
        problem_copy(problem, source->heuristic, point);
        if (start % 2 == 1) {
            silence_users(source, start, &stream, point);
        } else {
            shake_amplitudes(source, &stream, point);
        }
    }
    restore_powers(source, exchanged ? source->incumbent.point : source->heuristic, point);
    return problem->objective->complete(problem, point);
}
