/* Models of the large-scale gain, a row each. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_PROPAGATION_H
#define CFISAC_NETWORK_PROPAGATION_H

#include "cfisac/network.h"

/* The way between an access point and a user. */
typedef struct propagation_path {
    double flat_m;      /* in the plane; placement `clamp` keeps it from falling below the least distance */
    double distance_m;  /* in space, by the difference of heights; equal to flat_m without one */
    bool line_of_sight; /* its state; false where the model has none */
} propagation_path;

/* What a model must say. All functions are pure: beta_kl = gain exp(shadowing_std n), n standard normal. To add one: a
 * file propagation_NAME.c that defines its row, and the row's X in CFI_PROPAGATION_MODELS (docs/architecture.md). */
typedef struct propagation_model {
    const char *name; /* the word of propagation.model */
    /* Linear power gain without shadowing. */
    double (*gain)(const cfi_system *system, const propagation_path *path);
    /* Standard deviation of the natural logarithm of the shadowing, as propagation_std gives it. */
    double (*shadowing_std)(const cfi_system *system, const propagation_path *path);
    /* Probability of a line of sight; NULL: the model has no such states. */
    double (*line_of_sight)(double flat_m);
    /* Mean Rician factor of a pair with line of sight, linear; 0 where there are no states. */
    double rician_factor;
} propagation_model;

/* A decibel as a natural logarithm: a factor of x dB is exp(x PROPAGATION_DECIBEL). */
#define PROPAGATION_DECIBEL (M_LN10 / 10.0)

/* The scenario's standard deviation of the shadowing, or `own` where it leaves that to the model. */
static inline double propagation_std(const cfi_system *system, double own)
{
    return system->propagation.shadowing_std >= 0.0 ? system->propagation.shadowing_std : own;
}

/* The system's model: propagation_draw goes by it, and the tests that take a row by hand. */
const propagation_model *propagation_of(const cfi_system *system);

/* The way between access point l and user k, without its state. */
propagation_path propagation_measure(const cfi_network *network, size_t k, size_t l);

/* Sets beta, line_of_sight and rician_factor of the drop from the positions in *network. Every number comes from a
 * stream of its own: shadowing of a pair, of an access point, of a user, and the state of a pair.
 * Fails: CFI_INVALID when a gain is not a finite number > 0 (the text names the pair), CFI_NO_MEMORY. */
cfi_status propagation_draw(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
