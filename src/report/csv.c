/* What the CSV tables have in common. */
#include "report/csv.h"

#include "base/text.h"
#include "report/fields.h"

void csv_number(FILE *stream, double value)
{
    char text[TEXT_NUMBER_LENGTH];

    text_double(value, text);
    fprintf(stream, ",%s", text);
}

void csv_header(FILE *stream, const cfi_results *results, unsigned shapes)
{
    for (field_column at = field_start(results); field_next(&at, shapes, FIELD_TABLE);) {
        char name[FIELD_NAME_LENGTH];

        field_column_name(at, name);
        fprintf(stream, ",%s", name);
    }
    fputc('\n', stream);
}
