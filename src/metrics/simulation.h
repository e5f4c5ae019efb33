/* A Monte Carlo run: what the drawing of realisations and the keeping of blocks share. */
#ifndef CFISAC_METRICS_SIMULATION_H
#define CFISAC_METRICS_SIMULATION_H

#include "metrics/estimable.h"
#include "metrics/observer.h"

enum { SIMULATION_CHUNK = 16 }; /* realisations drawn at once; a power of two, like the block sizes */

/* Work space of one thread. */
typedef struct simulation_scratch simulation_scratch;

typedef struct simulation {
    const cfi_network *network;
    const cfi_powers *powers;
    sums_layout layout;
    bound_constants constants;
    double complex *steering; /* N x 2 x L: a_l and its derivative */
    const cfi_precoder *precoder;
    double *root_p, *root_s;      /* K x L: sqrt(p_kl); L: sqrt(s_l / (N K)), what a stream's a_l is multiplied by */
    size_t n, block_size, blocks; /* realisations wanted; per full block; blocks done */
    double *sums;                 /* MOST_BLOCKS x layout.length */
    size_t size[MOST_BLOCKS];
    size_t offset;      /* of the realisations in the streams of channels */
    bool without_rates; /* the observers are all */
    size_t threads;
    simulation_scratch **scratch; /* one a thread */
    observation observation[MOST_OBSERVERS];
    size_t observations;
    cfi_stop *stop;
} simulation;

/* Draws realisations first .. last - 1 (from a multiple of the block size or of the chunk on) and adds each to the sums
 * of its block. Fails: CFI_INTERRUPTED. */
cfi_status simulation_run_group(const simulation *sim, size_t first, size_t last, simulation_scratch *scratch,
                                cfi_error *error);

/* Room for as many blocks as the realisations need, and what all of them share. Fails: CFI_NO_MEMORY. */
cfi_status simulation_prepare(simulation *sim, cfi_arena *arena, cfi_error *error);
/* Work space of all threads. Fails: CFI_NO_MEMORY. */
cfi_status simulation_share_scratch(simulation *sim, cfi_arena *arena, cfi_error *error);
/* Has own signals added up about those of the first realisation, which comes again. Fails: CFI_NO_MEMORY,
 * CFI_INTERRUPTED. */
cfi_status simulation_refer(simulation *sim, cfi_arena *arena, cfi_error *error);
/* Runs blocks sim->blocks .. until - 1 of those that are wanted, with all threads. Fails: CFI_INTERRUPTED. */
cfi_status simulation_run_blocks(simulation *sim, size_t until, cfi_error *error);

/* In the arena; NULL when out of memory. */
simulation_scratch *simulation_make_scratch(const simulation *sim, cfi_arena *arena);

cfi_status simulation_out_of_memory(const cfi_network *network, cfi_error *error);
cfi_status simulation_interrupted(cfi_error *error);

#endif
