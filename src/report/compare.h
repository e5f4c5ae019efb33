/* Two directories of results of the same drops, compared drop by drop. */
#ifndef CFISAC_REPORT_COMPARE_H
#define CFISAC_REPORT_COMPARE_H

#include "cfisac/report.h"

#include <cJSON.h>

/* Names of what is compared. */
enum { MOST_COMPARED = 8, COMPARED_NAME_LENGTH = 80 };
typedef struct compared_keys {
    char name[MOST_COMPARED][COMPARED_NAME_LENGTH];
    size_t count;
    bool asked; /* by --key: it must be there */
} compared_keys;

/* A drop of a place: of a point of a sweep, of a position of a frontier, of a run. */
typedef struct compared_row {
    size_t place; /* index into the places of its input */
    uint32_t drop;
    double value[MOST_COMPARED]; /* NaN: it has none */
} compared_row;

/* What one directory holds. */
typedef struct compared_input {
    const char *directory; /* borrowed */
    cJSON *scenario;       /* its object */
    char **place;          /* "network.aps=8", "position 0.5", "" */
    size_t places;
    compared_row *row;
    size_t rows, room;
    bool has[MOST_COMPARED]; /* which keys its drops have */
} compared_input;

/* A kind of results: the file that tells that it is there, where its scenario is, and the reading of its drops. */
typedef struct compared_kind {
    const char *noun, *file, *scenario_file, *table;
    /* The names of what is compared where nobody says; of a frontier, of what is traded. */
    cfi_status (*name_keys)(const char *directory, compared_keys *keys, cfi_error *error);
    cfi_status (*read)(FILE *stream, const char *path, const compared_keys *keys, compared_input *input,
                       cfi_error *error);
} compared_kind;
extern const compared_kind compared_kinds[];
extern const size_t compared_kind_count;

/* Adds a drop; values are its keys'. CFI_NO_MEMORY. */
cfi_status compared_add(compared_input *input, const char *place, uint32_t drop, const double *value, cfi_error *error);

/* Whether two scenarios draw the same drops. CFI_INVALID names the key that says otherwise. */
cfi_status compared_check_drops(const compared_input *first, const compared_input *second, cfi_error *error);
/* Appends "key (3, 4)" for the keys in which they differ, at most `most`; returns how many differ. */
size_t compared_differences(const compared_input *first, const compared_input *second, size_t most, FILE *stream);

/* A key over the pairs of a place. */
typedef struct compared_pairs {
    cfi_statistics first, second, difference; /* second minus first */
    size_t left_out;                          /* drops of both that lack it in one */
    bool equal;                               /* there are pairs, and no difference but rounding */
} compared_pairs;

/* Numbers of a pair that differ by no more than this share of the largest of their row are equal: two ways to add up
 * the same terms, and two builds, leave less, iterations more. */
#define COMPARED_ROUNDING 1e-12

struct cfi_comparison {
    const compared_kind *kind;
    compared_keys keys;
    compared_input first, second;
    size_t places;         /* that both have */
    size_t *of_first;      /* places of them: which of the first's each is */
    compared_pairs *pairs; /* places x keys.count */
    size_t lone_places, lone_drops;
};

#endif
