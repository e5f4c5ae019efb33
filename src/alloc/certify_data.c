/* A drop as the bound of the sum rate sees it: constraints become numbers for each access point. docs/model.md (M34) */
#include "alloc/certify.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

static cfi_status certify_out_of_memory(const alloc_problem *problem, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the certificate of %zu access points and %zu users",
                     problem->L, problem->K);
}

bool certify_applies(const cfi_link *link)
{
    const cfi_system *system = link->system;
    bool coherent = system->rate_model == CFI_RATE_EXACT && link->pilots_overlap;
    bool senses = system->sensing.crlb_threshold_rad2 || system_couples_sensing(system);

    return system->allocation.objective == CFI_SUM_RATE && !coherent && !(senses && link->directions.aim);
}

/* ------------------------------------------------------------------------------- users ---- */

static bool allocate_users(certify_data *data, cfi_arena *arena)
{
    size_t pairs = data->K * data->L;

    data->weight = arena_alloc(arena, 2 * data->K, sizeof(double));
    data->gain = arena_alloc(arena, 2 * pairs, sizeof(double));
    data->load = arena_alloc(arena, pairs * data->groups, sizeof(double));
    if (!data->weight || !data->gain || !data->load) {
        return false;
    }
    data->target = data->weight + data->K;
    data->beam = data->gain + pairs;
    return true;
}

/* Rates that miss their targets by rounding count as met. */
static double slack_target(double sinr)
{
    return sinr * (1.0 - 4.0 * FEASIBLE_ROUNDING * (1.0 + log1p(sinr)));
}

static void fill_user_numbers(certify_data *data)
{
    const alloc_problem *problem = data->problem;

    for (size_t k = 0; k < data->K; k++) {
        data->weight[k] = problem_weight(problem, k);
        data->target[k] = problem->target ? slack_target(problem->target[k]) : 0.0;
        for (size_t l = 0; l < data->L; l++) {
            double g = problem->signal[problem_at(problem, k, l)];

            data->gain[k + data->K * l] = g * g;
            data->beam[k + data->K * l] = problem->sensing_load[problem_at(problem, k, l)];
            for (size_t c = 0; c < data->groups; c++) {
                data->load[k + data->K * (c + data->groups * l)] = problem_load(problem, k, c, l);
            }
        }
    }
}

/* ------------------------------------------------------------------------- constraints ---- */

static bool add_local(certify_data *data, cfi_arena *arena)
{
    certify_constraint *local = &data->local[data->locals];
    double *row = arena_zeros(arena, 3 * data->L, sizeof *row);

    *local = (certify_constraint){.comm = row, .sens = row + data->L, .cost = row + 2 * data->L};
    data->locals += row != NULL;
    return row;
}

/* own.x x_l + own.s s_l >= 1 */
static bool add_own_constraints(certify_data *data, cfi_arena *arena)
{
    const alloc_information *information = &data->coupled->information;

    for (size_t i = 0; i < information->owns; i++) {
        if (!add_local(data, arena)) {
            return false;
        }
        for (size_t l = 0; l < data->L; l++) {
            const certify_constraint *local = &data->local[data->locals - 1];
            double comm = information->idle[l] ? 0.0 : information->own[i].x[l], sens = information->own[i].s[l];
            bool says_something = comm > 0.0 || sens > 0.0;

            local->comm[l] = -comm;
            local->sens[l] = -sens;
            local->cost[l] = says_something ? -1.0 : INFINITY;
        }
    }
    return true;
}

/* x_l + s_l <= limit_l */
static bool add_limits_of_aps(certify_data *data, cfi_arena *arena)
{
    if (!data->problem->limited) {
        return true;
    }
    if (!add_local(data, arena)) {
        return false;
    }
    for (size_t l = 0; l < data->L; l++) {
        const certify_constraint *local = &data->local[data->locals - 1];

        local->comm[l] = local->sens[l] = 1.0;
        local->cost[l] = data->coupled->limit[l];
    }
    return true;
}

/* Columns of what couples access points: what a unit of each multiplier makes of a unit of power, with the sign turned.
 */
static bool add_extras(certify_data *data, cfi_arena *arena)
{
    const alloc_information *information = &data->coupled->information;
    size_t L = data->L, shared = information->functionals > 0 ? L : 0, owned = L * information->owns;
    double *unit = arena_zeros(arena, information_rows(information) + 1, sizeof *unit);
    double *scratch = arena_alloc(arena, L, sizeof *scratch);

    data->position = information->position;
    data->extras = shared + (data->position ? 3 : 0);
    data->extra_comm = arena_alloc(arena, (2 * L + 1) * (data->extras + 1), sizeof(double));
    if (!unit || !scratch || !data->extra_comm) {
        return false;
    }
    data->extra_sens = data->extra_comm + L * data->extras;
    data->extra_cost = data->extra_sens + L * data->extras;
    for (size_t m = 0; m < data->extras; m++) {
        coupled_multipliers one = {.row = unit};
        double *comm = data->extra_comm + L * m, *sens = data->extra_sens + L * m;

        *(m < shared ? &unit[owned + m] : &one.Z[m - shared]) = 1.0;
        coupled_worths(information, &one, scratch, comm, sens);
        if (m < shared) {
            unit[owned + m] = 0.0;
        }
        data->extra_cost[m] = m < shared ? -1.0 : 0.0;
        for (size_t l = 0; l < L; l++) {
            comm[l] = -comm[l];
            sens[l] = -sens[l];
        }
    }
    return true;
}

cfi_status certify_describe(const alloc_problem *problem, const alloc_coupled *coupled, cfi_arena *arena,
                            certify_data *data, cfi_error *error)
{
    *data = (certify_data){.problem = problem,
                           .coupled = coupled,
                           .K = problem->K,
                           .L = problem->L,
                           .groups = problem->load_by_stream ? problem->K : 1,
                           .budget = (double)problem->L};
    if (!allocate_users(data, arena) || !add_own_constraints(data, arena) || !add_limits_of_aps(data, arena) ||
        !add_extras(data, arena)) {
        return certify_out_of_memory(problem, error);
    }
    fill_user_numbers(data);
    data->globals = data->K + 1 + data->extras;
    data->unknowns = data->globals + data->K;
    return CFI_OK;
}

/* -------------------------------------------------------------------------- work space ---- */

bool certify_make_point(const certify_data *data, cfi_arena *arena, certify_point *point)
{
    point->y = arena_zeros(arena, data->globals + data->locals * data->L, sizeof(double));
    point->theta = point->y ? point->y + data->globals : NULL;
    return point->y;
}

void certify_copy(const certify_data *data, const certify_point *from, const certify_point *to)
{
    memcpy(to->y, from->y, data->globals * sizeof(double));
    memcpy(to->theta, from->theta, data->locals * data->L * sizeof(double));
}

static bool make_certify_values(const certify_data *data, cfi_arena *arena, certify_values *values)
{
    size_t K = data->K, L = data->L;
    double *row = arena_zeros(arena, (data->groups + 1) * L + 5 * K, sizeof *row);

    *values = (certify_values){.price = row, .met = arena_zeros(arena, K, sizeof(bool))};
    if (!row || !values->met) {
        return false;
    }
    values->beam_price = row + data->groups * L;
    values->gain = values->beam_price + L;
    values->total = values->gain + K;
    values->interference = values->gain + 2 * K;
    values->bend = values->gain + 3 * K;
    values->power = values->gain + 4 * K;
    return true;
}

bool certify_room(const certify_data *data, cfi_arena *arena, certify_work *work)
{
    size_t n = data->unknowns, locals = data->locals;

    *work = (certify_work){.data = data,
                           .matrix = arena_alloc(arena, n * (n + 1), sizeof(double)),
                           .form = arena_alloc(arena, (n + 1) * (data->groups + 4), sizeof(double)),
                           .local_form = arena_alloc(arena, (n + 1) * (locals + 1), sizeof(double)),
                           .gradient = arena_alloc(arena, data->globals, sizeof(double)),
                           .local_gradient = arena_alloc(arena, locals * data->L + 1, sizeof(double)),
                           .local_step = arena_alloc(arena, locals * (n + 1) * data->L + 1, sizeof(double)),
                           .force = arena_alloc(arena, 2 * data->K, sizeof(double))};
    work->spare = work->force ? work->force + data->K : NULL;
    return work->force && work->matrix && work->form && work->local_form && work->gradient && work->local_gradient &&
           work->local_step && make_certify_values(data, arena, &work->values) &&
           make_certify_values(data, arena, &work->trial) && certify_make_point(data, arena, &work->now) &&
           certify_make_point(data, arena, &work->step) && certify_make_point(data, arena, &work->tried) &&
           certify_make_point(data, arena, &work->best);
}
