/* What makes a drop infeasible, in words and as JSON. */
#ifndef CFISAC_REPORT_INFEASIBLE_H
#define CFISAC_REPORT_INFEASIBLE_H

#include "cfisac/report.h"
#include "report/json.h"

enum { INFEASIBLE_LENGTH = 200 };

/* A positive number to six digits, never less; never more. */
double infeasible_rounded_up(double value);
double infeasible_rounded_down(double value);

/* E.g. "access point 5 costs most: its threshold (sensing.crlb_threshold_db) must rise by 4.2012 dB"; decibels are
 * rounded up. */
void infeasible_describe(const cfi_infeasibility *because, char text[INFEASIBLE_LENGTH]);

/* The member infeasible_because: null, or {"constraint", "ap", "ue", "factor"}. */
void infeasible_json(json_writer *writer, const cfi_infeasibility *because);

#endif
