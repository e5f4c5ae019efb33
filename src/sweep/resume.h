/* Opening the directory of a sweep: what is there is read, mended, and completed. */
#ifndef CFISAC_SWEEP_RESUME_H
#define CFISAC_SWEEP_RESUME_H

#include "cfisac/sweep.h"
#include "sweep/contents.h"

/* Makes the directory if need be, opens and reads its journal, and leaves it with the undamaged lines of this sweep
 * alone, under this sweep's labels: a torn last line is cut off, damaged ones are kept in DIR/sweep.damaged, and what
 * an older, smaller sweep has computed is taken over. Then scenario.json and sweep.json are written, unless nothing is
 * left to do and they are there. *c says what is there. Fails as contents_read, journal_open, replace_file;
 * every line that was there then still is. */
cfi_status resume_open(const cfi_sweep_options *options, const sweep_plan *plan, journal *j, contents *c,
                       cfi_error *error);

/* CFI_INVALID when another program wrote the sweep.json (or what the kind calls it) in `directory`, unless `mixed`. */
cfi_status resume_check_program(const sweep_kind *kind, const char *directory, const cfi_known_identity *identity,
                                bool mixed, cfi_error *error);

#endif
