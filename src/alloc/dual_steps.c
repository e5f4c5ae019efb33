/* The small dual: Newton's steps on the perturbed first-order conditions. docs/model.md (M31)
 *
 * Unknowns of the small system: the changes of lambda_k, then of alpha_k, then of multipliers of what couples, of what
 * bends the position, of theta and of f. With omega_k = by_alpha_k alpha_k + by_lambda_k (lambda_k + known_k) the
 * powers of users change by give sum_k push_k omega_k where prices stand still. */
#include "alloc/dual_steps.h"

#include "alloc/rows.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------ the small system ---- */

/* out_j = sum_l a_l rows_jl of rows first .. end - 1 */
CLONES(static, void, multiply_many,
       (size_t count, const double *a, const double *rows, size_t first, size_t end, double *out),
       (count, a, rows, first, end, out))
{
    for (size_t j = first; j < end; j++) {
        out[j] = sum_products(count, a, rows + count * j);
    }
}

CLONES(static, void, weigh_rows,
       (size_t count, const double *restrict a, const double *restrict x, const double *restrict b,
        const double *restrict y, double *restrict out),
       (count, a, x, b, y, out))
{
    for (size_t l = 0; l < count; l++) {
        out[l] = a[l] * x[l] + b[l] * y[l];
    }
}

/* gram: of loads, cross: of loads and pushes, gram_push: of pushes with `short_of`; K x K, the first and last in their
 * upper triangles. */
static void make_grams(dual_program *p)
{
    size_t K = p->K, count = p->stride;

    for (size_t k = 0; k < K; k++) {
        const double *load = p->load + count * k, *sensing = p->sensing_load + count * k;

        weigh_rows(count, p->inverse[0], load, p->inverse[1], sensing, p->side_x);
        weigh_rows(count, p->inverse[1], load, p->inverse[2], sensing, p->side_s);
        multiply_many(count, p->side_x, p->push, 0, K, p->cross + K * k);
        multiply_many(count, p->side_s, p->sensing_load, k, K, p->gram + K * k);
        multiply_many(count, p->side_x, p->load, k, K, p->gram_push + K * k);
        for (size_t j = k; j < K; j++) {
            p->gram[j + K * k] += p->gram_push[j + K * k];
        }
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l < count; l++) {
            p->side_x[l] = p->short_of[l] * p->push[l + count * k];
        }
        multiply_many(count, p->side_x, p->push, k, K, p->gram_push + K * k);
    }
}

static double upper(const double *gram, size_t K, size_t k, size_t j)
{
    return k < j ? gram[j + K * k] : gram[k + K * j];
}

static void meet_the_few(dual_program *p)
{
    for (size_t c = 0; c < p->few; c++) {
        for (size_t k = 0; k < p->K; k++) {
            size_t row = p->stride * k, at = k + p->K * c;

            p->few_push[at] = rows_product(p->stride, p->push + row, p->answer_x[c]);
            p->few_load[at] = rows_product(p->stride, p->load + row, p->answer_x[c]) +
                              rows_product(p->stride, p->sensing_load + row, p->answer_s[c]);
        }
    }
}

static void fill_users(dual_program *p)
{
    size_t K = p->K, n = 2 * K + p->few;

    for (size_t k = 0; k < K; k++) {
        double *interference = p->matrix + n * k, *price = p->matrix + n * (K + k);

        for (size_t j = 0; j < K; j++) {
            double cross = p->cross[j + K * k], push = upper(p->gram_push, K, k, j);

            interference[j] = upper(p->gram, K, k, j) - cross * p->by_lambda[j];
            interference[K + j] = -cross * p->by_alpha[j];
            price[j] = -push * p->by_lambda[j] - p->cross[k + K * j];
            price[K + j] = -push * p->by_alpha[j];
        }
        interference[k] += p->slack[p->at_rate + k] / p->price[p->at_rate + k];
        interference[K + k] += 1.0;
        price[k] += 1.0;
        price[K + k] -= p->price[p->at_user + k] / p->slack[p->at_user + k];
        for (size_t c = 0; c < p->few; c++) {
            interference[2 * K + c] = -p->few_load[k + K * c];
            price[2 * K + c] = p->few_push[k + K * c];
        }
    }
}

static double couple_few(const dual_program *p, size_t c, size_t other)
{
    return rows_product(p->stride, p->column_x[c], p->answer_x[other]) +
           rows_product(p->stride, p->column_s[c], p->answer_s[other]);
}

/* Of theta and f: how stiff what they stand in is. */
static void fill_numbers(dual_program *p, double *small)
{
    size_t n = 2 * p->K + p->few, theta = p->place_theta, f = p->place_f;

    for (size_t i = 0; i < p->rows; i++) {
        const dual_row *row = &p->row[i];

        for (size_t l = 0; l < p->L; l++) {
            double stiff = p->price[row->at + l] / p->slack[row->at + l];

            if (row->raised) {
                small[theta + n * theta] -= p->alone[i][l];
            }
            if (row->f) {
                small[f + n * f] -= row->f[l] * row->f[l] * p->alone[i][l];
            }
            if (row->raised && f < p->few) {
                double cross = row->f ? -row->f[l] * p->alone[i][l]
                                      : -stiff * (row->x[l] * p->answer_x[f][l] + row->s[l] * p->answer_s[f][l]);

                small[f + n * theta] += row->sign * cross;
                small[theta + n * f] += row->sign * cross;
            }
        }
    }
}

static void fill_few(dual_program *p)
{
    size_t K = p->K, n = 2 * K + p->few;
    double *small = p->matrix + n * 2 * K + 2 * K;

    for (size_t c = 0; c < p->few; c++) {
        double *row = p->matrix + n * (2 * K + c);

        for (size_t j = 0; j < K; j++) {
            row[j] = -p->few_load[j + K * c] + p->few_push[j + K * c] * p->by_lambda[j];
            row[K + j] = p->few_push[j + K * c] * p->by_alpha[j];
        }
        for (size_t other = 0; other < p->few; other++) {
            row[2 * K + other] = c < p->columns       ? couple_few(p, c, other)
                                 : other < p->columns ? couple_few(p, other, c)
                                                      : 0.0;
        }
    }
    for (size_t c = 0; c < p->columns; c++) {
        size_t at = p->column_pair[c];

        small[c + n * c] +=
            at == SIZE_MAX ? 0.5 * p->trace / p->price[p->at_few + DUAL_POSITION] : p->slack[at] / p->price[at];
        small[p->place_theta + n * c] += p->column_theta[c];
        small[c + n * p->place_theta] += p->column_theta[c];
        if (p->place_f < p->few) {
            small[p->place_f + n * c] += p->column_f[c];
            small[c + n * p->place_f] += p->column_f[c];
        }
    }
    fill_numbers(p, small);
}

/* Rows change places for the largest pivot. */
static bool factor_system(dual_program *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t best = i;

        for (size_t j = i + 1; j < n; j++) {
            best = fabs(p->matrix[i + n * j]) > fabs(p->matrix[i + n * best]) ? j : best;
        }
        p->order[i] = best;
        if (!(fabs(p->matrix[i + n * best]) > 0.0) || !isfinite(p->matrix[i + n * best])) {
            return false;
        }
        for (size_t j = 0; best != i && j < n; j++) {
            double other = p->matrix[j + n * i];

            p->matrix[j + n * i] = p->matrix[j + n * best];
            p->matrix[j + n * best] = other;
        }
        for (size_t j = i + 1; j < n; j++) {
            double factor = p->matrix[i + n * j] / p->matrix[i + n * i];

            p->matrix[i + n * j] = factor;
            for (size_t c = i + 1; c < n; c++) {
                p->matrix[c + n * j] -= factor * p->matrix[c + n * i];
            }
        }
    }
    return true;
}

static void solve_small_system(const dual_program *p, size_t n, double *right)
{
    for (size_t i = 0; i < n; i++) {
        double other = right[i];

        right[i] = right[p->order[i]];
        right[p->order[i]] = other;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            right[i] -= p->matrix[j + n * i] * right[j];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            right[i] -= p->matrix[j + n * i] * right[j];
        }
        right[i] /= p->matrix[i + n * i];
    }
}

bool dual_assemble(dual_program *p)
{
    for (size_t k = 0; k < p->K; k++) {
        double whole = p->target[k] * p->h[k];

        p->by_alpha[k] = 1.0 - 2.0 * p->price[p->at_user + k] / whole;
        p->by_lambda[k] = 2.0 * p->slack[p->at_user + k] / whole;
    }
    dual_make_blocks(p);
    make_grams(p);
    meet_the_few(p);
    fill_users(p);
    fill_few(p);
    return factor_system(p, 2 * p->K + p->few);
}

/* ---------------------------------------------------------------------------------- steps ---- */

/* What row i holds back, times its stiffness, whatever theta and f do. */
static double hold_of_row(const dual_program *p, const dual_goal *to, size_t i, size_t l)
{
    size_t at = p->row[i].at + l;

    return p->price[at] > 0.0 ? (dual_change(p, to, at) + p->price[at] * p->rest_row[l + p->stride * i]) / p->slack[at]
                              : 0.0;
}

/* What drives the powers of access points whatever the few do: side_x and side_s, what they make of it: begin_x and
 * begin_s; top_x and top_s: without rows; drive: how communication power goes where its price stands still. Rows with
 * theta and f are added to what is left of the conditions on those. */
static void drive_powers(dual_program *p, const dual_goal *to, double left[2])
{
    for (size_t l = 0; l < p->L; l++) {
        bool idle = !(p->price[l] > 0.0);
        double x, s = dual_change(p, to, p->stride + l) / p->slack[p->stride + l] - p->rest_sense[l];
        double hold[DUAL_ROWS];

        p->drive[l] = idle ? 0.0 : dual_change(p, to, l) / p->price[l];
        x = idle ? 0.0 : p->drive[l] / p->give[l] - p->rest_price[l];
        p->top_x[l] = x;
        p->top_s[l] = s;
        for (size_t i = 0; i < p->rows; i++) {
            hold[i] = hold_of_row(p, to, i, l);
            x += p->row[i].x[l] * hold[i];
            s += p->row[i].s[l] * hold[i];
        }
        for (size_t i = 0; i < p->rows; i++) {
            const dual_row *row = &p->row[i];
            double other_x = x - row->x[l] * hold[i], other_s = s - row->s[l] * hold[i];
            double stiff = p->price[row->at + l] / p->slack[row->at + l];

            /* hold / stiff is what the row lacks, which moves with the stiffness that it feels alone */
            if (row->raised && stiff > 0.0) {
                left[0] += row->sign * p->alone[i][l] * hold[i] / stiff + p->answer_x[p->place_theta][l] * other_x +
                           p->answer_s[p->place_theta][l] * other_s;
            }
            if (row->f && stiff > 0.0) {
                left[1] += row->f[l] * p->alone[i][l] * hold[i] / stiff + p->answer_x[p->place_f][l] * other_x +
                           p->answer_s[p->place_f][l] * other_s;
            }
        }
        p->begin_x[l] = p->inverse[0][l] * x + p->inverse[1][l] * s;
        p->begin_s[l] = p->inverse[1][l] * x + p->inverse[2][l] * s;
    }
}

static void gather_right(dual_program *p, const dual_goal *to)
{
    size_t K = p->K;
    double *right = p->right, left[2] = {0.0};

    drive_powers(p, to, left);
    for (size_t l = 0; l < p->stride; l++) {
        p->spare[l] = p->drive[l] - p->begin_x[l];
    }
    for (size_t k = 0; k < K; k++) {
        size_t row = p->stride * k;

        p->known[k] = dual_change(p, to, p->at_user + k) / p->slack[p->at_user + k] - p->rest_h[k];
        right[k] = p->rest_alpha[k] + dual_change(p, to, p->at_rate + k) / p->price[p->at_rate + k] +
                   rows_product(p->stride, p->load + row, p->begin_x) +
                   rows_product(p->stride, p->sensing_load + row, p->begin_s);
        right[K + k] = rows_product(p->stride, p->push + row, p->spare) - p->known[k];
    }
    for (size_t c = 0; c < p->columns; c++) {
        size_t at = p->column_pair[c];

        right[2 * K + c] = (at == SIZE_MAX ? 0.0 : dual_change(p, to, at) / p->price[at] + p->rest_column[c]) -
                           rows_product(p->stride, p->column_x[c], p->begin_x) -
                           rows_product(p->stride, p->column_s[c], p->begin_s);
    }
    right[2 * K + p->place_theta] = p->rest_theta - left[0];
    if (p->place_f < p->few) {
        right[2 * K + p->place_f] = p->rest_f - left[1];
    }
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++) {
            double moved = p->by_lambda[j] * p->known[j];

            right[k] += p->cross[j + K * k] * moved;
            right[K + k] += upper(p->gram_push, K, k, j) * moved;
        }
        for (size_t c = 0; c < p->few; c++) {
            right[2 * K + c] -= p->few_push[k + K * c] * p->by_lambda[k] * p->known[k];
        }
    }
}

/* spare and spare_s: the changes of powers; side_x: what users' powers do where prices stand still, over give. */
static void move_powers(dual_program *p, const double *u)
{
    size_t K = p->K;
    double *x = p->spare, *s = p->spare_s, *drive = p->side_s;

    memset(p->side_x, 0, p->stride * sizeof(double));
    memset(drive, 0, p->stride * sizeof(double));
    memset(s, 0, p->stride * sizeof(double));
    for (size_t k = 0; k < K; k++) {
        double omega = p->by_alpha[k] * u[K + k] + p->by_lambda[k] * (u[k] + p->known[k]);

        rows_subtract(p->stride, -omega, p->push + p->stride * k, p->side_x);
        rows_subtract(p->stride, u[k], p->load + p->stride * k, drive);
        rows_subtract(p->stride, u[k], p->sensing_load + p->stride * k, s);
    }
    for (size_t l = 0; l < p->stride; l++) {
        double drive_x = drive[l] + p->side_x[l], drive_s = s[l];

        x[l] = p->begin_x[l] + p->inverse[0][l] * drive_x + p->inverse[1][l] * drive_s;
        s[l] = p->begin_s[l] + p->inverse[1][l] * drive_x + p->inverse[2][l] * drive_s;
        p->top_x[l] += drive_x;
        p->top_s[l] += drive_s;
    }
    for (size_t c = 0; c < p->few; c++) {
        rows_subtract(p->stride, -u[2 * K + c], p->answer_x[c], x);
        rows_subtract(p->stride, -u[2 * K + c], p->answer_s[c], s);
    }
    for (size_t c = 0; c < p->columns; c++) {
        rows_subtract(p->stride, -u[2 * K + c], p->column_x[c], p->top_x);
        rows_subtract(p->stride, -u[2 * K + c], p->column_s[c], p->top_s);
    }
}

static double moved_by_numbers(const dual_program *p, const dual_row *row, size_t l)
{
    return (row->raised ? row->sign * p->theta_step : 0.0) + (row->f ? row->f[l] * p->f_step : 0.0);
}

/* The steps of row i where powers change by x and s. A row that is as good as met has a slack beside which the rounding
 * of its powers is large: its price follows from what drives it, and the slack from that. */
static void step_one_row(dual_program *p, const dual_goal *to, size_t i, size_t l)
{
    const dual_row *row = &p->row[i];
    size_t at = row->at + l;
    double stiff = p->price[at] / p->slack[at], x = p->top_x[l], s = p->top_s[l], lacks;

    if (!(p->price[at] > 0.0)) {
        return;
    }
    if (p->alone[i][l] > 0.5 * stiff) { /* its own stiffness is the smaller part */
        p->slack_step[at] = row->x[l] * p->spare[l] + row->s[l] * p->spare_s[l] + moved_by_numbers(p, row, l) -
                            p->rest_row[l + p->stride * i];
        p->price_step[at] = (dual_change(p, to, at) - p->price[at] * p->slack_step[at]) / p->slack[at];
        return;
    }
    for (size_t j = 0; j < p->rows; j++) {
        const dual_row *other = &p->row[j];
        double hold = j == i ? 0.0
                             : hold_of_row(p, to, j, l) -
                                   p->price[other->at + l] / p->slack[other->at + l] * moved_by_numbers(p, other, l);

        x += other->x[l] * hold;
        s += other->s[l] * hold;
    }
    lacks = hold_of_row(p, to, i, l) / stiff - moved_by_numbers(p, row, l);
    p->price_step[at] = p->alone[i][l] * lacks + p->alone_x[i][l] * x + p->alone_s[i][l] * s;
    p->slack_step[at] = (dual_change(p, to, at) - p->slack[at] * p->price_step[at]) / p->price[at];
}

static void step_aps(dual_program *p, const dual_goal *to)
{
    for (size_t l = 0; l < p->L; l++) {
        size_t beam = p->stride + l;
        double x = p->spare[l], s = p->spare_s[l];

        if (p->price[l] > 0.0) {
            p->price_step[l] = (p->drive[l] - x) / p->give[l] + p->side_x[l];
            p->slack_step[l] = p->drive[l] - p->slack[l] / p->price[l] * p->price_step[l];
        }
        p->slack_step[beam] = s;
        p->price_step[beam] = (dual_change(p, to, beam) - p->price[beam] * s) / p->slack[beam];
        for (size_t i = 0; i < p->rows; i++) {
            step_one_row(p, to, i, l);
        }
    }
}

void dual_take_steps(dual_program *p, const dual_goal *to)
{
    size_t K = p->K;
    const double *u = p->right;

    gather_right(p, to);
    solve_small_system(p, 2 * K + p->few, p->right);
    p->theta_step = u[2 * K + p->place_theta];
    p->f_step = p->place_f < p->few ? u[2 * K + p->place_f] : 0.0;
    move_powers(p, u);
    step_aps(p, to);
    for (size_t k = 0; k < K; k++) {
        size_t user = p->at_user + k, rate = p->at_rate + k;

        p->slack_step[user] = u[K + k];
        p->price_step[user] = (dual_change(p, to, user) - p->price[user] * u[K + k]) / p->slack[user];
        p->price_step[rate] = u[k];
        p->slack_step[rate] = (dual_change(p, to, rate) - p->slack[rate] * u[k]) / p->price[rate];
    }
    for (size_t c = 0; c < p->columns; c++) {
        size_t at = p->column_pair[c];

        if (at != SIZE_MAX) {
            p->price_step[at] = u[2 * K + c];
            p->slack_step[at] = (dual_change(p, to, at) - p->slack[at] * p->price_step[at]) / p->price[at];
        }
    }
}
