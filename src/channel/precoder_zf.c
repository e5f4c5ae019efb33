/* Zero-forcing of one estimate of each pilot in use, at every access point by itself. docs/model.md (M5), (M20). */
#include "channel/precoding.h"

#include "base/threads.h"

#include <math.h>

/* What the threads share of the moments. */
typedef struct zf_moments {
    const cfi_network *network;
    double excess; /* N - tau */
    double *g, *V;
} zf_moments;

static void fill_moments(void *context, size_t thread, size_t first, size_t end)
{
    const zf_moments *m = context;
    size_t K = m->network->K;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        double *g = m->g + K * l, *V = m->V + K * l;

        channel_mmse_variance_of(m->network, l, l + 1, g);
        channel_error_variance_of(m->network, l, V);
        for (size_t k = 0; k < K; k++) {
            g[k] = sqrt(m->excess * g[k]);
        }
    }
}

/* g_kl = sqrt((N - tau) xi_kl), V_kl = beta_kl - xi_kl. */
static bool zf_closed_form(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out)
{
    enum { ZF_STEPS = 4 }; /* of a pair: quotient and root */
    size_t pairs = network->K * network->L;
    zf_moments m = {.network = network,
                    .excess = (double)(network->system->N - precoding_count_classes(network)),
                    .g = arena_alloc(arena, pairs, sizeof(double)),
                    .V = arena_alloc(arena, pairs, sizeof(double))};

    if (!m.g || !m.V) {
        return false;
    }
    threads_share(network->threads, network->L, threads_part(ZF_STEPS * network->K), fill_moments, &m);
    *out = (cfi_precoder_moments){.g = m.g, .V = m.V};
    return true;
}

extern const cfi_precoder precoder_zf; /* of the table in precoder.c */
const cfi_precoder precoder_zf = {
    .name = "zf", .prepare = precoding_prepare, .apply = precoding_apply, .moments = zf_closed_form};
