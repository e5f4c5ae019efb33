/* One SCA step by its dual: Newton's method, damped by backtracking, and the feasible point that belongs to the
 * multipliers. docs/model.md (M19). */
#include "alloc/structured.h"

#include "alloc/constants.h"
#include "cfisac/linalg.h"

#include <math.h>
#include <string.h>

/* Fills owner and incoming: which pairs (k, j) of users with one pilot belong to which user. `filled`: scratch for K
 * counts. */
static void list_mate_pairs(structured *s, size_t *filled)
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

cfi_status structured_init(structured *s, const alloc_problem *problem, cfi_stop *stop, cfi_arena *arena,
                           cfi_error *error)
{
    size_t K = problem->K, pairs = problem->mate_start[K], n = K + pairs + 1, rows = n + n % 2;
    double *memory = arena_alloc(arena, 6 * K + 4 * n + rows * rows, sizeof *memory);
    size_t *index = arena_alloc(arena, 2 * pairs + K, sizeof *index);

    if (!memory || !index) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the dual of an allocation step");
    }
    *s = (structured){.problem = problem,
                      .K = K,
                      .pairs = pairs,
                      .n = n,
                      .rows = rows,
                      .owner = index,
                      .incoming = index + pairs,
                      .r = memory,
                      .slope = memory + K,
                      .square = memory + 2 * K,
                      .gain = memory + 3 * K,
                      .weight = memory + 4 * K,
                      .diagonal = memory + 5 * K,
                      .y = memory + 6 * K,
                      .mu = -1.0,
                      .stop = stop};
    s->gradient = s->y + n;
    s->step = s->gradient + n;
    s->origin = s->step + n;
    s->hessian = s->origin + n;
    list_mate_pairs(s, index + 2 * pairs);
    return lanes_init(&s->aps, problem, rows, arena, error);
}

/* ----------------------------------------------------------------------------- Newton ---- */

/* The Newton step, with mu moved by `mu_step` alone if that is not NAN. False when the system is not positive definite.
 */
static bool solve_newton(structured *s, double mu_step)
{
    size_t n = s->n, ld = s->rows, last = n - 1;
    double *row = s->hessian + last; /* the second derivative in mu and multiplier k stands at row[ld k] */

    for (size_t i = 0; i < n; i++) {
        s->step[i] = -s->gradient[i];
    }
    if (!isnan(mu_step)) {
        for (size_t k = 0; k < last; k++) {
            s->step[k] -= row[ld * k] * mu_step;
            row[ld * k] = 0.0;
        }
        row[ld * last] = 1.0;
        s->step[last] = mu_step;
    } else {
        row[ld * last] += 1e-7 * s->mu_curvature; /* with no curvature of its own the system would be singular */
    }
    return linalg_solve_positive(n, s->hessian, ld, s->step, s->stop) == CFI_OK;
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
    for (int i = 0; i < DUAL_HALVINGS && !stop_requested(s->stop); i++, length *= 0.5) {
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

/* sum_k ln(1 + t_k) of a point, whose values are left beside it. */
static double primal_value(const structured *s, const alloc_state *state)
{
    const alloc_values *values = state->values;
    double value = 0.0;

    problem_evaluate(s->problem, state->point, state->values);
    for (size_t k = 0; k < s->K; k++) {
        double t = 2.0 * s->r[k] * values->u[k] - s->r[k] * s->r[k] * values->interference[k];

        value += t > -1.0 ? log1p(t) : -INFINITY;
    }
    return value;
}

/* The point that belongs to the multipliers; returns its gap to the dual value. Where the budget binds it is completed;
 * elsewhere the surrogate may prefer to stay below the budget, and the values are not those of a complete point. */
static double recover(structured *s, double dual, const alloc_state *to)
{
    const alloc_problem *problem = s->problem;
    double primal, radiated = dual_maximisers(s, to->point);
    bool binds = s->y[s->n - 1] > 0.0 || radiated > (double)problem->L;

    to->values->objective = NAN;
    if (binds && !problem->objective->complete(problem, to->point)) {
        return INFINITY;
    }
    primal = primal_value(s, to);
    to->values->objective = binds ? to->values->objective : NAN;
    return (dual - primal) / fmax(primal, 1e-300);
}

/* Moves mu to within `tolerance` (relative) above the minimum of D for the users' multipliers as they are: where the
 * budget is spent, or to 0. The search begins about `guess`. Leaves D to be expanded. */
static void minimise_over_mu(structured *s, double guess, double tolerance)
{
    double budget = (double)s->problem->L, low = 0.0, high = 0.0, step = 4.0;

    dual_sum(s);
    if (dual_radiated(s, 0.0) > budget) {
        low = high = guess > 0.0 && guess < INFINITY ? guess : 1.0;
        for (; dual_radiated(s, high) > budget && high < 1e300; step *= step) {
            low = high;
            high *= step;
        }
        for (; low == high || (low > 1e-300 && dual_radiated(s, low) <= budget); step *= step) {
            high = low;
            low /= step;
        }
        for (int i = 0; i < 100 && high - low > tolerance * high; i++) {
            double middle = high > 4.0 * low ? sqrt(low) * sqrt(high) : 0.5 * (low + high);

            *(dual_radiated(s, middle) > budget ? &low : &high) = middle;
        }
    }
    s->y[s->n - 1] = high;
}

/* What mu is if `at` is stationary: rho = h / (2 C) at every access point, weighted by power. */
static double guess_mu(structured *s, const alloc_point *at)
{
    double weighted = 0.0, total = 0.0;

    dual_sum(s);
    for (size_t l = 0; l < s->problem->L; l++) {
        double x = at->x[l], h = sqrt(s->aps.norm2[l]);

        if (x > 0.0) {
            weighted += x * fmax(0.5 * h / sqrt(x) - s->aps.price[l], 0.0);
            total += x;
        }
    }
    return total > 0.0 ? weighted / total : 1.0;
}

/* While all access points are at kinks or limits the dual is linear in mu: its curvature says nothing of where the
 * slope changes, and Newton's method would take very many short steps to get there. minimise_over_mu then looks for it,
 * unless mu is 0 and the dual rises from there. */
static bool is_flat(const structured *s)
{
    size_t last = s->n - 1;

    return s->hessian[last + s->rows * last] < 1e-6 * s->mu_curvature &&
           !(s->y[last] <= 0.0 && s->gradient[last] >= 0.0);
}

bool structured_step(structured *s, const alloc_state *at, const alloc_state *to, double *gap)
{
    double value;

    *gap = INFINITY;
    dual_start(s, at);
    s->y[s->n - 1] = s->mu;
    if (s->mu < 0.0) {
        minimise_over_mu(s, guess_mu(s, at->point), 0.1);
    }
    value = dual_expand(s);
    for (int i = 0; i < DUAL_ITERATIONS && !stop_requested(s->stop); i++) {
        double decrement = 0.0;

        if (is_flat(s)) {
            minimise_over_mu(s, s->y[s->n - 1], 1e-12);
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
    if (!(*gap <= ACCEPTED_GAP) || stop_requested(s->stop)) {
        s->mu = -1.0;
        problem_copy(s->problem, at->point, to->point);
        return false;
    }
    return true;
}
