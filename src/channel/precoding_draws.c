/* Realisations that statistics of precoders are simulated from. docs/model.md (M20).
 *
 * Of a pilot an access point hears y = F u, with F F^H = Psi and white u. Estimates are linear in it: over i.i.d.
 * fading multiples of u, over other fading hhat_k = sqrt(tau_p p_p) R_k Psi^-1 y = sqrt(tau_p p_p) (F^-1 R_k)^H u about
 * the mean. So u is all that is drawn, and the phases of the lines of sight. */
#include "base/clones.h"
#include "channel/precoding_lanes.h"
#include "channel/statistics.h"

#include <math.h>
#include <string.h>

struct precoding_draws {
    size_t pilots, *pilot_user, *pilot_of; /* in use, each by its first user; K: the number of that of each user */
    size_t pairs;                          /* of groups that normals are drawn for at once */
    double *normals;
    precoding_columns white; /* of the pilots */
    /* Over other fading, of an access point: K x N x N, what makes estimates of white numbers, and K x N means. */
    double complex *filter, *mean;
    double complex *work;  /* 2 N x N + N */
    double *cosine, *sine; /* batch: of a user's line of sight */
};

/* ------------------------------------------------------------------------------- memory ---- */

static bool number_pilots(const precoding *p, cfi_arena *arena, struct precoding_draws *d)
{
    const size_t *first = p->network->pilot_first;

    d->pilot_user = arena_alloc(arena, 2 * p->K, sizeof *d->pilot_user);
    if (!d->pilot_user) {
        return false;
    }
    d->pilot_of = d->pilot_user + p->K;
    for (size_t k = 0; k < p->K; k++) {
        if (first[k] == k) {
            d->pilot_user[d->pilots++] = k;
        }
        d->pilot_of[k] = first[k] == k ? d->pilots - 1 : d->pilot_of[first[k]];
    }
    return true;
}

static bool allocate_filters(precoding *p, cfi_arena *arena, struct precoding_draws *d)
{
    size_t N = p->N, heard = p->K * N * PRECODING_BATCH;

    p->y.re = arena_alloc(arena, 2 * heard, sizeof(double));
    d->filter = arena_alloc(arena, p->K * N * (N + 1), sizeof *d->filter);
    d->work = arena_alloc(arena, 2 * N * N + N, sizeof *d->work);
    d->cosine = arena_alloc(arena, (size_t)2 * PRECODING_BATCH, sizeof *d->cosine);
    if (!p->y.re || !d->filter || !d->work || !d->cosine) {
        return false;
    }
    p->y.im = p->y.re + heard;
    d->mean = d->filter + p->K * N * N;
    d->sine = d->cosine + PRECODING_BATCH;
    return true;
}

bool precoding_prepare_draws(precoding *p, cfi_arena *arena)
{
    struct precoding_draws *d = arena_zeros(arena, 1, sizeof *d);
    size_t white;

    if (!d || !number_pilots(p, arena, d)) {
        return false;
    }
    white = d->pilots * p->N * PRECODING_BATCH;
    d->pairs = random_sets_a_call(p->N * PRECODING_LANES);
    d->normals = arena_alloc(arena, p->N * d->pairs * d->pilots * 4 * PRECODING_LANES, sizeof(double));
    d->white.re = arena_alloc(arena, 2 * white, sizeof(double));
    p->square = arena_zeros(arena, PRECODING_BATCH * p->classes, sizeof(double));
    if (!d->normals || !d->white.re || !p->square) {
        return false;
    }
    d->white.im = d->white.re + white;
    p->draws = d;
    p->y = d->white;
    return p->iid || allocate_filters(p, arena, d);
}

/* ------------------------------------------------------------------------- white numbers ---- */

/* Draws the pilots' normals of the pairs of groups from `pair` on. */
static void draw_normals(const precoding *p, size_t l, size_t pair)
{
    const cfi_network *network = p->network;
    const struct precoding_draws *d = p->draws;
    size_t blocks = PRECODING_LANES * p->N * d->pairs;

    for (size_t t = 0; t < d->pilots; t++) {
        cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_STATISTICS,
                                        (uint32_t)(l * 65536 + network->pilot[d->pilot_user[t]]));

        stream.block = (uint32_t)(pair * PRECODING_LANES * p->N);
        random_complex_normals(&stream, 1, blocks, d->normals + 4 * blocks * t);
    }
}

CLONES(static, void, scale_lanes, (size_t N, const double *restrict in, double *restrict out), (N, in, out))
{
    for (size_t n = 0; n < N; n++) {
        for (size_t r = 0; r < PRECODING_LANES; r++) {
            out[PRECODING_BATCH * n + r] = M_SQRT1_2 * in[PRECODING_LANES * n + r];
        }
    }
}

/* The pilots' numbers of group `group` of all, place g of the batch. */
static void take_white(const precoding *p, size_t l, size_t group, size_t g)
{
    const struct precoding_draws *d = p->draws;
    size_t size = PRECODING_LANES * p->N, blocks = size * d->pairs;
    size_t at = size * (group / 2 % d->pairs) + 2 * blocks * (group % 2);

    if (group % (2 * d->pairs) == 0) {
        draw_normals(p, l, group / 2);
    }
    for (size_t t = 0; t < d->pilots; t++) {
        const double *normals = d->normals + 4 * blocks * t + at;
        size_t to = PRECODING_BATCH * p->N * t + PRECODING_LANES * g;

        scale_lanes(p->N, normals, d->white.re + to);
        scale_lanes(p->N, normals + blocks, d->white.im + to);
    }
}

/* ----------------------------------------------------------------------------- estimates ---- */

/* sqrt(tau_p p_p) Y^H of every user. */
static void fill_filters(const precoding *p, size_t l)
{
    const cfi_network *network = p->network;
    const cfi_system *system = network->system;
    const struct precoding_draws *d = p->draws;
    size_t N = p->N, entries = N * N;
    double amplitude = sqrt((double)system->frame.tau_p * system->frame.pilot_power_w);
    double complex *factor = d->work, *solved = factor + entries, *column = solved + entries;

    for (size_t t = 0; t < d->pilots; t++) {
        statistics_factor_pilot(network, d->pilot_user[t], l, factor, column);
        for (size_t k = d->pilot_user[t]; k < p->K; k = network->pilot_next[k]) {
            statistics_solve_pilot(network, k, l, factor, solved, column);
            for (size_t e = 0; e < entries; e++) {
                d->filter[e + entries * k] = amplitude * conj(solved[e / N + N * (e % N)]);
            }
            channel_mean_of(network, k, l, d->mean + N * k);
        }
    }
}

/* The phases of user k's line of sight, from realisation `first` on. */
static void draw_phases(const precoding *p, size_t l, size_t k, size_t first)
{
    const cfi_network *network = p->network;
    cfi_stream stream =
        stream_make(network->system->seed, network->drop, CFI_DRAW_STATISTICS_PHASE, (uint32_t)(l * 65536 + k));

    stream.block = (uint32_t)(first / 2);
    random_uniforms(&stream, PRECODING_BATCH, p->draws->sine);
    random_turns(PRECODING_BATCH, p->draws->sine, p->draws->cosine, p->draws->sine);
}

static void estimate_users(const precoding *p, size_t l, size_t first)
{
    const struct precoding_draws *d = p->draws;
    size_t N = p->N;

    for (size_t k = 0; k < p->K; k++) {
        bool sight = p->network->fading.rician && p->network->fading.rician[k + p->K * l] > 0.0;
        size_t from = PRECODING_BATCH * N * d->pilot_of[k], to = PRECODING_BATCH * N * k;
        lane_filter filter = {.N = N,
                              .lanes = PRECODING_LANES * p->groups,
                              .filter = d->filter + N * N * k,
                              .mean = sight ? d->mean + N * k : NULL,
                              .white_re = d->white.re + from,
                              .white_im = d->white.im + from,
                              .cosine = d->cosine,
                              .sine = d->sine,
                              .re = p->y.re + to,
                              .im = p->y.im + to};

        if (sight) {
            draw_phases(p, l, k, first);
        }
        precoding_filter(&filter);
    }
}

/* ------------------------------------------------------------------------------- batches ---- */

CLONES(static, void, scale_column, (size_t size, double scale, const double *restrict in, double *restrict out),
       (size, scale, in, out))
{
    for (size_t i = 0; i < size; i++) {
        out[i] = scale * in[i];
    }
}

static void add_heard(size_t size, const double *restrict in, double *restrict out)
{
    for (size_t i = 0; i < size; i++) {
        out[i] += in[i];
    }
}

/* Columns of what is heard. */
static void fill_columns(const precoding *p)
{
    size_t size = PRECODING_BATCH * p->N;

    for (size_t a = 0; a < p->actives; a++) {
        size_t c = p->active[a], to = p->columns[a], k = p->first[c], from = p->iid ? to : size * k;

        scale_column(size, p->unit[c], p->y.re + from, p->z.re + to);
        scale_column(size, p->unit[c], p->y.im + from, p->z.im + to);
        for (k = p->network->pilot_next[k]; p->sums && k < p->K; k = p->network->pilot_next[k]) {
            add_heard(size, p->y.re + size * k, p->z.re + to);
            add_heard(size, p->y.im + size * k, p->z.im + to);
        }
    }
}

/* Sets the realisations of a batch from `live` on to 0. */
static void clear_behind(const precoding *p, size_t live)
{
    const precoding_columns columns[] = {p->y, p->z};
    const size_t count[] = {precoding_rows(p) * p->N, p->classes * p->N};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        for (size_t row = 0; row < count[i]; row++) {
            memset(columns[i].re + PRECODING_BATCH * row + live, 0, (PRECODING_BATCH - live) * sizeof(double));
            memset(columns[i].im + PRECODING_BATCH * row + live, 0, (PRECODING_BATCH - live) * sizeof(double));
        }
    }
}

void precoding_begin_draws(precoding *p, size_t l)
{
    precoding_begin(p, (p->iid ? p->unit_scale : p->scale) + p->classes * l);
    if (!p->iid) {
        fill_filters(p, l);
    }
}

void precoding_simulate(precoding *p, size_t l, void (*visit)(void *context, const precoding *p), void *context)
{
    size_t draws = p->network->system->precoding.draws;

    for (size_t first = 0; first < draws && !stop_requested(p->network->stop); first += PRECODING_BATCH) {
        size_t left = draws - first;

        p->live = left < PRECODING_BATCH ? left : PRECODING_BATCH;
        p->groups = (p->live + PRECODING_LANES - 1) / PRECODING_LANES;
        for (size_t g = 0; g < p->groups; g++) {
            take_white(p, l, first / PRECODING_LANES + g, g);
        }
        if (!p->iid) {
            estimate_users(p, l, first);
        }
        fill_columns(p);
        precoding_solve(p, l);
        if (p->live < PRECODING_BATCH) {
            clear_behind(p, p->live);
        }
        precoding_square(p);
        visit(context, p);
    }
}

/* Behind all that a Monte Carlo can draw, whose blocks lie below 2^31 (MAX_DRAWS in src/scenario/relations.c). */
size_t channel_first_statistic(size_t N)
{
    const size_t block = (size_t)1 << 31;

    return 2 * ((block + N - 1) / N);
}
