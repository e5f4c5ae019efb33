/* drops.csv and summary.csv. docs/results.md lists every column. */
#include "report/number.h"
#include "report/quantities.h"
#include "report/stream.h"

static void put_number(FILE *stream, double value)
{
    char text[NUMBER_LENGTH];

    number_format(value, text);
    fprintf(stream, ",%s", text);
}

static void drop_row(const cfi_record *record, FILE *stream)
{
    const cfi_allocation *allocation = &record->allocation;

    fprintf(stream, "%u,%s,%s,%s,%s", record->index, drop_status_name(record->status), method_name(allocation->method),
            alloc_status_name(allocation->status), allocation->stop_reason ? allocation->stop_reason : "none");
    for (quantity_id id = 0; id < QUANTITIES; id++) {
        put_number(stream, quantity_of(id, record));
    }
    fputc('\n', stream);
}

cfi_status report_write_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("index,status,method,allocation_status,stop_reason", stream);
    for (quantity_id id = 0; id < QUANTITIES; id++) {
        fprintf(stream, ",%s", quantity_table[id].name);
    }
    fputc('\n', stream);
    for (size_t i = 0; i < results->count; i++) {
        drop_row(&results->record[i], stream);
    }
    return finish_stream(stream, error);
}

cfi_status report_write_summary_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("quantity,unit,count,mean,std_error,p05,p50,p95\n", stream);
    for (quantity_id id = 0; id < QUANTITIES; id++) {
        cfi_statistics s;
        cfi_status status = quantity_statistics(results, id, &s, error);

        if (status != CFI_OK) {
            return status;
        }
        fprintf(stream, "%s,%s,%zu", quantity_table[id].name, quantity_table[id].unit, s.count);
        put_number(stream, s.mean);
        put_number(stream, s.std_error);
        put_number(stream, s.p05);
        put_number(stream, s.p50);
        put_number(stream, s.p95);
        fputc('\n', stream);
    }
    return finish_stream(stream, error);
}
