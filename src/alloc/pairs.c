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
    row_parts own[BLOCK]; /* u of the hearers */
    double sum[BLOCK][BLOCK][LANES] __attribute__((aligned(LANES * sizeof(double))));
    const double *ahead[2 * BLOCK]; /* where those rows go on */
} pair_block;

/* What a few streams cost the users that hear them, and their v; rows that are needed next, at the same access points:
 * those of a power of two of access points come too late by themselves. */
typedef struct pair_costs {
    double cost[BLOCK][TILE_STREAMS];
    double *v[TILE_STREAMS], *next_v[TILE_STREAMS];
    const double *next_row[TILE_STREAMS];
} pair_costs;

/* Users number k .. k + hearers - 1 (problem_user), and streams j .. j + streams - 1, of one group. */
typedef struct pair_range {
    size_t group, k, hearers, j, streams;
} pair_range;

/* ------------------------------------------------------------------------------- tiles ---- */

/* Vectors as wide as registers are: gcc 12 makes a crowd of scalar moves of wider ones. */
#define TILE_WIDTH 4
#include "alloc/pairs_tile.h"
#define TILE_WIDTH 8
#include "alloc/pairs_tile.h"

CLONES(static, void, subtract_narrow,
       (size_t hearers, size_t count, const double (*heard)[BLOCK_APS], const pair_costs *costs),
       (hearers, count, heard, costs))
{
    subtract_tiles_4(hearers, count, heard, costs);
}

CLONES(static, void, subtract_wide,
       (size_t hearers, size_t count, const double (*heard)[BLOCK_APS], const pair_costs *costs),
       (hearers, count, heard, costs))
{
    subtract_tiles_8(hearers, count, heard, costs);
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

/* Negative amplitudes are worth nothing; adds the squares of the others. */
CLONES(static, void, clip_row, (size_t count, const double *v, double *restrict norm2, double *to),
       (count, v, norm2, to))
{
    for (size_t l = 0; l < count; l++) {
        double clipped = v[l] > 0.0 ? v[l] : 0.0;

        to[l] = clipped;
        norm2[l] += clipped * clipped;
    }
}

void pairs_clip(const pairs_worth *worth, bool active, size_t at, ap_range aps, const double *from)
{
    double *to = worth->v + at + aps.first;

    if (active) {
        clip_row(aps.count, from, worth->norm2 + aps.first, to);
    } else {
        memset(to, 0, aps.count * sizeof *to);
    }
}

/* What streams j .. j + TILE_STREAMS - 1 cost users of the range, 0 where there is no pair. */
static void find_costs(const alloc_problem *problem, const pair_range *at, const pairs_prices *prices, size_t j,
                       double (*cost)[TILE_STREAMS])
{
    size_t start = problem->group_start[at->group], count = problem->group_start[at->group + 1] - start;

    for (size_t h = 0; h < at->hearers; h++) {
        size_t user = problem->grouped[at->k + h], own = at->k + h - start;
        const double *z = prices->z + problem->mate_start[user]; /* of all others, in their order */
        double weight = prices->weight[user];

        for (size_t i = 0; i < TILE_STREAMS; i++) {
            size_t other = j - start + i;

            cost[h][i] = other < count && other != own ? weight * z[other - (other > own)] : 0.0;
        }
    }
}

/* Rows of streams that come next: those of the next group, of which there are about as many. */
static void foresee_rows(const alloc_problem *problem, size_t j, size_t group, ap_range aps, const pairs_worth *worth,
                         pair_costs *costs)
{
    size_t next = problem->group_start[group + 1] + (j - problem->group_start[group]);

    for (size_t i = 0; i < TILE_STREAMS; i++) {
        size_t at = problem->stride * problem->grouped[next + i < problem->K ? next + i : problem->K - 1] + aps.first;

        costs->next_row[i] = problem->heard + at;
        costs->next_v[i] = worth->v + at;
    }
}

/* What all streams of a group cost its users of the range, whose rows are gathered: from what they gain on with the
 * first users; clipped with the last. In between v is kept unless these are all. */
static void pay_streams(const alloc_problem *problem, const pair_range *at, const pairs_prices *prices,
                        const block_rows heard, ap_range aps, const pairs_worth *worth)
{
    size_t start = problem->group_start[at->group], end = problem->group_start[at->group + 1];
    bool begin = at->k == start, last = at->k + at->hearers == end;
    double room[TILE_STREAMS][BLOCK_APS] __attribute__((aligned(LANES * sizeof(double))));

    for (size_t j = start; j < end; j += TILE_STREAMS) {
        size_t streams = rows_at_most(end - j, TILE_STREAMS);
        pair_costs costs = {.v = {room[0], room[1], room[2], room[3]}};
        double **v = costs.v;

        if (streams < TILE_STREAMS) { /* the others are not there */
            memset(room[streams], 0, (TILE_STREAMS - streams) * sizeof room[0]);
        }
        for (size_t i = 0; i < streams; i++) {
            size_t user = problem->grouped[j + i], row = problem->stride * user + aps.first;

            v[i] = begin && last ? v[i] : worth->v + row;
            if (begin) {
                scale_signal(aps.count, prices->gain[user], problem->signal + row, v[i]);
            }
        }
        find_costs(problem, at, prices, j, costs.cost);
        foresee_rows(problem, j, at->group, aps, worth, &costs);
        (is_wide() ? subtract_wide : subtract_narrow)(at->hearers, aps.count, heard, &costs);
        for (size_t i = 0; last && i < streams; i++) {
            size_t user = problem->grouped[j + i];

            pairs_clip(worth, prices->gain[user] > 0.0, problem->stride * user, aps, v[i]);
        }
    }
}

void pairs_pay(const alloc_problem *problem, size_t group, const pairs_prices *prices, ap_range all,
               const pairs_worth *worth)
{
    size_t start = problem->group_start[group], end = problem->group_start[group + 1];
    block_rows heard;

    for (size_t done = 0; done < all.count; done += BLOCK_APS) {
        ap_range aps = {.first = all.first + done, .count = rows_at_most(all.count - done, BLOCK_APS)};

        for (size_t k = start; k < end; k += BLOCK) {
            pair_range at = {.group = group, .k = k, .hearers = rows_at_most(end - k, BLOCK)};

            gather_rows(problem, heard_rows(problem), problem->grouped + k, at.hearers, aps, heard);
            pay_streams(problem, &at, prices, heard, aps, worth);
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

CLONES(static, void, add_own_products, (size_t count, const double *a, const double *b, row_parts sum),
       (count, a, b, sum))
{
    ROW_ADD_PART(a[at] * b[at]);
}

CLONES(static, void, add_own_triples, (size_t count, const double *a, const double *b, const double *c, row_parts sum),
       (count, a, b, c, sum))
{
    ROW_ADD_PART(a[at] * b[at] * c[at]);
}

/* What users hear of their own streams at a range of access points, while these rows are near. */
static void add_own_streams(const alloc_problem *problem, pairs_rows sent, const size_t *user, size_t users,
                            ap_range aps, row_parts *sum)
{
    for (size_t i = 0; i < users; i++) {
        size_t at = problem->stride * user[i] + aps.first;

        if (sent.along) {
            add_own_triples(aps.count, problem->signal + at, sent.rows + at, sent.along + aps.first, sum[i]);
        } else {
            add_own_products(aps.count, problem->signal + at, sent.rows + at, sum[i]);
        }
    }
}

/* The rows of a block, where they go on behind a range; what there is not is taken for something that is there. */
static void foresee_block(const alloc_problem *problem, pairs_rows sent, const pair_range *at, ap_range aps,
                          pair_block *b)
{
    size_t behind = aps.first + aps.count < problem->stride ? aps.first + aps.count : aps.first;

    for (size_t i = 0; i < BLOCK; i++) {
        size_t hearer = problem->grouped[at->k + (i < at->hearers ? i : 0)],
               stream = problem->grouped[at->j + (i < at->streams ? i : 0)];

        b->ahead[2 * i] = problem->heard + problem->stride * hearer + behind;
        b->ahead[2 * i + 1] = sent.rows + problem->stride * stream + behind;
    }
}

/* The sums of a range, at most a block; those of the hearers' own streams, too, with the first streams. */
static void hear_block(const alloc_problem *problem, pairs_rows sent, const pair_range *at, bool own, pair_block *b)
{
    const size_t *hearer = problem->grouped + at->k, *stream = problem->grouped + at->j;
    size_t most = rows_at_most(problem->stride, BLOCK_APS);

    memset(b->own, 0, sizeof b->own);
    memset(b->sum, 0, sizeof b->sum);
    fill_up(b->heard, at->hearers, TILE_HEARERS, most);
    fill_up(b->sent, at->streams, TILE_STREAMS, most);
    for (size_t first = 0; first < problem->stride; first += BLOCK_APS) {
        ap_range aps = {.first = first, .count = rows_at_most(problem->stride - first, BLOCK_APS)};

        gather_rows(problem, heard_rows(problem), hearer, at->hearers, aps, b->heard);
        gather_rows(problem, sent, stream, at->streams, aps, b->sent);
        if (own) {
            add_own_streams(problem, sent, hearer, at->hearers, aps, b->own);
        }
        foresee_block(problem, sent, at, aps, b);
        (is_wide() ? add_wide : add_narrow)(b, at->hearers, at->streams, aps.count);
    }
}

/* The sums of a block, for their pairs. */
static void tell_block(const alloc_problem *problem, const pair_range *at, const pair_block *b, const pairs_heard *to)
{
    for (size_t h = 0; h < at->hearers; h++) {
        for (size_t i = 0; i < at->streams; i++) {
            size_t k = at->k + h, j = at->j + i;
            double sum = sum_lanes(b->sum[h][i]);

            if (k != j && to->z) {
                to->z[pair_of(problem, at->group, k, j)] = sum;
            }
            if (k != j && to->interference) {
                to->interference[problem->grouped[k]] += sum * sum;
            }
        }
    }
}

static void tell_own(const alloc_problem *problem, const pair_range *at, const pair_block *b, double *u)
{
    for (size_t i = 0; i < at->hearers; i++) {
        const double(*part)[LANES] = b->own[i];

        u[problem->grouped[at->k + i]] = sum_row_parts(part[0], part[1], part[2], part[3]);
    }
}

/* What the users of a range hear of all streams of their group. */
static void hear_streams(const alloc_problem *problem, pairs_rows sent, pair_range at, const pairs_heard *to)
{
    size_t start = problem->group_start[at.group], stop = problem->group_start[at.group + 1];
    pair_block b;

    for (at.j = start; at.j < stop; at.j += BLOCK) {
        bool own = to->u && at.j == start;

        at.streams = rows_at_most(stop - at.j, BLOCK);
        hear_block(problem, sent, &at, own, &b);
        tell_block(problem, &at, &b, to);
        if (own) {
            tell_own(problem, &at, &b, to->u);
        }
    }
}

static void hear_groups(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, const pairs_heard *to)
{
    for (size_t group = 0; group < problem->groups; group++) {
        size_t start = problem->group_start[group], stop = problem->group_start[group + 1];
        pair_range at = {.group = group, .k = start > first ? start : first};

        for (; at.k < rows_at_most(stop, end); at.k += at.hearers) {
            at.hearers = rows_at_most(rows_at_most(stop, end) - at.k, BLOCK);
            hear_streams(problem, sent, at, to);
        }
    }
}

static double own_sum(const alloc_problem *problem, pairs_rows from, size_t k)
{
    const double *signal = problem->signal + problem->stride * k, *sent = from.rows + problem->stride * k;

    return from.along ? rows_triple(problem->stride, signal, sent, from.along)
                      : rows_product(problem->stride, signal, sent);
}

/* The same of user k pair by pair. */
static void hear_alone(const alloc_problem *problem, pairs_rows from, size_t k, const pairs_heard *to)
{
    if (to->u) {
        to->u[k] = own_sum(problem, from, k);
    }
    for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
        const double *coherent = problem_coherent_row(problem, k, m);
        const double *sent = from.rows + problem->stride * problem->mate[m];
        double sum = from.along ? rows_triple(problem->stride, coherent, sent, from.along)
                                : rows_product(problem->stride, coherent, sent);

        if (to->z) {
            to->z[m] = sum;
        }
        if (to->interference) {
            to->interference[k] += sum * sum;
        }
    }
}

void pairs_hear(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, const pairs_heard *to)
{
    if (problem->groups > 0) {
        hear_groups(problem, sent, first, end, to);
        return;
    }
    for (size_t k = first; k < end; k++) {
        hear_alone(problem, sent, k, to);
    }
}
