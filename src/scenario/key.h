/* What a key of the scenario is: the columns of the table of keys. Its rows stand in cfisac/scenario_keys.inc. */
#ifndef SCENARIO_KEY_H
#define SCENARIO_KEY_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which the resolved scenario prints them; also the index of a key's value. */
typedef enum key_id {
#define EACH_KEY(id, ...)  KEY_##id,
#define OTHER_KEY(id, ...) KEY_##id,
#include "cfisac/scenario_keys.inc"
    KEY_COUNT
} key_id;

/* What a value may be; a key allows a set of these. */
enum {
    FORM_NULL = 1,
    FORM_NUMBER = 2,
    FORM_WORD = 4,    /* one of `words` */
    FORM_TEXT = 8,    /* any text, or the path of a file where there is a size */
    FORM_LIST = 16,   /* `rows` numbers */
    FORM_MATRIX = 32, /* `rows` lists of `columns` numbers */
    FORM_FLAG = 64,   /* true or false */
    FORM_LAST = FORM_FLAG
};

/* A length that the scenario itself fixes. */
typedef enum { SIZE_NONE, SIZE_TWO, SIZE_APS, SIZE_UES } key_size;

struct conversion; /* convert.h */

typedef struct key_spec {
    const char *name;         /* dotted */
    unsigned forms;           /* none: the sweep, which axes.h reads */
    bool whole;               /* numbers, also those in lists, are integers */
    bool above, below;        /* the ends of the range are not allowed themselves */
    bool sized;               /* memory grows with it: a value out of range is refused with what it would need */
    double low, high;         /* range of every number */
    const char *const *words; /* ends with NULL; in the order of the enumeration in scenario.h */
    key_size rows, columns;
    const char *fallback;                          /* the default, as JSON; NULL: absent unless given */
    size_t offset;                                 /* of its field in cfi_system */
    size_t array;                                  /* of what .fill fills there, where that is another field; else 0 */
    double (*to_si)(double);                       /* of every number; NULL: it is in SI linear units */
    void (*convert)(const struct conversion *how); /* fills the scalars; NULL: it has none */
    bool (*fill)(const struct conversion *how);    /* fills the array; NULL: it has none. False: out of memory */
    const char *unit, *help;
} key_spec;

#endif
