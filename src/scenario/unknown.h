/* What is said of a name that is no key. */
#ifndef SCENARIO_UNKNOWN_H
#define SCENARIO_UNKNOWN_H

#include "scenario/place.h"

/* CFI_INVALID: this dotted name is no key; suggests the nearest and lists what there is. */
cfi_status key_refuse_unknown(const cfi_place *place, const char *name, cfi_error *error);

#endif
