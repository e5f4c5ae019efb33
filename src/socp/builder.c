/* Collects the entries of a problem in any order and sorts them into sparse columns; where they belong is remembered
 * for the next problem with the same entries. */
#include "cfisac/socp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries of one matrix as triplets. */
typedef struct triplets {
    size_t count, room;
    size_t *row, *col;
    double *value;
    size_t known, *slot; /* of the last build: how many triplets it had, and where in the matrix each was added */
    bool changed;        /* not the positions of the last build, as far as put again */
} triplets;

typedef struct growing {
    size_t count, room;
    double *value;
} growing;

enum { SQUARES, EQUALITIES, CONE_ROWS, BUILDER_PARTS }; /* F, A, G */

struct socp_builder {
    size_t n, squares; /* squares: rows of F */
    double *c;
    triplets part[BUILDER_PARTS];
    growing b, h;
    size_t linear, cones, cone_room, *cone_size;
    size_t known_cones;   /* of the last build */
    bool failed, built;   /* failed: out of memory, which lasts */
    char wrong[120];      /* the first mistake of the caller since the last restart, or "" */
    bool reshaped;        /* other rows or cones than in the last build */
    bool same;            /* the last build kept the pattern of the one before */
    socp_problem problem; /* the last one built; owns its matrices */
};

static bool grow_array(void **memory, size_t *room, size_t needed, size_t size)
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
    if (!grow_array((void **)&t->row, &room, needed, sizeof *t->row)) {
        return false;
    }
    room = same;
    if (!grow_array((void **)&t->col, &room, needed, sizeof *t->col)) {
        return false;
    }
    room = same;
    if (!grow_array((void **)&t->value, &room, needed, sizeof *t->value)) {
        return false;
    }
    room = same;
    if (!grow_array((void **)&t->slot, &room, needed, sizeof *t->slot)) {
        return false;
    }
    t->room = room;
    return true;
}

/* Whether a matrix has got other positions than in the last build. */
static bool changed(const socp_builder *builder)
{
    bool some = false;

    for (size_t i = 0; i < BUILDER_PARTS; i++) {
        some = some || builder->part[i].changed;
    }
    return some;
}

/* Whether calls still have an effect. */
static bool works(const socp_builder *builder)
{
    return builder && !builder->failed && !*builder->wrong;
}

/* Remembers the first mistake, for socp_build to report. */
__attribute__((format(printf, 2, 3))) static void blame_caller(socp_builder *builder, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(builder->wrong, sizeof builder->wrong, format, list);
    va_end(list);
}

/* Whether there is such an index below `count`; `what` has it. */
static bool exists(socp_builder *builder, size_t index, size_t count, const char *what)
{
    if (index >= count) {
        blame_caller(builder, "%s %zu does not exist: there are %zu so far", what, index, count);
    }
    return index < count;
}

static void put(socp_builder *builder, triplets *t, size_t row, size_t col, double value)
{
    if (!grow_triplets(t)) {
        builder->failed = true;
        return;
    }
    if (t->count >= t->known || t->row[t->count] != row || t->col[t->count] != col) {
        t->changed = true;
        t->row[t->count] = row;
        t->col[t->count] = col;
    }
    t->value[t->count++] = value;
}

static size_t add_rows(socp_builder *builder, growing *rows, size_t count)
{
    size_t first = rows->count;

    if (count > SIZE_MAX - first ||
        !grow_array((void **)&rows->value, &rows->room, first + count, sizeof *rows->value)) {
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

void socp_builder_restart(socp_builder *builder, size_t variables)
{
    if (!builder || builder->failed) {
        return;
    }
    builder->reshaped = builder->reshaped || !builder->built || changed(builder);
    if (variables != builder->n) {
        double *c = reallocarray(builder->c, variables ? variables : 1, sizeof *c);

        builder->failed = !c;
        builder->c = c ? c : builder->c;
        builder->n = c ? variables : builder->n;
        builder->reshaped = true;
    }
    memset(builder->c, 0, builder->n * sizeof *builder->c);
    for (size_t i = 0; i < BUILDER_PARTS; i++) {
        builder->part[i].count = 0;
        builder->part[i].changed = false;
    }
    builder->b.count = builder->h.count = 0;
    builder->squares = builder->linear = builder->cones = 0;
    *builder->wrong = '\0';
}

bool socp_builder_kept_pattern(const socp_builder *builder)
{
    return builder && builder->same;
}

static void free_matrix(socp_matrix *matrix)
{
    free(matrix->start);
    free(matrix->row);
    free(matrix->value);
    *matrix = (socp_matrix){.start = NULL};
}

/* F, A or G. */
static socp_matrix *matrix_of(socp_problem *problem, size_t part)
{
    return part == SQUARES ? &problem->F : part == EQUALITIES ? &problem->A : &problem->G;
}

void socp_builder_destroy(socp_builder *builder)
{
    if (!builder) {
        return;
    }
    for (size_t i = 0; i < BUILDER_PARTS; i++) {
        free_matrix(matrix_of(&builder->problem, i));
        free(builder->part[i].row);
        free(builder->part[i].col);
        free(builder->part[i].value);
        free(builder->part[i].slot);
    }
    free(builder->b.value);
    free(builder->h.value);
    free(builder->cone_size);
    free(builder->c);
    free(builder);
}

void socp_objective(socp_builder *builder, size_t variable, double coefficient)
{
    if (works(builder) && exists(builder, variable, builder->n, "variable")) {
        builder->c[variable] += coefficient;
    }
}

size_t socp_add_squares(socp_builder *builder, size_t rows)
{
    size_t first = works(builder) ? builder->squares : 0;

    if (works(builder)) {
        builder->squares += rows;
    }
    return first;
}

void socp_put_square(socp_builder *builder, size_t row, size_t variable, double coefficient)
{
    if (works(builder) && exists(builder, row, builder->squares, "square") &&
        exists(builder, variable, builder->n, "variable")) {
        put(builder, &builder->part[SQUARES], row, variable, coefficient);
    }
}

size_t socp_add_equalities(socp_builder *builder, size_t rows)
{
    return works(builder) ? add_rows(builder, &builder->b, rows) : 0;
}

void socp_put_equality(socp_builder *builder, size_t row, size_t variable, double coefficient)
{
    if (works(builder) && exists(builder, row, builder->b.count, "equality row") &&
        exists(builder, variable, builder->n, "variable")) {
        put(builder, &builder->part[EQUALITIES], row, variable, coefficient);
    }
}

void socp_rhs_equality(socp_builder *builder, size_t row, double value)
{
    if (works(builder) && exists(builder, row, builder->b.count, "equality row")) {
        builder->b.value[row] += value;
    }
}

size_t socp_add_linear(socp_builder *builder, size_t rows)
{
    if (!works(builder)) {
        return 0;
    }
    if (builder->cones > 0) {
        blame_caller(builder, "linear rows after a cone");
        return 0;
    }
    builder->linear += rows;
    return add_rows(builder, &builder->h, rows);
}

size_t socp_add_cone(socp_builder *builder, size_t size)
{
    if (!works(builder)) {
        return 0;
    }
    if (size == 0) {
        blame_caller(builder, "cone %zu has no rows", builder->cones);
        return 0;
    }
    if (!grow_array((void **)&builder->cone_size, &builder->cone_room, builder->cones + 1,
                    sizeof *builder->cone_size)) {
        builder->failed = true;
        return 0;
    }
    if (builder->cones >= builder->known_cones || builder->cone_size[builder->cones] != size) {
        builder->reshaped = true;
        builder->cone_size[builder->cones] = size;
    }
    builder->cones++;
    return add_rows(builder, &builder->h, size);
}

void socp_put(socp_builder *builder, size_t row, size_t variable, double coefficient)
{
    if (works(builder) && exists(builder, row, builder->h.count, "cone row") &&
        exists(builder, variable, builder->n, "variable")) {
        put(builder, &builder->part[CONE_ROWS], row, variable, -coefficient);
    }
}

void socp_constant(socp_builder *builder, size_t row, double value)
{
    if (works(builder) && exists(builder, row, builder->h.count, "cone row")) {
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
static bool compress_triplets(triplets *t, size_t rows, size_t cols, socp_matrix *matrix)
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
            t->slot[order[i]] = count - 1;
            matrix->start[col + 1] = count;
        }
        for (size_t j = 0; j < cols; j++) { /* empty columns */
            matrix->start[j + 1] = matrix->start[j + 1] < matrix->start[j] ? matrix->start[j] : matrix->start[j + 1];
        }
    }
    free(first);
    free(by_row);
    free(order);
    t->known = complete ? t->count : 0;
    t->changed = false;
    return complete;
}

/* The numbers of the triplets into the matrix of the last build, which had the same. */
static void refill(const triplets *t, socp_matrix *matrix)
{
    memset(matrix->value, 0, matrix->start[matrix->cols] * sizeof *matrix->value);
    for (size_t i = 0; i < t->count; i++) {
        matrix->value[t->slot[i]] += t->value[i];
    }
}

static bool is_same_pattern(const socp_builder *builder)
{
    const socp_problem *last = &builder->problem;

    for (size_t i = 0; i < BUILDER_PARTS; i++) {
        if (builder->part[i].count != builder->part[i].known) {
            return false;
        }
    }
    return builder->built && !builder->reshaped && !changed(builder) && builder->squares == last->f &&
           builder->b.count == last->p && builder->h.count == last->m && builder->linear == last->linear &&
           builder->cones == last->cones;
}

/* False when out of memory. */
static bool compress_all(socp_builder *builder)
{
    const size_t rows[BUILDER_PARTS] = {builder->squares, builder->b.count, builder->h.count};
    bool done = !builder->failed;

    for (size_t i = 0; i < BUILDER_PARTS && done; i++) {
        done = compress_triplets(&builder->part[i], rows[i], builder->n, matrix_of(&builder->problem, i));
    }
    return done;
}

const socp_problem *socp_build(socp_builder *builder, cfi_error *error)
{
    socp_problem *problem;

    if (!builder) {
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem: there is no builder");
        return NULL;
    }
    if (!builder->failed && *builder->wrong) {
        builder->same = false;
        error_set(error, CFI_INVALID, "cone problem: %s", builder->wrong);
        return NULL;
    }
    problem = &builder->problem;
    builder->same = !builder->failed && is_same_pattern(builder);
    if (builder->same) {
        for (size_t i = 0; i < BUILDER_PARTS; i++) {
            refill(&builder->part[i], matrix_of(problem, i));
        }
    } else if (!compress_all(builder)) {
        builder->built = false;
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem");
        return NULL;
    }
    problem->n = builder->n;
    problem->f = builder->squares;
    problem->p = builder->b.count;
    problem->m = builder->h.count;
    problem->c = builder->c;
    problem->b = builder->b.value;
    problem->h = builder->h.value;
    problem->linear = builder->linear;
    problem->cones = builder->cones;
    problem->cone_size = builder->cone_size;
    builder->known_cones = builder->cones;
    builder->built = true;
    builder->reshaped = false;
    return problem;
}
