/* What all blocks of realisations say, and what they say with each of them left out. docs/model.md (M18). */
#ifndef CFISAC_METRICS_ESTIMATES_H
#define CFISAC_METRICS_ESTIMATES_H

#include "metrics/simulation.h"

/* `width` numbers for the whole and as many for each block left out. */
typedef struct estimates {
    size_t width;
    double *whole, *without; /* width; MOST_BLOCKS x width */
    double *second_order;    /* K + 1: of the rates and their sum */
} estimates;

/* From one set of sums: rates (K), sum rate, and L each of what follows; RESIDUAL is a part of MULTISTATIC. */
typedef enum { OWN_ECHO, BLOCK_MEAN, MULTISTATIC, RESIDUAL, NONCOHERENT, PER_AP } ap_quantity;
size_t estimates_place(const sums_layout *layout, ap_quantity quantity, size_t p);
/* Behind them, of the target's position: the inverse square of its error bounds, 1 / m^2; 0 without a target. */
typedef enum { POSITION_OWN_ECHO, POSITION_NONCOHERENT, POSITION_MULTISTATIC, POSITIONS } position_quantity;
size_t estimates_position(const sums_layout *layout, position_quantity quantity);

/* All estimates, in the arena, with sim->threads threads. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED. */
cfi_status estimates_run(simulation *sim, cfi_arena *arena, estimates *e, cfi_error *error);

/* The first `length` sums over all blocks, added in order; returns the number of realisations. */
double estimates_add_up(const simulation *sim, size_t length, double *total);
/* The same less those of one block, of n realisations in all. */
double estimates_leave_out(const simulation *sim, const double *total, size_t block, size_t length, double n,
                           double *rest);

#endif
