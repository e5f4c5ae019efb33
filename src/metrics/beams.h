/* What the access points' beams are at the target, and what is summed up of them. docs/model.md (M17). */
#ifndef CFISAC_METRICS_BEAMS_H
#define CFISAC_METRICS_BEAMS_H

#include "metrics/observer.h"

/* v_l = a_l^H F_l and w_l = across_l^H F_l of each realisation: adds what the bounds need to the sums that the layout
 * has for them. */
extern const observer BEAMS_OBSERVER;

#endif
