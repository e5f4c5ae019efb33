/* Users in order: sorted once, not compared in pairs. */
#include "alloc/contest.h"

#include <stdlib.h>

static void group_users(contest *users, const cfi_link *link)
{
    size_t *count = users->rank;

    for (size_t k = 0; k < users->K; k++) {
        users->group[k] = link->pilots_overlap ? link->pilot_first[k] : 0;
        count[k] = 0;
    }
    for (size_t k = 0; k < users->K; k++) {
        count[users->group[k]]++;
    }
    for (size_t k = 0; k < users->K; k++) {
        users->rivals[k] = count[users->group[k]];
    }
}

contest *contest_make(const cfi_link *link, cfi_arena *arena)
{
    size_t K = link->K;
    contest *users = arena_alloc(arena, 1, sizeof *users);
    size_t *number = arena_alloc(arena, 3 * K, sizeof *number);
    double *strength = arena_zeros(arena, K, sizeof *strength);
    contender *order = arena_alloc(arena, K, sizeof *order);

    if (!users || !number || !strength || !order) {
        return NULL;
    }
    *users = (contest){
        .K = K, .group = number, .rivals = number + K, .rank = number + 2 * K, .strength = strength, .order = order};
    group_users(users, link);
    for (size_t i = 0; i < K * link->L; i++) {
        strength[i % K] += link->g[i] * link->g[i];
    }
    return users;
}

/* By group, then by key, then by user: no two are equal. */
static int compare_contenders(const void *a, const void *b)
{
    const contender *left = a, *right = b;

    if (left->group != right->group) {
        return left->group < right->group ? -1 : 1;
    }
    if (left->key != right->key) {
        return left->key < right->key ? -1 : 1;
    }
    return left->user < right->user ? -1 : 1;
}

const size_t *contest_rank(contest *users, const double *key)
{
    size_t first = 0;

    for (size_t k = 0; k < users->K; k++) { /* the largest key comes first */
        users->order[k] = (contender){.group = users->group[k], .user = k, .key = -key[k]};
    }
    qsort(users->order, users->K, sizeof *users->order, compare_contenders);
    for (size_t i = 0; i < users->K; i++) {
        first = users->order[i].group == users->order[first].group ? first : i;
        users->rank[users->order[i].user] = i - first;
    }
    return users->rank;
}

size_t contest_turn(contest *users, const double *sinr, double silence, size_t turn)
{
    size_t active = 0, count = 0;

    for (size_t k = 0; k < users->K; k++) {
        active += sinr[k] > silence;
    }
    for (size_t k = 0; k < users->K; k++) {
        bool silent = !(sinr[k] > silence);

        /* without the only active one nobody would be served */
        if (active - !silent > 0 && users->rivals[k] > 1) {
            users->order[count++] =
                (contender){.group = silent, .user = k, .key = silent ? -users->strength[k] : sinr[k]};
        }
    }
    if (turn >= count) {
        return users->K;
    }
    qsort(users->order, count, sizeof *users->order, compare_contenders);
    return users->order[turn].user;
}
