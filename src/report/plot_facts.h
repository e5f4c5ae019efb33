/* Facts of results as variables of gnuplot. */
#ifndef CFISAC_REPORT_PLOT_FACTS_H
#define CFISAC_REPORT_PLOT_FACTS_H

#include "cfisac/scenario.h"

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
/* The text in single quotes, on one line, in which gnuplot substitutes nothing. */
void plot_quoted(FILE *stream, const char *text);
/* "name = 'text'" */
void plot_text(FILE *stream, const char *name, const char *text);
/* The width of a text in letters of DejaVu Sans, in ems, about; and its beginning that is at most so wide, in quotes,
 * with dots where the rest is cut off. */
#define PLOT_ACROSS_EMS 30.0 /* a line of a picture of 9 cm, which has 31.9 ems of 8 points */
double plot_width(const char *text);
void plot_shortened(FILE *stream, const char *text, double most_ems);
/* "title_text = 'the scenario's title'", cut where it would leave no room for `more_ems` behind it. */
void plot_title(FILE *stream, const cfi_scenario *scenario, double more_ems);
/* An objective and its unit as the label of an axis: "min crlb, rad^2". */
enum { PLOT_LABEL_LENGTH = 64 };
void plot_objective_label(const char *name, const char *unit, char label[PLOT_LABEL_LENGTH]);

/* A picture that plots.gp draws. */
typedef struct plot_picture {
    const char *name, *drawing; /* drawing: gnuplot's own text */
    const char *why_not;        /* why there is none; NULL: there is one */
} plot_picture;
/* The head of plots.gp: comments that `cfisac plot` and a person read. `what`: "this run"; drops: 0 where pictures are
 * not of single drops. */
void plot_head(FILE *stream, const cfi_scenario *scenario, const char *what, size_t drops, const plot_picture *picture,
               size_t pictures);
/* The drawings, each under the condition that it is asked for. */
void plot_pictures(FILE *stream, const plot_picture *picture, size_t pictures);

#endif
