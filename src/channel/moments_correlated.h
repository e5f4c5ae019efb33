/* Second moments of maximum ratio over correlated and Rician fading. docs/model.md (M22). */
#ifndef CFISAC_CHANNEL_MOMENTS_CORRELATED_H
#define CFISAC_CHANNEL_MOMENTS_CORRELATED_H

#include "cfisac/channel.h"

/* The closed form: g, V_by_stream, S, and where pilots overlap `coherent`, in the arena. False when out of memory. */
bool moments_correlated_mr(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out);

#endif
