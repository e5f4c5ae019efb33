/* A += H^H F with real and imaginary parts apart: real products on vectors along the columns of F.
 *
 * Nothing is packed: a tile of A stays in registers while all rows pass. One set of tiles for each instruction set,
 * chosen at run time. Multiply-adds are fused where the CPU can, as in BLAS: by name, so that no compiler chooses. */
#include "cfisac/linalg.h"

#include "base/clones.h"

#if defined __x86_64__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

/* Operands of a tile: rows of H and F from the tile's first column on, entries of A. */
typedef struct operands {
    size_t rows;
    cfi_split h, f, a;
} operands;

INLINE operands tile_at(const operands *all, size_t k, size_t j)
{
    return (operands){.rows = all->rows,
                      .h = {all->h.re + k, all->h.im + k, all->h.ld},
                      .f = {all->f.re + j, all->f.im + j, all->f.ld},
                      .a = {all->a.re + k * all->a.ld + j, all->a.im + k * all->a.ld + j, all->a.ld}};
}

#define UNROLL _Pragma("GCC unroll 4")
/* `height` <= 4 rows of A by `vectors` <= 2 vectors of `width` doubles; both are constants of each caller. */
#define TILE(name, attribute, vector, width, add_product, take_product)                                                \
    attribute INLINE void name(size_t height, size_t vectors, operands t)                                              \
    {                                                                                                                  \
        vector re[4][2], im[4][2];                                                                                     \
                                                                                                                       \
        UNROLL for (size_t k = 0; k < height; k++)                                                                     \
        {                                                                                                              \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                re[k][j] = *(const vector *)(t.a.re + k * t.a.ld + (width)*j);                                         \
                im[k][j] = *(const vector *)(t.a.im + k * t.a.ld + (width)*j);                                         \
            }                                                                                                          \
        }                                                                                                              \
        for (size_t r = 0; r < t.rows; r++) {                                                                          \
            vector x[2], y[2];                                                                                         \
                                                                                                                       \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                x[j] = *(const vector *)(t.f.re + (width)*j);                                                          \
                y[j] = *(const vector *)(t.f.im + (width)*j);                                                          \
            }                                                                                                          \
            UNROLL for (size_t k = 0; k < height; k++)                                                                 \
            {                                                                                                          \
                double a = t.h.re[k], b = t.h.im[k];                                                                   \
                                                                                                                       \
                UNROLL for (size_t j = 0; j < vectors; j++)                                                            \
                {                                                                                                      \
                    re[k][j] = add_product(re[k][j], a, x[j]);                                                         \
                    re[k][j] = add_product(re[k][j], b, y[j]);                                                         \
                    im[k][j] = add_product(im[k][j], a, y[j]);                                                         \
                    im[k][j] = take_product(im[k][j], b, x[j]);                                                        \
                }                                                                                                      \
            }                                                                                                          \
            t.h.re += t.h.ld;                                                                                          \
            t.h.im += t.h.ld;                                                                                          \
            t.f.re += t.f.ld;                                                                                          \
            t.f.im += t.f.ld;                                                                                          \
        }                                                                                                              \
        UNROLL for (size_t k = 0; k < height; k++)                                                                     \
        {                                                                                                              \
            UNROLL for (size_t j = 0; j < vectors; j++)                                                                \
            {                                                                                                          \
                *(vector *)(t.a.re + k * t.a.ld + (width)*j) = re[k][j];                                               \
                *(vector *)(t.a.im + k * t.a.ld + (width)*j) = im[k][j];                                               \
            }                                                                                                          \
        }                                                                                                              \
    }

/* All rows of A, `vectors` vectors of columns from j on. */
#define STRIP(name, attribute, tile)                                                                                   \
    attribute INLINE void name(size_t height, size_t vectors, size_t m, const operands *all, size_t j)                 \
    {                                                                                                                  \
        size_t k = 0;                                                                                                  \
                                                                                                                       \
        for (; m - k >= height; k += height) {                                                                         \
            tile(height, vectors, tile_at(all, k, j));                                                                 \
        }                                                                                                              \
        if (m - k >= 2) {                                                                                              \
            tile(2, vectors, tile_at(all, k, j));                                                                      \
            k += 2;                                                                                                    \
        }                                                                                                              \
        if (m > k) {                                                                                                   \
            tile(1, vectors, tile_at(all, k, j));                                                                      \
        }                                                                                                              \
    }

#define PRODUCT(name, attribute, vector, width, height, add_product, take_product)                                     \
    typedef double vector __attribute__((vector_size(8 * (width)), aligned(8), may_alias));                            \
    TILE(tile_##name, attribute, vector, width, add_product, take_product)                                             \
    STRIP(strip_##name, attribute, tile_##name)                                                                        \
    attribute static void name(size_t m, size_t n, const operands *all)                                                \
    {                                                                                                                  \
        size_t j = 0;                                                                                                  \
                                                                                                                       \
        for (; n > j + (width); j += 2 * (size_t)(width)) {                                                            \
            strip_##name(height, 2, m, all, j);                                                                        \
        }                                                                                                              \
        if (n > j) {                                                                                                   \
            strip_##name(height, 1, m, all, j);                                                                        \
        }                                                                                                              \
    }

/* c + a v and c - a v */
#ifdef __x86_64__
#define ADD_8(c, a, v)  ((vector8)_mm512_fmadd_pd(_mm512_set1_pd(a), (__m512d)(v), (__m512d)(c)))
#define TAKE_8(c, a, v) ((vector8)_mm512_fnmadd_pd(_mm512_set1_pd(a), (__m512d)(v), (__m512d)(c)))
#define ADD_4(c, a, v)  ((vector4)_mm256_fmadd_pd(_mm256_set1_pd(a), (__m256d)(v), (__m256d)(c)))
#define TAKE_4(c, a, v) ((vector4)_mm256_fnmadd_pd(_mm256_set1_pd(a), (__m256d)(v), (__m256d)(c)))
PRODUCT(product_avx512, SIMD_AVX512_CODE, vector8, 8, 4, ADD_8, TAKE_8)
PRODUCT(product_avx2, SIMD_AVX2_CODE, vector4, 4, 2, ADD_4, TAKE_4)
#endif
#ifdef __aarch64__
#define ADD_2(c, a, v)  ((vector2)vfmaq_f64((float64x2_t)(c), vdupq_n_f64(a), (float64x2_t)(v)))
#define TAKE_2(c, a, v) ((vector2)vfmsq_f64((float64x2_t)(c), vdupq_n_f64(a), (float64x2_t)(v)))
#else
#define ADD_2(c, a, v)  ((c) + (a) * (v))
#define TAKE_2(c, a, v) ((c) - (a) * (v))
#endif
PRODUCT(product_plain, , vector2, 2, 2, ADD_2, TAKE_2)

void linalg_split_gram_add(size_t m, size_t n, size_t rows, cfi_split h, cfi_split f, cfi_split a)
{
    operands all = {.rows = rows, .h = h, .f = f, .a = a};

#ifdef __x86_64__
    if (simd_chosen == SIMD_AVX512) {
        product_avx512(m, n, &all);
        return;
    }
    if (simd_chosen == SIMD_AVX2) {
        product_avx2(m, n, &all);
        return;
    }
#endif
    product_plain(m, n, &all);
}
