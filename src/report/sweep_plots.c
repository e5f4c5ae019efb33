/* plots.gp of a sweep: which of its keys is the axis, which are curves, as variables; then the drawing, which is
 * gnuplot's own text. The scenario's name is no part of it, since shards do not keep one. */
#include "plots_text.h"

#include "alloc/objective.h"
#include "base/output.h"
#include "report/pairing.h"
#include "report/plot_facts.h"

#include <stdlib.h>
#include <string.h>

enum {
    PLOTTED_CURVES = 10, /* colours that can be told apart */
    MOST_WORDS = 24,     /* that find room beside each other */
    CURVE_TEXT = 600     /* bytes of the words of a curve */
};

/* What of a sweep is drawn. */
typedef struct sweep_view {
    const cfi_sweep_outcomes *outcomes;
    const cfi_axis *axis;
    size_t axes, along;           /* along: the axis that is the picture's */
    size_t curves, all_curves;    /* of all there are */
    size_t first[PLOTTED_CURVES]; /* the first point of each curve */
    bool in_words, has_shares;
    bool paired; /* means over the drops that are feasible all along their curve, of which each has some */
} sweep_view;

/* The value as a number, or NaN. */
static double axis_number(const cfi_axis *axis, size_t value)
{
    char *end;
    double number = strtod(axis->value[value], &end);

    return end > axis->value[value] && *end == '\0' ? number : NAN;
}

static bool has_numbers(const cfi_axis *axis)
{
    size_t i = 0;

    while (i < axis->count && isfinite(axis_number(axis, i))) {
        i++;
    }
    return i == axis->count;
}

/* ------------------------------------------------------------------------- what is drawn ---- */

/* How well an axis of the sweep does as that of a picture. */
typedef enum axis_rank { RANK_SINGLE, RANK_WORDS, RANK_NUMBERS } axis_rank;

static axis_rank rank_of(const cfi_axis *axis)
{
    return axis->count == 1 ? RANK_SINGLE : has_numbers(axis) ? RANK_NUMBERS : RANK_WORDS;
}

/* Of the best ones that with most values. */
static void choose_axis(sweep_view *view)
{
    view->along = 0;
    for (size_t i = 1; i < view->axes; i++) {
        const cfi_axis *best = &view->axis[view->along], *other = &view->axis[i];

        if (rank_of(other) != rank_of(best) ? rank_of(other) > rank_of(best) : other->count > best->count) {
            view->along = i;
        }
    }
    view->in_words = view->axes == 0 || rank_of(&view->axis[view->along]) != RANK_NUMBERS;
}

/* Whether two axes vary together, as one does with itself. */
static bool varies_with(const sweep_view *view, size_t axis, size_t other)
{
    const cfi_scenario *sweep = view->outcomes->sweep;

    return other < view->axes && scenario_axis_leader(sweep, axis) == scenario_axis_leader(sweep, other);
}

/* The key whose values are the curves where there are too many of all; axes where there is none. */
static size_t curve_axis(const sweep_view *view)
{
    size_t i = 0;

    while (i < view->axes && (varies_with(view, i, view->along) || view->axis[i].count == 1)) {
        i++;
    }
    return i;
}

/* Whether a curve through `point` is wanted where there are too many: of one key some values at equal distances are
 * taken, all others stay at their first. */
static bool is_chosen(const sweep_view *view, size_t point)
{
    bool chosen = true;

    for (size_t i = 0; i < view->axes; i++) {
        size_t index = scenario_axis_index(view->outcomes->sweep, point, i), steps = view->axis[i].count - 1;

        if (varies_with(view, i, curve_axis(view))) {
            chosen = chosen && (steps < PLOTTED_CURVES || index * (PLOTTED_CURVES - 1) % steps < PLOTTED_CURVES - 1);
        } else if (!varies_with(view, i, view->along)) {
            chosen = chosen && index == 0;
        }
    }
    return chosen;
}

static void choose_curves(sweep_view *view)
{
    const cfi_scenario *sweep = view->outcomes->sweep;
    size_t points = scenario_points(sweep);

    view->all_curves = points / (view->axes > 0 ? view->axis[view->along].count : 1);
    for (size_t p = 0; p < points && view->curves < PLOTTED_CURVES; p++) {
        bool begins = view->axes == 0 || scenario_axis_index(sweep, p, view->along) == 0;

        if (begins && (view->all_curves <= PLOTTED_CURVES || is_chosen(view, p))) {
            view->first[view->curves++] = p;
        }
    }
}

static size_t count_ok(const sweep_view *view, size_t point)
{
    size_t count = 0;

    for (size_t i = view->outcomes->first[point]; i < view->outcomes->first[point + 1]; i++) {
        count += view->outcomes->status[i] == CFI_DROP_OK;
    }
    return count;
}

static size_t curve_points(const sweep_view *view)
{
    return view->axes > 0 ? view->axis[view->along].count : 1;
}

static size_t curve_point(const sweep_view *view, size_t curve, size_t i)
{
    return view->first[curve] + i * (view->axes > 0 ? scenario_axis_stride(view->outcomes->sweep, view->along) : 0);
}

/* Whether a point that is drawn lacks drops; *any: whether one has some. */
static bool lacks_drops(const sweep_view *view, bool *any)
{
    bool lacks = false;

    *any = false;
    for (size_t c = 0; c < view->curves; c++) {
        for (size_t i = 0; i < curve_points(view); i++) {
            size_t point = curve_point(view, c, i), ok = count_ok(view, point);

            *any = *any || ok > 0;
            lacks = lacks || ok < pairing_drops(view->outcomes, point);
        }
    }
    return lacks;
}

static bool has_pairs(const sweep_view *view, const pairing *pairs, size_t point)
{
    size_t d = 0, drops = pairing_drops(view->outcomes, point);

    while (d < drops && !pairing_has(pairs, point, d)) {
        d++;
    }
    return d < drops;
}

/* Whether every point that is drawn has drops that are feasible all along its curve over the threshold: then means are
 * over the same networks. */
static cfi_status look_for_pairs(sweep_view *view, cfi_error *error)
{
    pairing pairs;
    cfi_status status = CFI_OK;

    if (!view->has_shares || pairing_axis(view->outcomes->sweep) == view->axes) {
        return CFI_OK;
    }
    status = pairing_make(view->outcomes, &pairs, error);
    view->paired = status == CFI_OK;
    for (size_t c = 0; c < view->curves && view->paired; c++) {
        for (size_t i = 0; i < curve_points(view) && view->paired; i++) {
            view->paired = has_pairs(view, &pairs, curve_point(view, c, i));
        }
    }
    pairing_free(&pairs);
    return status;
}

/* ------------------------------------------------------------------------------- texts ---- */

/* A value as it is shown: a word without its quotes. */
static void append_value(char *text, const char *value)
{
    size_t used = strlen(text), length = strlen(value), skip = *value == '"';

    snprintf(text + used, CURVE_TEXT - used, "%.*s", (int)(length - 2 * skip), value + skip);
}

/* "key=value, key=value" of a curve: the axes but the picture's and those that stay at a value. */
static void put_curve_name(const sweep_view *view, size_t curve, char text[CURVE_TEXT])
{
    *text = '\0';
    for (size_t i = 0; i < view->axes; i++) {
        bool stays = view->all_curves > PLOTTED_CURVES && !varies_with(view, i, curve_axis(view));
        size_t used = strlen(text);

        if (varies_with(view, i, view->along) || view->axis[i].count == 1 || stays) {
            continue;
        }
        snprintf(text + used, CURVE_TEXT - used, "%s%s=", used > 0 ? ", " : "", view->axis[i].key);
        append_value(text, view->axis[i].value[scenario_axis_index(view->outcomes->sweep, view->first[curve], i)]);
    }
}

/* The mean that is drawn: names of its columns, and the label of its axis. */
static void put_mean(const sweep_view *view, FILE *stream)
{
    const cfi_scenario *sweep = view->outcomes->sweep;
    const alloc_objective *objective = objective_of(scenario_system(sweep)->allocation.objective);
    bool rate = scenario_system(sweep)->allocation.objective == CFI_SUM_RATE;
    const char *drops = view->paired ? "paired" : "feasible";
    char label[PLOT_LABEL_LENGTH];

    for (size_t i = 0; i < view->axes; i++) { /* values of different objectives have no axis in common */
        rate = rate || strcmp(view->axis[i].key, "allocation.objective") == 0;
    }
    if (rate) {
        objective = objective_of(CFI_SUM_RATE);
    }
    plot_objective_label(objective->name, objective->unit, label);
    plot_text(stream, "mean_label", label);
    fprintf(stream, "mean = \"%s_mean_%s\"\nerror = \"%s_std_error_%s\"\n", drops,
            rate ? "sum_rate_bit_s_hz" : "objective_value", drops, rate ? "sum_rate_bit_s_hz" : "objective_value");
}

/* What points and bars are. */
static void put_foot(const sweep_view *view, FILE *stream)
{
    size_t least = SIZE_MAX, most = 0;

    for (size_t c = 0; c < view->curves; c++) {
        for (size_t i = 0; i < curve_points(view); i++) {
            size_t drops = pairing_drops(view->outcomes, curve_point(view, c, i));

            least = drops < least ? drops : least;
            most = drops > most ? drops : most;
        }
    }
    fputs("foot = \"", stream);
    if (view->paired) {
        fputs("means over the drops feasible all along a curve", stream);
    } else if (view->has_shares) {
        fputs("means over feasible drops", stream);
    } else if (least == most) {
        fprintf(stream, most == 1 ? "one drop" : "means of %zu drops", most);
    } else {
        fprintf(stream, "means of %zu to %zu drops", least, most);
    }
    fprintf(stream, "%s\"\n", most > 1 ? "; bars: ±2 standard errors" : "");
}

/* Which curves there are besides, and what the drawn ones have in common, a line for each key. */
static void put_other_curves(const sweep_view *view, FILE *stream)
{
    char text[CURVE_TEXT];

    fputs("array note = [", stream);
    if (view->curves < view->all_curves) {
        snprintf(text, sizeof text, "%zu of %zu curves", view->curves, view->all_curves);
        plot_quoted(stream, text);
        for (size_t i = 0; i < view->axes; i++) {
            if (!varies_with(view, i, view->along) && !varies_with(view, i, curve_axis(view)) &&
                view->axis[i].count > 1) {
                snprintf(text, sizeof text, "%s=", view->axis[i].key);
                append_value(text, view->axis[i].value[0]);
                fputs(", ", stream);
                plot_shortened(stream, text, PLOT_ACROSS_EMS);
            }
        }
    } else {
        plot_quoted(stream, "");
    }
    fputs("]\n", stream);
    plot_count(stream, "notes", view->curves < view->all_curves);
}

/* ----------------------------------------------------------------------------- variables ---- */

static void put_curve_points(const sweep_view *view, FILE *stream)
{
    plot_count(stream, "curves", view->curves);
    plot_count(stream, "stride", view->axes > 0 ? scenario_axis_stride(view->outcomes->sweep, view->along) : 1);
    fputs("array first_point = [", stream);
    for (size_t c = 0; c < view->curves; c++) {
        fprintf(stream, "%s%zu", c > 0 ? ", " : "", view->first[c]);
    }
    fputs("]\narray last_point = [", stream);
    for (size_t c = 0; c < view->curves; c++) {
        fprintf(stream, "%s%zu", c > 0 ? ", " : "", curve_point(view, c, curve_points(view) - 1));
    }
    fputs("]\n", stream);
}

/* The names of curves, and rows of the key: as many columns as the widest leaves room for. */
static void put_titles(const sweep_view *view, FILE *stream)
{
    static const double sample_ems = 4.0, most_title_ems = 26.0;
    double widest = 0.0;
    size_t titles = view->curves > 1 ? view->curves : 0, columns;
    char text[CURVE_TEXT];

    fputs("array curve_title = [", stream);
    for (size_t c = 0; c < view->curves; c++) {
        put_curve_name(view, c, text);
        widest = fmax(widest, fmin(plot_width(text), most_title_ems));
        fputs(c > 0 ? ", " : "", stream);
        plot_shortened(stream, text, most_title_ems);
    }
    columns = (size_t)(PLOT_ACROSS_EMS / (widest + sample_ems));
    columns = columns > 0 ? columns : 1;
    fputs("]\n", stream);
    plot_count(stream, "titles", titles);
    plot_count(stream, "key_rows", (titles + columns - 1) / columns);
}

/* Numbers that span a decade are shown by their logarithms when their middle one is nearer to the middle there. */
static bool spans_decades(const cfi_axis *axis)
{
    plot_extent x = PLOT_NOWHERE;
    double below = 0.0, middle;

    for (size_t i = 0; i < axis->count; i++) {
        plot_include(&x, axis_number(axis, i));
    }
    if (!(x.low > 0.0 && x.high >= 10.0 * x.low)) {
        return false;
    }
    middle = 0.5 * (0.5 * (x.low + x.high) + sqrt(x.low * x.high));
    for (size_t i = 0; i < axis->count; i++) {
        below += axis_number(axis, i) < middle ? 1.0 : -1.0;
    }
    return below > 0.0;
}

static void put_number_axis(const cfi_axis *axis, FILE *stream)
{
    static const double beyond = 1.15; /* of a logarithmic axis, at both ends */
    plot_extent x = PLOT_NOWHERE;
    bool whole = true; /* then so are the ticks: there is nothing between two counts */

    for (size_t i = 0; i < axis->count; i++) {
        double value = axis_number(axis, i);

        plot_include(&x, value);
        whole = whole && value == floor(value);
    }
    plot_text(stream, "x_key", axis->key);
    plot_count(stream, "whole", whole);
    plot_count(stream, "in_decades", spans_decades(axis));
    if (spans_decades(axis)) {
        plot_number(stream, "x_low", x.low / beyond);
        plot_number(stream, "x_high", x.high * beyond);
    } else {
        plot_range(stream, "x", x);
    }
    fputs("word_room_cm = 0\n", stream);
}

/* What stands at a place of the axis: the value of its key, then of those that vary together with it. */
static void write_words(const sweep_view *view, size_t place, char text[CURVE_TEXT])
{
    *text = '\0';
    append_value(text, view->axes > 0 ? view->axis[view->along].value[place] : "0");
    for (size_t i = 0; i < view->axes; i++) {
        if (i != view->along && varies_with(view, i, view->along)) {
            append_value(text, ", ");
            append_value(text, view->axis[i].value[place]);
        }
    }
}

/* The words that find room, each at its place; they are turned where they would run into each other. */
static void put_word_axis(const sweep_view *view, FILE *stream)
{
    static const double most_word_ems = 10.0, axes_ems = 26.0, cm_per_em = 0.28, usual_cm = 0.4;
    const size_t count = curve_points(view), each = 1 + (count - 1) / MOST_WORDS, shown = 1 + (count - 1) / each;
    double widest = 0.0;
    bool turned;
    char text[CURVE_TEXT];

    plot_text(stream, "x_key", view->axes > 0 ? view->axis[view->along].key : "point");
    fprintf(stream, "in_decades = 0\nwhole = 0\nx_low = -0.5\nx_high = %zu - 0.5\narray word = [", count);
    for (size_t i = 0; i < count; i += each) {
        write_words(view, i, text);
        widest = fmax(widest, fmin(plot_width(text), most_word_ems));
        fputs(i > 0 ? ", " : "", stream);
        plot_shortened(stream, text, most_word_ems);
    }
    fputs("]\narray word_at = [", stream);
    for (size_t i = 0; i < count; i += each) {
        fprintf(stream, "%s%zu", i > 0 ? ", " : "", i);
    }
    turned = (widest + 1.0) * (double)shown > axes_ems;
    fputs("]\n", stream);
    plot_count(stream, "words_turned", turned);
    plot_number(stream, "word_room_cm", turned ? fmax(widest * cm_per_em * sin(M_PI / 3.0) - usual_cm, 0.0) : 0.0);
}

/* The key of the axis, with those that vary together with it. */
static void put_axis_label(const sweep_view *view, FILE *stream)
{
    const char *joint = "with";
    char text[CURVE_TEXT];

    snprintf(text, sizeof text, "%s", view->axes > 0 ? view->axis[view->along].key : "point");
    for (size_t i = 0; i < view->axes; i++) {
        if (i != view->along && varies_with(view, i, view->along)) {
            size_t used = strlen(text);

            snprintf(text + used, sizeof text - used, " %s %s", joint, view->axis[i].key);
            joint = "and";
        }
    }
    fputs("x_label = ", stream);
    plot_shortened(stream, text, PLOT_ACROSS_EMS);
    fputc('\n', stream);
}

static void put_sweep_facts(const sweep_view *view, FILE *stream)
{
    put_mean(view, stream);
    plot_count(stream, "has_shares", view->has_shares);
    plot_count(stream, "in_words", view->in_words);
    if (view->in_words) {
        put_word_axis(view, stream);
    } else {
        put_number_axis(&view->axis[view->along], stream);
    }
    put_axis_label(view, stream);
    put_curve_points(view, stream);
    put_titles(view, stream);
    put_foot(view, stream);
    put_other_curves(view, stream);
    fputs("\nset encoding utf8\n", stream);
}

cfi_status report_write_sweep_plots(const cfi_sweep_outcomes *outcomes, FILE *stream, cfi_error *error)
{
    sweep_view view = {.outcomes = outcomes};
    plot_picture picture = {.name = "sweep", .drawing = PLOTS_SWEEP};
    bool any;
    cfi_status status;

    view.axes = scenario_axes(outcomes->sweep, &view.axis);
    choose_axis(&view);
    choose_curves(&view);
    view.has_shares = lacks_drops(&view, &any);
    status = look_for_pairs(&view, error);
    if (status != CFI_OK) {
        return status;
    }
    if (!any) {
        picture.why_not = "no drop is feasible";
    }
    plot_head(stream, outcomes->sweep, "this sweep", 0, &picture, 1);
    put_sweep_facts(&view, stream);
    plot_pictures(stream, &picture, 1);
    return output_finish(stream, "a result", error);
}
