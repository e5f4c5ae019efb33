/* The frontier of a drop as a line of its journal, and back. docs/results.md lists the keys. */
#include "report/frontier.h"
#include "report/infeasible.h"
#include "report/line.h"

#include <math.h>
#include <sha2.h>
#include <stddef.h>
#include <string.h>

#define FRONTIER_HASH_KEY "frontier"
#define STATUS_KEY        "allocation_status"
#define LIMITS_KEY        "limit"

void report_frontier_hash(const cfi_frontier *frontier, const cfi_scenario *scenario, char text[CFI_SWEEP_HASH_LENGTH])
{
    char asked[256], whole[SHA256_DIGEST_STRING_LENGTH];
    int length = snprintf(asked, sizeof asked, "%s between %s,%s points %zu", scenario_sha256(scenario),
                          frontier->rate->word, frontier->cost->word, frontier->points);

    SHA256Data((const uint8_t *)asked, (size_t)length, whole);
    snprintf(text, CFI_SWEEP_HASH_LENGTH, "%.*s", CFI_SWEEP_HASH_LENGTH - 1, whole);
}

void frontier_column(const cfi_frontier_side *side, char name[FRONTIER_NAME_LENGTH])
{
    snprintf(name, FRONTIER_NAME_LENGTH, "%s_%s", side->quantity, side->unit);
}

/* ------------------------------------------------------------------------------- writing ---- */

static cfi_status open_frontier_line(const cfi_frontier *frontier, line_text *line, cfi_error *error)
{
    char hash[CFI_SWEEP_HASH_LENGTH];

    report_frontier_hash(frontier, frontier->scenario, hash);
    return line_open(FRONTIER_HASH_KEY, hash, line, error);
}

/* A number of all points, `offset` into each. */
static void put_numbers(json_writer *writer, const char *key, const cfi_frontier_point *point, size_t count,
                        size_t offset)
{
    json_open(writer, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_number(writer, NULL, *(const double *)((const char *)&point[i] + offset));
    }
    json_close(writer, ']');
}

/* The points, a vector a quantity. */
static void put_points(json_writer *writer, const cfi_frontier *frontier, const cfi_frontier_record *record)
{
    size_t positions = frontier_positions(frontier);
    char rate[FRONTIER_NAME_LENGTH], cost[FRONTIER_NAME_LENGTH];

    frontier_column(frontier->rate, rate);
    frontier_column(frontier->cost, cost);
    put_numbers(writer, rate, record->point, positions, offsetof(cfi_frontier_point, rate));
    put_numbers(writer, cost, record->point, positions, offsetof(cfi_frontier_point, cost));
    put_numbers(writer, LIMITS_KEY, record->point, positions, offsetof(cfi_frontier_point, limit));
    json_open(writer, STATUS_KEY, '[');
    for (size_t i = 0; i < positions; i++) {
        json_text(writer, NULL, alloc_status_name(record->point[i].status));
    }
    json_close(writer, ']');
}

cfi_status report_write_frontier_line(const cfi_frontier *frontier, const cfi_frontier_record *record, FILE *stream,
                                      cfi_error *error)
{
    line_text line;
    char build[CFI_BUILD_LENGTH];
    cfi_status status = open_frontier_line(frontier, &line, error);

    if (status != CFI_OK) {
        return status;
    }
    report_build(build);
    json_count(&line.writer, LINE_DROP, record->index);
    json_text(&line.writer, LINE_BUILD, build);
    json_text(&line.writer, "status", drop_status_name(record->status));
    if (record->failure) {
        json_text(&line.writer, "failure", record->failure);
    }
    infeasible_json(&line.writer, &record->because);
    put_points(&line.writer, frontier, record);
    return line_finish(&line, stream, error);
}

cfi_status report_relabel_frontier_line(const cfi_frontier *frontier, const char *text, size_t length, FILE *stream,
                                        cfi_error *error)
{
    line_text line;
    const char *rest = line_find(text, length, LINE_DROP);
    cfi_status status = open_frontier_line(frontier, &line, error);

    return status == CFI_OK ? line_finish_as(&line, rest, (size_t)(text + length - rest), stream, error) : status;
}

/* ------------------------------------------------------------------------- reading back ---- */

/* The head of a line, which is its object, too, for who wants the points. */
static cfi_status read_frontier_head(const char *text, size_t length, cfi_line *line, cfi_line_text *more,
                                     cJSON **object, cfi_error *error)
{
    cfi_status status = line_parse(text, length, object, error);

    line->point = 0;
    for (size_t i = 0; i < CFI_MOST_QUANTITIES; i++) {
        line->quantity[i] = NAN;
    }
    return status == CFI_OK && !line_read_head(*object, FRONTIER_HASH_KEY, line, more) ? line_malformed(error) : status;
}

cfi_status report_read_frontier_line(const char *text, size_t length, cfi_line *line, cfi_line_text *more,
                                     cfi_error *error)
{
    cJSON *object = NULL;
    cfi_status status = read_frontier_head(text, length, line, more, &object, error);

    cJSON_Delete(object);
    return status;
}

/* Number i of a vector; what is null is `absent`. */
static bool read_element(const cJSON *object, const char *key, int i, double absent, double *value)
{
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, key), i);

    *value = cJSON_IsNumber(item) ? item->valuedouble : absent;
    return cJSON_IsNumber(item) || cJSON_IsNull(item);
}

static bool read_allocation_status(const cJSON *object, int i, cfi_alloc_status *status)
{
    const char *word =
        cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, STATUS_KEY), i));

    for (*status = CFI_ALLOC_FIXED; word && *status <= CFI_ALLOC_FAILED; ++*status) {
        if (strcmp(word, alloc_status_name(*status)) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_points(const cJSON *object, const cfi_frontier *frontier, cfi_frontier_point *point)
{
    char rate[FRONTIER_NAME_LENGTH], cost[FRONTIER_NAME_LENGTH];
    bool whole = true;

    frontier_column(frontier->rate, rate);
    frontier_column(frontier->cost, cost);
    for (size_t i = 0; whole && i < frontier_positions(frontier); i++) {
        whole = read_allocation_status(object, (int)i, &point[i].status) &&
                read_element(object, rate, (int)i, NAN, &point[i].rate) &&
                read_element(object, cost, (int)i, isnan(point[i].rate) ? NAN : INFINITY, &point[i].cost) &&
                read_element(object, LIMITS_KEY, (int)i, isnan(point[i].rate) ? NAN : INFINITY, &point[i].limit);
    }
    return whole;
}

cfi_status frontier_read_curve(const cfi_frontier *frontier, const char *text, size_t length,
                               cfi_frontier_record *record, cfi_error *error)
{
    cfi_line line;
    cfi_line_text more;
    cJSON *object = NULL;
    cfi_status status = read_frontier_head(text, length, &line, &more, &object, error);

    if (status == CFI_OK && !read_points(object, frontier, record->point)) {
        status = line_malformed(error);
    }
    cJSON_Delete(object);
    record->index = line.drop;
    record->status = line.status;
    record->because = line.because;
    return status;
}
