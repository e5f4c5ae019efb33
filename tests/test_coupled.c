/* Allocation under sensing constraints that couple access points. docs/model.md (M28) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/coupled.h"
#include "coupled_drops.h"

#include <stdio.h>

/* Kinds of drops: every set of constraints, both models, both kinds of arrays and of gains, shared pilots, limits. */
static coupled_kind kind_of(uint64_t seed)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {4, 1}, {3, 3}};
    size_t a = seed % 6;

    return (coupled_kind){.L = 2 + seed % 5,
                          .K = 1 + seed % 4,
                          .N = antennas[a][0],
                          .M = antennas[a][1],
                          .pilots = seed % 3 == 0 ? (1 + seed % 4 + 1) / 2 : 1 + seed % 4,
                          .asked = (unsigned)(1 + seed / 2 % 7),
                          .noncoherent = seed % 2 == 1,
                          .general_gains = seed / 3 % 2 == 1,
                          .limits = seed / 5 % 3 == 0,
                          .margin = 1.2};
}

static void results_meet_all_constraints_recomputed_from_powers(void **state)
{
    size_t infeasible = 0, converged = 0, shared = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 210; seed++) {
        coupled_kind kind = kind_of(seed);
        coupled_drop *c = make_coupled_drop(seed, kind);
        cfi_allocation allocation = run(c->d);

        if (allocation.status == CFI_ALLOC_INFEASIBLE) {
            infeasible++;
        } else {
            assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
            assert_true(allocation.max_constraint_violation < 1e-9);
            assert_close(sum_rate_from_formula(c->d, &allocation.powers) / allocation.sum_rate_bit_s_hz, 1.0, 1e-10);
            check_trace(&allocation);
            converged += allocation.status == CFI_ALLOC_CONVERGED;
            shared += c->d->link.pilots_overlap;
        }
        free_coupled_drop(c);
    }
    assert_in_range(infeasible, 10, 60);
    assert_int_equal(infeasible + converged, 210);
    assert_in_range(shared, 20, 100);
}

/* ---------------------------------------------------------------------- no better neighbour ---- */

/* Powers near `from`, all of the budget or up to the first limit, and so far towards those of largest margin that all
 * constraints hold. */
static void make_neighbour(const coupled_drop *c, const alloc_coupled *coupled, const cfi_powers *from, double size,
                           cfi_stream *stream, cfi_powers *to)
{
    const cfi_system *s = &c->d->made.system;
    size_t K = s->K, L = s->L;
    double total = 0.0, factor = INFINITY, low = 0.0, high = 1.0;
    cfi_powers mixed = {.p = malloc(K * L * sizeof(double)), .s = malloc(L * sizeof(double))};

    for (size_t l = 0; l < L; l++) {
        double each = s->power.budget_w / (double)L, q;

        for (size_t k = 0; k < K; k++) {
            double w = sqrt(from->p[k + K * l]) + size * sqrt(each) * made_uniform(stream, -1.0, 1.0);

            to->p[k + K * l] = w > 0.0 ? w * w : 0.0;
        }
        to->s[l] = fmax(from->s[l] + size * each * made_uniform(stream, -1.0, 1.0), 0.0);
        q = raw_users(c->d, to, l) + to->s[l];
        total += q;
        factor = s->power.ap_limit_w ? fmin(factor, s->power.ap_limit_w[l] / q) : factor;
    }
    factor = fmin(factor, s->power.budget_w / total);
    for (size_t i = 0; i < K * L; i++) {
        to->p[i] *= factor;
        to->s[i / K] *= i % K == 0 ? factor : 1.0;
    }
    for (int i = 0; i < 40; i++) {
        double share = i == 0 ? 0.0 : 0.5 * (low + high);

        for (size_t l = 0; l < L; l++) {
            double x = raw_users(c->d, to, l), best = coupled->x[l] * coupled->unit_w;

            for (size_t k = 0; k < K; k++) {
                mixed.p[k + K * l] = to->p[k + K * l] * (1.0 - share) +
                                     share * best * (x > 0.0 ? to->p[k + K * l] / x : 1.0 / (double)K);
            }
            mixed.s[l] = to->s[l] * (1.0 - share) + share * coupled->s[l] * coupled->unit_w;
        }
        if (raw_margin(c, &mixed) >= 1.0) {
            high = share;
        } else {
            low = share;
        }
        if (i == 0 && high == 0.0) {
            break;
        }
    }
    memcpy(to->p, mixed.p, K * L * sizeof(double));
    memcpy(to->s, mixed.s, L * sizeof(double));
    free(mixed.p);
    free(mixed.s);
}

static void no_neighbour_is_better(void **state)
{
    size_t tried = 0, near = 0;

    (void)state;
    for (uint64_t seed = 300; seed < 342; seed++) {
        coupled_drop *c = make_coupled_drop(seed, kind_of(seed));
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 99);
        cfi_allocation allocation;
        alloc_coupled coupled;

        c->d->made.system.allocation.tolerance = 1e-9;
        c->d->made.system.allocation.max_iterations = 2000;
        allocation = run(c->d);
        assert_int_equal(coupled_make(&c->d->link, c->d->arena, &coupled, NULL), CFI_OK);
        for (int i = 0; allocation.status != CFI_ALLOC_INFEASIBLE && i < 1000; i++) {
            double rate;

            make_neighbour(c, &coupled, &allocation.powers, pow(10.0, -1.0 - i % 4), &stream, &c->d->powers);
            if (raw_coupled_violation(c, &c->d->powers) > 1e-9) {
                continue;
            }
            rate = sum_rate_from_formula(c->d, &c->d->powers);
            if (rate > allocation.sum_rate_bit_s_hz * (1.0 + 1e-7)) {
                fail_msg("seed %d: a neighbour at %g has %.10g, not %.10g", (int)seed, pow(10.0, -1.0 - i % 4), rate,
                         allocation.sum_rate_bit_s_hz);
            }
            near += rate > allocation.sum_rate_bit_s_hz * (1.0 - 1e-4);
            tried++;
        }
        free_coupled_drop(c);
    }
    assert_true(tried > 30000);
    assert_true(near > 1000);
}

/* -------------------------------------------------------------------------- the same problem ---- */

static void both_surrogates_end_at_the_same_rate(void **state)
{
    size_t compared = 0;

    (void)state;
    for (uint64_t seed = 400; seed < 430; seed++) {
        coupled_kind kind = kind_of(seed);
        coupled_drop *c;
        double rate[2];

        kind.pilots = kind.K;
        c = make_coupled_drop(seed, kind);
        c->d->made.system.allocation.tolerance = 1e-9;
        c->d->made.system.allocation.max_iterations = 5000;
        for (int i = 0; i < 2; i++) {
            c->d->made.system.allocation.surrogate = i == 0 ? CFI_SURROGATE_PRODUCT : CFI_SURROGATE_FRACTIONAL;
            rate[i] = run(c->d).sum_rate_bit_s_hz;
        }
        if (rate[0] > 0.0) {
            assert_close(rate[1] / rate[0], 1.0, 1e-5);
            compared++;
        }
        free_coupled_drop(c);
    }
    assert_in_range(compared, 15, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_meet_all_constraints_recomputed_from_powers),
        cmocka_unit_test(no_neighbour_is_better),
        cmocka_unit_test(both_surrogates_end_at_the_same_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
