/* Those that look at the realisations of a Monte Carlo run. */
#include "metrics/beams.h"
#include "metrics/blocks.h"
#include "metrics/detector.h"
#include "metrics/estimates.h"
#include "metrics/estimator.h"

const observer *const observer_table[] = {&BEAMS_OBSERVER, &BLOCKS_OBSERVER, &ESTIMATOR_OBSERVER, &DETECTOR_OBSERVER};
const size_t observer_count = sizeof observer_table / sizeof(const observer *);
_Static_assert(sizeof observer_table / sizeof(const observer *) <= MOST_OBSERVERS, "all may be wanted at once");

bool observers_prepare_one(simulation *sim, const observer *one, cfi_arena *arena)
{
    void *shared = one->prepare(sim, &sim->layout, arena);

    sim->observation[sim->observations++] = (observation){.observer = one, .shared = shared};
    return shared;
}

bool observers_prepare(simulation *sim, cfi_arena *arena)
{
    for (size_t i = 0; i < observer_count; i++) {
        const observer *one = observer_table[i];

        if (one->wanted(sim->network->system) && !observers_prepare_one(sim, one, arena)) {
            return false;
        }
    }
    return true;
}

bool observers_report(const simulation *sim, cfi_arena *arena, cfi_monte_carlo *out)
{
    double *total = arena_alloc(arena, sim->layout.length, sizeof *total);
    size_t n;

    if (!total) {
        return false;
    }
    n = (size_t)estimates_add_up(sim, sim->layout.length, total);
    for (size_t i = 0; i < sim->observations; i++) {
        const observation *one = &sim->observation[i];

        if (one->observer->report) {
            one->observer->report(one->shared, total, n, out);
        }
    }
    return true;
}
