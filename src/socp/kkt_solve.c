/* Refined solution of the Newton system. docs/solver.md. */
#include "socp/kkt.h"

#include "socp/constants.h"
#include "socp/kkt_terms.h"
#include "socp/memory.h"
#include "socp/problem.h"
#include "socp/sizes.h"

#include <math.h>
#include <string.h>

/* y = (middle I + plus plus' - minus minus') x: R^-1 x on a condensed cone, R x on a kept one. Beyond their heads the
 * dyads have the same direction, where minus is -ratio plus. */
INLINE void apply_dyads(size_t size, const double *weight, double middle, double ratio, const double *x, double *y)
{
    const double *plus = weight + 1, *minus = plus + size;
    double along = vector_dot(size - 1, plus + 1, x + 1);
    double more = plus[0] * x[0] + along, less = minus[0] * x[0] - ratio * along, both = more + ratio * less;

    y[0] = middle * x[0] + (plus[0] * more - minus[0] * less);
    for (size_t i = 1; i < size; i++) {
        y[i] = middle * x[i] + both * plus[i];
    }
}

/* y = R^-1 x on the condensed rows, 0 on the kept ones. */
CLONES(static, void, apply_inverse, (const kkt *system, const double *restrict x, double *restrict y), (system, x, y))
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
        } else if (size == 1) {
            y[row] = weight[0] * x[row];
        } else {
            BY_SIZE(apply_dyads, size, weight, weight[0], system->ratio[i], x + row, y + row);
        }
        weight += cone_weights(size);
        row += size;
    }
}

/* left = rz - G x + W^2 z on the kept rows, given gx = G x. */
static void kept_residual(const kkt *system, const double *rz, const double *z, const double *gx, double *left)
{
    const cone_scaling *cone = system->cone;
    const double *weight = system->terms.weight + FIRST_WEIGHT;
    size_t row = 0;

    for (size_t i = 0; i < cone->linear + cone->cones && system->kept_rows > 0; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];

        if (system->kept[i]) {
            if (size == 1) {
                left[row] = -weight[0] * z[row];
            } else {
                apply_dyads(size, weight, -weight[0], system->ratio[i - cone->linear], z + row, left + row);
            }
            for (size_t j = row; j < row + size; j++) {
                left[j] += rz[j] - gx[j] - DELTA_CONE * z[j];
            }
        }
        weight += cone_weights(size);
        row += size;
    }
}

/* The right-hand sides of the factorised system: bx + G' R^-1 bz, by, bz of the kept rows, 0. */
static void reduce(kkt *system, size_t sides, kkt_side *const side[])
{
    size_t n = system->n, p = system->p;

    memset(system->reduced, 0, sides * system->size * sizeof(double));
    for (size_t s = 0; s < sides; s++) {
        memset(side[s]->product, 0, p * sizeof(double));
        apply_inverse(system, side[s]->residual + n + p, side[s]->product + p);
    }
    sparse_multiply_transposed(system->matrix, sides,
                               (const double *const[]){side[0]->product, side[sides - 1]->product},
                               (double *const[]){side[0]->through, side[sides - 1]->through});
    for (size_t s = 0; s < sides; s++) {
        const double *residual = side[s]->residual, *bz = residual + n + p;

        for (size_t i = 0; i < n; i++) {
            system->reduced[sides * system->place[i] + s] = residual[i] + side[s]->through[i];
        }
        for (size_t i = n; i < n + p; i++) {
            system->reduced[sides * system->place[i] + s] = residual[i];
        }
        for (size_t i = 0; i < system->kept_rows; i++) {
            system->reduced[sides * system->kept_place[i] + s] = bz[system->kept_row[i]];
        }
    }
}

/* x, y, z of the factorised system's solutions go to step[]; product: B x. */
static void expand(kkt *system, size_t sides, kkt_side *const side[], double *const step[])
{
    size_t n = system->n, p = system->p, m = system->m;

    for (size_t s = 0; s < sides; s++) {
        for (size_t i = 0; i < n + p; i++) {
            step[s][i] = system->reduced[sides * system->place[i] + s];
        }
    }
    sparse_multiply(system->matrix, sides, (const double *const[]){step[0], step[sides - 1]},
                    (double *const[]){side[0]->product, side[sides - 1]->product});
    for (size_t s = 0; s < sides; s++) {
        const double *product = side[s]->product + p, *bz = side[s]->residual + n + p;
        double *z = step[s] + n + p, *gap = side[s]->gap;

        for (size_t i = 0; i < m; i++) {
            gap[i] = product[i] - bz[i];
        }
        apply_inverse(system, gap, z);
        for (size_t i = 0; i < system->kept_rows; i++) {
            z[system->kept_row[i]] = system->reduced[sides * system->kept_place[i] + s];
        }
    }
}

/* residual -= K step, for a step that solves the regularised system with the residual as right-hand side: on condensed
 * rows -delta z is left. */
static void subtract_image(kkt *system, size_t sides, kkt_side *const side[], double *const step[])
{
    size_t n = system->n, p = system->p, m = system->m;

    sparse_multiply_transposed(system->matrix, sides, (const double *const[]){step[0] + n, step[sides - 1] + n},
                               (double *const[]){side[0]->through, side[sides - 1]->through});
    for (size_t s = 0; s < sides; s++) {
        double *residual = side[s]->residual, *rz = residual + n + p, *left = side[s]->gap;
        const double *product = side[s]->product, *z = step[s] + n + p;

        kept_residual(system, rz, z, product + p, left);
        for (size_t i = 0; i < n; i++) {
            residual[i] -= side[s]->through[i];
        }
        for (size_t i = 0; i < p; i++) {
            residual[n + i] -= product[i];
        }
        for (size_t i = 0; i < system->f; i++) {
            residual[n + i] += step[s][n + i];
        }
        for (size_t i = 0; i < m; i++) {
            rz[i] = -DELTA_CONE * z[i];
        }
        for (size_t i = 0; i < system->kept_rows; i++) {
            rz[system->kept_row[i]] = left[system->kept_row[i]];
        }
    }
}

/* The first solutions, with g = G x - bz after them. */
static void solve_first(kkt *system, size_t sides, kkt_side *const side[], const double *const rhs[])
{
    size_t p = system->p, m = system->m, all = system->n + p + m;
    double *step[2] = {side[0]->solution, side[sides - 1]->solution};

    for (size_t s = 0; s < sides; s++) {
        memcpy(side[s]->residual, rhs[s], all * sizeof(double));
    }
    reduce(system, sides, side);
    (sides == 2 ? ldl_solve_two : ldl_solve)(&system->factor, system->reduced);
    expand(system, sides, side, step);
    for (size_t s = 0; s < sides; s++) {
        vector_copy(m, side[s]->gap, side[s]->solution + all);
    }
}

/* The corrections themselves: solutions for the residuals, which become what these leave. */
static void solve_for_residuals(kkt *system, size_t sides, kkt_side *const side[])
{
    double *step[2] = {side[0]->change, side[sides - 1]->change};

    reduce(system, sides, side);
    (sides == 2 ? ldl_solve_two : ldl_solve)(&system->factor, system->reduced);
    expand(system, sides, side, step);
    subtract_image(system, sides, side, step);
}

/* A correction of each; those that do harm are not taken. */
static void correct(kkt *system, size_t sides, kkt_side *const side[], bool useful[])
{
    size_t p = system->p, m = system->m, all = system->n + p + m;

    solve_for_residuals(system, sides, side);
    for (size_t s = 0; s < sides; s++) {
        double before = side[s]->error, error = vector_norm_inf(all, side[s]->residual), *solution = side[s]->solution;

        useful[s] = error < before;
        for (size_t i = 0; useful[s] && i < all; i++) {
            solution[i] += side[s]->change[i];
        }
        for (size_t i = 0; useful[s] && i < m; i++) {
            solution[all + i] += side[s]->product[p + i];
        }
        side[s]->error = useful[s] ? error : side[s]->error;
        useful[s] = useful[s] && error <= REFINEMENT_GAIN * before;
        system->refinements++;
    }
}

/* to -= factor from */
static void take_off(size_t count, double factor, const double *from, double *restrict to)
{
    for (size_t i = 0; i < count; i++) {
        to[i] -= factor * from[i];
    }
}

/* The correction `change` (with its g in product) whose image under the matrix is what it took off the residual,
 * before - residual: made conjugate to the earlier ones and taken as far as it shortens the residual. */
static bool take_conjugate(const kkt *system, kkt_side *one)
{
    size_t m = system->m, all = system->n + system->p + m, k = one->kept++;
    double *image = one->image + k * all, *taken = one->taken + k * (all + m), along, norm;
    double before = vector_dot(all, one->before, one->before);

    for (size_t i = 0; i < all; i++) {
        image[i] = one->before[i] - one->residual[i];
        taken[i] = one->change[i];
    }
    vector_copy(m, one->product + system->p, taken + all);
    for (size_t j = 0; j < k; j++) {
        double shared = vector_dot(all, image, one->image + j * all);

        take_off(all, shared, one->image + j * all, image);
        take_off(all + m, shared, one->taken + j * (all + m), taken);
    }
    norm = sqrt(vector_dot(all, image, image));
    for (size_t i = 0; i < all; i++) {
        image[i] /= norm;
    }
    for (size_t i = 0; i < all + m; i++) {
        taken[i] /= norm;
    }
    along = vector_dot(all, image, one->before);
    memcpy(one->residual, one->before, all * sizeof(double));
    if (!isfinite(norm) || !(norm > 0.0) || !isfinite(along)) {
        return false;
    }
    take_off(all + m, -along, taken, one->solution);
    take_off(all, along, image, one->residual);
    one->error = vector_norm_inf(all, one->residual);
    return vector_dot(all, one->residual, one->residual) < CONJUGATE_GAIN * before;
}

/* A correction of each, by generalised conjugate residuals. */
static void correct_conjugate(kkt *system, size_t sides, kkt_side *const side[], bool useful[])
{
    size_t all = system->n + system->p + system->m;

    for (size_t s = 0; s < sides; s++) {
        memcpy(side[s]->before, side[s]->residual, all * sizeof(double));
    }
    solve_for_residuals(system, sides, side);
    for (size_t s = 0; s < sides; s++) {
        useful[s] = take_conjugate(system, side[s]);
        system->refinements++;
    }
}

bool kkt_sharpen(kkt *system, bool sharp)
{
    size_t m = system->m, all = system->n + system->p + m, count = all + MOST_CONJUGATES * (2 * all + m);

    if (sharp && !system->memory[4]) {
        double *numbers = memory_block(2 * count * sizeof *numbers);

        system->memory[4] = numbers;
        for (size_t s = 0; s < 2 && numbers; s++) {
            kkt_side *side = &system->side[s];

            side->before = numbers + s * count;
            side->image = side->before + all;
            side->taken = side->image + MOST_CONJUGATES * all;
        }
    }
    system->sharp = sharp && system->memory[4];
    return system->sharp == sharp;
}

/* Corrects the sides side[0 .. left) whose residual is above their target, until none is or none gets better. */
static void refine(kkt *system, size_t left, kkt_side *side[])
{
    size_t most = system->sharp ? MOST_CONJUGATES : system->max_refinements;

    for (size_t round = 0; round < most && left > 0 && !stop_seen(system->watch); round++) {
        bool useful[2];
        size_t before = left;

        (system->sharp ? correct_conjugate : correct)(system, left, side, useful);
        left = 0;
        for (size_t s = 0; s < before; s++) {
            if (useful[s] && side[s]->error > side[s]->target) {
                side[left++] = side[s];
            }
        }
    }
}

/* The sides' targets and errors are those of side 0 and 1. */
static void solve_and_refine(kkt *system, size_t sides, const double *const rhs[], const double target[],
                             double *const solution[])
{
    size_t all = system->n + system->p + system->m, left = 0;
    kkt_side *side[2] = {&system->side[0], &system->side[1]};
    double *step[2] = {solution[0], solution[sides - 1]};

    for (size_t s = 0; s < sides; s++) {
        side[s]->solution = solution[s];
        side[s]->target = target[s];
        side[s]->error = 0.0;
        side[s]->kept = 0;
    }
    solve_first(system, sides, side, rhs);
    if (target[0] == INFINITY && target[sides - 1] == INFINITY && system->replaced == 0) {
        return;
    }
    subtract_image(system, sides, side, step);
    for (size_t s = 0; s < sides; s++) {
        kkt_side *one = side[s];

        one->error = vector_norm_inf(all, one->residual);
        if (one->error > one->target) {
            side[left++] = one;
        }
    }
    refine(system, left, side);
}

double kkt_solve(kkt *system, const double *rhs, double target, double *solution)
{
    solve_and_refine(system, 1, &rhs, &target, &solution);
    return system->side[0].error;
}

void kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                   double error[2])
{
    solve_and_refine(system, 2, rhs, target, solution);
    error[0] = system->side[0].error;
    error[1] = system->side[1].error;
}

double kkt_refine_first(kkt *system, double target)
{
    kkt_side *side = &system->side[0];

    side->target = target;
    refine(system, side->error > target, &side);
    return side->error;
}
