/* A small JSON writer. */
#include "report/json.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static void put_indent(const json_writer *writer)
{
    if (writer->line) {
        return;
    }
    fprintf(writer->stream, "\n%*s", 2 * writer->depth, "");
}

static void put_json_number(FILE *stream, double value)
{
    char text[TEXT_NUMBER_LENGTH];

    if (!isfinite(value)) {
        fputs("null", stream);
        return;
    }
    text_double(value, text);
    fputs(text, stream);
}

/* A number of an array, behind a comma unless it is the first: one call of the stream for both. */
static void put_element(FILE *stream, bool first, double value)
{
    char text[2 + TEXT_NUMBER_LENGTH] = ", ";

    if (isfinite(value)) {
        text_double(value, text + 2);
    } else {
        memcpy(text + 2, "null", sizeof "null");
    }
    fputs(first ? text + 2 : text, stream);
}

static void put_string(FILE *stream, const char *text)
{
    size_t length = strlen(text), count;
    char escape[TEXT_ESCAPE_LENGTH];

    fputc('"', stream);
    for (; length > 0; text += count, length -= count) {
        count = text_json_escape(text, length, escape);
        fwrite(*escape ? escape : text, 1, *escape ? strlen(escape) : count, stream);
    }
    fputc('"', stream);
}

/* What comes before any value: the comma, the line, the key. */
static void begin_value(json_writer *writer, const char *key)
{
    if (writer->depth > 0) {
        if (!writer->empty) {
            fputs(writer->line ? ", " : ",", writer->stream);
        }
        put_indent(writer);
    }
    writer->empty = false;
    if (key) {
        put_string(writer->stream, key);
        fputs(": ", writer->stream);
    }
}

json_writer json_make(FILE *stream)
{
    return (json_writer){.stream = stream, .empty = true};
}

json_writer json_make_line(FILE *stream)
{
    return (json_writer){.stream = stream, .empty = true, .line = true};
}

void json_open(json_writer *writer, const char *key, char bracket)
{
    begin_value(writer, key);
    fputc(bracket, writer->stream);
    writer->depth++;
    writer->empty = true;
}

void json_close(json_writer *writer, char bracket)
{
    writer->depth--;
    if (!writer->empty) {
        put_indent(writer);
    }
    writer->empty = false;
    fputc(bracket, writer->stream);
    if (writer->depth == 0) {
        fputc('\n', writer->stream);
    }
}

void json_null(json_writer *writer, const char *key)
{
    begin_value(writer, key);
    fputs("null", writer->stream);
}

void json_number(json_writer *writer, const char *key, double value)
{
    begin_value(writer, key);
    put_json_number(writer->stream, value);
}

void json_count(json_writer *writer, const char *key, uint64_t value)
{
    begin_value(writer, key);
    fprintf(writer->stream, "%llu", (unsigned long long)value);
}

void json_text(json_writer *writer, const char *key, const char *text)
{
    if (!text) {
        json_null(writer, key);
        return;
    }
    begin_value(writer, key);
    put_string(writer->stream, text);
}

void json_embed(json_writer *writer, const char *key, const char *json)
{
    size_t length = strlen(json);

    begin_value(writer, key);
    while (length > 0 && json[length - 1] == '\n') {
        length--;
    }
    for (size_t i = 0; i < length; i++) { /* a newline within JSON text is never part of a string */
        if (json[i] == '\n') {
            put_indent(writer);
        } else {
            fputc(json[i], writer->stream);
        }
    }
}

/* A row of `rows` rows, column-major, times the factor. */
static void put_vector(FILE *stream, const double *value, size_t count, size_t rows, double factor)
{
    fputc('[', stream);
    for (size_t i = 0; i < count; i++) {
        put_element(stream, i == 0, value[i * rows] * factor);
    }
    fputc(']', stream);
}

void json_scaled_vector(json_writer *writer, const char *key, const double *value, size_t count, double factor)
{
    if (!value) {
        json_null(writer, key);
        return;
    }
    begin_value(writer, key);
    put_vector(writer->stream, value, count, 1, factor);
}

void json_vector(json_writer *writer, const char *key, const double *value, size_t count)
{
    json_scaled_vector(writer, key, value, count, 1.0);
}

void json_counts(json_writer *writer, const char *key, const size_t *value, size_t count)
{
    if (!value) {
        json_null(writer, key);
        return;
    }
    begin_value(writer, key);
    fputc('[', writer->stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(writer->stream, "%s%zu", i > 0 ? ", " : "", value[i]);
    }
    fputc(']', writer->stream);
}

void json_matrix(json_writer *writer, const char *key, const double *value, size_t rows, size_t columns)
{
    if (!value) {
        json_null(writer, key);
        return;
    }
    json_open(writer, key, '[');
    for (size_t row = 0; row < rows; row++) {
        begin_value(writer, NULL);
        put_vector(writer->stream, value + row, columns, rows, 1.0);
    }
    json_close(writer, ']');
}

void json_matrix_of(json_writer *writer, const char *key, json_elements elements, size_t rows, size_t columns)
{
    json_open(writer, key, '[');
    for (size_t row = 0; row < rows; row++) {
        begin_value(writer, NULL);
        fputc('[', writer->stream);
        for (size_t column = 0; column < columns; column++) {
            put_element(writer->stream, column == 0, elements.at(elements.context, row, column));
        }
        fputc(']', writer->stream);
    }
    json_close(writer, ']');
}
