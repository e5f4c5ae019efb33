/* The value of one key in the units of the scenario, and how it is read from JSON. */
#ifndef SCENARIO_VALUE_H
#define SCENARIO_VALUE_H

#include "scenario/key.h"
#include "scenario/place.h"
#include "scenario/wording.h"

#include <cjson/cJSON.h>

typedef struct cfi_value {
    unsigned form;        /* the one FORM_ it has; 0: absent */
    double number;        /* FORM_NUMBER */
    size_t word;          /* FORM_WORD: index in the key's words */
    bool flag;            /* FORM_FLAG */
    const char *text;     /* FORM_TEXT: borrowed from the tree */
    size_t rows, columns; /* FORM_LIST, FORM_MATRIX */
    double *entry;        /* rows x columns, row by row; owned: value_free */
} cfi_value;

/* What fixes the lengths of lists. */
typedef struct cfi_sizes {
    size_t L, K;
} cfi_sizes;

/* Reads item as a value of the key. On failure (CFI_INVALID, CFI_NO_MEMORY) the error names `place` and what the
 * key allows, and *value is empty. */
cfi_status value_read(const key_spec *spec, const cJSON *item, cfi_sizes sizes, const cfi_place *place,
                      cfi_value *value, cfi_error *error);
/* Whether a list or matrix that was read for other sizes has the lengths of these: fails as value_read. */
cfi_status value_check_lengths(const key_spec *spec, const cfi_value *value, cfi_sizes sizes, const cfi_place *place,
                               cfi_error *error);
void value_free(cfi_value *value);

/* Appends the value as JSON; a matrix has one row a line, indented by `indent`. */
void value_print(const key_spec *spec, const cfi_value *value, size_t indent, cfi_wording *out);

/* Appends a short description of an item for a message: `text "abc"`, `2.5`, `a list`. */
void value_describe(const cJSON *item, cfi_wording *out);

#endif
