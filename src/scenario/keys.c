/* The table of keys, and questions about names. docs/scenario.md is the same table for people. */
#include "scenario/keys.h"

#include "cfisac/scenario.h"

#include <stdint.h>
#include <string.h>

static const char *const placement_words[] = {"reject", "clamp", "none", NULL};
static const char *const assignment_words[] = {"cyclic", "random", NULL};
static const char *const phase_words[] = {"random", NULL};
static const char *const crlb_model_words[] = {"own_echo", "multistatic", NULL};
static const char *const rate_model_words[] = {"theorem1", "exact", NULL};
static const char *const bounds_words[] = {"all", "own_echo", "none", NULL};
static const char *const method_words[] = {"none", "equal", "heuristic", "sca", NULL};
#define OBJECTIVE_WORD(constant, word) #word,
static const char *const objective_words[] = {CFI_OBJECTIVES(OBJECTIVE_WORD)
                                                  CFI_OBJECTIVES_TO_COME(OBJECTIVE_WORD) NULL};
static const char *const surrogate_words[] = {"product", "fractional", NULL};
static const char *const constraint_words[] = {"exact", "sca", NULL};
static const char *const solver_words[] = {"auto", "socp", "structured", NULL};

enum { SECTIONS = 9 };
static const char *const section_names[SECTIONS] = {"network", "propagation", "pilots",     "frame",      "power",
                                                    "sensing", "rate",        "allocation", "monte_carlo"};

#define WHOLE(from, to)         .forms = FORM_NUMBER, .whole = true, .low = (from), .high = (to)
#define WHOLE_OR_NULL(from, to) .forms = FORM_NUMBER | FORM_NULL, .whole = true, .low = (from), .high = (to)
#define NUMBER(from, to)        .forms = FORM_NUMBER, .low = (from), .high = (to)
#define WORD(list)              .forms = FORM_WORD, .words = (list)

/* The ranges keep every product and square that the program forms within double precision. */
const key_spec key_table[KEY_COUNT] = {
    [KEY_SCHEMA] = {"$schema", .forms = FORM_TEXT, .help = "ignored; editors look for the JSON Schema here"},
    [KEY_NAME] = {"name", .forms = FORM_TEXT, .fallback = "\"paper\"", .help = "a name for the scenario"},
    [KEY_SEED] = {"seed", WHOLE(0, 9007199254740991.0), .fallback = "1", .help = "seed of every random draw"},

    [KEY_APS] = {"network.aps", WHOLE(1, 65535), .sized = true, .fallback = "32", .help = "number of access points, L"},
    [KEY_UES] = {"network.ues", WHOLE(1, 65535), .sized = true, .fallback = "4", .help = "number of users, K"},
    [KEY_TX_ANTENNAS] = {"network.tx_antennas", WHOLE(1, 1024), .sized = true, .fallback = "4",
                         .help = "transmit antennas of an access point, N"},
    [KEY_RX_ANTENNAS] = {"network.rx_antennas", WHOLE(1, 1024), .sized = true, .fallback = "4",
                         .help = "receive antennas of an access point, M"},
    [KEY_AREA] = {"network.area_m", .forms = FORM_LIST, .low = 1e-3, .high = 1e7, .rows = SIZE_TWO,
                  .fallback = "[250, 250]", .unit = "m", .help = "width and height of the area"},
    [KEY_MIN_DISTANCE] = {"network.min_distance_m", NUMBER(0, 1e7), .fallback = "100", .unit = "m",
                          .help = "least distance of an access point and a user"},
    [KEY_PLACEMENT] = {"network.placement", WORD(placement_words), .fallback = "\"reject\"",
                       .help = "how the least distance is kept: draw elsewhere, clamp the distance, not at all"},
    [KEY_AP_POSITIONS] = {"network.ap_positions_m", .forms = FORM_NULL | FORM_MATRIX, .low = -1e7, .high = 1e7,
                          .rows = SIZE_APS, .columns = SIZE_TWO, .fallback = "null", .unit = "m",
                          .help = "positions [x, y] of the access points (null: drawn)"},
    [KEY_UE_POSITIONS] = {"network.ue_positions_m", .forms = FORM_NULL | FORM_MATRIX, .low = -1e7, .high = 1e7,
                          .rows = SIZE_UES, .columns = SIZE_TWO, .fallback = "null", .unit = "m",
                          .help = "positions [x, y] of the users (null: drawn)"},

    [KEY_REFERENCE_DISTANCE] = {"propagation.reference_distance_m", NUMBER(1e-3, 1e7), .fallback = "100", .unit = "m",
                                .help = "distance at which the gain without shadowing is 1"},
    [KEY_PATH_LOSS_EXPONENT] = {"propagation.path_loss_exponent", NUMBER(0, 10), .fallback = "3.2",
                                .help = "exponent of the path loss"},
    [KEY_SHADOWING] = {"propagation.shadowing_std_db", NUMBER(0, 100), .fallback = "7", .unit = "dB",
                       .help = "standard deviation of the log-normal shadowing"},
    [KEY_GAIN] = {"propagation.gain", .forms = FORM_NULL | FORM_TEXT | FORM_MATRIX, .low = 1e-30, .high = 1e30,
                  .rows = SIZE_UES, .columns = SIZE_APS, .fallback = "null",
                  .help = "large-scale gains beta, K rows of L, or the CSV file that holds them (null: drawn)"},

    [KEY_PILOT_LENGTH] = {"pilots.length", WHOLE(1, 65535), .fallback = "4", .unit = "symbols",
                          .help = "pilot length and number of orthogonal pilots"},
    [KEY_PILOT_POWER] = {"pilots.power_dbm", .forms = FORM_NUMBER | FORM_NULL, .low = -300, .high = 300,
                         .fallback = "null", .unit = "dBm", .help = "power of a pilot symbol (null: the power budget)"},
    [KEY_PILOT_ASSIGNMENT] = {"pilots.assignment", .forms = FORM_WORD | FORM_LIST, .whole = true, .low = 0,
                              .high = 65534, .words = assignment_words, .rows = SIZE_UES, .fallback = "\"cyclic\"",
                              .help = "pilot of each user: k mod length, drawn, or K indices below the length"},

    [KEY_COHERENCE] = {"frame.coherence_symbols", WHOLE(0, 1e9), .fallback = "200", .unit = "symbols",
                       .help = "coherence block, more than the pilots (0: no pilot overhead)"},
    [KEY_SENSING_SYMBOLS] = {"frame.sensing_symbols", WHOLE(1, 1e9), .fallback = "30", .unit = "symbols",
                             .help = "radar frame, at least as many as users"},

    [KEY_SNR] = {"power.snr_db", NUMBER(-200, 300), .fallback = "30", .unit = "dB",
                 .help = "power budget over all access points, relative to the sensing noise"},
    [KEY_COMM_NOISE] = {"power.comm_noise_dbm", NUMBER(-300, 300), .fallback = "-30", .unit = "dBm",
                        .help = "noise power at a user"},
    [KEY_SENSING_NOISE] = {"power.sensing_noise_dbm", NUMBER(-300, 300), .fallback = "-30", .unit = "dBm",
                           .help = "noise power at a sensing receiver"},
    [KEY_AP_LIMIT] = {"power.ap_limit_dbm", .forms = FORM_NULL | FORM_NUMBER | FORM_LIST, .low = -300, .high = 300,
                      .rows = SIZE_APS, .fallback = "null", .unit = "dBm",
                      .help = "limit of the power of each access point (null: none)"},

    [KEY_ANGLE_RANGE] = {"sensing.angle_range_deg", .forms = FORM_LIST, .low = -90, .high = 90, .rows = SIZE_TWO,
                         .fallback = "[-60, 60]", .unit = "degrees", .help = "range of the drawn target angles"},
    [KEY_ANGLES] = {"sensing.angles_deg", .forms = FORM_NULL | FORM_LIST, .low = -90, .high = 90, .above = true,
                    .below = true, .rows = SIZE_APS, .fallback = "null", .unit = "degrees",
                    .help = "target angle at each access point (null: drawn)"},
    [KEY_PATH_GAIN] = {"sensing.path_gain", .forms = FORM_NUMBER | FORM_MATRIX, .low = 1e-30, .high = 1e30,
                       .rows = SIZE_APS, .columns = SIZE_APS, .fallback = "0.01",
                       .help = "amplitude of the echo paths; matrix: row is the transmitting access point"},
    [KEY_PATH_PHASE] = {"sensing.path_phase_deg", .forms = FORM_NUMBER | FORM_WORD | FORM_MATRIX, .low = -1e6,
                        .high = 1e6, .words = phase_words, .rows = SIZE_APS, .columns = SIZE_APS, .fallback = "45",
                        .unit = "degrees", .help = "phase of the echo paths"},
    [KEY_CRLB_MODEL] = {"sensing.crlb_model", WORD(crlb_model_words), .fallback = "\"own_echo\"",
                        .help = "bound that the thresholds constrain"},
    [KEY_CRLB_THRESHOLD] = {"sensing.crlb_threshold_db", .forms = FORM_NUMBER | FORM_LIST, .low = -300, .high = 300,
                            .rows = SIZE_APS, .fallback = "-5", .unit = "dB of 1 rad^2",
                            .help = "largest allowed Cramer-Rao bound of each target angle"},

    [KEY_RATE_MODEL] = {"rate.model", WORD(rate_model_words), .fallback = "\"exact\"",
                        .help = "rate as published, or with coherent pilot contamination"},

    [KEY_METHOD] = {"allocation.method", WORD(method_words), .fallback = "\"sca\"", .help = "power allocation"},
    [KEY_OBJECTIVE] = {"allocation.objective", WORD(objective_words), .fallback = "\"sum_rate\"",
                       .help = "what the allocation optimises"},
    [KEY_RATE_TARGET] = {"allocation.rate_target_bit_s_hz", .forms = FORM_NULL | FORM_NUMBER | FORM_LIST, .low = 0,
                         .high = 100, .rows = SIZE_UES, .fallback = "null", .unit = "bit/s/Hz",
                         .help = "least rate of each user in min_power and min_crlb (null: none)"},
    [KEY_SENSING_FRACTION] = {"allocation.sensing_fraction", .forms = FORM_NULL | FORM_NUMBER, .low = 0, .high = 1,
                              .fallback = "null",
                              .help = "sensing share of the budget (null: 0.5 in equal, 0.3 in heuristic and sca)"},
    [KEY_SURROGATE] = {"allocation.surrogate", WORD(surrogate_words), .fallback = "\"product\"",
                       .help = "concave minorant of the rate in a step of sca"},
    [KEY_CRLB_CONSTRAINT] = {"allocation.crlb_constraint", WORD(constraint_words), .fallback = "\"exact\"",
                             .help = "sensing constraint: the linear one, or the paper's approximation"},
    [KEY_SOLVER] = {"allocation.solver", WORD(solver_words), .fallback = "\"auto\"",
                    .help = "what solves a step of sca (auto: structured where it applies, socp else)"},
    [KEY_STARTS] = {"allocation.starts", WHOLE_OR_NULL(1, 10000), .fallback = "null",
                    .help = "starts of sca (null: 1 with orthogonal pilots; else 16, or 8 by socp)"},
    [KEY_MAX_ITERATIONS] = {"allocation.max_iterations", WHOLE(1, 1000000), .fallback = "200",
                            .help = "most steps of sca from one start"},
    [KEY_TOLERANCE] = {"allocation.tolerance", NUMBER(0, 1), .above = true, .fallback = "1e-6",
                       .help = "relative gain of the objective below which sca stops"},

    [KEY_DROPS] = {"monte_carlo.drops", WHOLE(1, 2147483647), .fallback = "10", .help = "large-scale realisations"},
    [KEY_REALIZATIONS] = {"monte_carlo.realizations", WHOLE(0, 2147483647), .fallback = "100",
                          .help = "channels per drop (0: closed forms only)"},
    [KEY_MAX_STD_ERROR] = {"monte_carlo.max_std_error", .forms = FORM_NULL | FORM_NUMBER, .low = 0, .high = 1e6,
                           .above = true, .fallback = "null", .unit = "bit/s/Hz",
                           .help = "stop the channels once the sum rate is this sure (null: never)"},
    [KEY_MC_BOUNDS] = {"monte_carlo.bounds", WORD(bounds_words), .fallback = "\"all\"",
                       .help = "which bounds are simulated; all costs most with many access points"},

    [KEY_SWEEP] = {"sweep", .help = "swept key -> list of values, or a range in text such as \"-12:1:0\""},
};

key_id key_find(const char *name)
{
    size_t id = 0;

    while (id < KEY_COUNT && strcmp(key_table[id].name, name) != 0) {
        id++;
    }
    return (key_id)id;
}

bool key_can_be_swept(key_id id)
{
    return id != KEY_SCHEMA && id != KEY_NAME && (key_table[id].forms & (FORM_NUMBER | FORM_WORD | FORM_TEXT));
}

size_t key_section(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? (size_t)(dot - name) : 0;
}

const char *key_leaf(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? dot + 1 : name;
}

static bool in_section(const key_spec *spec, const char *section)
{
    size_t length = key_section(spec->name);

    return length == strlen(section) && strncmp(spec->name, section, length) == 0;
}

const char *key_known_section(const char *name)
{
    size_t length = strcspn(name, ".");

    for (size_t i = 0; i < SECTIONS; i++) {
        if (strlen(section_names[i]) == length && strncmp(section_names[i], name, length) == 0) {
            return section_names[i];
        }
    }
    return "";
}

/* The nearest leaf among the keys of one section, or among all keys (section NULL). */
static const char *nearest_leaf(const char *section, const char *leaf)
{
    const char *leaves[KEY_COUNT], *names[KEY_COUNT], *found;
    size_t count = 0;

    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (!section || in_section(&key_table[id], section)) {
            names[count] = key_table[id].name;
            leaves[count++] = key_leaf(key_table[id].name);
        }
    }
    found = nearest_word(leaf, leaves, count);
    for (size_t i = 0; found && i < count; i++) {
        if (leaves[i] == found) {
            return names[i];
        }
    }
    return NULL;
}

/* The nearest of all dotted names and sections. */
static const char *nearest_name(const char *name)
{
    const char *names[KEY_COUNT + SECTIONS];

    for (size_t id = 0; id < KEY_COUNT; id++) {
        names[id] = key_table[id].name;
    }
    memcpy(names + KEY_COUNT, section_names, sizeof section_names);
    return nearest_word(name, names, KEY_COUNT + SECTIONS);
}

const char *key_nearest(const char *name)
{
    const char *section = key_known_section(name), *last = strrchr(name, '.');
    const char *found = *section ? nearest_leaf(section, key_leaf(name)) : nearest_name(name);

    return found ? found : nearest_leaf(NULL, last ? last + 1 : name);
}

void key_list_siblings(const char *name, cfi_wording *out)
{
    const char *section = key_known_section(name), *separator = "";

    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (in_section(&key_table[id], section)) {
            wording_format(out, "%s%s", separator, key_leaf(key_table[id].name));
            separator = ", ";
        }
    }
    for (size_t i = 0; i < SECTIONS && !*section; i++) {
        wording_format(out, "%s%s", separator, section_names[i]);
        separator = ", ";
    }
}

void key_describe_range(const key_spec *spec, cfi_wording *out)
{
    if (spec->above && spec->below) {
        wording_add(out, "strictly between ");
        wording_number(out, spec->low);
        wording_add(out, " and ");
    } else if (spec->above) {
        wording_add(out, "above ");
        wording_number(out, spec->low);
        wording_add(out, ", up to ");
    } else {
        wording_number(out, spec->low);
        wording_add(out, " .. ");
    }
    wording_number(out, spec->high);
}

static const char *size_letter(key_size size)
{
    static const char *const letters[] = {"", "2", "L", "K"};

    return letters[size];
}

static void describe_words(const key_spec *spec, cfi_wording *out)
{
    for (size_t i = 0; spec->words[i]; i++) {
        wording_format(out, "%s%s", i > 0 ? ", " : "", spec->words[i]);
    }
}

void key_describe_allowed(const key_spec *spec, cfi_wording *out)
{
    const char *kind = spec->whole ? "whole number" : "number";
    const char *separator = "";

    for (unsigned form = FORM_NULL; form <= FORM_MATRIX; form *= 2) {
        if (!(spec->forms & form)) {
            continue;
        }
        wording_add(out, separator);
        separator = "; ";
        if (form == FORM_NULL) {
            wording_add(out, "null");
        } else if (form == FORM_NUMBER) {
            wording_format(out, "a %s ", kind);
            key_describe_range(spec, out);
        } else if (form == FORM_WORD) {
            describe_words(spec, out);
        } else if (form == FORM_TEXT) {
            wording_add(out, spec->rows == SIZE_NONE ? "text" : "the path of a CSV file");
        } else {
            wording_format(out, "a list of %s ", size_letter(spec->rows));
            if (form == FORM_MATRIX) {
                wording_format(out, "lists of %s ", size_letter(spec->columns));
            }
            wording_format(out, "%ss ", kind);
            key_describe_range(spec, out);
        }
    }
}
