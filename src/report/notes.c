/* The table's words on drops that are not simply good: how many, and why. */
#include "report/notes.h"

#include "report/drop_values.h"
#include "report/infeasible.h"

#include <string.h>

enum { MOST_NOTES = 3, COLUMNS = 110, INDENT = 4, NOTE_LENGTH = 600 };

static void put_counts(const cfi_results *results, FILE *stream)
{
    bool first = true;

    fprintf(stream, "%zu drop%s:", results->count, results->count == 1 ? "" : "s");
    for (cfi_alloc_status status = CFI_ALLOC_FIXED; status < CFI_ALLOC_FAILED; status++) {
        size_t count = 0;

        for (size_t i = 0; i < results->count; i++) {
            count += results->record[i].status != CFI_DROP_FAILED && results->record[i].allocation.status == status;
        }
        if (count > 0 || status == CFI_ALLOC_INFEASIBLE) {
            fprintf(stream, "%s %zu %s", first ? "" : ",", count, alloc_status_name(status));
            first = false;
        }
    }
    fprintf(stream, ", %zu failed\n", drops_count(results, CFI_DROP_FAILED));
}

/* A paragraph, broken at spaces; its second and later lines are indented further. */
static void put_wrapped(const char *text, FILE *stream)
{
    size_t column = INDENT / 2;

    fprintf(stream, "%*s", (int)column, "");
    for (const char *space = ""; *text; space = " ") {
        size_t word = strcspn(text, " ");

        if (*space && column + 1 + word > COLUMNS) {
            fprintf(stream, "\n%*s", INDENT, "");
            column = INDENT;
            space = "";
        }
        fprintf(stream, "%s%.*s", space, (int)word, text);
        column += (*space ? 1 : 0) + word;
        text += word + strspn(text + word, " ");
    }
    fputc('\n', stream);
}

/* The drops of one kind: the first few with their cause, the others as a number. */
typedef struct note_kind {
    const char *name, *where; /* where: the key of results.json that has the cause */
    bool (*holds)(const cfi_record *record);
} note_kind;

static bool is_lost(const cfi_record *record)
{
    return record->status == CFI_DROP_FAILED;
}

static bool keeps_point_of_breakdown(const cfi_record *record)
{
    return record->status == CFI_DROP_OK && record->failure;
}

static bool is_explained(const cfi_record *record)
{
    return record->status == CFI_DROP_INFEASIBLE && record->allocation.because.constraint != CFI_CONSTRAINT_NONE;
}

static void put_note(const note_kind *kind, const cfi_record *record, FILE *stream)
{
    char text[NOTE_LENGTH], infeasible[INFEASIBLE_LENGTH];
    const char *cause = record->failure;

    if (record->status == CFI_DROP_INFEASIBLE) {
        infeasible_describe(&record->allocation.because, infeasible);
        cause = infeasible;
    }
    snprintf(text, sizeof text, "drop %u, %s: %s", record->index, kind->name, cause ? cause : "no cause is known");
    put_wrapped(text, stream);
}

/* How many there are. */
static size_t put_kind(const note_kind *kind, const cfi_results *results, FILE *stream)
{
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        if (kind->holds(&results->record[i]) && count++ < MOST_NOTES) {
            put_note(kind, &results->record[i], stream);
        }
    }
    if (count > MOST_NOTES) {
        fprintf(stream, "  %zu more %s: see %s in results.json\n", count - MOST_NOTES, kind->name, kind->where);
    }
    return count;
}

void notes_write(const cfi_results *results, FILE *stream)
{
    static const note_kind kinds[] = {{"failed", "failure", is_lost},
                                      {"inaccurate", "failure", keeps_point_of_breakdown},
                                      {"infeasible", "allocation.infeasible_because", is_explained}};

    size_t noted = 0;

    put_counts(results, stream);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        noted += put_kind(&kinds[i], results, stream);
    }
    fputs(noted > 0 ? "\n" : "", stream);
}
