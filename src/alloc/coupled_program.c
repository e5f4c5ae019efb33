/* The small cone problem behind feasibility: powers of access points, without users' shares. docs/model.md (M28)
 *
 * Variables: x of access points with users, s, the functionals f of shared rows, and the factor g; those of users with
 * targets follow (globals_users.c). Powers are measured in their unit (below a limit) times the scale, g and f in what
 * equal powers have: all of order one but for a factor L. */
#include "alloc/coupled_program.h"

#include <math.h>
#include <string.h>

/* Relative, of what J has along an axis to its trace: units are no less. */
static const double LEAST_AXIS = 1e-12;

static bool is_asked(const power_program *m, information_kind kind)
{
    return (m->ask->held | m->ask->raised) >> kind & 1;
}

static bool is_raised(const power_program *m, information_kind kind)
{
    return m->ask->raised >> kind & 1;
}

static double *no_numbers(cfi_arena *arena, size_t count)
{
    return arena_zeros(arena, count > 0 ? count : 1, sizeof(double));
}

static bool allocate_program(power_program *m, cfi_arena *arena)
{
    const alloc_information *information = &m->coupled->information;

    m->place = arena_alloc(arena, m->L, sizeof *m->place);
    m->unit = arena_alloc(arena, m->L, sizeof *m->unit);
    m->lit = no_numbers(arena, information->functionals);
    m->row_scale = no_numbers(arena, information_rows(information));
    return m->place && m->unit && m->lit && m->row_scale;
}

/* ------------------------------------------------------------------------------ units ---- */

/* Equal powers within the limits, half in the beam. */
static void fill_equal_powers(const alloc_coupled *coupled, coupled_power limits, double *x, double *s)
{
    for (size_t l = 0; l < coupled->information.L; l++) {
        double each = limits == POWER_HELD ? fmin(1.0, coupled->limit[l]) : 1.0;
        bool idle = coupled->information.idle[l];

        x[l] = idle ? 0.0 : 0.5 * each;
        s[l] = idle ? each : 0.5 * each;
    }
}

/* What equal powers have is within 2 L of what any have. False where they have nothing of what is asked. */
static bool choose_scales(power_program *m, double *x, double *s, information_values *values)
{
    const alloc_information *information = &m->coupled->information;
    const coupled_ask *ask = m->ask;
    double margin, scale = 1.0;

    fill_equal_powers(m->coupled, ask->limits, x, s);
    information_evaluate(information, x, s, values);
    margin = information_margin(information, ask->held | ask->raised, values, values, 0.0);
    if (!(margin > 0.0)) {
        return false;
    }
    m->factor = information_margin(information, ask->raised, values, values, 0.0);
    if (ask->raised == 0) { /* powers, and what they are limited by, are the unknown */
        scale = fmax(1.0 / margin, m->scale);
        m->factor = scale;
    }
    for (size_t l = 0; l < m->L; l++) {
        m->unit[l] = (x[l] + s[l]) * scale;
    }
    for (size_t q = 0; q < information->functionals; q++) {
        m->lit[q] = information_lit(information, q, x, s) * scale;
    }
    for (size_t i = 0; i < 3; i++) {
        values->J[i] *= scale;
    }
    m->frame = information_axes(information, values->J, LEAST_AXIS);
    if (m->users) {
        for (size_t l = 0; l < m->L; l++) {
            x[l] *= scale;
            s[l] *= scale;
        }
        users_measure(m->users, x, s);
    }
    return true;
}

static void name_program(const power_program *m)
{
    cfi_problem_map *map = &m->map->map;
    double unit_w = m->users->problem->unit_w;

    map->kind = "one question about powers, of a problem that is convex";
    map->objective = m->ask->raised ? "minus g, the factor of what has to be sensed, relative"
                                    : "g, the factor of what is radiated, relative";
    map->users = program_word_of(PROGRAM_USER_POWER);
    map->scaled_to = m->users->problem->load_by_stream ? NULL : program_word_of(PROGRAM_COMMUNICATION_POWER);
    map->sensing = program_word_of(PROGRAM_SENSING_POWER);
    for (size_t l = 0; l < m->L; l++) {
        if (m->place[l] != SIZE_MAX) {
            program_name_variables(m->map, m->place[l], 1,
                                   label_scaled(label_ap(PROGRAM_COMMUNICATION_POWER, l), m->unit[l] * unit_w));
        }
    }
    for (size_t l = 0; l < m->L; l++) {
        program_name_variables(m->map, m->s + l, 1,
                               label_scaled(label_ap(PROGRAM_SENSING_POWER, l), m->unit[l] * unit_w));
    }
    program_name_variables(m->map, m->f, m->g - m->f, label_all(PROGRAM_ILLUMINATION));
    program_name_variables(m->map, m->g, 1, label_scaled(label_all(PROGRAM_FACTOR), m->factor));
}

static void lay_out_program(power_program *m)
{
    const alloc_information *information = &m->coupled->information;

    m->serving = 0;
    for (size_t l = 0; l < m->L; l++) {
        m->place[l] = information->idle[l] ? SIZE_MAX : m->serving++;
    }
    m->s = m->serving;
    m->f = m->s + m->L;
    m->g = m->f + (is_asked(m, INFORMATION_ANGLE) ? information->functionals : 0);
    m->variables = m->g + 1;
    if (m->users && m->map) { /* a problem without users is not exported */
        name_program(m);
    }
    if (m->users) {
        users_lay_out(m);
    }
}

/* ------------------------------------------------------------------------------- rows ---- */

/* row += on_x x_l + on_s s_l */
static void put_powers_of(const power_program *m, size_t row, size_t l, double on_x, double on_s)
{
    if (m->place[l] != SIZE_MAX) {
        socp_put(m->builder, row, m->place[l], on_x * m->unit[l]);
    }
    socp_put(m->builder, row, m->s + l, on_s * m->unit[l]);
}

/* row -= scale times what is needed: 1, or g. */
static void put_need(const power_program *m, size_t row, information_kind kind, double scale)
{
    if (is_raised(m, kind)) {
        socp_put(m->builder, row, m->g, -scale * m->factor);
    } else {
        socp_constant(m->builder, row, -scale);
    }
}

/* What 1 is in watts; 1 where there are no users, whose problem is not exported. */
static double watts_of_unit(const power_program *m)
{
    return m->users ? m->users->problem->unit_w : 1.0;
}

/* What is needed, at what equal powers have. */
static double need_of(const power_program *m, information_kind kind)
{
    return is_raised(m, kind) ? m->factor : 1.0;
}

static void add_rows_of_own(const power_program *m)
{
    const alloc_information *information = &m->coupled->information;

    for (size_t i = 0; i < information->owns; i++) {
        const information_own *own = &information->own[i];

        for (size_t l = 0; is_asked(m, own->kind) && l < m->L; l++) {
            size_t row = program_add_linear(m->builder, m->map, label_ap(PROGRAM_INFORMATION, l));
            double scale = 1.0 / fmax(fmax(own->x[l], own->s[l]) * m->unit[l], need_of(m, own->kind));

            m->row_scale[l + m->L * i] = scale;
            put_powers_of(m, row, l, own->stream ? 0.0 : scale * own->x[l], scale * own->s[l]);
            if (own->stream) {
                users_put_streams(m, row, l, scale, own->stream);
            }
            put_need(m, row, own->kind, scale);
        }
    }
}

static void add_shared(const power_program *m)
{
    const alloc_information *information = &m->coupled->information;

    if (information->functionals == 0 || !is_asked(m, INFORMATION_ANGLE)) {
        return;
    }
    for (size_t p = 0; p < m->L; p++) {
        size_t row = program_add_linear(m->builder, m->map, label_ap(PROGRAM_SHARED_INFORMATION, p));
        size_t q = information_functional(information, p);
        double on_f = information->a[p] * m->lit[q], on_x = information->b[p];
        double scale = 1.0 / fmax(fmax(on_f, on_x * m->unit[p]), need_of(m, INFORMATION_ANGLE));

        m->row_scale[p + m->L * information->owns] = scale;
        socp_put(m->builder, row, m->f + q, scale * on_f);
        if (m->place[p] != SIZE_MAX) {
            socp_put(m->builder, row, m->place[p], scale * on_x * m->unit[p]);
        }
        put_need(m, row, INFORMATION_ANGLE, scale);
    }
}

/* f_q is no more than what lights the receiver. */
static void add_functionals(const power_program *m)
{
    const alloc_information *information = &m->coupled->information;

    for (size_t q = 0; q < m->g - m->f; q++) {
        size_t row = program_add_linear(m->builder, m->map, label_all(PROGRAM_ILLUMINATES));

        socp_put(m->builder, row, m->f + q, -1.0);
        for (size_t l = 0; l < m->L; l++) {
            double weight = information->weight[l + m->L * q] / m->lit[q];

            put_powers_of(m, row, l, weight, weight * information->beam);
        }
    }
}

/* row + constant: `held` times 1, or g times that in its unit. */
static void put_limit(const power_program *m, size_t row, coupled_power power)
{
    if (power == POWER_RAISED) {
        socp_put(m->builder, row, m->g, m->factor);
    } else {
        socp_constant(m->builder, row, m->users ? 1.0 - m->users->back : 1.0);
    }
}

static void add_budget_and_limits(power_program *m)
{
    double budget = coupled_budget(m->coupled, m->ask);
    size_t row;

    if (m->ask->budget != POWER_FREE) {
        row = m->budget_row =
            program_add_linear(m->builder, m->map, label_scaled(label_all(PROGRAM_BUDGET), budget * watts_of_unit(m)));
        put_limit(m, row, m->ask->budget);
        for (size_t l = 0; l < m->L; l++) {
            put_powers_of(m, row, l, -1.0 / budget, -1.0 / budget);
        }
    }
    m->limit_row = 0;
    for (size_t l = 0; m->ask->limits != POWER_FREE && l < m->L; l++) {
        double limit = coupled_limit_asked(m->coupled, m->ask, l);

        if (limit < INFINITY) {
            row = program_add_linear(m->builder, m->map,
                                     label_scaled(label_ap(PROGRAM_LIMIT, l), limit * watts_of_unit(m)));
            m->limit_row = m->limit_row > 0 ? m->limit_row : row;
            put_limit(m, row, m->ask->limits);
            put_powers_of(m, row, l, -1.0 / limit, -1.0 / limit);
        }
    }
    for (size_t i = 0; i < m->s + m->L; i++) {
        socp_put(m->builder, program_add_linear(m->builder, m->map, label_all(PROGRAM_NOT_NEGATIVE)), i, 1.0);
    }
}

/* The three numbers of J^ from powers of AP l. */
static void put_matrix(const power_program *m, size_t row, size_t l, const double matrix[3], double on_x, double on_s)
{
    double part[3];

    information_in_frame(&m->frame, matrix, part);
    put_powers_of(m, row, l, on_x * (part[0] + part[2]), on_s * (part[0] + part[2]));
    put_powers_of(m, row + 1, l, on_x * (part[0] - part[2]), on_s * (part[0] - part[2]));
    put_powers_of(m, row + 2, l, 2.0 * on_x * part[1], 2.0 * on_s * part[1]);
}

static void add_position_cone(power_program *m)
{
    const alloc_information *information = &m->coupled->information;
    const double *W = m->frame.W;

    if (!information->position || !is_asked(m, INFORMATION_POSITION)) {
        return;
    }
    m->first_cone_row = program_add_cone(m->builder, m->map, 4, label_all(PROGRAM_POSITION));
    for (size_t l = 0; l < m->L; l++) {
        put_matrix(m, m->first_cone_row, l, information->along + 3 * l, information->position_x[l],
                   information->position_s[l]);
        if (information->light) {
            put_matrix(m, m->first_cone_row, l, information->light + 3 * l, 1.0, information->beam);
        }
    }
    put_need(m, m->first_cone_row, INFORMATION_POSITION, W[0] + W[2]);
    put_need(m, m->first_cone_row + 1, INFORMATION_POSITION, W[0] - W[2]);
    put_need(m, m->first_cone_row + 2, INFORMATION_POSITION, 2.0 * W[1]);
    put_need(m, m->first_cone_row + 3, INFORMATION_POSITION, -2.0 * m->frame.root);
}

/* ---------------------------------------------------------------------------- answers ---- */

/* Multipliers in the units of the rows, and of J itself. */
static void read_multipliers(const power_program *m, const double *z, coupled_multipliers *out)
{
    const alloc_information *information = &m->coupled->information;
    const double *cone = z + m->first_cone_row;
    size_t row = m->first_row;

    for (size_t i = 0; i < information_rows(information); i++) {
        out->row[i] = m->row_scale[i] > 0.0 ? fmax(z[row++], 0.0) * m->row_scale[i] : 0.0;
    }
    if (m->first_cone_row > 0) { /* of J^ it is ((z0 + z1, z2), (z2, z0 - z1)) */
        double a = (cone[0] + cone[1]) / m->frame.unit[0], b = cone[2] / sqrt(m->frame.unit[0] * m->frame.unit[1]);
        double d = (cone[0] - cone[1]) / m->frame.unit[1], c = m->frame.cosine, s = m->frame.sine;

        out->Z[0] = c * c * a - 2.0 * c * s * b + s * s * d;
        out->Z[1] = c * s * (a - d) + (c * c - s * s) * b;
        out->Z[2] = s * s * a + 2.0 * c * s * b + c * c * d;
    }
}

/* Multipliers of what is radiated, a unit of power each. */
static void read_prices(const power_program *m, const double *z, program_answer *out)
{
    size_t row = m->limit_row;

    out->budget = m->ask->budget == POWER_FREE ? 0.0 : fmax(z[m->budget_row], 0.0) / coupled_budget(m->coupled, m->ask);
    for (size_t l = 0; l < m->L; l++) {
        double limit = coupled_limit_asked(m->coupled, m->ask, l);
        bool limited = m->ask->limits != POWER_FREE && limit < INFINITY;

        out->limit[l] = limited ? fmax(z[row++], 0.0) / limit : 0.0;
    }
}

static void read_answer(const power_program *m, const socp_solution *solution, program_answer *to)
{
    coupled_answer *out = &to->powers;

    for (size_t l = 0; l < m->L; l++) {
        out->x[l] = m->place[l] == SIZE_MAX ? 0.0 : fmax(solution->x[m->place[l]], 0.0) * m->unit[l];
        out->s[l] = fmax(solution->x[m->s + l], 0.0) * m->unit[l];
    }
    out->factor = solution->x[m->g] * m->factor;
    read_multipliers(m, solution->z, &out->multipliers);
    out->found = true;
    if (m->users) {
        read_prices(m, solution->z, to);
        users_read(m, solution->x, solution->z, to);
    }
}

static cfi_status solve_program(const power_program *m, const socp_problem *problem, cone_solver *cone,
                                program_answer *out, cfi_error *error)
{
    socp_solution solution = {.x = NULL};
    cfi_status status = cone_solver_run(cone, problem, m->coupled->stop, &solution, error);

    out->iterations += solution.iterations;
    if (status == CFI_OK && solution.x && (solution.status == SOCP_OPTIMAL || solution.status == SOCP_INACCURATE)) {
        read_answer(m, &solution, out);
    } else if (status == CFI_OK && solution.status != SOCP_PRIMAL_INFEASIBLE) {
        status = error_set(error, CFI_FAILED, "the cone problem of the %s: %s",
                           m->users ? "powers" : "sensing constraints", socp_status_name(solution.status));
    }
    return status;
}

static cfi_status export_program(const power_program *m, const socp_problem *problem, cfi_error *error)
{
    cfi_exported exported = {.problem = problem};

    if (m->users) {
        exported.drop = m->users->problem->link->drop;
        exported.step = m->users->step;
    }
    return program_map_export(m->map, m->users ? m->users->options : NULL, exported, error);
}

static cfi_status build_and_solve(power_program *m, cone_solver *cone, program_answer *out, cfi_error *error)
{
    const socp_problem *problem;
    program_map map;
    cfi_status status;

    m->map = program_map_begin(&map, m->users ? m->users->options : NULL);
    lay_out_program(m);
    if (cone->builder) {
        socp_builder_restart(cone->builder, m->variables);
    } else {
        cone->builder = socp_builder_create(m->variables);
    }
    m->builder = cone->builder;
    socp_objective(m->builder, m->g, m->ask->raised ? -1.0 : 1.0);
    m->first_row = m->first_cone_row = 0;
    add_rows_of_own(m);
    add_shared(m);
    add_functionals(m);
    add_budget_and_limits(m);
    if (m->users) {
        users_add_rows(m);
    }
    add_position_cone(m);
    if (m->users) {
        users_add_cones(m);
    }
    problem = socp_build(m->builder, error);
    status = problem ? export_program(m, problem, error) : error->status;
    program_map_free(m->map);
    m->map = NULL;
    return status == CFI_OK ? solve_program(m, problem, cone, out, error) : status;
}

cfi_status program_solve(const alloc_coupled *coupled, const coupled_ask *ask, program_users *users, cfi_arena *arena,
                         program_answer *out, cfi_error *error)
{
    size_t L = coupled->information.L, rows = information_rows(&coupled->information);
    power_program m = {.coupled = coupled, .ask = ask, .users = users, .L = L};
    information_values values = {.row = no_numbers(arena, rows)};
    cone_solver own = {.builder = NULL};
    cfi_status status;

    if (!values.row || !allocate_program(&m, arena)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the cone problem of %zu access points", L);
    }
    out->powers.found = false;
    m.scale = users ? users_least_scale(users) : 0.0;
    if (!choose_scales(&m, out->powers.x, out->powers.s, &values)) {
        memset(out->powers.x, 0, L * sizeof(double));
        memset(out->powers.s, 0, L * sizeof(double));
        return CFI_OK;
    }
    status = build_and_solve(&m, users ? users->cone : &own, out, error);
    cone_solver_empty(&own);
    return status;
}

cfi_status coupled_solve(const alloc_coupled *coupled, const coupled_ask *ask, cfi_arena *arena, coupled_answer *out,
                         cfi_error *error)
{
    size_t L = coupled->information.L;
    program_answer answer = {.powers = {.x = arena_zeros(arena, L, sizeof(double)),
                                        .s = arena_zeros(arena, L, sizeof(double)),
                                        .multipliers.row = no_numbers(arena, information_rows(&coupled->information))}};
    cfi_status status;

    if (!answer.powers.x || !answer.powers.s || !answer.powers.multipliers.row) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the sensing constraints of %zu access points", L);
    }
    status = program_solve(coupled, ask, NULL, arena, &answer, error);
    *out = answer.powers;
    return status;
}
