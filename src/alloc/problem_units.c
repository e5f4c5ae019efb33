/* Between rows, a number an access point, and the K numbers an access point of links and powers. docs/model.md (M9)
 *
 * Tiles of LANES access points and HALF as many users are transposed in vectors; what is left over at the edges goes
 * one by one. The work is shared among threads by access points. */
#include "alloc/lanes.h"
#include "alloc/problem.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

static void share_aps(const alloc_problem *problem,
                      void (*work)(void *context, size_t thread, size_t first, size_t end), void *context)
{
    size_t threads = problem->link->threads;

    threads_share(threads, problem->L, threads_even_part(threads, problem->L, 2 * problem->K), work, context);
}

/* Rows of `from` become columns of `to`, in squares of HALF where that is what there is. */
INLINE void transpose(const double *from, size_t from_stride, double *to, size_t to_stride, size_t rows, size_t columns)
{
    if (rows % HALF == 0 && columns % HALF == 0) {
        for (size_t i = 0; i < rows; i += HALF) {
            for (size_t j = 0; j < columns; j += HALF) {
                transpose_half(from + from_stride * i + j, from_stride, to + to_stride * j + i, to_stride);
            }
        }
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            to[i + to_stride * j] = from[j + from_stride * i];
        }
    }
}

/* What the threads share. */
typedef struct unit_change {
    const alloc_problem *problem;
    double factor;
    const double *moment;       /* K numbers an access point */
    double *rows;               /* a row a user */
    double *x;                  /* a row */
    double *p;                  /* K numbers an access point, watts */
    const power_shares *shares; /* in the place of p, or NULL */
    /* Of a tile's access points: what p, or their shares, are to be multiplied by in units of the problem (LANES); and
     * these, K numbers each. */
    const double *units, *tile;
} unit_change;

/* Users k .. k + users - 1 at access points l .. l + aps - 1. */
typedef void (*tile_work)(const unit_change *c, size_t k, size_t users, size_t l, size_t aps);

/* All users at access points l .. l + aps - 1: a compiler knows how large whole tiles are. */
INLINE void work_tiles(const unit_change *c, size_t l, size_t aps, tile_work work)
{
    size_t K = c->problem->K, k = 0;

    for (; aps == LANES && k + HALF <= K; k += HALF) {
        work(c, k, HALF, l, LANES);
    }
    for (; k < K; k += HALF) {
        work(c, k, rows_at_most(K - k, HALF), l, aps);
    }
}

/* ------------------------------------------------------------------------ numbers of a link ---- */

/* Moments times a factor. */
INLINE void fill_tile(const unit_change *c, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = c->problem;
    double scaled[LANES * HALF];

    for (size_t i = 0; i < aps; i++) {
        const double *moment = c->moment + k + problem->K * (l + i);

#pragma omp simd
        for (size_t j = 0; j < users; j++) {
            scaled[j + HALF * i] = problem_rounded(moment[j] * c->factor);
        }
    }
    transpose(scaled, HALF, c->rows + problem_at(problem, k, l), problem->stride, aps, users);
}

CLONES(static, void, fill_tiles, (const unit_change *c, size_t first, size_t end), (c, first, end))
{
    for (; first < end; first += LANES) {
        work_tiles(c, first, rows_at_most(end - first, LANES), fill_tile);
    }
}

static void fill_part(void *context, size_t thread, size_t first, size_t end)
{
    (void)thread;
    fill_tiles(context, first, end);
}

void problem_clear_padding(const alloc_problem *problem, double *rows, size_t count)
{
    for (size_t row = 0; row < count; row++) {
        for (size_t l = problem->L; l < problem->stride; l++) {
            rows[l + problem->stride * row] = 0.0;
        }
    }
}

void problem_fill_rows(const alloc_problem *problem, const double *moment, double factor, double *rows)
{
    unit_change c = {.problem = problem, .moment = moment, .factor = factor, .rows = rows};

    problem_clear_padding(problem, rows, problem->K);
    share_aps(problem, fill_part, &c);
}

/* ------------------------------------------------------------------------- to watts ---- */

INLINE void square_tile(const unit_change *c, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = c->problem;
    double power[HALF * LANES];

    for (size_t j = 0; j < users; j++) {
        const double *w = c->rows + problem_at(problem, k + j, l);

#pragma omp simd
        for (size_t i = 0; i < aps; i++) {
            power[i + LANES * j] = w[i] * w[i] * problem->unit_w;
        }
    }
    transpose(power, LANES, c->p + k + problem->K * l, problem->K, users, aps);
}

CLONES(static, void, square_aps, (const unit_change *c, size_t first, size_t end), (c, first, end))
{
    for (; first < end; first += LANES) {
        work_tiles(c, first, rows_at_most(end - first, LANES), square_tile);
    }
}

static void square_part(void *context, size_t thread, size_t first, size_t end)
{
    (void)thread;
    square_aps(context, first, end);
}

void problem_to_powers(const alloc_problem *problem, const alloc_point *point, cfi_powers *powers)
{
    unit_change c = {.problem = problem, .rows = point->w, .p = powers->p};

    share_aps(problem, square_part, &c);
    for (size_t l = 0; l < problem->L; l++) {
        powers->s[l] = point->s[l] * problem->unit_w;
    }
}

/* ----------------------------------------------------------------------- from watts ---- */

double problem_amplitude(const alloc_problem *problem, double power_w)
{
    return problem_rounded(sqrt(power_w / problem->unit_w));
}

/* Amplitudes, and what they add to x. */
INLINE void root_tile(const unit_change *c, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = c->problem;
    double root[LANES * HALF];

    for (size_t i = 0; i < aps; i++) {
        const double *p = c->tile + k + problem->K * i;

#pragma omp simd
        for (size_t j = 0; j < users; j++) {
            root[j + HALF * i] = problem_rounded(sqrt(p[j] * c->units[i]));
        }
    }
    transpose(root, HALF, c->rows + problem_at(problem, k, l), problem->stride, aps, users);
    for (size_t j = 0; j < users; j++) {
        const double *w = c->rows + problem_at(problem, k + j, l);

#pragma omp simd
        for (size_t i = 0; i < aps; i++) {
            c->x[l + i] += w[i] * w[i];
        }
    }
}

/* Shares of `aps` access points from l on, kept or asked for. */
static const double *shares_of_tile(const unit_change *c, size_t thread, size_t l, size_t aps)
{
    size_t K = c->problem->K;
    double *room;

    if (c->shares->kept) {
        return c->shares->kept + K * l;
    }
    room = c->shares->room + LANES * K * thread;
    link_share(c->problem->link, l, l + aps, room);
    return room;
}

CLONES(static, void, root_aps, (const unit_change *c, size_t thread, size_t first, size_t end), (c, thread, first, end))
{
    double units[LANES];
    unit_change tile = *c;

    for (tile.units = units; first < end; first += LANES) {
        size_t aps = rows_at_most(end - first, LANES);

        for (size_t i = 0; i < aps; i++) {
            units[i] = (c->shares ? c->shares->factor[first + i] : 1.0) / c->problem->unit_w;
        }
        tile.tile = c->shares ? shares_of_tile(c, thread, first, aps) : c->p + c->problem->K * first;
        work_tiles(&tile, first, aps, root_tile);
    }
}

static void root_part(void *context, size_t thread, size_t first, size_t end)
{
    root_aps(context, thread, first, end);
}

static void root_point(unit_change *c, const double *sensing, alloc_point *point)
{
    const alloc_problem *problem = c->problem;

    memset(point->x, 0, problem->stride * sizeof *point->x);
    share_aps(problem, root_part, c);
    for (size_t l = 0; l < problem->L; l++) {
        point->s[l] = problem_rounded(sensing[l] / problem->unit_w);
    }
}

double *problem_share_room(const alloc_problem *problem, cfi_arena *arena)
{
    return arena_alloc(arena, problem->link->threads * LANES * problem->K, sizeof(double));
}

void problem_from_shares(const alloc_problem *problem, const power_shares *shares, alloc_point *point)
{
    unit_change c = {.problem = problem, .rows = point->w, .x = point->x, .shares = shares};

    root_point(&c, shares->sensing, point);
}

void problem_from_powers(const alloc_problem *problem, const cfi_powers *powers, alloc_point *point)
{
    unit_change c = {.problem = problem, .rows = point->w, .x = point->x, .p = powers->p};

    root_point(&c, powers->s, point);
}
