/* The rows. docs/results.md says what each field means. */
#include "report/fields.h"

#include "report/drop_values.h"
#include "report/user_rates.h"

#include <math.h>

/* -------------------------------------------------------------------------------- units ---- */

#define UNIT(end, words)                                                                                               \
    {                                                                                                                  \
        .suffix = (end), .text = (words)                                                                               \
    }
static const field_unit ONE = UNIT("", "1"), RAD2 = UNIT("rad2", "rad^2"), RAD2_DB = UNIT("db", "dB of 1 rad^2"),
                        DB = UNIT("db", "dB"), DBM = UNIT("dbm", "dBm"), WATT = UNIT("w", "W"), METRE = UNIT("m", "m"),
                        RADIAN = UNIT("rad", "rad"), DEGREE = UNIT("deg", "degrees"),
                        STD_ERRORS = UNIT("", "standard errors"), CERTIFIED = UNIT("", "bit/s/Hz"),
                        OBJECTIVE_UNIT = UNIT("", NULL),                            /* objective_unit says which */
    MBIT_S = UNIT("mbit_s", "Mbit/s"), OLD_BIT_S_HZ = UNIT("bit_s_hz", "bit/s/Hz"), /* old names */
    IN_METRES = UNIT("", "m"), /* of a group whose name ends with the unit */
    BIT_S_HZ = {.suffix = "bit_s_hz", .text = "bit/s/Hz", .times_mhz = &MBIT_S};

/* ------------------------------------------------------------------------------- groups ---- */

static bool is_there(const cfi_record *record)
{
    (void)record;
    return true;
}

static bool has_network(const cfi_record *record)
{
    return record->network;
}

static bool has_link(const cfi_record *record)
{
    return record->link;
}

static bool has_simulation(const cfi_record *record)
{
    return drop_is_ok(record) && record->has_monte_carlo;
}

static bool has_target(const cfi_record *record)
{
    return drop_is_ok(record) && record->link && record->link->turn;
}

static bool has_simulated_target(const cfi_record *record)
{
    return has_target(record) && has_simulation(record) && record->monte_carlo.crlb_own_echo_rad2;
}

static bool has_equal(const cfi_record *record)
{
    return record->equal.available;
}

static bool has_heuristic(const cfi_record *record)
{
    return record->heuristic.available;
}

static const field_group GROUP_DROP = {.there = is_there};
static const field_group GROUP_CLOSED_FORM = {
    .key = "closed_form", .parent = &GROUP_DROP, .nullable = true, .there = drop_is_ok};
static const field_group GROUP_POSITION = {
    .key = "position_error_bound_m", .parent = &GROUP_CLOSED_FORM, .nullable = true, .there = has_target};
static const field_group GROUP_LINK = {.key = "link", .parent = &GROUP_DROP, .nullable = true, .there = has_link};
static const field_group GROUP_MONTE_CARLO = {
    .key = "monte_carlo", .parent = &GROUP_DROP, .behind = "monte_carlo", .nullable = true, .there = has_simulation};
static const field_group GROUP_POSITION_MONTE_CARLO = {
    .key = "position_error_bound_m", .parent = &GROUP_MONTE_CARLO, .nullable = true, .there = has_simulated_target};
static const field_group GROUP_POSITION_ERROR = {.key = "position_error_bound_std_error_m",
                                                 .parent = &GROUP_MONTE_CARLO,
                                                 .nullable = true,
                                                 .there = has_simulated_target};
const field_group GROUP_ALLOCATION = {.key = "allocation", .parent = &GROUP_DROP, .there = drop_is_ok};
static const field_group GROUP_OBJECTIVE = {
    .key = "objective", .parent = &GROUP_ALLOCATION, .before = "objective", .there = drop_is_ok};
static const field_group GROUP_COMPARISON = {.key = "comparison", .parent = &GROUP_DROP, .there = is_there};
static const field_group GROUP_EQUAL = {
    .key = "equal", .parent = &GROUP_COMPARISON, .behind = "equal", .nullable = true, .there = has_equal};
static const field_group GROUP_HEURISTIC = {
    .key = "heuristic", .parent = &GROUP_COMPARISON, .behind = "heuristic", .nullable = true, .there = has_heuristic};
/* Tables only: what the drop has been given, and what follows from its results. */
static const field_group GROUP_NETWORK = {.there = has_network};
static const field_group GROUP_DERIVED = {.there = drop_is_ok};

const field_group *const field_groups[] = {&GROUP_DROP,           &GROUP_LINK,        &GROUP_CLOSED_FORM,
                                           &GROUP_POSITION,       &GROUP_MONTE_CARLO, &GROUP_POSITION_MONTE_CARLO,
                                           &GROUP_POSITION_ERROR, &GROUP_ALLOCATION,  &GROUP_OBJECTIVE,
                                           &GROUP_COMPARISON,     &GROUP_EQUAL,       &GROUP_HEURISTIC};
const size_t field_group_count = sizeof field_groups / sizeof(const field_group *);

/* ------------------------------------------------------------ values that are no members ---- */

static const char *word_of_status(const cfi_record *record)
{
    return drop_status_name(record->status);
}

static const char *word_of_method(const cfi_record *record)
{
    return method_name(record->allocation.method);
}

static const char *word_of_allocation_status(const cfi_record *record)
{
    return alloc_status_name(record->allocation.status);
}

static const char *word_of_objective(const cfi_record *record)
{
    return record->allocation.objective.name;
}

static const char *word_of_objective_unit(const cfi_record *record)
{
    return record->allocation.objective.unit;
}

static const char *word_of_link(const cfi_record *record)
{
    return record->link->kind;
}

static double error_of_link(const cfi_record *record)
{
    return record->link->largest_relative_std_error;
}

/* ------------------------------------------------------------- rows of the printed table ---- */

static bool is_iterated(const cfi_results *results)
{
    return scenario_system(results->scenario)->allocation.method == CFI_METHOD_SCA;
}

/* Whether powers are optimised for something else than the sum rate; splits, which are compared by that, are then
 * beside the point. */
static bool has_other_objective(const cfi_results *results)
{
    return is_iterated(results) && scenario_system(results->scenario)->allocation.objective != CFI_SUM_RATE;
}

static bool is_after_sum_rate(const cfi_results *results)
{
    return !has_other_objective(results);
}

/* The rate formula that the scenario does not use says something only where the two differ. */
static bool shows_other_form(const cfi_results *results, cfi_rate_model other)
{
    return scenario_system(results->scenario)->rate_model != other && drops_forms_differ(results);
}

/* With fewer users 5 % of them are hardly more than the weakest one. */
static bool has_many_users(const cfi_results *results)
{
    return scenario_system(results->scenario)->K >= 20;
}

/* Whether somebody asked for detection. */
static bool shows_detection(const cfi_results *results)
{
    return detection_is_fused(scenario_system(results->scenario));
}

static bool shows_theorem1(const cfi_results *results)
{
    return shows_other_form(results, CFI_RATE_THEOREM1);
}

static bool shows_exact(const cfi_results *results)
{
    return shows_other_form(results, CFI_RATE_EXACT);
}

/* -------------------------------------------------------------------------------- the rows ---- */

/* clang-format off */
#define MEMBER_KIND(member)                                                                                            \
    _Generic(member, double: SOURCE_DOUBLE, size_t: SOURCE_COUNT, double *: SOURCE_ARRAY, const double *: SOURCE_ARRAY,\
             const char *: SOURCE_WORD)
/* clang-format on */
#define MEMBER(member)                                                                                                 \
    {                                                                                                                  \
        .kind = MEMBER_KIND(((cfi_record *)NULL)->member), .offset = offsetof(cfi_record, member)                      \
    }
#define NUMBER(function)                                                                                               \
    {                                                                                                                  \
        .kind = SOURCE_FUNCTION, .number = (function)                                                                  \
    }
#define ELEMENT(function)                                                                                              \
    {                                                                                                                  \
        .kind = SOURCE_FUNCTION, .element = (function)                                                                 \
    }
#define PAIR(function)                                                                                                 \
    {                                                                                                                  \
        .kind = SOURCE_FUNCTION, .pair = (function)                                                                    \
    }
#define WORD(function)                                                                                                 \
    {                                                                                                                  \
        .kind = SOURCE_FUNCTION, .word = (function)                                                                    \
    }

enum {
    EVERYWHERE = FIELD_JSON | FIELD_TABLE | FIELD_JOURNAL,
    TABLES = FIELD_TABLE | FIELD_JOURNAL,
    OUTSIDE_SWEEPS = FIELD_JSON | FIELD_TABLE, /* numbers of every user or access point: replay gives them again */
    SWEPT = EVERYWHERE | FIELD_SWEEP,
    COMPARED = SWEPT | FIELD_PAIRED,
};

/* clang-format off */
const field field_table[] = {
    /* the drop: words, then the columns of drops.csv */
    {.name = "status", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_DROP,
     .value = WORD(word_of_status), .places = EVERYWHERE | FIELD_ALWAYS},
    {.name = "failure", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_DROP,
     .value = MEMBER(failure), .places = FIELD_JSON | FIELD_IF_ANY},
    {.name = "method", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_ALLOCATION,
     .value = WORD(word_of_method), .places = EVERYWHERE | FIELD_ALWAYS},
    {.name = "status", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_ALLOCATION,
     .value = WORD(word_of_allocation_status), .places = EVERYWHERE | FIELD_ALWAYS, .column = "allocation_status"},
    {.name = "stop_reason", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.stop_reason), .places = EVERYWHERE | FIELD_ALWAYS},
    {.name = "sum_rate", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = NUMBER(drop_sum_rate), .places = COMPARED,
     .shown = {.label = "sum rate, %s", .decimals = 4, .wanted = is_iterated}},
    {.name = "sum_rate_theorem1", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_CLOSED_FORM,
     .value = NUMBER(drop_sum_rate_theorem1), .places = SWEPT,
     .shown = {.label = "sum rate, theorem 1", .decimals = 4, .wanted = shows_theorem1}},
    {.name = "sum_rate_exact", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_CLOSED_FORM,
     .value = NUMBER(drop_sum_rate_exact), .places = SWEPT,
     .shown = {.label = "sum rate, exact form", .decimals = 4, .wanted = shows_exact}},
    {.name = "sum_rate", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = NUMBER(drop_sum_rate_monte_carlo), .error = NUMBER(drop_sum_rate_std_error), .places = COMPARED,
     .shown = {.label = "sum rate, Monte Carlo", .decimals = 4}},
    {.name = "sum_rate_z", .unit = &STD_ERRORS, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_sum_rate_z), .places = TABLES},
    {.name = "sum_rate", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_EQUAL,
     .value = MEMBER(equal.sum_rate_bit_s_hz), .places = COMPARED,
     .shown = {.label = "sum rate, equal", .decimals = 4, .wanted = is_after_sum_rate, .first = true}},
    {.name = "sum_rate", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_HEURISTIC,
     .value = MEMBER(heuristic.sum_rate_bit_s_hz), .places = COMPARED,
     .shown = {.label = "sum rate, heuristic", .decimals = 4, .wanted = is_after_sum_rate, .first = true}},
    {.name = "least_user_rate", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(user_rates_least), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "user rate, least", .decimals = 4}},
    {.name = "user_rate_p05", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(user_rates_p05), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "user rate, 5 %%", .decimals = 4, .wanted = has_many_users}},
    {.name = "user_rate_p50", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(user_rates_p50), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "user rate, median", .decimals = 4, .wanted = has_many_users}},
    {.name = "user_rate_p95", .unit = &BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(user_rates_p95), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "user rate, 95 %%", .decimals = 4, .wanted = has_many_users}},
    {.name = "worst_crlb", .unit = &RAD2, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_worst_crlb), .places = TABLES},
    {.name = "worst_crlb", .unit = &RAD2_DB, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_worst_crlb_db), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "worst bound, dB of 1 rad^2", .decimals = 4}},
    {.name = "worst_angle_error", .unit = &RAD2_DB, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_worst_angle_error_db), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "worst ML angle, dB of 1 rad^2", .decimals = 4}},
    {.name = "mean_angle_rmse", .unit = &RADIAN, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_mean_angle_rmse), .places = TABLES | FIELD_SWEEP},
    {.name = "position_rmse", .unit = &METRE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.position_rmse_m), .error = MEMBER(monte_carlo.position_rmse_std_error_m),
     .places = SWEPT, .column = "position_rmse_m", .shown = {.label = "position error of ML, m", .decimals = 4, .small = true}},
    {.name = "estimator_trials", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.estimator_trials), .places = FIELD_JSON | FIELD_TABLE, .there = drop_has_estimates,
     .column = "estimator_trials"},
    {.name = "total_power", .unit = &WATT, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_total_power), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "radiated power, W", .digits = 5, .wanted = has_other_objective}},
    {.name = "total_power", .unit = &DBM, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_total_power_dbm), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "the same, dBm", .decimals = 4, .wanted = has_other_objective}},
    {.name = "sensing_power_share", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_sensing_share), .places = TABLES | FIELD_SWEEP},
    {.name = "iterations", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.iterations), .places = SWEPT | FIELD_COUNTED,
     .shown = {.label = "iterations", .decimals = 1, .wanted = is_iterated}},
    {.name = "starts", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.starts), .places = EVERYWHERE | FIELD_COUNTED},
    {.name = "name", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_OBJECTIVE,
     .value = WORD(word_of_objective), .places = FIELD_JSON | FIELD_ALWAYS},
    {.name = "unit", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_OBJECTIVE,
     .value = WORD(word_of_objective_unit), .places = EVERYWHERE | FIELD_ALWAYS},
    {.name = "value", .unit = &OBJECTIVE_UNIT, .shape = FIELD_NUMBER, .group = &GROUP_OBJECTIVE,
     .value = NUMBER(drop_objective), .places = SWEPT, .shown = {.digits = 6}},
    {.name = "dual_value", .unit = &OBJECTIVE_UNIT, .shape = FIELD_NUMBER, .group = &GROUP_OBJECTIVE,
     .value = NUMBER(drop_objective_dual), .places = EVERYWHERE},
    {.name = "spread", .unit = &OBJECTIVE_UNIT, .shape = FIELD_NUMBER, .group = &GROUP_OBJECTIVE,
     .value = NUMBER(drop_spread), .places = EVERYWHERE},
    {.name = "max_constraint_violation", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = NUMBER(drop_violation), .places = EVERYWHERE},
    {.name = "least_threshold_factor", .unit = &DB, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = NUMBER(drop_threshold_factor_db), .places = EVERYWHERE | FIELD_ALWAYS},
    {.name = "least_feasible_threshold", .unit = &RAD2_DB, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_least_threshold_db), .places = TABLES | FIELD_ALWAYS},
    {.name = "realizations", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.realizations), .places = EVERYWHERE, .column = "realizations"},
    {.name = "kind", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_LINK,
     .value = WORD(word_of_link), .places = FIELD_JSON},
    {.name = "largest_relative_std_error", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_LINK,
     .value = NUMBER(error_of_link), .places = FIELD_JSON},
    {.name = "broken_starts", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.broken_starts), .places = FIELD_JSON | FIELD_COUNTED},
    {.name = "solver", .unit = &ONE, .shape = FIELD_TEXT, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.solver), .places = FIELD_JSON | FIELD_ALWAYS},
    {.name = "upper_bound", .unit = &CERTIFIED, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.certificate.upper_bound), .places = SWEPT | FIELD_IF_ANY, .there = drop_is_certified,
     .shown = {.label = "proved bound, bit/s/Hz", .decimals = 4}},
    {.name = "gap", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.certificate.gap), .places = SWEPT | FIELD_IF_ANY, .there = drop_is_certified,
     .shown = {.label = "its gap to the sum rate", .digits = 3}},
    {.name = "nodes", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.certificate.nodes), .places = SWEPT | FIELD_IF_ANY, .there = drop_is_certified,
     .shown = {.label = "boxes of the proof", .decimals = 1}},
    {.name = "largest_step_gap", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.largest_step_gap), .places = FIELD_JSON},
    {.name = "fallback_steps", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.fallback_steps), .places = FIELD_JSON | FIELD_COUNTED},
    {.name = "worst_crlb", .unit = &RAD2, .shape = FIELD_NUMBER, .group = &GROUP_EQUAL,
     .value = MEMBER(equal.worst_crlb_rad2), .places = FIELD_JSON},
    {.name = "max_constraint_violation", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_EQUAL,
     .value = MEMBER(equal.max_constraint_violation), .places = FIELD_JSON},
    {.name = "worst_crlb", .unit = &RAD2, .shape = FIELD_NUMBER, .group = &GROUP_HEURISTIC,
     .value = MEMBER(heuristic.worst_crlb_rad2), .places = FIELD_JSON},
    {.name = "max_constraint_violation", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_HEURISTIC,
     .value = MEMBER(heuristic.max_constraint_violation), .places = FIELD_JSON},
    {.name = "own_echo", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION,
     .value = MEMBER(closed_form.position.own_echo_m), .places = SWEPT, .column = "position_error_bound_own_echo_m",
     .shown = {.label = "position bound, own echo, m", .decimals = 4, .small = true}, .there = has_target},
    {.name = "noncoherent", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION,
     .value = MEMBER(closed_form.position.noncoherent_m), .places = SWEPT,
     .column = "position_error_bound_noncoherent_m",
     .shown = {.label = "the same, non-coherent, m", .decimals = 4, .small = true}, .there = has_target},
    {.name = "multistatic", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION,
     .value = MEMBER(closed_form.position.multistatic_m), .places = EVERYWHERE,
     .column = "position_error_bound_multistatic_m", .there = has_target},
    {.name = "own_echo", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_MONTE_CARLO,
     .value = MEMBER(monte_carlo.position.own_echo_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_own_echo_monte_carlo_m"},
    {.name = "own_echo", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_ERROR,
     .value = MEMBER(monte_carlo.position_std_error.own_echo_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_own_echo_std_error_m"},
    {.name = "noncoherent", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_MONTE_CARLO,
     .value = MEMBER(monte_carlo.position.noncoherent_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_noncoherent_monte_carlo_m"},
    {.name = "noncoherent", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_ERROR,
     .value = MEMBER(monte_carlo.position_std_error.noncoherent_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_noncoherent_std_error_m"},
    {.name = "multistatic", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_MONTE_CARLO,
     .value = MEMBER(monte_carlo.position.multistatic_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_multistatic_monte_carlo_m"},
    {.name = "multistatic", .unit = &IN_METRES, .shape = FIELD_NUMBER, .group = &GROUP_POSITION_ERROR,
     .value = MEMBER(monte_carlo.position_std_error.multistatic_m), .places = OUTSIDE_SWEEPS,
     .column = "position_error_bound_multistatic_std_error_m"},
    {.name = "least_detection_probability", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_least_detection), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "least detection, by own echo", .decimals = 4, .small = true, .wanted = shows_detection}},
    {.name = "mean_detection_probability", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_DERIVED,
     .value = NUMBER(drop_mean_detection), .places = TABLES | FIELD_SWEEP,
     .shown = {.label = "mean detection, by own echo", .decimals = 4, .small = true, .wanted = shows_detection}},
    {.name = "detection_probability_fused", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.detection_probability_fused), .places = SWEPT, .there = drop_has_detection,
     .shown = {.label = "detection, fused", .decimals = 4, .small = true}},
    {.name = "detection_probability_fused", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.detection_probability_fused),
     .error = MEMBER(monte_carlo.detection_probability_fused_std_error), .places = SWEPT, .there = drop_has_detection,
     .shown = {.label = "the same, Monte Carlo", .decimals = 4, .small = true}},
    {.name = "false_alarm_probability_fused", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.false_alarm_probability_fused),
     .error = MEMBER(monte_carlo.false_alarm_probability_fused_std_error), .places = EVERYWHERE,
     .there = drop_has_detection},
    {.name = "users_without_rate", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = NUMBER(user_rates_without), .places = SWEPT},

    /* users */
    {.name = "x", .unit = &METRE, .shape = FIELD_USERS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ue_x), .places = FIELD_TABLE},
    {.name = "y", .unit = &METRE, .shape = FIELD_USERS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ue_y), .places = FIELD_TABLE},
    {.name = "pilot", .unit = &ONE, .shape = FIELD_USERS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ue_pilot), .places = FIELD_TABLE},
    {.name = "rate_theorem1", .unit = &BIT_S_HZ, .shape = FIELD_USERS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.rate_theorem1_bit_s_hz), .places = OUTSIDE_SWEEPS},
    {.name = "rate_exact", .unit = &BIT_S_HZ, .shape = FIELD_USERS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.rate_exact_bit_s_hz), .places = OUTSIDE_SWEEPS},
    {.name = "rate", .unit = &BIT_S_HZ, .shape = FIELD_USERS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.rate_bit_s_hz), .error = MEMBER(monte_carlo.rate_std_error), .places = OUTSIDE_SWEEPS},

    /* access points */
    {.name = "x", .unit = &METRE, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_x), .places = FIELD_TABLE},
    {.name = "y", .unit = &METRE, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_y), .places = FIELD_TABLE},
    {.name = "angle", .unit = &DEGREE, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_angle), .places = FIELD_TABLE},
    {.name = "range", .unit = &METRE, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_range), .places = FIELD_TABLE},
    {.name = "bearing", .unit = &DEGREE, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_bearing), .places = FIELD_TABLE},
    {.name = "ap_power", .unit = &WATT, .shape = FIELD_APS, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.ap_power_w), .places = OUTSIDE_SWEEPS, .column = "power_w"},
    {.name = "sensing_powers", .unit = &WATT, .shape = FIELD_APS, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.powers.s), .places = OUTSIDE_SWEEPS, .column = "sensing_power_w"},
    {.name = "crlb_threshold", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_NETWORK,
     .value = ELEMENT(drop_ap_threshold), .places = FIELD_TABLE},
    {.name = "crlb_own_echo", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.crlb_own_echo_rad2), .places = OUTSIDE_SWEEPS},
    {.name = "crlb_multistatic", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.crlb_multistatic_rad2), .places = OUTSIDE_SWEEPS},
    {.name = "crlb_own_echo", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_own_echo_rad2), .error = MEMBER(monte_carlo.crlb_own_echo_std_error),
     .places = OUTSIDE_SWEEPS},
    {.name = "crlb_own_echo_block_mean", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_own_echo_block_mean_rad2),
     .error = MEMBER(monte_carlo.crlb_own_echo_block_mean_std_error), .places = FIELD_JSON},
    {.name = "crlb_multistatic", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_multistatic_rad2), .error = MEMBER(monte_carlo.crlb_multistatic_std_error),
     .places = OUTSIDE_SWEEPS},
    {.name = "angle_rmse", .unit = &RADIAN, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.angle_rmse_rad), .error = MEMBER(monte_carlo.angle_rmse_std_error_rad),
     .places = OUTSIDE_SWEEPS, .column = "angle_rmse_rad"},
    {.name = "crlb_noncoherent", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.crlb_noncoherent_rad2), .places = OUTSIDE_SWEEPS},
    {.name = "crlb_noncoherent", .unit = &RAD2, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_noncoherent_rad2), .error = MEMBER(monte_carlo.crlb_noncoherent_std_error),
     .places = OUTSIDE_SWEEPS},
    {.name = "echo_snr", .unit = &ONE, .shape = FIELD_APS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.echo_snr), .places = OUTSIDE_SWEEPS},
    {.name = "detection_probability", .unit = &ONE, .shape = FIELD_APS, .group = &GROUP_CLOSED_FORM,
     .value = MEMBER(closed_form.detection_probability), .places = OUTSIDE_SWEEPS},
    {.name = "detection_probability", .unit = &ONE, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.detection_probability),
     .error = MEMBER(monte_carlo.detection_probability_std_error), .places = OUTSIDE_SWEEPS},

    /* pairs of a user and an access point */
    {.name = "powers", .unit = &WATT, .shape = FIELD_PAIRS, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.powers.p), .places = FIELD_JSON},
    {.name = "gamma", .unit = &ONE, .shape = FIELD_PAIRS, .group = &GROUP_ALLOCATION,
     .value = PAIR(drop_gamma), .places = FIELD_JSON, .there = drop_has_factors},
    {.name = "eta", .unit = &ONE, .shape = FIELD_PAIRS, .group = &GROUP_ALLOCATION,
     .value = PAIR(drop_eta), .places = FIELD_JSON, .there = drop_has_factors},

    /* steps of the allocation */
    {.name = "trace", .unit = &OBJECTIVE_UNIT, .shape = FIELD_STEPS, .group = &GROUP_OBJECTIVE,
     .value = MEMBER(allocation.objective.trace), .places = EVERYWHERE, .column = "objective_value"},

    /* Names of 0.1.0, written for one more version. */
    {.name = "spread", .unit = &OLD_BIT_S_HZ, .shape = FIELD_NUMBER, .group = &GROUP_ALLOCATION,
     .value = NUMBER(drop_spread), .places = FIELD_JSON | FIELD_TABLE},
    {.name = "trace", .unit = &OLD_BIT_S_HZ, .shape = FIELD_STEPS, .group = &GROUP_ALLOCATION,
     .value = MEMBER(allocation.objective.trace), .places = FIELD_JSON | FIELD_TABLE, .column = "sum_rate_bit_s_hz"},
    {.name = "sum_rate_std_error", .unit = &ONE, .shape = FIELD_NUMBER, .group = &GROUP_MONTE_CARLO,
     .value = NUMBER(drop_sum_rate_std_error), .places = FIELD_JSON},
    {.name = "rate_std_error", .unit = &ONE, .shape = FIELD_USERS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.rate_std_error), .places = FIELD_JSON},
    {.name = "crlb_own_echo_std_error", .unit = &ONE, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_own_echo_std_error), .places = FIELD_JSON},
    {.name = "crlb_multistatic_std_error", .unit = &ONE, .shape = FIELD_APS, .group = &GROUP_MONTE_CARLO,
     .value = MEMBER(monte_carlo.crlb_multistatic_std_error), .places = FIELD_JSON},
};
/* clang-format on */
const size_t field_count = sizeof field_table / sizeof *field_table;
