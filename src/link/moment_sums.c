/* Sums over simulated draws of one access point, and the moments that they say. docs/model.md (M20).
 *
 * A vector is v_s = u_s W^-1 y_s with a Hermitian W, so that the products of all rows and vectors are Hermitian but for
 * the units u: half of them are worked out, y_t^H v_s for the smaller s of a pair of which both are vectors.
 * Errors are those of what is linear in the sums about their means. */
#include "link/moment_sums.h"
#include "link/moment_lanes.h"

#include <math.h>
#include <string.h>

#ifdef __x86_64__
#define WIDTH 8
#include "link/moment_kernel.h"
#define WIDTH 4
#include "link/moment_kernel.h"
#endif
#define WIDTH 2
#include "link/moment_kernel.h"

CALL_CHOSEN(static, void, add_planned, (size_t N, const moment_pair *pairs, size_t count, size_t lanes),
            (N, pairs, count, lanes))
CALL_CHOSEN(static, void, add_mean, (size_t N, const moment_pair *pair, const double *live, size_t lanes),
            (N, pair, live, lanes))
CALL_CHOSEN(static, void, add_outer, (const moment_vector *vector), (vector))

/* --------------------------------------------------------------------------------- sums ---- */

static bool is_vector(const precoding *p, size_t s)
{
    return p->unit[s] > 0.0;
}

/* Where the sums of row t and vector s stand. */
static size_t place_of(const moment_sums *sums, size_t t, size_t s)
{
    size_t low = t < s ? t : s, high = t < s ? s : t;

    return precoding_is_hermitian(sums->precoding) ? low + high * (high + 1) / 2 : t + sums->rows * s;
}

/* Whether what stands there is the product of row s with vector t. */
static bool is_turned(const moment_sums *sums, size_t t, size_t s)
{
    return t < s && precoding_is_hermitian(sums->precoding) && is_vector(sums->precoding, t);
}

static moment_pair plan_pair(const moment_sums *sums, size_t t, size_t s)
{
    const precoding *p = sums->precoding;
    size_t row = PRECODING_BATCH * p->N * t, column = PRECODING_BATCH * p->N * s, place = place_of(sums, t, s);
    size_t mean = sums->mean_of[place];
    bool both = t != s && precoding_is_hermitian(p) && is_vector(p, t);

    return (moment_pair){.y_re = p->y.re + row,
                         .y_im = p->y.im + row,
                         .v_re = p->z.re + column,
                         .v_im = p->z.im + column,
                         .b = p->square + PRECODING_BATCH * s,
                         .a = both ? p->square + PRECODING_BATCH * t : NULL,
                         .sums = mean == MOMENT_NO_MEAN ? sums->of_pair + PAIR_LANES * place
                                                        : sums->of_mean + MEAN_LANES * mean,
                         .reference = mean == MOMENT_NO_MEAN ? NULL : sums->reference + 2 * mean};
}

/* The product in the first realisation of the batch. */
static void refer(size_t N, const moment_pair *pair)
{
    double x = 0.0, y = 0.0;

    for (size_t n = 0; n < N; n++) {
        size_t at = PRECODING_BATCH * n;

        x += pair->y_re[at] * pair->v_re[at] + pair->y_im[at] * pair->v_im[at];
        y += pair->y_re[at] * pair->v_im[at] - pair->y_im[at] * pair->v_re[at];
    }
    pair->reference[0] = x;
    pair->reference[1] = y;
}

static void add_vector(const moment_sums *sums, size_t s)
{
    const precoding *p = sums->precoding;
    size_t column = PRECODING_BATCH * p->N * s;
    double *to = sums->of_vector + VECTOR_LANES * s;
    const double *b = p->square + PRECODING_BATCH * s;
    moment_vector vector = {
        .N = p->N, .lanes = PRECODING_LANES * p->groups, .re = p->z.re + column, .im = p->z.im + column};

    for (size_t r = 0; r < vector.lanes; r++) {
        to[(size_t)PRECODING_LANES * SUM_B + r % PRECODING_LANES] += b[r];
        to[(size_t)PRECODING_LANES * SUM_BB + r % PRECODING_LANES] += b[r] * b[r];
    }
    if (sums->of_outer) {
        vector.outer = sums->of_outer + PRECODING_LANES * p->N * (p->N + 1) * s;
        add_outer(&vector);
    }
}

void moment_sums_add(void *context, const precoding *p)
{
    moment_sums *sums = context;
    size_t lanes = PRECODING_LANES * p->groups;
    const moment_pair *means = sums->plan + sums->pairs - sums->planned_means;
    double live[PRECODING_BATCH];

    for (size_t r = 0; r < PRECODING_BATCH; r++) {
        live[r] = r < p->live ? 1.0 : 0.0;
    }
    for (size_t i = 0; !sums->begun && i < sums->planned_means; i++) {
        refer(p->N, &means[i]);
    }
    sums->begun = true;
    add_planned(p->N, sums->plan, sums->planned, lanes);
    for (size_t i = 0; i < sums->planned_means; i++) {
        add_mean(p->N, &means[i], live, lanes);
    }
    for (size_t a = 0; a < p->actives; a++) {
        add_vector(sums, p->active[a]);
    }
}

/* --------------------------------------------------------------------------------- memory ---- */

/* Numbers the products that have a mean: of rows and vectors of one pilot. */
static bool number_means(const precoding *p, cfi_arena *arena, moment_sums *sums)
{
    const size_t *pilot = p->network->pilot;
    size_t *mean_of = arena_alloc(arena, sums->pairs, sizeof *mean_of);

    for (size_t s = 0; mean_of && s < p->classes; s++) {
        for (size_t t = precoding_is_hermitian(p) ? s : 0; t < sums->rows; t++) {
            size_t k = p->iid ? p->first[t] : t;

            mean_of[place_of(sums, t, s)] = pilot[k] == pilot[p->first[s]] ? sums->means++ : MOMENT_NO_MEAN;
        }
    }
    sums->mean_of = mean_of;
    return mean_of;
}

bool moment_sums_make(const precoding *p, cfi_arena *arena, moment_sums *sums)
{
    size_t outer = p->iid ? 0 : PRECODING_LANES * p->N * (p->N + 1) * p->classes, rows = precoding_rows(p);

    *sums = (moment_sums){
        .precoding = p, .rows = rows, .pairs = precoding_is_hermitian(p) ? rows * (rows + 1) / 2 : rows * p->classes};
    if (!number_means(p, arena, sums)) {
        return false;
    }
    sums->of_pair = arena_alloc(arena, PAIR_LANES * sums->pairs, sizeof(double));
    sums->of_mean = arena_alloc(arena, MEAN_LANES * sums->means, sizeof(double));
    sums->of_vector = arena_alloc(arena, VECTOR_LANES * p->classes, sizeof(double));
    sums->of_outer = outer > 0 ? arena_alloc(arena, outer, sizeof(double)) : NULL;
    sums->plan = arena_alloc(arena, sums->pairs, sizeof *sums->plan);
    sums->reference = arena_alloc(arena, 2 * sums->means, sizeof(double));
    return sums->plan && sums->reference && sums->of_pair && sums->of_mean && sums->of_vector &&
           (outer == 0 || sums->of_outer);
}

/* Rows that are vectors, too, and then others, which tiles of pairs do not mix. */
static void plan_rows(moment_sums *sums, size_t t, size_t end)
{
    const precoding *p = sums->precoding;

    for (size_t a = 0; a < p->actives; a++) {
        size_t s = p->active[a];

        for (int others = 0; others < 2; others++) {
            for (size_t row = t; row < end; row++) {
                moment_pair pair = plan_pair(sums, row, s);

                if (is_turned(sums, row, s) || (pair.a == NULL) != others) {
                    continue;
                }
                if (pair.reference) {
                    sums->plan[sums->pairs - ++sums->planned_means] = pair;
                } else {
                    sums->plan[sums->planned++] = pair;
                }
            }
        }
    }
}

void moment_sums_begin(moment_sums *sums)
{
    enum { ROW_BYTES = 16384 }; /* of rows that meet all vectors before the next ones do: half of a small first cache */
    const precoding *p = sums->precoding;
    size_t bytes = 2 * p->N * PRECODING_BATCH * sizeof(double), rows = bytes < ROW_BYTES ? ROW_BYTES / bytes : 1;

    memset(sums->of_pair, 0, PAIR_LANES * sums->pairs * sizeof(double));
    memset(sums->of_mean, 0, MEAN_LANES * sums->means * sizeof(double));
    memset(sums->of_vector, 0, VECTOR_LANES * p->classes * sizeof(double));
    if (sums->of_outer) {
        memset(sums->of_outer, 0, PRECODING_LANES * p->N * (p->N + 1) * p->classes * sizeof(double));
    }
    sums->planned = sums->planned_means = 0;
    sums->begun = false;
    for (size_t t = 0; t < sums->rows; t += rows) {
        plan_rows(sums, t, t + rows < sums->rows ? t + rows : sums->rows);
    }
}

/* ------------------------------------------------------------------------------ from sums ---- */

/* The sums of a row and a vector. */
typedef struct product_sums {
    double q, qq, qb, b, bb;
    double x, y, xx, xy, yy, xb, yb, qx, qy; /* 0 without a mean, as is */
    double complex reference;                /* what is taken off x, y and q */
} product_sums;

static void sum_lanes_of(const double *lanes, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++) {
        sum[i] = precoding_sum_lanes(lanes + PRECODING_LANES * i);
    }
}

/* What stands for the product of row t and vector s is u_t / u_s times its conjugate where it is turned. */
static product_sums product_sums_of(const moment_sums *sums, size_t t, size_t s)
{
    const precoding *p = sums->precoding;
    size_t place = place_of(sums, t, s), mean_of = sums->mean_of[place];
    bool turned = is_turned(sums, t, s);
    double unit = turned ? p->unit[s] / p->unit[t] : 1.0, sign = turned ? -unit : unit, square = unit * unit;
    double pair[PAIR_SUMS + MEAN_SUMS] = {0.0}, *mean = pair + PAIR_SUMS, vector[VECTOR_SUMS];
    double complex reference = 0.0;

    sum_lanes_of(sums->of_vector + VECTOR_LANES * s, VECTOR_SUMS, vector);
    if (mean_of == MOMENT_NO_MEAN) {
        sum_lanes_of(sums->of_pair + PAIR_LANES * place, PAIR_SUMS, pair);
    } else {
        sum_lanes_of(sums->of_mean + MEAN_LANES * mean_of, PAIR_SUMS + MEAN_SUMS, pair);
        reference = unit * sums->reference[2 * mean_of] + I * sign * sums->reference[2 * mean_of + 1];
    }
    return (product_sums){.q = square * pair[SUM_Q],
                          .qq = square * square * pair[SUM_QQ],
                          .qb = square * pair[turned ? SUM_QA : SUM_QB],
                          .b = vector[SUM_B],
                          .bb = vector[SUM_BB],
                          .x = unit * mean[SUM_X],
                          .y = sign * mean[SUM_Y],
                          .xx = square * mean[SUM_XX],
                          .xy = unit * sign * mean[SUM_XY],
                          .yy = square * mean[SUM_YY],
                          .xb = unit * mean[turned ? SUM_XA : SUM_XB],
                          .yb = sign * mean[turned ? SUM_YA : SUM_YB],
                          .qx = square * unit * mean[SUM_QX],
                          .qy = square * sign * mean[SUM_QY],
                          .reference = reference};
}

/* Standard error of the mean of x, from its sums over n draws. */
static double error_of_mean(double n, double sum, double squares)
{
    return sqrt(fmax(squares - sum * sum / n, 0.0) / (n * (n - 1.0)));
}

double moment_mean_square(const moment_sums *sums, size_t s, double n)
{
    return precoding_sum_lanes(sums->of_vector + VECTOR_LANES * s + (size_t)PRECODING_LANES * SUM_B) / n;
}

/* The mean of q over that of b. */
static simulated square_of_product(const product_sums *sum, double n)
{
    double factor = precoding_factor(sum->b / n), r = sum->q / n * factor * factor;
    double squares = sum->qq - 2.0 * r * sum->qb + r * r * sum->bb;

    return (simulated){.value = r, .error = factor * factor * error_of_mean(n, sum->q - r * sum->b, squares)};
}

/* The same less the square of the mean of the product, without the bias of that. */
static simulated variance_of_product(const product_sums *sum, double n)
{
    double x = sum->x / n, y = sum->y / n, factor = precoding_factor(sum->b / n), per_b = factor * factor;
    double rest = sum->q / n - x * x - y * y, r = rest * per_b;
    double linear = sum->q - 2.0 * (x * sum->x + y * sum->y) - r * sum->b;
    double squares = sum->qq + r * r * sum->bb - 2.0 * r * sum->qb - 4.0 * (x * sum->qx + y * sum->qy) +
                     4.0 * r * (x * sum->xb + y * sum->yb) +
                     4.0 * (x * x * sum->xx + 2.0 * x * y * sum->xy + y * y * sum->yy);

    return (simulated){.value = fmax(r, 0.0) * n / (n - 1.0), .error = per_b * error_of_mean(n, linear, squares)};
}

simulated moment_variance(const moment_sums *sums, size_t t, size_t s, double n)
{
    product_sums sum;

    if (!is_vector(sums->precoding, s)) {
        return (simulated){.value = 0.0};
    }
    sum = product_sums_of(sums, t, s);
    return sums->mean_of[place_of(sums, t, s)] == MOMENT_NO_MEAN ? square_of_product(&sum, n)
                                                                 : variance_of_product(&sum, n);
}

/* The mean z of a product over the root of the mean of b. Its error is that of the part along z, which is linear in x,
 * y and b about their means. */
simulated moment_mean(const moment_sums *sums, size_t t, size_t s, double n)
{
    product_sums sum;
    double complex mean;
    double factor, size, c, d, slope, squares;

    if (!is_vector(sums->precoding, s)) {
        return (simulated){.value = 0.0};
    }
    sum = product_sums_of(sums, t, s);
    mean = sum.reference + (sum.x + I * sum.y) / n;
    factor = precoding_factor(sum.b / n);
    size = hypot(creal(mean), cimag(mean));
    c = size > 0.0 ? creal(mean) / size : 1.0;
    d = size > 0.0 ? cimag(mean) / size : 0.0;
    slope = 0.5 * size * factor * factor;
    squares = c * c * sum.xx + 2.0 * c * d * sum.xy + d * d * sum.yy - 2.0 * slope * (c * sum.xb + d * sum.yb) +
              slope * slope * sum.bb;
    return (simulated){.value = factor * mean,
                       .error = factor * error_of_mean(n, c * sum.x + d * sum.y - slope * sum.b, squares)};
}

void moment_outer(const moment_sums *sums, size_t s, double n, double complex *restrict Q)
{
    size_t N = sums->precoding->N;
    const double *from = sums->of_outer + PRECODING_LANES * N * (N + 1) * s;
    double factor = precoding_factor(moment_mean_square(sums, s, n)), per_n = factor * factor / n;

    for (size_t row = 0; row < N; row++) {
        for (size_t column = 0; column <= row; column++, from += COMPLEX_LANES) {
            double complex entry =
                per_n * (precoding_sum_lanes(from) + I * precoding_sum_lanes(from + PRECODING_LANES));

            Q[column + N * row] = conj(entry);
            Q[row + N * column] = entry;
        }
    }
}
