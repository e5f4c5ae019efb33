/* The settings: their defaults, and the one place that says which values they may have. */
#include "socp/constants.h"
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>

socp_settings socp_default_settings(void)
{
    return (socp_settings){.max_iterations = DEFAULT_ITERATIONS,
                           .tolerance = DEFAULT_TOLERANCE,
                           .accepted_tolerance = DEFAULT_ACCEPTED,
                           .reduced_tolerance = DEFAULT_REDUCED,
                           .max_refinements = DEFAULT_REFINEMENTS,
                           .time_limit_seconds = INFINITY};
}

/* The three tolerances: numbers between 0 and 1, each at least as large as the one before. */
static cfi_status check_tolerances(const socp_settings *settings, cfi_error *error)
{
    const char *const names[] = {"tolerance", "accepted_tolerance", "reduced_tolerance"};
    const double values[] = {settings->tolerance, settings->accepted_tolerance, settings->reduced_tolerance};

    for (size_t i = 0; i < 3; i++) {
        if (!(values[i] > 0.0 && values[i] < 1.0)) {
            return error_set(error, CFI_INVALID,
                             "cone solver's setting %s: %g (allowed: greater than 0 and less than 1)", names[i],
                             values[i]);
        }
        if (i > 0 && values[i] < values[i - 1]) {
            return error_set(error, CFI_INVALID, "cone solver's setting %s: %g (allowed: at least %s, which is %g)",
                             names[i], values[i], names[i - 1], values[i - 1]);
        }
    }
    return CFI_OK;
}

static cfi_status check_count(const char *name, size_t value, size_t least, size_t most, cfi_error *error)
{
    return value >= least && value <= most
               ? CFI_OK
               : error_set(error, CFI_INVALID, "cone solver's setting %s: %zu (allowed: %zu .. %zu)", name, value,
                           least, most);
}

cfi_status settings_check(const socp_settings *settings, cfi_error *error)
{
    cfi_status status = check_count("max_iterations", settings->max_iterations, 1, MOST_ITERATIONS, error);

    if (status == CFI_OK) {
        status = check_count("max_refinements", settings->max_refinements, 0, MOST_REFINEMENTS, error);
    }
    if (status == CFI_OK) {
        status = check_tolerances(settings, error);
    }
    if (status == CFI_OK && !(settings->time_limit_seconds > 0.0)) {
        return error_set(error, CFI_INVALID,
                         "cone solver's setting time_limit_seconds: %g (allowed: greater than 0; INFINITY: no limit)",
                         settings->time_limit_seconds);
    }
    return status;
}

cfi_status socp_set_time_limit(socp_workspace *workspace, double seconds, cfi_error *error)
{
    socp_settings settings = workspace->settings;

    settings.time_limit_seconds = seconds;
    if (settings_check(&settings, error) != CFI_OK) {
        return CFI_INVALID;
    }
    workspace->settings = settings;
    return CFI_OK;
}
