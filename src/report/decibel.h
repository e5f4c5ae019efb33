/* Decibels. */
#ifndef CFISAC_REPORT_DECIBEL_H
#define CFISAC_REPORT_DECIBEL_H

/* 10 log10 of a ratio or of a quantity in its SI unit. */
double decibel_of(double value);

/* Up to four decimals: a threshold that is printed must be feasible. */
double decibel_round_up(double db);

#endif
