/* Numbers in the cells of tables for a person. */
#include "report/cell.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From here on numbers have an exponent. */
static const double FIXED_BELOW = 1e6;

/* printf's ways to write a number. */
typedef enum notation { NOTATION_FIXED, NOTATION_EXPONENT, NOTATION_DIGITS } notation;

/* Writes the number; false: it is wider than it may be. */
static bool write_number(char text[CELL_LENGTH], notation how, int precision, double value, int width)
{
    int length = 0;

    switch (how) {
    case NOTATION_FIXED:
        length = snprintf(text, CELL_LENGTH, "%.*f", precision, value);
        break;
    case NOTATION_EXPONENT:
        length = snprintf(text, CELL_LENGTH, "%.*e", precision, value);
        break;
    case NOTATION_DIGITS:
        length = snprintf(text, CELL_LENGTH, "%.*g", precision, value);
        break;
    }
    if (*text == '-' && strtod(text, NULL) == 0.0) { /* what rounds to zero has no sign */
        memmove(text, text + 1, strlen(text));
        length--;
    }
    return length <= width;
}

/* With as many digits as fit; false: not even the fewest do. */
static bool write_fitting(char text[CELL_LENGTH], notation how, int precision, double value, int width)
{
    bool fits = write_number(text, how, precision, value, width);

    while (!fits && precision > 0) {
        fits = write_number(text, how, --precision, value, width);
    }
    return fits;
}

/* Whether the number was not finite, and is written. */
static bool write_not_finite(char text[CELL_LENGTH], double value)
{
    if (!isfinite(value)) {
        snprintf(text, CELL_LENGTH, "%s", isnan(value) ? "-" : value > 0.0 ? "inf" : "-inf");
    }
    return !isfinite(value);
}

void cell_number(char text[CELL_LENGTH], double value, int decimals, int width)
{
    bool done = write_not_finite(text, value);

    if (!done && fabs(value) < FIXED_BELOW) {
        done = write_fitting(text, NOTATION_FIXED, decimals, value, width);
    }
    if (!done) {
        write_fitting(text, NOTATION_EXPONENT, decimals, value, width);
    }
}

void cell_small(char text[CELL_LENGTH], double value, int decimals, int width)
{
    bool shown = !(fabs(value) < pow(10.0, 1 - decimals));

    if (value == 0.0 || shown) {
        cell_number(text, value, decimals, width);
        shown = !isfinite(value) || strtod(text, NULL) != 0.0; /* there may have been no room for its digits */
    }
    if (value != 0.0 && !shown) {
        write_fitting(text, NOTATION_EXPONENT, 1, value, width);
    }
}

void cell_digits(char text[CELL_LENGTH], double value, int digits, int width)
{
    if (!write_not_finite(text, value)) {
        write_fitting(text, NOTATION_DIGITS, digits, value, width);
    }
}
