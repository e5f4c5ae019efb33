/* Questions about powers, answered by the small dual. docs/model.md (M31) */
#include "alloc/globals_dual.h"

#include "alloc/dual_values.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Relative gap that is asked for; theta beyond which no powers are enough. */
static const double DUAL_GAP = 2e-11, DUAL_BEYOND = 1e12;

static cfi_status dual_out_of_memory(const globals_drop *drop, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the prices of %zu access points and %zu users",
                     drop->problem->L, drop->problem->K);
}

/* ------------------------------------------------------------------------------ coverage ---- */

/* Every access point's row has something in it. */
static bool rows_are_filled(const alloc_information *information)
{
    for (size_t l = 0; l < information->L; l++) {
        for (size_t i = 0; i < information->owns; i++) {
            if (!(information->own[i].x[l] > 0.0 || information->own[i].s[l] > 0.0)) {
                return false;
            }
        }
        if (information->functionals > 0 && !(information->a[l] > 0.0 || information->b[l] > 0.0)) {
            return false;
        }
    }
    return true;
}

bool globals_dual_covers(const globals_drop *drop)
{
    const alloc_information *information = &drop->coupled.information;

    return !drop->problem->coherent && drop->problem->load && information->functionals <= 1 &&
           !(information->position && information->in_line) && rows_are_filled(information);
}

/* A row is part of the question. */
static bool asks_for(const coupled_ask *ask, information_kind kind)
{
    return ((ask->held | ask->raised) >> kind & 1) != 0;
}

static bool raises(const coupled_ask *ask, information_kind kind)
{
    return (ask->raised >> kind & 1) != 0;
}

bool globals_dual_asks(const globals_drop *drop, const globals_ask *ask)
{
    const alloc_information *information = &drop->coupled.information;
    size_t raised = information->functionals > 0 && raises(&ask->sensing, INFORMATION_ANGLE);
    bool powers = ask->sensing.budget == POWER_RAISED || ask->sensing.limits == POWER_RAISED;
    bool any = raised > 0;

    for (size_t i = 0; i < information->owns; i++) {
        raised += raises(&ask->sensing, information->own[i].kind);
    }
    any = raised > 0 || (information->position && raises(&ask->sensing, INFORMATION_POSITION));
    return raised <= 1 && (ask->sensing.raised ? any : powers);
}

/* ------------------------------------------------------------------------------ the program ---- */

static double *copy_row(const globals_dual *dual, const double *from, double factor)
{
    const globals_drop *drop = dual->drop;
    double *row = arena_zeros(drop->arena, drop->problem->stride, sizeof *row);

    for (size_t l = 0; row && l < drop->problem->L; l++) {
        row[l] = from ? factor * from[l] : 0.0;
    }
    return row;
}

static bool add_program_row(globals_dual *dual, const double *x, const double *s, const double *f, bool limit,
                            bool raised)
{
    dual_program *p = &dual->program;

    p->row[p->rows++] = (dual_row){.x = x, .s = s, .f = f, .sign = limit ? 1.0 : -1.0, .raised = raised};
    return x && s;
}

static bool add_limits(globals_dual *dual, const coupled_ask *ask)
{
    const alloc_coupled *coupled = &dual->drop->coupled;
    double *x = copy_row(dual, NULL, 0.0), *s = copy_row(dual, NULL, 0.0);
    bool any = false;

    for (size_t l = 0; x && s && l < dual->program.L; l++) {
        dual->limit[l] = ask->limits == POWER_FREE ? INFINITY : coupled_limit_asked(coupled, ask, l);
        s[l] = -1.0 / dual->limit[l];
        x[l] = coupled->information.idle[l] ? 0.0 : s[l];
        any = any || dual->limit[l] < INFINITY;
    }
    return x && s && (!any || add_program_row(dual, x, s, NULL, true, ask->limits == POWER_RAISED));
}

static bool add_sensing(globals_dual *dual, const coupled_ask *ask)
{
    const alloc_information *information = &dual->drop->coupled.information;
    bool made = true;

    for (size_t i = 0; i < information->owns; i++) {
        const information_own *own = &information->own[i];

        if (asks_for(ask, own->kind)) {
            made = made && add_program_row(dual, copy_row(dual, own->x, 1.0), copy_row(dual, own->s, 1.0), NULL, false,
                                           raises(ask, own->kind));
        }
    }
    if (information->functionals > 0 && asks_for(ask, INFORMATION_ANGLE)) {
        double *f = copy_row(dual, information->a, 1.0), *x = copy_row(dual, information->weight, 1.0);

        for (size_t l = 0; x && l < information->L; l++) {
            x[l] = information->idle[l] ? 0.0 : x[l];
        }
        dual->program.weight_x = x;
        dual->program.weight_s = copy_row(dual, information->weight, information->beam);
        made = made && f && x && dual->program.weight_s &&
               add_program_row(dual, copy_row(dual, information->b, 1.0), copy_row(dual, NULL, 0.0), f, false,
                               raises(ask, INFORMATION_ANGLE));
    }
    return made;
}

static bool add_position_rows(globals_dual *dual, const coupled_ask *ask)
{
    const alloc_information *information = &dual->drop->coupled.information;
    static const size_t entry[3] = {0, 2, 1}; /* (1, 1), (2, 2), (1, 2) */
    dual_program *p = &dual->program;

    if (!information->position || !asks_for(ask, INFORMATION_POSITION)) {
        return true;
    }
    p->position = true;
    p->position_raised = raises(ask, INFORMATION_POSITION);
    for (size_t i = 0; i < 3; i++) {
        double *x = copy_row(dual, NULL, 0.0), *s = copy_row(dual, NULL, 0.0);

        if (!x || !s) {
            return false;
        }
        for (size_t l = 0; l < p->L; l++) {
            double along = information->along[3 * l + entry[i]];
            double light = information->light ? information->light[3 * l + entry[i]] : 0.0;

            x[l] = information->idle[l] ? 0.0 : information->position_x[l] * along + light;
            s[l] = information->position_s[l] * along + information->beam * light;
        }
        p->matrix_x[i] = x;
        p->matrix_s[i] = s;
    }
    p->ease[0] = information->ease[0];
    p->ease[1] = information->ease[1];
    return true;
}

/* Rows of the users that have targets. */
static const double *pick_rows(const globals_dual *dual, const double *from)
{
    size_t stride = dual->program.stride;
    double *rows;

    if (dual->all) {
        return from;
    }
    rows = arena_alloc(dual->drop->arena, stride * dual->program.K + 1, sizeof *rows);
    for (size_t k = 0; rows && k < dual->program.K; k++) {
        memcpy(rows + stride * k, from + stride * dual->user[k], stride * sizeof *rows);
    }
    return rows;
}

static bool add_users(globals_dual *dual, const globals_ask *ask)
{
    const alloc_problem *problem = dual->drop->problem;
    dual_program *p = &dual->program;
    double ahead = ask->sensing.raised ? 1.0 + dual->drop->ahead : 1.0;

    for (size_t k = 0; k < problem->K; k++) {
        if (ask->target[k] > 0.0) {
            dual->target[p->K] = ahead * ask->target[k];
            dual->user[p->K++] = k;
        }
    }
    dual->all = p->K == problem->K;
    p->target = dual->target;
    p->signal = pick_rows(dual, problem->signal);
    p->load = pick_rows(dual, problem->load);
    p->sensing_load = problem_loads_equal(problem) ? p->load : pick_rows(dual, problem->sensing_load);
    return p->signal && p->load && p->sensing_load;
}

cfi_status globals_dual_make(const globals_drop *drop, const globals_ask *ask, globals_dual *out, cfi_error *error)
{
    const alloc_problem *problem = drop->problem;
    dual_program *p = &out->program;

    *out = (globals_dual){.drop = drop,
                          .target = arena_alloc(drop->arena, problem->K, sizeof(double)),
                          .user = arena_alloc(drop->arena, problem->K, sizeof(size_t)),
                          .limit = arena_alloc(drop->arena, problem->L, sizeof(double))};
    *p = (dual_program){.L = problem->L,
                        .stride = problem->stride,
                        .idle = drop->coupled.information.idle,
                        .budget = coupled_budget(&drop->coupled, &ask->sensing),
                        .budget_asked = ask->sensing.budget != POWER_FREE,
                        .budget_raised = ask->sensing.budget == POWER_RAISED,
                        .aim = ask->sensing.raised ? DUAL_MOST_INFORMATION : DUAL_LEAST_FACTOR};
    if (!out->target || !out->user || !out->limit || !add_users(out, ask) || !add_limits(out, &ask->sensing) ||
        !add_sensing(out, &ask->sensing) || !add_position_rows(out, &ask->sensing)) {
        return dual_out_of_memory(drop, error);
    }
    return dual_init(p, drop->arena, error);
}

/* --------------------------------------------------------------------------------- reading ---- */

/* What no user with a target has of communication power goes to others, or along the gains. */
static void place_rest(const globals_dual *dual, alloc_point *point)
{
    const alloc_problem *problem = dual->drop->problem;

    for (size_t l = 0; l < problem->L; l++) {
        double x = 0.0;

        for (size_t k = 0; k < problem->K; k++) {
            double w = point->w[problem_at(problem, k, l)];

            x += w * w;
        }
        if (!dual->drop->coupled.information.idle[l] && x != point->x[l]) {
            problem_set_power(problem, l, point->w, x, point->x[l]);
        }
    }
}

static void read_row_prices(const globals_dual *dual, const coupled_ask *ask, coupled_multipliers *out)
{
    const alloc_information *information = &dual->drop->coupled.information;
    const dual_program *p = &dual->program;
    size_t L = p->L, i = p->rows > 0 && p->row[0].sign > 0.0; /* limits come first */

    memset(out->row, 0, information_rows(information) * sizeof *out->row);
    for (size_t own = 0; own < information->owns; own++) {
        if (asks_for(ask, information->own[own].kind)) {
            memcpy(out->row + L * own, p->price + p->row[i++].at, L * sizeof *out->row);
        }
    }
    if (i < p->rows) {
        memcpy(out->row + L * information->owns, p->price + p->row[i].at, L * sizeof *out->row);
    }
}

/* Z: the multiplier times the gradient of 1 / tr (W J^-1). */
static void read_position(const globals_dual *dual, double Z[3])
{
    const dual_program *p = &dual->program;
    double price = p->price[p->at_few + DUAL_POSITION], J[3], trace;

    Z[0] = Z[1] = Z[2] = 0.0;
    if (p->position) {
        memcpy(J, p->J, sizeof J);
        dual_position_value(p, J, &trace);
        Z[0] = price * (p->ease[0] * J[1] * J[1] + p->ease[1] * J[2] * J[2]) / trace / trace;
        Z[1] = -price * J[2] / trace;
        Z[2] = price * (p->ease[1] * J[0] * J[0] + p->ease[0] * J[2] * J[2]) / trace / trace;
    }
}

void globals_dual_read(globals_dual *dual, const globals_ask *ask, globals_answer *answer)
{
    const alloc_problem *problem = dual->drop->problem;
    dual_program *p = &dual->program;
    globals_multipliers *m = &answer->multipliers;
    alloc_point *point = answer->point;
    bool limited = p->rows > 0 && p->row[0].sign > 0.0;

    dual_powers(p, point->w, point->x, point->s);
    for (size_t k = p->K; !dual->all && k-- > 0;) { /* from the last one on: rows only move up */
        memmove(point->w + problem->stride * dual->user[k], point->w + problem->stride * k,
                problem->stride * sizeof(double));
    }
    for (size_t k = 0; k < problem->K; k++) {
        m->lambda[k] = 0.0;
        if (!(ask->target[k] > 0.0)) {
            memset(point->w + problem->stride * k, 0, problem->stride * sizeof(double));
        }
    }
    place_rest(dual, point);
    for (size_t k = 0; k < p->K; k++) {
        m->lambda[dual->user[k]] = p->price[p->at_rate + k];
    }
    for (size_t l = 0; l < p->L; l++) {
        m->limit[l] = limited && dual->limit[l] < INFINITY ? p->price[p->row[0].at + l] / dual->limit[l] : 0.0;
    }
    m->budget = p->budget_asked ? p->price[p->at_few + DUAL_BUDGET] : 0.0;
    read_row_prices(dual, &ask->sensing, &m->sensing);
    read_position(dual, m->sensing.Z);
}

cfi_status globals_dual_solve(globals_drop *drop, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    dual_ask how = {.gap = DUAL_GAP, .beyond = DUAL_BEYOND};
    globals_dual dual;
    cfi_status status = globals_dual_make(drop, ask, &dual, error);

    answer->end = GLOBALS_FAILED;
    if (status == CFI_OK) {
        dual_begin(&dual.program);
        if (dual_run(&dual.program, &how)) {
            globals_dual_read(&dual, ask, answer);
            answer->end = GLOBALS_FOUND;
        }
        answer->iterations += dual.program.iterations;
    }
    arena_release(drop->arena, mark);
    return status;
}
