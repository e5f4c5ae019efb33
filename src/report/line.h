/* What the lines of all journals have in common: a head that depends on what was asked, what a drop gave, a checksum.
 */
#ifndef CFISAC_REPORT_LINE_H
#define CFISAC_REPORT_LINE_H

#include "cfisac/report.h"
#include "report/json.h"

#include <cJSON.h>

/* A line before its checksum is added, in memory. What comes before "build" depends on what was asked, all else on the
 * drop alone. */
typedef struct line_text {
    char *text;
    size_t length;
    FILE *stream;
    json_writer writer; /* of the line, to the stream */
} line_text;

/* Members that all lines have. */
#define LINE_DROP  "drop"
#define LINE_BUILD "build"

/* Begins {"KEY": "HASH". CFI_NO_MEMORY. */
cfi_status line_open(const char *key, const char *hash, line_text *line, cfi_error *error);
/* Ends the text, and writes it with its checksum. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status line_finish(line_text *line, FILE *stream, cfi_error *error);
/* Where a line goes on with a member of its object, from the comma before; NULL: nowhere. (In a string the quotes of a
 * name would have escapes.) */
const char *line_find(const char *text, size_t length, const char *key);
/* Goes on with the rest of another line of such a journal, from such a place to its end, without its checksum, and ends
 * as line_finish. */
cfi_status line_finish_as(line_text *line, const char *rest, size_t length, FILE *stream, cfi_error *error);

/* The object of an undamaged line, the caller's to delete. CFI_INVALID: its checksum does not match, or it is none.
 * CFI_NO_MEMORY. */
cfi_status line_parse(const char *text, size_t length, cJSON **object, cfi_error *error);
/* What all lines say: hash (under `key`), build, drop, status, what went wrong. False: something is missing. */
bool line_read_head(const cJSON *object, const char *key, cfi_line *line, cfi_line_text *more);
/* A whole number 0 .. most. */
bool line_read_whole(const cJSON *object, const char *key, double most, double *value);
/* CFI_INVALID, of a line that lacks something. */
cfi_status line_malformed(cfi_error *error);

#endif
