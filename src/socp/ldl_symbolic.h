/* What the symbolic phases of the factorisation hand to each other. docs/solver.md, ldl.h. */
#ifndef CFISAC_SOCP_LDL_SYMBOLIC_H
#define CFISAC_SOCP_LDL_SYMBOLIC_H

#include "socp/ldl.h"

/* Four vectors of n + 2 numbers for use within a phase. */
enum { LDL_SCRATCH = 4 };

/* Columns are numbered by the order given until phase 4 numbers them anew: a node's columns one after another. Until
 * then a node is known by the last of its columns, its top. */
typedef struct ldl_symbolic {
    size_t n;
    stop_watch *watch; /* or NULL */
    /* Phase 1. */
    uint32_t *position;    /* n: the column of an unknown */
    uint32_t *entry_start; /* n + 1: where the entries whose later column is j start in the next two */
    uint32_t *entry;       /* entries off the diagonal: their numbers in the pattern */
    uint32_t *earlier;     /* entries off the diagonal: the earlier of their two columns */
    /* Phase 2. */
    uint32_t *parent; /* n: of a column in the elimination tree, the first row below its diagonal in L; n: none */
    uint32_t *length; /* n: entries of a column of L, its diagonal included; from phase 3 on, of a top: the rows of its
                       * node, own ones included */
    /* Phase 3. */
    uint32_t *top;   /* n: the top of the node that a column belongs to */
    uint32_t *width; /* n: of a top: the columns of its node */
    /* Phase 4. */
    uint32_t *node_of_old; /* n: the node of a column */
    uint32_t *number;      /* n: the new number of a column */
    uint32_t *node_of;     /* n: the node of a column by its new number */

    uint32_t *scratch[LDL_SCRATCH];
} ldl_symbolic;

/* Phases 1 to 3; the second ends early, with a result of no use, once the watch saw its flag. */
void ldl_list_entries(ldl_symbolic *s, const ldl_pattern *pattern);
void ldl_grow_tree(ldl_symbolic *s);
void ldl_join_columns(ldl_symbolic *s);

/* Whether a long loop over rows is to end at this one. */
bool ldl_ends_at(const ldl_symbolic *s, size_t row);

#endif
