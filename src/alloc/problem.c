/* The allocation problem in normalised amplitudes: data and evaluation.
 * docs/model.md (M8), (M9). */
#include "alloc/problem.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

/* In an access point's unit: a threshold that so little power meets is no constraint of a step. It moves the optimum by
 * no more than that, and the completion of the step's result meets it. */
static const double NEGLIGIBLE_POWER = 1e-10;

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

/* A limit that the budget does not let an access point reach is none: the problem is the same, to the bit, without. */
static double normalised_limit(const cfi_system *system, size_t l, double unit_w)
{
    bool binds = system->power.ap_limit_w && system->power.ap_limit_w[l] < system->power.budget_w;

    return binds ? rounded_down(system->power.ap_limit_w[l] / unit_w) : INFINITY;
}

double problem_unit_below(double bound)
{
    int exponent;

    if (!(bound > 0.0 && bound < 1.0)) {
        return 1.0;
    }
    frexp(bound, &exponent); /* bound is in [2^(exponent - 1), 2^exponent), exponent <= 0 */
    return ldexp(1.0, -2 * ((2 - exponent) / 2));
}

static void list_mates(alloc_problem *problem)
{
    size_t count = 0;

    for (size_t k = 0; k < problem->K; k++) {
        problem->mate_start[k] = count;
        for (size_t j = 0; problem->coherent && j < problem->K; j++) {
            if (link_coherent_pair(problem->link, k, j)) {
                problem->mate[count++] = j;
            }
        }
    }
    problem->mate_start[problem->K] = count;
}

static size_t count_mates(const cfi_link *link)
{
    size_t count = 0;

    for (size_t k = 0; k < link->K; k++) {
        for (size_t j = 0; j < link->K; j++) {
            count += link_coherent_pair(link, k, j);
        }
    }
    return count;
}

static void fill_coefficients(alloc_problem *problem)
{
    const cfi_link *link = problem->link;
    const cfi_system *system = link->system;
    double unit = problem->unit_w, noise = system->power.comm_noise_w;

    for (size_t i = 0; i < problem->K * problem->L; i++) {
        problem->signal[i] = rounded(link->g[i] * problem->amplitude);
        problem->load[i] = rounded(link->V[i] * unit / noise);
    }
    for (size_t l = 0; l < problem->L; l++) {
        double per_need = unit * system->sensing.crlb_threshold_rad2[l];

        problem->d1[l] = rounded_down(link->own_echo.comm[l] * per_need);
        problem->d2[l] = rounded_down(link->own_echo.sens[l] * per_need);
        problem->limit[l] = normalised_limit(system, l, unit);
        problem->unit[l] = problem_unit_below(problem->limit[l]);
    }
}

static double largest_power(const alloc_problem *problem, size_t l)
{
    double d1 = problem->d1[l], d2 = problem->d2[l], limit = problem->limit[l];

    if (problem->sensing != SENSING_CONVEX || !(limit < INFINITY) || d1 == d2) {
        return limit;
    }
    return fmin(limit, fmax((limit - 1.0 / d2) / (1.0 - d1 / d2), 0.0));
}

/* The case of the sensing constraint, and what follows from it for each access point. */
static void choose_sensing(alloc_problem *problem)
{
    if (problem->d2[0] >= problem->d1[0]) {
        problem->sensing = SENSING_CONVEX;
    } else {
        problem->sensing = problem->coherent ? SENSING_LINEARISED : SENSING_SATURATED;
    }
    for (size_t l = 0; l < problem->L; l++) {
        double d1 = problem->d1[l], d2 = problem->d2[l];

        problem->incline[l] = d2 > 0.0 ? 1.0 - d1 / d2 : 0.0;
        problem->offset[l] = d2 > 0.0 ? 1.0 / d2 : 0.0;
        problem->most[l] = largest_power(problem, l);
        problem->rank[l] = 1.0 / d1 <= NEGLIGIBLE_POWER * problem->unit[l] ? SIZE_MAX : problem->ranked++;
    }
}

cfi_status problem_build(const cfi_link *link, cfi_arena *arena, alloc_problem *problem, cfi_error *error)
{
    const cfi_system *system = link->system;
    size_t K = link->K, L = link->L;
    bool coherent = system->rate_model == CFI_RATE_EXACT && link->pilots_overlap;
    size_t mates = coherent ? count_mates(link) : 0;
    double *row = arena_alloc(arena, 2 * K + 8 * L, sizeof *row);

    *problem = (alloc_problem){.link = link,
                               .K = K,
                               .L = L,
                               .unit_w = system->power.budget_w / (double)L,
                               .amplitude = sqrt(system->power.budget_w / (double)L / system->power.comm_noise_w),
                               .coherent = coherent,
                               .signal = arena_alloc(arena, K * L, sizeof(double)),
                               .load = arena_alloc(arena, K * L, sizeof(double)),
                               .mate_start = arena_alloc(arena, K + 1, sizeof(size_t)),
                               .mate = arena_alloc(arena, mates, sizeof(size_t)),
                               .rank = arena_alloc(arena, L, sizeof(size_t))};
    if (!problem->signal || !problem->load || !row || !problem->mate_start || !problem->mate || !problem->rank) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the allocation of %zu x %zu powers", K, L);
    }
    problem->u = row;
    problem->interference = row + K;
    row += 2 * K;
    double **const per_ap[] = {&problem->d1,      &problem->d2,     &problem->limit, &problem->most,
                               &problem->incline, &problem->offset, &problem->floor, &problem->unit};
    for (size_t i = 0; i < sizeof per_ap / sizeof *per_ap; i++) {
        *per_ap[i] = row + i * L;
    }
    list_mates(problem);
    fill_coefficients(problem);
    choose_sensing(problem);
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
    return rounded(link_coherent(problem->link, k, j, l) * problem->amplitude);
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

CLONES(static, void, add_signals,
       (const alloc_problem *problem, const alloc_point *point, double *restrict u, double *restrict interference),
       (problem, point, u, interference))
{
    size_t K = problem->K, L = problem->L;

    for (size_t l = 0; l < L; l++) {
        const double *restrict signal = problem->signal + K * l, *restrict load = problem->load + K * l;
        const double *restrict w = point->w + K * l, q = point->q[l];

        for (size_t k = 0; k < K; k++) {
            u[k] += signal[k] * w[k];
            interference[k] += load[k] * q;
        }
    }
}

double problem_evaluate(const alloc_problem *problem, const alloc_point *point)
{
    size_t K = problem->K;
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        problem->u[k] = 0.0;
        problem->interference[k] = 1.0;
    }
    add_signals(problem, point, problem->u, problem->interference);
    for (size_t k = 0; k < K; k++) {
        for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
            double v = problem_coherent(problem, k, problem->mate[i], point->w);
            problem->interference[k] += v * v;
        }
        sum += log1p(problem_sinr(problem, k));
    }
    return sum;
}

/* ---------------------------------------------------------------- powers in watts ---- */

void problem_to_powers(const alloc_problem *problem, const alloc_point *point, cfi_powers *powers)
{
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        const double *w = point->w + K * l;
        double x = 0.0;

        for (size_t k = 0; k < K; k++) {
            x += w[k] * w[k];
            powers->p[k + K * l] = w[k] * w[k] * problem->unit_w;
        }
        powers->s[l] = fmax(point->q[l] - x, 0.0) * problem->unit_w;
    }
}

void problem_from_powers(const alloc_problem *problem, const cfi_powers *powers, alloc_point *point)
{
    size_t K = problem->K;

    for (size_t l = 0; l < problem->L; l++) {
        double q = powers->s[l] / problem->unit_w;

        for (size_t i = K * l; i < K * (l + 1); i++) {
            point->w[i] = rounded(sqrt(powers->p[i] / problem->unit_w));
            q += powers->p[i] / problem->unit_w;
        }
        point->q[l] = rounded(q);
    }
}
