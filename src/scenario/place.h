/* Where in the input something is wrong: "FILE: /json/pointer", or "--set key". */
#ifndef SCENARIO_PLACE_H
#define SCENARIO_PLACE_H

#include "cfisac/base.h"

enum { PLACE_SHOWN_FILE = 300 }; /* bytes of a file's name that a message shows: its end */

typedef struct cfi_place {
    char text[640];
} cfi_place;

/* The root of a file; long file names keep their end. */
cfi_place place_file(const char *file);
/* A setting of this dotted key. */
cfi_place place_setting(const char *key);
/* A swept key of this dotted name, from --over; "": the option itself. */
cfi_place place_over(const char *key);
/* Goes into a member or an element: appends "/member" (~ and / escaped, long names cut) or "/index". */
void place_member(cfi_place *place, const char *member);
void place_index(cfi_place *place, size_t index);
/* Says which of several keys it is about: appends " (key)". */
void place_key(cfi_place *place, const char *key);

/* "FILE: /pointer: what"; the root itself is "FILE: /: what". For CFI_NO_MEMORY: "out of memory for FILE: /pointer". */
cfi_status place_error(const cfi_place *place, cfi_error *error, cfi_status status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
