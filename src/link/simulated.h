/* Second moments by simulation, where a precoder has no closed form. */
#ifndef CFISAC_LINK_SIMULATED_H
#define CFISAC_LINK_SIMULATED_H

#include "cfisac/link.h"

/* Of normalised vectors, about the target. */
typedef cfi_aim simulated_beam;

typedef struct simulated_moments {
    cfi_precoder_moments moments;
    const simulated_beam *beam; /* K x L, over fading that is not i.i.d.; else NULL */
    const double *mean_square;  /* as cfi_link.mean_square */
    double largest_relative_std_error;
} simulated_moments;

/* From precoding.realizations draws of the estimates at each access point. Access points are shared among
 * network->threads; no bit depends on them. Fails: CFI_NO_MEMORY. */
cfi_status simulated_make(const cfi_network *network, cfi_arena *arena, simulated_moments *out, cfi_error *error);

#endif
