/* Running text on a terminal: lines of at most eighty columns. */
#ifndef CFISAC_BASE_WRAP_H
#define CFISAC_BASE_WRAP_H

#include <stddef.h>
#include <stdio.h>

enum { WRAP_COLUMNS = 80 };

/* Writes a text, of which `at` columns of the line are used already, in lines of WRAP_COLUMNS or fewer, the further
 * ones indented; white space counts as one space. A line is not broken within [brackets], before "..", and between an
 * option and its value ("--out DIR"), as long as that fits a line. Ends the last line. */
void wrap_text(FILE *stream, const char *text, size_t at, size_t indent);

#endif
