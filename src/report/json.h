/* A small JSON writer: two-space indentation, vectors on one line, matrices a row a line. Numbers read back exactly;
 * what is not finite becomes null. Errors stay with the stream, to be asked for at the end. */
#ifndef CFISAC_REPORT_JSON_H
#define CFISAC_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json_writer {
    FILE *stream;
    int depth;  /* open brackets */
    bool empty; /* nothing yet between the innermost brackets */
    bool line;  /* everything on one line */
} json_writer;

json_writer json_make(FILE *stream);
/* The same without line breaks: a record of a journal. */
json_writer json_make_line(FILE *stream);

/* key is NULL inside an array and at the top. bracket: '{' or '['. The last json_close ends the line. */
void json_open(json_writer *writer, const char *key, char bracket);
void json_close(json_writer *writer, char bracket);

void json_null(json_writer *writer, const char *key);
void json_number(json_writer *writer, const char *key, double value);
void json_count(json_writer *writer, const char *key, uint64_t value);
/* NULL becomes null; bytes that are not UTF-8 become U+FFFD, controls (C0, DEL, C1) are escaped. */
void json_text(json_writer *writer, const char *key, const char *text);
/* JSON text of another writer, indented to fit. */
void json_embed(json_writer *writer, const char *key, const char *json);

/* A missing array (NULL) becomes null. */
void json_vector(json_writer *writer, const char *key, const double *value, size_t count);
/* Every value times the factor. */
void json_scaled_vector(json_writer *writer, const char *key, const double *value, size_t count, double factor);
void json_counts(json_writer *writer, const char *key, const size_t *value, size_t count);
/* rows x columns, column-major, as an array of rows; of an array, or of what a function says, whose numbers need not be
 * kept. */
void json_matrix(json_writer *writer, const char *key, const double *value, size_t rows, size_t columns);
typedef struct json_elements {
    double (*at)(const void *context, size_t row, size_t column);
    const void *context;
} json_elements;
void json_matrix_of(json_writer *writer, const char *key, json_elements elements, size_t rows, size_t columns);

#endif
