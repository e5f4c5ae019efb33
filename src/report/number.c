/* Doubles as text that reads back exactly. */
#include "report/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void number_format(double value, char text[NUMBER_LENGTH])
{
    if (!isfinite(value)) { /* without the sign that a NaN may carry */
        snprintf(text, NUMBER_LENGTH, "%s", isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_LENGTH, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            return;
        }
    }
}

double number_db(double value)
{
    return 10.0 * log10(value);
}

/* Up to four decimals, and never below the edge of feasibility by rounding. */
double number_round_up_db(double value)
{
    return ceil(value * 1e4 + 1e-4) / 1e4;
}
