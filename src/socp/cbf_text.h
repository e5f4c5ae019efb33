/* The lines, fields and numbers of a Conic Benchmark Format file in memory. */
#ifndef CFISAC_SOCP_CBF_TEXT_H
#define CFISAC_SOCP_CBF_TEXT_H

#include "cfisac/error.h"

#include <locale.h>
#include <stdio.h>

/* A text being read, line by line. Whitespace is space, tab and carriage return; # starts a comment anywhere. */
typedef struct cbf_text {
    const char *name; /* for errors */
    char *memory;
    const char *at, *end; /* *end is a NUL */
    size_t line;          /* from 1, of `at` */
    locale_t plain;       /* numbers have a decimal point whatever the process's locale */
    cfi_error *error;
} cbf_text;

/* Reads the whole stream. CFI_INVALID when it cannot be read, CFI_NO_MEMORY. Free with text_free in every case. */
cfi_status text_load(cbf_text *text, FILE *stream, const char *name, cfi_error *error);
void text_free(cbf_text *text);

/* Sets the error "NAME:LINE: ..." and returns CFI_INVALID. */
cfi_status text_error(const cbf_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* To the first field of the next line that has one; false at the end of the text. */
bool text_next(cbf_text *text);
/* Bytes that are left. */
size_t text_left(const cbf_text *text);

/* The next field of the line. An error names `what` when there is none. */
cfi_status text_word(cbf_text *text, const char *what, const char **word, size_t *length);
/* A whole number 0 .. most. */
cfi_status text_size(cbf_text *text, const char *what, size_t most, size_t *value);
/* A finite decimal number; one too small for a double becomes zero. */
cfi_status text_number(cbf_text *text, const char *what, double *value);
/* Nothing more may stand on the line. */
cfi_status text_line_end(cbf_text *text);

#endif
