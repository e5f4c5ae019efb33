/* All starts of a drop with shared pilots, one after the other as the search has them, raced or each climbed to its
 * end. Include after "allocations.h". */
#ifndef TESTS_HEATS_H
#define TESTS_HEATS_H

#include "alloc/search.h"

typedef struct heats {
    double best, worst;       /* worst: of those that were not left because they came to the best */
    double merged;            /* the lowest of those that were; infinite: none */
    size_t evaluations, left; /* of all starts; starts that were left before their end */
} heats;

static inline heats heats_run(drop *d, bool raced)
{
    cfi_arena_mark mark = arena_mark(d->arena);
    alloc_workspace *workspace = alloc_workspace_create();
    start_split heuristic = {.powers = &d->powers};
    heats h = {.best = -INFINITY, .worst = INFINITY, .merged = INFINITY};
    alloc_search s;

    d->powers.p = arena_alloc(d->arena, d->link.K * d->link.L, sizeof(double));
    d->powers.s = arena_alloc(d->arena, d->link.L, sizeof(double));
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    assert_int_equal(search_init(&s, &d->link, &heuristic, NULL, workspace, NULL), CFI_OK);
    for (size_t start = 0; start < s.asked; start++) {
        if (!start_make(&s.source, start, s.at.point)) {
            continue;
        }
        s.ascent.climb.rival = raced && h.best > -INFINITY ? s.best.values : NULL;
        s.ascent.stepper.start = start;
        assert_int_equal(ascent_run(&s.ascent, &s.at, &s.outcome, NULL), CFI_OK);
        h.evaluations += s.outcome.iterations;
        h.left += s.outcome.race != RACE_ON;
        if (s.outcome.race == RACE_MERGES) {
            h.merged = fmin(h.merged, s.outcome.objective);
        } else {
            h.worst = fmin(h.worst, s.outcome.objective);
        }
        if (s.outcome.objective > h.best) {
            s.source.turn = s.outcome.objective > h.best * (1.0 + 1e-6) ? 0 : s.source.turn;
            h.best = s.outcome.objective;
            problem_copy_state(&s.problem, &s.at, &s.best);
        }
    }
    alloc_workspace_destroy(workspace);
    arena_release(d->arena, mark);
    return h;
}

#endif
