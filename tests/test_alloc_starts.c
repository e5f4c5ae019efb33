/* The starts of the allocation by themselves: whom they silence, and what powers they keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/splits.h"
#include "allocations.h"
#include "check.h"
#include "heats.h"

enum { L = 5, K = 6, PILOTS = 2 };

/* Two pilots for six users, thresholds that bind nowhere. */
typedef struct scene {
    drop *d;
    alloc_problem problem;
    alloc_point *incumbent, *start;
    start_source source;
} scene;

static scene make_scene(uint64_t seed)
{
    made_system made = make_system(seed, L, K, 4, 4);
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 77);
    alloc_state incumbent;
    alloc_point *heuristic;
    scene s;

    reuse_pilots(&made, PILOTS);
    s.d = make_drop(made);
    set_tightness(s.d, 1e-9);
    assert_int_equal(problem_build(&s.d->link, s.d->arena, &s.problem, NULL), CFI_OK);
    assert_true(problem_state(&s.problem, s.d->arena, &incumbent));
    s.incumbent = incumbent.point;
    heuristic = problem_point(&s.problem, s.d->arena);
    s.start = problem_point(&s.problem, s.d->arena);
    for (size_t i = 0; i < K * L; i++) { /* the incumbent's powers are far from the heuristic's */
        size_t at = problem_at(&s.problem, i % K, i / K);

        heuristic->w[at] = 1.0;
        heuristic->s[i / K] = s.incumbent->s[i / K] = 0.0;
        s.incumbent->w[at] = made_uniform(&stream, 0.1, 2.0);
    }
    assert_true(problem_complete(&s.problem, heuristic) && problem_complete(&s.problem, s.incumbent));
    problem_to_powers(&s.problem, heuristic, &s.d->powers);
    s.source = (start_source){.heuristic.powers = &s.d->powers,
                              .incumbent = incumbent,
                              .users = contest_make(&s.d->link, s.d->arena),
                              .key = arena_alloc(s.d->arena, K, sizeof(double))};
    return s;
}

/* As the search calls it: the incumbent is evaluated. */
static bool make_start(scene *s, size_t start, alloc_point *point)
{
    s->source.problem = &s->problem;
    problem_evaluate(&s->problem, s->incumbent, s->source.incumbent.values);
    return start_make(&s->source, start, point);
}

static double power_of(const alloc_problem *problem, const alloc_point *point, size_t l)
{
    double x = 0.0;

    for (size_t k = 0; k < K; k++) {
        x += point->w[problem_at(problem, k, l)] * point->w[problem_at(problem, k, l)];
    }
    return x;
}

static void the_second_start_serves_the_strongest_user_of_each_pilot_alone(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        scene s = make_scene(seed);
        double strength[K] = {0.0};

        for (size_t i = 0; i < K * L; i++) {
            strength[i % K] += s.d->xi[i];
        }
        assert_true(make_start(&s, 1, s.start));
        assert_int_equal(s.source.turn, 0);
        for (size_t i = 0; i < K * L; i++) {
            size_t k = i % K, stronger = 0;

            for (size_t j = k % PILOTS; j < K; j += PILOTS) {
                stronger += strength[j] > strength[k];
            }
            assert_true((s.start->w[problem_at(&s.problem, k, i / K)] > 0.0) == (stronger == 0));
        }
        free_drop(s.d);
    }
}

/* All users active: the first turn silences the weakest, the second the next; every access point keeps its share of the
 * incumbent's power, whatever the heuristic split gave it. */
static void an_exchange_silences_one_user_and_keeps_the_incumbents_powers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        scene s = make_scene(seed);
        double sinr[K];

        problem_evaluate(&s.problem, s.incumbent, s.source.incumbent.values);
        for (size_t k = 0; k < K; k++) {
            sinr[k] = values_sinr(s.source.incumbent.values, k);
        }
        for (size_t at = 0; at < 2; at++) {
            double ratio = 0.0;

            assert_true(make_start(&s, 3, s.start));
            assert_int_equal(s.source.turn, at + 1);
            for (size_t k = 0; k < K; k++) {
                size_t weaker = 0;

                for (size_t j = 0; j < K; j++) {
                    weaker += sinr[j] < sinr[k];
                }
                for (size_t l = 0; l < L; l++) {
                    assert_true((s.start->w[problem_at(&s.problem, k, l)] == 0.0) == (weaker == at));
                }
            }
            ratio = power_of(&s.problem, s.start, 0) / power_of(&s.problem, s.incumbent, 0);
            for (size_t l = 1; l < L; l++) {
                assert_close(power_of(&s.problem, s.start, l) / power_of(&s.problem, s.incumbent, l), ratio, 1e-12);
            }
        }
        free_drop(s.d);
    }
}

/* A silent user takes the place of the weakest of its rivals on the same pilot. */
static void a_silent_user_takes_the_place_of_its_weakest_rival(void **state)
{
    scene s = make_scene(3);
    const alloc_values *values = s.source.incumbent.values;
    size_t weakest;

    (void)state;
    for (size_t l = 0; l < L; l++) {
        s.incumbent->w[problem_at(&s.problem, 1, l)] = 0.0;
    }
    assert_true(problem_complete(&s.problem, s.incumbent));
    problem_evaluate(&s.problem, s.incumbent, s.source.incumbent.values);
    weakest = values_sinr(values, 3) < values_sinr(values, 5) ? 3 : 5; /* pilots 0 1 0 1 0 1 */
    s.source.turn = 5;                                                 /* after the five active users */
    assert_true(make_start(&s, 3, s.start));
    for (size_t i = 0; i < K * L; i++) {
        assert_true((s.start->w[problem_at(&s.problem, i % K, i / K)] == 0.0) == (i % K == weakest));
    }
    free_drop(s.d);
}

static void starts_repeat_and_random_ones_differ(void **state)
{
    scene s = make_scene(4);
    alloc_point *again = problem_point(&s.problem, s.d->arena);
    double last = -1.0;

    (void)state;
    for (size_t start = 2; start < 20; start += 4) {
        assert_true(make_start(&s, start, s.start));
        assert_true(make_start(&s, start, again));
        assert_int_equal(s.source.turn, 0);
        assert_memory_equal(again->w, s.start->w, K * s.problem.stride * sizeof(double));
        assert_true(s.start->w[0] != last);
        last = s.start->w[0];
    }
    free_drop(s.d);
}

/* Limits below the heuristic split's share of sensing power leave that split nothing else, where communication power
 * senses better: from there nobody's power would grow. Both solvers end where some users have a rate. */
static void limits_that_only_sense_are_no_start(void **state)
{
    made_system made = make_system(7, L, K, 8, 2);
    double rate[2];
    drop *d;

    (void)state;
    reuse_pilots(&made, 1);
    for (size_t l = 0; l < L; l++) {
        made.limit[l] = 1e-4 * made.system.power.budget_w / L;
    }
    made.system.power.ap_limit_w = made.limit;
    made.system.allocation.starts = 4;
    d = make_drop(made);
    set_tightness(d, 0.1);
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    for (size_t i = 0; i < K * L; i++) {
        assert_true(d->powers.p[i] == 0.0);
    }
    for (size_t i = 0; i < 2; i++) {
        cfi_allocation allocation;

        d->made.system.allocation.solver = i == 0 ? CFI_SOLVER_STRUCTURED : CFI_SOLVER_SOCP;
        allocation = run(d);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_true(allocation.max_constraint_violation <= 1e-9);
        rate[i] = allocation.sum_rate_bit_s_hz;
    }
    assert_true(rate[0] > 0.1);
    assert_true(fabs(rate[0] / rate[1] - 1.0) < 1e-4);
    free_drop(d);
}

/* A climb with numbers of its own: two users of SINR 3, the rival's being `rival`, and an objective of 10. */
static race_end race(alloc_problem *problem, const double rival[2], double rival_objective, const double *trace,
                     size_t trace_count)
{
    double best[] = {3.0, 3.0, 3.0, 3.0}, signal[] = {sqrt(rival[0]), sqrt(rival[1])}, noise[] = {1.0, 1.0}, copy[16];
    alloc_values values = {.u = signal, .interference = noise, .objective = rival_objective};
    climb c = {.problem = problem, .best = best, .objective = trace[trace_count - 1], .rival = &values};
    sca_outcome outcome = {.trace = copy, .trace_count = trace_count};

    memcpy(copy, trace, trace_count * sizeof *trace);
    return climb_race(&c, &outcome);
}

static void a_start_is_left_where_it_cannot_catch_up_or_comes_to_the_same(void **state)
{
    alloc_problem problem = {.K = 2};
    const double slow[] = {1.0, 9.0, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 10.0}, fast[] = {1.0, 9.0, 9.5, 10.0},
                 slower[] = {8.0, 9.9, 9.9, 9.9, 9.99, 9.99, 9.99, 9.99, 10.0}, alike[] = {3.01, 2.99},
                 other[] = {1.0, 7.0};

    (void)state;
    /* what was gained longer ago than six evaluations promises nothing: 16 times 0.1 since then */
    assert_int_equal(race(&problem, other, 11.5, slow, 9), RACE_ON);
    assert_int_equal(race(&problem, other, 11.7, slow, 9), RACE_BEHIND);
    assert_int_equal(race(&problem, other, 11.7, slower, 9), RACE_BEHIND);
    assert_int_equal(race(&problem, other, 50.0, fast, 3), RACE_ON); /* two evaluations tell nothing */
    assert_int_equal(race(&problem, other, 1000.0, fast, 4), RACE_BEHIND);
    /* the same users with the same rates: on the way to where the rival is, but not above it */
    assert_int_equal(race(&problem, alike, 10.001, fast, 4), RACE_MERGES);
    assert_int_equal(race(&problem, alike, 9.999, fast, 4), RACE_ON);
    assert_int_equal(race(&problem, other, 10.001, fast, 4), RACE_ON);
}

/* tests/bench/race.sh does the same for thousands of scenarios. */
static void racing_saves_a_third_of_the_evaluations_and_finds_the_same(void **state)
{
    size_t raced = 0, whole = 0, left = 0, starts = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        made_system made = make_system(seed, 6, 6, 4, 4);
        heats here, all;
        drop *d;

        reuse_pilots(&made, 1 + seed % 3);
        made.system.allocation.starts = 16;
        made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        d = make_drop(made);
        set_tightness(d, 0.1);
        here = heats_run(d, true);
        all = heats_run(d, false);
        assert_int_equal(all.left, 0);
        assert_true(here.best >= all.best * (1.0 - 1e-6));
        raced += here.evaluations;
        whole += all.evaluations;
        left += here.left;
        starts += 16;
        free_drop(d);
    }
    print_message("%zu evaluations of %zu, %zu of %zu starts left\n", raced, whole, left, starts);
    assert_true(3 * raced < 2 * whole);
    assert_true(left > starts / 2);
}

/* What an allocation says of its starts: one that is left counts with what it had, unless it came to the best, as those
 * of fairness mostly do. With orthogonal pilots nothing is left. */
static void starts_that_come_to_the_best_are_no_spread(void **state)
{
    size_t told = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        made_system made = make_system(seed, L, K, 4, 4);
        alloc_workspace *workspace = alloc_workspace_create();
        bool shared = seed % 4 > 0;
        start_split heuristic;
        alloc_search s;
        heats h;
        drop *d;

        reuse_pilots(&made, shared ? PILOTS : K);
        made.system.allocation.starts = 4;
        made.system.allocation.objective = CFI_PROPORTIONAL_FAIR;
        made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        d = make_drop(made);
        set_tightness(d, 0.1);
        h = heats_run(d, shared);
        told += h.merged < h.worst; /* else the spread would be the same with them */
        assert_true(shared || h.left == 0);
        d->powers.p = arena_alloc(d->arena, K * L, sizeof(double));
        d->powers.s = arena_alloc(d->arena, L, sizeof(double));
        assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
        heuristic = (start_split){.powers = &d->powers};
        assert_int_equal(search_init(&s, &d->link, &heuristic, NULL, workspace, NULL), CFI_OK);
        assert_int_equal(search_run(&s, NULL), CFI_OK);
        assert_int_equal(s.tried, 4);
        assert_true((s.ascent.climb.rival != NULL) == shared);
        assert_true(!shared || (s.best_outcome.objective == h.best && s.worst == h.worst));
        alloc_workspace_destroy(workspace);
        free_drop(d);
    }
    assert_true(told >= 4);
}

/* Fairness leaves nobody out: starts end alike, so that one is the default. */
static void fairness_has_one_start(void **state)
{
    (void)state;
    for (uint64_t seed = 40; seed < 52; seed++) {
        made_system made = make_system(seed, L, K, 4, seed % 2 == 0 ? 4 : 2);
        cfi_allocation one, many;
        drop *d;

        reuse_pilots(&made, 1 + seed % 3);
        d = make_drop(made);
        set_tightness(d, 0.6);
        d->made.system.allocation.objective = CFI_PROPORTIONAL_FAIR;
        one = run(d);
        d->made.system.allocation.starts = 16;
        many = run(d);
        assert_int_equal(one.status, CFI_ALLOC_CONVERGED);
        assert_int_equal(one.starts, 1);
        assert_int_equal(many.starts, 16);
        assert_close(one.objective.value, many.objective.value, 1e-6 * K);
        free_drop(d);
    }
}

/* A city's shares are not kept while it is allocated: all starts are the same to the bit. */
static void starts_are_the_same_where_shares_are_asked_for(void **state)
{
    enum { STARTS = 16 };

    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        scene s = make_scene(seed);
        const alloc_problem *p = &s.problem;
        size_t numbers = p->K * p->stride;
        double factor[L], *kept = arena_alloc(s.d->arena, STARTS * numbers, sizeof *kept);

        s.problem.link = &s.d->link;
        s.source.heuristic.factor = factor;
        s.source.room = problem_share_room(p, s.d->arena);
        assert_non_null(kept);
        assert_non_null(s.source.room);
        link_share(&s.d->link, 0, L, s.d->powers.p);
        for (size_t l = 0; l < L; l++) {
            factor[l] = 1e3 * (double)(1 + l);
        }
        for (size_t asked = 0; asked < 2; asked++) {
            s.source.heuristic.asked = asked == 1;
            s.source.turn = 0;
            for (size_t start = 0; start < STARTS; start++) {
                assert_true(make_start(&s, start, s.start));
                if (asked) {
                    assert_memory_equal(s.start->w, kept + start * numbers, numbers * sizeof *kept);
                }
                memcpy(kept + start * numbers, s.start->w, numbers * sizeof *kept);
            }
            for (size_t i = 0; i < K * L; i++) { /* which nobody looks at */
                s.d->powers.p[i] = NAN;
            }
        }
        free_drop(s.d);
    }
}

/* Powers that are made of such factors, where the shares are kept and where a city's drop has too many. */
static void a_city_finds_the_shares_that_a_town_keeps(void **state)
{
    made_system made = make_system(3, 1100, 128, 2, 4);
    drop *d;
    cfi_allocation city;

    (void)state;
    reuse_pilots(&made, 8);
    made.system.allocation.starts = 1;
    made.system.allocation.max_iterations = 2;
    made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
    d = make_drop(made);
    set_tightness(d, 0.3);
    city = run(d);
    assert_false(splits_keep_shares(&d->link));
    assert_true(violation_from_formula(d, &city.powers) < 1e-9);
    assert_close(sum_rate_from_formula(d, &city.powers) / city.sum_rate_bit_s_hz, 1.0, 1e-9);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_start_serves_the_strongest_user_of_each_pilot_alone),
        cmocka_unit_test(an_exchange_silences_one_user_and_keeps_the_incumbents_powers),
        cmocka_unit_test(a_silent_user_takes_the_place_of_its_weakest_rival),
        cmocka_unit_test(starts_repeat_and_random_ones_differ),
        cmocka_unit_test(limits_that_only_sense_are_no_start),
        cmocka_unit_test(fairness_has_one_start),
        cmocka_unit_test(a_start_is_left_where_it_cannot_catch_up_or_comes_to_the_same),
        cmocka_unit_test(racing_saves_a_third_of_the_evaluations_and_finds_the_same),
        cmocka_unit_test(starts_that_come_to_the_best_are_no_spread),
        cmocka_unit_test(starts_are_the_same_where_shares_are_asked_for),
        cmocka_unit_test(a_city_finds_the_shares_that_a_town_keeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
