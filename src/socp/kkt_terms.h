/* Which unknowns the factorised matrix has and which terms make its entries. docs/solver.md. */
#ifndef CFISAC_SOCP_KKT_TERMS_H
#define CFISAC_SOCP_KKT_TERMS_H

#include "socp/kkt_system.h"

enum { WEIGHT_ONE = 0, WEIGHT_DELTA = 1, FIRST_WEIGHT = 2 };

/* Weights of a cone: the multiple of the identity and, above size 1, the two dyads' vectors. */
static inline size_t cone_weights(size_t size)
{
    return size == 1 ? 1 : 1 + 2 * size;
}

/* Rows of a matrix: the columns and entry numbers of row i are at [start[i], start[i + 1]). */
typedef struct row_lists {
    uint32_t *start, *col, *entry;
} row_lists;
void list_rows(const sparse *matrix, row_lists *rows);

/* Decides which z stay (system->kept, position) and counts the unknowns (size). mark: n of work. */
void kkt_lay_out(kkt *system, const row_lists *rows, uint32_t *mark);

/* Lists the terms: their unknowns go to row and col; with row NULL they are only counted. */
void kkt_list_terms(kkt *system, const row_lists *rows, uint32_t *row, uint32_t *col);

#endif
