/* The small dual: powers of each access point, eliminated. docs/model.md (M31)
 *
 * The changes (x, s) of an access point's powers meet
 *   Q (x, s) = what drives them,   Q = diag(1 / give, price_s / s) + sum_i stiff_i D_i D_i',   stiff_i = price / slack
 * of its rows D_i. Determinants of such sums are sums of terms that are not negative, and so have no cancellation:
 *   det = 1 / give price_s / s + (1 / give) sum_i stiff_i s_i^2 + (price_s / s) sum_i stiff_i x_i^2
 *         + sum_{i < j} stiff_i stiff_j (x_i s_j - s_i x_j)^2 */
#include "alloc/dual_steps.h"

/* Q of one access point: its diagonal part, and the sums over rows. */
typedef struct dual_block {
    bool idle;
    double x, s;             /* 1 / give, price_s / s */
    double xx, xs, ss, both; /* of rows; both: of pairs of rows */
    double determinant;
} dual_block;

static double stiffness(const dual_program *p, size_t i, size_t l)
{
    return p->price[p->row[i].at + l] / p->slack[p->row[i].at + l];
}

/* x_i s_j - s_i x_j */
static double turn_of_rows(const dual_program *p, size_t i, size_t j, size_t l)
{
    return p->row[i].x[l] * p->row[j].s[l] - p->row[i].s[l] * p->row[j].x[l];
}

/* Without row `left_out`; DUAL_ROWS: with all. */
static dual_block gather_block(const dual_program *p, size_t l, size_t left_out)
{
    dual_block q = {.idle = !(p->price[l] > 0.0), .s = p->price[p->stride + l] / p->slack[p->stride + l]};

    q.x = q.idle ? 0.0 : 1.0 / p->give[l];
    for (size_t i = 0; i < p->rows; i++) {
        double stiff = stiffness(p, i, l), x = p->row[i].x[l], s = p->row[i].s[l];

        if (i == left_out) {
            continue;
        }
        q.xx += stiff * x * x;
        q.xs += stiff * x * s;
        q.ss += stiff * s * s;
        for (size_t j = 0; j < i; j++) {
            double turn = turn_of_rows(p, i, j, l);

            q.both += j == left_out ? 0.0 : stiff * stiffness(p, j, l) * turn * turn;
        }
    }
    q.determinant = q.idle ? q.s + q.ss : q.x * (q.s + q.ss) + q.s * q.xx + q.both;
    return q;
}

static void invert_block(dual_program *p, size_t l)
{
    dual_block q = gather_block(p, l, DUAL_ROWS);

    p->inverse[0][l] = q.idle ? 0.0 : (q.s + q.ss) / q.determinant;
    p->inverse[1][l] = q.idle ? 0.0 : -q.xs / q.determinant;
    p->inverse[2][l] = q.idle ? 1.0 / q.determinant : (q.x + q.xx) / q.determinant;
    p->short_of[l] = q.idle ? 0.0 : p->give[l] * (q.s * q.xx + q.both) / q.determinant;
}

/* What a unit that row i lacks moves, with the stiffness that it then feels: exact where the row is as good as met, so
 * that its own stiffness has no bound. */
static void answer_row(dual_program *p, size_t l, size_t i)
{
    dual_block q = gather_block(p, l, i);
    double x = p->row[i].x[l], s = p->row[i].s[l], stiff = stiffness(p, i, l);
    double along_x = q.s * x, along_s = q.idle ? s : q.x * s, soft = q.idle ? s * s : q.x * s * s + q.s * x * x;

    for (size_t j = 0; j < p->rows && !q.idle; j++) {
        double turn = j == i ? 0.0 : turn_of_rows(p, i, j, l), other = stiffness(p, j, l);

        along_x += other * p->row[j].s[l] * turn;
        along_s -= other * p->row[j].x[l] * turn;
        soft += other * turn * turn;
    }
    p->alone[i][l] = stiff / (1.0 + stiff * soft / q.determinant);
    p->alone_x[i][l] = q.idle ? 0.0 : -p->alone[i][l] * along_x / q.determinant;
    p->alone_s[i][l] = -p->alone[i][l] * along_s / q.determinant;
}

/* theta and f act by the rows that they stand in. */
static void answer_numbers(dual_program *p, size_t l)
{
    for (size_t i = 0; i < p->rows; i++) {
        const dual_row *row = &p->row[i];

        answer_row(p, l, i);
        if (row->raised) {
            p->answer_x[p->place_theta][l] = row->sign * p->alone_x[i][l];
            p->answer_s[p->place_theta][l] = row->sign * p->alone_s[i][l];
        }
        if (row->f) {
            p->answer_x[p->place_f][l] = row->f[l] * p->alone_x[i][l];
            p->answer_s[p->place_f][l] = row->f[l] * p->alone_s[i][l];
        }
    }
}

void dual_make_blocks(dual_program *p)
{
    for (size_t l = 0; l < p->L; l++) {
        invert_block(p, l);
        answer_numbers(p, l);
        for (size_t c = 0; c < p->columns; c++) {
            double x = p->column_x[c][l], s = p->column_s[c][l];

            p->answer_x[c][l] = p->inverse[0][l] * x + p->inverse[1][l] * s;
            p->answer_s[c][l] = p->inverse[1][l] * x + p->inverse[2][l] * s;
        }
    }
}
