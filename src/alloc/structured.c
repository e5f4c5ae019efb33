/* One SCA step by its dual: Newton's method, damped by backtracking, and the feasible point that belongs to the
 * multipliers. docs/model.md (M19). */
#include "alloc/dual.h"
#include "cfisac/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_ITERATIONS = 60, MOST_HALVINGS = 50 };
static const double GAP_TOLERANCE = 1e-10, ACCEPTED_GAP = 1e-7;

/* `filled`: K counters. */
static void list_pairs(structured *s, size_t *filled)
{
    const alloc_problem *problem = s->problem;

    memset(filled, 0, s->K * sizeof *filled);
    for (size_t k = 0; k < s->K; k++) {
        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            size_t j = problem->mate[m];

            s->owner[m] = k;
            s->incoming[problem->mate_start[j] + filled[j]++] = m;
        }
    }
}

cfi_status structured_init(structured *s, const alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, L = problem->L, pairs = problem->mate_start[K], n = K + pairs + 1;
    double *memory = arena_alloc(arena, K + 6 * n + n * n + 2 * K * L + 2 * n * L + pairs * L, sizeof *memory);
    size_t *index = arena_alloc(arena, 2 * pairs + K, sizeof *index);

    if (!memory || !index) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the dual of an allocation step");
    }
    *s = (structured){.problem = problem,
                      .K = K,
                      .pairs = pairs,
                      .n = n,
                      .owner = index,
                      .incoming = index + pairs,
                      .y = memory,
                      .gradient = memory + n,
                      .diagonal = memory + 2 * n,
                      .step = memory + 3 * n,
                      .v = memory + 4 * n,
                      .origin = memory + 5 * n,
                      .r = memory + 6 * n,
                      .hessian = memory + 6 * n + K,
                      .mu = -1.0};
    s->slope = s->hessian + n * n;
    s->cost = s->slope + K * L;
    s->flat = s->cost + K * L;
    s->bent = s->flat + n * L;
    s->coherent = s->bent + n * L;
    list_pairs(s, index + 2 * pairs);
    return CFI_OK;
}

/* ----------------------------------------------------------------------------- Newton ---- */

/* The Newton step, with mu moved by `mu_step` alone if that is not NAN. False when the system is not positive definite.
 */
static bool solve_newton(structured *s, double mu_step)
{
    size_t n = s->n, last = n - 1;
    double *row = s->hessian + last; /* d mu d the k-th at row[n k] */

    for (size_t i = 0; i < n; i++) {
        s->step[i] = -s->gradient[i];
    }
    if (!isnan(mu_step)) {
        for (size_t k = 0; k < last; k++) {
            s->step[k] -= row[n * k] * mu_step;
            row[n * k] = 0.0;
        }
        row[n * last] = 1.0;
        s->step[last] = mu_step;
    } else {
        row[n * last] += 1e-7 * s->mu_curvature; /* it may still be flat */
    }
    return linalg_solve_positive(n, s->hessian, n, s->step) == CFI_OK;
}

/* The Newton step that keeps mu >= 0. Where the full step would not, the budget does not bind: mu goes to 0. */
static bool newton_step(structured *s)
{
    size_t last = s->n - 1;
    double mu = s->y[last];

    if (mu <= 0.0 && s->gradient[last] >= 0.0) {
        return solve_newton(s, 0.0);
    }
    if (!solve_newton(s, NAN)) {
        return false;
    }
    if (mu + s->step[last] < 0.0) {
        dual_expand(s); /* the solution overwrote the Hessian */
        return solve_newton(s, -mu);
    }
    return true;
}

/* Moves y along the step as far as D falls and expands there; *value is D. False when it does not fall. */
static bool search_line(structured *s, double *value)
{
    size_t n = s->n;
    double length = 1.0, slope = 0.0, before = *value;

    for (size_t i = 0; i < n; i++) {
        slope += s->gradient[i] * s->step[i];
    }
    for (size_t k = 0; k < s->K; k++) { /* lambda > 0 */
        if (s->step[k] > 0.0) {
            length = fmin(length, 0.95 * (1.0 - s->y[k]) / s->step[k]);
        }
    }
    memcpy(s->origin, s->y, n * sizeof *s->y);
    for (int i = 0; i < MOST_HALVINGS; i++, length *= 0.5) {
        for (size_t j = 0; j < n; j++) {
            s->y[j] = s->origin[j] + length * s->step[j];
        }
        s->y[n - 1] = fmax(s->y[n - 1], 0.0);
        *value = dual_expand(s); /* the first length nearly always serves, and its derivatives are needed next */
        if (*value <= before + 1e-4 * length * slope + 1e-15 * fabs(before)) {
            return true;
        }
    }
    memcpy(s->y, s->origin, n * sizeof *s->y);
    *value = dual_expand(s);
    return false;
}

/* sum_k ln(1 + t_k) of a point. */
static double primal_value(const structured *s, const alloc_point *point)
{
    const alloc_problem *problem = s->problem;
    double value = 0.0;

    problem_evaluate(problem, point);
    for (size_t k = 0; k < s->K; k++) {
        double t = 2.0 * s->r[k] * problem->u[k] - s->r[k] * s->r[k] * problem->interference[k];

        value += t > -1.0 ? log1p(t) : -INFINITY;
    }
    return value;
}

/* The point that belongs to the multipliers, and its gap to the dual value. Over the budget by rounding it is scaled
 * down; below the budget, which a surrogate may prefer, it stays. */
static double recover(structured *s, double dual, alloc_point *to)
{
    const alloc_problem *problem = s->problem;
    double primal, total = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        ap_optimum o = dual_visit(s, l, s->y);

        for (size_t k = 0; k < s->K; k++) {
            to->w[k + s->K * l] = o.h > 0.0 ? o.rho / o.h * s->v[k] : 0.0;
        }
        to->q[l] = o.q;
        total += o.q;
    }
    if (total > (double)problem->L && !problem_complete(problem, to)) {
        return INFINITY;
    }
    primal = primal_value(s, to);
    return (dual - primal) / fmax(primal, 1e-300);
}

static double radiated_at(structured *s, double mu)
{
    double total = 0.0;

    s->y[s->n - 1] = mu;
    for (size_t l = 0; l < s->problem->L; l++) {
        total += dual_visit(s, l, s->y).q;
    }
    return total;
}

/* Moves mu to the minimum of D for the users' multipliers as they are: where the budget is spent, or to 0. */
static void minimise_over_mu(structured *s)
{
    double budget = (double)s->problem->L, low = 0.0, high = 0.0;

    if (radiated_at(s, 0.0) <= budget) {
        return;
    }
    for (size_t k = 0; k < s->K; k++) {
        high += s->r[k] * s->r[k] + s->r[k];
    }
    for (int i = 0; i < 200 && radiated_at(s, high) > budget; i++) {
        low = high;
        high *= 4.0;
    }
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);

        *(radiated_at(s, middle) > budget ? &low : &high) = middle;
    }
    s->y[s->n - 1] = high;
}

/* D is linear in mu while all access points are at kinks or limits; Newton's method would creep. */
static bool is_flat(const structured *s)
{
    size_t last = s->n - 1;

    return s->hessian[last + s->n * last] < 1e-6 * s->mu_curvature && !(s->y[last] <= 0.0 && s->gradient[last] >= 0.0);
}

bool structured_step(structured *s, const alloc_point *at, alloc_point *to, double *gap)
{
    double value;

    *gap = INFINITY;
    dual_start(s, at);
    s->y[s->n - 1] = s->mu;
    if (s->mu < 0.0) {
        minimise_over_mu(s);
    }
    value = dual_expand(s);
    for (int i = 0; i < MOST_ITERATIONS; i++) {
        double decrement = 0.0;

        if (is_flat(s)) {
            minimise_over_mu(s);
            value = dual_expand(s);
        }
        if (!newton_step(s)) {
            break;
        }
        for (size_t j = 0; j < s->n; j++) {
            decrement -= s->gradient[j] * s->step[j];
        }
        if (decrement <= 0.1 * GAP_TOLERANCE * fabs(value)) {
            *gap = recover(s, value, to);
            if (*gap <= GAP_TOLERANCE) {
                break;
            }
        }
        if (!search_line(s, &value)) {
            *gap = recover(s, value, to);
            break;
        }
    }
    s->mu = s->y[s->n - 1];
    if (!(*gap <= ACCEPTED_GAP)) {
        s->mu = -1.0;
        problem_copy(s->problem, at, to);
        return false;
    }
    return true;
}
