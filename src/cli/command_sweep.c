/* The commands over a grid: sweep, merge. */
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

#include <string.h>

/* The points as a table: number, values, drops. */
static cfi_status print_points(const cfi_scenario *sweep, size_t shard, size_t shards, cfi_error *error)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), points = scenario_points(sweep), trials = 0;

    printf("point");
    for (size_t i = 0; i < axes; i++) {
        printf("  %s", axis[i].key);
    }
    printf("  drops\n");
    for (size_t p = 0; p < points; p++) {
        cfi_scenario *point;
        cfi_status status = scenario_at_point(sweep, p, &point, error);

        if (status != CFI_OK) {
            return status;
        }
        printf("%5zu", p);
        for (size_t i = 0; i < axes; i++) {
            printf("  %*s", (int)strlen(axis[i].key), axis[i].value[scenario_axis_index(sweep, p, i)]);
        }
        printf("  %5zu\n", scenario_system(point)->monte_carlo.drops);
        trials += scenario_system(point)->monte_carlo.drops;
        scenario_destroy(point);
    }
    printf("%zu point%s, %zu trials", points, points == 1 ? "" : "s", trials);
    if (shards > 1) {
        printf("; %zu in shard %zu of %zu", (trials + shards - shard) / shards, shard, shards);
    }
    printf("\n");
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

/* A remark on some points, once: the scenario's own values need not be among the swept ones. */
static cfi_status warn_of_points(const cli_options *options, const cfi_scenario *sweep, cfi_error *error)
{
    size_t points = scenario_points(sweep), concerned = 0;
    char first[512] = "", text[600];

    for (size_t p = 0; p < points && !has_option(options, OPTION_QUIET); p++) {
        const char *const *line;
        cfi_scenario *point;
        cfi_status status = scenario_at_point(sweep, p, &point, error);

        if (status != CFI_OK) {
            return status == CFI_NO_MEMORY ? status : CFI_OK; /* any other the sweep itself will tell */
        }
        if (scenario_warnings(point, &line) > 0 && concerned++ == 0) {
            snprintf(first, sizeof first, "%s", line[0]);
        }
        scenario_destroy(point);
    }
    if (concerned > 0) {
        snprintf(text, sizeof text, "%zu of %zu points, the first of them: %s", concerned, points, first);
        report_warning(options, text);
    }
    return CFI_OK;
}

/* What rank 0 alone does before the work: it reads, warns, and prints a dry run. */
static cfi_status prepare_sweep(const cli_options *options, cfi_scenario **scenario, cfi_error *error)
{
    cfi_status status = scenario_read(options->argument, options->setting, options->settings, scenario, error);

    if (status == CFI_OK) {
        status = warn_of_points(options, *scenario, error);
    }
    if (status == CFI_OK && has_option(options, OPTION_DRY_RUN)) {
        status = print_points(*scenario, options->shards > 0 ? options->shard : 1,
                              options->shards > 0 ? options->shards : 1, error);
    }
    return status;
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
