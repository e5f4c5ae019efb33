/* The table's words on where the power went. */
#ifndef CFISAC_REPORT_POWER_NOTE_H
#define CFISAC_REPORT_POWER_NOTE_H

#include "cfisac/report.h"

/* The share of sensing and of the strongest access points in the means over drops, and the busiest ones of the first
 * drop; nothing where no drop has powers. Fails: CFI_NO_MEMORY. */
cfi_status power_note_write(const cfi_results *results, FILE *stream, cfi_error *error);

#endif
