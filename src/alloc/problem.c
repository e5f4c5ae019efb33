/* The allocation problem in normalised amplitudes: data, evaluation, and the feasible completion of a point.
 * docs/model.md (M8), (M9). */
#include "alloc/problem.h"

#include <math.h>
#include <string.h>

static const double ROUNDING = 1e-10; /* relative; at the very edge of feasibility sums differ by this much */

/* To 36 bits. Normalised numbers computed in other units differ in the last of 53 bits, which an interior point
 * amplifies to the square root of its tolerance; rounded, they are the same, and so is every step. */
static double rounded(double value)
{
    double big = 0x1.00008p17 * value; /* (2^17 + 1) value */

    return big - (big - value);
}

/* At most the value, for what constraints must not overstate. */
static double rounded_down(double value)
{
    return isfinite(value) ? rounded(value * (1.0 - 0x1p-36)) : value;
}

static void list_mates(alloc_problem *problem)
{
    const size_t *pilot = problem->network->pilot;
    size_t count = 0;

    for (size_t k = 0; k < problem->K; k++) {
        problem->mate_start[k] = count;
        for (size_t j = 0; problem->coherent && j < problem->K; j++) {
            if (j != k && pilot[j] == pilot[k]) {
                problem->mate[count++] = j;
            }
        }
    }
    problem->mate_start[problem->K] = count;
}

static size_t count_mates(const cfi_network *network)
{
    size_t count = 0;

    for (size_t k = 0; k < network->K; k++) {
        for (size_t j = 0; j < network->K; j++) {
            count += j != k && network->pilot[j] == network->pilot[k];
        }
    }
    return count;
}

static void fill_coefficients(alloc_problem *problem, const double *xi)
{
    const cfi_system *system = problem->network->system;
    double N = (double)system->N, unit = problem->unit_w;

    for (size_t i = 0; i < problem->K * problem->L; i++) {
        problem->signal[i] = rounded(N * sqrt(xi[i] * unit / system->comm_noise_w));
        problem->load[i] = rounded(N * problem->network->beta[i] * unit / system->comm_noise_w);
    }
    metrics_sensing_coefficients(problem->network, problem->d1, problem->d2);
    for (size_t l = 0; l < problem->L; l++) {
        double needed = system->sensing_noise_w / (2.0 * (double)system->T * system->crlb_threshold_rad2[l]);

        problem->d1[l] = rounded_down(problem->d1[l] * unit / needed);
        problem->d2[l] = rounded_down(problem->d2[l] * unit / needed);
        problem->limit[l] = system->ap_limit_w ? rounded_down(system->ap_limit_w[l] / (N * unit)) : INFINITY;
    }
    if (problem->d2[0] >= problem->d1[0]) {
        problem->sensing = SENSING_CONVEX;
    } else {
        problem->sensing = problem->coherent ? SENSING_LINEARISED : SENSING_SATURATED;
    }
}

cfi_status problem_build(const cfi_network *network, const double *xi, cfi_arena *arena, alloc_problem *problem,
                         cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t K = network->K, L = network->L;
    bool coherent = system->rate_model == CFI_RATE_EXACT && network->pilots_overlap;
    size_t mates = coherent ? count_mates(network) : 0;

    *problem = (alloc_problem){.network = network,
                               .K = K,
                               .L = L,
                               .unit_w = system->power_w / ((double)system->N * (double)L),
                               .coherent = coherent,
                               .signal = arena_alloc(arena, K * L, sizeof(double)),
                               .load = arena_alloc(arena, K * L, sizeof(double)),
                               .d1 = arena_alloc(arena, L, sizeof(double)),
                               .d2 = arena_alloc(arena, L, sizeof(double)),
                               .limit = arena_alloc(arena, L, sizeof(double)),
                               .mate_start = arena_alloc(arena, K + 1, sizeof(size_t)),
                               .mate = arena_alloc(arena, mates, sizeof(size_t)),
                               .u = arena_alloc(arena, K, sizeof(double)),
                               .interference = arena_alloc(arena, K, sizeof(double)),
                               .floor = arena_alloc(arena, L, sizeof(double))};
    if (!problem->signal || !problem->load || !problem->d1 || !problem->d2 || !problem->limit || !problem->floor ||
        !problem->mate_start || !problem->mate || !problem->u || !problem->interference) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the allocation of %zu x %zu powers", K, L);
    }
    list_mates(problem);
    fill_coefficients(problem, xi);
    return CFI_OK;
}

alloc_point *problem_point(const alloc_problem *problem, cfi_arena *arena)
{
    alloc_point *point = arena_alloc(arena, 1, sizeof *point);

    if (!point) {
        return NULL;
    }
    point->w = arena_zeros(arena, problem->K * problem->L, sizeof(double));
    point->q = arena_zeros(arena, problem->L, sizeof(double));
    return point->w && point->q ? point : NULL;
}

void problem_copy(const alloc_problem *problem, const alloc_point *from, alloc_point *to)
{
    memcpy(to->w, from->w, problem->K * problem->L * sizeof(double));
    memcpy(to->q, from->q, problem->L * sizeof(double));
}

double problem_coherent_coefficient(const alloc_problem *problem, size_t k, size_t j, size_t l)
{
    const double *beta = problem->network->beta + problem->K * l;

    return problem->signal[j + problem->K * l] * rounded(beta[k] / beta[j]);
}

double problem_coherent(const alloc_problem *problem, size_t k, size_t j, const double *w)
{
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += problem_coherent_coefficient(problem, k, j, l) * w[j + problem->K * l];
    }
    return sum;
}

double problem_sinr(const alloc_problem *problem, size_t k)
{
    return problem->u[k] * problem->u[k] / problem->interference[k];
}

double problem_evaluate(const alloc_problem *problem, const alloc_point *point)
{
    size_t K = problem->K, L = problem->L;
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        problem->u[k] = 0.0;
        problem->interference[k] = 1.0;
    }
    for (size_t l = 0; l < L; l++) {
        const double *signal = problem->signal + K * l, *load = problem->load + K * l, *w = point->w + K * l;

        for (size_t k = 0; k < K; k++) {
            problem->u[k] += signal[k] * w[k];
            problem->interference[k] += load[k] * point->q[l];
        }
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
            double v = problem_coherent(problem, k, problem->mate[i], point->w);
            problem->interference[k] += v * v;
        }
        sum += log1p(problem_sinr(problem, k));
    }
    return sum;
}

/* ------------------------------------------------------- completion to a feasible point ---- */

static double squared_norm(const double *w, size_t K)
{
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        sum += w[k] * w[k];
    }
    return sum;
}

/* Scales w_l to norm sqrt(x); a zero w_l is pointed along the signal gains. */
static void set_squared_norm(const alloc_problem *problem, size_t l, double *w, double x)
{
    double now = squared_norm(w, problem->K);

    if (!(now > 0.0)) {
        memcpy(w, problem->signal + problem->K * l, problem->K * sizeof(double));
        now = squared_norm(w, problem->K);
    }
    for (size_t k = 0; k < problem->K; k++) {
        w[k] *= sqrt(x / now);
    }
}

/* The least q_l >= x that senses well enough, and its slope in x. */
static double least_power(const alloc_problem *problem, size_t l, double x, double *slope)
{
    double d1 = problem->d1[l], d2 = problem->d2[l];
    double sensing = d2 > 0.0 ? (1.0 - (d1 - d2) * x) / d2 : (d1 * x >= 1.0 ? 0.0 : INFINITY);

    if (sensing > x) {
        *slope = 1.0 - d1 / d2;
        return sensing;
    }
    *slope = 1.0;
    return x;
}

double problem_largest_power(const alloc_problem *problem, size_t l)
{
    double d1 = problem->d1[l], d2 = problem->d2[l], limit = problem->limit[l];

    if (problem->sensing != SENSING_CONVEX || !(limit < INFINITY) || d1 == d2) {
        return limit;
    }
    return fmin(limit, fmax((limit - 1.0 / d2) / (1.0 - d1 / d2), 0.0));
}

/* Communication powers x_l that the completion starts from, in q_l; the sensing powers in problem->floor. */
static void starting_powers(const alloc_problem *problem, alloc_point *point)
{
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        double *w = point->w + K * l, x, most = problem_largest_power(problem, l);

        for (size_t k = 0; k < K; k++) {
            w[k] = w[k] > 0.0 ? w[k] : 0.0;
        }
        x = squared_norm(w, K);
        problem->floor[l] = fmax(point->q[l] - x, 0.0);
        if (problem->sensing == SENSING_SATURATED) { /* sensing power becomes communication power */
            x = fmax(x, point->q[l]);
            set_squared_norm(problem, l, w, fmin(x, most));
        } else if (x > most) {
            set_squared_norm(problem, l, w, fmax(most, 0.0));
        }
        point->q[l] = squared_norm(w, K);
    }
}

/* Least communication powers, from the sensing powers y_l in problem->floor. Where d2 < d1 communication power senses
 * better: what y_l leaves to be sensed, w_l must; without `keep_sensing` all of it. */
static void set_floors(const alloc_problem *problem, bool keep_sensing)
{
    for (size_t l = 0; l < problem->L; l++) {
        double d1 = problem->d1[l], d2 = problem->d2[l], y = problem->floor[l], limit = problem->limit[l];

        if (problem->sensing == SENSING_CONVEX) {
            problem->floor[l] = 0.0;
        } else if (problem->sensing == SENSING_SATURATED || !keep_sensing || !(d2 > 0.0)) {
            problem->floor[l] = 1.0 / d1;
        } else {
            problem->floor[l] = fmax((1.0 - d2 * y) / d1, 0.0);
            if (problem->floor[l] + y > limit) { /* trade y for x until both fit */
                problem->floor[l] = (1.0 - d2 * limit) / (d1 - d2);
            }
        }
    }
}

/* The communication power of AP l at factor c, with its slope in c. */
static double scaled_power(const alloc_problem *problem, size_t l, double x, double c, double *slope)
{
    *slope = c * x > problem->floor[l] ? x : 0.0;
    return fmax(c * x, problem->floor[l]);
}

static double total_power(const alloc_problem *problem, const double *x, double c, double *slope)
{
    double total = 0.0;

    *slope = 0.0;
    for (size_t l = 0; l < problem->L; l++) {
        double by_c, by_x, scaled = scaled_power(problem, l, x[l], c, &by_c);

        total += least_power(problem, l, scaled, &by_x);
        *slope += by_x * by_c;
    }
    return total;
}

/* The largest c with sum_l least_power(max(c x_l, floor_l)) <= L. The total is convex and piecewise linear in c, so
 * Newton's method from the right ends at the root after finitely many steps. Negative when there is none. */
static double largest_factor(const alloc_problem *problem, const double *x)
{
    double budget = (double)problem->L, c, sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += x[l];
    }
    if (!(sum > 0.0)) {
        return 1.0;
    }
    c = budget / sum;
    for (size_t l = 0; l < problem->L; l++) {
        if (x[l] > 0.0 && problem->limit[l] < INFINITY) {
            c = fmin(c, problem_largest_power(problem, l) / x[l]);
        }
    }
    for (int i = 0; i < 200; i++) {
        double slope, excess = total_power(problem, x, c, &slope) - budget;

        if (excess <= 4e-16 * budget) {
            return c;
        }
        if (!(slope > 0.0) || !(c > 0.0)) {
            return excess <= ROUNDING * budget ? fmax(c, 0.0) : -1.0;
        }
        c = fmax(c - fmax(excess / slope, 1e-16 * c), 0.0);
    }
    return -1.0;
}

bool problem_complete(const alloc_problem *problem, alloc_point *point)
{
    size_t K = problem->K;
    double c, total = 0.0;

    starting_powers(problem, point);
    set_floors(problem, true);
    c = largest_factor(problem, point->q);
    if (!(c >= 0.0)) { /* at the edge of feasibility nothing is left for sensing power */
        set_floors(problem, false);
        c = largest_factor(problem, point->q);
    }
    if (!(c >= 0.0)) {
        return false;
    }
    for (size_t l = 0; l < problem->L; l++) {
        double slope, x = scaled_power(problem, l, point->q[l], c, &slope), q = least_power(problem, l, x, &slope);
        double *w = point->w + K * l;

        if (problem->floor[l] > 0.0) {
            set_squared_norm(problem, l, w, x);
        } else {
            for (size_t k = 0; k < K; k++) {
                w[k] *= sqrt(c);
            }
        }
        point->q[l] = q;
        total += q;
        if (!isfinite(q) || q > problem->limit[l] * (1.0 + ROUNDING)) {
            return false;
        }
    }
    return total <= (double)problem->L * (1.0 + ROUNDING);
}

/* ---------------------------------------------------------------- powers in watts ---- */

void problem_to_powers(const alloc_problem *problem, const double *xi, const alloc_point *point, cfi_powers *powers)
{
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        const double *w = point->w + K * l;
        double sensing = fmax(point->q[l] - squared_norm(w, K), 0.0) * problem->unit_w / (double)K;

        for (size_t k = 0; k < K; k++) {
            powers->gamma[k + K * l] = w[k] * w[k] * problem->unit_w / xi[k + K * l];
            powers->eta[k + K * l] = sensing;
        }
    }
}

void problem_from_powers(const alloc_problem *problem, const double *xi, const cfi_powers *powers, alloc_point *point)
{
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        double q = 0.0;

        for (size_t i = K * l; i < K * (l + 1); i++) {
            point->w[i] = rounded(sqrt(xi[i] * powers->gamma[i] / problem->unit_w));
            q += (xi[i] * powers->gamma[i] + powers->eta[i]) / problem->unit_w;
        }
        point->q[l] = rounded(q);
    }
}
