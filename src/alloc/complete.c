/* The feasible completion of a point. docs/model.md (M8), (M9), (M13). */
#include "alloc/lanes.h"

#include "alloc/constants.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

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

/* Communication powers x_l that the completion starts from. */
static void starting_powers(const alloc_problem *problem, alloc_point *point)
{
    size_t K = problem->K;

    clip_amplitudes(K, problem->L, point->w, point->x);
    for (size_t l = 0; l < problem->L; l++) {
        double *w = point->w + K * l, now = point->x[l], s = point->s[l], most = problem->sensing.most[l];

        point->s[l] = s > 0.0 ? s : 0.0;
        if (problem->sensing.kind == SENSING_SATURATED) { /* sensing power becomes communication power */
            now += point->s[l];
            now = now > most ? most : now;
            set_squared_norm(problem, l, w, now);
        } else if (now > most) {
            now = most;
            set_squared_norm(problem, l, w, now);
        }
        point->x[l] = now;
    }
}

/* Least communication powers, which take the place of the sensing powers in `floor` (L). */
static void set_floors(const alloc_problem *problem, bool keep_sensing, double *floor)
{
    if (problem->sensing.beam_senses_better) {
        memset(floor, 0, problem->L * sizeof *floor);
        return;
    }
    for (size_t l = 0; l < problem->L; l++) {
        floor[l] = sensing_floor(&problem->sensing, l, floor[l], problem->limit[l], keep_sensing);
    }
}

typedef struct radiated {
    double total, inclination;
} radiated;

/* What one access point radiates when its communication power is scaled by c, but not below its floor, with the slope
 * in c: max(x, incline x + offset), written out for the vectoriser. */
static inline __attribute__((always_inline)) radiated
radiated_by(const alloc_sensing *sensing, const double *restrict x, const double *restrict floors, double c, size_t l)
{
    double floor = floors[l], incline = sensing->incline[l];
    double scaled = c * x[l], free = scaled > floor ? x[l] : 0.0, used = scaled > floor ? scaled : floor;
    double least = incline * used + sensing->offset[l];

    return (radiated){.total = least > used ? least : used, .inclination = least > used ? incline * free : free};
}

/* Power radiated by all, with its slope in c. LANES sums: the same bytes for vectors of any length. */
CLONES(static, double, total_power,
       (const alloc_problem *problem, const double *restrict x, const double *restrict floor, double c, double *slope),
       (problem, x, floor, c, slope))
{
    double total[LANES] = {0.0}, inclination[LANES] = {0.0};
    size_t l = 0;

    for (; l + LANES <= problem->L; l += LANES) {
#pragma omp simd
        for (size_t j = 0; j < LANES; j++) {
            radiated one = radiated_by(&problem->sensing, x, floor, c, l + j);

            total[j] += one.total;
            inclination[j] += one.inclination;
        }
    }
    for (size_t j = 0; l + j < problem->L; j++) {
        radiated one = radiated_by(&problem->sensing, x, floor, c, l + j);

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

/* The largest c with sum_l (x_l + s_l) <= L. The total is convex and piecewise linear in c, so Newton's method from the
 * right ends at the root after finitely many steps. Negative when there is none. */
static double largest_common_factor(const alloc_problem *problem, const double *x, const double *floor)
{
    double budget = (double)problem->L, c, sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += x[l];
    }
    if (!(sum > 0.0)) {
        return 1.0;
    }
    c = budget / sum;
    for (size_t l = 0; problem->limited && l < problem->L; l++) {
        c = x[l] > 0.0 ? fmin(c, problem->sensing.most[l] / x[l]) : c;
    }
    for (int i = 0; i < 200; i++) {
        double slope, excess = total_power(problem, x, floor, c, &slope) - budget;

        if (excess <= 4e-16 * budget) {
            return c;
        }
        if (!(slope > 0.0) || !(c > 0.0)) {
            return excess <= FEASIBLE_ROUNDING * budget ? fmax(c, 0.0) : -1.0;
        }
        c = fmax(c - fmax(excess / slope, 1e-16 * c), 0.0);
    }
    return -1.0;
}

static void scale_amplitudes(const alloc_problem *problem, alloc_point *point, const double *floor, double c)
{
    double root = sqrt(c);

    if (problem->sensing.beam_senses_better && problem->sensing.kind != SENSING_SATURATED) { /* no floors */
        for (size_t i = 0; i < problem->K * problem->L; i++) {
            point->w[i] *= root;
        }
        return;
    }
    for (size_t l = 0; l < problem->L; l++) {
        set_squared_norm(problem, l, point->w + problem->K * l, fmax(c * point->x[l], floor[l]));
    }
}

bool problem_complete(const alloc_problem *problem, alloc_point *point)
{
    double c, total = 0.0, *floor = point->s; /* from set_floors on; sensing powers again at the end */
    bool fits = true;

    starting_powers(problem, point);
    set_floors(problem, true, floor);
    c = largest_common_factor(problem, point->x, floor);
    if (!(c >= 0.0)) { /* at the edge of feasibility nothing is left for sensing power */
        set_floors(problem, false, floor);
        c = largest_common_factor(problem, point->x, floor);
    }
    if (!(c >= 0.0)) {
        return false;
    }
    scale_amplitudes(problem, point, floor, c);
    for (size_t l = 0; l < problem->L; l++) {
        double scaled = c * point->x[l], x = scaled > floor[l] ? scaled : floor[l];
        double q = sensing_least_total(&problem->sensing, l, x);

        point->x[l] = x;
        point->s[l] = q - x;
        total += q;
        fits = fits && !(q > problem->limit[l] * (1.0 + FEASIBLE_ROUNDING));
    }
    return fits && total <= (double)problem->L * (1.0 + FEASIBLE_ROUNDING);
}
