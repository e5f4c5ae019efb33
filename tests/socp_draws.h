/* One random number at a time, for the tests of the cone solver. */
#ifndef TESTS_SOCP_DRAWS_H
#define TESTS_SOCP_DRAWS_H

#include "cfisac/base.h"

static inline double uniform(cfi_stream *stream)
{
    double u;

    random_uniforms(stream, 1, &u);
    return u;
}

static inline double normal(cfi_stream *stream)
{
    double value;

    random_normals(stream, 1, &value);
    return value;
}

#endif
