/* The allocation on any link: complex means, loads by stream, clusters, arrays of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/problem.h"
#include "base/clones.h"
#include "made_links.h"

/* Of every kind: drop number i. */
static link_kind kind_of_link(size_t i)
{
    const size_t receivers[] = {4, 2, 1, 6};

    return (link_kind){.L = 3 + i % 4,
                       .K = 3 + i % 3,
                       .N = 4,
                       .M = receivers[i % 4],
                       .pilots = 1 + i / 2 % 3,
                       .served = i % 5 < 2 ? 1.0 : 0.6,
                       .tightness = i % 3 == 0   ? 1e-6
                                    : i % 3 == 1 ? 0.1
                                                 : 0.7,
                       .limits = i % 7 == 6 ? 1.0 : 0.0,
                       .streams = i / 3 % 2 == 0,
                       .complex_means = i % 4 != 3,
                       .zero_forcing = i / 5 % 2 == 0,
                       .theorem1 = i % 6 == 5};
}

static drop *drop_of_kind(size_t i)
{
    drop *d = make_link_drop(3000 + i, kind_of_link(i));

    d->made.system.allocation.tolerance = 1e-10;
    return d;
}

static cfi_allocation run_by(drop *d, cfi_solver solver)
{
    d->made.system.allocation.solver = solver;
    return run(d);
}

/* A feasible result that says what it is, by the raw formulas. */
static void check_raw(const drop *d, const cfi_allocation *allocation)
{
    assert_int_equal(allocation->status, CFI_ALLOC_CONVERGED);
    assert_true(raw_violation(d, &allocation->powers) < 1e-9);
    assert_close(allocation->sum_rate_bit_s_hz / raw_sum_rate(d, &allocation->powers), 1.0, 1e-11);
    check_trace(allocation);
}

/* The best of 1,000 random feasible points about the result is no better than it. */
static void check_neighbours(drop *d, const cfi_allocation *allocation, uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 92);
    alloc_problem problem;
    alloc_state at, other;
    size_t tried = 0;

    assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
    assert_true(problem_state(&problem, d->arena, &at) && problem_state(&problem, d->arena, &other));
    problem_from_powers(&problem, &allocation->powers, at.point);
    problem_evaluate(&problem, at.point, at.values);
    for (size_t n = 0; n < 1000; n++) {
        double spread = pow(10.0, -1.0 - 4.0 * (double)(n % 4) / 3.0), z;

        problem_copy(&problem, at.point, other.point);
        for (size_t j = 0; j < problem.K * problem.stride; j++) {
            random_normals(&stream, 1, &z);
            other.point->w[j] *= exp(spread * z);
        }
        for (size_t l = 0; l < problem.L; l++) {
            random_normals(&stream, 1, &z);
            other.point->s[l] *= exp(spread * z);
        }
        if (problem_complete(&problem, other.point)) {
            assert_true(problem_evaluate(&problem, other.point, other.values) <= at.values->objective * (1.0 + 1e-7));
            tried++;
        }
    }
    assert_true(tried > 500);
}

/* Both solvers end at a point that no neighbour betters; where they end apart, at two optima. */
static void both_solvers_agree_on_any_link(void **state)
{
    size_t apart = 0, unaided = 0, convex[3] = {0};

    (void)state;
    for (size_t i = 0; i < 60; i++) {
        drop *d = drop_of_kind(i);
        cfi_allocation response = run_by(d, CFI_SOLVER_STRUCTURED), cone = run_by(d, CFI_SOLVER_SOCP);
        bool equal = fabs(response.sum_rate_bit_s_hz / cone.sum_rate_bit_s_hz - 1.0) <= 1e-6;
        alloc_problem problem;

        assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
        convex[problem.sensing.kind]++;
        check_raw(d, &response);
        check_raw(d, &cone);
        check_neighbours(d, &response, i);
        if (!equal) {
            check_neighbours(d, &cone, i);
        }
        apart += !equal;
        unaided += response.fallback_steps == 0;
        free_drop(d);
    }
    assert_true(apart <= 3 && unaided >= 50);
    assert_true(convex[SENSING_CONVEX] > 10 && convex[SENSING_SATURATED] > 3 && convex[SENSING_LINEARISED] > 10);
}

/* From raw data: prices of budget and thresholds that every served pair and every beam agrees on. */
static void results_meet_the_first_order_conditions(void **state)
{
    size_t judged = 0;

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        drop *d = drop_of_kind(i);

        if (!d->made.system.power.ap_limit_w) {
            cfi_allocation response;

            d->made.system.allocation.tolerance = 1e-13;
            response = run_by(d, CFI_SOLVER_STRUCTURED);
            check_raw(d, &response);
            assert_true(raw_stationarity(d, &response.powers) < 1e-5);
            judged++;
        }
        free_drop(d);
    }
    assert_true(judged > 30);
}

/* Means that are given, and are those that the link has anyway: the same problem, the same bits. */
static void real_means_may_be_given_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        link_kind kind = kind_of_link(3 + 4 * i);
        double complex *mean;
        cfi_allocation left[2], given[2];
        size_t pairs = 0;
        drop *d;

        kind.theorem1 = false;
        kind.served = 1.0;
        d = make_link_drop(3100 + i, kind);
        mean = arena_zeros(d->arena, kind.K * kind.K * kind.L, sizeof *mean);
        for (size_t solver = 0; solver < 2; solver++) {
            left[solver] = run_by(d, solver ? CFI_SOLVER_SOCP : CFI_SOLVER_STRUCTURED);
        }
        for (size_t kj = 0; kj < kind.K * kind.K; kj++) {
            for (size_t l = 0; link_coherent_pair(&d->link, kj / kind.K, kj % kind.K) && l < kind.L; l++) {
                mean[l + kind.L * pairs] = d->link.heard[kj / kind.K + kind.K * l];
            }
            pairs += link_coherent_pair(&d->link, kj / kind.K, kj % kind.K);
        }
        assert_int_equal(link_set_coherent(&d->link, mean, d->arena, NULL), CFI_OK);
        for (size_t solver = 0; solver < 2; solver++) {
            given[solver] = run_by(d, solver ? CFI_SOLVER_SOCP : CFI_SOLVER_STRUCTURED);
            assert_memory_equal(given[solver].powers.p, left[solver].powers.p, kind.K * kind.L * sizeof(double));
            assert_memory_equal(given[solver].powers.s, left[solver].powers.s, kind.L * sizeof(double));
        }
        assert_close(given[0].sum_rate_bit_s_hz / left[0].sum_rate_bit_s_hz, 1.0, 1e-12);
        free_drop(d);
    }
}

/* A mean's phase is nobody's business: the same for all access points it turns the sum, and its square stays. */
static void a_common_phase_of_a_pair_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        link_kind kind = kind_of_link(4 * i);
        drop *d = make_link_drop(3200 + i, kind);
        size_t pairs = kind.K * kind.K;
        double complex *turned = arena_zeros(d->arena, pairs * kind.L, sizeof *turned);
        cfi_allocation before, after;

        d->made.system.allocation.tolerance = 1e-10;
        before = run_by(d, CFI_SOLVER_STRUCTURED);
        for (size_t n = 0; n < d->link.coherent_start[kind.K] * kind.L; n++) {
            double phase = 1.7 * (double)(n / kind.L);

            turned[n] = d->link.coherent[n] * (cos(phase) + I * sin(phase));
        }
        assert_int_equal(link_set_coherent(&d->link, turned, d->arena, NULL), CFI_OK);
        assert_close(raw_sum_rate(d, &before.powers) / before.sum_rate_bit_s_hz, 1.0, 1e-12);
        after = run_by(d, CFI_SOLVER_STRUCTURED);
        check_raw(d, &after);
        assert_close(after.sum_rate_bit_s_hz / before.sum_rate_bit_s_hz, 1.0, 1e-7);
        free_drop(d);
    }
}

/* By hand: two users on one pilot, two access points whose means cancel, or add up. */
static void means_add_up_with_their_phases(void **state)
{
    const double complex opposite[] = {0.2 * I, -0.2 * I, 0.1, -0.1}, equal[] = {0.2 * I, 0.2 * I, 0.1, 0.1};
    const double p[] = {4.0, 9.0, 4.0, 9.0};
    made_system made = make_system(1, 2, 2, 2, 2);
    double sinr[4];
    drop *d;

    (void)state;
    reuse_pilots(&made, 1);
    d = make_drop(made);
    memcpy(d->powers.p, p, sizeof p);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(link_set_coherent(&d->link, i == 0 ? opposite : equal, d->arena, NULL), CFI_OK);
        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr + 2 * i, NULL), CFI_OK);
    }
    assert_true(link_coherent(&d->link, 0, 1, 1) == 0.2 * I && link_coherent(&d->link, 1, 0, 1) == 0.1);
    for (size_t k = 0; k < 2; k++) {
        double u, noise, alone[2];

        hear_user(d, &d->powers, k, &u, &noise); /* with equal ones: (2 * 0.2 * 3)^2 and (2 * 0.1 * 2)^2 */
        assert_close(sinr[2 + k], u * u / noise, 1e-14);
        assert_close(sinr[k], u * u / (noise - (k == 0 ? 1.44 : 0.16)), 1e-13);
        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_THEOREM1, d->arena, alone, NULL), CFI_OK);
        assert_close(sinr[k], alone[k], 1e-13);
    }
    free_drop(d);
}

/* The drop with users or access points in another order. */
static drop *permuted(size_t i, const drop *d, bool users)
{
    drop *other = drop_of_kind(i);
    size_t K = d->link.K, L = d->link.L, pairs = 0;
    double *g = arena_alloc(other->arena, K * L, sizeof *g), *heard = arena_alloc(other->arena, K * L, sizeof *g);
    double *V = arena_alloc(other->arena, K * K * L, sizeof *V), *S = arena_alloc(other->arena, K * L, sizeof *S);
    double *comm = arena_alloc(other->arena, 2 * L, sizeof *comm), *sens = comm + L;
    double *beta = arena_alloc(other->arena, K * L, sizeof *beta);
    unsigned char *served = arena_alloc(other->arena, K * L, 1);
    double complex *mean = arena_zeros(other->arena, K * K * L, sizeof *mean);

    for (size_t n = 0; n < K * L; n++) {
        size_t k = n % K, l = n / K, from = users ? K - 1 - k + K * l : k + K * (L - 1 - l);

        g[n] = d->link.g[from];
        heard[n] = d->link.heard[from];
        beta[n] = d->network.beta[from];
        S[n] = d->link.S[from];
        served[n] = link_serves(&d->link, from % K, from / K);
        other->powers.p[n] = d->powers.p[from];
        for (size_t j = 0; j < K; j++) {
            size_t stream = users ? K - 1 - j : j;

            V[k + K * (j + K * l)] =
                d->link.V ? d->link.V[from] : d->link.V_by_stream[from % K + K * (stream + K * (from / K))];
        }
    }
    for (size_t l = 0; l < L; l++) {
        size_t from = users ? l : L - 1 - l;

        comm[l] = d->link.own_echo.comm[from];
        other->powers.s[l] = d->powers.s[from];
        sens[l] = d->link.own_echo.sens[from];
        other->made.threshold[l] = d->made.threshold[from];
        other->made.limit[l] = d->made.limit[from];
    }
    for (size_t k = 0; k < K && users; k++) {
        other->made.pilot[k] = d->network.pilot[K - 1 - k];
    }
    if (users) { /* pilots' lists, by the network's own means */
        assert_int_equal(network_draw(&other->made.system, 0, other->arena, &other->network, NULL), CFI_OK);
        other->link.pilot = other->network.pilot;
        other->link.pilot_first = other->network.pilot_first;
        other->link.pilot_next = other->network.pilot_next;
    }
    for (size_t kj = 0; kj < K * K; kj++) {
        size_t k = kj / K, j = kj % K;

        if (!link_coherent_pair(&other->link, k, j)) {
            continue;
        }
        for (size_t l = 0; l < L; l++) {
            mean[l + L * pairs] =
                users ? link_coherent(&d->link, K - 1 - k, K - 1 - j, l) : link_coherent(&d->link, k, j, L - 1 - l);
        }
        pairs++;
    }
    other->network.beta = beta;
    other->link.g = g;
    other->link.heard = heard;
    other->link.V = NULL;
    other->link.V_by_stream = V;
    other->link.S = S;
    other->link.served = d->link.served ? served : NULL;
    other->network.served = other->link.served;
    other->link.own_echo.comm = comm;
    other->link.own_echo.sens = sens;
    assert_int_equal(link_set_coherent(&other->link, mean, other->arena, NULL), CFI_OK);
    return other;
}

static void users_and_access_points_may_stand_in_any_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 24; i++) {
        drop *d = drop_of_kind(i), *other = permuted(i, d, i % 2);
        cfi_allocation before = run_by(d, CFI_SOLVER_STRUCTURED), after;

        assert_close(raw_sum_rate(other, &other->powers) / raw_sum_rate(d, &d->powers), 1.0, 1e-12);
        after = run_by(other, CFI_SOLVER_STRUCTURED);
        check_raw(other, &after);
        assert_close(after.sum_rate_bit_s_hz / before.sum_rate_bit_s_hz, 1.0, 1e-6);
        free_drop(d);
        free_drop(other);
    }
}

/* The size of the usual networks, in clusters and without: no cone problem is needed. */
static void networks_of_the_usual_size_need_no_cone_solver(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        link_kind kind = {.L = 100, .K = 40, .N = 4, .M = 4, .pilots = 10, .served = i == 1 ? 0.25 : 1.0};
        cfi_allocation allocation;
        drop *d;

        kind.tightness = i == 2 ? 0.5 : 1e-9;
        kind.limits = i == 2 ? 0.0 : 0.7;
        kind.streams = kind.complex_means = true;
        d = make_link_drop(3300 + i, kind);
        allocation = run_by(d, CFI_SOLVER_AUTO);
        assert_string_equal(allocation.solver, "structured");
        assert_int_equal(allocation.fallback_steps, 0);
        assert_true(allocation.largest_step_gap < 1e-6);
        check_raw(d, &allocation);
        free_drop(d);
    }
}

/* Neither threads nor the vectors of the CPU change a bit. */
static void bits_depend_on_neither_threads_nor_vectors(void **state)
{
    link_kind kind = {.L = 60, .K = 24, .N = 4, .M = 4, .pilots = 8, .served = 0.5, .tightness = 0.3};
    cfi_allocation plain, other;
    drop *d;

    (void)state;
    kind.streams = kind.complex_means = kind.zero_forcing = true;
    d = make_link_drop(3400, kind);
    plain = run_by(d, CFI_SOLVER_STRUCTURED);
    for (size_t way = 0; way < 3; way++) {
        if (way < 2 && !simd_use(way == 0 ? SIMD_PLAIN : SIMD_AVX2)) {
            continue;
        }
        d->link.threads = way == 2 ? 3 : d->link.threads;
        other = run_by(d, CFI_SOLVER_STRUCTURED);
        assert_memory_equal(other.powers.p, plain.powers.p, kind.K * kind.L * sizeof(double));
        assert_memory_equal(other.powers.s, plain.powers.s, kind.L * sizeof(double));
        assert_true(simd_use(simd_widest()));
    }
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_solvers_agree_on_any_link),
        cmocka_unit_test(results_meet_the_first_order_conditions),
        cmocka_unit_test(real_means_may_be_given_or_not),
        cmocka_unit_test(a_common_phase_of_a_pair_changes_nothing),
        cmocka_unit_test(means_add_up_with_their_phases),
        cmocka_unit_test(users_and_access_points_may_stand_in_any_order),
        cmocka_unit_test(networks_of_the_usual_size_need_no_cone_solver),
        cmocka_unit_test(bits_depend_on_neither_threads_nor_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
