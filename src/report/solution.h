/* What may be said of a solution of the cone solver. */
#ifndef CFISAC_REPORT_SOLUTION_H
#define CFISAC_REPORT_SOLUTION_H

#include "cfisac/report.h"

bool solution_is_certificate(const socp_solution *solution);

/* Whether there is a point, or a certificate: else every number is NaN, and where the set-up was stopped the arrays are
 * NULL. */
bool solution_has_point(const socp_solution *solution);

/* Its status in words. */
const char *solution_explain(const socp_solution *solution);

#endif
