/* What a reader of the results has to be told. */
#include "base/text.h"
#include "report/drop_values.h"
#include "report/odd_drops.h"
#include "report/user_rates.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { REMARK_LENGTH = 400 };

/* Where the remarks go. */
typedef struct remarks {
    const cfi_results *results;
    void (*emit)(void *context, const char *line);
    void *context;
} remarks;

__attribute__((format(printf, 2, 3))) static void add_remark(const remarks *out, const char *format, ...)
{
    char line[REMARK_LENGTH];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    out->emit(out->context, line);
}

/* The drops that a test holds for. */
static size_t count_where(const cfi_results *results, bool (*holds)(const cfi_record *record))
{
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        count += holds(&results->record[i]);
    }
    return count;
}

/* The largest finite value of a number, and the drop that has it; -inf when none has. */
static double largest(const cfi_results *results, double (*number)(const cfi_record *record), uint32_t *drop)
{
    double most = -INFINITY;

    for (size_t i = 0; i < results->count; i++) {
        double value = number(&results->record[i]);

        if (isfinite(value) && value > most) {
            most = value;
            *drop = results->record[i].index;
        }
    }
    return most;
}

static void remark_on_coverage(const remarks *out)
{
    const cfi_results *results = out->results;
    size_t asked = scenario_system(results->scenario)->monte_carlo.drops,
           infeasible = drops_count(results, CFI_DROP_INFEASIBLE);

    if (results->count < asked) {
        add_remark(out, "only %zu of %zu drops %s finished", results->count, asked,
                   text_by_count(results->count, "is", "are"));
    }
    if (infeasible > 0 && infeasible < results->count) {
        add_remark(out, "%zu of %zu drops %s infeasible: no powers meet all constraints; means are over the others",
                   infeasible, results->count, text_by_count(infeasible, "is", "are"));
    }
}

static const cfi_record *first_where(const cfi_results *results, bool (*holds)(const cfi_record *record))
{
    size_t i = 0;

    while (i < results->count && !holds(&results->record[i])) {
        i++;
    }
    return i < results->count ? &results->record[i] : NULL;
}

static void remark_on_breakdowns(const remarks *out)
{
    const cfi_results *results = out->results;
    size_t inaccurate = count_where(results, drop_is_inaccurate);
    const cfi_record *broken = first_where(results, drop_broke_down),
                     *partly = first_where(results, drop_left_starts_out);

    if (inaccurate > 0) {
        add_remark(out, "%zu of %zu drops: a step of the allocation was solved to reduced accuracy only", inaccurate,
                   results->count);
    }
    if (broken) {
        add_remark(out,
                   "%zu of %zu drops: the allocation broke down, and the best feasible point is kept (drop %u: %.250s)",
                   count_where(results, drop_broke_down), results->count, broken->index,
                   broken->failure ? broken->failure : "no cause is known");
    }
    if (partly) {
        add_remark(out,
                   "%zu of %zu drops: starts of the allocation broke down and were left out (%zu of %zu in drop %u)",
                   count_where(results, drop_left_starts_out), results->count, partly->allocation.broken_starts,
                   partly->allocation.starts, partly->index);
    }
}

/* Drawn gains; the scenario has looked at given ones itself. */
static void remark_on_lost_signal(const remarks *out)
{
    const cfi_system *system = scenario_system(out->results->scenario);
    char text[CFI_LOST_SIGNAL_LENGTH];
    size_t lost = 0, networks = 0;

    for (size_t i = 0; !system->propagation.gain && lost == networks && i < out->results->count; i++) {
        const cfi_network *network = out->results->record[i].network;

        if (network) {
            networks++;
            lost += scenario_signal_is_lost(system, network->beta, text, sizeof text);
        }
    }
    if (lost == networks && lost > 0) {
        add_remark(out, "%s", text);
    }
}

/* How far apart the starts ended, where that is worth a remark: a thousandth of a bit/s/Hz, or of what has another
 * unit.
 */
static double told_spread(const cfi_record *record)
{
    const cfi_objective_result *objective = &record->allocation.objective;
    bool is_rate = objective->unit && strcmp(objective->unit, "bit/s/Hz") == 0;

    return drop_spread(record) > 1e-3 * (is_rate ? 1.0 : fabs(objective->value)) ? objective->spread : NAN;
}

static void remark_on_users(const remarks *out)
{
    users_left left = {.drops = 0};
    char text[CFI_USERS_LEFT_LENGTH];

    for (size_t i = 0; i < out->results->count; i++) {
        users_left_add(&left, user_rates_without(&out->results->record[i]));
    }
    users_left_describe(&left, scenario_system(out->results->scenario), text);
    if (*text) {
        add_remark(out, "%s", text);
    }
}

static void remark_on_allocation(const remarks *out)
{
    const cfi_results *results = out->results;
    const cfi_system *system = scenario_system(results->scenario);
    size_t limit = count_where(results, drop_stopped_at_limit);
    size_t violated = count_where(results, drop_violates);
    uint32_t drop = 0;
    double spread = largest(results, told_spread, &drop);

    if (limit > 0) {
        add_remark(out,
                   "%zu of %zu drops: the allocation stopped at allocation.max_iterations (%zu) before its tolerance",
                   limit, results->count, system->allocation.max_iterations);
    }
    remark_on_breakdowns(out);
    if (isfinite(spread)) {
        add_remark(out,
                   "the starts of the allocation differ by up to %.3g %s (drop %u): a better stationary point may "
                   "exist; see allocation.starts",
                   spread, drops_objective(results)->unit, drop);
    }
    remark_on_users(out);
    if (violated > 0) {
        double worst = largest(results, drop_violation, &drop);

        add_remark(out,
                   "%zu of %zu drops: the powers violate a constraint, by up to %.4g %% of what it allows or asks for "
                   "(drop %u)",
                   violated, results->count, 100.0 * worst, drop);
    }
}

static void remark_on_simulation(const remarks *out)
{
    const cfi_results *results = out->results;
    const cfi_system *system = scenario_system(results->scenario);
    size_t infinite = count_where(results, drop_has_infinite_bound),
           far = count_where(results, drop_is_far_from_simulation);
    uint32_t drop = 0;

    if (infinite > 0) {
        add_remark(out, "%zu of %zu drops: an access point has no sensing information; its bound is infinite (null)",
                   infinite, results->count);
    }
    if (far > 0) {
        add_remark(out, "%zu of %zu drops: Monte Carlo is more than %d standard errors from the exact sum rate", far,
                   results->count, ODD_STD_ERRORS);
    }
    if (!isfinite(largest(results, drop_sum_rate_monte_carlo, &drop))) {
        return;
    }
    if (system->monte_carlo.realizations < 2) {
        add_remark(out, "one realization gives no standard error (null)");
    }
    if (system->L > CFI_MULTISTATIC_MC_MAX_APS) {
        add_remark(out, "the Monte Carlo multistatic bound is not computed above %d access points (null)",
                   CFI_MULTISTATIC_MC_MAX_APS);
    } else if (system->monte_carlo.realizations == 2 && system->sensing.information == CFI_INFORMATION_AVERAGED) {
        add_remark(out, "the Monte Carlo multistatic bound needs 3 realizations, and up to 4 for its error (null)");
    }
}

/* The position error bounds that are infinite. */
static void remark_on_position(const remarks *out)
{
    const cfi_results *results = out->results;
    size_t own = count_where(results, drop_has_line_of_echoes), all = count_where(results, drop_has_line_of_angles);

    if (own > all) {
        add_remark(out,
                   "%zu of %zu drops: the access points with an echo of their own are in line with the target, which "
                   "tells no distance: the own-echo position error bound is infinite (null)",
                   own - all, results->count);
    }
    if (all > 0) {
        add_remark(
            out,
            "%zu of %zu drops: all access points with sensing information, if any, are in line with the target, which "
            "tells no distance: the position error bounds are infinite (null)",
            all, results->count);
    }
}

/* Theorem 1 promises more than the network delivers where pilots overlap. */
static void remark_on_theorem1(const remarks *out)
{
    const cfi_results *results = out->results;
    double claimed = 0.0, exact = 0.0;

    if (scenario_system(results->scenario)->rate_model != CFI_RATE_THEOREM1) {
        return;
    }
    for (size_t i = 0; i < results->count; i++) {
        if (results->record[i].status == CFI_DROP_OK) {
            claimed += drop_sum_rate_theorem1(&results->record[i]);
            exact += drop_sum_rate_exact(&results->record[i]);
        }
    }
    if (claimed > exact * (1.0 + 1e-9)) {
        add_remark(out,
                   "pilots overlap, and rate.model theorem1 leaves out the coherent contamination: its mean sum rate "
                   "is %.4g times the exact one",
                   claimed / exact);
    }
}

void report_warnings(const cfi_results *results, void (*emit)(void *context, const char *line), void *context)
{
    remarks out = {.results = results, .emit = emit, .context = context};

    remark_on_coverage(&out);
    remark_on_lost_signal(&out);
    remark_on_allocation(&out);
    remark_on_simulation(&out);
    remark_on_position(&out);
    remark_on_theorem1(&out);
}
