/* summary.csv: a row a number of drops.csv, with its statistics over drops. */
#include "base/output.h"
#include "report/csv.h"
#include "report/fields.h"

cfi_status report_write_summary_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("quantity,unit,count,mean,std_error,p05,p50,p95\n", stream);
    for (field_column at = field_start(results); field_next(&at, FIELD_NUMBER, FIELD_TABLE);) {
        char name[FIELD_NAME_LENGTH];
        cfi_statistics s;
        cfi_status status = field_statistics(results, at, &s, error);

        if (status != CFI_OK) {
            return status;
        }
        field_column_name(at, name);
        fprintf(stream, "%s,%s,%zu", name, field_unit_text(at, results->record), s.count);
        csv_number(stream, s.mean);
        csv_number(stream, s.std_error);
        csv_number(stream, s.p05);
        csv_number(stream, s.p50);
        csv_number(stream, s.p95);
        fputc('\n', stream);
    }
    return output_finish(stream, "a result", error);
}
