/* The allocation problem of one drop in normalised amplitudes: data alone, const once built. docs/model.md (M9)
 *
 * Units: radiated power in P / L, noise 1. With w_kl = sqrt(p_kl) and s_l in these units, x_l = sum_k w_kl^2,
 *   u_k = sum_l signal_kl w_kl,    signal_kl = g_kl sqrt(unit) / sigma_c
 *   I_k = 1 + sum_l [ load_kl x_l + sensing_load_kl s_l ] + sum_m (sum_l coherent_ml w_jl)^2, j = mate_m,
 *         or sum_j load_by_stream_kjl w_jl^2 in the place of load_kl x_l;   loads are V and S times unit / sigma_c^2
 *   sum_l (x_l + s_l) <= L,   x_l + s_l <= limit_l,   d1_l x_l + d2_l s_l >= 1
 * An AP that does not serve a user has signal_kl = 0, and w_kl is 0 in every point; one without users has d1 = 0.
 * Solvers that work in watts break down: the data would span ten decades. */
#ifndef CFISAC_ALLOC_PROBLEM_H
#define CFISAC_ALLOC_PROBLEM_H

#include "alloc/coupled.h"
#include "alloc/objective.h"
#include "alloc/rounded.h"
#include "alloc/rows.h"
#include "alloc/sensing.h"

struct alloc_problem {
    const cfi_link *link;
    const alloc_objective *objective;
    size_t K, L;
    size_t stride;    /* L rounded up to whole vectors (rows.h): from a user's row to the next */
    double unit_w;    /* radiated watts that are 1 here: P / L, P no more than the sum of all limits */
    double amplitude; /* sqrt(unit_w) / sigma_c: gains of amplitudes in these units */
    double *signal;   /* a row a user, a number an AP: (k, l) at [l + stride k]; 0 beyond L, and where l serves not k */
    double *heard;    /* such rows of link_coherent without means of pairs; the signal itself where all are served */
    /* Interference of user k from a unit of power of AP l, in rows like the signal. The two are one array where they
     * are equal, which is faster; `load` is NULL where it depends on the stream. */
    double *load, *sensing_load;
    double unit_load; /* unit_w / sigma_c^2: V and S in these units */
    /* Where it does: the streams of AP l are groups b = stream_start[l] .. stream_start[l + 1] - 1 of LANES, of users
     * stream[LANES b + i], K where there are no more; load_by_stream[LANES (k + K b) + i] is what a unit of power of
     * that stream is at user k. NULL where it does not. */
    size_t *stream_start, *stream;
    double *load_by_stream;
    double *limit; /* L; infinite without one, and where the budget is no larger */
    double *unit;  /* L: what the cone problem measures the power of AP l in: 1, or a power of 4 near a smaller limit */
    bool limited;  /* some access point has a limit that counts */
    alloc_sensing sensing;
    /* What is asked of users' rates (rates.c): weights, the largest 1, NULL where all are alike; and least SINRs, 0 for
     * a user without a target, NULL where nobody has one. K each. */
    double *weight, *target;
    /* What is asked of sensing where that couples access points, and room for its rows; NULL where it does not. Then
     * `sensing` asks for nothing. */
    const alloc_coupled *coupled;
    double *scratch;
    bool coherent; /* rate.model exact and overlapping pilots */
    /* What user k hears coherently: rows m = mate_start[k] .. mate_start[k + 1] - 1, each of the stream of a user
     * mate[m] who shares its pilot; in the order of mates, and for a mean that is complex a row for its real part, then
     * one for the imaginary part. */
    size_t *mate_start, *mate;
    double *coherent_rows; /* like the signal, 0 where AP l sends no such stream; NULL: `heard` of user k, whatever the
                              stream */
    bool coherent_signed;  /* some coherent numbers are negative */
    bool damped;           /* that, or coherent terms and loads by stream: the climb is damped (coordinates.h) */
    /* All users, pilot by pilot, in the order of mates: group i is grouped[group_start[i] .. group_start[i+1]). None, 0
     * groups, where pairs are few (pairs_group). */
    size_t groups, *group_start, *grouped;
    /* Information that the objective raises (objective.h), in the place of thresholds on it; else NULL. Then `coupled`
     * is there for any threshold. */
    const alloc_information *goal;
    information_values told; /* scratch: of goal */
    double budget;           /* power that all may radiate: L, or less while the least power is looked for */
    const double *wanted;    /* such targets while a point that has them is looked for, and target is NULL; else NULL */
    alloc_values *probe;     /* scratch of targets_complete_least, where there are targets or power is the objective */
    alloc_point *spare;
};

/* A point: amplitudes w in rows like the signal, communication power x_l = sum_k w_kl^2 and sensing power s_l, one row
 * each. All are 0 beyond L. Who changes w leaves x to problem_complete or sets it. */
struct alloc_point {
    double *w, *x, *s;
};

/* What the users have at a point. */
struct alloc_values {
    double *u, *interference; /* K each */
    double objective;         /* of the problem's row, larger is better; NaN: not evaluated */
};

/* A point and its values. */
typedef struct alloc_state {
    alloc_point *point;
    alloc_values *values;
} alloc_state;

/* Where the number of user k and AP l stands in rows. */
static inline size_t problem_at(const alloc_problem *problem, size_t k, size_t l)
{
    return l + problem->stride * k;
}

/* The largest power of 4 up to a bound below 1, else 1: a unit with an exact root. */
double problem_unit_below(double bound);

/* The scenario's objective must have a row in the table (objective_of). Fails: CFI_NO_MEMORY. */
cfi_status problem_build(const cfi_link *link, cfi_arena *arena, alloc_problem *problem, cfi_error *error);
/* The same where what couples access points is made already, and lives as long; NULL: it is not. */
cfi_status problem_build_beside(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena,
                                alloc_problem *problem, cfi_error *error);
/* The rows of what users hear coherently, a part of problem_build. CFI_NO_MEMORY. */
cfi_status problem_list_mates(alloc_problem *problem, cfi_arena *arena, cfi_error *error);
/* 0 beyond L, nothing else is set; NULL: out of memory. */
alloc_point *problem_point(const alloc_problem *problem, cfi_arena *arena);
/* Values, not evaluated; NULL: out of memory. */
alloc_values *problem_values(const alloc_problem *problem, cfi_arena *arena);
/* Such a point and its values, not evaluated; false: out of memory. */
bool problem_state(const alloc_problem *problem, cfi_arena *arena, alloc_state *state);
void problem_copy(const alloc_problem *problem, const alloc_point *from, alloc_point *to);
void problem_copy_state(const alloc_problem *problem, const alloc_state *from, const alloc_state *to);
/* Exchanges two states in no time. */
void problem_swap_states(const alloc_state *one, const alloc_state *other);

/* Where interference depends on the stream: the streams and their loads, a part of problem_build (CFI_NO_MEMORY); adds
 * what those of amplitudes w cause, sum_jl load_by_stream_kjl w_jl^2; and what they cost in sum where a unit of
 * interference costs user k weight_k, of access points first .. end - 1, into rows, for pairs that are served. */
cfi_status problem_list_streams(alloc_problem *problem, cfi_arena *arena, cfi_error *error);
void problem_add_streams(const alloc_problem *problem, const double *w, double *interference);
void problem_price_streams(const alloc_problem *problem, const double *weight, size_t first, size_t end, double *rows);

/* Weights and least SINRs, a part of problem_build. CFI_NO_MEMORY. */
cfi_status problem_ask_rates(alloc_problem *problem, cfi_arena *arena, cfi_error *error);
/* The weight of user k's rate, and the unit that such weights have: the scenario's largest. */
static inline double problem_weight(const alloc_problem *problem, size_t k)
{
    return problem->weight ? problem->weight[k] : 1.0;
}
double problem_weight_unit(const cfi_system *system);
/* The SINR that a rate in bit/s/Hz needs, 2^(R / prelog) - 1, and the rate that a SINR gives. */
double rates_sinr(const cfi_system *system, double rate);
double rates_of_sinr(const cfi_system *system, double sinr);
/* I_k of user k from powers x and s, rows, without coherent terms and what streams cause one by one. */
double problem_interference(const alloc_problem *problem, size_t k, const double *x, const double *s);

/* Fills *values from the point; returns the objective. O(K L), more with coherent terms. This and the changes of units
 * below take at most link->threads threads, of which no bit depends. */
double problem_evaluate(const alloc_problem *problem, const alloc_point *point, alloc_values *values);

/* Information is asked for by rows and a cone of all powers, and problem_complete keeps sensing power. */
static inline bool problem_informs(const alloc_problem *problem)
{
    return problem->coupled || problem->goal;
}

/* SINR of user k. */
static inline double values_sinr(const alloc_values *values, size_t k)
{
    return values->u[k] * values->u[k] / values->interference[k];
}

/* Row m, of user k: sum_l coherent_ml w_jl is the amplitude with which stream j = mate[m] adds up at user k, or the
 * real or the imaginary part of it. */
static inline const double *problem_coherent_row(const alloc_problem *problem, size_t k, size_t m)
{
    return problem->coherent_rows ? problem->coherent_rows + problem->stride * m : problem->heard + problem->stride * k;
}

/* User number i where users are taken group by group; without groups, user i. */
static inline size_t problem_user(const alloc_problem *problem, size_t i)
{
    return problem->groups > 0 ? problem->grouped[i] : i;
}

/* Interference of sensing and of communication power is the same. */
static inline bool problem_loads_equal(const alloc_problem *problem)
{
    return problem->load == problem->sensing_load;
}

/* Interference of user k from a unit of power of stream j of AP l. */
static inline double problem_load(const alloc_problem *problem, size_t k, size_t j, size_t l)
{
    const double *V = problem->link->V_by_stream;

    if (problem->load) {
        return problem->load[problem_at(problem, k, l)];
    }
    return V ? problem_rounded(V[k + problem->K * (j + problem->K * l)] * problem->unit_load) : 0.0;
}

/* Every user has its target, but for rounding, at these values; true without targets. */
bool targets_hold(const alloc_problem *problem, const alloc_values *values);
/* User k has a target, or nothing is worth anything without its rate. */
static inline bool targets_need(const alloc_problem *problem, size_t k)
{
    const double *target = problem->target ? problem->target : problem->wanted;

    return problem->objective->needs_everyone || (target && target[k] > 0.0);
}
/* Room for what follows, a part of problem_build (CFI_NO_MEMORY). */
cfi_status targets_prepare(alloc_problem *problem, cfi_arena *arena, cfi_error *error);
/* The least quotient of SINR and target, of `target` or `wanted`; infinite where none is asked for. */
double targets_ratio(const alloc_problem *problem, const alloc_values *values);
/* The problem of finding a point that has the targets: raises that quotient. CFI_NO_MEMORY. */
cfi_status targets_search(const alloc_problem *problem, cfi_arena *arena, alloc_problem *search, cfi_error *error);
/* What all radiate. */
double targets_power(const alloc_problem *problem, const alloc_point *point);
/* Makes the point feasible to rounding, and meet the targets, by the least common scaling of its powers from what it
 * radiates. False when none does; then the point is spoilt. */
bool targets_complete_least(const alloc_problem *problem, alloc_point *point);

/* Makes the point feasible to rounding and spends the whole budget: negative amplitudes become 0, s the least power
 * that makes up for what x does not sense, and all amplitudes are scaled by the largest common factor that the budget
 * and the limits allow (which raises every SINR). Reads w and s. False when no factor does; then the point is spoilt.
 */
bool problem_complete(const alloc_problem *problem, alloc_point *point);
/* The same where signals have directions; where sensing asks for more than the budget, it goes towards the best mixes.
 */
bool complete_directed(const alloc_problem *problem, alloc_point *point);
/* The same where constraints couple access points: it goes towards the powers of largest margin. */
bool complete_coupled(const alloc_problem *problem, alloc_point *point);
/* Negative amplitudes become 0; the squared norms of those of each access point go to x, a row. */
void problem_clip(const alloc_problem *problem, double *w, double *x);
/* Scales the amplitudes of AP l from squared norm `now` to x; where there are none they are pointed along the signal
 * gains. */
void problem_set_power(const alloc_problem *problem, size_t l, double *w, double now, double x);

/* The largest c at which communication powers max(c x_l, floor_l), with the least sensing powers that they need, keep
 * the budget and the limits; negative when there is none. */
double problem_common_factor(const alloc_problem *problem, const double *x, const double *floor);

/* Numbers of a link times a factor, in rows; a part of problem_build. Whatever of `count` rows is beyond L becomes 0.
 */
void problem_fill_rows(const alloc_problem *problem, const double *moment, double factor, double *rows);
void problem_clear_padding(const alloc_problem *problem, double *rows, size_t count);

/* The amplitude of a power in watts. */
double problem_amplitude(const alloc_problem *problem, double power_w);
/* Radiated watts of a point, and back; or from shares of them, each of which `factor` (L) of its access point makes the
 * watts for a user. */
void problem_to_powers(const alloc_problem *problem, const alloc_point *point, cfi_powers *powers);
void problem_from_powers(const alloc_problem *problem, const cfi_powers *powers, alloc_point *point);
void problem_from_shares(const alloc_problem *problem, const cfi_powers *shares, const double *factor,
                         alloc_point *point);

/* Pairs of users of one pilot in blocks (pairs.c): what a user hears of every stream of its pilot, and what every
 * stream costs the users who hear it, are products of a few rows by a few rows, each of which is read once a block and
 * not once a pair. docs/model.md (M19). Sums over access points go in their order, LANES apart, whatever the block: no
 * bit depends on threads. */

/* Puts the users in groups by pilot, where pairs are so many that blocks pay; elsewhere there are no groups. A part of
 * problem_build, after mates are listed. CFI_NO_MEMORY. */
cfi_status pairs_group(alloc_problem *problem, cfi_arena *arena, cfi_error *error);

/* Of a response: what slopes say of u and I, K each, and z by pair, as mates are listed. */
typedef struct pairs_prices {
    const double *gain, *weight, *z;
} pairs_prices;

/* Of the streams j of a group at access points first .. first + count - 1, whole vectors, in rows like the signal:
 *   v_jl = gain_j signal_jl - sum_k weight_k z_kj coherent_kjl */
void pairs_pay(const alloc_problem *problem, size_t group, const pairs_prices *prices, size_t first, size_t count,
               double *v);

/* Amplitudes rows_kl along_l, rows like the signal; along NULL: 1. */
typedef struct pairs_rows {
    const double *rows, *along;
} pairs_rows;

/* What the users number first .. end - 1 (problem_user) hear of the streams of their pilot:
 *   z_kj = sum_l coherent_kjl rows_jl along_l
 * by pair (z NULL: nowhere). Adds the squares to their interference (NULL: nowhere). In blocks or, without groups, pair
 * by pair. */
void pairs_hear(const alloc_problem *problem, pairs_rows sent, size_t first, size_t end, double *z,
                double *interference);

#endif
