/* WMMSE with ADMM inside: S. Chakraborty, O. T. Demir, E. Bjornson, P. Giselsson, "Efficient downlink power allocation
 * algorithms for cell-free massive MIMO systems", IEEE Open Journal of the Communications Society 1, 2020. In turns:
 *
 *   v_k = u_k / (I_k + u_k^2),  weight_k = 1 / e_k = 1 + u_k^2 / I_k                        (receivers, weights)
 *   minimise over amplitudes w   sum_k w_k' A_k w_k - 2 c_k' w_k   over the feasible set     (by ADMM)
 *   A_k = diag_l( sum_i weight_i v_i^2 V_il ) + weight_k v_k^2 g_k g_k',   c_k = weight_k v_k g_k
 *
 * ADMM splits w from a copy q in the feasible set, multipliers gamma, penalty rho; a round is
 *
 *   w_k = (A_k + rho / 2)^-1 (c_k + rho / 2 (q_k + gamma_k)),   q = P(w - gamma),   gamma = gamma + q - w
 *
 * With orthogonal pilots A_k is a diagonal that all users share and a matrix of rank one, so that its inverse is a
 * closed form and a round O(K L), where the paper inverts L x L matrices. m = w - gamma is all that is kept: q = P(m),
 * gamma = P(m) - m. A round is two passes over g and m, one over V where weights follow. */
#include "peer_wmmse.h"

#include "peer_lanes.h"

#include <math.h>

enum { STALLED_AFTER = 400, LEAST_ROUNDS = 6 };
static const double STALLED = 1e-10;

bool wmmse_init(wmmse_work *work, const peer_problem *problem, cfi_arena *arena)
{
    size_t K = problem->K;

    work->problem = problem;
    work->q = peer_point_make(problem, arena);
    work->m = peer_point_make(problem, arena).w;
    work->t = peer_point_make(problem, arena).w;
    work->inverse = arena_zeros(arena, problem->blocks, sizeof *work->inverse);
    work->factor = arena_zeros(arena, problem->blocks, sizeof *work->factor);
    work->linear = arena_zeros(arena, K, sizeof *work->linear);
    work->square = arena_zeros(arena, K, sizeof *work->square);
    work->pull = arena_zeros(arena, K, sizeof *work->pull);
    work->g_t = arena_zeros(arena, K, sizeof *work->g_t);
    work->g_g = arena_zeros(arena, K, sizeof *work->g_g);
    work->sums = peer_sums_make(problem, arena);
    return peer_point_is_whole(&work->q) && work->m && work->t && work->inverse && work->factor && work->linear &&
           work->square && work->pull && work->g_t && work->g_g && work->sums.u && work->sums.interference;
}

/* Receivers and weights at q. */
static void take_weights(wmmse_work *work)
{
    const peer_point *q = &work->q;

    for (size_t k = 0; k < work->problem->K; k++) {
        double u = q->u[k], total = q->interference[k] + u * u;

        work->linear[k] = u / q->interference[k];
        work->square[k] = u * u / (q->interference[k] * total);
    }
}

static double mean_price(const wmmse_work *work)
{
    double sum = 0.0;

    for (size_t b = 0; b < work->problem->blocks; b++) {
        peer_pair price = peer_price(work->problem, b, work->square);

        sum += peer_total(price.half[0] + price.half[1]);
    }
    return sum / (double)work->problem->L;
}

/* The inverse of the diagonals, and g^2 times it. */
static void invert_diagonals(wmmse_work *work)
{
    size_t K = work->problem->K;

    memset(work->g_g, 0, K * sizeof *work->g_g);
    for (size_t b = 0; b < work->problem->blocks; b++) {
        const peer_pair *g = work->problem->g + b * K;
        peer_pair price = peer_price(work->problem, b, work->square), inverse;

        inverse.half[0] = 1.0 / (price.half[0] + work->half_penalty);
        inverse.half[1] = 1.0 / (price.half[1] + work->half_penalty);
        work->inverse[b] = inverse;
        for (size_t k = 0; k < K; k++) {
            work->g_g[k] +=
                g[k].half[0] * g[k].half[0] * inverse.half[0] + g[k].half[1] * g[k].half[1] * inverse.half[1];
        }
    }
}

/* Rows t, the minimisers without the rank-one terms, and from their products with g what these take off. */
static void minimise_diagonal(wmmse_work *work)
{
    size_t K = work->problem->K;

    memset(work->g_t, 0, K * sizeof *work->g_t);
    for (size_t b = 0; b < work->problem->blocks; b++) {
        const peer_pair *g = work->problem->g + b * K, *m = work->m + b * K;
        peer_pair *t = work->t + b * K, inverse = work->inverse[b], factor = work->factor[b];

        for (size_t k = 0; k < K; k++) {
            for (size_t i = 0; i < 2; i++) {
                peer_vector target = 2.0 * factor.half[i] * peer_positive(m[k].half[i]) - m[k].half[i];

                t[k].half[i] = inverse.half[i] * (work->linear[k] * g[k].half[i] + work->half_penalty * target);
            }
            work->g_t[k] += g[k].half[0] * t[k].half[0] + g[k].half[1] * t[k].half[1];
        }
    }
    for (size_t k = 0; k < K; k++) {
        work->pull[k] = work->square[k] * peer_total(work->g_t[k]) / (1.0 + work->square[k] * peer_total(work->g_g[k]));
    }
}

/* Squares and products a lane of w and of p = max(m, 0). */
typedef struct round_sums {
    peer_vector w_w, w_p, p_p;
} round_sums;

/* m = w - gamma of 8 access points and one user, gamma from the last m and its factor. */
static inline peer_vector update_lanes(peer_vector w, peer_vector m, peer_vector factor, round_sums *sums)
{
    peer_vector next = w + m - factor * peer_positive(m), p = peer_positive(next);

    sums->w_w += w * w;
    sums->w_p += w * p;
    sums->p_p += p * p;
    return next;
}

static inline void update_block(wmmse_work *work, size_t block, round_sums sums[2])
{
    size_t K = work->problem->K;
    const peer_pair *g = work->problem->g + block * K, *t = work->t + block * K;
    peer_pair *m = work->m + block * K, inverse = work->inverse[block], factor = work->factor[block];
    round_sums low = {.w_w = {0.0}}, high = {.w_w = {0.0}};

    for (size_t k = 0; k < K; k++) {
        double pull = work->pull[k];

        m[k].half[0] =
            update_lanes(t[k].half[0] - pull * g[k].half[0] * inverse.half[0], m[k].half[0], factor.half[0], &low);
        m[k].half[1] =
            update_lanes(t[k].half[1] - pull * g[k].half[1] * inverse.half[1], m[k].half[1], factor.half[1], &high);
    }
    sums[0] = low;
    sums[1] = high;
}

/* Adds to the sums of u and I a block of max(m, 0), of which norm2 are the squared norms, times the factor. */
static void evaluate_block(wmmse_work *work, size_t block, const peer_pair *factor, const peer_pair *norm2)
{
    size_t K = work->problem->K;
    const peer_pair *g = work->problem->g + block * K, *V = work->problem->V + block * K, *m = work->m + block * K;
    peer_pair power;

    for (size_t i = 0; i < 2; i++) {
        power.half[i] = factor->half[i] * factor->half[i] * norm2->half[i];
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t i = 0; i < 2; i++) {
            work->sums.u[k] += factor->half[i] * g[k].half[i] * peer_positive(m[k].half[i]);
            work->sums.interference[k] += power.half[i] * V[k].half[i];
        }
    }
}

/* norm(w - q)^2 / norm(w)^2 of what w and p sum up to. */
typedef struct distance {
    double apart, size;
} distance;

static inline void add_distance(const round_sums *sums, peer_vector factor, distance *to)
{
    to->apart += peer_total(sums->w_w + factor * (factor * sums->p_p - 2.0 * sums->w_p));
    to->size += peer_total(sums->w_w);
}

/* The one ball's factor of every access point, from the sum of all squares; u and I scale with it. */
static void shrink_all(wmmse_work *work, const round_sums *all, distance *to)
{
    double norm2 = peer_total(all->p_p), L = (double)work->problem->L, factor = norm2 > L ? sqrt(L / norm2) : 1.0;
    peer_vector each = peer_every(factor);

    for (size_t b = 0; b < work->problem->blocks; b++) {
        work->factor[b] = (peer_pair){{each, each}};
    }
    add_distance(all, each, to);
    work->q.scale = factor;
}

static void add_round_sums(round_sums *to, const round_sums *from)
{
    to->w_w += from->w_w;
    to->w_p += from->w_p;
    to->p_p += from->p_p;
}

/* A round; evaluates q if asked to. Returns norm(w - q)^2 / norm(w)^2. */
static double take_round(wmmse_work *work, bool evaluate)
{
    const peer_problem *problem = work->problem;
    peer_vector one = peer_every(1.0);
    round_sums all = {.w_w = {0.0}};
    distance d = {0.0, 0.0};

    minimise_diagonal(work);
    peer_clear(problem, work->sums);
    work->q.scale = 1.0;
    for (size_t b = 0; b < problem->blocks; b++) {
        peer_pair factor = {{one, one}}, norm2;
        round_sums sums[2];

        update_block(work, b, sums);
        for (size_t i = 0; i < 2; i++) {
            norm2.half[i] = sums[i].p_p;
            if (problem->per_ap) {
                factor.half[i] = peer_shrink(sums[i].p_p);
                add_distance(&sums[i], factor.half[i], &d);
            } else {
                add_round_sums(&all, &sums[i]);
            }
        }
        work->factor[b] = factor;
        if (evaluate) {
            evaluate_block(work, b, &factor, &norm2);
        }
    }
    if (!problem->per_ap) {
        shrink_all(work, &all, &d);
    }
    if (evaluate) {
        peer_collect(problem, work->sums, &work->q);
    }
    return d.apart / d.size;
}

/* Rows q = P(m), which have no scale of their own. */
static void write_copy(wmmse_work *work, peer_pair *rows)
{
    size_t K = work->problem->K;

    for (size_t b = 0; b < work->problem->blocks; b++) {
        for (size_t k = 0; k < K; k++) {
            for (size_t i = 0; i < 2; i++) {
                rows[b * K + k].half[i] = work->factor[b].half[i] * peer_positive(work->m[b * K + k].half[i]);
            }
        }
    }
}

/* Forgets the multipliers: m = q. */
static void reset_multipliers(wmmse_work *work)
{
    peer_vector one = peer_every(1.0);

    write_copy(work, work->m);
    for (size_t b = 0; b < work->problem->blocks; b++) {
        work->factor[b] = (peer_pair){{one, one}};
    }
}

static void start_at_copy(wmmse_work *work, const wmmse_rule *rule)
{
    peer_vector scale = peer_every(work->q.scale);

    memcpy(work->m, work->q.w, work->problem->K * work->problem->blocks * sizeof *work->m);
    for (size_t b = 0; b < work->problem->blocks; b++) {
        work->factor[b] = (peer_pair){{scale, scale}};
    }
    reset_multipliers(work);
    take_weights(work);
    work->half_penalty = rule->penalty * mean_price(work);
    invert_diagonals(work);
}

/* Whether ADMM has done its part after so many rounds with the same weights. */
static bool inner_ends(const wmmse_rule *rule, size_t rounds, double apart)
{
    return rule->inner > 0 ? rounds >= rule->inner
                           : rounds >= LEAST_ROUNDS && apart <= rule->agreement * rule->agreement;
}

size_t wmmse_run(wmmse_work *work, const wmmse_rule *rule, size_t rounds, double *trace)
{
    size_t inner = 0, i = 0;
    bool stalled = false;

    start_at_copy(work, rule);
    while (i < rounds && !stalled) {
        /* u and I are wanted when weights follow, which only the paper's rule does not know before */
        bool evaluate = trace || rule->inner == 0 || inner + 1 >= rule->inner || i + 1 == rounds;
        double apart = take_round(work, evaluate);

        i++;
        inner++;
        if (trace) {
            trace[i] = work->q.value;
            stalled = i > STALLED_AFTER && fabs(trace[i] - trace[i - STALLED_AFTER]) < STALLED * fabs(trace[i]);
        }
        if (inner_ends(rule, inner, apart)) {
            take_weights(work);
            if (rule->reset) {
                reset_multipliers(work);
            }
            invert_diagonals(work);
            inner = 0;
        }
    }
    write_copy(work, work->q.w);
    work->q.scale = 1.0;
    return i;
}
