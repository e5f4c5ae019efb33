/* The sum rate: its value, its two surrogates, when to stop. docs/model.md (M13), (M14)
 *
 * Variables of a step beside those of step_model.c: e per active user (quadratic terms), and for `product` t per active
 * user and the nodes of their geometric mean. At the point of expansion S0 = SINR, u0, I0; a bar is a value over that
 * at the point, Ilin the interference without coherent terms over I0.
 *
 *   product     maximise (prod_k t_k)^(1/A),  t_k <= (1 + S0 (2 ubar - Ibar)) / (1 + S0)
 *   logarithms  the same with weights or rate targets: maximise sum_k weight_k ln t_k by minorants (step_gain.h)
 *   fractional  maximise sum_k weight_k S0 (2 ubar - e_k - Ilin / (1 + S0)),  e_k >= (S0 ubar^2 + coherent) / (1 + S0)
 */
#include "alloc/constants.h"
#include "alloc/step_gain.h"
#include "base/clones.h"
#include "base/units.h"

#include <math.h>

static double sinr_at(const step_model *model, size_t a)
{
    return values_sinr(model->values, model->active[a]);
}

static double rate_weight_of(const step_model *model, size_t a)
{
    return problem_weight(model->problem, model->active[a]);
}

/* ----------------------------------------------------------------------------- product ---- */

static bool is_coherent(const alloc_problem *problem)
{
    return problem->coherent;
}

static size_t lay_out_product(step_model *model, size_t next)
{
    model->t = next;
    model->root = next; /* the only t, when there is one user */
    next += model->A;
    model->node = next;
    if (model->A > 1) {
        next += step_geometric_nodes(model->A);
        model->root = next++;
        program_name_variables(model->map, model->root, 1, label_all(PROGRAM_MEAN));
    }
    step_name_users(model, model->t, 1, PROGRAM_RATE_FACTOR);
    program_name_variables(model->map, model->node, step_geometric_nodes(model->A), label_all(PROGRAM_MEAN_NODE));
    return next;
}

static void add_product_rows(const step_model *model)
{
    socp_objective(model->builder, model->root, -1.0);
    for (size_t a = 0; a < model->A; a++) {
        size_t row = step_add_row(model, label_user(PROGRAM_RATE, model->active[a]));
        double S0 = sinr_at(model, a), weight = S0 / (1.0 + S0);

        socp_constant(model->builder, row, 1.0 / (1.0 + S0));
        step_put_signal(model, row, a, 2.0 * weight);
        step_put_load(model, row, model->active[a], -weight);
        if (model->problem->coherent) {
            socp_put(model->builder, row, model->e + a, -weight);
        }
        socp_put(model->builder, row, model->t + a, -1.0);
    }
}

/* e_k >= coherent interference / I0 */
static void add_product_squares(const step_model *model)
{
    for (size_t a = 0; model->problem->coherent && a < model->A; a++) {
        size_t k = model->active[a];
        size_t row =
            step_add_squares(model, model->e + a, step_coherent_terms(model, k), label_user(PROGRAM_QUADRATIC, k));

        step_put_coherent(model, row, k, 2.0 / sqrt(model->values->interference[k]));
    }
}

/* -------------------------------------------------------------------------- fractional ---- */

static bool always(const alloc_problem *problem)
{
    (void)problem;
    return true;
}

typedef struct load_cost {
    double weight, denominator;
} load_cost;

static void add_load_cost(const step_model *model, void *context, size_t variable, double load)
{
    const load_cost *cost = context;

    socp_objective(model->builder, variable, cost->weight * load / cost->denominator);
}

static void add_fractional_objective(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    double largest = 0.0;

    for (size_t a = 0; a < model->A; a++) {
        largest = fmax(largest, rate_weight_of(model, a) * sinr_at(model, a));
    }
    for (size_t a = 0; a < model->A; a++) {
        size_t k = model->active[a];
        double S0 = sinr_at(model, a);
        load_cost cost = {.weight = rate_weight_of(model, a) * S0 / largest,
                          .denominator = model->values->interference[k] * (1.0 + S0)};

        socp_objective(model->builder, model->e + a, cost.weight);
        for (size_t l = 0; l < problem->L; l++) {
            if (!step_serves(model, a, l)) {
                continue;
            }
            socp_objective(model->builder, step_w(model, a, l),
                           -2.0 * cost.weight * problem->signal[problem_at(problem, k, l)] * sqrt(model->unit[l]) /
                               model->values->u[k]);
        }
        step_for_each_load(model, k, add_load_cost, &cost);
    }
}

/* e_k >= (S0 ubar_k^2 + coherent interference / I0) / (1 + S0) */
static void add_fractional_squares(const step_model *model)
{
    for (size_t a = 0; a < model->A; a++) {
        size_t k = model->active[a], terms = model->problem->coherent ? step_coherent_terms(model, k) : 0, row;
        double S0 = sinr_at(model, a);

        row = step_add_squares(model, model->e + a, terms + 1, label_user(PROGRAM_QUADRATIC, k));
        step_put_signal(model, row, a, 2.0 * sqrt(S0 / (1.0 + S0)));
        if (model->problem->coherent) {
            step_put_coherent(model, row + 1, k, 2.0 / sqrt((1.0 + S0) * model->values->interference[k]));
        }
    }
}

/* -------------------------------------------------------------------------- logarithms ---- */

static step_logarithm rate_of(const step_model *model, size_t a)
{
    double S0 = sinr_at(model, a);

    return (step_logarithm){.first = model->t + STEP_LOGARITHM * a,
                            .weight = S0 / (1.0 + S0),
                            .label = label_user(PROGRAM_LOGARITHM, model->active[a])};
}

static size_t lay_out_logarithms(step_model *model, size_t next)
{
    model->t = next;
    step_name_users(model, next, STEP_LOGARITHM, PROGRAM_LOGARITHM);
    return next + STEP_LOGARITHM * model->A;
}

static void add_logarithms_objective(const step_model *model)
{
    double largest = 0.0;

    for (size_t a = 0; a < model->A; a++) {
        largest = fmax(largest, rate_weight_of(model, a) * rate_of(model, a).weight);
    }
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm rate = rate_of(model, a);
        double cost = rate_weight_of(model, a) * rate.weight / largest;

        socp_objective(model->builder, rate.first + STEP_ROOTS - 1, -cost);
        socp_objective(model->builder, rate.first + STEP_ROOTS, cost);
    }
}

static void add_logarithms_cones(const step_model *model, size_t *list)
{
    (void)list;
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm rate = rate_of(model, a);

        step_add_logarithm(model, &rate, step_gain(model, a), NULL);
    }
}

/* ----------------------------------------------------------------------------- the row ---- */

const step_surrogate sum_rate_product = {.objective = "minus the geometric mean of rate factors",
                                         .has_response = true,
                                         .goes_on = true,
                                         .has_squares = is_coherent,
                                         .lay_out = lay_out_product,
                                         .add_rows = add_product_rows,
                                         .add_squares = add_product_squares,
                                         .add_cones = step_add_geometric_mean};
const step_surrogate sum_rate_fractional = {.objective =
                                                "minus the weighted SINRs' surrogates, relative, without constants",
                                            .has_squares = always,
                                            .lay_out = step_lays_out_nothing,
                                            .add_rows = add_fractional_objective,
                                            .add_squares = add_fractional_squares,
                                            .add_cones = step_adds_no_cones};

static const step_surrogate sum_rate_logarithms = {
    .objective = "minus the weighted logarithms of 1 + SINR, relative, less what they are",
    .has_response = true,
    .goes_on = true,
    .gains = true,
    .has_squares = step_without_squares,
    .lay_out = lay_out_logarithms,
    .add_rows = add_logarithms_objective,
    .add_squares = step_adds_nothing,
    .add_cones = add_logarithms_cones};

/* SINRs below it have a logarithm of 1 + SINR each; of larger ones it is the product's, as long as that is no larger
 * than the other. */
static const double SMALL_SINR = 0.125, LARGE_PRODUCT = 1e100;

/* sum_k weight_k ln(1 + SINR_k) */
static double weighted_value(const alloc_problem *problem, const alloc_values *values)
{
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += problem->weight[k] * log1p(values_sinr(values, k));
    }
    return sum;
}

/* The same of weights that are 1. */
static double value(const alloc_problem *problem, const alloc_values *values)
{
    double sum = 0.0, product = 1.0;

    if (problem->weight) {
        return weighted_value(problem, values);
    }
    for (size_t k = 0; k < problem->K; k++) {
        double sinr = values_sinr(values, k);

        if (sinr >= SMALL_SINR && sinr < LARGE_PRODUCT) {
            product *= 1.0 + sinr;
        } else {
            sum += log1p(sinr);
        }
        if (product > LARGE_PRODUCT) {
            sum += log(product);
            product = 1.0;
        }
    }
    return sum + log(product);
}

/* Of ln(1 + u^2 / I): u / (I + u^2) and 1 / I - 1 / (I + u^2). */
CLONES(static, void, take_slopes,
       (size_t K, const double *restrict u, const double *restrict interference, double *restrict gain,
        double *restrict weight),
       (K, u, interference, gain, weight))
{
    for (size_t k = 0; k < K; k++) {
        gain[k] = u[k] / (interference[k] + u[k] * u[k]);
        weight[k] = u[k] / interference[k] * gain[k];
    }
}

/* The same times weights. */
static void slopes(const alloc_problem *problem, const double *u, const double *interference, double *gain,
                   double *weight)
{
    take_slopes(problem->K, u, interference, gain, weight);
    for (size_t k = 0; problem->weight && k < problem->K; k++) {
        gain[k] *= problem->weight[k];
        weight[k] *= problem->weight[k];
    }
}

static double in_bits(const cfi_system *system, double nats)
{
    return system->frame.prelog / LN2 * nats * problem_weight_unit(system);
}

static double measure_sum_rate(const cfi_system *system, const cfi_evaluation *evaluation)
{
    double sum = 0.0;

    if (!system->allocation.weights) {
        return evaluation->sum_rate_bit_s_hz;
    }
    for (size_t k = 0; k < evaluation->K; k++) {
        sum += system->allocation.weights[k] * evaluation->rate_bit_s_hz[k];
    }
    return sum;
}

static const step_surrogate *choose_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    double best = at ? 0.0 : INFINITY;

    if (problem->link->system->allocation.surrogate == CFI_SURROGATE_PRODUCT && (problem->weight || problem->target)) {
        return &sum_rate_logarithms;
    }
    for (size_t k = 0; at && k < problem->K; k++) {
        best = fmax(best, values_sinr(at, k));
    }
    return best < PRODUCT_LEAST_SINR || problem->link->system->allocation.surrogate == CFI_SURROGATE_FRACTIONAL
               ? &sum_rate_fractional
               : &sum_rate_product;
}

/* What is left to gain when gains shrink geometrically from `before` to `now`, six times over, since they often shrink
 * ever more slowly: of 2,900 random scenarios 2 then stop more than 1e-6 below their limit, none more than 1.5e-6 (26
 * and 2e-6 with twice). */
static double expected_gain(double before, double now)
{
    double ratio = before > 0.0 ? fmin(now / before, 0.999) : 0.5;

    return 6.0 * now * fmax(1.0, ratio / (1.0 - ratio));
}

bool objective_little_is_left(const objective_gains *gains)
{
    double small = gains->tolerance * gains->value;

    return expected_gain(gains->before, gains->now) <= small || gains->now <= 1e-3 * small;
}

extern const alloc_objective objective_sum_rate; /* read by objective.c alone */
const alloc_objective objective_sum_rate = {.name = "sum_rate",
                                            .unit = "bit/s/Hz",
                                            .larger_is_better = true,
                                            .value = value,
                                            .reported = in_bits,
                                            .proportional = true,
                                            .measured = measure_sum_rate,
                                            .slopes = slopes,
                                            .surrogate = choose_surrogate,
                                            .complete = problem_complete,
                                            .stop = objective_little_is_left,
                                            .revives = true};
