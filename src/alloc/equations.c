/* Linear equations by elimination. */
#include "alloc/equations.h"

#include <math.h>

bool equations_solve(size_t K, double *a)
{
    for (size_t i = 0; i < K; i++) {
        size_t pivot = i;

        for (size_t r = i + 1; r < K; r++) {
            pivot = fabs(a[r + K * i]) > fabs(a[pivot + K * i]) ? r : pivot;
        }
        if (!(fabs(a[pivot + K * i]) > 0.0)) {
            return false;
        }
        for (size_t c = i; c <= K; c++) {
            double kept = a[i + K * c];

            a[i + K * c] = a[pivot + K * c];
            a[pivot + K * c] = kept;
        }
        for (size_t c = i + 1; c <= K; c++) {
            double factor = a[i + K * c] / a[i + K * i];

            for (size_t r = i + 1; r < K; r++) {
                a[r + K * c] -= factor * a[r + K * i];
            }
        }
    }
    for (size_t i = K; i-- > 0;) {
        a[i + K * K] /= a[i + K * i];
        for (size_t r = 0; r < i; r++) {
            a[r + K * K] -= a[r + K * i] * a[i + K * K];
        }
    }
    return true;
}
