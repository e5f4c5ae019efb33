/* The least common factor of budget and limits, or the most information that rate targets leave, with orthogonal
 * pilots and one price of power an access point, by an interior point of the small dual. docs/model.md (M31)
 *
 *   minimise  a number theta, or -theta,     over powers p_kl, s_l >= 0;   x_l = sum_k p_kl
 *   users     (sum_l signal_kl root(p_kl))^2 >= target_k (1 + sum_l load_kl x_l + sensing_load_kl s_l)
 *   budget    sum_l x_l + s_l <= budget, or theta budget; or it is not asked
 *   rows      row.x_l x_l + row.s_l s_l + row.f_l f + row.sign >= 0 at each l, or row.sign theta in the place of the
 *             last; signs are 1 of limits (x_l + s_l <= limit_l, over the limit) and -1 of information
 *   light     f <= sum_l weight_x_l x_l + weight_s_l s_l, where a row has f
 *   position  1 / tr (W J^-1) >= 1 or theta,   J = sum_l matrix_x_l x_l + matrix_s_l s_l,   W = diag(ease)
 *
 * Prices of a unit of power follow from multipliers, of users lambda_k, of the budget, of rows and of the rest:
 *   price_l = sum_k lambda_k load_kl - sum over rows and the rest of multiplier times coefficient >= 0
 * and lambda_k sum_l signal_kl^2 / price_l <= target_k is all that is left of users' powers, which are
 *   p_kl = alpha_k target_k h_k^2 (signal_kl / price_l)^2,   h_k = 1 / sum_l signal_kl^2 / price_l
 * with alpha_k, the multiplier of that constraint, user k's interference. What lies between x_l and the users' powers
 * is `waste`, a power nobody needs, paired with the price of power: it makes prices positive.
 *
 * Every pair of slack and price stands in two long arrays, so that steps, products and lengths are loops over them.
 * Deterministic; nothing is allocated after dual_init. */
#ifndef CFISAC_ALLOC_DUAL_H
#define CFISAC_ALLOC_DUAL_H

#include "cfisac/base.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DUAL_ROWS = 4,    /* limits, two of own echoes, one on all echoes */
    DUAL_COLUMNS = 5, /* budget, light, position and what bends it (2) */
    DUAL_FEW = 7      /* those, theta and f */
};

typedef enum { DUAL_LEAST_FACTOR, DUAL_MOST_INFORMATION } dual_aim;

/* A constraint an access point; L numbers each, rows of whole vectors (rows.h), 0 beyond L. */
typedef struct dual_row {
    const double *x, *s;
    const double *f; /* or NULL */
    double sign;
    bool raised;
    size_t at; /* of its pairs */
} dual_row;

typedef struct dual_program {
    size_t K, L, stride;
    /* K rows each; sensing_load is `load` itself where both powers interfere alike */
    const double *signal, *load, *sensing_load;
    const double *target; /* K */
    const bool *idle;     /* L: nobody is served */
    double budget;
    dual_aim aim;
    bool budget_asked, budget_raised;
    size_t rows;
    dual_row row[DUAL_ROWS];
    const double *weight_x, *weight_s; /* light; NULL: no row has f */
    bool position, position_raised;
    const double *matrix_x[3], *matrix_s[3]; /* (1, 1), (2, 2), (1, 2) */
    double ease[2];
    const double *first_lambda; /* K: where the search for prices begins; or NULL */

    /* the iterate: pairs of slack and price, and their steps. Of access points: waste and price; sensing power and what
     * its price is beyond nothing; rows. Of users: alpha and the slack of its constraint; what a user has beyond its
     * target, and lambda. Then those of the budget, light and position. A pair of price 0 is none. */
    size_t pairs, at_user, at_rate, at_few;
    double *slack, *price, *slack_step, *price_step, *second; /* second: products of the steps before */
    double theta, f, theta_step, f_step;
    /* what follows from it (dual_values.c) */
    double *square;                             /* K rows: signal^2 */
    double *push;                               /* K rows: target_k h_k^2 (signal / price)^2 over `give` */
    double *x, *give;                           /* rows: communication power; how it falls when its price rises */
    double *rest_price, *rest_sense, *rest_row; /* rows: what linear conditions lack */
    double *h, *rest_alpha, *rest_h;            /* K */
    double rest_column[DUAL_COLUMNS], rest_theta, rest_f, J[3], trace;
    /* what couples: gradients, rows; the pair, SIZE_MAX of what bends; and its coefficients of theta and f */
    size_t columns, few, place_theta, place_f; /* of the few unknowns; DUAL_FEW: there is none */
    size_t column_pair[DUAL_COLUMNS];
    double *column_x[DUAL_COLUMNS], *column_s[DUAL_COLUMNS], column_theta[DUAL_COLUMNS], column_f[DUAL_COLUMNS],
        column_constant[DUAL_COLUMNS];
    /* of a step (dual_steps.c); rows but for the small system */
    double *inverse[3], *short_of; /* of the blocks of two; give less the first of it, without taking it */
    double *answer_x[DUAL_FEW], *answer_s[DUAL_FEW]; /* of powers to a unit of the few */
    /* of each row: the stiffness that it feels alone, and what a unit of it moves */
    double *alone[DUAL_ROWS], *alone_x[DUAL_ROWS], *alone_s[DUAL_ROWS];
    double *side_x, *side_s, *top_x, *top_s, *begin_x, *begin_s, *drive, *spare, *spare_s;
    double *matrix, *right, *by_alpha, *by_lambda, *known, *gram, *cross, *gram_push, *few_load, *few_push;
    size_t *order;
    size_t iterations; /* of all solutions */
} dual_program;

/* The iterate's arrays and `square`, for data that stand in *p: all above the iterate, but for targets. Rows get their
 * places. CFI_NO_MEMORY. */
cfi_status dual_init(dual_program *p, cfi_arena *arena, cfi_error *error);

/* When a solution ends, and what it leaves behind (dual_solve.c). */
typedef struct dual_ask {
    double gap;    /* relative, of products; residuals likewise */
    double beyond; /* theta, of a least factor, at which it ends: no powers that anybody has are enough */
    double *keep;  /* NULL, or room (dual_room) for the first iterate whose gap is no larger than the objective */
    bool kept;
} dual_ask;
/* Where nothing is known. */
void dual_begin(dual_program *p);
/* On from where the iterate stands; false: it got stuck, or beyond. */
bool dual_run(dual_program *p, dual_ask *ask);
void dual_keep(const dual_program *p, double *room);
void dual_restore(dual_program *p, const double *room);
size_t dual_room(const dual_program *p);

/* Powers of the iterate: K rows of p_kl to amplitudes, and x, s; waste goes to users. */
void dual_powers(dual_program *p, double *w, double *x, double *s);

#endif
