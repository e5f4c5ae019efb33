/* Units do not matter: one network in watts and measured gains, in a hundred dBm, in normalised numbers, gives one
 * answer; limits and budgets that cannot bind change none; gains of 1e-12 are gains like others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/trial.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

enum { L = 8, K = 4, TEXT = 8192 };

/* How the network is told: gains lower by gain_db, powers and noises higher by power_db than those of normalised units,
 * where the budget is 0 dBm and the noise -30 dBm. */
typedef struct unit_choice {
    double gain_db, power_db;
} unit_choice;

/* What differs from test to test. */
typedef struct network_choice {
    const char *solver;
    size_t pilots;
    double threshold_db;
    const char *more; /* of "power", begins with a comma */
} network_choice;

static double from_decibel(double db)
{
    return pow(10.0, 0.1 * db);
}

/* Gains of the network in normalised units: -15 to 5 dB, from nothing but the indices. */
static double base_gain(size_t k, size_t l)
{
    return from_decibel(fmod(7.31 * (double)(k * L + l) + 3.0 * (double)(k + 1) * (double)(l + 2), 20.0) - 15.0);
}

static void append(char text[TEXT], const char *format, ...)
{
    size_t used = strlen(text);
    va_list list;

    va_start(list, format);
    vsnprintf(text + used, TEXT - used, format, list);
    va_end(list);
    assert_true(strlen(text) + 1 < TEXT);
}

static void describe(const network_choice *choice, unit_choice unit, char text[TEXT])
{
    double noise_dbm = -30.0 + unit.power_db - unit.gain_db;

    *text = '\0';
    append(text, "{\"network\": {\"aps\": %d, \"ues\": %d}, \"propagation\": {\"gain\": [", L, K);
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l < L; l++) {
            append(text, "%s%.17g", l > 0 ? ", " : k > 0 ? "], [" : "[", base_gain(k, l) * from_decibel(-unit.gain_db));
        }
    }
    append(text, "]]}, \"pilots\": {\"length\": %zu, \"power_dbm\": %.17g}, ", choice->pilots, unit.power_db);
    append(text, "\"power\": {\"comm_noise_dbm\": %.17g, \"sensing_noise_dbm\": %.17g%s, \"budget_dbm\": %.17g}, ",
           noise_dbm, noise_dbm, choice->more, unit.power_db);
    append(text,
           "\"sensing\": {\"crlb_threshold_db\": %g, \"path_gain\": %.17g}, \"allocation\": {\"solver\": \"%s\"}, ",
           choice->threshold_db, 0.01 * from_decibel(-0.5 * unit.gain_db), choice->solver);
    append(text, "\"monte_carlo\": {\"drops\": 1, \"realizations\": 10}}");
}

/* A scenario, its first drop and where that lies. */
typedef struct told {
    cfi_scenario *scenario;
    cfi_arena *arena;
    cfi_record record;
} told;

static told run_text(const char *text)
{
    told t = {.arena = arena_create()};
    cfi_trial_options options = {.threads = 1};
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "t.json", NULL, 0, &t.scenario, &error) != CFI_OK ||
        trial_run(scenario_system(t.scenario), 0, &options, t.arena, &t.record, &error) != CFI_OK) {
        fail_msg("%s: %s", text, error.text);
    }
    if (t.record.status != CFI_DROP_OK || t.record.allocation.status != CFI_ALLOC_CONVERGED) {
        fail_msg("%s: %s, %s", text, drop_status_name(t.record.status), alloc_status_name(t.record.allocation.status));
    }
    return t;
}

static told run_in(const network_choice *choice, unit_choice unit)
{
    char text[TEXT];

    describe(choice, unit, text);
    return run_text(text);
}

static void forget(told *t)
{
    arena_destroy(t->arena);
    scenario_destroy(t->scenario);
}

/* Rates and bounds of the two, in closed form, by split and by Monte Carlo; powers as parts of the budget. */
static void assert_same_answer(const cfi_record *a, const cfi_record *b, double relative)
{
    double a_watt = a->network->system->power.budget_w, b_watt = b->network->system->power.budget_w;

    assert_close(a->allocation.sum_rate_bit_s_hz, b->allocation.sum_rate_bit_s_hz, relative);
    assert_close(a->equal.sum_rate_bit_s_hz, b->equal.sum_rate_bit_s_hz, relative);
    assert_close(a->heuristic.sum_rate_bit_s_hz, b->heuristic.sum_rate_bit_s_hz, relative);
    assert_close(a->monte_carlo.sum_rate_bit_s_hz, b->monte_carlo.sum_rate_bit_s_hz, relative);
    assert_int_equal(a->allocation.iterations, b->allocation.iterations);
    for (size_t k = 0; k < K; k++) {
        assert_close(a->closed_form.rate_exact_bit_s_hz[k], b->closed_form.rate_exact_bit_s_hz[k], relative);
        assert_close(a->closed_form.rate_theorem1_bit_s_hz[k], b->closed_form.rate_theorem1_bit_s_hz[k], relative);
    }
    for (size_t l = 0; l < L; l++) {
        assert_close(a->closed_form.crlb_own_echo_rad2[l], b->closed_form.crlb_own_echo_rad2[l], relative);
        assert_close(a->closed_form.crlb_multistatic_rad2[l], b->closed_form.crlb_multistatic_rad2[l], relative);
        assert_close(a->allocation.ap_power_w[l] / a_watt, b->allocation.ap_power_w[l] / b_watt, relative);
    }
}

static const network_choice choices[] = {
    {"structured", 4, -8.0, ""}, {"structured", 2, -13.0, ""}, {"socp", 4, -13.0, ""}, {"socp", 2, -8.0, ""}};
enum { CHOICES = sizeof choices / sizeof *choices };

/* 33 dBm over gains of 1e-9 in -87 dBm of noise; 100 and 300 dBm; gains of 1e-12 and 1e-20; gains of 1e6. */
static void one_network_in_other_units_gives_one_answer(void **state)
{
    static const unit_choice units[] = {{90, 33}, {120, 30}, {120, 100}, {0, 300}, {200, 300}, {-60, -50}};

    (void)state;
    for (size_t i = 0; i < CHOICES; i++) {
        told reference = run_in(&choices[i], (unit_choice){0.0, 0.0});

        for (size_t j = 0; j < sizeof units / sizeof *units; j++) {
            told other = run_in(&choices[i], units[j]);

            assert_same_answer(&other.record, &reference.record, 1e-12);
            forget(&other);
        }
        forget(&reference);
    }
}

/* To the bit: at budgets of 30, 100 and 299 dBm, limits from just above up to 300 dBm. */
static void a_limit_above_the_budget_changes_no_bit(void **state)
{
    static const struct {
        double budget_dbm;
        const char *limit;
    } cases[] = {{30, ", \"ap_limit_dbm\": 30.001"}, {30, ", \"ap_limit_dbm\": 100"},
                 {30, ", \"ap_limit_dbm\": 300"},    {100, ", \"ap_limit_dbm\": 100.1"},
                 {100, ", \"ap_limit_dbm\": 300"},   {299, ", \"ap_limit_dbm\": 300"}};

    (void)state;
    for (size_t i = 0; i < CHOICES; i++) {
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            unit_choice unit = {120.0, cases[j].budget_dbm};
            network_choice limited = choices[i];
            told without = run_in(&choices[i], unit), with;

            limited.more = cases[j].limit;
            with = run_in(&limited, unit);
            assert_memory_equal(with.record.allocation.powers.p, without.record.allocation.powers.p,
                                K * L * sizeof(double));
            assert_memory_equal(with.record.allocation.powers.s, without.record.allocation.powers.s,
                                L * sizeof(double));
            assert_true(with.record.heuristic.sum_rate_bit_s_hz == without.record.heuristic.sum_rate_bit_s_hz);
            assert_true(with.record.equal.sum_rate_bit_s_hz == without.record.equal.sum_rate_bit_s_hz);
            assert_true(with.record.allocation.sum_rate_bit_s_hz == without.record.allocation.sum_rate_bit_s_hz);
            forget(&without);
            forget(&with);
        }
    }
}

/* Eight limits of 20 dBm are 29.03 dBm together: budgets above are none, and both solvers say so. */
static void a_budget_above_the_sum_of_limits_changes_nothing(void **state)
{
    static const char *const solvers[] = {"structured", "socp"}, *const budgets[] = {"30", "100", "300"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const network_choice choice = {solvers[i], 4, -8.0, ", \"ap_limit_dbm\": 20"};
        char text[TEXT];
        const char *budget;
        double rate = 0.0;

        describe(&choice, (unit_choice){120.0, 30.0}, text);
        budget = strstr(text, "\"budget_dbm\": 30}");
        for (size_t j = 0; budget && j < 3; j++) {
            char changed[TEXT];
            told t;

            snprintf(changed, sizeof changed, "%.*s\"budget_dbm\": %s%s", (int)(budget - text), text, budgets[j],
                     budget + strlen("\"budget_dbm\": 30"));
            t = run_text(changed);
            assert_true(t.record.allocation.max_constraint_violation < 1e-9);
            rate = j == 0 ? t.record.allocation.sum_rate_bit_s_hz : rate;
            assert_close(t.record.allocation.sum_rate_bit_s_hz, rate, 1e-6);
            forget(&t);
        }
        assert_true(rate > 0.0);
    }
}

/* One user and one access point with a gain of 1e-12: tau_p 1, p_p 0.1 W, P 1 W, N 4, noise -90 dBm (1e-12 W).
 * xi = 0.1 1e-24 / (0.1 1e-12 + 1e-12) = 9.0909e-14, SINR = 4 xi P / (1e-12 P + 1e-12) = 2 / 11; no pre-log. */
static void a_gain_of_1e_12_gives_the_rate_by_hand(void **state)
{
    static const char *const solvers[] = {"structured", "socp"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char text[TEXT] = "";
        double xi;
        told t;

        append(text,
               "{\"network\": {\"aps\": 1, \"ues\": 1}, \"propagation\": {\"gain\": [[1e-12]]}, \"pilots\": "
               "{\"length\": 1, "
               "\"power_dbm\": 20}, \"frame\": {\"coherence_symbols\": 0}, \"power\": {\"budget_dbm\": 30, "
               "\"comm_noise_dbm\": -90, \"sensing_noise_dbm\": -90}, \"allocation\": {\"solver\": \"%s\"}, "
               "\"sensing\": {\"crlb_threshold_db\": -30}, \"monte_carlo\": {\"drops\": 1, \"realizations\": 0}}",
               solvers[i]);
        t = run_text(text);
        link_share(t.record.link, 0, 1, &xi);
        assert_close(xi, 1e-13 / 1.1, 1e-13);
        assert_close(t.record.closed_form.sum_rate_exact_bit_s_hz, log2(13.0 / 11.0), 1e-9);
        assert_close(t.record.allocation.ap_power_w[0], 1.0, 1e-9);
        forget(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_network_in_other_units_gives_one_answer),
        cmocka_unit_test(a_limit_above_the_budget_changes_no_bit),
        cmocka_unit_test(a_budget_above_the_sum_of_limits_changes_nothing),
        cmocka_unit_test(a_gain_of_1e_12_gives_the_rate_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
