/* Informations about departures of one coherence block. docs/model.md (M29).
 *
 * In a realisation the streams that AP l lights the target by are v_l (K numbers), and w_l is their derivative off the
 * array's own direction. Unknown path gains take from w_p what lies along v_p (own echo), or in the span of all v_l.
 * What is left of all, P w_l, adds to the position's Fisher matrix at receiver p the squares of sum_l alpha_lp e_l P
 * w_l. As soon as the v_l span all K streams nothing is left. */
#include "metrics/blocks.h"

#include "metrics/simulation.h"

#include <math.h>
#include <string.h>

typedef struct blocks_plan {
    sums_layout layout;
    const bound_constants *constants;
    double *turn; /* 2 x L, or NULL: the target has no place */
} blocks_plan;

/* Work space of one thread. */
typedef struct blocks_state {
    const blocks_plan *plan;
    double *beams;         /* 4 width x L x SIMULATION_CHUNK: Re v, Re w, Im v, Im w of a realisation's access points */
    double complex *basis; /* K x K: of the span of the v_l, as many columns as `rank` */
    double complex *rest;  /* K x L: v_l first, then P w_l */
    double complex *seen;  /* K x 2: at a receiver, sum_l alpha_lp e_l P w_l */
    size_t rank;
} blocks_state;

size_t blocks_place(const sums_layout *layout, size_t which, size_t p)
{
    return layout->blocks + which * layout->L + p;
}

size_t blocks_matrix(const sums_layout *layout)
{
    return layout->blocks + (size_t)BLOCKS_PER_AP * layout->L;
}

static bool blocks_wanted(const cfi_system *system)
{
    return system->monte_carlo.bounds != CFI_MC_BOUNDS_NONE && system->sensing.information == CFI_INFORMATION_BLOCK;
}

static void *blocks_prepare(const simulation *sim, sums_layout *layout, cfi_arena *arena)
{
    enum { MATRIX = 3 };
    const cfi_network *network = sim->network;
    blocks_plan *plan = arena_alloc(arena, 1, sizeof *plan);
    double *turn = network->target_position_m ? arena_alloc(arena, 2 * network->L, sizeof *turn) : NULL;

    if (!plan || (network->target_position_m && !turn)) {
        return NULL;
    }
    for (size_t l = 0; turn && l < network->L; l++) {
        network_target_turn(network, l, turn + 2 * l);
    }
    layout->blocks = sums_extend(layout, (size_t)BLOCKS_PER_AP * layout->L + MATRIX);
    *plan = (blocks_plan){.layout = *layout, .constants = &sim->constants, .turn = turn};
    return plan;
}

static void *blocks_make(const void *shared, cfi_arena *arena)
{
    const blocks_plan *plan = shared;
    size_t K = plan->layout.K, L = plan->layout.L;
    blocks_state *b = arena_alloc(arena, 1, sizeof *b);
    double *beams = arena_zeros(arena, 4 * plan->layout.width * L * SIMULATION_CHUNK, sizeof *beams);
    double complex *numbers = arena_alloc(arena, K * (K + L + 2), sizeof *numbers);

    if (!b || !beams || !numbers) {
        return NULL;
    }
    *b = (blocks_state){
        .plan = plan, .beams = beams, .basis = numbers, .rest = numbers + K * K, .seen = numbers + K * (K + L)};
    return b;
}

static double *beams_of(const blocks_state *b, size_t place, size_t l)
{
    return b->beams + 4 * b->plan->layout.width * (l + b->plan->layout.L * place);
}

/* Number k of v (part = 0) or w (part = 1) among an access point's beams. */
static double complex stream_of(const sums_layout *layout, const double *beams, size_t part, size_t k)
{
    return beams[layout->width * part + k] + I * beams[layout->width * (2 + part) + k];
}

static void blocks_observe(void *state, const observed *seen, double *sums)
{
    const blocks_state *b = state;
    const sums_layout *layout = &b->plan->layout;
    const bound_constants *constants = b->plan->constants;
    size_t K = layout->K, width = layout->width, N = constants->network->system->N, l = seen->l;
    double *beams = beams_of(b, seen->place, l), vv = 0.0, ww = 0.0;
    double complex vw = 0.0;
    cfi_split h = {.re = constants->observed + 4 * N * l, .im = constants->observed + 4 * N * l + 2 * N, .ld = 2};

    memset(beams, 0, 4 * width * sizeof *beams);
    linalg_split_gram_add(2, K, N, h, seen->f, (cfi_split){beams, beams + 2 * width, width});
    for (size_t k = 0; k < K; k++) {
        double complex v = stream_of(layout, beams, 0, k), w = stream_of(layout, beams, 1, k);

        vv += creal(v * conj(v));
        ww += creal(w * conj(w));
        vw += conj(v) * w;
    }
    sums[blocks_place(layout, BLOCKS_OWN, l)] +=
        constants->across[l] * bound_own_residual(vv, ww, creal(vw), cimag(vw));
}

static double complex product_of_streams(size_t K, const double complex *x, const double complex *y)
{
    double complex sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        sum += conj(x[k]) * y[k];
    }
    return sum;
}

/* Takes what lies in the span of the basis off x, twice for rounding; returns norm(x)^2, 0 where it is rounding. */
static double take_span(const blocks_state *b, double complex *x)
{
    size_t K = b->plan->layout.K;
    double before = creal(product_of_streams(K, x, x)), after;

    for (size_t c = 0; c < 2 * b->rank; c++) {
        const double complex *unit = b->basis + K * (c % b->rank);
        double complex along = product_of_streams(K, unit, x);

        for (size_t k = 0; k < K; k++) {
            x[k] -= along * unit[k];
        }
    }
    after = creal(product_of_streams(K, x, x));
    return after > RESIDUAL_ROUNDING * before ? after : 0.0;
}

/* Of the v_l of a realisation. */
static void build_basis(blocks_state *b, size_t place)
{
    const sums_layout *layout = &b->plan->layout;
    size_t K = layout->K;

    b->rank = 0;
    for (size_t l = 0; l < layout->L && b->rank < K; l++) {
        double complex *x = b->basis + K * b->rank;
        double norm;

        for (size_t k = 0; k < K; k++) {
            x[k] = stream_of(layout, beams_of(b, place, l), 0, k);
        }
        norm = take_span(b, x);
        if (norm > 0.0) {
            for (size_t k = 0; k < K; k++) {
                x[k] /= sqrt(norm);
            }
            b->rank++;
        }
    }
}

/* sum_l alpha_lp e_l P w_l, both axes. */
static void look_from(const blocks_state *b, size_t p)
{
    const sums_layout *layout = &b->plan->layout;
    const double complex *alpha = network_path_gains(b->plan->constants->network, p);
    size_t K = layout->K;

    memset(b->seen, 0, 2 * K * sizeof *b->seen);
    for (size_t l = 0; l < layout->L; l++) {
        for (size_t axis = 0; axis < 2; axis++) {
            double complex factor = alpha[l] * b->plan->turn[2 * l + axis];

            for (size_t k = 0; k < K; k++) {
                b->seen[K * axis + k] += factor * b->rest[K * l + k];
            }
        }
    }
}

/* Paths that are equal show all receivers the same. */
static void add_to_matrix(const blocks_state *b, double *J)
{
    const cfi_network *network = b->plan->constants->network;
    size_t K = b->plan->layout.K, L = b->plan->layout.L, receivers = network->equal_paths ? 1 : L;

    for (size_t p = 0; p < receivers; p++) {
        double scale = b->plan->constants->per_path * (double)L / (double)receivers;

        look_from(b, p);
        J[0] += scale * creal(product_of_streams(K, b->seen, b->seen));
        J[1] += scale * creal(product_of_streams(K, b->seen, b->seen + K));
        J[2] += scale * creal(product_of_streams(K, b->seen + K, b->seen + K));
    }
}

static void blocks_conclude(void *state, size_t realization, size_t place, double *sums)
{
    blocks_state *b = state;
    const sums_layout *layout = &b->plan->layout;
    size_t K = layout->K;

    (void)realization;
    if (!layout->multistatic) {
        return;
    }
    build_basis(b, place);
    if (b->rank == K) {
        return;
    }
    for (size_t l = 0; l < layout->L; l++) {
        double complex *w = b->rest + K * l;

        for (size_t k = 0; k < K; k++) {
            w[k] = stream_of(layout, beams_of(b, place, l), 1, k);
        }
        sums[blocks_place(layout, BLOCKS_ALL, l)] += b->plan->constants->across[l] * take_span(b, w);
    }
    if (b->plan->turn) {
        add_to_matrix(b, sums + blocks_matrix(layout));
    }
}

const observer BLOCKS_OBSERVER = {.wanted = blocks_wanted,
                                  .prepare = blocks_prepare,
                                  .make = blocks_make,
                                  .observe = blocks_observe,
                                  .conclude = blocks_conclude};
