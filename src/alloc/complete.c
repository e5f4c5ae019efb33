/* The feasible completion of a point. docs/model.md (M8), (M9), (M13). */
#include "alloc/lanes.h"
#include "alloc/problem.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

static const double ROUNDING = 1e-10; /* relative; at the very edge of feasibility sums differ by this much */

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
    double now = squared_norm(w, problem->K), factor;

    if (!(now > 0.0)) {
        memcpy(w, problem->signal + problem->K * l, problem->K * sizeof(double));
        now = squared_norm(w, problem->K);
    }
    factor = sqrt(x / now);
    for (size_t k = 0; k < problem->K; k++) {
        w[k] *= factor;
    }
}

/* Negative amplitudes become 0; x_l goes to x[l]. */
CLONES(static, void, clip_amplitudes, (size_t K, size_t L, double *restrict amplitude, double *restrict x),
       (K, L, amplitude, x))
{
    for (size_t l = 0; l < L; l++) {
        double *restrict w = amplitude + K * l, sum = 0.0;

        for (size_t k = 0; k < K; k++) {
            w[k] = w[k] > 0.0 ? w[k] : 0.0;
            sum += w[k] * w[k];
        }
        x[l] = sum;
    }
}

/* Communication powers x_l that the completion starts from, in q_l; the sensing powers in problem->floor. */
static void starting_powers(const alloc_problem *problem, alloc_point *point)
{
    size_t K = problem->K;
    double *x = problem->floor;

    clip_amplitudes(K, problem->L, point->w, x);
    for (size_t l = 0; l < problem->L; l++) {
        double *w = point->w + K * l, now = x[l], q = point->q[l], most = problem->most[l];

        x[l] = q > now ? q - now : 0.0;
        if (problem->sensing == SENSING_SATURATED) { /* sensing power becomes communication power */
            now = q > now ? q : now;
            now = now > most ? most : now;
            set_squared_norm(problem, l, w, now);
        } else if (now > most) {
            now = most;
            set_squared_norm(problem, l, w, now);
        }
        point->q[l] = now;
    }
}

/* Least communication powers, from the sensing powers y_l in problem->floor. Where d2 < d1 communication power senses
 * better: what y_l leaves to be sensed, w_l must; without `keep_sensing` all of it. */
static void set_floors(const alloc_problem *problem, bool keep_sensing)
{
    if (problem->sensing == SENSING_CONVEX) {
        memset(problem->floor, 0, problem->L * sizeof *problem->floor);
        return;
    }
    for (size_t l = 0; l < problem->L; l++) {
        double d1 = problem->d1[l], d2 = problem->d2[l], y = problem->floor[l], limit = problem->limit[l];

        if (problem->sensing == SENSING_SATURATED || !keep_sensing || !(d2 > 0.0)) {
            problem->floor[l] = 1.0 / d1;
        } else {
            problem->floor[l] = fmax((1.0 - d2 * y) / d1, 0.0);
            if (problem->floor[l] + y > limit) { /* trade y for x until both fit */
                problem->floor[l] = (1.0 - d2 * limit) / (d1 - d2);
            }
        }
    }
}

typedef struct radiated {
    double total, inclination;
} radiated;

/* What one access point radiates when its communication power is scaled by c, but not below its floor, with the slope
 * in c. The least q_l >= x that senses well enough is max(x, incline x + offset). */
static inline __attribute__((always_inline)) radiated radiated_by(const alloc_problem *problem,
                                                                  const double *restrict x, double c, size_t l)
{
    double floor = problem->floor[l], incline = problem->incline[l];
    double scaled = c * x[l], free = scaled > floor ? x[l] : 0.0, used = scaled > floor ? scaled : floor;
    double sensing = incline * used + problem->offset[l];

    return (radiated){.total = sensing > used ? sensing : used, .inclination = sensing > used ? incline * free : free};
}

/* Power radiated by all, with its slope in c. LANES sums: the same bytes for vectors of any length. */
CLONES(static, double, total_power, (const alloc_problem *problem, const double *restrict x, double c, double *slope),
       (problem, x, c, slope))
{
    double total[LANES] = {0.0}, inclination[LANES] = {0.0};
    size_t l = 0;

    for (; l + LANES <= problem->L; l += LANES) {
#pragma omp simd
        for (size_t j = 0; j < LANES; j++) {
            radiated one = radiated_by(problem, x, c, l + j);

            total[j] += one.total;
            inclination[j] += one.inclination;
        }
    }
    for (size_t j = 0; l + j < problem->L; j++) {
        radiated one = radiated_by(problem, x, c, l + j);

        total[j] += one.total;
        inclination[j] += one.inclination;
    }
    for (size_t j = 1; j < LANES; j++) {
        total[0] += total[j];
        inclination[0] += inclination[j];
    }
    *slope = inclination[0];
    return total[0];
}

/* The largest c with sum_l q_l <= L. The total is convex and piecewise linear in c, so Newton's method from the right
 * ends at the root after finitely many steps. Negative when there is none. */
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
    for (size_t l = 0; problem->link->system->power.ap_limit_w && l < problem->L; l++) {
        c = x[l] > 0.0 ? fmin(c, problem->most[l] / x[l]) : c;
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

static void scale_amplitudes(const alloc_problem *problem, alloc_point *point, double c)
{
    double root = sqrt(c);

    if (problem->sensing == SENSING_CONVEX) { /* no floors */
        for (size_t i = 0; i < problem->K * problem->L; i++) {
            point->w[i] *= root;
        }
        return;
    }
    for (size_t l = 0; l < problem->L; l++) {
        set_squared_norm(problem, l, point->w + problem->K * l, fmax(c * point->q[l], problem->floor[l]));
    }
}

bool problem_complete(const alloc_problem *problem, alloc_point *point)
{
    double c, total = 0.0, excess = 0.0;

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
    scale_amplitudes(problem, point, c);
    for (size_t l = 0; l < problem->L; l++) {
        double scaled = c * point->q[l], x = scaled > problem->floor[l] ? scaled : problem->floor[l];
        double sensing = problem->incline[l] * x + problem->offset[l], q = sensing > x ? sensing : x;

        point->q[l] = q;
        total += q;
        excess = q > problem->limit[l] * (1.0 + ROUNDING) ? 1.0 : excess;
    }
    return excess == 0.0 && total <= (double)problem->L * (1.0 + ROUNDING);
}
