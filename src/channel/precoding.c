/* Classes of users, columns and their vectors, of the precoders that invert a matrix. docs/model.md (M20). */
#include "channel/precoding.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { LANES = PRECODING_LANES };

/* ------------------------------------------------------------------------- what is prepared ---- */

/* Whether the users of a pilot are one class. */
static bool classes_are_pilots(const cfi_network *network)
{
    return channel_is_iid(network) || network->system->precoding.kind == CFI_PRECODER_ZF;
}

size_t precoding_count_classes(const cfi_network *network)
{
    size_t count = 0;

    for (size_t k = 0; k < network->K; k++) {
        count += network->pilot_first[k] == k || !classes_are_pilots(network);
    }
    return count;
}

/* In the order of their first users. Returns their number. */
static size_t form_classes(const cfi_network *network, size_t *class_of, size_t *first)
{
    bool pilots = classes_are_pilots(network);
    size_t classes = 0;

    for (size_t k = 0; k < network->K; k++) {
        if (network->pilot_first[k] == k || !pilots) {
            first[classes] = k;
            class_of[k] = classes++;
        } else {
            class_of[k] = class_of[network->pilot_first[k]];
        }
    }
    return classes;
}

static bool serves(const cfi_network *network, size_t k, size_t l)
{
    return !network->served || network->served[k + network->K * l];
}

/* What AP l sends each user that it serves if it treats them alike: of its limit, or of its share of a budget that
 * stays below the limit. 0 where it serves nobody. */
static double power_per_user(const cfi_network *network, size_t l)
{
    const cfi_power *power = &network->system->power;
    double share = power->budget_w / (double)network->L, users = 0.0;
    bool limited = power->ap_limit_w && power->ap_limit_w[l] < power->budget_w;

    for (size_t k = 0; k < network->K; k++) {
        users += serves(network, k, l) ? 1.0 : 0.0;
    }
    return users > 0.0 ? (limited ? power->ap_limit_w[l] : share) / users : 0.0;
}

/* sum_i C_il over the users that AP l serves, C_il = (beta_il - xi_il) I; work: K. */
static double sum_errors(const cfi_network *network, size_t l, double *work)
{
    double sum = 0.0;

    channel_error_variance_of(network, l, work);
    for (size_t k = 0; k < network->K; k++) {
        sum += serves(network, k, l) ? work[k] : 0.0;
    }
    return sum;
}

/* Over i.i.d. fading a class's users have estimates sqrt(xi_k) y with one y of unit mean square: z z^H is all that they
 * add to the matrix, in units of what is added to its diagonal. */
static void fill_scale(const precoding *p, size_t l, double *xi, double *scale, double *unit_scale)
{
    const cfi_network *network = p->network;
    cfi_precoder_kind kind = network->system->precoding.kind;
    double power = power_per_user(network, l), diagonal = network->system->power.comm_noise_w;

    diagonal += kind == CFI_PRECODER_LP_MMSE ? power * sum_errors(network, l, xi) : 0.0;
    channel_mmse_variance_of(network, l, xi);
    for (size_t c = 0; c < p->classes; c++) {
        double sum = 0.0, own = xi[p->first[c]];

        for (size_t k = p->first[c]; k < p->K; k = network->pilot_next[k]) {
            sum += serves(network, k, l) ? xi[k] : 0.0;
        }
        unit_scale[c] = kind == CFI_PRECODER_ZF ? 1.0 : sqrt(power * sum / diagonal);
        scale[c] = own > 0.0 ? unit_scale[c] / sqrt(own) : 0.0; /* an estimate below the range of a double is 0 */
    }
}

/* Over other fading a user's column is its estimate, in the same units. */
static void fill_scale_of_users(const precoding *p, size_t l, double *scale)
{
    const cfi_network *network = p->network;
    double each = sqrt(power_per_user(network, l) / network->system->power.comm_noise_w);

    for (size_t c = 0; c < p->classes; c++) {
        scale[c] = p->load > 0.0 ? (serves(network, p->first[c], l) ? each : 0.0) : 1.0;
    }
}

/* E = sum_i pbar C_il / sigma^2 over the users that AP l serves; work: 3 N x N. */
static void fill_errors(const precoding *p, size_t l, double complex *errors, double complex *work)
{
    const cfi_network *network = p->network;
    size_t entries = p->N * p->N;
    double each = power_per_user(network, l) / network->system->power.comm_noise_w;

    memset(errors, 0, entries * sizeof *errors);
    for (size_t k = 0; k < p->K; k++) {
        if (!serves(network, k, l)) {
            continue;
        }
        channel_covariance_of(network, k, l, work);
        channel_estimate_covariance_of(network, k, l, work + entries, work + 2 * entries);
        for (size_t e = 0; e < entries; e++) {
            errors[e] += each * (work[e] - work[entries + e]);
        }
    }
}

static bool add_errors(precoding *p, cfi_arena *arena)
{
    size_t entries = p->N * p->N;
    double complex *errors = arena_alloc(arena, (p->network->L + 3) * entries, sizeof *errors);

    for (size_t l = 0; errors && l < p->network->L; l++) {
        fill_errors(p, l, errors + entries * l, errors + entries * p->network->L);
    }
    p->errors = errors;
    return errors;
}

static bool add_scales(precoding *p, cfi_arena *arena)
{
    size_t L = p->network->L;
    double *scale = arena_alloc(arena, 2 * p->classes * L, sizeof *scale), *unit = NULL;
    double *xi = arena_alloc(arena, p->K, sizeof *xi);

    if (!scale || !xi) {
        return false;
    }
    unit = scale + p->classes * L;
    for (size_t l = 0; l < L; l++) {
        if (p->iid) {
            fill_scale(p, l, xi, scale + p->classes * l, unit + p->classes * l);
        } else {
            fill_scale_of_users(p, l, scale + p->classes * l);
        }
    }
    p->scale = scale;
    p->unit_scale = unit;
    return true;
}

static bool add_work(precoding *p, cfi_arena *arena)
{
    size_t size = p->classes * p->N * LANES, side = p->classes < p->N && !p->errors ? p->classes : p->N;

    p->z.re = arena_alloc(arena, 2 * size, sizeof(double));
    p->matrix = arena_alloc(arena, LANES * side * (side + 1), sizeof(double));
    p->pivot = arena_alloc(arena, side * 3 * LANES, sizeof(double));
    if (!p->z.re || !p->matrix || !p->pivot) {
        return false;
    }
    p->z.im = p->z.re + size;
    return true;
}

precoding *precoding_make(const cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, *users = arena_alloc(arena, 2 * K, sizeof *users);
    cfi_precoder_kind kind = network->system->precoding.kind;
    precoding *p = arena_alloc(arena, 1, sizeof *p);

    if (!users || !p) {
        return NULL;
    }
    *p = (precoding){.network = network,
                     .iid = channel_is_iid(network),
                     .N = network->system->N,
                     .K = K,
                     .classes = form_classes(network, users, users + K),
                     .class_of = users,
                     .first = users + K,
                     .load = kind == CFI_PRECODER_ZF ? 0.0 : 1.0};
    p->sums = !p->iid && kind == CFI_PRECODER_ZF;
    if (!add_scales(p, arena) || (!p->iid && kind == CFI_PRECODER_LP_MMSE && !add_errors(p, arena))) {
        return NULL;
    }
    return add_work(p, arena) ? p : NULL;
}

/* --------------------------------------------------------- columns of realisations, vectors back ---- */

/* Column c of a realisation's estimates, of antenna n. */
static double column_entry(const precoding *p, const double *estimates, size_t n, size_t c)
{
    const double *row = estimates + p->K * n;
    double sum = row[p->first[c]];

    for (size_t k = p->network->pilot_next[p->first[c]]; p->sums && k < p->K; k = p->network->pilot_next[k]) {
        sum += row[k];
    }
    return sum;
}

/* Columns of the realisations from i on, as many as there are lanes; the last one stands in for those that are missing.
 */
static void gather_columns(const precoding *p, size_t l, const cfi_channel_range *range, size_t i,
                           cfi_channels estimates)
{
    const double *scale = p->scale + p->classes * l;

    for (size_t r = 0; r < LANES; r++) {
        size_t from = range->stride * (i + r < range->count ? i + r : range->count - 1);

        for (size_t c = 0; c < p->classes; c++) {
            for (size_t n = 0; n < p->N; n++) {
                size_t to = (c * p->N + n) * LANES + r;

                p->z.re[to] = scale[c] * column_entry(p, estimates.re + from, n, c);
                p->z.im[to] = scale[c] * column_entry(p, estimates.im + from, n, c);
            }
        }
    }
}

/* The vectors, in place of every user's estimates. */
static void scatter_columns(const precoding *p, const cfi_channel_range *range, size_t i, cfi_channels estimates)
{
    for (size_t r = 0; r < LANES && i + r < range->count; r++) {
        for (size_t n = 0; n < p->N; n++) {
            size_t to = range->stride * (i + r) + p->K * n;

            for (size_t k = 0; k < p->K; k++) {
                size_t at = (p->class_of[k] * p->N + n) * LANES + r;

                estimates.re[to + k] = p->z.re[at];
                estimates.im[to + k] = p->z.im[at];
            }
        }
    }
}

/* -------------------------------------------------------------------------- simulated draws ---- */

enum { DRAWN = 2 * LANES }; /* realisations of other fading that are drawn at once */

/* Pairs of batches that are drawn at once over i.i.d. fading. */
static size_t pairs_at_once(size_t N)
{
    return random_sets_a_call(N * LANES);
}

bool precoding_prepare_draws(precoding *p, cfi_arena *arena)
{
    size_t heard = precoding_rows(p) * p->N * LANES, drawn = DRAWN * p->N * p->K;

    p->y.re = arena_alloc(arena, 2 * heard, sizeof(double));
    p->square = arena_alloc(arena, LANES * p->classes, sizeof(double));
    if (!p->y.re || !p->square) {
        return false;
    }
    p->y.im = p->y.re + heard;
    if (p->iid) {
        p->normals = arena_alloc(arena, p->N * pairs_at_once(p->N) * p->classes * 4 * LANES, sizeof(double));
        return p->normals;
    }
    p->channel = channel_scratch_make(p->network, arena);
    p->drawn.h.re = arena_alloc(arena, 4 * drawn, sizeof(double));
    if (!p->channel || !p->drawn.h.re) {
        return false;
    }
    p->drawn.h.im = p->drawn.h.re + drawn;
    p->drawn.h_hat = (cfi_channels){p->drawn.h.re + 2 * drawn, p->drawn.h.re + 3 * drawn};
    return true;
}

/* Draws the classes' normals of the pairs of batches from `pair` on. */
static void draw_normals(const precoding *p, size_t l, size_t pair)
{
    const cfi_network *network = p->network;
    size_t blocks = LANES * p->N * pairs_at_once(p->N);

    for (size_t c = 0; c < p->classes; c++) {
        cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_STATISTICS,
                                        (uint32_t)(l * 65536 + network->pilot[p->first[c]]));

        stream.block = (uint32_t)(pair * LANES * p->N);
        random_complex_normals(&stream, 1, blocks, p->normals + 4 * blocks * c);
    }
}

CLONES(static, void, scale_column, (size_t size, double scale, const double *restrict in, double *restrict out),
       (size, scale, in, out))
{
    for (size_t i = 0; i < size; i++) {
        out[i] = scale * in[i];
    }
}

/* Estimates and columns of batch `batch`, i.i.d. fading. */
static void take_estimates(const precoding *p, size_t l, size_t batch)
{
    size_t size = LANES * p->N, pairs = pairs_at_once(p->N), blocks = size * pairs;
    size_t at = size * (batch / 2 % pairs) + 2 * blocks * (batch % 2);

    if (batch % (2 * pairs) == 0) {
        draw_normals(p, l, batch / 2);
    }
    for (size_t c = 0; c < p->classes; c++) {
        const double *normals = p->normals + 4 * blocks * c + at;
        double scale = p->unit_scale[c + p->classes * l];

        scale_column(size, M_SQRT1_2, normals, p->y.re + size * c);
        scale_column(size, M_SQRT1_2, normals + blocks, p->y.im + size * c);
        scale_column(size, scale, p->y.re + size * c, p->z.re + size * c);
        scale_column(size, scale, p->y.im + size * c, p->z.im + size * c);
    }
}

/* Behind all that a Monte Carlo can draw, whose blocks lie below 2^31 (MAX_DRAWS in src/scenario/relations.c). */
size_t channel_first_statistic(size_t N)
{
    const size_t block = (size_t)1 << 31;

    return 2 * ((block + N - 1) / N);
}

/* The same of other fading. */
static void take_drawn(const precoding *p, size_t l, size_t batch)
{
    size_t K = p->K, stride = p->N * K, first = channel_first_statistic(p->N) + LANES * batch;
    cfi_channel_range range = {.first = first, .count = DRAWN, .stride = stride};
    size_t half = LANES * (batch % 2);

    if (batch % 2 == 0) {
        channel_draw(p->network, l, &range, p->channel, &p->drawn);
    }
    gather_columns(p, l, &range, half, p->drawn.h_hat);
    for (size_t k = 0; k < K; k++) {
        for (size_t n = 0; n < p->N; n++) {
            for (size_t r = 0; r < LANES; r++) {
                size_t from = stride * (half + r) + K * n + k, to = (k * p->N + n) * LANES + r;

                p->y.re[to] = p->drawn.h_hat.re[from];
                p->y.im[to] = p->drawn.h_hat.im[from];
            }
        }
    }
}

/* Sets the lanes from `live` on to 0. */
static void clear_lanes(const precoding *p, size_t live)
{
    const precoding_columns columns[] = {p->y, p->z};
    const size_t rows[] = {precoding_rows(p) * p->N, p->classes * p->N};

    for (size_t i = 0; i < 2; i++) {
        for (size_t row = 0; row < rows[i]; row++) {
            memset(columns[i].re + LANES * row + live, 0, (LANES - live) * sizeof(double));
            memset(columns[i].im + LANES * row + live, 0, (LANES - live) * sizeof(double));
        }
    }
}

void precoding_simulate(precoding *p, size_t l, void (*visit)(void *context, const precoding *p), void *context)
{
    size_t draws = p->network->system->precoding.draws;

    for (size_t batch = 0; LANES * batch < draws && !stop_requested(p->network->stop); batch++) {
        if (p->iid) {
            take_estimates(p, l, batch);
        } else {
            take_drawn(p, l, batch);
        }
        precoding_solve(p, l);
        if (draws < LANES * (batch + 1)) {
            clear_lanes(p, draws - LANES * batch);
        }
        precoding_square(p);
        visit(context, p);
    }
}

/* ---------------------------------------------------------------------- the rows of the table ---- */

/* E norm(v_c)^2 of the classes at AP l, from lanes of sums. */
static void fill_mean_squares(const precoding *p, const double *sum, double *restrict mean)
{
    for (size_t c = 0; c < p->classes; c++) {
        mean[c] = precoding_sum_lanes(sum + LANES * c) / (double)p->network->system->precoding.draws;
    }
}

static void add_batch_squares(void *context, const precoding *p)
{
    double *sum = context;

    for (size_t i = 0; i < LANES * p->classes; i++) {
        sum[i] += p->square[i];
    }
}

double precoding_factor(double mean_square)
{
    return mean_square > 0.0 ? 1.0 / sqrt(mean_square) : 0.0;
}

/* Normalisations that nobody has worked out yet. */
static bool simulate_squares(precoding *p, cfi_arena *arena, double *restrict mean)
{
    double *sum = arena_alloc(arena, LANES * p->classes, sizeof *sum);

    if (!sum || !precoding_prepare_draws(p, arena)) {
        return false;
    }
    for (size_t l = 0; l < p->network->L; l++) {
        memset(sum, 0, LANES * p->classes * sizeof *sum);
        precoding_simulate(p, l, add_batch_squares, sum);
        fill_mean_squares(p, sum, mean + p->classes * l);
    }
    return true;
}

/* Zero-forcing over i.i.d. fading has E norm(v_c)^2 = 1 / (N - tau): an inverse Wishart matrix's diagonal. */
static bool fill_factors(precoding *p, cfi_arena *arena)
{
    size_t count = p->classes * p->network->L;
    const double *known = p->network->mean_square;
    double *mean = arena_alloc(arena, count, sizeof *mean);
    bool exact = p->iid && !(p->load > 0.0);

    if (!mean || (!exact && !known && !simulate_squares(p, arena, mean))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        mean[i] = precoding_factor(exact ? 1.0 / (double)(p->N - p->classes) : known ? known[i] : mean[i]);
    }
    p->factor = mean;
    return true;
}

void *precoding_prepare(const cfi_network *network, cfi_arena *arena)
{
    precoding *p = precoding_make(network, arena);

    return p && fill_factors(p, arena) ? p : NULL;
}

void precoding_apply(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor)
{
    const precoding *p = prepared;

    for (size_t i = 0; i < range->count; i += LANES) {
        gather_columns(p, l, range, i, estimates);
        precoding_solve(p, l);
        scatter_columns(p, range, i, estimates);
    }
    for (size_t k = 0; k < p->K; k++) {
        factor[k] = p->factor[p->class_of[k] + p->classes * l];
    }
}
