/* Text that grows: JSON, help, lists of allowed values. */
#ifndef SCENARIO_WORDING_H
#define SCENARIO_WORDING_H

#include <stdbool.h>
#include <stddef.h>

/* `data` always ends in NUL once something was added. With `fixed` set, `data` is the caller's and never grows:
 * what does not fit is cut off. `failed` is sticky: set by a cut or a failed allocation. */
typedef struct cfi_wording {
    char *data;
    size_t length, capacity;
    bool fixed, failed;
} cfi_wording;

/* An empty text in the caller's buffer. */
cfi_wording wording_fixed(char *buffer, size_t capacity);
void wording_free(cfi_wording *wording);

void wording_add(cfi_wording *wording, const char *text);
void wording_format(cfi_wording *wording, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wording_repeat(cfi_wording *wording, char c, size_t count);
/* The shortest decimal that reads back to the same double. */
void wording_number(cfi_wording *wording, double x);
/* A JSON string, quotes included; controls (C0, DEL, C1) are escaped, all other bytes pass as they are. */
void wording_quoted(cfi_wording *wording, const char *text);
/* At most `limit` bytes of text, cut between characters and then followed by "...". */
void wording_excerpt(cfi_wording *wording, const char *text, size_t limit);

#endif
