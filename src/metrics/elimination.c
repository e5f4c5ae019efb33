/* Elimination of the path gains, all access points at once. docs/model.md (M17).
 *
 * With unit diagonal S = G G^H and RSS_p = E norm(w_p)^2 - norm(G^-1 c_p)^2: [S c] is reduced by BLOCK rows at a time,
 * and what is left loses the products of these rows. A silent AP has v = 0 and takes no part. */
#include "metrics/elimination.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { PANEL = LINALG_PANEL, BLOCK = 2 * PANEL };

/* What rounding adds to the diagonal of S. Residuals below this share, for each gain, are rounding. */
static const double ROUNDING = 1e-13;

struct elimination {
    const sums_layout *layout;
    cfi_split s, c;              /* padded x padded: what is left */
    double *root;                /* padded: 1 / norm(v_l), 0 where silent */
    double *left[3], *right[3];  /* BLOCK rows in panels: of S negated, and of S; then all of both for u */
    double *beside[3];           /* of c */
    double complex *pivot;       /* BLOCK x BLOCK: a block's factor */
    double *g_re, *g_im, *g_inv; /* row by row; 1 / diagonal */
    void *lit_from[3];           /* padded rows in panels: S as left operand */
};

elimination *elimination_make(const sums_layout *layout, cfi_arena *arena)
{
    size_t padded = layout->padded, square = padded * layout->ld, rows = BLOCK * padded;
    elimination *e = arena_zeros(arena, 1, sizeof *e);
    double *squares = arena_zeros(arena, 4 * square, sizeof *squares);
    double *panels = arena_zeros(arena, 9 * rows, sizeof *panels);
    double *small = arena_alloc(arena, padded + 2 * BLOCK * BLOCK + BLOCK, sizeof *small);

    if (!e || !squares || !panels || !small) {
        return NULL;
    }
    *e = (elimination){.layout = layout,
                       .s = {squares, squares + square, layout->ld},
                       .c = {squares + 2 * square, squares + 3 * square, layout->ld},
                       .root = small,
                       .g_re = small + padded,
                       .g_im = small + padded + BLOCK * BLOCK,
                       .g_inv = small + padded + 2 * BLOCK * BLOCK,
                       .pivot = arena_alloc(arena, BLOCK * BLOCK, sizeof *e->pivot)};
    for (size_t i = 0; i < 3; i++) {
        e->left[i] = panels + rows * i;
        e->right[i] = panels + rows * (3 + i);
        e->beside[i] = panels + rows * (6 + i);
        e->lit_from[i] = arena_zeros(arena, padded * padded, sizeof(double));
        if (!e->lit_from[i]) {
            return NULL;
        }
    }
    return e->pivot ? e : NULL;
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
static void load_normalised(elimination *e, const bound_constants *constants, double *total, double *part,
                            const double *aps)
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
        double own = e->root[l] / constants->v_scale[l];

        load_row(n - from, e->root[l], e->root + from, gram.re + at, less.re + at, with, e->s.re + at);
        load_row(n - from, e->root[l], e->root + from, gram.im + at, less.im + at, with, e->s.im + at);
        load_row(n, own, constants->w_back, cross.re + ld * l, beside.re + ld * l, with, e->c.re + ld * l);
        load_row(n, own, constants->w_back, cross.im + ld * l, beside.im + ld * l, with, e->c.im + ld * l);
        e->s.re[ld * l + l] = 1.0 + ROUNDING;
        e->s.im[ld * l + l] = 0.0;
    }
}

/* G of the block at `first`. */
static bool factor_block(elimination *e, size_t first, size_t size)
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

bool elimination_residuals(elimination *e, const bound_constants *constants, double *total, double *part,
                           const double *aps, double *rss)
{
    size_t n = e->layout->padded, L = e->layout->L, ld = e->s.ld, next;

    load_normalised(e, constants, total, part, aps);
    for (size_t p = 0; p < L; p++) {
        rss[p] = aps[5 * p + 1];
    }
    for (size_t first = 0; first < n; first = next) {
        size_t size = n - first < BLOCK ? n - first : BLOCK, at;
        cfi_panels left, right, beside;

        next = first + size;
        if (!factor_block(e, first, size)) {
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
        rss[p] = rss[p] > ROUNDING * (double)L * aps[5 * p + 1] ? rss[p] : 0.0;
    }
    return true;
}

/* ------------------------------------------------------------------------- illumination ---- */

/* E norm(u_p)^2 = alpha_p^H S alpha_p = sum_l S_ll abs(alpha_lp)^2 + 2 Re sum_{l < m} conj(alpha_lp) S_lm alpha_mp. */

struct echo_paths {
    bool equal;
    double power;     /* abs(alpha)^2 where all are equal */
    double *re, *im;  /* padded x padded, row l: alpha_lp / scale of v_l */
    double *exact[3]; /* the same in panels, as right operand */
    float *rough[3];  /* NULL unless layout->single */
};

static bool allocate_paths(const sums_layout *layout, cfi_arena *arena, echo_paths *paths)
{
    size_t n = layout->padded;

    paths->re = arena_zeros(arena, 2 * n * n, sizeof(double));
    paths->im = paths->re ? paths->re + n * n : NULL;
    for (size_t i = 0; i < 3; i++) {
        paths->exact[i] = arena_zeros(arena, n * n, sizeof(double));
        paths->rough[i] = layout->single ? arena_zeros(arena, n * n, sizeof(float)) : NULL;
        if (!paths->exact[i] || (layout->single && !paths->rough[i])) {
            return false;
        }
    }
    return paths->re != NULL;
}

static void fill_panels(size_t n, bool single, echo_paths *paths)
{
    double largest = 0.0;

    for (size_t i = 0; i < 2 * n * n; i++) {
        largest = fmax(largest, fabs(paths->re[i]));
    }
    paths->power = largest > 0.0 ? exp2(round(log2(largest))) : 1.0;
    for (size_t l = 0; l < n; l++) {
        for (size_t p = 0; p < n; p++) {
            size_t at = PANEL * (n * (p / PANEL) + l) + p % PANEL;
            double re = paths->re[n * l + p] /= paths->power, im = paths->im[n * l + p] /= paths->power;
            double parts[3] = {re, im, re + im};

            for (size_t i = 0; i < 3; i++) {
                paths->exact[i][at] = parts[i];
                if (single) {
                    paths->rough[i][at] = (float)parts[i];
                }
            }
        }
    }
    paths->power *= paths->power;
}

echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena)
{
    size_t n = layout->padded, L = layout->L;
    echo_paths *paths = arena_zeros(arena, 1, sizeof *paths);
    double complex *alpha = arena_alloc(arena, L, sizeof *alpha);

    if (!paths || !alpha) {
        return NULL;
    }
    paths->equal = network_equal_paths(constants->network);
    paths->power = network_path_power(constants->network, 0, 0);
    if (paths->equal) {
        return paths;
    }
    if (!allocate_paths(layout, arena, paths)) {
        return NULL;
    }
    for (size_t p = 0; p < L; p++) {
        network_path_gains(constants->network, p, alpha);
        for (size_t l = 0; l < L; l++) {
            paths->re[n * l + p] = creal(alpha[l]) / constants->v_scale[l];
            paths->im[n * l + p] = cimag(alpha[l]) / constants->v_scale[l];
        }
    }
    fill_panels(n, layout->single, paths);
    return paths;
}

/* sum_lm S_lm */
static double sum_all(const sums_layout *layout, const double *sums, cfi_split gram)
{
    double own = 0.0, others = 0.0;

    for (size_t l = 0; l < layout->L; l++) {
        own += sums[layout->aps + 5 * l];
        for (size_t m = l + 1; m < layout->L; m++) {
            others += gram.re[gram.ld * l + m];
        }
    }
    return own + 2.0 * others;
}

/* What is above the diagonal of S, scaled, as left operand. */
static void fill_lit_from(elimination *e, const bound_constants *constants, cfi_split gram, bool single)
{
    size_t n = e->layout->padded;

    for (size_t l = 0; l < n; l++) {
        for (size_t m = l / PANEL * PANEL; m < n; m++) {
            size_t at = PANEL * (n * (m / PANEL) + l) + m % PANEL;
            double scale = m > l ? constants->v_scale[l] * constants->v_scale[m] : 0.0;
            double re = scale * gram.re[gram.ld * l + m], im = scale * gram.im[gram.ld * l + m];
            double parts[3] = {re, im, re - im};

            for (size_t i = 0; i < 3; i++) {
                if (single) {
                    ((float *)e->lit_from[i])[at] = (float)parts[i];
                } else {
                    ((double *)e->lit_from[i])[at] = parts[i];
                }
            }
        }
    }
}

/* e->c = (what is above the diagonal)^H alpha */
static void multiply_paths(elimination *e, const echo_paths *paths, bool single)
{
    enum { ROWS = 4 * PANEL };
    size_t n = e->layout->padded, size = single ? sizeof(float) : sizeof(double);

    memset(e->c.re, 0, n * e->c.ld * sizeof(double));
    memset(e->c.im, 0, n * e->c.ld * sizeof(double));
    for (size_t first = 0; first < n; first += ROWS) {
        size_t rows = n - first < ROWS ? n - first : ROWS, left = PANEL * first, at = n * first + left;
        cfi_panels s = {.rows = rows, .stride = n, .columns = n - first, .single = single}, alpha = s;

        alpha.columns = n;
        s.re = (const char *)e->lit_from[0] + at * size;
        s.im = (const char *)e->lit_from[1] + at * size;
        s.mixed = (const char *)e->lit_from[2] + at * size;
        alpha.re = (single ? (const char *)paths->rough[0] : (const char *)paths->exact[0]) + left * size;
        alpha.im = (single ? (const char *)paths->rough[1] : (const char *)paths->exact[1]) + left * size;
        alpha.mixed = (single ? (const char *)paths->rough[2] : (const char *)paths->exact[2]) + left * size;
        linalg_panels_gram_add(&s, &alpha, false,
                               (cfi_split){e->c.re + e->c.ld * first, e->c.im + e->c.ld * first, e->c.ld});
    }
}

/* sum_l S_ll abs(alpha_lp)^2 + 2 Re sum_m conj(y_mp) alpha_mp */
static void add_lit(const elimination *e, const echo_paths *paths, const bound_constants *constants, const double *sums,
                    double *lit)
{
    size_t n = e->layout->padded, L = e->layout->L;

    memset(lit, 0, L * sizeof *lit);
    for (size_t l = 0; l < L; l++) {
        const double *re = paths->re + n * l, *im = paths->im + n * l;
        const double *y_re = e->c.re + e->c.ld * l, *y_im = e->c.im + e->c.ld * l;
        double own = sums[e->layout->aps + 5 * l] * constants->v_scale[l] * constants->v_scale[l];

        for (size_t p = 0; p < L; p++) {
            lit[p] += own * (re[p] * re[p] + im[p] * im[p]) + 2.0 * (y_re[p] * re[p] + y_im[p] * im[p]);
        }
    }
    for (size_t p = 0; p < L; p++) {
        lit[p] *= paths->power;
    }
}

void elimination_illumination(elimination *e, const echo_paths *paths, const bound_constants *constants, double *sums,
                              bool rough, double *lit)
{
    cfi_split gram = sums_square(e->layout, sums, e->layout->gram);
    bool single = rough && e->layout->single;

    if (paths->equal) {
        double all = paths->power * sum_all(e->layout, sums, gram);

        for (size_t p = 0; p < e->layout->L; p++) {
            lit[p] = all;
        }
        return;
    }
    fill_lit_from(e, constants, gram, single);
    multiply_paths(e, paths, single);
    add_lit(e, paths, constants, sums, lit);
}
