/* What a Conic Benchmark Format file says, before it becomes a problem. */
#ifndef CFISAC_SOCP_CBF_FILE_H
#define CFISAC_SOCP_CBF_FILE_H

#include "socp/cbf_text.h"

/* F, L=, L+, L-, Q, QR */
typedef enum cbf_kind { CBF_FREE, CBF_ZERO, CBF_PLUS, CBF_MINUS, CBF_CONE, CBF_ROTATED } cbf_kind;

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

#endif
