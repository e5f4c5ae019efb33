/* What the lines of all journals have in common. */
#include "report/line.h"

#include "base/output.h"
#include "scenario/syntax.h"

#include <math.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* A line ends with this key and the first 16 digits of the SHA-256 of everything before the comma. */
#define CHECKSUM_KEY ", \"checksum\": \""
#define CHECKSUM_END "\"}"
enum { LONGEST_MEMBER = 40 }; /* bytes of what line_find looks for */
enum { CHECKSUM_DIGITS = 16, CHECKSUM_LENGTH = sizeof CHECKSUM_KEY - 1 + CHECKSUM_DIGITS + sizeof CHECKSUM_END - 1 };

/* ------------------------------------------------------------------------------- writing ---- */

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

static cfi_status out_of_line_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a line of a journal");
}

cfi_status line_open(const char *key, const char *hash, line_text *line, cfi_error *error)
{
    *line = (line_text){.text = NULL};
    line->stream = open_memstream(&line->text, &line->length);
    if (!line->stream) {
        return out_of_line_memory(error);
    }
    line->writer = json_make_line(line->stream);
    json_open(&line->writer, NULL, '{');
    json_text(&line->writer, key, hash);
    return CFI_OK;
}

cfi_status line_finish(line_text *line, FILE *stream, cfi_error *error)
{
    bool whole = fflush(line->stream) == 0 && !ferror(line->stream);
    cfi_status status;

    whole =
        fclose(line->stream) == 0 && whole && line->text; /* glibc: no error, but no text, where it cannot shrink it */
    status = whole ? put_checked(line->text, line->length, stream, error) : out_of_line_memory(error);
    free(line->text);
    return status;
}

const char *line_find(const char *text, size_t length, const char *key)
{
    char member[LONGEST_MEMBER];
    int used = snprintf(member, sizeof member, ", \"%s\": ", key);

    return memmem(text, length, member, (size_t)used);
}

cfi_status line_finish_as(line_text *line, const char *rest, size_t length, FILE *stream, cfi_error *error)
{
    fwrite(rest, 1, length - CHECKSUM_LENGTH, line->stream);
    return line_finish(line, stream, error);
}

/* ------------------------------------------------------------------------- reading back ---- */

cfi_status line_malformed(cfi_error *error)
{
    return error_set(error, CFI_INVALID, "a key is missing or of the wrong type");
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

bool line_read_whole(const cJSON *object, const char *key, double most, double *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    *value = cJSON_IsNumber(item) ? item->valuedouble : -1.0;
    return *value >= 0.0 && *value <= most && *value == floor(*value);
}

static bool read_line_status(const cJSON *object, cfi_drop_status *status)
{
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "status"));

    for (*status = CFI_DROP_OK; word && *status <= CFI_DROP_FAILED; ++*status) {
        if (strcmp(word, drop_status_name(*status)) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_line_word(const cJSON *object, const char *key, char *text, size_t size)
{
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return word && (size_t)snprintf(text, size, "%s", word) < size;
}

static size_t read_line_index(const cJSON *object, const char *key)
{
    double value;

    return line_read_whole(object, key, 1e15, &value) ? (size_t)value : CFI_NOWHERE;
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
            line->because =
                (cfi_infeasibility){.constraint = c,
                                    .ap = read_line_index(because, "ap"),
                                    .ue = read_line_index(because, "ue"),
                                    .factor = cJSON_IsNumber(factor) ? factor->valuedouble : INFINITY,
                                    .at_least = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(because, "at_least"))};
        }
    }
}

bool line_read_head(const cJSON *object, const char *key, cfi_line *line, cfi_line_text *more)
{
    double drop;

    if (!read_line_word(object, key, more->sweep, sizeof more->sweep) ||
        !read_line_word(object, LINE_BUILD, more->build, sizeof more->build) ||
        !line_read_whole(object, LINE_DROP, 4294967295.0, &drop) || !read_line_status(object, &line->status)) {
        return false;
    }
    read_causes(object, line, more);
    line->drop = (uint32_t)drop;
    return true;
}

cfi_status line_parse(const char *text, size_t length, cJSON **object, cfi_error *error)
{
    const char *end = NULL;

    *object = NULL;
    if (!is_undamaged(text, length)) {
        return error_set(error, CFI_INVALID, "its checksum does not match");
    }
    *object = cJSON_ParseWithLengthOpts(text, length, &end, false);
    if (!*object && syntax_blame(text, length) == CFI_NO_MEMORY) {
        return out_of_line_memory(error);
    }
    if (!*object || end != text + length || !line_find(text, length, LINE_DROP) ||
        !line_find(text, length, LINE_BUILD)) {
        cJSON_Delete(*object);
        *object = NULL;
        return line_malformed(error);
    }
    return CFI_OK;
}
