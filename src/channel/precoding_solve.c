/* Linear systems of a small Hermitian matrix, PRECODING_LANES of them side by side: A = L D L^H without square roots,
 * so that every step is a few operations on whole lanes. docs/model.md (M20). */
#include "base/clones.h"
#include "channel/precoding.h"

/* Added to every pivot: a matrix of zeros, of estimates that are 0, then solves to zeros. */
static const double ADDED_PIVOT = 1e-300;

/* The matrix A = X X^H + load I + E of the smaller side of the columns, X its `size` x `count` numbers. */
typedef struct lane_system {
    size_t size, count, row, column; /* doubles from row to row and from column to column */
    double load;
    const double complex *added; /* E, size x size, or NULL */
    double *re, *im;             /* X; then A^-1 X */
    double *matrix, *pivot, *work;
} lane_system;

enum { LANES = PRECODING_LANES };

INLINE precoding_lanes *lanes_at(double *numbers, size_t at)
{
    return (precoding_lanes *)(numbers + at);
}

/* Entry (i, j) of the lower triangle: real lanes, imaginary lanes behind them. */
INLINE double *lane_entry(const lane_system *s, size_t i, size_t j)
{
    return s->matrix + (i * (i + 1) / 2 + j) * 2 * LANES;
}

INLINE void form_matrix(const lane_system *s)
{
    for (size_t i = 0; i < s->size; i++) {
        for (size_t j = 0; j <= i; j++) {
            double complex start = (i == j ? s->load : 0.0) + (s->added ? s->added[i + s->size * j] : 0.0);
            precoding_lanes re = {0.0}, im = {0.0};

            for (size_t c = 0; c < s->count; c++) {
                size_t at = c * s->column, left = at + i * s->row, right = at + j * s->row;
                precoding_lanes a = *lanes_at(s->re, left), b = *lanes_at(s->im, left), x = *lanes_at(s->re, right),
                                y = *lanes_at(s->im, right);

                re += a * x + b * y;
                im += b * x - a * y;
            }
            *lanes_at(lane_entry(s, i, j), 0) = re + creal(start);
            *lanes_at(lane_entry(s, i, j), LANES) = im + cimag(start);
        }
    }
}

/* Column j of L, from the row's products with the pivots. */
INLINE void divide_column(const lane_system *s, size_t j)
{
    precoding_lanes inverse = *lanes_at(s->pivot, LANES * j);

    for (size_t i = j + 1; i < s->size; i++) {
        double *to = lane_entry(s, i, j);
        precoding_lanes re = *lanes_at(to, 0), im = *lanes_at(to, LANES);

        for (size_t k = 0; k < j; k++) {
            double *l = lane_entry(s, i, k), *w = s->work + k * 2 * LANES;
            precoding_lanes a = *lanes_at(l, 0), b = *lanes_at(l, LANES), x = *lanes_at(w, 0), y = *lanes_at(w, LANES);

            re -= a * x + b * y;
            im -= b * x - a * y;
        }
        *lanes_at(to, 0) = re * inverse;
        *lanes_at(to, LANES) = im * inverse;
    }
}

/* L below the diagonal, the inverse pivots, and the pivots on the diagonal. */
INLINE void factorise(const lane_system *s)
{
    for (size_t j = 0; j < s->size; j++) {
        precoding_lanes pivot = *lanes_at(lane_entry(s, j, j), 0);

        for (size_t k = 0; k < j; k++) {
            double *l = lane_entry(s, j, k), *w = s->work + k * 2 * LANES;
            precoding_lanes d = *lanes_at(lane_entry(s, k, k), 0), a = *lanes_at(l, 0), b = *lanes_at(l, LANES);

            *lanes_at(w, 0) = a * d;
            *lanes_at(w, LANES) = b * d;
            pivot -= (a * a + b * b) * d;
        }
        *lanes_at(lane_entry(s, j, j), 0) = pivot;
        *lanes_at(s->pivot, LANES * j) = 1.0 / (pivot + ADDED_PIVOT);
        divide_column(s, j);
    }
}

/* x <- L^-1 x */
INLINE void substitute_forward(const lane_system *s, double *x_re, double *x_im)
{
    for (size_t i = 1; i < s->size; i++) {
        precoding_lanes re = *lanes_at(x_re, i * s->row), im = *lanes_at(x_im, i * s->row);

        for (size_t k = 0; k < i; k++) {
            double *l = lane_entry(s, i, k);
            precoding_lanes a = *lanes_at(l, 0), b = *lanes_at(l, LANES), x = *lanes_at(x_re, k * s->row),
                            y = *lanes_at(x_im, k * s->row);

            re -= a * x - b * y;
            im -= a * y + b * x;
        }
        *lanes_at(x_re, i * s->row) = re;
        *lanes_at(x_im, i * s->row) = im;
    }
}

/* x <- L^-H D^-1 x */
INLINE void substitute_back(const lane_system *s, double *x_re, double *x_im)
{
    for (size_t i = s->size; i-- > 0;) {
        precoding_lanes inverse = *lanes_at(s->pivot, LANES * i);
        precoding_lanes re = *lanes_at(x_re, i * s->row) * inverse, im = *lanes_at(x_im, i * s->row) * inverse;

        for (size_t k = i + 1; k < s->size; k++) {
            double *l = lane_entry(s, k, i);
            precoding_lanes a = *lanes_at(l, 0), b = *lanes_at(l, LANES), x = *lanes_at(x_re, k * s->row),
                            y = *lanes_at(x_im, k * s->row);

            re -= a * x + b * y;
            im -= a * y - b * x;
        }
        *lanes_at(x_re, i * s->row) = re;
        *lanes_at(x_im, i * s->row) = im;
    }
}

CLONES(static, void, solve_system, (const lane_system *s), (s))
{
    form_matrix(s);
    factorise(s);
    for (size_t c = 0; c < s->count; c++) {
        substitute_forward(s, s->re + c * s->column, s->im + c * s->column);
        substitute_back(s, s->re + c * s->column, s->im + c * s->column);
    }
}

void precoding_solve(const precoding *p, size_t l)
{
    size_t antenna = LANES, column = LANES * p->N;
    bool few = p->classes < p->N && !p->errors; /* the conjugate of Z^H Z + load I, applied to the rows of Z */
    lane_system s = {.size = few ? p->classes : p->N,
                     .count = few ? p->N : p->classes,
                     .row = few ? column : antenna,
                     .column = few ? antenna : column,
                     .load = p->load,
                     .added = p->errors ? p->errors + p->N * p->N * l : NULL,
                     .re = p->z.re,
                     .im = p->z.im,
                     .matrix = p->matrix,
                     .pivot = p->pivot};

    s.work = s.pivot + LANES * s.size;
    solve_system(&s);
}

CLONES(static, void, square_lanes, (const precoding *p), (p))
{
    for (size_t c = 0; c < p->classes; c++) {
        precoding_lanes sum = {0.0};

        for (size_t n = 0; n < p->N; n++) {
            precoding_lanes re = *lanes_at(p->z.re, LANES * (c * p->N + n)),
                            im = *lanes_at(p->z.im, LANES * (c * p->N + n));

            sum += re * re + im * im;
        }
        *lanes_at(p->square, LANES * c) = sum;
    }
}

void precoding_square(const precoding *p)
{
    square_lanes(p);
}
