/* Maximum ratio: v_kl = h_hat_kl / sqrt(N xi_kl), the estimate scaled to unit mean power. docs/model.md (M3), (M4). */
#include "cfisac/channel.h"

#include <math.h>
#include <string.h>

typedef struct mr_scale {
    size_t K;
    double *scale; /* K x L: 1 / sqrt(N xi_kl) */
} mr_scale;

static void *prepare_mr(const cfi_network *network, cfi_arena *arena)
{
    size_t pairs = network->K * network->L;
    mr_scale *s = arena_alloc(arena, 1, sizeof *s);
    double *scale = arena_alloc(arena, pairs, sizeof *scale);

    if (!s || !scale) {
        return NULL;
    }
    channel_mmse_variance(network, scale);
    for (size_t i = 0; i < pairs; i++) { /* an estimate below the range of a double is 0 */
        scale[i] = scale[i] > 0.0 ? 1.0 / sqrt((double)network->system->N * scale[i]) : 0.0;
    }
    *s = (mr_scale){.K = network->K, .scale = scale};
    return s;
}

/* The estimates point the right way already. */
static void apply(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor)
{
    const mr_scale *s = prepared;

    (void)range;
    (void)estimates;
    memcpy(factor, s->scale + s->K * l, s->K * sizeof *factor);
}

/* g_kl = sqrt(N xi_kl), V_kl = beta_kl. */
static bool moments(const cfi_network *network, const double *xi, cfi_arena *arena, cfi_precoder_moments *out)
{
    size_t pairs = network->K * network->L;
    double *g = arena_alloc(arena, pairs, sizeof *g);

    for (size_t i = 0; g && i < pairs; i++) {
        g[i] = sqrt((double)network->system->N * xi[i]);
    }
    *out = (cfi_precoder_moments){.g = g, .V = network->beta};
    return g != NULL;
}

extern const cfi_precoder precoder_mr; /* of the table in precoder.c */
const cfi_precoder precoder_mr = {.name = "mr", .prepare = prepare_mr, .apply = apply, .moments = moments};
