/* Thresholds where signals have directions, (M10), (M21): the best mix with its certificate, feasibility, splits, and
 * allocations whose constraints are recomputed from powers and that have no better neighbour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "directed_drops.h"

/* ------------------------------------------------------------------------ the best mix ---- */

enum { MOST_STREAMS = 12 };

/* A link that knows nothing but the aims of one access point. */
typedef struct aimed {
    cfi_system system;
    cfi_link link;
    cfi_aim aim[MOST_STREAMS];
    double along, across, threshold;
    unsigned char served[MOST_STREAMS];
    directed_ap ap;
} aimed;

/* Random second moments of a signal and its derivative; with `twisted` their product is complex, as of no uniform
 * array. */
static void draw_aims(aimed *a, uint64_t seed, bool twisted)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 21);
    size_t K = 1 + (size_t)made_uniform(&stream, 0.0, MOST_STREAMS);

    memset(a, 0, sizeof *a);
    for (size_t k = 0; k < K; k++) {
        double phase = twisted ? made_uniform(&stream, 0.0, 2.0 * M_PI) : M_PI * (double)(k % 2);
        double lit = made_uniform(&stream, 0.0, 4.0), turned = made_uniform(&stream, 0.0, 12.0);

        a->aim[k] = (cfi_aim){.lit = lit,
                              .turned = turned,
                              .mixed = made_uniform(&stream, 0.8, 1.0) * sqrt(lit * turned) * cexp(I * phase)};
        a->served[k] = seed % 3 > 0 || made_uniform(&stream, 0.0, 1.0) < 0.5;
    }
    a->along = seed % 4 == 0 ? 0.0 : pow(10.0, made_uniform(&stream, -2.0, 1.0));
    a->across = pow(10.0, made_uniform(&stream, -1.0, 1.0));
    a->threshold = 1.0;
    a->system = (cfi_system){.L = 1, .K = K, .N = 4, .M = 3, .sensing.crlb_threshold_rad2 = &a->threshold};
    a->link = (cfi_link){.system = &a->system,
                         .L = 1,
                         .K = K,
                         .served = a->served,
                         .directions = {.aim = a->aim, .along = &a->along, .across = &a->across}};
    a->ap = directed_of(&a->link, 0, 1.0);
}

static cfi_aim aim_of_stream(const aimed *a, size_t i)
{
    return i == a->link.K ? (cfi_aim){.lit = (double)a->system.N} : a->aim[i];
}

/* maximise t over p >= 0, sum p = 1, (F11 - t) F22 >= abs(F12)^2, by the cone solver. */
static double best_by_cones(const aimed *a)
{
    size_t K = a->link.K, row;
    socp_builder *builder = socp_builder_create(K + 2);
    const socp_problem *problem;
    socp_workspace *workspace;
    socp_solution solution;
    double best;

    socp_objective(builder, K + 1, -1.0);
    row = socp_add_equalities(builder, 1);
    for (size_t i = 0; i <= K; i++) {
        socp_put_equality(builder, row, i, 1.0);
    }
    socp_rhs_equality(builder, row, 1.0);
    row = socp_add_linear(builder, K + 1);
    for (size_t i = 0; i <= K; i++) {
        bool used = i == K || a->served[i];

        socp_put(builder, row + i, i, used ? 1.0 : -1.0); /* not served: p <= 0, and p >= 0 below */
    }
    row = socp_add_linear(builder, K + 1);
    for (size_t i = 0; i <= K; i++) {
        socp_put(builder, row + i, i, 1.0);
    }
    row = socp_add_cone(builder, 4);
    for (size_t i = 0; i <= K; i++) {
        cfi_aim aim = aim_of_stream(a, i);
        double angle = a->along * aim.lit + a->across * aim.turned, gain = a->across * aim.lit;

        socp_put(builder, row, i, angle + gain);
        socp_put(builder, row + 1, i, angle - gain);
        socp_put(builder, row + 2, i, 2.0 * a->across * creal(aim.mixed));
        socp_put(builder, row + 3, i, 2.0 * a->across * cimag(aim.mixed));
    }
    socp_put(builder, row, K + 1, -1.0);
    socp_put(builder, row + 1, K + 1, -1.0);
    problem = socp_build(builder, NULL);
    assert_non_null(problem);
    workspace = socp_create(problem, NULL, NULL);
    assert_int_equal(socp_solve(workspace, problem, &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    best = solution.x[K + 1];
    socp_destroy(workspace);
    socp_builder_destroy(builder);
    return best;
}

static cfi_aim aim_of_mix(const aimed *a, const directed_mix *best)
{
    cfi_aim all = {.lit = 0.0};

    for (size_t i = 0; i < best->count; i++) {
        cfi_aim one = aim_of_stream(a, best->stream[i]);

        assert_true(best->share[i] > 0.0 && (best->stream[i] == a->link.K || a->served[best->stream[i]]));
        all.lit += best->share[i] * one.lit;
        all.turned += best->share[i] * one.turned;
        all.mixed += best->share[i] * one.mixed;
    }
    return all;
}

/* Against the cone solver, with a certificate that closes the gap; mixes of one, two and three streams occur. */
static void the_best_mix_is_that_of_the_cone_solver(void **state)
{
    size_t mixes[DIRECTED_MOST] = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        aimed a;
        directed_mix best;
        cfi_aim all;
        double sum = 0.0;

        draw_aims(&a, seed, seed % 2 == 0);
        best = directed_best(&a.ap);
        all = aim_of_mix(&a, &best);
        for (size_t i = 0; i < best.count; i++) {
            sum += best.share[i];
        }
        mixes[best.count - 1]++;
        assert_close(sum, 1.0, 1e-14);
        if (!(best.information > 0.0)) {
            assert_true(a.along == 0.0);
            continue;
        }
        assert_close(directed_information(&a.ap, &all) / best.information, 1.0, 1e-9);
        if (!(best.bound <= best.information * (1.0 + 1e-9))) {
            fail_msg("seed %llu: %.17g, bound %.17g", (unsigned long long)seed, best.information, best.bound);
        }
        assert_true(best.bound >= best.information * (1.0 - 1e-12));
        assert_close(best_by_cones(&a) / best.information, 1.0, 1e-6);
    }
    assert_true(mixes[0] > 10 && mixes[1] > 10 && mixes[2] > 10);
}

/* What is called the least is enough, and a little less is not. */
static void least_powers_are_the_least(void **state)
{
    size_t beams = 0, factors = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        cfi_stream stream = stream_make(seed, 1, CFI_DRAW_START, 22);
        double power = pow(10.0, made_uniform(&stream, -3.0, 1.0)), s = made_uniform(&stream, 0.0, 0.5), beam, factor;
        cfi_aim users, all;
        aimed a;

        draw_aims(&a, seed, true);
        users =
            (cfi_aim){.lit = power * a.aim[0].lit, .turned = power * a.aim[0].turned, .mixed = power * a.aim[0].mixed};
        beam = directed_least_beam(&a.ap, &users);
        if (beam > 0.0 && beam < INFINITY) {
            beams++;
            all = users;
            all.lit += 4.0 * beam;
            assert_close(directed_information(&a.ap, &all), 1.0, 1e-9);
        } else {
            all = users;
            all.lit += beam > 0.0 ? 1e9 : 0.0;
            assert_int_equal(directed_information(&a.ap, &all) >= 1.0, beam == 0.0);
        }
        s = seed % 5 == 0 ? 0.0 : s;
        factor = directed_least_factor(&a.ap, &users, s);
        if (factor > 0.0 && factor < INFINITY) {
            factors++;
            all = (cfi_aim){
                .lit = factor * users.lit + 4.0 * s, .turned = factor * users.turned, .mixed = factor * users.mixed};
            assert_close(directed_information(&a.ap, &all), 1.0, 1e-9);
        } else {
            assert_true(factor == 0.0 && 4.0 * s * a.along >= 1.0);
        }
    }
    assert_true(beams > 100 && factors > 100);
}

/* ------------------------------------------------------------------------- allocations ---- */

/* Largest relative violation of thresholds, budget and limits. */
static double violation_of_powers(const drop *d, const cfi_powers *powers)
{
    const cfi_system *s = &d->made.system;
    double worst = 0.0, total = 0.0;

    for (size_t l = 0; l < d->network.L; l++) {
        double q = metrics_comm_power(d->network.K, powers, l) + powers->s[l];

        total += q;
        worst = fmax(worst, 1.0 - information_of_powers(d, powers, l));
        worst = fmax(worst, s->power.ap_limit_w ? q / s->power.ap_limit_w[l] - 1.0 : 0.0);
    }
    return fmax(worst, total / s->power.budget_w - 1.0);
}

static double sum_rate_of(drop *d, const cfi_powers *powers)
{
    cfi_arena_mark mark = arena_mark(d->arena);
    cfi_evaluation evaluation;

    assert_int_equal(alloc_evaluate(&d->link, powers, d->arena, &evaluation, NULL), CFI_OK);
    arena_release(d->arena, mark);
    return evaluation.sum_rate_bit_s_hz;
}

/* p times a factor, with the least sensing power that is enough; false where that is beyond budget or limits. */
static bool sense_beside(drop *d, const double *p, double factor, cfi_powers *trial)
{
    size_t K = d->network.K, L = d->network.L;
    const cfi_system *s = &d->made.system;
    double total = 0.0;

    for (size_t i = 0; i < K * L; i++) {
        trial->p[i] = factor * p[i];
    }
    for (size_t l = 0; l < L; l++) {
        directed_ap ap = directed_of(&d->link, l, 1.0);
        cfi_aim aim = link_aim(&d->link, trial, l);
        double q;

        trial->s[l] = directed_least_beam(&ap, &aim);
        q = metrics_comm_power(K, trial, l) + trial->s[l];
        total += q;
        if (!(q <= (s->power.ap_limit_w ? s->power.ap_limit_w[l] : INFINITY))) {
            return false;
        }
    }
    return total <= s->power.budget_w;
}

/* Feasible points around powers: all of them, or those of one access point, are multiplied by random factors, or a
 * little goes to another stream; then all are scaled to what the budget allows. None is better by more than the
 * tolerance of sca leaves. Returns how many were feasible. */
static size_t expect_no_better_neighbour(drop *d, const cfi_powers *powers, double best, uint64_t seed)
{
    size_t K = d->network.K, L = d->network.L, feasible = 0;
    double *shape = malloc(K * L * sizeof *shape), each = d->made.system.power.budget_w / (double)(L * K);
    cfi_powers near = {.p = malloc(K * L * sizeof(double)), .s = malloc(L * sizeof(double))};
    cfi_stream stream = stream_make(seed, 7, CFI_DRAW_START, 24);

    for (size_t i = 0; i < 200; i++) {
        double step = pow(10.0, made_uniform(&stream, -4.0, -1.0)), low = 0.5, high = 2.0;
        size_t chosen = (size_t)made_uniform(&stream, 0.0, 2.0 * (double)L);

        for (size_t j = 0; j < K * L; j++) {
            bool moves = chosen >= L || chosen == j / K;

            shape[j] = powers->p[j] * (1.0 + (moves ? step * made_uniform(&stream, -1.0, 1.0) : 0.0)) +
                       (moves && made_uniform(&stream, 0.0, 4.0) < 1.0 ? step * each : 0.0);
        }
        if (!sense_beside(d, shape, low, &near)) {
            low = 1.0 - step;
        }
        for (int half = 0; half < 40; half++) {
            *(sense_beside(d, shape, 0.5 * (low + high), &near) ? &low : &high) = 0.5 * (low + high);
        }
        if (sense_beside(d, shape, low, &near)) {
            assert_true(violation_of_powers(d, &near) < 1e-8);
            feasible++;
            if (sum_rate_of(d, &near) > best * (1.0 + 2e-6)) {
                fail_msg("drop %llu: a neighbour has %.10g, not %.10g", (unsigned long long)seed, sum_rate_of(d, &near),
                         best);
            }
        }
    }
    free(shape);
    free(near.p);
    free(near.s);
    return feasible;
}

static void allocations_hold_their_constraints_and_have_no_better_neighbour(void **state)
{
    size_t coherent = 0, one_antenna = 0, done = 0, neighbours = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        const double tightness[] = {0.3, 0.9, 0.999, 1e-3};
        drop *d = directed_drop(seed, tightness[seed % 4]);

        if (threshold_factor(d) < INFINITY) {
            cfi_allocation allocation = run(d);

            if (allocation.status != CFI_ALLOC_CONVERGED) {
                fail_msg("drop %llu: %s, %s", (unsigned long long)seed, alloc_status_name(allocation.status),
                         allocation.failure ? allocation.failure : "");
            }
            assert_string_equal(allocation.solver, "socp");
            assert_true(violation_of_powers(d, &allocation.powers) < 1e-7);
            assert_true(allocation.max_constraint_violation < 1e-9);
            check_trace(&allocation);
            neighbours += expect_no_better_neighbour(d, &allocation.powers, allocation.sum_rate_bit_s_hz, seed);
            coherent += d->link.pilots_overlap;
            one_antenna += d->made.system.M == 1;
            done++;
        }
        free_drop(d);
    }
    assert_true(coherent > 10 && one_antenna > 5 && done > 50 && neighbours > 5000);
}

/* White fading, told as if it had directions: the same optimum as by linear information. */
static void without_directions_the_allocation_is_the_old_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        made_system made = make_system(200 + seed, 3, 3, 4, seed % 3 == 0 ? 2 : 4);
        drop *d;
        double white, white_factor, white_heuristic;

        if (seed % 2 == 0) {
            reuse_pilots(&made, 2);
        }
        made.system.allocation.starts = 8;
        d = make_drop(made);
        set_tightness(d, 0.8);
        white = run(d).sum_rate_bit_s_hz;
        white_factor = threshold_factor(d);
        assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
        white_heuristic = sum_rate_of(d, &d->powers);
        give_directions(d, 0.0, 0);
        assert_close(threshold_factor(d) / white_factor, 1.0, 1e-12);
        assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
        assert_true(violation_of_powers(d, &d->powers) < 1e-10);
        assert_close(sum_rate_of(d, &d->powers) / white_heuristic, 1.0, 1e-9);
        assert_close(run(d).sum_rate_bit_s_hz / white, 1.0, 2e-5);
        free_drop(d);
    }
}

static void the_heuristic_split_is_feasible_exactly_when_thresholds_are(void **state)
{
    size_t feasible = 0, infeasible = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        const double tightness[] = {0.5, 0.97, 0.9999, 1.0001, 1.2};
        drop *d = directed_drop(1000 + seed, tightness[seed % 5]);
        bool expected = threshold_factor(d) <= 1.0;
        cfi_error error = {.text = ""};

        assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, &error), expected ? CFI_OK : CFI_INFEASIBLE);
        feasible += expected;
        infeasible += !expected;
        assert_true(!expected || violation_of_powers(d, &d->powers) < 1e-9);
        free_drop(d);
    }
    assert_true(feasible > 80 && infeasible > 60);
}

/* What must give way, by how much: so much is enough, a thousandth less is not; nor do random powers meet it. */
static void infeasible_drops_say_what_is_just_enough(void **state)
{
    size_t named[CFI_CONSTRAINT_LAST + 1] = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= 80; seed++) {
        drop *d = directed_drop(2000 + seed, seed % 2 == 0 ? 1.3 : 6.0);
        const double scale[] = {0.999, 1.0 / 0.999};
        cfi_infeasibility because;

        if (!(threshold_factor(d) < INFINITY)) {
            free_drop(d);
            continue;
        }
        because = run(d).because;
        named[because.constraint]++;
        for (size_t i = 0; i < 2; i++) {
            double factor = i == 0 ? because.factor * scale[0] : scale[1] * (1.0 + 1e-13);

            for (size_t l = 0; l < d->network.L; l++) {
                bool here = because.ap == l || because.ap == CFI_NOWHERE;

                d->made.threshold[l] *= because.constraint == CFI_CONSTRAINT_THRESHOLD && here ? factor : 1.0;
                d->made.limit[l] *= because.constraint == CFI_CONSTRAINT_AP_LIMIT ? factor : 1.0;
            }
            d->made.system.power.budget_w *= because.constraint == CFI_CONSTRAINT_BUDGET ? factor : 1.0;
            assert_int_equal(threshold_factor(d) <= 1.0, i == 1);
        }
        assert_int_not_equal(run(d).status, CFI_ALLOC_INFEASIBLE);
        free_drop(d);
    }
    assert_true(named[CFI_CONSTRAINT_THRESHOLD] > 5 && named[CFI_CONSTRAINT_AP_LIMIT] > 0 &&
                named[CFI_CONSTRAINT_BUDGET] > 5);
}

/* The closed test says how much an access point needs at least: nothing random does with less, and what the test found
 * does with that. */
static void no_random_powers_sense_better_than_the_best_mix(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        drop *d = directed_drop(3000 + seed, 1.0);
        size_t K = d->network.K;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 25);
        double most = 0.0;
        directed_ap ap = directed_of(&d->link, 0, 1.0);
        directed_mix best = directed_best(&ap);

        for (size_t i = 0; i < 300; i++) {
            double total = 0.0;

            for (size_t k = 0; k < K; k++) {
                d->powers.p[k] = pow(made_uniform(&stream, 0.0, 1.0), 4.0);
            }
            d->powers.s[0] = pow(made_uniform(&stream, 0.0, 1.0), 4.0);
            total = metrics_comm_power(K, &d->powers, 0) + d->powers.s[0];
            most = fmax(most, information_of_powers(d, &d->powers, 0) / total);
        }
        assert_true(most <= best.information * (1.0 + 1e-9) && most > 0.5 * best.information);
        for (size_t k = 0; k < K; k++) {
            d->powers.p[k] = directed_share(&best, k);
        }
        d->powers.s[0] = directed_share(&best, K);
        assert_close(information_of_powers(d, &d->powers, 0) / best.information, 1.0, 1e-9);
        free_drop(d);
    }
}

/* Access points that only sense, and users that are not served, beside directions. */
static void clusters_leave_the_constraints_as_they_are(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        made_system made = make_system(300 + seed, 4, 3, 4, 3);
        unsigned char served[12];
        drop *d;
        cfi_allocation allocation;

        if (seed % 2 == 0) {
            reuse_pilots(&made, 2);
        }
        made.system.allocation.starts = 2;
        d = make_drop(made);
        for (size_t i = 0; i < 12; i++) {
            served[i] = i < 9 && (i / 3 == i % 3 || (i + seed) % 3 == 0); /* the last access point has no users */
        }
        d->network.served = served;
        give_directions(d, 10.0, 3);
        set_tightness(d, 0.7);
        allocation = run(d);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_true(violation_of_powers(d, &allocation.powers) < 1e-7);
        for (size_t i = 0; i < 12; i++) {
            assert_true(served[i] || allocation.powers.p[i] == 0.0);
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_directions_the_allocation_is_the_old_one),
        cmocka_unit_test(the_heuristic_split_is_feasible_exactly_when_thresholds_are),
        cmocka_unit_test(infeasible_drops_say_what_is_just_enough),
        cmocka_unit_test(no_random_powers_sense_better_than_the_best_mix),
        cmocka_unit_test(clusters_leave_the_constraints_as_they_are),
        cmocka_unit_test(the_best_mix_is_that_of_the_cone_solver),
        cmocka_unit_test(least_powers_are_the_least),
        cmocka_unit_test(allocations_hold_their_constraints_and_have_no_better_neighbour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
