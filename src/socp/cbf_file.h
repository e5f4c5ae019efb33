/* What a Conic Benchmark Format file says, before it becomes a problem. */
#ifndef CFISAC_SOCP_CBF_FILE_H
#define CFISAC_SOCP_CBF_FILE_H

#include "socp/cbf_text.h"

/* F, L=, L+, L-, Q, QR; CBF_SQUARES: a QR that was found to be the epigraph of a quadratic objective */
typedef enum cbf_kind { CBF_FREE, CBF_ZERO, CBF_PLUS, CBF_MINUS, CBF_CONE, CBF_ROTATED, CBF_SQUARES } cbf_kind;

typedef struct cbf_cone {
    cbf_kind kind;
    size_t size;
} cbf_cone;

/* VAR or CON: `count` scalars in `cones` cones one after another. */
typedef struct cbf_domain {
    bool given;
    size_t count, cones;
    cbf_cone *cone;
} cbf_domain;

/* Minimise or maximise c'x + constant over x in VAR, A x + b in CON. */
typedef struct cbf_file {
    bool maximise, sense_given;
    cbf_domain var, con;
    double *c, constant; /* var.count */
    double *b;           /* con.count */
    size_t entries;      /* of A, in the file's order; equal positions are to be added */
    uint32_t *row, *col;
    double *value;
} cbf_file;

/* Most variables and most rows. */
enum { CBF_MOST = 10000000 };

/* Reads the whole text. CFI_INVALID with NAME:LINE, CFI_NO_MEMORY. Free with cbf_file_free in every case. */
cfi_status cbf_file_read(cbf_text *text, cbf_file *file);
void cbf_file_free(cbf_file *file);

/* A quadratic objective in the only form that CBF has for it: minimise .. + cost t over 2 s0 s1 >= norm(s2)^2 with
 * s0 = slope t + start, s1 = width > 0 and s2 = S x, where the free variable t stands nowhere else and cost / slope is
 * positive. At the optimum cost t = price (norm(S x)^2 / (2 width) - start), price = cost / slope. */
typedef struct cbf_epigraph {
    size_t row, size; /* of the cone's first scalar in CON; of the cone */
    size_t variable;  /* t */
    double slope, start, width, price;
} cbf_epigraph;

/* Makes CBF_SQUARES of the epigraphs, with S scaled so that norm^2 / 2 is what is added to the objective, and takes t
 * out of objective and constraints. *list: the caller frees it. CFI_NO_MEMORY. */
cfi_status cbf_find_epigraphs(cbf_file *file, cbf_epigraph **list, size_t *count);

#endif
