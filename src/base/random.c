/* Counter-based random streams: uniforms and Box-Muller normals of one stream.
 *
 * The loops over floating-point numbers are plain C that the compiler vectorises, cloned for several instruction sets
 * and chosen at run time. They use only correctly rounded operations (no fused multiply-add, no library function), so
 * every version gives the same bytes. */
#include "base/philox.h"

#include <math.h>
#include <string.h>

typedef philox_batch batch;

/* (2 k + 1) 2^-53 with k the upper 52 bits: exact, and inside (0, 1). */
INLINE double to_uniform(uint64_t high, uint64_t low)
{
    uint64_t bits = ((high << 32) | (low & 0xFFFFFFFFu)) >> 12;

    return (from_bits(bits | 0x3FF0000000000000u) - 1.0) + 0x1p-53;
}

/* ln(u) for a normal u in (0, 1): u = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 atanh((m - 1) / (m + 1)). */
INLINE double log_unit(double u)
{
    uint64_t bits = to_bits(u), shifted = bits - 0x3FE6A09E667F3BCDu; /* sqrt(1/2) */
    uint64_t biased = (shifted >> 52) + 2048;                         /* e + 2048, modulo 4096 */
    double e = from_bits(0x4330000000000000u | (biased & 0xFFF)) - (0x1p52 + 2048.0);
    double m = from_bits(bits - (shifted & 0xFFF0000000000000u));
    double s = (m - 1.0) / (m + 1.0), z = s * s, p = 1.0 / 23.0;

    p = p * z + 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    return e * 0x1.62e42fefa39efp-1 + (2.0 * s + 2.0 * s * z * p);
}

/* sin and cos of 2 pi u, u in (0, 1): the nearest quarter turn is taken off exactly, Taylor series on [-pi/4, pi/4]. */
INLINE void sincos_turn(double u, double *sine, double *cosine)
{
    double magic = 4.0 * u + 0x1.8p52, x = (4.0 * u - (magic - 0x1.8p52)) * 0x1.921fb54442d18p0, z = x * x;
    uint64_t quadrant = to_bits(magic);
    double s = -1.0 / 1307674368000.0, c = 1.0 / 20922789888000.0;

    s = s * z + 1.0 / 6227020800.0;
    s = s * z - 1.0 / 39916800.0;
    s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;
    s = s * z + 1.0 / 120.0;
    s = s * z - 1.0 / 6.0;
    s = x + x * z * s;
    c = c * z - 1.0 / 87178291200.0;
    c = c * z + 1.0 / 479001600.0;
    c = c * z - 1.0 / 3628800.0;
    c = c * z + 1.0 / 40320.0;
    c = c * z - 1.0 / 720.0;
    c = c * z + 1.0 / 24.0;
    c = 1.0 - 0.5 * z + z * z * c;
    /* odd quadrants swap sine and cosine; the sign bits follow from the quadrant */
    uint64_t odd = (uint64_t)0 - (quadrant & 1), sb = to_bits(s), cb = to_bits(c);
    uint64_t swapped_s = (cb & odd) | (sb & ~odd), swapped_c = (sb & odd) | (cb & ~odd);
    *sine = from_bits(swapped_s ^ (quadrant & 2) << 62);
    *cosine = from_bits(swapped_c ^ ((quadrant + 1) & 2) << 62);
}

CLONES(static, void, normals_batch, (const batch *restrict in, uint32_t count, double *restrict out), (in, count, out))
{
    double even[PHILOX_BATCH], odd[PHILOX_BATCH];

    for (uint32_t i = 0; i < count; i++) {
        double radius = sqrt(-2.0 * log_unit(to_uniform(in->w0[i], in->w1[i]))), s, c;

        sincos_turn(to_uniform(in->w2[i], in->w3[i]), &s, &c);
        even[i] = radius * c;
        odd[i] = radius * s;
    }
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = even[i];
        out[2 * i + 1] = odd[i];
    }
}

CLONES(static, void, uniforms_batch, (const batch *restrict in, uint32_t count, double *restrict out), (in, count, out))
{
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = to_uniform(in->w0[i], in->w1[i]);
        out[2 * i + 1] = to_uniform(in->w2[i], in->w3[i]);
    }
}

/* A batch in and out: what is read and what is written may be one. */
CLONES(static, void, turn_batch, (size_t count, const double *u, double *cosine, double *sine),
       (count, u, cosine, sine))
{
    double c[PHILOX_BATCH], s[PHILOX_BATCH];

    for (size_t i = 0; i < count; i++) {
        sincos_turn(u[i], &s[i], &c[i]);
    }
    memcpy(cosine, c, count * sizeof *c);
    memcpy(sine, s, count * sizeof *s);
}

/* The two numbers of one block: the same operations as in a batch, and so the same bits. */
static void uniforms_block(const uint32_t word[4], double out[2])
{
    out[0] = to_uniform(word[0], word[1]);
    out[1] = to_uniform(word[2], word[3]);
}

static void normals_block(const uint32_t word[4], double out[2])
{
    double radius = sqrt(-2.0 * log_unit(to_uniform(word[0], word[1]))), s, c;

    sincos_turn(to_uniform(word[2], word[3]), &s, &c);
    out[0] = radius * c;
    out[1] = radius * s;
}

/* What makes numbers of words. */
typedef struct converter {
    void (*batch)(const batch *restrict in, uint32_t count, double *restrict out);
    void (*block)(const uint32_t word[4], double out[2]);
} converter;

static const converter UNIFORMS = {.batch = uniforms_batch, .block = uniforms_block};
static const converter NORMALS = {.batch = normals_batch, .block = normals_block};

/* One or two numbers: without the vectors of a batch, which cost several times as much for one block. */
static void fill_block(cfi_stream *stream, size_t n, double *restrict out, const converter *convert)
{
    uint32_t word[4];
    double pair[2];

    philox_block(stream, word);
    convert->block(word, pair);
    memcpy(out, pair, n * sizeof *out);
    stream->block++;
}

/* Fills out with n numbers, two a block, a batch at a time; an odd one at the end is half of a block. */
static void fill(cfi_stream *stream, size_t n, double *restrict out, const converter *convert)
{
    const size_t most = 2 * (size_t)PHILOX_BATCH;
    batch words;

    while (n > 2) {
        size_t take = n < most ? n / 2 * 2 : most;
        uint32_t blocks = (uint32_t)(take / 2);

        for (uint32_t i = 0; i < (blocks + 7) / 8 * 8; i++) {
            words.w0[i] = (uint32_t)(stream->block + i);
            words.w2[i] = stream->index;
        }
        philox_words(stream, blocks, &words);
        convert->batch(&words, blocks, out);
        stream->block += blocks;
        out += take;
        n -= take;
    }
    if (n > 0) {
        fill_block(stream, n, out, convert);
    }
}

/* The two numbers of one block of each of `count` streams. */
static void fill_pairs(const cfi_stream *stream, size_t count, const uint32_t *restrict index, double *restrict out,
                       const converter *convert)
{
    batch words;

    for (size_t done = 0; done < count; done += PHILOX_BATCH) {
        size_t take = count - done < PHILOX_BATCH ? count - done : PHILOX_BATCH;

        for (size_t i = 0; i < take; i++) {
            words.w0[i] = stream->block;
            words.w2[i] = index[done + i];
        }
        for (size_t i = take; i < (take + 7) / 8 * 8; i++) {
            words.w0[i] = words.w2[i] = 0;
        }
        philox_words(stream, (uint32_t)take, &words);
        convert->batch(&words, (uint32_t)take, out + 2 * done);
    }
}

cfi_stream stream_make(uint64_t seed, uint32_t drop, cfi_purpose purpose, uint32_t index)
{
    return (cfi_stream){.seed = seed, .drop = drop, .index = index, .purpose = (uint32_t)purpose};
}

void random_uniforms(cfi_stream *stream, size_t n, double *restrict out)
{
    fill(stream, n, out, &UNIFORMS);
}

void random_turns(size_t n, const double *u, double *cosine, double *sine)
{
    for (size_t done = 0; done < n; done += PHILOX_BATCH) {
        turn_batch(n - done < PHILOX_BATCH ? n - done : PHILOX_BATCH, u + done, cosine + done, sine + done);
    }
}

void random_normals(cfi_stream *stream, size_t n, double *restrict out)
{
    fill(stream, n, out, &NORMALS);
}

void random_uniform_pairs(const cfi_stream *stream, size_t count, const uint32_t *index, double *restrict out)
{
    fill_pairs(stream, count, index, out, &UNIFORMS);
}

void random_normal_pairs(const cfi_stream *stream, size_t count, const uint32_t *index, double *restrict out)
{
    fill_pairs(stream, count, index, out, &NORMALS);
}
