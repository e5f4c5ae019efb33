/* How far the best powers known are from the best there are, for the sum rate where only interference keeps the problem
 * from being convex: branch and bound over the users' interference. docs/model.md (M34)
 *
 * With orthogonal pilots, or rate.model theorem1, the objective is
 *     sum_k weight_k ( ln T_k - ln I_k ),   T_k = I_k + u_k^2,
 * concave in powers but for the K terms -ln I_k of scalars, I_k linear and u_k^2 concave in powers. On a box
 * lo_k <= I_k <= hi_k the chord of -ln I_k lies above it; with it the problem is convex, and its dual function, at any
 * multipliers whatever, is a bound of the sum rate of all powers whose interference lies in the box. */
#ifndef CFISAC_ALLOC_CERTIFY_H
#define CFISAC_ALLOC_CERTIFY_H

#include "alloc/search.h"

/* Constraints of single access points: two on its own echo at most, and its limit. */
enum { CERTIFY_LOCALS = INFORMATION_MOST_OWN + 1 };

/* What the multiplier theta of a constraint does, L numbers each: it adds comm theta to the price of a unit of power
 * for users, sens theta to that of a unit of the beam, and cost theta to the bound. A cost that is infinite: there is
 * no such constraint at that access point, and theta is 0. */
typedef struct certify_constraint {
    double *comm, *sens, *cost;
} certify_constraint;

/* A drop, as the bound sees it; const once made. Prices of power for users are the same for all, `groups` is 1, or one
 * a stream, groups = K. */
typedef struct certify_data {
    const alloc_problem *problem;
    const alloc_coupled *coupled; /* all constraints on sensing, budget and limits */
    size_t K, L, groups;
    double *weight; /* K: of users in the objective */
    double *target; /* K: least SINR */
    double *gain;   /* K x L: squared signals, [k + K l]; 0 where the access point does not serve the user */
    double *load;   /* K x groups x L: of a unit of power of group c at user j, [j + K (c + groups l)] */
    double *beam;   /* K x L: of a unit of the beam */
    double budget;  /* in units */
    size_t locals;
    certify_constraint local[CERTIFY_LOCALS];
    /* Constraints that couple access points, one number a row, then the position's three of a matrix, whose cost is of
     * its own kind (certify_pairing): [l + L m], cost [m]. */
    size_t extras;
    bool position;
    double *extra_comm, *extra_sens, *extra_cost;
    size_t globals;  /* K + 1 + extras: numbers of a dual point that concern all access points */
    size_t unknowns; /* and K of the users' powers: of a Newton step */
} certify_data;

/* A dual point. */
typedef struct certify_point {
    double *y;     /* globals: what a unit of interference costs, user by user; the budget's price; extras */
    double *theta; /* locals x L: [i + locals l] */
} certify_point;

/* Ranges of interference. */
typedef struct certify_box {
    double *lo, *hi; /* K each */
} certify_box;

/* The dual function, smoothed by logarithms of all inequalities times eps, at a dual point. */
typedef struct certify_values {
    double phi;           /* what is minimised */
    double *price;        /* groups x L: [c + groups l] */
    double *beam_price;   /* L */
    double *gain;         /* K: G = sum_l g_kl^2 / price_kl */
    double *total;        /* K: A, the price of T_k in ln T_k */
    double *interference; /* K: I_k */
    double *bend;         /* K: dI_k by the box's price */
    double *power;        /* K: e, with powers p_kl = e_k g_kl^2 / price_kl^2 */
    bool *met;            /* K: T_k >= (1 + target_k) I_k does not bind */
} certify_values;

/* Everything that a bound takes; work space of one search. */
typedef struct certify_work {
    const certify_data *data;
    certify_values values, trial;
    certify_point now, step, tried; /* of Newton's method */
    certify_point best;             /* of the best bound in a descent */
    double bound;                   /* that; `force`: its prices of the box, K */
    double *force, *spare;          /* `spare`: another K */
    double *matrix;                 /* unknowns x (unknowns + 1) */
    double *form, *local_form;      /* rows of unknowns + 1 numbers: of one access point */
    double *gradient;               /* globals */
    double *local_gradient;         /* locals x L */
    double *local_step;             /* locals x (unknowns + 1) x L: local steps as forms in the others */
    size_t steps;                   /* Newton steps so far */
} certify_work;

/* Fails: CFI_NO_MEMORY. */
cfi_status certify_describe(const alloc_problem *problem, const alloc_coupled *coupled, cfi_arena *arena,
                            certify_data *data, cfi_error *error);
bool certify_room(const certify_data *data, cfi_arena *arena, certify_work *work);
bool certify_make_point(const certify_data *data, cfi_arena *arena, certify_point *point);
void certify_copy(const certify_data *data, const certify_point *from, const certify_point *to);

/* Where constraint i counts at AP l. */
static inline bool certify_counts(const certify_data *data, size_t i, size_t l)
{
    return data->local[i].cost[l] < INFINITY;
}

/* Slope of the chord of -ln I over lo .. hi, with the sign turned. */
double certify_slope(double lo, double hi);
/* How far the chord lies above -ln I. */
double certify_gap(double lo, double hi, double interference);
/* Fills *values; false where the point is not inside what multipliers may be. */
bool certify_evaluate(const certify_data *data, const certify_box *box, const certify_point *at, double eps,
                      certify_values *values);
/* The A of user k, no larger than `most`, at which the function itself is least. */
double certify_best_total(const certify_data *data, const certify_box *box, size_t k, double w, double most);
/* What no powers with interference in the box exceed, in nats: the dual function with everything that rounding may have
 * done added, and for powers that break constraints by as much as counts as rounding. Infinite where that proves
 * nothing. The box's prices go to force; G is scratch; K each. */
double certify_bound(const certify_data *data, const certify_box *box, const certify_point *at, double *G,
                     double *force);
/* The matrix of the position's multipliers, last in y. */
static inline const double *certify_matrix(const certify_data *data, const certify_point *at)
{
    return at->y + data->globals - 3;
}

/* Newton's direction at values of `at` into work->step; returns what it promises, the decrement squared; NaN: none. */
double certify_newton(certify_work *work, const certify_point *at, double eps);

/* Numbers of a descent. */
typedef struct certify_effort {
    double eps;
    double enough;  /* the decrement squared at which it ends */
    size_t most;    /* Newton steps */
    double stop_at; /* a bound below which nothing is left to prove */
} certify_effort;
/* Minimises the smoothed dual function over the box from work->now, which moves; work->values are of where it ends, and
 * work->best, bound and force of the best bound on the way. False where it begins outside: then nothing is bounded. */
bool certify_descend(certify_work *work, const certify_box *box, const certify_effort *effort);

/* A box with its bound and a dual point to go on from, in one block of memory. */
typedef struct certify_node {
    double bound;
    size_t number; /* in the order in which they are made */
    double *memory;
} certify_node;
typedef struct certify_heap {
    certify_node *node;
    size_t count, room;
} certify_heap;
/* Best bound first, then the older one. False: out of memory. */
bool certify_push(certify_heap *heap, certify_node node);
certify_node certify_pop(certify_heap *heap);
void certify_empty(certify_heap *heap);

/* What no powers exceed, in nats, by how power can be shared among users, in any box; infinite when out of memory. */
double certify_ceiling(const certify_data *data, cfi_arena *arena);

/* Branch and bound of one drop. */
typedef struct certify_tree {
    alloc_search *search; /* its best point is the one that is certified */
    certify_data data;
    certify_work work;
    certify_heap heap;
    size_t nodes, most; /* bounded so far; how many may be */
    double gap;         /* relative, that is to be proved */
    double closed;      /* no powers outside the open boxes exceed it, in nats */
    double ceiling;     /* no powers at all do (certify_ceiling) */
    double barriers;    /* inequalities whose logarithms are in the smoothed function */
    bool cut_short;     /* powers that were better were not improved to their end: an interrupt */
} certify_tree;
/* Of numbers that a node's memory holds. */
certify_box certify_node_box(const certify_data *data, const certify_node *node);
certify_point certify_node_point(const certify_data *data, const certify_node *node);
/* Bounds the box of a node, whose point is inside; tries the powers that belong to it, and takes from the box what
 * cannot hold anything better than the best powers known. True in *keep where something may be left there. Fails as
 * ascent_run. */
cfi_status certify_solve_node(certify_tree *tree, certify_node *node, double eps, bool *keep, cfi_error *error);
/* eps of a box whose bound is so far, in nats, above the best powers known. */
double certify_eps(const certify_tree *tree, double above);

/* Proves how good search->best is, and replaces it where something better is found on the way; the bound, in the
 * objective's unit, and the boxes go to out->certificate. The stop flag ends it with what is proved by then. Fails:
 * CFI_NO_MEMORY, and as ascent_run. */
cfi_status certify_search(alloc_search *search, const cfi_alloc_options *options, alloc_workspace *workspace,
                          cfi_allocation *out, cfi_error *error);
/* The problem is of the kind that can be certified: the sum rate, orthogonal pilots or theorem1, constraints that are
 * linear in powers or the position's. */
bool certify_applies(const cfi_link *link);

#endif
