/* The best response of all access points to the users' signals and interference. docs/model.md (M19)
 *
 * The objective F depends on the powers through the users' signals u_k and interference I_k, and I_k through the
 * coherent amplitudes z_kj of users that share a pilot. About a state (u, I, z) F's slopes are  2 gain_k = dF/du_k  and
 * weight_k = -dF/dI_k  (for the sum rate u_k / (I_k + u_k^2) and u_k^2 / (I_k (I_k + u_k^2))). They pay every amplitude
 *     v_jl = gain_j signal_jl - sum_k weight_k z_kj coherent_kjl,   at least 0,
 * and price every unit of power,  C_l = sum_k weight_k load_kl + mu  for users,  C_s,l  with sensing_load for sensing.
 * An access point answers alone:  maximise 2 v'w - C x - C_s s,  x = norm(w)^2,  within its threshold and its limits,
 * in closed cases for rho = norm(w) along v, with h = norm(v):
 *     h / C                       where the threshold does not bind,
 *     h / (C - C_s d1 / d2)       where sensing power makes up for what is missing,
 *     1 / sqrt(d1)                between them (the kink);   a limit clips rho.
 * Where the price of power depends on the user (load_by_stream) the cases stay, with a multiplier found by a scalar
 * search in the place of the quotients (response_streams.c). mu, the budget's price, is found by Newton's method. The
 * answers have new u, I and z: a map of 2 K + pairs numbers whose fixed points are stationary points of F.
 *
 * Where users have rate targets a state has one more number each, the lift: slopes of user k are multiplied by
 * e^lift_k >= 1, as if its rate counted that much more. It rises where the answer misses the target and falls where
 * that has more. docs/model.md (M32) */
#ifndef CFISAC_ALLOC_RESPONSE_H
#define CFISAC_ALLOC_RESPONSE_H

#include "alloc/problem.h"

#include <math.h>

/* Which of the cases the access points are in. Most of the work at a price is what the rarer ones need. */
typedef enum {
    CASES_FREE,    /* rho = h / C everywhere: no threshold or limit binds */
    CASES_CLIPPED, /* no threshold does */
    CASES_ALL
} response_cases;

typedef struct response_coupled response_coupled;

typedef struct response {
    const alloc_problem *problem;
    size_t pairs, stride;  /* of users that share a pilot, ordered; the problem's */
    double *gain, *weight; /* K each, of the last state */
    double mu;             /* the budget's price at the last answer; negative: none yet */
    double *amplitude;     /* K rows: v of the last answer, or w / along; NULL where v_kl is gain_k signal_kl */
    bool lent;             /* these are the caller's, and response_read may make w of them in their place */
    /* a row each, constant; 0 beyond L */
    double *root_kink, *trade, *offset; /* 1 / sqrt(d1); d1 / d2 and 1 / d2 where sensing power helps, else infinite
                                           and 0 */
    double *root_most, *root_fewest;    /* of what limits leave for x */
    /* a row each, of the last answer */
    double *norm2, *price, *sensing_price; /* h^2; C and C_s without mu, one row where alike */
    double *norm, *per_norm;               /* h, 1 / h or 0; where all are free they may be those of an answer before */
    double *along, *x, *s, *power;         /* rho / h; x + s */
    response_cases cases;
    bool free_scale; /* the caller's: answers may be those to the state of another scale (response_scale.c) */
    double scale;    /* t of the last answer: it is that to t u and t^2 I; 1 elsewhere */
    /* Where the climb is damped: by how much each coherent amplitude of the answer falls as the state's rises, were it
     * alone, and K rows of by how much amplitudes rise with their v, dw / dv. NULL elsewhere. */
    double *damping, *yield;
    /* Where powers form no convex set: scratch (K), and which access points would rather serve nobody (L; their limits
     * are what they do). NULL elsewhere. */
    double *lone_worth;
    bool *lone;
    /* with load_by_stream: K rows of C without mu; of v; of each AP the multiplier, beside C in the denominators (not a
     * number: not known yet), the least that it may be, and the last one that was searched for */
    double *stream_price, *worth, *shift, *pole, *last_shift;
    response_coupled *coupled; /* where sensing asks of all together; else NULL */
} response;

/* Where the lifts of a state begin, or it ends. */
static inline size_t response_lifts(const response *r)
{
    return 2 * r->problem->K + r->pairs;
}

/* u, I, z and lifts, one after the other. */
static inline size_t response_length(const response *r)
{
    return response_lifts(r) + (r->problem->target ? r->problem->K : 0);
}

/* Rows from the arena; CFI_NO_MEMORY. */
cfi_status response_init(response *r, const alloc_problem *problem, cfi_arena *arena, cfi_error *error);

typedef struct response_value {
    double objective; /* F at the answer */
    /* Of F, linearised at the state, the most that any feasible point has; with a free scale a bound of it. At the
     * state of a feasible point it is at least 0, and no step of the product surrogate gains more: the duality gap of
     * that step at lambda_k = 1 / (1 + SINR_k). */
    double gain;
    /* With targets, what is to be added to it: sum_k phi_k (SINR_k - T_k) / (1 + SINR_k) at the state, each term by its
     * absolute value. */
    double slack;
} response_value;

/* The answer to `state`, which is another state. False when the budget cannot be met to rounding. Allocates nothing. */
bool response_answer(response *r, const double *state, double *answer, response_value *value);

/* The answer u, I and z to slopes that the caller has put into r->gain and r->weight, at coherent amplitudes z.
 * *raised: where prices leave some of the budget unspent, amplitudes are those to gains so many times as large; else 1.
 * False as above. */
bool response_answer_slopes(response *r, const double *z, double *answer, double *raised);

/* The caller's rows take the place of r->amplitude, which must not be NULL; they must stay as they are from an answer
 * until that is read, and be 0 beyond L. */
void response_lend(response *r, double *rows);

/* The powers of the last answer. Where point->w are rows that were lent, they can be read once an answer. */
void response_read(const response *r, alloc_point *point);

/* The answers at a scale of the state that is nearer to a fixed point, where that is free and a quick one to find, with
 * response_value.gain. False where they are to be had otherwise. */
bool response_answer_scaled(response *r, const double *state, double *gain);

/* h^2, C and C_s without mu of all that the slopes in r->gain and r->weight pay and cost at coherent amplitudes z, and
 * v where it is kept (response_prices.c). */
void response_price(response *r, const double *z);

/* Finds mu, the price of the budget, and the answers at it (response_spend.c). False as for response_answer. */
bool response_find_price(response *r);

/* h and 1 / h of `count` access points from `first` on; whether those are asked for before a price is. */
void response_take_roots(const response *r, size_t first, size_t count);

static inline bool response_needs_roots(const response *r)
{
    return r->amplitude || r->coupled || r->cases > CASES_FREE || r->mu < 0.0;
}

/* 1 / C of AP l at the price mu of the budget, or 0 where nothing is gained, and C may be 0. */
INLINE double response_inverse_price(const response *r, double mu, size_t l)
{
    double per_C = 1.0 / (r->price[l] + mu);

    return r->norm2[l] > 0.0 ? per_C : 0.0;
}

/* Power at one price of it, its first two derivatives by the price; bend NaN: not known. */
typedef struct spending {
    double total, slope, bend;
} spending;

/* The price of `target`, by Newton's method: where no threshold or limit binds, powers are sums of v^2 / price^2, and
 * total^(-1/2) is nearly linear in what is added to prices. What it bends is taken into account (Chebyshev's method)
 * where that is known, and little. */
static inline double spending_newton(double price, spending now, double target)
{
    double per_slope = 1.0 / now.slope, ratio = now.total / target;
    double step = 2.0 * now.total * per_slope * (1.0 - sqrt(ratio));
    double share = 0.5 * step * (now.bend * per_slope - 1.5 * now.slope / now.total);

    return price + (fabs(share) < 0.5 ? step - step * share : step);
}

/* Access points whose every v is clipped, where powers form no convex set (response_lone.c): they are told what to do.
 * After the rows of an answer are priced, for a state with coherent amplitudes z. */
cfi_status response_lone_init(response *r, cfi_arena *arena, cfi_error *error);
void response_settle_lone(response *r, const double *z);

cfi_status response_out_of_memory(const alloc_problem *problem, cfi_error *error);

/* The same where the price depends on the user (response_streams.c): C and v of all amplitudes from gain and weight;
 * the answers at one mu, with what all radiate; and where amplitudes end up, as w in r->amplitude. */
cfi_status response_streams_init(response *r, cfi_arena *arena, cfi_error *error);
void response_streams_price(response *r);
spending response_streams_spend(response *r, double mu);
void response_streams_place(response *r);

/* The same where sensing constraints couple access points (response_coupled.c), with orthogonal pilots: all answers,
 * for rows that are priced, false where none was found; what those may miss of the most, by the bound that prices
 * prove; and raised amplitudes, as budget and limits allow. */
bool response_couples(const alloc_problem *problem); /* the constraints are of that kind */
cfi_status response_coupled_init(response *r, cfi_arena *arena, cfi_error *error);
bool response_coupled_answer(response *r);
double response_coupled_rest(const response *r);
bool response_coupled_raise(response *r);

#endif
