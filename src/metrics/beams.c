/* Beams of the access points at the target, stream by stream. docs/model.md (M17). */
#include "metrics/beams.h"

#include "base/clones.h"
#include "metrics/simulation.h"

#include <string.h>

/* What all threads share. */
typedef struct beams_plan {
    sums_layout layout;
    const bound_constants *constants;
} beams_plan;

/* Work space of one thread. */
typedef struct beams {
    const beams_plan *plan;
    double *re,
        *im; /* 2 x width each, one behind the other: v and w of one access point; zeros behind the last stream */
} beams;

static bool beams_wanted(const cfi_system *system)
{
    return system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE;
}

/* The layout has room for them. */
static void *beams_prepare(const simulation *sim, sums_layout *layout, cfi_arena *arena)
{
    beams_plan *plan = arena_alloc(arena, 1, sizeof *plan);

    if (plan) {
        *plan = (beams_plan){.layout = *layout, .constants = &sim->constants};
    }
    return plan;
}

static void *beams_make(const void *shared, cfi_arena *arena)
{
    const beams_plan *plan = shared;
    beams *b = arena_alloc(arena, 1, sizeof *b);
    double *numbers = arena_zeros(arena, 4 * plan->layout.width, sizeof *numbers);

    if (!b || !numbers) {
        return NULL;
    }
    *b = (beams){.plan = plan, .re = numbers, .im = numbers + 2 * plan->layout.width};
    return b;
}

/* abs(v)^2, abs(w)^2, Re and Im of v^* w; zeros stand behind the last stream. */
CLONES(static, void, add_moments,
       (size_t width, const double *restrict re, const double *restrict im, double *restrict moments),
       (width, re, im, moments))
{
    double sum[4][SUMS_LANES] = {{0.0}};

    for (size_t k = 0; k < width; k += SUMS_LANES) {
        for (size_t i = 0; i < SUMS_LANES; i++) {
            double a = re[k + i], b = im[k + i], c = re[width + k + i], d = im[width + k + i];

            sum[0][i] += a * a + b * b;
            sum[1][i] += c * c + d * d;
            sum[2][i] += a * c + b * d;
            sum[3][i] += a * d - b * c;
        }
    }
    for (size_t i = 0; i < SUMS_LANES; i++) {
        for (size_t q = 0; q < 4; q++) {
            moments[q] += sum[q][i];
        }
    }
}

/* to += from */
CLONES(static, void, add_beams, (size_t size, const double *restrict from, double *restrict to), (size, from, to))
{
    for (size_t e = 0; e < size; e++) {
        to[e] += from[e];
    }
}

static void beams_observe(void *state, const observed *seen, double *sums)
{
    const beams *b = state;
    const sums_layout *layout = &b->plan->layout;
    const bound_constants *constants = b->plan->constants;
    size_t K = layout->K, width = layout->width, N = constants->network->system->N, l = seen->l;
    double one[4] = {0.0}, *ap = sums + layout->aps + 5 * l;
    cfi_split h = {.re = constants->observed + 4 * N * l, .im = constants->observed + 4 * N * l + 2 * N, .ld = 2};

    memset(b->re, 0, 4 * width * sizeof *b->re);
    linalg_split_gram_add(2, K, N, h, seen->f, (cfi_split){b->re, b->im, width});
    for (size_t k = K; k < width; k++) {
        b->re[k] = b->im[k] = b->re[width + k] = b->im[width + k] = 0.0;
    }
    add_moments(width, b->re, b->im, one);
    for (size_t q = 0; q < 4; q++) {
        ap[q] += one[q];
    }
    ap[4] += 1.0 / bound_own_information(constants, l, one);
    if (layout->multistatic) {
        add_beams(4 * width, b->re, sums + sums_beams(layout, l));
    }
}

const observer BEAMS_OBSERVER = {
    .wanted = beams_wanted, .prepare = beams_prepare, .make = beams_make, .observe = beams_observe};
