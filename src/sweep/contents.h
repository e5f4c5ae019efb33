/* What a journal holds: how each item ended, and what does not belong. Lines are known by their values and drop, not by
 * their place, so that one that is damaged costs one drop and a sweep can grow. */
#ifndef CFISAC_SWEEP_CONTENTS_H
#define CFISAC_SWEEP_CONTENTS_H

#include "sweep/builds.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* A part of the file. */
typedef struct file_span {
    off_t offset;
    size_t length;
} file_span;

/* No cfi_drop_status: there is no line. */
enum { CONTENTS_NO_LINE = 255 };

typedef struct contents {
    uint8_t *status; /* of every item of the plan: a cfi_drop_status, or CONTENTS_NO_LINE */
    size_t items, known;
    size_t damaged; /* lines that are none */
    file_span *damaged_at;
    bool ordered;       /* the first line is the first item's, and so on, without a gap */
    size_t older_lines; /* lines that carry the older sweep's labels */
    off_t torn_at;      /* where a line begins that was being written when the writer died; -1: there is none */
    build_list builds;
} contents;

/* Where each item's line stands, for those who write lines in another order: eight bytes an item that a sweep which
 * just goes on does without. Zero-initialise; free with places_free. */
typedef struct line_places {
    uint64_t *place; /* twice the offset, plus one where the line carries the older sweep's labels */
} line_places;

/* Reads all lines, which is all that it does; notes their places where `places` is not NULL. Lines of the sweep in
 * DIR/scenario.json that this one goes on with (scenario_continue) count as this one's. With `mixed` lines of other
 * builds are taken. CFI_INVALID, naming the file and the line or key: another scenario, another shard, another build, a
 * foreign file, or a file that cannot be read. CFI_NO_MEMORY. contents_free in every case. */
cfi_status contents_read(const journal *j, const sweep_plan *plan, bool mixed, line_places *places, contents *out,
                         cfi_error *error);
void contents_free(contents *c);
void places_free(line_places *places);

#endif
