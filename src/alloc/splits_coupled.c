/* The heuristic split where sensing constraints couple access points. docs/model.md (M12), (M28) */
#include "alloc/splits.h"

#include "alloc/coupled.h"

#include <math.h>

/* What the split is where nothing is asked of it: its shares of equal powers, within limits. One without users only
 * senses, no more than it is asked to. */
static void fill_plain(const cfi_link *link, const alloc_coupled *coupled, double *x, double *s)
{
    double f = link->system->allocation.heuristic_fraction;

    for (size_t l = 0; l < link->L; l++) {
        double each = coupled->information.idle[l] ? 0.0 : fmin(1.0, coupled->limit[l]);

        x[l] = (1.0 - f) * each;
        s[l] = f * each;
    }
}

cfi_status splits_beside(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena, cfi_powers *powers,
                         cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *x, *s, share;

    if (!coupled_is_feasible(coupled)) {
        return error_set(error, CFI_INFEASIBLE,
                         "sensing constraints cannot be met: all of them must be %.6g times looser",
                         1.0 / coupled->margin);
    }
    x = arena_alloc(arena, 2 * link->L + information_rows(&coupled->information), sizeof *x);
    if (!x) {
        return splits_out_of_memory(error);
    }
    s = x + link->L;
    fill_plain(link, coupled, x, s);
    share = coupled_share(coupled, x, s, s + link->L);
    for (size_t l = 0; l < link->L; l++) {
        splits_spread(link, l, (x[l] + share * (coupled->x[l] - x[l])) * coupled->unit_w,
                      (s[l] + share * (coupled->s[l] - s[l])) * coupled->unit_w, powers);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

cfi_status splits_coupled(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    alloc_coupled coupled;
    cfi_status status = coupled_make(link, link->stop, arena, &coupled, error);

    if (status == CFI_OK) {
        status = splits_beside(link, &coupled, arena, powers, error);
    }
    arena_release(arena, mark);
    return status;
}
