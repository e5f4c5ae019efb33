/* plot: the pictures of a run, a sweep or a frontier, by gnuplot. */
#include "base/replace.h"
#include "cli/commands.h"
#include "cli/gnuplot.h"
#include "cli/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT "plots.gp"

static bool format_word(size_t index, char *text, size_t size)
{
    if (index < picture_format_count) {
        snprintf(text, size, "%s", picture_formats[index].word);
    }
    return index < picture_format_count;
}

static const cli_option FORMAT = {
    .kind = OPTION_TEXT,
    .name = "--format",
    .value = "FORMAT",
    .help = "svg, png, pdf or eps (default: svg)",
    .hint = {.kind = HINT_WORD, .word = format_word},
};
static const cli_option PLOTTED_DROP = {
    .kind = OPTION_NUMBER,
    .name = "--drop",
    .value = "I",
    .help = "of a run: the drop that is shown (default: the first one with powers)",
    .high = 2147483647,
};

/* What is drawn, from where and to where. */
typedef struct plotting {
    const cli_options *options;
    const cfi_picture_format *format;
    char *directory, *script, *path; /* of the script: its folder, its name behind "./", both */
    const char *out;
    cfi_plot_script head;
    size_t drawn;
} plotting;

static cfi_status plot_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a picture");
}

/* ------------------------------------------------------------------------- what there is ---- */

static bool holds_file(const char *directory, const char *name)
{
    char *path = NULL;
    bool there = asprintf(&path, "%s/%s", directory, name) >= 0 && access(path, F_OK) == 0;

    free(path);
    return there;
}

/* A directory without plots.gp: what else is in it, and what to do. */
static cfi_status tell_missing(const char *directory, cfi_error *error)
{
    static const struct {
        const char *file, *advice;
    } known[] = {
        {"sweep.ndjson", "a sweep that is not finished, or a shard of one (allowed: sweep --resume finishes it, merge "
                         "joins shards, and both leave it)"},
        {"frontier.ndjson", "frontiers that are not finished (allowed: frontier --resume finishes them and leaves it)"},
        {"results.json", "results of a run (allowed: run --out DIR again, which leaves it)"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (holds_file(directory, known[i].file)) {
            return error_set(error, CFI_INVALID, "%.300s: no " SCRIPT " beside %s: %s", directory, known[i].file,
                             known[i].advice);
        }
    }
    return error_set(error, CFI_INVALID,
                     "%.300s: no results of cfisac (allowed: the directory of run --out, of sweep or of frontier)",
                     directory);
}

/* The directory and the script that the argument names. */
static cfi_status locate_script(plotting *p, cfi_error *error)
{
    const char *argument = p->options->argument, *slash = strrchr(argument, '/');
    size_t length = strlen(argument);
    struct stat about;
    int made;

    if (stat(argument, &about) != 0) {
        return error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", argument, strerror(errno));
    }
    while (length > 1 && argument[length - 1] == '/') {
        length--;
    }
    if (S_ISDIR(about.st_mode)) {
        p->directory = strndup(argument, length);
        made = asprintf(&p->script, "./" SCRIPT);
    } else {
        p->directory = slash ? strndup(argument, slash > argument ? (size_t)(slash - argument) : 1) : strdup(".");
        made = asprintf(&p->script, "./%s", slash ? slash + 1 : argument);
    }
    if (made < 0) {
        p->script = NULL;
    }
    if (!p->directory || !p->script || asprintf(&p->path, "%s/%s", p->directory, p->script + strlen("./")) < 0) {
        p->path = NULL;
        return plot_memory(error);
    }
    return S_ISDIR(about.st_mode) && !holds_file(p->directory, SCRIPT) ? tell_missing(p->directory, error) : CFI_OK;
}

/* --------------------------------------------------------------------- what is asked for ---- */

static bool draws(const plotting *p, const char *figure)
{
    size_t i = 0;

    while (i < p->head.figures && strcmp(p->head.figure[i], figure) != 0) {
        i++;
    }
    return i < p->head.figures;
}

static cfi_status unknown_figure(const plotting *p, const char *figure, cfi_error *error)
{
    const char *nearest = nearest_word(figure, p->head.figure, p->head.figures);
    char allowed[300] = "";

    for (size_t i = 0; i < p->head.figures; i++) {
        size_t used = strlen(allowed);

        snprintf(allowed + used, sizeof allowed - used, "%s%s", i > 0 ? ", " : "", p->head.figure[i]);
    }
    return nearest ? error_set(error, CFI_INVALID, "%.300s: no figure %.60s: did you mean %s? (allowed: %s)", p->path,
                               figure, nearest, allowed)
                   : error_set(error, CFI_INVALID, "%.300s: no figure %.60s (allowed: %s)", p->path, figure, allowed);
}

static cfi_status check_wishes(const plotting *p, cfi_error *error)
{
    for (size_t i = 1; i < p->options->argument_count; i++) {
        if (!draws(p, p->options->arguments[i])) {
            return unknown_figure(p, p->options->arguments[i], error);
        }
    }
    if (has_option(p->options, &PLOTTED_DROP)) {
        unsigned long long drop = option_number(p->options, &PLOTTED_DROP);

        if (p->head.drops == 0) {
            return error_set(error, CFI_INVALID, "%.300s: no drop %llu: its pictures are of all drops", p->path, drop);
        }
        if (drop >= p->head.drops) {
            return error_set(error, CFI_INVALID, "%.300s: no drop %llu (allowed: 0 .. %llu)", p->path, drop,
                             p->head.drops - 1);
        }
    }
    return CFI_OK;
}

/* ------------------------------------------------------------------------------- drawing ---- */

/* A picture on its way into its file. */
typedef struct outgoing {
    const cfi_picture *picture;
    const cfi_picture_format *format;
    bool *described;
} outgoing;

static cfi_status write_outgoing(const void *context, FILE *stream, cfi_error *error)
{
    const outgoing *o = context;

    (void)error; /* whoever closes the stream looks whether all was written */
    *o->described = o->format->describe(o->picture, stream);
    if (!*o->described) {
        fwrite(o->picture->bytes, 1, o->picture->length, stream);
    }
    return CFI_OK;
}

/* Writes the file and tells its name. */
static cfi_status keep_picture(plotting *p, const cfi_picture *picture, cfi_error *error)
{
    bool described = false;
    outgoing file = {.picture = picture, .format = p->format, .described = &described};
    char name[300];
    cfi_status status;

    snprintf(name, sizeof name, "%.250s.%s", picture->title, p->format->word);
    status = replace_file(p->out, name, write_outgoing, &file, error);
    if (status == CFI_OK) {
        printf("%s/%s\n", p->out, name);
        p->drawn++;
    }
    if (status == CFI_OK && !described) {
        report_warning(p->options, "gnuplot wrote this picture in a form of its own: it does not say how it was made");
    }
    return status;
}

/* The last line that has anything in it; the text is cut behind it. */
static char *last_line(char *text)
{
    size_t length = strlen(text);
    char *line;

    while (length > 0 && strchr(" \t\r\n", text[length - 1])) {
        text[--length] = '\0';
    }
    line = strrchr(text, '\n');
    return line ? line + 1 : text;
}

/* What gnuplot says, but for curves without a number: those of points where no drop is feasible. */
static void pass_words(const plotting *p, char *words)
{
    static const char empty_curve[] = "Skipping data file with no valid points";
    char *rest;

    for (char *line = strtok_r(words, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (!strstr(line, empty_curve)) {
            report_warning(p->options, line);
        }
    }
}

/* What gnuplot answered: a picture, a reason why there is none, or an error. */
static cfi_status accept_picture(plotting *p, const char *figure, bool named, gnuplot_answer *answer, cfi_error *error)
{
    const cfi_picture picture = {
        .bytes = answer->picture,
        .length = answer->length,
        .title = figure,
        .about = p->head.about ? p->head.about : "",
    };

    if (answer->failed) {
        return error_set(error, CFI_OUTPUT, "%.300s: gnuplot could not draw %s: %.300s", p->path, figure,
                         last_line(answer->words));
    }
    if (answer->length == 0 && !*last_line(answer->words)) {
        return error_set(error, CFI_INVALID, "%.300s: it draws no %s", p->path, figure);
    }
    if (answer->length == 0 && named) {
        return error_set(error, CFI_INVALID, "%.300s/%.300s", p->directory, last_line(answer->words));
    }
    pass_words(p, answer->words);
    return answer->length > 0 ? keep_picture(p, &picture, error) : CFI_OK;
}

static cfi_status draw_figure(plotting *p, const char *figure, bool named, cfi_error *error)
{
    gnuplot_answer answer = {.picture = NULL};
    gnuplot_job job = {.directory = p->directory, .script = p->script};
    char settings[200], drop[40] = "";
    cfi_status status;

    if (has_option(p->options, &PLOTTED_DROP)) {
        snprintf(drop, sizeof drop, "; drop = %llu", (unsigned long long)option_number(p->options, &PLOTTED_DROP));
    }
    snprintf(settings, sizeof settings, "piped = 1; format = \"%s\"; figure = \"%.100s\"%s", p->format->word, figure,
             drop);
    job.settings = settings;
    status = gnuplot_run(&job, &answer, error);
    if (status == CFI_OK) {
        status = accept_picture(p, figure, named, &answer, error);
    }
    gnuplot_free(&answer);
    return status;
}

static cfi_status draw_figures(plotting *p, cfi_error *error)
{
    bool named = p->options->argument_count > 1;
    const char *const *figure = named ? p->options->arguments + 1 : p->head.figure;
    size_t figures = named ? p->options->argument_count - 1 : p->head.figures;
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < figures && status == CFI_OK; i++) {
        status = draw_figure(p, figure[i], named || figures == 1, error);
    }
    if (status == CFI_OK && p->drawn == 0) {
        status = error_set(error, CFI_INVALID, "%.300s: it draws nothing", p->path);
    }
    return status == CFI_OK ? finish_output(error) : status;
}

/* ------------------------------------------------------------------------------- the command ---- */

static const cfi_picture_format *find_format(const char *word)
{
    for (size_t i = 0; i < picture_format_count; i++) {
        if (!word || strcmp(picture_formats[i].word, word) == 0) {
            return &picture_formats[i];
        }
    }
    return NULL;
}

static int cli_plot(const cli_options *options)
{
    plotting p = {.options = options, .format = find_format(option_text(options, &FORMAT))};
    cfi_error error = {.status = CFI_OK};
    cfi_status status = locate_script(&p, &error);

    if (status == CFI_OK) {
        status = report_read_plot_script(p.path, &p.head, &error);
    }
    if (status == CFI_OK) {
        status = check_wishes(&p, &error);
    }
    if (status == CFI_OK) {
        p.out = has_option(options, &option_out) ? option_text(options, &option_out) : p.directory;
        status = replace_prepare_directory(p.out, &error);
    }
    if (status == CFI_OK) {
        status = draw_figures(&p, &error);
    }
    report_plot_script_free(&p.head);
    free(p.directory);
    free(p.script);
    free(p.path);
    return status == CFI_OK ? EXIT_DONE : report_error(&error);
}

static cfi_status check_plot(const cli_options *options, cfi_error *error)
{
    char allowed[100] = "";

    if (find_format(option_text(options, &FORMAT))) {
        return CFI_OK;
    }
    for (size_t i = 0; i < picture_format_count; i++) {
        size_t used = strlen(allowed);

        snprintf(allowed + used, sizeof allowed - used, "%s%s", i > 0 ? ", " : "", picture_formats[i].word);
    }
    return usage_error(options, error, "--format %.60s: no such format (allowed: %s)", option_text(options, &FORMAT),
                       allowed);
}

const cli_command command_plot = {
    .name = "plot",
    .run = cli_plot,
    .usage = "DIR [--format FORMAT] [--drop I] [--out DIR] [--quiet] [FIGURE...]",
    .summary = "draw what a run, a sweep or a frontier left in DIR",
    .text =
        "Draws the pictures of a directory by gnuplot, which must be installed, and prints the names of the files:\n"
        "of a run map, convergence, bounds and, where access points detect together, roc; of a sweep sweep; of\n"
        "a frontier frontier. They go into DIR itself unless --out says otherwise, in the size of a column (9 cm),\n"
        "and say in their metadata which program and scenario made the results. Without a FIGURE all are drawn.\n"
        "DIR may also be a script: a copy of DIR/plots.gp under another name, changed by hand, stays when\n"
        "results are written again.",
    .example = "  cfisac run paper.json --out results\n"
               "  cfisac plot results --format pdf --drop 3 map\n",
    .argument = "DIR",
    .argument_hint = {.ending = "gp"},
    .argument_repeats = true,
    .options = {&FORMAT, &PLOTTED_DROP, &option_out, &option_quiet, &option_help},
    .check = check_plot,
};
