/* Between rows, a number an access point, and the K numbers an access point of links and powers. docs/model.md (M9)
 *
 * Squares of LANES users and as many access points are transposed in vectors; what is left over at the edges goes one
 * by one. The work is shared among threads by access points. */
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

/* From `count` rows of `from` to columns of `to`; LANES rows of LANES numbers are a square. */
INLINE void transpose(const double *from, size_t from_stride, double *to, size_t to_stride, size_t rows, size_t columns)
{
    if (rows == LANES && columns == LANES) {
        transpose_square(from, from_stride, to, to_stride);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            to[i + to_stride * j] = from[j + from_stride * i];
        }
    }
}

static inline size_t lanes_left(size_t first, size_t end)
{
    return end - first < LANES ? end - first : LANES;
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
} unit_change;

/* ------------------------------------------------------------------------ numbers of a link ---- */

/* Moments times a factor, of a square of users and access points or of what is left of one. */
INLINE void fill_square(const unit_change *c, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = c->problem;
    double scaled[LANES * LANES];

    for (size_t i = 0; i < aps; i++) {
        const double *moment = c->moment + k + problem->K * (l + i);

        for (size_t j = 0; j < users; j++) {
            scaled[j + LANES * i] = problem_rounded(moment[j] * c->factor);
        }
    }
    transpose(scaled, LANES, c->rows + problem_at(problem, k, l), problem->stride, aps, users);
}

CLONES(static, void, fill_lines, (const unit_change *c, size_t first, size_t end), (c, first, end))
{
    for (; first < end; first += LANES) {
        size_t aps = lanes_left(first, end);

        for (size_t k = 0; k < c->problem->K; k += LANES) {
            if (aps == LANES && k + LANES <= c->problem->K) {
                fill_square(c, k, LANES, first, LANES);
            } else {
                fill_square(c, k, lanes_left(k, c->problem->K), first, aps);
            }
        }
    }
}

static void fill_part(void *context, size_t thread, size_t first, size_t end)
{
    (void)thread;
    fill_lines(context, first, end);
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

INLINE void square_powers(const unit_change *c, size_t k, size_t users, size_t l, size_t aps)
{
    const alloc_problem *problem = c->problem;
    double power[LANES * LANES];

    for (size_t j = 0; j < users; j++) {
        const double *w = c->rows + problem_at(problem, k + j, l);

        for (size_t i = 0; i < aps; i++) {
            power[i + LANES * j] = w[i] * w[i] * problem->unit_w;
        }
    }
    transpose(power, LANES, c->p + k + problem->K * l, problem->K, users, aps);
}

CLONES(static, void, square_aps, (const unit_change *c, size_t first, size_t end), (c, first, end))
{
    for (; first < end; first += LANES) {
        size_t aps = lanes_left(first, end);

        for (size_t k = 0; k < c->problem->K; k += LANES) {
            if (aps == LANES && k + LANES <= c->problem->K) {
                square_powers(c, k, LANES, first, LANES);
            } else {
                square_powers(c, k, lanes_left(k, c->problem->K), first, aps);
            }
        }
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

/* Powers of up to LANES access points from l on, K numbers each, and what they are to be multiplied by. */
typedef struct powers_of_aps {
    const double *p;
    double unit[LANES];
    size_t l;
} powers_of_aps;

/* Amplitudes of a square, and what they add to x. */
INLINE void root_powers(const unit_change *c, const powers_of_aps *from, size_t k, size_t users, size_t aps)
{
    const alloc_problem *problem = c->problem;
    size_t l = from->l;
    double root[LANES * LANES];

    for (size_t i = 0; i < aps; i++) {
        const double *p = from->p + k + problem->K * i;

        for (size_t j = 0; j < users; j++) {
            root[j + LANES * i] = problem_rounded(sqrt(p[j] * from->unit[i]));
        }
    }
    transpose(root, LANES, c->rows + problem_at(problem, k, l), problem->stride, aps, users);
    for (size_t j = 0; j < users; j++) {
        const double *w = c->rows + problem_at(problem, k + j, l);

        for (size_t i = 0; i < aps; i++) {
            c->x[l + i] += w[i] * w[i];
        }
    }
}

CLONES(static, void, root_aps, (const unit_change *c, const powers_of_aps *from, size_t aps), (c, from, aps))
{
    for (size_t k = 0; k < c->problem->K; k += LANES) {
        if (aps == LANES && k + LANES <= c->problem->K) {
            root_powers(c, from, k, LANES, LANES);
        } else {
            root_powers(c, from, k, lanes_left(k, c->problem->K), aps);
        }
    }
}

/* What `aps` access points from l on have. */
static powers_of_aps find_powers(const unit_change *c, size_t thread, size_t l, size_t aps)
{
    size_t K = c->problem->K;
    powers_of_aps from = {.p = c->shares ? NULL : c->p + K * l, .l = l};
    double *share = c->shares ? c->shares->row + LANES * K * thread : NULL;

    for (size_t i = 0; i < aps; i++) {
        from.unit[i] = (c->shares ? c->shares->factor[l + i] : 1.0) / c->problem->unit_w;
        if (share) {
            link_share(c->problem->link, l + i, share + K * i);
        }
    }
    from.p = share ? share : from.p;
    return from;
}

static void root_part(void *context, size_t thread, size_t first, size_t end)
{
    const unit_change *c = context;

    for (; first < end; first += LANES) {
        size_t aps = lanes_left(first, end);
        powers_of_aps from = find_powers(c, thread, first, aps);

        root_aps(c, &from, aps);
    }
}

static void take_amplitudes(unit_change *c, const double *sensing, alloc_point *point)
{
    const alloc_problem *problem = c->problem;

    memset(point->x, 0, problem->stride * sizeof *point->x);
    share_aps(problem, root_part, c);
    for (size_t l = 0; l < problem->L; l++) {
        point->s[l] = problem_rounded(sensing[l] / problem->unit_w);
    }
}

double *problem_share_rows(const alloc_problem *problem, cfi_arena *arena)
{
    return arena_alloc(arena, problem->link->threads * LANES * problem->K, sizeof(double));
}

void problem_from_shares(const alloc_problem *problem, const power_shares *shares, alloc_point *point)
{
    unit_change c = {.problem = problem, .rows = point->w, .x = point->x, .shares = shares};

    take_amplitudes(&c, shares->sensing, point);
}

void problem_from_powers(const alloc_problem *problem, const cfi_powers *powers, alloc_point *point)
{
    unit_change c = {.problem = problem, .rows = point->w, .x = point->x, .p = powers->p};

    take_amplitudes(&c, powers->s, point);
}
