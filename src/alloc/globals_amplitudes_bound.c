/* What the multipliers of a cone problem in amplitudes prove. docs/model.md (M30)
 *
 * For multipliers (a; b, e) of a cone of users, (alpha; beta, eta) of one of sensing and so on, each in its cone, c is
 * at least the sum of e and eta, each times its constant, less what is held, but for reduced costs of w and z that are
 * negative; those are paid for with the most power there may be. a and alpha are the least that their cones allow. */
#include "alloc/globals_amplitudes.h"

#include <string.h>

static double norm_of(const double *z, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += z[i] * z[i];
    }
    return sqrt(sum);
}

/* Sums of the bound: constants, what c counts with, and reduced costs of w and z (`cost`, a number a variable), all in
 * the problem's units of amplitudes. */
typedef struct amplitude_sums {
    double held, raised;
    double *cost;
} amplitude_sums;

static void add_constant(double constant, bool raised, amplitude_sums *to)
{
    *(raised ? &to->raised : &to->held) += constant;
}

static void charge_user(const amplitude_program *m, size_t k, const double *z, amplitude_sums *to)
{
    const alloc_problem *problem = m->problem;
    const double *y = z + m->user_row[k];
    size_t loads = rows_of_loads(m), rows = loads + 1 + count_mates(m, k), row = loads + 2;
    double a = norm_of(y + 1, rows), over = 1.0 / sqrt(m->interference[k]);

    to->held += -y[1] * over;
    for (size_t i = 0; i < loads; i++) {
        amplitude_load load = load_of(m, k, i);

        to->cost[load.variable] -= y[2 + i] * over * load.root;
    }
    for (size_t l = 0; l < m->L; l++) {
        size_t at = problem_at(problem, k, l);

        if (amplitude_at(m, k, l) != SIZE_MAX) {
            to->cost[amplitude_at(m, k, l)] -= a * over * problem->signal[at] / sqrt(m->ask->target[k]);
        }
    }
    for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
        size_t j = problem->mate[i];

        for (size_t l = 0; m->ask->target[j] > 0.0 && l < m->L; l++) {
            if (amplitude_at(m, j, l) != SIZE_MAX) {
                to->cost[amplitude_at(m, j, l)] -= y[row] * over * problem_coherent_row(problem, k, i)[l];
            }
        }
        row += m->ask->target[j] > 0.0;
    }
}

/* z_l >= norm(factor w_l, rest), a row over the unit of amplitudes. */
static void charge_norm(const amplitude_program *m, size_t l, const double *y, double factor, size_t more,
                        amplitude_sums *to)
{
    size_t users = rows_of_users(m, l), row = 1;

    to->cost[m->z + l] -= norm_of(y + 1, users + more) / m->unit;
    for (size_t k = 0; k < m->K; k++) {
        if (amplitude_at(m, k, l) != SIZE_MAX) {
            to->cost[amplitude_at(m, k, l)] -= y[row++] * factor / m->unit;
        }
    }
}

static void charge_sensing(const amplitude_program *m, const double *z, amplitude_sums *to)
{
    for (size_t i = 0; i < m->drop->coupled.information.owns; i++) {
        const information_own *own = own_of(m, i);

        for (size_t l = 0; l < m->L; l++) {
            size_t row = m->sense_row[l + m->L * i];

            if (row != SIZE_MAX) {
                charge_norm(m, l, z + row, incline_of(own, l), 1, to);
                add_constant(-z[row + 1 + rows_of_users(m, l)] / sqrt(own->s[l]) / m->unit,
                             amplitudes_raise(m, own->kind), to);
            }
        }
    }
}

static void charge_powers(const amplitude_program *m, const double *z, amplitude_sums *to)
{
    const coupled_ask *ask = &m->ask->sensing;
    size_t row = m->limit_row;

    if (m->budget_row != SIZE_MAX) {
        const double *y = z + m->budget_row;

        add_constant(-norm_of(y + 1, m->L) / m->unit * sqrt(coupled_budget(&m->drop->coupled, ask)),
                     ask->budget == POWER_RAISED, to);
        for (size_t l = 0; l < m->L; l++) {
            to->cost[m->z + l] -= y[1 + l] / m->unit;
        }
    }
    for (size_t l = 0; m->limit_row != SIZE_MAX && l < m->L; l++) {
        if (asked_limit(m, l) < INFINITY) {
            double y = fmax(z[row++], 0.0) / m->unit;

            add_constant(-y * sqrt(asked_limit(m, l)), ask->limits == POWER_RAISED, to);
            to->cost[m->z + l] += y;
        }
    }
}

/* The bound on g: (held) <= c (-raised) + cost'(w, z), of which what is negative is at most root(most) each way. */
double amplitudes_bound(const amplitude_program *m, const double *z, double most, double *cost)
{
    amplitude_sums sums = {.cost = cost};
    double lack_w = 0.0, lack_z = 0.0, left;

    memset(cost, 0, m->count * sizeof *cost);
    for (size_t k = 0; k < m->K; k++) {
        if (m->user_row[k] != SIZE_MAX) {
            charge_user(m, k, z, &sums);
        }
    }
    for (size_t l = 0; l < m->L; l++) {
        if (m->norm_row[l] != SIZE_MAX) {
            charge_norm(m, l, z + m->norm_row[l], 1.0, 0, &sums);
        }
    }
    charge_sensing(m, z, &sums);
    charge_powers(m, z, &sums);
    for (size_t i = 0; i < m->c; i++) {
        double *lack = i < m->z ? &lack_w : &lack_z;

        *lack += cost[i] < 0.0 ? cost[i] * cost[i] : 0.0;
    }
    left = sums.held - (sqrt(lack_w) + sqrt(lack_z)) * sqrt(most);
    if (m->ask->sensing.raised) { /* c sum of eta <= - held */
        return sums.raised > 0.0 && left <= 0.0 ? left * left / (sums.raised * sums.raised) : NAN;
    }
    return sums.raised < 0.0 ? pow(fmax(left, 0.0) / sums.raised, 2.0) : NAN;
}

static double raised_sum(const amplitude_program *m, const double *z, double *cost)
{
    amplitude_sums sums = {.cost = cost};

    charge_sensing(m, z, &sums);
    charge_powers(m, z, &sums);
    return fabs(sums.raised);
}

/* d g / d ln t_k is lambda_k I_k, from (a; ...) of the user's cone. */
void amplitudes_read_lambda(const amplitude_program *m, const double *z, double *cost, const globals_answer *answer)
{
    double raised = raised_sum(m, z, cost);

    for (size_t k = 0; k < m->K; k++) {
        double a = 0.0, u = 0.0, t = m->ask->target[k], interference;

        answer->multipliers.lambda[k] = 0.0;
        if (m->user_row[k] == SIZE_MAX) {
            continue;
        }
        a = norm_of(z + m->user_row[k] + 1, rows_of_loads(m) + 1 + count_mates(m, k)) / sqrt(m->interference[k]);
        u = rows_product(m->problem->stride, m->problem->signal + m->problem->stride * k,
                         answer->point->w + m->problem->stride * k);
        interference = u * u / t;
        answer->multipliers.lambda[k] = sqrt(answer->factor) * a / sqrt(interference) / raised;
    }
}
