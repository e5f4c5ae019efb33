/* The table for a person: what was run, a row a drop, and what the drops say together. */
#include "base/output.h"
#include "base/paragraph.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/drop_values.h"
#include "report/notes.h"
#include "report/power_note.h"
#include "report/table_page.h"
#include "report/user_rates.h"

#include <math.h>

/* Whether the method claims a better sum rate than the equal split, or than the heuristic one, too. */
static bool rivals_split(const page *p, bool equal)
{
    switch (p->system->allocation.method) {
    case CFI_METHOD_SCA:
        return !page_has_objective(p);
    case CFI_METHOD_GIVEN:
        return true;
    case CFI_METHOD_HEURISTIC:
    case CFI_METHOD_FRACTIONAL:
        return equal;
    default:
        return false;
    }
}

/* Only what claims to be better than a split is compared with it.
 * Ratio of mean sum rates over the drops that have both, so that an infeasible drop favours neither. */
static void put_gain(const page *p, bool equal, const char *name)
{
    double own = 0.0, other = 0.0;
    size_t both = 0, violated = 0;

    for (size_t i = 0; i < p->results->count; i++) {
        const cfi_record *record = &p->results->record[i];
        const cfi_reference *split = equal ? &record->equal : &record->heuristic;

        if (split->available && record->status == CFI_DROP_OK) {
            own += drop_sum_rate(record);
            other += split->sum_rate_bit_s_hz;
            both++;
        }
        violated += page_split_violates(split);
    }
    if (both > 0 && other > 0.0) {
        paragraph text = {.used = 0};
        char gain[CELL_LENGTH];

        cell_number(gain, 100.0 * (own / other - 1.0), 2, CELL_LENGTH);
        paragraph_add(&text, "%s against the %s split: %s%s %% of the mean sum rate",
                      method_name(p->system->allocation.method), name, *gain == '-' ? "" : "+", gain);
        if (violated > 0) {
            paragraph_add(&text, " (the %s split violates a constraint in %zu drop%s)", name, violated,
                          text_by_count(violated, "", "s"));
        }
        paragraph_end(&text, PAGE_INDENT, p->stream);
    }
}

static void put_users_left(const page *p)
{
    users_left left = {.drops = 0};
    char text[CFI_USERS_LEFT_LENGTH];

    for (size_t i = 0; i < p->results->count; i++) {
        users_left_add(&left, user_rates_without(&p->results->record[i]));
    }
    users_left_describe(&left, p->system, text);
    if (*text) {
        paragraph_print(p->stream, PAGE_INDENT, "%s", text);
    }
}

static void put_agreement(const page *p)
{
    double rms = drops_z_rms(p->results), worst = -1.0;
    uint32_t drop = 0;

    for (size_t i = 0; i < p->results->count; i++) {
        double z = fabs(drop_sum_rate_z(&p->results->record[i]));

        if (z > worst) {
            worst = z;
            drop = p->results->record[i].index;
        }
    }
    if (isfinite(rms)) {
        paragraph_print(
            p->stream, PAGE_INDENT,
            "Monte Carlo against the exact form: rms %.2f standard errors (1 expected), most %.2f in drop %u", rms,
            worst, drop);
    }
}

/* What the sum rates above are made of, where it was simulated. */
static void put_link(const page *p)
{
    const cfi_record *worst = drops_worst_link(p->results);

    if (worst) {
        paragraph_print(p->stream, PAGE_INDENT,
                        "links simulated from %zu channels: standard errors of their moments up to %.2g %%, in drop %u",
                        p->system->precoding.draws, 100.0 * worst->link->largest_relative_std_error, worst->index);
    }
}

static void put_violation(const page *p)
{
    double worst = -1.0;
    uint32_t drop = 0;

    for (size_t i = 0; i < p->results->count; i++) {
        double violation = drop_violation(&p->results->record[i]);

        if (violation > worst) {
            worst = violation;
            drop = p->results->record[i].index;
        }
    }
    if (worst >= 0.0) {
        paragraph_print(p->stream, PAGE_INDENT, "worst violation of a constraint: %.2g relative, in drop %u", worst,
                        drop);
    }
}

/* What several starts brought. */
static void put_spread(const page *p)
{
    double most = -1.0, sum = 0.0;
    size_t count = 0, starts = 0;
    uint32_t drop = 0;

    for (size_t i = 0; i < p->results->count; i++) {
        const cfi_record *record = &p->results->record[i];

        if (record->status == CFI_DROP_OK && record->allocation.starts > 1) {
            double spread = record->allocation.objective.spread;

            drop = spread > most ? record->index : drop;
            most = fmax(most, spread);
            starts = record->allocation.starts;
            sum += spread;
            count++;
        }
    }
    if (count > 0) {
        paragraph_print(p->stream, PAGE_INDENT,
                        "%zu starts: the best is %.3g %s better than the worst in the mean, %.3g in drop %u", starts,
                        sum / (double)count, drops_objective(p->results)->unit, most, drop);
    }
}

/* The two solvers against each other (--check). */
static void put_solver_check(const page *p)
{
    const cfi_results *results = p->results;
    const cfi_record *worst = NULL;
    size_t compared = 0;

    for (size_t i = 0; results->check && i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        if (record->check.available) {
            bool larger = !worst || !(record->check.relative_difference <= worst->check.relative_difference);

            worst = larger ? record : worst;
            compared++;
        }
    }
    if (worst) {
        paragraph_print(p->stream, PAGE_INDENT,
                        "solver %s against %s, in %zu drop%s: %s by %.2g relative at most, in drop %u",
                        worst->allocation.solver, worst->check.solver, compared, text_by_count(compared, "", "s"),
                        page_has_objective(p) ? "objectives differ" : "sum rates differ",
                        worst->check.relative_difference, worst->index);
    } else if (results->check) {
        paragraph_print(p->stream, PAGE_INDENT, "nothing to check: no drop can be allocated in two ways");
    }
}

cfi_status report_write_table(const cfi_results *results, FILE *stream, cfi_error *error)
{
    page p = {.results = results,
              .system = scenario_system(results->scenario),
              .stream = stream,
              .colour = results->colour,
              .theorem1_differs = drops_forms_differ(results)};
    cfi_status status;

    page_put_heading(&p);
    page_put_rows(&p);
    notes_write(results, stream);
    status = page_put_statistics(&p, error);
    if (status == CFI_OK) {
        if (rivals_split(&p, true)) {
            put_gain(&p, true, "equal");
        }
        if (rivals_split(&p, false)) {
            put_gain(&p, false, "heuristic");
        }
        put_users_left(&p);
        put_link(&p);
        put_agreement(&p);
        put_violation(&p);
        put_spread(&p);
        put_solver_check(&p);
        status = power_note_write(results, stream, error);
    }
    return status == CFI_OK ? output_finish(stream, "a result", error) : status;
}
