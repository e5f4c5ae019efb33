/* plots.gp of frontiers: their facts as variables, then the drawing, which is gnuplot's own text. */
#include "plots_text.h"

#include "base/output.h"
#include "base/text.h"
#include "report/frontier.h"
#include "report/plot_facts.h"

#include <math.h>
#include <stdlib.h>

/* The bars at a mean are two standard errors long to each side. */
static void include_mean(plot_extent *range, const cfi_statistics *mean)
{
    double bar = isfinite(mean->std_error) ? 2.0 * mean->std_error : 0.0;

    plot_include(range, mean->mean - bar);
    plot_include(range, mean->mean + bar);
}

/* What the axes have to show: curves up to the loosest limit, beyond which B says nothing, and the mean curve. */
static void measure_axes(const cfi_frontier_curves *curves, double *work, plot_extent *rate, plot_extent *cost)
{
    const frontier_scale *scale = frontier_scale_of(curves->frontier->cost);

    for (size_t i = 0; i < frontier_positions(curves->frontier); i++) {
        frontier_mean mean = frontier_mean_at(curves, i, work);

        for (size_t d = 0; d < curves->known; d++) {
            const cfi_frontier_point *point = &curves->drop[d].point[i];

            plot_include(rate, point->rate);
            plot_include(cost, i == 0 ? NAN : frontier_shown(scale, point->cost));
        }
        include_mean(rate, &mean.rate);
        include_mean(cost, &mean.cost);
    }
}

static void put_names(const cfi_frontier_curves *curves, FILE *stream)
{
    const cfi_frontier_side *rate = curves->frontier->rate, *cost = curves->frontier->cost;
    const frontier_scale *scale = frontier_scale_of(cost);

    fprintf(stream, "rate = \"%s_%s\"\ncost = \"%s_%s\"\n", rate->quantity, rate->unit, cost->quantity, cost->unit);
    fprintf(stream, "rate_mean = rate\nrate_error = \"%s_std_error_%s\"\n", rate->quantity, rate->unit);
    fprintf(stream, "cost_mean = \"%s_%s\"\ncost_error = \"%s_std_error_%s\"\n", cost->quantity, scale->suffix,
            cost->quantity, scale->suffix);
    plot_text(stream, "rate_label", rate->label);
    plot_text(stream, "cost_label", cost->label);
    plot_count(stream, "in_decibel", scale->factor > 0.0);
    plot_number(stream, "factor", scale->factor);
}

/* No rate is negative, nor is its axis. */
static void put_rate_range(plot_extent rate, FILE *stream)
{
    plot_range(stream, "rate", rate);
    fputs("if (rate_low < 0) rate_low = 0\n", stream);
}

/* What is not in decibels and spans decades has a logarithmic axis. */
static void put_cost_range(const cfi_frontier_curves *curves, plot_extent cost, FILE *stream)
{
    bool decades =
        frontier_scale_of(curves->frontier->cost)->factor <= 0.0 && cost.low > 0.0 && cost.high > 10.0 * cost.low;

    plot_count(stream, "in_decades", decades);
    if (decades) {
        plot_number(stream, "cost_low", cost.low / 1.3);
        plot_number(stream, "cost_high", cost.high * 1.3);
    } else {
        plot_range(stream, "cost", cost);
    }
}

cfi_status report_write_frontier_plots(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error)
{
    double *work = malloc((curves->known + 1) * sizeof *work);
    plot_extent rate = PLOT_NOWHERE, cost = PLOT_NOWHERE;
    plot_picture picture = {.name = "frontier", .drawing = PLOTS_FRONTIER};
    size_t whole;

    if (!work) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the picture of %zu frontiers", curves->drops);
    }
    measure_axes(curves, work, &rate, &cost);
    whole = frontier_mean_at(curves, 0, work).drops;
    free(work);
    picture.why_not = plot_is_known(&rate) ? NULL : "no drop has one";
    plot_head(stream, curves->frontier->scenario, "these frontiers", 0, &picture, 1);
    plot_title(stream, curves->frontier->scenario, 0.0);
    plot_count(stream, "drops", curves->known);
    fprintf(stream, "mean_title = \"mean of %zu drop%s, ±2 standard errors\"\ndrop_title = \"%s\"\n", whole,
            text_by_count(whole, "", "s"), curves->known > 50 ? "the first 50" : "each drop");
    put_names(curves, stream);
    put_rate_range(rate, stream);
    put_cost_range(curves, cost, stream);
    fputs("\nset encoding utf8\n", stream);
    plot_pictures(stream, &picture, 1);
    return output_finish(stream, "a result", error);
}
