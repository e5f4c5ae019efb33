/* Interference that users of one pilot hear coherently. docs/model.md (M5). */
#ifndef CFISAC_METRICS_COHERENT_H
#define CFISAC_METRICS_COHERENT_H

#include "cfisac/metrics.h"

/* Adds (sum_l c_kj,l sqrt(p_jl))^2, over the users j that share k's pilot in ascending order, to noise[k] of every
 * user. Each sum goes through the access points in order, whatever link->threads. A multiplication and an addition a
 * pair and access point; of the pairs a bounded number of sums is kept at a time. Fails: CFI_NO_MEMORY. */
cfi_status coherent_add(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *noise,
                        cfi_error *error);

#endif
