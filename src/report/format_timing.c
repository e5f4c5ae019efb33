/* timing.json: what differs from run to run. */
#include "base/output.h"
#include "cfisac/report.h"
#include "report/json.h"

#include <math.h>
#include <time.h>

/* What may differ between two runs of one scenario. */
static void put_timing(json_writer *writer, const cfi_timing *timing)
{
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc)) {
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    json_text(writer, isnan(timing->wall_seconds) ? "begun" : "finished", date);
    json_text(writer, "command_line", timing->command_line);
    if (timing->ranks > 0) {
        json_count(writer, "ranks", timing->ranks);
        json_count(writer, "trials", timing->trials);
    }
    json_count(writer, "threads", timing->threads);
    json_number(writer, "wall_seconds", timing->wall_seconds);
}

cfi_status report_write_run_timing(const cfi_results *results, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    put_timing(&writer, results->timing);
    json_open(&writer, "allocation_seconds", '[');
    for (size_t i = 0; i < results->count; i++) {
        json_number(&writer, NULL, results->record[i].allocation.solve_seconds);
    }
    json_close(&writer, ']');
    json_close(&writer, '}');
    return output_finish(stream, "a result", error);
}

cfi_status report_write_timing(const cfi_timing *timing, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    put_timing(&writer, timing);
    json_close(&writer, '}');
    return output_finish(stream, "a result", error);
}
