/* aps.csv, ues.csv and trace.csv: what belongs to an access point, a user or a step of a drop, in long form. */
#include "base/output.h"
#include "report/csv.h"
#include "report/fields.h"

#include <math.h>

/* A row for each value of that shape of a drop; what is absent or not finite is nan. */
static void put_rows_of(const cfi_results *results, const cfi_record *record, field_shape shape, FILE *stream)
{
    for (size_t i = 0; i < field_values(shape, record); i++) {
        fprintf(stream, "%u,%zu", record->index, i);
        for (field_column at = field_start(results); field_next(&at, shape, FIELD_TABLE);) {
            double value = field_number(at, record, i, FIELD_TABLE);

            csv_number(stream, isfinite(value) ? value : NAN);
        }
        fputc('\n', stream);
    }
}

/* what: the name of the column that counts the values. */
static cfi_status write_long(const cfi_results *results, field_shape shape, const char *what, FILE *stream,
                             cfi_error *error)
{
    fprintf(stream, "drop,%s", what);
    csv_header(stream, results, shape);
    for (size_t i = 0; i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        if (shape == FIELD_STEPS ? record->status == CFI_DROP_OK : record->network != NULL) {
            put_rows_of(results, record, shape, stream);
        }
    }
    return output_finish(stream, "a result", error);
}

cfi_status report_write_aps_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    return write_long(results, FIELD_APS, "ap", stream, error);
}

cfi_status report_write_ues_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    return write_long(results, FIELD_USERS, "ue", stream, error);
}

cfi_status report_write_trace_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    return write_long(results, FIELD_STEPS, "iteration", stream, error);
}
