/* The dual function of the sum rate over a box of interference, and its smoothed version. docs/model.md (M34)
 *
 * With multipliers w_k of I_k's definition, mu of the budget, theta of what single access points must do and y of what
 * couples them, prices of a unit of power are linear in all of them,
 *     price_kl = mu + sum_j w_j load_jkl + sum theta comm + sum y comm,      beam_l = the same with sens,
 * and with G_k = sum_l g_kl^2 / price_kl, the chord's slope a_k, and the box's price
 *     force_k = w_k - a_k - t_k / G_k + (1 + t_k) A_k
 * the dual function is
 *     D = budget mu + sum cost theta + sum cost y
 *         + sum_k min over 0 < A_k <= 1 / G_k of
 *           [ -weight_k ln (A_k / weight_k) - weight_k - w_k + a_k lo_k - weight_k ln lo_k
 *             + max(force_k hi_k, force_k lo_k) ].
 * Smoothed, max(force hi, force lo) is the largest over I of force I + eps ln of the distances to both ends. */
#include "alloc/certify.h"

#include <math.h>

/* Relative: a box so narrow is a point. */
static const double NARROW = 1e-6;
/* Added to sums of squared signals over prices: a user whom nobody serves has a quotient, too. */
static const double NOBODY = 1e-200;

double certify_slope(double lo, double hi)
{
    double ratio = (hi - lo) / lo;

    return ratio < NARROW ? (1.0 - 0.5 * ratio) / lo : log1p(ratio) / (hi - lo);
}

double certify_gap(double lo, double hi, double interference)
{
    return log(interference / lo) - certify_slope(lo, hi) * (interference - lo);
}

/* Prices of AP l; false where one that counts is not above 0. */
static bool set_prices_of(const certify_data *data, const certify_point *at, size_t l, const certify_values *values)
{
    size_t K = data->K;
    double comm = at->y[K], sens = at->y[K];
    bool inside = true;

    for (size_t i = 0; i < data->locals; i++) {
        comm += at->theta[i + data->locals * l] * data->local[i].comm[l];
        sens += at->theta[i + data->locals * l] * data->local[i].sens[l];
    }
    for (size_t m = 0; m < data->extras; m++) {
        comm += at->y[K + 1 + m] * data->extra_comm[l + data->L * m];
        sens += at->y[K + 1 + m] * data->extra_sens[l + data->L * m];
    }
    for (size_t j = 0; j < K; j++) {
        sens += at->y[j] * data->beam[j + K * l];
    }
    values->beam_price[l] = sens;
    for (size_t c = 0; c < data->groups; c++) {
        const double *load = data->load + K * (c + data->groups * l);
        double price = comm, served = 0.0;

        for (size_t j = 0; j < K; j++) {
            price += at->y[j] * load[j];
            served += data->groups == 1 || j == c ? data->gain[j + K * l] : 0.0;
        }
        values->price[c + data->groups * l] = price;
        inside = inside && (price > 0.0 || !(served > 0.0));
    }
    return inside && sens > 0.0;
}

/* What multipliers cost by themselves, to out[0], and the logarithms of what must not become negative, to out[1]; false
 * where something is not above 0. */
static bool sum_costs(const certify_data *data, const certify_point *at, const certify_values *values, double out[2])
{
    double mu = at->y[data->K], cost = data->budget * mu, logs = log(mu);
    bool inside = mu > 0.0;

    for (size_t l = 0; l < data->L; l++) {
        logs += log(values->beam_price[l]);
        for (size_t i = 0; i < data->locals; i++) {
            double theta = at->theta[i + data->locals * l];

            if (certify_counts(data, i, l)) {
                inside = inside && theta > 0.0;
                cost += data->local[i].cost[l] * theta;
                logs += log(theta);
            }
        }
    }
    for (size_t m = 0; m < data->extras - (data->position ? 3 : 0); m++) {
        inside = inside && at->y[data->K + 1 + m] > 0.0;
        cost += data->extra_cost[m] * at->y[data->K + 1 + m];
        logs += log(at->y[data->K + 1 + m]);
    }
    if (data->position) {
        const double *Z = certify_matrix(data, at);
        double determinant = Z[0] * Z[2] - Z[1] * Z[1];

        inside = inside && Z[0] > 0.0 && determinant > 0.0;
        cost -= coupled_least_pairing(&data->coupled->information, Z);
        logs += log(determinant);
    }
    out[0] = cost;
    out[1] = logs;
    return inside;
}

/* ------------------------------------------------------------------------------- users ---- */

/* The chord of user k, and its range. */
typedef struct chord {
    double weight, target, slope, lo, hi;
} chord;

static chord chord_of(const certify_data *data, const certify_box *box, size_t k)
{
    return (chord){.weight = data->weight[k],
                   .target = data->target[k],
                   .slope = data->weight[k] * certify_slope(box->lo[k], box->hi[k]),
                   .lo = box->lo[k],
                   .hi = box->hi[k]};
}

/* The largest of force I + eps ln (1 - t^2), I = middle + half t; where it is, and dI / dforce. */
static double smooth_support(const chord *c, double force, double eps, double *interference, double *bend)
{
    double half = 0.5 * (c->hi - c->lo), q = force * half / eps, root = sqrt(1.0 + q * q), t = q / (1.0 + root);
    double left = 2.0 / (1.0 + root); /* 1 - t^2 */

    *interference = 0.5 * (c->lo + c->hi) + half * t;
    *bend = half * half / eps * left * left / (2.0 * (1.0 + t * t));
    return force * *interference + eps * log(left);
}

/* The best A of user k below 1 / G, and all that follows; returns what the smoothed function has of it. */
static double settle_user(const chord *c, size_t k, double w, double eps, certify_values *values)
{
    enum { HALVINGS_OF_A = 60 };
    double most = 1.0 / values->gain[k], base = w - c->slope - c->target * most, A = most, low = 0.0, force, support;
    double *heard = &values->interference[k], *bend = &values->bend[k];

    force = base + (1.0 + c->target) * A;
    support = smooth_support(c, force, eps, heard, bend);
    values->met[k] = (1.0 + c->target) * *heard * A <= c->weight;
    for (int i = 0; !values->met[k] && i < HALVINGS_OF_A; i++) {
        double middle = 0.5 * (low + most);

        force = base + (1.0 + c->target) * middle;
        support = smooth_support(c, force, eps, heard, bend);
        *((1.0 + c->target) * *heard * middle <= c->weight ? &low : &most) = A = middle;
    }
    values->total[k] = A;
    values->power[k] = values->met[k] ? (c->weight * values->gain[k] - *heard) / (values->gain[k] * values->gain[k])
                                      : c->target * *heard / (values->gain[k] * values->gain[k]);
    return support - c->weight * log(A / c->weight) - c->weight - w + c->slope * c->lo - c->weight * log(c->lo);
}

double certify_best_total(const certify_data *data, const certify_box *box, size_t k, double w, double most)
{
    chord c = chord_of(data, box, k);
    double base = w - c.slope - c.target * most, share = 1.0 + c.target;
    double at_hi = c.weight / (share * c.hi), at_lo = c.weight / (share * c.lo);
    double A = base + share * at_hi >= 0.0 ? at_hi : base + share * at_lo <= 0.0 ? at_lo : -base / share;

    return fmin(A, most);
}

bool certify_evaluate(const certify_data *data, const certify_box *box, const certify_point *at, double eps,
                      certify_values *values)
{
    double cost[2];

    for (size_t k = 0; k < data->K; k++) {
        values->gain[k] = NOBODY;
    }
    for (size_t l = 0; l < data->L; l++) {
        if (!set_prices_of(data, at, l, values)) {
            return false;
        }
        for (size_t k = 0; k < data->K; k++) {
            double gain = data->gain[k + data->K * l];

            values->gain[k] += gain > 0.0 ? gain / values->price[(data->groups > 1 ? k : 0) + data->groups * l] : 0.0;
        }
    }
    if (!sum_costs(data, at, values, cost)) {
        return false;
    }
    values->phi = cost[0] - eps * cost[1];
    for (size_t k = 0; k < data->K; k++) {
        chord c = chord_of(data, box, k);

        values->phi += settle_user(&c, k, at->y[k], eps, values);
    }
    return isfinite(values->phi);
}
