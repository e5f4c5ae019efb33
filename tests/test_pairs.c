/* Pairs of users of one pilot in blocks (src/alloc/pairs.c) against sums pair by pair, written out here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "allocations.h"

/* A problem whose users share few pilots, and random numbers in its rows. */
typedef struct crowd {
    drop *d;
    alloc_problem problem;
    size_t pairs;
    double *sent, *along, *z, *interference, *gain, *weight, *v; /* sent and v K rows, along one, z by pair, else K */
} crowd;

static double *random_numbers(cfi_stream *stream, cfi_arena *arena, size_t count)
{
    double *number = arena_alloc(arena, count, sizeof *number);

    assert_non_null(number);
    random_uniforms(stream, count, number);
    return number;
}

static crowd *make_crowd(size_t L, size_t K, size_t pilots)
{
    made_system made = make_system(17, L, K, 2, 4);
    cfi_stream stream = stream_make(17, 0, CFI_DRAW_START, 31);
    crowd *c;
    drop *d;
    size_t rows;

    reuse_pilots(&made, pilots);
    d = make_drop(made);
    c = arena_zeros(d->arena, 1, sizeof *c);
    c->d = d;
    assert_int_equal(problem_build(&d->link, d->arena, &c->problem, NULL), CFI_OK);
    rows = K * c->problem.stride;
    c->pairs = c->problem.mate_start[K];
    c->sent = random_numbers(&stream, d->arena, rows);
    c->along = random_numbers(&stream, d->arena, c->problem.stride);
    c->gain = random_numbers(&stream, d->arena, K);
    c->weight = random_numbers(&stream, d->arena, K);
    c->z = random_numbers(&stream, d->arena, c->pairs);
    c->interference = arena_zeros(d->arena, K, sizeof(double));
    c->v = arena_zeros(d->arena, rows, sizeof(double));
    for (size_t l = L; l < c->problem.stride; l++) { /* 0 beyond L, as in every row */
        for (size_t k = 0; k < K; k++) {
            c->sent[problem_at(&c->problem, k, l)] = 0.0;
        }
    }
    return c;
}

/* sum_l g_kl sent_jl along_l, in the problem's units, from the link. */
static double heard_by(const crowd *c, size_t k, size_t j, bool along)
{
    double sum = 0.0;

    for (size_t l = 0; l < c->problem.L; l++) {
        sum += c->d->link.g[k + c->problem.K * l] * c->problem.amplitude * c->sent[problem_at(&c->problem, j, l)] *
               (along ? c->along[l] : 1.0);
    }
    return sum;
}

/* What user k hears of its own stream, in one go: blocks change no bit of it. */
static double own_of(const crowd *c, size_t k, bool along)
{
    size_t stride = c->problem.stride;
    const double *signal = c->problem.signal + stride * k, *sent = c->sent + stride * k;

    return along ? rows_triple(stride, signal, sent, c->along) : rows_product(stride, signal, sent);
}

/* Numbers of the problem are rounded to 36 bits. */
static const double ROUNDED = 1e-10;

static void check_heard(const crowd *c, bool along)
{
    for (size_t k = 0; k < c->problem.K; k++) {
        double squares = 0.0;

        for (size_t m = c->problem.mate_start[k]; m < c->problem.mate_start[k + 1]; m++) {
            size_t j = c->problem.mate[m];

            assert_true(j != k && c->d->link.pilot[j] == c->d->link.pilot[k]);
            assert_close(c->z[m] / heard_by(c, k, j, along), 1.0, ROUNDED);
            squares += c->z[m] * c->z[m];
        }
        assert_close(c->interference[k] / squares, 1.0, 1e-13);
    }
}

/* Groups of 8, 13, 20 and 41 users: parts of a block, a block and a part of one, several blocks; access points that
 * fill no vector, and several blocks of them. Whoever shares the users, in whatever parts, the bits are the same. */
static void users_hear_what_pairs_add_up_to(void **state)
{
    const size_t sizes[][3] = {{5, 16, 2}, {130, 39, 3}, {264, 40, 2}, {33, 41, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        crowd *c = make_crowd(sizes[i][0], sizes[i][1], sizes[i][2]);
        size_t K = c->problem.K;
        double *z = arena_alloc(c->d->arena, c->pairs, sizeof *z);
        double *interference = arena_zeros(c->d->arena, K, sizeof *interference);
        double *u = arena_alloc(c->d->arena, K, sizeof *u), *own = arena_alloc(c->d->arena, K, sizeof *own);

        assert_int_equal(c->problem.groups, sizes[i][2]);
        for (size_t along = 0; along < 2; along++) {
            pairs_rows sent = {.rows = c->sent, .along = along ? c->along : NULL};

            memset(c->interference, 0, K * sizeof(double));
            memset(interference, 0, K * sizeof(double));
            pairs_hear(&c->problem, sent, 0, K, &(pairs_heard){.u = u, .z = c->z, .interference = c->interference});
            check_heard(c, along);
            for (size_t first = 0; first < K; first += 5) {
                size_t end = first + 5 < K ? first + 5 : K;

                pairs_hear(&c->problem, sent, first, end, &(pairs_heard){.z = z});
                pairs_hear(&c->problem, sent, first, end, &(pairs_heard){.interference = interference});
                pairs_hear(&c->problem, sent, first, end, &(pairs_heard){.u = own});
            }
            for (size_t k = 0; k < K; k++) {
                assert_true(u[k] == own_of(c, k, along));
            }
            assert_memory_equal(own, u, K * sizeof *u);
            assert_memory_equal(z, c->z, c->pairs * sizeof *z);
            assert_memory_equal(interference, c->interference, K * sizeof *interference);
        }
        free_drop(c->d);
    }
}

static double worth_of(const crowd *c, size_t j, size_t l)
{
    const cfi_link *link = &c->d->link;
    size_t K = c->problem.K;
    double v = c->gain[j] * link->g[j + K * l];

    for (size_t k = 0; k < K; k++) {
        for (size_t m = c->problem.mate_start[k]; m < c->problem.mate_start[k + 1]; m++) {
            v -= c->problem.mate[m] == j ? c->weight[k] * c->z[m] * link->g[k + K * l] : 0.0;
        }
    }
    return v * c->problem.amplitude;
}

static double largest_signal(const crowd *c, size_t l)
{
    double largest = 0.0;

    for (size_t k = 0; k < c->problem.K; k++) {
        largest = fmax(largest, c->problem.signal[problem_at(&c->problem, k, l)]);
    }
    return largest;
}

/* The same sizes; in parts of the access points as threads take them, and all at once. */
static void streams_are_worth_their_gain_less_what_they_cost(void **state)
{
    const size_t sizes[][3] = {{5, 16, 2}, {130, 39, 3}, {264, 40, 2}, {33, 41, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        crowd *c = make_crowd(sizes[i][0], sizes[i][1], sizes[i][2]);
        const alloc_problem *p = &c->problem;
        size_t rows = p->K * p->stride;
        pairs_prices prices = {.gain = c->gain, .weight = c->weight, .z = c->z};
        double *parts = arena_zeros(c->d->arena, rows, sizeof *parts);
        double *norm2 = arena_zeros(c->d->arena, 2 * p->stride, sizeof *norm2), *norm2_of_parts = norm2 + p->stride;

        for (size_t group = 0; group < p->groups; group++) {
            pairs_pay(p, group, &prices, (ap_range){.count = p->stride}, &(pairs_worth){.v = c->v, .norm2 = norm2});
            for (size_t first = 0; first < p->stride; first += 3 * LANES) {
                size_t left = p->stride - first;

                pairs_pay(p, group, &prices, (ap_range){.first = first, .count = left < 3 * LANES ? left : 3 * LANES},
                          &(pairs_worth){.v = parts, .norm2 = norm2_of_parts});
            }
        }
        assert_memory_equal(parts, c->v, rows * sizeof *parts);
        assert_memory_equal(norm2_of_parts, norm2, p->stride * sizeof *norm2);
        for (size_t l = 0; l < p->L; l++) {
            double scale = (double)p->K * largest_signal(c, l), sum = 0.0;

            for (size_t j = 0; j < p->K; j++) {
                double v = c->v[problem_at(p, j, l)];

                assert_true(fabs(v - fmax(worth_of(c, j, l), 0.0)) <= ROUNDED * scale);
                sum += v * v;
            }
            assert_true(fabs(norm2[l] - sum) <= 1e-13 * sum);
        }
        free_drop(c->d);
    }
}

/* Where pairs are few they stay pairs, and users keep their order. */
static void few_pairs_are_no_groups(void **state)
{
    const size_t pilots[] = {2, 7, 14};

    (void)state;
    for (size_t i = 0; i < sizeof pilots / sizeof *pilots; i++) {
        crowd *c = make_crowd(4, 14, pilots[i]);

        assert_int_equal(c->problem.groups, 0);
        assert_int_equal(problem_user(&c->problem, 5), 5);
        if (c->problem.coherent) {
            pairs_hear(&c->problem, (pairs_rows){.rows = c->sent, .along = c->along}, 0, 14,
                       &(pairs_heard){.z = c->z, .interference = c->interference});
        }
        for (size_t m = 0, k = 0; m < c->pairs; m++) {
            k += m == c->problem.mate_start[k + 1];
            assert_close(c->z[m] / heard_by(c, k, c->problem.mate[m], true), 1.0, ROUNDED);
        }
        free_drop(c->d);
    }
}

/* 64 users of two pilots at a thousand access points: so many that threads share users and access points. */
static void threads_change_no_byte_of_groups(void **state)
{
    const size_t threads[] = {1, 2, 3, 5};
    cfi_allocation first = {.iterations = 0}, other;
    made_system made = make_system(5, 1003, 64, 2, 8);
    drop *d;

    (void)state;
    reuse_pilots(&made, 2);
    made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
    made.system.allocation.starts = 2;
    d = make_drop(made);
    set_tightness(d, 0.3);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        d->link.threads = threads[i];
        other = run(d);
        assert_int_equal(other.status, CFI_ALLOC_CONVERGED);
        if (i == 0) {
            first = other;
            continue;
        }
        assert_int_equal(other.iterations, first.iterations);
        assert_memory_equal(other.powers.p, first.powers.p, 64 * 1003 * sizeof(double));
        assert_memory_equal(other.powers.s, first.powers.s, 1003 * sizeof(double));
    }
    assert_true(violation_from_formula(d, &first.powers) < 1e-9);
    assert_close(sum_rate_from_formula(d, &first.powers) / first.sum_rate_bit_s_hz, 1.0, 1e-9);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_hear_what_pairs_add_up_to),
        cmocka_unit_test(streams_are_worth_their_gain_less_what_they_cost),
        cmocka_unit_test(few_pairs_are_no_groups),
        cmocka_unit_test(threads_change_no_byte_of_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
