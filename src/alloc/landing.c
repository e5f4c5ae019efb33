/* Points that give every user its rate target. docs/model.md (M32)
 *
 * With the directions of all streams, and sensing powers, as they are, SINRs depend on the powers c_j that multiply the
 * streams' alone, and those that give each user just an SINR t_k solve a linear system,
 *     c_k u_k^2 / t_k - sum_j cross_kj c_j = rest_k,
 * whose matrix has no positive number off its diagonal: there are such powers exactly where elimination meets no pivot
 * that is not positive (it is an M-matrix then). They are the least powers that do. */
#include "alloc/landing.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

cfi_status landing_init(landing *t, const alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K;
    double *memory;

    *t = (landing){.problem = problem};
    if (!problem->target) {
        return CFI_OK;
    }
    memory = arena_zeros(arena, 2 * K * K + 3 * K + problem->stride, sizeof *memory);
    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rate targets of %zu users", K);
    }
    t->cross = memory;
    t->factor = t->cross + K * K;
    t->share = t->factor + K * K;
    t->least = t->share + K;
    t->rest = t->least + K;
    t->x = t->rest + K;
    return CFI_OK;
}

/* ------------------------------------------------------------------------- the linear system ---- */

/* Interference of user k from what AP l sends user j, where it depends on the stream. */
static double cross_of_streams(const alloc_problem *problem, size_t k, size_t j, const double *w)
{
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        double amplitude = w[problem_at(problem, j, l)];

        sum += amplitude > 0.0 ? problem_load(problem, k, j, l) * amplitude * amplitude : 0.0;
    }
    return sum;
}

/* cross and rest at the point. */
static void take_interference(const landing *t, const alloc_point *point)
{
    const alloc_problem *problem = t->problem;
    size_t K = problem->K, stride = problem->stride;

    for (size_t k = 0; k < K; k++) {
        const double *sensing = problem->sensing_load + stride * k;

        t->rest[k] = 1.0 + rows_product(stride, sensing, point->s);
        for (size_t j = 0; j < K; j++) {
            const double *w = point->w + stride * j;

            t->cross[j + K * k] = problem->load ? rows_triple(stride, problem->load + stride * k, w, w)
                                                : cross_of_streams(problem, k, j, point->w);
        }
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            size_t j = problem->mate[m];
            double z = rows_product(stride, problem_coherent_row(problem, k, m), point->w + stride * j);

            t->cross[j + K * k] += z * z;
        }
    }
}

/* The share of each stream's power that gives its user SINR t->least; false where none does. A stream whose user has no
 * signal stays silent. */
static bool find_shares(const landing *t, const double *u)
{
    size_t K = t->problem->K;
    double *a = t->factor, *c = t->share;

    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++) {
            a[j + K * k] = -t->cross[j + K * k];
        }
        a[k + K * k] += t->least[k] > 0.0 ? u[k] * u[k] / t->least[k] : INFINITY;
        c[k] = t->rest[k];
    }
    for (size_t k = 0; k < K; k++) {
        double pivot = a[k + K * k];

        if (!(pivot > 0.0)) {
            return false;
        }
        for (size_t i = k + 1; i < K; i++) {
            double factor = a[k + K * i] / pivot;

            for (size_t j = k + 1; factor != 0.0 && j < K; j++) {
                a[j + K * i] -= factor * a[j + K * k];
            }
            c[i] -= factor * c[k];
        }
    }
    for (size_t k = K; k-- > 0;) {
        for (size_t j = k + 1; j < K; j++) {
            c[k] -= a[j + K * k] * c[j];
        }
        c[k] /= a[k + K * k];
    }
    return true;
}

/* ------------------------------------------------------------------------- what others give ---- */

/* A point, and whose SINR is to be the target. */
typedef struct meeting {
    landing *t;
    const alloc_state *state;
    const double *lift; /* or NULL */
} meeting;

static bool is_tight(const meeting *m, size_t k)
{
    return m->lift && m->lift[k] > 0.0 && m->t->problem->target[k] > 0.0;
}

/* How far all are from what they are to have, relative: a miss of a target, or more than it where that is tight. */
static bool is_met(const meeting *m)
{
    const alloc_problem *problem = m->t->problem;

    for (size_t k = 0; k < problem->K; k++) {
        double excess = values_sinr(m->state->values, k) / problem->target[k] - 1.0;

        if (problem->target[k] > 0.0 &&
            (!(excess >= -LANDING_ROUNDING) || (is_tight(m, k) && excess > LANDING_TIGHT))) {
            return false;
        }
    }
    return true;
}

/* By how much the common factor that budget and limits allow is more than 1 when tight users ask for their target and
 * others for it or the share 1 - given of what they have, whichever is more; -2 where there are no such powers. */
static double room_after(const meeting *m, double given)
{
    const landing *t = m->t;
    const alloc_problem *problem = t->problem;
    size_t stride = problem->stride;

    for (size_t k = 0; k < problem->K; k++) {
        double target = problem->target[k] * (1.0 + LANDING_MARGIN);

        t->least[k] = is_tight(m, k) ? target : fmax(target, values_sinr(m->state->values, k) * (1.0 - given));
    }
    if (!find_shares(t, m->state->values->u)) {
        return -2.0;
    }
    memset(t->x, 0, stride * sizeof *t->x);
    for (size_t k = 0; k < problem->K; k++) {
        const double *w = m->state->point->w + stride * k;

        for (size_t l = 0; l < stride; l++) {
            t->x[l] += t->share[k] * w[l] * w[l];
        }
    }
    return fmax(problem_common_factor(problem, t->x, t->x), -1.0) - 1.0;
}

/* What others give, between too little and enough. */
typedef struct bracket {
    double low, low_room, high, high_room;
} bracket;

/* False where even all that others have beyond their targets is too little. */
static bool begin_bracket(const meeting *m, double guess, bracket *b)
{
    double room = room_after(m, 0.0), step = guess;

    if (room >= 0.0) {
        *b = (bracket){.low = -step, .high = 0.0, .high_room = room};
        b->low_room = room_after(m, b->low);
        for (size_t i = 0; b->low_room >= 0.0 && i < HALVES; i++) {
            b->high = b->low;
            b->high_room = b->low_room;
            b->low *= 4.0;
            b->low_room = room_after(m, b->low);
        }
        return true;
    }
    *b = (bracket){.low = 0.0, .low_room = room, .high = fmin(step, 1.0)};
    b->high_room = room_after(m, b->high);
    while (b->high_room < 0.0 && b->high < 1.0) {
        b->low = b->high;
        b->low_room = b->high_room;
        b->high = fmin(4.0 * b->high, 1.0);
        b->high_room = room_after(m, b->high);
    }
    return b->high_room >= -LANDING_ROUNDING;
}

static double inside(const bracket *b, bool halve)
{
    double at = b->low - b->low_room * (b->high - b->low) / (b->high_room - b->low_room);

    return !halve && b->low_room > -1.0 && at > b->low && at < b->high ? at : 0.5 * (b->low + b->high);
}

/* Leaves in t->share what gives all users what they ask for and uses the room that there is. */
static bool choose_shares(const meeting *m, double guess)
{
    bracket b;

    if (!begin_bracket(m, guess, &b)) {
        return false;
    }
    for (size_t i = 0; i < LANDING_TRIES && b.high_room > 0.25 * LANDING_MARGIN && b.low_room < 0.0; i++) {
        double given = inside(&b, i % 3 == 2), room;

        if (given == b.low || given == b.high) {
            break;
        }
        room = room_after(m, given);
        if (room < -0.25 * LANDING_MARGIN) {
            b.low = given;
            b.low_room = room;
        } else {
            b.high = given;
            b.high_room = room;
        }
    }
    return room_after(m, b.high) > -1.0;
}

/* The largest relative distance from what is_met asks for. */
static double worst_distance(const meeting *m)
{
    const alloc_problem *problem = m->t->problem;
    double worst = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double excess = values_sinr(m->state->values, k) / problem->target[k] - 1.0;

        if (problem->target[k] > 0.0) {
            worst = fmax(worst, is_tight(m, k) ? fabs(excess) : -excess);
        }
    }
    return worst;
}

bool landing_meet(landing *t, const alloc_state *state, const double *lift)
{
    const alloc_problem *problem = t->problem;
    meeting m = {.t = t, .state = state, .lift = lift};

    for (size_t i = 0; i < LANDINGS && !is_met(&m); i++) {
        take_interference(t, state->point);
        if (!choose_shares(&m, fmin(worst_distance(&m), 0.5))) {
            return false;
        }
        for (size_t k = 0; k < problem->K; k++) {
            rows_scale(problem->stride, sqrt(t->share[k]), state->point->w + problem->stride * k);
        }
        if (!problem->objective->complete(problem, state->point)) {
            return false;
        }
        problem_evaluate(problem, state->point, state->values);
    }
    return targets_hold(problem, state->values);
}
