/* Classes of users, columns and their vectors, of the precoders that invert a matrix. docs/model.md (M20). */
#include "channel/precoding.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { LANES = PRECODING_LANES };

/* ------------------------------------------------------------------------- what is prepared ---- */

size_t precoding_count_classes(const cfi_network *network)
{
    size_t count = 0;

    for (size_t k = 0; k < network->K; k++) {
        count += network->pilot_first[k] == k;
    }
    return count;
}

/* A class a pilot in use, in the order of their first users. Returns their number. */
static size_t class_by_pilot(const cfi_network *network, size_t *class_of, size_t *first)
{
    size_t classes = 0;

    for (size_t k = 0; k < network->K; k++) {
        if (network->pilot_first[k] == k) {
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

/* What AP l sends each user that it serves if it treats them alike: of its limit, or of its share of a budget that stays
 * below the limit. 0 where it serves nobody. */
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

/* Pairs of lanes' realisations that are drawn at once, so that a call's set-up does not count. */
static size_t pairs_at_once(size_t N)
{
    enum { ENOUGH = 256 };

    return (ENOUGH + LANES * N - 1) / (LANES * N);
}

static bool allocate_work(precoding *p, cfi_arena *arena)
{
    size_t size = p->classes * p->N * LANES, side = p->classes < p->N ? p->classes : p->N;

    p->y.re = arena_alloc(arena, 4 * size, sizeof(double));
    p->matrix = arena_alloc(arena, LANES * side * (side + 1), sizeof(double));
    p->pivot = arena_alloc(arena, 3 * LANES * side, sizeof(double));
    p->square = arena_alloc(arena, LANES * p->classes, sizeof(double));
    p->normals = arena_alloc(arena, 4 * LANES * p->N * pairs_at_once(p->N) * p->classes, sizeof(double));
    if (!p->y.re || !p->matrix || !p->pivot || !p->square || !p->normals) {
        return false;
    }
    p->y.im = p->y.re + size;
    p->z = (precoding_columns){.re = p->y.re + 2 * size, .im = p->y.re + 3 * size};
    return true;
}

precoding *precoding_make(const cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, L = network->L, *users = arena_alloc(arena, 2 * K, sizeof *users);
    precoding *p = arena_alloc(arena, 1, sizeof *p);
    double *scale, *xi = arena_alloc(arena, K, sizeof *xi);

    if (!users || !p || !xi) {
        return NULL;
    }
    *p = (precoding){.network = network,
                     .N = network->system->N,
                     .K = K,
                     .classes = class_by_pilot(network, users, users + K),
                     .class_of = users,
                     .first = users + K,
                     .load = network->system->precoding.kind == CFI_PRECODER_ZF ? 0.0 : 1.0};
    scale = arena_alloc(arena, 2 * p->classes * L, sizeof *scale);
    if (!scale || !allocate_work(p, arena)) {
        return NULL;
    }
    for (size_t l = 0; l < L; l++) {
        fill_scale(p, l, xi, scale + p->classes * l, scale + p->classes * (L + l));
    }
    p->scale = scale;
    p->unit_scale = scale + p->classes * L;
    return p;
}

/* -------------------------------------------------------------------------- simulated draws ---- */

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

/* Estimates and columns of batch `batch`. */
static void take_batch(const precoding *p, size_t l, size_t batch)
{
    size_t size = LANES * p->N, pairs = pairs_at_once(p->N), blocks = size * pairs;
    size_t at = size * (batch / 2 % pairs) + 2 * blocks * (batch % 2);

    for (size_t c = 0; c < p->classes; c++) {
        const double *normals = p->normals + 4 * blocks * c + at;
        double scale = p->unit_scale[c + p->classes * l];

        scale_column(size, M_SQRT1_2, normals, p->y.re + size * c);
        scale_column(size, M_SQRT1_2, normals + blocks, p->y.im + size * c);
        scale_column(size, scale, p->y.re + size * c, p->z.re + size * c);
        scale_column(size, scale, p->y.im + size * c, p->z.im + size * c);
    }
}

/* Sets the lanes from `live` on to 0. */
static void clear_lanes(const precoding *p, size_t live)
{
    double *const planes[] = {p->y.re, p->y.im, p->z.re, p->z.im};

    for (size_t i = 0; i < 4; i++) {
        for (size_t row = 0; row < p->classes * p->N; row++) {
            memset(planes[i] + LANES * row + live, 0, (LANES - live) * sizeof(double));
        }
    }
}

void precoding_simulate(precoding *p, size_t l, void (*visit)(void *context, const precoding *p), void *context)
{
    size_t draws = p->network->system->precoding.draws, pairs = pairs_at_once(p->N);

    for (size_t batch = 0; LANES * batch < draws; batch++) {
        if (batch % (2 * pairs) == 0) {
            draw_normals(p, l, batch / 2);
        }
        take_batch(p, l, batch);
        precoding_solve(p);
        if (draws < LANES * (batch + 1)) {
            clear_lanes(p, draws - LANES * batch);
        }
        precoding_square(p);
        visit(context, p);
    }
}

/* ---------------------------------------------------------------------- the rows of the table ---- */

/* E norm(v_c)^2 of the classes at AP l, from lanes of sums. */
void precoding_mean_squares(const precoding *p, const double *sum, double *restrict mean)
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

/* Normalisations that nobody has worked out yet, in the network's place. */
static bool simulate_squares(precoding *p, cfi_arena *arena, double *restrict mean)
{
    double *sum = arena_alloc(arena, LANES * p->classes, sizeof *sum);

    for (size_t l = 0; sum && l < p->network->L; l++) {
        memset(sum, 0, LANES * p->classes * sizeof *sum);
        precoding_simulate(p, l, add_batch_squares, sum);
        precoding_mean_squares(p, sum, mean + p->classes * l);
    }
    return sum;
}

/* Zero-forcing has E norm(v_c)^2 = 1 / (N - tau): an inverse Wishart matrix's diagonal. */
static bool fill_factors(precoding *p, cfi_arena *arena)
{
    size_t L = p->network->L, count = p->classes * L;
    const double *known = p->network->mean_square;
    double *mean = arena_alloc(arena, count, sizeof *mean);

    if (!mean || (p->load > 0.0 && !known && !simulate_squares(p, arena, mean))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        double square = p->load > 0.0 ? (known ? known[i] : mean[i]) : 1.0 / (double)(p->N - p->classes);

        mean[i] = precoding_factor(square);
    }
    p->factor = mean;
    return true;
}

void *precoding_prepare(const cfi_network *network, cfi_arena *arena)
{
    precoding *p = precoding_make(network, arena);

    return p && fill_factors(p, arena) ? p : NULL;
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
                size_t at = from + p->K * n + p->first[c], to = (c * p->N + n) * LANES + r;

                p->z.re[to] = scale[c] * estimates.re[at];
                p->z.im[to] = scale[c] * estimates.im[at];
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

void precoding_apply(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor)
{
    const precoding *p = prepared;

    for (size_t i = 0; i < range->count; i += LANES) {
        gather_columns(p, l, range, i, estimates);
        precoding_solve(p);
        scatter_columns(p, range, i, estimates);
    }
    for (size_t k = 0; k < p->K; k++) {
        factor[k] = p->factor[p->class_of[k] + p->classes * l];
    }
}
