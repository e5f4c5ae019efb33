/* All bounds of a drop: of the target's angles, and of its position. docs/model.md (M6), (M7), (M24), (M25), (M29). */
#include "metrics/block_means.h"
#include "metrics/position.h"
#include "metrics/sensing.h"

#include <math.h>

/* Informations about angles, 1 / rad^2, L each. */
typedef struct angle_information {
    double *own;                       /* from the own echo */
    double *noncoherent, *multistatic; /* of arrivals, from all echoes */
    double *departure;                 /* from all echoes, at the own receiver */
    const block_means *block;          /* or NULL: averaged over channels */
} angle_information;

static cfi_status out_of_position_memory(const cfi_link *link, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", link->L);
}

static const double complex *paths_to(const cfi_link *link, size_t p)
{
    return link->echoes.path + (link->echoes.equal_paths ? 0 : link->L * p);
}

/* sum_p abs(alpha_lp)^2 / abs(alpha_ll)^2: what all receivers hear of AP l over what it hears of itself. */
static double heard_everywhere(const cfi_link *link, size_t l)
{
    double sum = 0.0;

    if (link->echoes.equal_paths) {
        return (double)link->L;
    }
    for (size_t p = 0; p < link->L; p++) {
        sum += link_path_power(link, l, p);
    }
    return sum / link_path_power(link, l, l);
}

/* ---------------------------------------------------------------------------- of positions ---- */

/* Arrivals at all access points. */
static void add_arrivals(const cfi_link *link, const double *information, position_sum *sum)
{
    for (size_t p = 0; p < link->L; p++) {
        position_add(sum, information[p], link->turn + 2 * p);
    }
}

static void add_departures(const cfi_link *link, const double *departure, position_sum *sum)
{
    for (size_t l = 0; l < link->L; l++) {
        position_add(sum, departure[l] > 0.0 ? heard_everywhere(link, l) * departure[l] : 0.0, link->turn + 2 * l);
    }
}

/* N sum_l s_l / D_l over all access points; infinite where one only senses. */
static double beams_over_signals(const cfi_link *link, const cfi_powers *powers, const double *lit)
{
    double sum = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        sum += powers->s[l] > 0.0 ? (double)link->system->N * powers->s[l] / lit[l] : 0.0;
    }
    return sum;
}

/* Departures of signals with directions, coherently: the residuals of the derivatives of two access points have a
 * product, since the gains of both explain the beams' common stream. With z_l = C_l sqrt(N s_l) / D_l it is z_l^* z_m /
 * (1 + H), and at receiver p Re q q' of q = sum_l alpha_lp z_l e_l. */
static void add_directed_departures(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals,
                                    position_sum *sum)
{
    double root_share = 1.0 / sqrt(1.0 + beams_over_signals(link, powers, signals->lit));

    for (size_t l = 0; l < link->L; l++) {
        const cfi_aim *aim = &signals->aim[l];
        double own = link->directions.across[l] * link_aim_residual(aim, aim->lit > 0.0 ? 1.0 / aim->lit : 0.0);

        position_add(sum, own > 0.0 ? heard_everywhere(link, l) * own : 0.0, link->turn + 2 * l);
    }
    for (size_t p = 0; p < link->L; p++) {
        const double complex *alpha = paths_to(link, p);
        double per_path = link->directions.across[p] / link_path_power(link, p, p);
        double complex q[2] = {0.0, 0.0};

        for (size_t l = 0; l < link->L; l++) {
            const cfi_aim *aim = &signals->aim[l];
            double complex z =
                aim->lit > 0.0 ? aim->mixed * sqrt((double)link->system->N * powers->s[l]) / aim->lit : 0.0;

            q[0] += root_share * alpha[l] * z * link->turn[2 * l];
            q[1] += root_share * alpha[l] * z * link->turn[2 * l + 1];
        }
        position_add(sum, per_path, (double[]){creal(q[0]), creal(q[1])});
        position_add(sum, per_path, (double[]){cimag(q[0]), cimag(q[1])});
    }
}

/* Coherent departures: block is NULL for what is averaged over channels. */
static void add_coherent_departures(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals,
                                    const angle_information *angle, position_sum *sum)
{
    if (angle->block) {
        position_add_matrix(sum, angle->block->position[0], angle->block->position[1], angle->block->position[2]);
    } else if (signals->aim) {
        add_directed_departures(link, powers, signals, sum);
    } else {
        add_departures(link, angle->departure, sum);
    }
}

static cfi_status bound_position(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals,
                                 const angle_information *angle, cfi_arena *arena, cfi_position_bounds *out,
                                 cfi_error *error)
{
    enum { SQUARES_AN_AP = 4 }; /* an access point */
    position_sum sum = {.row = arena_alloc(arena, link->L * 2 * SQUARES_AN_AP, sizeof(double))};

    if (!sum.row) {
        return out_of_position_memory(link, error);
    }
    add_arrivals(link, angle->own, &sum);
    out->own_echo_m = position_error_bound(&sum);

    sum.count = 0;
    add_arrivals(link, angle->noncoherent, &sum);
    add_departures(link, angle->departure, &sum);
    out->noncoherent_m = position_error_bound(&sum);

    sum.count = 0;
    add_arrivals(link, angle->multistatic, &sum);
    add_coherent_departures(link, powers, signals, angle, &sum);
    out->multistatic_m = position_error_bound(&sum);
    return CFI_OK;
}

/* ------------------------------------------------------------------------------------- all ---- */

static cfi_status allocate_bounds(const cfi_link *link, cfi_arena *arena, cfi_bounds *out, cfi_error *error)
{
    size_t L = link->L;
    double *memory = arena_alloc(arena, 3 * L, sizeof *memory);

    if (!memory) {
        return out_of_position_memory(link, error);
    }
    *out = (cfi_bounds){.crlb_own_echo_rad2 = memory,
                        .crlb_noncoherent_rad2 = memory + L,
                        .crlb_multistatic_rad2 = memory + 2 * L,
                        .position = {NAN, NAN, NAN}};
    return CFI_OK;
}

static cfi_status inform(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals,
                         cfi_arena *arena, angle_information *angle, cfi_error *error)
{
    size_t L = link->L;
    double *memory = arena_alloc(arena, 4 * L, sizeof *memory);

    if (!memory) {
        return out_of_position_memory(link, error);
    }
    *angle = (angle_information){
        .own = memory, .noncoherent = memory + L, .multistatic = memory + 2 * L, .departure = memory + 3 * L};
    sensing_arrivals(link, powers, signals, false, angle->noncoherent);
    sensing_arrivals(link, powers, signals, true, angle->multistatic);
    for (size_t p = 0; p < L; p++) {
        angle->departure[p] = sensing_departure(link, signals, p);
    }
    return CFI_OK;
}

/* What the own echo of AP p says of arrivals. */
static double own_arrival(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals, size_t p)
{
    double lit = signals->lit[p] + (double)link->system->N * powers->s[p];

    return link->echoes.arrival[p] * link_path_power(link, p, p) * lit;
}

/* Departures of one block, and the own echo's bounds with them. */
static cfi_status use_blocks(const cfi_network *network, const cfi_link *link, const cfi_powers *powers,
                             const sensed_signals *signals, cfi_arena *arena, block_means *block,
                             angle_information *angle, cfi_bounds *out, cfi_error *error)
{
    cfi_status status = block_means_make(network, powers, arena, block, error);

    if (status != CFI_OK) {
        return status;
    }
    for (size_t p = 0; p < link->L; p++) {
        angle->departure[p] = block->all[p];
        out->crlb_own_echo_rad2[p] = 1.0 / (own_arrival(link, powers, signals, p) + block->own[p]);
    }
    angle->block = block;
    return CFI_OK;
}

/* All from the own echo's bounds. */
static cfi_status complete_bounds(const cfi_network *network, const cfi_link *link, const cfi_powers *powers,
                                  cfi_arena *arena, cfi_bounds *out, cfi_error *error)
{
    sensed_signals signals = {.lit = NULL};
    angle_information angle = {.own = NULL};
    block_means block;
    cfi_status status = sensing_signals(link, powers, arena, &signals, error);

    status = status == CFI_OK ? inform(link, powers, &signals, arena, &angle, error) : status;
    if (status == CFI_OK && network && link->system->sensing.information == CFI_INFORMATION_BLOCK) {
        status = use_blocks(network, link, powers, &signals, arena, &block, &angle, out, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    for (size_t p = 0; p < link->L; p++) {
        angle.own[p] = 1.0 / out->crlb_own_echo_rad2[p];
        out->crlb_noncoherent_rad2[p] = 1.0 / (angle.noncoherent[p] + angle.departure[p]);
        out->crlb_multistatic_rad2[p] = 1.0 / (angle.multistatic[p] + angle.departure[p]);
    }
    return link->turn ? bound_position(link, powers, &signals, &angle, arena, &out->position, error) : CFI_OK;
}

cfi_status metrics_bounds(const cfi_network *network, const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                          cfi_bounds *out, cfi_error *error)
{
    cfi_status status = allocate_bounds(link, arena, out, error);
    cfi_arena_mark mark = arena_mark(arena);

    if (status == CFI_OK) {
        status = metrics_crlb_own_echo(link, powers, arena, out->crlb_own_echo_rad2, error);
    }
    if (status == CFI_OK) {
        status = complete_bounds(network, link, powers, arena, out, error);
    }
    arena_release(arena, mark);
    return status;
}
