/* What cmocka lacks: its float comparison works in single precision. Include after <cmocka.h>. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

/* Defined in builds with the address sanitizer, whose own memory is as large as what a test would measure. */
#ifdef __SANITIZE_ADDRESS__
#define ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#endif
#endif

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
