/* The normal numbers behind the shadowing of a drop. docs/model.md (M1).
 *
 * Every number is drawn from a stream of its own first; what correlates them is the lower triangular factor of their
 * correlation, whose row k depends on the users 0 .. k alone. So a user that is added changes nothing of those before.
 */
#include "network/shadowing.h"

#include "cfisac/linalg.h"
#include "network/offset.h"

/* Clipped eigenvalues are this much instead of 0: it changes correlations by less than 1e-5, and leaves a factor that
 * rounding does not spoil. */
static const double LEAST_EIGENVALUE = 1e-6;

enum {
    NUMBERS = 128,     /* drawn at once */
    FACTOR_COLUMNS = 8 /* access points that the factor is applied to at once: their numbers stay in the cache */
};

static cfi_status shadowing_out_of_memory(size_t points, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the correlation of the shadowing of %zu points", points);
}

/* ------------------------------------------------------------------------ correlations ---- */

/* 2^(-d / decorrelation) between points [x, y], the lower triangle. */
static void fill_correlation(const cfi_system *system, size_t count, const double *point, double *matrix, size_t ld)
{
    double per_metre = -1.0 / system->propagation.shadowing_decorrelation_m;

    for (size_t j = 0; j < count; j++) {
        for (size_t i = j; i < count; i++) {
            double distance = offset_distance(&system->geometry, point + 2 * i, point + 2 * j);

            matrix[i + ld * j] = exp2(per_metre * distance);
        }
    }
}

/* A covariance to the correlation it has. */
static void normalise_diagonal(size_t count, double *matrix, size_t ld, double *scale)
{
    for (size_t i = 0; i < count; i++) {
        scale[i] = 1.0 / sqrt(matrix[i + ld * i]);
    }
    for (size_t j = 0; j < count; j++) {
        for (size_t i = j; i < count; i++) {
            matrix[i + ld * j] *= scale[i] * scale[j];
        }
    }
}

/* The nearest correlation that normal numbers can have, in place of one that none can. */
static cfi_status clip_correlation(size_t count, double *matrix, size_t ld, cfi_arena *arena, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *scale = arena_alloc(arena, count, sizeof *scale);
    cfi_status status = scale ? linalg_raise_eigenvalues(count, matrix, ld, LEAST_EIGENVALUE, arena) : CFI_NO_MEMORY;

    if (status == CFI_OK) {
        normalise_diagonal(count, matrix, ld, scale);
        status = linalg_factor_semidefinite(count, matrix, ld);
    }
    arena_release(arena, mark);
    if (status == CFI_NO_MEMORY) {
        return shadowing_out_of_memory(count, error);
    }
    return status == CFI_OK
               ? status
               : error_set(error, status, "the correlation of the shadowing of %zu points has no factor", count);
}

/* The factor of the correlation of these points; the next one in the arena where nothing is NULL. */
static cfi_status make_factor(cfi_network *network, size_t count, const double *point, cfi_arena *arena, shadowing *out,
                              cfi_error *error)
{
    size_t ld = (count + 7) / 8 * 8; /* columns begin at lines of the cache */
    double *matrix = arena_alloc(arena, ld * count, sizeof *matrix);
    cfi_status status = CFI_OK;

    if (!matrix) {
        return shadowing_out_of_memory(count, error);
    }
    fill_correlation(network->system, count, point, matrix, ld);
    if (linalg_factor_semidefinite(count, matrix, ld) != CFI_OK) {
        fill_correlation(network->system, count, point, matrix, ld);
        status = clip_correlation(count, matrix, ld, arena, error);
        network->shadowing_clipped = true;
    }
    out->factor = matrix;
    out->ld = ld;
    return status;
}

/* ----------------------------------------------------------------------------- numbers ---- */

/* The first normal number of each of the streams with these indices. */
static void draw_numbers(const cfi_network *network, cfi_purpose purpose, size_t count, const uint32_t *index,
                         double *normal)
{
    cfi_stream stream = stream_make(network->system->seed, network->drop, purpose, 0);
    double pair[2 * NUMBERS];

    random_normal_pairs(&stream, count, index, pair);
    for (size_t i = 0; i < count; i++) {
        normal[i] = pair[2 * i];
    }
}

/* sqrt(share) times a field over these points that has their correlation. */
static cfi_status draw_part(cfi_network *network, cfi_purpose purpose, double share, cfi_arena *arena, double *part,
                            cfi_error *error)
{
    bool of_aps = purpose == CFI_DRAW_AP_SHADOWING;
    size_t count = of_aps ? network->L : network->K;
    cfi_arena_mark mark = arena_mark(arena);
    shadowing field = {.factor = NULL};
    uint32_t index[NUMBERS];
    cfi_status status =
        make_factor(network, count, of_aps ? network->ap_position_m : network->ue_position_m, arena, &field, error);

    for (size_t done = 0; done < count && status == CFI_OK; done += NUMBERS) {
        size_t take = count - done < NUMBERS ? count - done : NUMBERS;

        for (size_t i = 0; i < take; i++) {
            index[i] = (uint32_t)(done + i);
        }
        draw_numbers(network, purpose, take, index, part + done);
    }
    if (status == CFI_OK) {
        linalg_lower_times(count, field.factor, field.ld, 1, part);
    }
    for (size_t i = 0; i < count; i++) {
        part[i] *= sqrt(share);
    }
    arena_release(arena, mark);
    return status;
}

static cfi_status draw_both(cfi_network *network, cfi_arena *arena, shadowing *out, cfi_error *error)
{
    double split = network->system->propagation.shadowing_split;
    double *ap = arena_zeros(arena, network->L, sizeof *ap), *ue = arena_zeros(arena, network->K, sizeof *ue);
    cfi_status status = CFI_OK;

    if (!ap || !ue) {
        return shadowing_out_of_memory(network->K + network->L, error);
    }
    out->ap = ap;
    out->ue = ue;
    if (split > 0.0) {
        status = draw_part(network, CFI_DRAW_AP_SHADOWING, split, arena, ap, error);
    }
    if (split < 1.0 && status == CFI_OK) {
        status = draw_part(network, CFI_DRAW_UE_SHADOWING, 1.0 - split, arena, ue, error);
    }
    return status;
}

cfi_status shadowing_prepare(cfi_network *network, cfi_arena *arena, shadowing *out, cfi_error *error)
{
    *out = (shadowing){.network = network};
    switch (network->system->propagation.shadowing_correlation) {
    case CFI_SHADOWING_USERS:
        return make_factor(network, network->K, network->ue_position_m, arena, out, error);
    case CFI_SHADOWING_BOTH:
        return draw_both(network, arena, out, error);
    default:
        return CFI_OK;
    }
}

/* The pairs' own numbers, a stream a pair: scenario keeps indices below 65536. */
static void draw_own_numbers(const cfi_network *network, size_t first, size_t end, double *normal)
{
    size_t l = first, k = 0, pairs = network->K * (end - first);
    uint32_t index[NUMBERS];

    for (size_t done = 0; done < pairs; done += NUMBERS) {
        size_t take = pairs - done < NUMBERS ? pairs - done : NUMBERS;

        for (size_t i = 0; i < take; i++) {
            index[i] = (uint32_t)(l * 65536 + k);
            k++;
            if (k == network->K) {
                k = 0;
                l++;
            }
        }
        draw_numbers(network, CFI_DRAW_SHADOWING, take, index, normal + done);
    }
}

void shadowing_draw(const shadowing *shared, size_t first, size_t end, double *normal)
{
    size_t K = shared->network->K;

    if (shared->ap) {
        for (size_t l = first; l < end; l++) {
            for (size_t k = 0; k < K; k++) {
                normal[k + K * (l - first)] = shared->ap[l] + shared->ue[k];
            }
        }
        return;
    }
    draw_own_numbers(shared->network, first, end, normal);
    for (size_t l = first; shared->factor && l < end; l += FACTOR_COLUMNS) {
        size_t count = end - l < FACTOR_COLUMNS ? end - l : FACTOR_COLUMNS;

        linalg_lower_times(K, shared->factor, shared->ld, count, normal + K * (l - first));
    }
}
