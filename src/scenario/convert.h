/* From values in the units of the scenario to fields of cfi_system in SI linear units. What the rows of the table name
 * as .to_si, .convert and .fill. */
#ifndef SCENARIO_CONVERT_H
#define SCENARIO_CONVERT_H

#include "cfisac/scenario.h"
#include "scenario/value.h"

/* Arrays made by conversions; they live as long as the scenario. */
typedef struct array_store {
    void *array[KEY_COUNT]; /* a key has at most one */
    size_t count;
} array_store;

/* One key's conversion. */
typedef struct conversion {
    const key_spec *spec;
    const cfi_value *value; /* the key's */
    const cfi_value *all;   /* of all keys, by key_id: a field may depend on several */
    cfi_system *system;
    array_store *arrays; /* for .fill */
} conversion;

/* Units. */
double from_db(double db);
double from_dbm(double dbm);
double dbm_of(double watts);
double from_mhz(double mhz);
double from_degrees(double degrees);
double from_ghz(double ghz);
/* Of a gain or a standard deviation in dB, the natural logarithm or that of it. */
double log_from_db(double db);

/* .convert: a number (null or any other form: 0), a whole number, the index of a word, into the field. */
void convert_number(const conversion *how);
void convert_count(const conversion *how);
void convert_word(const conversion *how);
void convert_flag(const conversion *how); /* true or false into a bool */
/* .convert of single keys. */
void convert_seed(const conversion *how);
void convert_area(const conversion *how);
void convert_pilot_power(const conversion *how); /* null: the budget */
void convert_pilots(const conversion *how);      /* a word, or CFI_PILOTS_EXPLICIT */
void convert_coherence(const conversion *how);   /* tau_c and prelog */
void convert_budget(const conversion *how);      /* in dBm, by the limits, or by the sensing noise */
void convert_noise(const conversion *how);       /* null: by bandwidth and noise figure */
void convert_angle_range(const conversion *how);
void convert_path_phase(const conversion *how);       /* a phase, or random_path_phase */
void convert_sensing_fraction(const conversion *how); /* null: each method's own */
void convert_orientation(const conversion *how);      /* arrays_inward */
void convert_rician(const conversion *how);           /* a factor, and what it stands for */
void convert_own_std(const conversion *how);          /* null: -1, the model's own */

/* .fill: a list from a list or from one number for all of them, a matrix (column-major); NULL for any other form. */
bool fill_list(const conversion *how);
bool fill_matrix(const conversion *how);
/* .fill of single keys. */
bool fill_positions(const conversion *how); /* the value's own entries */
bool fill_pilots(const conversion *how);

/* Takes the array of another scenario, which keeps it. */
void fill_borrowed(const conversion *how, const cfi_system *from);

void array_store_free(array_store *arrays);

#endif
