/* Sums over simulated draws of one access point, and the moments that they say. docs/model.md (M20).
 *
 * b = norm(v_s)^2 and q = abs(y_t^H v_s)^2; where the product has a mean, its parts x + j y besides. Errors are those
 * of what is linear in the sums about their means. */
#include "link/moment_sums.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum { LANES = PRECODING_LANES };
enum { SUM_Q, SUM_QQ, SUM_QB, PAIR_SUMS };
enum { SUM_X, SUM_Y, SUM_B, SUM_XX, SUM_XY, SUM_YY, SUM_XB, SUM_YB, SUM_BB, SUM_QX, SUM_QY, MEAN_SUMS };

/* Numbers in a batch: sums of a pair, of a mean, and the parts of a complex number. */
static const size_t PAIR_LANES = (size_t)LANES * PAIR_SUMS;
static const size_t MEAN_LANES = (size_t)LANES * MEAN_SUMS;
static const size_t COMPLEX_LANES = (size_t)2 * LANES;

/* --------------------------------------------------------------------------------- sums ---- */

__attribute__((always_inline)) static inline precoding_lanes *lanes_of(double *numbers, size_t at)
{
    return (precoding_lanes *)(numbers + LANES * at);
}

/* Of a batch, a product's. By its address: how a vector is passed depends on the CPU. */
typedef struct product_lanes {
    precoding_lanes x, y, b, q;
} product_lanes;

__attribute__((always_inline)) static inline void add_to_mean(double *sums, const product_lanes *product)
{
    precoding_lanes x = product->x, y = product->y, b = product->b, q = product->q;

    *lanes_of(sums, SUM_X) += x;
    *lanes_of(sums, SUM_Y) += y;
    *lanes_of(sums, SUM_B) += b;
    *lanes_of(sums, SUM_XX) += x * x;
    *lanes_of(sums, SUM_XY) += x * y;
    *lanes_of(sums, SUM_YY) += y * y;
    *lanes_of(sums, SUM_XB) += x * b;
    *lanes_of(sums, SUM_YB) += y * b;
    *lanes_of(sums, SUM_BB) += b * b;
    *lanes_of(sums, SUM_QX) += q * x;
    *lanes_of(sums, SUM_QY) += q * y;
}

/* The products of all rows with the vector s of a batch. */
CLONES(static, void, add_vector, (const precoding *p, const moment_sums *sums, size_t s), (p, sums, s))
{
    size_t N = p->N;
    precoding_lanes b = *lanes_of(p->square, s);

    for (size_t t = 0; t < sums->rows; t++) {
        size_t pair = t + sums->rows * s;
        double *of_pair = sums->of_pair + PAIR_LANES * pair;
        precoding_lanes re = {0.0}, im = {0.0}, q;

        for (size_t n = 0; n < N; n++) {
            precoding_lanes x = *lanes_of(p->y.re, t * N + n), y = *lanes_of(p->y.im, t * N + n),
                            v = *lanes_of(p->z.re, s * N + n), w = *lanes_of(p->z.im, s * N + n);

            re += x * v + y * w;
            im += x * w - y * v;
        }
        q = re * re + im * im;
        *lanes_of(of_pair, SUM_Q) += q;
        *lanes_of(of_pair, SUM_QQ) += q * q;
        *lanes_of(of_pair, SUM_QB) += q * b;
        if (sums->mean_of[pair] != MOMENT_NO_MEAN) {
            product_lanes product = {.x = re, .y = im, .b = b, .q = q};

            add_to_mean(sums->of_mean + MEAN_LANES * sums->mean_of[pair], &product);
        }
    }
}

/* v_s v_s^H of a batch, its lower triangle. */
CLONES(static, void, add_outer, (const precoding *p, const moment_sums *sums, size_t s), (p, sums, s))
{
    double *to = sums->of_outer + LANES * p->N * (p->N + 1) * s;

    for (size_t n = 0; n < p->N; n++) {
        precoding_lanes a = *lanes_of(p->z.re, s * p->N + n), b = *lanes_of(p->z.im, s * p->N + n);

        for (size_t m = 0; m <= n; m++, to += COMPLEX_LANES) {
            precoding_lanes x = *lanes_of(p->z.re, s * p->N + m), y = *lanes_of(p->z.im, s * p->N + m);

            *lanes_of(to, 0) += a * x + b * y;
            *lanes_of(to, 1) += b * x - a * y;
        }
    }
}

void moment_sums_add(void *context, const precoding *p)
{
    const moment_sums *sums = context;

    for (size_t s = 0; s < p->classes; s++) {
        add_vector(p, sums, s);
        if (sums->of_outer) {
            add_outer(p, sums, s);
        }
    }
}

/* --------------------------------------------------------------------------------- memory ---- */

/* Numbers the products that have a mean: of rows and vectors of one pilot. */
static bool number_means(const precoding *p, cfi_arena *arena, moment_sums *sums)
{
    const size_t *pilot = p->network->pilot;
    size_t *mean_of = arena_alloc(arena, sums->rows * sums->classes, sizeof *mean_of);

    for (size_t i = 0; mean_of && i < sums->rows * sums->classes; i++) {
        size_t t = i % sums->rows, k = p->iid ? p->first[t] : t;

        mean_of[i] = pilot[k] == pilot[p->first[i / sums->rows]] ? sums->means++ : MOMENT_NO_MEAN;
    }
    sums->mean_of = mean_of;
    return mean_of;
}

bool moment_sums_make(const precoding *p, cfi_arena *arena, moment_sums *sums)
{
    size_t outer = p->iid ? 0 : LANES * p->N * (p->N + 1) * p->classes;

    *sums = (moment_sums){.N = p->N, .rows = precoding_rows(p), .classes = p->classes};
    if (!number_means(p, arena, sums)) {
        return false;
    }
    sums->of_pair = arena_alloc(arena, PAIR_LANES * sums->rows * sums->classes, sizeof(double));
    sums->of_mean = arena_alloc(arena, MEAN_LANES * sums->means, sizeof(double));
    sums->of_outer = outer > 0 ? arena_alloc(arena, outer, sizeof(double)) : NULL;
    return sums->of_pair && sums->of_mean && (outer == 0 || sums->of_outer);
}

void moment_sums_clear(const moment_sums *sums)
{
    memset(sums->of_pair, 0, PAIR_LANES * sums->rows * sums->classes * sizeof(double));
    memset(sums->of_mean, 0, MEAN_LANES * sums->means * sizeof(double));
    if (sums->of_outer) {
        memset(sums->of_outer, 0, LANES * sums->N * (sums->N + 1) * sums->classes * sizeof(double));
    }
}

/* ------------------------------------------------------------------ moments ---- */

/* Standard error of the mean of x, from its sums over n draws. */
static double error_of_mean(double n, double sum, double squares)
{
    return sqrt(fmax(squares - sum * sum / n, 0.0) / (n * (n - 1.0)));
}

/* The mean z = x + j y of a product over the root of the mean of b. Its error is that of the part along z, which is
 * linear in x, y and b about their means. */
static simulated mean_of_product(const double sum[MEAN_SUMS], double n)
{
    double factor = precoding_factor(sum[SUM_B] / n), size = hypot(sum[SUM_X], sum[SUM_Y]) / n;
    double c = size > 0.0 ? sum[SUM_X] / n / size : 1.0, d = size > 0.0 ? sum[SUM_Y] / n / size : 0.0;
    double slope = 0.5 * size * factor * factor;
    double squares = c * c * sum[SUM_XX] + 2.0 * c * d * sum[SUM_XY] + d * d * sum[SUM_YY] -
                     2.0 * slope * (c * sum[SUM_XB] + d * sum[SUM_YB]) + slope * slope * sum[SUM_BB];

    return (simulated){.value = factor * (sum[SUM_X] + I * sum[SUM_Y]) / n,
                       .error = factor * error_of_mean(n, n * size - slope * sum[SUM_B], squares)};
}

/* The mean of q over that of b, `b_sum` over n. */
static simulated square_of_product(const double pair[PAIR_SUMS], double b_sum, double bb_sum, double n)
{
    double factor = precoding_factor(b_sum / n), r = pair[SUM_Q] / n * factor * factor;
    double squares = pair[SUM_QQ] - 2.0 * r * pair[SUM_QB] + r * r * bb_sum;

    return (simulated){.value = r, .error = factor * factor * error_of_mean(n, pair[SUM_Q] - r * b_sum, squares)};
}

/* The same less the square of the mean of the product, without the bias of that. */
static simulated variance_of_product(const double pair[PAIR_SUMS], const double sum[MEAN_SUMS], double n)
{
    double x = sum[SUM_X] / n, y = sum[SUM_Y] / n, factor = precoding_factor(sum[SUM_B] / n), per_b = factor * factor;
    double rest = pair[SUM_Q] / n - x * x - y * y, r = rest * per_b;
    double linear = pair[SUM_Q] - 2.0 * (x * sum[SUM_X] + y * sum[SUM_Y]) - r * sum[SUM_B];
    double squares = pair[SUM_QQ] + r * r * sum[SUM_BB] - 2.0 * r * pair[SUM_QB] -
                     4.0 * (x * sum[SUM_QX] + y * sum[SUM_QY]) + 4.0 * r * (x * sum[SUM_XB] + y * sum[SUM_YB]) +
                     4.0 * (x * x * sum[SUM_XX] + 2.0 * x * y * sum[SUM_XY] + y * y * sum[SUM_YY]);

    return (simulated){.value = fmax(r, 0.0) * n / (n - 1.0), .error = per_b * error_of_mean(n, linear, squares)};
}

/* ------------------------------------------------------------------------------ from sums ---- */

static void sum_lanes_of(const double *lanes, size_t count, double *sum)
{
    for (size_t i = 0; i < count; i++) {
        sum[i] = precoding_sum_lanes(lanes + LANES * i);
    }
}

/* Any mean of vector s, for what they all have of the vector itself. */
static void sums_of_vector(const moment_sums *sums, size_t s, double sum[MEAN_SUMS])
{
    size_t t = 0;

    while (sums->mean_of[t + sums->rows * s] == MOMENT_NO_MEAN) {
        t++;
    }
    sum_lanes_of(sums->of_mean + MEAN_LANES * sums->mean_of[t + sums->rows * s], MEAN_SUMS, sum);
}

double moment_mean_square(const moment_sums *sums, size_t s, double n)
{
    double sum[MEAN_SUMS];

    sums_of_vector(sums, s, sum);
    return sum[SUM_B] / n;
}

simulated moment_variance(const moment_sums *sums, size_t t, size_t s, double n)
{
    size_t at = t + sums->rows * s;
    double pair[PAIR_SUMS], sum[MEAN_SUMS];

    sum_lanes_of(sums->of_pair + PAIR_LANES * at, PAIR_SUMS, pair);
    if (sums->mean_of[at] == MOMENT_NO_MEAN) {
        sums_of_vector(sums, s, sum);
        return square_of_product(pair, sum[SUM_B], sum[SUM_BB], n);
    }
    sum_lanes_of(sums->of_mean + MEAN_LANES * sums->mean_of[at], MEAN_SUMS, sum);
    return variance_of_product(pair, sum, n);
}

simulated moment_mean(const moment_sums *sums, size_t t, size_t s, double n)
{
    double sum[MEAN_SUMS];

    sum_lanes_of(sums->of_mean + MEAN_LANES * sums->mean_of[t + sums->rows * s], MEAN_SUMS, sum);
    return mean_of_product(sum, n);
}

void moment_outer(const moment_sums *sums, size_t s, double n, double complex *restrict Q)
{
    const double *from = sums->of_outer + LANES * sums->N * (sums->N + 1) * s;
    double factor = precoding_factor(moment_mean_square(sums, s, n)), per_n = factor * factor / n;

    for (size_t row = 0; row < sums->N; row++) {
        for (size_t column = 0; column <= row; column++, from += COMPLEX_LANES) {
            double complex entry = per_n * (precoding_sum_lanes(from) + I * precoding_sum_lanes(from + LANES));

            Q[column + sums->N * row] = conj(entry);
            Q[row + sums->N * column] = entry;
        }
    }
}
