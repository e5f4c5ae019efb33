/* The tables of commands, options and keys as lines, within the script of a shell. */
#include "cli/completion.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help.h"

#include <string.h>

#include "completion_text.h" /* the scripts */

static const char TABLE[] = "@TABLE@"; /* where the lines go in a script */

const completion_shell completion_shells[] = {
    {.name = "bash", .script = COMPLETION_BASH, .quote = "'\\''"},
    {.name = "zsh", .script = COMPLETION_ZSH, .quote = "'\\''"},
    {.name = "fish", .script = COMPLETION_FISH, .quote = "\\'"},
};
const size_t completion_shell_count = sizeof completion_shells / sizeof *completion_shells;

/* A script being written. */
typedef struct table_writer {
    const completion_shell *shell;
    FILE *stream;
} table_writer;

/* A field, with one space for the blanks and line breaks of a text that is laid out for the help. */
static void write_field(const table_writer *to, const char *text)
{
    bool blank = false;

    for (const char *c = text; *c; c++) {
        if (*c == ' ' || *c == '\n') {
            blank = true;
            continue;
        }
        fputs(blank ? " " : "", to->stream);
        fputs(*c == '\'' ? to->shell->quote : (char[2]){*c, '\0'}, to->stream);
        blank = false;
    }
}

static void write_hint(const table_writer *to, const cli_hint *hint)
{
    static const char *const names[] = {
        [HINT_FILE] = "file", [HINT_DIRECTORY] = "directory", [HINT_WORD] = "words", [HINT_TOPIC] = "topic"};
    char word[HINT_LENGTH];

    fputs(names[hint->kind], to->stream);
    if (hint->ending) {
        fprintf(to->stream, ":%s", hint->ending);
    }
    for (size_t i = 0; hint->word && hint->word(i, word, sizeof word); i++) {
        fputs(i > 0 ? " " : ":", to->stream);
        write_field(to, word);
    }
}

static void write_offer(const table_writer *to, const cli_option *option)
{
    switch (option->kind) {
    case OPTION_FLAG:
    case OPTION_FORMATS:
        fputs("flag", to->stream);
        break;
    case OPTION_TEXT:
        write_hint(to, &option->hint);
        break;
    case OPTION_SETTING:
        fputs("key", to->stream);
        break;
    case OPTION_OVER:
        fputs("sweep", to->stream);
        break;
    case OPTION_NUMBER:
    case OPTION_SECONDS:
    case OPTION_SHARD:
        fputs("-", to->stream);
    }
}

/* A row of an option, of a command or of none ("-"). */
static void write_option(const table_writer *to, const char *command, const char *name, const cli_option *option,
                         const char *help)
{
    fprintf(to->stream, "option\t%s\t%s\t", command, name);
    write_offer(to, option);
    fputs("\t", to->stream);
    write_field(to, help);
    fputs("\n", to->stream);
}

/* What stands in place of a command; that which is the command help is followed by what it explains. */
static void write_sole_options(const table_writer *to)
{
    static const cli_option flag = {.kind = OPTION_FLAG}, topic = {.kind = OPTION_TEXT, .hint = {.kind = HINT_TOPIC}};

    for (size_t i = 0; i < sole_option_count; i++) {
        write_option(to, "-", sole_options[i].name, sole_options[i].print ? &flag : &topic, sole_options[i].help);
    }
}

static void write_command(const table_writer *to, const cli_command *command)
{
    fprintf(to->stream, "command\t%s\t", command->name);
    if (command->argument) {
        write_hint(to, &command->argument_hint);
    } else {
        fputs("-", to->stream);
    }
    fputs("\t", to->stream);
    write_field(to, command->summary);
    fputs("\n", to->stream);
    for (option_cursor at = {0}; option_next(command, &at);) {
        write_option(to, command->name, at.name, at.option, at.format ? at.format->help : at.option->help);
    }
}

static void write_key(const table_writer *to, const cfi_key *key)
{
    const char *separator = "";

    fprintf(to->stream, "key\t%s\t%s\t%s\t", key->name, key->can_be_swept ? "yes" : "no",
            key->takes_file ? "yes" : "no");
    for (size_t i = 0; key->words && key->words[i]; i++) {
        fprintf(to->stream, "%s%s", separator, key->words[i]);
        separator = " ";
    }
    if (key->takes_flag) {
        fprintf(to->stream, "%strue false", separator);
        separator = " ";
    }
    if (key->takes_null) {
        fprintf(to->stream, "%snull", separator);
        separator = " ";
    }
    fputs(*separator ? "\t" : "-\t", to->stream);
    write_field(to, key->help);
    fputs("\n", to->stream);
}

static void write_tables(const table_writer *to)
{
    cfi_key key;

    for (size_t i = 0; i < command_count; i++) {
        write_command(to, command_table[i]);
    }
    write_sole_options(to);
    for (size_t i = 0; i < help_topic_count; i++) {
        fprintf(to->stream, "topic\t%s\t", help_topics[i].name);
        write_field(to, help_topics[i].summary);
        fputs("\n", to->stream);
    }
    for (size_t i = 0; scenario_key(i, &key); i++) {
        write_key(to, &key);
    }
}

void completion_write(const completion_shell *shell, FILE *stream)
{
    const char *table = strstr(shell->script, TABLE);
    table_writer to = {.shell = shell, .stream = stream};

    fprintf(stream, "%.*s", (int)(table - shell->script), shell->script);
    write_tables(&to);
    fputs(table + strlen(TABLE), stream);
}
