/* The best response of the access points. docs/model.md (M19). */
#include "alloc/response.h"

#include "alloc/constants.h"
#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------ set-up ---- */

CLONES(static, void, take_root_row, (size_t count, const double *square, double *root), (count, square, root))
{
    for (size_t l = 0; l < count; l++) {
        root[l] = sqrt(square[l]);
    }
}

static void fill_constant_rows(response *r)
{
    const alloc_sensing *sensing = &r->problem->sensing;
    size_t L = r->problem->L;

    for (size_t l = 0; l < L; l++) {
        sensing_shape shape = sensing_shape_of(sensing, l);

        r->root_kink[l] = shape.kink;
        r->trade[l] = shape.helps ? shape.trade : INFINITY;
        r->offset[l] = shape.offset;
    }
    take_root_row(L, r->root_kink, r->root_kink);
    take_root_row(L, sensing->most, r->root_most);
    take_root_row(L, sensing->fewest, r->root_fewest);
}

cfi_status response_out_of_memory(const alloc_problem *problem, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the response of %zu access points", problem->L);
}

enum { RESPONSE_ROWS = 14 }; /* that every response has */

cfi_status response_init(response *r, const alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, pairs = problem->mate_start[K], stride = problem->stride;
    bool streams = problem->load_by_stream != NULL, apart = !problem_loads_equal(problem);
    size_t rows = RESPONSE_ROWS + (streams ? K : 0);
    double *memory = arena_alloc(arena, rows * stride + 2 * K, sizeof *memory);

    *r = (response){.problem = problem, .pairs = pairs, .stride = stride, .mu = -1.0};
    r->amplitude = pairs > 0 && !streams ? arena_alloc(arena, K * stride, sizeof(double)) : NULL;
    if (!memory || (pairs > 0 && !streams && !r->amplitude)) {
        return response_out_of_memory(problem, error);
    }
    problem_clear_padding(problem, memory, rows);
    double **const row[RESPONSE_ROWS] = {&r->root_kink, &r->trade, &r->offset,   &r->root_most, &r->root_fewest,
                                         &r->norm2,     &r->norm,  &r->per_norm, &r->price,     &r->sensing_price,
                                         &r->along,     &r->x,     &r->s,        &r->power};
    for (size_t i = 0; i < RESPONSE_ROWS; i++) {
        *row[i] = memory + i * stride;
    }
    r->sensing_price = apart ? r->sensing_price : r->price;
    r->gain = memory + rows * stride;
    r->weight = r->gain + K;
    r->amplitude = streams ? memory + RESPONSE_ROWS * stride : r->amplitude;
    fill_constant_rows(r);
    if (problem->damped) {
        r->yield = arena_zeros(arena, K * stride + pairs, sizeof(double));
        if (!r->yield) {
            return response_out_of_memory(problem, error);
        }
        r->damping = r->yield + K * stride;
    }
    if (problem->sensing.kind == SENSING_LINEARISED && response_lone_init(r, arena, error) != CFI_OK) {
        return CFI_NO_MEMORY;
    }
    if (problem->coupled) {
        return response_coupled_init(r, arena, error);
    }
    return streams ? response_streams_init(r, arena, error) : CFI_OK;
}

/* ---------------------------------------------------------------- what is left of the budget ---- */

/* Where prices leave some of the budget unspent, all amplitudes are raised by the largest factor that the budget and
 * the limits allow: that raises every SINR. The factor is 1 where an access point is at its limit, so that fixed points
 * stay what they are. Where noise is nothing beside interference the answer to a state of less power is about the same
 * power again: without this the climb would go up by the noise's share, evaluation by evaluation. Returns the factor; 1
 * when nothing is raised. */
static double raise_all(response *r)
{
    bool placed = r->problem->load_by_stream != NULL; /* r->amplitude is w already */
    double *amplitudes = placed ? r->amplitude : r->along;
    double c = problem_common_factor(r->problem, r->x, r->x), root = sqrt(c);
    size_t count = placed ? r->problem->K * r->stride : r->stride;

    if (!(c > 1.0 + WORTH_RAISING)) {
        return 1.0;
    }
    for (size_t l = 0; l < r->stride; l++) {
        double missing;

        r->x[l] *= c;
        missing = r->offset[l] - r->x[l] * r->trade[l];
        r->s[l] = missing > 0.0 ? missing : 0.0;
    }
    for (size_t i = 0; i < count; i++) {
        amplitudes[i] *= root;
    }
    return root;
}

/* ---------------------------------------------------------------------- the state after it ---- */

/* What the threads share of an answer. */
typedef struct shared_answer {
    response *r;
    double *answer;
} shared_answer;

CLONES(static, void, take_yields,
       (size_t count, const double *restrict v, const double *restrict along, double *restrict yield),
       (count, v, along, yield))
{
    for (size_t l = 0; l < count; l++) {
        yield[l] = v[l] > 0.0 ? along[l] : 0.0;
    }
}

/* How much amplitudes rise with their v, as if rho / h stayed. */
static void find_yields(response *r)
{
    for (size_t k = 0; k < r->problem->K; k++) {
        take_yields(r->stride, r->amplitude + r->stride * k, r->along, r->yield + r->stride * k);
    }
}

/* u and I of users first .. end - 1 where v_kl is gain_k signal_kl and both loads are alike. */
CLONES(static, void, collect_alike, (const response *r, size_t first, size_t end, double *u, double *interference),
       (r, first, end, u, interference))
{
    for (size_t k = first; k < end; k++) {
        const double *signal = r->problem->signal + r->stride * k, *load = r->problem->load + r->stride * k;

        u[k] = r->gain[k] * sum_triples(r->stride, signal, signal, r->along);
        interference[k] = 1.0 + sum_products(r->stride, load, r->power);
    }
}

/* u, I and z of users first .. end - 1, but for what streams cause one by one. */
static void collect_users(void *context, size_t thread, size_t first, size_t end)
{
    const shared_answer *shared = context;
    const response *r = shared->r;
    const alloc_problem *problem = r->problem;
    double *u = shared->answer, *interference = u + problem->K, *z = u + 2 * problem->K;

    (void)thread;
    if (!r->amplitude && problem_loads_equal(problem)) {
        collect_alike(r, first, end, u, interference);
        return;
    }
    for (size_t i = first; i < end; i++) {
        size_t k = problem_user(problem, i);
        const double *signal = problem->signal + r->stride * k;

        if (!r->amplitude) {
            u[k] = r->gain[k] * rows_triple(r->stride, signal, signal, r->along);
        }
        interference[k] = problem_interference(problem, k, r->x, r->s);
        for (size_t m = problem->mate_start[k]; r->damping && m < problem->mate_start[k + 1]; m++) {
            const double *c = problem_coherent_row(problem, k, m);

            r->damping[m] = r->weight[k] * rows_triple(r->stride, c, c, r->yield + r->stride * problem->mate[m]);
        }
    }
    if (r->amplitude) {
        pairs_hear(problem, (pairs_rows){.rows = r->amplitude, .along = r->along}, first, end,
                   &(pairs_heard){.u = u, .z = z, .interference = interference});
    }
}

static void collect(shared_answer *shared)
{
    response *r = shared->r;
    const alloc_problem *problem = r->problem;
    size_t K = problem->K, threads = problem->link->threads, pairs_each = 1 + r->pairs / K;

    rows_add(r->stride, r->x, r->s, r->power);
    threads_share(threads, K, threads_even_part(threads, K, r->stride * pairs_each), collect_users, shared);
    if (problem->load_by_stream) {
        problem_add_streams(problem, r->amplitude, shared->answer + K);
    }
}

/* ------------------------------------------------------------------------------- targets ---- */

/* Slopes of rates that count more than the objective says. */
static void lift_slopes(const response *r, const double *state)
{
    const double *lift = state + response_lifts(r);

    for (size_t k = 0; k < r->problem->K; k++) {
        if (lift[k] > 0.0) {
            double more = exp(lift[k]);

            r->gain[k] *= more;
            r->weight[k] *= more;
        }
    }
}

/* Lifts after the answer. */
static void answer_lifts(const response *r, const double *state, double *answer)
{
    size_t K = r->problem->K, lifts = response_lifts(r);
    const double *target = r->problem->target;

    for (size_t k = 0; k < K; k++) {
        double u = answer[k], sinr = u * u / answer[K + k], lift = state[lifts + k];
        double rise = target[k] > 0.0 ? LIFT_RATE * log(target[k] / sinr) : 0.0;

        rise = rise < LONGEST_LIFT ? rise : LONGEST_LIFT;
        answer[lifts + k] = lift + rise > 0.0 ? lift + rise : 0.0;
    }
}

/* sum_k phi_k |SINR_k - T_k| / (1 + SINR_k) at the state, where phi_k is (1 - e^-lift) of what gain_k is made of. */
static double slack_of_targets(const response *r, const double *state)
{
    const double *target = r->problem->target, *lift = state + response_lifts(r);
    double sum = 0.0;

    for (size_t k = 0; k < r->problem->K; k++) {
        double u = state[k], interference = state[r->problem->K + k];

        if (lift[k] > 0.0) {
            sum -= expm1(-lift[k]) * r->gain[k] * fabs(u - target[k] * interference / u);
        }
    }
    return sum;
}

static double objective_of_answer(const response *r, double *answer)
{
    alloc_values values = {.u = answer, .interference = answer + r->problem->K};

    return r->problem->objective->value(r->problem, &values);
}

/* What the answer gains, linearised: z^2 as 2 z0 z - z0^2, which (z - z0)^2 is missing from. */
static double gain_of_answer(const response *r, const double *state, const double *answer)
{
    const alloc_problem *problem = r->problem;
    size_t K = problem->K;
    double gain = 0.0;

    for (size_t k = 0; k < K; k++) {
        double rise = answer[K + k] - state[K + k];

        for (size_t m = problem->mate_start[k]; m < problem->mate_start[k + 1]; m++) {
            double change = answer[2 * K + m] - state[2 * K + m];

            rise -= change * change;
        }
        gain += 2.0 * r->gain[k] * (answer[k] - state[k]) - r->weight[k] * rise;
    }
    return gain + (r->coupled ? response_coupled_rest(r) : 0.0);
}

/* Where amplitudes end up, of answers that have been found. */
static void place_all(response *r)
{
    if (r->problem->load_by_stream) {
        response_streams_place(r);
    } else if (r->damping) {
        find_yields(r);
    }
}

bool response_answer_slopes(response *r, const double *z, double *answer, double *raised)
{
    shared_answer shared = {.r = r, .answer = answer};

    response_price(r, z);
    r->scale = 1.0;
    if (!(r->coupled ? response_coupled_answer(r) : response_find_price(r))) {
        return false;
    }
    place_all(r);
    *raised = !r->coupled && r->mu == 0.0 ? raise_all(r) : 1.0;
    collect(&shared);
    return true;
}

bool response_answer(response *r, const double *state, double *answer, response_value *value)
{
    const alloc_problem *problem = r->problem;
    shared_answer shared = {.r = r, .answer = answer};
    bool scaled;
    double gain;

    problem->objective->slopes(problem, state, state + problem->K, r->gain, r->weight);
    if (problem->target) {
        lift_slopes(r, state);
    }
    response_price(r, state + 2 * problem->K);
    scaled = response_answer_scaled(r, state, &gain);
    if (!scaled && !(r->coupled ? response_coupled_answer(r) : response_find_price(r))) {
        return false;
    }
    place_all(r);
    collect(&shared);
    *value = (response_value){.objective = objective_of_answer(r, answer),
                              .gain = scaled ? gain : gain_of_answer(r, state, answer)};
    /* a scaled answer has spent what is left of the budget already */
    if (!scaled && (r->coupled ? response_coupled_raise(r) : r->mu == 0.0 && raise_all(r) > 1.0)) {
        collect(&shared);
        value->objective = objective_of_answer(r, answer);
    }
    if (problem->target) {
        answer_lifts(r, state, answer);
        value->slack = slack_of_targets(r, state);
    }
    return true;
}

void response_lend(response *r, double *rows)
{
    r->amplitude = rows;
    r->lent = true;
}

CLONES(static, void, multiply_row,
       (size_t count, double gain, const double *v, const double *restrict along, double *w),
       (count, gain, v, along, w))
{
    for (size_t l = 0; l < count; l++) {
        w[l] = gain * v[l] * along[l];
    }
}

/* What the threads share. */
typedef struct reading {
    const response *r;
    double *w;
} reading;

static void read_users(void *context, size_t thread, size_t first, size_t end)
{
    const reading *job = context;
    const response *r = job->r;

    (void)thread;
    for (size_t k = first; k < end; k++) {
        size_t at = r->stride * k;

        multiply_row(r->stride, r->amplitude ? 1.0 : r->gain[k],
                     (r->amplitude ? r->amplitude : r->problem->signal) + at, r->along, job->w + at);
    }
}

void response_read(const response *r, alloc_point *point)
{
    size_t threads = r->problem->link->threads, K = r->problem->K;
    reading job = {.r = r, .w = point->w};

    threads_share(threads, K, threads_even_part(threads, K, r->stride), read_users, &job);
    memcpy(point->x, r->x, r->stride * sizeof *r->x);
    memcpy(point->s, r->s, r->stride * sizeof *r->s);
}
