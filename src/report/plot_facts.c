/* Facts of results as variables of gnuplot. */
#include "report/plot_facts.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

void plot_include(plot_extent *range, double value)
{
    if (isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

bool plot_is_known(const plot_extent *range)
{
    return range->low <= range->high;
}

plot_extent plot_pad(plot_extent range)
{
    double pad = 0.1 * (range.high - range.low);

    if (!(pad > 1e-9 * fmax(fabs(range.low), fabs(range.high)))) {
        pad = fmax(0.05 * fabs(range.low), 0.05);
    }
    return (plot_extent){range.low - pad, range.high + pad};
}

void plot_number(FILE *stream, const char *name, double value)
{
    char text[TEXT_NUMBER_LENGTH];

    text_double(value, text);
    fprintf(stream, "%s = %s\n", name, text);
}

void plot_count(FILE *stream, const char *name, size_t value)
{
    fprintf(stream, "%s = %zu\n", name, value);
}

void plot_range(FILE *stream, const char *name, plot_extent range)
{
    char low[TEXT_NUMBER_LENGTH], high[TEXT_NUMBER_LENGTH];

    range = plot_pad(plot_is_known(&range) ? range : (plot_extent){0.0, 1.0});
    text_double(range.low, low);
    text_double(range.high, high);
    fprintf(stream, "%s_low = %s\n%s_high = %s\n", name, low, name, high);
}

/* Within single quotes gnuplot substitutes nothing; a quote is written twice, and a line must not end. */
void plot_text(FILE *stream, const char *name, const char *text)
{
    size_t length = strlen(text), count;

    fprintf(stream, "%s = '", name);
    for (; length > 0; text += count, length -= count) {
        uint32_t point;

        count = text_character(text, length, &point);
        if (point == '\'') {
            fputc('\'', stream);
        }
        if (text_is_control(point)) {
            fputc(' ', stream);
        } else {
            fwrite(text, 1, count, stream);
        }
    }
    fputs("'\n", stream);
}
