/* The response where sensing asks of all access points together. docs/model.md (M19), (M28)
 *
 * Shared functionals and the position cone leave every access point its closed cases, at prices that a few multipliers
 * change; sensing power goes where it is cheapest then, at few access points. All of them answer one separable concave
 * program (separable.h). */
#include "alloc/response.h"

#include "alloc/constants.h"
#include "alloc/separable_solve.h"
#include "alloc/separable_values.h"

#include <math.h>
#include <string.h>

struct response_coupled {
    separable program;
};

/* ------------------------------------------------------------------------------- set-up ---- */

bool response_couples(const alloc_problem *problem)
{
    return !problem->coherent && !problem->load_by_stream && problem->coupled->information.functionals <= 1;
}

/* The program's constant rows: what they are made of is the caller's. */
typedef struct coupled_job {
    const response *r;
    response_coupled *coupled;
    cfi_arena *arena;
} coupled_job;

static double *make_row(const coupled_job *job)
{
    return arena_zeros(job->arena, job->r->problem->L, sizeof(double));
}

/* Rows of own echoes, and of limits. */
static bool add_program_rows(const coupled_job *job)
{
    const alloc_problem *problem = job->r->problem;
    const alloc_information *information = &job->r->problem->coupled->information;
    separable *program = &job->coupled->program;

    for (size_t i = 0; i < information->owns; i++) {
        program->row[program->rows++] =
            (separable_row){.x = information->own[i].x, .s = information->own[i].s, .constant = -1.0};
    }
    if (problem->limited) {
        double *x = make_row(job), *s = make_row(job);

        for (size_t l = 0; x && s && l < problem->L; l++) {
            s[l] = problem->limit[l] < INFINITY ? -1.0 / problem->limit[l] : 0.0;
            x[l] = information->idle[l] ? 0.0 : s[l];
        }
        program->row[program->rows++] = (separable_row){.x = x, .s = s, .constant = 1.0};
        return x && s;
    }
    return true;
}

static bool add_functional(const coupled_job *job)
{
    const alloc_information *information = &job->r->problem->coupled->information;
    separable *program = &job->coupled->program;
    double *x = make_row(job), *s = make_row(job);

    for (size_t l = 0; x && s && l < program->L; l++) {
        x[l] = information->idle[l] ? 0.0 : information->weight[l];
        s[l] = information->beam * information->weight[l];
    }
    program->lit = true;
    program->a = information->a;
    program->b = information->b;
    program->weight_x = x;
    program->weight_s = s;
    return x && s;
}

/* Entries (1, 1), (2, 2), (1, 2) of AP l's information for a unit of power: its own echo's times own, and that in all
 * echoes times light. */
static void fill_information(const alloc_information *information, size_t l, double own, double light,
                             double *const to[3])
{
    const size_t entry[3] = {0, 2, 1};

    for (size_t i = 0; i < 3; i++) {
        to[i][l] = own * information->along[3 * l + entry[i]];
        to[i][l] += information->light ? light * information->light[3 * l + entry[i]] : 0.0;
    }
}

static bool add_program_position(const coupled_job *job)
{
    const alloc_information *information = &job->r->problem->coupled->information;
    separable *program = &job->coupled->program;
    double *x[3], *s[3];

    for (size_t i = 0; i < 3; i++) {
        program->matrix_x[i] = x[i] = make_row(job);
        program->matrix_s[i] = s[i] = make_row(job);
        if (!x[i] || !s[i]) {
            return false;
        }
    }
    for (size_t l = 0; l < program->L; l++) {
        fill_information(information, l, information->position_x[l], information->idle[l] ? 0.0 : 1.0, x);
        fill_information(information, l, information->position_s[l], information->beam, s);
    }
    program->position = true;
    program->ease[0] = information->ease[0];
    program->ease[1] = information->ease[1];
    return true;
}

cfi_status response_coupled_init(response *r, cfi_arena *arena, cfi_error *error)
{
    const alloc_problem *problem = r->problem;
    response_coupled *coupled = arena_zeros(arena, 1, sizeof *coupled);
    const alloc_information *information = &problem->coupled->information;
    coupled_job job = {.r = r, .coupled = coupled, .arena = arena};
    double *counted = make_row(&job);

    if (!coupled || !counted) {
        return response_out_of_memory(problem, error);
    }
    for (size_t l = 0; l < problem->L; l++) {
        counted[l] = information->idle[l] ? 0.0 : 1.0;
    }
    coupled->program = (separable){.L = problem->L, .budget = (double)problem->L, .counted = counted};
    if (!add_program_rows(&job) || (information->functionals > 0 && !add_functional(&job)) ||
        (information->position && !add_program_position(&job))) {
        return response_out_of_memory(problem, error);
    }
    r->coupled = coupled;
    return separable_init(&coupled->program, arena, error);
}

/* ------------------------------------------------------------------------------- answers ---- */

/* What power for users is left where nobody has any use for it and it hardly senses, relative. */
static const double UNUSED_POWER = 1e-9;

/* The answers, and prices of power for users beyond that of the budget. */
static void read_answers(response *r)
{
    const separable *program = &r->coupled->program;

    r->mu = program->price[0];
    for (size_t l = 0; l < program->L; l++) {
        double x = program->counted[l] * program->x[l];

        r->x[l] = r->norm[l] > 0.0 || x > UNUSED_POWER ? x : 0.0;
        r->s[l] = program->s[l];
        r->along[l] = sqrt(r->x[l]) * r->per_norm[l];
    }
}

bool response_coupled_answer(response *r)
{
    separable *program = &r->coupled->program;

    program->worth = r->norm;
    program->cost_x = r->price;
    program->cost_s = r->sensing_price;
    if (!separable_solve(program)) {
        return false;
    }
    read_answers(r);
    return true;
}

double response_coupled_rest(const response *r)
{
    double value = 0.0;

    for (size_t l = 0; l < r->problem->L; l++) {
        value += 2.0 * r->norm[l] * sqrt(r->x[l]) - r->price[l] * r->x[l] - r->sensing_price[l] * r->s[l];
    }
    return separable_bound(&r->coupled->program) - value;
}

bool response_coupled_raise(response *r)
{
    const alloc_problem *problem = r->problem;
    double x = 0.0, s = 0.0, c;

    for (size_t l = 0; l < problem->L; l++) {
        x += r->x[l];
        s += r->s[l];
    }
    c = ((double)problem->L - s) / x;
    for (size_t l = 0; problem->limited && l < problem->L; l++) {
        c = r->x[l] > 0.0 ? fmin(c, (problem->limit[l] - r->s[l]) / r->x[l]) : c;
    }
    if (!(c > 1.0 + WORTH_RAISING_COUPLED)) {
        return false;
    }
    for (size_t l = 0; l < problem->L; l++) {
        r->x[l] *= c;
        r->along[l] *= sqrt(c);
    }
    return true;
}
