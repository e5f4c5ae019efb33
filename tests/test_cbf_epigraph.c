/* Quadratic objectives that files state as epigraphs, and what only looks like one. Every answer is judged by the
 * file's own data: all of its variables, and multipliers that prove the optimum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cbf_model.h"

/* A file that was read and solved. */
typedef struct answer {
    socp_cbf *cbf;
    socp_workspace *workspace;
    socp_solution solution;
    double x[MOST_VARIABLES], u[MOST_ROWS];
} answer;

static answer solve_file(const model *it)
{
    cfi_error error = {.text = ""};
    FILE *stream = tmpfile();
    answer of;

    assert_non_null(stream);
    write_model(it, stream);
    rewind(stream);
    of.cbf = socp_read_cbf(stream, "model", &error);
    fclose(stream);
    if (!of.cbf) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(socp_cbf_problem(of.cbf)->n, it->n);
    assert_int_equal(socp_cbf_constraints(of.cbf), it->rows);
    of.workspace = solve(socp_cbf_problem(of.cbf), &of.solution);
    assert_true(socp_cbf_point(of.cbf, &of.solution, of.x));
    socp_cbf_multipliers(of.cbf, &of.solution, of.u);
    return of;
}

static void free_answer(answer *of)
{
    socp_destroy(of->workspace);
    socp_cbf_destroy(of->cbf);
}

/* ------------------------------------------------------------- judged by the file's data ---- */

/* How far v is outside a cone; `dual`: outside its dual. */
static double outside_kind(const char *kind, size_t size, const double *v, bool dual)
{
    double worst = 0.0, square;

    if (strcmp(kind, "L=") == 0) {
        return dual ? 0.0 : largest(v, size);
    }
    if (strcmp(kind, "Q") == 0) {
        return fmax(0.0, sqrt(product(v + 1, v + 1, size - 1)) - v[0]);
    }
    if (strcmp(kind, "QR") == 0) { /* turned: (v0 + v1, v0 - v1) / sqrt(2) and the rest in Q */
        square = 0.5 * (v[0] - v[1]) * (v[0] - v[1]) + product(v + 2, v + 2, size - 2);
        return fmax(0.0, sqrt(square) - sqrt(0.5) * (v[0] + v[1]));
    }
    for (size_t i = 0; i < size; i++) {
        worst = fmax(worst, strcmp(kind, "L+") == 0 ? -v[i] : v[i]);
    }
    return worst;
}

static double outside_all(const model *it, const double *v, bool dual)
{
    double worst = 0.0;
    size_t row = 0;

    for (size_t i = 0; i < it->cones; row += it->size[i++]) {
        worst = fmax(worst, outside_kind(it->kind[i], it->size[i], v + row, dual));
    }
    return worst;
}

/* The largest violation of  weight sign c - A'u in the dual of VAR. */
static double outside_dual(const model *it, double weight, const double *u)
{
    double worst = 0.0;

    for (size_t j = 0; j < it->n; j++) {
        double w = weight * (it->maximise ? -it->c[j] : it->c[j]);

        for (size_t i = 0; i < it->rows; i++) {
            w -= it->A[i][j] * u[i];
        }
        worst = fmax(worst, it->positive[j] ? -w : fabs(w));
    }
    return worst;
}

/* A x + weight b */
static void rows_at(const model *it, const double *x, double weight, double *v)
{
    for (size_t i = 0; i < it->rows; i++) {
        v[i] = product(it->A[i], x, it->n) + weight * it->b[i];
    }
}

static void assert_below(double value, double most, const char *what, uint64_t seed)
{
    if (!(value <= most)) {
        fail_msg("seed %d: %s: %g", (int)seed, what, value);
    }
}

/* x is feasible, u is for the dual, and both objectives meet: that is the optimum. */
static void assert_optimum(const model *it, const answer *of, uint64_t seed)
{
    double sign = it->maximise ? -1.0 : 1.0, v[MOST_ROWS] = {0.0};
    double primal = it->c0 + product(it->c, of->x, it->n), dual = it->c0 - sign * product(it->b, of->u, it->rows);

    if (of->solution.status != SOCP_OPTIMAL) {
        fail_msg("seed %d: %s", (int)seed, socp_status_name(of->solution.status));
    }
    assert_true(socp_cbf_maximises(of->cbf) == it->maximise);
    rows_at(it, of->x, 1.0, v);
    for (size_t j = 0; j < it->n; j++) {
        assert_below(it->positive[j] ? -of->x[j] : 0.0, 1e-7, "variable", seed);
    }
    assert_below(outside_all(it, v, false), 1e-7 * (1.0 + largest(v, it->rows)), "rows", seed);
    assert_below(outside_all(it, of->u, true), 1e-7 * (1.0 + largest(of->u, it->rows)), "multipliers", seed);
    assert_below(outside_dual(it, 1.0, of->u), 1e-7 * (1.0 + largest(of->u, it->rows)), "dual rows", seed);
    assert_below(fabs(primal - dual), 1e-7 * (1.0 + fabs(primal)), "gap", seed);
    assert_below(fabs(socp_cbf_objective(of->cbf, of->solution.primal_objective) - primal), 1e-7 * (1.0 + fabs(primal)),
                 "objective", seed);
    assert_below(fabs(socp_cbf_objective(of->cbf, of->solution.dual_objective) - dual), 1e-7 * (1.0 + fabs(dual)),
                 "dual objective", seed);
}

static size_t squares_in(const answer *of)
{
    return socp_cbf_problem(of->cbf)->f;
}

/* ------------------------------------------------------------------------------- epigraphs ---- */

/* One to three in a file, of any shape, and both senses: all of them become squares, and t comes back on its cone's
 * boundary. The same file with an entry 0 beside each t keeps the cones, and has the same optimum. */
static void epigraphs_become_squares_and_come_back(void **state)
{
    size_t maximised = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 20);
        model it = draw_model(&stream);
        size_t epigraphs = 1 + seed % 3, squares = 0, first[3], row;
        answer of, hidden;

        for (size_t i = 0; i < epigraphs; i++) {
            size_t size = 1 + (size_t)(4.0 * uniform(&stream));

            first[i] = add_epigraph(&it, draw_shape(&stream), size, &stream);
            squares += size;
        }
        of = solve_file(&it);
        assert_int_equal(squares_in(&of), squares);
        assert_int_equal(socp_cbf_problem(of.cbf)->cones, 1);
        assert_optimum(&it, &of, seed);
        for (size_t i = 0; i < epigraphs; i++) {
            double v[MOST_ROWS];

            row = first[i];
            rows_at(&it, of.x, 1.0, v);
            assert_true(
                fabs(2.0 * v[row] * v[row + 1] -
                     product(v + row + 2, v + row + 2, (i + 1 < epigraphs ? first[i + 1] : it.rows) - row - 2)) <=
                1e-10 * (1.0 + fabs(v[row] * v[row + 1]) + fabs(it.b[row] * v[row + 1])));
        }
        row = add_rows(&it, "L+", 1);
        it.b[row] = 1.0;
        for (size_t j = PLAIN; j < it.n; j++) {
            it.zero_stated[row][j] = true;
        }
        hidden = solve_file(&it);
        assert_int_equal(squares_in(&hidden), 0);
        assert_int_equal(socp_cbf_problem(hidden.cbf)->cones, 1 + epigraphs);
        assert_optimum(&it, &hidden, seed);
        assert_below(fabs(of.solution.primal_objective - hidden.solution.primal_objective +
                          (it.maximise ? -1.0 : 1.0) * (socp_cbf_objective(of.cbf, 0.0) - it.c0)),
                     1e-7 * (1.0 + fabs(hidden.solution.primal_objective) + fabs(socp_cbf_objective(of.cbf, 0.0))),
                     "both ways", seed);
        maximised += it.maximise;
        free_answer(&of);
        free_answer(&hidden);
    }
    assert_true(maximised > 50 && maximised < 100);
}

/* By hand: maximise 2 x - t / 2 - 7 over 2 (3 t + 6) / 4 >= (2 x)^2, that is t >= 8/3 x^2 - 2:
 * -4/3 x^2 + 2 x - 6 at x = 3/4 is -21/4, and t = -1/2. */
static void an_epigraph_by_hand(void **state)
{
    model it = {.maximise = true, .c0 = -7.0, .c = {2.0, -0.5}, .twice_row = MOST_ROWS};
    size_t row = add_rows(&it, "QR", 3);
    answer of;

    (void)state;
    it.n = 2;
    it.A[row][1] = 3.0;
    it.b[row] = 6.0;
    it.b[row + 1] = 0.25;
    it.A[row + 2][0] = 2.0;
    of = solve_file(&it);
    assert_int_equal(squares_in(&of), 1);
    assert_optimum(&it, &of, 0);
    assert_close(of.x[0], 0.75, 1e-8);
    assert_close(of.x[1], -0.5, 1e-7);
    assert_close(socp_cbf_objective(of.cbf, of.solution.primal_objective), -5.25, 1e-8);
    assert_close(of.u[0], 1.0 / 6.0, 1e-8); /* cost / slope */
    free_answer(&of);
}

/* ----------------------------------------------------------------------------- near misses ---- */

typedef enum near_miss {
    IN_ANOTHER_ROW,      /* t stands in a row that does not bind */
    IN_A_ROW_THAT_BINDS, /* ... that does */
    AMONG_THE_SQUARES,   /* t stands in S x too */
    BOUNDED,             /* t is in L+ */
    CONSTANT_IN_SQUARES, /* S x + a constant */
    NO_COST,             /* the cone never binds */
    TWO_VARIABLES,       /* slope t + x0 */
    WIDTH_NOT_CONSTANT,  /* width + x0 / 8 */
    STATED_TWICE,        /* slope in two halves */
    NEAR_MISSES
} near_miss;

/* Two epigraphs; the second is spoilt. Its number of squares is 2. */
static model nearly(near_miss how, cfi_stream *stream)
{
    model it = draw_model(stream);
    shape of = draw_shape(stream);
    size_t row, other, t;

    of.slope = fabs(of.slope);                                                /* t is large, not low, */
    of.start = how == BOUNDED || how == IN_A_ROW_THAT_BINDS ? 0.0 : of.start; /* and not negative */
    of.width = how == WIDTH_NOT_CONSTANT ? 1.0 : of.width;
    add_epigraph(&it, draw_shape(stream), 3, stream);
    row = add_epigraph(&it, of, 2, stream);
    t = it.n - 1;
    if (how == IN_ANOTHER_ROW || how == IN_A_ROW_THAT_BINDS) {
        other = add_rows(&it, "L+", 1);
        it.A[other][t] = how == IN_ANOTHER_ROW ? -1.0 : 1.0;
        it.b[other] = how == IN_ANOTHER_ROW ? 1e5 : -1e3 / of.slope / of.width;
    } else if (how == AMONG_THE_SQUARES) {
        it.A[row + 3][t] = 1e-3;
    } else if (how == CONSTANT_IN_SQUARES) {
        it.b[row + 3] = -1.5;
    } else if (how == NO_COST) {
        it.c[t] = 0.0;
    } else if (how == TWO_VARIABLES) {
        it.A[row][0] = 1.0;
    } else if (how == WIDTH_NOT_CONSTANT) {
        it.A[row + 1][0] = 0.125;
    } else if (how == STATED_TWICE) {
        it.twice_row = row;
        it.twice_variable = t;
    }
    it.positive[t] = how == BOUNDED;
    return it;
}

/* Only the one that is not spoilt becomes squares; the answers stay right. */
static void what_only_looks_like_an_epigraph_stays_a_cone(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20 * NEAR_MISSES; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 21);
        model it = nearly((near_miss)(seed % NEAR_MISSES), &stream);
        answer of = solve_file(&it);

        assert_int_equal(squares_in(&of), 3);
        assert_int_equal(socp_cbf_problem(of.cbf)->cones, 2);
        assert_optimum(&it, &of, seed);
        free_answer(&of);
    }
}

/* Costs or widths of the wrong sign, shapes whose factor is no number: cones, whatever they are good for. */
static void shapes_without_a_square_root_stay_cones(void **state)
{
    static const shape of[] = {{1.0, 0.0, 1.0, -2.0},    {-1.0, 0.0, 1.0, -2.0},    {1.0, 2.0, 0.0, 1.0},
                               {1.0, 2.0, -1.0, 1.0},    {1e-300, 0.0, 1.0, 1e300}, {1.0, 0.0, 1e-200, 1e200},
                               {1.0, 0.0, 1e200, 1e-200}};

    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        cfi_stream stream = stream_make(i, 0, CFI_DRAW_START, 22);
        model it = draw_model(&stream);
        size_t row;
        answer is;

        row = add_epigraph(&it, of[i], 2, &stream);
        if (i == 4) {
            it.c[it.n - 1] = it.maximise ? -1e300 : 1e300;
            it.A[row][it.n - 1] = 1e-300;
        }
        is = solve_file(&it);
        assert_int_equal(squares_in(&is), 0);
        assert_int_equal(socp_cbf_problem(is.cbf)->cones, 2);
        if (i < 2) { /* t earns, and nothing bounds it */
            assert_int_equal(is.solution.status, SOCP_DUAL_INFEASIBLE);
        } else if (i == 2) { /* S x = 0 */
            assert_true(is.solution.status != SOCP_DUAL_INFEASIBLE);
        } else if (i == 3) {
            assert_int_equal(is.solution.status, SOCP_PRIMAL_INFEASIBLE);
        }
        free_answer(&is);
    }
}

/* ---------------------------------------------------------------------------- certificates ---- */

/* Rows that contradict each other beside an epigraph: -A'u = 0 and b'u = -1 by the file's data. */
static void a_certificate_of_infeasibility_needs_no_epigraph(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 23);
        model it = draw_model(&stream);
        size_t row, epigraph = add_epigraph(&it, draw_shape(&stream), 3, &stream);
        answer of;

        row = add_rows(&it, "L+", 1);
        it.A[row][0] = it.A[row][1] = 1.0;
        it.b[row] = -11.0;
        of = solve_file(&it);
        assert_int_equal(of.solution.status, SOCP_PRIMAL_INFEASIBLE);
        assert_int_equal(squares_in(&of), 3);
        assert_below(outside_all(&it, of.u, true), 1e-8, "multipliers", seed);
        assert_below(outside_dual(&it, 0.0, of.u), 1e-7, "dual rows", seed);
        assert_close(product(it.b, of.u, it.rows), -1.0, 1e-8);
        assert_true(largest(of.u + epigraph, 5) == 0.0);
        free_answer(&of);
    }
}

/* One more variable that nothing holds, and that the squares do not know: the ray leaves t alone. */
static void a_ray_leaves_the_epigraph_alone(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 24);
        model it = draw_model(&stream);
        double v[MOST_ROWS], sign = it.maximise ? -1.0 : 1.0;
        size_t loose, t;
        answer of;

        add_epigraph(&it, draw_shape(&stream), 3, &stream);
        t = it.n - 1;
        loose = add_variable(&it);
        it.c[loose] = normal(&stream);
        of = solve_file(&it);
        assert_int_equal(of.solution.status, SOCP_DUAL_INFEASIBLE);
        assert_int_equal(squares_in(&of), 3);
        rows_at(&it, of.x, 0.0, v);
        assert_below(outside_all(&it, v, false), 1e-7, "rows", seed);
        assert_close(sign * product(it.c, of.x, it.n), -1.0, 1e-8);
        assert_below(fabs(of.x[t]), 0.0, "t", seed);
        free_answer(&of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epigraphs_become_squares_and_come_back),
        cmocka_unit_test(an_epigraph_by_hand),
        cmocka_unit_test(what_only_looks_like_an_epigraph_stays_a_cone),
        cmocka_unit_test(shapes_without_a_square_root_stay_cones),
        cmocka_unit_test(a_certificate_of_infeasibility_needs_no_epigraph),
        cmocka_unit_test(a_ray_leaves_the_epigraph_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
