/* What a journal holds: which item's line stands where, and what does not belong. Lines are known by their values and
 * drop, not by their place, so that one that is damaged costs one drop and a sweep can grow. */
#ifndef CFISAC_SWEEP_CONTENTS_H
#define CFISAC_SWEEP_CONTENTS_H

#include "sweep/builds.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* Where a line stands. */
typedef struct kept_line {
    off_t offset;
    uint32_t length; /* without its newline; 0: there is none */
    uint8_t status;  /* a cfi_drop_status */
    bool older;      /* it carries the older sweep's hash and number of the point */
} kept_line;

/* A part of the file. */
typedef struct file_span {
    off_t offset;
    size_t length;
} file_span;

typedef struct contents {
    kept_line *line; /* one an item of the plan */
    size_t items, known;
    size_t damaged; /* lines that are none */
    file_span *damaged_at;
    bool ordered;       /* the first line is the first item's, and so on, without a gap */
    size_t older_lines; /* lines that carry the older sweep's labels */
    off_t torn_at;      /* where a line begins that was being written when the writer died; -1: there is none */
    build_list builds;
} contents;

/* Reads all lines, which is all that it does. Lines of the sweep in DIR/scenario.json that this one goes on with
 * (scenario_continue) count as this one's. With `mixed` lines of other builds are taken. CFI_INVALID, naming the file
 * and the line or key: another scenario, another shard, another build, a foreign file, or a file that cannot be read.
 * CFI_NO_MEMORY. contents_free in every case. */
cfi_status contents_read(const journal *j, const sweep_plan *plan, bool mixed, contents *out, cfi_error *error);
void contents_free(contents *c);

/* Appends the damaged lines to DIR/sweep.damaged and syncs it. CFI_OUTPUT. */
cfi_status contents_save_damaged(const journal *j, const contents *c, cfi_error *error);
/* Writes one known line, under this sweep's labels, to a stream; an older one's point is looked up in the plan. */
cfi_status contents_write_item(const journal *j, const sweep_plan *plan, const contents *c, size_t item, FILE *stream,
                               cfi_error *error);
/* All of them, in the order of the plan. */
cfi_status contents_write(const journal *j, const sweep_plan *plan, const contents *c, FILE *stream, cfi_error *error);

#endif
