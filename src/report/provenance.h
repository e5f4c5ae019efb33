/* "provenance": which program, which scenario. */
#ifndef CFISAC_REPORT_PROVENANCE_H
#define CFISAC_REPORT_PROVENANCE_H

#include "cfisac/report.h"
#include "report/json.h"

void provenance_json(json_writer *writer, const cfi_scenario *scenario);
/* The same as a line of text, without its end, for pictures. */
void provenance_line(FILE *stream, const cfi_scenario *scenario);

#endif
