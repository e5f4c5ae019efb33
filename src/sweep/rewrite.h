/* Lines of a journal written anew: in another order, under this sweep's labels, or aside. */
#ifndef CFISAC_SWEEP_REWRITE_H
#define CFISAC_SWEEP_REWRITE_H

#include "sweep/contents.h"
#include "sweep/lines.h"

/* Known lines on their way to another file. */
typedef struct line_copier {
    const journal *journal;
    const sweep_plan *plan; /* of the sweep whose labels they get; the items are the journal's */
    const line_places *places;
    line_reader reader; /* zero-initialised with .file; lines_free */
} line_copier;

/* Writes the line of an item, which is there, under this sweep's labels; an older one's point is that of `trial`. */
cfi_status rewrite_line(line_copier *from, size_t item, size_t trial, FILE *stream, cfi_error *error);

/* Leaves in the journal its known lines alone, in the order of the plan, with this sweep's labels, in one step. */
cfi_status rewrite_journal(journal *j, const sweep_plan *plan, cfi_error *error);

/* Appends the damaged lines to DIR/sweep.damaged and syncs it. CFI_OUTPUT. */
cfi_status rewrite_damaged(const journal *j, const contents *c, cfi_error *error);

#endif
