/* The builds of the program that computed the lines of a sweep. */
#ifndef CFISAC_SWEEP_BUILDS_H
#define CFISAC_SWEEP_BUILDS_H

#include "cfisac/report.h"

/* Each once. Zero-initialise; free with builds_free. */
typedef struct build_list {
    char (*name)[CFI_BUILD_LENGTH];
    size_t count;
} build_list;

/* Adds a name that is not there yet. CFI_NO_MEMORY. */
cfi_status builds_add(build_list *builds, const char *name, cfi_error *error);
/* All names of another list. CFI_NO_MEMORY. */
cfi_status builds_add_all(build_list *builds, const build_list *others, cfi_error *error);
void builds_free(build_list *builds);

#endif
