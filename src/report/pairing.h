/* Curves of a sweep over the threshold, and the drops that are the same networks all along one. */
#ifndef CFISAC_REPORT_PAIRING_H
#define CFISAC_REPORT_PAIRING_H

#include "cfisac/report.h"

/* Drops of a point. */
size_t pairing_drops(const cfi_sweep_outcomes *outcomes, size_t point);


/* The axis of sensing.crlb_threshold_db, of position_threshold_m or of detection_threshold, the first of them that is
 * swept and varies alone or together with others of them; scenario_axes() when none does. */
size_t pairing_axis(const cfi_scenario *sweep);

/* A value of that axis times its sign: the smaller, the tighter. NaN for a list of thresholds, or none. */
double pairing_threshold(const cfi_axis *axis, size_t value);
/* -1 of a probability of detection, 1 of bounds. */
double pairing_sign(const cfi_axis *axis);

/* Whether drop d has a result at every point of the curve through `point`: those that differ from it in the threshold
 * alone, without the ones tighter than `least`. */
bool pairing_holds(const cfi_sweep_outcomes *outcomes, size_t point, size_t d, double least);

/* The same of all drops and whole curves, worked out once. */
typedef struct pairing {
    const cfi_sweep_outcomes *outcomes;
    size_t stride, values; /* points of a curve, and how far apart they are */
    uint8_t *bit;          /* of every drop of the first point of each curve */
} pairing;

/* CFI_NO_MEMORY. pairing_free in every case. */
cfi_status pairing_make(const cfi_sweep_outcomes *outcomes, pairing *pairs, cfi_error *error);
bool pairing_has(const pairing *pairs, size_t point, size_t d);
void pairing_free(pairing *pairs);

#endif
