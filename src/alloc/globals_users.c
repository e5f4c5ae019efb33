/* Users with targets in the cone problem of powers: variables, rows, cones and what a solution says. docs/model.md
 * (M30)
 */
#include "alloc/coupled_program.h"

#include <math.h>

static bool user_has_target(const program_users *users, size_t k)
{
    return users->target[k] > 0.0;
}

/* Where interference depends on the stream, all streams interfere; else who has no target needs no power. */
static bool has_power(const program_users *users, size_t k, size_t l)
{
    return link_serves(users->problem->link, k, l) && (user_has_target(users, k) || users->problem->load_by_stream);
}

static size_t pair_at(const program_users *users, size_t k, size_t l)
{
    return k + users->problem->K * l;
}

static void name_users(const power_program *m)
{
    const program_users *users = m->users;

    for (size_t i = 0; i < users->problem->K * m->L; i++) {
        size_t k = i % users->problem->K, l = i / users->problem->K;

        if (users->power[i] != SIZE_MAX) {
            program_name_variables(
                m->map, users->power[i], 1,
                label_scaled(label_pair(PROGRAM_USER_POWER, k, l), m->unit[l] * users->problem->unit_w));
        }
    }
    for (size_t i = 0; i < users->problem->K * m->L; i++) {
        if (users->mean[i] != SIZE_MAX) {
            program_name_variables(m->map, users->mean[i], 1,
                                   label_pair(PROGRAM_SIGNAL_PART, i % users->problem->K, i / users->problem->K));
        }
    }
    for (size_t k = 0; k < users->problem->K; k++) {
        if (users->own[k] != SIZE_MAX) {
            program_name_variables(m->map, users->own[k], 1, label_user(PROGRAM_INTERFERENCE, k));
        }
    }
}

void users_lay_out(power_program *m)
{
    program_users *users = m->users;
    const alloc_problem *problem = users->problem;
    size_t next = m->variables;

    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < problem->K; k++) {
            users->power[pair_at(users, k, l)] = has_power(users, k, l) ? next++ : SIZE_MAX;
        }
    }
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < problem->K; k++) {
            bool sends = has_power(users, k, l) && user_has_target(users, k);

            users->mean[pair_at(users, k, l)] = sends ? next++ : SIZE_MAX;
        }
    }
    for (size_t k = 0; k < problem->K; k++) {
        users->own[k] = user_has_target(users, k) ? next++ : SIZE_MAX;
    }
    m->variables = next;
    if (m->map) {
        name_users(m);
    }
}

double users_least_scale(const program_users *users)
{
    const alloc_problem *problem = users->problem;
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        const double *signal = problem->signal + problem->stride * k;
        double gain = rows_product(problem->stride, signal, signal);

        sum += user_has_target(users, k) && gain > 0.0 ? users->target[k] / gain : 0.0;
    }
    return sum / (double)problem->L;
}

void users_measure(const program_users *users, const double *x, const double *s)
{
    const alloc_problem *problem = users->problem;

    for (size_t k = 0; k < problem->K; k++) {
        users->unit[k] = 1.0;
        for (size_t l = 0; l < problem->L; l++) {
            users->unit[k] += problem_load(problem, k, k, l) * x[l];
            users->unit[k] += problem->sensing_load[problem_at(problem, k, l)] * s[l];
        }
    }
}

/* ------------------------------------------------------------------------------- rows ---- */

/* x_l is what users have: no less, and where interference depends on the stream no more. */
static void add_rows_of_powers(const power_program *m)
{
    const program_users *users = m->users;
    const alloc_problem *problem = users->problem;

    for (size_t l = 0; l < m->L; l++) {
        bool exact = problem->load_by_stream;
        size_t row;

        if (m->place[l] == SIZE_MAX) {
            continue;
        }
        row =
            (exact ? program_add_equality : program_add_linear)(m->builder, m->map, label_ap(PROGRAM_SUM_OF_USERS, l));
        (exact ? socp_put_equality : socp_put)(m->builder, row, m->place[l], 1.0);
        for (size_t k = 0; k < problem->K; k++) {
            if (users->power[pair_at(users, k, l)] != SIZE_MAX) {
                (exact ? socp_put_equality : socp_put)(m->builder, row, users->power[pair_at(users, k, l)], -1.0);
            }
        }
    }
}

/* Powers of who has no target are not negative: those of the others are in cones. */
static void add_rows_of_others(const power_program *m)
{
    const program_users *users = m->users;

    for (size_t i = 0; i < users->problem->K * m->L; i++) {
        if (users->power[i] != SIZE_MAX && users->mean[i] == SIZE_MAX) {
            socp_put(m->builder, program_add_linear(m->builder, m->map, label_all(PROGRAM_NOT_NEGATIVE)),
                     users->power[i], 1.0);
        }
    }
}

/* r_k >= I_k / unit_k */
static void add_row_of_load(const power_program *m, size_t row, size_t k)
{
    const program_users *users = m->users;
    const alloc_problem *problem = users->problem;
    double scale = 1.0 / users->unit[k];

    socp_put(m->builder, row, users->own[k], 1.0);
    socp_constant(m->builder, row, -scale);
    for (size_t l = 0; l < m->L; l++) {
        double unit = scale * m->unit[l];

        socp_put(m->builder, row, m->s + l, -unit * problem->sensing_load[problem_at(problem, k, l)]);
        if (!problem->load_by_stream && m->place[l] != SIZE_MAX) {
            socp_put(m->builder, row, m->place[l], -unit * problem_load(problem, k, k, l));
        }
        for (size_t j = 0; problem->load_by_stream && j < problem->K; j++) {
            if (users->power[pair_at(users, j, l)] != SIZE_MAX) {
                socp_put(m->builder, row, users->power[pair_at(users, j, l)], -unit * problem_load(problem, k, j, l));
            }
        }
    }
}

/* sum_l g_kl m_kl >= r_k, over the largest number in it */
static void add_row_of_signal(const power_program *m, size_t k)
{
    const program_users *users = m->users;
    const alloc_problem *problem = users->problem;
    double factor = 1.0 / sqrt(users->target[k] * (1.0 + users->ahead) * users->unit[k]), largest = 1.0;
    size_t row = program_add_linear(m->builder, m->map, label_user(PROGRAM_SIGNAL, k));

    for (size_t l = 0; l < m->L; l++) {
        largest = fmax(largest, factor * problem->signal[problem_at(problem, k, l)] * sqrt(m->unit[l]));
    }
    socp_put(m->builder, row, users->own[k], -1.0 / largest);
    for (size_t l = 0; l < m->L; l++) {
        if (users->mean[pair_at(users, k, l)] != SIZE_MAX) {
            socp_put(m->builder, row, users->mean[pair_at(users, k, l)],
                     factor * problem->signal[problem_at(problem, k, l)] * sqrt(m->unit[l]) / largest);
        }
    }
}

void users_put_streams(const power_program *m, size_t row, size_t l, double factor, const double *stream)
{
    const program_users *users = m->users;

    for (size_t k = 0; k < users->problem->K; k++) {
        size_t at = pair_at(users, k, l);

        if (users->power[at] != SIZE_MAX) {
            socp_put(m->builder, row, users->power[at], factor * stream[at] * m->unit[l]);
        }
    }
}

void users_add_rows(power_program *m)
{
    program_users *users = m->users;
    size_t K = users->problem->K, row = 0;

    for (size_t k = 0; k < K; k++) {
        if (user_has_target(users, k)) {
            size_t next = program_add_linear(m->builder, m->map, label_user(PROGRAM_LOAD, k));

            row = row > 0 ? row : next;
            add_row_of_load(m, next, k);
        }
    }
    users->load_row = row;
    for (size_t k = 0; k < K; k++) {
        if (user_has_target(users, k)) {
            add_row_of_signal(m, k);
        }
    }
    add_rows_of_powers(m);
    add_rows_of_others(m);
}

/* m_kl^2 <= p_kl r_k */
void users_add_cones(const power_program *m)
{
    const program_users *users = m->users;
    size_t K = users->problem->K;

    for (size_t i = 0; i < K * m->L; i++) {
        size_t row;

        if (users->mean[i] == SIZE_MAX) {
            continue;
        }
        row = program_add_cone(m->builder, m->map, 3, label_pair(PROGRAM_SIGNAL_PART, i % K, i / K));
        socp_put(m->builder, row, users->power[i], 1.0);
        socp_put(m->builder, row, users->own[i % K], 1.0);
        socp_put(m->builder, row + 1, users->power[i], 1.0);
        socp_put(m->builder, row + 1, users->own[i % K], -1.0);
        socp_put(m->builder, row + 2, users->mean[i], 2.0);
    }
}

/* ---------------------------------------------------------------------------- answers ---- */

/* Powers of AP l. Whatever x has beyond what users have may be spent on them, where that disturbs nobody more. */
static void read_powers(const power_program *m, const double *solution, size_t l, program_answer *out)
{
    const program_users *users = m->users;
    const alloc_problem *problem = users->problem;
    alloc_point *point = out->point;
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        size_t p = users->power[pair_at(users, k, l)];
        double power = p == SIZE_MAX ? 0.0 : fmax(solution[p], 0.0) * m->unit[l];

        point->w[problem_at(problem, k, l)] = sqrt(power);
        sum += power;
    }
    if (!problem->load_by_stream && out->powers.x[l] > 0.0) {
        problem_set_power(problem, l, point->w, sum, out->powers.x[l]);
        sum = out->powers.x[l];
    }
    point->x[l] = out->powers.x[l] = sum;
    point->s[l] = out->powers.s[l];
}

void users_read(const power_program *m, const double *solution, const double *z, program_answer *out)
{
    const program_users *users = m->users;
    size_t row = users->load_row;

    for (size_t k = 0; k < users->problem->K; k++) {
        out->lambda[k] = user_has_target(users, k) ? fmax(z[row++], 0.0) / users->unit[k] : 0.0;
    }
    for (size_t l = 0; l < m->L; l++) {
        read_powers(m, solution, l, out);
    }
}
