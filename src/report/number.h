/* Doubles as text that reads back exactly. */
#ifndef CFISAC_REPORT_NUMBER_H
#define CFISAC_REPORT_NUMBER_H

enum { NUMBER_LENGTH = 32 };

/* The first of %.15g, %.16g and %.17g that strtod reads back as the same double; "nan", "inf" or "-inf" else. */
void number_format(double value, char text[NUMBER_LENGTH]);

/* 10 log10 of a ratio or of a quantity in its SI unit. */
double number_db(double value);

/* Up to four decimals: a threshold that is printed must be feasible. */
double number_round_up_db(double value);

#endif
