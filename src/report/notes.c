/* The table's words on drops that are not simply good: how many, which, and why. */
#include "report/notes.h"

#include "base/paragraph.h"
#include "base/text.h"
#include "report/drop_list.h"
#include "report/drop_values.h"
#include "report/odd_drops.h"

enum { KIND_LENGTH = 100 }; /* of what is said before a list */
_Static_assert(KIND_LENGTH + DROP_LIST_LENGTH <= PARAGRAPH_LENGTH, "a paragraph has room for the longest list");

enum { MOST_CAUSES = 3, CAUSE_INDENT = 2 * PAGE_INDENT };

static void put_counts(const cfi_results *results, FILE *stream)
{
    paragraph text = {.used = 0};
    const char *before = "";

    paragraph_add(&text, "%zu drop%s:", results->count, text_by_count(results->count, "", "s"));
    for (cfi_alloc_status status = CFI_ALLOC_FIXED; status < CFI_ALLOC_FAILED; status++) {
        size_t count = 0;

        for (size_t i = 0; i < results->count; i++) {
            count += results->record[i].status != CFI_DROP_FAILED && results->record[i].allocation.status == status;
        }
        if (count > 0 || status == CFI_ALLOC_INFEASIBLE) {
            paragraph_add(&text, "%s %zu %s", before, count, alloc_status_name(status));
            before = ",";
        }
    }
    paragraph_add(&text, ", %zu failed", drops_count(results, CFI_DROP_FAILED));
    paragraph_end(&text, 0, stream);
}

/* Why, of the first few drops of a kind that know it. */
static void put_causes(const odd_kind *kind, const cfi_results *results, FILE *stream)
{
    size_t causes = 0;

    for (size_t i = 0; kind->cause && i < results->count; i++) {
        const cfi_record *record = &results->record[i];
        char buffer[INFEASIBLE_LENGTH];
        const char *cause = kind->holds(record) ? kind->cause(record, buffer) : NULL;

        if (cause && causes++ < MOST_CAUSES) {
            paragraph_print(stream, CAUSE_INDENT, "drop %u: %s", record->index, cause);
        }
    }
    if (causes > MOST_CAUSES) {
        paragraph_print(stream, CAUSE_INDENT, "%zu more: see %s in results.json", causes - MOST_CAUSES, kind->where);
    }
}

void notes_write(const cfi_results *results, FILE *stream)
{
    size_t noted = 0;

    put_counts(results, stream);
    for (size_t k = 0; k < odd_kind_count; k++) {
        drop_list list = {.count = 0};
        char text[DROP_LIST_LENGTH];

        for (size_t i = 0; i < results->count; i++) {
            if (odd_kinds[k].holds(&results->record[i])) {
                drop_list_add(&list, results->record[i].index);
            }
        }
        if (list.count > 0) {
            drop_list_describe(&list, results->count, "drops.csv", text);
            paragraph_print(stream, PAGE_INDENT, "%s: %s", odd_kinds[k].name, text);
            put_causes(&odd_kinds[k], results, stream);
            noted++;
        }
    }
    fputs(noted > 0 ? "\n" : "", stream);
}
