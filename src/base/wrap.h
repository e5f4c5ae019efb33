/* Running text on a terminal: lines of at most eighty columns. */
#ifndef CFISAC_BASE_WRAP_H
#define CFISAC_BASE_WRAP_H

#include <stddef.h>
#include <stdio.h>

enum { WRAP_COLUMNS = 80 }; /* what every terminal has */

/* Writes a text, of which `at` columns of the line are used already, in lines of WRAP_COLUMNS characters (of UTF-8) or
 * fewer, the further ones indented; white space counts as one space. A line is not broken within [brackets], before
 * ".." and "%", and between an option and its value ("--out DIR"), as long as that fits a line; a word that is longer
 * than a line is broken where the line ends. Ends the last line. */
void wrap_text(FILE *stream, const char *text, size_t at, size_t indent);
/* The same in lines of `columns`. */
void wrap_text_in(FILE *stream, const char *text, size_t columns, size_t at, size_t indent);

/* The characters of a text. */
size_t wrap_characters(const char *text);

#endif
