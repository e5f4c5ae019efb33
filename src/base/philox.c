/* Philox4x32-10 (Salmon et al., 2011), written for AVX-512, AVX2 and in plain C, chosen at run time; checked against
 * Random123 in the tests. */
#include "base/philox.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u

/* Ten rounds on the words w[0..3] under the key k[0..1]. */
static void rounds(uint32_t w[4], uint32_t k0, uint32_t k1)
{
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)w[0] * PHILOX_M0, p1 = (uint64_t)w[2] * PHILOX_M1;

        w[0] = (uint32_t)(p1 >> 32) ^ w[1] ^ (k0 + (uint32_t)round * PHILOX_W0);
        w[2] = (uint32_t)(p0 >> 32) ^ w[3] ^ (k1 + (uint32_t)round * PHILOX_W1);
        w[1] = (uint32_t)p1;
        w[3] = (uint32_t)p0;
    }
}

static void words_plain(const cfi_stream *stream, uint32_t count, philox_batch *words)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t w[4] = {(uint32_t)words->w0[i], stream->drop, (uint32_t)words->w2[i], stream->purpose};

        rounds(w, (uint32_t)stream->seed, (uint32_t)(stream->seed >> 32));
        words->w0[i] = w[0];
        words->w1[i] = w[1];
        words->w2[i] = w[2];
        words->w3[i] = w[3];
    }
}

#ifdef __x86_64__
/* The same on vectors of `width` 64-bit lanes: the multiplication takes the lower halves, so that nothing need be
 * cleared between rounds. */
#define WORDS_OF_VECTORS(name, set, vector, width, constant, multiply, shift, both, load, store)                       \
    __attribute__((target(set))) static void name(const cfi_stream *stream, uint32_t count, philox_batch *words)       \
    {                                                                                                                  \
        uint32_t k0 = (uint32_t)stream->seed, k1 = (uint32_t)(stream->seed >> 32);                                     \
                                                                                                                       \
        for (uint32_t i = 0; i < count; i += (width)) {                                                                \
            vector x0 = load((const vector *)(words->w0 + i)), x1 = constant(stream->drop);                            \
            vector x2 = load((const vector *)(words->w2 + i)), x3 = constant(stream->purpose);                         \
                                                                                                                       \
            _Pragma("GCC unroll 10") for (uint32_t round = 0; round < 10; round++)                                     \
            {                                                                                                          \
                vector p0 = multiply(x0, constant(PHILOX_M0)), p1 = multiply(x2, constant(PHILOX_M1));                 \
                                                                                                                       \
                x0 = both(both(shift(p1, 32), x1), constant((uint32_t)(k0 + round * PHILOX_W0)));                      \
                x2 = both(both(shift(p0, 32), x3), constant((uint32_t)(k1 + round * PHILOX_W1)));                      \
                x1 = p1;                                                                                               \
                x3 = p0;                                                                                               \
            }                                                                                                          \
            store((vector *)(words->w0 + i), x0);                                                                      \
            store((vector *)(words->w1 + i), x1);                                                                      \
            store((vector *)(words->w2 + i), x2);                                                                      \
            store((vector *)(words->w3 + i), x3);                                                                      \
        }                                                                                                              \
    }
WORDS_OF_VECTORS(words_avx512, SIMD_AVX512_SET, __m512i, 8, _mm512_set1_epi64, _mm512_mul_epu32, _mm512_srli_epi64,
                 _mm512_xor_si512, _mm512_loadu_si512, _mm512_storeu_si512)
WORDS_OF_VECTORS(words_avx2, SIMD_AVX2_SET, __m256i, 4, _mm256_set1_epi64x, _mm256_mul_epu32, _mm256_srli_epi64,
                 _mm256_xor_si256, _mm256_loadu_si256, _mm256_storeu_si256)
#endif

void philox_words(const cfi_stream *stream, uint32_t count, philox_batch *words)
{
#ifdef __x86_64__
    if (simd_chosen == SIMD_AVX512) {
        words_avx512(stream, count, words);
        return;
    }
    if (simd_chosen == SIMD_AVX2) {
        words_avx2(stream, count, words);
        return;
    }
#endif
    words_plain(stream, count, words);
}

void philox_block(const cfi_stream *stream, uint32_t w[4])
{
    w[0] = stream->block;
    w[1] = stream->drop;
    w[2] = stream->index;
    w[3] = stream->purpose;
    rounds(w, (uint32_t)stream->seed, (uint32_t)(stream->seed >> 32));
}
