/* One SCA step as a second-order cone problem. docs/model.md (M13)-(M15).
 *
 * Variables   w (active users x L), x, q (L), then per active user t (product) and e (quadratic terms), theta
 *             (constraint `sca`), the nodes of the geometric mean (product). x and theta are there only for access
 *             points whose threshold counts, limits only where they are below the budget. w, x and q of an access
 *             point are measured in its unit.
 * At the point of expansion: S0 = SINR, u0, I0. A bar is a value relative to the point: u/u0, I/I0.
 *   product     maximise (prod_k t_k)^(1/A),  t_k <= (1 + S0 (2 ubar - Ibar)) / (1 + S0)
 *   fractional  maximise sum_k S0 (2 ubar - e_k - Ilin / (1 + S0)),  e_k >= (S0 ubar^2 + coherent) / (1 + S0)
 * so that every row is of order one. */
#include "alloc/step_crlb.h"

#include <math.h>
#include <string.h>

static bool is_product(const step_model *model)
{
    return model->surrogate == CFI_SURROGATE_PRODUCT;
}

/* Without x, q itself bounds the squared norm of w. */
static bool has_x(const step_model *model, size_t l)
{
    return model->problem->rank[l] != SIZE_MAX &&
           (model->problem->sensing == SENSING_CONVEX || model->constraint == CFI_CRLB_SCA);
}

/* What amplitudes of AP l are measured in; exact, since powers are measured in powers of 4. */
static double amplitude_unit(const step_model *model, size_t l)
{
    return sqrt(model->unit[l]);
}

static double sinr_at(const step_model *model, size_t k)
{
    return problem_sinr(model->problem, k);
}

/* ----------------------------------------------------------------------- units ---- */

static void choose_units(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; l < problem->L; l++) {
        model->unit[l] = problem->unit[l];
        if (model->constraint == CFI_CRLB_SCA && problem->rank[l] != SIZE_MAX) {
            model->unit[l] = fmin(model->unit[l], problem_unit_below(step_crlb_most_power(problem, model->at, l)));
        }
    }
}

/* ------------------------------------------------------------------------ rows ---- */

/* row += factor * u_k / u0_k */
static void put_signal(const step_model *model, size_t row, size_t a, double factor)
{
    const alloc_problem *problem = model->problem;
    size_t k = model->active[a];

    for (size_t l = 0; l < problem->L; l++) {
        socp_put(model->builder, row, a + model->A * l,
                 factor * problem->signal[k + problem->K * l] * amplitude_unit(model, l) / problem->u[k]);
    }
}

/* row += factor * (1 + sum_l load_kl q_l) / I0_k */
static void put_load(const step_model *model, size_t row, size_t k, double factor)
{
    const alloc_problem *problem = model->problem;
    double scale = factor / problem->interference[k];

    socp_constant(model->builder, row, scale);
    for (size_t l = 0; l < problem->L; l++) {
        socp_put(model->builder, row, model->q + l, scale * problem->load[k + problem->K * l] * model->unit[l]);
    }
}

static void add_surrogate_rows(const step_model *model)
{
    size_t row;

    if (!is_product(model)) {
        return;
    }
    row = socp_add_linear(model->builder, model->A);
    for (size_t a = 0; a < model->A; a++, row++) {
        double S0 = sinr_at(model, model->active[a]), weight = S0 / (1.0 + S0);

        socp_constant(model->builder, row, 1.0 / (1.0 + S0));
        put_signal(model, row, a, 2.0 * weight);
        put_load(model, row, model->active[a], -weight);
        if (model->problem->coherent) {
            socp_put(model->builder, row, model->e + a, -weight);
        }
        socp_put(model->builder, row, model->t + a, -1.0);
    }
}

/* q_l >= incline x_l + offset, or q_l >= 1 / d1_l where all of q_l serves the users. */
static void put_threshold(const step_model *model, size_t row, size_t l)
{
    const alloc_problem *problem = model->problem;
    double d1 = problem->d1[l], d2 = problem->d2[l], strong = fmax(d1, d2);

    socp_constant(model->builder, row, -1.0 / strong / model->unit[l]);
    socp_put(model->builder, row, model->q + l, has_x(model, l) ? d2 / strong : 1.0);
    if (has_x(model, l)) {
        socp_put(model->builder, row, step_model_x(model, l), (d1 - d2) / strong);
    }
}

/* The unit vector along AP l's amplitudes at the point, or along the signal gains where there are none: entries of the
 * active users are `along[k] * scale`; `norm` is that of the amplitudes. */
typedef struct direction {
    const double *along;
    double scale, norm;
} direction;

static direction direction_at(const step_model *model, size_t l)
{
    const double *w = model->at->w + model->problem->K * l, *signal = model->problem->signal + model->problem->K * l;
    double squared_w = 0.0, squared_signal = 0.0;

    for (size_t a = 0; a < model->A; a++) {
        squared_w += w[model->active[a]] * w[model->active[a]];
        squared_signal += signal[model->active[a]] * signal[model->active[a]];
    }
    return squared_w > 0.0 ? (direction){.along = w, .scale = 1.0 / sqrt(squared_w), .norm = sqrt(squared_w)}
                           : (direction){.along = signal, .scale = 1.0 / sqrt(squared_signal)};
}

/* row += factor (2 r v'w_l - r^2), which is factor norm(w_l)^2 at most and touches it at w_l = r v. */
static void put_squared_norm(const step_model *model, size_t row, size_t l, double r, double factor)
{
    direction v = direction_at(model, l);

    socp_constant(model->builder, row, -factor * r * r);
    for (size_t a = 0; a < model->A; a++) {
        socp_put(model->builder, row, a + model->A * l, factor * 2.0 * r * v.scale * v.along[model->active[a]]);
    }
}

/* (d1 - d2) norm(w)^2 + d2 q >= 1, linearised at the norm of the point, or at what is needed if that is more. Where
 * d2 = 0 it is what is needed in any case: the half-space then touches the sphere outside of which w must stay, and
 * excludes least. The row is divided by its largest coefficient. */
static void put_linearised_threshold(const step_model *model, size_t row, size_t l)
{
    const alloc_problem *problem = model->problem;
    double unit = model->unit[l], weak = problem->d2[l] / problem->d1[l], needed = 1.0 / problem->d1[l] / unit;
    double least = sqrt(fmax(needed - weak * model->at->q[l] / unit, 0.0) / (1.0 - weak));
    double r = weak > 0.0 ? fmax(least, direction_at(model, l).norm / sqrt(unit)) : least;
    double scale = 1.0 / fmax(weak, 2.0 * (1.0 - weak) * r);

    socp_constant(model->builder, row, -scale * needed);
    socp_put(model->builder, row, model->q + l, scale * weak);
    put_squared_norm(model, row, l, r, scale * (1.0 - weak));
}

/* (19b) as linear rows, one for each access point whose threshold counts. */
static void add_threshold_rows(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    size_t row;

    if (model->constraint == CFI_CRLB_SCA) {
        return;
    }
    row = socp_add_linear(model->builder, problem->ranked);
    for (size_t l = 0; l < problem->L; l++) {
        if (problem->rank[l] == SIZE_MAX) {
            continue;
        }
        if (problem->sensing == SENSING_LINEARISED) {
            put_linearised_threshold(model, row++, l);
        } else {
            put_threshold(model, row++, l);
        }
    }
}

/* x_l <= q_l, or where more communication power senses better x_l <= norm(w_l)^2, linearised at the point. */
static void add_share_rows(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; l < problem->L; l++) {
        size_t row;

        if (!has_x(model, l)) {
            continue;
        }
        row = socp_add_linear(model->builder, 1);
        socp_put(model->builder, row, step_model_x(model, l), -1.0);
        if (problem->sensing == SENSING_LINEARISED) {
            put_squared_norm(model, row, l, direction_at(model, l).norm / amplitude_unit(model, l), 1.0);
        } else {
            socp_put(model->builder, row, model->q + l, 1.0);
        }
    }
}

static void add_power_rows(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    socp_builder *builder = model->builder;
    size_t L = problem->L, row = socp_add_linear(builder, 1);

    socp_constant(builder, row, 1.0);
    for (size_t l = 0; l < L; l++) {
        socp_put(builder, row, model->q + l, -model->unit[l] / (double)L);
    }
    for (size_t l = 0; l < L; l++) {
        if (problem->limit[l] < INFINITY) {
            row = socp_add_linear(builder, 1);
            socp_constant(builder, row, 1.0);
            socp_put(builder, row, model->q + l, -model->unit[l] / problem->limit[l]);
        }
    }
    if (problem->coherent) { /* with orthogonal pilots w >= 0 holds by itself */
        row = socp_add_linear(builder, model->A * L);
        for (size_t i = 0; i < model->A * L; i++) {
            socp_put(builder, row + i, i, 1.0);
        }
    }
}

/* ----------------------------------------------------------------------- cones ---- */

/* norm(v)^2 <= s, where the caller adds 2 v to rows row + 2 ..; puts s = variable into the first two rows. */
static size_t add_squares(const step_model *model, size_t variable, size_t terms)
{
    size_t row = socp_add_cone(model->builder, terms + 2);

    socp_constant(model->builder, row, 1.0);
    socp_put(model->builder, row, variable, 1.0);
    socp_constant(model->builder, row + 1, -1.0);
    socp_put(model->builder, row + 1, variable, 1.0);
    return row + 2;
}

/* n^2 <= a b for three variables. */
static void add_geometric_pair(const step_model *model, size_t n, size_t a, size_t b)
{
    size_t row = socp_add_cone(model->builder, 3);

    socp_put(model->builder, row, a, 1.0);
    socp_put(model->builder, row, b, 1.0);
    socp_put(model->builder, row + 1, a, 1.0);
    socp_put(model->builder, row + 1, b, -1.0);
    socp_put(model->builder, row + 2, n, 2.0);
}

static void add_amplitude_cones(const step_model *model)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        bool on_x = model->problem->sensing == SENSING_CONVEX && has_x(model, l);
        size_t row = add_squares(model, on_x ? step_model_x(model, l) : model->q + l, model->A);

        for (size_t a = 0; a < model->A; a++) {
            socp_put(model->builder, row + a, a + model->A * l, 2.0);
        }
    }
}

static size_t active_position(const step_model *model, size_t k)
{
    for (size_t a = 0; a < model->A; a++) {
        if (model->active[a] == k) {
            return a;
        }
    }
    return SIZE_MAX;
}

/* e_k >= coherent interference / I0 (product), (S0 ubar_k^2 + coherent interference / I0) / (1 + S0) (fractional) */
static void add_quadratic_cones(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    if (is_product(model) && !problem->coherent) {
        return;
    }
    for (size_t a = 0; a < model->A; a++) {
        size_t k = model->active[a], terms = is_product(model) ? 0 : 1, row;
        double S0 = sinr_at(model, k),
               scale = 2.0 / sqrt((is_product(model) ? 1.0 : 1.0 + S0) * problem->interference[k]);

        for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
            terms += active_position(model, problem->mate[i]) != SIZE_MAX;
        }
        row = add_squares(model, model->e + a, terms);
        if (!is_product(model)) {
            put_signal(model, row++, a, 2.0 * sqrt(S0 / (1.0 + S0)));
        }
        for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
            size_t j = problem->mate[i], position = active_position(model, j);

            for (size_t l = 0; position != SIZE_MAX && l < problem->L; l++) {
                socp_put(model->builder, row, position + model->A * l,
                         scale * problem_coherent_coefficient(problem, k, j, l) * amplitude_unit(model, l));
            }
            row += position != SIZE_MAX;
        }
    }
}

/* root <= (prod t)^(1/A) by a tree of pairs; leaves are padded with the root itself. `list` has room for the padded
 * leaves. */
static void add_geometric_mean(const step_model *model, size_t *list)
{
    size_t count = 1, node = model->node;

    while (count < model->A) {
        count *= 2;
    }
    for (size_t i = 0; i < count; i++) {
        list[i] = i < model->A ? model->t + i : model->root;
    }
    for (; count > 1; count /= 2) {
        for (size_t i = 0; i < count / 2; i++) {
            size_t a = list[2 * i], b = list[2 * i + 1];

            if (a == model->root && b == model->root) {
                list[i] = model->root;
            } else {
                list[i] = count == 2 ? model->root : node++;
                add_geometric_pair(model, list[i], a, b);
            }
        }
    }
}

static void add_objective(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    double largest = 0.0;

    if (is_product(model)) {
        socp_objective(model->builder, model->root, -1.0);
        return;
    }
    for (size_t a = 0; a < model->A; a++) {
        largest = fmax(largest, sinr_at(model, model->active[a]));
    }
    for (size_t a = 0; a < model->A; a++) {
        size_t k = model->active[a];
        double S0 = sinr_at(model, k), weight = S0 / largest;

        socp_objective(model->builder, model->e + a, weight);
        for (size_t l = 0; l < problem->L; l++) {
            size_t i = k + problem->K * l;

            socp_objective(model->builder, a + model->A * l,
                           -2.0 * weight * problem->signal[i] * amplitude_unit(model, l) / problem->u[k]);
            socp_objective(model->builder, model->q + l,
                           weight * problem->load[i] * model->unit[l] / (problem->interference[k] * (1.0 + S0)));
        }
    }
}

/* ------------------------------------------------------------------- the problem ---- */

static void lay_out(step_model *model)
{
    size_t L = model->problem->L, next = model->A * L;
    bool has_shares = model->problem->sensing == SENSING_CONVEX || model->constraint == CFI_CRLB_SCA;

    model->x = next;
    next += has_shares ? model->problem->ranked : 0;
    model->q = next;
    next += L;
    model->e = next;
    next += !is_product(model) || model->problem->coherent ? model->A : 0;
    model->theta = next;
    next += model->constraint == CFI_CRLB_SCA ? model->problem->ranked : 0;
    model->t = next;
    model->root = next; /* the only t, when there is one user */
    if (is_product(model)) {
        size_t padded = 1, level = model->A;

        next += model->A;
        model->node = next;
        while (padded < model->A) {
            padded *= 2;
        }
        for (size_t i = padded; i > 2; i /= 2) { /* nodes below the root that hold some t */
            level = (level + 1) / 2;
            next += level;
        }
        if (model->A > 1) {
            model->root = next++;
        }
    }
    model->variables = next;
}

const socp_problem *step_model_build(step_model *model, size_t *leaves, cfi_error *error)
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
    add_objective(model);
    add_surrogate_rows(model);
    add_threshold_rows(model);
    add_share_rows(model);
    add_power_rows(model);
    add_amplitude_cones(model);
    add_quadratic_cones(model);
    step_crlb_add_cones(model);
    if (is_product(model)) {
        add_geometric_mean(model, leaves);
    }
    return socp_build(model->builder, error);
}

void step_model_read(const step_model *model, const double *solution, alloc_point *to)
{
    const alloc_problem *problem = model->problem;

    memset(to->w, 0, problem->K * problem->L * sizeof(double));
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t a = 0; a < model->A; a++) {
            to->w[model->active[a] + problem->K * l] = solution[a + model->A * l] * amplitude_unit(model, l);
        }
        to->q[l] = solution[model->q + l] * model->unit[l];
    }
}
