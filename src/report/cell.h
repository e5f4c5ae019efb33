/* Numbers in the cells of tables for a person: none is wider than it may be, and a zero has no sign. */
#ifndef CFISAC_REPORT_CELL_H
#define CFISAC_REPORT_CELL_H

enum {
    CELL_LENGTH = 32,
    CELL_LEAST_WIDTH = 7 /* in which every number fits: -1e-300 */
};
/* With so many decimals, or as many as fit in `width` characters, or as 1.2e+07; "-" for NaN. */
void cell_number(char text[CELL_LENGTH], double value, int decimals, int width);
/* The same; what is so small that it would show less than two digits is written as 3.0e-07. */
void cell_small(char text[CELL_LENGTH], double value, int decimals, int width);
/* With so many digits that count, or as many as fit. */
void cell_digits(char text[CELL_LENGTH], double value, int digits, int width);

#endif
