/* The largest common rate as a fixed point of prices. docs/model.md (M31a) */
#include "alloc/level.h"

#include "alloc/anderson.h"
#include "alloc/constants.h"
#include "alloc/lanes.h"
#include "alloc/level_mates.h"
#include "alloc/sca.h"

#include <math.h>
#include <string.h>

/* Relative distance of rate and bound that ends the search; one or two evaluations more than 1e-8 takes. */
static const double LEVEL_GAP = 5e-10;
/* Differences that the acceleration keeps; 3 and 7 take as many evaluations or more. */
enum { LEVEL_DEPTH = 5 };
/* Newton steps for rho with weights; 3 to 5 are usual. */
enum { LEVEL_NEWTON = 30 };
static const double LEVEL_RHO = 1e-15; /* relative step at which that ends */
/* Relative: sensing power that is more than rounding, a price that is less than it. */
static const double USED = 1e-10;

bool level_applies(const alloc_problem *problem)
{
    bool by_stream = problem->load_by_stream && system_angle_thresholds(problem->link->system);

    return problem->sensing.kind != SENSING_LINEARISED && !by_stream && !problem->coupled && !problem->sensing.directed;
}

typedef struct level_search {
    const alloc_problem *problem;
    const double *share; /* K: the caller's weights */
    response map;
    anderson history;
    level_mates mates;
    size_t length;          /* of a state: logarithms of gain and weight, K each, and coherent amplitudes, measured */
    double *answer;         /* u, I and z of the last answer */
    double *from, *to;      /* the state, and the map's answer to it */
    double *best, best_mu;  /* the state of the best answer, and the budget's price there */
    double *limit;          /* a row: of an access point's power, no more than the budget; 0 beyond L */
    double *target, *price; /* K: t_k; G_k */
    double rho, raised;     /* raised: by which gains of the state are multiplied in the answer, 1 or above */
    bool alike;             /* all weights are 1 */
    cfi_stop *stop;         /* or NULL */
} level_search;

static cfi_status init_search(level_search *s, const alloc_problem *problem, const level_ask *ask, cfi_arena *arena,
                              cfi_error *error)
{
    const double *weight = ask->weight;
    size_t K = problem->K, length = 2 * K + problem->mate_start[K], row = rows_stride(length);
    double *memory = arena_zeros(arena, 4 * row + problem->stride + 2 * K, sizeof *memory);
    cfi_status status;

    *s = (level_search){.problem = problem, .share = weight, .length = length, .alike = true, .stop = ask->stop};
    if (!memory) {
        response_out_of_memory(problem, error);
        return CFI_NO_MEMORY;
    }
    s->answer = memory;
    s->from = memory + row;
    s->to = s->from + row;
    s->best = s->to + row;
    s->limit = s->best + row;
    s->target = s->limit + problem->stride;
    s->price = s->target + K;
    for (size_t k = 0; k < K; k++) {
        s->alike = s->alike && weight[k] == 1.0;
    }
    for (size_t l = 0; l < problem->L; l++) {
        s->limit[l] = fmin(problem->limit[l], problem->budget);
    }
    status = response_init(&s->map, problem, arena, error);
    if (status == CFI_OK) {
        status = level_mates_init(&s->mates, problem, arena, error);
    }
    return status == CFI_OK ? anderson_init(&s->history, length, LEVEL_DEPTH, arena, error) : status;
}

/* ---------------------------------------------------------------------------- states ---- */

/* Multipliers may all be multiplied by one number: the logarithms of weights have the sum 0. */
static void centre_state(const level_search *s, double *state)
{
    size_t K = s->problem->K;
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        sum += state[K + k];
    }
    for (size_t i = 0; i < 2 * K; i++) {
        state[i] -= sum / (double)K;
    }
}

static void set_targets_at(level_search *s, double rho)
{
    s->rho = rho;
    for (size_t k = 0; k < s->problem->K; k++) {
        s->target[k] = s->alike && k > 0 ? s->target[0] : expm1(s->share[k] * rho);
    }
}

/* Equal powers of all users, as if budget and limits were shared, and none for sensing: lambda_k = 1 / u_k^2. */
static void begin_level(level_search *s)
{
    const alloc_problem *problem = s->problem;
    size_t K = problem->K;
    double rates = 0.0, shares = 0.0;

    memset(s->map.s, 0, problem->stride * sizeof *s->map.s);
    for (size_t l = 0; l < problem->L; l++) {
        s->map.x[l] = fmin(1.0, problem->limit[l]);
        s->map.along[l] = sqrt(s->map.x[l] / (double)K);
    }
    for (size_t k = 0; k < K; k++) {
        s->answer[k] = rows_product(problem->stride, problem->signal + problem->stride * k, s->map.along);
        s->answer[K + k] = problem_interference(problem, k, s->map.x, s->map.s);
    }
    level_mates_begin(&s->mates, &s->map, s->answer + K, s->from + 2 * K);
    for (size_t k = 0; k < K; k++) {
        rates += log1p(s->answer[k] * s->answer[k] / s->answer[K + k]);
        shares += s->share[k];
    }
    set_targets_at(s, rates / shares);
    for (size_t k = 0; k < K; k++) {
        double logarithm = log(fmax(s->answer[k], LEAST_LOGARITHM));

        s->from[k] = -logarithm;
        s->from[K + k] = log(s->target[k]) - 2.0 * logarithm;
    }
    centre_state(s, s->from);
}

/* The answer to the state. Where coherent amplitudes are so large that a stream would better not be sent at all they
 * are lessened. */
static bool answer_to_state(level_search *s, level_result *result)
{
    size_t K = s->problem->K;

    for (size_t k = 0; k < K; k++) {
        s->map.gain[k] = exp(s->from[k]);
        s->map.weight[k] = exp(s->from[K + k]);
    }
    do {
        result->evaluations++;
        if (!response_answer_slopes(&s->map, level_mates_state(&s->mates, s->from + 2 * K), s->answer, &s->raised)) {
            return false;
        }
    } while (level_mates_lessen(&s->mates, s->answer, s->from + 2 * K) && result->evaluations < LEVEL_MOST);
    return true;
}

/* u, I and G of that answer; false where there is none. */
static bool evaluate_state(level_search *s, level_result *result)
{
    size_t K = s->problem->K;

    if (!answer_to_state(s, result)) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        s->from[k] += log(s->raised); /* the state of those gains has the same answer */
        s->map.gain[k] *= s->raised;
        s->price[k] = s->answer[k] / s->map.gain[k];
    }
    rows_scale(s->length - 2 * K, s->raised, s->from + 2 * K);
    level_mates_price(&s->mates, &s->map, s->from + 2 * K, s->answer + 2 * K, s->price);
    for (size_t k = 0; k < K; k++) {
        if (!(s->answer[k] > 0.0) || !(s->price[k] > 0.0) || !isfinite(s->price[k])) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------------------- rates ---- */

static double log_sinr(const level_search *s, size_t k)
{
    double u = s->answer[k];

    return log(u * u / s->answer[s->problem->K + k]);
}

/* Mean logarithm of SINRs, over what users' interference costs. */
static double mean_log_sinr(const level_search *s, double *costs)
{
    size_t K = s->problem->K;
    double sum = 0.0;

    *costs = 0.0;
    for (size_t k = 0; k < K; k++) {
        double cost = s->map.weight[k] * s->answer[K + k];

        sum += cost * log_sinr(s, k);
        *costs += cost;
    }
    return sum / *costs;
}

/* rho of the answer: the mean of ln(SINR_k / t_k) over those costs is 0. */
static void choose_rho(level_search *s)
{
    size_t K = s->problem->K;
    double costs, mean = mean_log_sinr(s, &costs), rho = s->rho;

    if (s->alike) {
        set_targets_at(s, log1p(exp(mean)));
        return;
    }
    for (int i = 0; i < LEVEL_NEWTON; i++) {
        double value = 0.0, slope = 0.0, next;

        for (size_t k = 0; k < K; k++) {
            double cost = s->map.weight[k] * s->answer[K + k] / costs, t = expm1(s->share[k] * rho);

            value += cost * log(t);
            slope += cost * s->share[k] * (1.0 + t) / t;
        }
        next = rho + (mean - value) / slope;
        next =
            next > 0.1 * rho ? next : 0.1 * rho; /* the mean is concave in rho: only a start too large goes too far */
        if (fabs(next - rho) <= LEVEL_RHO * rho) {
            break;
        }
        rho = next;
    }
    set_targets_at(s, rho);
}

static double reached_rate(const level_search *s)
{
    double least = INFINITY;

    for (size_t k = 0; k < s->problem->K; k++) {
        double u = s->answer[k];

        least = fmin(least, log1p(u * u / s->answer[s->problem->K + k]) / s->share[k]);
    }
    return least;
}

/* --------------------------------------------------------------------------------- proof ---- */

/* Multipliers of an access point that make the price of its answer, e = C + kappa - nu d1: kappa of its limit, nu of
 * its threshold. */
typedef struct ap_multipliers {
    double kappa, nu;
} ap_multipliers;

/* Both of them where a limit leaves less than the threshold would like: sensing power is worth its price, too. */
static ap_multipliers both_multipliers(double more, double beam, double d1, double d2)
{
    double nu = d2 != d1 ? (more + beam) / (d2 - d1) : 0.0;

    return nu > 0.0 && nu * d2 > beam ? (ap_multipliers){.kappa = nu * d2 - beam, .nu = nu}
                                      : (ap_multipliers){.kappa = fmax(more, 0.0), .nu = 0.0};
}

static ap_multipliers multipliers_of(const level_search *s, size_t l)
{
    const response *r = &s->map;
    double C = r->price[l] + r->mu, beam = r->sensing_price[l] + r->mu, d1 = s->problem->sensing.d1[l],
           d2 = s->problem->sensing.d2[l];
    double more = r->along[l] > 0.0 ? 1.0 / r->along[l] - C : 0.0, nu = 0.0;

    if (!isfinite(d1)) {
        nu = 0.0;
    } else if (r->along[l] > 0.0 && more < 0.0) {
        nu = -more / d1;
    } else if (r->s[l] > USED * r->offset[l]) {
        return r->along[l] > 0.0 ? both_multipliers(more, beam, d1, d2) : (ap_multipliers){.nu = beam / d2};
    }
    return nu * d2 > beam * (1.0 + USED) ? both_multipliers(more, beam, d1, d2)
                                         : (ap_multipliers){.kappa = fmax(more, 0.0), .nu = nu};
}

/* What limits cost where no threshold binds: what answers' prices 1 / along have beyond C. LANES sums, so that their
 * order does not depend on the length of vectors. */
CLONES(static, double, cost_of_limits,
       (size_t count, double mu, const double *along, const double *price, const double *limit),
       (count, mu, along, price, limit))
{
    double sum[LANES] = {0.0};

    for (size_t first = 0; first < count; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            size_t l = first + i;
            double more = 1.0 / along[l] - (price[l] + mu);

            sum[i] += along[l] > 0.0 && more > 0.0 ? more * limit[l] : 0.0;
        }
    }
    return sum_lanes(sum);
}

/* The same where prices depend on the stream. */
static double cost_of_shifts(const response *r, const double *limit)
{
    double sum = 0.0;

    for (size_t l = 0; l < r->problem->L; l++) {
        sum += r->along[l] > 0.0 && r->shift[l] > r->mu ? (r->shift[l] - r->mu) * limit[l] : 0.0;
    }
    return sum;
}

/* The same, less what thresholds pay, where those bind, too. Whatever multipliers make of a price must be no less than
 * what the answer was made with, and no beam may be worth more than its price: else they are raised. */
static double cost_of_all(const level_search *s)
{
    const response *r = &s->map;
    const alloc_sensing *sensing = &s->problem->sensing;
    double sum = 0.0;

    for (size_t l = 0; l < s->problem->L; l++) {
        ap_multipliers m = multipliers_of(s, l);
        double own = m.nu > 0.0 ? m.nu * sensing->d1[l] : 0.0, beam = m.nu > 0.0 ? m.nu * sensing->d2[l] : 0.0;
        double lack = r->along[l] > 0.0 ? 1.0 / r->along[l] - (r->price[l] + r->mu - own) : 0.0;

        lack = fmax(lack, beam - (r->sensing_price[l] + r->mu));
        sum += fmax(m.kappa, lack) * s->limit[l] - m.nu;
    }
    return sum;
}

/* The rate that no powers have, by the multipliers of this state. */
static double prove_rate(const level_search *s)
{
    const response *r = &s->map;
    const alloc_problem *problem = s->problem;
    double spent = r->mu * problem->budget, weights = 0.0, q = 0.0, bound = 0.0;

    if (s->raised > 1.0 && r->cases == CASES_ALL) {
        return INFINITY; /* whose prices are not those of multipliers */
    }
    spent += s->raised > 1.0           ? 0.0
             : problem->load_by_stream ? cost_of_shifts(r, s->limit)
             : r->cases == CASES_ALL   ? cost_of_all(s)
                                       : cost_of_limits(r->stride, r->mu, r->along, r->price, s->limit);
    for (size_t k = 0; k < problem->K; k++) {
        weights += r->weight[k];
        q = fmax(q, r->weight[k] / s->target[k] * s->price[k]);
    }
    q *= fmax(spent / weights, 1.0);
    for (size_t k = 0; k < problem->K; k++) {
        bound = fmax(bound, log1p(q * s->target[k]) / s->share[k]);
    }
    return bound;
}

/* ------------------------------------------------------------------------------- the search ---- */

/* The map's answer, in logarithms. */
static void answer_state(const level_search *s)
{
    size_t K = s->problem->K;

    for (size_t k = 0; k < K; k++) {
        double t = s->target[k];

        s->to[k] = 0.5 * log(t * s->answer[K + k]) - log(s->price[k]);
        s->to[K + k] = log(t / s->price[k]);
    }
    level_mates_answer(&s->mates, &s->map,
                       &(level_step){.gain = s->to, .z = s->answer + 2 * K, .raised = s->raised, .stop = s->stop},
                       s->to + 2 * K);
    centre_state(s, s->to);
}

/* From the answer on, accelerated. */
static void advance_state(level_search *s)
{
    double mu = s->map.mu;

    answer_state(s);
    anderson_learn(&s->history, s->from, s->to, mu);
    anderson_next(&s->history, s->from, &mu);
    for (size_t i = 0; i < 2 * s->problem->K; i++) {
        double low = s->to[i] - FARTHEST, high = s->to[i] + FARTHEST;

        s->from[i] = s->from[i] > low ? s->from[i] < high ? s->from[i] : high : low;
    }
    s->map.mu = mu > 0.0 ? mu : s->map.mu;
}

/* True where the answer is better than those before. */
static bool keep_state(level_search *s, level_result *result)
{
    double reached = reached_rate(s);

    if (!(reached > result->reached)) {
        return false;
    }
    result->reached = reached;
    result->trace[result->count++] = reached;
    memcpy(s->best, s->from, s->length * sizeof *s->best);
    s->best_mu = s->map.mu;
    for (size_t k = 0; k < s->problem->K; k++) {
        result->lambda[k] = s->map.weight[k] / s->target[k];
    }
    return true;
}

/* Evaluations until rate and bound prove each other. Whether the last answer is the best. */
static cfi_status search_rate(level_search *s, level_result *result, bool *last, cfi_error *error)
{
    *last = false;
    while (result->evaluations < LEVEL_MOST) {
        if (stop_requested(s->stop)) {
            return sca_interrupted(error);
        }
        *last = false;
        if (!evaluate_state(s, result)) {
            break;
        }
        choose_rho(s);
        result->bound = fmin(result->bound, prove_rate(s));
        *last = keep_state(s, result);
        result->proved = result->bound - result->reached <= LEVEL_GAP * result->reached;
        if (result->proved) {
            break;
        }
        advance_state(s);
    }
    return CFI_OK;
}

cfi_status level_rates(const alloc_problem *problem, const level_ask *ask, cfi_arena *arena, alloc_point *point,
                       level_result *result, cfi_error *error)
{
    level_search s;
    cfi_status status = init_search(&s, problem, ask, arena, error);
    bool last;

    result->reached = 0.0;
    result->bound = INFINITY;
    result->proved = false;
    result->evaluations = result->count = 0;
    if (status != CFI_OK) {
        return status;
    }
    begin_level(&s);
    status = search_rate(&s, result, &last, error);
    if (status == CFI_OK && result->proved && !last) {
        memcpy(s.from, s.best, s.length * sizeof *s.from);
        s.map.mu = s.best_mu;
        result->proved = evaluate_state(&s, result);
    }
    if (status == CFI_OK && result->proved) {
        response_read(&s.map, point);
    }
    return status;
}
