/* The numbers of a drop that are columns of drops.csv, rows of summary.csv and entries of "summary". */
#ifndef CFISAC_REPORT_QUANTITIES_H
#define CFISAC_REPORT_QUANTITIES_H

#include "cfisac/report.h"

typedef enum quantity_id {
    QUANTITY_SUM_RATE,
    QUANTITY_SUM_RATE_THEOREM1,
    QUANTITY_SUM_RATE_EXACT,
    QUANTITY_SUM_RATE_MONTE_CARLO,
    QUANTITY_SUM_RATE_STD_ERROR,
    QUANTITY_SUM_RATE_Z,
    QUANTITY_SUM_RATE_EQUAL,
    QUANTITY_SUM_RATE_HEURISTIC,
    QUANTITY_LEAST_USER_RATE,
    QUANTITY_WORST_CRLB,
    QUANTITY_WORST_CRLB_DB,
    QUANTITY_TOTAL_POWER,
    QUANTITY_SENSING_SHARE,
    QUANTITY_ITERATIONS,
    QUANTITY_STARTS,
    QUANTITY_SPREAD,
    QUANTITY_VIOLATION,
    QUANTITY_THRESHOLD_FACTOR_DB,
    QUANTITY_LEAST_THRESHOLD_DB,
    QUANTITY_REALIZATIONS,
    QUANTITIES
} quantity_id;
_Static_assert((int)QUANTITIES <= (int)CFI_MOST_QUANTITIES, "a journal line has room for every quantity");

typedef struct quantity {
    const char *name, *unit;
    double (*value)(const cfi_record *record); /* NaN where the drop does not have it */
} quantity;

extern const quantity quantity_table[QUANTITIES];

double quantity_of(quantity_id id, const cfi_record *record);

/* Statistics over the drops of a quantity. CFI_NO_MEMORY. */
cfi_status quantity_statistics(const cfi_results *results, quantity_id id, cfi_statistics *statistics,
                               cfi_error *error);

/* Root mean square of sum_rate_z over the drops that have it, NaN when none has. */
double quantity_z_rms(const cfi_results *results);

size_t count_drops(const cfi_results *results, cfi_drop_status status);

/* The drop's bounds under the scenario's crlb_model, L values, or NULL. */
const double *constrained_crlb(const cfi_record *record);

#endif
