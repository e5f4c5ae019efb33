/* Random networks of all kinds that can be certified. Include after <cmocka.h>. */
#ifndef TESTS_CERTIFIED_H
#define TESTS_CERTIFIED_H

#include "alloc/certify.h"
#include "feasible_powers.h"

static inline void ask_certificate(drop *d, double gap, size_t nodes)
{
    d->made.system.allocation.certify = true;
    d->made.system.allocation.certify_gap = gap;
    d->made.system.allocation.certify_nodes = nodes;
    d->made.system.allocation.solver = CFI_SOLVER_AUTO;
    d->made.system.allocation.max_iterations = 200;
}

/* ------------------------------------------------------------------- points to compare ---- */

static inline link_kind random_link(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 772);
    size_t K = (size_t)made_uniform(&stream, 1.0, 4.99);

    return (link_kind){.L = (size_t)made_uniform(&stream, 1.0, 6.99),
                       .K = K,
                       .N = seed % 3 == 0 ? 4 : 8, /* with M = 2: a beam senses worse than signals */
                       .M = seed % 3 == 0 ? 4 : 2,
                       .pilots = K,
                       .served = seed % 4 == 1 ? 0.6 : 1.0,
                       .tightness = pow(10.0, made_uniform(&stream, -4.0, -0.02)),
                       .limits = seed % 5 == 2 ? 1.2 : 0.0,
                       .streams = seed % 7 == 3,
                       .zero_forcing = seed % 2 == 0};
}

/* As many times the budget and the limits; thresholds stay as far from the edge. */
static inline void set_power(drop *d, double factor)
{
    double tightness = threshold_factor(d);

    d->made.system.power.budget_w *= factor;
    for (size_t l = 0; l < d->link.L; l++) {
        d->made.limit[l] *= factor;
    }
    set_tightness(d, tightness);
}

static inline drop *random_network(uint64_t seed)
{
    drop *d = make_link_drop(seed, random_link(seed));

    set_power(d, pow(10.0, (double)(seed % 8) - 4.0)); /* -10 to 60 dB */
    ask_certificate(d, 1e-3, 20000);
    return d;
}

#endif
