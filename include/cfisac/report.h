/* report: records as a table, JSON and CSV. The only room, with scenario, that knows decibels and cJSON. */
#ifndef CFISAC_REPORT_H
#define CFISAC_REPORT_H

#include "cfisac/trial.h"

#include <stdio.h>

/* What a report needs to know of a run; everything is borrowed. */
typedef struct cfi_results {
    const cfi_scenario *scenario;
    const cfi_record *record;
    size_t count;
    bool timing; /* write allocation.solve_seconds */
} cfi_results;

/* Mean, standard error of the mean and quantiles; NaN where there are too few values. Quantiles interpolate
 * linearly between order statistics. */
typedef struct cfi_statistics {
    size_t count;
    double mean, std_error, p05, p50, p95;
} cfi_statistics;
/* Of the finite ones among value[0 .. count - 1], which is reordered; statistics.count says how many those are. */
cfi_statistics report_statistics(double *value, size_t count);

/* Version strings: CFISAC_VERSION, git hash ("unknown" when built outside a checkout), compiler, BLAS core. */
const char *report_version(void);
const char *report_git_hash(void);
const char *report_compiler(void);
const char *report_blas_core(void);

/* Each writes to an open stream and returns CFI_OUTPUT when the stream reports an error (after a flush).
 *   json     results.json as documented in docs/results.md
 *   csv      drops.csv: one row a drop, header with units
 *   summary  summary.csv: one row a quantity
 *   table    for a person; colour only if `colour`
 *   replay   the object of record[0] in results.json plus "network" */
cfi_status report_write_json(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_summary_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_table(const cfi_results *results, bool colour, FILE *stream, cfi_error *error);
cfi_status report_write_replay(const cfi_results *results, FILE *stream, cfi_error *error);

/* Makes `directory` (and its missing parents) and checks that a file can be made in it: to be called before hours
 * of work. CFI_OUTPUT otherwise. */
cfi_status report_prepare_directory(const char *directory, cfi_error *error);

/* Writes results.json, drops.csv and summary.csv into `directory` (made if absent), each to a temporary file that is
 * synced and renamed over the old one: a reader sees the old or the new file, never half of one. timing.json beside
 * them holds wall times, threads and the command line. On failure (CFI_OUTPUT) no temporary file stays behind. */
typedef struct cfi_timing {
    double wall_seconds;
    size_t threads;
    const char *command_line;
} cfi_timing;
cfi_status report_write_directory(const cfi_results *results, const cfi_timing *timing, const char *directory,
                                  cfi_error *error);

/* Remarks about the results, one line each, e.g. "3 of 10 drops: no sensing information ...". Calls emit for each. */
void report_warnings(const cfi_results *results, void (*emit)(void *context, const char *line), void *context);

/* CFI_FAILED when a drop failed (the text names the first one and why); CFI_INFEASIBLE when every drop is infeasible
 * (the text gives the least feasible threshold in dB, rounded up at four decimals); CFI_OK otherwise. */
cfi_status report_verdict(const cfi_results *results, cfi_error *error);

#endif
