/* What an estimator makes of simulated echoes. docs/model.md (M27) */
#ifndef CFISAC_METRICS_ESTIMATOR_H
#define CFISAC_METRICS_ESTIMATOR_H

#include "metrics/observer.h"

/* monte_carlo.estimator: ml. Maximum likelihood estimates of every access point's angle and, with geometry `target`, of
 * the target's position, from own echoes. */
extern const observer ESTIMATOR_OBSERVER;

#endif
