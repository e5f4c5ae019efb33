/* The clock. */
#ifndef CFISAC_BASE_CLOCK_H
#define CFISAC_BASE_CLOCK_H

/* Seconds since some moment in the past, on a clock that never goes back. */
double clock_seconds(void);

#endif
