/* The table of keys: the one place that knows every key of a scenario. Parsing, defaults, validation, the nearest
 * name, the JSON Schema, the help and the resolved print are all driven by it. */
#ifndef SCENARIO_KEYS_H
#define SCENARIO_KEYS_H

#include "scenario/wording.h"

/* In the order in which the resolved scenario prints them; also the index of a key's value. */
typedef enum key_id {
    KEY_SCHEMA,
    KEY_NAME,
    KEY_SEED,
    KEY_APS,
    KEY_UES,
    KEY_TX_ANTENNAS,
    KEY_RX_ANTENNAS,
    KEY_AREA,
    KEY_MIN_DISTANCE,
    KEY_PLACEMENT,
    KEY_AP_POSITIONS,
    KEY_UE_POSITIONS,
    KEY_REFERENCE_DISTANCE,
    KEY_PATH_LOSS_EXPONENT,
    KEY_SHADOWING,
    KEY_GAIN,
    KEY_PILOT_LENGTH,
    KEY_PILOT_POWER,
    KEY_PILOT_ASSIGNMENT,
    KEY_COHERENCE,
    KEY_SENSING_SYMBOLS,
    KEY_SNR,
    KEY_COMM_NOISE,
    KEY_SENSING_NOISE,
    KEY_AP_LIMIT,
    KEY_ANGLE_RANGE,
    KEY_ANGLES,
    KEY_PATH_GAIN,
    KEY_PATH_PHASE,
    KEY_CRLB_MODEL,
    KEY_CRLB_THRESHOLD,
    KEY_RATE_MODEL,
    KEY_METHOD,
    KEY_OBJECTIVE,
    KEY_RATE_TARGET,
    KEY_SENSING_FRACTION,
    KEY_SURROGATE,
    KEY_CRLB_CONSTRAINT,
    KEY_SOLVER,
    KEY_STARTS,
    KEY_MAX_ITERATIONS,
    KEY_TOLERANCE,
    KEY_DROPS,
    KEY_REALIZATIONS,
    KEY_MAX_STD_ERROR,
    KEY_MC_BOUNDS,
    KEY_SWEEP,
    KEY_COUNT
} key_id;

/* What a value may be; a key allows a set of these. */
enum {
    FORM_NULL = 1,
    FORM_NUMBER = 2,
    FORM_WORD = 4,   /* one of `words` */
    FORM_TEXT = 8,   /* any text */
    FORM_LIST = 16,  /* `rows` numbers */
    FORM_MATRIX = 32 /* `rows` lists of `columns` numbers */
};

/* A length that the scenario itself fixes. */
typedef enum { SIZE_NONE, SIZE_TWO, SIZE_APS, SIZE_UES } key_size;

typedef struct key_spec {
    const char *name; /* dotted */
    unsigned forms;
    bool whole;               /* numbers, also those in lists, are integers */
    bool above, below;        /* the ends of the range are not allowed themselves */
    bool sized;               /* memory grows with it: a value out of range is refused with what it would need */
    double low, high;         /* range of every number */
    const char *const *words; /* ends with NULL; in the order of the enumeration in scenario.h */
    key_size rows, columns;
    const char *fallback; /* the default, as JSON; NULL: absent unless given */
    const char *unit, *help;
} key_spec;

/* KEY_COUNT entries. KEY_SWEEP has no form: axes.c reads it. */
extern const key_spec key_table[KEY_COUNT];

/* The key of a dotted name, or KEY_COUNT. */
key_id key_find(const char *name);
/* Length of the section's name within a dotted name ("network.aps": 7), 0 for a key outside of the sections. */
size_t key_section(const char *name);
/* The part after the section. */
const char *key_leaf(const char *name);
/* The section that a dotted name lies in, or that it is the name of; "" when there is none of that name. */
const char *key_known_section(const char *name);

/* Whether a sweep can vary the key: it takes a number, a word or a path, and matters. */
bool key_can_be_swept(key_id id);

/* The key (or section) most like an unknown dotted name: a sibling in its section, else a like name anywhere, else
 * the same or nearly the same leaf in another section. NULL when nothing is near. */
const char *key_nearest(const char *name);

/* Appends what the section of a dotted name can hold, or the whole scenario when there is no such section. */
void key_list_siblings(const char *name, cfi_wording *out);

/* Appends the range of a key's numbers: "1 .. 65535", "above 0, up to 1". */
void key_describe_range(const key_spec *spec, cfi_wording *out);
/* Appends what a key allows: "null, a number -300 .. 300, or a list of L such numbers". */
void key_describe_allowed(const key_spec *spec, cfi_wording *out);

#endif
