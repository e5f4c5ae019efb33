/* Lines of a sweep that a test has in memory, as report reads them: by their outcomes, and a point at a time. */
#ifndef TESTS_SWEEP_LINES_H
#define TESTS_SWEEP_LINES_H

#include "cfisac/report.h"

typedef struct lines_in_memory {
    const cfi_line *line;
    const size_t *first;
    size_t next;
} lines_in_memory;

static inline cfi_status open_point_in_memory(void *context, size_t point, cfi_error *error)
{
    lines_in_memory *lines = context;

    (void)error;
    lines->next = lines->first[point];
    return CFI_OK;
}

static inline cfi_status next_line_in_memory(void *context, cfi_line *line, cfi_error *error)
{
    lines_in_memory *lines = context;

    (void)error;
    *line = lines->line[lines->next++];
    return CFI_OK;
}

static inline cfi_line_source source_in_memory(lines_in_memory *lines)
{
    return (cfi_line_source){.open_point = open_point_in_memory, .next_line = next_line_in_memory, .context = lines};
}

/* status: room for one a line. */
static inline cfi_sweep_outcomes outcomes_in_memory(const cfi_scenario *sweep, const cfi_line *line,
                                                    const size_t *first, uint8_t *status)
{
    for (size_t i = 0; i < first[scenario_points(sweep)]; i++) {
        status[i] = (uint8_t)line[i].status;
    }
    return (cfi_sweep_outcomes){.sweep = sweep, .status = status, .first = first};
}

static inline cfi_status verdict_in_memory(const cfi_line *line, size_t count, const cfi_line_text *more,
                                           cfi_error *error)
{
    cfi_sweep_tally tally = {.lines = 0};

    for (size_t i = 0; i < count; i++) {
        report_tally_line(&tally, &line[i], more);
    }
    return report_sweep_verdict(&tally, error);
}

#endif
