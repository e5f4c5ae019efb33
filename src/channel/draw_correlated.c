/* Draws of channels with lines of sight and correlation, and their estimates. docs/model.md (M3), (M22).
 *
 * A batch of realisations at a time, in planes of N rows of DRAWN_BATCH numbers, so that a product with a small matrix
 * is a loop over long rows. White numbers come from the streams that i.i.d. channels come from: where a covariance is
 * beta I, so do the channels. */
#include "channel/draw_correlated.h"

#include "base/clones.h"
#include "cfisac/linalg.h"

#include <math.h>
#include <string.h>

enum {
    DRAWN_PAIRS = 8, /* pairs of realisations, which have a block of a stream each */
    DRAWN_BATCH = 2 * DRAWN_PAIRS
};

/* N x DRAWN_BATCH numbers each. */
typedef struct planes {
    double *re, *im;
} planes;

struct correlated_scratch {
    size_t pilots, *rank;            /* in use, numbered by their first user; that of each user */
    double complex *factor, *column; /* N x N, N */
    double complex *mean;            /* N */
    double *normal, *noise;          /* what random_complex_normals gives, of users and of pilots */
    double *cosines, *sines;         /* 2 K DRAWN_PAIRS each: of the phases of the lines of sight */
    uint32_t *index;                 /* K: of their streams */
    planes white, out;
    planes *received; /* K: of each pilot in use, without what is known of it */
    double cosine[DRAWN_BATCH], sine[DRAWN_BATCH];
};

static bool allocate_planes(size_t N, cfi_arena *arena, planes *p)
{
    p->re = arena_alloc(arena, 2 * N * DRAWN_BATCH, sizeof(double));
    p->im = p->re ? p->re + N * DRAWN_BATCH : NULL;
    return p->re;
}

static bool allocate_batch(const cfi_network *network, cfi_arena *arena, correlated_scratch *s)
{
    size_t K = network->K, N = network->system->N;
    bool done = allocate_planes(N, arena, &s->white) && allocate_planes(N, arena, &s->out);

    s->received = arena_alloc(arena, K, sizeof *s->received);
    for (size_t t = 0; s->received && done && t < s->pilots; t++) {
        done = allocate_planes(N, arena, &s->received[t]);
    }
    return done && s->received;
}

static void rank_users(const cfi_network *network, correlated_scratch *s)
{
    for (size_t k = 0; k < network->K; k++) {
        size_t first = network->pilot_first[k];

        s->rank[k] = first == k ? s->pilots++ : s->rank[first];
    }
}

correlated_scratch *correlated_scratch_make(const cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, N = network->system->N;
    correlated_scratch *s = arena_zeros(arena, 1, sizeof *s);

    if (!s) {
        return NULL;
    }
    s->rank = arena_alloc(arena, K, sizeof *s->rank);
    s->factor = arena_alloc(arena, N * N, sizeof *s->factor);
    s->column = arena_alloc(arena, 2 * N, sizeof *s->column);
    s->normal = arena_alloc(arena, N * K * 8 * DRAWN_PAIRS, sizeof(double));
    s->cosines = arena_alloc(arena, K * 4 * DRAWN_PAIRS, sizeof(double));
    s->index = arena_alloc(arena, K, sizeof *s->index);
    if (!s->rank || !s->factor || !s->column || !s->normal || !s->cosines || !s->index) {
        return NULL;
    }
    s->sines = s->cosines + K * 2 * DRAWN_PAIRS;
    s->mean = s->column + N;
    s->noise = s->normal + N * K * 4 * DRAWN_PAIRS;
    rank_users(network, s);
    return allocate_batch(network, arena, s) ? s : NULL;
}

/* -------------------------------------------------------------------------- small products ---- */

/* out = A in for a lower triangular A, N x N. */
CLONES(static, void, multiply_lower,
       (size_t N, const double complex *restrict a, const planes *restrict in, const planes *restrict out),
       (N, a, in, out))
{
    for (size_t m = 0; m < N; m++) {
        double re[DRAWN_BATCH] = {0.0}, im[DRAWN_BATCH] = {0.0};

        for (size_t n = 0; n <= m; n++) {
            double x = creal(a[m + N * n]), y = cimag(a[m + N * n]);
            const double *restrict u = in->re + DRAWN_BATCH * n, *restrict v = in->im + DRAWN_BATCH * n;

            for (size_t i = 0; i < DRAWN_BATCH; i++) {
                re[i] += x * u[i] - y * v[i];
                im[i] += x * v[i] + y * u[i];
            }
        }
        memcpy(out->re + DRAWN_BATCH * m, re, sizeof re);
        memcpy(out->im + DRAWN_BATCH * m, im, sizeof im);
    }
}

/* out = T in for the Hermitian Toeplitz matrix with this first column. */
CLONES(static, void, multiply_toeplitz,
       (size_t N, const double complex *restrict column, const planes *restrict in, const planes *restrict out),
       (N, column, in, out))
{
    for (size_t m = 0; m < N; m++) {
        double re[DRAWN_BATCH] = {0.0}, im[DRAWN_BATCH] = {0.0};

        for (size_t n = 0; n < N; n++) {
            double x = creal(column[m < n ? n - m : m - n]);
            double y = m < n ? -cimag(column[n - m]) : cimag(column[m - n]);
            const double *restrict u = in->re + DRAWN_BATCH * n, *restrict v = in->im + DRAWN_BATCH * n;

            for (size_t i = 0; i < DRAWN_BATCH; i++) {
                re[i] += x * u[i] - y * v[i];
                im[i] += x * v[i] + y * u[i];
            }
        }
        memcpy(out->re + DRAWN_BATCH * m, re, sizeof re);
        memcpy(out->im + DRAWN_BATCH * m, im, sizeof im);
    }
}

/* y <- (F F^H)^-1 y for a lower triangular F with real diagonal. */
CLONES(static, void, solve_planes, (size_t N, const double complex *restrict f, const planes *restrict y), (N, f, y))
{
    for (size_t step = 0; step < 2 * N; step++) {
        bool back = step >= N;
        size_t m = back ? 2 * N - 1 - step : step, first = back ? m + 1 : 0, end = back ? N : m;
        double *restrict re = y->re + DRAWN_BATCH * m, *restrict im = y->im + DRAWN_BATCH * m,
                         pivot = creal(f[m + N * m]);

        for (size_t n = first; n < end; n++) {
            double complex entry = back ? conj(f[n + N * m]) : f[m + N * n];
            double a = creal(entry), b = cimag(entry);
            const double *u = y->re + DRAWN_BATCH * n, *v = y->im + DRAWN_BATCH * n;

            for (size_t i = 0; i < DRAWN_BATCH; i++) {
                re[i] -= a * u[i] - b * v[i];
                im[i] -= a * v[i] + b * u[i];
            }
        }
        for (size_t i = 0; i < DRAWN_BATCH; i++) {
            re[i] /= pivot;
            im[i] /= pivot;
        }
    }
}

/* --------------------------------------------------------------------------------- draws ---- */

/* One batch: realisations 2 pair .. 2 (pair + pairs) - 1 of an AP. */
typedef struct batch {
    const cfi_network *network;
    const cfi_channel_range *range;
    correlated_scratch *s;
    size_t l, pair, pairs;
} batch;

/* Numbers of one of `streams` streams, as random_complex_normals gives them, times `scale`. */
static void gather_normals(const batch *b, const double *numbers, size_t streams, size_t which, double scale,
                           const planes *out)
{
    size_t N = b->network->system->N, plane = b->pairs * N * streams;

    for (size_t n = 0; n < N; n++) {
        for (size_t i = 0; i < DRAWN_BATCH; i++) {
            size_t at = 2 * (i % 2) * plane + (i / 2 * N + n) * streams + which;
            bool drawn = i < 2 * b->pairs;

            out->re[DRAWN_BATCH * n + i] = drawn ? scale * numbers[at] : 0.0;
            out->im[DRAWN_BATCH * n + i] = drawn ? scale * numbers[at + plane] : 0.0;
        }
    }
}

/* White numbers of users and pilots, and phases. */
static void draw_white_numbers(const batch *b)
{
    const cfi_system *system = b->network->system;
    size_t K = b->network->K, N = system->N;
    uint32_t index = (uint32_t)(b->l * 65536);
    cfi_stream channel = stream_make(system->seed, b->network->drop, CFI_DRAW_CHANNEL, index),
               noise = stream_make(system->seed, b->network->drop, CFI_DRAW_PILOT_NOISE, index),
               phase = stream_make(system->seed, b->network->drop, CFI_DRAW_SIGHT_PHASE, index);

    channel.block = noise.block = (uint32_t)(b->pair * N);
    random_complex_normals(&channel, K, b->pairs * N, b->s->normal);
    random_complex_normals(&noise, b->s->pilots, b->pairs * N, b->s->noise);
    for (size_t k = 0; k < K; k++) {
        b->s->index[k] = index + (uint32_t)k;
    }
    for (size_t p = 0; b->network->fading.rician && p < b->pairs; p++) {
        phase.block = (uint32_t)(b->pair + p);
        random_uniform_pairs(&phase, K, b->s->index, b->s->sines + 2 * K * p);
    }
    if (b->network->fading.rician) {
        random_turns(2 * K * b->pairs, b->s->sines, b->s->cosines, b->s->sines);
    }
}

/* m_kl, and the phases of its path in the batch. */
static void prepare_sight(const batch *b, size_t k)
{
    correlated_scratch *s = b->s;
    size_t K = b->network->K;

    channel_mean_of(b->network, k, b->l, s->mean);
    for (size_t i = 0; i < DRAWN_BATCH; i++) {
        bool turns = b->network->fading.rician && i < 2 * b->pairs;
        size_t at = 2 * K * (i / 2) + 2 * k + i % 2;

        s->cosine[i] = turns ? s->cosines[at] : 1.0;
        s->sine[i] = turns ? s->sines[at] : 0.0;
    }
}

/* scale * part + m e^(j psi) to user k's place of the realisations that are wanted. */
static void put_channel(const batch *b, size_t k, double scale, const planes *part, cfi_channels out)
{
    const correlated_scratch *s = b->s;
    const cfi_channel_range *range = b->range;
    size_t K = b->network->K;

    for (size_t i = 0; i < 2 * b->pairs; i++) {
        size_t which = 2 * b->pair + i, at;

        if (which < range->first || which >= range->first + range->count) {
            continue;
        }
        at = range->stride * (which - range->first) + k;
        for (size_t n = 0; n < b->network->system->N; n++) {
            double re = creal(s->mean[n]), im = cimag(s->mean[n]);

            out.re[at + K * n] = scale * part->re[DRAWN_BATCH * n + i] + (re * s->cosine[i] - im * s->sine[i]);
            out.im[at + K * n] = scale * part->im[DRAWN_BATCH * n + i] + (re * s->sine[i] + im * s->cosine[i]);
        }
    }
}

static void add_planes(size_t N, double scale, const planes *from, const planes *to)
{
    for (size_t e = 0; e < N * DRAWN_BATCH; e++) {
        to->re[e] += scale * from->re[e];
        to->im[e] += scale * from->im[e];
    }
}

/* The channels h_k, and what their scattered parts add to their pilots. */
static void draw_channels(const batch *b, cfi_channels h)
{
    const cfi_system *system = b->network->system;
    correlated_scratch *s = b->s;
    double amplitude = sqrt((double)system->frame.tau_p * system->frame.pilot_power_w);

    for (size_t k = 0; k < b->network->K; k++) {
        statistics_factor_channel(b->network, k, b->l, s->factor, s->column);
        gather_normals(b, s->normal, b->network->K, k, sqrt(0.5), &s->white);
        multiply_lower(system->N, s->factor, &s->white, &s->out);
        prepare_sight(b, k);
        put_channel(b, k, 1.0, &s->out, h);
        add_planes(system->N, amplitude, &s->out, &s->received[s->rank[k]]);
    }
}

/* hhat_k = m_k e^(j psi_k) + sqrt(tau_p p_p) R_k Psi^-1 y, where y is what was received but for the lines of sight,
 * which the access point knows. */
static void estimate_channels(const batch *b, cfi_channels h_hat)
{
    const cfi_system *system = b->network->system;
    correlated_scratch *s = b->s;
    double amplitude = sqrt((double)system->frame.tau_p * system->frame.pilot_power_w);

    for (size_t k = 0; k < b->network->K; k++) {
        const planes *y = &s->received[s->rank[k]];

        if (b->network->pilot_first[k] == k) {
            statistics_factor_pilot(b->network, k, b->l, s->factor, s->column);
            solve_planes(system->N, s->factor, y);
        }
        statistics_scattered_column(b->network, k, b->l, s->column);
        multiply_toeplitz(system->N, s->column, y, &s->out);
        prepare_sight(b, k);
        put_channel(b, k, amplitude, &s->out, h_hat);
    }
}

void correlated_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, correlated_scratch *scratch,
                     const cfi_estimated_channels *out)
{
    size_t end = (range->first + range->count + 1) / 2;
    double noise = sqrt(0.5 * system_pilot_noise(network->system));

    for (size_t pair = range->first / 2; pair < end; pair += DRAWN_PAIRS) {
        batch b = {.network = network,
                   .range = range,
                   .s = scratch,
                   .l = l,
                   .pair = pair,
                   .pairs = end - pair < DRAWN_PAIRS ? end - pair : DRAWN_PAIRS};

        draw_white_numbers(&b);
        for (size_t t = 0; t < scratch->pilots; t++) {
            gather_normals(&b, scratch->noise, scratch->pilots, t, noise, &scratch->received[t]);
        }
        draw_channels(&b, out->h);
        estimate_channels(&b, out->h_hat);
    }
}
