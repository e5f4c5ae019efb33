/* Starting points of the allocation. The problem is not convex: where pilots overlap, several local maxima are common.
 */
#include "alloc/starts.h"

#include "alloc/constants.h"
#include "base/threads.h"

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

/* Access points first .. end - 1 at once, of a start. */
typedef struct start_part {
    const start_source *source;
    const alloc_point *point;
    const double *factor; /* K: of a user, in logarithms; or 1 for users with an amplitude somewhere, else 0 */
    cfi_stream stream;    /* in which pair (k, l) has number l K + k of the blocks */
} start_part;

static void share_points(const alloc_problem *problem, size_t steps,
                         void (*work)(void *context, size_t thread, size_t first, size_t end), start_part *part)
{
    size_t threads = problem->link->threads;

    threads_share(threads, problem->L, threads_even_part(threads, problem->L, steps * problem->K), work, part);
}

enum { SHAKEN = 64, STEPS_OF_A_FACTOR = 30 }; /* users whose normals are drawn together; steps of a factor */

/* Users k .. k + users - 1 at access points l .. l + aps - 1, at most LANES: so many stand side by side in a row. */
static void shake_tile(const start_part *part, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = part->source->problem;
    double normal[LANES][2 * SHAKEN]; /* two a block, of which a pair has the first */

    for (size_t i = 0; i < aps; i++) {
        cfi_stream stream = part->stream;

        stream.block += (uint32_t)((l + i) * problem->K + k);
        random_normals(&stream, 2 * users, normal[i]);
    }
    for (size_t j = 0; j < users; j++) {
        double *w = part->point->w + problem_at(problem, k + j, l);

        for (size_t i = 0; i < aps; i++) {
            w[i] *= exp(part->factor[k + j] + PAIR_SPREAD * normal[i][2 * j]);
        }
    }
}

static void shake_part(void *context, size_t thread, size_t first, size_t end)
{
    const start_part *part = context;
    size_t K = part->source->problem->K;

    (void)thread;
    for (size_t l = first; l < end; l += LANES) {
        for (size_t k = 0; k < K; k += SHAKEN) {
            shake_tile(part, k, K - k < SHAKEN ? K - k : SHAKEN, l, end - l < LANES ? end - l : LANES);
        }
    }
}

/* Multiplies amplitudes by log-normal factors: one a user, one a pair. */
static void shake_amplitudes(const start_source *source, cfi_stream *stream, alloc_point *point)
{
    start_part part = {.source = source, .point = point, .factor = source->key};

    random_normals(stream, source->problem->K, source->key);
    part.stream = *stream;
    share_points(source->problem, STEPS_OF_A_FACTOR, shake_part, &part);
}

/* The share or, without factors, the power of user k at AP l. */
static double start_share(const start_source *source, size_t k, size_t l)
{
    const cfi_link *link = source->problem->link;

    if (!source->heuristic.asked) {
        return source->heuristic.powers->p[k + link->K * l];
    }
    return link_serves(link, k, l) ? link_share_at(link, k, l) : 0.0;
}

/* What user k has of AP l in the heuristic split. */
static double heuristic_amplitude(const start_source *source, size_t k, size_t l)
{
    const double *factor = source->heuristic.factor;

    return problem_amplitude(source->problem, start_share(source, k, l) * (factor ? factor[l] : 1.0));
}

/* Communication powers of `aps` access points from l on. */
static void add_powers(const alloc_problem *problem, const alloc_point *point, size_t l, size_t aps, double *x)
{
    for (size_t i = 0; i < aps; i++) {
        x[i] = 0.0;
    }
    for (size_t k = 0; k < problem->K; k++) {
        const double *w = point->w + problem_at(problem, k, l);

        for (size_t i = 0; i < aps; i++) {
            x[i] += w[i] * w[i];
        }
    }
}

/* One that is left without amplitudes serves the remaining users as the heuristic split does. */
static void serve_as_heuristic(const start_part *part, size_t l)
{
    const alloc_problem *problem = part->source->problem;

    for (size_t k = 0; k < problem->K; k++) {
        part->point->w[problem_at(problem, k, l)] = part->factor[k] * heuristic_amplitude(part->source, k, l);
    }
}

enum { RESTORED = 256 }; /* access points at once */

static void restore_tile(const start_part *part, size_t l, size_t aps)
{
    const alloc_problem *problem = part->source->problem;
    double x[RESTORED], scale[RESTORED];

    add_powers(problem, part->point, l, aps, x);
    for (size_t i = 0; i < aps; i++) {
        if (!(x[i] > 0.0)) {
            serve_as_heuristic(part, l + i);
            add_powers(problem, part->point, l + i, 1, x + i);
        }
        scale[i] = x[i] > 0.0 ? sqrt(part->point->x[l + i] / x[i]) : 1.0;
    }
    for (size_t k = 0; k < problem->K; k++) {
        double *w = part->point->w + problem_at(problem, k, l);

        for (size_t i = 0; i < aps; i++) {
            w[i] *= scale[i];
        }
    }
}

static void restore_part(void *context, size_t thread, size_t first, size_t end)
{
    (void)thread;
    for (size_t l = first; l < end; l += RESTORED) {
        restore_tile(context, l, end - l < RESTORED ? end - l : RESTORED);
    }
}

/* Gives every access point the communication power point->x that it had before its amplitudes were changed: then the
 * thresholds hold as they did. */
static void restore_powers(const start_source *source, alloc_point *point)
{
    enum { STEPS_OF_A_PAIR = 2 };
    const alloc_problem *problem = source->problem;
    start_part part = {.source = source, .point = point, .factor = source->key};

    for (size_t k = 0; k < problem->K; k++) {
        const double *w = point->w + problem_at(problem, k, 0);
        size_t l = 0;

        while (l < problem->L && !(w[l] > 0.0)) {
            l++;
        }
        source->key[k] = l < problem->L ? 1.0 : 0.0;
    }
    share_points(problem, STEPS_OF_A_PAIR, restore_part, &part);
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

static void start_at_heuristic(const start_source *source, alloc_point *point)
{
    const start_split *split = &source->heuristic;

    if (split->factor) {
        power_shares shares = {.factor = split->factor,
                               .sensing = split->powers->s,
                               .kept = split->asked ? NULL : split->powers->p,
                               .room = source->room};

        problem_from_shares(source->problem, &shares, point);
    } else {
        problem_from_powers(source->problem, split->powers, point);
    }
}

bool start_make(start_source *source, size_t start, alloc_point *point)
{
    const alloc_problem *problem = source->problem;
    const cfi_link *link = problem->link;
    cfi_stream stream = stream_make(link->system->seed, link->drop, CFI_DRAW_START, (uint32_t)start);
    bool exchanged = start > 2 && start % 4 != 2 && exchange_user(source, point);

    source->turn += exchanged;
    if (!exchanged) {
        start_at_heuristic(source, point);
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
