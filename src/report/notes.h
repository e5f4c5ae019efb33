/* The table's words on drops that are not simply good. */
#ifndef CFISAC_REPORT_NOTES_H
#define CFISAC_REPORT_NOTES_H

#include "cfisac/report.h"

/* How many drops ended how; then, of each kind of odd_kinds that there is, which, and why a few of them. */
void notes_write(const cfi_results *results, FILE *stream);

#endif
