/* What a journal is a journal of: a row for the grid of a sweep, a row for the frontiers of a scenario. Names of files,
 * the trial, its line and back, and what is made of all lines. */
#ifndef CFISAC_SWEEP_KIND_H
#define CFISAC_SWEEP_KIND_H

#include "cfisac/sweep.h"

typedef struct sweep_plan sweep_plan; /* plan.h, which holds a row */
typedef struct journal journal;       /* journal.h */

/* A journal whose lines are all there, and how its items ended: a cfi_drop_status each. */
typedef struct finished_journal {
    const journal *journal;
    const sweep_plan *plan;
    const uint8_t *status;
} finished_journal;

/* A trial that is to become a line. */
typedef struct sweep_trial {
    const sweep_plan *plan;
    const cfi_system *system; /* of its point */
    size_t point;
    uint32_t drop;
    const cfi_trial_options *options;
    cfi_arena *arena;
} sweep_trial;

enum { MOST_TABLES = 4 };
typedef struct sweep_kind {
    const char *noun; /* in messages */
    const char *journal, *identity, *damaged;
    const char *table[MOST_TABLES]; /* what is made of all lines; the first, and NULL behind the last */
    /* What the lines of this question about another scenario begin with. */
    void (*hash)(const sweep_plan *plan, const cfi_scenario *scenario, char text[CFI_SWEEP_HASH_LENGTH]);
    /* Runs a trial and writes its line. Fails as trial_run and report_write_line. */
    cfi_status (*run)(const sweep_trial *trial, FILE *stream, cfi_error *error);
    /* As report_read_line, and as report_relabel_line. */
    cfi_status (*read)(const char *text, size_t length, cfi_line *line, cfi_line_text *more, cfi_error *error);
    cfi_status (*relabel)(const sweep_plan *plan, size_t point, const char *text, size_t length, FILE *stream,
                          cfi_error *error);
    cfi_status (*write_identity)(const sweep_plan *plan, const cfi_sweep_identity *identity, FILE *stream,
                                 cfi_error *error);
    /* Reads the lines back and writes the tables (unless `keep` and they are there); the verdict. */
    cfi_status (*finish)(const finished_journal *finished, bool keep, const cfi_sweep_options *options,
                         cfi_error *error);
} sweep_kind;

extern const sweep_kind kind_of_sweeps, kind_of_frontiers;

#endif
