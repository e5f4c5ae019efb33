/* From row to row of the table of fields, and from a row to its names and values. */
#include "report/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- from row to row ---- */

static bool has_error(const field *f, unsigned place)
{
    return f->error.kind != SOURCE_NONE && place != FIELD_SWEEP && place != FIELD_PAIRED;
}

bool field_next(field_column *at, unsigned shapes, unsigned place)
{
    const field *f = at->field;

    if (f && !at->is_error && has_error(f, place)) {
        at->is_error = true;
        return true;
    }
    if (f && !at->times_mhz && f->unit->times_mhz && at->bandwidth_mhz > 0.0) {
        at->is_error = false;
        at->times_mhz = true;
        return true;
    }
    for (f = f ? f + 1 : field_table; f < field_table + field_count; f++) {
        if ((f->shape & shapes) && (f->places & place)) {
            *at = (field_column){.field = f, .bandwidth_mhz = at->bandwidth_mhz};
            return true;
        }
    }
    return false;
}

field_column field_start(const cfi_results *results)
{
    return (field_column){.bandwidth_mhz = scenario_system(results->scenario)->power.bandwidth_hz / 1e6};
}

bool field_next_number(field_column *at)
{
    return field_next(at, FIELD_NUMBER, FIELD_JOURNAL);
}

size_t field_number_index(double (*number)(const cfi_record *record))
{
    size_t i = 0;

    for (field_column at = {.field = NULL}; field_next_number(&at) && at.field->value.number != number;) {
        i++;
    }
    return i;
}

/* ----------------------------------------------------------------------------------- names ---- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* The parts that are not empty, joined by underscores. */
static void join(const char *const *part, size_t parts, char text[FIELD_NAME_LENGTH])
{
    size_t used = 0;

    *text = '\0';
    for (size_t i = 0; i < parts; i++) {
        if (*part[i] && used < FIELD_NAME_LENGTH) {
            used += (size_t)snprintf(text + used, FIELD_NAME_LENGTH - used, "%s%s", used > 0 ? "_" : "", part[i]);
        }
    }
}

static const field_unit *unit_of(field_column column)
{
    return column.times_mhz ? column.field->unit->times_mhz : column.field->unit;
}

void field_key(field_column column, char text[FIELD_NAME_LENGTH])
{
    const char *part[] = {column.field->name, column.is_error ? "std_error" : "", unit_of(column)->suffix};

    join(part, 3, text);
}

/* The rule for columns. */
static void join_column(field_column column, char text[FIELD_NAME_LENGTH])
{
    const field *f = column.field;
    const char *part[] = {or_empty(f->group->before), f->name,
                          column.is_error ? "std_error" : or_empty(f->group->behind), unit_of(column)->suffix};

    join(part, 4, text);
}

void field_column_name(field_column column, char text[FIELD_NAME_LENGTH])
{
    if (column.field->column && !column.is_error) {
        snprintf(text, FIELD_NAME_LENGTH, "%s", column.field->column);
    } else {
        join_column(column, text);
    }
}

void field_line_key(field_column column, char text[FIELD_NAME_LENGTH])
{
    if (column.field->shape == FIELD_STEPS) {
        join_column(column, text);
    } else {
        field_column_name(column, text);
    }
}

const char *field_unit_text(field_column column, const cfi_record *record)
{
    const field *unit = field_table;

    if (unit_of(column)->text) {
        return unit_of(column)->text;
    }
    while (unit->group != column.field->group || strcmp(unit->name, "unit") != 0) {
        unit++;
    }
    return field_word(unit, record);
}

/* ---------------------------------------------------------------------------------- values ---- */

static const field_source *source_of(field_column column)
{
    return column.is_error ? &column.field->error : &column.field->value;
}

const double *field_array(field_column column, const cfi_record *record)
{
    const double *array;

    memcpy(&array, (const char *)record + source_of(column)->offset, sizeof array);
    return array;
}

bool field_there(field_column column, const cfi_record *record, unsigned place)
{
    const field *f = column.field;

    if (!(f->places & FIELD_ALWAYS) && !(place == FIELD_JSON && (f->places & FIELD_COUNTED)) &&
        !f->group->there(record)) {
        return false;
    }
    if (f->there && !f->there(record)) {
        return false;
    }
    return source_of(column)->kind != SOURCE_ARRAY || field_array(column, record);
}

const char *field_word(const field *f, const cfi_record *record)
{
    const char *word;

    if (f->value.kind == SOURCE_FUNCTION) {
        return f->value.word(record);
    }
    memcpy(&word, (const char *)record + f->value.offset, sizeof word);
    return word;
}

double field_factor(field_column column)
{
    return column.times_mhz ? column.bandwidth_mhz : 1.0;
}

/* As the record has it. */
static double number_of_record(field_column column, const cfi_record *record, size_t i, unsigned place)
{
    const field_source *source = source_of(column);
    const char *member = (const char *)record + source->offset;
    double number;
    size_t count;

    if (!field_there(column, record, place)) {
        return NAN;
    }
    switch (source->kind) {
    case SOURCE_DOUBLE:
        memcpy(&number, member, sizeof number);
        return number;
    case SOURCE_COUNT:
        memcpy(&count, member, sizeof count);
        return (double)count;
    case SOURCE_ARRAY:
        return field_array(column, record)[i];
    case SOURCE_FUNCTION:
        return source->number ? source->number(record)
               : source->pair ? source->pair(record, i % record->K, i / record->K)
                              : source->element(record, i);
    case SOURCE_NONE:
    case SOURCE_WORD:
        break;
    }
    return NAN;
}

double field_number(field_column column, const cfi_record *record, size_t i, unsigned place)
{
    return number_of_record(column, record, i, place) * field_factor(column);
}

size_t field_values(field_shape shape, const cfi_record *record)
{
    switch (shape) {
    case FIELD_NUMBER:
        return 1;
    case FIELD_USERS:
        return record->K;
    case FIELD_APS:
        return record->L;
    case FIELD_PAIRS:
        return record->K * record->L;
    case FIELD_STEPS:
        return record->allocation.objective.trace_count;
    case FIELD_TEXT:
    case FIELD_ANY:
        break;
    }
    return 0;
}

cfi_status field_statistics(const cfi_results *results, field_column column, cfi_statistics *statistics,
                            cfi_error *error)
{
    double *value = malloc((results->count + 1) * sizeof *value);

    if (!value) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the statistics of %zu drops", results->count);
    }
    for (size_t i = 0; i < results->count; i++) {
        value[i] = field_number(column, &results->record[i], 0, FIELD_TABLE);
    }
    *statistics = report_statistics(value, results->count);
    free(value);
    return CFI_OK;
}
