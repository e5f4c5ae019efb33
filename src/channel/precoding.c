/* Classes of users, columns and their vectors, of the precoders that invert a matrix. docs/model.md (M20). */
#include "channel/precoding.h"

#include "channel/statistics.h"

#include <math.h>
#include <string.h>

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
    channel_mmse_variance_of(network, l, l + 1, xi);
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

/* E = sum_i pbar C_il / sigma^2 over the users that AP l serves; work: 4 N x N + N. */
static void fill_errors(const precoding *p, size_t l, double complex *errors, double complex *work)
{
    const cfi_network *network = p->network;
    size_t N = p->N, entries = N * N;
    double each = power_per_user(network, l) / network->system->power.comm_noise_w;
    double complex *factor = work, *error = work + entries, *column = work + 2 * entries;

    memset(errors, 0, entries * sizeof *errors);
    for (size_t first = 0; first < p->K; first++) {
        if (network->pilot_first[first] != first) {
            continue;
        }
        statistics_factor_pilot(network, first, l, factor, column);
        for (size_t k = first; k < p->K; k = network->pilot_next[k]) {
            if (serves(network, k, l)) {
                statistics_error_covariance(network, k, l, factor, error, column);
            }
            for (size_t e = 0; serves(network, k, l) && e < entries; e++) {
                errors[e] += each * error[e];
            }
        }
    }
}

static bool add_errors(precoding *p, cfi_arena *arena)
{
    size_t entries = p->N * p->N;
    double complex *errors = arena_alloc(arena, (p->network->L + 4) * entries + p->N, sizeof *errors);

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
    size_t size = p->classes * p->N * PRECODING_BATCH, side = p->classes < p->N && !p->errors ? p->classes : p->N;

    p->z.re = arena_zeros(arena, 2 * size, sizeof(double));
    p->matrix = arena_alloc(arena, PRECODING_LANES * side * (side + 1), sizeof(double));
    p->pivot = arena_alloc(arena, side * 3 * PRECODING_LANES, sizeof(double));
    p->active = arena_alloc(arena, 2 * p->classes + p->N, sizeof *p->active);
    if (!p->z.re || !p->matrix || !p->pivot || !p->active) {
        return false;
    }
    p->z.im = p->z.re + size;
    p->columns = p->active + p->classes;
    p->rows = p->columns + p->classes;
    for (size_t n = 0; n < p->N; n++) {
        p->rows[n] = PRECODING_BATCH * n;
    }
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

void precoding_begin(precoding *p, const double *unit)
{
    p->unit = unit;
    p->actives = 0;
    for (size_t c = 0; c < p->classes; c++) {
        size_t column = PRECODING_BATCH * p->N * c;

        if (unit[c] > 0.0) {
            p->active[p->actives] = c;
            p->columns[p->actives++] = column;
        } else { /* what other access points left */
            memset(p->z.re + column, 0, PRECODING_BATCH * p->N * sizeof(double));
            memset(p->z.im + column, 0, PRECODING_BATCH * p->N * sizeof(double));
        }
    }
}

/* Columns of the realisations from i on, as many as there are lanes in a batch; the last one stands in for those that
 * are missing in its group. */
static void gather_columns(precoding *p, const cfi_channel_range *range, size_t i, cfi_channels estimates)
{
    size_t left = range->count - i;

    p->groups = left < PRECODING_BATCH ? (left + PRECODING_LANES - 1) / PRECODING_LANES : PRECODING_GROUPS;
    for (size_t r = 0; r < PRECODING_LANES * p->groups; r++) {
        size_t from = range->stride * (i + r < range->count ? i + r : range->count - 1);

        for (size_t a = 0; a < p->actives; a++) {
            double unit = p->unit[p->active[a]];

            for (size_t n = 0; n < p->N; n++) {
                size_t to = p->columns[a] + PRECODING_BATCH * n + r;

                p->z.re[to] = unit * column_entry(p, estimates.re + from, n, p->active[a]);
                p->z.im[to] = unit * column_entry(p, estimates.im + from, n, p->active[a]);
            }
        }
    }
}

/* The vectors, in place of every user's estimates. */
static void scatter_columns(const precoding *p, const cfi_channel_range *range, size_t i, cfi_channels estimates)
{
    for (size_t r = 0; r < PRECODING_LANES * p->groups && i + r < range->count; r++) {
        for (size_t n = 0; n < p->N; n++) {
            size_t to = range->stride * (i + r) + p->K * n;

            for (size_t k = 0; k < p->K; k++) {
                size_t at = (p->class_of[k] * p->N + n) * PRECODING_BATCH + r;

                estimates.re[to + k] = p->z.re[at];
                estimates.im[to + k] = p->z.im[at];
            }
        }
    }
}

/* ---------------------------------------------------------------------- the rows of the table ---- */

/* E norm(v_c)^2 of the classes at AP l, from lanes of sums. */
static void fill_mean_squares(const precoding *p, const double *sum, double *restrict mean)
{
    for (size_t c = 0; c < p->classes; c++) {
        mean[c] = precoding_sum_lanes(sum + PRECODING_LANES * c) / (double)p->network->system->precoding.draws;
    }
}

static void add_batch_squares(void *context, const precoding *p)
{
    double *sum = context;

    for (size_t a = 0; a < p->actives; a++) {
        size_t c = p->active[a];

        for (size_t i = 0; i < PRECODING_LANES * p->groups; i++) {
            sum[PRECODING_LANES * c + i % PRECODING_LANES] += p->square[PRECODING_BATCH * c + i];
        }
    }
}

double precoding_factor(double mean_square)
{
    return mean_square > 0.0 ? 1.0 / sqrt(mean_square) : 0.0;
}

/* Normalisations that nobody has worked out yet. */
static bool simulate_squares(precoding *p, cfi_arena *arena, double *restrict mean)
{
    double *sum = arena_alloc(arena, PRECODING_LANES * p->classes, sizeof *sum);

    if (!sum || !precoding_prepare_draws(p, arena)) {
        return false;
    }
    for (size_t l = 0; l < p->network->L; l++) {
        memset(sum, 0, PRECODING_LANES * p->classes * sizeof *sum);
        precoding_begin_draws(p, l);
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
    precoding *p = prepared;

    precoding_begin(p, p->scale + p->classes * l);
    for (size_t i = 0; i < range->count; i += PRECODING_BATCH) {
        gather_columns(p, range, i, estimates);
        precoding_solve(p, l);
        scatter_columns(p, range, i, estimates);
    }
    for (size_t k = 0; k < p->K; k++) {
        factor[k] = p->factor[p->class_of[k] + p->classes * l];
    }
}
