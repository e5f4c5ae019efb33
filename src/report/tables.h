/* The files of --out that draw a run: long tables of access points, users and iterations, and plots.gp. */
#ifndef CFISAC_REPORT_TABLES_H
#define CFISAC_REPORT_TABLES_H

#include "cfisac/report.h"

/* aps.csv, ues.csv, trace.csv: a row per drop and access point, user, iteration. docs/results.md lists the columns. A
 * number that is absent or not finite is nan. CFI_OUTPUT. */
cfi_status report_write_aps_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_ues_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_trace_csv(const cfi_results *results, FILE *stream, cfi_error *error);

/* The files of report_write_directory; results.json is the first, timing.json the last. */
enum { RUN_FILES = 8 };
extern const char *const run_file_names[RUN_FILES];

/* plots.gp: gnuplot run on it beside those tables draws the map, the convergence and the bounds. CFI_OUTPUT. */
cfi_status report_write_plots(const cfi_results *results, FILE *stream, cfi_error *error);

#endif
