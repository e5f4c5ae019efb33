/* The printed table: what its parts share. */
#ifndef CFISAC_REPORT_TABLE_PAGE_H
#define CFISAC_REPORT_TABLE_PAGE_H

#include "cfisac/report.h"

typedef struct page {
    const cfi_results *results;
    const cfi_system *system;
    FILE *stream;
    bool colour, theorem1_differs;
} page;

/* An escape sequence of the terminal, "" where the table is not in colour. */
const char *page_paint(const page *p, const char *code);
/* Whether the allocation is after something else than the sum rate. */
bool page_has_objective(const page *p);
/* Whether it prefers some users' rates to others'. */
bool page_has_weights(const page *p);
/* Whether a split breaks a constraint, and is no rival for that. */
bool page_split_violates(const cfi_reference *split);

/* What was run (table_heading.c). */
void page_put_heading(const page *p);
/* Statistics over drops (table_statistics.c); fails with CFI_NO_MEMORY. */
cfi_status page_put_statistics(const page *p, cfi_error *error);
/* A row a drop, or where there are many a line that says where they are (table_rows.c). */
void page_put_rows(const page *p);

#endif
