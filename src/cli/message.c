/* What goes to standard error, exit codes, and the end of standard output. */
#include "cli/message.h"

#include "base/output.h"
#include "base/text.h"
#include "base/wrap.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int exit_code(cfi_status status)
{
    switch (status) {
    case CFI_OK:
        return EXIT_DONE;
    case CFI_USAGE:
        return EXIT_USAGE;
    case CFI_INVALID:
    case CFI_UNAVAILABLE:
        return EXIT_INVALID;
    case CFI_INFEASIBLE:
        return EXIT_INFEASIBLE;
    case CFI_OUTPUT:
        return EXIT_OUTPUT;
    case CFI_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case CFI_FAILED:
    case CFI_NO_MEMORY:
        break;
    }
    return EXIT_FAILED;
}

size_t terminal_columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WRAP_COLUMNS;
}

/* Spaces before the further lines of a message. */
enum { MESSAGE_HANG = 2 };

/* One line, for programs that read it; broken at words where a terminal would break it anywhere. */
static void put_message(const char *before, const char *text)
{
    size_t columns = terminal_columns(), begun = strlen(before);

    fputs(before, stderr);
    if (isatty(STDERR_FILENO) && begun + wrap_characters(text) > columns) {
        wrap_text_in(stderr, text, columns, begun, MESSAGE_HANG);
    } else {
        fprintf(stderr, "%s\n", text);
    }
}

int report_error(const cfi_error *error)
{
    bool input = error->status == CFI_INVALID || error->status == CFI_UNAVAILABLE;

    put_message(input ? "" : "cfisac: ", error->text);
    return exit_code(error->status);
}

void report_warning(const cli_options *options, const char *line)
{
    char shown[1024];

    if (!options->quiet) {
        put_message("cfisac: warning: ", text_shown(shown, sizeof shown, line));
    }
}

void pass_warning(void *context, const char *line)
{
    report_warning(context, line);
}

/* Whether standard output is a pipe (or socket) whose reader has gone. */
static bool reader_has_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP));
}

cfi_status finish_output(cfi_error *error)
{
    cfi_status status = output_finish(stdout, "standard output", error);

    return status == CFI_OUTPUT && reader_has_gone() ? CFI_OK : status;
}

cfi_status name_output(cfi_status status, cfi_error *error)
{
    cfi_error cause = *error;

    if (status != CFI_OUTPUT) {
        return status;
    }
    return reader_has_gone() ? CFI_OK : error_set(error, CFI_OUTPUT, "standard output: %s", cause.text);
}

int print_text(const char *text)
{
    cfi_error error;

    fputs(text, stdout);
    return finish_output(&error) == CFI_OK ? EXIT_DONE : report_error(&error);
}

bool may_move_cursor(const cli_options *options, FILE *stream)
{
    const char *terminal = getenv("TERM");

    return !options->quiet && isatty(fileno(stream)) && terminal && strcmp(terminal, "dumb") != 0;
}

bool may_colour(const cli_options *options, FILE *stream)
{
    const char *refused = getenv("NO_COLOR"); /* counts when set and not empty, see no-color.org */

    return may_move_cursor(options, stream) && !(refused && *refused);
}
