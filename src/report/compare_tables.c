/* What is told of a comparison: a table for a person, and CSV. */
#include "report/compare.h"

#include "base/output.h"
#include "base/paragraph.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/csv.h"

#include <math.h>
#include <string.h>

static const compared_pairs *pairs_of(const cfi_comparison *c, size_t place, size_t key)
{
    return &c->pairs[place * c->keys.count + key];
}

/* A key that nobody asked for is shown where some pair has it, at any place. */
static bool is_shown(const cfi_comparison *c, size_t key)
{
    bool shown = c->keys.asked;

    for (size_t p = 0; p < c->places; p++) {
        shown = shown || pairs_of(c, p, key)->difference.count > 0;
    }
    return shown;
}

cfi_status report_write_comparison_csv(const cfi_comparison *c, FILE *stream, cfi_error *error)
{
    fputs("place,key,drops,left_out,mean_first,mean_second,mean_difference,std_error_difference\n", stream);
    for (size_t p = 0; p < c->places; p++) {
        const char *place = c->first.place[c->of_first[p]];

        for (size_t k = 0; k < c->keys.count; k++) {
            const compared_pairs *pairs = pairs_of(c, p, k);

            if (!is_shown(c, k)) {
                continue;
            }
            fprintf(stream, "\"");
            for (const char *t = place; *t; t++) {
                fputs(*t == '"' ? "\"\"" : (char[2]){*t, '\0'}, stream);
            }
            fprintf(stream, "\",%s,%zu,%zu", c->keys.name[k], pairs->difference.count, pairs->left_out);
            csv_number(stream, pairs->first.mean);
            csv_number(stream, pairs->second.mean);
            csv_number(stream, pairs->difference.mean);
            csv_number(stream, pairs->difference.std_error);
            fputc('\n', stream);
        }
    }
    return output_finish(stream, "a result", error);
}

/* A row has a label and these numbers, which leave a page room for one of 32 characters. */
enum { NUMBER_WIDTH = 9, DIFFERENCE_WIDTH = 10, COUNT_WIDTH = 6, LABEL_COLUMNS = 32 };

/* A mean as it is read: powers in watts are small, so that four digits are told where four decimals would show none. */
static void mean_cell(char text[CELL_LENGTH], double value)
{
    static const double least = 0.01; /* has three digits in four decimals */

    if (value != 0.0 && fabs(value) < least) {
        cell_digits(text, value, 4, NUMBER_WIDTH);
    } else {
        cell_number(text, value, 4, NUMBER_WIDTH);
    }
}

static void put_columns(const char *label, const char *const cell[4], const char *drops, FILE *stream)
{
    fprintf(stream, "%-*s %*s %*s %*s %*s %*s\n", LABEL_COLUMNS, label, NUMBER_WIDTH, cell[0], NUMBER_WIDTH, cell[1],
            DIFFERENCE_WIDTH, cell[2], NUMBER_WIDTH, cell[3], COUNT_WIDTH, drops);
}

/* A label that is too long stands in a line of its own. */
static void put_pair_row(const char *label, const compared_pairs *pairs, FILE *stream)
{
    char first[CELL_LENGTH], second[CELL_LENGTH], difference[CELL_LENGTH], std_error[CELL_LENGTH], drops[CELL_LENGTH];
    bool fits = strlen(label) <= LABEL_COLUMNS;

    mean_cell(first, pairs->first.mean);
    mean_cell(second, pairs->second.mean);
    if (pairs->equal) {
        snprintf(difference, sizeof difference, "equal");
        snprintf(std_error, sizeof std_error, "-");
    } else {
        cell_small(difference, pairs->difference.mean, 4, DIFFERENCE_WIDTH);
        cell_small(std_error, pairs->difference.std_error, 4, NUMBER_WIDTH);
    }
    snprintf(drops, sizeof drops, "%zu", pairs->difference.count);
    if (!fits) {
        paragraph_print(stream, 0, "%s", label);
    }
    put_columns(fits ? label : "", (const char *const[]){first, second, difference, std_error}, drops, stream);
}

enum { DIFFERENCES_SHOWN = 6, SHOWN_DIRECTORY = 300, SHOWN_PLACE = 300 };

static void put_question(const cfi_comparison *c, FILE *stream)
{
    char first[SHOWN_DIRECTORY], second[SHOWN_DIRECTORY];
    size_t differences;

    text_shown(first, sizeof first, c->first.directory);
    text_shown(second, sizeof second, c->second.directory);
    fprintf(stream, "paired differences of two %ss, the second minus the first\n", c->kind->noun);
    paragraph_print(stream, PAGE_INDENT, "first: %s", first);
    paragraph_print(stream, PAGE_INDENT, "second: %s", second);
    differences = compared_differences(&c->first, &c->second, 0, stream);
    fprintf(stream, differences > 0 ? "they differ in\n" : "their scenarios are the same\n");
    compared_differences(&c->first, &c->second, DIFFERENCES_SHOWN, stream);
    if (differences > DIFFERENCES_SHOWN) {
        paragraph_print(stream, PAGE_INDENT, "and %zu more keys", differences - DIFFERENCES_SHOWN);
    }
    fputc('\n', stream);
    put_columns("", (const char *const[]){"first", "second", "difference", "std error"}, "drops", stream);
}

/* Pairs that lack their number, of the key that lacks most of them; what only one has. */
static void put_left_out(const cfi_comparison *c, FILE *stream)
{
    size_t left_out = 0;

    for (size_t p = 0; p < c->places; p++) {
        size_t most = 0;

        for (size_t k = 0; k < c->keys.count; k++) {
            size_t own = pairs_of(c, p, k)->left_out;

            most = is_shown(c, k) && own > most ? own : most;
        }
        left_out += most;
    }
    if (left_out > 0) {
        paragraph_print(stream, 0, "left out: %zu %s, of which one is infeasible, failed, or has no such number",
                        left_out, text_by_count(left_out, "pair of drops", "pairs of drops"));
    }
    if (c->lone_drops > 0) {
        fprintf(stream, "left out: %zu drop%s that only one of the two has\n", c->lone_drops,
                text_by_count(c->lone_drops, "", "s"));
    }
    if (c->lone_places > 0) {
        fprintf(stream, "left out: %zu %s%s that only one of the two has\n", c->lone_places,
                strcmp(c->kind->noun, "frontier") == 0 ? "position" : "point", text_by_count(c->lone_places, "", "s"));
    }
}

/* The keys of a place; a place is the label of its row where there is one key alone and it fits. */
static void put_place(const cfi_comparison *c, size_t p, FILE *stream)
{
    char place[SHOWN_PLACE];
    bool labels, any = false;

    text_shown(place, sizeof place, c->first.place[c->of_first[p]]);
    labels = *place && c->keys.count == 1 && strlen(place) <= LABEL_COLUMNS;
    for (size_t k = 0; k < c->keys.count; k++) {
        any = any || pairs_of(c, p, k)->difference.count > 0;
    }
    if (*place && !labels) { /* rows of a place stand together */
        fputs(p > 0 && c->keys.count > 1 ? "\n" : "", stream);
        paragraph_print(stream, 0, "%s%s", place, any ? "" : ": no pairs");
    }
    for (size_t k = 0; k < c->keys.count; k++) {
        if (is_shown(c, k) && (any || labels || !*place)) {
            put_pair_row(labels ? place : c->keys.name[k], pairs_of(c, p, k), stream);
        }
    }
}

cfi_status report_write_comparison_table(const cfi_comparison *c, FILE *stream, cfi_error *error)
{
    put_question(c, stream);
    for (size_t p = 0; p < c->places; p++) {
        put_place(c, p, stream);
    }
    put_left_out(c, stream);
    return output_finish(stream, "a result", error);
}

cfi_status report_comparison_verdict(const cfi_comparison *c, cfi_error *error)
{
    for (size_t i = 0; i < c->places * c->keys.count; i++) {
        if (c->pairs[i].difference.count > 0) {
            return CFI_OK;
        }
    }
    return error_set(error, CFI_INFEASIBLE, "%.200s and %.200s: no drop has a number in both", c->first.directory,
                     c->second.directory);
}
