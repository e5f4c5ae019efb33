/* The paths for several kinds of CPU agree: every one that this CPU has is run and compared with the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clones.h"
#include "base/philox.h"
#include "cfisac/linalg.h"
#include "cfisac/trial.h"
#include "check.h"
#include "fading_systems.h"

enum { MANY = 3001 };

static void restore(simd_path path)
{
    assert_true(simd_use(path));
}

/* Of a drop: what is compared. */
typedef struct outcome {
    double p[37 * 5], s[37], bound[37], rate[5], monte_carlo[5], error[5];
    size_t iterations;
} outcome;

static outcome run_drop(const cfi_system *system, simd_path path)
{
    static outcome o;
    simd_path before = simd_chosen;
    cfi_arena *arena = arena_create();
    cfi_trial_options options = {.threads = 1};
    cfi_record record;
    cfi_error error = {.text = ""};
    size_t K = system->K, L = system->L;

    restore(path);
    if (trial_run(system, 0, &options, arena, &record, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    restore(before);
    assert_int_equal(record.status, CFI_DROP_OK);
    memset(&o, 0, sizeof o);
    memcpy(o.p, record.allocation.powers.p, K * L * sizeof(double));
    memcpy(o.s, record.allocation.powers.s, L * sizeof(double));
    memcpy(o.bound, record.closed_form.crlb_own_echo_rad2, L * sizeof(double));
    memcpy(o.rate, record.closed_form.rate_exact_bit_s_hz, K * sizeof(double));
    if (record.has_monte_carlo) {
        memcpy(o.monte_carlo, record.monte_carlo.rate_bit_s_hz, K * sizeof(double));
        memcpy(o.error, record.monte_carlo.rate_std_error, K * sizeof(double));
    }
    o.iterations = record.allocation.iterations;
    arena_destroy(arena);
    return o;
}

static made_system make_one(cfi_solver solver, size_t realizations)
{
    made_system made = make_system(20240607, 37, 5, 4, 4);

    made.system.allocation.solver = solver;
    made.system.monte_carlo.realizations = realizations;
    return made;
}

static void the_environment_chooses_the_path(void **state)
{
    (void)state;
    const char *wanted = getenv("CFISAC_SIMD");

    assert_string_equal(simd_name(simd_chosen), wanted ? wanted : simd_name(simd_widest()));
    assert_int_equal(simd_check(NULL), CFI_OK);
}

static void no_path_is_taken_that_the_cpu_lacks(void **state)
{
    (void)state;
    simd_path before = simd_chosen;

    for (simd_path path = SIMD_PLAIN; path <= SIMD_AVX512; path++) {
        bool taken = simd_use(path);

        assert_int_equal(taken, path <= simd_widest());
        assert_int_equal(simd_chosen, taken ? path : simd_widest());
    }
    restore(before);
}

static void random_numbers_are_the_same_on_every_path(void **state)
{
    (void)state;
    static double plain[2][MANY], other[2][MANY];
    simd_path before = simd_chosen;

    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        cfi_stream stream = stream_make(5, 6, CFI_DRAW_START, 7);
        double(*out)[MANY] = path == SIMD_PLAIN ? plain : other;

        restore(path);
        random_uniforms(&stream, MANY, out[0]);
        random_normals(&stream, MANY, out[1]);
        assert_memory_equal(out, plain, sizeof plain);
    }
    restore(before);
}

/* The pairs of many streams are the first two numbers of each, asked for alone: by no vectors at all. */
static void pairs_of_streams_are_those_of_each_stream_alone(void **state)
{
    (void)state;
    enum { STREAMS = 301 };
    static double pairs[2][2 * STREAMS];
    simd_path before = simd_chosen;
    cfi_stream stream = stream_make(5, 6, CFI_DRAW_START, 7);
    uint32_t index[STREAMS];

    stream.block = 9;
    for (uint32_t i = 0; i < STREAMS; i++) {
        index[i] = 0xFFFFFFF0u + 65536u * (i % 5) + i;
    }
    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        restore(path);
        for (size_t count = 1; count <= STREAMS; count += 50) {
            random_uniform_pairs(&stream, count, index, pairs[0]);
            random_normal_pairs(&stream, count, index, pairs[1]);
            for (size_t i = 0; i < count; i++) {
                cfi_stream alone[2] = {stream, stream};
                double one[2][2];

                alone[0].index = alone[1].index = index[i];
                random_uniforms(&alone[0], 1, one[0]);
                random_normals(&alone[1], 1, one[1]);
                assert_true(one[0][0] == pairs[0][2 * i] && one[1][0] == pairs[1][2 * i]);
                assert_int_equal(alone[0].block, 10);
                alone[0].block = alone[1].block = 9;
                random_uniforms(&alone[0], 2, one[0]);
                random_normals(&alone[1], 2, one[1]);
                assert_true(one[0][1] == pairs[0][2 * i + 1] && one[1][1] == pairs[1][2 * i + 1]);
            }
        }
    }
    restore(before);
}

/* Fused multiply-adds round once: where they are missing, the last bits differ. That they do differ somewhere shows
 * that another path ran. */
static void complex_normals_are_the_same_wherever_multiply_adds_are_fused(void **state)
{
    (void)state;
    enum { STREAMS = 3, BLOCKS = 1001, COUNT = 4 * STREAMS * BLOCKS };
    static double plain[COUNT], first[COUNT], other[COUNT];
    simd_path before = simd_chosen;
    cfi_stream stream = stream_make(5, 6, CFI_DRAW_START, 7);
    size_t differing = 0;

    restore(SIMD_PLAIN);
    random_complex_normals(&stream, STREAMS, BLOCKS, plain);
    for (simd_path path = SIMD_AVX2; path <= simd_widest(); path++) {
        double *out = path == SIMD_AVX2 ? first : other;

        restore(path);
        random_complex_normals(&stream, STREAMS, BLOCKS, out);
        assert_memory_equal(out, first, sizeof first);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(fabs(out[i] - plain[i]) <= 1e-14);
            differing += out[i] != plain[i];
        }
#ifdef __FP_FAST_FMA
        assert_int_equal(differing, 0);
#else
        assert_true(differing > 0);
#endif
    }
    restore(before);
}

static void products_are_the_same_wherever_multiply_adds_are_fused(void **state)
{
    (void)state;
    enum { ROWS = 19, M = 7, N = 13, LD = 24 };
    static double in[4][ROWS * LD], plain[2][M * LD], first[2][M * LD], other[2][M * LD];
    simd_path before = simd_chosen;
    cfi_stream stream = stream_make(8, 6, CFI_DRAW_START, 7);
    size_t differing = 0;

    random_normals(&stream, 4 * ROWS * LD, in[0]);
    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        double(*a)[M * LD] = path == SIMD_PLAIN ? plain : path == SIMD_AVX2 ? first : other;

        restore(path);
        memset(a, 0, sizeof plain);
        linalg_split_gram_add(M, N, ROWS, (cfi_split){in[0], in[1], LD}, (cfi_split){in[2], in[3], LD},
                              (cfi_split){a[0], a[1], LD});
        for (size_t i = 0; i < M; i++) {
            for (size_t j = 0; j < N; j++) {
                assert_true(fabs(a[0][i * LD + j] - plain[0][i * LD + j]) <= 1e-13);
                assert_true(fabs(a[1][i * LD + j] - plain[1][i * LD + j]) <= 1e-13);
                differing += a[0][i * LD + j] != plain[0][i * LD + j];
                assert_true(path < SIMD_AVX512 || a[0][i * LD + j] == first[0][i * LD + j]);
                assert_true(path < SIMD_AVX512 || a[1][i * LD + j] == first[1][i * LD + j]);
            }
        }
    }
#ifndef __FP_FAST_FMA
    assert_true(simd_widest() == SIMD_PLAIN || differing > 0);
#endif
    restore(before);
}

static void compare_allocations(cfi_solver solver)
{
    made_system made = make_one(solver, 0);
    outcome plain = run_drop(&made.system, SIMD_PLAIN);

    assert_true(plain.iterations > 2);
    for (simd_path path = SIMD_AVX2; path <= simd_widest(); path++) {
        outcome other = run_drop(&made.system, path);

        assert_memory_equal(&other, &plain, sizeof plain);
    }
    free_system(&made);
}

static void allocations_by_the_dual_are_the_same_on_every_path(void **state)
{
    (void)state;
    compare_allocations(CFI_SOLVER_STRUCTURED);
}

static void allocations_by_the_cone_solver_are_the_same_on_every_path(void **state)
{
    (void)state;
    compare_allocations(CFI_SOLVER_SOCP);
}

static void monte_carlo_is_the_same_wherever_multiply_adds_are_fused(void **state)
{
    (void)state;
    made_system made = make_one(CFI_SOLVER_STRUCTURED, 40);
    outcome plain = run_drop(&made.system, SIMD_PLAIN), first = {.iterations = 0};

    assert_true(plain.error[0] > 0.0);
    for (simd_path path = SIMD_AVX2; path <= simd_widest(); path++) {
        outcome other = run_drop(&made.system, path);

        first = path == SIMD_AVX2 ? other : first;
        assert_memory_equal(&other, &first, sizeof first);
        for (size_t k = 0; k < 5; k++) {
            assert_close(other.monte_carlo[k], plain.monte_carlo[k], 1e-10);
        }
    }
    free_system(&made);
}

/* The link of a drop whose fading has directions. */
static void simulated_links_are_the_same_wherever_multiply_adds_are_fused(void **state)
{
    (void)state;
    enum { L = 2, K = 5, N = 4 };
    made_system made = make_system(77, L, K, N, 4);
    placed_system placed;
    simd_path before = simd_chosen;
    double first[K * K * L], plain[K * K * L];

    reuse_pilots(&made, 3);
    made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_LP_MMSE, .draws = 300};
    placed = place_system(made, 0.3, 2.0);
    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        cfi_arena *arena = arena_create();
        cfi_network network;
        cfi_link link;

        restore(path);
        assert_int_equal(network_draw(&placed.made.system, 0, arena, &network, NULL), CFI_OK);
        assert_int_equal(link_make(&network, arena, &link, NULL), CFI_OK);
        memcpy(path == SIMD_PLAIN ? plain : first, path <= SIMD_AVX2 ? link.V_by_stream : first, sizeof first);
        assert_memory_equal(path == SIMD_PLAIN ? plain : first, link.V_by_stream, sizeof first);
        for (size_t i = 0; i < K * K * L; i++) {
            assert_close(link.V_by_stream[i], plain[i], 1e-10);
        }
        arena_destroy(arena);
    }
    restore(before);
    free_places(&placed);
    free_system(&placed.made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_chooses_the_path),
        cmocka_unit_test(no_path_is_taken_that_the_cpu_lacks),
        cmocka_unit_test(random_numbers_are_the_same_on_every_path),
        cmocka_unit_test(pairs_of_streams_are_those_of_each_stream_alone),
        cmocka_unit_test(complex_normals_are_the_same_wherever_multiply_adds_are_fused),
        cmocka_unit_test(products_are_the_same_wherever_multiply_adds_are_fused),
        cmocka_unit_test(allocations_by_the_dual_are_the_same_on_every_path),
        cmocka_unit_test(allocations_by_the_cone_solver_are_the_same_on_every_path),
        cmocka_unit_test(simulated_links_are_the_same_wherever_multiply_adds_are_fused),
        cmocka_unit_test(monte_carlo_is_the_same_wherever_multiply_adds_are_fused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
