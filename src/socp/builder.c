/* Collects the entries of a problem in any order and sorts them into sparse columns. */
#include "cfisac/socp.h"

#include <stdlib.h>
#include <string.h>

/* Entries of one matrix as triplets. */
typedef struct triplets {
    size_t count, room;
    size_t *row, *col;
    double *value;
} triplets;

typedef struct growing {
    size_t count, room;
    double *value;
} growing;

struct socp_builder {
    size_t n;
    double *c;
    triplets a, g;
    growing b, h;
    size_t linear, cones, cone_room, *cone_size;
    bool failed, disordered;
    socp_problem problem; /* the last one built; owns its matrices */
};

static bool grow(void **memory, size_t *room, size_t needed, size_t size)
{
    size_t more = *room ? 2 * *room : 256;
    void *larger;

    if (needed <= *room) {
        return true;
    }
    more = more < needed ? needed : more;
    larger = reallocarray(*memory, more, size);
    if (!larger) {
        return false;
    }
    *memory = larger;
    *room = more;
    return true;
}

static bool grow_triplets(triplets *t)
{
    size_t needed = t->count + 1, room = t->room, same = room;

    if (needed <= room) {
        return true;
    }
    if (!grow((void **)&t->row, &room, needed, sizeof *t->row)) {
        return false;
    }
    room = same;
    if (!grow((void **)&t->col, &room, needed, sizeof *t->col)) {
        return false;
    }
    room = same;
    if (!grow((void **)&t->value, &room, needed, sizeof *t->value)) {
        return false;
    }
    t->room = room;
    return true;
}

static void put(socp_builder *builder, triplets *t, size_t row, size_t col, double value)
{
    if (builder->failed) {
        return;
    }
    if (!grow_triplets(t)) {
        builder->failed = true;
        return;
    }
    t->row[t->count] = row;
    t->col[t->count] = col;
    t->value[t->count++] = value;
}

static size_t add_rows(socp_builder *builder, growing *rows, size_t count)
{
    size_t first = rows->count;

    if (builder->failed || !grow((void **)&rows->value, &rows->room, first + count, sizeof *rows->value)) {
        builder->failed = true;
        return 0;
    }
    for (size_t i = first; i < first + count; i++) {
        rows->value[i] = 0.0;
    }
    rows->count += count;
    return first;
}

socp_builder *socp_builder_create(size_t variables)
{
    socp_builder *builder = calloc(1, sizeof *builder);

    if (builder) {
        builder->n = variables;
        builder->c = calloc(variables ? variables : 1, sizeof(double));
        builder->failed = !builder->c;
    }
    return builder;
}

static void free_matrix(socp_matrix *matrix)
{
    free(matrix->start);
    free(matrix->row);
    free(matrix->value);
    *matrix = (socp_matrix){.start = NULL};
}

void socp_builder_destroy(socp_builder *builder)
{
    if (!builder) {
        return;
    }
    free_matrix(&builder->problem.A);
    free_matrix(&builder->problem.G);
    free(builder->a.row);
    free(builder->a.col);
    free(builder->a.value);
    free(builder->g.row);
    free(builder->g.col);
    free(builder->g.value);
    free(builder->b.value);
    free(builder->h.value);
    free(builder->cone_size);
    free(builder->c);
    free(builder);
}

void socp_objective(socp_builder *builder, size_t variable, double coefficient)
{
    if (!builder->failed) {
        builder->c[variable] += coefficient;
    }
}

size_t socp_add_equalities(socp_builder *builder, size_t rows)
{
    return add_rows(builder, &builder->b, rows);
}

void socp_put_equality(socp_builder *builder, size_t row, size_t variable, double coefficient)
{
    put(builder, &builder->a, row, variable, coefficient);
}

void socp_rhs_equality(socp_builder *builder, size_t row, double value)
{
    if (!builder->failed) {
        builder->b.value[row] += value;
    }
}

size_t socp_add_linear(socp_builder *builder, size_t rows)
{
    builder->disordered = builder->disordered || builder->cones > 0;
    builder->linear += rows;
    return add_rows(builder, &builder->h, rows);
}

size_t socp_add_cone(socp_builder *builder, size_t size)
{
    if (builder->failed ||
        !grow((void **)&builder->cone_size, &builder->cone_room, builder->cones + 1, sizeof *builder->cone_size)) {
        builder->failed = true;
        return 0;
    }
    builder->cone_size[builder->cones++] = size;
    return add_rows(builder, &builder->h, size);
}

void socp_put(socp_builder *builder, size_t row, size_t variable, double coefficient)
{
    put(builder, &builder->g, row, variable, -coefficient);
}

void socp_constant(socp_builder *builder, size_t row, double value)
{
    if (!builder->failed) {
        builder->h.value[row] += value;
    }
}

/* Counting sort of the triplets by key; order[] lists them in ascending key, stable with respect to `before`. */
static void sort_by(const size_t *key, size_t keys, const size_t *before, size_t count, size_t *first, size_t *order)
{
    memset(first, 0, (keys + 1) * sizeof *first);
    for (size_t i = 0; i < count; i++) {
        first[key[i] + 1]++;
    }
    for (size_t k = 0; k < keys; k++) {
        first[k + 1] += first[k];
    }
    for (size_t i = 0; i < count; i++) {
        size_t t = before ? before[i] : i;

        order[first[key[t]]++] = t;
    }
}

/* Sparse columns with ascending rows; equal positions are added. False when out of memory. */
static bool compress(const triplets *t, size_t rows, size_t cols, socp_matrix *matrix)
{
    size_t most = rows > cols ? rows : cols, count = 0;
    size_t *first = calloc(most + 2, sizeof *first), *by_row = calloc(t->count + 1, sizeof *by_row);
    size_t *order = calloc(t->count + 1, sizeof *order);

    free_matrix(matrix);
    *matrix = (socp_matrix){.rows = rows,
                            .cols = cols,
                            .start = calloc(cols + 1, sizeof(size_t)),
                            .row = calloc(t->count + 1, sizeof(size_t)),
                            .value = calloc(t->count + 1, sizeof(double))};
    bool complete = first && by_row && order && matrix->start && matrix->row && matrix->value;
    if (complete) {
        sort_by(t->row, rows, NULL, t->count, first, by_row);
        sort_by(t->col, cols, by_row, t->count, first, order);
        for (size_t i = 0; i < t->count; i++) {
            size_t row = t->row[order[i]], col = t->col[order[i]];

            if (count > 0 && matrix->start[col + 1] == count && matrix->row[count - 1] == row) {
                matrix->value[count - 1] += t->value[order[i]];
            } else {
                matrix->row[count] = row;
                matrix->value[count++] = t->value[order[i]];
            }
            matrix->start[col + 1] = count;
        }
        for (size_t j = 0; j < cols; j++) { /* empty columns */
            matrix->start[j + 1] = matrix->start[j + 1] < matrix->start[j] ? matrix->start[j] : matrix->start[j + 1];
        }
    }
    free(first);
    free(by_row);
    free(order);
    return complete;
}

static bool within(const triplets *t, size_t rows, size_t cols)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->row[i] >= rows || t->col[i] >= cols) {
            return false;
        }
    }
    return true;
}

const socp_problem *socp_build(socp_builder *builder, cfi_error *error)
{
    socp_problem *problem = &builder->problem;

    if (builder->disordered || (!builder->failed && (!within(&builder->a, builder->b.count, builder->n) ||
                                                     !within(&builder->g, builder->h.count, builder->n)))) {
        error_set(error, CFI_INVALID, "cone problem: linear rows after a cone, or an entry outside the matrix");
        return NULL;
    }
    if (builder->failed || !compress(&builder->a, builder->b.count, builder->n, &problem->A) ||
        !compress(&builder->g, builder->h.count, builder->n, &problem->G)) {
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem");
        return NULL;
    }
    problem->n = builder->n;
    problem->p = builder->b.count;
    problem->m = builder->h.count;
    problem->c = builder->c;
    problem->b = builder->b.value;
    problem->h = builder->h.value;
    problem->linear = builder->linear;
    problem->cones = builder->cones;
    problem->cone_size = builder->cone_size;
    return problem;
}
