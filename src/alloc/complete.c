/* The feasible completion of a point. docs/model.md (M8), (M9), (M13). */
#include "alloc/problem.h"

#include "alloc/constants.h"
#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

void problem_set_power(const alloc_problem *problem, size_t l, double *w, double now, double x)
{
    double factor;

    if (!(now > 0.0)) {
        now = 0.0;
        for (size_t i = l; i < problem->K * problem->stride; i += problem->stride) {
            w[i] = problem->signal[i];
            now += w[i] * w[i];
        }
    }
    factor = sqrt(x / now);
    for (size_t i = l; i < problem->K * problem->stride; i += problem->stride) {
        w[i] *= factor;
    }
}

/* What the threads share of it. */
typedef struct clip_job {
    const alloc_problem *problem;
    double *w, *x;
} clip_job;

/* Negative amplitudes of some access points become 0, x_l goes to x. Most rows have none, and are read alone. */
CLONES(static, void, clip_tile, (size_t users, size_t stride, size_t count, double *restrict w, double *restrict x),
       (users, stride, count, w, x))
{
    for (size_t l = 0; l < count; l++) {
        x[l] = 0.0;
    }
    for (size_t k = 0; k < users; k++) {
        double *restrict row = w + stride * k;
        long negative = 0;

#pragma omp simd reduction(| : negative)
        for (size_t l = 0; l < count; l++) {
            double kept = row[l] > 0.0 ? row[l] : 0.0;

            negative |= row[l] >= 0.0 ? 0 : 1;
            x[l] += kept * kept;
        }
        for (size_t l = 0; negative && l < count; l++) {
            row[l] = row[l] > 0.0 ? row[l] : 0.0;
        }
    }
}

static void clip_part(void *context, size_t thread, size_t first, size_t end)
{
    enum { CLIPPED = 512 }; /* access points whose x stays in the nearest cache */
    const clip_job *job = context;
    size_t stride = job->problem->stride;

    (void)thread;
    for (; first < end; first += CLIPPED) {
        clip_tile(job->problem->K, stride, rows_at_most(end - first, CLIPPED), job->w + first, job->x + first);
    }
}

void problem_clip(const alloc_problem *problem, double *w, double *x)
{
    size_t threads = problem->link->threads, stride = problem->stride;
    clip_job job = {.problem = problem, .w = w, .x = x};

    threads_share(threads, stride, threads_even_part(threads, stride, problem->K), clip_part, &job);
}

/* Communication powers x_l that the completion starts from, of `count` access points, at most LANES, from l on. */
INLINE void start_tile(const alloc_problem *problem, const alloc_point *point, size_t l, size_t count)
{
    const alloc_sensing sensing = problem->sensing; /* pointers that no store can change */
    bool saturated = sensing.kind == SENSING_SATURATED;
    double *x = point->x + l, *s = point->s + l, wanted[LANES];

#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        double kept = s[i] > 0.0 ? s[i] : 0.0, most = sensing.most[l + i], all = x[i];

        if (saturated && !sensing_is_idle(&sensing, l + i)) { /* sensing power becomes communication power */
            all += kept;
        }
        s[i] = kept;
        wanted[i] = all > most ? most : all;
    }
    for (size_t i = 0; i < count; i++) {
        if (wanted[i] != x[i]) {
            problem_set_power(problem, l + i, point->w, x[i], wanted[i]);
            x[i] = wanted[i];
        }
    }
}

CLONES(static, void, starting_powers, (const alloc_problem *problem, const alloc_point *point), (problem, point))
{
    size_t l = 0;

    for (; l + LANES <= problem->L; l += LANES) {
        start_tile(problem, point, l, LANES);
    }
    start_tile(problem, point, l, problem->L - l);
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
INLINE radiated radiated_by(const alloc_sensing *sensing, const double *restrict x, const double *restrict floors,
                            double c, size_t l)
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

/* The total is convex and piecewise linear in c, so Newton's method from the right ends at the root after finitely many
 * steps. */
double problem_common_factor(const alloc_problem *problem, const double *x, const double *floor)
{
    double budget = problem->budget, c, sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += x[l];
    }
    if (!(sum > 0.0)) {
        return 1.0;
    }
    c = budget / sum;
    for (size_t l = 0; problem->limited && l < problem->L; l++) {
        double most = problem->sensing.most[l] / x[l];

        c = x[l] > 0.0 && most < c ? most : c;
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

/* What the threads share of it. */
typedef struct scale_job {
    double *w, factor;
} scale_job;

static void scale_part(void *context, size_t thread, size_t first, size_t end)
{
    const scale_job *job = context;

    (void)thread;
    rows_scale(end - first, job->factor, job->w + first);
}

static void scale_amplitudes(const alloc_problem *problem, alloc_point *point, const double *floor, double c)
{
    size_t threads = problem->link->threads, count = problem->K * problem->stride;
    scale_job job = {.w = point->w, .factor = sqrt(c)};

    if (job.factor != 1.0) {
        threads_share(threads, count, threads_even_part(threads, count, 1), scale_part, &job);
    }
    for (size_t l = 0; !problem->sensing.beam_senses_better && l < problem->L; l++) { /* else floors are 0 */
        if (floor[l] > c * point->x[l]) {
            problem_set_power(problem, l, point->w, c * point->x[l], floor[l]);
        }
    }
}

/* Of `count` access points, at most LANES, from l on: x scaled by c, but not below the floors in s, and beside it the
 * least sensing power. Adds what they radiate to *total; false where that is beyond a limit. */
INLINE bool finish_tile(const alloc_problem *problem, const alloc_point *point, double c, size_t l, size_t count,
                        double *total)
{
    const alloc_sensing sensing = problem->sensing;
    const double *limit = problem->limit + l;
    double *x = point->x + l, *s = point->s + l, all[LANES], beyond = 0.0;

#pragma omp simd reduction(+ : beyond)
    for (size_t i = 0; i < count; i++) {
        double scaled = c * x[i], used = scaled > s[i] ? scaled : s[i];

        all[i] = sensing_least_total(&sensing, l + i, used);
        x[i] = used;
        s[i] = all[i] - used;
        beyond += all[i] > limit[i] * (1.0 + FEASIBLE_ROUNDING) ? 1.0 : 0.0;
    }
    for (size_t i = 0; i < count; i++) {
        *total += all[i];
    }
    return beyond == 0.0;
}

/* All of them; false where a limit or the budget is exceeded. */
CLONES(static, bool, finish_powers, (const alloc_problem *problem, const alloc_point *point, double c),
       (problem, point, c))
{
    double total = 0.0;
    size_t l = 0;
    bool fits = true;

    for (; l + LANES <= problem->L; l += LANES) {
        fits = finish_tile(problem, point, c, l, LANES, &total) && fits;
    }
    fits = finish_tile(problem, point, c, l, problem->L - l, &total) && fits;
    return fits && total <= problem->budget * (1.0 + FEASIBLE_ROUNDING);
}

bool problem_complete(const alloc_problem *problem, alloc_point *point)
{
    double c, *floor = point->s; /* from set_floors on; sensing powers again at the end */

    if (problem_informs(problem) || problem->raised) {
        return complete_coupled(problem, point);
    }
    if (problem->sensing.directed) {
        return complete_directed(problem, point);
    }
    problem_clip(problem, point->w, point->x);
    starting_powers(problem, point);
    set_floors(problem, true, floor);
    c = problem_common_factor(problem, point->x, floor);
    if (!(c >= 0.0)) { /* at the edge of feasibility nothing is left for sensing power */
        set_floors(problem, false, floor);
        c = problem_common_factor(problem, point->x, floor);
    }
    if (!(c >= 0.0)) {
        return false;
    }
    scale_amplitudes(problem, point, floor, c);
    return finish_powers(problem, point, c);
}
