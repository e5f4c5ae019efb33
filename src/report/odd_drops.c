/* Drops that are not simply good. */
#include "report/odd_drops.h"

#include "report/drop_values.h"
#include "report/user_rates.h"

#include <math.h>
#include <string.h>

static const double VIOLATION = 1e-6, DIFFERENCE = 1e-6;

bool odd_violation(double relative)
{
    return relative > VIOLATION;
}

double drop_allowed_difference(const cfi_record *record)
{
    return fmax(DIFFERENCE, record->network->system->allocation.tolerance);
}

bool drop_solvers_differ(const cfi_record *record)
{
    return record->check.available && !(record->check.relative_difference <= drop_allowed_difference(record));
}

bool drop_stopped_at_limit(const cfi_record *record)
{
    return record->status == CFI_DROP_OK && record->allocation.status == CFI_ALLOC_ITERATION_LIMIT;
}

bool drop_broke_down(const cfi_record *record)
{
    return record->status == CFI_DROP_OK && record->allocation.status == CFI_ALLOC_INACCURATE &&
           strcmp(record->allocation.stop_reason, "solver_inaccurate") != 0;
}

bool drop_is_inaccurate(const cfi_record *record)
{
    return record->status == CFI_DROP_OK && record->allocation.status == CFI_ALLOC_INACCURATE &&
           !drop_broke_down(record);
}

bool drop_left_starts_out(const cfi_record *record)
{
    return record->status == CFI_DROP_OK && record->allocation.broken_starts > 0 && !drop_broke_down(record);
}

bool drop_violates(const cfi_record *record)
{
    return odd_violation(drop_violation(record));
}

bool drop_is_far_from_simulation(const cfi_record *record)
{
    return fabs(drop_sum_rate_z(record)) > ODD_STD_ERRORS;
}

bool drop_has_infinite_bound(const cfi_record *record)
{
    return isinf(drop_worst_crlb(record));
}

bool drop_has_line_of_echoes(const cfi_record *record)
{
    return drop_is_ok(record) && isinf(record->closed_form.position.own_echo_m);
}

bool drop_has_line_of_angles(const cfi_record *record)
{
    return drop_is_ok(record) && isinf(record->closed_form.position.noncoherent_m);
}

/* ------------------------------------------------------------------------------ the kinds ---- */

static bool failed(const cfi_record *record)
{
    return record->status == CFI_DROP_FAILED;
}

static bool is_infeasible(const cfi_record *record)
{
    return record->status == CFI_DROP_INFEASIBLE;
}

static bool has_inaccurate_point(const cfi_record *record)
{
    return drop_is_inaccurate(record) || drop_broke_down(record);
}

static bool is_unproved(const cfi_record *record)
{
    return drop_is_ok(record) && drop_is_certified(record) && record->allocation.status != CFI_ALLOC_OPTIMAL;
}

static bool leaves_users(const cfi_record *record)
{
    return user_rates_without(record) > 0.0;
}

static bool has_infinite_position(const cfi_record *record)
{
    return drop_has_line_of_echoes(record) || drop_has_line_of_angles(record);
}

static const char *what_broke_down(const cfi_record *record, char buffer[INFEASIBLE_LENGTH])
{
    (void)buffer;
    return record->failure;
}

static const char *what_is_infeasible(const cfi_record *record, char buffer[INFEASIBLE_LENGTH])
{
    infeasible_describe(&record->allocation.because, buffer);
    return record->allocation.because.constraint != CFI_CONSTRAINT_NONE ? buffer : NULL;
}

/* clang-format off */
const odd_kind odd_kinds[] = {
    {.name = "failed", .holds = failed, .cause = what_broke_down, .where = "failure"},
    {.name = "infeasible", .holds = is_infeasible, .cause = what_is_infeasible,
     .where = "allocation.infeasible_because"},
    {.name = "inaccurate", .holds = has_inaccurate_point, .cause = what_broke_down, .where = "failure"},
    {.name = "iteration_limit", .holds = drop_stopped_at_limit},
    {.name = "starts broke down", .holds = drop_left_starts_out},
    {.name = "not proved optimal", .holds = is_unproved},
    {.name = "two solvers differ", .holds = drop_solvers_differ},
    {.name = "constraints violated", .holds = drop_violates},
    {.name = "users without rate", .holds = leaves_users},
    {.name = "far from Monte Carlo", .holds = drop_is_far_from_simulation},
    {.name = "infinite bound", .holds = drop_has_infinite_bound},
    {.name = "infinite position bound", .holds = has_infinite_position},
};
/* clang-format on */
const size_t odd_kind_count = sizeof odd_kinds / sizeof *odd_kinds;
