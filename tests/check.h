/* What cmocka lacks: its float comparison works in single precision. Include after <cmocka.h>. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>

/* abs(actual - expected) <= relative * abs(expected). */
#define assert_close(actual, expected, relative)                                                                       \
    do {                                                                                                               \
        double actual_ = (actual), expected_ = (expected);                                                             \
        if (!(fabs(actual_ - expected_) <= (relative)*fabs(expected_))) {                                              \
            fail_msg("%s = %.17g, expected %.17g within %g relative", #actual, actual_, expected_,                     \
                     (double)(relative));                                                                              \
        }                                                                                                              \
    } while (0)

#endif
