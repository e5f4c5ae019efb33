/* A drop of a sweep as a line of its journal, and back. docs/results.md lists the keys. */
#include "report/json.h"
#include "report/quantities.h"
#include "report/stream.h"
#include "scenario/syntax.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

enum { HASH_SHOWN = 16 }; /* digits of the sweep's hash in each line */

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

static void hash_text(const cfi_scenario *sweep, char text[HASH_SHOWN + 1])
{
    snprintf(text, HASH_SHOWN + 1, "%s", scenario_sha256(sweep));
}

cfi_status report_write_line(const cfi_scenario *sweep, size_t point, const cfi_record *record, FILE *stream,
                             cfi_error *error)
{
    json_writer writer = json_make_line(stream);
    const cfi_allocation *a = &record->allocation;
    bool ok = record->status == CFI_DROP_OK;
    char hash[HASH_SHOWN + 1];

    hash_text(sweep, hash);
    json_open(&writer, NULL, '{');
    json_text(&writer, "sweep", hash);
    json_count(&writer, "point", point);
    json_count(&writer, "drop", record->index);
    values_object(&writer, sweep, point);
    json_text(&writer, "status", drop_status_name(record->status));
    if (record->failure) {
        json_text(&writer, "failure", record->failure);
    }
    json_text(&writer, "method", method_name(a->method));
    json_text(&writer, "allocation_status", alloc_status_name(a->status));
    json_text(&writer, "stop_reason", a->stop_reason);
    for (quantity_id id = 0; id < QUANTITIES; id++) {
        json_number(&writer, quantity_table[id].name, quantity_of(id, record));
    }
    json_vector(&writer, "trace_bit_s_hz", ok ? a->trace_bit_s_hz : NULL, a->trace_count);
    json_close(&writer, '}');
    return finish_stream(stream, error);
}

/* ------------------------------------------------------------------------- reading back ---- */

static cfi_status malformed(const char *what, cfi_error *error)
{
    return error_set(error, CFI_INVALID, "%s", what);
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

static bool read_quantities(const cJSON *object, double *value)
{
    for (quantity_id id = 0; id < QUANTITIES; id++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, quantity_table[id].name);

        if (!cJSON_IsNumber(item) && !cJSON_IsNull(item)) {
            return false;
        }
        value[id] = cJSON_IsNumber(item) ? item->valuedouble : NAN;
    }
    return true;
}

static cfi_status read_object(const cfi_scenario *sweep, const cJSON *object, cfi_line *line, cfi_error *error)
{
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "sweep"));
    char expected[HASH_SHOWN + 1];
    double point, drop;

    if (!cJSON_IsObject(object)) {
        return malformed("it is no JSON object", error);
    }
    hash_text(sweep, expected);
    if (!hash || strcmp(hash, expected) != 0) {
        return error_set(error, CFI_INVALID, "it belongs to another scenario (%.40s, not %s)", hash ? hash : "no hash",
                         expected);
    }
    if (!read_whole(object, "point", 1e15, &point) || !read_whole(object, "drop", 4294967295.0, &drop) ||
        !read_status(object, &line->status) || !read_quantities(object, line->quantity)) {
        return malformed("a key is missing or of the wrong type", error);
    }
    line->point = (size_t)point;
    line->drop = (uint32_t)drop;
    return CFI_OK;
}

cfi_status report_read_line(const cfi_scenario *sweep, const char *text, size_t length, cfi_line *line,
                            cfi_error *error)
{
    const char *end = NULL;
    cJSON *object = cJSON_ParseWithLengthOpts(text, length, &end, false);
    cfi_status status;

    if (!object && syntax_blame(text, length) == CFI_NO_MEMORY) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a line of the sweep");
    }
    status =
        object && end == text + length ? read_object(sweep, object, line, error) : malformed("it is no JSON", error);
    cJSON_Delete(object);
    return status;
}
