/* Models of the large-scale gain, a row each. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_PROPAGATION_H
#define CFISAC_NETWORK_PROPAGATION_H

#include "cfisac/network.h"

/* What a model must say. All functions are pure; beta_kl = gain(distance) shadowing(distance, normal). To add one: a
 * file propagation_NAME.c that defines its row, and the row's X in CFI_PROPAGATION_MODELS (docs/architecture.md). */
typedef struct propagation_model {
    const char *name; /* the word of propagation.model */
    /* Metres between AP l and user k that gain and shadowing depend on. */
    double (*distance)(const cfi_network *network, size_t k, size_t l);
    /* Linear power gain without shadowing. */
    double (*gain)(const cfi_system *system, double distance_m);
    /* Linear factor of the shadowing, made of one standard normal number of the pair. */
    double (*shadowing)(const cfi_system *system, double distance_m, double normal);
} propagation_model;

/* The system's model: propagation_draw goes by it, and the tests that take a row by hand. */
const propagation_model *propagation_of(const cfi_system *system);

/* beta_kl of the drop, K x L, from the positions in *network; the shadowing of a pair comes from the pair's own stream.
 * Fails: CFI_INVALID when a gain is not a finite number > 0 (the text names the pair). */
cfi_status propagation_draw(const cfi_network *network, double *beta, cfi_error *error);

#endif
