/* What may be asked of users' rates: weights, targets within reach, proportional fairness. Include after <cmocka.h>. */
#ifndef TESTS_ASKED_H
#define TESTS_ASKED_H

#include "allocations.h"

/* Kinds of questions. */
enum { ASK_FAIR, ASK_WEIGHTS, ASK_TARGETS, ASK_FAIR_TARGETS, ASKS };

static inline bool asks_targets(size_t kind)
{
    return kind == ASK_TARGETS || kind == ASK_FAIR_TARGETS;
}

/* Weights of 0.4 to 2.7, from the seed of the drop. */
static inline const double *made_weights(drop *d)
{
    size_t K = d->made.system.K;
    double *weights = arena_alloc(d->arena, K, sizeof *weights);
    cfi_stream stream = stream_make(d->made.system.seed, 0, CFI_DRAW_START, 76);

    for (size_t k = 0; k < K; k++) {
        weights[k] = exp(made_uniform(&stream, -1.0, 1.0));
    }
    return weights;
}

/* Rates of half to all of `share` of what proportional fairness gives each user. */
static inline const double *made_targets(drop *d, double share)
{
    size_t K = d->made.system.K;
    double *target = arena_alloc(d->arena, K, sizeof *target);
    cfi_stream stream = stream_make(d->made.system.seed, 0, CFI_DRAW_START, 77);
    cfi_allocation fair;

    d->made.system.allocation.objective = CFI_PROPORTIONAL_FAIR;
    d->made.system.allocation.weights = d->made.system.allocation.rate_target_bit_s_hz = NULL;
    fair = run(d);
    for (size_t k = 0; k < K; k++) {
        target[k] = share * rate_from_formula(d, &fair.powers, k) * made_uniform(&stream, 0.5, 1.0);
    }
    return target;
}

/* Asks a question of that kind; false where the drop has no answer to any. */
static inline bool ask(drop *d, size_t kind, double share)
{
    cfi_allocation_settings *allocation = &d->made.system.allocation;

    if (threshold_factor(d) >= 1.0) {
        return false;
    }
    allocation->rate_target_bit_s_hz = asks_targets(kind) ? made_targets(d, share) : NULL;
    allocation->weights = kind == ASK_FAIR ? NULL : made_weights(d);
    allocation->objective = kind == ASK_FAIR || kind == ASK_FAIR_TARGETS ? CFI_PROPORTIONAL_FAIR : CFI_SUM_RATE;
    return true;
}

static inline double asked_weight(const drop *d, size_t k)
{
    return d->made.system.allocation.weights ? d->made.system.allocation.weights[k] : 1.0;
}

/* The objective from the raw formulas. */
static inline double asked_from_formula(const drop *d, const cfi_powers *powers)
{
    bool fair = d->made.system.allocation.objective == CFI_PROPORTIONAL_FAIR;
    double sum = 0.0;

    for (size_t k = 0; k < d->made.system.K; k++) {
        double rate = rate_from_formula(d, powers, k);

        sum += asked_weight(d, k) * (fair ? log(rate) : rate);
    }
    return sum;
}

/* What a difference of objectives is measured against: fair ones are logarithms. */
static inline double asked_scale(const drop *d, double objective)
{
    double sum = 0.0;

    for (size_t k = 0; k < d->made.system.K; k++) {
        sum += asked_weight(d, k);
    }
    return d->made.system.allocation.objective == CFI_PROPORTIONAL_FAIR ? sum : objective;
}

/* The allocation keeps all constraints and targets, has the objective that it says, and a trace that never falls. */
static inline void check_asked(const drop *d, const cfi_allocation *allocation)
{
    const double *target = d->made.system.allocation.rate_target_bit_s_hz;
    double objective = asked_from_formula(d, &allocation->powers);

    assert_true(violation_from_formula(d, &allocation->powers) <= 1e-9);
    for (size_t k = 0; target && k < d->made.system.K; k++) {
        assert_true(rate_from_formula(d, &allocation->powers, k) >= target[k] * (1.0 - 1e-9));
    }
    assert_true(fabs(allocation->objective.value - objective) <= 1e-9 * fabs(asked_scale(d, objective)));
    for (size_t i = 1; i < allocation->objective.trace_count; i++) {
        assert_true(allocation->objective.trace[i] >= allocation->objective.trace[i - 1]);
    }
    assert_true(fabs(allocation->objective.trace[allocation->objective.trace_count - 1] - objective) <=
                1e-9 * fabs(asked_scale(d, objective)));
}

#endif
