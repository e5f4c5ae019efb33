/* MMSE statistics, and draws of channels and received pilots. docs/model.md (M2), (M3). */
#include "cfisac/channel.h"

#include <math.h>
#include <string.h>

/* tau_p p_p sum_{j: pilot} beta_jl + sigma_c^2: the power of a despread pilot at AP l. */
static double pilot_power(const cfi_network *network, size_t k, size_t l)
{
    const cfi_system *system = network->system;
    const double *beta = network->beta + network->K * l;
    double sum = 0.0;

    for (size_t j = 0; j < network->K; j++) {
        sum += network->pilot[j] == network->pilot[k] ? beta[j] : 0.0;
    }
    return (double)system->tau_p * system->pilot_power_w * sum + system->comm_noise_w;
}

void channel_mmse_variance(const cfi_network *network, double *restrict xi)
{
    const cfi_system *system = network->system;
    double energy = (double)system->tau_p * system->pilot_power_w;

    for (size_t l = 0; l < network->L; l++) {
        for (size_t k = 0; k < network->K; k++) {
            size_t i = k + network->K * l;
            double beta = network->beta[i], own = energy * beta;
            double total = network->pilots_overlap ? pilot_power(network, k, l) : own + system->comm_noise_w;

            xi[i] = beta * (own / total);
        }
    }
}

void channel_steering(double angle_rad, size_t size, double complex *restrict a, double complex *restrict derivative)
{
    double phase = M_PI * sin(angle_rad), slope = M_PI * cos(angle_rad);

    for (size_t n = 0; n < size; n++) {
        double index = (double)(n + 1);

        a[n] = cos(index * phase) - I * sin(index * phase);
        if (derivative) {
            derivative[n] = -I * (index * slope) * a[n];
        }
    }
}

/* Numbers `first * per` .. of a stream of standard normals, in pairs as the real and imaginary parts of N-vectors. */
static void draw_vectors(const cfi_network *network, cfi_purpose purpose, size_t l, size_t index, size_t first,
                         size_t doubles, double *restrict normal)
{
    const cfi_system *system = network->system;
    cfi_stream stream = stream_make(system->seed, network->drop, purpose, (uint32_t)(l * 65536 + index));

    stream.block = (uint32_t)(first * system->N);
    random_normals(&stream, doubles, normal);
}

/* Everything of one AP's draw. */
typedef struct ap_draw {
    const cfi_network *network;
    size_t l, first, count, stride;
    double *normal;            /* 2 N count */
    double complex *received;  /* N x count: the despread pilot, rebuilt for every pilot in use */
    double complex *h, *h_hat; /* N x K x count */
} ap_draw;

static void draw_user(const ap_draw *draw, size_t k)
{
    const cfi_network *network = draw->network;
    size_t N = network->system->N, K = network->K;
    double scale = sqrt(0.5 * network->beta[k + K * draw->l]);

    draw_vectors(network, CFI_DRAW_CHANNEL, draw->l, k, draw->first, 2 * N * draw->count, draw->normal);
    for (size_t i = 0; i < draw->count; i++) {
        double *restrict h = (double *)(draw->h + draw->stride * (k + K * i));
        const double *normal = draw->normal + 2 * N * i;

        for (size_t n = 0; n < 2 * N; n++) {
            h[n] = scale * normal[n];
        }
    }
}

/* y = sqrt(tau_p p_p) sum_{k: pilot} h_k + noise */
static void receive_pilot(const ap_draw *draw, size_t pilot)
{
    const cfi_network *network = draw->network;
    const cfi_system *system = network->system;
    size_t N = system->N, K = network->K;
    double amplitude = sqrt((double)system->tau_p * system->pilot_power_w), noise = sqrt(0.5 * system->comm_noise_w);

    draw_vectors(network, CFI_DRAW_PILOT_NOISE, draw->l, pilot, draw->first, 2 * N * draw->count, draw->normal);
    for (size_t i = 0; i < 2 * N * draw->count; i++) {
        ((double *)draw->received)[i] = noise * draw->normal[i];
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t i = 0; network->pilot[k] == pilot && i < draw->count; i++) {
            const double *h = (const double *)(draw->h + draw->stride * (k + K * i));
            double *restrict y = (double *)(draw->received + N * i);

            for (size_t n = 0; n < 2 * N; n++) {
                y[n] += amplitude * h[n];
            }
        }
    }
}

/* h_hat = sqrt(tau_p p_p) beta / E(norm(y)^2 / N) y */
static void estimate_user(const ap_draw *draw, size_t k)
{
    const cfi_network *network = draw->network;
    const cfi_system *system = network->system;
    size_t N = system->N, K = network->K;
    double amplitude = sqrt((double)system->tau_p * system->pilot_power_w);
    double scale = amplitude * network->beta[k + K * draw->l] / pilot_power(network, k, draw->l);

    for (size_t i = 0; i < draw->count; i++) {
        double *restrict h_hat = (double *)(draw->h_hat + draw->stride * (k + K * i));
        const double *y = (const double *)(draw->received + N * i);

        for (size_t n = 0; n < 2 * N; n++) {
            h_hat[n] = scale * y[n];
        }
    }
}

static bool first_with_pilot(const cfi_network *network, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        if (network->pilot[j] == network->pilot[k]) {
            return false;
        }
    }
    return true;
}

cfi_status channel_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, cfi_arena *arena,
                        double complex *restrict h, double complex *restrict h_hat, cfi_error *error)
{
    size_t N = network->system->N, K = network->K, count = range->count;
    cfi_arena_mark mark = arena_mark(arena);
    ap_draw draw = {.network = network,
                    .l = l,
                    .first = range->first,
                    .count = count,
                    .stride = range->stride,
                    .normal = arena_alloc(arena, 2 * N * count, sizeof(double)),
                    .received = arena_alloc(arena, N * count, sizeof(double complex)),
                    .h = h,
                    .h_hat = h_hat};

    if (!draw.normal || !draw.received) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %zu channel draws", count);
    }
    for (size_t k = 0; k < K; k++) {
        draw_user(&draw, k);
    }
    for (size_t k = 0; k < K; k++) {
        if (first_with_pilot(network, k)) {
            receive_pilot(&draw, network->pilot[k]);
            for (size_t j = k; j < K; j++) {
                if (network->pilot[j] == network->pilot[k]) {
                    estimate_user(&draw, j);
                }
            }
        }
    }
    arena_release(arena, mark);
    return CFI_OK;
}
