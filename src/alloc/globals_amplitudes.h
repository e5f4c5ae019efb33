/* A cone problem in amplitudes: what globals_amplitudes.c puts together and globals_amplitudes_bound.c proves.
 * docs/model.md (M30) */
#ifndef CFISAC_ALLOC_GLOBALS_AMPLITUDES_H
#define CFISAC_ALLOC_GLOBALS_AMPLITUDES_H

#include "alloc/globals.h"

#include <math.h>

typedef struct amplitude_program {
    const globals_drop *drop;
    const globals_ask *ask;
    const alloc_problem *problem;
    size_t K, L;
    size_t *pair;                            /* K x L: variable w; SIZE_MAX: none */
    size_t *place;                           /* where in it each variable w is */
    size_t z, c, count;                      /* variables */
    double unit, factor;                     /* of amplitudes; of c */
    double *interference;                    /* K: what I_k is at equal powers: cones of users are over its root */
    size_t *user_row, *norm_row, *sense_row; /* K; L; owns x L: first rows of cones; SIZE_MAX: none */
    size_t budget_row, limit_row;
    socp_builder *builder;
    program_map *map; /* of what is exported; NULL: nothing is */
} amplitude_program;

static inline size_t amplitude_at(const amplitude_program *m, size_t k, size_t l)
{
    return m->pair[k + m->K * l];
}

static inline bool amplitudes_raise(const amplitude_program *m, information_kind kind)
{
    return m->ask->sensing.raised >> kind & 1;
}

static inline bool amplitudes_ask(const amplitude_program *m, information_kind kind)
{
    return (m->ask->sensing.raised | m->ask->sensing.held) >> kind & 1;
}

static inline const information_own *own_of(const amplitude_program *m, size_t i)
{
    return &m->drop->coupled.information.own[i];
}

static inline double asked_limit(const amplitude_program *m, size_t l)
{
    return coupled_limit_asked(&m->drop->coupled, &m->ask->sensing, l);
}

/* Mates of user k with a target: rows of its cone. */
static inline size_t count_mates(const amplitude_program *m, size_t k)
{
    size_t count = 0;

    for (size_t i = m->problem->mate_start[k]; i < m->problem->mate_start[k + 1]; i++) {
        count += m->ask->target[m->problem->mate[i]] > 0.0;
    }
    return count;
}

static inline size_t rows_of_users(const amplitude_program *m, size_t l)
{
    size_t users = 0;

    for (size_t k = 0; k < m->K; k++) {
        users += amplitude_at(m, k, l) != SIZE_MAX;
    }
    return users;
}

/* Rows of a user's cone for what powers cause: access points, or pairs where that depends on the stream. */
static inline size_t rows_of_loads(const amplitude_program *m)
{
    return m->problem->load ? m->L : m->z;
}

/* One of them: root(V) at user k, of a variable's amplitude. */
typedef struct amplitude_load {
    size_t variable;
    double root;
} amplitude_load;

static inline amplitude_load load_of(const amplitude_program *m, size_t k, size_t i)
{
    const alloc_problem *problem = m->problem;

    if (problem->load) {
        return (amplitude_load){.variable = m->z + i, .root = sqrt(problem->load[problem_at(problem, k, i)])};
    }
    return (amplitude_load){.variable = i,
                            .root = sqrt(problem_load(problem, k, m->place[i] % m->K, m->place[i] / m->K))};
}

/* root(1 - d1 / d2); an access point without users has d1 = 0. */
static inline double incline_of(const information_own *own, size_t l)
{
    return sqrt(fmax(1.0 - own->x[l] / own->s[l], 0.0));
}

/* The bound on g from multipliers z of the program's rows; `most` and `cost` as in globals_bound, with room for a
 * number a variable. NaN: nothing is proved. */
double amplitudes_bound(const amplitude_program *m, const double *z, double most, double *cost);
/* d g / d ln t_k over I_k, from the same: into answer->multipliers.lambda, for answer->factor and answer->point. */
void amplitudes_read_lambda(const amplitude_program *m, const double *z, double *cost, const globals_answer *answer);

#endif
