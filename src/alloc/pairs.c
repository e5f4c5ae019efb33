/* Pairs of users of one pilot in blocks. docs/model.md (M19) */
#include "alloc/problem.h"

#include "base/clones.h"

#include <string.h>

enum {
    BLOCK = 16,       /* users by users whose sums are formed together */
    BLOCK_APS = 128,  /* access points: so much of a block's rows stays in the nearest cache */
    TILE_HEARERS = 2, /* users by streams whose sums stay in registers */
    TILE_STREAMS = 4,
    LEAST_MATES = 7 /* users of the same pilot, on average, from which on blocks are faster than pairs */
};

/* Rows of a few users at a few access points, one behind the other: those of the problem are a power of two apart where
 * there are so many access points, and get into each other's way in the caches. */
typedef double block_rows[BLOCK][BLOCK_APS] __attribute__((aligned(LANES * sizeof(double))));

/* Sums over access points, LANES of them each; and the rows that they are made of. */
typedef struct pair_block {
    block_rows heard, sent;
    double sum[BLOCK][BLOCK][LANES] __attribute__((aligned(LANES * sizeof(double))));
} pair_block;

/* Users number k .. k + hearers - 1 (problem_user), and streams j .. j + streams - 1, of one group. */
typedef struct pair_range {
    size_t group, k, hearers, j, streams;
} pair_range;

/* Access points first .. first + count - 1. */
typedef struct ap_range {
    size_t first, count;
} ap_range;

/* ------------------------------------------------------------------------------- tiles ---- */

/* Vectors as wide as registers are: gcc 12 makes a crowd of scalar moves of wider ones. */
#define TILE_WIDTH 4
#include "alloc/pairs_tile.h"
#define TILE_WIDTH 8
#include "alloc/pairs_tile.h"

CLONES(static, void, subtract_narrow,
       (size_t hearers, size_t count, const double (*heard)[BLOCK_APS], const double (*cost)[TILE_STREAMS],
        double *const v[TILE_STREAMS]),
       (hearers, count, heard, cost, v))
{
    subtract_tiles_4(hearers, count, heard, cost, v);
}

CLONES(static, void, subtract_wide,
       (size_t hearers, size_t count, const double (*heard)[BLOCK_APS], const double (*cost)[TILE_STREAMS],
        double *const v[TILE_STREAMS]),
       (hearers, count, heard, cost, v))
{
    subtract_tiles_8(hearers, count, heard, cost, v);
}

CLONES(static, void, add_narrow, (pair_block * b, size_t hearers, size_t streams, size_t count),
       (b, hearers, streams, count))
{
    add_tiles_4(b, hearers, streams, count);
}

CLONES(static, void, add_wide, (pair_block * b, size_t hearers, size_t streams, size_t count),
       (b, hearers, streams, count))
{
    add_tiles_8(b, hearers, streams, count);
}

static bool is_wide(void)
{
    return simd_chosen == SIMD_AVX512;
}

/* ------------------------------------------------------------------------------ groups ---- */

cfi_status pairs_group(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    const cfi_link *link = problem->link;
    size_t K = problem->K, count = 0;

    if (problem->coherent_rows || problem->mate_start[K] < LEAST_MATES * K) {
        return CFI_OK;
    }
    problem->group_start = arena_alloc(arena, 2 * K + 1, sizeof(size_t));
    if (!problem->group_start) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the pilots of %zu users", K);
    }
    problem->grouped = problem->group_start + K + 1;
    for (size_t k = 0; k < K; k++) {
        if (link->pilot_first[k] == k) {
            problem->group_start[problem->groups++] = count;
            for (size_t j = k; j < K; j = link->pilot_next[j]) {
                problem->grouped[count++] = j;
            }
        }
    }
    problem->group_start[problem->groups] = count;
    return CFI_OK;
}

/* Where the pair of users number k and j of a group stands among the mates of user k, who are listed in the order of
 * the group. */
static size_t pair_of(const alloc_problem *problem, size_t group, size_t k, size_t j)
{
    return problem->mate_start[problem->grouped[k]] + (j - problem->group_start[group]) - (j > k);
}

/* coherent_kjl, the same whatever the stream: a row a user. */
static pairs_rows heard_rows(const alloc_problem *problem)
{
    return (pairs_rows){.rows = problem->heard};
}

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

/* ------------------------------------------------------------------------- what is sent ---- */

/* Rows of `users` users, at a range of access points. */
CLONES(static, void, gather_rows,
       (const alloc_problem *problem, pairs_rows from, const size_t *user, size_t users, ap_range aps, block_rows to),
       (problem, from, user, users, aps, to))
{
    for (size_t i = 0; i < users; i++) {
        const double *restrict row = from.rows + problem->stride * user[i] + aps.first;
        double *restrict copy = to[i];

        if (!from.along) {
            memcpy(copy, row, aps.count * sizeof *copy);
            continue;
        }
        for (size_t l = 0; l < aps.count; l++) {
            copy[l] = row[l] * from.along[aps.first + l];
        }
    }
}

CLONES(static, void, scale_signal, (size_t count, double gain, const double *restrict signal, double *restrict v),
       (count, gain, signal, v))
{
    for (size_t l = 0; l < count; l++) {
        v[l] = gain * signal[l];
    }
}

/* What all streams of a group cost its users of the range, whose rows are gathered. */
static void pay_streams(const alloc_problem *problem, const pair_range *at, const pairs_prices *prices,
                        const block_rows heard, ap_range aps, double *v)
{
    size_t end = problem->group_start[at->group + 1];
    double spare[BLOCK_APS] = {0.0}; /* in the place of streams that there are not */

    for (size_t j = problem->group_start[at->group]; j < end; j += TILE_STREAMS) {
        double cost[BLOCK][TILE_STREAMS], *to[TILE_STREAMS];

        for (size_t i = 0; i < TILE_STREAMS; i++) {
            to[i] = j + i < end ? v + problem->stride * problem->grouped[j + i] + aps.first : spare;
            for (size_t h = 0; h < at->hearers; h++) {
                size_t k = at->k + h;
                bool pair = j + i < end && j + i != k;

                cost[h][i] =
                    pair ? prices->weight[problem->grouped[k]] * prices->z[pair_of(problem, at->group, k, j + i)] : 0.0;
            }
        }
        (is_wide() ? subtract_wide : subtract_narrow)(at->hearers, aps.count, heard,
                                                      (const double(*)[TILE_STREAMS])cost, to);
    }
}

void pairs_pay(const alloc_problem *problem, size_t group, const pairs_prices *prices, size_t first, size_t count,
               double *v)
{
    size_t start = problem->group_start[group], end = problem->group_start[group + 1];
    block_rows heard;

    for (size_t j = start; j < end; j++) {
        size_t user = problem->grouped[j], at = problem->stride * user + first;

        scale_signal(count, prices->gain[user], problem->signal + at, v + at);
    }
    for (size_t done = 0; done < count; done += BLOCK_APS) {
        ap_range aps = {.first = first + done, .count = at_most(count - done, BLOCK_APS)};

        for (size_t k = start; end - start > 1 && k < end; k += BLOCK) {
            pair_range at = {.group = group, .k = k, .hearers = at_most(end - k, BLOCK)};

            gather_rows(problem, heard_rows(problem), problem->grouped + k, at.hearers, aps, heard);
            pay_streams(problem, &at, prices, heard, aps, v);
        }
    }
}

/* ------------------------------------------------------------------------ what is heard ---- */

/* Rows of 0 in the place of users that there are not, up to a multiple of `few`. */
static void fill_up(block_rows rows, size_t users, size_t few, size_t count)
{
    for (; users % few != 0; users++) {
        memset(rows[users], 0, count * sizeof(double));
    }
}

/* The sums of a range, at most a block. */
static void hear_block(const alloc_problem *problem, pairs_rows sent, const pair_range *at, pair_block *b)
{
    const size_t *hearer = problem->grouped + at->k, *stream = problem->grouped + at->j;
    size_t most = at_most(problem->stride, BLOCK_APS);

    memset(b->sum, 0, sizeof b->sum);
    fill_up(b->heard, at->hearers, TILE_HEARERS, most);
    fill_up(b->sent, at->streams, TILE_STREAMS, most);
    for (size_t first = 0; first < problem->stride; first += BLOCK_APS) {
        ap_range aps = {.first = first, .count = at_most(problem->stride - first, BLOCK_APS)};

        gather_rows(problem, heard_rows(problem), hearer, at->hearers, aps, b->heard);
        gather_rows(problem, sent, stream, at->streams, aps, b->sent);
        (is_wide() ? add_wide : add_narrow)(b, at->hearers, at->streams, aps.count);
    }
}

/* The sums of a block, for their pairs. */
static void tell_block(const alloc_problem *problem, const pair_range *at, const pair_block *b, double *z,
                       double *interference)
{
    for (size_t h = 0; h < at->hearers; h++) {
        for (size_t i = 0; i < at->streams; i++) {
            size_t k = at->k + h, j = at->j + i;
            double sum = sum_lanes(b->sum[h][i]);

            if (k != j && z) {
                z[pair_of(problem, at->group, k, j)] = sum;
            }
            if (k != j && interference) {
                interference[problem->grouped[k]] += sum * sum;
            }
        }
    }
}

/* What the users of a range hear of all streams of their group. */
static void hear_streams(const alloc_problem *problem, pairs_rows sent, pair_range at, double *z, double *interference)
{
    size_t stop = problem->group_start[at.group + 1];
    pair_block b;

    for (at.j = problem->group_start[at.group]; at.j < stop; at.j += BLOCK) {
        at.streams = at_most(stop - at.j, BLOCK);
        hear_block(problem, sent, &at, &b);
        tell_block(problem, &at, &b, z, interference);
    }
}

static void hear_groups(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, double *z,
                        double *interference)
{
    for (size_t group = 0; group < problem->groups; group++) {
        size_t start = problem->group_start[group], stop = problem->group_start[group + 1];
        pair_range at = {.group = group, .k = start > first ? start : first};

        for (; stop - start > 1 && at.k < at_most(stop, end); at.k += at.hearers) {
            at.hearers = at_most(at_most(stop, end) - at.k, BLOCK);
            hear_streams(problem, sent, at, z, interference);
        }
    }
}

/* The same of user k pair by pair. */
static void hear_alone(const alloc_problem *problem, pairs_rows from, size_t k, double *z, double *interference)
{
    for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
        const double *coherent = problem_coherent_row(problem, k, m);
        const double *sent = from.rows + problem->stride * problem->mate[m];
        double sum = from.along ? rows_triple(problem->stride, coherent, sent, from.along)
                                : rows_product(problem->stride, coherent, sent);

        if (z) {
            z[m] = sum;
        }
        if (interference) {
            interference[k] += sum * sum;
        }
    }
}

void pairs_hear(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, double *z,
                double *interference)
{
    if (problem->groups > 0) {
        hear_groups(problem, sent, first, end, z, interference);
        return;
    }
    for (size_t k = first; k < end; k++) {
        hear_alone(problem, sent, k, z, interference);
    }
}
