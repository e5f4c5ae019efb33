/* C += V^H W with the columns of V and W in panels, three real products for a complex one.
 *
 * With V = A + i B and W = C + i D: re = A'C + B'D, im = (A - B)'(C + D) - A'C + B'D. A tile of a product stays in
 * registers while DEPTH rows pass; the three are then added to C. One set of tiles for each instruction set, chosen at
 * run time. */
#include "cfisac/linalg.h"

#include "base/clones.h"

#if defined __x86_64__
#include <immintrin.h>
#endif

#define INLINE __attribute__((always_inline)) static inline
#define UNROLL _Pragma("GCC unroll 8")

/* Rows that are summed up before a tile is added to C: as many as a strip can have in the first cache. */
enum { DEPTH = 64, PANEL = LINALG_PANEL };

typedef struct operands {
    const cfi_panels *v, *w;
    cfi_split c;
} operands;

/* One tile: rows, where its columns start in the three parts of V and of W, and its entries of C. */
typedef struct tile {
    size_t rows, panel; /* panel: numbers from panel to panel of W */
    const double *left[3], *right[3];
    cfi_split c;
} tile;

/* Rows of C in whole tiles of `height`, up to column `end`. */
static size_t rows_until(size_t end, size_t height, size_t m)
{
    size_t whole = (end + height - 1) / height * height;

    return whole < m ? whole : m;
}

/* A product of `height` columns of V with `vectors` vectors of W, `lanes` numbers each, over `rows` rows. */
#define PRODUCT(name, attribute, vector, lanes, multiply_add)                                                          \
    attribute INLINE void product_##name(size_t height, size_t vectors, size_t rows, size_t panel, const double *left, \
                                         const double *right, double *out)                                             \
    {                                                                                                                  \
        vector sum[8][2];                                                                                              \
                                                                                                                       \
        UNROLL for (size_t k = 0; k < height; k++)                                                                     \
        {                                                                                                              \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                sum[k][j] = (vector){0};                                                                               \
            }                                                                                                          \
        }                                                                                                              \
        for (const double *end = left + PANEL * rows; left < end; left += PANEL, right += PANEL) {                     \
            vector x[2];                                                                                               \
                                                                                                                       \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                x[j] = *(const vector *)(right + panel * (j * (lanes) / PANEL) + j * (lanes) % PANEL);                 \
            }                                                                                                          \
            UNROLL for (size_t k = 0; k < height; k++)                                                                 \
            {                                                                                                          \
                UNROLL for (size_t j = 0; j < vectors; j++)                                                            \
                {                                                                                                      \
                    sum[k][j] = multiply_add(sum[k][j], left[k], x[j]);                                                \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        UNROLL for (size_t k = 0; k < height; k++)                                                                     \
        {                                                                                                              \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                *(vector *)(out + (vectors * k + j) * (lanes)) = sum[k][j];                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

/* The three products of a tile, added to C. */
#define TILE(name, attribute, lanes)                                                                                   \
    attribute INLINE void tile_##name(size_t height, size_t vectors, const tile *t)                                    \
    {                                                                                                                  \
        size_t width = vectors * (lanes);                                                                              \
        double sum[3][8 * 2 * (lanes)] __attribute__((aligned(64)));                                                   \
                                                                                                                       \
        for (size_t q = 0; q < 3; q++) {                                                                               \
            product_##name(height, vectors, t->rows, t->panel, t->left[q], t->right[q], sum[q]);                       \
        }                                                                                                              \
        for (size_t k = 0; k < height; k++) {                                                                          \
            double *restrict re = t->c.re + t->c.ld * k, *restrict im = t->c.im + t->c.ld * k;                         \
                                                                                                                       \
            for (size_t j = 0; j < width; j++) {                                                                       \
                double one = sum[0][width * k + j], two = sum[1][width * k + j];                                       \
                                                                                                                       \
                re[j] += one + two;                                                                                    \
                im[j] += sum[2][width * k + j] - one + two;                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

/* All tiles: slices of DEPTH rows, strips of W's columns, columns of V. A strip stays in the first cache. */
#define GRAM(name, attribute, lanes, height, most)                                                                     \
    attribute INLINE void strip_##name(size_t vectors, size_t m, const operands *all, size_t first, size_t j)          \
    {                                                                                                                  \
        const cfi_panels *v = all->v, *w = all->w;                                                                     \
        tile t = {.panel = PANEL * w->stride, .c.ld = all->c.ld};                                                      \
        size_t right = t.panel * (j / PANEL) + j % PANEL + PANEL * first;                                              \
                                                                                                                       \
        t.rows = v->rows - first < DEPTH ? v->rows - first : DEPTH;                                                    \
        t.right[0] = w->re + right;                                                                                    \
        t.right[1] = w->im + right;                                                                                    \
        t.right[2] = w->mixed + right;                                                                                 \
        for (size_t k = 0; k < m; k += (height)) {                                                                     \
            size_t left = PANEL * v->stride * (k / PANEL) + k % PANEL + PANEL * first;                                 \
                                                                                                                       \
            t.left[0] = v->re + left;                                                                                  \
            t.left[1] = v->im + left;                                                                                  \
            t.left[2] = v->mixed + left;                                                                               \
            t.c.re = all->c.re + all->c.ld * k + j;                                                                    \
            t.c.im = all->c.im + all->c.ld * k + j;                                                                    \
            tile_##name(height, vectors, &t);                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    attribute static void gram_##name(const operands *all, bool upper)                                                 \
    {                                                                                                                  \
        size_t m = all->v->columns, n = all->w->columns, wide = (size_t)(most) * (lanes), end;                         \
                                                                                                                       \
        for (size_t first = 0; first < all->v->rows; first += DEPTH) {                                                 \
            for (size_t j = 0; n > j; j = end) {                                                                       \
                end = j + (n - j >= wide ? wide : (lanes));                                                            \
                if (end - j == wide) {                                                                                 \
                    strip_##name(most, upper ? rows_until(end, height, m) : m, all, first, j);                         \
                } else {                                                                                               \
                    strip_##name(1, upper ? rows_until(end, height, m) : m, all, first, j);                            \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

#define KERNEL(name, attribute, vector, lanes, height, most, multiply_add)                                             \
    typedef double vector __attribute__((vector_size(sizeof(double) * (lanes)), aligned(sizeof(double)), may_alias));  \
    PRODUCT(name, attribute, vector, lanes, multiply_add)                                                              \
    TILE(name, attribute, lanes)                                                                                       \
    GRAM(name, attribute, lanes, height, most)

/* c + a v */
#ifdef __x86_64__
#define ADD_8D(c, a, v) ((vector8d)_mm512_fmadd_pd(_mm512_set1_pd(a), (__m512d)(v), (__m512d)(c)))
#define ADD_4D(c, a, v) ((vector4d)_mm256_fmadd_pd(_mm256_set1_pd(a), (__m256d)(v), (__m256d)(c)))
KERNEL(avx512, SIMD_AVX512_CODE, vector8d, 8, 8, 2, ADD_8D)
KERNEL(avx2, SIMD_AVX2_CODE, vector4d, 4, 4, 2, ADD_4D)
#endif
#define ADD(c, a, v) ((c) + (a) * (v))
KERNEL(plain, , vector2d, 2, 2, 2, ADD)

void linalg_panels_gram_add(const cfi_panels *v, const cfi_panels *w, bool upper, cfi_split c)
{
    const operands all = {.v = v, .w = w, .c = c};

#ifdef __x86_64__
    if (simd_chosen == SIMD_AVX512) {
        gram_avx512(&all, upper);
        return;
    }
    if (simd_chosen == SIMD_AVX2) {
        gram_avx2(&all, upper);
        return;
    }
#endif
    gram_plain(&all, upper);
}
