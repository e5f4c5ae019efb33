/* Numbers in the cells of the table for a person. */
#include "report/cell.h"

#include <math.h>
#include <stdio.h>

void cell_number(char text[CELL_LENGTH], double value, int decimals)
{
    if (isnan(value)) {
        snprintf(text, CELL_LENGTH, "-");
    } else if (isinf(value)) {
        snprintf(text, CELL_LENGTH, "inf");
    } else {
        snprintf(text, CELL_LENGTH, fabs(value) < 1e6 ? "%.*f" : "%.*e", decimals, value);
    }
}

void cell_small(char text[CELL_LENGTH], double value, int decimals)
{
    if (value != 0.0 && fabs(value) < pow(10.0, 1 - decimals)) {
        snprintf(text, CELL_LENGTH, "%.1e", value);
    } else {
        cell_number(text, value, decimals);
    }
}

void cell_digits(char text[CELL_LENGTH], double value, int digits)
{
    if (isfinite(value)) {
        snprintf(text, CELL_LENGTH, "%.*g", digits, value);
    } else {
        cell_number(text, value, 0);
    }
}
