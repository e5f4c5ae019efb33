/* results.json, and one drop of it for replay. docs/results.md lists every key. */
#include "base/output.h"
#include "report/drop_json.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/provenance.h"

static void statistics_object(json_writer *writer, const char *key, const cfi_statistics *s)
{
    json_open(writer, key, '{');
    json_count(writer, "count", s->count);
    json_number(writer, "mean", s->mean);
    json_number(writer, "std_error", s->std_error);
    json_number(writer, "p05", s->p05);
    json_number(writer, "p50", s->p50);
    json_number(writer, "p95", s->p95);
    json_close(writer, '}');
}

static cfi_status summary(json_writer *writer, const cfi_results *results, cfi_error *error)
{
    cfi_status status = CFI_OK;

    json_open(writer, "summary", '{');
    json_count(writer, "drops", results->count);
    json_count(writer, "infeasible", drops_count(results, CFI_DROP_INFEASIBLE));
    json_count(writer, "failed", drops_count(results, CFI_DROP_FAILED));
    for (field_column at = field_start(results); status == CFI_OK && field_next(&at, FIELD_NUMBER, FIELD_TABLE);) {
        cfi_statistics statistics = {0};
        char name[FIELD_NAME_LENGTH];

        status = field_statistics(results, at, &statistics, error);
        field_column_name(at, name);
        statistics_object(writer, name, &statistics);
    }
    json_number(writer, "sum_rate_z_rms", drops_z_rms(results));
    json_close(writer, '}');
    return status;
}

static void emit_warning(void *context, const char *line)
{
    json_text(context, NULL, line);
}

static void remarks_of_scenario(json_writer *writer, const cfi_scenario *scenario)
{
    const char *const *line;
    size_t count = scenario_warnings(scenario, &line);

    for (size_t i = 0; i < count; i++) {
        emit_warning(writer, line[i]);
    }
}

cfi_status report_write_json(const cfi_results *results, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);
    cfi_status status;

    json_open(&writer, NULL, '{');
    provenance_json(&writer, results->scenario);
    json_embed(&writer, "scenario", scenario_resolved_json(results->scenario));
    json_open(&writer, "drops", '[');
    for (size_t i = 0; i < results->count; i++) {
        json_open(&writer, NULL, '{');
        drop_json(&writer, &results->record[i], results);
        json_close(&writer, '}');
    }
    json_close(&writer, ']');
    status = summary(&writer, results, error);
    json_open(&writer, "warnings", '[');
    remarks_of_scenario(&writer, results->scenario);
    report_warnings(results, emit_warning, &writer);
    json_close(&writer, ']');
    json_close(&writer, '}');
    return status == CFI_OK ? output_finish(stream, "a result", error) : status;
}

cfi_status report_write_replay(const cfi_results *results, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);
    cfi_status status;

    json_open(&writer, NULL, '{');
    drop_json(&writer, &results->record[0], results);
    status = drop_json_network(&writer, &results->record[0], error);
    json_close(&writer, '}');
    return status == CFI_OK ? output_finish(stream, "a result", error) : status;
}
