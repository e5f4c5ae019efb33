/* The trials of a sweep in their order. */
#include "sweep/plan.h"

#include <math.h>
#include <stdlib.h>

cfi_status plan_make(const cfi_scenario *sweep, size_t shard, size_t shards, sweep_plan *plan, cfi_error *error)
{
    *plan = (sweep_plan){
        .kind = &kind_of_sweeps, .sweep = sweep, .points = scenario_points(sweep), .shard = shard, .shards = shards};
    plan->first = calloc(plan->points + 1, sizeof *plan->first);
    if (!plan->first) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a sweep of %zu points", plan->points);
    }
    for (size_t p = 0; p < plan->points; p++) {
        cfi_scenario *point;
        cfi_status status = scenario_at_point(sweep, p, &point, error);

        if (status != CFI_OK) {
            return status;
        }
        plan->first[p + 1] = plan->first[p] + scenario_system(point)->monte_carlo.drops;
        plan->trial_bytes = fmax(plan->trial_bytes, scenario_memory_bytes(scenario_system(point)));
        scenario_destroy(point);
    }
    plan->trials = plan->first[plan->points];
    plan->items = (plan->trials + shards - shard) / shards;
    return CFI_OK;
}

cfi_status plan_make_frontier(const cfi_frontier *frontier, sweep_plan *plan, cfi_error *error)
{
    cfi_status status = plan_make(frontier->scenario, 1, 1, plan, error);

    plan->kind = &kind_of_frontiers;
    plan->frontier = frontier;
    plan->trial_bytes += frontier_memory_bytes(frontier);
    return status;
}

void plan_free(sweep_plan *plan)
{
    free(plan->first);
    plan->first = NULL;
}

size_t plan_trial(const sweep_plan *plan, size_t item)
{
    return plan->shard - 1 + item * plan->shards;
}

size_t plan_point(const sweep_plan *plan, size_t trial)
{
    size_t low = 0, high = plan->points;

    while (high - low > 1) { /* first[low] <= trial < first[high] */
        size_t middle = low + (high - low) / 2;

        *(plan->first[middle] <= trial ? &low : &high) = middle;
    }
    return low;
}

uint32_t plan_drop(const sweep_plan *plan, size_t trial)
{
    return (uint32_t)(trial - plan->first[plan_point(plan, trial)]);
}

size_t plan_find(const sweep_plan *plan, size_t point, size_t drop)
{
    size_t trial;

    if (point >= plan->points || drop >= plan->first[point + 1] - plan->first[point]) {
        return plan->items;
    }
    trial = plan->first[point] + drop;
    return trial % plan->shards == plan->shard - 1 ? trial / plan->shards : plan->items;
}
