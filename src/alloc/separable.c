/* Separable concave programs with few coupling constraints: their data. docs/model.md (M19) */
#include "alloc/separable.h"

static double *take_numbers(double **memory, size_t L)
{
    double *row = *memory;

    *memory += L;
    return row;
}

static void make_room_for_row(separable_row *row, double **memory, size_t L)
{
    row->slack = take_numbers(memory, L);
    row->price = take_numbers(memory, L);
    row->slack_step = take_numbers(memory, L);
    row->price_step = take_numbers(memory, L);
    row->rest = take_numbers(memory, L);
    row->stiff = take_numbers(memory, L);
}

static void number_couplings(separable *p)
{
    p->columns = 1;
    p->lit_at = p->position_at = SEPARABLE_COLUMNS;
    if (p->lit) {
        p->lit_at = p->columns++;
    }
    if (p->position) {
        p->position_at = p->columns;
        p->columns += 3;
    }
}

cfi_status separable_init(separable *p, cfi_arena *arena, cfi_error *error)
{
    size_t L = p->L, rows = 14 + 6 * (SEPARABLE_ROWS + 1) + 2 * (size_t)SEPARABLE_COLUMNS;
    double *memory = arena_zeros(arena, rows * L, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the answers of %zu access points", L);
    }
    double **const row[] = {&p->x,
                            &p->s,
                            &p->price_x,
                            &p->price_s,
                            &p->step_x,
                            &p->step_s,
                            &p->price_x_step,
                            &p->price_s_step,
                            &p->base_x,
                            &p->base_s,
                            &p->curve_x,
                            &p->curve_s,
                            &p->per_determinant,
                            &p->alone};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i] = take_numbers(&memory, L);
    }
    for (size_t i = 0; i < p->rows; i++) {
        make_room_for_row(&p->row[i], &memory, L);
    }
    p->light.x = p->b;
    make_room_for_row(&p->light, &memory, L);
    for (size_t c = 0; c < SEPARABLE_COLUMNS; c++) {
        p->column_x[c] = take_numbers(&memory, L);
        p->column_s[c] = take_numbers(&memory, L);
    }
    number_couplings(p);
    for (size_t l = 0; l < L; l++) {
        p->column_x[0][l] = -p->counted[l];
        p->column_s[0][l] = -1.0;
        if (p->lit) {
            p->column_x[p->lit_at][l] = p->weight_x[l];
            p->column_s[p->lit_at][l] = p->weight_s[l];
        }
    }
    return CFI_OK;
}
