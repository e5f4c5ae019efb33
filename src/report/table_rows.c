/* The printed table's rows, one a drop: the sum rate beside those of the splits and its simulation; or, where the
 * allocation is after something else, that beside what it costs, in 80 columns. */
#include "report/cell.h"
#include "report/drop_values.h"
#include "report/table_page.h"
#include "report/user_rates.h"

#include <math.h>

enum { DROPS_SHOWN = 20 };

const char *page_paint(const page *p, const char *code)
{
    return p->colour ? code : "";
}

bool page_has_objective(const page *p)
{
    return p->system->allocation.method == CFI_METHOD_SCA && p->system->allocation.objective != CFI_SUM_RATE;
}

bool page_has_weights(const page *p)
{
    const cfi_allocation_settings *allocation = &p->system->allocation;

    return allocation->method == CFI_METHOD_SCA && allocation->weights &&
           allocation->objective <= CFI_PROPORTIONAL_FAIR; /* those of rates */
}

/* By the rate formula that the scenario does not use. */
static double other_form(const page *p, const cfi_record *record)
{
    return p->system->rate_model == CFI_RATE_THEOREM1 ? drop_sum_rate_exact(record) : drop_sum_rate_theorem1(record);
}

bool page_split_violates(const cfi_reference *split)
{
    return split->available && split->max_constraint_violation > 1e-6;
}

static void put_row_header(const page *p)
{
    int extra = p->theorem1_differs ? 10 : 0;

    fprintf(p->stream, "%6s%-*s%-32sworst\n", "", 23 + p->method_width + extra,
            drops_worst_link(p->results) ? "  sum rates by simulation, bit/s/Hz"
                                         : "  sum rate in closed form, bit/s/Hz",
            "    Monte Carlo of the exact");
    fprintf(p->stream, "%s drop     equal  heuristic %*s", page_paint(p, "\033[1m"), p->method_width,
            method_name(p->system->allocation.method));
    if (p->theorem1_differs) {
        fprintf(p->stream, " %9s", p->system->rate_model == CFI_RATE_THEOREM1 ? "exact" : "theorem 1");
    }
    fprintf(p->stream, "     mean +- s.e.        z   bound, dB  iter.  status%s\n", page_paint(p, "\033[0m"));
}

static void put_status(const page *p, const cfi_record *record)
{
    const char *word =
        record->status == CFI_DROP_OK ? alloc_status_name(record->allocation.status) : drop_status_name(record->status);
    const char *code = "";

    if (record->status == CFI_DROP_FAILED) {
        code = "\033[31m";
    } else if (record->status == CFI_DROP_INFEASIBLE || record->allocation.status == CFI_ALLOC_ITERATION_LIMIT ||
               record->allocation.status == CFI_ALLOC_INACCURATE) {
        code = "\033[33m";
    }
    fprintf(p->stream, "  %s%s%s\n", page_paint(p, code), word, page_paint(p, *code ? "\033[0m" : ""));
}

/* A split that breaks a constraint is no rival: it is marked. */
static void put_reference(const page *p, const cfi_reference *split)
{
    char text[CELL_LENGTH];

    cell_small(text, split->available ? split->sum_rate_bit_s_hz : NAN, 3);
    fprintf(p->stream, " %9s%s", text, page_split_violates(split) ? "*" : " ");
}

static void put_simulation(const page *p, const cfi_record *record)
{
    char mean[CELL_LENGTH], std_error[CELL_LENGTH], z[CELL_LENGTH];

    if (!record->has_monte_carlo) {
        fprintf(p->stream, " %8s %10s %6s", "-", "", "-");
        return;
    }
    cell_small(mean, drop_sum_rate_monte_carlo(record), 3);
    cell_small(std_error, drop_sum_rate_std_error(record), 3);
    cell_number(z, drop_sum_rate_z(record), 1);
    fprintf(p->stream, " %8s +- %-7s %6s", mean, std_error, z);
}

static void put_drop_row(const page *p, const cfi_record *record)
{
    char text[CELL_LENGTH];

    fprintf(p->stream, "%5u", record->index);
    put_reference(p, &record->equal);
    put_reference(p, &record->heuristic);
    cell_small(text, drop_sum_rate(record), 3);
    fprintf(p->stream, " %*s", p->method_width, text);
    if (p->theorem1_differs) {
        cell_small(text, other_form(p, record), 3);
        fprintf(p->stream, " %9s", text);
    }
    put_simulation(p, record);
    cell_number(text, drop_worst_crlb_db(record), 4);
    fprintf(p->stream, "  %10s", text);
    cell_number(text, drop_iterations(record), 0);
    fprintf(p->stream, " %6s", text);
    put_status(p, record);
}

static bool any_violation(const cfi_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        if (page_split_violates(&results->record[i].equal) || page_split_violates(&results->record[i].heuristic)) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------- another objective ---- */

static void put_objective_header(const page *p)
{
    fprintf(p->stream, "%5s %12s %8s %8s %8s %8s %7s\n", "", "objective", "proved", "sum rate", "weakest", "radiated",
            "worst");
    fprintf(p->stream, "%s drop %12s %8s %8s %8s %8s %7s %5s  status%s\n", page_paint(p, "\033[1m"),
            drops_objective(p->results)->unit, "within", "bit/s/Hz", "bit/s/Hz", "W", "dB", "iter.",
            page_paint(p, "\033[0m"));
}

static void put_objective_row(const page *p, const cfi_record *record)
{
    char text[CELL_LENGTH];

    fprintf(p->stream, "%5u", record->index);
    cell_digits(text, drop_objective(record), 6);
    fprintf(p->stream, " %12s", text);
    cell_digits(text, drop_objective_gap(record), 2);
    fprintf(p->stream, " %8s", text);
    cell_small(text, drop_sum_rate(record), 3);
    fprintf(p->stream, " %8s", text);
    cell_small(text, user_rates_least(record), 3);
    fprintf(p->stream, " %8s", text);
    cell_digits(text, drop_total_power(record), 3);
    fprintf(p->stream, " %8s", text);
    cell_number(text, drop_worst_crlb_db(record), 2);
    fprintf(p->stream, " %7s", text);
    cell_number(text, drop_iterations(record), 0);
    fprintf(p->stream, " %5s", text);
    put_status(p, record);
}

/* ---------------------------------------------------------------------------- all of them ---- */

void page_put_rows(const page *p)
{
    bool objective = page_has_objective(p);

    if (p->results->count > DROPS_SHOWN) {
        fprintf(p->stream, "(%zu drops: drops.csv, or --csv, has a row for each)\n\n", p->results->count);
        return;
    }
    (objective ? put_objective_header : put_row_header)(p);
    for (size_t i = 0; i < p->results->count; i++) {
        (objective ? put_objective_row : put_drop_row)(p, &p->results->record[i]);
    }
    fprintf(p->stream, "%s\n", !objective && any_violation(p->results) ? "  * violates a constraint\n" : "");
}
