/* report: records as a table, JSON and CSV. The only room, with scenario, that knows decibels and cJSON. */
#ifndef CFISAC_REPORT_H
#define CFISAC_REPORT_H

#include "cfisac/socp.h"
#include "cfisac/trial.h"

#include <stdio.h>

/* What differs from run to run: timing.json. */
typedef struct cfi_timing {
    double wall_seconds;
    size_t threads;
    size_t ranks, trials; /* of a sweep, else 0 */
    const char *command_line;
} cfi_timing;

/* What a report needs to know of a run; everything is borrowed. */
typedef struct cfi_results {
    const cfi_scenario *scenario;
    const cfi_record *record;
    size_t count;
    const cfi_timing *timing; /* for timing.json, which nothing else needs; else NULL */
    bool solve_seconds;       /* write allocation.solve_seconds */
    bool check;  /* the drops were allocated by both solvers: write allocation.check, judge the difference */
    bool colour; /* of the table for a person */
} cfi_results;

/* Mean, standard error of the mean and quantiles; NaN where there are too few values. Quantiles interpolate
 * linearly between order statistics. */
typedef struct cfi_statistics {
    size_t count;
    double mean, std_error, p05, p50, p95;
} cfi_statistics;
/* Of the finite ones among value[0 .. count - 1], which is reordered; statistics.count says how many those are. */
cfi_statistics report_statistics(double *value, size_t count);

/* Version strings: CFISAC_VERSION, the date of that release, commit (12 digits, with -dirty behind them when files that git
 * knows were changed; outside a checkout the release, e.g. "release 0.2.0 of 2026-11-29"), compiler, BLAS core. */
const char *report_version(void);
const char *report_released(void);
const char *report_git_hash(void);
const char *report_compiler(void);
const char *report_blas_core(void);
/* BibTeX of this version and of the paper, from CITATION.cff. */
void report_write_citation(FILE *stream);
/* All that decides the last bits of a result, in one line: "0.2.0, git 25e754b1c2d3, gcc 12.2.0, BLAS SkylakeX";
 * where there are no fused multiply-adds ", plain vectors" behind it. */
enum { CFI_BUILD_LENGTH = 192 };
void report_build(char text[CFI_BUILD_LENGTH]);

/* Each writes to an open stream and returns CFI_OUTPUT when the stream reports an error (after a flush).
 *   json     results.json as documented in docs/results.md
 *   csv      drops.csv: one row a drop, header with units
 *   summary  summary.csv: one row a number of drops.csv
 *   aps, ues, trace  aps.csv, ues.csv, trace.csv: a row per drop and access point, user, step; what is absent or not
 *            finite is nan
 *   roc      roc.csv: where access points look for one target together, a row per drop and probability of false alarms
 *   plots    plots.gp: gnuplot run on it beside those tables draws the map, the convergence, the bounds and the
 * detectors timing   timing.json; results->timing must be there table    for a person; in colour if results->colour
 *   replay   the object of record[0] in results.json plus "network" */
cfi_status report_write_json(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_summary_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_aps_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_ues_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_trace_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_roc_csv(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_plots(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_run_timing(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_table(const cfi_results *results, FILE *stream, cfi_error *error);
cfi_status report_write_replay(const cfi_results *results, FILE *stream, cfi_error *error);

struct cfi_solve_result;
/* A way to write results down. A new one is a file of its own, src/report/format_NAME.c, and a row of report_formats:
 * `run` and `solve` then have its option, and `run --out` its file. */
typedef struct cfi_format {
    const char *option; /* prints it instead of the table, e.g. "--json"; NULL: no option does */
    const char *help;   /* of that option */
    const char *file;   /* its name among the files of run --out; NULL: it is none of them */
    /* of a run and of `solve`; NULL: not of that */
    cfi_status (*write)(const cfi_results *results, FILE *stream, cfi_error *error);
    cfi_status (*write_solution)(const struct cfi_solve_result *result, FILE *stream, cfi_error *error);
} cfi_format;
extern const cfi_format report_formats[]; /* results.json is the first that has a file */
extern const size_t report_format_count;

/* Whether the files of report_write_directory may be written into `directory` without --force: when none of them is
 * there yet, or results.json is of a scenario with the same hash. Else CFI_INVALID; the text names the file and says
 * whose it is. */
cfi_status report_check_directory(const char *directory, const cfi_scenario *scenario, cfi_error *error);

/* Writes the file of every format that has one (docs/results.md) into `directory` (made if absent), each to a temporary
 * file that is synced and renamed over the old one: a reader sees the old or the new file, never half of one. On
 * failure (CFI_OUTPUT) no temporary file stays behind. results->timing must be there. */
cfi_status report_write_directory(const cfi_results *results, const char *directory, cfi_error *error);

/* ------------------------------------------------------- a cone problem by itself ---- */

/* What the cone solver says of a CBF file; everything is borrowed. */
typedef struct cfi_solve_result {
    const char *name; /* of the file */
    const socp_cbf *cbf;
    const socp_solution *solution;       /* x, y, z and s are NULL when its set-up was stopped */
    size_t repeats;                      /* solves made */
    double setup_seconds, solve_seconds; /* medians over them; NaN when the set-up was stopped */
} cfi_solve_result;
/* The object of `solve --json`, docs/results.md; and a table for a person. CFI_OUTPUT. */
cfi_status report_write_solution_json(const cfi_solve_result *result, FILE *stream, cfi_error *error);
cfi_status report_write_solution_table(const cfi_solve_result *result, FILE *stream, cfi_error *error);
/* CFI_OK when optimal, CFI_INFEASIBLE when the problem or its dual is, CFI_INTERRUPTED when a signal ended the solve,
 * CFI_FAILED otherwise; the text says what was found. */
cfi_status report_solution_verdict(const cfi_solve_result *result, cfi_error *error);

/* --------------------------------------------------------------------- a sweep ---- */

/* One drop of one point, as its journal line says. */
enum { CFI_MOST_QUANTITIES = 64, CFI_LINE_FAILURE = 200 };
typedef struct cfi_line {
    size_t point;
    uint32_t drop;
    cfi_drop_status status;
    cfi_infeasibility because;            /* of an infeasible drop */
    double quantity[CFI_MOST_QUANTITIES]; /* its numbers in the order of report/fields.c; NaN: absent */
} cfi_line;

/* What else a line says; nobody keeps it for every one. */
enum { CFI_SWEEP_HASH_LENGTH = 17 };
typedef struct cfi_line_text {
    char sweep[CFI_SWEEP_HASH_LENGTH]; /* the first 16 digits of the hash of the sweep's scenario */
    char build[CFI_BUILD_LENGTH];      /* of the program that computed it, as report_build says */
    char failure[CFI_LINE_FAILURE];    /* what broke down, cut off where it is longer; "" when nothing did */
} cfi_line_text;
/* What the lines of a sweep have as cfi_line_text.sweep. */
void report_sweep_hash(const cfi_scenario *sweep, char text[CFI_SWEEP_HASH_LENGTH]);

/* Writes the record as one line of JSON, newline included. `sweep` is the grid's scenario: its hash and the point's
 * values stand in the line, then the build, the results, and a checksum of all that. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status report_write_line(const cfi_scenario *sweep, size_t point, const cfi_record *record, FILE *stream,
                             cfi_error *error);
/* Reads such a line (without its newline), of whatever sweep. CFI_INVALID: it is damaged, or no such line; the text
 * says what is wrong and names no file. CFI_NO_MEMORY. */
cfi_status report_read_line(const char *text, size_t length, cfi_line *line, cfi_line_text *more, cfi_error *error);
/* Writes a line that report_read_line takes (without its newline) as point `point` of another sweep, newline included:
 * all else, the build too, stays to the byte. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status report_relabel_line(const cfi_scenario *sweep, size_t point, const char *text, size_t length, FILE *stream,
                               cfi_error *error);

/* How every drop of a whole sweep ended, in the order of points and drops: all that is kept of each. */
typedef struct cfi_sweep_outcomes {
    const cfi_scenario *sweep;
    const uint8_t *status; /* a cfi_drop_status */
    const size_t *first;   /* points + 1: drops of point p are first[p] .. first[p + 1] - 1 */
} cfi_sweep_outcomes;
/* Where the lines themselves come from, a point at a time. Both fail with the status that the table then ends with. */
typedef struct cfi_line_source {
    /* The next lines are those of the point's drops, from the first. Points come in order, one perhaps several times.
     */
    cfi_status (*open_point)(void *context, size_t point, cfi_error *error);
    cfi_status (*next_line)(void *context, cfi_line *line, cfi_error *error);
    void *context;
} cfi_line_source;
/* sweep.csv: one row a point; docs/results.md has the columns. Memory: an eighth of a byte a drop, and for the largest
 * point 8 bytes a drop and described quantity, of half of which at a time where it has more than 50,000 drops.
 * CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status report_write_sweep_csv(const cfi_sweep_outcomes *outcomes, const cfi_line_source *source, FILE *stream,
                                  cfi_error *error);
/* Bytes that report_write_sweep_csv needs for a point of so many drops. */
double report_sweep_csv_bytes(size_t drops);
/* plots.gp of a sweep: gnuplot draws sweep.csv beside it. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status report_write_sweep_plots(const cfi_sweep_outcomes *outcomes, FILE *stream, cfi_error *error);
/* Remarks about the table, one line each: curves over sensing.crlb_threshold_db along which no drop is feasible
 * everywhere, so that its paired columns are empty; the tightest threshold that would leave some. */
void report_sweep_warnings(const cfi_sweep_outcomes *outcomes, void (*emit)(void *context, const char *line),
                           void *context);

/* What the verdict over a sweep is made of. Zero-initialise, then add every line. */
typedef struct cfi_sweep_tally {
    size_t lines, failed, infeasible;
    size_t inaccurate;              /* neither, but their last step broke down: the best point before it stands */
    cfi_line first_failed, easiest; /* easiest: the infeasible one that needs the least change */
    cfi_line best;                  /* of the others the one with the largest sum rate */
    size_t leaving;                 /* lines with users that are left without rate, */
    double left;                    /* how many those are in all, */
    cfi_line most_left;             /* and the line with most of them */
    char failure[CFI_LINE_FAILURE]; /* of first_failed */
} cfi_sweep_tally;
void report_tally_line(cfi_sweep_tally *tally, const cfi_line *line, const cfi_line_text *more);
/* What is to be said of the users that are left without rate: the line that a run's table has. `system` is that of the
 * point tally->most_left.point. "" where every user has one. */
enum { CFI_USERS_LEFT_LENGTH = 160 };
void report_sweep_users_left(const cfi_sweep_tally *tally, const cfi_system *system, char text[CFI_USERS_LEFT_LENGTH]);
/* Like report_verdict, over all points. */
cfi_status report_sweep_verdict(const cfi_sweep_tally *tally, cfi_error *error);

/* What is said at the end of a sweep, a merge or a frontier. */
typedef struct cfi_closing {
    const char *directory;
    const char *const *file; /* names of the files there */
    size_t files;
    size_t points;             /* 0: nothing but the files and what was reused, as of a frontier, whose table counts */
    size_t shard, shards;      /* one of one: no shard */
    size_t drops, reused;      /* reused: of them, there from before */
    size_t infeasible, failed; /* of the drops */
    size_t inaccurate;         /* of those that are neither */
} cfi_closing;
/* A few lines for a person, of 80 columns unless a path is longer. CFI_OUTPUT. */
cfi_status report_write_closing(const cfi_closing *closing, FILE *stream, cfi_error *error);

/* sweep.json: provenance, the builds that computed the lines, and which shard of how many (one of one: not written). */
typedef struct cfi_sweep_identity {
    const cfi_scenario *sweep;
    size_t shard, shards;
    const char *const *build; /* sorted */
    size_t builds;
} cfi_sweep_identity;
cfi_status report_write_identity(const cfi_sweep_identity *identity, FILE *stream, cfi_error *error);

/* What such a file says. */
enum { CFI_BETWEEN_LENGTH = 64 };
typedef struct cfi_known_identity {
    size_t shard, shards;
    char sha256[65];                    /* of the scenario */
    char between[CFI_BETWEEN_LENGTH];   /* of a frontier "A,B", else "" */
    size_t frontier_points;             /* of a frontier: those between its ends */
    char other_build[CFI_BUILD_LENGTH]; /* the program that wrote it, in words, when it is not this one; else "" */
} cfi_known_identity;
/* CFI_INVALID when the file `path` cannot be read or is no sweep.json. CFI_NO_MEMORY. */
cfi_status report_read_identity(const char *path, cfi_known_identity *identity, cfi_error *error);
/* scenario.json: the scenario, complete in itself. */
cfi_status report_write_scenario(const cfi_scenario *scenario, FILE *stream, cfi_error *error);

/* ------------------------------------------------------------- the frontiers of drops ---- */

/* What their lines have as cfi_line_text.sweep, asked of a scenario that need not be the frontier's. */
void report_frontier_hash(const cfi_frontier *frontier, const cfi_scenario *scenario, char text[CFI_SWEEP_HASH_LENGTH]);
/* As report_write_line, report_read_line and report_relabel_line; a line has no point but 0, and no quantities. */
cfi_status report_write_frontier_line(const cfi_frontier *frontier, const cfi_frontier_record *record, FILE *stream,
                                      cfi_error *error);
cfi_status report_read_frontier_line(const char *text, size_t length, cfi_line *line, cfi_line_text *more,
                                     cfi_error *error);
cfi_status report_relabel_frontier_line(const cfi_frontier *frontier, const char *text, size_t length, FILE *stream,
                                        cfi_error *error);
/* frontier.json: as report_write_identity, and what is traded for what. */
cfi_status report_write_frontier_identity(const cfi_frontier *frontier, const cfi_sweep_identity *identity,
                                          FILE *stream, cfi_error *error);

/* The curves of all drops. */
typedef struct cfi_frontier_curves {
    const cfi_frontier *frontier;
    size_t drops, known; /* known: of drops 0 .. known - 1 */
    cfi_frontier_record *drop;
    cfi_frontier_point *point;      /* frontier_positions of each drop */
    char failure[CFI_LINE_FAILURE]; /* of the first failed drop */
} cfi_frontier_curves;
/* Room for the curves of a frontier's drops. CFI_NO_MEMORY; curves_free in every case. */
cfi_status report_curves_make(const cfi_frontier *frontier, cfi_frontier_curves *curves, cfi_error *error);
void report_curves_free(cfi_frontier_curves *curves);
/* Adds the next drop's curve, from a line that report_read_frontier_line has read. Fails as that does. */
cfi_status report_curves_add(cfi_frontier_curves *curves, const char *text, size_t length, const cfi_line_text *more,
                             cfi_error *error);

/* frontier.csv, a row per drop and position; frontier_mean.csv, the mean curve over drops that have all of theirs, at
 * equal positions; plots.gp, the picture of both; and the mean curve as a table for a person, with the drops that have
 * none. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status report_write_frontier_csv(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error);
cfi_status report_write_frontier_mean_csv(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error);
cfi_status report_write_frontier_plots(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error);
cfi_status report_write_frontier_table(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error);
/* CFI_FAILED when a drop failed, CFI_INFEASIBLE when all are infeasible, as report_verdict. */
cfi_status report_frontier_verdict(const cfi_frontier_curves *curves, cfi_error *error);

/* ----------------------------------------------------------- two results of the same drops ---- */

/* Paired differences of what two directories hold: runs (drops.csv), sweeps (sweep.ndjson, points by what they set) or
 * frontiers (frontier.csv, positions). */
typedef struct cfi_comparison cfi_comparison;
/* `key`: a column of drops.csv; NULL: the usual ones, of a frontier what is traded. Where a drop's number is absent or
 * infinite in one of the two it is left out, and counted. CFI_INVALID: a directory has no results, or others than the
 * first; the scenarios do not draw the same drops, with the first key that says so; no such key. CFI_NO_MEMORY.
 * report_comparison_free in every case. */
cfi_status report_compare(const char *first, const char *second, const char *key, cfi_comparison **comparison,
                          cfi_error *error);
void report_comparison_free(cfi_comparison *comparison); /* NULL is fine */
cfi_status report_write_comparison_table(const cfi_comparison *comparison, FILE *stream, cfi_error *error);
cfi_status report_write_comparison_csv(const cfi_comparison *comparison, FILE *stream, cfi_error *error);
/* CFI_INFEASIBLE: not a single pair. */
cfi_status report_comparison_verdict(const cfi_comparison *comparison, cfi_error *error);

/* ------------------------------------------------------------------------- pictures ---- */

/* What the head of a plots.gp, or of a script like it, says. */
enum { CFI_MOST_FIGURES = 64 };
typedef struct cfi_plot_script {
    const char *figure[CFI_MOST_FIGURES]; /* names of what it draws, at least one */
    size_t figures;
    unsigned long long drops; /* of which one is drawn; 0: pictures are of all */
    char *about;              /* lines of how that was made; NULL: it does not say */
    char *text;               /* which the names stand in */
} cfi_plot_script;
/* CFI_INVALID: it cannot be read, or names no figures. CFI_NO_MEMORY. report_plot_script_free in every case. */
cfi_status report_read_plot_script(const char *path, cfi_plot_script *script, cfi_error *error);
void report_plot_script_free(cfi_plot_script *script);

/* A picture as gnuplot wrote it. */
typedef struct cfi_picture {
    const char *bytes;
    size_t length;
    const char *title, *about; /* for its metadata: the figure, and lines of how it was made */
} cfi_picture;
/* The formats of pictures, and how each holds its metadata. */
typedef struct cfi_picture_format {
    const char *word; /* "svg": of --format, and at the end of names of files */
    /* Writes the picture with its title and what it is about. False: the bytes are not what they should be, and nothing
     * is written. */
    bool (*describe)(const cfi_picture *picture, FILE *stream);
} cfi_picture_format;
extern const cfi_picture_format picture_formats[];
extern const size_t picture_format_count;

/* timing.json of a sweep; wall_seconds NaN: it has begun, and not ended. */
cfi_status report_write_timing(const cfi_timing *timing, FILE *stream, cfi_error *error);
/* The trials that a sweep which has not ended began with, by its timing.json `path`; false: it says nothing of that. */
bool report_read_begun(const char *path, size_t *trials);

/* Removes what processes that are gone left of the files that they were writing in a directory: regular files of the
 * names that this program makes, and no others. For whoever holds the directory's lock. */
void report_remove_temporaries(const char *directory);

/* Remarks about the results, one line each, e.g. "3 of 10 drops: no sensing information ...". Calls emit for each. */
void report_warnings(const cfi_results *results, void (*emit)(void *context, const char *line), void *context);

/* CFI_FAILED when a drop failed (the text names the first one and why); CFI_INFEASIBLE when every drop is infeasible
 * (the text gives the least feasible threshold in dB, rounded up at four decimals); CFI_OK otherwise. */
cfi_status report_verdict(const cfi_results *results, cfi_error *error);

#endif
