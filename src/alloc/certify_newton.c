/* Newton's direction for the smoothed dual function. docs/model.md (M34)
 *
 * Unknowns are the steps of w, mu and y, and of the users' powers e, 2 K + 1 numbers and y: with e as unknowns access
 * points meet in sums alone, and what belongs to one of them, theta, is eliminated where it stands. Steps are forms: a
 * number for each unknown, and a constant. */
#include "alloc/certify.h"

#include "alloc/equations.h"

#include <math.h>
#include <string.h>

/* One access point on its way into the equations. */
typedef struct newton_ap {
    certify_work *work;
    const certify_point *at;
    size_t l;
    double eps, s, bend;    /* beam power eps / z at the beam's price z, and its slope eps / z^2 */
    double X, H;            /* powers and slopes of all groups together */
    double *power, *answer; /* forms: steps of all powers for users together, and of the beam's power */
    double *price;          /* forms of the groups' prices */
    double m[CERTIFY_LOCALS][CERTIFY_LOCALS];
} newton_ap;

static size_t form_length(const certify_data *data)
{
    return data->unknowns + 1;
}

static double power_of(const certify_data *data, const certify_values *values, size_t k, size_t l, double *slope)
{
    double price = values->price[(data->groups > 1 ? k : 0) + data->groups * l], gain = data->gain[k + data->K * l];
    double power = gain > 0.0 ? values->power[k] * gain / (price * price) : 0.0;

    *slope = gain > 0.0 ? 2.0 * power / price : 0.0;
    return power;
}

/* g^2 / price^2, with which a user's e becomes power. */
static double yield_of(const certify_data *data, const certify_values *values, size_t k, size_t l)
{
    double gain = data->gain[k + data->K * l], price = values->price[(data->groups > 1 ? k : 0) + data->groups * l];

    return gain > 0.0 ? gain / (price * price) : 0.0;
}

/* Users first .. end - 1 are group c. */
static size_t group_start(const certify_data *data, size_t c)
{
    return data->groups > 1 ? c : 0;
}

static size_t group_end(const certify_data *data, size_t c)
{
    return data->groups > 1 ? c + 1 : data->K;
}

/* What globals make of a price: of group c, or of the beam. */
static void fill_price(const newton_ap *ap, size_t c, bool beam, double *form)
{
    const certify_data *data = ap->work->data;
    const double *users = beam ? data->beam + data->K * ap->l : data->load + data->K * (c + data->groups * ap->l);
    const double *extra = beam ? data->extra_sens : data->extra_comm;

    memset(form, 0, form_length(data) * sizeof *form);
    memcpy(form, users, data->K * sizeof *form);
    form[data->K] = 1.0;
    for (size_t m = 0; m < data->extras; m++) {
        form[data->K + 1 + m] = extra[ap->l + data->L * m];
    }
}

/* to += factor form */
static void add_form(const certify_data *data, double factor, const double *form, double *to)
{
    for (size_t j = 0; j < form_length(data) && factor != 0.0; j++) {
        to[j] += factor * form[j];
    }
}

/* ------------------------------------------------------------------------------ locals ---- */

/* Forms of the prices and of the powers at given theta. */
static void open_ap(newton_ap *ap)
{
    const certify_data *data = ap->work->data;
    const certify_values *values = &ap->work->values;
    size_t n = form_length(data);

    ap->s = ap->eps / values->beam_price[ap->l];
    ap->bend = ap->s / values->beam_price[ap->l];
    ap->X = ap->H = 0.0;
    memset(ap->power, 0, n * sizeof *ap->power);
    fill_price(ap, 0, true, ap->answer);
    for (size_t c = 0; c < data->groups; c++) {
        double *price = ap->price + n * c, slopes = 0.0;

        fill_price(ap, c, false, price);
        for (size_t k = group_start(data, c); k < group_end(data, c); k++) {
            double slope;

            ap->X += power_of(data, values, k, ap->l, &slope);
            slopes += slope;
            ap->power[data->globals + k] = yield_of(data, values, k, ap->l);
        }
        add_form(data, -slopes, price, ap->power);
        ap->H += slopes;
    }
}

/* Inverts the matrix of the access point's own unknowns, positive definite and small, in place. */
static void invert_locals(newton_ap *ap, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double pivot = 1.0 / ap->m[i][i];

        ap->m[i][i] = 1.0;
        for (size_t j = 0; j < count; j++) {
            ap->m[i][j] *= pivot;
        }
        for (size_t r = 0; r < count; r++) {
            double factor = ap->m[r][i];

            if (r == i) {
                continue;
            }
            ap->m[r][i] = 0.0;
            for (size_t j = 0; j < count; j++) {
                ap->m[r][j] -= factor * ap->m[i][j];
            }
        }
    }
}

static void fill_locals(newton_ap *ap)
{
    const certify_data *data = ap->work->data;
    size_t T = data->locals, l = ap->l;

    for (size_t i = 0; i < T; i++) {
        bool counts = certify_counts(data, i, l);
        double theta = ap->at->theta[i + T * l], comm = data->local[i].comm[l], sens = data->local[i].sens[l];

        ap->work->local_gradient[i + T * l] =
            counts ? data->local[i].cost[l] - comm * ap->X - sens * ap->s - ap->eps / theta : 0.0;
        for (size_t j = 0; j < T; j++) {
            bool both = counts && certify_counts(data, j, l);

            ap->m[i][j] = both ? comm * data->local[j].comm[l] * ap->H + sens * data->local[j].sens[l] * ap->bend : 0.0;
        }
        ap->m[i][i] += counts ? ap->eps / (theta * theta) : 1.0;
    }
}

/* Steps of theta as forms, put into those of prices and powers. */
static void eliminate_locals(newton_ap *ap)
{
    certify_work *work = ap->work;
    const certify_data *data = work->data;
    size_t T = data->locals, n = form_length(data), l = ap->l;
    double *raw = work->local_form;

    fill_locals(ap);
    invert_locals(ap, T);
    memset(raw, 0, T * n * sizeof *raw);
    for (size_t i = 0; i < T; i++) {
        if (certify_counts(data, i, l)) {
            add_form(data, data->local[i].comm[l], ap->power, raw + n * i);
            add_form(data, -data->local[i].sens[l] * ap->bend, ap->answer, raw + n * i);
            raw[n * i + n - 1] -= work->local_gradient[i + T * l];
        }
    }
    for (size_t i = 0; i < T; i++) {
        double *step = work->local_step + n * (i + T * l);

        memset(step, 0, n * sizeof *step);
        for (size_t j = 0; j < T && certify_counts(data, i, l); j++) {
            add_form(data, ap->m[i][j], raw + n * j, step);
        }
    }
    for (size_t i = 0; i < T; i++) {
        const double *step = work->local_step + n * (i + T * l);

        if (certify_counts(data, i, l)) {
            add_form(data, -ap->H * data->local[i].comm[l], step, ap->power);
            add_form(data, data->local[i].sens[l], step, ap->answer);
            for (size_t c = 0; c < data->groups; c++) {
                add_form(data, data->local[i].comm[l], step, ap->price + n * c);
            }
        }
    }
}

/* --------------------------------------------------------------------------- equations ---- */

/* Of one access point, in the rows of w, mu and y: what it radiates, by group where that matters. */
static void add_radiation(const newton_ap *ap, size_t j)
{
    certify_work *work = ap->work;
    const certify_data *data = work->data;
    size_t K = data->K, n = data->unknowns, length = form_length(data);
    double sign = j == n ? 1.0 : -1.0, *column = work->matrix + n * j;
    double comm = sign * ap->power[j], sens = -sign * ap->bend * ap->answer[j];
    const double *beam = data->beam + K * ap->l;

    for (size_t c = 0; c < data->groups; c++) {
        const double *load = data->load + K * (c + data->groups * ap->l);
        double radiated = comm;

        if (data->groups > 1) {
            double slope, yield = j == data->globals + c ? yield_of(data, &work->values, c, ap->l) : 0.0;

            power_of(data, &work->values, c, ap->l, &slope);
            radiated = sign * (yield - slope * ap->price[length * c + j]);
        }
        for (size_t i = 0; i < K; i++) {
            column[i] += load[i] * radiated;
        }
    }
    for (size_t i = 0; i < K; i++) {
        column[i] += beam[i] * sens;
    }
    column[K] += comm + sens;
    for (size_t m = 0; m < data->extras; m++) {
        column[K + 1 + m] += data->extra_comm[ap->l + data->L * m] * comm;
        column[K + 1 + m] += data->extra_sens[ap->l + data->L * m] * sens;
    }
}

/* Its part of dG. */
static void add_gains(const newton_ap *ap)
{
    certify_work *work = ap->work;
    const certify_data *data = work->data;
    size_t n = data->unknowns, length = form_length(data);

    for (size_t j = 0; j <= n; j++) {
        double *column = work->matrix + n * j + data->globals;

        for (size_t k = 0; k < data->K; k++) {
            const double *price = ap->price + length * (data->groups > 1 ? k : 0);

            column[k] -= yield_of(data, &work->values, k, ap->l) * price[j];
        }
    }
}

/* Slopes of the smoothed function by w, mu and y, from what one access point radiates. */
static void add_to_gradient(const newton_ap *ap)
{
    certify_work *work = ap->work;
    const certify_data *data = work->data;
    size_t K = data->K;

    for (size_t c = 0; c < data->groups; c++) {
        const double *load = data->load + K * (c + data->groups * ap->l);
        double X = ap->X, slope;

        if (data->groups > 1) {
            X = power_of(data, &work->values, c, ap->l, &slope);
        }
        for (size_t i = 0; i < K; i++) {
            work->gradient[i] -= load[i] * X;
        }
    }
    for (size_t i = 0; i < K; i++) {
        work->gradient[i] -= data->beam[i + K * ap->l] * ap->s;
    }
    work->gradient[K] -= ap->X + ap->s;
    for (size_t m = 0; m < data->extras; m++) {
        work->gradient[K + 1 + m] -= data->extra_comm[ap->l + data->L * m] * ap->X;
        work->gradient[K + 1 + m] -= data->extra_sens[ap->l + data->L * m] * ap->s;
    }
}

/* The position's part: minus the pairing with J, and eps times the logarithm of the determinant. */
static void add_position_slopes(certify_work *work, const certify_point *at, double eps)
{
    const certify_data *data = work->data;
    const double *Z = certify_matrix(data, at), *ease = data->coupled->information.ease;
    size_t first = data->globals - 3, n = data->unknowns;
    double determinant = Z[0] * Z[2] - Z[1] * Z[1], root = sqrt(determinant), rho = sqrt(ease[0] * ease[1]);
    double slope = -rho / root - eps / determinant;
    double bend = 0.5 * rho / (root * determinant) + eps / (determinant * determinant);
    double by[3] = {Z[2], -2.0 * Z[1], Z[0]};

    work->gradient[first] -= ease[0];
    work->gradient[first + 2] -= ease[1];
    for (size_t i = 0; i < 3; i++) {
        work->gradient[first + i] += slope * by[i];
        for (size_t j = 0; j < 3; j++) {
            double turn = i + j != 2 ? 0.0 : i == 1 ? -2.0 : 1.0;

            work->matrix[first + i + n * (first + j)] += bend * by[i] * by[j] + slope * turn;
        }
    }
}

/* What needs no access point. */
static void open_equations(certify_work *work, const certify_point *at, double eps)
{
    const certify_data *data = work->data;
    size_t n = data->unknowns, K = data->K, rows = data->extras - (data->position ? 3 : 0);

    memset(work->matrix, 0, n * (n + 1) * sizeof *work->matrix);
    for (size_t k = 0; k < K; k++) {
        work->gradient[k] = work->values.interference[k] - 1.0;
    }
    work->gradient[K] = data->budget - eps / at->y[K];
    work->matrix[K + n * K] = eps / (at->y[K] * at->y[K]);
    for (size_t m = 0; m < data->extras; m++) {
        size_t i = K + 1 + m;

        work->gradient[i] = data->extra_cost[m] - (m < rows ? eps / at->y[i] : 0.0);
        work->matrix[i + n * i] = m < rows ? eps / (at->y[i] * at->y[i]) : 0.0;
    }
    if (data->position) {
        add_position_slopes(work, at, eps);
    }
}

/* The rows of dG are there: of what dI and de are. */
static void close_user(certify_work *work, size_t k)
{
    const certify_data *data = work->data;
    const certify_values *v = &work->values;
    size_t n = data->unknowns, row = data->globals + k;
    double per_G = 1.0 / v->gain[k], t = data->target[k], share = (v->met[k] ? -1.0 : t) * per_G * per_G;
    double own =
        (v->met[k] ? -data->weight[k] + 2.0 * v->interference[k] * per_G : -2.0 * v->interference[k] * t * per_G) *
        per_G * per_G;
    double bend =
        v->met[k] ? v->bend[k] : v->bend[k] / (1.0 + v->bend[k] * (1.0 + t) * v->total[k] / v->interference[k]);

    for (size_t j = 0; j <= n; j++) {
        double sign = j == n ? -1.0 : 1.0, *entry = work->matrix + row + n * j, step = sign * *entry;

        work->matrix[k + n * j] += bend * share * step;
        *entry = (own + share * share * bend) * step;
    }
    work->matrix[k + n * k] += bend;
    work->matrix[row + n * k] += share * bend;
    work->matrix[row + n * row] -= 1.0;
}

/* Right-hand sides, and rows of one size. */
static void close_equations(certify_work *work)
{
    const certify_data *data = work->data;
    size_t n = data->unknowns;

    for (size_t k = 0; k < data->K; k++) {
        close_user(work, k);
    }
    for (size_t i = 0; i < data->globals; i++) {
        work->matrix[i + n * n] -= work->gradient[i];
    }
    for (size_t i = 0; i < n; i++) {
        double most = 0.0;

        for (size_t j = 0; j < n; j++) {
            most = fmax(most, fabs(work->matrix[i + n * j]));
        }
        for (size_t j = 0; j <= n && most > 0.0; j++) {
            work->matrix[i + n * j] /= most;
        }
    }
}

/* The step from the solution; returns what it promises. */
static double take_newton_step(const certify_work *work)
{
    const certify_data *data = work->data;
    size_t n = data->unknowns;
    const double *solution = work->matrix + n * n;
    double promise = 0.0;

    for (size_t i = 0; i < data->globals; i++) {
        work->step.y[i] = solution[i];
        promise -= work->gradient[i] * solution[i];
    }
    for (size_t i = 0; i < data->locals * data->L; i++) {
        const double *form = work->local_step + (n + 1) * i;
        double step = form[n];

        for (size_t j = 0; j < n; j++) {
            step += form[j] * solution[j];
        }
        work->step.theta[i] = step;
        promise -= work->local_gradient[i] * step;
    }
    return promise;
}

double certify_newton(certify_work *work, const certify_point *at, double eps)
{
    const certify_data *data = work->data;
    size_t n = form_length(data);
    newton_ap ap = {
        .work = work, .at = at, .eps = eps, .power = work->form, .answer = work->form + n, .price = work->form + 2 * n};

    open_equations(work, at, eps);
    for (ap.l = 0; ap.l < data->L; ap.l++) {
        open_ap(&ap);
        eliminate_locals(&ap);
        add_to_gradient(&ap);
        for (size_t j = 0; j <= data->unknowns; j++) {
            add_radiation(&ap, j);
        }
        add_gains(&ap);
    }
    close_equations(work);
    work->steps++;
    return equations_solve(data->unknowns, work->matrix) ? take_newton_step(work) : NAN;
}
