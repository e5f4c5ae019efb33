/* The fields of a drop's record, one row each. results.json, the CSV tables, a sweep's journal, the statistics and the
 * table for a person visit the rows: none of them knows a field of its own. A new metric is a row of field_table. */
#ifndef CFISAC_REPORT_FIELDS_H
#define CFISAC_REPORT_FIELDS_H

#include "cfisac/report.h"

/* What a field has a value for. Bits, so that one can ask for several. */
typedef enum field_shape {
    FIELD_TEXT = 1 << 0,   /* a word for the drop */
    FIELD_NUMBER = 1 << 1, /* a number for the drop: a column of drops.csv, a row of summary.csv */
    FIELD_USERS = 1 << 2,  /* K numbers: a column of ues.csv */
    FIELD_APS = 1 << 3,    /* L numbers: a column of aps.csv */
    FIELD_PAIRS = 1 << 4,  /* K x L numbers */
    FIELD_STEPS = 1 << 5,  /* a number for each step of the allocation: a column of trace.csv */
    FIELD_ANY = (1 << 6) - 1
} field_shape;

/* Where a field stands, and of which drops. Bits. */
enum {
    FIELD_JSON = 1 << 0,    /* in the drop's object of results.json */
    FIELD_TABLE = 1 << 1,   /* in the CSV table of its shape */
    FIELD_JOURNAL = 1 << 2, /* in the lines of a sweep's journal: words, numbers and steps */
    FIELD_SWEEP = 1 << 3,   /* a number of the journal that sweep.csv describes */
    FIELD_PAIRED = 1 << 4,  /* its mean over paired drops, too */
    FIELD_ALWAYS = 1 << 5,  /* also of drops without its group's results */
    FIELD_COUNTED = 1 << 6, /* a count that JSON has of every drop, and tables only of drops with results */
    FIELD_IF_ANY = 1 << 7   /* left out of JSON where it is absent, not null */
};

/* {"rad2", "rad^2"}: the end of a field's name, "" for none; and the unit in words, NULL for that of the objective. */
typedef struct field_unit {
    const char *suffix, *text;
    const struct field_unit *times_mhz; /* the unit of such a number times a bandwidth in MHz; NULL: none */
} field_unit;

/* An object of a drop in results.json. */
typedef struct field_group {
    const char *key;                   /* NULL: its fields stand in tables only */
    const struct field_group *parent;  /* the object that it is a member of; NULL for the drop's own */
    const char *before, *behind;       /* parts of the names of columns: BEFORE_name_BEHIND_unit */
    bool nullable;                     /* null as a whole where it is not there, else its members are */
    bool (*there)(const cfi_record *); /* whether a drop has it */
} field_group;

/* Where the values come from: a member of cfi_record, or a function; all zero: from nowhere. */
typedef struct field_source {
    enum { SOURCE_NONE, SOURCE_WORD, SOURCE_DOUBLE, SOURCE_COUNT, SOURCE_ARRAY, SOURCE_FUNCTION } kind;
    size_t offset; /* of the member */
    double (*number)(const cfi_record *record);
    double (*element)(const cfi_record *record, size_t i); /* of user, access point, ... i */
    double (*pair)(const cfi_record *record, size_t k, size_t l);
    const char *(*word)(const cfi_record *record); /* or NULL */
} field_source;

/* How the table for a person shows a number's statistics. */
typedef struct field_shown {
    const char *label; /* NULL: not at all; with %s for the method of the allocation */
    int decimals;
    bool small;                                 /* below the last decimal it keeps two digits, as rates do */
    bool (*wanted)(const cfi_results *results); /* or NULL: whenever a drop has it */
    bool first;                                 /* above those that are not */
    int digits;                                 /* that count, whatever its size, instead of decimals; 0: no */
} field_shown;

typedef struct field {
    const char *name; /* QUANTITY of QUANTITY_UNIT and QUANTITY_std_error_UNIT */
    const field_unit *unit;
    field_shape shape;
    const field_group *group;
    field_source value, error; /* error: the standard error, if it has one */
    unsigned places;           /* FIELD_JSON and so on */
    const char *column;        /* its name in tables, where the group's rule does not give it; else NULL */
    field_shown shown;
    bool (*there)(const cfi_record *); /* of drops with the group's results, which have it; NULL: all */
} field;

extern const field field_table[];
extern const size_t field_count;

/* All objects of a drop in their order, each behind its parent; the drop's own is the first. */
extern const field_group *const field_groups[];
extern const size_t field_group_count;
/* The one that has further members besides its fields. */
extern const field_group GROUP_ALLOCATION;

/* ----------------------------------------------------------------------------- visiting ---- */

/* A field's value, or its standard error; and where the bandwidth is known, both once more in bits per second. {NULL}
 * stands before the first. */
typedef struct field_column {
    const field *field;
    bool is_error;
    bool times_mhz;       /* in the unit field->unit->times_mhz */
    double bandwidth_mhz; /* 0: unknown */
} field_column;

/* What stands before the first column of a run. */
field_column field_start(const cfi_results *results);
/* Goes on to the next value or error of one of the shapes (or-ed) in that place, in the order of the rows: a value, its
 * error, and both times the bandwidth; FIELD_SWEEP and FIELD_PAIRED have no errors. False after the last. */
bool field_next(field_column *at, unsigned shapes, unsigned place);
/* The same over the numbers of a journal's line: cfi_line.quantity[i] is that of the i-th. */
bool field_next_number(field_column *at);
/* The place of a number in cfi_line.quantity. */
size_t field_number_index(double (*number)(const cfi_record *record));

enum { FIELD_NAME_LENGTH = 80 };
/* Its key in results.json: name[_std_error][_unit]. */
void field_key(field_column column, char text[FIELD_NAME_LENGTH]);
/* Its name as a column: [before_]name[_behind][_unit] of a value, [before_]name_std_error[_unit] of an error. */
void field_column_name(field_column column, char text[FIELD_NAME_LENGTH]);
/* Its key in a journal's line: the name of its column, for steps by the rule. */
void field_line_key(field_column column, char text[FIELD_NAME_LENGTH]);
/* The unit in words; the record says that of the objective. */
const char *field_unit_text(field_column column, const cfi_record *record);

/* The word, or NULL. */
const char *field_word(const field *field, const cfi_record *record);
/* Value i (user k, access point l, pair k + K l, step; 0 of a number). NaN: absent in the place that asks. */
double field_number(field_column column, const cfi_record *record, size_t i, unsigned place);
/* The values of a field that is a member of the record and there, results.json has no other arrays but of pairs; and
 * what they have to be multiplied by. */
const double *field_array(field_column column, const cfi_record *record);
double field_factor(field_column column);
/* How many values of a shape a record has: 1, K, L, K L, steps; 0 for a word. */
size_t field_values(field_shape shape, const cfi_record *record);
/* Whether the record has the field at all; a single value may be NaN all the same. */
bool field_there(field_column column, const cfi_record *record, unsigned place);

/* Statistics over the drops of a number. CFI_NO_MEMORY. */
cfi_status field_statistics(const cfi_results *results, field_column column, cfi_statistics *statistics,
                            cfi_error *error);

#endif
