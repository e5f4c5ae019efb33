/* scenario: what the user asks for. Reads and validates the JSON scenario (docs/scenario.md lists
 * every key), fills in defaults, and converts it to a cfi_system in SI linear units. The only room,
 * with report, where _db, _dbm and _deg exist. */
#ifndef CFISAC_SCENARIO_H
#define CFISAC_SCENARIO_H

#include "cfisac/base.h"

#include <complex.h>
#include <stdio.h>

/* The rows of two tables, each stated here and nowhere else: constant, word of the scenario's key, name of the row; of
 * a model of propagation also what it needs besides distances (NOTHING or CARRIER). X(LOG_DISTANCE, log_distance,
 * NOTHING) is CFI_PROPAGATION_LOG_DISTANCE, the word "log_distance" of propagation.model and the row
 * propagation_log_distance in src/network/propagation_log_distance.c; X(MR, mr) is CFI_PRECODER_MR, "mr" of
 * precoding.kind and precoder_mr in src/channel/precoder_mr.c. */
#define CFI_PROPAGATION_MODELS(X)                                                                                      \
    X(LOG_DISTANCE, log_distance, NOTHING)                                                                             \
    X(THREE_SLOPE, three_slope, NOTHING)                                                                               \
    X(TR38901_UMI, tr38901_umi, CARRIER)                                                                               \
    X(TR38901_UMA, tr38901_uma, CARRIER)                                                                               \
    X(TR38901_INH, tr38901_inh, CARRIER)
#define CFI_PRECODERS(X) X(MR, mr) X(ZF, zf) X(RZF, rzf) X(LP_MMSE, lp_mmse)

#define CFI_PROPAGATION_CONSTANT(constant, word, needs) CFI_PROPAGATION_##constant,
#define CFI_PRECODER_CONSTANT(constant, word)           CFI_PRECODER_##constant,
typedef enum { CFI_PROPAGATION_MODELS(CFI_PROPAGATION_CONSTANT) CFI_PROPAGATION_COUNT } cfi_propagation_kind;
typedef enum { CFI_PRECODERS(CFI_PRECODER_CONSTANT) CFI_PRECODER_COUNT } cfi_precoder_kind;
typedef enum { CFI_SHADOWING_NONE, CFI_SHADOWING_USERS, CFI_SHADOWING_BOTH } cfi_shadowing_correlation;
typedef enum { CFI_FADING_UNCORRELATED, CFI_FADING_LOCAL_SCATTERING } cfi_fading_correlation;
/* In the order of the words of fading.rician_factor_db, behind null and a number. */
typedef enum { CFI_RICIAN_NONE, CFI_RICIAN_NUMBER, CFI_RICIAN_DISTANCE, CFI_RICIAN_LOS } cfi_rician;
typedef enum { CFI_PLACEMENT_REJECT, CFI_PLACEMENT_CLAMP, CFI_PLACEMENT_NONE } cfi_placement;
typedef enum { CFI_PILOTS_CYCLIC, CFI_PILOTS_RANDOM, CFI_PILOTS_GREEDY, CFI_PILOTS_EXPLICIT } cfi_pilot_assignment;
typedef enum { CFI_PILOT_NOISE_COMM, CFI_PILOT_NOISE_SENSING } cfi_pilot_noise;
typedef enum { CFI_CLUSTERS_ALL, CFI_CLUSTERS_STRONGEST, CFI_CLUSTERS_DCC } cfi_cluster_mode;
typedef enum { CFI_RATE_THEOREM1, CFI_RATE_EXACT } cfi_rate_model;
typedef enum { CFI_GEOMETRY_ANGLES, CFI_GEOMETRY_TARGET } cfi_sensing_geometry;
typedef enum { CFI_ECHO_CONSTANT, CFI_ECHO_DISTANCE, CFI_ECHO_RADAR } cfi_echo;
typedef enum { CFI_CRLB_OWN_ECHO, CFI_CRLB_MULTISTATIC, CFI_CRLB_NONCOHERENT } cfi_crlb_model;
typedef enum { CFI_INFORMATION_AVERAGED, CFI_INFORMATION_BLOCK } cfi_information_kind;
typedef enum { CFI_ESTIMATOR_NONE, CFI_ESTIMATOR_ML } cfi_estimator;
typedef enum { CFI_MC_BOUNDS_ALL, CFI_MC_BOUNDS_OWN_ECHO, CFI_MC_BOUNDS_NONE } cfi_mc_bounds;
typedef enum {
    CFI_METHOD_NONE,
    CFI_METHOD_EQUAL,
    CFI_METHOD_HEURISTIC,
    CFI_METHOD_SCA,
    CFI_METHOD_FRACTIONAL,
    CFI_METHOD_GIVEN
} cfi_method;
/* X(SUM_RATE, sum_rate) is CFI_SUM_RATE, the word "sum_rate" of allocation.objective and the row objective_sum_rate in
 * src/alloc/objective_sum_rate.c. */
#define CFI_OBJECTIVES(X)                                                                                              \
    X(SUM_RATE, sum_rate)                                                                                              \
    X(MAX_MIN_RATE, max_min_rate)                                                                                      \
    X(PROPORTIONAL_FAIR, proportional_fair)                                                                            \
    X(MIN_POWER, min_power)                                                                                            \
    X(MIN_CRLB, min_crlb)                                                                                              \
    X(MIN_POSITION_ERROR, min_position_error)

#define CFI_OBJECTIVE_CONSTANT(constant, word) CFI_##constant,
typedef enum { CFI_OBJECTIVES(CFI_OBJECTIVE_CONSTANT) CFI_OBJECTIVE_COUNT } cfi_objective;
typedef enum { CFI_SURROGATE_PRODUCT, CFI_SURROGATE_FRACTIONAL } cfi_surrogate;
typedef enum { CFI_CRLB_EXACT, CFI_CRLB_SCA } cfi_crlb_constraint;
typedef enum { CFI_SOLVER_AUTO, CFI_SOLVER_SOCP, CFI_SOLVER_STRUCTURED } cfi_solver;

/* The word a value has in the scenario, e.g. method_name(CFI_METHOD_SCA) is "sca". */
const char *method_name(cfi_method method);
const char *rate_model_name(cfi_rate_model model);
const char *crlb_model_name(cfi_crlb_model model);

/* ------------------------------------------------- the system: SI linear units, immutable ---- */

/* Everything the rooms to the right need, by topic. The fields that a key of the scenario fills by itself stand with
 * that key, in scenario_keys.inc: name, unit, range, default and meaning; the others stand here. All arrays are owned
 * by the scenario that the system came from; a list that is NULL was not given. Matrices are column-major; K x L means
 * element (k, l) at [k + K * l]. */
#define CFI_KEY_FIELD(type, field, ...) type field;

/* Positions: 2 x L and 2 x K, or NULL: drawn. Orientations of the arrays: L, or NULL: drawn, or inward. */
typedef struct cfi_geometry {
    double area_m[2];
    bool arrays_inward;
#define GEOMETRY_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_geometry;

/* How gains (K x L) are drawn where none are given. log_distance: beta = exp(log_intercept + shadowing_std n)
 * (reference_distance_m / r)^path_loss_exponent. Logarithms are natural: log_intercept and shadowing_std are their
 * decibels times ln(10) / 10; shadowing_std < 0: the model's own. carrier_hz = 0: not given. */
typedef struct cfi_propagation {
#define PROPAGATION_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_propagation;

/* rician_factor is linear, where `rician` says that it is a number. */
typedef struct cfi_fading_settings {
    cfi_rician rician;
#define FADING_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_fading_settings;

/* What access points make of their estimates, and how many draws its statistics are simulated from where they have no
 * closed form. */
typedef struct cfi_precoding {
#define PRECODING_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_precoding;

/* tau_p pilots in a coherence block of tau_c symbols (0: no pilot overhead), T >= K sensing symbols. */
typedef struct cfi_frame {
#define FRAME_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
    double prelog;       /* 1 - tau_p / tau_c, or 1 */
    const size_t *pilot; /* K indices below tau_p when explicit, else NULL */
} cfi_frame;

/* Which access points serve a user. aps_per_user: of `strongest`; 0: not given. */
typedef struct cfi_clusters {
#define CLUSTERS_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_clusters;

/* The budget P over all APs, sigma_c^2, sigma_s^2, a limit per AP (L, or NULL: none), and the bandwidth (0: unknown).
 */
typedef struct cfi_power {
#define POWER_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
    bool budget_in_dbm;    /* power.budget_dbm says P, not power.snr_db */
    bool budget_is_limits; /* P is the sum of the limits: an access point's share of it is its own */
} cfi_power;

/* A target is no nearer to an access point than this: far fields and points do not end there, but nobody stands nearer.
 */
#define CFI_LEAST_TARGET_RANGE_M 1.0

/* Angles (L, or NULL: drawn in the range) and thresholds (L); abs(alpha) and phase of all echo paths, unless matrices
 * are given. With geometry CFI_GEOMETRY_TARGET: the target's position (2, or NULL: drawn). Thresholds of 0: none. */
typedef struct cfi_sensing {
    double angle_min_rad, angle_max_rad;
#define SENSING_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
    const double *path_gains;      /* L x L (row: transmitting AP), or NULL */
    const double *path_phases_rad; /* L x L, or NULL */
    bool random_path_phase;
} cfi_sensing;

/* What the allocation is asked for (what it gives is cfi_allocation, in alloc.h). starts = 0: 1 with orthogonal pilots,
 * and of max_min_rate and min_power; else 16, 32 with limits, or 8 where socp solves the steps. */
typedef struct cfi_allocation_settings {
#define ALLOCATION_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
    double heuristic_fraction;  /* sensing share of `heuristic` and of the start of `sca`; equal_fraction: of `equal` */
    double fractional_fraction; /* of `fractional` */
} cfi_allocation_settings;

/* max_std_error = 0: none */
typedef struct cfi_monte_carlo_settings {
#define MONTE_CARLO_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
} cfi_monte_carlo_settings;

/* L, K, N, M: APs, UEs, transmit and receive antennas of an AP */
typedef struct cfi_system {
#define SYSTEM_KEY CFI_KEY_FIELD
#include "cfisac/scenario_keys.inc"
    cfi_geometry geometry;
    cfi_propagation propagation;
    cfi_fading_settings fading;
    cfi_frame frame;
    cfi_clusters clusters;
    cfi_precoding precoding;
    cfi_power power;
    cfi_sensing sensing;
    cfi_allocation_settings allocation;
    cfi_monte_carlo_settings monte_carlo;
} cfi_system;
#undef CFI_KEY_FIELD

/* ------------------------------------------------------------------------- the scenario ---- */

typedef struct cfi_scenario cfi_scenario;

typedef struct cfi_setting {
    const char *key;   /* dotted: "network.aps" */
    const char *value; /* JSON, or a bare word that is taken as a string */
    /* --over: the value is a RANGE or a list of JSON, the key one or several with + between them; swept over it, in
     * place of what `sweep` says of them. */
    bool over;
} cfi_setting;

/* Reads a scenario from a file ("-": standard input), applies settings in order, and validates the
 * result strictly. Of a results.json (an object with `provenance`) it is the one in the member `scenario`. Paths of
 * files of numbers are relative to the scenario's folder, in settings to the working directory.
 * Fails with CFI_INVALID and one line "FILE: /json/pointer: what is wrong (allowed: ...)" or
 * "FILE:LINE:COLUMN: ..." for JSON syntax; CFI_UNAVAILABLE for a value whose code does not exist yet;
 * CFI_USAGE when a setting is malformed (no key). *scenario is owned by the caller: scenario_destroy. */
cfi_status scenario_read(const char *path, const cfi_setting *settings, size_t n_settings, cfi_scenario **scenario,
                         cfi_error *error);
/* The same from text of `length` bytes; `name` stands for the file in messages and gives the folder
 * of relative paths. */
cfi_status scenario_parse(const char *text, size_t length, const char *name, const cfi_setting *settings,
                          size_t n_settings, cfi_scenario **scenario, cfi_error *error);
void scenario_destroy(cfi_scenario *scenario);

/* The scenario in SI linear units; owned by and valid as long as the scenario. */
const cfi_system *scenario_system(const cfi_scenario *scenario);

/* The resolved scenario: JSON text with every key, defaults filled in, the numbers of files in place of their paths,
 * keys in the documented order, two-space indentation, a trailing newline. `sweep` and `$schema` are included only if
 * given. Owned by the scenario. It reads back to the same scenario, and needs no other file. Of a point, this text, the
 * next one and the hash are made when one of them is first asked for, by one thread at a time; they are "" where memory
 * does not allow that. */
const char *scenario_resolved_json(const cfi_scenario *scenario);

/* The same without name and $schema, and with every value of the sweep in place of its ranges: the text that is hashed.
 */
const char *scenario_complete_json(const cfi_scenario *scenario);

/* SHA-256 in hexadecimal (64 digits and NUL) of scenario_complete_json. Owned by the scenario. */
const char *scenario_sha256(const cfi_scenario *scenario);

const char *scenario_name(const cfi_scenario *scenario);
/* What a table or a plot is headed with: the name that was given; without one the name of the file, or "standard
 * input". */
const char *scenario_title(const cfi_scenario *scenario);

/* True when the scenario has a `sweep` object (validated; `run` ignores it with a warning). */
bool scenario_has_sweep(const cfi_scenario *scenario);

/* One swept key of the grid. No two values are the same; of keys that vary together no two points' values are. */
typedef struct cfi_axis {
    const char *key; /* dotted */
    size_t count;
    const char *const *value;   /* JSON text of each value as it is shown: 8, "exact", null, the name of a table */
    const char *const *setting; /* JSON text of what the key is set to: the same, but for a table its numbers */
    bool zipped;                /* varies together with the axis before it, which has as many values */
} cfi_axis;

/* The swept keys in the order given; 0 without a sweep. Owned by the scenario. */
size_t scenario_axes(const cfi_scenario *scenario, const cfi_axis **axes);
/* Points of the grid, the Cartesian product of the axes that are not zipped; 1 without a sweep. The last axis varies
 * fastest. */
size_t scenario_points(const cfi_scenario *scenario);
/* Which value of an axis a point has. */
size_t scenario_axis_index(const cfi_scenario *scenario, size_t point, size_t axis);
/* How far apart points are that are neighbours along an axis. */
size_t scenario_axis_stride(const cfi_scenario *scenario, size_t axis);
/* The first of the axes that vary together with this one: itself, where none is before it. */
size_t scenario_axis_leader(const cfi_scenario *scenario, size_t axis);
/* The scenario of one point: the same without `sweep`, with the point's values set and everything checked anew. Fails
 * like scenario_parse, the text naming the point. *out is the caller's to destroy, and valid as long as `scenario`, of
 * which it borrows all that the point does not change. */
cfi_status scenario_at_point(const cfi_scenario *scenario, size_t point, cfi_scenario **out, cfi_error *error);

/* What a drop finds wrong with the scenario says "/network/placement: ...". Puts before it where that was given, a file
 * or an option, as errors of scenario_read have it; where `status` is not CFI_INVALID nothing is changed. Returns it.
 */
cfi_status scenario_place_error(const cfi_scenario *scenario, cfi_status status, cfi_error *error);
/* The same of a drop of a point, which is named, too, as in errors of scenario_at_point. */
cfi_status scenario_place_point_error(const cfi_scenario *scenario, size_t point, cfi_status status, cfi_error *error);

/* How a sweep `newer` goes on with what `older` has computed: point[p] is the point of newer with the values of older's
 * point p (scenario_points(older) of them). CFI_OK when newer has the same keys but for more monte_carlo.drops and more
 * values of the swept keys; name, $schema and what a swept key is set to besides do not matter. CFI_INVALID otherwise:
 * the text names the first key that differs, both its values, and what is allowed. CFI_NO_MEMORY. */
cfi_status scenario_continue(const cfi_scenario *older, const cfi_scenario *newer, size_t *point, cfi_error *error);

/* Remarks that do not stop anything, e.g. "power.ap_limit_dbm: 90 dBm cannot bind: the budget is 30 dBm". Each begins
 * with the key that is likely wrong and a colon. Lines without newline, owned by the scenario. */
size_t scenario_warnings(const cfi_scenario *scenario, const char *const **lines);

/* The most that all access points can radiate together, W: the budget, or the sum of their limits if that is less. */
double system_most_power(const cfi_system *system);

/* Some user is held to a rate. */
static inline bool system_asks_rates(const cfi_system *system)
{
    const double *target = system->allocation.rate_target_bit_s_hz;
    size_t k = 0;

    while (target && k < system->K && !(target[k] > 0.0)) {
        k++;
    }
    return target && k < system->K;
}
/* Angle thresholds that powers must keep (L, rad^2), or NULL: an allocation for min_crlb minimises bounds relative to
 * them. */
static inline const double *system_angle_thresholds(const cfi_system *system)
{
    return system->allocation.method == CFI_METHOD_SCA && system->allocation.objective == CFI_MIN_CRLB
               ? NULL
               : system->sensing.crlb_threshold_rad2;
}

/* Whether the scenario asks sensing for more than angle thresholds on own echoes, with which each access point is on
 * its own: a position, detection, or angles from all echoes. */
static inline bool system_couples_sensing(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;

    return sensing->position_threshold_m > 0.0 || sensing->detection_threshold > 0.0 ||
           (system_angle_thresholds(system) && sensing->crlb_model == CFI_CRLB_NONCOHERENT);
}

/* Variance of the noise in received pilots, W: pilots.noise. */
static inline double system_pilot_noise(const cfi_system *system)
{
    return system->frame.pilot_noise == CFI_PILOT_NOISE_SENSING ? system->power.sensing_noise_w
                                                                : system->power.comm_noise_w;
}

/* Whether no allocation can lift a signal out of the noise in a network of these gains (beta, K x L): then one line,
 * cut to `size`, that begins with the key that is likely wrong. True makes a remark where propagation.gain is given. */
enum { CFI_LOST_SIGNAL_LENGTH = 320 };
bool scenario_signal_is_lost(const cfi_system *system, const double *beta, char *text, size_t size);

/* Bytes that one trial needs, from the sizes alone (saturating); the basis of the refusal of absurd sizes. Within a
 * factor of 2 of what the allocation's solvers take where that matters (beyond a MiB). */
double scenario_memory_bytes(const cfi_system *system);
/* Of them, bytes that are kept of a drop until its results are written. */
double scenario_record_bytes(const cfi_system *system);

/* The scenario's JSON Schema (draft 2020-12), with descriptions, ranges and defaults. Static text. */
const char *scenario_schema_json(void);

/* Help, in lines of at most 80 columns, from the same table as the validation: every key with its default, meaning and
 * range; or what is known of one key, of the keys of a section, or of those whose name ends with `name`: false, and
 * nothing written, where there is none. */
void scenario_keys_help(FILE *stream);
bool scenario_help(const char *name, FILE *stream);

/* The key or section most like an unknown dotted name: a sibling in its section, else a like name anywhere, else the
 * same or nearly the same last part in another section. NULL when nothing is near. */
const char *scenario_nearest_key(const char *name);

/* What a key is called, means, and takes besides numbers. */
typedef struct cfi_key {
    const char *name, *help;
    const char *const *words; /* ends with NULL; NULL: none */
    bool takes_null, takes_flag, takes_file, can_be_swept;
} cfi_key;
/* The index-th of the table; false beyond the last, where *key is another one. */
bool scenario_key(size_t index, cfi_key *key);

/* The nearest of `count` words to `word` by edit distance, or NULL when none is near (distance more than
 * a third of the word's length, at least 2). */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
