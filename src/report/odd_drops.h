/* Drops that are not simply good: those that failed, are infeasible, or are odd in some way, which is told of them. */
#ifndef CFISAC_REPORT_ODD_DROPS_H
#define CFISAC_REPORT_ODD_DROPS_H

#include "report/infeasible.h"

/* A way to be odd, a row of odd_kinds. */
typedef struct odd_kind {
    const char *name;
    bool (*holds)(const cfi_record *record);
    /* why, in words, which may be in `buffer`; NULL: the kind says it all, or nothing is known of the drop */
    const char *(*cause)(const cfi_record *record, char buffer[INFEASIBLE_LENGTH]);
    const char *where; /* the key of results.json that has the cause; NULL where there is none */
} odd_kind;
extern const odd_kind odd_kinds[];
extern const size_t odd_kind_count;

/* Relative violations of constraints from here on are told: an iterated allocation meets its constraints far more
 * closely, a split may break them openly. */
bool odd_violation(double relative);

/* How far the two solvers of a drop may be apart (--check), relative; whether they are farther. */
double drop_allowed_difference(const cfi_record *record);
bool drop_solvers_differ(const cfi_record *record);

bool drop_stopped_at_limit(const cfi_record *record);
/* With a point that a step failed to improve. */
bool drop_broke_down(const cfi_record *record);
/* A step was solved to reduced accuracy only. */
bool drop_is_inaccurate(const cfi_record *record);
/* Some of its starts broke down, but the one that won did not. */
bool drop_left_starts_out(const cfi_record *record);
bool drop_violates(const cfi_record *record);
/* The sum rate, by more than ODD_STD_ERRORS. */
enum { ODD_STD_ERRORS = 5 };
bool drop_is_far_from_simulation(const cfi_record *record);
bool drop_has_infinite_bound(const cfi_record *record);
/* What is known about the target, by its echoes or its angles, lies along one line. */
bool drop_has_line_of_echoes(const cfi_record *record);
bool drop_has_line_of_angles(const cfi_record *record);

#endif
