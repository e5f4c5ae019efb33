/* What the CSV tables have in common. */
#ifndef CFISAC_REPORT_CSV_H
#define CFISAC_REPORT_CSV_H

#include "cfisac/report.h"

/* A comma and the number, as text that reads back exactly. */
void csv_number(FILE *stream, double value);

/* A comma and a name for each column that fields of these shapes have in FIELD_TABLE, and the end of the line. */
void csv_header(FILE *stream, const cfi_results *results, unsigned shapes);

#endif
