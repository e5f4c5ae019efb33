/* Which model draws the gains, and what it needs. */
#ifndef SCENARIO_DRAWN_GAINS_H
#define SCENARIO_DRAWN_GAINS_H

#include "scenario/model.h"

/* Sets propagation.model to null where gains are given, and to its default where none are and none is named. Before any
 * conversion. */
void drawn_gains_settle(cfi_scenario *scenario);

/* CFI_INVALID: gains are given beside a model, or the model lacks its carrier frequency. */
cfi_status drawn_gains_check(const cfi_scenario *scenario, cfi_error *error);

#endif
