/* What a rate can be traded against: one table, a row a quantity. docs/model.md (M33) */
#ifndef CFISAC_TRIAL_FRONTIER_H
#define CFISAC_TRIAL_FRONTIER_H

#include "cfisac/trial.h"

typedef struct frontier_cost {
    cfi_frontier_side side;
    const char *objective; /* of the end where it is least */
    /* The key of its threshold, which is null at the other end; what it is set to where the scenario has none. NULL:
     * no key does it. `weighs`: at its own end the threshold says how access points are weighed, else it is null there,
     * too. */
    const char *key, *without;
    bool weighs;
    bool (*is_given)(const cfi_system *system); /* whether the scenario has one; NULL with the key */
    /* Makes `value` the system's limit; `room` is L numbers that live as long as the system. */
    void (*limit)(cfi_system *system, double value, double *room);
    /* The limit at a position, 0 .. 1, between B at A's end, which may be infinite, and the least B. */
    double (*limit_at)(double start, double least, double position);
} frontier_cost;

extern const frontier_cost frontier_costs[];
extern const size_t frontier_cost_count;

#endif
