/* plots.gp: the facts of a run as gnuplot variables, then the style and the drawing, which are gnuplot's own text. */
#include "plots_text.h"

#include "base/output.h"
#include "cfisac/report.h"
#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/plot_facts.h"

#include <math.h>

/* ------------------------------------------------------------------------------- extents ---- */

static void include_positions(plot_extent *x, plot_extent *y, const double *position_m, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        plot_include(x, position_m[2 * i]);
        plot_include(y, position_m[2 * i + 1]);
    }
}

/* What the pictures have to show, over all drops, so that any of them can be drawn. */
typedef struct extents {
    plot_extent x, y, rate, bound_db;
    size_t iterations; /* most of a drop */
} extents;

static void include_drop(extents *all, const cfi_record *record)
{
    const cfi_network *network = record->network;

    if (network && network->ap_position_m && network->ue_position_m) {
        include_positions(&all->x, &all->y, network->ap_position_m, record->L);
        include_positions(&all->x, &all->y, network->ue_position_m, record->K);
        include_positions(&all->x, &all->y, network->target_position_m, network->target_position_m ? 1 : 0);
    }
    for (size_t n = 0; record->status == CFI_DROP_OK && n < record->allocation.objective.trace_count; n++) {
        plot_include(&all->rate, record->allocation.objective.trace[n]);
        all->iterations = n > all->iterations ? n : all->iterations;
    }
    for (size_t l = 0; network && record->status == CFI_DROP_OK && l < record->L; l++) {
        plot_include(&all->bound_db, decibel_of(record->closed_form.crlb_own_echo_rad2[l]));
        plot_include(&all->bound_db, decibel_of(record->closed_form.crlb_multistatic_rad2[l]));
        if (plot_is_known(&all->bound_db) && network->system->sensing.crlb_threshold_rad2) {
            plot_include(&all->bound_db, decibel_of(network->system->sensing.crlb_threshold_rad2[l]));
        }
    }
}

static extents measure_extents(const cfi_results *results)
{
    extents all = {.x = PLOT_NOWHERE, .y = PLOT_NOWHERE, .rate = PLOT_NOWHERE, .bound_db = PLOT_NOWHERE};

    for (size_t i = 0; i < results->count; i++) {
        include_drop(&all, &results->record[i]);
    }
    return all;
}

/* ----------------------------------------------------------------------------- variables ---- */

/* The first drop that has powers, else the first. */
static const cfi_record *shown_drop(const cfi_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        if (results->record[i].status == CFI_DROP_OK) {
            return &results->record[i];
        }
    }
    return &results->record[0];
}

static void put_run_facts(const cfi_results *results, const extents *all, FILE *stream)
{
    static const double drop_ems = 6.5; /* of ", drop 1234" */
    const cfi_system *system = scenario_system(results->scenario);
    const cfi_record *shown = shown_drop(results);
    const cfi_objective_result *objective = drops_objective(results);
    plot_extent x = all->x, y = all->y;
    char label[PLOT_LABEL_LENGTH];

    plot_objective_label(objective->name, objective->unit, label);
    include_positions(&x, &y, (const double[]){0.0, 0.0, system->geometry.area_m[0], system->geometry.area_m[1]}, 2);
    plot_title(stream, results->scenario, drop_ems);
    plot_text(stream, "objective_label", label);
    fprintf(stream, "if (!exists(\"drop\")) drop = %u\n", shown->index);
    fprintf(stream, "drops = %zu\n", results->count);
    fputs("if (!(drop >= 0 && drop < drops && drop == floor(drop))) {\n"
          "  print sprintf(\"plots.gp: no drop %g (allowed: 0 .. %d)\", drop, drops - 1)\n"
          "  exit status 3\n"
          "}\n",
          stream);
    plot_count(stream, "aps", shown->L);
    plot_count(stream, "has_powers", shown->status == CFI_DROP_OK);
    plot_number(stream, "disc_m",
                system->geometry.placement == CFI_PLACEMENT_NONE ? 0.0 : system->geometry.min_distance_m);
    plot_count(stream, "has_target", system->sensing.geometry == CFI_GEOMETRY_TARGET);
    plot_count(stream, "wrapped", system->geometry.wrap_around);
    plot_number(stream, "width_m", system->geometry.area_m[0]);
    plot_number(stream, "depth_m", system->geometry.area_m[1]);
    plot_range(stream, "x", x);
    plot_range(stream, "y", y);
    plot_range(stream, "rate", all->rate);
    plot_range(stream, "bound_db", all->bound_db);
    plot_count(stream, "iterations", all->iterations);
    fputs("\nset encoding utf8\n"
          "title_text = title_text . \", drop \" . drop\n"
          "of_drop(y) = column(\"drop\") == drop ? column(y) : NaN\n\n",
          stream);
}

/* Whether roc.csv has rows. */
static bool has_curve(const cfi_results *results)
{
    size_t i = 0;

    while (i < results->count && !drop_has_detection(&results->record[i])) {
        i++;
    }
    return i < results->count;
}

cfi_status report_write_plots(const cfi_results *results, FILE *stream, cfi_error *error)
{
    extents all = measure_extents(results);
    const plot_picture picture[] = {
        {"map", PLOTS_MAP, plot_is_known(&all.x) ? NULL : "the scenario gives gains, not positions"},
        {"convergence", PLOTS_CONVERGENCE, all.iterations > 0 ? NULL : "nothing was iterated"},
        {"bounds", PLOTS_BOUNDS, plot_is_known(&all.bound_db) ? NULL : "no drop has powers that sense"},
        {"roc", PLOTS_ROC, has_curve(results) ? NULL : "no drop has powers"},
    };
    size_t pictures = sizeof picture / sizeof *picture;

    if (!detection_is_fused(scenario_system(results->scenario))) {
        pictures--; /* the last one */
    }
    plot_head(stream, results->scenario, "this run", results->count, picture, pictures);
    put_run_facts(results, &all, stream);
    plot_pictures(stream, picture, pictures);
    return output_finish(stream, "a result", error);
}
