/* A drop of a sweep as a line of its journal, and back. docs/results.md lists the keys. */
#include "base/output.h"
#include "report/fields.h"
#include "report/infeasible.h"
#include "report/json.h"
#include "scenario/syntax.h"

#include <cJSON.h>
#include <math.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* A line ends with this key and the first 16 digits of the SHA-256 of everything before the comma; what comes before
 * "drop" depends on the grid, all after it on the drop alone. */
#define CHECKSUM_KEY ", \"checksum\": \""
#define CHECKSUM_END "\"}"
#define DROP_KEY     ", \"drop\": "
enum { CHECKSUM_DIGITS = 16, CHECKSUM_LENGTH = sizeof CHECKSUM_KEY - 1 + CHECKSUM_DIGITS + sizeof CHECKSUM_END - 1 };

/* ------------------------------------------------------------------------------- writing ---- */

void report_sweep_hash(const cfi_scenario *sweep, char text[CFI_SWEEP_HASH_LENGTH])
{
    snprintf(text, CFI_SWEEP_HASH_LENGTH, "%.*s", CFI_SWEEP_HASH_LENGTH - 1, scenario_sha256(sweep));
}

static void checksum_of(const char *text, size_t length, char digits[CHECKSUM_DIGITS + 1])
{
    char whole[SHA256_DIGEST_STRING_LENGTH];

    SHA256Data((const uint8_t *)text, length, whole);
    snprintf(digits, CHECKSUM_DIGITS + 1, "%.*s", CHECKSUM_DIGITS, whole);
}

/* Ends a line whose text up to the checksum is given. */
static cfi_status put_checked(const char *text, size_t length, FILE *stream, cfi_error *error)
{
    char digits[CHECKSUM_DIGITS + 1];

    checksum_of(text, length, digits);
    fwrite(text, 1, length, stream);
    fprintf(stream, CHECKSUM_KEY "%s" CHECKSUM_END "\n", digits);
    return output_finish(stream, "a result", error);
}

static void open_line(json_writer *writer, const cfi_scenario *sweep, size_t point)
{
    char hash[CFI_SWEEP_HASH_LENGTH];

    report_sweep_hash(sweep, hash);
    json_open(writer, NULL, '{');
    json_text(writer, "sweep", hash);
    json_count(writer, "point", point);
}

static void values_object(json_writer *writer, const cfi_scenario *sweep, size_t point)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    json_open(writer, "set", '{');
    for (size_t i = 0; i < axes; i++) {
        json_embed(writer, axis[i].key, axis[i].value[scenario_axis_index(sweep, point, i)]);
    }
    json_close(writer, '}');
}

static void put_record(json_writer *writer, const cfi_record *record)
{
    if (record->failure) {
        json_text(writer, "failure", record->failure);
    }
    infeasible_json(writer, &record->allocation.because);
    for (field_column at = {.field = NULL}; field_next(&at, FIELD_ANY, FIELD_JOURNAL);) {
        char key[FIELD_NAME_LENGTH];

        field_line_key(at, key);
        if (at.field->shape == FIELD_TEXT) {
            json_text(writer, key, field_word(at.field, record));
        } else if (at.field->shape == FIELD_NUMBER) {
            json_number(writer, key, field_number(at, record, 0, FIELD_JOURNAL));
        } else {
            json_vector(writer, key, field_there(at, record, FIELD_JOURNAL) ? field_array(at, record) : NULL,
                        field_values(at.field->shape, record));
        }
    }
}

/* A line before its checksum is added, in memory. */
typedef struct line_text {
    char *text;
    size_t length;
    FILE *stream;
} line_text;

static cfi_status out_of_line_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a line of a sweep");
}

static cfi_status text_open(line_text *line, cfi_error *error)
{
    *line = (line_text){.text = NULL};
    line->stream = open_memstream(&line->text, &line->length);
    return line->stream ? CFI_OK : out_of_line_memory(error);
}

/* Ends the text, and writes it with its checksum. */
static cfi_status text_finish(line_text *line, FILE *stream, cfi_error *error)
{
    bool whole = fflush(line->stream) == 0 && !ferror(line->stream);
    cfi_status status;

    whole =
        fclose(line->stream) == 0 && whole && line->text; /* glibc: no error, but no text, where it cannot shrink it */
    status = whole ? put_checked(line->text, line->length, stream, error) : out_of_line_memory(error);
    free(line->text);
    return status;
}

cfi_status report_write_line(const cfi_scenario *sweep, size_t point, const cfi_record *record, FILE *stream,
                             cfi_error *error)
{
    line_text line;
    json_writer writer;
    char build[CFI_BUILD_LENGTH];
    cfi_status status = text_open(&line, error);

    if (status != CFI_OK) {
        return status;
    }
    writer = json_make_line(line.stream);
    report_build(build);
    open_line(&writer, sweep, point);
    json_count(&writer, "drop", record->index);
    values_object(&writer, sweep, point);
    json_text(&writer, "build", build);
    put_record(&writer, record);
    return text_finish(&line, stream, error);
}

cfi_status report_relabel_line(const cfi_scenario *sweep, size_t point, const char *text, size_t length, FILE *stream,
                               cfi_error *error)
{
    const char *rest = memmem(text, length, DROP_KEY, sizeof DROP_KEY - 1);
    line_text line;
    json_writer writer;
    cfi_status status = text_open(&line, error);

    if (status != CFI_OK) {
        return status;
    }
    writer = json_make_line(line.stream);
    open_line(&writer, sweep, point);
    fwrite(rest, 1, (size_t)(text + length - CHECKSUM_LENGTH - rest), line.stream);
    return text_finish(&line, stream, error);
}

/* ------------------------------------------------------------------------- reading back ---- */

static cfi_status malformed(const char *what, cfi_error *error)
{
    return error_set(error, CFI_INVALID, "%s", what);
}

/* Whether the text is that of its checksum. */
static bool is_undamaged(const char *text, size_t length)
{
    const char *tail;
    char digits[CHECKSUM_DIGITS + 1];

    if (length < CHECKSUM_LENGTH) {
        return false;
    }
    tail = text + length - CHECKSUM_LENGTH;
    checksum_of(text, length - CHECKSUM_LENGTH, digits);
    return memcmp(tail, CHECKSUM_KEY, sizeof CHECKSUM_KEY - 1) == 0 &&
           memcmp(tail + sizeof CHECKSUM_KEY - 1, digits, CHECKSUM_DIGITS) == 0 &&
           memcmp(text + length - sizeof CHECKSUM_END + 1, CHECKSUM_END, sizeof CHECKSUM_END - 1) == 0;
}

static bool read_whole(const cJSON *object, const char *key, double most, double *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    *value = cJSON_IsNumber(item) ? item->valuedouble : -1.0;
    return *value >= 0.0 && *value <= most && *value == floor(*value);
}

static bool read_status(const cJSON *object, cfi_drop_status *status)
{
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "status"));

    for (*status = CFI_DROP_OK; word && *status <= CFI_DROP_FAILED; ++*status) {
        if (strcmp(word, drop_status_name(*status)) == 0) {
            return true;
        }
    }
    return false;
}

/* The numbers of a line. Another version may have had other ones: of those, which --mixed takes, only what sweep.csv
 * describes of every drop must be there. */
static bool read_numbers(const cJSON *object, double value[CFI_MOST_QUANTITIES])
{
    const double *end = value + CFI_MOST_QUANTITIES; /* test_sweep.c asserts that there is room for all */

    for (field_column at = {.field = NULL}; value < end && field_next_number(&at); value++) {
        char key[FIELD_NAME_LENGTH];
        const cJSON *item;

        field_line_key(at, key);
        item = cJSON_GetObjectItemCaseSensitive(object, key);
        if (item ? !cJSON_IsNumber(item) && !cJSON_IsNull(item)
                 : (at.field->places & FIELD_SWEEP) != 0 && !at.field->there) {
            return false;
        }
        *value = item && cJSON_IsNumber(item) ? item->valuedouble : NAN;
    }
    return true;
}

static bool read_word(const cJSON *object, const char *key, char *text, size_t size)
{
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return word && (size_t)snprintf(text, size, "%s", word) < size;
}

static size_t read_line_index(const cJSON *object, const char *key)
{
    double value;

    return read_whole(object, key, 1e15, &value) ? (size_t)value : CFI_NOWHERE;
}

/* What went wrong; a line of a drop without trouble says nothing of it. */
static void read_causes(const cJSON *object, cfi_line *line, cfi_line_text *more)
{
    const char *failure = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "failure"));
    const cJSON *because = cJSON_GetObjectItemCaseSensitive(object, "infeasible_because");
    const cJSON *factor = cJSON_GetObjectItemCaseSensitive(because, "factor");
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(because, "constraint"));

    snprintf(more->failure, sizeof more->failure, "%s", failure ? failure : "");
    line->because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_NONE};
    for (cfi_constraint c = CFI_CONSTRAINT_LAST; key && c > CFI_CONSTRAINT_NONE; c--) {
        if (strcmp(key, constraint_key(c)) == 0) {
            line->because = (cfi_infeasibility){.constraint = c,
                                                .ap = read_line_index(because, "ap"),
                                                .ue = read_line_index(because, "ue"),
                                                .factor = cJSON_IsNumber(factor) ? factor->valuedouble : INFINITY};
        }
    }
}

static bool read_object(const cJSON *object, cfi_line *line, cfi_line_text *more)
{
    double point, drop;

    if (!read_word(object, "sweep", more->sweep, sizeof more->sweep) ||
        !read_word(object, "build", more->build, sizeof more->build) || !read_whole(object, "point", 1e15, &point) ||
        !read_whole(object, "drop", 4294967295.0, &drop) || !read_status(object, &line->status) ||
        !read_numbers(object, line->quantity)) {
        return false;
    }
    read_causes(object, line, more);
    line->point = (size_t)point;
    line->drop = (uint32_t)drop;
    return true;
}

cfi_status report_read_line(const char *text, size_t length, cfi_line *line, cfi_line_text *more, cfi_error *error)
{
    const char *end = NULL;
    cJSON *object;
    cfi_status status = CFI_OK;

    if (!is_undamaged(text, length)) {
        return malformed("its checksum does not match", error);
    }
    object = cJSON_ParseWithLengthOpts(text, length, &end, false);
    if (!object && syntax_blame(text, length) == CFI_NO_MEMORY) {
        return out_of_line_memory(error);
    }
    if (!object || end != text + length || !memmem(text, length, DROP_KEY, sizeof DROP_KEY - 1) ||
        !read_object(object, line, more)) {
        status = malformed("a key is missing or of the wrong type", error);
    }
    cJSON_Delete(object);
    return status;
}
