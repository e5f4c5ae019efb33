/* run --export-cbf: every problem given to the cone solver as a file, and beside it what its numbers are. */
#ifndef CFISAC_CLI_EXPORT_H
#define CFISAC_CLI_EXPORT_H

#include "cfisac/alloc.h"

typedef struct cbf_export {
    const char *directory; /* must exist */
    const char *scenario;  /* its name, for the comment */
} cbf_export;

/* A cfi_export; context is a const cbf_export. Writes DIR/drop<d>_start<s>_step<i>.cbf, and its map, the same with
 * .json. CFI_OUTPUT on failure. Keeps no state: drops may be exported by several threads at once. */
cfi_status export_cbf(void *context, const cfi_exported *exported, cfi_error *error);

#endif
