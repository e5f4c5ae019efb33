/* What all allocations of a drop share. */
#include "trial/draw.h"

cfi_status drop_draw(const cfi_system *system, uint32_t drop, const cfi_trial_options *options, cfi_arena *arena,
                     drop_drawn *drawn, cfi_error *error)
{
    cfi_network_options drawn_with = {.threads = options->threads, .stop = options->alloc.stop};
    cfi_status status;

    *drawn = (drop_drawn){.network = arena_alloc(arena, 1, sizeof *drawn->network),
                          .link = arena_alloc(arena, 1, sizeof *drawn->link)};
    if (!drawn->network || !drawn->link) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a drop");
    }
    status = network_draw_with(system, drop, &drawn_with, arena, drawn->network, error);
    if (status == CFI_OK) {
        status = link_make(drawn->network, arena, drawn->link, error);
    }
    if (status == CFI_OK) {
        drawn->network->mean_square = drawn->link->mean_square; /* the Monte Carlo sends with the same normalisation */
    }
    return status;
}
