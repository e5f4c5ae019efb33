/* One drop's object of results.json. */
#ifndef CFISAC_REPORT_DROP_JSON_H
#define CFISAC_REPORT_DROP_JSON_H

#include "cfisac/report.h"
#include "report/json.h"

/* The members only: the caller opens and closes the object, so that replay can add "network". */
void drop_json(json_writer *writer, const cfi_record *record, const cfi_results *results);

/* "network": what was drawn, as the scenario's keys would state it. */
cfi_status drop_json_network(json_writer *writer, const cfi_record *record, cfi_error *error);

#endif
