/* What detectors make of simulated echoes. docs/model.md (M26) */
#ifndef CFISAC_METRICS_DETECTOR_H
#define CFISAC_METRICS_DETECTOR_H

#include "metrics/observer.h"

/* Where detection_is_fused: each access point by its own echo, and all together. */
extern const observer DETECTOR_OBSERVER;

#endif
