/* The frontiers of drops: names of columns, curves from lines, and what is said of them in a scale for people. */
#ifndef CFISAC_REPORT_FRONTIER_H
#define CFISAC_REPORT_FRONTIER_H

#include "cfisac/report.h"

/* QUANTITY_UNIT. */
enum { FRONTIER_NAME_LENGTH = 48 };
void frontier_column(const cfi_frontier_side *side, char name[FRONTIER_NAME_LENGTH]);

/* The curve of a line that report_read_frontier_line reads, into record->point, which has room for it. */
cfi_status frontier_read_curve(const cfi_frontier *frontier, const char *text, size_t length,
                               cfi_frontier_record *record, cfi_error *error);

/* How B is shown and averaged: in decibels where points stand at equal distances in decibels. */
typedef struct frontier_scale {
    const char *unit;   /* of the side that it is for */
    const char *suffix; /* in the place of that unit in the names of columns */
    double factor;      /* shown is 10 log10 of the value times this; 0: the value itself */
} frontier_scale;
const frontier_scale *frontier_scale_of(const cfi_frontier_side *side);
double frontier_shown(const frontier_scale *scale, double value);

/* A position of the mean curve. */
typedef struct frontier_mean {
    size_t drops; /* that have all of their curves */
    cfi_statistics rate, cost;
} frontier_mean;
/* `work` has room for a number a drop. */
frontier_mean frontier_mean_at(const cfi_frontier_curves *curves, size_t position, double *work);

#endif
