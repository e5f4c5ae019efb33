/* What looks at the signals of each realisation of a Monte Carlo run: the bounds, estimators, detectors. To add one: a
 * file that defines its row, and the row in observers.c. */
#ifndef CFISAC_METRICS_OBSERVER_H
#define CFISAC_METRICS_OBSERVER_H

#include "metrics/sums.h"

struct simulation;

/* What AP l transmits in one realisation: F_l, N x K, real and imaginary parts apart, user fastest. Stream k is column
 * k, and the streams' symbols S have S S^H = T I. */
typedef struct observed {
    size_t l, realization;
    size_t place; /* of the realisation among those that are drawn at once, below SIMULATION_CHUNK */
    cfi_split f;
} observed;

/* `sums` are those of a block, sim->layout.length doubles, which begin as zeros and are added up over blocks. */
typedef struct observer {
    bool (*wanted)(const cfi_system *system);
    /* What all threads share, read-only from then on; in the arena, NULL when out of memory, or stopped (sim->stop).
     * Takes room for sums of its own at the end of the layout, by sums_extend. */
    void *(*prepare)(const struct simulation *sim, sums_layout *layout, cfi_arena *arena);
    /* Work space of one thread, in the arena; NULL when out of memory. */
    void *(*make)(const void *shared, cfi_arena *arena);
    /* Called of every realisation and access point; of a realisation by one thread, access points in order. */
    void (*observe)(void *state, const observed *seen, double *sums);
    /* After the last access point of a realisation; may be NULL. */
    void (*conclude)(void *state, size_t realization, size_t place, double *sums);
    /* Fills its part of *out, whose arrays are there, from the sums of all n realisations; may be NULL. */
    void (*report)(const void *shared, const double *sums, size_t n, cfi_monte_carlo *out);
} observer;

enum { MOST_OBSERVERS = 4 };

/* One that takes part in a run. */
typedef struct observation {
    const observer *observer;
    void *shared;
} observation;

/* All there are. */
extern const observer *const observer_table[];
extern const size_t observer_count;

/* Lists and prepares one. False when out of memory. */
bool observers_prepare_one(struct simulation *sim, const observer *one, cfi_arena *arena);
/* Lists and prepares those that the system wants, at most MOST_OBSERVERS. False when out of memory, or stopped. */
bool observers_prepare(struct simulation *sim, cfi_arena *arena);
/* Has each fill its part of *out. Scratch comes from the arena. False when out of memory. */
bool observers_report(const struct simulation *sim, cfi_arena *arena, cfi_monte_carlo *out);

#endif
