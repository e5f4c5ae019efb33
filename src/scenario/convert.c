/* From the units of the scenario to SI linear units. */
#include "scenario/convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------------------------- units ---- */

double from_db(double db)
{
    return pow(10.0, db / 10.0);
}

double from_dbm(double dbm)
{
    return pow(10.0, (dbm - 30.0) / 10.0);
}

double dbm_of(double watts)
{
    return 10.0 * log10(watts) + 30.0;
}

double from_mhz(double mhz)
{
    return mhz * 1e6;
}

double from_degrees(double degrees)
{
    return degrees * (M_PI / 180.0);
}

double from_ghz(double ghz)
{
    return ghz * 1e9;
}

double log_from_db(double db)
{
    return db * (M_LN10 / 10.0);
}

static double in_si(const key_spec *spec, double number)
{
    return spec->to_si ? spec->to_si(number) : number;
}

/* ------------------------------------------------------------------------------- scalars ---- */

/* The key's field. */
static void *field_of(const conversion *how)
{
    return (char *)how->system + how->spec->offset;
}

/* The number in SI units, or `otherwise` for any other form. */
static double number_or(const conversion *how, double otherwise)
{
    return how->value->form == FORM_NUMBER ? in_si(how->spec, how->value->number) : otherwise;
}

void convert_number(const conversion *how)
{
    *(double *)field_of(how) = number_or(how, 0.0);
}

void convert_count(const conversion *how)
{
    *(size_t *)field_of(how) = (size_t)number_or(how, 0.0);
}

/* The enumerations of scenario.h have the size and the values of this one, whatever integer a compiler takes. */
typedef enum { FIRST_WORD, SECOND_WORD, THIRD_WORD } any_enumeration;
_Static_assert(sizeof(any_enumeration) == sizeof(cfi_method), "one kind of enumeration");

static void put_word(void *field, size_t word)
{
    any_enumeration index = (any_enumeration)word;

    memcpy(field, &index, sizeof index);
}

void convert_word(const conversion *how)
{
    put_word(field_of(how), how->value->word);
}

void convert_flag(const conversion *how)
{
    *(bool *)field_of(how) = how->value->flag;
}

void convert_seed(const conversion *how)
{
    how->system->seed = (uint64_t)how->value->number;
}

void convert_area(const conversion *how)
{
    how->system->geometry.area_m[0] = how->value->entry[0];
    how->system->geometry.area_m[1] = how->value->entry[1];
}

/* Noise of a resistor at 290 K in 1 Hz, k T = 4.0e-21 W, as it is rounded everywhere. */
static const double THERMAL_NOISE_DBM_HZ = -174.0;

/* sigma_c^2 or sigma_s^2, W */
static double noise_of(const cfi_value *noise, const cfi_value *all)
{
    double hertz = from_mhz(all[KEY_bandwidth_hz].number);

    return from_dbm(noise->form == FORM_NUMBER
                        ? noise->number
                        : THERMAL_NOISE_DBM_HZ + 10.0 * log10(hertz) + all[KEY_noise_figure_db].number);
}

void convert_noise(const conversion *how)
{
    *(double *)field_of(how) = noise_of(how->value, how->all);
}

/* What the limits of all access points add up to, W. */
static double sum_of_limits(const cfi_value *all)
{
    const cfi_value *limit = &all[KEY_ap_limit_w];
    double sum = 0.0;

    if (limit->form == FORM_NUMBER) {
        return all[KEY_L].number * from_dbm(limit->number);
    }
    for (size_t l = 0; l < limit->rows; l++) {
        sum += from_dbm(limit->entry[l]);
    }
    return sum;
}

static double budget_of(const cfi_value *all)
{
    const cfi_value *budget = &all[KEY_budget_w];

    switch (budget->form) {
    case FORM_NUMBER:
        return from_dbm(budget->number);
    case FORM_WORD:
        return sum_of_limits(all);
    default:
        return from_db(all[KEY_snr_db].number) * noise_of(&all[KEY_sensing_noise_w], all);
    }
}

void convert_budget(const conversion *how)
{
    how->system->power.budget_w = budget_of(how->all);
    how->system->power.budget_in_dbm = how->value->form != FORM_NULL;
    how->system->power.budget_is_limits = how->value->form == FORM_WORD;
}

void convert_pilot_power(const conversion *how)
{
    how->system->frame.pilot_power_w = number_or(how, budget_of(how->all));
}

void convert_pilots(const conversion *how)
{
    put_word(field_of(how), how->value->form == FORM_WORD ? how->value->word : CFI_PILOTS_EXPLICIT);
}

void convert_coherence(const conversion *how)
{
    double tau_c = how->value->number;

    how->system->frame.tau_c = (size_t)tau_c;
    how->system->frame.prelog = tau_c > 0.0 ? 1.0 - how->all[KEY_tau_p].number / tau_c : 1.0;
}

void convert_angle_range(const conversion *how)
{
    how->system->sensing.angle_min_rad = in_si(how->spec, how->value->entry[0]);
    how->system->sensing.angle_max_rad = in_si(how->spec, how->value->entry[1]);
}

void convert_path_phase(const conversion *how)
{
    convert_number(how);
    how->system->sensing.random_path_phase = how->value->form == FORM_WORD;
}

void convert_sensing_fraction(const conversion *how)
{
    how->system->allocation.equal_fraction = number_or(how, 0.5);
    how->system->allocation.heuristic_fraction = number_or(how, 0.3);
    how->system->allocation.fractional_fraction = number_or(how, 0.0);
}

void convert_own_std(const conversion *how)
{
    *(double *)field_of(how) = number_or(how, -1.0);
}

void convert_orientation(const conversion *how)
{
    how->system->geometry.arrays_inward = how->value->form == FORM_WORD;
}

void convert_rician(const conversion *how)
{
    cfi_rician *rician = &how->system->fading.rician;

    convert_number(how);
    switch (how->value->form) {
    case FORM_NUMBER:
        *rician = CFI_RICIAN_NUMBER;
        break;
    case FORM_WORD:
        *rician = how->value->word == 0 ? CFI_RICIAN_DISTANCE : CFI_RICIAN_LOS;
        break;
    default:
        *rician = CFI_RICIAN_NONE;
    }
}

/* -------------------------------------------------------------------------------- arrays ---- */

/* An array that lives as long as the scenario, or NULL. */
static void *keep_array(array_store *arrays, size_t count, size_t size)
{
    void *array = calloc(count, size);

    if (array) {
        arrays->array[arrays->count++] = array;
    }
    return array;
}

static size_t array_offset(const key_spec *spec)
{
    return spec->array ? spec->array : spec->offset;
}

/* The member that the key's array goes to. */
static void *array_of(const conversion *how)
{
    return (char *)how->system + array_offset(how->spec);
}

static size_t array_length(const conversion *how)
{
    return how->spec->rows == SIZE_TWO ? 2 : how->spec->rows == SIZE_APS ? how->system->L : how->system->K;
}

bool fill_list(const conversion *how)
{
    const cfi_value *value = how->value;
    const double **field = array_of(how);
    size_t count = array_length(how);
    double *array, all;

    *field = NULL;
    if (value->form != FORM_NUMBER && value->form != FORM_LIST) {
        return true;
    }
    array = keep_array(how->arrays, count, sizeof *array);
    all = number_or(how, 0.0);
    for (size_t i = 0; array && i < count; i++) {
        array[i] = value->form == FORM_LIST ? in_si(how->spec, value->entry[i]) : all;
    }
    *field = array;
    return array != NULL;
}

bool fill_matrix(const conversion *how)
{
    const cfi_value *value = how->value;
    const double **field = array_of(how);
    double *array;

    *field = NULL;
    if (value->form != FORM_MATRIX) {
        return true;
    }
    array = keep_array(how->arrays, value->rows * value->columns, sizeof *array);
    for (size_t row = 0; array && row < value->rows; row++) {
        for (size_t column = 0; column < value->columns; column++) {
            array[row + value->rows * column] = in_si(how->spec, value->entry[row * value->columns + column]);
        }
    }
    *field = array;
    return array != NULL;
}

bool fill_positions(const conversion *how)
{
    /* rows [x, y] one after another are the columns of a 2 x L matrix */
    *(const double **)array_of(how) = how->value->entry;
    return true;
}

bool fill_pilots(const conversion *how)
{
    const cfi_value *value = how->value;
    size_t *array;

    how->system->frame.pilot = NULL;
    if (value->form != FORM_LIST) {
        return true;
    }
    array = keep_array(how->arrays, value->rows, sizeof *array);
    for (size_t k = 0; array && k < value->rows; k++) {
        array[k] = (size_t)value->entry[k];
    }
    how->system->frame.pilot = array;
    return array != NULL;
}

void fill_borrowed(const conversion *how, const cfi_system *from)
{
    memcpy(array_of(how), (const char *)from + array_offset(how->spec), sizeof(void *));
}

void array_store_free(array_store *arrays)
{
    for (size_t i = 0; i < arrays->count; i++) {
        free(arrays->array[i]);
    }
    arrays->count = 0;
}
