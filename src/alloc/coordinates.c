/* Logarithms of signals and interference, measures and damping of coherent amplitudes. docs/model.md (M19). */
#include "alloc/coordinates.h"

#include "alloc/constants.h"
#include "alloc/logarithms.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

/* Of two numbers, the first of which may be no number: then the other. */
INLINE double larger_number(double a, double b)
{
    return a > b ? a : b;
}

void coordinates_begin(coordinates *c, const double *interference, bool damped)
{
    for (size_t k = 0; k < c->problem->K; k++) {
        size_t mates = c->problem->mate_start[k + 1] - c->problem->mate_start[k];

        c->measure[k] = sqrt(interference[k] / (double)(mates > 0 ? mates : 1));
        c->shift[k] = damped ? LOGARITHM_SHIFT * sqrt(interference[k]) : 0.0;
    }
}

/* Lifts are their own coordinates. */
static void copy_lifts(const coordinates *c, const double *from, double *to)
{
    size_t K = c->problem->K, lifts = 2 * K + c->problem->mate_start[K];

    if (c->problem->target) {
        memcpy(to + lifts, from + lifts, K * sizeof *to);
    }
}

CLONES(static, void, raise_to, (size_t count, double least, double *number), (count, least, number))
{
    for (size_t i = 0; i < count; i++) {
        number[i] = larger_number(number[i], least);
    }
}

/* u, shifted, and I, as far as they have a logarithm. */
CLONES(static, void, take_positive,
       (size_t K, const double *restrict state, const double *restrict shift, double *restrict number),
       (K, state, shift, number))
{
    for (size_t k = 0; k < K; k++) {
        number[k] = larger_number(state[k] + shift[k], LEAST_LOGARITHM);
        number[K + k] = larger_number(state[K + k], LEAST_LOGARITHM);
    }
}

void coordinates_of_state(const coordinates *c, const double *state, double *coordinate)
{
    size_t K = c->problem->K;

    take_positive(K, state, c->shift, coordinate);
    logarithms_take(2 * K, coordinate);
    for (size_t k = 0; k < K && c->problem->mate_start[K] > 0; k++) {
        for (size_t m = c->problem->mate_start[k]; m < c->problem->mate_start[k + 1]; m++) {
            coordinate[2 * K + m] = state[2 * K + m] / c->measure[k];
        }
    }
    copy_lifts(c, state, coordinate);
}

static double logarithm_of(double number)
{
    logarithms_take(1, &number);
    return number;
}

/* Exponentials become u, 0 where the user is silent. */
CLONES(static, void, take_signals,
       (size_t K, const double *restrict shift, const double *restrict answer, double *restrict u),
       (K, shift, answer, u))
{
    for (size_t k = 0; k < K; k++) {
        u[k] = answer[k] > 0.0 ? u[k] - shift[k] : 0.0;
    }
}

/* Where logarithms are shifted a user keeps a share of the answer's u, and its coordinate is changed if need be. */
static void keep_shares(const coordinates *c, double *coordinate, const double *answer, double *u)
{
    for (size_t k = 0; k < c->problem->K; k++) {
        if (c->shift[k] > 0.0 && answer[k] > 0.0 && u[k] < LEAST_SHARE * answer[k]) {
            u[k] = LEAST_SHARE * answer[k];
            coordinate[k] = logarithm_of(u[k] + c->shift[k]);
        }
    }
}

/* Coherent amplitudes of such a state. */
static void scale_coherent(const coordinates *c, double *coordinate, double *state)
{
    const alloc_problem *problem = c->problem;
    size_t K = problem->K;

    for (size_t k = 0; k < K; k++) {
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            if (!problem->coherent_signed) {
                coordinate[2 * K + m] = fmax(coordinate[2 * K + m], 0.0);
            }
            state[2 * K + m] = coordinate[2 * K + m] * c->measure[k];
        }
    }
}

void coordinates_to_state(const coordinates *c, double *coordinate, const double *answer, double *state)
{
    size_t K = c->problem->K, lifts = 2 * K + c->problem->mate_start[K];

    for (size_t k = 0; k < K; k++) {
        if (!(answer[k] > 0.0)) {
            coordinate[k] = logarithm_of(larger_number(c->shift[k], LEAST_LOGARITHM));
        }
    }
    raise_to(K, 0.0, coordinate + K);
    memcpy(state, coordinate, 2 * K * sizeof *state);
    exponentials_take(2 * K, state);
    take_signals(K, c->shift, answer, state);
    keep_shares(c, coordinate, answer, state);
    if (lifts > 2 * K) {
        scale_coherent(c, coordinate, state);
    }
    if (c->problem->target) {
        raise_to(K, 0.0, coordinate + lifts);
    }
    copy_lifts(c, coordinate, state);
}

void coordinates_damp(const coordinates *c, const double *damping, const double *state, const double *answer,
                      double *damped)
{
    const alloc_problem *problem = c->problem;
    size_t K = problem->K;

    memcpy(damped, answer, (2 * K + problem->mate_start[K]) * sizeof *damped);
    copy_lifts(c, answer, damped);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            double before = state[2 * K + m], answered = answer[2 * K + m];
            double z = before + (answered - before) / (1.0 + damping[m]);

            damped[2 * K + m] = z;
            damped[K + k] += z * z - answered * answered;
        }
        damped[K + k] = fmax(damped[K + k], 1.0);
    }
}
