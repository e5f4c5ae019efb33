/* Assembly, ordering, factorisation and refined solution of the Newton system. docs/solver.md. */
#include "socp/kkt.h"

#include "socp/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/amd.h>

enum { DENSE_CONE = 3 };

/* Entries in assembly order: diagonals of x, y; A; G; then per linear row its diagonal; per dense cone its upper
 * triangle by columns; per expanded cone the diagonals of its rows, u, v, and the two unit pivots. */
typedef struct assembly {
    size_t count;
    uint32_t *row, *col; /* NULL: only count */
} assembly;

static void add_entry(assembly *list, size_t row, size_t col)
{
    if (list->row) {
        list->row[list->count] = (uint32_t)row;
        list->col[list->count] = (uint32_t)col;
    }
    list->count++;
}

static void assemble_cone(assembly *list, size_t first, size_t size)
{
    if (size <= DENSE_CONE) {
        for (size_t j = 0; j < size; j++) {
            for (size_t i = 0; i <= j; i++) {
                add_entry(list, first + i, first + j);
            }
        }
        return;
    }
    for (size_t i = 0; i < size; i++) {
        add_entry(list, first + i, first + i);
    }
    for (size_t i = 0; i < size; i++) {
        add_entry(list, first + i, first + size);
    }
    for (size_t i = 1; i < size; i++) {
        add_entry(list, first + i, first + size + 1);
    }
    add_entry(list, first + size, first + size);
    add_entry(list, first + size + 1, first + size + 1);
}

static void assemble_matrix(assembly *list, const socp_matrix *matrix, size_t offset, const size_t *position)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            add_entry(list, j, position ? position[matrix->row[i]] : offset + matrix->row[i]);
        }
    }
}

static void assemble(const kkt *system, const socp_problem *problem, assembly *list)
{
    size_t row = problem->linear;

    list->count = 0;
    for (size_t i = 0; i < problem->n + problem->p; i++) {
        add_entry(list, i, i);
    }
    assemble_matrix(list, &problem->A, problem->n, NULL);
    assemble_matrix(list, &problem->G, 0, system->position);
    for (size_t i = 0; i < problem->linear; i++) {
        add_entry(list, system->position[i], system->position[i]);
    }
    for (size_t i = 0; i < problem->cones; i++) {
        assemble_cone(list, system->position[row], problem->cone_size[i]);
        row += problem->cone_size[i];
    }
}

/* Where each row of G stands among the unknowns, and how many unknowns there are. */
static void lay_out(kkt *system, const socp_problem *problem)
{
    size_t next = problem->n + problem->p, row = problem->linear;

    for (size_t i = 0; i < problem->linear; i++) {
        system->position[i] = next++;
    }
    for (size_t i = 0; i < problem->cones; i++) {
        for (size_t j = 0; j < problem->cone_size[i]; j++) {
            system->position[row++] = next++;
        }
        next += problem->cone_size[i] > DENSE_CONE ? 2 : 0;
    }
    system->size = next;
}

/* Signs of the pivots: + for x and the variable of u, - for all else. */
static void set_signs(kkt *system, const socp_problem *problem)
{
    size_t row = problem->linear;

    for (size_t i = 0; i < system->size; i++) {
        system->sign[system->place[i]] = i < problem->n ? 1 : -1;
    }
    for (size_t i = 0; i < problem->cones; i++) {
        size_t size = problem->cone_size[i];

        if (size > DENSE_CONE) {
            system->sign[system->place[system->position[row] + size]] = 1;
        }
        row += size;
    }
}

/* Sorts entries into columns of the permuted upper triangle: slot[i] is where entry i goes. Two stable counting sorts.
 */
static bool compress(kkt *system, const assembly *list)
{
    size_t n = system->size, count = list->count, *first = calloc(n + 2, sizeof *first);
    uint32_t *order = malloc((count + 1) * sizeof *order), *by_row = malloc((count + 1) * sizeof *by_row);

    if (!first || !order || !by_row) {
        free(first);
        free(order);
        free(by_row);
        return false;
    }
    for (int pass = 0; pass < 2; pass++) { /* by row, then by column */
        memset(first, 0, (n + 2) * sizeof *first);
        for (size_t i = 0; i < count; i++) {
            uint32_t a = system->place[list->row[i]], b = system->place[list->col[i]];

            first[(pass == 0 ? (a < b ? a : b) : (a < b ? b : a)) + 1]++;
        }
        for (size_t i = 0; i < n; i++) {
            first[i + 1] += first[i];
        }
        if (pass == 1) {
            memcpy(system->start, first, (n + 1) * sizeof *first);
        }
        for (size_t i = 0; i < count; i++) {
            size_t e = pass == 0 ? i : by_row[i];
            uint32_t a = system->place[list->row[e]], b = system->place[list->col[e]];
            uint32_t key = pass == 0 ? (a < b ? a : b) : (a < b ? b : a);

            (pass == 0 ? by_row : order)[first[key]++] = (uint32_t)e;
        }
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t a = system->place[list->row[order[i]]], b = system->place[list->col[order[i]]];

        system->slot[order[i]] = i;
        system->row[i] = a < b ? a : b;
    }
    free(first);
    free(order);
    free(by_row);
    return true;
}

/* AMD on the pattern; place[i] is the new place of unknown i. */
static bool order_unknowns(kkt *system, const assembly *list)
{
    size_t n = system->size;
    SuiteSparse_long *start = calloc(n + 2, sizeof *start), *permutation = malloc((n + 1) * sizeof *permutation);
    SuiteSparse_long *row = malloc((list->count + 1) * sizeof *row);
    bool done = start && permutation && row;

    for (size_t i = 0; done && i < list->count; i++) {
        start[list->col[i] + 2]++;
    }
    for (size_t i = 0; done && i < n; i++) {
        start[i + 2] += start[i + 1];
    }
    for (size_t i = 0; done && i < list->count; i++) {
        row[start[list->col[i] + 1]++] = (SuiteSparse_long)list->row[i];
    }
    if (done) {
        done = amd_l_order((SuiteSparse_long)n, start, row, permutation, NULL, NULL) >= 0;
    }
    for (size_t i = 0; done && i < n; i++) {
        system->place[permutation[i]] = (uint32_t)i;
    }
    free(start);
    free(permutation);
    free(row);
    return done;
}

static bool analyse(kkt *system, const socp_problem *problem, assembly *list)
{
    list->row = malloc((system->entries + 1) * sizeof *list->row);
    list->col = malloc((system->entries + 1) * sizeof *list->col);
    if (!list->row || !list->col) {
        return false;
    }
    assemble(system, problem, list);
    if (!order_unknowns(system, list) || !compress(system, list)) {
        return false;
    }
    set_signs(system, problem);
    return ldl_analyse(&system->factor, system->size, system->start, system->row);
}

bool kkt_analyse(kkt *system, const socp_problem *problem)
{
    assembly list = {.count = 0};
    size_t most = problem->n + problem->p + problem->m + 2 * problem->cones;
    bool done;

    *system = (kkt){.n = problem->n, .p = problem->p, .m = problem->m, .delta = 1e-8, .max_refinements = 5};
    system->position = calloc(problem->m + 1, sizeof *system->position);
    system->place = calloc(most + 1, sizeof *system->place);
    system->sign = calloc(most + 1, sizeof *system->sign);
    system->start = calloc(most + 2, sizeof *system->start);
    system->rhs = calloc(4 * (most + 1), sizeof *system->rhs);
    if (!system->position || !system->place || !system->sign || !system->start || !system->rhs || most >= UINT32_MAX) {
        kkt_free(system);
        return false;
    }
    lay_out(system, problem);
    system->solution = system->rhs + most + 1;
    system->residual = system->solution + most + 1;
    system->correction = system->residual + most + 1;
    assemble(system, problem, &list);
    system->entries = list.count;
    system->row = calloc(list.count + 1, sizeof *system->row);
    system->value = calloc(list.count + 1, sizeof *system->value);
    system->regularised = calloc(list.count + 1, sizeof *system->regularised);
    system->slot = calloc(list.count + 1, sizeof *system->slot);
    done = system->row && system->value && system->regularised && system->slot && list.count < UINT32_MAX &&
           analyse(system, problem, &list);
    free(list.row);
    free(list.col);
    if (!done) {
        kkt_free(system);
    }
    return done;
}

void kkt_free(kkt *system)
{
    ldl_free(&system->factor);
    free(system->position);
    free(system->place);
    free(system->sign);
    free(system->start);
    free(system->row);
    free(system->value);
    free(system->regularised);
    free(system->slot);
    free(system->rhs);
    *system = (kkt){.n = 0};
}

/* ------------------------------------------------------------------------------ numbers ---- */

void kkt_set_data(kkt *system, const socp_problem *problem)
{
    size_t next = problem->n + problem->p;

    for (size_t i = 0; i < next; i++) {
        system->value[system->slot[i]] = 0.0;
    }
    for (size_t i = 0; i < matrix_nonzeros(&problem->A); i++) {
        system->value[system->slot[next++]] = problem->A.value[i];
    }
    for (size_t i = 0; i < matrix_nonzeros(&problem->G); i++) {
        system->value[system->slot[next++]] = problem->G.value[i];
    }
}

/* -eta^2 (2 v v' - J), upper triangle by columns. */
static size_t set_dense_cone(kkt *system, size_t next, size_t size, double eta, const double *v)
{
    for (size_t j = 0; j < size; j++) {
        for (size_t i = 0; i <= j; i++) {
            double jay = i != j ? 0.0 : (i == 0 ? 1.0 : -1.0);

            system->value[system->slot[next++]] = -eta * eta * (2.0 * v[i] * v[j] - jay);
        }
    }
    return next;
}

/* 2 v v' - J = D + u u' - w w': with a = v0 and t = 2 a^2 - 1, D = diag(d1, 1, .., 1), d1 = 1 / (2 t), u = (u0, 2 a v1
 * / u0), u0^2 = t - d1, w = (0, sqrt(2 (1 + d1)) v1 / u0). */
static size_t set_sparse_cone(kkt *system, size_t next, size_t size, double eta, const double *v)
{
    double t = 2.0 * v[0] * v[0] - 1.0, d1 = 0.5 / t, u0 = sqrt(t - d1), w1 = sqrt(2.0 * (1.0 + d1)) / u0;

    for (size_t i = 0; i < size; i++) {
        system->value[system->slot[next++]] = -eta * eta * (i == 0 ? d1 : 1.0);
    }
    for (size_t i = 0; i < size; i++) {
        system->value[system->slot[next++]] = eta * (i == 0 ? u0 : 2.0 * v[0] * v[i] / u0);
    }
    for (size_t i = 1; i < size; i++) {
        system->value[system->slot[next++]] = eta * w1 * v[i];
    }
    system->value[system->slot[next++]] = 1.0;
    system->value[system->slot[next++]] = -1.0;
    return next;
}

static void set_scaling(kkt *system, const cone_scaling *cone)
{
    size_t next = system->entries, row = cone->linear;

    for (size_t i = 0; i < cone->cones; i++) { /* the cone entries are the last ones */
        size_t size = cone->size[i];

        next -= size <= DENSE_CONE ? size * (size + 1) / 2 : 3 * size + 1;
    }
    for (size_t i = 0; i < cone->linear; i++) {
        system->value[system->slot[next - cone->linear + i]] = -cone->weight[i] * cone->weight[i];
    }
    for (size_t i = 0; i < cone->cones; i++) {
        size_t size = cone->size[i];
        double eta = cone->weight[cone->linear + i];

        next = size <= DENSE_CONE ? set_dense_cone(system, next, size, eta, cone->v + row)
                                  : set_sparse_cone(system, next, size, eta, cone->v + row);
        row += size;
    }
}

bool kkt_factor(kkt *system, const cone_scaling *cone)
{
    set_scaling(system, cone);
    memcpy(system->regularised, system->value, system->entries * sizeof *system->value);
    for (size_t k = 0; k < system->size; k++) {
        system->regularised[system->start[k + 1] - 1] += system->sign[k] * system->delta;
    }
    return ldl_factor(&system->factor, system->start, system->row, system->regularised, system->sign, 1e-14,
                      system->delta) != SIZE_MAX;
}

/* residual = rhs - K solution; returns its largest entry. */
static double form_residual(kkt *system)
{
    double *restrict residual = system->residual;
    const double *x = system->solution, *value = system->value;

    memcpy(residual, system->rhs, system->size * sizeof *residual);
    for (size_t j = 0; j < system->size; j++) {
        double sum = 0.0, xj = x[j];
        size_t last = system->start[j + 1] - 1;

        for (size_t i = system->start[j]; i < last; i++) {
            size_t r = system->row[i];

            residual[r] -= value[i] * xj;
            sum += value[i] * x[r];
        }
        residual[j] -= sum + value[last] * xj;
    }
    return vector_norm_inf(system->size, residual);
}

static size_t unknown(const kkt *system, size_t i)
{
    size_t head = system->n + system->p;

    return system->place[i < head ? i : system->position[i - head]];
}

void kkt_solve(kkt *system, const double *rhs, double *solution)
{
    size_t total = system->n + system->p + system->m;
    double target, before = INFINITY;

    memset(system->rhs, 0, system->size * sizeof *system->rhs);
    for (size_t i = 0; i < total; i++) {
        system->rhs[unknown(system, i)] = rhs[i];
    }
    target = 1e-14 * (1.0 + vector_norm_inf(system->size, system->rhs));
    memcpy(system->solution, system->rhs, system->size * sizeof *system->rhs);
    ldl_solve(&system->factor, system->solution);
    for (size_t i = 0; i <= system->max_refinements; i++) {
        double error = form_residual(system);

        if (!(error < before)) { /* the last correction did harm: take it back */
            for (size_t j = 0; i > 0 && j < system->size; j++) {
                system->solution[j] -= system->correction[j];
            }
            break;
        }
        if (error <= target || error > 0.5 * before || i == system->max_refinements) {
            break;
        }
        before = error;
        ldl_solve(&system->factor, system->residual);
        for (size_t j = 0; j < system->size; j++) {
            system->correction[j] = system->residual[j];
            system->solution[j] += system->residual[j];
        }
        system->refinements++;
    }
    for (size_t i = 0; i < total; i++) {
        solution[i] = system->solution[unknown(system, i)];
    }
}
