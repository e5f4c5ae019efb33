/* Links and allocations where access points serve some users only, and some of them nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "clustered.h"

static cfi_allocation run_by(drop *d, cfi_solver solver)
{
    d->made.system.allocation.solver = solver;
    return run(d);
}

/* Exact zeros for pairs that are not served; rates and constraints by the raw formulas; what an access point without
 * users must sense with and no more. */
static void check_clustered(const drop *d, const cfi_allocation *allocation)
{
    size_t K = d->link.K;

    for (size_t i = 0; i < K * d->link.L; i++) {
        assert_true(link_serves(&d->link, i % K, i / K) || allocation->powers.p[i] == 0.0);
    }
    for (size_t l = 0; l < d->link.L; l++) {
        double least = 1.0 / (d->made.threshold[l] * d->link.own_echo.sens[l]);

        assert_true(link_has_users(&d->link, l) || fabs(allocation->powers.s[l] / least - 1.0) < 1e-10);
    }
    assert_close(sum_rate_from_formula(d, &allocation->powers) / allocation->sum_rate_bit_s_hz, 1.0, 1e-12);
    assert_true(violation_from_formula(d, &allocation->powers) < 1e-9);
}

/* ------------------------------------------------------------------------------- links ---- */

/* Users 0 and 1 share a pilot and meet at AP 0, the strongest of both. AP 1 serves user 1 alone, whom it hears better;
 * user 0 hears it all the same, with the mean that its own stream would have. */
static void means_of_clusters_by_hand(void **state)
{
    (void)state;
    made_system made = make_system(1, 2, 2, 4, 4);
    const double gain[] = {4.0, 3.0, 1.0, 2.0};
    drop *d;

    memcpy(made.gain, gain, sizeof gain);
    made.pilot[1] = 0;
    made.system.frame.tau_p = 1;
    made.system.frame.pilot_power_w = 1.0;
    made.system.power.comm_noise_w = 1.0;
    made.system.clusters.mode = CFI_CLUSTERS_DCC;
    d = make_drop(made);
    /* xi = beta^2 / (beta_0 + beta_1 + 1): 16/8, 9/8; 1/4, 4/4; g = sqrt(4 xi) */
    const double heard[] = {sqrt(8.0), sqrt(4.5), 1.0, 2.0};
    for (size_t i = 0; i < 4; i++) {
        assert_close(d->link.heard[i], heard[i], 1e-15);
        assert_close(d->link.g[i], i == 2 ? 0.0 : heard[i], 1e-15);
        assert_close(creal(link_coherent(&d->link, i % 2, 1 - i % 2, i / 2)), heard[i], 1e-15);
    }
    assert_true(link_serves(&d->link, 0, 0) && link_serves(&d->link, 1, 0) && !link_serves(&d->link, 0, 1));
    assert_true(d->link.V == d->network.beta && d->link.served == d->network.served);
    /* p: 1 for both at AP 0, 1 for user 1 at AP 1; no sensing */
    cfi_powers powers = {.p = (double[]){1.0, 1.0, 0.0, 1.0}, .s = (double[]){0.0, 0.0}};
    double sinr[2];
    assert_int_equal(metrics_sinr(&d->link, &powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
    assert_close(sinr[0], 8.0 / (1.0 + 8.0 + 1.0 + (sqrt(8.0) + 1.0) * (sqrt(8.0) + 1.0)), 1e-14);
    assert_close(sinr[1], (sqrt(4.5) + 2.0) * (sqrt(4.5) + 2.0) / (1.0 + 6.0 + 2.0 + 4.5), 1e-14);
    free_drop(d);
}

static void noise_in_pilots_by_hand(void **state)
{
    (void)state;
    made_system made = make_system(1, 1, 2, 4, 4);
    const double gain[] = {4.0, 3.0};
    drop *d;

    memcpy(made.gain, gain, sizeof gain);
    made.system.frame.tau_p = 1;
    made.pilot[1] = 0;
    made.system.frame.pilot_power_w = 1.0;
    made.system.power.comm_noise_w = 3.0;
    made.system.power.sensing_noise_w = 13.0;
    made.system.frame.pilot_noise = CFI_PILOT_NOISE_SENSING;
    d = make_drop(made);
    assert_close(d->xi[0], 16.0 / 20.0, 1e-15);
    assert_close(d->xi[1], 9.0 / 20.0, 1e-15);
    assert_close(channel_mmse_variance_at(&d->network, 1, 0), 9.0 / 20.0, 1e-15);
    d->made.system.frame.pilot_noise = CFI_PILOT_NOISE_COMM;
    remake_link(d);
    assert_close(d->xi[0], 16.0 / 10.0, 1e-15);
    free_drop(d);
}

/* Rates from raw draws against the closed form, with noise in pilots that is not the users'. */
static void rates_of_clusters_are_those_of_raw_draws(void **state)
{
    (void)state;
    double squares = 0.0, count = 0.0;

    for (uint64_t seed = 1; seed <= 6; seed++) {
        made_system made = make_system(seed, 5, 6, 3, 3);
        cfi_monte_carlo mc;
        double rate[6];
        drop *d;

        reuse_pilots(&made, 2 + seed % 2);
        made.system.clusters = seed <= 4 ? (cfi_clusters){.mode = CFI_CLUSTERS_DCC}
                                         : (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 2};
        made.system.power.sensing_noise_w = 100.0 * made.system.power.comm_noise_w;
        made.system.frame.pilot_noise = seed % 2 == 0 ? CFI_PILOT_NOISE_SENSING : CFI_PILOT_NOISE_COMM;
        made.system.monte_carlo.realizations = 2000;
        d = make_drop(made);
        assert_non_null(d->link.served);
        alloc_equal(&d->link, &d->powers);
        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, rate, NULL), CFI_OK);
        metrics_rates(&d->made.system, rate, rate);
        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL), CFI_OK);
        for (size_t k = 0; k < 6; k++) {
            double z = (mc.rate_bit_s_hz[k] - rate[k]) / mc.rate_std_error[k];

            assert_true(fabs(z) < 5.0);
            squares += z * z;
            count += 1.0;
        }
        free_drop(d);
    }
    assert_true(squares / count > 0.4 && squares / count < 2.0);
}

/* ------------------------------------------------------------------ splits, feasibility ---- */

/* Two users of whom both hear AP 0 best: AP 1 has nobody. */
static drop *idle_drop(size_t N, size_t M)
{
    made_system made = make_system(1, 2, 2, N, M);
    const double gain[] = {4.0, 3.0, 1.0, 2.0};

    memcpy(made.gain, gain, sizeof gain);
    made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 1};
    return make_drop(made);
}

static void splits_share_among_served_users(void **state)
{
    (void)state;
    drop *d = idle_drop(4, 4);
    double budget = d->made.system.power.budget_w, need;
    const double *xi = d->xi, *p = d->powers.p;

    alloc_equal(&d->link, &d->powers);
    assert_close(p[0] / (0.25 * budget * xi[0] / (xi[0] + xi[1])), 1.0, 1e-14);
    assert_close(p[1] / (0.25 * budget * xi[1] / (xi[0] + xi[1])), 1.0, 1e-14);
    assert_true(p[2] == 0.0 && p[3] == 0.0);
    assert_close(d->powers.s[1] / (0.25 * budget), 1.0, 1e-14);
    set_tightness(d, 0.1);
    need = 1.0 / (d->made.threshold[1] * d->link.own_echo.sens[1]);
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    assert_true(p[2] == 0.0 && p[3] == 0.0);
    assert_close(d->powers.s[1] / need, 1.0, 1e-14);
    assert_close((p[0] + p[1]) / (0.35 * budget), 1.0, 1e-14);
    free_drop(d);
}

/* Sensing power alone counts without users: N = 8, M = 2 has d2 < d1, the beam needs more. */
static void feasibility_without_users_is_that_of_the_beam(void **state)
{
    (void)state;
    drop *d = idle_drop(8, 2);
    const cfi_information *own = &d->link.own_echo;
    double least = (1.0 / own->comm[0] + 1.0 / own->sens[1]) / d->made.threshold[0] / d->made.system.power.budget_w;
    cfi_allocation allocation;

    assert_true(own->sens[0] < own->comm[0]);
    assert_close(threshold_factor(d) / least, 1.0, 1e-14);
    set_tightness(d, 1.0 - 1e-6);
    allocation = run_by(d, CFI_SOLVER_AUTO);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    check_clustered(d, &allocation);
    set_tightness(d, 1.0 + 1e-6);
    assert_int_equal(run(d).status, CFI_ALLOC_INFEASIBLE);
    free_drop(d);
}

/* With one receiving antenna sensing power says nothing of the angle. */
static void nobody_to_serve_and_one_antenna_are_infeasible(void **state)
{
    (void)state;
    drop *d = idle_drop(4, 1);
    cfi_allocation allocation = run_by(d, CFI_SOLVER_AUTO);

    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_true(isinf(allocation.least_threshold_factor) && isinf(allocation.because.factor));
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_THRESHOLD);
    assert_int_equal(allocation.because.ap, 1);
    d->made.system.clusters.aps_per_user = 2;
    assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
    remake_link(d);
    assert_true(threshold_factor(d) < INFINITY);
    free_drop(d);
}

/* -------------------------------------------------------------------------- allocation ---- */

/* By every method, solver and form of the problem. */
static void powers_of_pairs_that_are_not_served_are_zero(void **state)
{
    (void)state;
    size_t idle = 0, shared = 0, unserved = 0, weak_beam = 0;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        drop *d = clustered_drop(seed, 14.0, 7.0, seed % 3 != 0);
        cfi_allocation_settings *settings = &d->made.system.allocation;

        if (!isfinite(threshold_factor(d))) {
            free_drop(d);
            continue;
        }
        for (size_t way = 0; way < 6; way++) {
            cfi_allocation allocation;

            settings->method = way == 0 ? CFI_METHOD_HEURISTIC : CFI_METHOD_SCA;
            settings->surrogate = way == 3 ? CFI_SURROGATE_FRACTIONAL : CFI_SURROGATE_PRODUCT;
            settings->crlb_constraint = way == 4 ? CFI_CRLB_SCA : CFI_CRLB_EXACT;
            settings->starts = way == 5 ? 6 : 1;
            settings->max_iterations = way == 3 || way == 4 ? 10 : 200;
            allocation = run_by(d, way == 2 ? CFI_SOLVER_SOCP : CFI_SOLVER_AUTO);
            assert_true(allocation.status != CFI_ALLOC_FAILED && allocation.status != CFI_ALLOC_INFEASIBLE);
            check_clustered(d, &allocation);
        }
        for (size_t i = 0; i < d->link.K * d->link.L; i++) {
            unserved += !link_serves(&d->link, i % d->link.K, i / d->link.K);
        }
        idle += count_idle(d);
        shared += d->link.pilots_overlap && d->link.served;
        weak_beam += d->link.own_echo.sens[0] < d->link.own_echo.comm[0];
        free_drop(d);
    }
    assert_true(idle > 40 && shared > 20 && unserved > 500 && weak_beam > 10);
}

/* The response and the cone solver, which carries no unknowns for pairs that are not served. */
static void both_solvers_agree_in_clusters(void **state)
{
    (void)state;
    size_t idle = 0, compared = 0;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        drop *d = clustered_drop(seed, 16.0, 8.0, seed % 4 == 0);
        cfi_allocation response, cone;

        if (isfinite(threshold_factor(d))) {
            response = run_by(d, CFI_SOLVER_AUTO);
            cone = run_by(d, CFI_SOLVER_SOCP);
            check_clustered(d, &response);
            check_clustered(d, &cone);
            assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
            compared += strcmp(response.solver, cone.solver) != 0;
            idle += count_idle(d);
        }
        free_drop(d);
    }
    assert_true(compared > 40 && idle > 50);
}

/* A user whose access points serve nobody else has no price to go by once it is silent: by those that others pay, it
 * comes back (2.5e-3 and 1e-5 of the sum rate in these). */
static void users_that_are_silent_everywhere_come_back(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {848, 856, 1182};

    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        drop *d = clustered_drop(seeds[i], 16.0, 8.0, false);
        cfi_allocation response = run_by(d, CFI_SOLVER_AUTO), cone = run_by(d, CFI_SOLVER_SOCP);

        assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 1e-6);
        free_drop(d);
    }
}

/* Clusters that hold everybody are no clusters. */
static void clusters_of_everybody_change_no_bit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        drop *d = random_drop(seed, 10.0, 6.0);
        cfi_allocation all, everybody;
        size_t pairs = d->link.K * d->link.L;

        if (!(threshold_factor(d) <= 1.0)) {
            free_drop(d);
            continue;
        }
        all = run_by(d, seed % 2 == 0 ? CFI_SOLVER_SOCP : CFI_SOLVER_AUTO);
        d->made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = d->link.L};
        assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
        remake_link(d);
        assert_true(d->link.heard == d->link.g);
        everybody = run(d);
        assert_memory_equal(all.powers.p, everybody.powers.p, pairs * sizeof(double));
        assert_memory_equal(all.powers.s, everybody.powers.s, d->link.L * sizeof(double));
        free_drop(d);
    }
}

/* A mask that serves everybody, through all that masks go through: nothing changes either. */
static void a_mask_of_ones_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        drop *d = random_drop(seed, 8.0, 6.0);
        size_t pairs = d->link.K * d->link.L;
        unsigned char *ones = arena_alloc(d->arena, pairs, 1);

        if (threshold_factor(d) <= 1.0) {
            for (cfi_solver solver = CFI_SOLVER_AUTO; solver <= CFI_SOLVER_SOCP; solver++) {
                cfi_allocation all, masked;

                d->link.served = NULL;
                all = run_by(d, solver);
                memset(ones, 1, pairs);
                d->link.served = ones;
                masked = run_by(d, solver);
                assert_close(masked.sum_rate_bit_s_hz / all.sum_rate_bit_s_hz, 1.0, 1e-12);
            }
        }
        free_drop(d);
    }
}

/* ------------------------------------------------------------------------- loads apart ---- */

/* Sensing power that disturbs half as much as users' power, or each stream by a factor of its own. */
static void set_loads_apart(drop *d, bool by_stream)
{
    size_t K = d->link.K, L = d->link.L;
    double *S = arena_alloc(d->arena, K * L, sizeof *S), *V = arena_alloc(d->arena, K * K * L, sizeof *V);
    cfi_stream stream = stream_make(d->made.system.seed, 7, CFI_DRAW_START, 0);

    for (size_t i = 0; i < K * L; i++) {
        S[i] = 0.5 * d->network.beta[i];
    }
    for (size_t i = 0; i < K * K * L; i++) {
        V[i] = d->network.beta[i % K + K * (i / (K * K))] * made_uniform(&stream, 0.4, 1.6);
    }
    d->link.S = S;
    if (by_stream) {
        d->link.V_by_stream = V;
        d->link.V = NULL;
    }
}

static void clusters_go_with_loads_apart(void **state)
{
    (void)state;
    size_t idle = 0;

    for (uint64_t seed = 1; seed <= 40; seed++) {
        drop *d = clustered_drop(seed, 10.0, 6.0, false);
        size_t K = d->link.K;
        cfi_allocation response, cone;

        if (isfinite(threshold_factor(d))) {
            set_loads_apart(d, seed % 2 == 0);
            response = run_by(d, CFI_SOLVER_AUTO);
            cone = run_by(d, CFI_SOLVER_SOCP);
            assert_close(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz, 1.0, 2e-6);
            for (size_t i = 0; i < K * d->link.L; i++) {
                bool served = link_serves(&d->link, i % K, i / K);

                assert_true(served || (response.powers.p[i] == 0.0 && cone.powers.p[i] == 0.0));
            }
            idle += count_idle(d);
        }
        free_drop(d);
    }
    assert_true(idle > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_clusters_by_hand),
        cmocka_unit_test(noise_in_pilots_by_hand),
        cmocka_unit_test(rates_of_clusters_are_those_of_raw_draws),
        cmocka_unit_test(splits_share_among_served_users),
        cmocka_unit_test(feasibility_without_users_is_that_of_the_beam),
        cmocka_unit_test(nobody_to_serve_and_one_antenna_are_infeasible),
        cmocka_unit_test(powers_of_pairs_that_are_not_served_are_zero),
        cmocka_unit_test(both_solvers_agree_in_clusters),
        cmocka_unit_test(users_that_are_silent_everywhere_come_back),
        cmocka_unit_test(clusters_of_everybody_change_no_bit),
        cmocka_unit_test(a_mask_of_ones_changes_nothing),
        cmocka_unit_test(clusters_go_with_loads_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
