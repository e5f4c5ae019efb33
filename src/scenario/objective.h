/* What must hold of an objective and of what is asked beside it. docs/scenario.md */
#ifndef SCENARIO_OBJECTIVE_H
#define SCENARIO_OBJECTIVE_H

#include "scenario/model.h"

/* CFI_INVALID: an objective that nothing holds, or that keys of sensing or of the steps of sca do not go together
 * with. A key that is swept is not judged but at the points. */
cfi_status check_objective(const cfi_scenario *scenario, cfi_error *error);
/* Remarks on what is asked of the allocation and does nothing. */
void remark_objective(cfi_scenario *scenario);

#endif
