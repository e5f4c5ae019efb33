/* Users of one pilot in the search for the largest common rate. docs/model.md (M31a) */
#include "alloc/level_mates.h"

#include "alloc/equations.h"

#include <math.h>
#include <string.h>

/* Pairs by their streams, each list in the order of pairs: counted, then put where they belong. */
static void list_hearers(const level_mates *m)
{
    const alloc_problem *problem = m->problem;
    size_t K = problem->K, pairs = problem->mate_start[K];

    memset(m->start, 0, (K + 1) * sizeof *m->start);
    for (size_t k = 0; k < K; k++) {
        for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
            m->hearer[i] = k;
            m->start[problem->mate[i]]++;
        }
    }
    for (size_t j = 0; j < K; j++) { /* where each list ends */
        m->start[j + 1] += m->start[j];
    }
    for (size_t i = pairs; i-- > 0;) { /* and, once it is filled from its end, begins */
        m->pair[--m->start[problem->mate[i]]] = i;
    }
}

/* Whether a stream of `count` hearers has fewer access points: rows that hear it are the same for all streams then. */
static bool is_crowd(const alloc_problem *problem, size_t count)
{
    return !problem->coherent_rows && count > problem->L;
}

/* The longest list, and unknowns of the largest system. */
static size_t longest_list(const level_mates *m, size_t *unknowns)
{
    size_t most = 0;

    *unknowns = 0;
    for (size_t j = 0; j < m->problem->K; j++) {
        size_t count = m->start[j + 1] - m->start[j], n = is_crowd(m->problem, count) ? m->problem->L : count;

        most = count > most ? count : most;
        *unknowns = n > *unknowns ? n : *unknowns;
    }
    return most;
}

cfi_status level_mates_init(level_mates *m, const alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, pairs = problem->mate_start[K], stride = problem->stride, most, unknowns;
    bool crowd = false;

    *m = (level_mates){.problem = problem};
    if (pairs == 0) {
        return CFI_OK;
    }
    m->start = arena_alloc(arena, K + 1 + 2 * pairs, sizeof(size_t));
    m->measure = arena_zeros(arena, K + rows_stride(pairs) + problem->stride, sizeof(double));
    if (m->start && m->measure) {
        m->pair = m->start + K + 1;
        m->hearer = m->pair + pairs;
        m->z = m->measure + K;
        m->yield = m->z + rows_stride(pairs);
        list_hearers(m);
        most = longest_list(m, &unknowns);
        crowd = is_crowd(problem, most);
        m->change = arena_alloc(arena, most, sizeof(double));
        m->form = crowd ? arena_alloc(arena, (problem->L + 1) * stride, sizeof(double)) : NULL;
        m->along = crowd && m->form ? m->form + problem->L * stride : NULL;
        m->matrix = arena_alloc(arena, unknowns * (unknowns + 1), sizeof(double));
    }
    if (!m->matrix || !m->change || (crowd && !m->form)) {
        response_out_of_memory(problem, error);
        return CFI_NO_MEMORY;
    }
    return CFI_OK;
}

void level_mates_begin(level_mates *m, const response *r, double *interference, double *state)
{
    const alloc_problem *problem = m->problem;
    size_t K = problem->K;

    if (!r->amplitude) {
        return;
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l < r->stride; l++) {
            r->amplitude[r->stride * k + l] = problem->signal[r->stride * k + l] > 0.0 ? r->along[l] : 0.0;
        }
    }
    if (problem->load_by_stream) {
        problem_add_streams(problem, r->amplitude, interference);
    }
    if (r->pairs == 0) {
        return;
    }
    pairs_hear(problem, (pairs_rows){.rows = r->amplitude}, 0, K,
               &(pairs_heard){.z = m->z, .interference = interference});
    for (size_t k = 0; k < K; k++) {
        size_t count = problem->mate_start[k + 1] - problem->mate_start[k];

        m->measure[k] = sqrt(interference[k] / (double)(count > 0 ? count : 1));
    }
    for (size_t i = 0; i < r->pairs; i++) {
        state[i] = m->z[i] / m->measure[m->hearer[i]];
    }
}

const double *level_mates_state(const level_mates *m, const double *state)
{
    for (size_t i = 0; m->z && i < m->start[m->problem->K]; i++) {
        m->z[i] = state[i] * m->measure[m->hearer[i]];
    }
    return m->z;
}

bool level_mates_lessen(const level_mates *m, const double *u, double *state)
{
    bool any = false;

    for (size_t i = 0; m->z && i < m->start[m->problem->K]; i++) {
        if (!(u[m->problem->mate[i]] > 0.0)) {
            state[i] *= 0.5;
            any = true;
        }
    }
    return any;
}

void level_mates_price(const level_mates *m, const response *r, const double *state, const double *z, double *price)
{
    for (size_t i = 0; i < r->pairs; i++) {
        size_t k = m->hearer[i], j = m->problem->mate[i];

        m->z[i] = state[i] * m->measure[k];
        price[j] += r->weight[k] * m->z[i] * (m->z[i] - z[i]) / (r->gain[j] * r->gain[j]);
    }
}

/* By how much the amplitudes of a stream rise with their v. */
static void take_yield(const level_mates *m, const response *r, size_t j, double raised)
{
    size_t at = r->stride * j;

    for (size_t l = 0; l < m->problem->L; l++) {
        double yield =
            m->problem->load_by_stream ? 1.0 / (r->stream_price[at + l] + r->shift[l]) : r->along[l] / raised;

        m->yield[l] = r->amplitude[at + l] > 0.0 ? yield : 0.0;
    }
}

/* z of stream j at the fixed point, less what the state has: (1 + C Y C' W) times that is the answer's change. By as
 * many equations as there are hearers. */
static bool solve_by_hearers(const level_mates *m, const response *r, size_t j, const double *z)
{
    size_t count = m->start[j + 1] - m->start[j];
    const size_t *pair = m->pair + m->start[j];

    for (size_t b = 0; b < count; b++) {
        const double *heard = problem_coherent_row(m->problem, m->hearer[pair[b]], pair[b]);

        for (size_t a = 0; a <= b; a++) {
            const double *other = problem_coherent_row(m->problem, m->hearer[pair[a]], pair[a]);
            double gram = rows_triple(r->stride, heard, other, m->yield);

            m->matrix[a + count * b] = gram * r->weight[m->hearer[pair[b]]] + (a == b);
            m->matrix[b + count * a] = gram * r->weight[m->hearer[pair[a]]] + (a == b);
        }
        m->matrix[b + count * count] = z[pair[b]] - m->z[pair[b]];
    }
    if (!equations_solve(count, m->matrix)) {
        return false;
    }
    memcpy(m->change, m->matrix + count * count, count * sizeof *m->change);
    return true;
}

/* C' W C of all users of the pilot of user `first`, its first one. */
static void add_forms(const level_mates *m, const response *r, size_t first)
{
    const alloc_problem *problem = m->problem;

    memset(m->form, 0, problem->L * r->stride * sizeof *m->form);
    for (size_t k = first; k < problem->K; k = problem->link->pilot_next[k]) {
        const double *heard = problem->heard + r->stride * k;

        for (size_t l = 0; l < problem->L; l++) {
            rows_subtract(r->stride, -r->weight[k] * heard[l], heard, m->form + r->stride * l);
        }
    }
}

/* C' W (z - the state's) of stream j, a row. */
static void weigh_change(const level_mates *m, const response *r, size_t j, const double *z)
{
    memset(m->along, 0, r->stride * sizeof *m->along);
    for (size_t i = m->start[j]; i < m->start[j + 1]; i++) {
        size_t pair = m->pair[i], k = m->hearer[pair];

        rows_subtract(r->stride, -r->weight[k] * (z[pair] - m->z[pair]), m->problem->heard + r->stride * k, m->along);
    }
}

/* The equations of stream j and its right-hand side, of the `n` access points whose root of the yield is not 0. */
static void fill_points(const level_mates *m, const response *r, size_t j, size_t n)
{
    const double *own = m->problem->heard + r->stride * j, *root = m->yield;
    double *entry = m->matrix, *side = m->matrix + n * n;

    for (size_t l = 0; l < m->problem->L; l++) {
        if (!(root[l] > 0.0)) {
            continue;
        }
        for (size_t p = 0; p < m->problem->L; p++) {
            if (root[p] > 0.0) {
                double form = m->form[p + r->stride * l] - r->weight[j] * own[p] * own[l];

                *entry++ = root[p] * root[l] * form + (p == l);
            }
        }
        *side++ = root[l] * m->along[l];
    }
}

/* The same by as many equations as access points send the stream: with D = C' W C of its hearers and q = C' W (z' - z)
 * the change is z' - z - C Y^1/2 (1 + Y^1/2 D Y^1/2)^-1 Y^1/2 q (Woodbury). */
static bool solve_by_points(const level_mates *m, const response *r, size_t j, const double *z)
{
    size_t n = 0, L = m->problem->L, stride = r->stride;
    double *yield = m->yield, *along = m->along;

    weigh_change(m, r, j, z);
    for (size_t l = 0; l < L; l++) {
        yield[l] = sqrt(yield[l]);
        n += yield[l] > 0.0;
    }
    fill_points(m, r, j, n);
    if (!equations_solve(n, m->matrix)) {
        return false;
    }
    for (size_t l = 0, b = 0; l < L; l++) {
        along[l] = yield[l] > 0.0 ? yield[l] * m->matrix[n * n + b++] : 0.0;
    }
    for (size_t i = 0; i < m->start[j + 1] - m->start[j]; i++) {
        size_t pair = m->pair[m->start[j] + i];

        m->change[i] = z[pair] - m->z[pair] - rows_product(stride, m->problem->heard + stride * m->hearer[pair], along);
    }
    return true;
}

static void answer_stream(const level_mates *m, const response *r, const level_step *step, size_t j, double *to)
{
    size_t count = m->start[j + 1] - m->start[j];
    double scale = exp(step->gain[j]) / r->gain[j]; /* amplitudes follow gains */
    bool solved;

    take_yield(m, r, j, step->raised);
    solved = (is_crowd(m->problem, count) ? solve_by_points : solve_by_hearers)(m, r, j, step->z);
    for (size_t i = 0; i < count; i++) {
        size_t pair = m->pair[m->start[j] + i];
        double next = (m->z[pair] + (solved ? m->change[i] : 0.0)) * scale;

        to[pair] = (m->problem->coherent_signed ? next : fmax(next, 0.0)) / m->measure[m->hearer[pair]];
    }
}

void level_mates_answer(const level_mates *m, const response *r, const level_step *step, double *to)
{
    const cfi_link *link = m->problem->link;

    for (size_t first = 0; r->pairs > 0 && first < link->K && !stop_requested(step->stop); first++) {
        bool begins = link->pilot_first[first] == first;

        if (begins && is_crowd(m->problem, m->start[first + 1] - m->start[first])) {
            add_forms(m, r, first);
        }
        for (size_t j = first; begins && j < link->K && !stop_requested(step->stop); j = link->pilot_next[j]) {
            answer_stream(m, r, step, j, to);
        }
    }
}
