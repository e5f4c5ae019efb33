/* Complex normals of many streams at once, by Box-Muller: 64 bits of Philox make one, radius from 40, angle from 24.
 *
 * The polynomials are interpolations at Chebyshev nodes, within 3e-12 (logarithm), 5e-15 (sine) and 8e-14 (cosine),
 * relative; Monte Carlo estimates resolve 1e-4 at best. Multiply-adds are fused on every CPU that can: the same bytes
 * on all those, the last bits may differ on a CPU that cannot. */
#include "base/philox.h"

#include <math.h>
#include <string.h>

/* a b + c; `fused` is a constant of each caller. */
INLINE double multiply_add(bool fused, double a, double b, double c)
{
    return fused ? __builtin_fma(a, b, c) : a * b + c;
}

/* -2 ln u for u = (k + 1/2) 2^-40: with u = m 2^(e - 1023) and t = 2 - m it is 2 (1022 - e) ln 2 + t P(t), where
 * t P(t) = -2 ln(1 - t / 2): never negative, and relatively accurate as u -> 1. Even and odd powers apart, so that two
 * chains run at once. */
INLINE double squared_radius(bool fused, double u)
{
    uint64_t bits = to_bits(u);
    double halvings = (0x1p52 + 1022.0) - from_bits((bits >> 52) | 0x4330000000000000u);
    double t = 2.0 - from_bits((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u), square = t * t;
    double odd = 0x1.16dc2b1cdb6dbp-11, even = -0x1.54c75c90e4925p-9;

    odd = multiply_add(fused, odd, square, 0x1.93300e2111b6ep-8);
    even = multiply_add(fused, even, square, -0x1.1468cdfdd4249p-7);
    odd = multiply_add(fused, odd, square, 0x1.05bc26677d725p-7);
    even = multiply_add(fused, even, square, -0x1.2201830b5196ep-8);
    odd = multiply_add(fused, odd, square, 0x1.9290757f0fc49p-9);
    even = multiply_add(fused, even, square, 0x1.a66164a80d600p-10);
    odd = multiply_add(fused, odd, square, 0x1.5d6fced38af36p-8);
    even = multiply_add(fused, even, square, 0x1.9914db28c628cp-7);
    odd = multiply_add(fused, odd, square, 0x1.000286f10e8c3p-5);
    even = multiply_add(fused, even, square, 0x1.5555488dc1308p-4);
    odd = multiply_add(fused, odd, square, 0x1.0000000ca958dp-2);
    even = multiply_add(fused, even, square, 0x1.fffffffffbdbep-1);
    return multiply_add(fused, multiply_add(fused, odd, t, even), t, halvings * 0x1.62e42fefa39efp0);
}

/* sin(pi v / 2) and cos(pi v / 2) for v in [-1/2, 1/2]. */
INLINE void half_angle(bool fused, double v, double *sine, double *cosine)
{
    double z = v * v, s = -0x1.dd5183b555555p-19, c = -0x1.a0edd62400000p-16;

    s = multiply_add(fused, s, z, 0x1.5071c628c5555p-13);
    c = multiply_add(fused, c, z, 0x1.e1e7cb804a000p-11);
    s = multiply_add(fused, s, z, -0x1.32d2c634a2695p-8);
    c = multiply_add(fused, c, z, -0x1.55d3ba2d7d49bp-6);
    s = multiply_add(fused, s, z, 0x1.466bc67108814p-4);
    c = multiply_add(fused, c, z, 0x1.03c1f074da6fcp-2);
    s = multiply_add(fused, s, z, -0x1.4abbce62577cfp-1);
    c = multiply_add(fused, c, z, -0x1.3bd3cc9bd2b75p+0);
    *sine = v * multiply_add(fused, s, z, 0x1.921fb54442cf7p+0);
    *cosine = multiply_add(fused, c, z, 0x1.ffffffffffe07p-1);
}

/* One complex normal from 64 bits: the upper 40 give the radius, the lowest 23 half the angle in [-pi/4, pi/4], which
 * is doubled, and bit 23 turns by pi. */
INLINE void complex_normal(bool fused, uint64_t high, uint64_t low, double *restrict re, double *restrict im)
{
    uint64_t word = (high << 32) | (low & 0xFFFFFFFFu);
    double u = from_bits(((word >> 12) & 0x000FFFFFFFFFF000u) | 0x3FF0000000000800u) - 1.0;
    double v = from_bits(((word << 29) & 0x000FFFFFE0000000u) | 0x3FF0000010000000u) - 1.5;
    double radius = sqrt(squared_radius(fused, u)), s, c;

    radius = from_bits(to_bits(radius) ^ ((word << 40) & 0x8000000000000000u));
    half_angle(fused, v, &s, &c);
    s += s;
    *re = radius * multiply_add(fused, s, -0.5 * s, 1.0);
    *im = radius * (s * c);
}

/* Converts the words of `count` blocks to planes of `stride` doubles. */
#define CONVERTER(name, attribute, fused)                                                                              \
    attribute static void name(const philox_batch *restrict in, size_t count, size_t stride, double *restrict out)     \
    {                                                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                                           \
            complex_normal(fused, in->w0[i], in->w1[i], out + i, out + stride + i);                                    \
        }                                                                                                              \
        out += 2 * stride;                                                                                             \
        for (size_t i = 0; i < count; i++) {                                                                           \
            complex_normal(fused, in->w2[i], in->w3[i], out + i, out + stride + i);                                    \
        }                                                                                                              \
    }
#ifdef __x86_64__
CONVERTER(convert_avx512, SIMD_AVX512_CODE, true)
CONVERTER(convert_avx2, SIMD_AVX2_CODE, true)
#endif
#ifdef __FP_FAST_FMA
CONVERTER(convert_plain, , true)
#else
CONVERTER(convert_plain, , false)
#endif

static void convert(const philox_batch *restrict in, size_t count, size_t stride, double *restrict out)
{
#ifdef __x86_64__
    if (simd_chosen == SIMD_AVX512) {
        convert_avx512(in, count, stride, out);
        return;
    }
    if (simd_chosen == SIMD_AVX2) {
        convert_avx2(in, count, stride, out);
        return;
    }
#endif
    convert_plain(in, count, stride, out);
}

/* Counter words of elements first .. first + PHILOX_BATCH - 1: element e is of stream e mod streams, block e / streams,
 * divided in floating point, which is exact here and vectorises. */
CLONES(static, void, set_counters, (const cfi_stream *stream, int32_t streams, int32_t first, philox_batch *words),
       (stream, streams, first, words))
{
    double inverse = 1.0 / (double)streams;

    for (int32_t i = 0; i < PHILOX_BATCH; i++) {
        int32_t row = (int32_t)(((double)(first + i) + 0.5) * inverse);

        words->w0[i] = stream->block + (uint32_t)row;
        words->w2[i] = stream->index + (uint32_t)(first + i - row * streams);
    }
}

void random_complex_normals(const cfi_stream *first, size_t streams, size_t blocks, double *restrict out)
{
    size_t stride = streams * blocks;
    philox_batch words;

    for (size_t done = 0; done < stride; done += PHILOX_BATCH) {
        size_t take = stride - done < PHILOX_BATCH ? stride - done : PHILOX_BATCH;

        set_counters(first, (int32_t)streams, (int32_t)done, &words);
        philox_words(first, (uint32_t)take, &words);
        convert(&words, take, stride, out + done);
    }
}
