/* MMSE statistics, and draws of channels and received pilots. docs/model.md (M2), (M3). */
#include "cfisac/channel.h"

#include <math.h>
#include <string.h>

#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

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

/* ------------------------------------------------------------------------------- draws ---- */

enum { ENOUGH = 256 }; /* numbers a stream call should be asked for at least; four times as many doubles */

/* Everything of one AP's draw. Tables repeat a user's factor for every antenna, so that all loops are long. */
typedef struct ap_draw {
    const cfi_network *network;
    const cfi_channel_range *range;
    cfi_channels h, h_hat;
    size_t size, group;   /* N K; pairs of realisations drawn at once */
    size_t pilots, *rank; /* pilots in use, numbered by their first user; that of each user; NULL: all differ */
    cfi_stream channel, noise;
    double *scale, *from_h, *from_noise; /* N K each: of h; of h_hat = from_h h + from_noise n without overlap */
    double *coefficient;                 /* K: c_k with overlap */
    double *h_planes, *noise_planes;     /* what random_complex_normals gives */
} ap_draw;

/* rank[k] and the power of each despread pilot; returns the number of pilots in use. */
static size_t rank_pilots(const cfi_network *network, size_t l, size_t *restrict rank, double *restrict power,
                          size_t *restrict rank_of_pilot)
{
    const cfi_system *system = network->system;
    size_t pilots = 0;

    memset(rank_of_pilot, 0, system->tau_p * sizeof *rank_of_pilot);
    for (size_t k = 0; k < network->K; k++) {
        size_t *known = &rank_of_pilot[network->pilot[k]];

        if (*known == 0) {
            power[pilots] = system->comm_noise_w;
            *known = ++pilots;
        }
        rank[k] = *known - 1;
        power[rank[k]] += (double)system->tau_p * system->pilot_power_w * network->beta[k + network->K * l];
    }
    return pilots;
}

static cfi_status allocate_draw(ap_draw *draw, cfi_arena *arena, cfi_error *error)
{
    size_t K = draw->network->K, planes = 4 * draw->size * draw->group;

    draw->scale = arena_alloc(arena, 3 * draw->size, sizeof(double));
    draw->coefficient = arena_alloc(arena, K, sizeof(double));
    draw->h_planes = arena_alloc(arena, planes, sizeof(double));
    draw->noise_planes = arena_alloc(arena, planes, sizeof(double));
    draw->rank = arena_alloc(arena, K, sizeof *draw->rank);
    if (!draw->scale || !draw->coefficient || !draw->h_planes || !draw->noise_planes || !draw->rank) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %zu channel draws", draw->range->count);
    }
    draw->from_h = draw->scale + draw->size;
    draw->from_noise = draw->from_h + draw->size;
    return CFI_OK;
}

static cfi_status prepare_draw(ap_draw *draw, size_t l, cfi_arena *arena, cfi_error *error)
{
    const cfi_network *network = draw->network;
    const cfi_system *system = network->system;
    size_t K = network->K;
    double amplitude = sqrt((double)system->tau_p * system->pilot_power_w), noise = sqrt(0.5 * system->comm_noise_w);
    double *power = arena_alloc(arena, K, sizeof *power);
    size_t *rank_of_pilot = arena_alloc(arena, system->tau_p, sizeof *rank_of_pilot);
    cfi_status status = allocate_draw(draw, arena, error);

    if (status != CFI_OK || !power || !rank_of_pilot) {
        return status != CFI_OK ? status : error_set(error, CFI_NO_MEMORY, "out of memory for channel draws");
    }
    draw->pilots = rank_pilots(network, l, draw->rank, power, rank_of_pilot);
    for (size_t k = 0; k < K; k++) {
        double beta = network->beta[k + K * l];

        draw->coefficient[k] = amplitude * beta / power[draw->rank[k]];
        draw->scale[k] = sqrt(0.5 * beta);
        draw->from_h[k] = draw->coefficient[k] * amplitude;
        draw->from_noise[k] = draw->coefficient[k] * noise;
    }
    for (size_t e = K; e < draw->size; e++) {
        draw->scale[e] = draw->scale[e - K];
        draw->from_h[e] = draw->from_h[e - K];
        draw->from_noise[e] = draw->from_noise[e - K];
    }
    return CFI_OK;
}

CLONES static void scale_all(size_t size, const double *restrict scale, const double *restrict in, double *restrict out)
{
    for (size_t e = 0; e < size; e++) {
        out[e] = scale[e] * in[e];
    }
}

CLONES static void estimate_all(const ap_draw *draw, const double *restrict h, const double *restrict noise,
                                double *restrict out)
{
    const double *restrict from_h = draw->from_h, *restrict from_noise = draw->from_noise;

    for (size_t e = 0; e < draw->size; e++) {
        out[e] = from_h[e] * h[e] + from_noise[e] * noise[e];
    }
}

/* y_t = amplitude sum_{k: pilot t} h_k + n_t in place of n, and h_hat_k = c_k y_t, real or imaginary parts. */
static void estimate_sharing(const ap_draw *draw, const double *restrict h, double *restrict y, double *restrict h_hat)
{
    const cfi_system *system = draw->network->system;
    double amplitude = sqrt((double)system->tau_p * system->pilot_power_w), noise = sqrt(0.5 * system->comm_noise_w);
    size_t K = draw->network->K;

    for (size_t n = 0; n < system->N; n++) {
        for (size_t t = 0; t < draw->pilots; t++) {
            y[t] *= noise;
        }
        for (size_t k = 0; k < K; k++) {
            y[draw->rank[k]] += amplitude * h[k];
        }
        for (size_t k = 0; k < K; k++) {
            h_hat[k] = draw->coefficient[k] * y[draw->rank[k]];
        }
        y += draw->pilots;
        h += K;
        h_hat += K;
    }
}

/* Real or imaginary parts of one realisation from their normals. */
static void place(const ap_draw *draw, const double *normal, double *noise, double *h, double *h_hat)
{
    scale_all(draw->size, draw->scale, normal, h);
    if (draw->network->pilots_overlap) {
        estimate_sharing(draw, h, noise, h_hat);
    } else {
        estimate_all(draw, h, noise, h_hat);
    }
}

/* Realisations 2 pair .. 2 (pair + pairs) - 1, those in range. */
static void draw_pairs(const ap_draw *draw, size_t pair, size_t pairs)
{
    const cfi_channel_range *range = draw->range;
    size_t N = draw->network->system->N, noises = N * draw->pilots;
    cfi_stream channel = draw->channel, noise = draw->noise;

    channel.block = noise.block = (uint32_t)(pair * N);
    random_complex_normals(&channel, draw->network->K, pairs * N, draw->h_planes);
    random_complex_normals(&noise, draw->pilots, pairs * N, draw->noise_planes);
    for (size_t r = 0; r < 2 * pairs; r++) {
        size_t i = 2 * pair + r, plane = 2 * (r % 2) * pairs;
        const double *g = draw->h_planes + (plane + r / 2) * draw->size;
        double *n = draw->noise_planes + (plane + r / 2) * noises;

        if (i >= range->first && i < range->first + range->count) {
            size_t at = range->stride * (i - range->first);

            place(draw, g, n, draw->h.re + at, draw->h_hat.re + at);
            place(draw, g + pairs * draw->size, n + pairs * noises, draw->h.im + at, draw->h_hat.im + at);
        }
    }
}

cfi_status channel_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, cfi_arena *arena,
                        const cfi_estimated_channels *out, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t size = system->N * network->K, end = (range->first + range->count + 1) / 2;
    cfi_arena_mark mark = arena_mark(arena);
    ap_draw draw = {.network = network,
                    .range = range,
                    .h = out->h,
                    .h_hat = out->h_hat,
                    .size = size,
                    .group = size < ENOUGH ? (ENOUGH + size - 1) / size : 1,
                    .channel = stream_make(system->seed, network->drop, CFI_DRAW_CHANNEL, (uint32_t)(l * 65536)),
                    .noise = stream_make(system->seed, network->drop, CFI_DRAW_PILOT_NOISE, (uint32_t)(l * 65536))};
    cfi_status status = prepare_draw(&draw, l, arena, error);

    for (size_t pair = range->first / 2; status == CFI_OK && pair < end; pair += draw.group) {
        draw_pairs(&draw, pair, end - pair < draw.group ? end - pair : draw.group);
    }
    arena_release(arena, mark);
    return status;
}
