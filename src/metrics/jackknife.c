/* Delete-m_j jackknife. docs/model.md (M18). */
#include "metrics/jackknife.h"

#include <math.h>

jackknife jackknife_estimate(size_t blocks, const size_t *size, double whole, const double *without)
{
    double n = 0.0, g = (double)blocks, corrected = g * whole, sum = 0.0;

    if (blocks < 2) {
        return (jackknife){.corrected = whole, .std_error = NAN};
    }
    for (size_t b = 0; b < blocks; b++) {
        n += (double)size[b];
    }
    for (size_t b = 0; b < blocks; b++) {
        corrected -= (1.0 - (double)size[b] / n) * without[b];
    }
    for (size_t b = 0; b < blocks; b++) {
        double h = n / (double)size[b], pseudo = h * whole - (h - 1.0) * without[b];

        sum += (pseudo - corrected) * (pseudo - corrected) / (h - 1.0);
    }
    return (jackknife){.corrected = corrected, .std_error = sqrt(sum / g)};
}
