/* Loops of precoders over the lanes of a batch: estimates from white numbers, and linear systems of a small Hermitian
 * matrix, A = L D L^H without square roots, so that every step is a few operations on whole vectors.
 * docs/model.md (M20). */
#include "base/width.h"
#include "channel/precoding_lanes.h"

/* ------------------------------------------------------------------------------ estimates ---- */

/* out = filter white, N x N times N x batch, and mean (cosine + j sine) on top where there is a mean. */
WIDE_CODE static void WIDE_NAME(filter_lanes)(const lane_filter *f)
{
    for (size_t r = 0; r < f->lanes; r += WIDTH) {
        for (size_t m = 0; m < f->N; m++) {
            WIDE re = {0.0}, im = {0.0};

            for (size_t n = 0; n < f->N; n++) {
                WIDE a = WIDE_OF(creal(f->filter[m + f->N * n])), b = WIDE_OF(cimag(f->filter[m + f->N * n])),
                     x = WIDE_AT(f->white_re, PRECODING_BATCH * n + r),
                     y = WIDE_AT(f->white_im, PRECODING_BATCH * n + r);

                re = MULTIPLY_TAKE(b, y, MULTIPLY_ADD(a, x, re));
                im = MULTIPLY_ADD(b, x, MULTIPLY_ADD(a, y, im));
            }
            if (f->mean) {
                WIDE a = WIDE_OF(creal(f->mean[m])), b = WIDE_OF(cimag(f->mean[m])), x = WIDE_AT(f->cosine, r),
                     y = WIDE_AT(f->sine, r);

                re = MULTIPLY_TAKE(b, y, MULTIPLY_ADD(a, x, re));
                im = MULTIPLY_ADD(b, x, MULTIPLY_ADD(a, y, im));
            }
            WIDE_AT(f->re, PRECODING_BATCH * m + r) = re;
            WIDE_AT(f->im, PRECODING_BATCH * m + r) = im;
        }
    }
}

/* --------------------------------------------------------------------------- linear systems ---- */

/* `size` and `row` are those of the system, constants of callers that know them. Entry (i, j) of the lower triangle: a
 * vector of real parts, one of imaginary parts behind it. */
WIDE_CODE INLINE double *WIDE_NAME(entry_of)(const lane_system *s, size_t i, size_t j)
{
    return s->matrix + (i * (i + 1) / 2 + j) * 2 * WIDTH;
}

WIDE_CODE INLINE void WIDE_NAME(form_matrix)(const lane_system *s, size_t size, size_t row, size_t r)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j <= i; j++) {
            double complex start = (i == j ? s->load : 0.0) + (s->added ? s->added[i + size * j] : 0.0);
            WIDE re = {0.0}, im = {0.0};

            for (size_t c = 0; c < s->count; c++) {
                size_t at = s->begin[c] + r, left = at + i * row, right = at + j * row;
                WIDE a = WIDE_AT(s->re, left), b = WIDE_AT(s->im, left), x = WIDE_AT(s->re, right),
                     y = WIDE_AT(s->im, right);

                re = MULTIPLY_ADD(b, y, MULTIPLY_ADD(a, x, re));
                im = MULTIPLY_TAKE(a, y, MULTIPLY_ADD(b, x, im));
            }
            WIDE_AT(WIDE_NAME(entry_of)(s, i, j), 0) = re + creal(start);
            WIDE_AT(WIDE_NAME(entry_of)(s, i, j), WIDTH) = im + cimag(start);
        }
    }
}

/* Column j of L, from the row's products with the pivots. */
WIDE_CODE INLINE void WIDE_NAME(divide_column)(const lane_system *s, size_t size, size_t j)
{
    WIDE inverse = WIDE_AT(s->pivot, WIDTH * j);

    for (size_t i = j + 1; i < size; i++) {
        double *to = WIDE_NAME(entry_of)(s, i, j);
        WIDE re = WIDE_AT(to, 0), im = WIDE_AT(to, WIDTH);

        for (size_t k = 0; k < j; k++) {
            double *l = WIDE_NAME(entry_of)(s, i, k), *w = s->work + k * 2 * WIDTH;
            WIDE a = WIDE_AT(l, 0), b = WIDE_AT(l, WIDTH), x = WIDE_AT(w, 0), y = WIDE_AT(w, WIDTH);

            re = MULTIPLY_TAKE(b, y, MULTIPLY_TAKE(a, x, re));
            im = MULTIPLY_ADD(a, y, MULTIPLY_TAKE(b, x, im));
        }
        WIDE_AT(to, 0) = re * inverse;
        WIDE_AT(to, WIDTH) = im * inverse;
    }
}

/* L below the diagonal, the inverse pivots, and the pivots on the diagonal. */
WIDE_CODE INLINE void WIDE_NAME(factorise)(const lane_system *s, size_t size)
{
    for (size_t j = 0; j < size; j++) {
        WIDE pivot = WIDE_AT(WIDE_NAME(entry_of)(s, j, j), 0);

        for (size_t k = 0; k < j; k++) {
            double *l = WIDE_NAME(entry_of)(s, j, k), *w = s->work + k * 2 * WIDTH;
            WIDE d = WIDE_AT(WIDE_NAME(entry_of)(s, k, k), 0), a = WIDE_AT(l, 0), b = WIDE_AT(l, WIDTH);

            WIDE_AT(w, 0) = a * d;
            WIDE_AT(w, WIDTH) = b * d;
            pivot = MULTIPLY_TAKE(MULTIPLY_ADD(b, b, a * a), d, pivot);
        }
        WIDE_AT(WIDE_NAME(entry_of)(s, j, j), 0) = pivot;
        WIDE_AT(s->pivot, WIDTH * j) = 1.0 / (pivot + ADDED_PIVOT);
        WIDE_NAME(divide_column)(s, size, j);
    }
}

/* x <- L^-1 x */
WIDE_CODE INLINE void WIDE_NAME(substitute_forward)(const lane_system *s, size_t size, size_t row, double *x_re,
                                                    double *x_im)
{
    for (size_t i = 1; i < size; i++) {
        WIDE re = WIDE_AT(x_re, i * row), im = WIDE_AT(x_im, i * row);

        for (size_t k = 0; k < i; k++) {
            double *l = WIDE_NAME(entry_of)(s, i, k);
            WIDE a = WIDE_AT(l, 0), b = WIDE_AT(l, WIDTH), x = WIDE_AT(x_re, k * row), y = WIDE_AT(x_im, k * row);

            re = MULTIPLY_ADD(b, y, MULTIPLY_TAKE(a, x, re));
            im = MULTIPLY_TAKE(b, x, MULTIPLY_TAKE(a, y, im));
        }
        WIDE_AT(x_re, i * row) = re;
        WIDE_AT(x_im, i * row) = im;
    }
}

/* x <- L^-H D^-1 x */
WIDE_CODE INLINE void WIDE_NAME(substitute_back)(const lane_system *s, size_t size, size_t row, double *x_re,
                                                 double *x_im)
{
    for (size_t i = size; i-- > 0;) {
        WIDE inverse = WIDE_AT(s->pivot, WIDTH * i);
        WIDE re = WIDE_AT(x_re, i * row) * inverse, im = WIDE_AT(x_im, i * row) * inverse;

        for (size_t k = i + 1; k < size; k++) {
            double *l = WIDE_NAME(entry_of)(s, k, i);
            WIDE a = WIDE_AT(l, 0), b = WIDE_AT(l, WIDTH), x = WIDE_AT(x_re, k * row), y = WIDE_AT(x_im, k * row);

            re = MULTIPLY_TAKE(b, y, MULTIPLY_TAKE(a, x, re));
            im = MULTIPLY_ADD(b, x, MULTIPLY_TAKE(a, y, im));
        }
        WIDE_AT(x_re, i * row) = re;
        WIDE_AT(x_im, i * row) = im;
    }
}

/* A vector of realisations after the other, in one work space. */
WIDE_CODE INLINE void WIDE_NAME(solve_sized)(const lane_system *s, size_t size, size_t row)
{
    for (size_t r = 0; r < s->lanes; r += WIDTH) {
        WIDE_NAME(form_matrix)(s, size, row, r);
        WIDE_NAME(factorise)(s, size);
        for (size_t c = 0; c < s->count; c++) {
            size_t at = s->begin[c] + r;

            WIDE_NAME(substitute_forward)(s, size, row, s->re + at, s->im + at);
            WIDE_NAME(substitute_back)(s, size, row, s->re + at, s->im + at);
        }
    }
}

/* Loops of known lengths are unrolled. */
WIDE_CODE static void WIDE_NAME(solve_system)(const lane_system *s)
{
    if (s->size == 4 && s->row == PRECODING_BATCH) {
        WIDE_NAME(solve_sized)(s, 4, PRECODING_BATCH);
    } else {
        WIDE_NAME(solve_sized)(s, s->size, s->row);
    }
}

#undef WIDTH
