/* Separable programs that few constraints couple (docs/model.md (M19)): answers keep all constraints, and a bound that
 * holds by itself says that nothing is better. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc/separable_solve.h"
#include "alloc/separable_values.h"
#include "check.h"
#include "systems.h"

enum { MOST = 40, PROGRAMS = 400 };

/* The data of a program, and a point inside all its constraints. */
typedef struct made_program {
    double worth[MOST], cost_x[MOST], cost_s[MOST], counted[MOST], x[MOST], s[MOST];
    double row_x[SEPARABLE_ROWS][MOST], row_s[SEPARABLE_ROWS][MOST], limit_x[MOST], limit_s[MOST];
    double a[MOST], b[MOST], weight_x[MOST], weight_s[MOST], matrix_x[3][MOST], matrix_s[3][MOST];
    separable program;
} made_program;

static double draw(cfi_stream *stream, double low, double high)
{
    double u;

    random_uniforms(stream, 1, &u);
    return low + (high - low) * u;
}

/* Over several decades. */
static double draw_wide(cfi_stream *stream)
{
    return pow(10.0, draw(stream, -3.0, 1.0));
}

static void matrix_of(const double *x_factor[3], const double *s_factor[3], const double *x, const double *s, size_t n,
                      double J[3])
{
    for (size_t i = 0; i < 3; i++) {
        J[i] = 0.0;
        for (size_t l = 0; l < n; l++) {
            J[i] += x_factor[i][l] * x[l] + s_factor[i][l] * s[l];
        }
    }
}

/* tr J^-1 of entries (1, 1), (2, 2), (1, 2) in units. */
static double trace_of_inverse(const separable *p, const double J[3])
{
    return (p->ease[1] * J[0] + p->ease[0] * J[1]) / (J[0] * J[1] - J[2] * J[2]);
}

/* Rows that the point keeps by a factor `inside`. */
static void make_rows(made_program *m, cfi_stream *stream, size_t rows, double inside)
{
    separable *p = &m->program;

    for (size_t i = 0; i < rows; i++) {
        for (size_t l = 0; l < p->L; l++) {
            double x = m->counted[l] * draw_wide(stream), s = draw(stream, 0.0, 1.0) < 0.2 ? 0.0 : draw_wide(stream);
            double value = x * m->x[l] + s * m->s[l];

            if (!(value > 0.0)) {
                s = 1.0;
                value = m->s[l];
            }
            m->row_x[i][l] = x / value * (1.0 + inside * draw(stream, 0.1, 1.0));
            m->row_s[i][l] = s / value * (1.0 + inside * draw(stream, 0.1, 1.0));
        }
        p->row[p->rows++] = (separable_row){.x = m->row_x[i], .s = m->row_s[i], .constant = -1.0};
    }
    if (rows < SEPARABLE_ROWS && draw(stream, 0.0, 1.0) < 0.5) {
        for (size_t l = 0; l < p->L; l++) {
            m->limit_s[l] = -1.0 / ((m->x[l] + m->s[l]) * (1.0 + inside));
            m->limit_x[l] = m->counted[l] * m->limit_s[l];
        }
        p->row[p->rows++] = (separable_row){.x = m->limit_x, .s = m->limit_s, .constant = 1.0};
    }
}

static void make_light(made_program *m, cfi_stream *stream, double inside)
{
    separable *p = &m->program;
    double f = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        m->weight_s[l] = draw_wide(stream);
        m->weight_x[l] = m->counted[l] * m->weight_s[l] * 0.25;
        f += m->weight_x[l] * m->x[l] + m->weight_s[l] * m->s[l];
    }
    for (size_t l = 0; l < p->L; l++) {
        double a = draw_wide(stream), b = m->counted[l] * draw_wide(stream), value = a * f + b * m->x[l];

        m->a[l] = a / value * (1.0 + inside);
        m->b[l] = b / value * (1.0 + inside);
    }
    p->lit = true;
    p->a = m->a;
    p->b = m->b;
    p->weight_x = m->weight_x;
    p->weight_s = m->weight_s;
}

static void make_position(made_program *m, cfi_stream *stream, double inside)
{
    separable *p = &m->program;
    double J[3], scale;

    for (size_t i = 0; i < 3; i++) {
        p->matrix_x[i] = m->matrix_x[i];
        p->matrix_s[i] = m->matrix_s[i];
    }
    for (size_t l = 0; l < p->L; l++) {
        double bearing = draw(stream, 0.0, 2.0 * M_PI), x = m->counted[l] * draw_wide(stream), s = draw_wide(stream);
        const double entry[3] = {cos(bearing) * cos(bearing), sin(bearing) * sin(bearing), cos(bearing) * sin(bearing)};

        for (size_t i = 0; i < 3; i++) {
            m->matrix_x[i][l] = x * entry[i];
            m->matrix_s[i][l] = s * entry[i];
        }
    }
    p->ease[0] = draw_wide(stream);
    p->ease[1] = draw_wide(stream);
    matrix_of(p->matrix_x, p->matrix_s, m->x, m->s, p->L, J);
    scale = trace_of_inverse(p, J) * (1.0 + inside);
    for (size_t i = 0; i < 3; i++) {
        for (size_t l = 0; l < p->L; l++) {
            m->matrix_x[i][l] *= scale;
            m->matrix_s[i][l] *= scale;
        }
    }
    p->position = true;
}

static void make_program(made_program *m, uint64_t seed, cfi_arena *arena)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 91);
    separable *p = &m->program;
    double total = 0.0, inside = pow(10.0, draw(&stream, -3.0, 1.0)), scale = draw_wide(&stream);

    *p = (separable){.L = 2 + (size_t)draw(&stream, 0.0, MOST - 2.0), .counted = m->counted};
    p->worth = m->worth;
    p->cost_x = m->cost_x;
    p->cost_s = m->cost_s;
    for (size_t l = 0; l < p->L; l++) {
        m->counted[l] = draw(&stream, 0.0, 1.0) < 0.1 ? 0.0 : 1.0;
        m->worth[l] = m->counted[l] * draw_wide(&stream) * scale;
        m->cost_x[l] = draw_wide(&stream) * scale;
        m->cost_s[l] = draw(&stream, 0.0, 1.0) < 0.5 ? m->cost_x[l] : draw_wide(&stream) * scale;
        m->x[l] = m->counted[l] * draw_wide(&stream);
        m->s[l] = draw_wide(&stream);
        total += m->x[l] + m->s[l];
    }
    p->budget = (double)p->L;
    for (size_t l = 0; l < p->L; l++) {
        m->x[l] *= p->budget / total / (1.0 + inside);
        m->s[l] *= p->budget / total / (1.0 + inside);
    }
    make_rows(m, &stream, seed % 3, inside);
    if (seed / 3 % 2 == 1) {
        make_light(m, &stream, inside);
    }
    if (seed / 6 % 2 == 1) {
        make_position(m, &stream, inside);
    }
    assert_int_equal(separable_init(p, arena, NULL), CFI_OK);
}

static double value_of(const made_program *m, const double *x, const double *s)
{
    double sum = 0.0;

    for (size_t l = 0; l < m->program.L; l++) {
        double used = m->counted[l] * x[l];

        sum += 2.0 * m->worth[l] * sqrt(used) - m->cost_x[l] * used - m->cost_s[l] * s[l];
    }
    return sum;
}

/* The largest violation of any constraint. */
static double violation(const made_program *m, const double *x, const double *s)
{
    const separable *p = &m->program;
    double total = 0.0, worst = 0.0, f = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        total += m->counted[l] * x[l] + s[l];
        f += p->lit ? p->weight_x[l] * x[l] + p->weight_s[l] * s[l] : 0.0;
        worst = fmax(worst, fmax(-x[l], -s[l]));
        for (size_t i = 0; i < p->rows; i++) {
            const separable_row *row = &p->row[i];

            worst = fmax(worst, -(row->x[l] * x[l] + row->s[l] * s[l] + row->constant));
        }
    }
    for (size_t l = 0; p->lit && l < p->L; l++) {
        worst = fmax(worst, 1.0 - p->a[l] * f - p->b[l] * x[l]);
    }
    if (p->position) {
        double J[3];

        matrix_of((const double **)p->matrix_x, (const double **)p->matrix_s, x, s, p->L, J);
        worst = fmax(worst, 1.0 - 1.0 / trace_of_inverse(p, J));
    }
    return fmax(worst, total / p->budget - 1.0);
}

/* What values are compared beside. */
static double size_of(const made_program *m, const double *x)
{
    double size = 1e-3;

    for (size_t l = 0; l < m->program.L; l++) {
        size += 2.0 * m->worth[l] * sqrt(x[l]);
    }
    return size;
}

static void answers_are_feasible_and_nothing_is_better(void **state)
{
    made_program *m = test_malloc(sizeof *m);
    size_t iterations = 0;

    (void)state;
    for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
        cfi_arena *arena = arena_create();
        double size;

        make_program(m, seed, arena);
        assert_true(violation(m, m->x, m->s) <= 0.0);
        assert_true(separable_solve(&m->program));
        size = size_of(m, m->program.x);
        assert_true(violation(m, m->program.x, m->program.s) < 1e-9);
        assert_true(fabs(separable_bound(&m->program) - value_of(m, m->program.x, m->program.s)) < 2e-9 * size);
        iterations += m->program.iterations;
        arena_destroy(arena);
    }
    assert_true(iterations < 16 * PROGRAMS);
    test_free(m);
}

/* Whatever the prices, as long as none is negative. */
static void bounds_hold_for_any_prices(void **state)
{
    made_program *m = test_malloc(sizeof *m);

    (void)state;
    for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 92);
        cfi_arena *arena = arena_create();
        double best;

        make_program(m, seed, arena);
        assert_true(separable_solve(&m->program));
        best = value_of(m, m->program.x, m->program.s);
        assert_true(value_of(m, m->x, m->s) <= best + 1e-9 * size_of(m, m->x));
        for (size_t i = 0; i < 10; i++) {
            separable *p = &m->program;

            for (size_t c = 0; c < p->columns; c++) {
                p->price[c] *= exp(draw(&stream, -1.0, 1.0));
            }
            for (size_t l = 0; l < p->L; l++) {
                for (size_t j = 0; j < p->rows; j++) {
                    p->row[j].price[l] *= exp(draw(&stream, -1.0, 1.0));
                }
                p->light.price[l] *= exp(draw(&stream, -1.0, 1.0));
            }
            assert_true(separable_bound(p) >= best - 1e-9 * size_of(m, p->x));
        }
        arena_destroy(arena);
    }
    test_free(m);
}

/* A program like the one before takes fewer iterations, and its answer is the same. */
static void a_program_begins_where_another_ended(void **state)
{
    made_program *m = test_malloc(sizeof *m);
    size_t cold = 0, warm = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        cfi_arena *arena = arena_create();
        double value;

        make_program(m, seed, arena);
        assert_true(separable_solve(&m->program));
        for (size_t l = 0; l < m->program.L; l++) {
            m->worth[l] *= l % 2 ? 1.001 : 0.999;
        }
        assert_true(separable_solve(&m->program));
        warm += m->program.iterations;
        value = value_of(m, m->program.x, m->program.s);
        m->program.warm = false;
        assert_true(separable_solve(&m->program));
        cold += m->program.iterations;
        assert_true(fabs(value_of(m, m->program.x, m->program.s) - value) < 2e-9 * size_of(m, m->program.x));
        arena_destroy(arena);
    }
    assert_true(10 * warm < 9 * cold);
    test_free(m);
}

/* No point keeps a budget of nothing and asks for something. */
static void programs_without_a_point_have_no_answer(void **state)
{
    made_program *m = test_malloc(sizeof *m);

    (void)state;
    for (uint64_t seed = 1; seed < 40; seed += 3) { /* with a row of own echoes */
        cfi_arena *arena = arena_create();

        make_program(m, seed, arena);
        m->program.budget *= 1e-4;
        assert_false(separable_solve(&m->program));
        arena_destroy(arena);
    }
    test_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_feasible_and_nothing_is_better),
        cmocka_unit_test(bounds_hold_for_any_prices),
        cmocka_unit_test(a_program_begins_where_another_ended),
        cmocka_unit_test(programs_without_a_point_have_no_answer),
    };

    return cmocka_run_group_tests_name("separable", tests, NULL, NULL);
}
