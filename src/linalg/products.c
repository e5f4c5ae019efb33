/* A += H^H F with real and imaginary parts apart: real products on vectors along the columns of F.
 *
 * Nothing is packed: a tile of A stays in registers while all rows pass. One set of tiles for each instruction set,
 * chosen at run time. This file alone is compiled with -ffp-contract=fast: multiply-adds are fused where the CPU has
 * them, as BLAS does. */
#include "cfisac/linalg.h"

#include "base/clones.h"

#define INLINE __attribute__((always_inline)) static inline

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
#define TILE(name, vector, width)                                                                                      \
    INLINE void name(size_t height, size_t vectors, operands t)                                                        \
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
                    re[k][j] += a * x[j];                                                                              \
                    re[k][j] += b * y[j];                                                                              \
                    im[k][j] += a * y[j];                                                                              \
                    im[k][j] -= b * x[j];                                                                              \
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
#define STRIP(name, tile)                                                                                              \
    INLINE void name(size_t height, size_t vectors, size_t m, const operands *all, size_t j)                           \
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

#define PRODUCT(name, attribute, vector, width, height)                                                                \
    typedef double vector __attribute__((vector_size(8 * (width)), aligned(8), may_alias));                            \
    TILE(tile_##name, vector, width)                                                                                   \
    STRIP(strip_##name, tile_##name)                                                                                   \
    attribute static void name(size_t m, size_t n, const operands *all)                                                \
    {                                                                                                                  \
        size_t j = 0;                                                                                                  \
                                                                                                                       \
        for (; n > j + (width); j += 2 * (width)) {                                                                    \
            strip_##name(height, 2, m, all, j);                                                                        \
        }                                                                                                              \
        if (n > j) {                                                                                                   \
            strip_##name(height, 1, m, all, j);                                                                        \
        }                                                                                                              \
    }

#ifdef __x86_64__
PRODUCT(product_avx512, SIMD_AVX512_CODE, vector8, 8, 4)
PRODUCT(product_avx2, SIMD_AVX2_CODE, vector4, 4, 2)
#endif
PRODUCT(product_plain, , vector2, 2, 2)

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
