/* One SCA step as a second-order cone problem: variables, constraints and what a solution says. docs/model.md
 * (M13)-(M15)
 *
 * Variables   w (active users, each at the access points that serve it), x, q (L), e and theta (constraint `sca`), then
 * those of step_gain.h and the surrogate's own. q is the power that is radiated in all, x the communication power.
 * Where both powers interfere alike, x is there only for access points whose threshold counts; where interference
 * depends on the stream, powers p (one for each w) take its place, whose sum it is. Of an access point without users
 * there is q alone. theta is there for thresholds that count, limits where they are below the budget. w, x, q and p of
 * an access point are measured in its unit. At the point of expansion: S0 = SINR, u0, I0. A bar is a value relative to
 * the point: u/u0, I/I0. Every row is of order one. */
#include "alloc/step_model.h"

#include "alloc/step_crlb.h"
#include "alloc/step_directed.h"
#include "alloc/step_gain.h"
#include "alloc/step_information.h"

#include <math.h>
#include <string.h>

/* ----------------------------------------------------------------------- units ---- */

static void choose_units(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; l < problem->L; l++) {
        model->unit[l] = problem->unit[l];
        if (model->constraint == CFI_CRLB_SCA && problem->sensing.rank[l] != SIZE_MAX) {
            model->unit[l] = fmin(model->unit[l], problem_unit_below(step_crlb_most_power(problem, model->at, l)));
        }
    }
}

/* ------------------------------------------------------------------------ rows ---- */

/* q_l >= incline x_l + offset, or q_l >= 1 / d1_l where all of q_l serves the users. */
static void put_threshold(const step_model *model, size_t l)
{
    size_t row = step_add_row(model, label_ap(PROGRAM_THRESHOLD, l));
    double d1 = model->problem->sensing.d1[l], d2 = model->problem->sensing.d2[l], strong = fmax(d1, d2);

    socp_constant(model->builder, row, -1.0 / strong / model->unit[l]);
    socp_put(model->builder, row, model->q + l, step_has_x(model, l) ? d2 / strong : 1.0);
    if (step_has_x(model, l)) {
        step_put_communication_power(model, row, l, (d1 - d2) / strong);
    }
}

/* q_l alone has to sense: of an access point that serves nobody, or nobody who is active, which the completion then
 * lets serve others where that senses better. */
static void put_threshold_of_q(const step_model *model, size_t l)
{
    const alloc_sensing *sensing = &model->problem->sensing;
    size_t row = step_add_row(model, label_ap(PROGRAM_THRESHOLD, l));

    socp_constant(model->builder, row, -1.0 / fmax(sensing->d1[l], sensing->d2[l]) / model->unit[l]);
    socp_put(model->builder, row, model->q + l, 1.0);
}

/* The unit vector along AP l's amplitudes at the point, or along the signal gains where there are none: the entry of
 * user k is `along[problem_at(k, l)] * scale`; `norm` is that of the amplitudes. */
typedef struct direction {
    const double *along;
    double scale, norm;
} direction;

static double active_norm(const step_model *model, const double *rows, size_t l)
{
    double sum = 0.0;

    for (size_t a = 0; a < model->A; a++) {
        double value = rows[problem_at(model->problem, model->active[a], l)];

        sum += value * value;
    }
    return sqrt(sum);
}

static direction direction_at(const step_model *model, size_t l)
{
    double norm = active_norm(model, model->at->w, l);

    return norm > 0.0 ? (direction){.along = model->at->w, .scale = 1.0 / norm, .norm = norm}
                      : (direction){.along = model->problem->signal,
                                    .scale = 1.0 / active_norm(model, model->problem->signal, l)};
}

/* row += factor (2 r v'w_l - r^2), which is factor norm(w_l)^2 at most and touches it at w_l = r v. */
static void put_squared_norm(const step_model *model, size_t row, size_t l, double r, double factor)
{
    direction v = direction_at(model, l);

    socp_constant(model->builder, row, -factor * r * r);
    for (size_t a = 0; a < model->A; a++) {
        double along = v.along[problem_at(model->problem, model->active[a], l)];

        if (step_serves(model, a, l)) {
            socp_put(model->builder, row, step_w(model, a, l), factor * 2.0 * r * v.scale * along);
        }
    }
}

void step_put_squared_norm(const step_model *model, size_t row, size_t l, double factor)
{
    put_squared_norm(model, row, l, direction_at(model, l).norm / step_amplitude_unit(model, l), factor);
}

/* (d1 - d2) norm(w)^2 + d2 q >= 1, linearised at the norm of the point, or at what is needed if that is more. Where
 * d2 = 0 it is what is needed in any case: the half-space then touches the sphere outside of which w must stay, and
 * excludes least. The row is divided by its largest coefficient. */
static void put_linearised_threshold(const step_model *model, size_t l)
{
    size_t row = step_add_row(model, label_ap(PROGRAM_THRESHOLD, l));
    double unit = model->unit[l], d1 = model->problem->sensing.d1[l], weak = model->problem->sensing.d2[l] / d1;
    double needed = 1.0 / d1 / unit, q = (model->at->x[l] + model->at->s[l]) / unit;
    double least = sqrt(fmax(needed - weak * q, 0.0) / (1.0 - weak));
    double r = weak > 0.0 ? fmax(least, direction_at(model, l).norm / sqrt(unit)) : least;
    double scale = 1.0 / fmax(weak, 2.0 * (1.0 - weak) * r);

    socp_constant(model->builder, row, -scale * needed);
    socp_put(model->builder, row, model->q + l, scale * weak);
    put_squared_norm(model, row, l, r, scale * (1.0 - weak));
}

/* The same where x is a variable, d1 norm(w)^2 + d2 (q - x) >= 1: then d2 may be the larger. */
static void put_linearised_apart(const step_model *model, size_t l)
{
    size_t row = step_add_row(model, label_ap(PROGRAM_THRESHOLD, l));
    double unit = model->unit[l], d1 = model->problem->sensing.d1[l], d2 = model->problem->sensing.d2[l];
    double needed = 1.0 / d1 / unit, weak = d2 / d1;
    double least = sqrt(fmax(needed - weak * model->at->s[l] / unit, 0.0));
    double r = d2 > 0.0 ? fmax(least, direction_at(model, l).norm / sqrt(unit)) : least;
    double scale = 1.0 / fmax(fmax(weak, 2.0 * r), needed);

    socp_constant(model->builder, row, -scale * needed);
    socp_put(model->builder, row, model->q + l, scale * weak);
    step_put_communication_power(model, row, l, -scale * weak);
    put_squared_norm(model, row, l, r, scale);
}

static void add_rows_without_users(const step_model *model)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        if (sensing_is_idle(&model->problem->sensing, l)) {
            put_threshold_of_q(model, l);
        }
    }
}

/* Of access points with users whose cone is none in this step. */
static void add_rows_for_cones(const step_model *model)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        if (model->problem->sensing.rank[l] != SIZE_MAX && !step_directed_has_cone(model, l)) {
            put_threshold_of_q(model, l);
        }
    }
}

/* The sensing constraint as linear rows, one for each access point with users whose threshold counts. */
static void add_threshold_rows(const step_model *model)
{
    const alloc_sensing *sensing = &model->problem->sensing;

    if (model->constraint == CFI_CRLB_SCA) {
        return;
    }
    if (sensing->directed) {
        add_rows_for_cones(model);
        return;
    }
    for (size_t l = 0; l < model->problem->L; l++) {
        if (sensing->rank[l] == SIZE_MAX) {
            continue;
        }
        if (sensing->kind != SENSING_LINEARISED) {
            put_threshold(model, l);
        } else if (!step_serves_somebody(model, l)) {
            put_threshold_of_q(model, l);
        } else if (step_loads_apart(model)) {
            put_linearised_apart(model, l);
        } else {
            put_linearised_threshold(model, l);
        }
    }
}

/* x_l <= q_l, or where more communication power senses better x_l <= norm(w_l)^2, linearised at the point. */
static void add_share_rows(const step_model *model)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        size_t row;

        if (!step_has_x(model, l)) {
            continue;
        }
        row = step_add_row(model, label_ap(PROGRAM_SHARE, l));
        step_put_communication_power(model, row, l, -1.0);
        if (model->problem->sensing.kind == SENSING_LINEARISED && !step_loads_apart(model)) {
            step_put_squared_norm(model, row, l, 1.0);
        } else {
            socp_put(model->builder, row, model->q + l, 1.0);
        }
    }
}

static void add_power_rows(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    socp_builder *builder = model->builder;
    size_t L = problem->L,
           row = step_add_row(model, label_scaled(label_all(PROGRAM_BUDGET), (double)L * problem->unit_w));

    socp_constant(builder, row, 1.0);
    for (size_t l = 0; l < L; l++) {
        socp_put(builder, row, model->q + l, -model->unit[l] / (double)L);
    }
    for (size_t l = 0; l < L; l++) {
        if (problem->limit[l] < INFINITY) {
            row = step_add_row(model, label_scaled(label_ap(PROGRAM_LIMIT, l), problem->limit[l] * problem->unit_w));
            socp_constant(builder, row, 1.0);
            socp_put(builder, row, model->q + l, -model->unit[l] / problem->limit[l]);
        }
    }
    if (problem->coherent) { /* with orthogonal pilots w >= 0 holds by itself */
        for (size_t i = 0; i < model->amplitudes; i++) {
            socp_put(builder, step_add_row(model, label_all(PROGRAM_NOT_NEGATIVE)), i, 1.0);
        }
    }
}

/* ----------------------------------------------------------------------- cones ---- */

static size_t count_served(const step_model *model, size_t l)
{
    size_t count = 0;

    for (size_t a = 0; a < model->A; a++) {
        count += step_serves(model, a, l);
    }
    return count;
}

/* w_jl^2 <= p_jl for each stream of AP l. */
static void add_stream_cones(const step_model *model, size_t l)
{
    for (size_t a = 0; a < model->A; a++) {
        if (step_serves(model, a, l)) {
            size_t row = step_add_squares(model, model->p + step_w(model, a, l), 1,
                                          label_pair(PROGRAM_STREAM, model->active[a], l));

            socp_put(model->builder, row, step_w(model, a, l), 2.0);
        }
    }
}

/* norm(w_l)^2 <= x_l, or q_l where that is all. */
static void add_norm_cone(const step_model *model, size_t l)
{
    const alloc_problem *problem = model->problem;
    bool above = step_loads_apart(model) || problem_informs(problem) || problem->sensing.kind == SENSING_CONVEX;
    bool on_x = step_has_x(model, l) && above;
    size_t row = step_add_squares(model, on_x ? step_model_x(model, l) : model->q + l, count_served(model, l),
                                  label_ap(PROGRAM_AMPLITUDES, l));

    for (size_t a = 0; a < model->A; a++) {
        if (step_serves(model, a, l)) {
            socp_put(model->builder, row++, step_w(model, a, l), 2.0);
        }
    }
}

static void add_amplitude_cones(const step_model *model)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        if (sensing_is_idle(&model->problem->sensing, l)) {
            continue;
        }
        if (model->problem->load_by_stream) {
            add_stream_cones(model, l);
        } else {
            add_norm_cone(model, l);
        }
    }
}

/* ------------------------------------------------------------------- the problem ---- */

/* Numbers the amplitudes of served pairs, access point by access point; returns how many they are. */
static size_t number_amplitudes(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    size_t count = 0;

    if (!model->number) {
        return model->A * problem->L;
    }
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t a = 0; a < model->A; a++) {
            model->number[a + model->A * l] = link_serves(problem->link, model->active[a], l) ? count++ : SIZE_MAX;
        }
    }
    return count;
}

/* Sensing is asked of the powers for users, and orthogonal pilots let them be spent: all of that power is read. */
static bool spends_all(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    bool sense = problem->sensing.directed || problem->raised;

    return !problem->coherent && (sense || (problem_informs(problem) && problem->load_by_stream));
}

/* What is one for each served pair, from `first` on: in W, or for amplitudes its root. */
static void name_pairs(const step_model *model, size_t first, program_word word)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        double watts = model->unit[l] * model->problem->unit_w;
        double scale = word == PROGRAM_AMPLITUDE ? sqrt(watts) : watts;

        for (size_t a = 0; a < model->A; a++) {
            if (step_serves(model, a, l)) {
                program_name_variables(model->map, first + step_w(model, a, l), 1,
                                       label_scaled(label_pair(word, model->active[a], l), scale));
            }
        }
    }
}

static void name_aps(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; !problem->load_by_stream && l < problem->L; l++) {
        if (step_has_x(model, l)) {
            program_name_variables(model->map, step_model_x(model, l), 1,
                                   step_power_label(model, PROGRAM_COMMUNICATION_POWER, l));
        }
    }
    for (size_t l = 0; l < problem->L; l++) {
        program_name_variables(model->map, model->q + l, 1, step_power_label(model, PROGRAM_RADIATED_POWER, l));
    }
}

/* Every variable but those of information, SINRs and the surrogate. */
static void name_variables(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    name_pairs(model, 0, PROGRAM_AMPLITUDE);
    name_aps(model);
    if (problem->load_by_stream) {
        name_pairs(model, model->p, PROGRAM_USER_POWER);
    }
    if (model->surrogate->has_squares(problem)) {
        step_name_users(model, model->e, 1, PROGRAM_QUADRATIC);
    }
    for (size_t l = 0; model->constraint == CFI_CRLB_SCA && l < problem->L; l++) {
        if (problem->sensing.rank[l] != SIZE_MAX) {
            program_name_variables(model->map, model->theta + problem->sensing.rank[l], 1,
                                   label_ap(PROGRAM_SENSING_PRODUCT, l));
        }
    }
}

/* How powers are read from a solution: step_model_read. */
static void name_powers(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    cfi_problem_map *map = &model->map->map;
    bool informs = problem_informs(problem), by_stream = problem->load_by_stream;
    program_word communication = by_stream ? PROGRAM_USER_POWER : PROGRAM_COMMUNICATION_POWER;

    map->kind = "a step of successive convex approximation";
    map->objective = model->surrogate->objective;
    map->users = program_word_of(spends_all(model) ? PROGRAM_USER_POWER : PROGRAM_AMPLITUDE);
    map->radiated = program_word_of(PROGRAM_RADIATED_POWER);
    if (informs && !problem->coherent && !by_stream) {
        map->scaled_to = program_word_of(communication);
    }
    if (informs && problem->coherent && step_loads_apart(model)) {
        map->less = program_word_of(communication);
    }
}

static void lay_out(step_model *model)
{
    const alloc_problem *problem = model->problem;
    size_t L = problem->L, next = model->amplitudes = number_amplitudes(model);
    bool has_shares = problem->sensing.kind == SENSING_CONVEX || model->constraint == CFI_CRLB_SCA;

    model->x = next;
    if (step_loads_apart(model) || problem_informs(problem)) {
        next += problem->load_by_stream ? 0 : problem->sensing.serving;
    } else {
        next += has_shares ? problem->sensing.ranked : 0;
    }
    model->q = next;
    next += L;
    model->p = next;
    next += problem->load_by_stream ? model->amplitudes : 0;
    model->e = next;
    next += model->surrogate->has_squares(problem) ? model->A : 0;
    model->theta = next;
    next += model->constraint == CFI_CRLB_SCA ? problem->sensing.ranked : 0;
    if (model->map) {
        name_variables(model);
        name_powers(model);
    }
    next = step_information_lay_out(model, next);
    next = step_gain_lay_out(model, next);
    model->variables = model->surrogate->lay_out(model, next);
}

const socp_problem *step_model_build(step_model *model, size_t *list, cfi_error *error)
{
    choose_units(model);
    lay_out(model);
    if (model->builder) {
        socp_builder_restart(model->builder, model->variables);
    } else {
        model->builder = socp_builder_create(model->variables);
    }
    if (!model->builder) {
        error_set(error, CFI_NO_MEMORY, "out of memory for an allocation step");
        return NULL;
    }
    model->surrogate->add_rows(model);
    step_gain_add_rows(model);
    add_threshold_rows(model);
    add_rows_without_users(model);
    add_share_rows(model);
    step_directed_add_rows(model);
    step_information_add_rows(model);
    add_power_rows(model);
    add_amplitude_cones(model);
    model->surrogate->add_squares(model);
    step_gain_add_cones(model);
    step_crlb_add_cones(model);
    step_directed_add_cones(model);
    step_information_add_cones(model);
    model->surrogate->add_cones(model, list);
    return socp_build(model->builder, error);
}

static double amplitude_of(const step_model *model, const double *solution, size_t a, size_t l)
{
    size_t w = step_w(model, a, l);

    return spends_all(model) ? sqrt(fmax(solution[model->p + w], 0.0)) : solution[w];
}

/* Powers of AP l, whose amplitudes have been read and have squared norm `norm`. */
static void read_coupled(const step_model *model, const double *solution, size_t l, double norm, alloc_point *to)
{
    double wanted = step_information_wanted(model, solution, l);

    if (wanted >= 0.0 && wanted != norm) {
        problem_set_power(model->problem, l, to->w, norm, wanted);
        norm = wanted;
    }
    to->x[l] = norm;
    to->s[l] = step_information_beam(model, solution, l, norm);
}

void step_model_read(const step_model *model, const double *solution, alloc_point *to)
{
    const alloc_problem *problem = model->problem;

    memset(to->w, 0, problem->K * problem->stride * sizeof(double));
    for (size_t l = 0; l < problem->L; l++) {
        double x = 0.0;

        for (size_t a = 0; a < model->A; a++) {
            double amplitude =
                step_serves(model, a, l) ? amplitude_of(model, solution, a, l) * step_amplitude_unit(model, l) : 0.0;

            to->w[problem_at(problem, model->active[a], l)] = amplitude;
            x += amplitude * amplitude;
        }
        if (problem_informs(problem)) {
            read_coupled(model, solution, l, x, to);
            continue;
        }
        to->x[l] = x;
        to->s[l] = solution[model->q + l] * model->unit[l] - x;
    }
}
