/* What all allocations of a drop share: its network, drawn once, and the link. */
#ifndef CFISAC_TRIAL_DRAW_H
#define CFISAC_TRIAL_DRAW_H

#include "cfisac/trial.h"

/* What is drawn of a drop. */
typedef struct drop_drawn {
    cfi_network *network;
    cfi_link *link;
} drop_drawn;

/* Both live in the arena. Fails as network_draw_with and link_make. */
cfi_status drop_draw(const cfi_system *system, uint32_t drop, const cfi_trial_options *options, cfi_arena *arena,
                     drop_drawn *drawn, cfi_error *error);

#endif
