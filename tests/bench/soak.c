/* Random scenarios: every one must converge, or be infeasible exactly when the closed test says so; by solver auto
 * (structured where it applies) and by socp, whose sum rates are compared.
 *   soak [SCENARIOS] [FIRST_SEED] [both | auto | socp] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "allocations.h"

#include <omp.h>
#include <stdio.h>

static const double AGREED = 1e-6;

/* What is wrong with the allocation of one scenario; NULL when nothing is. */
static const char *judge(drop *d, const cfi_allocation *allocation)
{
    bool infeasible = threshold_factor(d) > 1.0;

    if (infeasible || allocation->status == CFI_ALLOC_INFEASIBLE) {
        return infeasible == (allocation->status == CFI_ALLOC_INFEASIBLE) ? NULL : "infeasible against the closed test";
    }
    if (allocation->status != CFI_ALLOC_CONVERGED) {
        return allocation->stop_reason;
    }
    if (!(violation_from_formula(d, &allocation->powers) < 1e-9)) {
        return "violates a constraint";
    }
    if (!(fabs(sum_rate_from_formula(d, &allocation->powers) / allocation->sum_rate_bit_s_hz - 1.0) < 1e-9)) {
        return "reports another sum rate";
    }
    for (size_t i = 1; i < allocation->trace_count; i++) {
        if (allocation->trace_bit_s_hz[i] < allocation->trace_bit_s_hz[i - 1]) {
            return "lowered the objective";
        }
    }
    return NULL;
}

/* What is counted over all scenarios. */
typedef struct tally {
    size_t runs, failures, infeasible, structured, steps, most, fallback, compared, apart;
    double largest_gap;
} tally;

static void add_run(tally *t, const cfi_allocation *allocation, bool wrong)
{
    bool structured = allocation->solver && strcmp(allocation->solver, "structured") == 0;

    t->runs++;
    t->failures += wrong;
    t->infeasible += allocation->status == CFI_ALLOC_INFEASIBLE;
    t->structured += structured;
    t->steps += allocation->iterations;
    t->most = allocation->iterations > t->most ? allocation->iterations : t->most;
    t->fallback += allocation->fallback_steps;
    t->largest_gap = structured ? fmax(t->largest_gap, allocation->largest_step_gap) : t->largest_gap;
}

static void describe(const drop *d, long seed, const char *what, const cfi_allocation *a)
{
    const cfi_system *s = &d->made.system;

    printf("seed %ld: %s (%s by %s, %zu steps, %.10g bit/s/Hz; L %zu K %zu N %zu M %zu, %zu pilots, %s)\n", seed, what,
           alloc_status_name(a->status), a->solver ? a->solver : "none", a->iterations, a->sum_rate_bit_s_hz, s->L,
           s->K, s->N, s->M, s->tau_p, s->rate_model == CFI_RATE_EXACT ? "exact" : "theorem1");
}

static void try_scenario(long seed, bool by_auto, bool by_socp, tally *t)
{
    drop *d = random_drop((uint64_t)seed, 64.0, 16.0);
    cfi_allocation result[2];
    bool asked[] = {by_auto, by_socp};
    double difference;

    for (size_t i = 0; i < 2; i++) {
        const char *wrong;

        if (!asked[i]) {
            continue;
        }
        d->made.system.solver = i == 0 ? CFI_SOLVER_AUTO : CFI_SOLVER_SOCP;
        result[i] = run(d);
        wrong = judge(d, &result[i]);
#pragma omp critical
        {
            add_run(t, &result[i], wrong != NULL);
            if (wrong) {
                describe(d, seed, wrong, &result[i]);
            }
        }
    }
    if (by_auto && by_socp && result[0].solver && strcmp(result[0].solver, "structured") == 0) {
        difference = fabs(result[0].sum_rate_bit_s_hz / result[1].sum_rate_bit_s_hz - 1.0);
#pragma omp critical
        {
            t->compared++;
            t->apart += !(difference <= AGREED);
            if (!(difference <= AGREED)) {
                describe(d, seed, "the solvers differ", &result[0]);
                describe(d, seed, "the solvers differ", &result[1]);
            }
        }
    }
    free_drop(d);
}

int main(int argc, char **argv)
{
    long scenarios = argc > 1 ? strtol(argv[1], NULL, 10) : 10000;
    long first = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    const char *solvers = argc > 3 ? argv[3] : "both";
    tally t = {.runs = 0};

#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < scenarios; i++) {
        try_scenario(first + i, strcmp(solvers, "socp") != 0, strcmp(solvers, "auto") != 0, &t);
    }
    printf(
        "%ld scenarios, %zu allocations: %zu failures, %zu infeasible, %zu structured (largest gap %.1e, %zu steps by "
        "the cone solver), %.1f steps in the mean, %zu at most; %zu compared, %zu apart by more than %.0e\n",
        scenarios, t.runs, t.failures, t.infeasible, t.structured, t.largest_gap, t.fallback,
        (double)t.steps / (double)(t.runs - t.infeasible), t.most, t.compared, t.apart, AGREED);
    return t.failures > 0;
}
