/* drops.csv: a row a drop, a column for each word and number of it. */
#include "base/output.h"
#include "report/csv.h"
#include "report/fields.h"

enum { WORDS_AND_NUMBERS = FIELD_TEXT | FIELD_NUMBER };

static void drop_row(const cfi_results *results, const cfi_record *record, FILE *stream)
{
    fprintf(stream, "%u", record->index);
    for (field_column at = field_start(results); field_next(&at, WORDS_AND_NUMBERS, FIELD_TABLE);) {
        if (at.field->shape == FIELD_TEXT) {
            const char *word = field_word(at.field, record);

            fprintf(stream, ",%s", word ? word : "none");
        } else {
            csv_number(stream, field_number(at, record, 0, FIELD_TABLE));
        }
    }
    fputc('\n', stream);
}

cfi_status report_write_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("index", stream);
    csv_header(stream, results, WORDS_AND_NUMBERS);
    for (size_t i = 0; i < results->count; i++) {
        drop_row(results, &results->record[i], stream);
    }
    return output_finish(stream, "a result", error);
}

bool report_number_column(size_t index, char *text, size_t size)
{
    char name[FIELD_NAME_LENGTH];
    field_column at = {.field = NULL};

    for (size_t i = 0; i <= index; i++) {
        if (!field_next(&at, FIELD_NUMBER, FIELD_TABLE)) {
            return false;
        }
    }
    field_column_name(at, name);
    snprintf(text, size, "%s", name);
    return true;
}
