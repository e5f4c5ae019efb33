/* Problems of an allocation that are convex, and so are solved globally: least power, largest common rate, most
 * information, each under SINR targets and all sensing constraints, with proofs by weak duality. docs/model.md (M30)
 *
 * The common language is a question about powers of one drop,
 *     targets t_k of users (u_k^2 >= t_k I_k; 0: none), kinds of sensing constraints that are held as they are, and one
 *     number g that is asked to be as large as it can be where it multiplies what kinds of sensing have to have, or as
 *     small as it can be where it multiplies the budget, the limits or both,
 * with an answer that stands for itself: a point that is feasible by evaluation, and multipliers that prove, from the
 * drop's data alone, that no powers have a better g. */
#ifndef CFISAC_ALLOC_GLOBALS_H
#define CFISAC_ALLOC_GLOBALS_H

#include "alloc/coupled_program.h"

typedef struct globals_ask {
    coupled_ask sensing;  /* what is held and raised; budget and limits held, raised or free */
    const double *target; /* K: least SINR; 0: none */
} globals_ask;

/* All >= 0, of
 *     I_k <= u_k^2 / t_k (lambda_k),   sum_l q_l <= budget (budget),   q_l <= limit_l (limit_l),   rows of sensing and
 *     the position (sensing),
 * in any common factor. Where nothing has been asked of a constraint its multiplier is 0. */
typedef struct globals_multipliers {
    double *lambda; /* K */
    double budget;
    double *limit; /* L */
    coupled_multipliers sensing;
} globals_multipliers;

typedef enum {
    GLOBALS_FOUND, /* a point, and multipliers */
    GLOBALS_NONE,  /* the solver says that no powers do all that is asked at any g: no proof by itself */
    GLOBALS_FAILED /* the solver knows nothing */
} globals_end;

typedef struct globals_answer {
    globals_end end;
    double factor;      /* g of the point, evaluated anew */
    double bound;       /* no powers have a better one (globals_bound); NaN: not proved */
    double settled;     /* what the solver's powers were multiplied by */
    alloc_point *point; /* meets everything that is held, to rounding */
    globals_multipliers multipliers;
    size_t iterations; /* of the solver, added up from call to call */
    const char *why;   /* the solver's word where it failed; else NULL */
} globals_answer;

/* One drop, asked again and again. */
typedef struct globals_drop {
    const cfi_link *link;
    const alloc_problem *problem; /* users; its units are those of `coupled` */
    alloc_coupled coupled; /* all constraints on sensing, also where nothing couples access points; budget, limits */
    const cfi_alloc_options *options;
    cfi_arena *arena;
    cone_solver cone; /* from question to question */
    bool structured;  /* questions are put to the small dual first (globals_dual.h) */
    bool priced;      /* rates were raised by prices alone first (level.h) */
    size_t fallbacks; /* that it left to the cone solver */
    size_t asked;     /* problems that were solved */
    double ahead;     /* relative: by how much solvers raise targets, of the order of their tolerance */
    double back;      /* relative: by how much what is held of budget and limits is less for them */
} globals_drop;

/* Whether the problem is convex and its constraints on sensing are known as data. In powers: orthogonal pilots or
 * rate.model theorem1, and no constraints on signals that have directions. In amplitudes, where users share pilots:
 * both powers interfere alike, and sensing is asked of own echoes alone, which sensing power tells more of. */
bool globals_apply(const cfi_link *link);
/* The same for what powers must have in any case, whatever the objective: then targets can be judged. */
bool globals_can_judge(const cfi_link *link);
/* kinds: those of the system's thresholds, or what else is wanted (information_build_kinds). Memory comes from the
 * arena. Fails: CFI_NO_MEMORY, CFI_INVALID. The caller closes it, also after a failure. */
cfi_status globals_make(const alloc_problem *problem, unsigned kinds, const cfi_alloc_options *options,
                        cfi_arena *arena, globals_drop *drop, cfi_error *error);
void globals_close(globals_drop *drop);
/* Cone problems answer alone: asked for by name, or what the caller wants to see. */
bool globals_by_cones(const globals_drop *drop);
/* Room for answers; false: out of memory. */
bool globals_room(const globals_drop *drop, globals_answer *answer);

/* Multipliers of value 0, from the drop's arena; false: out of memory. */
bool globals_make_multipliers(const globals_drop *drop, globals_multipliers *out);

void globals_copy_multipliers(const globals_drop *drop, const globals_multipliers *from, globals_multipliers *to);
/* Into the memory that the other has. */
void globals_copy_answer(const globals_drop *drop, const globals_answer *from, globals_answer *to);

/* Answers a question. Overwrites *answer, but for iterations. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED, the export's
 * error; the solver's failure is an answer. */
cfi_status globals_find(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error);
/* The same by one cone problem in powers, whatever allocation.solver says; in amplitudes where users share pilots
 * (globals_amplitudes.c), which proves its bound itself. */
cfi_status globals_solve(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error);

/* The bound alone, by the same problem in powers; of all powers, too, where users share pilots, which then hear nothing
 * coherently. answer->bound is NaN where nothing is proved. Fails likewise. */
cfi_status globals_prove(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error);

cfi_status globals_solve_amplitudes(globals_drop *drop, const globals_ask *ask, globals_answer *answer,
                                    cfi_error *error);
/* kinds: what is asked of sensing, or wanted. */
bool globals_apply_to_amplitudes(const cfi_link *link, unsigned kinds);
/* Makes an answer of what went wrong in a solver; returns what is left of it. */
cfi_status globals_forgive(globals_drop *drop, globals_answer *answer, cfi_status status, cfi_error *error);

/* What no powers that do what is asked can have: at least that g where budget or limits are raised, at most that g
 * where sensing is. From any multipliers, of whoever; they are improved first: lambda is made the fixed point that
 * belongs to the others, whatever is too much of those of sensing is taken away, and all get the factor in which those
 * of what is raised have the sum 1. `most` is a total power, in units, beyond which no better powers lie. NaN where
 * they prove nothing. A few times O(K^2 L). */
double globals_bound(const globals_drop *drop, const globals_ask *ask, double most, globals_multipliers *multipliers);

/* Rates of all users raised together, R_k >= weight_k c, beside targets that hold in any case and all sensing. */
typedef struct globals_goal {
    const double *least;  /* K: SINR; 0: none */
    const double *weight; /* K; 0: not raised */
    unsigned held;        /* kinds of sensing, a bit each */
} globals_goal;
typedef struct globals_raised {
    globals_end end; /* GLOBALS_NONE: nobody's rate can be above 0, or `least` cannot be met */
    double common;   /* c of answer->point, evaluated anew */
    double bound;    /* no powers have a larger one; NaN: not proved. Where the end is not GLOBALS_FOUND: of `least` */
    double *trace;   /* c of points that were found, each above the one before, then `common`; room for
                        GLOBALS_MOST_RAISES, or NULL */
    size_t count;
} globals_raised;
enum { GLOBALS_MOST_RAISES = 80 };
/* Finds the largest c by roots of the least factor of budget and limits. Fails as globals_find. */
cfi_status globals_raise(globals_drop *drop, const globals_goal *goal, globals_answer *answer, globals_raised *out,
                         cfi_error *error);
/* What user k's SINR is below at any power of all access points together, `budget` in units (infinite: any at all). */
double globals_most_sinr(const alloc_problem *problem, size_t k, double budget);

/* Best of what an objective asks for, of one drop. */
struct globals_job {
    globals_drop drop;
    const cfi_system *system;
    double *target;        /* K: SINR of the rate targets; 0: none */
    globals_answer answer; /* the point */
    globals_end end;       /* GLOBALS_NONE: powers that do what is asked are not known */
    double dual_value;     /* in the objective's unit; NaN: nothing is proved */
    double *trace;         /* room for GLOBALS_MOST_RAISES */
    size_t count;
};
/* Largest common rate; least power; most information about angles or the position. */
cfi_status goal_of_rates(globals_job *job, cfi_error *error);
cfi_status goal_of_power(globals_job *job, cfi_error *error);
cfi_status goal_of_information(globals_job *job, cfi_error *error);

/* Powers that meet all rate targets and all sensing constraints: those that exceed the targets most, by the largest
 * common factor of them, raised->common; raised->bound: no powers have a larger one, so that below 1 it proves that
 * none meet them. For a system with some target above 0. raised->trace may be NULL. Fails as globals_find. */
cfi_status globals_feasible(globals_drop *drop, globals_answer *answer, globals_raised *raised, cfi_error *error);

/* What must give way where targets and sensing cannot be met together: the rates of all users by one factor; where that
 * is not enough, kinds of sensing, limits, the budget, as coupled_explain. True in *proved: they cannot. Otherwise the
 * answer has a point, if one has been found. */
cfi_status globals_explain(globals_job *job, bool *proved, cfi_infeasibility *because, cfi_error *error);

/* What is known of the rate targets of a problem, beside all constraints. */
typedef struct globals_verdict {
    bool proved; /* they cannot be met, because of: */
    cfi_infeasibility because;
    bool found; /* they are met by the point */
} globals_verdict;
/* Asks for it, where that can be judged; the point, which may be that of a search, is overwritten where one is found.
 * Fails as globals_find. */
cfi_status globals_judge_targets(const alloc_problem *problem, const cfi_alloc_options *options, cfi_arena *arena,
                                 alloc_point *point, globals_verdict *out, cfi_error *error);

/* The same where that cannot be judged, of problems with less asked of powers in which it can: without what users of
 * one pilot hear coherently, without sensing. What is proved is proved, of the rates of all users; the factor by which
 * they must give way is at least what is told. The point that is found need not have the targets: another start. */
cfi_status globals_judge_without(const alloc_problem *problem, const cfi_alloc_options *options, cfi_arena *arena,
                                 alloc_point *point, globals_verdict *out, cfi_error *error);

/* Whether no power tells anything of what the objective is about: then *because, with an infinite factor. False where
 * that is not known: other objectives, signals that have directions, memory. */
bool globals_is_dark(const cfi_link *link, cfi_arena *arena, cfi_infeasibility *because);

/* Runs the objective's goal: powers, status, values, trace and reason go to *out, whose arrays are there; `trace` has
 * room for GLOBALS_MOST_RAISES. Fails as globals_find. */
cfi_status globals_run(const cfi_link *link, const cfi_alloc_options *options, alloc_workspace *workspace,
                       cfi_allocation *out, double *trace, cfi_error *error);

/* Gives each user of a point the least powers along its own for its target, where that helps, and scales all powers by
 * the least factor with which targets and what sensing is held to are met, or where sensing is raised by the largest
 * within budget and limits (*by). Returns g of the point; NaN where no factor does. */
double globals_settle(const globals_drop *drop, const globals_ask *ask, alloc_point *point, double *by);
/* The same by that factor alone, O(K L). */
double globals_scale(const globals_drop *drop, const globals_ask *ask, alloc_point *point, double *by);

#endif
