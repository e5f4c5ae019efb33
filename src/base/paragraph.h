/* Paragraphs of a printed page, in lines that fit it. */
#ifndef CFISAC_BASE_PARAGRAPH_H
#define CFISAC_BASE_PARAGRAPH_H

#include <stdio.h>

/* Spaces before what is said below a title; bytes of a paragraph, of which the longest lists some hundred drops. */
enum { PAGE_INDENT = 2, PARAGRAPH_LENGTH = 6144 };

/* Text that is put together piece by piece; zero-initialise. What does not fit is left out. */
typedef struct paragraph {
    char text[PARAGRAPH_LENGTH];
    size_t used;
} paragraph;

void paragraph_add(paragraph *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A paragraph of a page: behind `indent` spaces, and two more where it goes on. */
void paragraph_print(FILE *stream, size_t indent, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same of what was put together. */
void paragraph_end(const paragraph *p, size_t indent, FILE *stream);

#endif
