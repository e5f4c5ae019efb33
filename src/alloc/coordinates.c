/* Logarithms of signals and interference, measures and damping of coherent amplitudes. docs/model.md (M19). */
#include "alloc/coordinates.h"

#include "alloc/constants.h"
#include "alloc/logarithms.h"

#include <math.h>
#include <string.h>

/* Of two numbers, the first of which may be no number: then the other. */
static inline double larger_number(double a, double b)
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

void coordinates_of_state(const coordinates *c, const double *state, double *coordinate)
{
    size_t K = c->problem->K;

    for (size_t k = 0; k < K; k++) {
        coordinate[k] = larger_number(state[k] + c->shift[k], LEAST_LOGARITHM);
        coordinate[K + k] = larger_number(state[K + k], LEAST_LOGARITHM);
    }
    logarithms_take(2 * K, coordinate);
    for (size_t k = 0; k < K; k++) {
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

/* The u of user k from the exponential of its coordinate; where logarithms are shifted it keeps a share of the
 * answer's, and the coordinate is changed if need be. */
static double signal_of(const coordinates *c, size_t k, double *coordinate, double exponential, double answer)
{
    double u = exponential - c->shift[k];

    if (c->shift[k] > 0.0 && u < LEAST_SHARE * answer) {
        u = LEAST_SHARE * answer;
        *coordinate = logarithm_of(u + c->shift[k]);
    }
    return u;
}

void coordinates_to_state(const coordinates *c, double *coordinate, const double *answer, double *state)
{
    size_t K = c->problem->K, lifts = 2 * K + c->problem->mate_start[K];

    for (size_t k = 0; k < K; k++) {
        coordinate[k] = answer[k] > 0.0 ? coordinate[k] : logarithm_of(larger_number(c->shift[k], LEAST_LOGARITHM));
        coordinate[K + k] = larger_number(coordinate[K + k], 0.0);
    }
    memcpy(state, coordinate, 2 * K * sizeof *state);
    exponentials_take(2 * K, state);
    for (size_t k = 0; k < K; k++) {
        state[k] = answer[k] > 0.0 ? signal_of(c, k, coordinate + k, state[k], answer[k]) : 0.0;
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t m = c->problem->mate_start[k]; m < c->problem->mate_start[k + 1]; m++) {
            if (!c->problem->coherent_signed) {
                coordinate[2 * K + m] = fmax(coordinate[2 * K + m], 0.0);
            }
            state[2 * K + m] = coordinate[2 * K + m] * c->measure[k];
        }
    }
    for (size_t i = lifts; c->problem->target && i < lifts + K; i++) {
        coordinate[i] = larger_number(coordinate[i], 0.0);
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
