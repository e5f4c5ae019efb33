/* What the CSV tables have in common. */
#include "report/csv.h"

#include "report/fields.h"
#include "report/number.h"

void csv_number(FILE *stream, double value)
{
    char text[NUMBER_LENGTH];

    number_format(value, text);
    fprintf(stream, ",%s", text);
}

void csv_header(FILE *stream, unsigned shapes)
{
    for (field_column at = {NULL}; field_next(&at, shapes, FIELD_TABLE);) {
        char name[FIELD_NAME_LENGTH];

        field_column_name(at, name);
        fprintf(stream, ",%s", name);
    }
    fputc('\n', stream);
}
