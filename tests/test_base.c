/* Error text, the arena, random streams; and which BLAS is loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/philox.h"
#include "cfisac/linalg.h"
#include "check.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void error_text_is_one_line_and_fits(void **state)
{
    (void)state;
    cfi_error error;
    char large[4000];

    assert_int_equal(error_set(&error, CFI_INVALID, "a\nb\tc %d", 7), CFI_INVALID);
    assert_string_equal(error.text, "a?b?c 7");
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    error_set(&error, CFI_FAILED, "%s", large);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_int_equal(error_set(NULL, CFI_OUTPUT, "nobody listens"), CFI_OUTPUT);
}

static void arena_gives_aligned_memory_and_reuses_it(void **state)
{
    (void)state;
    cfi_arena *arena = arena_create();
    cfi_arena_mark mark = arena_mark(arena);
    size_t capacity;

    for (int round = 0; round < 3; round++) {
        char *last = NULL;

        for (size_t i = 1; i < 2000; i += 37) {
            char *memory = arena_zeros(arena, i, 100);

            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 64, 0);
            assert_true(memory != last);
            for (size_t j = 0; j < 100 * i; j++) {
                assert_int_equal(memory[j], 0);
            }
            memset(memory, 1, 100 * i);
            last = memory;
        }
        if (round == 0) {
            capacity = arena_capacity(arena);
        }
        assert_int_equal(arena_capacity(arena), capacity);
        arena_release(arena, mark);
    }
    assert_null(arena_alloc(arena, SIZE_MAX / 4, 8));
    assert_null(arena_alloc(arena, SIZE_MAX / 8, 1));
    assert_non_null(arena_alloc(arena, 0, 8));
    arena_destroy(arena);
    arena_destroy(NULL);
}

/* --------------------------------------------------------------------------- streams ---- */

/* The words of one block by Random123. */
static philox4x32_ctr_t reference_block(const cfi_stream *stream)
{
    philox4x32_ctr_t counter = {{stream->block, stream->drop, stream->index, stream->purpose}};
    philox4x32_key_t key = {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}};

    return philox4x32(counter, key);
}

static double reference_uniform(uint32_t high, uint32_t low)
{
    return ((double)(((uint64_t)high << 32 | low) >> 12) * 2.0 + 1.0) * 0x1p-53;
}

static void streams_are_philox_as_random123_has_it(void **state)
{
    (void)state;
    const uint64_t seeds[] = {0, 1, 0x123456789abcdef0u, UINT64_MAX};

    for (size_t s = 0; s < 4; s++) {
        cfi_stream stream = stream_make(seeds[s], 17, CFI_DRAW_CHANNEL, 0xfffffff0u), walk = stream;
        double uniform[1001], normal[1001];

        random_uniforms(&walk, 1001, uniform);
        assert_int_equal(walk.block, 501);
        walk = stream;
        random_normals(&walk, 1001, normal);
        for (size_t i = 0; i < 500; i++, stream.block++) {
            philox4x32_ctr_t word = reference_block(&stream);
            double u = reference_uniform(word.v[0], word.v[1]), v = reference_uniform(word.v[2], word.v[3]);
            double radius = sqrt(-2.0 * log(u)), angle = 2.0 * M_PI * v;

            assert_true(uniform[2 * i] == u && uniform[2 * i + 1] == v);
            /* angle carries an error of 2 pi 2^-53, radius is below 9 */
            assert_true(fabs(normal[2 * i] - radius * cos(angle)) < 1e-14);
            assert_true(fabs(normal[2 * i + 1] - radius * sin(angle)) < 1e-14);
        }
    }
}

static void philox_gives_the_published_vector(void **state)
{
    (void)state;
    /* known answer of Random123: counter and key zero */
    const cfi_stream stream = {.seed = 0};
    philox_batch words = {.w0 = {0}};

    philox_words(&stream, 1, &words);
    assert_true((uint32_t)words.w0[0] == 0x6627e8d5u);
    assert_true((uint32_t)words.w1[0] == 0xe169c58du);
    assert_true((uint32_t)words.w2[0] == 0xbc57ac4cu);
    assert_true((uint32_t)words.w3[0] == 0x9b00dbd8u);
}

static void a_short_request_is_the_start_of_a_long_one(void **state)
{
    (void)state;
    const cfi_stream stream = stream_make(42, 1, CFI_DRAW_SHADOWING, 5);
    double whole[700], part[700];
    cfi_stream walk = stream;

    random_normals(&walk, 700, whole);
    for (size_t n = 1; n < 700; n += n < 20 ? 1 : 33) {
        walk = stream;
        random_normals(&walk, n, part);
        assert_memory_equal(part, whole, n * sizeof *part);
        assert_int_equal(walk.block, (n + 1) / 2);
    }
    walk = stream; /* piecewise, an even number at a time */
    for (size_t i = 0; i < 700; i += 70) {
        random_normals(&walk, 70, part + i);
    }
    assert_memory_equal(part, whole, sizeof whole);
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void normals_have_the_moments_and_the_distribution_of_normals(void **state)
{
    (void)state;
    enum { COUNT = 400000 };
    double *x = malloc(COUNT * sizeof *x), moment[5] = {0}, n = COUNT, distance = 0.0, tail = 0.0;
    cfi_stream stream = stream_make(7, 0, CFI_DRAW_CHANNEL, 1);

    random_normals(&stream, COUNT, x);
    for (size_t i = 0; i < COUNT; i++) {
        for (int p = 1; p <= 4; p++) {
            moment[p] += pow(x[i], p) / n;
        }
        tail += fabs(x[i]) > 3.5;
    }
    /* variances of the moments: 1, 2, 15, 96 over n */
    assert_true(fabs(moment[1]) < 5.0 * sqrt(1.0 / n));
    assert_true(fabs(moment[2] - 1.0) < 5.0 * sqrt(2.0 / n));
    assert_true(fabs(moment[3]) < 5.0 * sqrt(15.0 / n));
    assert_true(fabs(moment[4] - 3.0) < 5.0 * sqrt(96.0 / n));
    assert_true(fabs(tail - n * erfc(3.5 / sqrt(2.0))) < 5.0 * sqrt(n * erfc(3.5 / sqrt(2.0))));
    qsort(x, COUNT, sizeof *x, ascending);
    for (size_t i = 0; i < COUNT; i++) {
        distance = fmax(distance, fabs(0.5 * erfc(-x[i] / sqrt(2.0)) - ((double)i + 0.5) / n));
    }
    assert_true(distance * sqrt(n) < 1.95); /* Kolmogorov-Smirnov, exceeded once in 1000 */
    free(x);
}

/* ------------------------------------------------------------------- complex normals ---- */

/* Number `half` of a block from Random123's words: 40 bits of radius, 24 of angle. */
static double complex reference_complex(const cfi_stream *stream, int half)
{
    philox4x32_ctr_t word = reference_block(stream);
    uint64_t bits = (uint64_t)word.v[2 * half] << 32 | word.v[2 * half + 1];
    double u = ((double)(bits >> 24) + 0.5) * 0x1p-40, part = ((double)(bits & 0x7fffff) + 0.5) * 0x1p-23 - 0.5;

    return sqrt(-2.0 * log(u)) * cexp(I * M_PI * (part + (double)(bits >> 23 & 1)));
}

static void complex_normals_are_box_muller_on_random123(void **state)
{
    (void)state;
    const size_t shapes[][2] = {{1, 1}, {1, 300}, {3, 50}, {4, 32}, {7, 1}, {129, 3}, {65535, 2}}; /* streams, blocks */

    for (size_t shape = 0; shape < 7; shape++) {
        size_t streams = shapes[shape][0], blocks = shapes[shape][1], plane = streams * blocks;
        const cfi_stream first = {.seed = 0x123456789abcdef0u, .drop = 3, .index = 65536 * 9, .purpose = 7, .block = 5};
        double *out = malloc(4 * plane * sizeof *out);

        random_complex_normals(&first, streams, blocks, out);
        for (size_t e = 0; e < plane; e++) {
            cfi_stream stream = first;

            stream.index += (uint32_t)(e % streams);
            stream.block += (uint32_t)(e / streams);
            for (int half = 0; half < 2; half++) {
                double complex exact = reference_complex(&stream, half);
                const double *own = out + 2 * (size_t)half * plane + e;

                assert_true(fabs(own[0] - creal(exact)) < 1e-11 && fabs(own[plane] - cimag(exact)) < 1e-11);
            }
        }
        free(out);
    }
}

static void a_complex_normal_does_not_depend_on_the_shape_of_the_request(void **state)
{
    (void)state;
    const cfi_stream first = stream_make(8, 1, CFI_DRAW_CHANNEL, 70000);
    double whole[4 * 11 * 40], one[4];

    random_complex_normals(&first, 11, 40, whole);
    for (size_t e = 0; e < 440; e++) {
        cfi_stream stream = first;

        stream.index += (uint32_t)(e % 11);
        stream.block += (uint32_t)(e / 11);
        random_complex_normals(&stream, 1, 1, one);
        for (size_t i = 0; i < 4; i++) {
            assert_memory_equal(&one[i], &whole[440 * i + e], sizeof one[i]);
        }
    }
}

static void complex_normals_have_the_moments_tails_and_angles_of_normals(void **state)
{
    (void)state;
    enum { STREAMS = 50, BLOCKS = 20000, PLANE = STREAMS * BLOCKS, SECTORS = 64 };
    const cfi_stream first = stream_make(12, 0, CFI_DRAW_CHANNEL, 1);
    double *x = malloc(4 * PLANE * sizeof *x), n = 4.0 * PLANE, moment[9] = {0}, tails[3] = {0}, cross = 0.0;
    double sector[SECTORS] = {0}, chi = 0.0;

    random_complex_normals(&first, STREAMS, BLOCKS, x);
    for (size_t i = 0; i < 4 * PLANE; i++) {
        double power = 1.0;

        for (int p = 1; p <= 8; p++) {
            power *= x[i];
            moment[p] += power / n;
        }
        for (int t = 0; t < 3; t++) {
            tails[t] += fabs(x[i]) > 3.0 + (double)t;
        }
    }
    for (size_t i = 0; i < PLANE; i++) {
        double re = x[i], im = x[PLANE + i];

        cross += (re * re - 1.0) * (im * im - 1.0);
        sector[(size_t)((atan2(im, re) + M_PI) / (2.0 * M_PI) * SECTORS) % SECTORS] += 1.0;
    }
    /* E x^p = (p - 1)!!, variance E x^2p - (E x^p)^2 */
    assert_true(fabs(moment[1]) < 5.0 * sqrt(1.0 / n) && fabs(moment[2] - 1.0) < 5.0 * sqrt(2.0 / n));
    assert_true(fabs(moment[3]) < 5.0 * sqrt(15.0 / n) && fabs(moment[4] - 3.0) < 5.0 * sqrt(96.0 / n));
    assert_true(fabs(moment[6] - 15.0) < 5.0 * sqrt((10395.0 - 225.0) / n));
    assert_true(fabs(moment[8] - 105.0) < 5.0 * sqrt((2027025.0 - 11025.0) / n));
    for (int t = 0; t < 3; t++) {
        double expected = n * erfc((3.0 + (double)t) / sqrt(2.0));

        assert_true(fabs(tails[t] - expected) < 5.0 * sqrt(expected));
    }
    assert_true(fabs(cross) <
                5.0 * 2.0 * sqrt(PLANE)); /* the radius is Rayleigh: parts independent, not only uncorrelated */
    for (size_t s = 0; s < SECTORS; s++) {
        double expected = (double)PLANE / SECTORS;

        chi += (sector[s] - expected) * (sector[s] - expected) / expected;
    }
    assert_true(fabs(chi - (SECTORS - 1)) < 5.0 * sqrt(2.0 * (SECTORS - 1)));
    free(x);
}

static void complex_normals_pass_kolmogorov_smirnov(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    const cfi_stream first = stream_make(13, 2, CFI_DRAW_PILOT_NOISE, 1);
    double *x = malloc(4 * COUNT * sizeof *x), n = COUNT;

    random_complex_normals(&first, 10, COUNT / 10, x);
    for (size_t part = 0; part < 4; part++) {
        double distance = 0.0, *own = x + part * COUNT;

        qsort(own, COUNT, sizeof *own, ascending);
        for (size_t i = 0; i < COUNT; i++) {
            distance = fmax(distance, fabs(0.5 * erfc(-own[i] / sqrt(2.0)) - ((double)i + 0.5) / n));
        }
        assert_true(distance * sqrt(n) < 1.95); /* exceeded once in 1000 */
    }
    free(x);
}

static void complex_normals_of_planes_and_streams_are_uncorrelated(void **state)
{
    (void)state;
    enum { STREAMS = 4, BLOCKS = 20000, PLANE = STREAMS * BLOCKS };
    const cfi_stream first = stream_make(14, 2, CFI_DRAW_CHANNEL, 65536);
    double *x = malloc(4 * PLANE * sizeof *x), correlation[16][16] = {{0}}, squares[16][16] = {{0}};

    random_complex_normals(&first, STREAMS, BLOCKS, x);
    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t i = 0; i < 16; i++) {
            for (size_t j = 0; j < i; j++) {
                double u = x[i / 4 * PLANE + STREAMS * b + i % 4], v = x[j / 4 * PLANE + STREAMS * b + j % 4];

                correlation[i][j] += u * v;
                squares[i][j] += (u * u - 1.0) * (v * v - 1.0);
            }
        }
    }
    for (size_t i = 0; i < 16; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_true(fabs(correlation[i][j]) < 5.0 * sqrt(BLOCKS));
            assert_true(fabs(squares[i][j]) < 5.0 * 2.0 * sqrt(BLOCKS));
        }
    }
    free(x);
}

static void neighbouring_streams_are_uncorrelated(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static double a[COUNT], b[COUNT];
    const cfi_stream base = stream_make(9, 4, CFI_DRAW_CHANNEL, 8);
    const cfi_stream other[] = {stream_make(10, 4, CFI_DRAW_CHANNEL, 8), stream_make(9, 5, CFI_DRAW_CHANNEL, 8),
                                stream_make(9, 4, CFI_DRAW_PILOT_NOISE, 8), stream_make(9, 4, CFI_DRAW_CHANNEL, 9),
                                stream_make(9 + (1ull << 32), 4, CFI_DRAW_CHANNEL, 8)};
    cfi_stream walk = base;

    random_normals(&walk, COUNT, a);
    for (size_t s = 0; s < 5; s++) {
        double correlation = 0.0;

        walk = other[s];
        random_normals(&walk, COUNT, b);
        for (size_t i = 0; i < COUNT; i++) {
            correlation += a[i] * b[i];
        }
        assert_true(fabs(correlation) < 5.0 * sqrt(COUNT));
    }
}

/* ----------------------------------------------------------------------------- BLAS ---- */

/* Debian's libgsl depends on GSL's own cblas, so that is loaded too; what matters is who answers the calls. */
static void blas_calls_go_to_openblas(void **state)
{
    (void)state;
    const char *const names[] = {"cblas_zgemm", "cblas_dgemm", "cblas_ztrsm"};

    linalg_single_thread();
    assert_true(strlen(linalg_blas_core()) > 0);
    for (size_t i = 0; i < 3; i++) {
        Dl_info info = {.dli_fname = NULL};
        void *symbol = dlsym(RTLD_DEFAULT, names[i]);

        assert_non_null(symbol);
        assert_int_not_equal(dladdr(symbol, &info), 0);
        if (!strstr(info.dli_fname, "openblas")) {
            fail_msg("%s is answered by %s", names[i], info.dli_fname);
        }
    }
}

/* Parts of a split array with random entries and `behind` doubles more. */
static cfi_split random_split(cfi_stream *stream, size_t rows, size_t ld, size_t behind)
{
    cfi_split a = {malloc((rows * ld + behind) * sizeof(double)), malloc((rows * ld + behind) * sizeof(double)), ld};

    random_normals(stream, rows * ld + behind, a.re);
    random_normals(stream, rows * ld + behind, a.im);
    return a;
}

static void split_product_is_the_sum_over_rows(void **state)
{
    (void)state;
    cfi_stream stream = stream_make(2, 0, CFI_DRAW_START, 0);

    for (size_t m = 1; m < 22; m++) {
        size_t n = m % 5 == 0 ? m + 9 : 23 - m, rows = 3 * m % 17;
        cfi_split h = random_split(&stream, rows, m + m % 3, 0), f = random_split(&stream, rows, n + m % 2, 7);
        cfi_split a = random_split(&stream, m, (n + 7) / 8 * 8, 0);
        double complex expected[22][34];

        for (size_t k = 0; k < m; k++) {
            for (size_t j = 0; j < n; j++) {
                expected[k][j] = a.re[a.ld * k + j] + I * a.im[a.ld * k + j];
                for (size_t r = 0; r < rows; r++) {
                    expected[k][j] +=
                        (h.re[h.ld * r + k] - I * h.im[h.ld * r + k]) * (f.re[f.ld * r + j] + I * f.im[f.ld * r + j]);
                }
            }
        }
        linalg_split_gram_add(m, n, rows, h, f, a);
        for (size_t k = 0; k < m; k++) {
            for (size_t j = 0; j < n; j++) {
                assert_true(cabs(a.re[a.ld * k + j] + I * a.im[a.ld * k + j] - expected[k][j]) < 1e-12);
            }
        }
        double *all[] = {h.re, h.im, f.re, f.im, a.re, a.im};
        for (size_t i = 0; i < 6; i++) {
            free(all[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_text_is_one_line_and_fits),
        cmocka_unit_test(arena_gives_aligned_memory_and_reuses_it),
        cmocka_unit_test(streams_are_philox_as_random123_has_it),
        cmocka_unit_test(philox_gives_the_published_vector),
        cmocka_unit_test(a_short_request_is_the_start_of_a_long_one),
        cmocka_unit_test(normals_have_the_moments_and_the_distribution_of_normals),
        cmocka_unit_test(complex_normals_are_box_muller_on_random123),
        cmocka_unit_test(a_complex_normal_does_not_depend_on_the_shape_of_the_request),
        cmocka_unit_test(complex_normals_have_the_moments_tails_and_angles_of_normals),
        cmocka_unit_test(complex_normals_pass_kolmogorov_smirnov),
        cmocka_unit_test(complex_normals_of_planes_and_streams_are_uncorrelated),
        cmocka_unit_test(neighbouring_streams_are_uncorrelated),
        cmocka_unit_test(blas_calls_go_to_openblas),
        cmocka_unit_test(split_product_is_the_sum_over_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
