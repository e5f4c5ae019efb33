/* sweep.json: what the journal beside it belongs to. */
#include "report/json.h"
#include "report/provenance.h"
#include "report/stream.h"
#include "scenario/syntax.h"

#include <cJSON.h>
#include <stdlib.h>

cfi_status report_write_identity(const cfi_sweep_identity *identity, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    provenance_json(&writer, identity->sweep);
    if (identity->shards > 1) {
        json_open(&writer, "shard", '{');
        json_count(&writer, "index", identity->shard);
        json_count(&writer, "of", identity->shards);
        json_close(&writer, '}');
    }
    json_close(&writer, '}');
    return finish_stream(stream, error);
}

static char *read_text(const char *path, size_t *length)
{
    FILE *stream = fopen(path, "re");
    char *text = NULL;
    long size = -1;

    if (stream && fseek(stream, 0, SEEK_END) == 0) {
        size = ftell(stream);
        rewind(stream);
    }
    text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (text) {
        *length = fread(text, 1, (size_t)size, stream);
        text[*length] = '\0';
    }
    if (stream) {
        fclose(stream);
    }
    return text;
}

/* 1 when absent, 0 when wrong. */
static size_t shard_number(const cJSON *root, const char *key)
{
    const cJSON *shard = cJSON_GetObjectItemCaseSensitive(root, "shard");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(shard, key);

    if (!shard) {
        return 1;
    }
    return cJSON_IsNumber(number) && number->valuedouble >= 1.0 && number->valuedouble <= 1e9
               ? (size_t)number->valuedouble
               : 0;
}

cfi_status report_read_identity(const char *path, size_t *shard, size_t *shards, cfi_error *error)
{
    size_t length = 0;
    char *text = read_text(path, &length);
    cJSON *root;

    if (!text) {
        return errno == ENOMEM ? error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path)
                               : error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", path, strerror(errno));
    }
    root = cJSON_ParseWithLengthOpts(text, length + 1, NULL, true);
    if (!root && syntax_blame(text, length) == CFI_NO_MEMORY) {
        free(text);
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path);
    }
    free(text);
    *shard = shard_number(root, "index");
    *shards = shard_number(root, "of");
    if (!cJSON_IsObject(root) || *shard < 1 || *shard > *shards) {
        cJSON_Delete(root);
        return error_set(error, CFI_INVALID, "%.300s: this is not the sweep.json of a sweep", path);
    }
    cJSON_Delete(root);
    return CFI_OK;
}

cfi_status report_write_scenario(const cfi_scenario *scenario, FILE *stream, cfi_error *error)
{
    fputs(scenario_complete_json(scenario), stream);
    return finish_stream(stream, error);
}
