/* sweep.json: what the journal beside it belongs to. */
#include "base/output.h"
#include "base/text_file.h"
#include "report/json.h"
#include "report/provenance.h"
#include "scenario/syntax.h"

#include <cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Provenance and builds, the beginning of the object. */
static json_writer open_identity(const cfi_sweep_identity *identity, FILE *stream)
{
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    provenance_json(&writer, identity->sweep);
    json_open(&writer, "builds", '[');
    for (size_t i = 0; i < identity->builds; i++) {
        json_text(&writer, NULL, identity->build[i]);
    }
    json_close(&writer, ']');
    return writer;
}

cfi_status report_write_frontier_identity(const cfi_frontier *frontier, const cfi_sweep_identity *identity,
                                          FILE *stream, cfi_error *error)
{
    json_writer writer = open_identity(identity, stream);

    json_open(&writer, "between", '[');
    json_text(&writer, NULL, frontier->rate->word);
    json_text(&writer, NULL, frontier->cost->word);
    json_close(&writer, ']');
    json_count(&writer, "points", frontier->points);
    json_close(&writer, '}');
    return output_finish(stream, "a result", error);
}

/* The keys of each axis, of which several may vary together. */
static void axes_json(json_writer *writer, const cfi_scenario *sweep)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    json_open(writer, "axes", '[');
    for (size_t i = 0; i < axes; i++) {
        if (!axis[i].zipped) {
            json_open(writer, NULL, '[');
        }
        json_text(writer, NULL, axis[i].key);
        if (i + 1 == axes || !axis[i + 1].zipped) {
            json_close(writer, ']');
        }
    }
    json_close(writer, ']');
}

cfi_status report_write_identity(const cfi_sweep_identity *identity, FILE *stream, cfi_error *error)
{
    json_writer writer = open_identity(identity, stream);

    axes_json(&writer, identity->sweep);
    if (identity->shards > 1) {
        json_open(&writer, "shard", '{');
        json_count(&writer, "index", identity->shard);
        json_count(&writer, "of", identity->shards);
        json_close(&writer, '}');
    }
    json_close(&writer, '}');
    return output_finish(stream, "a result", error);
}

/* ------------------------------------------------------------------------- reading back ---- */

enum { MOST_BYTES = 1 << 20 }; /* such a file has a few hundred */

/* The whole file with a NUL behind it, or NULL and errno. */
static char *read_identity_text(const char *path, size_t *length)
{
    FILE *stream = fopen(path, "re");
    char *text = stream ? text_file_read(stream, MOST_BYTES, length) : NULL;
    int why = errno;

    if (stream) {
        fclose(stream);
    }
    errno = why;
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

static const char *provenance_word(const cJSON *root, const char *key)
{
    const cJSON *provenance = cJSON_GetObjectItemCaseSensitive(root, "provenance");
    const char *word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(provenance, key));

    return word ? word : "";
}

/* What a frontier was asked; nothing of a sweep. */
static void read_question(const cJSON *root, cfi_known_identity *identity)
{
    const cJSON *between = cJSON_GetObjectItemCaseSensitive(root, "between");
    const cJSON *points = cJSON_GetObjectItemCaseSensitive(root, "points");
    const char *rate = cJSON_GetStringValue(cJSON_GetArrayItem(between, 0));
    const char *cost = cJSON_GetStringValue(cJSON_GetArrayItem(between, 1));

    if (rate && cost) {
        snprintf(identity->between, sizeof identity->between, "%s,%s", rate, cost);
    }
    if (cJSON_IsNumber(points) && points->valuedouble >= 0.0 && points->valuedouble <= CFI_MOST_FRONTIER_POINTS) {
        identity->frontier_points = (size_t)points->valuedouble;
    }
}

static bool read_root(const cJSON *root, cfi_known_identity *identity)
{
    const char *version = provenance_word(root, "version"), *git = provenance_word(root, "git");
    const char *core = provenance_word(root, "blas_core");

    *identity = (cfi_known_identity){.shard = shard_number(root, "index"), .shards = shard_number(root, "of")};
    read_question(root, identity);
    snprintf(identity->sha256, sizeof identity->sha256, "%s", provenance_word(root, "scenario_sha256"));
    if (strcmp(version, report_version()) != 0 || strcmp(git, report_git_hash()) != 0 ||
        strcmp(core, report_blas_core()) != 0) {
        snprintf(identity->other_build, sizeof identity->other_build, "%.20s, git %.60s, BLAS %.30s", version, git,
                 core);
    }
    return *version && *identity->sha256 && identity->shard >= 1 && identity->shard <= identity->shards;
}

cfi_status report_read_identity(const char *path, cfi_known_identity *identity, cfi_error *error)
{
    size_t length = 0;
    char *text = read_identity_text(path, &length);
    cJSON *root;
    bool sound;

    if (!text) {
        return text_file_error(path, errno, error);
    }
    root = cJSON_ParseWithLengthOpts(text, length + 1, NULL, true);
    if (!root && syntax_blame(text, length) == CFI_NO_MEMORY) {
        free(text);
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path);
    }
    free(text);
    sound = read_root(root, identity);
    cJSON_Delete(root);
    return sound ? CFI_OK : error_set(error, CFI_INVALID, "%.300s: this is not the sweep.json of a sweep", path);
}

bool report_read_begun(const char *path, size_t *trials)
{
    size_t length = 0;
    char *text = read_identity_text(path, &length);
    cJSON *root = text ? cJSON_ParseWithLengthOpts(text, length + 1, NULL, true) : NULL;
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(root, "trials");
    bool begun = cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(root, "wall_seconds")) && cJSON_IsNumber(number) &&
                 number->valuedouble >= 0.0 && number->valuedouble <= 1e15;

    *trials = begun ? (size_t)number->valuedouble : 0;
    cJSON_Delete(root);
    free(text);
    return begun;
}

cfi_status report_write_scenario(const cfi_scenario *scenario, FILE *stream, cfi_error *error)
{
    fputs(scenario_complete_json(scenario), stream);
    return output_finish(stream, "a result", error);
}
