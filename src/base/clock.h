/* The clock. */
#ifndef CFISAC_BASE_CLOCK_H
#define CFISAC_BASE_CLOCK_H

/* Seconds since some moment in the past, on a clock that never goes back. */
double clock_seconds(void);

/* Seconds since 1970, as files are stamped: a clock that may be set. */
double clock_file_seconds(void);

#endif
