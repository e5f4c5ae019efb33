/* Random drops whose access points serve some users only, some of them nobody. Include after <cmocka.h>. */
#ifndef TESTS_CLUSTERED_H
#define TESTS_CLUSTERED_H

#include "allocations.h"

/* Sensing of either kind, one receiving antenna among them; 1 to 6 access points a user, or dcc where pilots are shared
 * and the seed is even; -10 to 50 dB; with and without limits. Thresholds from free to nearly infeasible. */
static inline drop *clustered_drop(uint64_t seed, double most_aps, double most_users, bool shared)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 13);
    size_t L = (size_t)made_uniform(&stream, 2.0, most_aps + 1.0),
           K = (size_t)made_uniform(&stream, 2.0, most_users + 1.0), each = (size_t)made_uniform(&stream, 1.0, 7.0);
    size_t N = (size_t)made_uniform(&stream, 2.0, 9.0), M = (size_t)made_uniform(&stream, 1.0, 7.0);
    made_system made = make_system(seed, L, K, N, M);
    drop *d;

    made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = each < L ? each : L};
    if (shared) {
        reuse_pilots(&made, (K + 1) / 2);
        made.system.allocation.starts = 2;
    }
    if (shared && seed % 2 == 0) {
        made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_DCC};
    }
    made.system.power.budget_w = made.system.power.comm_noise_w * pow(10.0, made_uniform(&stream, -1.0, 5.0));
    made.system.frame.pilot_power_w = made.system.power.budget_w;
    if (made_uniform(&stream, 0.0, 1.0) < 0.3) {
        for (size_t l = 0; l < L; l++) {
            made.limit[l] = made.system.power.budget_w / (double)L * made_uniform(&stream, 0.7, 4.0);
        }
        made.system.power.ap_limit_w = made.limit;
    }
    d = make_drop(made);
    if (isfinite(threshold_factor(d))) {
        set_tightness(d, pow(10.0, made_uniform(&stream, -6.0, -0.01)));
    }
    return d;
}

/* Access points without users. */
static inline size_t count_idle(const drop *d)
{
    size_t idle = 0;

    for (size_t l = 0; l < d->link.L; l++) {
        idle += !link_has_users(&d->link, l);
    }
    return idle;
}

#endif
