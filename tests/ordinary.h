/* Ordinary scenarios, as users write them: JSON drawn from a seed, the drop it describes, and what an allocation of it
 * must be. Include after <cmocka.h>. */
#ifndef TESTS_ORDINARY_H
#define TESTS_ORDINARY_H

#include "allocations.h"

#include <stdarg.h>
#include <stdio.h>

/* A drop with the scenario that it belongs to. */
typedef struct ordinary {
    char text[4096]; /* the scenario, for `cfisac run -` */
    cfi_scenario *scenario;
    drop *drop;
} ordinary;

static inline void ordinary_write(ordinary *o, const char *format, ...)
{
    size_t used = strlen(o->text);
    va_list list;

    va_start(list, format);
    vsnprintf(o->text + used, sizeof o->text - used, format, list);
    va_end(list);
    assert_true(strlen(o->text) + 1 < sizeof o->text);
}

static inline size_t ordinary_choice(cfi_stream *stream, size_t count)
{
    return (size_t)made_uniform(stream, 0.0, (double)count);
}

/* `value`, or a list of L values up to `more` above it. */
static inline void ordinary_write_values(ordinary *o, cfi_stream *stream, size_t L, bool list, double value,
                                         double more)
{
    if (!list) {
        ordinary_write(o, "%.3f", value);
        return;
    }
    for (size_t l = 0; l < L; l++) {
        ordinary_write(o, "%s%.3f", l == 0 ? "[" : ", ", value + made_uniform(stream, 0.0, more));
    }
    ordinary_write(o, "]");
}

/* The scenario but for its threshold, without the last bracket. Everything comes from the stream. */
static inline void ordinary_describe(ordinary *o, cfi_stream *stream, uint64_t seed, size_t most_aps, size_t most_ues)
{
    static const char *const placement[] = {"reject", "clamp", "none"}, *const assignment[] = {"cyclic", "random"},
                             *const rate[] = {"exact", "theorem1"}, *const surrogate[] = {"product", "fractional"},
                             *const constraint[] = {"exact", "sca"};
    const size_t antennas[] = {1, 2, 4, 8};
    size_t L = 1 + ordinary_choice(stream, most_aps), K = 1 + ordinary_choice(stream, most_ues),
           limits = ordinary_choice(stream, 4);
    double snr_db = made_uniform(stream, -20.0, 60.0), share_dbm = snr_db - 30.0 - 10.0 * log10((double)L);

    *o->text = '\0';
    ordinary_write(o, "{\"seed\": %llu, \"network\": {\"aps\": %zu, \"ues\": %zu, ", (unsigned long long)seed, L, K);
    ordinary_write(o, "\"tx_antennas\": %zu, ", antennas[ordinary_choice(stream, 4)]);
    ordinary_write(o, "\"rx_antennas\": %zu, ", antennas[ordinary_choice(stream, 4)]);
    ordinary_write(o, "\"placement\": \"%s\"}, ", placement[ordinary_choice(stream, 3)]);
    ordinary_write(o, "\"pilots\": {\"length\": %zu, ", 1 + ordinary_choice(stream, K + K / 2 + 1));
    ordinary_write(o, "\"assignment\": \"%s\"}, ", assignment[ordinary_choice(stream, 2)]);
    ordinary_write(o, "\"rate\": {\"model\": \"%s\"}, ", rate[ordinary_choice(stream, 2)]);
    ordinary_write(o, "\"allocation\": {\"surrogate\": \"%s\", ", surrogate[ordinary_choice(stream, 4) == 0]);
    ordinary_write(o, "\"crlb_constraint\": \"%s\", ", constraint[ordinary_choice(stream, 4) == 0]);
    ordinary_write(o, "\"starts\": %zu}, ", 1 + ordinary_choice(stream, 3));
    ordinary_write(o, "\"monte_carlo\": {\"drops\": 1, \"realizations\": 0}, ");
    ordinary_write(o, "\"power\": {\"snr_db\": %.3f", snr_db);
    if (limits >= 2) { /* from a tenth of an equal share up to what never binds */
        double most_db = ordinary_choice(stream, 3) == 0 ? 100.0 : 15.0;

        ordinary_write(o, ", \"ap_limit_dbm\": ");
        ordinary_write_values(o, stream, L, limits == 3, share_dbm + made_uniform(stream, -10.0, most_db), 10.0);
    }
    ordinary_write(o, "}, \"sensing\": {\"path_gain\": %s, ", ordinary_choice(stream, 2) ? "0.01" : "1");
    ordinary_write(o, "\"crlb_threshold_db\": ");
}

static inline void ordinary_parse(ordinary *o)
{
    cfi_error error = {.text = ""};

    if (scenario_parse(o->text, strlen(o->text), "ordinary", NULL, 0, &o->scenario, &error) != CFI_OK) {
        fail_msg("%s: %s", error.text, o->text);
    }
}

/* A drop of the scenario; the formulas of the tests read its gains, angles and pilots from the system. */
static inline drop *ordinary_draw(const cfi_scenario *scenario, uint32_t index)
{
    drop *d = calloc(1, sizeof *d);
    cfi_system *system = &d->made.system;

    *system = *scenario_system(scenario);
    if (system->sensing.crlb_threshold_rad2) {
        d->made.threshold = malloc(system->L * sizeof(double)); /* for those who scale it */
        memcpy(d->made.threshold, system->sensing.crlb_threshold_rad2, system->L * sizeof(double));
        system->sensing.crlb_threshold_rad2 = d->made.threshold;
    }
    d->arena = arena_create();
    d->xi = arena_alloc(d->arena, system->K * system->L, sizeof(double));
    assert_int_equal(network_draw(system, index, d->arena, &d->network, NULL), CFI_OK);
    remake_link(d);
    system->propagation.gain = d->network.beta;
    system->sensing.angle_rad = d->network.angle_rad;
    system->frame.pilot = d->network.pilot;
    return d;
}

static inline void ordinary_free(ordinary *o)
{
    free_drop(o->drop);
    scenario_destroy(o->scenario);
}

/* A drop of the scenario `text`. */
static inline void ordinary_read(ordinary *o, const char *text, uint32_t index)
{
    *o->text = '\0';
    ordinary_write(o, "%s", text);
    ordinary_parse(o);
    o->drop = ordinary_draw(o->scenario, index);
}

/* The scenario of a seed: SNR -20 .. 60 dB, 1, 2, 4 or 8 antennas, pilots reused or not, with and without limits, every
 * model and surrogate, and a threshold from 1 dB beyond feasible to 40 dB within. */
static inline void ordinary_make(ordinary *o, uint64_t seed, size_t most_aps, size_t most_ues)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 99);
    double edge_db;
    size_t used, L;
    bool list;

    ordinary_describe(o, &stream, seed, most_aps, most_ues);
    used = strlen(o->text);
    ordinary_write(o, "0}}");
    ordinary_parse(o);
    o->drop = ordinary_draw(o->scenario, 0);
    L = o->drop->network.L;
    edge_db = 10.0 * log10(threshold_factor(o->drop));
    ordinary_free(o);
    o->text[used] = '\0';
    list = ordinary_choice(&stream, 4) == 0;
    ordinary_write_values(o, &stream, L, list,
                          (edge_db < INFINITY ? edge_db : -5.0) + made_uniform(&stream, -1.0, 40.0), list ? 20.0 : 0.0);
    ordinary_write(o, "}}");
    ordinary_parse(o);
    o->drop = ordinary_draw(o->scenario, 0);
}

/* What is wrong with the allocation of a drop; NULL when nothing is. One that used up its steps is right. */
static inline const char *ordinary_fault(drop *d, const cfi_allocation *allocation)
{
    bool infeasible = threshold_factor(d) > 1.0;

    if (infeasible || allocation->status == CFI_ALLOC_INFEASIBLE) {
        return infeasible == (allocation->status == CFI_ALLOC_INFEASIBLE) ? NULL : "infeasible against the closed test";
    }
    if (allocation->status != CFI_ALLOC_CONVERGED && allocation->status != CFI_ALLOC_ITERATION_LIMIT) {
        return alloc_status_name(allocation->status);
    }
    if (!(violation_from_formula(d, &allocation->powers) < 1e-9)) {
        return "violates a constraint";
    }
    if (!(fabs(sum_rate_from_formula(d, &allocation->powers) - allocation->sum_rate_bit_s_hz) <=
          1e-9 * allocation->sum_rate_bit_s_hz)) { /* at the edge of feasibility it is 0 */
        return "reports another sum rate";
    }
    for (size_t i = 1; i < allocation->objective.trace_count; i++) {
        if (allocation->objective.trace[i] < allocation->objective.trace[i - 1]) {
            return "lowered the objective";
        }
    }
    return NULL;
}

#endif
