/* One drop's object of results.json. */
#include "report/drop_json.h"

#include "base/units.h"
#include "report/fields.h"
#include "report/infeasible.h"

#include <stdlib.h>

/* A field of pairs and its record, for json_matrix_of. */
typedef struct pair_values {
    const field_source *source;
    const cfi_record *record;
} pair_values;

static double pair_value(const void *context, size_t k, size_t l)
{
    const pair_values *values = context;

    return values->source->pair(values->record, k, l);
}

static void put_pairs(json_writer *writer, const char *key, field_column column, const cfi_record *record)
{
    pair_values values = {.source = &column.field->value, .record = record};

    if (!field_there(column, record, FIELD_JSON)) {
        json_null(writer, key);
    } else if (values.source->pair) {
        json_matrix_of(writer, key, (json_elements){pair_value, &values}, record->K, record->L);
    } else {
        json_matrix(writer, key, field_array(column, record), record->K, record->L);
    }
}

/* One member of an object: a word, a number or an array of them. */
static void put_member(json_writer *writer, field_column column, const cfi_record *record)
{
    const field *f = column.field;
    bool there = field_there(column, record, FIELD_JSON);
    char key[FIELD_NAME_LENGTH];

    field_key(column, key);
    if (f->shape == FIELD_TEXT) {
        const char *word = there ? field_word(f, record) : NULL;

        if (word || !(f->places & FIELD_IF_ANY)) {
            json_text(writer, key, word);
        }
    } else if (f->shape == FIELD_NUMBER && (there || !(f->places & FIELD_IF_ANY))) {
        json_number(writer, key, field_number(column, record, 0, FIELD_JSON));
    } else if (f->shape == FIELD_NUMBER) { /* left out */
    } else if (f->shape == FIELD_PAIRS) {
        put_pairs(writer, key, column, record);
    } else {
        json_scaled_vector(writer, key, there ? field_array(column, record) : NULL, field_values(f->shape, record),
                           field_factor(column));
    }
}

static void put_check(json_writer *writer, const cfi_check *check)
{
    if (!check->available) {
        json_null(writer, "check");
        return;
    }
    json_open(writer, "check", '{');
    json_text(writer, "solver", check->solver);
    json_text(writer, "status", alloc_status_name(check->status));
    json_number(writer, "sum_rate_bit_s_hz", check->sum_rate_bit_s_hz);
    json_number(writer, "objective_value", check->objective_value);
    json_number(writer, "relative_difference", check->relative_difference);
    json_close(writer, '}');
}

/* What the object "allocation" has besides its fields. */
static void put_rest_of_allocation(json_writer *writer, const cfi_record *record, const cfi_results *results)
{
    infeasible_json(writer, &record->allocation.because);
    if (results->check) {
        put_check(writer, &record->check);
    }
    if (results->solve_seconds) {
        json_number(writer, "solve_seconds", record->allocation.solve_seconds);
    }
}

/* The members of one object: its fields, then the objects within it. */
static void put_group(json_writer *writer, const field_group *group, const cfi_record *record,
                      const cfi_results *results)
{
    for (field_column at = field_start(results); field_next(&at, FIELD_ANY, FIELD_JSON);) {
        if (at.field->group == group) {
            put_member(writer, at, record);
        }
    }
    if (group == &GROUP_ALLOCATION) {
        put_rest_of_allocation(writer, record, results);
    }
    for (size_t i = 0; i < field_group_count; i++) {
        const field_group *inner = field_groups[i];

        if (inner->parent != group) {
            continue;
        }
        if (inner->nullable && !inner->there(record)) {
            json_null(writer, inner->key);
        } else {
            json_open(writer, inner->key, '{');
            put_group(writer, inner, record, results);
            json_close(writer, '}');
        }
    }
}

void drop_json(json_writer *writer, const cfi_record *record, const cfi_results *results)
{
    json_count(writer, "index", record->index);
    put_group(writer, field_groups[0], record, results);
}

/* Points [x, y], one a line: count x 2 from 2 x count. */
static void positions(json_writer *writer, const char *key, const double *position, size_t count)
{
    if (!position) {
        json_null(writer, key);
        return;
    }
    json_open(writer, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_vector(writer, NULL, position + 2 * i, 2);
    }
    json_close(writer, ']');
}

static double variance_at(const void *context, size_t k, size_t l)
{
    return link_share_at(context, k, l);
}

/* The users that each access point serves, a list a line; null where every one serves them all. False: no memory. */
static bool served_users(json_writer *writer, const cfi_network *network)
{
    size_t K = network->K, *user;

    if (!network->served) {
        json_null(writer, "served");
        return true;
    }
    user = malloc(K * sizeof *user);
    if (!user) {
        return false;
    }
    json_open(writer, "served", '[');
    for (size_t l = 0; l < network->L; l++) {
        size_t count = 0;

        for (size_t k = 0; k < K; k++) {
            user[count] = k;
            count += network->served[k + K * l];
        }
        json_counts(writer, NULL, user, count);
    }
    json_close(writer, ']');
    free(user);
    return true;
}

cfi_status drop_json_network(json_writer *writer, const cfi_record *record, cfi_error *error)
{
    const cfi_network *network = record->network;
    bool listed;

    json_open(writer, "network", '{');
    positions(writer, "ap_positions_m", network->ap_position_m, record->L);
    positions(writer, "ue_positions_m", network->ue_position_m, record->K);
    json_matrix(writer, "gain", network->beta, record->K, record->L);
    json_scaled_vector(writer, "angles_deg", network->angle_rad, record->L, DEGREES_PER_RADIAN);
    json_scaled_vector(writer, "array_orientation_deg", network->fading.orientation_rad, record->L, DEGREES_PER_RADIAN);
    json_vector(writer, "target_position_m", network->target_position_m, 2);
    json_vector(writer, "target_range_m", network->target_range_m, record->L);
    json_scaled_vector(writer, "target_bearing_deg", network->target_bearing_rad, record->L, DEGREES_PER_RADIAN);
    json_counts(writer, "pilots", network->pilot, record->K);
    listed = served_users(writer, network);
    json_matrix_of(writer, "xi", (json_elements){variance_at, record->link}, record->K, record->L);
    json_close(writer, '}');
    return listed ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for the clusters of %zu users", record->K);
}
