/* Drops of a system as tests take them. Include after <cmocka.h>. */
#ifndef TESTS_NETWORKS_H
#define TESTS_NETWORKS_H

#include "cfisac/network.h"

#include <string.h>

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

/* The drop is refused, in words that have `text` among them. */
static inline void assert_invalid(const cfi_system *system, const char *text)
{
    cfi_arena *arena = arena_create();
    cfi_network network;
    cfi_error error = {.text = ""};

    assert_int_equal(network_draw(system, 0, arena, &network, &error), CFI_INVALID);
    if (!strstr(error.text, text)) {
        fail_msg("no \"%s\" in \"%s\"", text, error.text);
    }
    arena_destroy(arena);
}

#endif
