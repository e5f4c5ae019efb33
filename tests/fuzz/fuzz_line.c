/* Any bytes are either a line of a sweep's journal, or not: then an error of one line that names no file. A line that
 * was changed anywhere has another checksum and is none, unless the change comes with its checksum.
 *
 * A first byte of 128 and more stands for a line that was really written, with the rest as changes of it, three bytes
 * each: a place and what to add to the byte there. So a fuzzer needs no seeds. From 192 on the changed text gets the
 * checksum that belongs to it, so that the reader behind the checksum is reached. */
#include "cfisac/report.h"
#include "demand.h"

#include <sha2.h>

static const char SWEEP[] =
    "{\"network\": {\"aps\": 4, \"ues\": 2}, \"monte_carlo\": {\"drops\": 2, \"realizations\": 4},"
    "\"sweep\": {\"seed\": [1, 2], \"rate.model\": [\"theorem1\", \"exact\"]}}";
enum { LINES = 4, LONG = 65536, SIGNED = 192, DIGITS = 16, TAIL = 33 }; /* TAIL: , "checksum": "DIGITS"} */

typedef struct written {
    cfi_scenario *sweep;
    char *line[LINES]; /* without newline */
    size_t length[LINES];
    cfi_drop_status status[LINES];
} written;

static void write_line(written *w, size_t i, cfi_error *error)
{
    cfi_arena *arena = arena_create();
    cfi_trial_options options = {.threads = 1};
    cfi_scenario *point;
    cfi_record record;
    FILE *stream = open_memstream(&w->line[i], &w->length[i]);

    demand(arena && stream, "memory for a line");
    demand(scenario_at_point(w->sweep, i, &point, error) == CFI_OK, "the point is a scenario");
    demand(trial_run(scenario_system(point), (uint32_t)i % 2, &options, arena, &record, error) == CFI_OK,
           "the trial runs");
    demand(report_write_line(w->sweep, i, &record, stream, error) == CFI_OK && fclose(stream) == 0, "it is written");
    demand(w->length[i] > 1 && w->line[i][w->length[i] - 1] == '\n', "it is a line");
    w->status[i] = record.status;
    w->length[i]--;
    scenario_destroy(point);
    arena_destroy(arena);
}

static const written *get_written(void)
{
    static written w;
    cfi_error error = {0};

    if (!w.sweep) {
        demand(scenario_parse(SWEEP, sizeof SWEEP - 1, "fuzz", NULL, 0, &w.sweep, &error) == CFI_OK, "it is a sweep");
        demand(scenario_points(w.sweep) == LINES, "of so many points");
        for (size_t i = 0; i < LINES; i++) {
            write_line(&w, i, &error);
        }
    }
    return &w;
}

/* The text that the bytes stand for, its length; and which line it is, LINES when it was changed or is none. */
static size_t expand(const written *w, const uint8_t *data, size_t size, char text[LONG], size_t *which)
{
    size_t i = size > 0 && data[0] >= 128 ? data[0] % LINES : LINES, length;

    *which = LINES;
    if (i == LINES) {
        length = size < LONG ? size : LONG;
        memcpy(text, data, length);
        return length;
    }
    length = w->length[i];
    demand(length < LONG, "lines are short");
    memcpy(text, w->line[i], length);
    for (size_t j = 1; j + 3 <= size; j += 3) {
        char *at = text + ((size_t)data[j] * 256 + data[j + 1]) % length;

        *at = (char)(*at + (char)data[j + 2]);
    }
    *which = memcmp(text, w->line[i], length) == 0 ? i : LINES;
    return length;
}

static bool is_written(const written *w, const char *text, size_t length)
{
    for (size_t i = 0; i < LINES; i++) {
        if (length == w->length[i] && memcmp(text, w->line[i], length) == 0) {
            return true;
        }
    }
    return false;
}

/* Puts the right checksum behind a text that has room for one. */
static void sign(char *text, size_t length)
{
    char digits[SHA256_DIGEST_STRING_LENGTH], tail[TAIL + 1];

    if (length < TAIL) {
        return;
    }
    SHA256Data((const uint8_t *)text, length - TAIL, digits);
    snprintf(tail, sizeof tail, ", \"checksum\": \"%.*s\"}", DIGITS, digits);
    memcpy(text + length - TAIL, tail, TAIL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[LONG];
    const written *w = get_written();
    bool is_signed = size > 0 && data[0] >= SIGNED;
    size_t which, length = expand(w, data, size, text, &which);
    char *copy = malloc(length + 1); /* of the very length, so that a sanitizer sees what is read behind it */
    cfi_line line;
    cfi_line_text more;
    cfi_error error = {0};
    cfi_status status;

    if (is_signed) {
        sign(text, length);
    }
    demand(copy != NULL, "memory for a copy");
    memcpy(copy, text, length);
    copy[length] = '\0';
    status = report_read_line(copy, length, &line, &more, &error);
    if (status == CFI_OK) {
        demand(line.status <= CFI_DROP_FAILED, "what is read has a status"); /* its place is the caller's to check */
        demand(is_signed || is_written(w, copy, length), "a line that was changed is none");
        accepted++;
    } else {
        demand(status == CFI_INVALID && error.status == status, "an error is invalid");
        demand_one_line(error.text);
        refused++;
    }
    if (which < LINES) {
        demand(status == CFI_OK, "what was written is read");
        demand(line.point == which && line.drop == which % 2 && line.status == w->status[which], "as it was");
    }
    free(copy);
    return 0;
}

#ifndef CFISAC_FUZZ

#include "mutate.h"

int main(void)
{
    static const char *const pieces[] = {"null", "-1", "1e400",     "0",        "\"",  "{",  "}",
                                         "[",    "]",  ":",         ",",        " ",   "\\", "\xc3",
                                         "\0",   "99", "\"point\"", "\"drop\"", "nan", "\n"};
    const mutator m = {.piece = pieces, .pieces = sizeof pieces / sizeof pieces[0], .seed = 20240605};
    const written *w = get_written();

    for (uint8_t i = 0; i < LINES; i++) {
        const uint8_t seed[] = {(uint8_t)(128 + i), 0, 2, 1, 0, 200, 3};
        const uint8_t signed_seed[] = {(uint8_t)(SIGNED + i), 0, 2, 1, 0, 200, 3};

        run_seed(&m, seed, 1, 0);
        run_seed(&m, seed, sizeof seed, 3000);
        run_seed(&m, signed_seed, sizeof signed_seed, 3000);
        run_seed(&m, (const uint8_t *)w->line[i], w->length[i], 3000);
    }
    demand(accepted > 100 && refused > 100, "some inputs are accepted and some refused");
    return 0;
}

#endif
