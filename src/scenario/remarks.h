/* Remarks on a scenario, which stop nothing. */
#ifndef SCENARIO_REMARKS_H
#define SCENARIO_REMARKS_H

#include "scenario/model.h"

/* Adds a remark, as long as there is room. */
void remark_add(cfi_scenario *scenario, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* All that can be said of the finished system. */
void remark_all(cfi_scenario *scenario);

#endif
