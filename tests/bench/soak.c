/* Ordinary random scenarios (ordinary.h): none may end failed or inaccurate, and one is infeasible exactly when the
 * closed test says so; by solver auto (structured where it applies) and by socp, whose sum rates are compared. What is
 * wrong is printed with the seed and the scenario, which `cfisac run -` takes.
 *   soak [SCENARIOS] [FIRST_SEED] [both | auto | socp] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/sca.h"
#include "ordinary.h"

#include <omp.h>
#include <stdio.h>

static const double AGREED = 1e-6;

/* What is counted over all scenarios. */
typedef struct tally {
    size_t runs, failed, inaccurate, wrong, infeasible, unfinished, structured, steps, most, fallback;
    size_t compared, apart, two_optima;
    double largest_gap;
} tally;

static void add_run(tally *t, const cfi_allocation *allocation, const char *fault)
{
    bool by_dual = allocation->solver && strcmp(allocation->solver, "structured") == 0;
    bool failed = allocation->status == CFI_ALLOC_FAILED, inaccurate = allocation->status == CFI_ALLOC_INACCURATE;

    t->runs++;
    t->failed += failed;
    t->inaccurate += inaccurate;
    t->wrong += fault && !failed && !inaccurate;
    t->infeasible += allocation->status == CFI_ALLOC_INFEASIBLE;
    t->unfinished += allocation->status == CFI_ALLOC_ITERATION_LIMIT;
    t->structured += by_dual;
    t->steps += allocation->iterations;
    t->most = allocation->iterations > t->most ? allocation->iterations : t->most;
    t->fallback += allocation->fallback_steps;
    t->largest_gap = by_dual ? fmax(t->largest_gap, allocation->largest_step_gap) : t->largest_gap;
}

static void describe(const ordinary *o, long seed, const char *what, const cfi_allocation *a)
{
    printf("seed %ld: %s (%s by %s, %zu steps, %.10g bit/s/Hz%s%s)\n%s\n", seed, what, alloc_status_name(a->status),
           a->solver ? a->solver : "none", a->iterations, a->sum_rate_bit_s_hz, a->failure ? "; " : "",
           a->failure ? a->failure : "", o->text);
}

/* How much of the sum rate is still gained, relative, from the powers of one solver by steps of the other. */
static double gain_by(drop *d, const cfi_allocation *from, cfi_solver solver)
{
    alloc_problem problem;
    alloc_stepper stepper;
    alloc_point *point;
    sca_work work;
    sca_outcome outcome;
    double before;

    d->made.system.allocation.solver = solver;
    assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
    assert_int_equal(stepper_init(&stepper, &problem, NULL, d->arena, NULL), CFI_OK);
    point = problem_point(&problem, d->arena);
    work = (sca_work){.candidate = problem_point(&problem, d->arena),
                      .trial = problem_point(&problem, d->arena),
                      .kept = arena_alloc(d->arena, 2 * problem.K, sizeof(double))};
    outcome.trace = arena_alloc(d->arena, d->made.system.allocation.max_iterations + 1, sizeof(double));
    problem_from_powers(&problem, &from->powers, point);
    assert_true(problem_complete(&problem, point));
    before = problem_evaluate(&problem, point);
    stepper.start = stepper.step = 0;
    assert_int_equal(sca_run(&stepper, &work, point, &outcome, NULL), CFI_OK);
    return outcome.objective / before - 1.0;
}

/* Two solvers that end apart: at two local optima if neither gets any further from where the other ended. */
static void compare(ordinary *o, long seed, const cfi_allocation result[2], tally *t)
{
    double difference = fabs(result[0].sum_rate_bit_s_hz / result[1].sum_rate_bit_s_hz - 1.0), gain = 0.0;

    if (!(difference <= AGREED)) {
        gain = fmax(gain_by(o->drop, &result[0], CFI_SOLVER_SOCP), gain_by(o->drop, &result[1], CFI_SOLVER_AUTO));
    }
#pragma omp critical
    {
        t->compared++;
        if (!(difference <= AGREED)) {
            bool two = gain <= AGREED;

            t->apart++;
            t->two_optima += two;
            printf("seed %ld: the solvers are %.1e apart, %s (%.1e still gained by the other one's steps)\n", seed,
                   difference, two ? "at two local optima" : "unexplained", gain);
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

int main(int argc, char **argv)
{
    long scenarios = argc > 1 ? strtol(argv[1], NULL, 10) : 10000;
    long first = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    const char *solvers = argc > 3 ? argv[3] : "both";
    tally t = {.runs = 0};

    setvbuf(stdout, NULL, _IOLBF, 0); /* what is wrong is told when it is found */
#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < scenarios; i++) {
        try_scenario(first + i, strcmp(solvers, "socp") != 0, strcmp(solvers, "auto") != 0, &t);
    }
    printf("%ld scenarios, %zu allocations: %zu failed, %zu inaccurate, %zu wrong, %zu infeasible, %zu used up their "
           "steps, %zu structured (largest gap %.1e, %zu steps by the cone solver), %.1f steps in the mean, %zu at "
           "most; %zu compared, %zu apart by more than %.0e, %zu of them at two local optima\n",
           scenarios, t.runs, t.failed, t.inaccurate, t.wrong, t.infeasible, t.unfinished, t.structured, t.largest_gap,
           t.fallback, (double)t.steps / (double)(t.runs - t.infeasible), t.most, t.compared, t.apart, AGREED,
           t.two_optima);
    return t.failed + t.inaccurate + t.wrong > 0;
}
