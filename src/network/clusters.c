/* Which access points serve which users in one drop. docs/model.md (M1). */
#include "network/clusters.h"

#include <math.h>
#include <string.h>

void clusters_strongest_aps(const cfi_network *network, double *gain, size_t *ap)
{
    size_t K = network->K;

    for (size_t k = 0; k < K; k++) {
        gain[k] = -INFINITY;
        ap[k] = 0;
    }
    for (size_t l = 0; l < network->L; l++) {
        const double *beta = network->beta + K * l;

        for (size_t k = 0; k < K; k++) {
            if (beta[k] > gain[k]) {
                gain[k] = beta[k];
                ap[k] = l;
            }
        }
    }
}

/* ----------------------------------------------------------------------------- strongest ---- */

/* The number number `n` of `value` in falling order, from 0 on; reorders them. O(count) by Hoare's selection. */
static double nth_largest(double *value, ptrdiff_t count, ptrdiff_t n)
{
    ptrdiff_t first = 0, last = count - 1;

    while (first < last) {
        double pivot = value[n];
        ptrdiff_t i = first, j = last;

        do {
            for (; value[i] > pivot; i++) {
            }
            for (; pivot > value[j]; j--) {
            }
            if (i <= j) {
                double larger = value[j];

                value[j--] = value[i];
                value[i++] = larger;
            }
        } while (i <= j);
        first = j < n ? i : first;
        last = n < i ? j : last;
    }
    return value[n];
}

/* Users whose access points are chosen together: their gains stand side by side. */
enum { CHOSEN_USERS = 16 };

/* What user k's access points have: a gain above `least`, or, the first `equals` of them, that gain. */
typedef struct choice {
    double least;
    size_t equals;
} choice;

/* The n largest of L gains; reorders them. */
static choice choose_largest(double *gain, size_t L, size_t n)
{
    choice c = {.least = nth_largest(gain, (ptrdiff_t)L, (ptrdiff_t)n - 1), .equals = n};

    for (size_t l = 0; l < L; l++) {
        c.equals -= gain[l] > c.least;
    }
    return c;
}

/* Marks the access points of `count` users from user k on. */
static void mark_chosen(const cfi_network *network, size_t k, size_t count, choice *chosen, unsigned char *served)
{
    for (size_t l = 0; l < network->L; l++) {
        size_t row = k + network->K * l;

        for (size_t i = 0; i < count; i++) {
            double gain = network->beta[row + i];
            bool equal = gain == chosen[i].least && chosen[i].equals > 0;

            served[row + i] = equal || gain > chosen[i].least;
            chosen[i].equals -= equal;
        }
    }
}

static bool serve_by_strongest(const cfi_network *network, cfi_arena *arena, unsigned char *served)
{
    size_t K = network->K, L = network->L, n = network->system->clusters.aps_per_user;
    double *gain = arena_alloc(arena, CHOSEN_USERS * L, sizeof *gain);
    choice chosen[CHOSEN_USERS];

    for (size_t k = 0; gain && k < K; k += CHOSEN_USERS) {
        size_t count = K - k < CHOSEN_USERS ? K - k : CHOSEN_USERS;

        for (size_t l = 0; l < L; l++) {
            for (size_t i = 0; i < count; i++) {
                gain[l + L * i] = network->beta[k + i + K * l];
            }
        }
        for (size_t i = 0; i < count; i++) {
            chosen[i] = choose_largest(gain + L * i, L, n);
        }
        mark_chosen(network, k, count, chosen, served);
    }
    return gain;
}

/* ----------------------------------------------------------------------------------- dcc ---- */

/* Marks the strongest user of each pilot at AP l, the lowest index of equals; best: K numbers of work space. */
static void serve_best_of_pilots(const cfi_network *network, size_t l, size_t *best, unsigned char *served)
{
    const double *beta = network->beta + network->K * l;

    for (size_t k = 0; k < network->K; k++) { /* the first user of a pilot comes before the others */
        size_t first = network->pilot_first[k];

        best[first] = first == k || beta[k] > beta[best[first]] ? k : best[first];
    }
    for (size_t k = 0; k < network->K; k++) {
        served[k + network->K * l] = best[network->pilot_first[k]] == k;
    }
}

static bool serve_dynamically(const cfi_network *network, cfi_arena *arena, unsigned char *served)
{
    size_t K = network->K, *index = arena_alloc(arena, K, sizeof *index);
    double *gain = arena_alloc(arena, K, sizeof *gain);

    if (!index || !gain) {
        return false;
    }
    for (size_t l = 0; l < network->L; l++) {
        serve_best_of_pilots(network, l, index, served);
    }
    clusters_strongest_aps(network, gain, index);
    for (size_t k = 0; k < K; k++) {
        served[k + K * index[k]] = 1;
    }
    return true;
}

/* --------------------------------------------------------------------------- of a drop ---- */

cfi_status clusters_form(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    cfi_cluster_mode mode = network->system->clusters.mode;
    size_t pairs = network->K * network->L;
    cfi_arena_mark before = arena_mark(arena), after;
    unsigned char *served;

    if (mode == CFI_CLUSTERS_ALL) {
        return CFI_OK;
    }
    served = arena_alloc(arena, pairs, sizeof *served);
    after = arena_mark(arena);
    if (!served || !(mode == CFI_CLUSTERS_STRONGEST ? serve_by_strongest : serve_dynamically)(network, arena, served)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the clusters of %zu access points and %zu users",
                         network->L, network->K);
    }
    network->served = memchr(served, 0, pairs) ? served : NULL; /* everybody: as without clusters */
    arena_release(arena, network->served ? after : before);
    return CFI_OK;
}
