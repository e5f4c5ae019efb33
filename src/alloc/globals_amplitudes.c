/* One question about powers where users share pilots, answered by a cone problem in amplitudes. docs/model.md (M30)
 *
 * Both powers interfere alike, so that with z_l^2 = q_l and h_m coherent rows
 *     u_k^2 >= t_k I_k   is   norm(root(V_kl) z_l, h_m w_j, 1) <= u_k / root(t_k),
 *     norm(w_l) <= z_l,   norm(root(1 - d1 / d2) w_l, root(1 / d2)) <= z_l   (a row d1 x + d2 s >= 1 with d2 >= d1),
 *     norm(z) <= root(budget),   z_l <= root(limit_l),   w >= 0
 * Where nothing is asked of sensing powers may interfere as they like: communication power alone, stream by stream,
 * with root(V_kjl) w_jl in the place of root(V_kl) z_l. In either case
 * and a variable c, whose square is g, multiplies the right-hand sides of budget and limits, or the root(1 / d2) of
 * kinds that are raised. All amplitudes are measured in a unit; c in what equal powers have. */
#include "alloc/globals_amplitudes.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

/* Relative: a unit of power of sensing tells no less than one for users. */
static const double AS_GOOD = 1e-9;

bool globals_apply_to_amplitudes(const cfi_link *link, unsigned kinds)
{
    bool angles = kinds >> INFORMATION_ANGLE & 1;
    bool convex = !link->V_by_stream && !(kinds >> INFORMATION_POSITION & 1) &&
                  !(angles && (link->system->sensing.crlb_model != CFI_CRLB_OWN_ECHO || link->directions.aim));

    if (kinds == 0) {
        return true; /* nobody needs sensing power, however it interferes */
    }
    for (size_t i = 0; convex && link->V != link->S && i < link->K * link->L; i++) {
        convex = link->V[i] == link->S[i];
    }
    for (size_t l = 0; convex && angles && l < link->L; l++) {
        convex = !link_has_users(link, l) || link->own_echo.sens[l] >= link->own_echo.comm[l] * (1.0 + AS_GOOD);
    }
    return convex;
}

/* ------------------------------------------------------------------------------- units ---- */

/* Powers of order one: what targets need if nobody disturbs anybody, what sensing needs, or all there is. */
static bool choose_amplitude_unit(amplitude_program *m)
{
    const alloc_information *information = &m->drop->coupled.information;
    double least = 0.0, power = 1.0;

    for (size_t k = 0; k < m->K; k++) {
        const double *signal = m->problem->signal + m->problem->stride * k;
        double gain = rows_product(m->problem->stride, signal, signal);

        least += m->ask->target[k] > 0.0 && gain > 0.0 ? m->ask->target[k] / gain / (double)m->L : 0.0;
    }
    m->factor = INFINITY;
    for (size_t i = 0; i < information->owns; i++) {
        for (size_t l = 0; amplitudes_ask(m, own_of(m, i)->kind) && l < m->L; l++) {
            double need = 1.0 / own_of(m, i)->s[l];

            if (!(need < INFINITY)) {
                return false;
            }
            least = amplitudes_raise(m, own_of(m, i)->kind) ? least : fmax(least, need);
            m->factor = amplitudes_raise(m, own_of(m, i)->kind) ? fmin(m->factor, sqrt(1.0 / need)) : m->factor;
        }
    }
    if (!m->ask->sensing.raised) {
        power = least > 0.0 ? least : 1.0;
        m->factor = sqrt(power);
    }
    m->unit = sqrt(power);
    for (size_t k = 0; k < m->K; k++) {
        m->interference[k] = 1.0;
        for (size_t l = 0; l < m->L; l++) {
            m->interference[k] += power * m->problem->sensing_load[problem_at(m->problem, k, l)];
        }
    }
    return true;
}

/* What an amplitude of 1 is, W^0.5. */
static double root_watts(const amplitude_program *m)
{
    return m->unit * sqrt(m->problem->unit_w);
}

static void name_amplitudes(const amplitude_program *m)
{
    cfi_problem_map *map = &m->map->map;

    map->kind = "one question about amplitudes, of a problem that is convex";
    map->objective = m->ask->sensing.raised ? "minus the root of g, the factor of what has to be sensed, relative"
                                            : "the root of g, the factor of what is radiated, relative";
    map->users = program_word_of(PROGRAM_AMPLITUDE);
    map->radiated = program_word_of(PROGRAM_RADIATED_AMPLITUDE);
    for (size_t i = 0; i < m->K * m->L; i++) {
        if (m->pair[i] != SIZE_MAX) {
            program_name_variables(m->map, m->pair[i], 1,
                                   label_scaled(label_pair(PROGRAM_AMPLITUDE, i % m->K, i / m->K), root_watts(m)));
        }
    }
    for (size_t l = 0; l < m->L; l++) {
        program_name_variables(m->map, m->z + l, 1,
                               label_scaled(label_ap(PROGRAM_RADIATED_AMPLITUDE, l), root_watts(m)));
    }
    program_name_variables(m->map, m->c, 1, label_scaled(label_all(PROGRAM_FACTOR_ROOT), m->factor));
}

static void lay_out_amplitudes(amplitude_program *m)
{
    const alloc_problem *problem = m->problem;
    size_t next = 0;

    for (size_t l = 0; l < m->L; l++) {
        for (size_t k = 0; k < m->K; k++) {
            bool has = m->ask->target[k] > 0.0 && link_serves(problem->link, k, l);

            m->pair[k + m->K * l] = has ? next : SIZE_MAX;
            m->place[next] = k + m->K * l;
            next += has;
        }
    }
    m->z = next;
    m->c = next + m->L;
    m->count = m->c + 1;
    if (m->map) {
        name_amplitudes(m);
    }
}

/* ------------------------------------------------------------------------------- cones ---- */

static void add_cone_of_user(const amplitude_program *m, size_t k)
{
    const alloc_problem *problem = m->problem;
    double over = 1.0 / sqrt(m->interference[k]);
    double signal = over * m->unit / sqrt(m->ask->target[k] * (1.0 + m->drop->ahead));
    size_t row = program_add_cone(m->builder, m->map, 2 + rows_of_loads(m) + count_mates(m, k),
                                  label_user(PROGRAM_USER_SINR, k));

    m->user_row[k] = row;
    for (size_t l = 0; l < m->L; l++) {
        if (amplitude_at(m, k, l) != SIZE_MAX) {
            socp_put(m->builder, row, amplitude_at(m, k, l), signal * problem->signal[problem_at(problem, k, l)]);
        }
    }
    socp_constant(m->builder, ++row, over);
    for (size_t i = 0; i < rows_of_loads(m); i++) {
        amplitude_load load = load_of(m, k, i);

        socp_put(m->builder, ++row, load.variable, over * m->unit * load.root);
    }
    for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
        size_t j = problem->mate[i];

        row += m->ask->target[j] > 0.0;
        for (size_t l = 0; m->ask->target[j] > 0.0 && l < m->L; l++) {
            if (amplitude_at(m, j, l) != SIZE_MAX) {
                socp_put(m->builder, row, amplitude_at(m, j, l),
                         over * m->unit * problem_coherent_row(problem, k, i)[l]);
            }
        }
    }
}

/* A cone z_l >= norm(factor w_l) of AP l, with `more` rows behind; returns the first row, or SIZE_MAX where there is
 * nothing in it. */
static size_t add_norm(const amplitude_program *m, size_t l, double factor, size_t more)
{
    size_t users = 0, row;

    for (size_t k = 0; k < m->K; k++) {
        users += amplitude_at(m, k, l) != SIZE_MAX;
    }
    if (users + more == 0) {
        return SIZE_MAX;
    }
    row = program_add_cone(m->builder, m->map, 1 + users + more,
                           label_ap(more > 0 ? PROGRAM_INFORMATION : PROGRAM_AMPLITUDES, l));
    socp_put(m->builder, row, m->z + l, 1.0);
    users = row;
    for (size_t k = 0; k < m->K; k++) {
        if (amplitude_at(m, k, l) != SIZE_MAX) {
            socp_put(m->builder, ++users, amplitude_at(m, k, l), factor);
        }
    }
    return row;
}

static void add_cones_of_sensing(const amplitude_program *m)
{
    const alloc_information *information = &m->drop->coupled.information;

    for (size_t i = 0; i < information->owns; i++) {
        const information_own *own = own_of(m, i);

        for (size_t l = 0; l < m->L; l++) {
            size_t at = l + m->L * i, row;

            m->sense_row[at] = SIZE_MAX;
            if (!amplitudes_ask(m, own->kind)) {
                continue;
            }
            m->sense_row[at] = add_norm(m, l, incline_of(own, l), 1);
            row = m->sense_row[at] + 1 + rows_of_users(m, l);
            if (amplitudes_raise(m, own->kind)) {
                socp_put(m->builder, row, m->c, m->factor / sqrt(own->s[l]) / m->unit);
            } else {
                socp_constant(m->builder, row, 1.0 / sqrt(own->s[l]) / m->unit);
            }
        }
    }
}

/* root(most) in a row, or c times it. */
static void put_most(const amplitude_program *m, size_t row, coupled_power power, double most)
{
    if (power == POWER_RAISED) {
        socp_put(m->builder, row, m->c, m->factor * sqrt(most) / m->unit);
    } else {
        socp_constant(m->builder, row, sqrt(most) / m->unit * (1.0 - 0.5 * m->drop->back));
    }
}

static void add_rows_of_limits(amplitude_program *m)
{
    m->limit_row = SIZE_MAX;
    for (size_t l = 0; m->ask->sensing.limits != POWER_FREE && l < m->L; l++) {
        if (asked_limit(m, l) < INFINITY) {
            size_t row =
                program_add_linear(m->builder, m->map, label_scaled(label_ap(PROGRAM_LIMIT_ROOT, l), root_watts(m)));

            m->limit_row = m->limit_row == SIZE_MAX ? row : m->limit_row;
            put_most(m, row, m->ask->sensing.limits, asked_limit(m, l));
            socp_put(m->builder, row, m->z + l, -1.0);
        }
    }
    for (size_t i = 0; i < m->z; i++) {
        socp_put(m->builder, program_add_linear(m->builder, m->map, label_all(PROGRAM_NOT_NEGATIVE)), i, 1.0);
    }
}

static const socp_problem *build_amplitudes(amplitude_program *m, cfi_error *error)
{
    socp_objective(m->builder, m->c, m->ask->sensing.raised ? -1.0 : 1.0);
    add_rows_of_limits(m);
    for (size_t k = 0; k < m->K; k++) {
        m->user_row[k] = SIZE_MAX;
        if (m->ask->target[k] > 0.0) {
            add_cone_of_user(m, k);
        }
    }
    for (size_t l = 0; l < m->L; l++) {
        m->norm_row[l] = add_norm(m, l, 1.0, 0);
    }
    add_cones_of_sensing(m);
    m->budget_row = SIZE_MAX;
    if (m->ask->sensing.budget != POWER_FREE) {
        m->budget_row =
            program_add_cone(m->builder, m->map, m->L + 1, label_scaled(label_all(PROGRAM_BUDGET_ROOT), root_watts(m)));
        put_most(m, m->budget_row, m->ask->sensing.budget, coupled_budget(&m->drop->coupled, &m->ask->sensing));
        for (size_t l = 0; l < m->L; l++) {
            socp_put(m->builder, m->budget_row + 1 + l, m->z + l, 1.0);
        }
    }
    return socp_build(m->builder, error);
}

/* ---------------------------------------------------------------------------- answers ---- */

static void read_amplitudes(const amplitude_program *m, const double *solution, alloc_point *point)
{
    memset(point->w, 0, m->K * m->problem->stride * sizeof *point->w);
    for (size_t l = 0; l < m->L; l++) {
        double q = solution[m->z + l] * m->unit, x = 0.0;

        for (size_t k = 0; k < m->K; k++) {
            double w = amplitude_at(m, k, l) == SIZE_MAX ? 0.0 : fmax(solution[amplitude_at(m, k, l)], 0.0) * m->unit;

            point->w[problem_at(m->problem, k, l)] = w;
            x += w * w;
        }
        point->x[l] = x;
        point->s[l] = m->drop->coupled.information.owns > 0 ? fmax(q * q - x, 0.0) : 0.0;
    }
}

static double amplitudes_most(const amplitude_program *m, double factor)
{
    const coupled_ask *ask = &m->ask->sensing;
    double sum = 0.0;

    if (ask->budget != POWER_FREE) {
        return coupled_budget(&m->drop->coupled, ask) * (ask->budget == POWER_RAISED ? factor : 1.0);
    }
    for (size_t l = 0; l < m->L; l++) {
        sum += m->drop->coupled.stated[l];
    }
    return sum * (ask->limits == POWER_RAISED ? factor : 1.0);
}

static void take_amplitudes(const amplitude_program *m, const socp_solution *solution, double *cost,
                            globals_answer *answer)
{
    read_amplitudes(m, solution->x, answer->point);
    answer->factor = globals_settle(m->drop, m->ask, answer->point, &answer->settled);
    if (!isfinite(answer->factor)) {
        return; /* short of what is asked */
    }
    answer->end = GLOBALS_FOUND;
    answer->bound = amplitudes_bound(m, solution->z, amplitudes_most(m, answer->factor), cost);
    amplitudes_read_lambda(m, solution->z, cost, answer);
}

static bool allocate_amplitudes(amplitude_program *m, cfi_arena *arena)
{
    size_t owns = m->drop->coupled.information.owns;
    size_t *number = arena_alloc(arena, 2 * m->K * m->L + m->K + m->L + owns * m->L + 1, sizeof *number);

    m->interference = arena_alloc(arena, m->K, sizeof(double));
    m->pair = number;
    if (number) {
        m->user_row = number + m->K * m->L;
        m->norm_row = m->user_row + m->K;
        m->sense_row = m->norm_row + m->L;
        m->place = m->sense_row + owns * m->L; /* and one number behind the last variable */
    }
    return number && m->interference;
}

static cfi_status solve_amplitudes(amplitude_program *m, globals_drop *drop, globals_answer *answer, cfi_error *error)
{
    socp_solution solution = {.x = NULL};
    const socp_problem *problem = build_amplitudes(m, error);
    double *cost = arena_alloc(drop->arena, m->count, sizeof *cost);
    cfi_status status = problem ? CFI_OK : error->status;

    if (status == CFI_OK && !cost) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the cone problem of amplitudes");
    }
    if (status == CFI_OK) {
        cfi_exported exported = {.drop = drop->link->drop, .step = drop->asked, .problem = problem};

        status = program_map_export(m->map, drop->options, exported, error);
    }
    if (status == CFI_OK) {
        status = cone_solver_run(&drop->cone, problem, drop->coupled.stop, &solution, error);
    }
    answer->iterations += solution.iterations;
    if (status == CFI_OK && (solution.status == SOCP_OPTIMAL || solution.status == SOCP_INACCURATE)) {
        take_amplitudes(m, &solution, cost, answer);
    } else if (status == CFI_OK && solution.status == SOCP_PRIMAL_INFEASIBLE) {
        answer->end = GLOBALS_NONE;
    } else if (status == CFI_OK) {
        answer->why = "the cone solver gives no answer";
    }
    return status;
}

cfi_status globals_solve_amplitudes(globals_drop *drop, const globals_ask *ask, globals_answer *answer,
                                    cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    amplitude_program m = {
        .drop = drop, .ask = ask, .problem = drop->problem, .K = drop->problem->K, .L = drop->problem->L};
    program_map map;
    cfi_status status = CFI_OK;

    m.map = program_map_begin(&map, drop->options);
    answer->end = GLOBALS_FAILED;
    answer->why = NULL;
    answer->bound = answer->factor = NAN;
    if (!allocate_amplitudes(&m, drop->arena)) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the cone problem of amplitudes");
    } else if (!choose_amplitude_unit(&m)) {
        answer->end = GLOBALS_NONE;
    } else {
        lay_out_amplitudes(&m);
        if (drop->cone.builder) {
            socp_builder_restart(drop->cone.builder, m.count);
        } else {
            drop->cone.builder = socp_builder_create(m.count);
        }
        m.builder = drop->cone.builder;
        status = solve_amplitudes(&m, drop, answer, error);
        drop->asked++;
    }
    program_map_free(m.map);
    arena_release(drop->arena, mark);
    return status == CFI_OK ? CFI_OK : globals_forgive(drop, answer, status, error);
}
