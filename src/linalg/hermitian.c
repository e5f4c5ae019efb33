/* Factors of covariances, and triangular systems with them. For the small matrices of an array: nothing is packed or
 * called. */
#include "cfisac/linalg.h"

#include "base/clones.h"

#include <float.h>
#include <math.h>

/* y -= w x */
__attribute__((always_inline)) static inline void subtract_column(size_t n, const double complex *restrict x,
                                                                  double complex w, double complex *restrict y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] -= w * x[i];
    }
}

CLONES(, void, linalg_factor_hermitian, (size_t n, double complex *a), (n, a))
{
    for (size_t k = 0; k < n; k++) {
        double complex *column = a + n * k;
        double root;

        for (size_t j = 0; j < k; j++) {
            subtract_column(n - k, a + k + n * j, conj(a[k + n * j]), column + k);
        }
        root = sqrt(fmax(creal(column[k]), DBL_MIN));
        column[k] = root;
        for (size_t i = k + 1; i < n; i++) {
            column[i] /= root;
        }
    }
}

CLONES(, void, linalg_lower_solve, (size_t n, const double complex *l, size_t count, double complex *x),
       (n, l, count, x))
{
    for (size_t c = 0; c < count; c++) {
        double complex *column = x + n * c;

        for (size_t k = 0; k < n; k++) {
            column[k] /= creal(l[k + n * k]);
            subtract_column(n - k - 1, l + k + 1 + n * k, column[k], column + k + 1);
        }
    }
}

CLONES(, void, linalg_lower_solve_adjoint, (size_t n, const double complex *l, size_t count, double complex *x),
       (n, l, count, x))
{
    for (size_t c = 0; c < count; c++) {
        double complex *column = x + n * c;

        for (size_t k = n; k-- > 0;) {
            double complex sum = column[k];

            for (size_t i = k + 1; i < n; i++) {
                sum -= conj(l[i + n * k]) * column[i];
            }
            column[k] = sum / creal(l[k + n * k]);
        }
    }
}
