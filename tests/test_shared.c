/* One drop on several threads: the same bytes, and the sums of plain loops. Sizes are such that every part of the work
 * is shared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"
#include "cfisac/trial.h"
#include "check.h"
#include "drops.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Takes scenario and arena with it. */
typedef struct trial {
    cfi_scenario *scenario;
    cfi_arena *arena;
    cfi_record record;
} trial;

static trial run_trial(const char *text, size_t threads)
{
    trial t = {.arena = arena_create()};
    cfi_trial_options options = {.threads = threads};
    cfi_error error = {.text = ""};

    assert_int_equal(scenario_parse(text, strlen(text), "test.json", NULL, 0, &t.scenario, &error), CFI_OK);
    assert_int_equal(linalg_prepare(&threads, &error), CFI_OK);
    if (trial_run(scenario_system(t.scenario), 0, &options, t.arena, &t.record, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(t.record.status, CFI_DROP_OK);
    assert_true(t.record.equal.available && t.record.heuristic.available);
    return t;
}

static void free_trial(trial *t)
{
    arena_destroy(t->arena);
    scenario_destroy(t->scenario);
}

static void assert_same(const double *a, const double *b, size_t count)
{
    assert_memory_equal(a, b, count * sizeof *a);
}

static void assert_same_records(const cfi_record *a, const cfi_record *b)
{
    size_t K = a->K, L = a->L;

    assert_same(a->network->beta, b->network->beta, K * L);
    assert_same(a->link->g, b->link->g, K * L);
    assert_same(a->allocation.powers.p, b->allocation.powers.p, K * L);
    assert_same(a->allocation.powers.s, b->allocation.powers.s, L);
    assert_same(a->allocation.ap_power_w, b->allocation.ap_power_w, L);
    assert_same(a->closed_form.rate_theorem1_bit_s_hz, b->closed_form.rate_theorem1_bit_s_hz, K);
    assert_same(a->closed_form.rate_exact_bit_s_hz, b->closed_form.rate_exact_bit_s_hz, K);
    assert_same(a->closed_form.crlb_own_echo_rad2, b->closed_form.crlb_own_echo_rad2, L);
    assert_same(a->closed_form.crlb_multistatic_rad2, b->closed_form.crlb_multistatic_rad2, L);
    assert_same(&a->equal.sum_rate_bit_s_hz, &b->equal.sum_rate_bit_s_hz, 1);
    assert_same(&a->heuristic.sum_rate_bit_s_hz, &b->heuristic.sum_rate_bit_s_hz, 1);
}

#define LONG_FRAME                                                                                                     \
    "\"frame\": {\"coherence_symbols\": 400, \"sensing_symbols\": 300}, \"monte_carlo\": {\"drops\": 1, "              \
    "\"realizations\": 0}, "
#define COMMON LONG_FRAME "\"allocation\": {\"method\": \"heuristic\"}, "

static void a_drop_is_the_same_for_any_number_of_threads(void **state)
{
    static const char *const text[] = {
        /* a pilot each */
        "{" COMMON
        "\"network\": {\"aps\": 8192, \"ues\": 160, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 160}, "
        "\"sensing\": {\"crlb_threshold_db\": 30}}",
        /* groups of several sizes on random pilots */
        "{" COMMON "\"network\": {\"aps\": 8192, \"ues\": 160, \"placement\": \"clamp\"}, "
        "\"pilots\": {\"length\": 20, \"assignment\": \"random\"}, \"sensing\": {\"crlb_threshold_db\": 30}}",
        /* five access points a user, others without users */
        "{" COMMON "\"network\": {\"aps\": 8192, \"ues\": 160, \"placement\": \"clamp\"}, "
        "\"pilots\": {\"length\": 20, \"assignment\": \"greedy\"}, "
        "\"clusters\": {\"mode\": \"strongest\", \"aps_per_user\": 5}, \"sensing\": {\"crlb_threshold_db\": 30}}",
        /* one pilot, and a path for each pair of access points */
        "{" COMMON "\"network\": {\"aps\": 1200, \"ues\": 8, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 1}, "
        "\"sensing\": {\"crlb_threshold_db\": 30, \"path_phase_deg\": \"random\"}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        size_t threads = 3 - i % 2;
        trial alone = run_trial(text[i], 1), shared = run_trial(text[i], threads);

        assert_int_equal(shared.record.link->threads, threads);
        assert_same_records(&alone.record, &shared.record);
        free_trial(&shared);
        free_trial(&alone);
    }
}

/* The response of the access points, its set-up and its result, without and with pairs of users on one pilot. */
static void an_allocation_is_the_same_for_any_number_of_threads(void **state)
{
    static const char *const text[] = {
        "{" LONG_FRAME
        "\"network\": {\"aps\": 8192, \"ues\": 160, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 160}, "
        "\"sensing\": {\"crlb_threshold_db\": 10}, \"allocation\": {\"solver\": \"structured\"}}",
        "{" LONG_FRAME
        "\"network\": {\"aps\": 2048, \"ues\": 160, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 20}, "
        "\"sensing\": {\"crlb_threshold_db\": 10}, \"allocation\": {\"solver\": \"structured\", \"starts\": 2}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        trial alone = run_trial(text[i], 1), shared = run_trial(text[i], 2 + i);
        const cfi_allocation *a = &alone.record.allocation, *b = &shared.record.allocation;

        assert_int_equal(a->status, CFI_ALLOC_CONVERGED);
        assert_string_equal(b->solver, "structured");
        assert_same_records(&alone.record, &shared.record);
        assert_int_equal(a->iterations, b->iterations);
        assert_same(a->objective.trace, b->objective.trace, a->objective.trace_count);
        assert_same(&a->largest_step_gap, &b->largest_step_gap, 1);
        free_trial(&shared);
        free_trial(&alone);
    }
}

/* The first pair whose gain is none is named, whoever finds another one first. */
static void the_first_impossible_gain_is_named_on_any_number_of_threads(void **state)
{
    made_system made = make_system(3, 4096, 40, 2, 2);
    cfi_error one, all;
    cfi_network network;
    cfi_arena *arena = arena_create();

    (void)state;
    made.system.propagation.gain = NULL;
    made.system.propagation.path_loss_exponent = 20.0; /* overflows where a pair is close */
    made.system.propagation.reference_distance_m = 1e15;
    made.system.geometry.placement = CFI_PLACEMENT_NONE;
    assert_int_equal(network_draw(&made.system, 0, arena, &network, &one), CFI_INVALID);
    assert_int_equal(network_draw_on(&made.system, 0, 3, arena, &network, &all), CFI_INVALID);
    assert_string_equal(one.text, all.text);
    assert_non_null(strstr(one.text, "the gain between access point "));
    arena_destroy(arena);
    free_system(&made);
}

/* ------------------------------------------------------------------------------- plain loops ---- */

/* (M5) in the order of its sums: over access points, then over the users of the pilot. */
static double plain_sinr(const drop *d, size_t k)
{
    const cfi_link *link = &d->link;
    double u = 0.0, noise = d->made.system.power.comm_noise_w, coherent = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        double comm = metrics_comm_power(link->K, &d->powers, l);
        size_t i = k + link->K * l;

        u += link->g[i] * sqrt(d->powers.p[i]);
        noise += link->V[i] * comm + link->S[i] * d->powers.s[l];
    }
    for (size_t j = 0; j < link->K; j++) {
        double sum = 0.0;

        for (size_t l = 0; link_coherent_pair(link, k, j) && l < link->L; l++) {
            sum += link->g[k + link->K * l] * sqrt(d->powers.p[j + link->K * l]);
        }
        coherent += sum * sum;
    }
    return u * (u / (noise + coherent));
}

/* Groups of users on one pilot below, at and above a vector, with access points below and above a block, and more sums
 * than are kept at a time: to the bit. */
static void coherent_sums_are_those_of_plain_loops(void **state)
{
    static const struct {
        size_t L, K, pilots;
    } sizes[] = {{1, 2, 1}, {3, 8, 1}, {33, 9, 1}, {40, 50, 7}, {5, 23, 11}, {70, 31, 2}, {2, 600, 1}, {37, 40, 39}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        made_system made = make_system(40 + i, sizes[i].L, sizes[i].K, 4, 4);
        double *sinr = malloc(sizes[i].K * sizeof *sinr);
        drop *d;

        reuse_pilots(&made, sizes[i].pilots);
        d = make_drop(made);
        for (d->link.threads = 1; d->link.threads <= 3; d->link.threads++) {
            assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
            for (size_t k = 0; k < sizes[i].K; k++) {
                double expected = plain_sinr(d, k);

                assert_same(&sinr[k], &expected, 1);
            }
        }
        free(sinr);
        free_drop(d);
    }
}

static void variances_of_a_row_and_of_a_pair_are_those_of_all(void **state)
{
    (void)state;
    for (size_t pilots = 1; pilots <= 21; pilots += 10) {
        made_system made = make_system(7, 5, 21, 2, 2);
        double row[21];
        drop *d;

        reuse_pilots(&made, pilots);
        d = make_drop(made);
        for (size_t l = 0; l < 5; l++) {
            link_share(&d->link, l, l + 1, row);
            assert_same(row, d->xi + 21 * l, 21);
            for (size_t k = 0; k < 21; k++) {
                double one = channel_mmse_variance_at(&d->network, k, l);

                assert_same(&one, row + k, 1);
            }
        }
        free_drop(d);
    }
}

static void powers_for_users_are_added_up_in_order(void **state)
{
    drop *d = make_drop(make_system(11, 29, 13, 2, 2));
    double comm[29];

    (void)state;
    metrics_comm_powers(&d->link, &d->powers, comm);
    for (size_t l = 0; l < 29; l++) {
        double one = metrics_comm_power(13, &d->powers, l);

        assert_same(&one, comm + l, 1);
    }
    free_drop(d);
}

/* --------------------------------------------------------------------------------- memory ---- */

/* Peak resident bytes of a process that runs the trial. */
static double peak_of(const char *text)
{
    struct rusage usage;
    int state;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        trial t = run_trial(text, 1);

        _exit(t.record.status == CFI_DROP_OK ? 0 : 1);
    }
    assert_true(wait4(child, &state, 0, &usage) == child);
    assert_true(WIFEXITED(state) && WEXITSTATUS(state) == 0);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* Gains, means and powers: K x L thrice, 2 MiB each, whoever shares a pilot; with clusters the means twice. */
static void a_drop_without_steps_needs_what_is_foretold(void **state)
{
    static const char tiny[] =
        "{" COMMON "\"network\": {\"aps\": 2, \"ues\": 2}, \"sensing\": {\"crlb_threshold_db\": 30}}";
    static const char *const text[] = {
        "{" COMMON
        "\"network\": {\"aps\": 2048, \"ues\": 128, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 128}, "
        "\"sensing\": {\"crlb_threshold_db\": 30}}",
        "{" COMMON "\"network\": {\"aps\": 2048, \"ues\": 128, \"placement\": \"clamp\"}, \"pilots\": {\"length\": 8}, "
        "\"sensing\": {\"crlb_threshold_db\": 30}}",
        "{" COMMON "\"network\": {\"aps\": 2048, \"ues\": 128, \"placement\": \"clamp\"}, "
        "\"pilots\": {\"length\": 8, \"assignment\": \"greedy\"}, \"clusters\": {\"mode\": \"dcc\"}, "
        "\"sensing\": {\"crlb_threshold_db\": 30}}"};
    double program;

    (void)state;
#ifdef ADDRESS_SANITIZER
    skip(); /* the sanitizer's own memory is as large */
#endif
    program = peak_of(tiny);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        cfi_scenario *scenario;
        double taken = peak_of(text[i]) - program, foretold;

        assert_int_equal(scenario_parse(text[i], strlen(text[i]), "test.json", NULL, 0, &scenario, NULL), CFI_OK);
        foretold = scenario_memory_bytes(scenario_system(scenario));
        print_message("%.1f MB, foretold %.1f MB\n", 1e-6 * taken, 1e-6 * foretold);
        assert_true(taken < 1.25 * foretold && foretold < 1.25 * taken);
        scenario_destroy(scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drop_without_steps_needs_what_is_foretold),
        cmocka_unit_test(a_drop_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(an_allocation_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(the_first_impossible_gain_is_named_on_any_number_of_threads),
        cmocka_unit_test(coherent_sums_are_those_of_plain_loops),
        cmocka_unit_test(variances_of_a_row_and_of_a_pair_are_those_of_all),
        cmocka_unit_test(powers_for_users_are_added_up_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
