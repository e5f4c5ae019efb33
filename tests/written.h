/* What a writer of results writes, as text. */
#ifndef CFISAC_TESTS_WRITTEN_H
#define CFISAC_TESTS_WRITTEN_H

#include "cfisac/report.h"
#include "check.h"

#include <stdio.h>

typedef cfi_status (*writer)(const cfi_results *results, FILE *stream, cfi_error *error);

/* free() it. */
static inline char *written(writer write, const cfi_results *results)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_int_equal(write(results, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

#endif
