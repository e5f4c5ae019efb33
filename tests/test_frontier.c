/* The frontier of a drop: it falls, its limits hold, its ends and points are those of scenarios by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/trial.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Ten access points and three users, whose angles own echoes tell; a target at a place where B is its error. */
#define NETWORK                                                                                                        \
    "\"network\": {\"aps\": 10, \"ues\": 3, \"placement\": \"none\"}, \"pilots\": {\"length\": 3}, "                   \
    "\"monte_carlo\": {\"drops\": 3, \"realizations\": 0}"
#define ANGLES "{" NETWORK ", \"sensing\": {\"crlb_threshold_db\": null}}"
#define TARGET "{" NETWORK ", \"sensing\": {\"geometry\": \"target\", \"crlb_threshold_db\": null}}"
#define RATES  "{" NETWORK ", \"sensing\": {\"crlb_threshold_db\": -3}, \"allocation\": {\"rate_target_bit_s_hz\": 0.5}}"
/* Two users on one pilot: local maxima, and several starts. */
#define REUSE                                                                                                          \
    "{\"network\": {\"aps\": 6, \"ues\": 4, \"placement\": \"none\"}, \"pilots\": {\"length\": 2}, "                   \
    "\"monte_carlo\": {\"drops\": 3, \"realizations\": 0}, \"sensing\": {\"crlb_threshold_db\": null}}"

enum { POINTS = 3, END = POINTS + 1, DROPS = 3 };

typedef struct asked {
    cfi_scenario *scenario;
    cfi_frontier frontier;
    cfi_arena *arena;
    cfi_frontier_record record[DROPS];
} asked;

static cfi_scenario *parse(const char *text, const cfi_setting *setting, size_t settings)
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test", setting, settings, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static asked ask(const char *text, const char *between)
{
    asked a = {.scenario = parse(text, NULL, 0), .arena = arena_create()};
    cfi_error error = {.text = ""};

    if (frontier_between(between, POINTS, &a.frontier, &error) != CFI_OK ||
        frontier_ask(a.scenario, "test", &a.frontier, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    for (uint32_t d = 0; d < DROPS; d++) {
        cfi_trial_options options = {.threads = 1};

        if (trial_frontier(&a.frontier, d, &options, a.arena, &a.record[d], &error) != CFI_OK) {
            fail_msg("%s", error.text);
        }
    }
    return a;
}

static void end(asked *a)
{
    frontier_free(&a->frontier);
    scenario_destroy(a->scenario);
    arena_destroy(a->arena);
}

static const struct {
    const char *scenario, *between;
} cases[] = {{ANGLES, "sum_rate,crlb"},           {ANGLES, "max_min_rate,crlb"},           {REUSE, "sum_rate,crlb"},
             {TARGET, "sum_rate,position_error"}, {TARGET, "max_min_rate,position_error"}, {RATES, "sum_rate,power"},
             {RATES, "max_min_rate,power"}};
enum { CASES = sizeof cases / sizeof *cases };

/* The objective that a scenario reaches by itself, and the record it stands in. */
static cfi_record run_alone(const cfi_scenario *scenario, uint32_t drop, cfi_arena *arena)
{
    cfi_record record;
    cfi_trial_options options = {.threads = 1};
    cfi_error error = {.text = ""};

    if (trial_run(scenario_system(scenario), drop, &options, arena, &record, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return record;
}

static void along_a_frontier_rates_fall_as_limits_tighten_and_every_limit_holds(void **state)
{
    size_t steps = 0;

    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        asked a = ask(cases[c].scenario, cases[c].between);

        for (size_t d = 0; d < DROPS; d++) {
            const cfi_frontier_point *point = a.record[d].point;

            assert_int_equal(a.record[d].status, CFI_DROP_OK);
            assert_null(a.record[d].failure);
            for (size_t i = 1; i <= END; i++) {
                assert_true(point[i].rate <= point[i - 1].rate * (1.0 + 1e-9));
                assert_true(point[i].limit < point[i - 1].limit);
                assert_true(point[i].cost <= point[i].limit * (1.0 + (i == END ? 1.1e-6 : 1e-7)));
                assert_true(point[i].status == CFI_ALLOC_CONVERGED || point[i].status == CFI_ALLOC_OPTIMAL);
                steps += point[i].rate < point[i - 1].rate * (1.0 - 1e-6);
            }
        }
        end(&a);
    }
    assert_true(steps > CASES * DROPS * 3); /* rates do fall */
}

static void ends_are_what_their_scenarios_reach_by_themselves(void **state)
{
    static const char *const objective[] = {"min_crlb", "min_position_error", "min_power"};

    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        asked a = ask(cases[c].scenario, cases[c].between);
        const char *word = objective[strstr(cases[c].between, "crlb") ? 0 : strstr(cases[c].between, "power") ? 2 : 1];
        cfi_setting of_rate = {.key = "allocation.objective", .value = a.frontier.rate->word};
        cfi_setting of_cost = {.key = "allocation.objective", .value = word};
        cfi_scenario *rate = parse(cases[c].scenario, &of_rate, 1), *cost = parse(cases[c].scenario, &of_cost, 1);

        for (uint32_t d = 0; d < DROPS; d++) {
            const cfi_frontier_point *point = a.record[d].point;
            cfi_record best_rate = run_alone(rate, d, a.arena), best_cost = run_alone(cost, d, a.arena);

            assert_int_equal(point[END].status, best_cost.allocation.status);
            assert_close(point[END].limit, best_cost.allocation.objective.value, 1e-12);
            assert_close(point[END].cost, best_cost.allocation.objective.value, 1.1e-6);
            /* where local maxima are several the neighbour may know a better one */
            assert_true(point[0].rate >= best_rate.allocation.objective.value * (1.0 - 1e-12));
            if (strcmp(cases[c].scenario, REUSE) != 0) {
                assert_close(point[0].rate, best_rate.allocation.objective.value, 1e-9);
                assert_int_equal(point[0].status, best_rate.allocation.status);
            }
        }
        scenario_destroy(rate);
        scenario_destroy(cost);
        end(&a);
    }
}

static void a_point_is_what_a_scenario_with_its_limit_reaches(void **state)
{
    asked a = ask(ANGLES, "max_min_rate,crlb");

    (void)state;
    for (uint32_t d = 0; d < DROPS; d++) {
        for (size_t i = 1; i <= POINTS; i++) {
            const cfi_frontier_point *point = &a.record[d].point[i];
            char threshold[40];
            cfi_setting setting[2] = {{.key = "allocation.objective", .value = "max_min_rate"},
                                      {.key = "sensing.crlb_threshold_db", .value = threshold}};
            cfi_scenario *alone;

            snprintf(threshold, sizeof threshold, "%.15g", 10.0 * log10(point->limit));
            alone = parse(ANGLES, setting, 2);
            assert_close(point->rate, run_alone(alone, d, a.arena).allocation.objective.value, 2e-6);
            scenario_destroy(alone);
        }
    }
    end(&a);
}

static void limits_divide_information_and_the_logarithm_of_power_evenly(void **state)
{
    asked angles = ask(ANGLES, "sum_rate,crlb"), place = ask(TARGET, "sum_rate,position_error");
    asked power = ask(RATES, "sum_rate,power");

    (void)state;
    for (size_t i = 1; i <= POINTS; i++) {
        double at = (double)i / (POINTS + 1);
        const cfi_frontier_point *p = angles.record[1].point, *q = place.record[1].point, *r = power.record[1].point;

        assert_close(frontier_position(&angles.frontier, i), at, 1e-15);
        assert_close(1.0 / p[i].limit, (1.0 - at) / p[0].cost + at / p[END].limit, 1e-12);
        assert_close(pow(q[i].limit, -2.0), (1.0 - at) * pow(q[0].cost, -2.0) + at * pow(q[END].limit, -2.0), 1e-12);
        assert_close(r[i].limit, pow(r[0].cost, 1.0 - at) * pow(r[END].limit, at), 1e-12);
    }
    end(&angles);
    end(&place);
    end(&power);
}

/* Thresholds say how min_crlb weighs access points; the frontier's limit is the largest of them. */
static void thresholds_weigh_access_points_along_the_curve(void **state)
{
    static const char text[] =
        "{\"network\": {\"aps\": 3, \"ues\": 2, \"placement\": \"none\"}, \"pilots\": {\"length\": 2}, "
        "\"monte_carlo\": {\"drops\": 3, \"realizations\": 0}, "
        "\"sensing\": {\"crlb_threshold_db\": [-3, -6, -10]}}";
    asked a = ask(text, "max_min_rate,crlb");
    const cfi_frontier_point *point = &a.record[0].point[2];
    char threshold[120];
    double db = 10.0 * log10(point->limit);
    cfi_setting setting[2] = {{.key = "allocation.objective", .value = "max_min_rate"},
                              {.key = "sensing.crlb_threshold_db", .value = threshold}};
    cfi_scenario *alone;

    (void)state;
    snprintf(threshold, sizeof threshold, "[%.15g, %.15g, %.15g]", db, db - 3.0, db - 7.0);
    alone = parse(text, setting, 2);
    assert_close(point->rate, run_alone(alone, 0, a.arena).allocation.objective.value, 2e-6);
    scenario_destroy(alone);
    end(&a);
}

static void a_drop_without_feasible_powers_has_no_curve(void **state)
{
    static const char text[] = "{" NETWORK ", \"allocation\": {\"rate_target_bit_s_hz\": 50}}";
    asked a = ask(text, "sum_rate,crlb");

    (void)state;
    for (size_t d = 0; d < DROPS; d++) {
        assert_int_equal(a.record[d].status, CFI_DROP_INFEASIBLE);
        assert_int_equal(a.record[d].because.constraint, CFI_CONSTRAINT_RATE);
        for (size_t i = 0; i <= END; i++) {
            assert_true(isnan(a.record[d].point[i].rate) && isnan(a.record[d].point[i].cost));
            assert_int_equal(a.record[d].point[i].status, CFI_ALLOC_INFEASIBLE);
        }
    }
    end(&a);
}

static void a_start_that_is_given_is_never_undercut(void **state)
{
    cfi_setting single[] = {{.key = "network.ues", .value = "8"}, {.key = "allocation.starts", .value = "1"}};
    cfi_scenario *many = parse(REUSE, single, 1), *one = parse(REUSE, single, 2);
    cfi_arena *arena = arena_create();
    size_t better = 0;

    (void)state;
    for (uint32_t d = 0; d < 12; d++) {
        cfi_record best = run_alone(many, d, arena), lone = run_alone(one, d, arena);
        cfi_link link = *lone.link;
        cfi_alloc_options options = {.start = &best.allocation.powers};
        cfi_allocation given, again;

        link.system = scenario_system(one);
        assert_int_equal(alloc_run(&link, &options, arena, &given, NULL), CFI_OK);
        assert_int_equal(alloc_run(&link, &options, arena, &again, NULL), CFI_OK);
        assert_true(given.objective.value >= best.allocation.objective.value * (1.0 - 1e-12));
        assert_int_equal(given.starts, 2);
        assert_memory_equal(given.powers.p, again.powers.p, lone.K * lone.L * sizeof(double));
        better += given.objective.value > lone.allocation.objective.value * (1.0 + 1e-6);
    }
    assert_true(better > 0); /* one start alone does miss the best */
    scenario_destroy(many);
    scenario_destroy(one);
    arena_destroy(arena);
}

/* What a question about a scenario is refused with. */
static void assert_refused(const char *text, const char *between, cfi_status status, const char *because)
{
    cfi_scenario *scenario = parse(text, NULL, 0);
    cfi_frontier frontier;
    cfi_error error = {.text = ""};
    cfi_status got = frontier_between(between, 1, &frontier, &error);

    if (got == CFI_OK) {
        got = frontier_ask(scenario, "test", &frontier, &error);
    }
    assert_int_equal(got, status);
    if (!strstr(error.text, because)) {
        fail_msg("%s", error.text);
    }
    frontier_free(&frontier);
    scenario_destroy(scenario);
}

static void what_cannot_be_traded_is_refused_by_name(void **state)
{
    (void)state;
    assert_refused(ANGLES, "sum_rate", CFI_USAGE,
                   "\"sum_rate\" is no pair of A,B (allowed: A sum_rate or max_min_rate");
    assert_refused(ANGLES, "sum_rate,", CFI_USAGE, "B crlb, position_error or power)");
    assert_refused(ANGLES, "sum_rate,crlb,power", CFI_USAGE, "is no pair");
    assert_refused(ANGLES, "sum_rat,crlb", CFI_USAGE, "is no pair");
    assert_refused(ANGLES, "crlb,sum_rate", CFI_USAGE, "is no pair");
    assert_refused(ANGLES, "sum_rate,position_error", CFI_INVALID, "test: --between sum_rate,position_error: ");
    assert_refused(ANGLES, "max_min_rate,power", CFI_INVALID, "test: --between max_min_rate,power: ");
    assert_refused("{\"allocation\": {\"method\": \"equal\"}}", "sum_rate,crlb", CFI_INVALID,
                   "test: /allocation/method: \"equal\" optimises nothing that could be traded (allowed: sca)");
    assert_refused("{\"sweep\": {\"seed\": [1, 2]}}", "sum_rate,crlb", CFI_INVALID, "test: /sweep: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(along_a_frontier_rates_fall_as_limits_tighten_and_every_limit_holds),
        cmocka_unit_test(ends_are_what_their_scenarios_reach_by_themselves),
        cmocka_unit_test(a_point_is_what_a_scenario_with_its_limit_reaches),
        cmocka_unit_test(limits_divide_information_and_the_logarithm_of_power_evenly),
        cmocka_unit_test(thresholds_weigh_access_points_along_the_curve),
        cmocka_unit_test(a_drop_without_feasible_powers_has_no_curve),
        cmocka_unit_test(a_start_that_is_given_is_never_undercut),
        cmocka_unit_test(what_cannot_be_traded_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
