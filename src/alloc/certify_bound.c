/* The dual function as a proof: what rounding may have done is added, so that no powers exceed it. docs/model.md (M34)
 *
 * u = 2^-53. A sum of n doubles in any order is wrong by (n - 1) u (1 + n u) times the sum of their sizes, a product, a
 * quotient or a root by u of itself, a logarithm by 2 u of itself (of the library's promise) and by what its argument
 * is wrong. Every number below is moved to the safe side by at least twice that: prices and A down, quotients g^2 /
 * price up (the function falls as A and the prices grow), the bound up. What a price of the beam misses of 0 is paid
 * for with the whole budget. Multipliers, the box and the problem's numbers are taken as the doubles they are; that the
 * latter are the drop's to 36 bits, and that powers which break a constraint by FEASIBLE_ROUNDING count as feasible, is
 * paid for, too: the former by certify_search. */
#include "alloc/certify.h"

#include <float.h>
#include <math.h>

/* Relative: unit roundoff; twice FEASIBLE_ROUNDING, what powers may break constraints by, for that and for the rounding
 * of the problem's own constraints. */
static const double UNIT_ROUNDOFF = 0.5 * DBL_EPSILON, BOUND_SLACK = 2e-10;
/* A sum, and what it is made of. */
typedef struct careful_sum {
    double sum, size;
    size_t count;
} careful_sum;

static void add_term(careful_sum *to, double term)
{
    to->sum += term;
    to->size += fabs(term);
    to->count++;
}

/* How far the sum may be off, twice, and that of `more` roundings inside each of its terms. */
static double margin_of(const careful_sum *of, size_t more)
{
    return 2.0 * (double)(of->count + more) * UNIT_ROUNDOFF * of->size * (1.0 + 1e-9);
}

/* What is common to the prices of users, or that of the beam, at AP l. */
static careful_sum common_price(const certify_data *data, const certify_point *at, size_t l, bool beam)
{
    careful_sum sum = {0.0, 0.0, 0};

    add_term(&sum, at->y[data->K]);
    for (size_t i = 0; i < data->locals; i++) {
        const double *row = beam ? data->local[i].sens : data->local[i].comm;

        add_term(&sum, at->theta[i + data->locals * l] * row[l]);
    }
    for (size_t m = 0; m < data->extras; m++) {
        const double *column = beam ? data->extra_sens : data->extra_comm;

        add_term(&sum, at->y[data->K + 1 + m] * column[l + data->L * m]);
    }
    return sum;
}

static double least_price(const certify_data *data, const certify_point *at, careful_sum sum, const double *load)
{
    enum { INSIDE = 2 + 6 }; /* a product; and columns of extras, sums of products of a few numbers */

    for (size_t j = 0; j < data->K; j++) {
        add_term(&sum, at->y[j] * load[j]);
    }
    return sum.sum - margin_of(&sum, INSIDE);
}

/* Adds the quotients of AP l to G, from above; false where a price may not be above 0. */
static bool add_quotients(const certify_data *data, const certify_point *at, size_t l, double *G)
{
    careful_sum common = common_price(data, at, l, false);
    double price = 0.0;

    for (size_t k = 0; k < data->K; k++) {
        double gain = data->gain[k + data->K * l];

        if (k == 0 || data->groups > 1) {
            price =
                least_price(data, at, common, data->load + data->K * ((data->groups > 1 ? k : 0) + data->groups * l));
        }
        if (gain > 0.0 && !(price > 0.0)) {
            return false;
        }
        G[k] += gain > 0.0 ? gain / price : 0.0;
    }
    return true;
}

/* The multipliers' own terms; infinite where they are no multipliers. */
static void add_costs(const certify_data *data, const certify_point *at, careful_sum *to)
{
    double broken = at->y[data->K] >= 0.0 ? 0.0 : INFINITY;

    add_term(to, data->budget * at->y[data->K] * (1.0 + BOUND_SLACK));
    for (size_t l = 0; l < data->L; l++) {
        for (size_t i = 0; i < data->locals; i++) {
            double cost = data->local[i].cost[l], theta = at->theta[i + data->locals * l];

            if (theta != 0.0) {
                add_term(to, cost * theta * (cost > 0.0 ? 1.0 + BOUND_SLACK : 1.0 - BOUND_SLACK));
                broken += theta > 0.0 ? 0.0 : INFINITY;
            }
        }
    }
    for (size_t m = 0; m < data->extras - (data->position ? 3 : 0); m++) {
        double y = at->y[data->K + 1 + m];

        add_term(to, data->extra_cost[m] * y * (1.0 - BOUND_SLACK));
        broken += y >= 0.0 ? 0.0 : INFINITY;
    }
    add_term(to, broken);
}

/* What the position's matrix is worth, from below; minus infinity where it may not be semidefinite. */
static double least_worth(const certify_data *data, const certify_point *at)
{
    const double *Z = certify_matrix(data, at), *ease = data->coupled->information.ease;
    double size = Z[0] * Z[2] + Z[1] * Z[1], determinant = Z[0] * Z[2] - Z[1] * Z[1] - 8.0 * UNIT_ROUNDOFF * size;

    if (!(Z[0] >= 0.0) || !(determinant >= 0.0)) {
        return -INFINITY;
    }
    return (Z[0] * ease[0] + Z[2] * ease[1] + 2.0 * sqrt(determinant * ease[0] * ease[1])) *
           (1.0 - BOUND_SLACK - 32.0 * UNIT_ROUNDOFF);
}

/* What user k adds, at A no larger than `most`; the box's price goes to *force. */
static void add_user(const certify_data *data, const certify_box *box, size_t k, double w, double most, careful_sum *to,
                     double *force)
{
    double weight = data->weight[k], t = data->target[k], lo = box->lo[k], hi = box->hi[k];
    double slope = weight * certify_slope(lo, hi) * (1.0 - 32.0 * UNIT_ROUNDOFF); /* no steeper than the chord */
    double A = fmin(certify_best_total(data, box, k, w, most), most), phi = fmax(most - A, 0.0) * t;
    careful_sum price = {0.0, 0.0, 0};
    double margin;

    add_term(&price, w);
    add_term(&price, -slope);
    add_term(&price, A);
    add_term(&price, -phi);
    margin = margin_of(&price, 8);
    *force = price.sum;
    add_term(to, fmax((price.sum + margin) * hi, (price.sum + margin) * lo) + margin * hi);
    add_term(to, -weight * log(A / weight));
    add_term(to, -weight);
    add_term(to, 4.0 * UNIT_ROUNDOFF * weight); /* of A over weight, inside the logarithm */
    add_term(to, -w);
    add_term(to, slope * lo);
    add_term(to, -weight * log(lo));
}

double certify_bound(const certify_data *data, const certify_box *box, const certify_point *at, double *G,
                     double *force)
{
    careful_sum bound = {0.0, 0.0, 0};
    double shortage = 0.0;

    for (size_t k = 0; k < data->K; k++) {
        G[k] = 0.0;
    }
    for (size_t l = 0; l < data->L; l++) {
        double beam = least_price(data, at, common_price(data, at, l, true), data->beam + data->K * l);

        shortage = fmax(shortage, -beam);
        if (!add_quotients(data, at, l, G)) {
            return INFINITY;
        }
    }
    add_costs(data, at, &bound);
    add_term(&bound, shortage * data->budget * (1.0 + BOUND_SLACK));
    if (data->position) {
        add_term(&bound, -least_worth(data, at));
    }
    for (size_t k = 0; k < data->K; k++) {
        double sure = 1.0 - 4.0 * (double)(data->L + 8) * UNIT_ROUNDOFF;

        add_user(data, box, k, at->y[k], sure / fmax(G[k], DBL_MIN), &bound, &force[k]);
    }
    return isfinite(bound.sum) ? bound.sum + margin_of(&bound, 16) : INFINITY;
}
