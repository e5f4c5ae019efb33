/* Users in order, as starts need them: within each pilot or over all of them. */
#ifndef CFISAC_ALLOC_CONTEST_H
#define CFISAC_ALLOC_CONTEST_H

#include "cfisac/link.h"

typedef struct contender {
    size_t group, user;
    double key;
} contender;

/* Users compete within a pilot; with orthogonal pilots all of them do. */
typedef struct contest {
    size_t K;
    size_t *group;    /* K: of one number, the first user's, who compete */
    size_t *rivals;   /* K: how many compete with k, k included */
    double *strength; /* K: sum_l g_kl^2 */
    /* scratch */
    contender *order; /* K */
    size_t *rank;     /* K */
} contest;

/* NULL when out of memory. O(K L). */
contest *contest_make(const cfi_link *link, cfi_arena *arena);

/* How many of those that compete with k have a larger key, ties by index; K ranks, which live until the next call.
 * O(K log K). */
const size_t *contest_rank(contest *users, const double *key);

/* Whose turn is number `turn`, of the users with rivals, if others are active: active ones first, the weakest first,
 * then silent ones (not above `silence`), the strongest first; ties by index. K when there is none. O(K log K). */
size_t contest_turn(contest *users, const double *sinr, double silence, size_t turn);

#endif
