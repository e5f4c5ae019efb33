/* Drops whose sensing constraints couple access points: whether powers meet them, by a small cone problem with a
 * certificate, what must give way where none do, and powers that hold most of all. docs/model.md (M28) */
#ifndef CFISAC_ALLOC_COUPLED_H
#define CFISAC_ALLOC_COUPLED_H

#include "alloc/information.h"
#include "alloc/rounded.h"

/* All that is asked of a drop, and the powers that hold the most of it. */
typedef struct alloc_coupled {
    alloc_information information;
    double unit_w;             /* watts that are 1: most power over L */
    double budget;             /* the budget: L, or more where limits allow no more than L */
    const double *limit;       /* L; infinite: none that counts beside the budget */
    const double *shared;      /* L: those below the budget itself, which are raised alone or with it */
    const double *stated;      /* L: of all that are stated, for larger budgets */
    double *x, *s;             /* L: powers within budget (L) and limits of the largest margin that was found */
    information_values values; /* of them */
    double margin;             /* theirs: 1 or more is feasible */
    double bound;              /* no powers have more: below 1 it proves that none are feasible */
    cfi_stop *stop;            /* looked at while cone problems are solved; or NULL */
} alloc_coupled;

/* Fails: CFI_NO_MEMORY; CFI_INVALID as information_build_kinds; CFI_FAILED where the cone solver finds no point;
 * CFI_INTERRUPTED (stop, which stays with *out; or NULL). */
cfi_status coupled_make(const cfi_link *link, cfi_stop *stop, cfi_arena *arena, alloc_coupled *out, cfi_error *error);

/* Its data alone, of these kinds of constraints (information_build_kinds): no powers of largest margin are looked for.
 * Fails: CFI_NO_MEMORY, CFI_INVALID. */
cfi_status coupled_describe(const cfi_link *link, unsigned kinds, cfi_stop *stop, cfi_arena *arena, alloc_coupled *out,
                            cfi_error *error);

/* Some powers meet all constraints, to rounding. */
bool coupled_is_feasible(const alloc_coupled *coupled);

/* How powers are asked to be found. */
typedef enum { POWER_HELD, POWER_RAISED, POWER_FREE } coupled_power;
typedef struct coupled_ask {
    unsigned held;   /* kinds, a bit each, that must be met as they are */
    unsigned raised; /* kinds that are multiplied by the largest factor there is */
    coupled_power budget,
        limits;   /* held; multiplied by the least factor there is, where nothing else is raised; free */
    double reach; /* times the budget, where that is raised and limits are held: limits beyond are left out of the
                   * question (coupled_reach). At most 1: no powers beyond the budget are looked for */
} coupled_ask;
/* The budget that belongs to the question: where limits are held it is no more than they allow. */
static inline double coupled_budget(const alloc_coupled *coupled, const coupled_ask *ask)
{
    return ask->limits == POWER_HELD ? (double)coupled->information.L : coupled->budget;
}
/* The limit of AP l that belongs to the question: infinite where no powers that it is about reach it, and then the
 * question is the same, to the bit, as without. */
double coupled_limit_asked(const alloc_coupled *coupled, const coupled_ask *ask, size_t l);
/* Whether powers x, s, an answer at a raised budget, exceed a limit that was left out of the question. Then *ask takes
 * in all limits that so much power reaches: ask again. */
bool coupled_reach(const alloc_coupled *coupled, const double *x, const double *s, coupled_ask *ask);
/* Multipliers of the constraints at the optimum, of the kinds that are asked for, any common factor: of rows
 * (information_rows numbers) and the matrix of the position's. */
typedef struct coupled_multipliers {
    double *row;
    double Z[3];
} coupled_multipliers;
typedef struct coupled_answer {
    bool found;    /* some powers do */
    double factor; /* of what is raised */
    double *x, *s; /* L: to the solver's tolerance */
    coupled_multipliers multipliers;
} coupled_answer;
/* Solves it (coupled_program.c). Arrays of *out come from the arena. Fails: CFI_NO_MEMORY, CFI_FAILED,
 * CFI_INTERRUPTED. */
cfi_status coupled_solve(const alloc_coupled *coupled, const coupled_ask *ask, cfi_arena *arena, coupled_answer *out,
                         cfi_error *error);

/* The largest margin that any powers within budget and limits can have, by weak duality: from any multipliers that are
 * not negative, without trust in whoever found them (coupled_bound.c). Infinite from none. */
double coupled_bound(const alloc_coupled *coupled, const coupled_multipliers *multipliers, cfi_arena *arena);

/* What a unit of power of each AP is worth by such multipliers: L numbers for communication power (0 where idle) and
 * for sensing power. scratch: L. Z must be semidefinite (coupled_make_semidefinite). */
void coupled_worths(const alloc_information *information, const coupled_multipliers *multipliers, double *scratch,
                    double *comm, double *sens);
void coupled_make_semidefinite(const double Z[3], double out[3]);
/* What <Z, J> is at least, times tr (W J^-1): (tr (W^1/2 Z W^1/2)^1/2)^2. */
double coupled_least_pairing(const alloc_information *information, const double Z[3]);

/* The limit of AP l in units of unit_w watts; infinite where no budget of `most` watts reaches it: the problem is the
 * same, to the bit, without. */
static inline double coupled_limit(const cfi_system *system, size_t l, double most, double unit_w)
{
    bool binds = system->power.ap_limit_w && system->power.ap_limit_w[l] < most;

    return binds ? problem_rounded_down(system->power.ap_limit_w[l] / unit_w) : INFINITY;
}

/* A kind of which no power has any information, somewhere: it cannot give way, the factor is infinite. */
bool coupled_finds_darkness(const alloc_information *information, cfi_infeasibility *because);

/* What makes an infeasible drop infeasible (coupled_explain.c). Fails: CFI_NO_MEMORY, CFI_FAILED, CFI_INTERRUPTED. */
cfi_status coupled_explain(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena,
                           cfi_infeasibility *because, cfi_error *error);

/* The least share of the powers of largest margin beside the rest of powers x and s that meets all constraints: 0 where
 * x and s do themselves. scratch: information_rows numbers. */
double coupled_share(const alloc_coupled *coupled, const double *x, const double *s, double *scratch);

#endif
