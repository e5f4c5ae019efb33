/* Numbers as decimal text, without the C library's general routines, which take ten times as long. */
#ifndef CFISAC_BASE_DECIMAL_H
#define CFISAC_BASE_DECIMAL_H

#include <stdbool.h>

enum { DECIMAL_LENGTH = 32 };

/* What printf gives by "%.15g", "%.16g" or "%.17g": the first of them that reads back to the value. In integers, exact.
 * False, and nothing is written, for what text_double does by printf: 0, powers of two, and magnitudes below 1e-40 or
 * from 2^53 on. */
bool decimal_write(double value, char text[DECIMAL_LENGTH]);

#endif
