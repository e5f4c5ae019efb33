/* The head of plots.gp, read back. */
#include "report/plot_script.h"

#include "base/text.h"
#include "base/text_file.h"
#include "cfisac/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SCRIPT_BYTES = 1 << 20 }; /* such a file has some thousands */

static cfi_status no_script_memory(const char *path, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path);
}

/* What stands behind the word at the beginning of a line, or NULL. */
static char *behind(char *line, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(line, word, length) != 0) {
        return NULL;
    }
    return line + length + strspn(line + length, " ");
}

/* Letters, digits, - and _: what a name of a file and a word of gnuplot may have. */
static bool is_figure_name(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static void take_figures(cfi_plot_script *script, char *names)
{
    char *rest;

    for (char *name = strtok_r(names, " \r", &rest); name && script->figures < CFI_MOST_FIGURES;
         name = strtok_r(NULL, " \r", &rest)) {
        if (is_figure_name(name)) {
            script->figure[script->figures++] = name;
        }
    }
}

/* Another line of what a picture says of its making. False: out of memory. */
static bool add_about(cfi_plot_script *script, const char *line)
{
    char *longer;

    if (asprintf(&longer, "%s%s%s", script->about ? script->about : "", script->about ? "\n" : "", line) < 0) {
        return false;
    }
    free(script->about);
    script->about = longer;
    return true;
}

/* The lines of the script's text, which is cut up. */
static bool take_lines(cfi_plot_script *script)
{
    char *rest, *words;

    for (char *line = strtok_r(script->text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if ((words = behind(line, PLOT_FIGURES)) && script->figures == 0) {
            take_figures(script, words);
        } else if ((words = behind(line, PLOT_DROPS))) {
            script->drops = strtoull(words, NULL, 10);
        } else if ((words = behind(line, PLOT_ABOUT))) {
            text_clean(words);
            if (!add_about(script, words)) {
                return false;
            }
        }
    }
    return true;
}

cfi_status report_read_plot_script(const char *path, cfi_plot_script *script, cfi_error *error)
{
    FILE *stream = fopen(path, "re");
    size_t length = 0;
    int why;

    *script = (cfi_plot_script){.text = stream ? text_file_read(stream, MOST_SCRIPT_BYTES, &length) : NULL};
    why = errno;
    if (stream) {
        fclose(stream);
    }
    if (!script->text) {
        return text_file_error(path, why, error);
    }
    if (!take_lines(script)) {
        return no_script_memory(path, error);
    }
    if (script->figures == 0) {
        return error_set(error, CFI_INVALID,
                         "%.300s: no drawing of this version, without a line '" PLOT_FIGURES " ...' (allowed: "
                         "the directory of run --out, of sweep or of frontier; 'gnuplot plots.gp' draws what older "
                         "versions left)",
                         path);
    }
    return CFI_OK;
}

void report_plot_script_free(cfi_plot_script *script)
{
    free(script->text);
    free(script->about);
    *script = (cfi_plot_script){.text = NULL};
}
