/* Error text, the arena, random streams; and which BLAS is loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"
#include "check.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#include <dlfcn.h>
#include <gsl/gsl_randist.h>
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
    cfi_gsl_stream generator;
    gsl_rng *rng = random_gsl(&generator, (cfi_stream){.seed = 0});

    assert_true(gsl_rng_get(rng) == 0x6627e8d5u);
    assert_true(gsl_rng_get(rng) == 0xe169c58du);
    assert_true(gsl_rng_get(rng) == 0xbc57ac4cu);
    assert_true(gsl_rng_get(rng) == 0x9b00dbd8u);
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

static void gsl_distributions_work_on_a_stream(void **state)
{
    (void)state;
    cfi_gsl_stream generator;
    gsl_rng *rng = random_gsl(&generator, stream_make(3, 0, CFI_DRAW_PILOT, 0));
    double sum = 0.0, squares = 0.0, n = 100000.0;

    for (int i = 0; i < 100000; i++) {
        double value = gsl_ran_gaussian_ziggurat(rng, 2.0);

        sum += value;
        squares += value * value;
    }
    assert_true(fabs(sum / n) < 5.0 * 2.0 / sqrt(n));
    assert_true(fabs(squares / n - 4.0) < 5.0 * 4.0 * sqrt(2.0 / n));
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

static void cholesky_and_triangular_solve_undo_a_product(void **state)
{
    (void)state;
    /* A = B^H B for a random 5 x 3 B; then norm(L^-1 B^H B x)^2 = norm(B x)^2 */
    double complex B[15], A[9] = {0}, y[3], left = 0.0, right = 0.0;
    const double complex x[3] = {1.0, 2.0 - I, 0.5 * I};
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_START, 0);

    random_normals(&stream, 30, (double *)B);
    linalg_gram_add(3, 3, 5, B, 5, B, 5, A, 3);
    for (size_t i = 0; i < 3; i++) {
        y[i] = 0.0;
        for (size_t j = 0; j < 3; j++) {
            y[i] += A[i + 3 * j] * x[j];
        }
    }
    for (size_t i = 0; i < 5; i++) {
        double complex entry = 0.0;

        for (size_t j = 0; j < 3; j++) {
            entry += B[i + 5 * j] * x[j];
        }
        left += entry * conj(entry);
    }
    assert_int_equal(linalg_cholesky(3, A, 3), CFI_OK);
    linalg_solve_lower(3, 1, A, 3, y, 3);
    for (size_t i = 0; i < 3; i++) {
        right += y[i] * conj(y[i]);
    }
    assert_close(creal(right), creal(left), 1e-12);
    A[0] = -1.0;
    assert_int_equal(linalg_cholesky(3, A, 3), CFI_FAILED);
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
        cmocka_unit_test(neighbouring_streams_are_uncorrelated),
        cmocka_unit_test(gsl_distributions_work_on_a_stream),
        cmocka_unit_test(blas_calls_go_to_openblas),
        cmocka_unit_test(cholesky_and_triangular_solve_undo_a_product),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
