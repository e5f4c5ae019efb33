/* What the scenarios of 3GPP TR 38.901 have in common: Tables 7.4.1-1 (path loss, shadowing) and 7.4.2-1 (line of
 * sight), outdoor users at 1.5 m. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_TR38901_H
#define CFISAC_NETWORK_TR38901_H

#include "network/propagation.h"

/* A loss of intercept + distance ln(d / m) + carrier ln(f / GHz), a natural logarithm: decibels times
 * PROPAGATION_DECIBEL, and a tenth of what the table has before log10. */
typedef struct tr38901_slope {
    double intercept, distance, carrier;
} tr38901_slope;

typedef struct tr38901_scenario {
    tr38901_slope sight, obstructed;  /* with line of sight; without, where it is the larger */
    double bend;                      /* beyond the break point the loss with line of sight grows by d^4 and has this
                                         times ln(d_bp^2 + height difference^2) less; 0: there is no break point */
    double sight_std, obstructed_std; /* of the shadowing */
} tr38901_scenario;

/* Gain without shadowing and standard deviation of the shadowing, by the path's state. Distances below a metre count as
 * one: the table says nothing of them, and gains stay below 1. */
double tr38901_gain(const tr38901_scenario *scenario, const cfi_system *system, const propagation_path *path);
double tr38901_std(const tr38901_scenario *scenario, const cfi_system *system, const propagation_path *path);

/* Probability of a line of sight in streets: 1 up to 18 m, then it decays with this length. */
double tr38901_street_sight(double flat_m, double decay_m);

#endif
