/* What signals say of the target, arrivals and departures apart. docs/model.md (M7), (M21), (M24). */
#ifndef CFISAC_METRICS_SENSING_H
#define CFISAC_METRICS_SENSING_H

#include "cfisac/metrics.h"

/* Of the signals for users, L each. */
typedef struct sensed_signals {
    const double *lit;  /* watts for users; of signals with directions, what of them lights the target */
    const cfi_aim *aim; /* of signals with directions, else NULL */
    /* Beside aim: the share of abs(mixed)^2 that unknown path gains take. */
    const double *share;
} sensed_signals;

/* In the arena. Fails: CFI_NO_MEMORY. */
cfi_status sensing_signals(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, sensed_signals *signals,
                           cfi_error *error);

/* Information about the angles of arrival from the echoes of all access points, 1 / rad^2, L values: with the phases of
 * the paths (coherent), or the mean over independent uniform ones. O(L^2), with equal paths O(L). */
void sensing_arrivals(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals, bool coherent,
                      double *restrict information);
/* What AP p's own echo says about the angle of departure of its signals, all path gains unknown. */
double sensing_departure(const cfi_link *link, const sensed_signals *signals, size_t p);

#endif
