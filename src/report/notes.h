/* The table's words on drops that are not simply good. */
#ifndef CFISAC_REPORT_NOTES_H
#define CFISAC_REPORT_NOTES_H

#include "cfisac/report.h"

/* How many drops ended how, then a few of those that failed, are inaccurate or infeasible, each with its cause. Lines
 * of at most 110 columns. */
void notes_write(const cfi_results *results, FILE *stream);

#endif
