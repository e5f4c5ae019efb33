/* Ordinary random scenarios (ordinary.h): none may end failed or inaccurate, and one is infeasible exactly when the
 * closed test says so; by solver auto (structured where it applies) and by socp, whose sum rates are compared. What is
 * wrong is printed with the seed and the scenario, which `cfisac run -` takes.
 *   soak [SCENARIOS] [FIRST_SEED] [both | auto | socp] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/ascent.h"
#include "ordinary.h"

#include <omp.h>
#include <stdio.h>

static const double AGREED = 1e-6;

/* What is counted over all scenarios. */
typedef struct tally {
    size_t runs, failed, inaccurate, wrong, infeasible, unfinished;
    size_t fallback, fallback_steps; /* allocations in which the cone solver took steps, and these */
    size_t compared, better, better_optima, below, two_optima;
    double largest_gap, fallback_gap; /* of those that converged, without and with steps of the cone solver */
    size_t structured, *evaluations, *until_close; /* of each structured one: all, and until 1e-6 from its end */
} tally;

/* Evaluations until the best objective is within 1e-6 of where it ends. */
static size_t evaluations_until_close(const cfi_allocation *allocation)
{
    const cfi_objective_result *objective = &allocation->objective;
    size_t i = 0;

    while (objective->trace[i] < objective->value * (1.0 - AGREED)) {
        i++;
    }
    return i;
}

/* The cone solver ends by a test of its own, of small gains. */
static void add_gap(tally *t, const cfi_allocation *allocation)
{
    double *largest = allocation->fallback_steps > 0 ? &t->fallback_gap : &t->largest_gap;

    if (allocation->status == CFI_ALLOC_CONVERGED) {
        *largest = fmax(*largest, allocation->largest_step_gap);
    }
}

static void add_run(tally *t, const cfi_allocation *allocation, const char *fault)
{
    bool structured = allocation->solver && strcmp(allocation->solver, "structured") == 0;
    bool failed = allocation->status == CFI_ALLOC_FAILED, inaccurate = allocation->status == CFI_ALLOC_INACCURATE;

    t->runs++;
    t->failed += failed;
    t->inaccurate += inaccurate;
    t->wrong += fault && !failed && !inaccurate;
    t->infeasible += allocation->status == CFI_ALLOC_INFEASIBLE;
    t->unfinished += allocation->status == CFI_ALLOC_ITERATION_LIMIT;
    if (structured) {
        t->fallback += allocation->fallback_steps > 0;
        t->fallback_steps += allocation->fallback_steps;
        add_gap(t, allocation);
        t->evaluations[t->structured] = allocation->iterations;
        t->until_close[t->structured] = evaluations_until_close(allocation);
        t->structured++;
    }
}

static void describe(const ordinary *o, long seed, const char *what, const cfi_allocation *a)
{
    printf("seed %ld: %s (%s by %s, %zu steps, %.10g bit/s/Hz%s%s)\n%s\n", seed, what, alloc_status_name(a->status),
           a->solver ? a->solver : "none", a->iterations, a->sum_rate_bit_s_hz, a->failure ? "; " : "",
           a->failure ? a->failure : "", o->text);
}

/* How much of the sum rate is still gained, relative, from the powers of one solver by the other. */
static double gain_by(drop *d, const cfi_allocation *from, cfi_solver solver)
{
    alloc_problem problem;
    alloc_ascent ascent;
    alloc_state at;
    alloc_workspace *workspace = alloc_workspace_create();
    sca_outcome outcome;
    double before;

    d->made.system.allocation.solver = solver;
    assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
    assert_int_equal(ascent_init(&ascent, &problem, NULL, workspace, NULL), CFI_OK);
    assert_true(problem_state(&problem, d->arena, &at));
    outcome.trace = arena_alloc(d->arena, d->made.system.allocation.max_iterations + 1, sizeof(double));
    problem_from_powers(&problem, &from->powers, at.point);
    assert_true(problem_complete(&problem, at.point));
    before = problem_evaluate(&problem, at.point, at.values);
    assert_int_equal(ascent_run(&ascent, &at, &outcome, NULL), CFI_OK);
    alloc_workspace_destroy(workspace);
    return outcome.objective / before - 1.0;
}

/* The solvers end apart: at two local optima if the better one's solver gets no further from where the other ended.
 * Below `socp` is where `auto` could be wrong: both are described. */
static void compare(ordinary *o, long seed, const cfi_allocation result[2], tally *t)
{
    double difference = result[0].sum_rate_bit_s_hz / result[1].sum_rate_bit_s_hz - 1.0, gain = 0.0;
    bool below = !(difference >= -AGREED), better = difference > AGREED, optima;

    if (below || better) {
        gain = gain_by(o->drop, &result[better], below ? CFI_SOLVER_SOCP : CFI_SOLVER_STRUCTURED);
    }
    optima = gain <= AGREED;
#pragma omp critical
    {
        t->compared++;
        t->better += better;
        t->better_optima += better && optima;
        t->below += below;
        t->two_optima += below && optima;
        if (better) {
            printf("seed %ld: auto ends %.1e above socp, %s (the response still gains %.1e there)\n", seed, difference,
                   optima ? "at another local optimum" : "which stopped short", gain);
        }
        if (below) {
            printf("seed %ld: auto ends %.1e below socp, %s (cone problems still gain %.1e there)\n", seed, -difference,
                   optima ? "at another local optimum" : "unexplained", gain);
            describe(o, seed, "one", &result[0]);
            describe(o, seed, "the other", &result[1]);
        }
    }
}

static void try_scenario(long seed, bool by_auto, bool by_socp, tally *t)
{
    ordinary o;
    cfi_allocation result[2];
    bool asked[] = {by_auto, by_socp}, right = true;

    ordinary_make(&o, (uint64_t)seed, 40, 8);
    for (size_t i = 0; i < 2; i++) {
        const char *fault;

        if (!asked[i]) {
            continue;
        }
        o.drop->made.system.allocation.solver = i == 0 ? CFI_SOLVER_AUTO : CFI_SOLVER_SOCP;
        result[i] = run(o.drop);
        fault = ordinary_fault(o.drop, &result[i]);
        right = right && !fault;
#pragma omp critical
        {
            add_run(t, &result[i], fault);
            if (fault) {
                describe(&o, seed, fault, &result[i]);
            }
        }
    }
    if (by_auto && by_socp && right && result[0].solver && strcmp(result[0].solver, "structured") == 0) {
        compare(&o, seed, result, t);
    }
    ordinary_free(&o);
}

static int compare_counts(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;

    return left < right ? -1 : left > right;
}

static void print_counts(const char *what, size_t n, size_t *count)
{
    if (n > 0) {
        qsort(count, n, sizeof *count, compare_counts);
        printf("evaluations %s: median %zu, 90 %% %zu, 99 %% %zu, most %zu\n", what, count[n / 2], count[n * 9 / 10],
               count[n * 99 / 100], count[n - 1]);
    }
}

int main(int argc, char **argv)
{
    long scenarios = argc > 1 ? strtol(argv[1], NULL, 10) : 10000;
    long first = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    const char *solvers = argc > 3 ? argv[3] : "both";
    size_t room = scenarios > 0 ? (size_t)scenarios : 1;
    tally t = {.evaluations = calloc(room, sizeof(size_t)), .until_close = calloc(room, sizeof(size_t))};

    assert_non_null(t.evaluations);
    assert_non_null(t.until_close);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what is wrong is told when it is found */
#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < scenarios; i++) {
        try_scenario(first + i, strcmp(solvers, "socp") != 0, strcmp(solvers, "auto") != 0, &t);
    }
    printf("%ld scenarios, %zu allocations: %zu failed, %zu inaccurate, %zu wrong, %zu infeasible, %zu used up their "
           "steps\n",
           scenarios, t.runs, t.failed, t.inaccurate, t.wrong, t.infeasible, t.unfinished);
    printf(
        "%zu structured: largest gap where converged %.1e; the cone solver took %zu steps in %zu of them, largest gap "
        "there %.1e\n",
        t.structured, t.largest_gap, t.fallback_steps, t.fallback, t.fallback_gap);
    print_counts("until the certificate", t.structured, t.evaluations);
    print_counts("until 1e-6 from there", t.structured, t.until_close);
    printf("%zu compared: %zu better than socp by more than %.0e, %zu of these at another local optimum; %zu below by "
           "more, %zu of these at another local optimum\n",
           t.compared, t.better, AGREED, t.better_optima, t.below, t.two_optima);
    free(t.evaluations);
    free(t.until_close);
    return t.failed + t.inaccurate + t.wrong > 0 || t.below > t.two_optima;
}
