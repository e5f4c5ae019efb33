/* From the units of the scenario to SI linear units. */
#include "scenario/model.h"

#include <math.h>
#include <stdlib.h>

static double from_db(double db)
{
    return pow(10.0, db / 10.0);
}

static double from_dbm(double dbm)
{
    return pow(10.0, (dbm - 30.0) / 10.0);
}

static double from_degrees(double degrees)
{
    return degrees * (M_PI / 180.0);
}

static double same(double x)
{
    return x;
}

static double number(const cfi_scenario *scenario, key_id id)
{
    return scenario->value[id].number;
}

static size_t whole(const cfi_scenario *scenario, key_id id)
{
    return (size_t)scenario->value[id].number;
}

static double number_or(const cfi_scenario *scenario, key_id id, double otherwise)
{
    return scenario->value[id].form == FORM_NUMBER ? scenario->value[id].number : otherwise;
}

static void convert_network(const cfi_scenario *scenario, cfi_system *system)
{
    system->seed = (uint64_t)number(scenario, KEY_SEED);
    system->L = whole(scenario, KEY_APS);
    system->K = whole(scenario, KEY_UES);
    system->N = whole(scenario, KEY_TX_ANTENNAS);
    system->M = whole(scenario, KEY_RX_ANTENNAS);
    system->geometry.area_m[0] = scenario->value[KEY_AREA].entry[0];
    system->geometry.area_m[1] = scenario->value[KEY_AREA].entry[1];
    system->geometry.min_distance_m = number(scenario, KEY_MIN_DISTANCE);
    system->geometry.placement = (cfi_placement)scenario->value[KEY_PLACEMENT].word;
    /* rows [x, y] one after another are the columns of a 2 x L matrix */
    system->geometry.ap_position_m = scenario->value[KEY_AP_POSITIONS].entry;
    system->geometry.ue_position_m = scenario->value[KEY_UE_POSITIONS].entry;
    system->propagation.reference_distance_m = number(scenario, KEY_REFERENCE_DISTANCE);
    system->propagation.path_loss_exponent = number(scenario, KEY_PATH_LOSS_EXPONENT);
    system->propagation.shadowing_std = number(scenario, KEY_SHADOWING) * (M_LN10 / 10.0);
}

static void convert_radio(const cfi_scenario *scenario, cfi_system *system)
{
    const cfi_value *assignment = &scenario->value[KEY_PILOT_ASSIGNMENT];

    system->frame.tau_p = whole(scenario, KEY_PILOT_LENGTH);
    system->frame.tau_c = whole(scenario, KEY_COHERENCE);
    system->frame.T = whole(scenario, KEY_SENSING_SYMBOLS);
    system->frame.prelog =
        system->frame.tau_c > 0 ? 1.0 - (double)system->frame.tau_p / (double)system->frame.tau_c : 1.0;
    system->power.comm_noise_w = from_dbm(number(scenario, KEY_COMM_NOISE));
    system->power.sensing_noise_w = from_dbm(number(scenario, KEY_SENSING_NOISE));
    system->power.budget_w = from_db(number(scenario, KEY_SNR)) * system->power.sensing_noise_w;
    system->frame.pilot_power_w = scenario->value[KEY_PILOT_POWER].form == FORM_NUMBER
                                      ? from_dbm(number(scenario, KEY_PILOT_POWER))
                                      : system->power.budget_w;
    system->frame.pilot_assignment =
        assignment->form == FORM_WORD ? (cfi_pilot_assignment)assignment->word : CFI_PILOTS_EXPLICIT;
    system->sensing.angle_min_rad = from_degrees(scenario->value[KEY_ANGLE_RANGE].entry[0]);
    system->sensing.angle_max_rad = from_degrees(scenario->value[KEY_ANGLE_RANGE].entry[1]);
    system->sensing.path_gain = number_or(scenario, KEY_PATH_GAIN, 0.0);
    system->sensing.path_phase_rad = from_degrees(number_or(scenario, KEY_PATH_PHASE, 0.0));
    system->sensing.random_path_phase = scenario->value[KEY_PATH_PHASE].form == FORM_WORD;
    system->sensing.crlb_model = (cfi_crlb_model)scenario->value[KEY_CRLB_MODEL].word;
    system->rate_model = (cfi_rate_model)scenario->value[KEY_RATE_MODEL].word;
}

static void convert_allocation(const cfi_scenario *scenario, cfi_system *system)
{
    system->allocation.method = (cfi_method)scenario->value[KEY_METHOD].word;
    system->allocation.objective = (cfi_objective)scenario->value[KEY_OBJECTIVE].word;
    system->allocation.equal_fraction = number_or(scenario, KEY_SENSING_FRACTION, 0.5);
    system->allocation.heuristic_fraction = number_or(scenario, KEY_SENSING_FRACTION, 0.3);
    system->allocation.surrogate = (cfi_surrogate)scenario->value[KEY_SURROGATE].word;
    system->allocation.crlb_constraint = (cfi_crlb_constraint)scenario->value[KEY_CRLB_CONSTRAINT].word;
    system->allocation.solver = (cfi_solver)scenario->value[KEY_SOLVER].word;
    system->allocation.starts = (size_t)number_or(scenario, KEY_STARTS, 0.0);
    system->allocation.max_iterations = whole(scenario, KEY_MAX_ITERATIONS);
    system->allocation.tolerance = number(scenario, KEY_TOLERANCE);
    system->monte_carlo.drops = whole(scenario, KEY_DROPS);
    system->monte_carlo.realizations = whole(scenario, KEY_REALIZATIONS);
    system->monte_carlo.max_std_error = number_or(scenario, KEY_MAX_STD_ERROR, 0.0);
    system->monte_carlo.bounds = (cfi_mc_bounds)scenario->value[KEY_MC_BOUNDS].word;
}

void convert_scalars(cfi_scenario *scenario)
{
    convert_network(scenario, &scenario->system);
    convert_radio(scenario, &scenario->system);
    convert_allocation(scenario, &scenario->system);
}

/* An array that lives as long as the scenario, or NULL. */
static void *keep_array(cfi_scenario *scenario, size_t count, size_t size)
{
    void *array = calloc(count, size);

    if (array) {
        scenario->array[scenario->arrays++] = array;
    }
    return array;
}

/* A number for all of them or a list of them, converted; *out stays NULL for any other form. */
static bool convert_list(cfi_scenario *scenario, key_id id, size_t count, double (*convert)(double), const double **out)
{
    const cfi_value *value = &scenario->value[id];
    double *array;

    if (value->form != FORM_NUMBER && value->form != FORM_LIST) {
        return true;
    }
    array = keep_array(scenario, count, sizeof *array);
    for (size_t i = 0; array && i < count; i++) {
        array[i] = convert(value->form == FORM_LIST ? value->entry[i] : value->number);
    }
    *out = array;
    return array != NULL;
}

/* A matrix given row by row, converted and column-major; *out stays NULL for any other form. */
static bool convert_matrix(cfi_scenario *scenario, const cfi_value *value, double (*convert)(double),
                           const double **out)
{
    double *array;

    if (value->form != FORM_MATRIX) {
        return true;
    }
    array = keep_array(scenario, value->rows * value->columns, sizeof *array);
    for (size_t row = 0; array && row < value->rows; row++) {
        for (size_t column = 0; column < value->columns; column++) {
            array[row + value->rows * column] = convert(value->entry[row * value->columns + column]);
        }
    }
    *out = array;
    return array != NULL;
}

static bool convert_pilots(cfi_scenario *scenario)
{
    const cfi_value *value = &scenario->value[KEY_PILOT_ASSIGNMENT];
    size_t *array;

    if (value->form != FORM_LIST) {
        return true;
    }
    array = keep_array(scenario, value->rows, sizeof *array);
    for (size_t k = 0; array && k < value->rows; k++) {
        array[k] = (size_t)value->entry[k];
    }
    scenario->system.frame.pilot = array;
    return array != NULL;
}

cfi_status convert_arrays(cfi_scenario *scenario, cfi_error *error)
{
    cfi_system *system = &scenario->system;
    const cfi_value *value = scenario->value;
    const cfi_value *gain = value[KEY_GAIN].form == FORM_TEXT ? &scenario->gain_file : &value[KEY_GAIN];
    bool done = convert_pilots(scenario) && convert_matrix(scenario, gain, same, &system->propagation.gain) &&
                convert_matrix(scenario, &value[KEY_PATH_GAIN], same, &system->sensing.path_gains) &&
                convert_matrix(scenario, &value[KEY_PATH_PHASE], from_degrees, &system->sensing.path_phases_rad) &&
                convert_list(scenario, KEY_AP_LIMIT, system->L, from_dbm, &system->power.ap_limit_w) &&
                convert_list(scenario, KEY_ANGLES, system->L, from_degrees, &system->sensing.angle_rad) &&
                convert_list(scenario, KEY_CRLB_THRESHOLD, system->L, from_db, &system->sensing.crlb_threshold_rad2) &&
                convert_list(scenario, KEY_RATE_TARGET, system->K, same, &system->allocation.rate_target_bit_s_hz);

    return done ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", scenario->file);
}
