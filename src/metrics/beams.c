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
    double *w_re, *w_im;           /* one panel of w */
    void *u[3];                    /* v again in the precision of w, as left operand; NULL in double precision */
    void *w[3];                    /* panels of w, as right operand */
};

static size_t panels_of(const beams *b)
{
    return b->layout->padded * b->most * b->K;
}

static bool allocate_panels(beams *b, cfi_arena *arena)
{
    size_t all = panels_of(b), one = PANEL * b->most * b->K;
    size_t size = b->layout->single ? sizeof(float) : sizeof(double);

    b->v_re = arena_zeros(arena, 4 * all, sizeof(double));
    b->w_re = arena_zeros(arena, 2 * one, sizeof(double));
    if (!b->v_re || !b->w_re) {
        return false;
    }
    b->v_im = b->v_re + all;
    b->v_minus = b->v_re + 2 * all;
    b->v_plus = b->v_re + 3 * all;
    b->w_im = b->w_re + one;
    for (size_t i = 0; i < 3; i++) {
        b->w[i] = arena_zeros(arena, all, size);
        b->u[i] = b->layout->single ? arena_zeros(arena, all, size) : NULL;
        if (!b->w[i] || (b->layout->single && !b->u[i])) {
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
    if (!b->re || (layout->multistatic && !allocate_panels(b, arena))) {
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

/* a + sign b with each column times its scale, rounded to single precision. */
CLONES(static, void, round_mixed,
       (size_t rows, double sign, const double *restrict scale, const double *restrict a, const double *restrict b,
        float *restrict out),
       (rows, sign, scale, a, b, out))
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < PANEL; c++) {
            out[PANEL * r + c] = (float)(scale[c] * (a[PANEL * r + c] + sign * b[PANEL * r + c]));
        }
    }
}

/* The other forms of a full panel that starts at `at`. */
static void finish_panel(const beams *b, const bound_constants *constants, size_t panel, size_t rows, size_t at)
{
    const double *v_scale = constants->v_scale + PANEL * panel, *w_scale = constants->w_scale + PANEL * panel;
    const double *re = b->v_re + at, *im = b->v_im + at;

    mix(PANEL * rows, -1.0, re, im, b->v_minus + at);
    mix(PANEL * rows, 1.0, re, im, b->v_plus + at);
    if (b->layout->single) {
        round_mixed(rows, 0.0, v_scale, re, re, (float *)b->u[0] + at);
        round_mixed(rows, 0.0, v_scale, im, im, (float *)b->u[1] + at);
        round_mixed(rows, -1.0, v_scale, re, im, (float *)b->u[2] + at);
        round_mixed(rows, 0.0, w_scale, b->w_re, b->w_re, (float *)b->w[0] + at);
        round_mixed(rows, 0.0, w_scale, b->w_im, b->w_im, (float *)b->w[1] + at);
        round_mixed(rows, 1.0, w_scale, b->w_re, b->w_im, (float *)b->w[2] + at);
    } else {
        memcpy((double *)b->w[0] + at, b->w_re, PANEL * rows * sizeof(double));
        memcpy((double *)b->w[1] + at, b->w_im, PANEL * rows * sizeof(double));
        mix(PANEL * rows, 1.0, b->w_re, b->w_im, (double *)b->w[2] + at);
    }
}

void beams_keep(beams *b, const bound_constants *constants, size_t l, size_t count)
{
    size_t panel = l / PANEL, lane = l % PANEL, rows = b->K * count, at = PANEL * b->most * b->K * panel;

    if (!b->layout->multistatic) {
        return;
    }
    place_streams(b, V, count, b->re, b->v_re + at + lane);
    place_streams(b, V, count, b->im, b->v_im + at + lane);
    place_streams(b, W, count, b->re, b->w_re + lane);
    place_streams(b, W, count, b->im, b->w_im + lane);
    if (lane + 1 == PANEL || l + 1 == b->layout->L) {
        finish_panel(b, constants, panel, rows, at);
    }
}

void beams_add_products(const beams *b, size_t first, size_t last, double *sums)
{
    const sums_layout *layout = b->layout;
    size_t at = PANEL * b->K * first, size = layout->single ? sizeof(float) : sizeof(double);
    cfi_panels plain = {.rows = b->K * (last - first), .stride = b->K * b->most, .columns = layout->padded};
    cfi_panels left = plain, right = plain, observed = plain, beside = plain;

    left.re = right.re = b->v_re + at;
    left.im = right.im = b->v_im + at;
    left.mixed = b->v_minus + at;
    right.mixed = b->v_plus + at;
    linalg_panels_gram_add(&left, &right, true, sums_square(layout, sums, layout->gram));
    beside.single = observed.single = layout->single;
    observed.re = (const char *)b->w[0] + at * size;
    observed.im = (const char *)b->w[1] + at * size;
    observed.mixed = (const char *)b->w[2] + at * size;
    beside.re = layout->single ? (const char *)b->u[0] + at * size : left.re;
    beside.im = layout->single ? (const char *)b->u[1] + at * size : left.im;
    beside.mixed = layout->single ? (const char *)b->u[2] + at * size : left.mixed;
    linalg_panels_gram_add(&beside, &observed, false, sums_square(layout, sums, layout->cross));
}
