/* The cone problem in powers of access points, and beside them of users with targets, as coupled_program.c and
 * globals_users.c put it together. docs/model.md (M28), (M30) */
#ifndef CFISAC_ALLOC_COUPLED_PROGRAM_H
#define CFISAC_ALLOC_COUPLED_PROGRAM_H

#include "alloc/problem.h"
#include "alloc/program_map.h"
#include "alloc/workspace.h"

/* Users with SINR targets t_k, in powers:
 *   m_kl^2 <= p_kl r_k,   sum_l g_kl / root(t_k unit_k) m_kl >= r_k,   r_k >= I_k / unit_k
 * with unit_k what I_k is at the powers that all units are made of: then every number is of order one. */
typedef struct program_users {
    const alloc_problem *problem;
    const double *target;       /* K: least SINR; 0: none */
    double ahead;               /* relative: targets are raised by so much */
    double back;                /* relative: budget and limits that are held are less by so much */
    size_t *power, *mean, *own; /* K x L, K x L, K: variables p, m and r; SIZE_MAX: there is none */
    size_t load_row;            /* first of the rows r_k >= I_k, of users with targets, among all cone rows */
    double *unit;               /* K: of r */
    cone_solver *cone;          /* memory that is kept from one problem to the next */
    const cfi_alloc_options *options;
    size_t step; /* for who exports problems */
} program_users;

typedef struct power_program {
    const alloc_coupled *coupled;
    const coupled_ask *ask;
    program_users *users; /* NULL: nobody has a target */
    size_t L, serving;
    size_t *place;                    /* L: number of its x; SIZE_MAX where idle */
    size_t s, f, g, variables;        /* first of each kind; x starts at 0 */
    size_t first_row, first_cone_row; /* of sensing, among all cone rows; 0: no cone */
    size_t budget_row, limit_row;     /* of the budget; the first one of limits */
    double *unit;                     /* L: of powers */
    double *lit;                      /* functionals: what f is measured in */
    double *row_scale;                /* information_rows: what rows are multiplied by; 0: not asked for */
    double scale;                     /* of powers beside equal ones */
    double factor;                    /* what g is measured in */
    information_frame frame;
    socp_builder *builder;
    program_map *map; /* of what is exported; NULL: nothing is */
} power_program;

/* What a solution is read into, beside the answer in powers of access points. */
typedef struct program_answer {
    coupled_answer powers;
    double *lambda;     /* K, of users with targets: multipliers of I_k <= u_k^2 / t_k, in the factor of the others */
    double budget;      /* multiplier of a unit of power in all */
    double *limit;      /* L: of a unit of power at AP l */
    alloc_point *point; /* amplitudes and powers */
    size_t iterations;
} program_answer;

/* Solves it for users with targets (NULL: for none, and then *out->powers alone is filled, as by coupled_solve). The
 * arrays of *out are given by the caller. */
cfi_status program_solve(const alloc_coupled *coupled, const coupled_ask *ask, program_users *users, cfi_arena *arena,
                         program_answer *out, cfi_error *error);

/* ------------------------------------------------------------ of users (globals_users.c) ---- */

/* Numbers their variables from m->variables on, and names them. */
void users_lay_out(power_program *m);
/* The least share of equal powers with which all targets could be met if nobody disturbed anybody. */
double users_least_scale(const program_users *users);
/* What I_k is at powers in units: x and s, L each. */
void users_measure(const program_users *users, const double *x, const double *s);
/* row += factor sum_k stream_kl p_kl, of K x L numbers. */
void users_put_streams(const power_program *m, size_t row, size_t l, double factor, const double *stream);
void users_add_rows(power_program *m);
void users_add_cones(const power_program *m);
void users_read(const power_program *m, const double *solution, const double *z, program_answer *out);

#endif
