/* Elimination of the path gains, all access points at once. docs/model.md (M17).
 *
 * With unit diagonal S = G G^H and RSS_p = E norm(w_p)^2 - norm(G^-1 c_p)^2: [S c] is reduced by BLOCK rows at a time,
 * and what is left loses the products of these rows. A silent AP has v = 0 and takes no part. */
#include "metrics/elimination.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { PANEL = LINALG_PANEL, BLOCK = ELIMINATION_BLOCK };

elimination *elimination_make(const sums_layout *layout, cfi_arena *arena)
{
    size_t padded = layout->padded, square = padded * layout->ld, rows = BLOCK * padded;
    elimination *e = arena_zeros(arena, 1, sizeof *e);
    double *squares = arena_zeros(arena, 4 * square, sizeof *squares);
    double *panels = arena_zeros(arena, 9 * rows, sizeof *panels);
    double *small = arena_alloc(arena, 2 * padded + (size_t)2 * BLOCK * BLOCK + BLOCK, sizeof *small);
    double complex *pivot = arena_alloc(arena, (size_t)BLOCK * BLOCK, sizeof *pivot);

    if (!e || !squares || !panels || !small || !pivot) {
        return NULL;
    }
    *e = (elimination){.layout = layout,
                       .s = {squares, squares + square, layout->ld},
                       .c = {squares + 2 * square, squares + 3 * square, layout->ld},
                       .root = small,
                       .one = small + padded,
                       .g_re = small + 2 * padded,
                       .g_im = small + 2 * padded + (size_t)BLOCK * BLOCK,
                       .g_inv = small + 2 * padded + (size_t)2 * BLOCK * BLOCK,
                       .pivot = pivot};
    for (size_t i = 0; i < 3; i++) {
        e->left[i] = panels + rows * i;
        e->right[i] = panels + rows * (3 + i);
        e->beside[i] = panels + rows * (6 + i);
    }
    for (size_t l = 0; l < padded; l++) {
        e->one[l] = 1.0;
    }
    return e;
}

/* ---------------------------------------------------------------------------- residuals ---- */

/* factor (a - b) scale_j; b may be a itself with part = 0. */
CLONES(static, void, load_row,
       (size_t n, double factor, const double *restrict scale, const double *restrict a, const double *restrict b,
        double part, double *restrict out),
       (n, factor, scale, a, b, part, out))
{
    for (size_t j = 0; j < n; j++) {
        out[j] = factor * scale[j] * (a[j] - part * b[j]);
    }
}

/* S with unit diagonal, from the diagonal on, and c. */
static void load_normalised(elimination *e, double *total, double *part, const double *aps)
{
    const sums_layout *layout = e->layout;
    size_t n = layout->padded, ld = layout->ld;
    double with = part ? 1.0 : 0.0, *other = part ? part : total;
    cfi_split gram = sums_square(layout, total, layout->gram), cross = sums_square(layout, total, layout->cross);
    cfi_split less = sums_square(layout, other, layout->gram), beside = sums_square(layout, other, layout->cross);

    for (size_t l = 0; l < n; l++) {
        e->root[l] = l < layout->L && aps[5 * l] > 0.0 ? 1.0 / sqrt(aps[5 * l]) : 0.0;
    }
    for (size_t l = 0; l < n; l++) {
        size_t from = l / PANEL * PANEL, at = ld * l + from;
        double factor = e->root[l];

        load_row(n - from, factor, e->root + from, gram.re + at, less.re + at, with, e->s.re + at);
        load_row(n - from, factor, e->root + from, gram.im + at, less.im + at, with, e->s.im + at);
        load_row(n, factor, e->one, cross.re + ld * l, beside.re + ld * l, with, e->c.re + ld * l);
        load_row(n, factor, e->one, cross.im + ld * l, beside.im + ld * l, with, e->c.im + ld * l);
        e->s.re[ld * l + l] = 1.0 + RESIDUAL_ROUNDING;
        e->s.im[ld * l + l] = 0.0;
    }
}

/* G of the block at `first`. */
static bool factor_pivots(elimination *e, size_t first, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k <= i; k++) {
            size_t at = e->s.ld * (first + k) + first + i;

            e->pivot[i + size * k] = e->s.re[at] - I * e->s.im[at];
        }
    }
    if (linalg_cholesky(size, e->pivot, size) != CFI_OK) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k < i; k++) {
            e->g_re[BLOCK * i + k] = creal(e->pivot[i + size * k]);
            e->g_im[BLOCK * i + k] = cimag(e->pivot[i + size * k]);
        }
        e->g_inv[i] = 1.0 / creal(e->pivot[i + size * i]);
    }
    return true;
}

/* A panel of X = G^-1 (rows of `from`), row by row. */
CLONES(static, void, solve_panel,
       (const elimination *e, size_t size, const double *restrict from_re, const double *restrict from_im,
        double *restrict re, double *restrict im),
       (e, size, from_re, from_im, re, im))
{
    size_t ld = e->s.ld;

    for (size_t i = 0; i < size; i++) {
        double x[PANEL], y[PANEL];

        for (size_t j = 0; j < PANEL; j++) {
            x[j] = from_re[ld * i + j];
            y[j] = from_im[ld * i + j];
        }
        for (size_t k = 0; k < i; k++) {
            double a = e->g_re[BLOCK * i + k], b = e->g_im[BLOCK * i + k];

            for (size_t j = 0; j < PANEL; j++) {
                x[j] -= a * re[PANEL * k + j] - b * im[PANEL * k + j];
                y[j] -= a * im[PANEL * k + j] + b * re[PANEL * k + j];
            }
        }
        for (size_t j = 0; j < PANEL; j++) {
            re[PANEL * i + j] = e->g_inv[i] * x[j];
            im[PANEL * i + j] = e->g_inv[i] * y[j];
        }
    }
}

/* re + im, and with a left operand also what is negated of it. */
CLONES(static, void, finish_rows,
       (size_t size, const double *restrict re, const double *restrict im, double *restrict plus,
        double *const *restrict left, size_t at),
       (size, re, im, plus, left, at))
{
    for (size_t i = 0; i < size; i++) {
        plus[i] = re[i] + im[i];
    }
    for (size_t i = 0; i < size && left; i++) {
        left[0][at + i] = -re[i];
        left[1][at + i] = -im[i];
        left[2][at + i] = im[i] - re[i];
    }
}

/* rss -= norm^2 of the columns of a panel */
static void take_norms(size_t rows, size_t columns, const double *re, const double *im, double *rss)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < columns; j++) {
            double x = re[PANEL * r + j], y = im[PANEL * r + j];

            rss[j] -= x * x + y * y;
        }
    }
}

/* Rows first .. first + size - 1 of [S c], divided by their factor, as operands. */
static void reduce_rows(elimination *e, size_t first, size_t size, double *rss)
{
    size_t n = e->layout->padded, L = e->layout->L, ld = e->s.ld;

    for (size_t j = first + size; j < n; j += PANEL) {
        size_t at = size * j;

        solve_panel(e, size, e->s.re + ld * first + j, e->s.im + ld * first + j, e->right[0] + at, e->right[1] + at);
        finish_rows(PANEL * size, e->right[0] + at, e->right[1] + at, e->right[2] + at, e->left, at);
    }
    for (size_t p = 0; p < n; p += PANEL) {
        size_t at = size * p;

        solve_panel(e, size, e->c.re + ld * first + p, e->c.im + ld * first + p, e->beside[0] + at, e->beside[1] + at);
        finish_rows(PANEL * size, e->beside[0] + at, e->beside[1] + at, e->beside[2] + at, NULL, 0);
        take_norms(size, L - p < PANEL ? L - p : PANEL, e->beside[0] + at, e->beside[1] + at, rss + p);
    }
}

static cfi_panels view(double *const *parts, size_t rows, size_t first, size_t columns)
{
    size_t at = rows * first;

    return (cfi_panels){.rows = rows,
                        .stride = rows,
                        .columns = columns - first,
                        .re = parts[0] + at,
                        .im = parts[1] + at,
                        .mixed = parts[2] + at};
}

bool elimination_residuals(elimination *e, double *total, double *part, const double *aps, double *rss)
{
    size_t n = e->layout->padded, L = e->layout->L, ld = e->s.ld, next;

    load_normalised(e, total, part, aps);
    for (size_t p = 0; p < L; p++) {
        rss[p] = aps[5 * p + 1];
    }
    for (size_t first = 0; first < n; first = next) {
        size_t size = n - first < BLOCK ? n - first : BLOCK, at;
        cfi_panels left, right, beside;

        next = first + size;
        if (!factor_pivots(e, first, size)) {
            return false;
        }
        reduce_rows(e, first, size, rss);
        left = view(e->left, size, next, n);
        right = view(e->right, size, next, n);
        beside = view(e->beside, size, 0, n);
        at = ld * next;
        linalg_panels_gram_add(&left, &right, true, (cfi_split){e->s.re + at + next, e->s.im + at + next, ld});
        linalg_panels_gram_add(&left, &beside, false, (cfi_split){e->c.re + at, e->c.im + at, ld});
    }
    for (size_t p = 0; p < L; p++) {
        rss[p] = rss[p] > RESIDUAL_ROUNDING * (double)L * aps[5 * p + 1] ? rss[p] : 0.0;
    }
    return true;
}
