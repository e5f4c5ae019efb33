/* `solver: structured` against the cone solver and on many scenarios, where `auto` takes it, and the lemmas of
 * docs/model.md that it and the cone problems stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "allocations.h"

/* ------------------------------------------------------------------------ the solver ---- */

/* sum_k ln(1 + 2 r_k u_k - r_k^2 I_k) */
static double surrogate_at(const alloc_problem *problem, const double *r, const alloc_point *point)
{
    double value = 0.0, u[16], interference[16];
    alloc_values values = {.u = u, .interference = interference};

    assert_in_range(problem->K, 1, 16);
    problem_evaluate(problem, point, &values);
    for (size_t k = 0; k < problem->K; k++) {
        double t = 2.0 * r[k] * u[k] - r[k] * r[k] * interference[k];

        value += t > -1.0 ? log1p(t) : -INFINITY;
    }
    return value;
}

static void structured_agrees_with_socp(void **state)
{
    size_t compared = 0;

    (void)state;
    for (uint64_t seed = 5000; seed < 5150; seed++) {
        drop *d = random_drop(seed, 12.0, 6.0);
        cfi_system *s = &d->made.system;
        cfi_allocation response, cone;

        if (d->network.pilots_overlap && s->M * s->M < s->N + 2) {
            s->rate_model = CFI_RATE_THEOREM1;
        }
        s->allocation.starts = 1;
        s->allocation.tolerance = 1e-9; /* both run to the same stationary point */
        s->allocation.max_iterations = 2000;
        s->allocation.solver = CFI_SOLVER_STRUCTURED;
        response = run(d);
        s->allocation.solver = CFI_SOLVER_SOCP;
        cone = run(d);
        assert_int_equal(response.status, cone.status);
        if (cone.status != CFI_ALLOC_INFEASIBLE) {
            assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
            assert_true(violation_from_formula(d, &response.powers) < 1e-9);
            assert_true(response.largest_step_gap < 1e-7);
            check_trace(&response);
            compared++;
        }
        free_drop(d);
    }
    assert_true(compared > 100);
}

static void structured_scenarios_converge_or_are_rightly_infeasible(void **state)
{
    size_t feasible = 0;

    (void)state;
    for (uint64_t seed = 900000; seed < 902000; seed++) {
        drop *d = random_drop(seed, 32.0, 8.0);
        cfi_allocation allocation;

        if (d->network.pilots_overlap) {
            d->made.system.rate_model = CFI_RATE_THEOREM1;
        }
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        allocation = run(d);
        if (threshold_factor(d) > 1.0) {
            assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        } else {
            assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
            assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
            assert_close(sum_rate_from_formula(d, &allocation.powers) / allocation.sum_rate_bit_s_hz, 1.0, 1e-9);
            feasible++;
        }
        free_drop(d);
    }
    assert_in_range(feasible, 1800, 1999); /* most, and not all */
}

/* In these all access points sit at kinks or limits at some step, where what they radiate does not depend on mu. */
static void structured_passes_where_no_power_depends_on_the_price(void **state)
{
    const uint64_t seeds[] = {908708, 926592, 915533, 952653, 980755};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        drop *d = random_drop(seeds[i], 12.0, 6.0);

        if (d->network.pilots_overlap) {
            d->made.system.rate_model = CFI_RATE_THEOREM1;
        }
        d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        assert_int_equal(run(d).status, CFI_ALLOC_CONVERGED);
        free_drop(d);
    }
}

/* A system of 6 access points and 4 users at a threshold that binds, ready for a step about the heuristic split. */
typedef struct bench {
    drop *d;
    alloc_problem problem;
    alloc_state at, to, other;
} bench;

static bench make_bench(uint64_t seed, size_t M, size_t pilots, double tightness)
{
    made_system made = make_system(seed, 6, 4, 4, M);
    bench b;

    reuse_pilots(&made, pilots);
    b.d = make_drop(made);
    set_tightness(b.d, tightness);
    assert_int_equal(problem_build(&b.d->link, b.d->arena, &b.problem, NULL), CFI_OK);
    assert_true(problem_state(&b.problem, b.d->arena, &b.at) && problem_state(&b.problem, b.d->arena, &b.to) &&
                problem_state(&b.problem, b.d->arena, &b.other));
    assert_int_equal(alloc_heuristic(&b.d->link, b.d->arena, &b.d->powers, NULL), CFI_OK);
    problem_from_powers(&b.problem, &b.d->powers, b.at.point);
    return b;
}

/* What `auto` takes, and what the results say of it. */
static void auto_takes_the_response_where_it_applies(void **state)
{
    const struct {
        size_t M, pilots;
        cfi_surrogate surrogate;
        cfi_crlb_constraint constraint;
        const char *solver;
    } cases[] = {{4, 4, CFI_SURROGATE_PRODUCT, CFI_CRLB_EXACT, "structured"},
                 {4, 2, CFI_SURROGATE_PRODUCT, CFI_CRLB_EXACT, "structured"},
                 {2, 4, CFI_SURROGATE_PRODUCT, CFI_CRLB_EXACT, "structured"},
                 {2, 2, CFI_SURROGATE_PRODUCT, CFI_CRLB_EXACT, "structured"}, /* d2 < d1 and coherent terms */
                 {4, 4, CFI_SURROGATE_FRACTIONAL, CFI_CRLB_EXACT, "socp"},
                 {4, 4, CFI_SURROGATE_PRODUCT, CFI_CRLB_SCA, "socp"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench b = make_bench(79, cases[i].M, cases[i].pilots, 0.5);
        cfi_system *s = &b.d->made.system;
        cfi_allocation allocation;

        s->allocation.solver = CFI_SOLVER_AUTO;
        s->allocation.surrogate = cases[i].surrogate;
        s->allocation.crlb_constraint = cases[i].constraint;
        s->allocation.starts = 1;
        allocation = run(b.d);
        assert_string_equal(allocation.solver, cases[i].solver);
        assert_int_equal(isnan(allocation.largest_step_gap), strcmp(cases[i].solver, "socp") == 0);
        free_drop(b.d);
    }
}

static cfi_status look_away(void *context, const cfi_exported *exported, cfi_error *error)
{
    (void)exported, (void)error;
    ++*(size_t *)context;
    return CFI_OK;
}

static void auto_takes_the_cone_solver_when_its_problems_are_exported(void **state)
{
    bench b = make_bench(79, 4, 4, 0.5);
    size_t exported = 0;
    cfi_alloc_options options = {.export_problem = look_away, .export_context = &exported};
    cfi_allocation allocation;

    (void)state;
    b.d->made.system.allocation.solver = CFI_SOLVER_AUTO;
    assert_int_equal(alloc_run(&b.d->link, &options, b.d->arena, &allocation, NULL), CFI_OK);
    assert_string_equal(allocation.solver, "socp");
    assert_true(exported >= allocation.iterations);
    free_drop(b.d);
}

/* ------------------------------------------------------------- lemmas of docs/model.md ---- */

/* Largest violation of the constraints of (M9), straight from their text. */
static double violation_of(const alloc_problem *problem, const alloc_point *point)
{
    double worst = 0.0, total = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double x = 0.0, s = point->s[l];

        for (size_t k = 0; k < problem->K; k++) {
            x += point->w[problem_at(problem, k, l)] * point->w[problem_at(problem, k, l)];
        }
        worst = fmax(worst, fabs(x - point->x[l]) / fmax(x, 1.0));
        worst = fmax(worst, -s);
        worst = fmax(worst, 1.0 - problem->sensing.d1[l] * x - problem->sensing.d2[l] * s);
        total += x + s;
    }
    return fmax(worst, total / (double)problem->L - 1.0);
}

/* A random feasible point: any amplitudes, and sensing power as it comes. */
static void draw_feasible(const alloc_problem *problem, cfi_stream *stream, alloc_point *point)
{
    do {
        double spare = made_uniform(stream, 0.0, 0.5);

        for (size_t i = 0; i < problem->K * problem->L; i++) {
            double *w = point->w + problem_at(problem, i % problem->K, i / problem->K);

            random_normals(stream, 1, w);
            *w = exp(2.0 * *w);
        }
        if (!problem_complete(problem, point)) {
            continue;
        }
        for (size_t i = 0; i < problem->K * problem->L; i++) { /* less power for users, the rest senses or is saved */
            point->w[problem_at(problem, i % problem->K, i / problem->K)] *= made_uniform(stream, 0.3, 1.0);
        }
        for (size_t l = 0; l < problem->L; l++) {
            double x = 0.0, q = point->x[l] + point->s[l], least;

            for (size_t k = 0; k < problem->K; k++) {
                x += point->w[problem_at(problem, k, l)] * point->w[problem_at(problem, k, l)];
            }
            least = fmax(x, problem->sensing.incline[l] * x + problem->sensing.offset[l]);
            point->x[l] = x;
            point->s[l] = least + spare * fmax(q - least, 0.0) - x;
        }
    } while (!(violation_of(problem, point) < 1e-9));
}

/* Lemma 1: for d2 >= d1 every mixture of feasible points is feasible; for d2 < d1 some are not. */
static void feasible_set_is_convex_exactly_where_sensing_power_senses_better(void **state)
{
    (void)state;
    for (size_t M = 2; M <= 4; M += 2) { /* N = 4: d2 < d1 for M = 2 */
        bench b = make_bench(81, M, M == 2 ? 2 : 4, 0.6);
        cfi_stream stream = stream_make(81, 0, CFI_DRAW_START, (uint32_t)M);
        double worst = 0.0;

        assert_int_equal(b.problem.sensing.kind, M == 2 ? SENSING_LINEARISED : SENSING_CONVEX);
        for (int i = 0; i < 1000; i++) {
            double share = made_uniform(&stream, 0.0, 1.0);

            draw_feasible(&b.problem, &stream, b.at.point);
            draw_feasible(&b.problem, &stream, b.to.point);
            assert_true(violation_of(&b.problem, b.at.point) < 1e-9 && violation_of(&b.problem, b.to.point) < 1e-9);
            for (size_t j = 0; j < b.problem.K * b.problem.stride; j++) {
                b.other.point->w[j] = share * b.at.point->w[j] + (1.0 - share) * b.to.point->w[j];
            }
            for (size_t l = 0; l < b.problem.L; l++) { /* of all power: the mixture leaves more of it for sensing */
                double q = share * (b.at.point->x[l] + b.at.point->s[l]) +
                           (1.0 - share) * (b.to.point->x[l] + b.to.point->s[l]);
                double x = 0.0;

                for (size_t k = 0; k < b.problem.K; k++) {
                    x +=
                        b.other.point->w[problem_at(&b.problem, k, l)] * b.other.point->w[problem_at(&b.problem, k, l)];
                }
                b.other.point->x[l] = x;
                b.other.point->s[l] = q - x;
            }
            worst = fmax(worst, violation_of(&b.problem, b.other.point));
        }
        assert_true(M == 2 ? worst > 1e-3 : worst < 1e-9);
        free_drop(b.d);
    }
}

/* Lemma 2: with d2 < d1 and orthogonal pilots, sensing power moved into communication power raises every u, leaves
 * every I alone, and senses better. */
static void weak_sensing_power_is_better_spent_on_users(void **state)
{
    bench b = make_bench(82, 2, 4, 0.6);
    cfi_stream stream = stream_make(82, 0, CFI_DRAW_START, 0);
    const alloc_problem *p = &b.problem;

    (void)state;
    assert_int_equal(p->sensing.kind, SENSING_SATURATED);
    for (int i = 0; i < 200; i++) {
        draw_feasible(p, &stream, b.at.point);
        for (size_t l = 0; l < p->L; l++) {
            double q = b.at.point->x[l] + b.at.point->s[l];

            b.at.point->s[l] = q * made_uniform(&stream, 1.0, 2.0) - b.at.point->x[l];
        }
        problem_evaluate(p, b.at.point, b.at.values);
        problem_copy(p, b.at.point, b.to.point);
        for (size_t l = 0; l < p->L; l++) {
            double x = b.at.point->x[l], s = b.at.point->s[l];

            assert_true(p->sensing.d1[l] * (x + s) >= p->sensing.d1[l] * x + p->sensing.d2[l] * s);
            for (size_t k = 0; k < 4; k++) {
                b.to.point->w[problem_at(&b.problem, k, l)] *= sqrt((x + s) / x);
            }
            b.to.point->x[l] = x + s;
            b.to.point->s[l] = 0.0;
        }
        problem_evaluate(p, b.to.point, b.to.values);
        for (size_t k = 0; k < 4; k++) {
            assert_true(b.to.values->u[k] > b.at.values->u[k]);
            assert_close(b.to.values->interference[k], b.at.values->interference[k], 1e-14);
        }
    }
    free_drop(b.d);
}

/* Lemma 3: the product surrogate lies below the objective and touches it at the point of expansion, with its slope. */
static void product_surrogate_is_a_tight_minorant(void **state)
{
    bench b = make_bench(83, 4, 2, 0.6);
    cfi_stream stream = stream_make(83, 0, CFI_DRAW_START, 0);
    double r[4], value;

    (void)state;
    for (int i = 0; i < 200; i++) {
        draw_feasible(&b.problem, &stream, b.at.point);
        value = problem_evaluate(&b.problem, b.at.point, b.at.values);
        for (size_t k = 0; k < 4; k++) {
            r[k] = b.at.values->u[k] / b.at.values->interference[k];
        }
        assert_close(surrogate_at(&b.problem, r, b.at.point), value, 1e-13);
        draw_feasible(&b.problem, &stream, b.to.point);
        assert_true(surrogate_at(&b.problem, r, b.to.point) <=
                    problem_evaluate(&b.problem, b.to.point, b.to.values) * (1.0 + 1e-13));
        for (size_t j = 0; j < 4 * b.problem.stride; j++) { /* a step of 1e-5: both move alike up to its square */
            b.to.point->w[j] = b.at.point->w[j] + 1e-5 * (b.to.point->w[j] - b.at.point->w[j]);
        }
        for (size_t l = 0; l < b.problem.L; l++) { /* the same power in all */
            double x = 0.0;

            for (size_t k = 0; k < 4; k++) {
                x += b.to.point->w[problem_at(&b.problem, k, l)] * b.to.point->w[problem_at(&b.problem, k, l)];
            }
            b.to.point->s[l] = b.at.point->x[l] + b.at.point->s[l] - x;
            b.to.point->x[l] = x;
        }
        assert_true(fabs(surrogate_at(&b.problem, r, b.to.point) -
                         problem_evaluate(&b.problem, b.to.point, b.to.values)) < 1e-7 * value);
    }
    free_drop(b.d);
}

/* Lemma 4: scaling all powers up raises every SINR, so the total budget is spent. */
static void more_power_for_all_raises_every_sinr(void **state)
{
    bench b = make_bench(84, 4, 2, 0.6);
    cfi_stream stream = stream_make(84, 0, CFI_DRAW_START, 0);

    (void)state;
    for (int i = 0; i < 200; i++) {
        double sinr[4], c = made_uniform(&stream, 1.001, 3.0);

        draw_feasible(&b.problem, &stream, b.at.point);
        problem_evaluate(&b.problem, b.at.point, b.at.values);
        for (size_t k = 0; k < 4; k++) {
            sinr[k] = values_sinr(b.at.values, k);
        }
        for (size_t j = 0; j < 4 * b.problem.stride; j++) {
            b.at.point->w[j] *= sqrt(c);
        }
        for (size_t l = 0; l < b.problem.L; l++) {
            b.at.point->x[l] *= c;
            b.at.point->s[l] *= c;
        }
        problem_evaluate(&b.problem, b.at.point, b.at.values);
        for (size_t k = 0; k < 4; k++) {
            assert_true(values_sinr(b.at.values, k) > sinr[k]);
        }
    }
    free_drop(b.d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structured_agrees_with_socp),
        cmocka_unit_test(structured_scenarios_converge_or_are_rightly_infeasible),
        cmocka_unit_test(structured_passes_where_no_power_depends_on_the_price),
        cmocka_unit_test(auto_takes_the_response_where_it_applies),
        cmocka_unit_test(auto_takes_the_cone_solver_when_its_problems_are_exported),
        cmocka_unit_test(feasible_set_is_convex_exactly_where_sensing_power_senses_better),
        cmocka_unit_test(weak_sensing_power_is_better_spent_on_users),
        cmocka_unit_test(product_surrogate_is_a_tight_minorant),
        cmocka_unit_test(more_power_for_all_raises_every_sinr),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
