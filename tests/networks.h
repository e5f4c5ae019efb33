/* Drops of a system as tests take them. Include after <cmocka.h>. */
#ifndef TESTS_NETWORKS_H
#define TESTS_NETWORKS_H

#include "cfisac/network.h"

/* One that must succeed. */
static inline cfi_network draw_network(const cfi_system *system, uint32_t drop, cfi_arena *arena)
{
    cfi_network network;
    cfi_error error = {.text = ""};

    if (network_draw(system, drop, arena, &network, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return network;
}

#endif
