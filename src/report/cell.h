/* Numbers in the cells of the table for a person. */
#ifndef CFISAC_REPORT_CELL_H
#define CFISAC_REPORT_CELL_H

enum { CELL_LENGTH = 32 };
/* With so many decimals, or as 1.23e+07 where that is too long; "-" for NaN. */
void cell_number(char text[CELL_LENGTH], double value, int decimals);
/* The same; what is so small that it would show less than two digits is written as 3.0e-07. */
void cell_small(char text[CELL_LENGTH], double value, int decimals);
/* With so many digits that count. */
void cell_digits(char text[CELL_LENGTH], double value, int digits);

#endif
