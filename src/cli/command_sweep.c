/* The commands over a grid: sweep, merge. */
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

#include <string.h>

/* What the points of a sweep are asked for before it runs. */
typedef struct points_seen {
    size_t trials;
    size_t concerned; /* points with a remark */
    char first[512];  /* the first of them */
} points_seen;

/* A row of the table of points: number, values, drops. */
static void print_point(const cfi_scenario *sweep, size_t point, size_t drops)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    printf("%5zu", point);
    for (size_t i = 0; i < axes; i++) {
        printf("  %*s", (int)strlen(axis[i].key), axis[i].value[scenario_axis_index(sweep, point, i)]);
    }
    printf("  %5zu\n", drops);
}

/* Looks at all points, and prints them if asked to. */
static cfi_status see_points(const cfi_scenario *sweep, bool print, points_seen *seen, cfi_error *error)
{
    size_t points = scenario_points(sweep);

    *seen = (points_seen){.trials = 0};
    for (size_t p = 0; p < points; p++) {
        const char *const *line;
        cfi_scenario *point;
        cfi_status status = scenario_at_point(sweep, p, &point, error);

        if (status != CFI_OK) {
            return status;
        }
        seen->trials += scenario_system(point)->monte_carlo.drops;
        if (scenario_warnings(point, &line) > 0 && seen->concerned++ == 0) {
            snprintf(seen->first, sizeof seen->first, "%s", line[0]);
        }
        if (print) {
            print_point(sweep, p, scenario_system(point)->monte_carlo.drops);
        }
        scenario_destroy(point);
    }
    return CFI_OK;
}

/* A remark on some points, once: the scenario's own values need not be among the swept ones. */
static void warn_of_points(const cli_options *options, const cfi_scenario *sweep, const points_seen *seen)
{
    char text[600];

    if (seen->concerned > 0) {
        snprintf(text, sizeof text, "%zu of %zu points, the first of them: %s", seen->concerned, scenario_points(sweep),
                 seen->first);
        report_warning(options, text);
    }
}

/* The points as a table. */
static cfi_status dry_run(const cli_options *options, const cfi_scenario *sweep, cfi_error *error)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), points = scenario_points(sweep), shard = options->shard,
           shards = options->shards;
    points_seen seen;
    cfi_status status;

    printf("point");
    for (size_t i = 0; i < axes; i++) {
        printf("  %s", axis[i].key);
    }
    printf("  drops\n");
    status = see_points(sweep, true, &seen, error);
    if (status != CFI_OK) {
        return status;
    }
    printf("%zu point%s, %zu trials", points, points == 1 ? "" : "s", seen.trials);
    if (shards > 1) {
        printf("; %zu in shard %zu of %zu", (seen.trials + shards - shard) / shards, shard, shards);
    }
    printf("\n");
    warn_of_points(options, sweep, &seen);
    return finish_output(error);
}

/* Where a sweep's remarks go: past the progress bar. */
typedef struct sweep_voice {
    const cli_options *options;
    progress_bar *bar;
} sweep_voice;

static void say_warning(void *context, const char *line)
{
    const sweep_voice *voice = context;

    progress_clear(voice->bar);
    report_warning(voice->options, line);
}

static cfi_status run_sweep(const cli_options *options, const cfi_scenario *scenario, cfi_error *error)
{
    progress_bar bar = progress_make(options);
    sweep_voice voice = {.options = options, .bar = &bar};
    cfi_sweep_progress progress;
    cfi_sweep_options how = {.directory = options->out,
                             .resume = has_option(options, OPTION_RESUME),
                             .force = has_option(options, OPTION_FORCE),
                             .mixed = has_option(options, OPTION_MIXED),
                             .shard = options->shards > 0 ? options->shard : 1,
                             .shards = options->shards > 0 ? options->shards : 1,
                             .threads = (size_t)options->threads,
                             .stop = signals_catch(),
                             .command_line = options->command_line,
                             .progress = progress_update_sweep,
                             .progress_context = &bar,
                             .warn = {.emit = say_warning, .context = &voice}};
    cfi_status status = sweep_run(scenario, &how, &progress, error);

    progress_clear(&bar);
    if (status == CFI_INTERRUPTED) {
        error_set(error, CFI_INTERRUPTED, "interrupted: %zu of %zu trials are kept in %.300s; --resume goes on",
                  progress.done, progress.trials, options->out);
    }
    return status;
}

/* What rank 0 alone does before the work: it reads, warns, and prints a dry run. */
static cfi_status prepare_sweep(const cli_options *options, cfi_scenario **scenario, cfi_error *error)
{
    points_seen seen;
    cfi_status status = scenario_read(options->argument, options->setting, options->settings, scenario, error);

    if (status != CFI_OK) {
        return status;
    }
    if (has_option(options, OPTION_DRY_RUN)) {
        return dry_run(options, *scenario, error);
    }
    if (has_option(options, OPTION_QUIET)) {
        return CFI_OK;
    }
    status = see_points(*scenario, false, &seen, error);
    if (status == CFI_OK) {
        warn_of_points(options, *scenario, &seen);
    }
    return status == CFI_NO_MEMORY ? status : CFI_OK; /* any other the sweep itself will tell */
}

int command_sweep(const cli_options *options)
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.status = CFI_OK};
    cli_options how = *options;
    size_t rank;
    cfi_status status = sweep_join(&rank, &error);
    int code = EXIT_DONE;

    if (status != CFI_OK) { /* each rank for itself: there are no others yet */
        return report_error(&error);
    }
    how.given |= rank > 0 ? OPTION_QUIET : 0; /* one rank speaks, and only what all agree on */
    status = rank == 0 ? prepare_sweep(&how, &scenario, &error) : CFI_OK;
    status = sweep_share_scenario(status, how.argument, &scenario, &error);
    if (status == CFI_OK && !has_option(&how, OPTION_DRY_RUN)) {
        status = run_sweep(&how, scenario, &error);
        name_input(&how, status, &error);
    }
    if (status != CFI_OK) { /* before the ranks part: a launcher ends those that are left when one ends with an error */
        code = rank > 0 ? exit_code(status) : report_error(&error);
    }
    scenario_destroy(scenario);
    sweep_leave();
    return code;
}

int command_merge(const cli_options *options)
{
    cfi_error error = {.status = CFI_OK};
    cfi_merge_options how = {.directory = options->out,
                             .force = has_option(options, OPTION_FORCE),
                             .mixed = has_option(options, OPTION_MIXED),
                             .shard_directory = options->arguments,
                             .shards = options->argument_count,
                             .warn = {.emit = pass_warning, .context = (void *)options}};

    return sweep_merge(&how, &error) == CFI_OK ? EXIT_DONE : report_error(&error);
}
