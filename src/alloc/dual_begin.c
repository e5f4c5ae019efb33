/* The small dual: its memory, and where a solution begins. docs/model.md (M31) */
#include "alloc/dual.h"

#include "alloc/dual_values.h"
#include "alloc/rows.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- memory ---- */

static double *take_dual(double **memory, size_t count)
{
    double *row = *memory;

    *memory += count;
    return row;
}

static void take_rows(dual_program *p, double **memory)
{
    size_t stride = p->stride;
    double **const row[] = {&p->x,          &p->give,       &p->rest_price, &p->rest_sense, &p->inverse[0],
                            &p->inverse[1], &p->inverse[2], &p->short_of,   &p->side_x,     &p->side_s,
                            &p->top_x,      &p->top_s,      &p->begin_x,    &p->begin_s,    &p->drive,
                            &p->spare,      &p->spare_s};

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i] = take_dual(memory, stride);
    }
    p->rest_row = take_dual(memory, stride * DUAL_ROWS);
    for (size_t i = 0; i < DUAL_ROWS; i++) {
        p->alone[i] = take_dual(memory, stride);
        p->alone_x[i] = take_dual(memory, stride);
        p->alone_s[i] = take_dual(memory, stride);
    }
    for (size_t c = 0; c < DUAL_COLUMNS; c++) {
        p->column_x[c] = take_dual(memory, stride);
        p->column_s[c] = take_dual(memory, stride);
    }
    for (size_t c = 0; c < DUAL_FEW; c++) {
        p->answer_x[c] = take_dual(memory, stride);
        p->answer_s[c] = take_dual(memory, stride);
    }
    p->square = take_dual(memory, stride * p->K);
    p->push = take_dual(memory, stride * p->K);
}
enum { ROWS_OF_PROGRAM = 17 + 4 * DUAL_ROWS + 2 * DUAL_COLUMNS + 2 * DUAL_FEW };

static void take_small(dual_program *p, double **memory)
{
    size_t K = p->K, n = 2 * K + DUAL_FEW;
    double **const user[] = {&p->h, &p->rest_alpha, &p->rest_h, &p->by_alpha, &p->by_lambda, &p->known};

    for (size_t i = 0; i < sizeof user / sizeof *user; i++) {
        *user[i] = take_dual(memory, K);
    }
    p->gram = take_dual(memory, K * K);
    p->cross = take_dual(memory, K * K);
    p->gram_push = take_dual(memory, K * K);
    p->few_load = take_dual(memory, K * DUAL_FEW);
    p->few_push = take_dual(memory, K * DUAL_FEW);
    p->matrix = take_dual(memory, n * n);
    p->right = take_dual(memory, n);
}

static size_t small_numbers(const dual_program *p)
{
    size_t K = p->K, n = 2 * K + DUAL_FEW;

    return 6 * K + 3 * K * K + 2 * K * DUAL_FEW + n * n + n;
}

static void place_pairs(dual_program *p, double **memory)
{
    for (size_t i = 0; i < p->rows; i++) {
        p->row[i].at = (2 + i) * p->stride;
    }
    p->at_user = (2 + p->rows) * p->stride;
    p->at_rate = p->at_user + p->K;
    p->at_few = p->at_rate + p->K;
    p->pairs = p->at_few + DUAL_COUPLED;
    p->slack = take_dual(memory, p->pairs);
    p->price = take_dual(memory, p->pairs);
    p->slack_step = take_dual(memory, p->pairs);
    p->price_step = take_dual(memory, p->pairs);
    p->second = take_dual(memory, p->pairs);
}

static size_t pairs_at_most(const dual_program *p)
{
    return (2 + DUAL_ROWS) * p->stride + 2 * p->K + DUAL_COUPLED;
}

/* ---------------------------------------------------------------------------------- columns ---- */

static void couple_by(dual_program *p, size_t pair, double theta, double f, double constant)
{
    size_t c = p->columns++;

    p->column_pair[c] = pair;
    p->column_theta[c] = theta;
    p->column_f[c] = f;
    p->column_constant[c] = constant;
}

static void list_columns(dual_program *p)
{
    p->columns = 0;
    if (p->budget_asked) {
        for (size_t l = 0; l < p->L; l++) {
            p->column_x[p->columns][l] = p->idle[l] ? 0.0 : -1.0;
            p->column_s[p->columns][l] = -1.0;
        }
        couple_by(p, p->at_few + DUAL_BUDGET, p->budget_raised ? p->budget : 0.0, 0.0,
                  p->budget_raised ? 0.0 : p->budget);
    }
    if (p->weight_x) {
        for (size_t l = 0; l < p->L; l++) {
            p->column_x[p->columns][l] = p->weight_x[l];
            p->column_s[p->columns][l] = p->weight_s[l];
        }
        couple_by(p, p->at_few + DUAL_LIGHT, 0.0, -1.0, 0.0);
    }
    if (p->position) {
        couple_by(p, p->at_few + DUAL_POSITION, p->position_raised ? -1.0 : 0.0, 0.0, p->position_raised ? 0.0 : -1.0);
        couple_by(p, SIZE_MAX, 0.0, 0.0, 0.0);
        couple_by(p, SIZE_MAX, 0.0, 0.0, 0.0);
    }
    p->place_theta = p->columns;
    p->place_f = p->weight_x ? p->columns + 1 : DUAL_FEW;
    p->few = p->columns + 1 + (p->weight_x != NULL);
}

cfi_status dual_init(dual_program *p, cfi_arena *arena, cfi_error *error)
{
    size_t users = p->stride * p->K;
    double *memory = arena_zeros(
        arena, ROWS_OF_PROGRAM * p->stride + 2 * users + small_numbers(p) + 5 * pairs_at_most(p), sizeof *memory);

    p->order = arena_alloc(arena, 2 * p->K + DUAL_FEW, sizeof *p->order);
    if (!memory || !p->order) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the prices of %zu access points", p->L);
    }
    take_rows(p, &memory);
    take_small(p, &memory);
    place_pairs(p, &memory);
    list_columns(p);
    for (size_t i = 0; i < users; i++) {
        p->square[i] = p->signal[i] * p->signal[i];
    }
    return CFI_OK;
}

/* ------------------------------------------------------------------------------------ start ---- */

/* Sweeps of the fixed point that prices without limits and sensing have, and the price of the budget's last unit. */
enum { FIRST_SWEEPS = 20 };
/* Times what the budget is worth: prices that grow without end are no start. */
static const double DEAR = 1e3;
/* Of the multipliers' bounds, of a part of the budget an access point, of that for sensing; least slack of a row. */
static const double FIRST_LAMBDA = 0.8, FIRST_SHARE = 0.4, FIRST_SENSING = 0.2, FIRST_LEFT = 0.3;
/* All products of the start, in sum: theta is of order one where sensing asks for powers. */
static const double FIRST_GAP = 5.0;
/* Times what powers of the start need of budget and limits. */
static const double FIRST_FACTOR = 2.0;

static void price_of_lambda(dual_program *p, double base)
{
    for (size_t l = 0; l < p->stride; l++) {
        p->rest_price[l] = base;
        p->rest_sense[l] = base;
    }
    for (size_t k = 0; k < p->K; k++) {
        rows_subtract(p->stride, -p->price[p->at_rate + k], p->load + p->stride * k, p->rest_price);
        rows_subtract(p->stride, -p->price[p->at_rate + k], p->sensing_load + p->stride * k, p->rest_sense);
    }
    for (size_t l = 0; l < p->L; l++) {
        p->spare[l] = 1.0 / p->rest_price[l];
        p->price[l] = p->idle[l] ? 0.0 : p->rest_price[l];
    }
    for (size_t k = 0; k < p->K; k++) {
        p->h[k] = 1.0 / rows_product(p->stride, p->square + p->stride * k, p->spare);
    }
}

/* lambda, prices, h. */
static void begin_prices(dual_program *p, double base)
{
    double *lambda = p->price + p->at_rate, worth = 0.0;

    for (size_t k = 0; k < p->K; k++) {
        lambda[k] = p->first_lambda ? p->first_lambda[k] : 0.5 / (double)p->K;
    }
    price_of_lambda(p, base);
    for (size_t i = 0; i < FIRST_SWEEPS && worth < DEAR * base * p->budget && !p->first_lambda; i++) {
        worth = 0.0;
        for (size_t k = 0; k < p->K; k++) {
            worth += p->target[k] * p->h[k];
        }
        for (size_t k = 0; k < p->K && worth < DEAR * base * p->budget; k++) {
            lambda[k] = p->target[k] * p->h[k];
        }
        price_of_lambda(p, base);
    }
    for (size_t k = 0; k < p->K; k++) {
        lambda[k] = FIRST_LAMBDA * fmin(lambda[k], p->target[k] * p->h[k]);
    }
}

/* The most that AP l is thought to spend. */
static double first_share(const dual_program *p, size_t l)
{
    double share = p->budget / (double)p->L;

    for (size_t i = 0; i < p->rows; i++) {
        share = p->row[i].sign > 0.0 && p->row[i].s[l] < 0.0 ? fmin(share, -1.0 / p->row[i].s[l]) : share;
    }
    return share;
}

/* alpha and the slack beside it; returns what their products are on average. */
static double begin_users(dual_program *p)
{
    double sum = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        p->spare[l] = p->idle[l] ? 0.0 : FIRST_SHARE * first_share(p, l);
    }
    for (size_t k = 0; k < p->K; k++) {
        double slack = p->target[k] * p->h[k] - p->price[p->at_rate + k];

        p->slack[p->at_user + k] = 1.0 + rows_product(p->stride, p->load + p->stride * k, p->spare);
        p->price[p->at_user + k] = slack;
        sum += p->slack[p->at_user + k] * slack;
    }
    return sum / (double)p->K;
}

static void begin_aps(dual_program *p, double product)
{
    for (size_t l = 0; l < p->L; l++) {
        double share = first_share(p, l), s = fmin(FIRST_SENSING * share, 1.0);
        double price = fmax(product / s, p->rest_sense[l]);

        p->slack[l] = p->idle[l] ? 1.0 : fmin(product / p->price[l], FIRST_SHARE * share);
        p->slack[p->stride + l] = product / price;
        p->price[p->stride + l] = price;
    }
    for (size_t k = 0; k < p->K; k++) {
        p->slack[p->at_rate + k] = product / p->price[p->at_rate + k];
    }
}

/* The factor that powers x and s fit into. */
static void begin_numbers(dual_program *p)
{
    const double *s = p->slack + p->stride;
    double total = 0.0;

    p->theta = 1.0;
    for (size_t l = 0; l < p->L; l++) {
        total += p->x[l] + s[l];
        for (size_t i = 0; i < p->rows && p->aim == DUAL_LEAST_FACTOR; i++) {
            if (p->row[i].raised) {
                p->theta = fmax(p->theta, -FIRST_FACTOR * (p->row[i].x[l] * p->x[l] + p->row[i].s[l] * s[l]));
            }
        }
    }
    if (p->aim == DUAL_LEAST_FACTOR && p->budget_raised) {
        p->theta = fmax(p->theta, FIRST_FACTOR * total / p->budget);
    }
    p->f = p->weight_x ? 0.5 * (rows_product(p->stride, p->weight_x, p->x) + rows_product(p->stride, p->weight_s, s))
                       : 0.0;
}

static void begin_slacks(dual_program *p, double product)
{
    for (size_t i = 0; i < p->rows; i++) {
        for (size_t l = 0; l < p->L; l++) {
            size_t at = p->row[i].at + l;
            bool is = p->row[i].x[l] != 0.0 || p->row[i].s[l] != 0.0;

            p->slack[at] = is ? fmax(dual_row_value(p, &p->row[i], l), FIRST_LEFT) : 1.0;
            p->price[at] = is ? product / p->slack[at] : 0.0;
        }
    }
    for (size_t c = 0; c < p->columns; c++) {
        size_t at = p->column_pair[c];

        if (at != SIZE_MAX) {
            p->slack[at] = fmax(dual_column_value(p, c), FIRST_LEFT * (c == 0 && p->budget_asked ? p->budget : 1.0));
            p->price[at] = product / p->slack[at];
        }
    }
}

void dual_begin(dual_program *p)
{
    double base = 1.0 / p->budget, product;

    for (size_t i = 0; i < p->pairs; i++) {
        p->slack[i] = 1.0;
        p->price[i] = p->slack_step[i] = p->price_step[i] = 0.0;
    }
    begin_prices(p, base);
    product = fmax(begin_users(p), FIRST_GAP / (double)p->pairs);
    begin_aps(p, product);
    dual_answer_users(p);
    begin_numbers(p);
    begin_slacks(p, product);
}

/* ------------------------------------------------------------------------------------ states ---- */

size_t dual_room(const dual_program *p)
{
    return 2 * p->pairs + 2;
}

void dual_keep(const dual_program *p, double *room)
{
    memcpy(room, p->slack, p->pairs * sizeof *room);
    memcpy(room + p->pairs, p->price, p->pairs * sizeof *room);
    room[2 * p->pairs] = p->theta;
    room[2 * p->pairs + 1] = p->f;
}

void dual_restore(dual_program *p, const double *room)
{
    memcpy(p->slack, room, p->pairs * sizeof *room);
    memcpy(p->price, room + p->pairs, p->pairs * sizeof *room);
    p->theta = room[2 * p->pairs];
    p->f = room[2 * p->pairs + 1];
}

void dual_powers(dual_program *p, double *w, double *x, double *s)
{
    dual_answer_users(p);
    for (size_t l = 0; l < p->stride; l++) {
        double used = p->price[l] > 0.0 ? p->x[l] - p->slack[l] : 0.0;

        /* waste goes to users in proportion */
        p->spare[l] = used > 0.0 ? p->give[l] * (p->x[l] / used) : 0.0;
        x[l] = p->price[l] > 0.0 ? p->x[l] : 0.0;
        s[l] = l < p->L ? p->slack[p->stride + l] : 0.0;
    }
    for (size_t k = 0; k < p->K; k++) {
        const double *push = p->push + p->stride * k;

        for (size_t l = 0; l < p->stride; l++) {
            w[l + p->stride * k] = sqrt(p->slack[p->at_user + k] * p->spare[l] * push[l]);
        }
    }
}
