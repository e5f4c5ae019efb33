/* What a reader of sweep.csv has to be told. */
#include "report/pairing.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

enum { MOST_CURVES = 3, CURVE_LENGTH = 300, THRESHOLD_LENGTH = 60, LINE_LENGTH = 700 };

/* Drops that are paired on the curve through a point without its thresholds tighter than `least`. */
static size_t count_paired(const cfi_sweep_outcomes *outcomes, size_t point, double least)
{
    size_t count = 0;

    for (size_t d = 0; d < pairing_drops(outcomes, point); d++) {
        count += pairing_holds(outcomes, point, d, least);
    }
    return count;
}

/* The tightest threshold of the curve that leaves at least `enough` drops paired when tighter ones are left out; NaN:
 * none does. */
static double tightest_usable(const cfi_sweep_outcomes *outcomes, size_t point, size_t enough)
{
    const cfi_axis *axis;
    size_t which = pairing_axis(outcomes->sweep);
    double tightest = NAN;

    scenario_axes(outcomes->sweep, &axis);
    for (size_t i = 0; i < axis[which].count; i++) {
        double threshold = pairing_threshold(&axis[which], i);

        if (!(threshold >= tightest) && isfinite(threshold) && count_paired(outcomes, point, threshold) >= enough) {
            tightest = threshold;
        }
    }
    return tightest;
}

/* " for KEY=VALUE, KEY=VALUE": the swept keys but the threshold and what varies together with it; ""
 * without others. */
static void name_curve(const cfi_scenario *sweep, size_t point, char text[CURVE_LENGTH])
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), which = pairing_axis(sweep), used = 0;

    *text = '\0';
    for (size_t i = 0; i < axes && used < CURVE_LENGTH; i++) {
        if (scenario_axis_leader(sweep, i) != scenario_axis_leader(sweep, which)) {
            used += (size_t)snprintf(text + used, CURVE_LENGTH - used, "%s%s=%s", used > 0 ? ", " : " for ",
                                     axis[i].key, axis[i].value[scenario_axis_index(sweep, point, i)]);
        }
    }
}

/* "-20 dB: without those below it", the tightest threshold that is of use. */
static void name_threshold(const cfi_axis *axis, double usable, char text[THRESHOLD_LENGTH])
{
    const char *unit = strcmp(axis->key, constraint_key(CFI_CONSTRAINT_THRESHOLD)) == 0  ? " dB"
                       : strcmp(axis->key, constraint_key(CFI_CONSTRAINT_POSITION)) == 0 ? " m"
                                                                                         : "";

    snprintf(text, THRESHOLD_LENGTH, "%.6g%s: without those %s it", pairing_sign(axis) * usable, unit,
             pairing_sign(axis) > 0.0 ? "below" : "above");
}

static void describe_curve(const cfi_sweep_outcomes *outcomes, size_t point, char text[LINE_LENGTH])
{
    const cfi_axis *axis;
    char curve[CURVE_LENGTH], advice[160], threshold[THRESHOLD_LENGTH];
    double usable = tightest_usable(outcomes, point, 2); /* two give a standard error */

    scenario_axes(outcomes->sweep, &axis);
    axis += pairing_axis(outcomes->sweep);
    usable = isnan(usable) ? tightest_usable(outcomes, point, 1) : usable;
    if (isnan(usable)) {
        snprintf(advice, sizeof advice, "leaving the tightest ones out does not help");
    } else {
        size_t paired = count_paired(outcomes, point, usable);

        name_threshold(axis, usable, threshold);
        snprintf(advice, sizeof advice, "the tightest usable one is %s %zu drop%s would be paired", threshold, paired,
                 text_by_count(paired, "", "s"));
    }
    name_curve(outcomes->sweep, point, curve);
    snprintf(text, LINE_LENGTH, "sweep.csv: the paired columns are empty%s: no drop is feasible at every swept %s; %s",
             curve, axis->key, advice);
}

void report_sweep_warnings(const cfi_sweep_outcomes *outcomes, void (*emit)(void *context, const char *line),
                           void *context)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(outcomes->sweep, &axis), which = pairing_axis(outcomes->sweep), curves = 0, empty = 0;
    char text[LINE_LENGTH];

    for (size_t p = 0; which < axes && p < scenario_points(outcomes->sweep); p++) {
        if (scenario_axis_index(outcomes->sweep, p, which) > 0) {
            continue; /* a curve is told at its first point */
        }
        curves++;
        if (count_paired(outcomes, p, -INFINITY) == 0 && empty++ < MOST_CURVES) {
            describe_curve(outcomes, p, text);
            emit(context, text);
        }
    }
    if (empty > MOST_CURVES) {
        snprintf(text, sizeof text, "sweep.csv: the paired columns are empty for %zu more of %zu curves",
                 empty - MOST_CURVES, curves);
        emit(context, text);
    }
}
