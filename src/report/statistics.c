/* Mean, standard error and quantiles. */
#include "cfisac/report.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static size_t keep_finite(double *value, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (isfinite(value[i])) {
            value[kept++] = value[i];
        }
    }
    return kept;
}

cfi_statistics report_statistics(double *value, size_t count)
{
    size_t n = keep_finite(value, count);
    cfi_statistics s = {.count = n, .mean = NAN, .std_error = NAN, .p05 = NAN, .p50 = NAN, .p95 = NAN};

    if (n == 0) {
        return s;
    }
    gsl_sort(value, 1, n); /* before the sum: its rounding then depends on the values alone */
    s.mean = gsl_stats_mean(value, 1, n);
    if (n > 1) {
        s.std_error = gsl_stats_sd_m(value, 1, n, s.mean) / sqrt((double)n);
    }
    s.p05 = gsl_stats_quantile_from_sorted_data(value, 1, n, 0.05);
    s.p50 = gsl_stats_quantile_from_sorted_data(value, 1, n, 0.50);
    s.p95 = gsl_stats_quantile_from_sorted_data(value, 1, n, 0.95);
    return s;
}
