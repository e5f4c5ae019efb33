/* Maximum ratio: v_kl = h_hat_kl / sqrt(E norm(h_hat_kl)^2), the estimate scaled to unit mean power, sqrt(N xi_kl) over
 * i.i.d. Rayleigh fading. docs/model.md (M3), (M4), (M22). */
#include "channel/moments_correlated.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

typedef struct mr_scale {
    size_t K;
    double *scale; /* K x L: 1 / sqrt(E norm(h_hat_kl)^2) */
} mr_scale;

static void *prepare_mr(const cfi_network *network, cfi_arena *arena)
{
    size_t pairs = network->K * network->L;
    mr_scale *s = arena_alloc(arena, 1, sizeof *s);
    double *scale = channel_estimate_power(network, arena);

    if (!s || !scale) {
        return NULL;
    }
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

CLONES(static, void, root_all, (size_t K, double N, double *row), (K, N, row))
{
    for (size_t k = 0; k < K; k++) {
        row[k] = sqrt(N * row[k]);
    }
}

/* What the threads share. */
typedef struct mr_gains {
    const cfi_network *network;
    double *g;
} mr_gains;

static void fill_gains(void *context, size_t thread, size_t first, size_t end)
{
    const mr_gains *m = context;
    size_t K = m->network->K;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        channel_mmse_variance_of(m->network, l, l + 1, m->g + K * l);
        root_all(K, (double)m->network->system->N, m->g + K * l);
    }
}

/* g_kl = sqrt(N xi_kl), V_kl = beta_kl. */
static bool moments(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out)
{
    enum { MR_STEPS = 4 }; /* of a pair: quotient and root */
    mr_gains m = {.network = network, .g = arena_alloc(arena, network->K * network->L, sizeof(double))};

    if (!m.g) {
        return false;
    }
    threads_share(network->threads, network->L, threads_part(MR_STEPS * network->K), fill_gains, &m);
    *out = (cfi_precoder_moments){.g = m.g, .V = network->beta};
    return true;
}

extern const cfi_precoder precoder_mr; /* of the table in precoder.c */
const cfi_precoder precoder_mr = {.name = "mr",
                                  .prepare = prepare_mr,
                                  .apply = apply,
                                  .moments = moments,
                                  .moments_correlated = moments_correlated_mr};
