/* Keys that others make idle: power.budget_dbm says what power.snr_db says, bandwidth and noise figure give the noise,
 * propagation.gain what propagation.model would draw. */
#ifndef SCENARIO_IDLE_H
#define SCENARIO_IDLE_H

#include "scenario/model.h"

/* Sets the values of idle keys that are not given to null; those of others to their defaults, since the grid's scenario
 * may have had them idle. Before any conversion. */
cfi_status idle_settle(cfi_scenario *scenario, cfi_error *error);

/* CFI_INVALID: a key is null that nothing makes idle, or one is given beside what would make it idle. */
cfi_status idle_check(const cfi_scenario *scenario, cfi_error *error);

/* Whether the resolved scenario leaves the key out: its default stands, and some points of the sweep make it idle. */
bool idle_is_left_out(const cfi_scenario *scenario, key_id id);

#endif
