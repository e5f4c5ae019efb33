/* Newton's steps of the interior-point method. docs/model.md (M19) */
#include "alloc/separable_steps.h"

#include <math.h>
#include <string.h>

/* Of what a unit of power is worth at the iterate: its price is taken for no less. */
static const double LEAST_PAID = 0.1;

/* ------------------------------------------------------------------------------ the system ---- */

/* x_i s_j - s_i x_j of rows i and j. */
static double cross(const separable *p, size_t i, size_t j, size_t l)
{
    return p->row[i].x[l] * p->row[j].s[l] - p->row[i].s[l] * p->row[j].x[l];
}

/* What is known of right sides of access point l: of x and s, and of the rows' slacks times stiffness. */
typedef struct separable_sides {
    double x, s, row[SEPARABLE_ROWS];
} separable_sides;

/* The inverse of AP l's block of two, diagonal curves and a square a row, times the right sides of which those of rows
 * go along them. Nothing large is taken from something large: where rows are stiff, what is across them is told from
 * what is along. */
static separable_pair solve_block(const separable *p, size_t l, const separable_sides *right)
{
    double x = right->x, s = right->s;
    separable_pair out;

    for (size_t i = 0; i < p->rows; i++) {
        x += p->row[i].x[l] * right->row[i];
        s += p->row[i].s[l] * right->row[i];
    }
    out = (separable_pair){.x = p->curve_s[l] * x, .s = p->curve_x[l] * s};
    for (size_t i = 0; i < p->rows; i++) {
        double across = p->row[i].s[l] * right->x - p->row[i].x[l] * right->s, stiff = p->row[i].stiff[l];

        for (size_t j = 0; j < p->rows; j++) {
            across += i != j ? right->row[j] * cross(p, j, i, l) : 0.0;
        }
        out.x += stiff * p->row[i].s[l] * across;
        out.s -= stiff * p->row[i].x[l] * across;
    }
    out.x *= p->per_determinant[l];
    out.s *= p->per_determinant[l];
    return out;
}

/* The determinant of a block: sums of numbers that are not negative. */
static double determinant(const separable *p, size_t l, double curve_x, double curve_s)
{
    double sum = curve_x * curve_s;

    for (size_t i = 0; i < p->rows; i++) {
        const separable_row *row = &p->row[i];
        double stiff = row->stiff[l];

        sum += stiff * (curve_x * row->s[l] * row->s[l] + curve_s * row->x[l] * row->x[l]);
        for (size_t j = 0; j < i; j++) {
            double turned = cross(p, j, i, l);

            sum += stiff * p->row[j].stiff[l] * turned * turned;
        }
    }
    return sum;
}

/* What a unit of s costs, diagonal, in the block. */
static double stiff_s(const separable *p, size_t l)
{
    double sum = p->curve_s[l];

    for (size_t i = 0; i < p->rows; i++) {
        sum += p->row[i].stiff[l] * p->row[i].s[l] * p->row[i].s[l];
    }
    return sum;
}

/* Of a unit of x_l, all in all: at the optimum worth / root(x). Newton's method on  price root(x) = worth  is exact for
 * prices that stand still, and steps never beyond the root from below. */
static double price_paid(const separable *p, size_t l)
{
    double worth = p->worth[l] / sqrt(p->x[l]);

    return fmax(worth - p->base_x[l], LEAST_PAID * worth);
}

/* The block of AP l. */
static void make_block(separable *p, size_t l, double added)
{
    double x = p->x[l], curve = 0.5 * price_paid(p, l) / x + p->price_x[l] / x + added, without;

    p->curve_s[l] = p->price_s[l] / p->s[l] + added;
    p->curve_x[l] = curve;
    without = determinant(p, l, curve, p->curve_s[l]);
    if (!p->lit) {
        p->per_determinant[l] = 1.0 / without;
        return;
    }
    curve = p->light.stiff[l] * p->b[l] * p->b[l];
    p->curve_x[l] += curve;
    p->per_determinant[l] = 1.0 / (without + curve * stiff_s(p, l));
    p->alone[l] = without * p->per_determinant[l];
}

static void add_ap_block(separable *p, size_t l, double added)
{
    size_t f = p->columns;
    double stiff = p->lit ? p->light.stiff[l] * p->a[l] : 0.0;

    make_block(p, l, added);
    for (size_t c = 0; c < p->columns; c++) {
        separable_sides right = {.x = p->column_x[c][l], .s = p->column_s[c][l]};
        separable_pair y = solve_block(p, l, &right);

        for (size_t d = 0; d <= c; d++) {
            p->matrix[c][d] -= p->column_x[d][l] * y.x + p->column_s[d][l] * y.s;
        }
        if (p->lit) {
            p->matrix[f][c] -= stiff * p->b[l] * y.x;
        }
    }
    if (p->lit) {
        p->matrix[f][f] += stiff * p->a[l] * p->alone[l];
    }
}

static size_t unknowns(const separable *p)
{
    return p->columns + p->lit;
}

/* The few unknowns' matrix, factorised with pivots. False where it is singular. */
static bool factorise_unknowns(separable *p)
{
    size_t n = unknowns(p);

    for (size_t i = 0; i < n; i++) {
        p->order[i] = i;
    }
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;

        for (size_t i = k + 1; i < n; i++) {
            pivot = fabs(p->matrix[p->order[i]][k]) > fabs(p->matrix[p->order[pivot]][k]) ? i : pivot;
        }
        size_t swapped = p->order[k];
        p->order[k] = p->order[pivot];
        p->order[pivot] = swapped;
        const double *top = p->matrix[p->order[k]];
        if (!(fabs(top[k]) > 0.0)) {
            return false;
        }
        for (size_t i = k + 1; i < n; i++) {
            double *row = p->matrix[p->order[i]];

            row[k] /= top[k];
            for (size_t j = k + 1; j < n; j++) {
                row[j] -= row[k] * top[j];
            }
        }
    }
    return true;
}

static void solve_unknowns(const separable *p, const double right[SEPARABLE_UNKNOWNS], double out[SEPARABLE_UNKNOWNS])
{
    size_t n = unknowns(p);

    for (size_t i = 0; i < n; i++) {
        out[i] = right[p->order[i]];
        for (size_t j = 0; j < i; j++) {
            out[i] -= p->matrix[p->order[i]][j] * out[j];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            out[i] -= p->matrix[p->order[i]][j] * out[j];
        }
        out[i] /= p->matrix[p->order[i]][i];
    }
}

bool separable_assemble(separable *p, double added)
{
    size_t n = unknowns(p);

    memset(p->matrix, 0, sizeof p->matrix);
    for (size_t l = 0; l < p->L; l++) {
        add_ap_block(p, l, added);
    }
    for (size_t c = 0; c < p->columns; c++) {
        p->matrix[c][c] -= separable_is_constraint(p, c) ? p->slack[c] / p->price[c]
                                                         : separable_trace(p) / (2.0 * p->price[p->position_at]);
    }
    if (p->lit) {
        p->matrix[p->columns][p->lit_at] -= 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            p->matrix[i][j] = p->matrix[j][i];
        }
    }
    return factorise_unknowns(p);
}

/* ------------------------------------------------------------------------------- the steps ---- */

static double wanted_change(const separable_aim *to, double slack, double price, double slack_step, double price_step)
{
    return to->target - slack * price - to->correct * slack_step * price_step;
}

/* A row's part of right sides. */
static double row_side(const separable_row *row, size_t l, const separable_aim *to)
{
    double w = wanted_change(to, row->slack[l], row->price[l], row->slack_step[l], row->price_step[l]);

    return w / row->slack[l] + row->stiff[l] * row->rest[l];
}

static double wanted_change_of_x(const separable *p, size_t l, const separable_aim *to)
{
    return separable_is_idle(p, l) ? 0.0 : wanted_change(to, p->x[l], p->price_x[l], p->step_x[l], p->price_x_step[l]);
}

static separable_sides make_sides(const separable *p, size_t l, const separable_aim *to)
{
    separable_sides right = {
        .x = p->base_x[l] + wanted_change_of_x(p, l, to) / p->x[l],
        .s = p->base_s[l] + wanted_change(to, p->s[l], p->price_s[l], p->step_s[l], p->price_s_step[l]) / p->s[l]};

    for (size_t i = 0; i < p->rows; i++) {
        right.row[i] = row_side(&p->row[i], l, to);
    }
    return right;
}

/* Right sides of the few unknowns. f: of the condition on it. */
static void gather_sides(const separable *p, const separable_aim *to, double f, double right[SEPARABLE_UNKNOWNS])
{
    for (size_t c = 0; c < p->columns; c++) {
        right[c] = separable_is_constraint(p, c) ? p->residual[c] + wanted_change(to, p->slack[c], p->price[c],
                                                                                  p->slack_step[c], p->price_step[c]) /
                                                                        p->price[c]
                                                 : 0.0;
    }
    if (p->lit) {
        right[p->columns] = f;
    }
    for (size_t l = 0; l < p->L; l++) {
        separable_sides at = make_sides(p, l, to);
        separable_pair y = solve_block(p, l, &at);

        if (p->lit) {
            double side = row_side(&p->light, l, to), b = p->b[l], stiff = p->light.stiff[l];
            separable_sides only = {.x = b * side};
            separable_pair more = solve_block(p, l, &only);

            /* a side (1 - b^2 stiff stiff_s / determinant), without taking one from the other */
            right[p->columns] += p->a[l] * (side * p->alone[l] - stiff * b * y.x);
            y.x += more.x;
            y.s += more.s;
        }
        for (size_t c = 0; c < p->columns; c++) {
            right[c] -= p->column_x[c][l] * y.x + p->column_s[c][l] * y.s;
        }
    }
}

static void step_row(separable_row *row, size_t l, double slack_step, const separable_aim *to)
{
    double w = wanted_change(to, row->slack[l], row->price[l], row->slack_step[l], row->price_step[l]);

    row->slack_step[l] = slack_step;
    row->price_step[l] = (w - row->price[l] * slack_step) / row->slack[l];
}

/* Steps of access point l once those of the few are known. */
static void step_ap(separable *p, size_t l, const separable_aim *to, const double few[SEPARABLE_UNKNOWNS])
{
    separable_sides right = make_sides(p, l, to);
    double wx = wanted_change_of_x(p, l, to);
    double ws = wanted_change(to, p->s[l], p->price_s[l], p->step_s[l], p->price_s_step[l]);
    separable_pair step;

    for (size_t c = 0; c < p->columns; c++) {
        right.x -= p->column_x[c][l] * few[c];
        right.s -= p->column_s[c][l] * few[c];
    }
    if (p->lit) {
        right.x += p->b[l] * (row_side(&p->light, l, to) - p->light.stiff[l] * p->a[l] * p->f_step);
    }
    step = solve_block(p, l, &right);
    p->step_x[l] = step.x;
    p->step_s[l] = step.s;
    p->price_x_step[l] = (wx - p->price_x[l] * step.x) / p->x[l];
    p->price_s_step[l] = (ws - p->price_s[l] * step.s) / p->s[l];
    for (size_t i = 0; i < p->rows; i++) {
        separable_row *row = &p->row[i];

        step_row(row, l, row->x[l] * step.x + row->s[l] * step.s - row->rest[l], to);
    }
    if (p->lit) {
        step_row(&p->light, l, p->a[l] * p->f_step + p->b[l] * step.x - p->light.rest[l], to);
    }
}

void separable_take_steps(separable *p, const separable_aim *to, double f)
{
    double right[SEPARABLE_UNKNOWNS], few[SEPARABLE_UNKNOWNS] = {0.0};

    gather_sides(p, to, f, right);
    solve_unknowns(p, right, few);
    p->f_step = p->lit ? few[p->columns] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        step_ap(p, l, to, few);
    }
    for (size_t c = 0; c < p->columns; c++) {
        double w = wanted_change(to, p->slack[c], p->price[c], p->slack_step[c], p->price_step[c]);

        if (separable_is_constraint(p, c)) {
            p->price_step[c] = -few[c];
            p->slack_step[c] = (w - p->slack[c] * p->price_step[c]) / p->price[c];
        }
    }
}
