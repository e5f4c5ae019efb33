/* Decibels. */
#include "report/decibel.h"

#include <math.h>

double decibel_of(double value)
{
    return 10.0 * log10(value);
}

/* Up to four decimals, and never below the edge of feasibility by rounding. */
double decibel_round_up(double value)
{
    return ceil(value * 1e4 + 1e-4) / 1e4;
}
