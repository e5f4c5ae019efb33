/* The table's words on where the power went. */
#include "report/power_note.h"

#include "base/paragraph.h"
#include "report/drop_values.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdlib.h>

enum { BUSIEST = 5 };

/* Means over the drops that have powers. */
typedef struct concentration {
    size_t drops, strongest; /* strongest: a tenth of the access points, rounded up */
    double sensing, strongest_share, above_one_percent;
} concentration;

/* work: L values. */
static void add_drop(concentration *c, const cfi_record *record, double *work)
{
    double total = drop_total_power(record), strongest = 0.0;

    if (!(total > 0.0)) {
        return;
    }
    for (size_t l = 0; l < record->L; l++) {
        work[l] = record->allocation.ap_power_w[l] / total;
        c->above_one_percent += work[l] > 0.01;
    }
    gsl_sort(work, 1, record->L);
    for (size_t i = record->L - c->strongest; i < record->L; i++) {
        strongest += work[i];
    }
    c->strongest_share += strongest;
    c->sensing += drop_sensing_share(record);
    c->drops++;
}

static void put_busiest(const cfi_record *record, FILE *stream)
{
    double total = drop_total_power(record);
    size_t count = record->L < BUSIEST ? record->L : BUSIEST, chosen[BUSIEST];
    paragraph text = {.used = 0};

    if (!(total > 0.0)) {
        return;
    }
    paragraph_add(&text, "busiest access points of drop %u:", record->index);
    for (size_t i = 0; i < count; i++) {
        size_t best = record->L;

        for (size_t l = 0; l < record->L; l++) {
            bool taken = false;

            for (size_t j = 0; j < i; j++) {
                taken = taken || chosen[j] == l;
            }
            if (!taken &&
                (best == record->L || record->allocation.ap_power_w[l] > record->allocation.ap_power_w[best])) {
                best = l;
            }
        }
        chosen[i] = best;
        paragraph_add(&text, "%s %zu (%.1f %%)", i > 0 ? "," : "", best,
                      100.0 * record->allocation.ap_power_w[best] / total);
    }
    paragraph_end(&text, PAGE_INDENT, stream);
}

cfi_status power_note_write(const cfi_results *results, FILE *stream, cfi_error *error)
{
    size_t L = scenario_system(results->scenario)->L;
    concentration c = {.strongest = (L + 9) / 10};
    double *work = malloc(L * sizeof *work), count;
    char strongest[60];

    if (!work) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %zu access points", L);
    }
    for (size_t i = 0; i < results->count; i++) {
        add_drop(&c, &results->record[i], work);
    }
    free(work);
    if (c.drops == 0) {
        return CFI_OK;
    }
    count = (double)c.drops;
    snprintf(strongest, sizeof strongest, c.strongest == 1 ? "access point radiates" : "%zu access points radiate",
             c.strongest);
    paragraph_print(stream, PAGE_INDENT,
                    "power: %.2f %% sensing, %.2f %% communication; the strongest %s %.1f %%; %.1f above 1 %%",
                    100.0 * c.sensing / count, 100.0 * fmax(1.0 - c.sensing / count, 0.0), strongest,
                    100.0 * c.strongest_share / count, c.above_one_percent / count);
    put_busiest(&results->record[0], stream);
    return CFI_OK;
}
