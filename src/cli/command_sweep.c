/* sweep: a grid of scenarios. */
#include "base/paragraph.h"
#include "base/text.h"
#include "base/wrap.h"
#include "cfisac/sweep.h"
#include "cli/closing.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"
#include "cli/sweep_status.h"

#include <string.h>

static const cli_option OVER = {
    .kind = OPTION_OVER,
    .name = "--over",
    .value = "KEY=RANGE",
    .help = "sweep a key over 8,16,32 or -12:1:0 (first:step:last) or words; may be "
            "repeated; replaces what the scenario's sweep says of the key; "
            "KEY+KEY=RANGE: keys together, each over RANGE or, with "
            "RANGE+RANGE, over its own",
};
static const cli_option SHARD = {
    .kind = OPTION_SHARD,
    .name = "--shard",
    .value = "I/N",
    .help = "every N-th trial, from the I-th; see merge (1/1 .. 1000000/1000000)",
    .low = 1,
    .high = 1000000,
};
static const cli_option DRY_RUN = {
    .kind = OPTION_FLAG, .name = "--dry-run", .help = "print the points and the number of trials; run nothing"};
static const cli_option STATUS = {
    .kind = OPTION_TEXT,
    .name = "--status",
    .value = "DIR",
    .help = "print how far the sweep, the shards or the frontier in DIR are; stands "
            "alone, and disturbs no process that is at work there",
    .hint = {.kind = HINT_DIRECTORY},
};

/* Remarks on points that begin with the same key. */
typedef struct points_remark {
    size_t concerned, last; /* points with such a remark; the last of them */
    char first[512];        /* the first one's remark */
} points_remark;

/* What the points of a sweep are asked for before it runs. */
enum { MOST_REMARKS = 8 };
typedef struct points_seen {
    size_t trials, remarks;
    points_remark remark[MOST_REMARKS];
} points_seen;

/* Counts a point's remark with those of its key. */
static void see_remark(const char *line, size_t point, points_seen *seen)
{
    size_t key = strcspn(line, ":"), i = 0;

    while (i < seen->remarks && strncmp(seen->remark[i].first, line, key + 1) != 0) {
        i++;
    }
    if (i == MOST_REMARKS) {
        return;
    }
    if (i == seen->remarks) {
        seen->remark[seen->remarks++] = (points_remark){.concerned = 0};
        snprintf(seen->remark[i].first, sizeof seen->remark[i].first, "%s", line);
    }
    seen->remark[i].concerned += seen->remark[i].concerned == 0 || seen->remark[i].last != point;
    seen->remark[i].last = point;
}

enum { POINT_COLUMN = 5, DROPS_COLUMN = 5, COLUMN_GAP = 2 };

/* The table of points: how wide the columns of the keys are, or that they do not fit a page, and a point is a line of
 * words. */
typedef struct points_table {
    bool fits;
    size_t width[WRAP_COLUMNS];
} points_table;

/* Characters of a key or of its longest value. */
static size_t axis_width(const cfi_axis *axis)
{
    size_t width = strlen(axis->key);

    for (size_t i = 0; i < axis->count; i++) {
        size_t length = wrap_characters(axis->value[i]);

        width = length > width ? length : width;
    }
    return width;
}

static points_table make_points_table(const cfi_scenario *sweep)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), width = POINT_COLUMN + COLUMN_GAP + DROPS_COLUMN;
    points_table table = {.fits = axes <= WRAP_COLUMNS};

    for (size_t i = 0; i < axes && table.fits; i++) {
        table.width[i] = axis_width(&axis[i]);
        width += COLUMN_GAP + table.width[i];
        table.fits = width <= WRAP_COLUMNS;
    }
    return table;
}

/* A cell that ends its column. */
static void print_cell(size_t width, const char *text)
{
    printf("%*s%s", (int)(COLUMN_GAP + width - wrap_characters(text)), "", text);
}

static void print_heading(const points_table *table, const cfi_scenario *sweep)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    if (table->fits) {
        printf("point");
        for (size_t i = 0; i < axes; i++) {
            print_cell(table->width[i], axis[i].key);
        }
        printf("  drops\n");
    }
}

/* A point: number, values, drops. */
static void print_point(const points_table *table, const cfi_scenario *sweep, size_t point, size_t drops)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);
    paragraph words = {.used = 0};

    if (table->fits) {
        printf("%*zu", POINT_COLUMN, point);
    }
    paragraph_add(&words, "point %zu:", point);
    for (size_t i = 0; i < axes; i++) {
        const char *value = axis[i].value[scenario_axis_index(sweep, point, i)];

        if (table->fits) {
            print_cell(table->width[i], value);
        }
        paragraph_add(&words, " %s=%s,", axis[i].key, value);
    }
    if (table->fits) {
        printf("  %*zu\n", DROPS_COLUMN, drops);
    } else {
        paragraph_add(&words, " %zu drop%s", drops, text_by_count(drops, "", "s"));
        paragraph_end(&words, 0, stdout);
    }
}

/* Looks at all points, and prints them into a table if there is one. */
static cfi_status see_points(const cfi_scenario *sweep, const points_table *table, points_seen *seen, cfi_error *error)
{
    size_t points = scenario_points(sweep);

    *seen = (points_seen){.trials = 0};
    for (size_t p = 0; p < points; p++) {
        const char *const *line;
        size_t remarks;
        cfi_scenario *point;
        cfi_status status = scenario_at_point(sweep, p, &point, error);

        if (status != CFI_OK) {
            return status;
        }
        seen->trials += scenario_system(point)->monte_carlo.drops;
        remarks = scenario_warnings(point, &line);
        for (size_t i = 0; i < remarks; i++) {
            see_remark(line[i], p, seen);
        }
        if (table && !ferror(stdout)) {
            print_point(table, sweep, p, scenario_system(point)->monte_carlo.drops);
        }
        scenario_destroy(point);
    }
    return CFI_OK;
}

/* Remarks on some points, one for each key: the scenario's own values need not be among the swept ones. */
static void warn_of_points(const cli_options *options, const cfi_scenario *sweep, const points_seen *seen)
{
    size_t points = scenario_points(sweep);
    char text[600];

    for (size_t i = 0; i < seen->remarks; i++) {
        snprintf(text, sizeof text, "%zu of %zu points, the first of them: %s", seen->remark[i].concerned, points,
                 seen->remark[i].first);
        report_warning(options, points > 1 ? text : seen->remark[i].first);
    }
}

/* The points as a table. */
static cfi_status dry_run(const cli_options *options, const cfi_scenario *sweep, cfi_error *error)
{
    size_t points = scenario_points(sweep);
    shard_number shard = option_shard(options, &SHARD);
    points_table table = make_points_table(sweep);
    points_seen seen;
    cfi_status status;

    print_heading(&table, sweep);
    status = see_points(sweep, &table, &seen, error);
    if (status != CFI_OK) {
        return status;
    }
    printf("%zu point%s, %zu trial%s", points, text_by_count(points, "", "s"), seen.trials,
           text_by_count(seen.trials, "", "s"));
    if (shard.of > 1) {
        printf("; %zu in shard %zu of %zu", (seen.trials + shard.of - shard.index) / shard.of, shard.index, shard.of);
    }
    printf("\n");
    warn_of_points(options, sweep, &seen);
    return finish_output(error);
}

static cfi_status run_sweep(const cli_options *options, const cfi_scenario *scenario, cfi_error *error)
{
    progress_bar bar = progress_make(options);
    progress_voice voice = {.options = options, .bar = &bar};
    cfi_closing closing = {.directory = option_text(options, &option_out)};
    closing_voice last = {.voice = &voice, .closing = &closing};
    cfi_sweep_progress progress;
    shard_number shard = option_shard(options, &SHARD);
    cfi_sweep_options how = {.directory = option_text(options, &option_out),
                             .resume = has_option(options, &option_resume),
                             .force = has_option(options, &option_force),
                             .mixed = has_option(options, &option_mixed),
                             .shard = shard.index,
                             .shards = shard.of,
                             .threads = (size_t)option_number(options, &option_threads),
                             .stop = signals_catch(),
                             .command_line = options->command_line,
                             .progress = progress_update_sweep,
                             .progress_context = &bar,
                             .warn = {.emit = closing_warn, .end = closing_note, .context = &last}};
    cfi_status status = sweep_run(scenario, &how, &progress, error);

    progress_clear(&bar);
    closing.shard = shard.index;
    closing.shards = shard.of;
    closing.reused = progress.resumed;
    status = closing_print(options, &last, status, error);
    if (status == CFI_INTERRUPTED) {
        error_set(error, CFI_INTERRUPTED, "interrupted: %zu of %zu trials %s kept in %.300s; --resume goes on",
                  progress.done, progress.trials, text_by_count(progress.done, "is", "are"), how.directory);
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
    if (has_option(options, &DRY_RUN)) {
        return dry_run(options, *scenario, error);
    }
    if (options->quiet) {
        return CFI_OK;
    }
    status = see_points(*scenario, NULL, &seen, error);
    if (status == CFI_OK) {
        warn_of_points(options, *scenario, &seen);
    }
    return status == CFI_NO_MEMORY ? status : CFI_OK; /* any other the sweep itself will tell */
}

static cfi_status start_sweep(const cli_options *options, const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = has_option(options, &DRY_RUN) ? CFI_OK : run_sweep(options, scenario, error);

    status = scenario_place_error(scenario, status, error);
    return status;
}

static int cli_sweep(const cli_options *options)
{
    if (has_option(options, &STATUS)) {
        return sweep_status_print(option_text(options, &STATUS));
    }
    return run_on_ranks(options, prepare_sweep, start_sweep);
}

static cfi_status check_sweep(const cli_options *options, cfi_error *error)
{
    if (has_option(options, &STATUS)) {
        return options->argument || options->settings > 0 || options->given_count > 1
                   ? usage_error(options, error, "--status DIR stands alone")
                   : CFI_OK;
    }
    if (!options->argument) {
        return usage_error(options, error, "SCENARIO is missing");
    }
    if (has_option(options, &option_resume) && has_option(options, &option_force)) {
        return usage_error(options, error, "--resume and --force exclude each other");
    }
    return has_option(options, &option_out) || has_option(options, &DRY_RUN)
               ? CFI_OK
               : option_missing(options, &option_out, "", error);
}

const cli_command command_sweep = {
    .name = "sweep",
    .run = cli_sweep,
    .usage = "SCENARIO [--set KEY=VALUE]... [--over KEY=RANGE]... --out DIR\n"
             "                    [--resume | --force] [--mixed] [--shard I/N] [--threads N] [--dry-run] [--quiet]\n"
             "                    | --status DIR",
    .summary = "run a grid of scenarios, to be interrupted and resumed at will",
    .text =
        "Runs every drop of every point of the grid that the scenario's sweep and --over span (the last key\n"
        "varies fastest). DIR/sweep.ndjson gets a line a drop, in order, as soon as its turn comes; DIR/sweep.csv\n"
        "a row a point at the end. After Ctrl-C, a full disk or kill -9, --resume goes on; the files end with the\n"
        "same bytes as without interruption, for any number of threads, MPI ranks or merged shards. --resume also\n"
        "lets a sweep grow, by more drops or more values of a swept key; any other difference is refused by its key.\n"
        "At the end standard output gets the numbers of drops and the names of the files, unless --quiet is given;\n"
        "meanwhile --status DIR tells how far it is.\n"
        "Under mpirun the ranks share the trials, and --threads counts for each (default there: 1).",
    .example = "  cfisac sweep paper.json --over network.aps=8,16 --over seed=1:1:9 --out grid\n"
               "  cfisac sweep paper.json --over network.aps=8,16 --over seed=1:1:9 --out grid \\\n"
               "    --resume\n"
               "  cfisac sweep --status grid\n"
               "  mpirun -n 4 cfisac sweep paper.json --over seed=1:1:100 --out seeds\n",
    .argument = "SCENARIO",
    .argument_hint = {.ending = "json"},
    .argument_optional = true, /* --status does without; check_sweep asks for it else */
    .lists_keys = true,
    .options = {&option_set, &OVER, &option_out, &option_resume, &option_force, &option_mixed, &SHARD, &DRY_RUN,
                &STATUS, &option_threads, &option_quiet, &option_help},
    .check = check_sweep,
};
