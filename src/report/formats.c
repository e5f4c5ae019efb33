/* The ways to write results down, one row each. The writers stand in format_*.c; one that is called by way of its row
 * alone is declared here, above the table. */
#include "cfisac/report.h"

const cfi_format report_formats[] = {
    {.option = "--json",
     .help = "print JSON instead of the table",
     .file = "results.json",
     .write = report_write_json,
     .write_solution = report_write_solution_json},
    {.option = "--csv", .help = "print drops.csv instead of the table", .file = "drops.csv", .write = report_write_csv},
    {.file = "summary.csv", .write = report_write_summary_csv},
    {.file = "aps.csv", .write = report_write_aps_csv},
    {.file = "ues.csv", .write = report_write_ues_csv},
    {.file = "trace.csv", .write = report_write_trace_csv},
    {.file = "roc.csv", .write = report_write_roc_csv},
    {.file = "plots.gp", .write = report_write_plots},
    {.file = "timing.json", .write = report_write_run_timing},
};
const size_t report_format_count = sizeof report_formats / sizeof *report_formats;
