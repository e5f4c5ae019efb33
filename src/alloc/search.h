/* The search over several starts of the allocation. docs/model.md (M13) */
#ifndef CFISAC_ALLOC_SEARCH_H
#define CFISAC_ALLOC_SEARCH_H

#include "alloc/ascent.h"
#include "alloc/raised.h"
#include "alloc/starts.h"

/* Everything the search needs; all memory is the workspace's scratch. */
typedef struct alloc_search {
    alloc_problem problem;
    alloc_ascent ascent;
    start_source source;
    const cfi_powers *given; /* the caller's start, or NULL */
    alloc_state at, best;
    sca_outcome outcome, best_outcome; /* of the start at `at`, of the best one */
    double worst;                      /* objective of the worst start that ended as well as the best one */
    size_t asked;                      /* starts: the scenario's, or the default */
    size_t most;                       /* as long as none meets the rate targets: more where that is the default */
    size_t tried;                      /* starts that could be made feasible */
    size_t broken;                     /* starts that broke down */
    raised_bound bound;                /* where information of signals with directions is raised */
} alloc_search;

/* What starts are made from of `heuristic` is read, or is room for a point, as long as the search lives. Fails:
 * CFI_NO_MEMORY, CFI_INVALID as problem_build and ascent_init. */
cfi_status search_init(alloc_search *search, const cfi_link *link, const start_split *heuristic,
                       const cfi_alloc_options *options, alloc_workspace *workspace, cfi_error *error);

/* Runs the starts, until one is proved to be the best there is; the best point is left in search->best, and how it went
 * in best_outcome. Fails as ascent_run. */
cfi_status search_run(alloc_search *search, cfi_error *error);

/* The powers of the best point; what stood at search->at may be lost. `powers` may be those of the heuristic split. */
void search_to_powers(const alloc_search *search, cfi_powers *powers);

/* The point at search->at, where a run ended whose outcome is search->outcome, becomes the best one: it continues the
 * winning start. */
void search_adopt(alloc_search *search);

/* One more start, from the point at search->at, which has the targets that no other start met. Fails as ascent_run. */
cfi_status search_run_from(alloc_search *search, cfi_error *error);

/* Brings back users that lost all their power, or most of it, where that pays (revive.c): with orthogonal pilots such a
 * user never comes back by itself, or only over hundreds of steps. Fails as ascent_run. */
cfi_status search_revive(alloc_search *search, cfi_error *error);

#endif
