/* Beams of the access points at the target: own echoes, and their products. docs/model.md (M17).
 *
 * A row is one stream of one realisation, a column an access point; columns lie in panels, as the products want them.
 */
#include "metrics/beams.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { PANEL = LINALG_PANEL, LANES = 8, V = 0, W = 1 };

struct beams {
    const sums_layout *layout;
    size_t K, width, most;         /* width: K rounded up to LANES; realisations at a time */
    double *re, *im;               /* most x 2 x width: v and w of one access point */
    double *v_re, *v_im, *v_minus; /* panels of most K rows: v, as left operand ... */
    double *v_plus;                /* ... and as right one */
    double *w[3];                  /* panels of w, as right operand */
    double *lit_re, *lit_im;       /* most K: sum_l v_l */
};

static size_t panels_of(const beams *b)
{
    return b->layout->padded * b->most * b->K;
}

static bool allocate_operands(beams *b, cfi_arena *arena)
{
    size_t all = panels_of(b), rows = b->most * b->K;

    b->v_re = arena_zeros(arena, 4 * all, sizeof(double));
    b->lit_re = arena_zeros(arena, 2 * rows, sizeof(double));
    if (!b->v_re || !b->lit_re) {
        return false;
    }
    b->v_im = b->v_re + all;
    b->v_minus = b->v_re + 2 * all;
    b->v_plus = b->v_re + 3 * all;
    b->lit_im = b->lit_re + rows;
    for (size_t i = 0; i < 3; i++) {
        b->w[i] = arena_zeros(arena, all, sizeof(double));
        if (!b->w[i]) {
            return false;
        }
    }
    return true;
}

beams *beams_make(const sums_layout *layout, size_t most, cfi_arena *arena)
{
    size_t width = (layout->K + LANES - 1) / LANES * LANES;
    beams *b = arena_alloc(arena, 1, sizeof *b);

    if (!b) {
        return NULL;
    }
    *b = (beams){.layout = layout, .K = layout->K, .width = width, .most = most};
    b->re = arena_zeros(arena, 4 * width * most, sizeof(double));
    if (!b->re || (layout->multistatic && !allocate_operands(b, arena))) {
        return NULL;
    }
    b->im = b->re + 2 * width * most;
    return b;
}

/* ----------------------------------------------------------------------------- own echo ---- */

/* abs(v)^2, abs(w)^2, Re and Im of v^* w; zeros stand behind the last stream. */
CLONES(static, void, add_moments,
       (size_t width, const double *restrict re, const double *restrict im, double *restrict moments),
       (width, re, im, moments))
{
    double sum[4][LANES] = {{0.0}};

    for (size_t k = 0; k < width; k += LANES) {
        for (size_t i = 0; i < LANES; i++) {
            double a = re[k + i], b = im[k + i], c = re[width + k + i], d = im[width + k + i];

            sum[0][i] += a * a + b * b;
            sum[1][i] += c * c + d * d;
            sum[2][i] += a * c + b * d;
            sum[3][i] += a * d - b * c;
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        for (size_t q = 0; q < 4; q++) {
            moments[q] += sum[q][i];
        }
    }
}

void beams_observe(beams *b, const bound_constants *constants, size_t l, size_t i, cfi_split f, double *sums)
{
    size_t K = b->K, width = b->width, N = constants->network->system->N;
    double *re = b->re + 2 * width * i, *im = b->im + 2 * width * i, one[4] = {0.0}, *ap;
    cfi_split h = {.re = constants->observed + 4 * N * l, .im = constants->observed + 4 * N * l + 2 * N, .ld = 2};

    memset(re, 0, 2 * width * sizeof *re);
    memset(im, 0, 2 * width * sizeof *im);
    linalg_split_gram_add(2, K, N, h, f, (cfi_split){re, im, width});
    for (size_t k = K; k < width; k++) {
        re[k] = im[k] = re[width + k] = im[width + k] = 0.0;
    }
    add_moments(width, re, im, one);
    ap = sums + b->layout->aps + 5 * l;
    for (size_t q = 0; q < 4; q++) {
        ap[q] += one[q];
    }
    ap[4] += 1.0 / bound_own_information(constants, l, one);
}

/* ----------------------------------------------------------------------------- products ---- */

/* Column `lane` of a panel, stream by stream. */
static void place_streams(const beams *b, size_t which, size_t count, const double *from, double *panel)
{
    for (size_t i = 0; i < count; i++) {
        const double *row = from + b->width * (2 * i + which);

        for (size_t k = 0; k < b->K; k++) {
            panel[PANEL * (b->K * i + k)] = row[k];
        }
    }
}

/* a + sign b */
CLONES(static, void, mix,
       (size_t size, double sign, const double *restrict a, const double *restrict b, double *restrict out),
       (size, sign, a, b, out))
{
    for (size_t e = 0; e < size; e++) {
        out[e] = a[e] + sign * b[e];
    }
}

/* lit += sum of the columns of a panel */
CLONES(static, void, add_columns, (size_t rows, const double *restrict panel, double *restrict lit), (rows, panel, lit))
{
    for (size_t r = 0; r < rows; r++) {
        double sum[LANES];

        for (size_t c = 0; c < LANES; c++) {
            sum[c] = panel[PANEL * r + c] + panel[PANEL * r + LANES + c];
        }
        lit[r] += ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    }
}

/* The other forms of a panel of v that starts at `at`. */
static void finish_v(const beams *b, size_t rows, size_t at)
{
    const double *re = b->v_re + at, *im = b->v_im + at;

    add_columns(rows, re, b->lit_re);
    add_columns(rows, im, b->lit_im);
    mix(PANEL * rows, -1.0, re, im, b->v_minus + at);
    mix(PANEL * rows, 1.0, re, im, b->v_plus + at);
}

void beams_keep(beams *b, size_t l, size_t count)
{
    size_t panel = l / PANEL, lane = l % PANEL, rows = b->K * count, at = PANEL * b->most * b->K * panel;

    if (!b->layout->multistatic) {
        return;
    }
    if (l == 0) {
        memset(b->lit_re, 0, 2 * b->most * b->K * sizeof(double));
    }
    place_streams(b, V, count, b->re, b->v_re + at + lane);
    place_streams(b, V, count, b->im, b->v_im + at + lane);
    place_streams(b, W, count, b->re, b->w[0] + at + lane);
    place_streams(b, W, count, b->im, b->w[1] + at + lane);
    if (lane + 1 == PANEL || l + 1 == b->layout->L) {
        finish_v(b, rows, at);
        mix(PANEL * rows, 1.0, b->w[0] + at, b->w[1] + at, b->w[2] + at);
    }
}

static cfi_panels operand(const beams *b, size_t first, size_t last, const double *const parts[3])
{
    size_t at = PANEL * b->K * first;

    return (cfi_panels){.rows = b->K * (last - first),
                        .stride = b->K * b->most,
                        .columns = b->layout->padded,
                        .re = parts[0] + at,
                        .im = parts[1] + at,
                        .mixed = parts[2] + at};
}

void beams_add_products(const beams *b, size_t first, size_t last, double *sums)
{
    const sums_layout *layout = b->layout;
    const double *const v[] = {b->v_re, b->v_im, b->v_minus}, *const v_right[] = {b->v_re, b->v_im, b->v_plus};
    const double *const w[] = {b->w[0], b->w[1], b->w[2]};
    cfi_panels left = operand(b, first, last, v), right = operand(b, first, last, v_right);
    cfi_panels observed = operand(b, first, last, w);

    linalg_panels_gram_add(&left, &right, true, sums_square(layout, sums, layout->gram));
    linalg_panels_gram_add(&left, &observed, false, sums_square(layout, sums, layout->cross));
    for (size_t r = b->K * first; r < b->K * last; r++) {
        sums[layout->lit] += b->lit_re[r] * b->lit_re[r] + b->lit_im[r] * b->lit_im[r];
    }
}
