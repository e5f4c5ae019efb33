/* The trials of a sweep in their order: points, and within a point drops. */
#ifndef CFISAC_SWEEP_PLAN_H
#define CFISAC_SWEEP_PLAN_H

#include "sweep/kind.h"

/* A shard's items are the trials shard - 1, shard - 1 + shards, .. */
struct sweep_plan {
    const sweep_kind *kind;
    const cfi_scenario *sweep;
    const cfi_frontier *frontier; /* what is asked of each drop; NULL: a trial of the sweep */
    size_t points, trials;
    size_t *first; /* points + 1: trials of point p are first[p] .. first[p + 1] - 1 */
    size_t shard, shards;
    size_t items;
    double trial_bytes; /* what a trial of any point needs at most (scenario_memory_bytes) */
};

/* Reads every point's scenario: what is wrong with any of them is found before hours of work. */
cfi_status plan_make(const cfi_scenario *sweep, size_t shard, size_t shards, sweep_plan *plan, cfi_error *error);
/* The drops of the frontier's scenario, which is a sweep of one point. */
cfi_status plan_make_frontier(const cfi_frontier *frontier, sweep_plan *plan, cfi_error *error);
void plan_free(sweep_plan *plan);

size_t plan_trial(const sweep_plan *plan, size_t item);
size_t plan_point(const sweep_plan *plan, size_t trial);
/* The drop of a trial: trial - first[point]. */
uint32_t plan_drop(const sweep_plan *plan, size_t trial);
/* The item that is this drop of this point; plan->items when the plan (or the shard) has none. */
size_t plan_find(const sweep_plan *plan, size_t point, size_t drop);

#endif
