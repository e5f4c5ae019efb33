/* Users of one pilot in the search for the largest common rate (level.h). docs/model.md (M31a)
 *
 * What they hear of each other's streams, z_kj, is a part of a state. With it an answer's v_j, C and w_j bound what
 * prices user j's own power may be worth, for any z:
 *     G_j <= [ gain_j u_j + sum_k weight_k z_kj (z_kj - z'_kj) ] / gain_j^2,   z' and u of the answer.
 * The answer's z falls as the state's rises. For each stream that is a linear map where it is not clipped: z goes to
 * its fixed point. Where a pilot has more users than there are access points that map is solved in access points. */
#ifndef CFISAC_ALLOC_LEVEL_MATES_H
#define CFISAC_ALLOC_LEVEL_MATES_H

#include "alloc/response.h"

typedef struct level_mates {
    const alloc_problem *problem;
    size_t *start, *pair;   /* of stream j, pairs pair[start[j]] .. pair[start[j + 1] - 1] */
    size_t *hearer;         /* whose each pair is */
    double *measure;        /* K: what a state's amplitudes at a user are measured in */
    double *z;              /* of the last state */
    double *yield, *matrix; /* a row; the largest system */
    double *change;         /* of z of a stream */
    /* Where a pilot's users are more than access points, else NULL: rows of sum_k weight_k heard_kl heard_km of all
     * users of a pilot; a row. */
    double *form, *along;
} level_mates;

/* CFI_NO_MEMORY */
cfi_status level_mates_init(level_mates *m, const alloc_problem *problem, cfi_arena *arena, cfi_error *error);
/* At amplitudes r->along of all streams: adds to the users' interference what they and the streams' loads do; measures,
 * and the state. */
void level_mates_begin(level_mates *m, const response *r, double *interference, double *state);
/* z of a state. */
const double *level_mates_state(const level_mates *m, const double *state);
/* Halves what is heard of streams that the answer does not send (u = 0); false where all are sent. */
bool level_mates_lessen(const level_mates *m, const double *u, double *state);
/* Makes G_j of u_j / gain_j. */
void level_mates_price(const level_mates *m, const response *r, const double *state, const double *z, double *price);
/* What the map makes of a state: logarithms of the next gains; z of the answer, whose amplitudes have been multiplied
 * by `raised`. */
typedef struct level_step {
    const double *gain, *z;
    double raised;
    cfi_stop *stop; /* or NULL */
} level_step;
/* The next state's amplitudes, after level_mates_price: of a pilot of c users c^3 sums over access points, or c systems
 * of as many unknowns as there are access points, where these are fewer. Ends early when it is stopped: what is there
 * then is no state. */
void level_mates_answer(const level_mates *m, const response *r, const level_step *step, double *to);

#endif
