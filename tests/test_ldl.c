/* The linear algebra under the cone solver, against dense matrices: the sparse factorisation, and the Newton system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/base.h"
#include "check.h"
#include "socp/kkt.h"
#include "socp/memory.h"
#include "socp/order.h"
#include "socp_draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 160 };

/* ------------------------------------------------------------------------ the factorisation ---- */

/* A quasi-definite matrix: dense, and as entries with duplicates in either triangle. */
typedef struct random_matrix {
    size_t n, entries;
    double dense[MOST][MOST];
    int sign[MOST];
    uint32_t row[8 * MOST * MOST / 10], col[8 * MOST * MOST / 10];
    double value[8 * MOST * MOST / 10];
} random_matrix;

static void put(random_matrix *m, size_t i, size_t j, double value)
{
    m->row[m->entries] = (uint32_t)i;
    m->col[m->entries] = (uint32_t)j;
    m->value[m->entries++] = value;
    m->dense[i][j] += value;
    if (i != j) {
        m->dense[j][i] += value;
    }
}

/* Some unknowns tied to few others, some blocks tied all to all, some long rows: small nodes, wide nodes, and nodes
 * that reach several others. Diagonally dominant within each sign. */
static void make_matrix(random_matrix *m, cfi_stream *stream)
{
    double sums[MOST] = {0.0};
    size_t blocks = (size_t)(uniform(stream) * 4.0), links;

    memset(m, 0, sizeof *m);
    m->n = 1 + (size_t)(uniform(stream) * (MOST - 1));
    links = (size_t)(uniform(stream) * 3.0 * (double)m->n);
    for (size_t i = 0; i < m->n; i++) {
        m->sign[i] = uniform(stream) < 0.6 ? 1 : -1;
    }
    for (size_t b = 0; b < blocks; b++) {
        size_t first = (size_t)(uniform(stream) * (double)m->n), size = (size_t)(uniform(stream) * 30.0);

        for (size_t i = first; i < first + size && i < m->n; i++) {
            for (size_t j = first; j < i; j++) {
                put(m, i, j, uniform(stream) - 0.5);
            }
        }
    }
    for (size_t e = 0; e < links; e++) {
        size_t i = (size_t)(uniform(stream) * (double)m->n), j = (size_t)(uniform(stream) * (double)m->n);

        j = uniform(stream) < 0.3 ? m->n - 1 - j / 20 : j;
        if (i != j) {
            put(m, i, j, uniform(stream) - 0.5);
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        for (size_t j = 0; j < m->n; j++) {
            sums[i] += fabs(m->dense[i][j]);
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        put(m, i, i, m->sign[i] * 0.25);
        put(m, i, i, m->sign[i] * (sums[i] + uniform(stream)));
    }
}

/* x := A^-1 x by elimination with pivoting. */
static void dense_solve(size_t n, double (*a)[MOST], double *x)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;

        for (size_t i = k + 1; i < n; i++) {
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        }
        for (size_t j = 0; j < n; j++) {
            double spare = a[k][j];

            a[k][j] = a[best][j];
            a[best][j] = spare;
        }
        double spare = x[k];
        x[k] = x[best];
        x[best] = spare;
        for (size_t i = k + 1; i < n; i++) {
            double factor = a[i][k] / a[k][k];

            for (size_t j = k; j < n; j++) {
                a[i][j] -= factor * a[k][j];
            }
            x[i] -= factor * x[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) {
            x[k] -= a[k][j] * x[j];
        }
        x[k] /= a[k][k];
    }
}

typedef struct factored {
    ldl factor;
    uint32_t order[MOST], place[MOST], slot[8 * MOST * MOST / 10];
    signed char sign[MOST];
} factored;

static size_t factorise(const random_matrix *m, factored *f)
{
    ldl_pattern pattern = {.n = m->n, .entries = m->entries, .row = m->row, .col = m->col, .order = f->order};

    assert_true(order_pattern(m->n, m->entries, m->row, m->col, NULL, f->order));
    assert_true(ldl_analyse(&f->factor, &pattern, f->place, f->slot));
    memset(f->factor.value, 0, f->factor.values * sizeof(double));
    for (size_t e = 0; e < m->entries; e++) {
        f->factor.value[f->slot[e]] += m->value[e];
    }
    for (size_t i = 0; i < m->n; i++) {
        f->sign[f->place[i]] = (signed char)m->sign[i];
    }
    return ldl_factor(&f->factor, f->sign, 1e-14, 1e-8);
}

static void sparse_solutions_equal_dense_ones(void **state)
{
    static random_matrix m;
    static factored f;
    static double dense[MOST][MOST];
    size_t wide = 0, small = 0, several = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 31);
        double x[MOST], one[MOST], two[2 * MOST], other[MOST];

        make_matrix(&m, &stream);
        assert_int_equal(factorise(&m, &f), 0);
        for (size_t i = 0; i < m.n; i++) {
            x[i] = uniform(&stream) - 0.5;
            one[f.place[i]] = two[2 * f.place[i]] = x[i];
            other[f.place[i]] = two[2 * f.place[i] + 1] = uniform(&stream) - 0.5;
        }
        memcpy(dense, m.dense, sizeof dense);
        dense_solve(m.n, dense, x);
        ldl_solve(&f.factor, one);
        ldl_solve(&f.factor, other);
        ldl_solve_two(&f.factor, two);
        for (size_t i = 0; i < m.n; i++) {
            size_t at = f.place[i];

            assert_true(fabs(one[at] - x[i]) <= 1e-12);
            assert_true(fabs(two[2 * at] - one[at]) <= 1e-14);
            assert_true(fabs(two[2 * at + 1] - other[at]) <= 1e-14);
        }
        for (size_t s = 0; s < f.factor.nodes; s++) {
            wide += !f.factor.node[s].small;
            small += f.factor.node[s].small;
            several += f.factor.node[s].segments > 1;
        }
        ldl_free(&f.factor);
    }
    assert_true(wide > 100 && small > 100 && several > 20); /* the cases meant are there */
}

static void the_order_is_a_permutation(void **state)
{
    static random_matrix m;
    static factored f;

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 32);
        bool first[MOST] = {false}, second[MOST] = {false};

        make_matrix(&m, &stream);
        factorise(&m, &f);
        for (size_t i = 0; i < m.n; i++) {
            assert_true(f.order[i] < m.n && f.place[i] < m.n && !first[f.order[i]] && !second[f.place[i]]);
            first[f.order[i]] = second[f.place[i]] = true;
        }
        ldl_free(&f.factor);
    }
}

static void pivots_of_the_wrong_sign_are_replaced_and_counted(void **state)
{
    static random_matrix m;
    static factored f;

    (void)state;
    memset(&m, 0, sizeof m);
    m.n = 3;
    m.sign[0] = m.sign[1] = 1;
    m.sign[2] = -1;
    put(&m, 0, 0, 1.0);
    put(&m, 0, 1, 1.0); /* the second pivot is 1 - 1 = 0 */
    put(&m, 1, 1, 1.0);
    put(&m, 2, 2, 3.0); /* should be negative */
    assert_int_equal(factorise(&m, &f), 2);
    ldl_free(&f.factor);
}

static void numbers_that_are_not_finite_are_a_breakdown(void **state)
{
    static random_matrix m;
    static factored f;

    (void)state;
    for (int variant = 0; variant < 2; variant++) {
        memset(&m, 0, sizeof m);
        m.n = 2;
        m.sign[0] = m.sign[1] = 1;
        put(&m, 0, 0, 1.0);
        put(&m, 1, 1, variant == 0 ? (double)NAN : (double)INFINITY);
        assert_true(factorise(&m, &f) == SIZE_MAX);
        ldl_free(&f.factor);
    }
}

/* ------------------------------------------------------------------------ the Newton system ---- */

enum { SPARSE_ROWS = 60, COLS = 20 };

/* A random matrix over a random cone, some rows short and some long, so that some z are eliminated and some stay. */
typedef struct random_system {
    sparse matrix;
    cone_scaling cone;
    double dense[SPARSE_ROWS][COLS];
    uint32_t start[COLS + 1], row[SPARSE_ROWS * COLS];
    double value[SPARSE_ROWS * COLS + 1];
    size_t size[SPARSE_ROWS];
    double weight[SPARSE_ROWS], v[SPARSE_ROWS], lambda[SPARSE_ROWS], norm[SPARSE_ROWS], s[SPARSE_ROWS], z[SPARSE_ROWS];
} random_system;

/* A point inside the cone, at a distance `depth` from its boundary. */
static void inside(cfi_stream *stream, size_t size, double depth, double *s)
{
    double tail = 0.0;

    for (size_t i = 1; i < size; i++) {
        s[i] = uniform(stream) - 0.5;
        tail += s[i] * s[i];
    }
    s[0] = size == 1 && uniform(stream) < 0.5 ? 1.0 : sqrt(tail) + depth;
}

static void make_system(random_system *r, cfi_stream *stream, double depth)
{
    size_t n = 4 + (size_t)(uniform(stream) * (COLS - 4)), p = (size_t)(uniform(stream) * 3.0), m = 0, count = 0;

    memset(r, 0, sizeof *r);
    r->cone = (cone_scaling){.size = r->size, .weight = r->weight, .v = r->v, .lambda = r->lambda, .norm = r->norm};
    r->cone.linear = n;
    m = n;
    for (size_t i = 0; i < 5; i++) {
        r->size[r->cone.cones] = 1 + (size_t)(uniform(stream) * 7.0);
        m += r->size[r->cone.cones++];
    }
    r->cone.m = m;
    for (size_t i = 0; i < p + m; i++) {
        size_t entries = uniform(stream) < 0.6 ? 1 : (size_t)(uniform(stream) * (double)n);

        for (size_t e = 0; e < entries; e++) {
            r->dense[i][(size_t)(uniform(stream) * (double)n)] = uniform(stream) - 0.5;
        }
        if (i < p + n) { /* independent equalities, every variable in some cone */
            r->dense[i][i < p ? i : i - p] = 4.0;
        }
    }
    r->matrix = (sparse){.rows = p + m, .cols = n, .start = r->start, .row = r->row, .value = r->value};
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < p + m; i++) {
            if (r->dense[i][j] != 0.0) {
                r->row[count] = (uint32_t)i;
                r->value[count++] = r->dense[i][j];
            }
        }
        r->start[j + 1] = (uint32_t)count;
    }
    r->value[count] = 1.0;
    for (size_t i = 0, at = 0; i < n + r->cone.cones; i++) {
        size_t size = i < n ? 1 : r->size[i - n];

        inside(stream, size, depth, r->s + at);
        inside(stream, size, depth, r->z + at);
        at += size;
    }
    assert_true(cone_update(&r->cone, r->s, r->z));
}

/* Largest entry of rhs - K solution, W^2 z from W applied twice; g: G x - bz, to be compared with the solver's. */
static double worst_residual(const random_system *r, const double *rhs, const double *solution)
{
    size_t n = r->matrix.cols, m = r->cone.m, p = r->matrix.rows - m;
    double wz[SPARSE_ROWS], worst = 0.0;

    cone_scale(&r->cone, solution + n + p, wz);
    cone_scale(&r->cone, wz, wz);
    for (size_t j = 0; j < n; j++) {
        double sum = rhs[j];

        for (size_t i = 0; i < p + m; i++) {
            sum -= r->dense[i][j] * solution[n + i];
        }
        worst = fmax(worst, fabs(sum));
    }
    for (size_t i = 0; i < p + m; i++) {
        double sum = rhs[n + i];

        for (size_t j = 0; j < n; j++) {
            sum -= r->dense[i][j] * solution[j];
        }
        if (i >= p) {
            assert_true(fabs(-sum - solution[n + p + m + (i - p)]) <= 1e-9 * (1.0 + fabs(sum)));
            sum += wz[i - p];
        }
        worst = fmax(worst, fabs(sum));
    }
    return worst;
}

static void newton_systems_are_solved_to_rounding(void **state)
{
    static random_system r;
    size_t kept = 0, gone = 0, refined = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 33);
        double rhs[2][COLS + SPARSE_ROWS], solution[2][COLS + 2 * SPARSE_ROWS], alone[COLS + 2 * SPARSE_ROWS], error[2];
        kkt system;
        size_t all;

        make_system(&r, &stream, seed % 2 ? 1.0 : 1e-3);
        all = r.matrix.cols + r.matrix.rows;
        for (size_t i = 0; i < all; i++) {
            rhs[0][i] = uniform(&stream) - 0.5;
            rhs[1][i] = uniform(&stream) - 0.5;
        }
        assert_true(kkt_analyse(&system, &r.matrix, 0, &r.cone, NULL));
        system.max_refinements = 8;
        kkt_set_data(&system);
        assert_true(kkt_factor(&system));
        kkt_solve_two(&system, (const double *const[]){rhs[0], rhs[1]}, (double[]){1e-13, 1e-13},
                      (double *const[]){solution[0], solution[1]}, error);
        assert_true(kkt_solve(&system, rhs[1], 1e-13, alone) < 1e-9);
        assert_true(worst_residual(&r, rhs[0], solution[0]) <= 1e-8);
        assert_true(worst_residual(&r, rhs[1], solution[1]) <= 1e-8);
        assert_true(worst_residual(&r, rhs[1], alone) <= 1e-8);
        kkt_solve_two(&system, (const double *const[]){rhs[0], rhs[1]}, (double[]){INFINITY, 1e-13},
                      (double *const[]){solution[0], solution[1]}, error);
        refined += kkt_refine_first(&system, 1e-13) < 0.1 * error[0];
        assert_true(worst_residual(&r, rhs[0], solution[0]) <= 1e-8);
        for (size_t i = 0; i < r.cone.linear + r.cone.cones; i++) {
            kept += system.kept[i];
            gone += !system.kept[i];
        }
        kkt_free(&system);
    }
    assert_true(kept > 100 && gone > 100 && refined > 100);
}

/* A right-hand side with a NaN is a breakdown, on whichever side and at whichever place it stands. */
static void a_residual_that_is_no_number_is_reported(void **state)
{
    static random_system r;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 35);
        double rhs[2][COLS + SPARSE_ROWS] = {{0.0}}, solution[2][COLS + 2 * SPARSE_ROWS], error[2];
        kkt system;
        size_t all;

        make_system(&r, &stream, 1.0);
        all = r.matrix.cols + r.matrix.rows;
        assert_true(kkt_analyse(&system, &r.matrix, 0, &r.cone, NULL));
        system.max_refinements = 3;
        kkt_set_data(&system);
        assert_true(kkt_factor(&system));
        for (size_t i = 0; i < 2 * all; i++) {
            double *where = &rhs[i % 2][i / 2];

            *where = NAN;
            kkt_solve_two(&system, (const double *const[]){rhs[0], rhs[1]}, (double[]){1e-13, 1e-13},
                          (double *const[]){solution[0], solution[1]}, error);
            assert_true(isnan(error[i % 2]) && error[1 - i % 2] == 0.0);
            assert_true(isnan(kkt_solve(&system, rhs[i % 2], 1e-13, solution[0])));
            *where = 0.0;
            kkt_solve_two(&system, (const double *const[]){rhs[0], rhs[1]}, (double[]){1e-13, 1e-13},
                          (double *const[]){solution[0], solution[1]}, error);
            assert_true(error[0] == 0.0 && error[1] == 0.0);
        }
        kkt_free(&system);
    }
}

static void scaling_and_its_inverse_cancel(void **state)
{
    static random_system r;

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 34);
        double x[SPARSE_ROWS], y[SPARSE_ROWS];

        make_system(&r, &stream, 0.1);
        cone_scale(&r.cone, r.z, x); /* W z = lambda = W^-1 s */
        cone_unscale(&r.cone, r.s, y);
        for (size_t i = 0; i < r.cone.m; i++) {
            assert_true(fabs(x[i] - r.lambda[i]) <= 1e-12 && fabs(y[i] - r.lambda[i]) <= 1e-12);
        }
        cone_unscale(&r.cone, x, x);
        for (size_t i = 0; i < r.cone.m; i++) {
            assert_true(fabs(x[i] - r.z[i]) <= 1e-12);
        }
    }
}

/* ------------------------------------------------------------------------------ its memory ---- */

static void blocks_start_on_lines_of_the_cache(void **state)
{
    static const size_t bytes[] = {0, 1, 63, 64, 65, 1000, 4096, 100000, 5 << 20};
    enum { BLOCKS = sizeof bytes / sizeof *bytes };
    void *block[BLOCKS], *between[BLOCKS];

    (void)state;
    for (size_t i = 0; i < BLOCKS; i++) {
        between[i] = malloc(24); /* moves what malloc hands out next */
        block[i] = memory_block(bytes[i]);
        assert_non_null(block[i]);
        assert_int_equal((uintptr_t)block[i] % 64, 0);
        memset(block[i], 1, bytes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        free(block[i]);
        free(between[i]);
    }
    assert_null(memory_block(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparse_solutions_equal_dense_ones),
        cmocka_unit_test(the_order_is_a_permutation),
        cmocka_unit_test(pivots_of_the_wrong_sign_are_replaced_and_counted),
        cmocka_unit_test(numbers_that_are_not_finite_are_a_breakdown),
        cmocka_unit_test(newton_systems_are_solved_to_rounding),
        cmocka_unit_test(a_residual_that_is_no_number_is_reported),
        cmocka_unit_test(scaling_and_its_inverse_cancel),
        cmocka_unit_test(blocks_start_on_lines_of_the_cache),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
