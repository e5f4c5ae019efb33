/* Values that do not go together with others. */
#ifndef SCENARIO_REFUSE_H
#define SCENARIO_REFUSE_H

#include "scenario/model.h"

/* CFI_INVALID at a key. Of a grid the text says that it is the scenario's own value, which stands beside those that are
 * swept. */
__attribute__((format(printf, 4, 5))) cfi_status refuse_key(const cfi_scenario *scenario, key_id id, cfi_error *error,
                                                            const char *format, ...);

#endif
