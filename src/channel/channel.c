/* MMSE statistics, and draws of channels and received pilots. docs/model.md (M2), (M3). */
#include "cfisac/channel.h"

#include "base/clones.h"
#include "base/threads.h"
#include "channel/draw_correlated.h"

#include <math.h>
#include <string.h>

/* Pilots of one user each: what arrives with a pilot is that user's. */
CLONES(static, void, estimate_alone,
       (size_t pairs, const double *restrict beta, double energy, double noise, double *restrict xi),
       (pairs, beta, energy, noise, xi))
{
    for (size_t i = 0; i < pairs; i++) {
        xi[i] = beta[i] * (energy * beta[i] / (energy * beta[i] + noise));
    }
}

/* At an access point of which K numbers each are the gains and the variances. */
static void estimate_together(const cfi_network *network, const double *beta, double energy, double noise,
                              double *restrict row)
{
    size_t K = network->K;

    memset(row, 0, K * sizeof *row);
    for (size_t k = 0; k < K; k++) { /* what arrives with each pilot, at its first user */
        row[network->pilot_first[k]] += beta[k];
    }
    for (size_t k = K; k-- > 0;) { /* first users last of their pilot */
        row[k] = beta[k] * (energy * beta[k] / (energy * row[network->pilot_first[k]] + noise));
    }
}

void channel_mmse_variance_of(const cfi_network *network, size_t first, size_t end, double *restrict xi)
{
    const cfi_system *system = network->system;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w, noise = system_pilot_noise(system);
    size_t K = network->K;

    if (!network->pilots_overlap) {
        estimate_alone(K * (end - first), network->beta + K * first, energy, noise, xi);
        return;
    }
    for (size_t l = first; l < end; l++) {
        estimate_together(network, network->beta + K * l, energy, noise, xi + K * (l - first));
    }
}

double channel_mmse_variance_at(const cfi_network *network, size_t k, size_t l)
{
    const cfi_system *system = network->system;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w, noise = system_pilot_noise(system);
    const double *beta = network->beta + network->K * l;
    double arrives = 0.0;

    for (size_t j = network->pilot_first[k]; j < network->K; j = network->pilot_next[j]) {
        arrives += beta[j];
    }
    return beta[k] * (energy * beta[k] / (energy * arrives + noise));
}

/* Not as a difference of beta and xi, which are the same digits where pilots are strong. */
void channel_error_variance_of(const cfi_network *network, size_t l, double *restrict row)
{
    const cfi_system *system = network->system;
    double energy = (double)system->frame.tau_p * system->frame.pilot_power_w, noise = system_pilot_noise(system);
    const double *beta = network->beta + network->K * l;

    for (size_t k = 0; k < network->K; k++) {
        double others = 0.0, disturbed;

        for (size_t j = network->pilot_first[k]; j < network->K; j = network->pilot_next[j]) {
            others += j != k ? beta[j] : 0.0;
        }
        disturbed = energy * others + noise;
        row[k] = beta[k] * (disturbed / (energy * beta[k] + disturbed));
    }
}

/* What the threads share. */
typedef struct variances {
    const cfi_network *network;
    double *xi;
} variances;

static void estimate_rows(void *context, size_t thread, size_t first, size_t end)
{
    const variances *v = context;

    (void)thread;
    channel_mmse_variance_of(v->network, first, end, v->xi + v->network->K * first);
}

void channel_mmse_variance(const cfi_network *network, double *restrict xi)
{
    variances v = {.network = network, .xi = xi};

    threads_share(network->threads, network->L, threads_part(network->K), estimate_rows, &v);
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

/* Tables repeat a user's factor for every antenna, so that all loops are long. */
struct cfi_channel_scratch {
    correlated_scratch *correlated;      /* of fading that is not i.i.d., which needs nothing else; else NULL */
    size_t size, group;                  /* N K; pairs of realisations drawn at once */
    size_t pilots, *rank;                /* pilots in use, numbered by their first user; that of each user */
    size_t *rank_of_pilot;               /* tau_p: 1 + number of each pilot, 0: not in use */
    double *power;                       /* K: of each despread pilot in use */
    double *coefficient;                 /* K: c_k */
    double *scale, *from_h, *from_noise; /* N K each: of h; of h_hat = from_h h + from_noise n without overlap */
    double *h_planes, *noise_planes;     /* what random_complex_normals gives */
};

/* Everything of one AP's draw. */
typedef struct ap_draw {
    const cfi_network *network;
    const cfi_channel_range *range;
    const cfi_channel_scratch *scratch;
    cfi_channels h, h_hat;
    cfi_stream channel, noise;
} ap_draw;

cfi_channel_scratch *channel_scratch_make(const cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, size = network->system->N * K, group = random_sets_a_call(size);
    cfi_channel_scratch *s = arena_alloc(arena, 1, sizeof *s);

    if (!s) {
        return NULL;
    }
    if (!channel_is_iid(network)) {
        *s = (cfi_channel_scratch){.correlated = correlated_scratch_make(network, arena)};
        return s->correlated ? s : NULL;
    }
    *s = (cfi_channel_scratch){.size = size,
                               .group = group,
                               .rank = arena_alloc(arena, K, sizeof(size_t)),
                               .rank_of_pilot = arena_alloc(arena, network->system->frame.tau_p, sizeof(size_t)),
                               .power = arena_alloc(arena, 2 * K, sizeof(double)),
                               .scale = arena_alloc(arena, 3 * size, sizeof(double)),
                               .h_planes = arena_alloc(arena, 8 * size * group, sizeof(double))};
    if (!s->rank || !s->rank_of_pilot || !s->power || !s->scale || !s->h_planes) {
        return NULL;
    }
    s->coefficient = s->power + K;
    s->from_h = s->scale + size;
    s->from_noise = s->from_h + size;
    s->noise_planes = s->h_planes + 4 * size * group;
    return s;
}

/* Numbers the pilots in use and adds up what each receives. */
static void rank_pilots(const cfi_network *network, size_t l, cfi_channel_scratch *s)
{
    const cfi_system *system = network->system;

    s->pilots = 0;
    memset(s->rank_of_pilot, 0, system->frame.tau_p * sizeof *s->rank_of_pilot);
    for (size_t k = 0; k < network->K; k++) {
        size_t *known = &s->rank_of_pilot[network->pilot[k]];

        if (*known == 0) {
            s->power[s->pilots] = system_pilot_noise(system);
            *known = ++s->pilots;
        }
        s->rank[k] = *known - 1;
        s->power[s->rank[k]] +=
            (double)system->frame.tau_p * system->frame.pilot_power_w * network->beta[k + network->K * l];
    }
}

static void fill_tables(const cfi_network *network, size_t l, cfi_channel_scratch *s)
{
    const cfi_system *system = network->system;
    size_t K = network->K;
    double amplitude = sqrt((double)system->frame.tau_p * system->frame.pilot_power_w),
           noise = sqrt(0.5 * system_pilot_noise(system));

    rank_pilots(network, l, s);
    for (size_t k = 0; k < K; k++) {
        double beta = network->beta[k + K * l];

        s->coefficient[k] = amplitude * beta / s->power[s->rank[k]];
        s->scale[k] = sqrt(0.5 * beta);
        s->from_h[k] = s->coefficient[k] * amplitude;
        s->from_noise[k] = s->coefficient[k] * noise;
    }
    for (size_t e = K; e < s->size; e++) {
        s->scale[e] = s->scale[e - K];
        s->from_h[e] = s->from_h[e - K];
        s->from_noise[e] = s->from_noise[e - K];
    }
}

CLONES(static, void, scale_all,
       (size_t size, const double *restrict scale, const double *restrict in, double *restrict out),
       (size, scale, in, out))
{
    for (size_t e = 0; e < size; e++) {
        out[e] = scale[e] * in[e];
    }
}

CLONES(static, void, estimate_all,
       (const cfi_channel_scratch *s, const double *restrict h, const double *restrict noise, double *restrict out),
       (s, h, noise, out))
{
    const double *restrict from_h = s->from_h, *restrict from_noise = s->from_noise;

    for (size_t e = 0; e < s->size; e++) {
        out[e] = from_h[e] * h[e] + from_noise[e] * noise[e];
    }
}

/* y_t = amplitude sum_{k: pilot t} h_k + n_t in place of n, and h_hat_k = c_k y_t, real or imaginary parts. */
static void estimate_sharing(const ap_draw *draw, const double *restrict h, double *restrict y, double *restrict h_hat)
{
    const cfi_system *system = draw->network->system;
    const cfi_channel_scratch *s = draw->scratch;
    double amplitude = sqrt((double)system->frame.tau_p * system->frame.pilot_power_w),
           noise = sqrt(0.5 * system_pilot_noise(system));
    size_t K = draw->network->K;

    for (size_t n = 0; n < system->N; n++) {
        for (size_t t = 0; t < s->pilots; t++) {
            y[t] *= noise;
        }
        for (size_t k = 0; k < K; k++) {
            y[s->rank[k]] += amplitude * h[k];
        }
        for (size_t k = 0; k < K; k++) {
            h_hat[k] = s->coefficient[k] * y[s->rank[k]];
        }
        y += s->pilots;
        h += K;
        h_hat += K;
    }
}

/* Real or imaginary parts of one realisation from their normals. */
static void place(const ap_draw *draw, const double *normal, double *noise, double *h, double *h_hat)
{
    scale_all(draw->scratch->size, draw->scratch->scale, normal, h);
    if (draw->network->pilots_overlap) {
        estimate_sharing(draw, h, noise, h_hat);
    } else {
        estimate_all(draw->scratch, h, noise, h_hat);
    }
}

/* Realisations 2 pair .. 2 (pair + pairs) - 1, those in range. */
static void draw_pairs(const ap_draw *draw, size_t pair, size_t pairs)
{
    const cfi_channel_range *range = draw->range;
    const cfi_channel_scratch *s = draw->scratch;
    size_t N = draw->network->system->N, noises = N * s->pilots;
    cfi_stream channel = draw->channel, noise = draw->noise;

    channel.block = noise.block = (uint32_t)(pair * N);
    random_complex_normals(&channel, draw->network->K, pairs * N, s->h_planes);
    random_complex_normals(&noise, s->pilots, pairs * N, s->noise_planes);
    for (size_t r = 0; r < 2 * pairs; r++) {
        size_t i = 2 * pair + r, plane = 2 * (r % 2) * pairs;
        const double *g = s->h_planes + (plane + r / 2) * s->size;
        double *n = s->noise_planes + (plane + r / 2) * noises;

        if (i >= range->first && i < range->first + range->count) {
            size_t at = range->stride * (i - range->first);

            place(draw, g, n, draw->h.re + at, draw->h_hat.re + at);
            place(draw, g + pairs * s->size, n + pairs * noises, draw->h.im + at, draw->h_hat.im + at);
        }
    }
}

void channel_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, cfi_channel_scratch *scratch,
                  const cfi_estimated_channels *out)
{
    const cfi_system *system = network->system;
    size_t end = (range->first + range->count + 1) / 2;
    ap_draw draw = {.network = network,
                    .range = range,
                    .scratch = scratch,
                    .h = out->h,
                    .h_hat = out->h_hat,
                    .channel = stream_make(system->seed, network->drop, CFI_DRAW_CHANNEL, (uint32_t)(l * 65536)),
                    .noise = stream_make(system->seed, network->drop, CFI_DRAW_PILOT_NOISE, (uint32_t)(l * 65536))};

    if (scratch->correlated) {
        correlated_draw(network, l, range, scratch->correlated, out);
        return;
    }
    fill_tables(network, l, scratch);
    for (size_t pair = range->first / 2; pair < end; pair += scratch->group) {
        draw_pairs(&draw, pair, end - pair < scratch->group ? end - pair : scratch->group);
    }
}
