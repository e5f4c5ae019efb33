/* The grammar of JSON (RFC 8259), checked before cJSON sees the text: cJSON takes numbers like 01, duplicate
 * keys, \u0000, invalid UTF-8 and 1e400 without a word. */
#ifndef SCENARIO_SYNTAX_H
#define SCENARIO_SYNTAX_H

#include "cfisac/base.h"

enum {
    SYNTAX_MAX_DEPTH = 32,       /* nested lists and objects */
    SYNTAX_MAX_MEMBERS = 256,    /* of one object */
    SYNTAX_MAX_NUMBER = 63,      /* characters of a number: cJSON reads no more */
    SYNTAX_MAX_VALUES = 33554432 /* in all; each costs 64 bytes in the tree */
};

/* Checks that text[0 .. length) is one JSON value. Fails with CFI_INVALID and "NAME:LINE:COLUMN: what"; lines and
 * columns count from 1, columns in characters. Or with CFI_NO_MEMORY. error may be NULL. */
cfi_status syntax_check(const char *text, size_t length, const char *name, cfi_error *error);

/* Why cJSON made nothing of text[0 .. length): CFI_NO_MEMORY when it is JSON, else CFI_INVALID. cJSON does not say. */
cfi_status syntax_blame(const char *text, size_t length);

/* Bytes of the number of JSON's grammar at the start of text[0 .. length), 0 when there is none. */
size_t syntax_number(const char *text, size_t length);

#endif
