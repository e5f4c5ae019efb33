/* Separable concave programs with few coupling constraints. docs/model.md (M19) */
#include "alloc/separable.h"

#include <math.h>
#include <string.h>

/* Iterations, of which ten are usual. */
enum { MOST_ITERATIONS = 60 };
/* Of the way to the nearest bound. */
static const double FRACTION_TO_BOUND = 0.995;
/* Relative to the objective: complementarity and dual residuals at an end, and what is aimed at. */
static const double CLOSED = 1e-12, DUAL_CLOSED = 1e-11, AIMED = 1e-14;
/* Violations of constraints, beside 1 and their slacks; and those at which rounding may end where complementarity is as
 * small as it is aimed at. */
static const double PRIMAL_CLOSED = 1e-11, PRIMAL_ROUNDED = 1e-9, DUAL_ROUNDED = 1e-9;
/* Slacks times prices that a program begins with after another, beside those of one that comes first. */
static const double WARM_PRODUCT = 1e-3;
/* Least slack that is begun with, and the start's powers beside the budget of one access point. */
static const double FIRST_SLACK = 0.5, FIRST_POWER = 0.5;
/* Times the objective an access point: curvature that is added where there is next to none, as of sensing power in use,
 * so that nothing else is lost beside its inverse. Steps are that much shorter, and end where they would. */
static const double ADDED_CURVATURE = 1e-8;
/* Of what a unit of power is worth at the iterate: its price is taken for no less. */
static const double LEAST_PAID = 0.1;
/* A shorter step leads nowhere. */
static const double SHORTEST = 1e-9;

/* -------------------------------------------------------------------------------- set-up ---- */

static double *next_row(double **memory, size_t L)
{
    double *row = *memory;

    *memory += L;
    return row;
}

static void place_row(separable_row *row, double **memory, size_t L)
{
    row->slack = next_row(memory, L);
    row->price = next_row(memory, L);
    row->slack_step = next_row(memory, L);
    row->price_step = next_row(memory, L);
}

static void number_columns(separable *p)
{
    p->columns = 1;
    p->lit_at = p->position_at = SEPARABLE_COLUMNS;
    if (p->lit) {
        p->lit_at = p->columns++;
    }
    if (p->position) {
        p->position_at = p->columns;
        p->columns += 3;
    }
}

cfi_status separable_init(separable *p, cfi_arena *arena, cfi_error *error)
{
    size_t L = p->L, rows = 13 + 4 * (SEPARABLE_ROWS + 1) + 2 * (size_t)SEPARABLE_COLUMNS;
    double *memory = arena_zeros(arena, rows * L, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the answers of %zu access points", L);
    }
    double **const row[] = {&p->x,
                            &p->s,
                            &p->price_x,
                            &p->price_s,
                            &p->step_x,
                            &p->step_s,
                            &p->price_x_step,
                            &p->price_s_step,
                            &p->base_x,
                            &p->base_s,
                            &p->curve_x,
                            &p->curve_s,
                            &p->per_determinant};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i] = next_row(&memory, L);
    }
    for (size_t i = 0; i < p->rows; i++) {
        place_row(&p->row[i], &memory, L);
    }
    p->light.x = p->b;
    place_row(&p->light, &memory, L);
    for (size_t c = 0; c < SEPARABLE_COLUMNS; c++) {
        p->column_x[c] = next_row(&memory, L);
        p->column_s[c] = next_row(&memory, L);
    }
    number_columns(p);
    for (size_t l = 0; l < L; l++) {
        p->column_x[0][l] = -p->counted[l];
        p->column_s[0][l] = -1.0;
        if (p->lit) {
            p->column_x[p->lit_at][l] = p->weight_x[l];
            p->column_s[p->lit_at][l] = p->weight_s[l];
        }
    }
    return CFI_OK;
}

/* ---------------------------------------------------------------------------- constraints ---- */

static double row_value(const separable *p, const separable_row *row, size_t l)
{
    return row->x[l] * p->x[l] + row->s[l] * p->s[l] + row->constant;
}

static double light_value(const separable *p, size_t l)
{
    return p->a[l] * p->f + p->b[l] * p->x[l] - 1.0;
}

static double total_of(size_t L, const double *x_factor, const double *x, const double *s_factor, const double *s)
{
    double sum = 0.0;

    for (size_t l = 0; l < L; l++) {
        sum += x_factor[l] * x[l] + s_factor[l] * s[l];
    }
    return sum;
}

/* det J tr J^-1 */
static double position_trace(const separable *p)
{
    return p->ease[1] * p->J[0] + p->ease[0] * p->J[1];
}

/* J, and the values of the constraints that couple, by column. */
static void couple(separable *p, double value[SEPARABLE_COLUMNS])
{
    memset(value, 0, SEPARABLE_COLUMNS * sizeof *value);
    value[0] = p->budget + total_of(p->L, p->column_x[0], p->x, p->column_s[0], p->s);
    if (p->lit) {
        value[p->lit_at] = total_of(p->L, p->weight_x, p->x, p->weight_s, p->s) - p->f;
    }
    if (p->position) {
        for (size_t i = 0; i < 3; i++) {
            p->J[i] = total_of(p->L, p->matrix_x[i], p->x, p->matrix_s[i], p->s);
        }
        value[p->position_at] = (p->J[0] * p->J[1] - p->J[2] * p->J[2]) / position_trace(p) - 1.0;
    }
}

/* The gradient of 1 / tr J^-1 = det J / t, and what bends it: minus its Hessian is 2 / t times the sum of squares of
 * the two columns after it. */
static void bend(separable *p)
{
    double t = position_trace(p), root = sqrt(p->ease[0] * p->ease[1]) / t, one = p->J[0], two = p->J[1],
           both = p->J[2];
    double by_one = (p->ease[0] * two * two + p->ease[1] * both * both) / t / t;
    double by_two = (p->ease[1] * one * one + p->ease[0] * both * both) / t / t, lean = both / t;
    size_t c = p->position_at;

    for (size_t l = 0; p->position && l < p->L; l++) {
        const double x[3] = {p->matrix_x[0][l], p->matrix_x[1][l], p->matrix_x[2][l]};
        const double s[3] = {p->matrix_s[0][l], p->matrix_s[1][l], p->matrix_s[2][l]};

        p->column_x[c][l] = by_one * x[0] + by_two * x[1] - 2.0 * lean * x[2];
        p->column_s[c][l] = by_one * s[0] + by_two * s[1] - 2.0 * lean * s[2];
        p->column_x[c + 1][l] = root * (two * x[0] - one * x[1]);
        p->column_s[c + 1][l] = root * (two * s[0] - one * s[1]);
        p->column_x[c + 2][l] = x[2] - lean * (p->ease[1] * x[0] + p->ease[0] * x[1]);
        p->column_s[c + 2][l] = s[2] - lean * (p->ease[1] * s[0] + p->ease[0] * s[1]);
    }
}

/* x_l is nothing: it stands at 1, where nobody sees it. */
static bool is_idle(const separable *p, size_t l)
{
    return !(p->counted[l] > 0.0);
}

/* A column that is a constraint has a slack and a price; one that bends has none. */
static bool is_constraint(const separable *p, size_t column)
{
    return column <= p->position_at;
}

/* --------------------------------------------------------------------------------- begin ---- */

static void begin_row(separable_row *row, size_t l, double value, double product)
{
    row->slack[l] = value > FIRST_SLACK ? value : FIRST_SLACK;
    row->price[l] = product / row->slack[l];
    row->slack_step[l] = row->price_step[l] = 0.0;
}

/* A power in the middle, or less where that costs more than `product`. */
static double first_power(double power, double cost, double product)
{
    return cost * power > product ? product / cost : power;
}

static void begin_powers(separable *p, double product)
{
    double power = FIRST_POWER * p->budget / (double)p->L;

    for (size_t l = 0; l < p->L; l++) {
        p->x[l] = is_idle(p, l) ? 1.0 : first_power(power, p->cost_x[l], product);
        p->s[l] = first_power(power, p->cost_s[l], product);
        p->price_x[l] = is_idle(p, l) ? 0.0 : product / p->x[l];
        p->price_s[l] = product / p->s[l];
        p->step_x[l] = p->step_s[l] = p->price_x_step[l] = p->price_s_step[l] = 0.0;
    }
}

/* What slacks times prices begin with. */
static double first_product(const separable *p)
{
    double root = sqrt(FIRST_POWER * p->budget / (double)p->L), worth = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        worth += p->worth[l];
    }
    return fmax(worth * root / (double)p->L, 1e-3);
}

/* Powers in the middle, slacks that are large enough, and prices of one product with them. */
static void begin_cold(separable *p)
{
    double value[SEPARABLE_COLUMNS], product = first_product(p);

    begin_powers(p, product);
    p->f = p->lit ? FIRST_POWER * total_of(p->L, p->weight_x, p->x, p->weight_s, p->s) : 0.0;
    couple(p, value);
    for (size_t c = 0; c < p->columns; c++) {
        p->slack[c] = fmax(value[c], FIRST_SLACK);
        p->price[c] = is_constraint(p, c) ? product / p->slack[c] : 0.0;
        p->slack_step[c] = p->price_step[c] = 0.0;
    }
    for (size_t l = 0; l < p->L; l++) {
        for (size_t i = 0; i < p->rows; i++) {
            begin_row(&p->row[i], l, row_value(p, &p->row[i], l), product);
        }
        if (p->lit) {
            begin_row(&p->light, l, light_value(p, l), product);
        }
    }
}

/* Of two whose product is smaller, the one that is beside the other in units of `product` and 1. */
static void raise_pair(double *slack, double *price, double least, double product)
{
    if (*slack * *price >= least) {
        return;
    }
    if (*slack * product < *price) {
        *slack = least / *price;
    } else {
        *price = least / *slack;
    }
}

static void raise_row(separable_row *row, size_t l, double least, double product)
{
    raise_pair(&row->slack[l], &row->price[l], least, product);
}

/* The last program's optimum, away from its bounds. */
static void begin_warm(separable *p)
{
    double product = first_product(p), least = WARM_PRODUCT * product;

    for (size_t c = 0; c < p->columns; c++) {
        if (is_constraint(p, c)) {
            raise_pair(&p->slack[c], &p->price[c], least, product);
        }
    }
    for (size_t l = 0; l < p->L; l++) {
        if (!is_idle(p, l)) {
            raise_pair(&p->x[l], &p->price_x[l], least, product);
        }
        raise_pair(&p->s[l], &p->price_s[l], least, product);
        for (size_t i = 0; i < p->rows; i++) {
            raise_row(&p->row[i], l, least, product);
        }
        if (p->lit) {
            raise_row(&p->light, l, least, product);
        }
    }
}

/* ----------------------------------------------------------------------------- residuals ---- */

/* What is left of the first-order conditions. */
typedef struct remains {
    double primal, dual, product, objective, f; /* f: of the condition on f */
    size_t products;
} remains;

static void add_row_remains(const separable_row *row, size_t l, double value, remains *left)
{
    left->primal = fmax(left->primal, fabs(row->slack[l] - value) / (1.0 + row->slack[l]));
    left->product += row->slack[l] * row->price[l];
}

double separable_price_x(const separable *p, size_t l)
{
    double price = -p->price_x[l];

    for (size_t c = 0; c < p->columns; c++) {
        price -= p->price[c] * p->column_x[c][l];
    }
    for (size_t i = 0; i < p->rows; i++) {
        price -= p->row[i].price[l] * p->row[i].x[l];
    }
    return p->lit ? price - p->light.price[l] * p->b[l] : price;
}

static double price_of_s(const separable *p, size_t l)
{
    double price = -p->price_s[l];

    for (size_t c = 0; c < p->columns; c++) {
        price -= p->price[c] * p->column_s[c][l];
    }
    for (size_t i = 0; i < p->rows; i++) {
        price -= p->row[i].price[l] * p->row[i].s[l];
    }
    return price;
}

/* At the iterate, whose columns become those of the point; fills residuals and bases of the steps. */
static remains look(separable *p)
{
    double value[SEPARABLE_COLUMNS];
    remains left = {.products = p->L * (2 + p->rows + p->lit) + 1 + p->lit + p->position};

    couple(p, value);
    bend(p);
    for (size_t c = 0; c < p->columns; c++) {
        p->residual[c] = is_constraint(p, c) ? p->slack[c] - value[c] : 0.0;
        left.primal = fmax(left.primal, fabs(p->residual[c]) / (1.0 + p->slack[c]));
        left.product += p->slack[c] * p->price[c];
    }
    left.f = p->lit ? -p->price[p->lit_at] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        double root = sqrt(p->x[l]);

        p->base_x[l] = is_idle(p, l) ? 0.0 : p->worth[l] / root - p->cost_x[l] - separable_price_x(p, l);
        p->base_s[l] = -p->cost_s[l] - price_of_s(p, l);
        left.dual = fmax(left.dual, fmax(fabs(p->base_x[l]) * p->x[l], fabs(p->base_s[l])));
        left.product += p->x[l] * p->price_x[l] + p->s[l] * p->price_s[l];
        left.objective += 2.0 * p->worth[l] * root + p->counted[l] * p->cost_x[l] * p->x[l] + p->cost_s[l] * p->s[l];
        for (size_t i = 0; i < p->rows; i++) {
            add_row_remains(&p->row[i], l, row_value(p, &p->row[i], l), &left);
        }
        if (p->lit) {
            add_row_remains(&p->light, l, light_value(p, l), &left);
            left.f += p->a[l] * p->light.price[l];
        }
    }
    left.dual = fmax(left.dual, fabs(left.f) * fabs(p->f));
    return left;
}

/* ------------------------------------------------------------------------------ the system ---- */

/* x_i s_j - s_i x_j of rows i and j. */
static double cross(const separable *p, size_t i, size_t j, size_t l)
{
    return p->row[i].x[l] * p->row[j].s[l] - p->row[i].s[l] * p->row[j].x[l];
}

static double stiffness(const separable_row *row, size_t l)
{
    return row->price[l] / row->slack[l];
}

/* What is known of right sides of access point l: of x and s, and of the rows' slacks times stiffness. */
typedef struct sides {
    double x, s, row[SEPARABLE_ROWS];
} sides;
typedef struct both {
    double x, s;
} both;

/* The inverse of AP l's block of two, diagonal curves and a square a row, times the right sides of which those of rows
 * go along them. Nothing large is taken from something large: where rows are stiff, what is across them is told from
 * what is along. */
static both solve_block(const separable *p, size_t l, const sides *right)
{
    double x = right->x, s = right->s;
    both out;

    for (size_t i = 0; i < p->rows; i++) {
        x += p->row[i].x[l] * right->row[i];
        s += p->row[i].s[l] * right->row[i];
    }
    out = (both){.x = p->curve_s[l] * x, .s = p->curve_x[l] * s};
    for (size_t i = 0; i < p->rows; i++) {
        double across = p->row[i].s[l] * right->x - p->row[i].x[l] * right->s, stiff = stiffness(&p->row[i], l);

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
        double stiff = stiffness(row, l);

        sum += stiff * (curve_x * row->s[l] * row->s[l] + curve_s * row->x[l] * row->x[l]);
        for (size_t j = 0; j < i; j++) {
            double turned = cross(p, j, i, l);

            sum += stiff * stiffness(&p->row[j], l) * turned * turned;
        }
    }
    return sum;
}

/* What a unit of s costs, diagonal, in the block. */
static double stiff_s(const separable *p, size_t l)
{
    double sum = p->curve_s[l];

    for (size_t i = 0; i < p->rows; i++) {
        sum += stiffness(&p->row[i], l) * p->row[i].s[l] * p->row[i].s[l];
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

/* The block of AP l; returns its determinant without its light row, over that with it. */
static double make_block(separable *p, size_t l, double added)
{
    double x = p->x[l], curve = 0.5 * price_paid(p, l) / x + p->price_x[l] / x + added, without;

    p->curve_s[l] = p->price_s[l] / p->s[l] + added;
    p->curve_x[l] = curve;
    without = determinant(p, l, curve, p->curve_s[l]);
    if (!p->lit) {
        p->per_determinant[l] = 1.0 / without;
        return 1.0;
    }
    curve = stiffness(&p->light, l) * p->b[l] * p->b[l];
    p->curve_x[l] += curve;
    p->per_determinant[l] = 1.0 / (without + curve * stiff_s(p, l));
    return without * p->per_determinant[l];
}

static void add_block(separable *p, size_t l, double added)
{
    size_t f = p->columns;
    double share = make_block(p, l, added), stiff = p->lit ? stiffness(&p->light, l) * p->a[l] : 0.0;

    for (size_t c = 0; c < p->columns; c++) {
        sides right = {.x = p->column_x[c][l], .s = p->column_s[c][l]};
        both y = solve_block(p, l, &right);

        for (size_t d = 0; d <= c; d++) {
            p->matrix[c][d] -= p->column_x[d][l] * y.x + p->column_s[d][l] * y.s;
        }
        if (p->lit) {
            p->matrix[f][c] -= stiff * p->b[l] * y.x;
        }
    }
    if (p->lit) {
        p->matrix[f][f] += stiff * p->a[l] * share;
    }
}

static size_t unknowns(const separable *p)
{
    return p->columns + p->lit;
}

/* The few unknowns' matrix, factorised with pivots. False where it is singular. */
static bool factorise(separable *p)
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

/* Everything that both solutions of an iteration share. */
static bool assemble(separable *p, double added)
{
    size_t n = unknowns(p);

    memset(p->matrix, 0, sizeof p->matrix);
    for (size_t l = 0; l < p->L; l++) {
        add_block(p, l, added);
    }
    for (size_t c = 0; c < p->columns; c++) {
        p->matrix[c][c] -=
            is_constraint(p, c) ? p->slack[c] / p->price[c] : position_trace(p) / (2.0 * p->price[p->position_at]);
    }
    if (p->lit) {
        p->matrix[p->columns][p->lit_at] -= 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            p->matrix[i][j] = p->matrix[j][i];
        }
    }
    return factorise(p);
}

/* ------------------------------------------------------------------------------- the steps ---- */

/* Minus what a product of slack and price should change by, to first order: to `target`, beside what the steps before
 * multiply to where those are taken in (correct: 1, else 0). */
typedef struct aim {
    double target, correct;
} aim;

static double wanted(const aim *to, double slack, double price, double slack_step, double price_step)
{
    return to->target - slack * price - to->correct * slack_step * price_step;
}

/* A row's part of right sides. */
static double row_side(const separable_row *row, size_t l, double value, const aim *to)
{
    double w = wanted(to, row->slack[l], row->price[l], row->slack_step[l], row->price_step[l]);

    return (w + row->price[l] * (row->slack[l] - value)) / row->slack[l];
}

static double wanted_x(const separable *p, size_t l, const aim *to)
{
    return is_idle(p, l) ? 0.0 : wanted(to, p->x[l], p->price_x[l], p->step_x[l], p->price_x_step[l]);
}

static sides make_sides(const separable *p, size_t l, const aim *to)
{
    sides right = {.x = p->base_x[l] + wanted_x(p, l, to) / p->x[l],
                   .s = p->base_s[l] + wanted(to, p->s[l], p->price_s[l], p->step_s[l], p->price_s_step[l]) / p->s[l]};

    for (size_t i = 0; i < p->rows; i++) {
        right.row[i] = row_side(&p->row[i], l, row_value(p, &p->row[i], l), to);
    }
    return right;
}

/* Right sides of the few unknowns. f: of the condition on it. */
static void gather(const separable *p, const aim *to, double f, double right[SEPARABLE_UNKNOWNS])
{
    for (size_t c = 0; c < p->columns; c++) {
        right[c] = is_constraint(p, c)
                       ? p->residual[c] +
                             wanted(to, p->slack[c], p->price[c], p->slack_step[c], p->price_step[c]) / p->price[c]
                       : 0.0;
    }
    if (p->lit) {
        right[p->columns] = f;
    }
    for (size_t l = 0; l < p->L; l++) {
        sides at = make_sides(p, l, to);
        both y = solve_block(p, l, &at);

        if (p->lit) {
            double side = row_side(&p->light, l, light_value(p, l), to), b = p->b[l], stiff = stiffness(&p->light, l);
            sides only = {.x = b * side};
            both more = solve_block(p, l, &only);

            /* a side (1 - b^2 stiff stiff_s / determinant), without taking one from the other */
            right[p->columns] += p->a[l] * side * determinant(p, l, p->curve_x[l] - stiff * b * b, p->curve_s[l]) *
                                     p->per_determinant[l] -
                                 stiff * p->a[l] * b * y.x;
            y.x += more.x;
            y.s += more.s;
        }
        for (size_t c = 0; c < p->columns; c++) {
            right[c] -= p->column_x[c][l] * y.x + p->column_s[c][l] * y.s;
        }
    }
}

static void step_row(separable_row *row, size_t l, double slack_step, const aim *to)
{
    double w = wanted(to, row->slack[l], row->price[l], row->slack_step[l], row->price_step[l]);

    row->slack_step[l] = slack_step;
    row->price_step[l] = (w - row->price[l] * slack_step) / row->slack[l];
}

/* Steps of access point l once those of the few are known. */
static void step_ap(separable *p, size_t l, const aim *to, const double few[SEPARABLE_UNKNOWNS])
{
    sides right = make_sides(p, l, to);
    double wx = wanted_x(p, l, to);
    double ws = wanted(to, p->s[l], p->price_s[l], p->step_s[l], p->price_s_step[l]), light = 0.0;
    both step;

    for (size_t c = 0; c < p->columns; c++) {
        right.x -= p->column_x[c][l] * few[c];
        right.s -= p->column_s[c][l] * few[c];
    }
    if (p->lit) {
        light = light_value(p, l);
        right.x += p->b[l] * (row_side(&p->light, l, light, to) - stiffness(&p->light, l) * p->a[l] * p->f_step);
    }
    step = solve_block(p, l, &right);
    p->step_x[l] = step.x;
    p->step_s[l] = step.s;
    p->price_x_step[l] = (wx - p->price_x[l] * step.x) / p->x[l];
    p->price_s_step[l] = (ws - p->price_s[l] * step.s) / p->s[l];
    for (size_t i = 0; i < p->rows; i++) {
        separable_row *row = &p->row[i];

        step_row(row, l, row->x[l] * step.x + row->s[l] * step.s - (row->slack[l] - row_value(p, row, l)), to);
    }
    if (p->lit) {
        step_row(&p->light, l, p->a[l] * p->f_step + p->b[l] * step.x - (p->light.slack[l] - light), to);
    }
}

static void take_steps(separable *p, const aim *to, double f)
{
    double right[SEPARABLE_UNKNOWNS], few[SEPARABLE_UNKNOWNS];

    gather(p, to, f, right);
    solve_unknowns(p, right, few);
    p->f_step = p->lit ? few[p->columns] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        step_ap(p, l, to, few);
    }
    for (size_t c = 0; c < p->columns; c++) {
        double w = wanted(to, p->slack[c], p->price[c], p->slack_step[c], p->price_step[c]);

        if (is_constraint(p, c)) {
            p->price_step[c] = -few[c];
            p->slack_step[c] = (w - p->slack[c] * p->price_step[c]) / p->price[c];
        }
    }
}

static double room(double length, double value, double step)
{
    return step < 0.0 && -value / step < length ? -value / step : length;
}

static double row_room(double length, const separable_row *row, size_t l)
{
    return room(room(length, row->slack[l], row->slack_step[l]), row->price[l], row->price_step[l]);
}

/* The way to the nearest bound, in steps. */
static double length_of_step(const separable *p)
{
    double length = INFINITY;

    for (size_t c = 0; c < p->columns; c++) {
        length = room(room(length, p->slack[c], p->slack_step[c]), p->price[c], p->price_step[c]);
    }
    for (size_t l = 0; l < p->L; l++) {
        length = room(room(length, p->x[l], p->step_x[l]), p->s[l], p->step_s[l]);
        length = room(room(length, p->price_x[l], p->price_x_step[l]), p->price_s[l], p->price_s_step[l]);
        for (size_t i = 0; i < p->rows; i++) {
            length = row_room(length, &p->row[i], l);
        }
        length = p->lit ? row_room(length, &p->light, l) : length;
    }
    return length;
}

static double row_product(const separable_row *row, size_t l, double t)
{
    return (row->slack[l] + t * row->slack_step[l]) * (row->price[l] + t * row->price_step[l]);
}

/* Products of slacks and prices t steps away, in sum. */
static double products_at(const separable *p, double t)
{
    double sum = 0.0;

    for (size_t c = 0; c < p->columns; c++) {
        sum += is_constraint(p, c) ? (p->slack[c] + t * p->slack_step[c]) * (p->price[c] + t * p->price_step[c]) : 0.0;
    }
    for (size_t l = 0; l < p->L; l++) {
        sum += (p->x[l] + t * p->step_x[l]) * (p->price_x[l] + t * p->price_x_step[l]) +
               (p->s[l] + t * p->step_s[l]) * (p->price_s[l] + t * p->price_s_step[l]);
        for (size_t i = 0; i < p->rows; i++) {
            sum += row_product(&p->row[i], l, t);
        }
        sum += p->lit ? row_product(&p->light, l, t) : 0.0;
    }
    return sum;
}

static void move_row(separable_row *row, size_t l, double t)
{
    row->slack[l] += t * row->slack_step[l];
    row->price[l] += t * row->price_step[l];
}

static void move(separable *p, double t)
{
    p->f += t * p->f_step;
    for (size_t c = 0; c < p->columns; c++) {
        if (is_constraint(p, c)) {
            p->slack[c] += t * p->slack_step[c];
            p->price[c] += t * p->price_step[c];
        }
    }
    for (size_t l = 0; l < p->L; l++) {
        p->x[l] += t * p->step_x[l];
        p->s[l] += t * p->step_s[l];
        p->price_x[l] += t * p->price_x_step[l];
        p->price_s[l] += t * p->price_s_step[l];
        for (size_t i = 0; i < p->rows; i++) {
            move_row(&p->row[i], l, t);
        }
        if (p->lit) {
            move_row(&p->light, l, t);
        }
    }
}

/* One iteration: predicted for products of 0, corrected for what that says is within reach. */
static bool iterate(separable *p, const remains *left)
{
    double length, share, mean = left->product / (double)left->products;

    if (!assemble(p, ADDED_CURVATURE * left->objective / (double)p->L)) {
        return false;
    }
    take_steps(p, &(aim){.target = 0.0, .correct = 0.0}, left->f);
    length = fmin(length_of_step(p), 1.0);
    share = fmax(products_at(p, length), 0.0) / left->product;
    mean = fmax(share * share * share * mean, AIMED * left->objective / (double)left->products);
    take_steps(p, &(aim){.target = mean, .correct = 1.0}, left->f);
    length = fmin(FRACTION_TO_BOUND * length_of_step(p), 1.0);
    if (!(length > SHORTEST)) {
        return false;
    }
    move(p, length);
    return true;
}

static bool is_closed(const remains *left)
{
    double product = left->product / left->objective, dual = left->dual / left->objective;

    return (product <= CLOSED && left->primal <= PRIMAL_CLOSED && dual <= DUAL_CLOSED) ||
           (product <= 2.0 * AIMED && left->primal <= PRIMAL_ROUNDED && dual <= DUAL_ROUNDED);
}

/* From where the iterate stands. */
static bool solve_on(separable *p)
{
    for (p->iterations = 0; p->iterations < MOST_ITERATIONS; p->iterations++) {
        remains left = look(p);

        if (!isfinite(left.product + left.primal + left.dual)) {
            return false;
        }
        if (is_closed(&left)) {
            return true;
        }
        if (!iterate(p, &left)) {
            return false;
        }
    }
    return false;
}

bool separable_solve(separable *p)
{
    size_t before = 0;

    if (p->warm) {
        begin_warm(p);
        p->warm = solve_on(p);
        before = p->iterations;
    }
    if (!p->warm) {
        begin_cold(p);
        p->warm = solve_on(p);
        p->iterations += before;
    }
    return p->warm;
}

/* ---------------------------------------------------------------------------------- the bound ---- */

/* The most of 2 worth root(x) - price x, of an x that the budget allows where the price says nothing. */
static double most_of(double worth, double price, double budget)
{
    if (price > 0.0 && worth < price * sqrt(budget)) {
        return worth * worth / price;
    }
    return 2.0 * worth * sqrt(budget) - price * budget;
}

/* Costs and prices of a unit of x_l and s_l, without those of x >= 0 and s >= 0, where f costs nothing. */
static both full_prices(const separable *p, size_t l, double lit)
{
    both price = {.x = p->cost_x[l] + p->price_x[l] + separable_price_x(p, l),
                  .s = p->cost_s[l] + p->price_s[l] + price_of_s(p, l)};

    if (p->lit) {
        price.x -= lit * p->weight_x[l];
        price.s -= lit * p->weight_s[l];
    }
    return price;
}

/* What the prices of light add up to beyond that of f, which is free: so much more that is worth. */
static double missing_price(const separable *p)
{
    double sum = p->lit ? -p->price[p->lit_at] : 0.0;

    for (size_t l = 0; p->lit && l < p->L; l++) {
        sum += p->a[l] * p->light.price[l];
    }
    return sum;
}

/* By how much the budget's price has to rise until no price of power is negative. */
static double negative_price(const separable *p, double lit)
{
    double worst = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        both price = full_prices(p, l, lit);

        worst = fmax(worst, -price.s);
        worst = p->counted[l] > 0.0 ? fmax(worst, -price.x) : worst;
    }
    return worst;
}

double separable_bound(const separable *p)
{
    double lit = missing_price(p), more = negative_price(p, lit), sum = p->budget * (p->price[0] + more);

    sum -= p->position ? p->price[p->position_at] : 0.0;
    for (size_t l = 0; l < p->L; l++) {
        sum += p->counted[l] > 0.0 ? most_of(p->worth[l], full_prices(p, l, lit).x + more, p->budget) : 0.0;
        for (size_t i = 0; i < p->rows; i++) {
            sum += p->row[i].price[l] * p->row[i].constant;
        }
        sum -= p->lit ? p->light.price[l] : 0.0;
    }
    return sum;
}
