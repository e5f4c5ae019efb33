/* Pairs of users of one pilot in blocks: what a user hears of every stream of its pilot, and what every stream costs
 * the users who hear it, are products of a few rows by a few rows, each of which is read once a block and not once a
 * pair. docs/model.md (M19)
 *
 * Sums over access points go in their order, LANES apart, whatever the block: no bit depends on threads. */
#ifndef CFISAC_ALLOC_PAIRS_H
#define CFISAC_ALLOC_PAIRS_H

#include "alloc/problem.h"

/* Puts the users in groups by pilot, where pairs are so many that blocks pay; elsewhere there are no groups. A part of
 * problem_build, after mates are listed. CFI_NO_MEMORY. */
cfi_status pairs_group(alloc_problem *problem, cfi_arena *arena, cfi_error *error);

/* Of a response: what slopes say of u and I, K each, and z by pair, as mates are listed. */
typedef struct pairs_prices {
    const double *gain, *weight, *z;
} pairs_prices;

/* Of the streams j of a group at access points first .. first + count - 1, whole vectors, in rows like the signal:
 *   v_jl = gain_j signal_jl - sum_k weight_k z_kj coherent_kjl */
void pairs_pay(const alloc_problem *problem, size_t group, const pairs_prices *prices, size_t first, size_t count,
               double *v);

/* Amplitudes rows_kl along_l, rows like the signal; along NULL: 1. */
typedef struct pairs_rows {
    const double *rows, *along;
} pairs_rows;

/* What the users number first .. end - 1 (problem_user) hear of the streams of their pilot:
 *   z_kj = sum_l coherent_kjl rows_jl along_l
 * by pair (z NULL: nowhere). Adds the squares to their interference (NULL: nowhere). In blocks or, without groups, pair
 * by pair. */
void pairs_hear(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, double *z,
                double *interference);

#endif
