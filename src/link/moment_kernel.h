/* Loops that add a batch to sums over draws. docs/model.md (M20). */
#include "base/width.h"
#include "link/moment_lanes.h"

/* y_t^H v_s of realisations r .. r + WIDTH - 1, real and imaginary parts, of `rows` rows t that have one vector s;
 * rows and N are constants of callers that know them. */
WIDE_CODE INLINE void WIDE_NAME(multiply)(size_t rows, size_t N, const moment_pair *pair, size_t r,
                                          WIDE product[MOST_TILED][2])
{
    for (size_t t = 0; t < rows; t++) {
        product[t][0] = product[t][1] = WIDE_OF(0.0);
    }
    for (size_t n = 0; n < N; n++) {
        WIDE v = WIDE_AT(pair->v_re, PRECODING_BATCH * n + r), w = WIDE_AT(pair->v_im, PRECODING_BATCH * n + r);

        for (size_t t = 0; t < rows; t++) {
            WIDE x = WIDE_AT(pair[t].y_re, PRECODING_BATCH * n + r), y = WIDE_AT(pair[t].y_im, PRECODING_BATCH * n + r);

            product[t][0] = MULTIPLY_ADD(y, w, MULTIPLY_ADD(x, v, product[t][0]));
            product[t][1] = MULTIPLY_TAKE(y, v, MULTIPLY_ADD(x, w, product[t][1]));
        }
    }
}

/* Adds the squares of the products of a tile; `both`: they are of vectors t and row s, too. */
WIDE_CODE INLINE void WIDE_NAME(add_tile)(size_t rows, size_t N, bool both, const moment_pair *pair, size_t lanes)
{
    for (size_t lane = 0; lane < PRECODING_LANES; lane += WIDTH) {
        WIDE sum[MOST_TILED][PAIR_SUMS];

        for (size_t t = 0; t < rows; t++) {
            for (size_t i = 0; i < PAIR_SUMS; i++) {
                sum[t][i] = WIDE_AT(pair[t].sums, PRECODING_LANES * i + lane);
            }
        }
        for (size_t r = lane; r < lanes; r += PRECODING_LANES) {
            WIDE product[MOST_TILED][2];

            WIDE_NAME(multiply)(rows, N, pair, r, product);
            for (size_t t = 0; t < rows; t++) {
                WIDE q = MULTIPLY_ADD(product[t][1], product[t][1], product[t][0] * product[t][0]);

                sum[t][SUM_Q] += q;
                sum[t][SUM_QQ] = MULTIPLY_ADD(q, q, sum[t][SUM_QQ]);
                sum[t][SUM_QB] = MULTIPLY_ADD(q, WIDE_AT(pair->b, r), sum[t][SUM_QB]);
                if (both) {
                    sum[t][SUM_QA] = MULTIPLY_ADD(q, WIDE_AT(pair[t].a, r), sum[t][SUM_QA]);
                }
            }
        }
        for (size_t t = 0; t < rows; t++) {
            for (size_t i = 0; i < (both ? PAIR_SUMS : SUM_QA); i++) {
                WIDE_AT(pair[t].sums, PRECODING_LANES * i + lane) = sum[t][i];
            }
        }
    }
}

/* Whether the next pair is of the same vector, and used alike: the vector is then loaded once for both. */
WIDE_CODE INLINE bool WIDE_NAME(is_tile)(const moment_pair *pair)
{
    return pair[0].v_re == pair[1].v_re && (pair[0].a == NULL) == (pair[1].a == NULL);
}

WIDE_CODE INLINE void WIDE_NAME(add_planned_of)(size_t N, const moment_pair *pairs, size_t count, size_t lanes)
{
    for (size_t i = 0; i < count;) {
        const moment_pair *pair = &pairs[i];
        bool tile = i + 1 < count && WIDE_NAME(is_tile)(pair);

        if (tile && pair->a) {
            WIDE_NAME(add_tile)(2, N, true, pair, lanes);
        } else if (tile) {
            WIDE_NAME(add_tile)(2, N, false, pair, lanes);
        } else if (pair->a) {
            WIDE_NAME(add_tile)(1, N, true, pair, lanes);
        } else {
            WIDE_NAME(add_tile)(1, N, false, pair, lanes);
        }
        i += tile ? 2 : 1;
    }
}

/* Loops of a known length are unrolled. */
WIDE_CODE static void WIDE_NAME(add_planned)(size_t N, const moment_pair *pairs, size_t count, size_t lanes)
{
    if (N == 4) {
        WIDE_NAME(add_planned_of)(4, pairs, count, lanes);
    } else {
        WIDE_NAME(add_planned_of)(N, pairs, count, lanes);
    }
}

/* A product that has a mean, less its reference. */
WIDE_CODE static void WIDE_NAME(add_mean)(size_t N, const moment_pair *pair, const double *live, size_t lanes)
{
    WIDE reference[2] = {WIDE_OF(pair->reference[0]), WIDE_OF(pair->reference[1])};

    for (size_t lane = 0; lane < PRECODING_LANES; lane += WIDTH) {
        WIDE sum[PAIR_SUMS + MEAN_SUMS], *of_mean = sum + PAIR_SUMS;

        for (size_t i = 0; i < PAIR_SUMS + MEAN_SUMS; i++) {
            sum[i] = WIDE_AT(pair->sums, PRECODING_LANES * i + lane);
        }
        for (size_t r = lane; r < lanes; r += PRECODING_LANES) {
            WIDE product[MOST_TILED][2], x, y, q, b = WIDE_AT(pair->b, r), a = WIDE_AT(pair->a ? pair->a : pair->b, r);

            WIDE_NAME(multiply)(1, N, pair, r, product);
            x = (product[0][0] - reference[0]) * WIDE_AT(live, r);
            y = (product[0][1] - reference[1]) * WIDE_AT(live, r);
            q = MULTIPLY_ADD(y, y, x * x);
            sum[SUM_Q] += q;
            sum[SUM_QQ] = MULTIPLY_ADD(q, q, sum[SUM_QQ]);
            sum[SUM_QB] = MULTIPLY_ADD(q, b, sum[SUM_QB]);
            sum[SUM_QA] = MULTIPLY_ADD(q, a, sum[SUM_QA]);
            of_mean[SUM_X] += x;
            of_mean[SUM_Y] += y;
            of_mean[SUM_XX] = MULTIPLY_ADD(x, x, of_mean[SUM_XX]);
            of_mean[SUM_XY] = MULTIPLY_ADD(x, y, of_mean[SUM_XY]);
            of_mean[SUM_YY] = MULTIPLY_ADD(y, y, of_mean[SUM_YY]);
            of_mean[SUM_XB] = MULTIPLY_ADD(x, b, of_mean[SUM_XB]);
            of_mean[SUM_YB] = MULTIPLY_ADD(y, b, of_mean[SUM_YB]);
            of_mean[SUM_XA] = MULTIPLY_ADD(x, a, of_mean[SUM_XA]);
            of_mean[SUM_YA] = MULTIPLY_ADD(y, a, of_mean[SUM_YA]);
            of_mean[SUM_QX] = MULTIPLY_ADD(q, x, of_mean[SUM_QX]);
            of_mean[SUM_QY] = MULTIPLY_ADD(q, y, of_mean[SUM_QY]);
        }
        for (size_t i = 0; i < PAIR_SUMS + MEAN_SUMS; i++) {
            WIDE_AT(pair->sums, PRECODING_LANES * i + lane) = sum[i];
        }
    }
}

/* v_s v_s^H of a batch, its lower triangle. */
WIDE_CODE static void WIDE_NAME(add_outer)(const moment_vector *vector)
{
    for (size_t lane = 0; lane < PRECODING_LANES; lane += WIDTH) {
        double *to = vector->outer + lane;

        for (size_t n = 0; n < vector->N; n++) {
            for (size_t m = 0; m <= n; m++, to += COMPLEX_LANES) {
                WIDE re = WIDE_AT(to, 0), im = WIDE_AT(to, PRECODING_LANES);

                for (size_t r = lane; r < vector->lanes; r += PRECODING_LANES) {
                    WIDE a = WIDE_AT(vector->re, PRECODING_BATCH * n + r),
                         b = WIDE_AT(vector->im, PRECODING_BATCH * n + r),
                         x = WIDE_AT(vector->re, PRECODING_BATCH * m + r),
                         y = WIDE_AT(vector->im, PRECODING_BATCH * m + r);

                    re = MULTIPLY_ADD(b, y, MULTIPLY_ADD(a, x, re));
                    im = MULTIPLY_TAKE(a, y, MULTIPLY_ADD(b, x, im));
                }
                WIDE_AT(to, 0) = re;
                WIDE_AT(to, PRECODING_LANES) = im;
            }
        }
    }
}

#undef WIDTH
