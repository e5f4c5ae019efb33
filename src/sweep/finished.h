/* A finished journal, its lines read back in order. */
#ifndef CFISAC_SWEEP_FINISHED_H
#define CFISAC_SWEEP_FINISHED_H

#include "sweep/journal.h"
#include "sweep/lines.h"
#include "sweep/plan.h"

/* Zero-initialise with .journal, .plan, .status and .lines.file; free with lines_free(&lines). */
typedef struct finished_lines {
    const journal *journal;
    const sweep_plan *plan;
    const uint8_t *status; /* how each item is said to have ended */
    line_reader lines;
    size_t item;      /* of the next line */
    off_t next_start; /* of the next line */
} finished_lines;

/* The next line, which must be that of its item; *text stays until the next call. CFI_OUTPUT: it does not read back as
 * it was written. CFI_INVALID, CFI_NO_MEMORY. */
cfi_status finished_next(finished_lines *f, file_line *text, cfi_line *line, cfi_line_text *more, cfi_error *error);

#endif
