/* A reader of the Conic Benchmark Format for checks only: it shares no line with the program's own. Cones F, L=, L+,
 * L-, Q, QR; comments; no integers, no semidefinite items. */
#ifndef TESTS_BENCH_PLAIN_CBF_H
#define TESTS_BENCH_PLAIN_CBF_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cone_kind { CONE_FREE, CONE_ZERO, CONE_PLUS, CONE_MINUS, CONE_QUADRATIC, CONE_ROTATED } cone_kind;

typedef struct cone_block {
    cone_kind kind;
    size_t size;
} cone_block;

/* minimise or maximise c'x + c0 subject to x in the cones of variables, A x + b in the cones of rows */
typedef struct plain_cbf {
    size_t n, m, variable_blocks, row_blocks, entries;
    cone_block *variables, *rows;
    double *c, *b; /* n, m */
    double c0;
    bool maximises;
    size_t *row, *column; /* of the entries of A; repeated ones add up */
    double *value;
} plain_cbf;

/* false and a line on stderr when the file cannot be read. */
bool plain_cbf_read(const char *path, plain_cbf *cbf);
void plain_cbf_free(plain_cbf *cbf);

#endif
