/* Vectors as wide as those of a kind of CPU, for loops that keep whole vectors in variables: compilers keep a variable
 * that is wider than the CPU's vectors in memory, where CLONES would make such of one body.
 *
 * A file of such loops, `FILE_kernel.h`, begins with an include of this one and ends with #undef WIDTH. It is included
 * once for each path, with WIDTH defined as the doubles of a vector: 8 and 4 on x86-64, and 2 everywhere; CALL_CHOSEN
 * (base/clones.h) then makes of WIDE_NAME(f) the function f. Multiply-adds are fused where the CPU can: the same bytes
 * on all CPUs that can, the last bits may differ on one that cannot.
 *
 * WIDE_NAME(name)    name with the ending of the path
 * WIDE_CODE          stands in front of each function
 * WIDE               a vector
 * WIDE_AT(p, at)     the vector at p[at]
 * WIDE_OF(x)         a vector of numbers x
 * MULTIPLY_ADD(a, b, c), MULTIPLY_TAKE(a, b, c)    a b + c and c - a b, of vectors
 *
 * No guard: it is for being included several times. */
#include "base/clones.h"

#if defined __x86_64__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

#undef WIDE_NAME
#undef WIDE_CODE
#undef WIDE_OF
#undef MULTIPLY_ADD
#undef MULTIPLY_TAKE

#if WIDTH == 8
#define WIDE_NAME(name)        name##_avx512
#define WIDE_CODE              SIMD_AVX512_CODE
#define WIDE_OF(x)             ((WIDE)_mm512_set1_pd(x))
#define MULTIPLY_ADD(a, b, c)  ((WIDE)_mm512_fmadd_pd((__m512d)(a), (__m512d)(b), (__m512d)(c)))
#define MULTIPLY_TAKE(a, b, c) ((WIDE)_mm512_fnmadd_pd((__m512d)(a), (__m512d)(b), (__m512d)(c)))
#elif WIDTH == 4
#define WIDE_NAME(name)        name##_avx2
#define WIDE_CODE              SIMD_AVX2_CODE
#define WIDE_OF(x)             ((WIDE)_mm256_set1_pd(x))
#define MULTIPLY_ADD(a, b, c)  ((WIDE)_mm256_fmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#define MULTIPLY_TAKE(a, b, c) ((WIDE)_mm256_fnmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#else
#define WIDE_NAME(name) name##_plain
#define WIDE_CODE
#define WIDE_OF(x) ((WIDE){(x), (x)})
#ifdef __aarch64__
#define MULTIPLY_ADD(a, b, c)  ((WIDE)vfmaq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#define MULTIPLY_TAKE(a, b, c) ((WIDE)vfmsq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#else
#define MULTIPLY_ADD(a, b, c)  ((c) + (a) * (b))
#define MULTIPLY_TAKE(a, b, c) ((c) - (a) * (b))
#endif
#endif

typedef double WIDE_NAME(wide) __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));

#undef WIDE
#undef WIDE_AT
#define WIDE           WIDE_NAME(wide)
#define WIDE_AT(p, at) (*(WIDE *)((p) + (at)))
