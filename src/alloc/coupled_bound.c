/* A proof that no powers do better, from multipliers of any origin. docs/model.md (M28)
 *
 * With y >= 0 of rows and Z >= 0 (semidefinite) of the position's matrix every margin c that powers have is at most
 *     ( largest sum_l (C_l x_l + S_l s_l) within budget and limits ) / ( sum of y + z )
 * where C_l and S_l are what y and Z make of a unit of power: rows are c at least, and <Z, J> is at least
 * z / tr (W J^-1) with z = (tr (W^1/2 Z W^1/2)^1/2)^2 (Cauchy-Schwarz), which is z c at least. */
#include "alloc/coupled.h"

#include <math.h>
#include <stdlib.h>

/* What a unit of power of AP l is worth, and how much there may be of it. */
typedef struct worth {
    double value, limit;
} worth;

static int compare_worths(const void *a, const void *b)
{
    const worth *left = a, *right = b;

    return (left->value < right->value) - (left->value > right->value);
}

/* The multipliers' matrix, made semidefinite where rounding left it short. */
void coupled_make_semidefinite(const double Z[3], double out[3])
{
    double most;

    out[0] = fmax(Z[0], 0.0);
    out[2] = fmax(Z[2], 0.0);
    most = sqrt(out[0] * out[2]);
    out[1] = fmin(fmax(Z[1], -most), most);
}

static double paired_with(const double Z[3], const double *J)
{
    return Z[0] * J[0] + 2.0 * Z[1] * J[1] + Z[2] * J[2];
}

/* On functional q: sum over its receivers of y_p a_p. */
static double on_functional(const alloc_information *information, const double *shared, size_t q)
{
    double sum = 0.0;

    for (size_t p = 0; p < information->L; p++) {
        sum += information_functional(information, p) == q ? shared[p] * information->a[p] : 0.0;
    }
    return sum;
}

void coupled_worths(const alloc_information *information, const coupled_multipliers *multipliers, double *light,
                    double *comm, double *sens)
{
    size_t L = information->L;
    const double *y = multipliers->row, *Z = multipliers->Z, *shared = y + L * information->owns;

    for (size_t l = 0; l < L; l++) {
        light[l] = information->light ? paired_with(Z, information->light + 3 * l) : 0.0;
    }
    for (size_t q = 0; q < information->functionals; q++) {
        double price = on_functional(information, shared, q);

        for (size_t l = 0; l < L; l++) {
            light[l] += price * information->weight[l + L * q];
        }
    }
    for (size_t l = 0; l < L; l++) {
        double x = light[l], s = light[l] * information->beam;

        for (size_t i = 0; i < information->owns; i++) {
            x += information->own[i].stream ? 0.0 : y[l + L * i] * information->own[i].x[l];
            s += y[l + L * i] * information->own[i].s[l];
        }
        x += information->functionals > 0 ? shared[l] * information->b[l] : 0.0;
        if (information->position) {
            double along = paired_with(Z, information->along + 3 * l);

            x += along * information->position_x[l];
            s += along * information->position_s[l];
        }
        comm[l] = information->idle[l] ? 0.0 : x;
        sens[l] = s;
    }
}

/* The larger of both, and how much there may be. */
static bool fill_worths(const alloc_coupled *coupled, const coupled_multipliers *multipliers, cfi_arena *arena,
                        worth *out)
{
    size_t L = coupled->information.L;
    double *row = arena_alloc(arena, 3 * L, sizeof *row);

    for (size_t l = 0; row && l < L; l++) {
        if (l == 0) {
            coupled_worths(&coupled->information, multipliers, row, row + L, row + 2 * L);
        }
        out[l] = (worth){.value = fmax(row[L + l], row[2 * L + l]), .limit = coupled->limit[l]};
    }
    return row;
}

/* The budget to the worthiest first. */
static double most_worth(worth *worths, size_t L)
{
    double left = (double)L, sum = 0.0;

    qsort(worths, L, sizeof *worths, compare_worths);
    for (size_t l = 0; l < L && left > 0.0; l++) {
        double power = fmin(left, worths[l].limit);

        sum += power * worths[l].value;
        left -= power;
    }
    return sum;
}

/* (tr (W^1/2 Z W^1/2)^1/2)^2 */
double coupled_least_pairing(const alloc_information *information, const double Z[3])
{
    double determinant = fmax(Z[0] * Z[2] - Z[1] * Z[1], 0.0) * information->ease[0] * information->ease[1];

    return Z[0] * information->ease[0] + Z[2] * information->ease[1] + 2.0 * sqrt(determinant);
}

double coupled_bound(const alloc_coupled *coupled, const coupled_multipliers *multipliers, cfi_arena *arena)
{
    const alloc_information *information = &coupled->information;
    size_t L = information->L;
    cfi_arena_mark mark = arena_mark(arena);
    worth *worths = arena_alloc(arena, L, sizeof *worths);
    coupled_multipliers made = {.row = multipliers->row};
    double sum, bound = INFINITY;

    coupled_make_semidefinite(multipliers->Z, made.Z);
    if (worths && fill_worths(coupled, &made, arena, worths)) {
        sum = information->position ? coupled_least_pairing(information, made.Z) : 0.0;
        for (size_t i = 0; i < information_rows(information); i++) {
            sum += made.row[i];
        }
        bound = sum > 0.0 ? most_worth(worths, L) / sum : INFINITY;
    }
    arena_release(arena, mark);
    return bound;
}
