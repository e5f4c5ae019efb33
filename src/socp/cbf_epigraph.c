/* Finds quadratic objectives among the rotated cones of a file. An interior point that is told of the quadratic itself
 * keeps its digits, where the epigraph's t may reach 10^12. */
#include "socp/cbf_file.h"

#include <math.h>
#include <stdlib.h>

/* How often each row and each variable has entries, and the last of each row. */
typedef struct census {
    uint32_t *in_row, *in_column, *last;
    bool *bound; /* variables in a cone of VAR */
} census;

static void count_entries(const cbf_file *file, census *all)
{
    size_t at = 0;

    for (size_t e = 0; e < file->entries; e++) {
        all->in_row[file->row[e]]++;
        all->in_column[file->col[e]]++;
        all->last[file->row[e]] = (uint32_t)e;
    }
    for (size_t i = 0; i < file->var.cones; i++) {
        for (size_t j = 0; j < file->var.cone[i].size; j++) {
            all->bound[at++] = file->var.cone[i].kind != CBF_FREE;
        }
    }
}

/* Whether the cone that starts at `row` is an epigraph. Constants in S x would be lost in the square's: then it stays a
 * cone. */
static bool is_epigraph(const cbf_file *file, const census *all, size_t row, size_t size, cbf_epigraph *found)
{
    uint32_t only = all->last[row];
    size_t variable;
    double cost;

    if (all->in_row[row] != 1 || all->in_row[row + 1] != 0 || !(file->b[row + 1] > 0.0)) {
        return false;
    }
    variable = file->col[only];
    cost = file->maximise ? -file->c[variable] : file->c[variable];
    *found = (cbf_epigraph){.row = row,
                            .size = size,
                            .variable = variable,
                            .slope = file->value[only],
                            .start = file->b[row],
                            .width = file->b[row + 1],
                            .price = cost / file->value[only]};
    for (size_t i = row + 2; i < row + size; i++) {
        if (file->b[i] != 0.0) {
            return false;
        }
    }
    return all->in_column[variable] == 1 && !all->bound[variable] && found->price > 0.0 && isfinite(found->price) &&
           isfinite(found->price / found->width) && found->price / found->width > 0.0;
}

/* Takes t out; `factor` collects what each row is multiplied by. */
static void take_out(cbf_file *file, cbf_cone *cone, const cbf_epigraph *found, double *factor)
{
    double constant = found->price * found->start;

    cone->kind = CBF_SQUARES;
    file->c[found->variable] = 0.0;
    file->constant += file->maximise ? constant : -constant;
    for (size_t i = found->row + 2; i < found->row + found->size; i++) {
        factor[i] = sqrt(found->price / found->width);
    }
}

static void find_all(cbf_file *file, const census *all, cbf_epigraph *list, size_t *count, double *factor)
{
    size_t row = 0;

    for (size_t i = 0; i < file->con.count; i++) {
        factor[i] = 1.0;
    }
    for (size_t i = 0; i < file->con.cones; row += file->con.cone[i++].size) {
        cbf_cone *cone = &file->con.cone[i];

        if (cone->kind == CBF_ROTATED && cone->size > 2 && is_epigraph(file, all, row, cone->size, &list[*count])) {
            take_out(file, cone, &list[(*count)++], factor);
        }
    }
    for (size_t e = 0; e < file->entries; e++) {
        file->value[e] *= factor[file->row[e]];
    }
}

cfi_status cbf_find_epigraphs(cbf_file *file, cbf_epigraph **list, size_t *count)
{
    size_t rows = file->con.count + 1, variables = file->var.count + 1;
    double *factor = calloc(rows, sizeof *factor);
    uint32_t *memory = calloc(2 * rows + variables, sizeof *memory);
    bool *bound = calloc(variables, sizeof *bound);
    bool done;

    *count = 0;
    *list = calloc(file->con.cones + 1, sizeof **list);
    done = factor && memory && bound && *list;
    if (done) {
        census all = {.in_row = memory, .last = memory + rows, .in_column = memory + 2 * rows, .bound = bound};

        count_entries(file, &all);
        find_all(file, &all, *list, count, factor);
    }
    free(factor);
    free(memory);
    free(bound);
    return done ? CFI_OK : CFI_NO_MEMORY;
}
