/* Assembly, factorisation and refined solution of the Newton system. docs/solver.md. */
#include "socp/kkt.h"

#include "socp/kkt_terms.h"
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

static uint32_t *carve(uint32_t **memory, size_t count)
{
    uint32_t *part = *memory;

    *memory += count;
    return part;
}

static bool allocate_numbers(kkt *system)
{
    size_t n = system->n, m = system->m, all = n + system->p + m;
    double *numbers =
        malloc((2 * system->size + 5 * all + system->terms.count + system->terms.weights + 8) * sizeof *numbers);

    system->memory[1] = numbers;
    if (!numbers) {
        return false;
    }
    system->reduced = numbers;
    system->product = system->reduced + 2 * system->size;
    system->gap = system->product + system->p + m;
    system->through = system->gap + m;
    system->residual[0] = system->through + n;
    system->residual[1] = system->residual[0] + all;
    system->change = system->residual[1] + all;
    system->terms.coefficient = system->change + all;
    system->terms.weight = system->terms.coefficient + system->terms.count;
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
    block = malloc((3 * count + 2 * system->size) * sizeof *block + count + 16);
    scratch = malloc((2 * count + system->size + 1) * sizeof *scratch);
    system->memory[0] = block;
    done = block && scratch && count < UINT32_MAX / 4 && allocate_numbers(system);
    if (done) {
        uint32_t *row = scratch, *col = row + count, *order = col + count;

        terms->slot = carve(&block, count);
        terms->left = carve(&block, count);
        terms->right = carve(&block, count);
        system->place = carve(&block, system->size);
        system->sign = (signed char *)carve(&block, system->size);
        terms->times = (signed char *)block;
        kkt_list_terms(system, rows, row, col);
        done = order_pattern(system->size, count, row, col, order) &&
               ldl_analyse(&system->factor,
                           &(ldl_pattern){.n = system->size, .entries = count, .row = row, .col = col, .order = order},
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

bool kkt_analyse(kkt *system, const sparse *matrix, const cone_scaling *cone)
{
    size_t n = matrix->cols, m = cone->m, nonzeros = matrix->start[n], blocks = cone->linear + cone->cones;
    size_t weights = count_weights(cone);
    uint32_t *scratch = malloc((matrix->rows + 1 + 2 * nonzeros + n + 1) * sizeof *scratch), *memory;
    bool done;

    *system = (kkt){.n = n, .p = matrix->rows - m, .m = m, .cone = cone, .matrix = matrix, .delta = 1e-8};
    memory = malloc((3 * m + weights + 2) * sizeof *memory + blocks + 1);
    system->memory[2] = memory;
    done = scratch && memory;
    if (done) {
        row_lists rows = {.start = scratch};

        rows.col = rows.start + matrix->rows + 1;
        rows.entry = rows.col + nonzeros;
        system->position = carve(&memory, m + 1);
        system->kept_row = carve(&memory, m);
        system->kept_place = carve(&memory, m);
        system->terms.weights = weights;
        system->terms.start = carve(&memory, weights + 1);
        system->kept = (bool *)memory;
        list_rows(matrix, &rows);
        kkt_lay_out(system, &rows, rows.entry + nonzeros);
        done = analyse(system, &rows);
    }
    free(scratch);
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
 * weight is negative when it stands for -R. */
static void weigh_cone(size_t size, const double *v, double eta, bool kept, double delta, double *weight)
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
}

static void weigh(kkt *system)
{
    const cone_scaling *cone = system->cone;
    double *weight = system->terms.weight, delta = system->delta;
    const double *v = cone->v + cone->linear;

    weight[WEIGHT_ONE] = 1.0;
    weight[WEIGHT_DELTA] = delta;
    weight += FIRST_WEIGHT;
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
            weigh_cone(size, v, cone->weight[index], system->kept[index], delta, weight);
        }
        weight += cone_weights(size);
        v += size;
    }
}

bool kkt_factor(kkt *system)
{
    const kkt_terms *terms = &system->terms;
    double *value = system->factor.value;

    weigh(system);
    memset(value, 0, system->factor.values * sizeof *value);
    for (size_t i = 0; i < terms->weights; i++) {
        double weight = terms->weight[i];

        for (uint32_t t = terms->start[i]; t < terms->start[i + 1]; t++) {
            value[terms->slot[t]] += weight * terms->coefficient[t];
        }
    }
    return ldl_factor(&system->factor, system->sign, 1e-14, system->delta) != SIZE_MAX;
}

/* ---------------------------------------------------------------------------- solution ---- */

/* y = R^-1 x on a condensed block, R x on a kept one. */
static void apply_block(size_t size, const double *weight, bool kept, const double *x, double *y)
{
    double sign = kept ? -1.0 : 1.0;

    if (size == 1) {
        y[0] = sign * weight[0] * x[0];
    } else {
        const double *plus = weight + 1, *minus = plus + size;
        double more = vector_dot(size, plus, x), less = vector_dot(size, minus, x), middle = sign * weight[0];

        for (size_t i = 0; i < size; i++) {
            y[i] = middle * x[i] + (plus[i] * more - minus[i] * less);
        }
    }
}

/* y = R^-1 x on the condensed rows, 0 on the kept ones. */
static void apply_inverse(const kkt *system, const double *x, double *y)
{
    const cone_scaling *cone = system->cone;
    const double *weight = system->terms.weight + FIRST_WEIGHT;
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        y[i] = system->kept[i] ? 0.0 : weight[i] * x[i];
    }
    weight += cone->linear;
    for (size_t i = 0; i < cone->cones; i++) {
        size_t size = cone->size[i];

        if (system->kept[cone->linear + i]) {
            memset(y + row, 0, size * sizeof *y);
        } else {
            apply_block(size, weight, false, x + row, y + row);
        }
        weight += cone_weights(size);
        row += size;
    }
}

/* rest = bz - G x + W^2 z on the kept rows, given through = G x. */
static void kept_residual(kkt *system, const double *bz, const double *z, const double *through, double *rest)
{
    const cone_scaling *cone = system->cone;
    const double *weight = system->terms.weight + FIRST_WEIGHT;
    size_t row = 0;

    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];

        if (system->kept[i]) {
            apply_block(size, weight, true, z + row, rest + row);
            for (size_t j = row; j < row + size; j++) {
                rest[j] += bz[j] - through[j] - system->delta * z[j];
            }
        }
        weight += cone_weights(size);
        row += size;
    }
}

/* The right-hand side of the factorised system: bx + G' R^-1 bz, by, bz of the kept rows, 0. */
static void reduce(kkt *system, const double *rhs, size_t stride, double *reduced)
{
    size_t n = system->n, p = system->p;
    const double *bz = rhs + n + p;
    double *product = system->product; /* p + m: (0, R^-1 bz) */

    for (size_t i = 0; i < system->size; i++) {
        reduced[stride * i] = 0.0;
    }
    memset(product, 0, p * sizeof *product);
    apply_inverse(system, bz, product + p);
    sparse_multiply_transposed(system->matrix, product, system->through);
    for (size_t i = 0; i < n; i++) {
        reduced[stride * system->place[i]] = rhs[i] + system->through[i];
    }
    for (size_t i = n; i < n + p; i++) {
        reduced[stride * system->place[i]] = rhs[i];
    }
    for (size_t i = 0; i < system->kept_rows; i++) {
        reduced[stride * system->kept_place[i]] = bz[system->kept_row[i]];
    }
}

/* x, y, z of the factorised system's solution; product: B x. */
static void expand(kkt *system, const double *rhs, size_t stride, const double *reduced, double *solution,
                   double *product)
{
    size_t n = system->n, p = system->p, m = system->m;
    const double *bz = rhs + n + p;
    double *z = solution + n + p, *gap = system->gap;

    for (size_t i = 0; i < n + p; i++) {
        solution[i] = reduced[stride * system->place[i]];
    }
    sparse_multiply(system->matrix, solution, product);
    for (size_t i = 0; i < m; i++) {
        gap[i] = product[p + i] - bz[i];
    }
    apply_inverse(system, gap, z);
    for (size_t i = 0; i < system->kept_rows; i++) {
        z[system->kept_row[i]] = reduced[stride * system->kept_place[i]];
    }
}

/* rest -= K step, for a step that solves the regularised system with right-hand side `rest`, product = B x of it: on
 * condensed rows what is left is then -delta z. Returns the largest entry. */
static double subtract(kkt *system, const double *step, const double *product, double *rest)
{
    size_t n = system->n, p = system->p, m = system->m;
    const double *z = step + n + p;
    double *rz = rest + n + p, *left = system->gap;

    kept_residual(system, rz, z, product + p, left);
    sparse_multiply_transposed(system->matrix, step + n, system->through);
    for (size_t i = 0; i < n; i++) {
        rest[i] -= system->through[i];
    }
    for (size_t i = 0; i < p; i++) {
        rest[n + i] -= product[i];
    }
    for (size_t i = 0; i < m; i++) {
        rz[i] = -system->delta * z[i];
    }
    for (size_t i = 0; i < system->kept_rows; i++) {
        rz[system->kept_row[i]] = left[system->kept_row[i]];
    }
    return vector_norm_inf(n + p + m, rest);
}

/* Solves for one or two right-hand sides, corrects until the residuals are below target, fall no more, or tries are
 * used up; a correction that does harm is taken back. */
static void solve(kkt *system, size_t sides, const double *const *rhs, double target, double *const *solution)
{
    size_t all = system->n + system->p + system->m;
    double before[2] = {INFINITY, INFINITY};
    bool done[2] = {false, sides < 2};

    for (size_t s = 0; s < sides; s++) {
        memcpy(system->residual[s], rhs[s], all * sizeof(double));
    }
    for (size_t round = 0; round <= system->max_refinements && !(done[0] && done[1]); round++) {
        for (size_t s = 0; s < sides; s++) {
            reduce(system, system->residual[s], sides, system->reduced + s);
        }
        if (sides == 2) {
            ldl_solve_two(&system->factor, system->reduced);
        } else {
            ldl_solve(&system->factor, system->reduced);
        }
        for (size_t s = 0; s < sides; s++) {
            double error, *step = round == 0 ? solution[s] : system->change;

            if (done[s]) {
                continue;
            }
            expand(system, system->residual[s], sides, system->reduced + s, step, system->product);
            error = subtract(system, step, system->product, system->residual[s]);
            if (!(error < before[s])) { /* no better than without */
                done[s] = true;
                continue;
            }
            for (size_t i = 0; round > 0 && i < all; i++) {
                solution[s][i] += step[i];
            }
            for (size_t i = 0; i < system->m; i++) {
                solution[s][all + i] = round > 0 ? solution[s][all + i] + system->product[system->p + i]
                                                 : system->product[system->p + i] - rhs[s][all - system->m + i];
            }
            done[s] = error <= target || error > 0.5 * before[s];
            before[s] = error;
            system->refinements += round > 0;
        }
    }
}

void kkt_solve(kkt *system, const double *rhs, double target, double *solution)
{
    solve(system, 1, &rhs, target, &solution);
}

void kkt_solve_two(kkt *system, const double *const rhs[2], double target, double *const solution[2])
{
    solve(system, 2, rhs, target, solution);
}
