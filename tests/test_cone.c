/* The algebra of the cone, for every number of rows that has loops of its own and for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/base.h"
#include "socp/cone.h"

#include <math.h>
#include <string.h>

enum { CONES = 9, CONE_ROWS = 2 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 18 };

/* Two linear rows, cones of 1 to 8 and of 18 rows, and a random point inside. */
typedef struct random_cone {
    cone_scaling cone;
    size_t size[CONES];
    double weight[2 + CONES], v[CONE_ROWS], lambda[CONE_ROWS], norm[CONES], s[CONE_ROWS], z[CONE_ROWS];
} random_cone;

static double number(cfi_stream *stream)
{
    double value;

    random_uniforms(stream, 1, &value);
    return value - 0.5;
}

static void fill(random_cone *r, cfi_stream *stream)
{
    size_t row = 2;

    r->cone = (cone_scaling){.m = CONE_ROWS,
                             .linear = 2,
                             .cones = CONES,
                             .size = r->size,
                             .weight = r->weight,
                             .v = r->v,
                             .lambda = r->lambda,
                             .norm = r->norm};
    for (size_t i = 0; i < CONE_ROWS; i++) {
        r->s[i] = number(stream);
        r->z[i] = number(stream);
    }
    for (size_t i = 0; i < 2; i++) {
        r->s[i] = fabs(r->s[i]) + 0.1;
        r->z[i] = fabs(r->z[i]) + 0.1;
    }
    for (size_t i = 0; i < CONES; row += r->size[i++]) {
        r->size[i] = i < 8 ? i + 1 : 18;
        r->s[row] = r->z[row] = 0.5 * sqrt((double)r->size[i]) + 0.1; /* no entry is larger than a half */
    }
    assert_int_equal(row, CONE_ROWS);
    assert_true(cone_update(&r->cone, r->s, r->z));
}

/* A point inside stays, one outside gets the least heads and linear rows that are inside. */
static void lifting_changes_only_what_is_outside(void **state)
{
    static random_cone r;
    cfi_stream stream = stream_make(7, 0, CFI_DRAW_START, 37);
    double x[CONE_ROWS];

    (void)state;
    fill(&r, &stream);
    memcpy(x, r.s, sizeof x);
    cone_lift(&r.cone, x);
    assert_memory_equal(x, r.s, sizeof x);
    for (size_t i = 0; i < 2; i++) {
        x[i] = -r.s[i];
    }
    for (size_t i = 0, row = 2; i < CONES; row += r.size[i++]) {
        x[row] = -0.5 * r.s[row];
    }
    cone_lift(&r.cone, x);
    assert_true(fabs(cone_distance(&r.cone, x)) <= 1e-15);
    for (size_t i = 0, row = 2; i < CONES; row += r.size[i++]) {
        double tail = 0.0;

        for (size_t j = 1; j < r.size[i]; j++) {
            assert_true(x[row + j] == r.s[row + j]);
            tail += x[row + j] * x[row + j];
        }
        assert_true(fabs(x[row] - sqrt(tail)) <= 1e-15);
    }
    assert_true(x[0] == 0.0 && x[1] == 0.0);
}

/* lambda o y of the result is what it was to solve: lambda o lambda + d - sigma_mu e. */
static void centring_solves_the_product(void **state)
{
    static random_cone r;

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 36);
        double d[CONE_ROWS], y[CONE_ROWS], left[CONE_ROWS], square[CONE_ROWS], sigma_mu = 0.3;

        fill(&r, &stream);
        for (size_t i = 0; i < CONE_ROWS; i++) {
            d[i] = y[i] = number(&stream);
        }
        cone_centre(&r.cone, sigma_mu, y);
        cone_product(&r.cone, r.lambda, y, left);
        cone_product(&r.cone, r.lambda, r.lambda, square);
        cone_add_identity(&r.cone, -sigma_mu, square);
        for (size_t i = 0; i < CONE_ROWS; i++) {
            assert_true(fabs(left[i] - square[i] - d[i]) <= 1e-11);
        }
    }
}

/* The Jordan product, written out row by row. */
static void products_are_those_of_the_definition(void **state)
{
    static random_cone r;
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_START, 37);
    double y[CONE_ROWS];
    size_t row = 2;

    (void)state;
    fill(&r, &stream);
    cone_product(&r.cone, r.s, r.z, y);
    assert_true(fabs(y[0] - r.s[0] * r.z[0]) <= 1e-15 && fabs(y[1] - r.s[1] * r.z[1]) <= 1e-15);
    for (size_t i = 0; i < CONES; row += r.size[i++]) {
        double inner = 0.0;

        for (size_t j = row; j < row + r.size[i]; j++) {
            inner += r.s[j] * r.z[j];
            assert_true(j == row || fabs(y[j] - r.s[row] * r.z[j] - r.z[row] * r.s[j]) <= 1e-13);
        }
        assert_true(fabs(y[row] - inner) <= 1e-13);
    }
}

/* The longest step ends on the boundary: a little further in units of the step, and the point is outside. */
static void the_longest_step_ends_on_the_boundary(void **state)
{
    static random_cone r;

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 38);
        double d[CONE_ROWS], e[CONE_ROWS], x[CONE_ROWS], worst = -INFINITY, alpha;

        fill(&r, &stream);
        for (size_t i = 0; i < CONE_ROWS; i++) {
            d[i] = number(&stream);
            e[i] = number(&stream);
        }
        alpha = cone_step(&r.cone, d, e);
        assert_true(isfinite(alpha) && alpha > 0.0);
        for (int which = 0; which < 2; which++) {
            for (size_t i = 0; i < CONE_ROWS; i++) {
                x[i] = r.lambda[i] + alpha * (which == 0 ? d[i] : e[i]);
            }
            worst = fmax(worst, cone_distance(&r.cone, x));
        }
        assert_true(fabs(worst) <= 1e-11 * (1.0 + alpha));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifting_changes_only_what_is_outside),
        cmocka_unit_test(centring_solves_the_product),
        cmocka_unit_test(products_are_those_of_the_definition),
        cmocka_unit_test(the_longest_step_ends_on_the_boundary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
