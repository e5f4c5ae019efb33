/* The terms of the factorised matrix, in the order of their weights. docs/solver.md. */
#include "socp/kkt_terms.h"

#include "socp/constants.h"

#include <string.h>

void list_rows(const sparse *matrix, row_lists *rows)
{
    memset(rows->start, 0, (matrix->rows + 1) * sizeof *rows->start);
    for (uint32_t e = 0; e < matrix->start[matrix->cols]; e++) {
        rows->start[matrix->row[e]]++;
    }
    for (size_t i = 0, sum = 0; i <= matrix->rows; i++) {
        sum += rows->start[i];
        rows->start[i] = (uint32_t)sum;
    }
    for (size_t j = matrix->cols; j-- > 0;) {
        for (uint32_t e = matrix->start[j + 1]; e-- > matrix->start[j];) {
            uint32_t at = --rows->start[matrix->row[e]];

            rows->col[at] = (uint32_t)j;
            rows->entry[at] = e;
        }
    }
}

/* Whether eliminating z is dear: a row makes a clique of its variables, a cone ties each of them to its two dyads. */
static bool worth_keeping(const row_lists *rows, size_t first, size_t size, uint32_t *mark, uint32_t stamp)
{
    size_t variables = 0, longest = 0;

    for (size_t i = first; i < first + size; i++) {
        size_t length = rows->start[i + 1] - rows->start[i];

        longest = length > longest ? length : longest;
        for (uint32_t e = rows->start[i]; e < rows->start[i + 1]; e++) {
            variables += mark[rows->col[e]] != stamp;
            mark[rows->col[e]] = stamp;
        }
    }
    return size == 1 ? variables > ROW_VARIABLES
                     : longest > CONE_ROW_VARIABLES || (double)variables > CONE_VARIABLES * (double)size;
}

void kkt_lay_out(kkt *system, const row_lists *rows, uint32_t *mark)
{
    const cone_scaling *cone = system->cone;
    size_t next = system->n + system->p, row = 0;

    memset(mark, 0, system->n * sizeof *mark);
    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];

        system->kept[i] = worth_keeping(rows, system->p + row, size, mark, (uint32_t)i + 1);
        for (size_t j = 0; j < size; j++) {
            system->position[row + j] = system->kept[i] ? (uint32_t)next++ : UINT32_MAX;
        }
        if (size > 1) { /* the dyads' unknowns; position is unused on condensed rows: it tells where */
            for (size_t j = 0; j < 2 && !system->kept[i]; j++) {
                system->position[row + j] = (uint32_t)(next + j);
            }
            next += 2;
        }
        row += size;
    }
    system->size = next;
}

/* What the next term is added to. */
typedef struct lister {
    kkt_terms *terms;
    const row_lists *rows;
    uint32_t *row, *col;
    uint32_t one; /* value[one] is 1 */
    size_t count, weight;
} lister;

static void add(lister *list, uint32_t row, uint32_t col, uint32_t left, uint32_t right, int times)
{
    if (list->row) {
        list->row[list->count] = row;
        list->col[list->count] = col;
        list->terms->left[list->count] = left;
        list->terms->right[list->count] = right;
        list->terms->times[list->count] = (signed char)times;
    }
    list->count++;
}

static void end_weight(lister *list)
{
    list->terms->start[++list->weight] = (uint32_t)list->count;
}

/* The outer product of row i with itself. */
static void add_square(lister *list, size_t i)
{
    const row_lists *rows = list->rows;

    for (uint32_t e = rows->start[i]; e < rows->start[i + 1]; e++) {
        for (uint32_t f = e; f < rows->start[i + 1]; f++) {
            add(list, rows->col[e], rows->col[f], rows->entry[e], rows->entry[f], 1);
        }
    }
}

static void add_row(lister *list, size_t i, uint32_t unknown)
{
    const row_lists *rows = list->rows;

    for (uint32_t e = rows->start[i]; e < rows->start[i + 1]; e++) {
        add(list, rows->col[e], unknown, rows->entry[e], list->one, 1);
    }
}

static uint32_t dyad_position(const kkt *system, bool kept, size_t row, size_t size)
{
    return kept ? system->position[row] + (uint32_t)size : system->position[row];
}

/* F and A, the kept rows of G, and the unit pivots of F and of the dyads; then the regularisation. */
static void add_constants(const kkt *system, lister *list)
{
    const cone_scaling *cone = system->cone;
    size_t row = 0;

    for (size_t i = 0; i < system->p; i++) {
        add_row(list, i, (uint32_t)(system->n + i));
    }
    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];
        bool kept = system->kept[i];

        for (size_t j = 0; kept && j < size; j++) {
            add_row(list, system->p + row + j, system->position[row + j]);
        }
        if (size > 1) {
            uint32_t dyad = dyad_position(system, kept, row, size);

            add(list, dyad, dyad, list->one, list->one, kept ? 1 : -1);
            add(list, dyad + 1, dyad + 1, list->one, list->one, kept ? -1 : 1);
        }
        row += size;
    }
    for (size_t i = 0; i < system->f; i++) {
        add(list, (uint32_t)(system->n + i), (uint32_t)(system->n + i), list->one, list->one, -1);
    }
    end_weight(list);
    for (size_t i = 0; i < system->n + system->p; i++) {
        if (i < system->n || i >= system->n + system->f) {
            add(list, (uint32_t)i, (uint32_t)i, list->one, list->one, i < system->n ? 1 : -1);
        }
    }
    end_weight(list);
}

/* A linear row or a cone: the multiple of the identity, then the dyads. */
static void add_block(const kkt *system, lister *list, bool kept, size_t row, size_t size)
{
    uint32_t dyad = dyad_position(system, kept, row, size); /* of no meaning on a linear row */

    for (size_t i = 0; i < size; i++) {
        if (kept) {
            add(list, system->position[row + i], system->position[row + i], list->one, list->one, 1);
        } else {
            add_square(list, system->p + row + i);
        }
    }
    end_weight(list);
    for (uint32_t which = 0; which < 2 && size > 1; which++) {
        for (size_t i = 0; i < size; i++) {
            if (kept) {
                add(list, system->position[row + i], dyad + which, list->one, list->one, 1);
            } else {
                add_row(list, system->p + row + i, dyad + which);
            }
            end_weight(list);
        }
    }
}

void kkt_list_terms(kkt *system, const row_lists *rows, uint32_t *row, uint32_t *col)
{
    const cone_scaling *cone = system->cone;
    lister list = {.terms = &system->terms,
                   .rows = rows,
                   .row = row,
                   .col = col,
                   .one = system->matrix->start[system->matrix->cols]};
    size_t at = 0;

    system->terms.start[0] = 0;
    add_constants(system, &list);
    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        size_t size = i < cone->linear ? 1 : cone->size[i - cone->linear];

        add_block(system, &list, system->kept[i], at, size);
        at += size;
    }
    system->terms.count = list.count;
}
