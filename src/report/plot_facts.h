/* Facts of results as variables of gnuplot. */
#ifndef CFISAC_REPORT_PLOT_FACTS_H
#define CFISAC_REPORT_PLOT_FACTS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What an axis has to show. */
typedef struct plot_extent {
    double low, high;
} plot_extent;

static const plot_extent PLOT_NOWHERE = {INFINITY, -INFINITY};

/* What is not finite is not shown. */
void plot_include(plot_extent *range, double value);
/* Whether anything was included. */
bool plot_is_known(const plot_extent *range);
/* With a tenth of its length at both ends; never a single value, which gnuplot could not scale. */
plot_extent plot_pad(plot_extent range);

/* "name = value" */
void plot_number(FILE *stream, const char *name, double value);
void plot_count(FILE *stream, const char *name, size_t value);
/* "name_low = ..", "name_high = ..", padded; 0 and 1 where nothing is known. */
void plot_range(FILE *stream, const char *name, plot_extent range);
/* "name = 'text'" on one line, in which gnuplot substitutes nothing. */
void plot_text(FILE *stream, const char *name, const char *text);

#endif
