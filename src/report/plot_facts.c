/* Facts of results as variables of gnuplot. */
#include "report/plot_facts.h"

#include "base/text.h"
#include "report/plot_script.h"
#include "report/provenance.h"

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

/* ------------------------------------------------------------------------------- texts ---- */

/* A quote is written twice, and a line must not end. */
static void put_character(FILE *stream, const char *text, size_t count, uint32_t point)
{
    if (point == '\'') {
        fputc('\'', stream);
    }
    if (text_is_control(point)) {
        fputc(' ', stream);
    } else {
        fwrite(text, 1, count, stream);
    }
}

/* Within single quotes gnuplot substitutes nothing. */
static void put_quoted(FILE *stream, const char *text, size_t length, const char *behind)
{
    size_t count;

    fputc('\'', stream);
    for (; length > 0; text += count, length -= count) {
        uint32_t point;

        count = text_character(text, length, &point);
        put_character(stream, text, count, point);
    }
    fprintf(stream, "%s'", behind);
}

void plot_quoted(FILE *stream, const char *text)
{
    put_quoted(stream, text, strlen(text), "");
}

void plot_text(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "%s = ", name);
    plot_quoted(stream, text);
    fputc('\n', stream);
}

/* Of a character; what is not ASCII counts as a square from the first script on that has such. */
static double character_width(uint32_t point)
{
    static const double narrow = 0.4, usual = 0.63, capital = 0.75, wide = 1.0;
    static const uint32_t first_square = 0x1100; /* Hangul */

    if (point >= 0x80) {
        return point < first_square || point == TEXT_INVALID ? capital : wide;
    }
    if (strchr("mwMW@%", (int)point)) {
        return wide;
    }
    if (strchr(" !'(),-./:;I[]fijlrt|", (int)point)) {
        return narrow;
    }
    return point >= 'A' && point <= 'Z' ? capital : usual;
}

/* Bytes of text[0 .. length) that are at most so wide. */
static size_t bytes_within(const char *text, size_t length, double most_ems, double *ems)
{
    size_t at = 0;

    *ems = 0.0;
    while (at < length) {
        uint32_t point;
        size_t count = text_character(text + at, length - at, &point);

        if (*ems + character_width(point) > most_ems) {
            break;
        }
        *ems += character_width(point);
        at += count;
    }
    return at;
}

double plot_width(const char *text)
{
    double ems;

    bytes_within(text, strlen(text), INFINITY, &ems);
    return ems;
}

void plot_shortened(FILE *stream, const char *text, double most_ems)
{
    static const char dots[] = "...";
    size_t length = strlen(text);
    double ems;
    bool fits = bytes_within(text, length, most_ems, &ems) == length;

    put_quoted(stream, text, fits ? length : bytes_within(text, length, most_ems - plot_width(dots), &ems),
               fits ? "" : dots);
}

void plot_title(FILE *stream, const cfi_scenario *scenario, double more_ems)
{
    fputs("title_text = ", stream);
    plot_shortened(stream, scenario_title(scenario), PLOT_ACROSS_EMS - more_ems);
    fputc('\n', stream);
}

void plot_objective_label(const char *name, const char *unit, char label[PLOT_LABEL_LENGTH])
{
    snprintf(label, PLOT_LABEL_LENGTH, "%s, %s", name, strcmp(unit, "rad2") == 0 ? "rad^2" : unit);
    for (char *c = label; *c; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
}

/* ---------------------------------------------------------------------------- the script ---- */

void plot_head(FILE *stream, const cfi_scenario *scenario, const char *what, size_t drops, const plot_picture *picture,
               size_t pictures)
{
    fputs(PLOT_FIGURES, stream);
    for (size_t i = 0; i < pictures; i++) {
        fprintf(stream, " %s", picture[i].name);
    }
    fputc('\n', stream);
    if (drops > 0) {
        fprintf(stream, PLOT_DROPS " %zu\n", drops);
    }
    fputs(PLOT_ABOUT " ", stream);
    provenance_line(stream, scenario);
    fprintf(stream, "\n#\n# cfisac plot draws %s, and so does gnuplot in this folder:\n#   gnuplot plots.gp\n", what);
    fprintf(stream, "#   gnuplot -e 'figure = \"%s\"; format = \"pdf\"", picture[0].name);
    if (drops > 0) {
        fprintf(stream, "; drop = %zu", drops - 1);
    }
    fputs("' plots.gp      (svg, png, pdf, eps)\n\n", stream);
}

void plot_pictures(FILE *stream, const plot_picture *picture, size_t pictures)
{
    for (size_t i = 0; i < pictures; i++) {
        fprintf(stream, "if (!exists(\"figure\") || figure eq \"%s\") {\n", picture[i].name);
        if (picture[i].why_not) {
            fprintf(stream, "print \"plots.gp: no %s: %s\"\n", picture[i].name, picture[i].why_not);
        } else {
            fputs(picture[i].drawing, stream);
        }
        fputs("}\n\n", stream);
    }
}
