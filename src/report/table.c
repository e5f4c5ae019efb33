/* The table for a person: what was run, a row a drop, and what the drops say together. */
#include "base/output.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/notes.h"
#include "report/power_note.h"
#include "report/table_page.h"
#include "report/user_rates.h"

#include <math.h>
#include <string.h>

enum { SHOWN_TITLE = 60, SHORT_METHOD = 9, LONG_METHOD = 10 };

/* Relative to the mean: drops that are alike differ by less, by rounding and the tolerance of their allocations. */
static const double SMALL_SPREAD = 1e-6;

/* ------------------------------------------------------------------------- what was run ---- */

/* Those on the position and on detection; whether there are any. */
static bool put_other_thresholds(const page *p)
{
    const cfi_sensing *sensing = &p->system->sensing;
    bool any = sensing->position_threshold_m > 0.0 || sensing->detection_threshold > 0.0;

    if (sensing->position_threshold_m > 0.0) {
        fprintf(p->stream, "position threshold %.6g m", sensing->position_threshold_m);
    }
    if (sensing->detection_threshold > 0.0) {
        fprintf(p->stream, "%sdetection threshold %.6g", sensing->position_threshold_m > 0.0 ? ", " : "",
                sensing->detection_threshold);
    }
    if (any && system_angle_thresholds(p->system)) {
        fprintf(p->stream, ", ");
    }
    return any;
}

static void put_thresholds(const page *p)
{
    const double *threshold = system_angle_thresholds(p->system);
    double low, high;

    if (!put_other_thresholds(p) && !threshold) {
        fprintf(p->stream, "no threshold");
    }
    if (!threshold) {
        return;
    }
    low = high = threshold[0];
    for (size_t l = 1; l < p->system->L; l++) {
        low = fmin(low, threshold[l]);
        high = fmax(high, threshold[l]);
    }
    if (low == high) {
        fprintf(p->stream, "threshold %.6g dB (dB of 1 rad^2)", decibel_of(low));
    } else {
        fprintf(p->stream, "threshold %.6g to %.6g dB (dB of 1 rad^2)", decibel_of(low), decibel_of(high));
    }
}

static void put_budget(const page *p)
{
    const cfi_power *power = &p->system->power;

    if (power->budget_in_dbm) {
        fprintf(p->stream, "budget %.6g dBm, noise %.4g dBm, ", decibel_of(power->budget_w) + 30.0,
                decibel_of(power->comm_noise_w) + 30.0);
    } else {
        fprintf(p->stream, "SNR %.6g dB, ", decibel_of(power->budget_w / power->sensing_noise_w));
    }
    if (power->bandwidth_hz > 0.0) {
        fprintf(p->stream, "%.6g MHz, ", power->bandwidth_hz / 1e6);
    }
}

/* "3 users, ", or "1 user, " */
static void put_many(const page *p, size_t count, const char *thing, const char *behind)
{
    fprintf(p->stream, "%zu %s%s%s", count, thing, count == 1 ? "" : "s", behind);
}

/* ", rate targets 0.5 to 2 bit/s/Hz", with one number where all are alike; nothing where there are none. */
static void put_of_users(const page *p, const char *what, const double *value, const char *unit)
{
    double low = INFINITY, high = 0.0;

    for (size_t k = 0; value && k < p->system->K; k++) {
        low = fmin(low, value[k]);
        high = fmax(high, value[k]);
    }
    if (value && low < high) {
        fprintf(p->stream, ", %ss %.6g to %.6g%s", what, low, high, unit);
    } else if (value) {
        fprintf(p->stream, ", %s %.6g%s", what, low, unit);
    }
}

/* What is optimised, for whom, and what every user shall have, where the scenario says more than "sum_rate". */
static void put_wishes(const page *p)
{
    const cfi_allocation_settings *allocation = &p->system->allocation;

    if (page_has_objective(p) || page_has_weights(p) || allocation->rate_target_bit_s_hz) {
        fprintf(p->stream, "\n  objective %s", drops_objective(p->results)->name);
        put_of_users(p, "weight", page_has_weights(p) ? allocation->weights : NULL, "");
        put_of_users(p, "rate target", allocation->rate_target_bit_s_hz, " bit/s/Hz");
    }
}

static void put_heading(const page *p)
{
    const cfi_system *s = p->system;
    char name[SHOWN_TITLE + 1];

    text_shown(name, sizeof name, scenario_name(p->results->scenario));
    fprintf(p->stream, "%s%s%s: ", page_paint(p, "\033[1m"), name, page_paint(p, "\033[0m"));
    put_many(p, s->L, "access point", " ");
    fprintf(p->stream, "(%zu transmit, ", s->N);
    put_many(p, s->M, "receive antenna", "), ");
    put_many(p, s->K, "user", ", ");
    put_budget(p);
    fprintf(p->stream, "seed %llu\n  ", (unsigned long long)s->seed);
    put_many(p, s->frame.tau_p, "pilot", ", ");
    fprintf(p->stream, "%zu symbols a coherence block%s, ", s->frame.tau_c,
            s->frame.tau_c == 0 ? " (no pilot overhead)" : "");
    put_many(p, s->frame.T, "symbol", " a radar frame; ");
    put_many(p, s->monte_carlo.drops, "drop", " x ");
    put_many(p, s->monte_carlo.realizations, "channel", "\n");
    fprintf(p->stream, "  allocation %s, rate %s, ", method_name(s->allocation.method), rate_model_name(s->rate_model));
    if (s->precoding.kind != CFI_PRECODER_MR) {
        fprintf(p->stream, "precoder %s, ", channel_precoder(s)->name);
    }
    fprintf(p->stream, "bound %s, ", crlb_model_name(s->sensing.crlb_model));
    put_thresholds(p);
    put_wishes(p);
    fprintf(p->stream, "\n\n");
}

/* --------------------------------------------------------------------- all drops together ---- */

/* A number's statistics behind a label. */
static cfi_status put_statistics(const page *p, field_column number, const char *label, cfi_error *error)
{
    const field_shown *shown = &number.field->shown;
    bool is_small = number.field->unit->times_mhz || shown->small;
    cfi_statistics s;
    cfi_status status = field_statistics(p->results, number, &s, error);
    double value[5];

    if (status != CFI_OK || s.count == 0) {
        return status;
    }
    value[0] = s.mean;
    value[1] = s.std_error < SMALL_SPREAD * fabs(s.mean) ? 0.0 : s.std_error;
    value[2] = s.p05;
    value[3] = s.p50;
    value[4] = s.p95;
    fprintf(p->stream, "  %-34s %6zu", label, s.count);
    for (size_t i = 0; i < 5; i++) {
        char text[CELL_LENGTH];

        if (shown->digits > 0) {
            cell_digits(text, value[i], shown->digits);
        } else {
            (is_small ? cell_small : cell_number)(text, value[i], shown->decimals);
        }
        fprintf(p->stream, " %11s", text);
    }
    fputc('\n', p->stream);
    return CFI_OK;
}

static cfi_status put_labelled(const page *p, field_column number, cfi_error *error)
{
    char label[64];
    size_t length =
        (size_t)snprintf(label, sizeof label, number.field->shown.label, method_name(p->system->allocation.method));

    if (number.times_mhz) {
        snprintf(label + length, sizeof label - length, ", %s", field_unit_text(number, NULL));
    }
    return put_statistics(p, number, label, error);
}

/* What is maximised or minimised, where that is not the plain sum rate: "min_power, W". */
static cfi_status put_objective(const page *p, cfi_error *error)
{
    field_column at = field_start(p->results);
    char label[64];

    if (!page_has_objective(p) && !page_has_weights(p)) {
        return CFI_OK;
    }
    while (field_next(&at, FIELD_NUMBER, FIELD_TABLE) && at.field->value.number != drop_objective) {
    }
    snprintf(label, sizeof label, "%s%s, %s", page_has_weights(p) ? "weighted " : "", drops_objective(p->results)->name,
             drops_objective(p->results)->unit);
    return put_statistics(p, at, label, error);
}

/* The numbers that have a label: those that come first (the splits), or the others. */
static cfi_status put_shown(const page *p, bool first, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (field_column at = field_start(p->results); status == CFI_OK && field_next(&at, FIELD_NUMBER, FIELD_TABLE);) {
        const field_shown *shown = &at.field->shown;

        if (!at.is_error && shown->label && shown->first == first && (!shown->wanted || shown->wanted(p->results))) {
            status = put_labelled(p, at, error);
        }
    }
    return status;
}

static cfi_status put_summary(const page *p, cfi_error *error)
{
    cfi_status status;

    fprintf(p->stream, "%s  %-34s %6s %11s %11s %11s %11s %11s%s\n", page_paint(p, "\033[1m"),
            "over drops (rates in bit/s/Hz)", "drops", "mean", "std. error", "5 %", "median", "95 %",
            page_paint(p, "\033[0m"));
    status = put_shown(p, true, error);
    status = status == CFI_OK ? put_objective(p, error) : status;
    status = status == CFI_OK ? put_shown(p, false, error) : status;
    fputc('\n', p->stream);
    return status;
}

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
        fprintf(p->stream, "  %s against the %s split: %+.2f %% of the mean sum rate",
                method_name(p->system->allocation.method), name, 100.0 * (own / other - 1.0));
        if (violated > 0) {
            fprintf(p->stream, " (the %s split violates a constraint in %zu drop%s)", name, violated,
                    violated == 1 ? "" : "s");
        }
        fputc('\n', p->stream);
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
        fprintf(p->stream, "  %s\n", text);
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
        fprintf(p->stream,
                "  Monte Carlo against the exact form: rms %.2f standard errors (1 expected), most %.2f in drop %u\n",
                rms, worst, drop);
    }
}

/* What the sum rates above are made of, where it was simulated. */
static void put_link(const page *p)
{
    const cfi_record *worst = drops_worst_link(p->results);

    if (worst) {
        fprintf(p->stream,
                "  links simulated from %zu channels: standard errors of their moments up to %.2g %%, in drop %u\n",
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
        fprintf(p->stream, "  worst violation of a constraint: %.2g relative, in drop %u\n", worst, drop);
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
        fprintf(p->stream, "  %zu starts: the best is %.3g %s better than the worst in the mean, %.3g in drop %u\n",
                starts, sum / (double)count, drops_objective(p->results)->unit, most, drop);
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
        fprintf(p->stream, "  solver %s against %s, in %zu drop%s: %s by %.2g relative at most, in drop %u\n",
                worst->allocation.solver, worst->check.solver, compared, compared == 1 ? "" : "s",
                page_has_objective(p) ? "objectives differ" : "sum rates differ", worst->check.relative_difference,
                worst->index);
    } else if (results->check) {
        fputs("  nothing to check: no drop can be allocated in two ways\n", p->stream);
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

    p.method_width = strlen(method_name(p.system->allocation.method)) > SHORT_METHOD ? LONG_METHOD : SHORT_METHOD;
    put_heading(&p);
    page_put_rows(&p);
    notes_write(results, stream);
    status = put_summary(&p, error);
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
