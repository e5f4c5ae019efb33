/* Assembly and factorisation of the Newton system. docs/solver.md. */
#include "socp/kkt.h"

#include "socp/constants.h"
#include "socp/kkt_terms.h"
#include "socp/memory.h"
#include "socp/order.h"
#include "socp/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------------- analysis ---- */

/* Signs of the pivots: + for x, - for y and z; of a dyad's unknown the opposite of its unit pivot's block. */
static void set_signs(kkt *system)
{
    const cone_scaling *cone = system->cone;
    size_t row = cone->linear;

    for (size_t i = 0; i < system->size; i++) {
        system->sign[system->place[i]] = i < system->n ? 1 : -1;
    }
    for (size_t i = 0; i < cone->cones; i++) {
        size_t size = cone->size[i];

        if (size > 1) {
            bool kept = system->kept[cone->linear + i];
            size_t dyad = system->position[row] + (kept ? size : 0);

            system->sign[system->place[dyad + (kept ? 0 : 1)]] = 1;
        }
        row += size;
    }
}

/* The kept rows, with the places of their unknowns. */
static void list_kept(kkt *system)
{
    const cone_scaling *cone = system->cone;
    size_t row = 0;

    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];

        for (size_t j = 0; j < size && system->kept[i]; j++) {
            system->kept_row[system->kept_rows] = (uint32_t)(row + j);
            system->kept_place[system->kept_rows++] = system->place[system->position[row + j]];
        }
        row += size;
    }
}

static uint32_t *carve_indices(uint32_t **memory, size_t count)
{
    uint32_t *part = *memory;

    *memory += count;
    return part;
}

static bool allocate_numbers(kkt *system)
{
    size_t n = system->n, m = system->m, all = n + system->p + m;
    double *numbers = memory_block(
        (2 * system->size + 6 * all + 2 * m + system->terms.count + system->terms.weights + system->cone->cones + 8) *
        sizeof *numbers);

    system->memory[1] = numbers;
    if (!numbers) {
        return false;
    }
    system->reduced = numbers;
    numbers += 2 * system->size;
    for (size_t i = 0; i < 2; i++) {
        kkt_side *side = &system->side[i];

        side->residual = numbers;
        side->change = side->residual + all;
        side->product = side->change + all;
        side->through = side->product + all - n;
        side->gap = side->through + n;
        numbers = side->gap + m;
    }
    system->terms.coefficient = numbers;
    system->terms.weight = system->terms.coefficient + system->terms.count;
    system->ratio = system->terms.weight + system->terms.weights;
    return true;
}

/* Terms, order, factor; scratch: row, col, order. */
static bool analyse(kkt *system, const row_lists *rows)
{
    kkt_terms *terms = &system->terms;
    size_t count;
    uint32_t *block, *scratch;
    bool done;

    kkt_list_terms(system, rows, NULL, NULL);
    count = terms->count;
    block = memory_block((3 * count + 2 * system->size) * sizeof *block + count + 16);
    scratch = memory_block((2 * count + system->size + 1) * sizeof *scratch);
    system->memory[0] = block;
    done = block && scratch && count < UINT32_MAX / 4 && allocate_numbers(system);
    if (done) {
        uint32_t *row = scratch, *col = row + count, *order = col + count;

        terms->slot = carve_indices(&block, count);
        terms->left = carve_indices(&block, count);
        terms->right = carve_indices(&block, count);
        system->place = carve_indices(&block, system->size);
        system->sign = (signed char *)carve_indices(&block, system->size);
        terms->times = (signed char *)block;
        kkt_list_terms(system, rows, row, col);
        done = order_pattern(system->size, count, row, col, system->watch, order) &&
               ldl_analyse(&system->factor,
                           &(ldl_pattern){.n = system->size,
                                          .entries = count,
                                          .row = row,
                                          .col = col,
                                          .order = order,
                                          .watch = system->watch},
                           system->place, terms->slot);
    }
    free(scratch);
    return done;
}

static size_t count_weights(const cone_scaling *cone)
{
    size_t weights = FIRST_WEIGHT + cone->linear;

    for (size_t i = 0; i < cone->cones; i++) {
        weights += cone_weights(cone->size[i]);
    }
    return weights;
}

bool kkt_analyse(kkt *system, const sparse *matrix, size_t f, const cone_scaling *cone, stop_watch *watch)
{
    size_t n = matrix->cols, m = cone->m, nonzeros = matrix->start[n], blocks = cone->linear + cone->cones;
    size_t weights = count_weights(cone);
    uint32_t *scratch = memory_block((matrix->rows + 1 + 2 * nonzeros + n + 1) * sizeof *scratch), *memory;
    bool done;

    *system = (kkt){.n = n,
                    .f = f,
                    .p = matrix->rows - m,
                    .m = m,
                    .cone = cone,
                    .matrix = matrix,
                    .delta = DELTA_FIRST,
                    .watch = watch};
    memory = memory_block((3 * m + weights + 2) * sizeof *memory + blocks + 1);
    system->memory[2] = memory;
    done = scratch && memory;
    if (done) {
        row_lists rows = {.start = scratch};

        rows.col = rows.start + matrix->rows + 1;
        rows.entry = rows.col + nonzeros;
        system->position = carve_indices(&memory, m + 1);
        system->kept_row = carve_indices(&memory, m);
        system->kept_place = carve_indices(&memory, m);
        system->terms.weights = weights;
        system->terms.start = carve_indices(&memory, weights + 1);
        system->kept = (bool *)memory;
        list_rows(matrix, &rows);
        kkt_lay_out(system, &rows, rows.entry + nonzeros);
        done = analyse(system, &rows);
    }
    free(scratch);
    if (done && system->factor.values <= BASE_MOST_FILL * system->terms.count) {
        system->base = memory_block(system->factor.values * sizeof *system->base + 1);
        system->memory[3] = system->base;
        done = system->base != NULL;
    }
    if (done) {
        set_signs(system);
        list_kept(system);
    } else {
        kkt_free(system);
    }
    return done;
}

void kkt_free(kkt *system)
{
    ldl_free(&system->factor);
    for (size_t i = 0; i < sizeof system->memory / sizeof *system->memory; i++) {
        free(system->memory[i]);
    }
    *system = (kkt){.n = 0};
}

/* ------------------------------------------------------------------------------ numbers ---- */

void kkt_set_data(kkt *system)
{
    kkt_terms *terms = &system->terms;
    const double *value = system->matrix->value; /* the last one is 1 */

    for (size_t i = 0; i < terms->count; i++) {
        terms->coefficient[i] = terms->times[i] * value[terms->left[i]] * value[terms->right[i]];
    }
    system->base_delta = NAN;
}

/* The stretches of W^2 of a cone and of its inverse, regularised. */
typedef struct stretch {
    double middle, far, near; /* eta^2 + delta and so on */
    double beyond, before;    /* far - middle, middle - near, without cancellation */
} stretch;

static stretch stretch_of(double eta, double head, double tail, double delta)
{
    double r = 1.0 / (head + tail), square = eta * eta;

    return (stretch){.middle = square + delta,
                     .far = square / (r * r) + delta,
                     .near = square * r * r + delta,
                     .beyond = 2.0 * square * tail / r,
                     .before = 2.0 * square * tail * r};
}

/* The multiple of the identity, then the dyad that is added and the one that is subtracted, of R^-1 or R; the first
 * weight is negative when it stands for -R. Returns the ratio of the dyads' lengths. */
static double weigh_cone(size_t size, const double *v, double eta, bool kept, double delta, double *weight)
{
    double tail = sqrt(vector_dot(size - 1, v + 1, v + 1));
    stretch s = stretch_of(eta, v[0], tail, delta);
    double more = kept ? s.beyond : s.before / (s.near * s.middle);
    double less = kept ? s.before : s.beyond / (s.far * s.middle);
    double *plus = weight + 1, *minus = plus + size, up = tail > 0.0 ? (kept ? 1.0 : -1.0) / tail : 0.0;

    *weight = kept ? -s.middle : 1.0 / s.middle;
    more = sqrt(0.5 * more);
    less = sqrt(0.5 * less);
    plus[0] = more;
    minus[0] = less;
    for (size_t i = 1; i < size; i++) {
        plus[i] = more * up * v[i];
        minus[i] = -less * up * v[i];
    }
    return more > 0.0 ? less / more : 0.0;
}

static void weigh(kkt *system)
{
    const cone_scaling *cone = system->cone;
    double *weight = system->terms.weight, delta = system->delta;
    const double *v = cone->v + cone->linear;

    weight[WEIGHT_ONE] = 1.0;
    weight[WEIGHT_DELTA] = delta;
    weight += FIRST_WEIGHT;
    delta = DELTA_CONE;
    for (size_t i = 0; i < cone->linear; i++) {
        double r = cone->weight[i] * cone->weight[i] + delta;

        *weight++ = system->kept[i] ? -r : 1.0 / r;
    }
    for (size_t i = 0; i < cone->cones; i++) {
        size_t size = cone->size[i], index = cone->linear + i;

        if (size == 1) {
            double r = cone->weight[index] * cone->weight[index] + delta;

            *weight = system->kept[index] ? -r : 1.0 / r;
        } else {
            system->ratio[i] = weigh_cone(size, v, cone->weight[index], system->kept[index], delta, weight);
        }
        weight += cone_weights(size);
        v += size;
    }
}

/* to += the terms of weights begin .. end - 1 */
static void add_terms(const kkt_terms *terms, size_t begin, size_t end, double *restrict to)
{
    for (size_t i = begin; i < end; i++) {
        double weight = terms->weight[i];

        for (uint32_t t = terms->start[i]; t < terms->start[i + 1]; t++) {
            to[terms->slot[t]] += weight * terms->coefficient[t];
        }
    }
}

/* The factor's values become what does not change with W. */
static void set_base(kkt *system)
{
    size_t bytes = system->factor.values * sizeof(double);
    double *base = system->base ? system->base : system->factor.value;

    if (!system->base || system->base_delta != system->delta) {
        memset(base, 0, bytes);
        add_terms(&system->terms, 0, FIRST_WEIGHT, base);
        system->base_delta = system->delta;
    }
    if (system->base) {
        memcpy(system->factor.value, base, bytes);
    }
}

bool kkt_factor(kkt *system)
{
    const kkt_terms *terms = &system->terms;

    weigh(system);
    set_base(system);
    for (size_t begin = FIRST_WEIGHT; begin < terms->weights; begin += POLLED_WEIGHTS) {
        size_t left = terms->weights - begin;

        if (stop_seen(system->watch)) {
            return false;
        }
        add_terms(terms, begin, begin + (left < POLLED_WEIGHTS ? left : POLLED_WEIGHTS), system->factor.value);
    }
    system->replaced = ldl_factor(&system->factor, system->sign, LEAST_PIVOT, REPLACED_PIVOT);
    return system->replaced != SIZE_MAX;
}
