/* Allocation on links of zero-forcing and of simulated precoders: both solvers, and an optimum judged by the raw
 * formulas of links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loads.h"

/* N = 8 antennas; K pilots, or two. Shared pilots come with 16 antennas to receive and estimates that are far from
 * perfect, so that sensing power stays the cheaper way to sense: what `structured` needs of them. */
static drop *precoded_drop(uint64_t seed, cfi_precoder_kind kind, bool shared, double tightness)
{
    made_system made = make_system(seed, L, K, 8, shared ? 16 : 4);
    drop *d;

    reuse_pilots(&made, shared ? 2 : K);
    made.system.precoding.kind = kind;
    made.system.frame.pilot_power_w = shared ? 5e-8 : 1e-5;
    made.system.allocation.starts = 1;
    made.system.allocation.tolerance = 1e-13; /* prices are right to its root */
    made.system.allocation.max_iterations = 3000;
    d = make_drop(made);
    set_tightness(d, tightness);
    return d;
}

static cfi_allocation run_by(drop *d, cfi_solver solver)
{
    d->made.system.allocation.solver = solver;
    return run(d);
}

/* Powers near the given ones: each changed by about `step`; access points that then sense too little are raised, and
 * all others scaled to spend the budget. False where that is not possible. */
static bool make_neighbour(const drop *d, const cfi_powers *at, double step, cfi_stream *stream, cfi_powers *out)
{
    double number[L * K + L], fixed = 0.0, free = 0.0;
    bool raised[L];

    random_normals(stream, L * K + L, number);
    for (size_t l = 0; l < L; l++) {
        double sum = out->s[l] = at->s[l] * exp(step * number[L * K + l]), information;

        for (size_t i = K * l; i < K * (l + 1); i++) {
            sum += out->p[i] = at->p[i] * exp(step * number[i]);
        }
        information = information_of(d, out, l);
        raised[l] = information < 1.0;
        for (size_t i = K * l; raised[l] && i < K * (l + 1); i++) {
            out->p[i] /= information;
        }
        out->s[l] /= raised[l] ? information : 1.0;
        *(raised[l] ? &fixed : &free) += raised[l] ? sum / information : sum;
    }
    for (size_t l = 0; l < L; l++) {
        double factor = raised[l] ? 1.0 : (d->made.system.power.budget_w - fixed) / free;

        for (size_t i = K * l; i < K * (l + 1); i++) {
            out->p[i] *= factor;
        }
        out->s[l] *= factor;
        if (information_of(d, out, l) < 1.0 - 1e-12) {
            return false;
        }
    }
    return free > 0.0;
}

/* How many neighbours there are, none of them better. */
static size_t count_neighbours(const drop *d, const cfi_allocation *allocation, uint64_t seed)
{
    double p[L * K], s[L], best = allocation->sum_rate_bit_s_hz;
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 91);
    cfi_powers near = {p, s};
    size_t count = 0;

    for (size_t i = 0; i < 600; i++) {
        if (make_neighbour(d, &allocation->powers, i % 3 == 0 ? 0.1 : i % 3 == 1 ? 1e-2 : 1e-3, &stream, &near)) {
            count++;
            assert_true(sum_rate_of(d, &near) <= best * (1.0 + 1e-9));
        }
    }
    return count;
}

/* V = beta - xi below S = beta: sensing power disturbs more than a user's. */
static void zero_forcing_is_allocated_alike_by_both_solvers(void **state)
{
    size_t neighbours = 0, sensing = 0;

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        drop *d = precoded_drop(900 + i, CFI_PRECODER_ZF, false, i % 2 ? 0.6 : 0.95);
        cfi_allocation response = run_by(d, CFI_SOLVER_STRUCTURED), cone = run_by(d, CFI_SOLVER_SOCP);

        check_result(d, &response);
        check_result(d, &cone);
        assert_true(d->link.V[0] < d->link.S[0]);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-7);
        assert_true(stationarity(d, &response.powers) < 1e-4);
        neighbours += count_neighbours(d, &response, i);
        for (size_t l = 0; l < L; l++) {
            sensing += response.powers.s[l] > 1e-6 * d->made.system.power.budget_w;
        }
        free_drop(d);
    }
    assert_true(neighbours > 500 && sensing > 5);
}

static void zero_forcing_with_shared_pilots_has_no_better_neighbour(void **state)
{
    size_t neighbours = 0;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        drop *d = precoded_drop(920 + i, CFI_PRECODER_ZF, true, i % 2 ? 0.6 : 0.9);
        cfi_allocation response = run_by(d, CFI_SOLVER_STRUCTURED), cone = run_by(d, CFI_SOLVER_SOCP);

        check_result(d, &response);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
        neighbours += count_neighbours(d, &response, i);
        free_drop(d);
    }
    assert_true(neighbours > 200);
}

/* Interference that depends on the stream, on orthogonal pilots and shared ones. */
static void simulated_links_are_allocated_alike_by_both_solvers(void **state)
{
    size_t neighbours = 0;

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        drop *d = precoded_drop(940 + i, i % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, i >= 4, 0.8);
        cfi_allocation response = run_by(d, CFI_SOLVER_STRUCTURED), cone = run_by(d, CFI_SOLVER_SOCP);

        check_result(d, &response);
        check_result(d, &cone);
        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
        neighbours += count_neighbours(d, &response, i);
        free_drop(d);
    }
    assert_true(neighbours > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_forcing_is_allocated_alike_by_both_solvers),
        cmocka_unit_test(zero_forcing_with_shared_pilots_has_no_better_neighbour),
        cmocka_unit_test(simulated_links_are_allocated_alike_by_both_solvers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
