/* Curves of a sweep over the threshold, and the drops that are the same networks all along one. */
#include "report/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t pairing_drops(const cfi_sweep_outcomes *outcomes, size_t point)
{
    return outcomes->first[point + 1] - outcomes->first[point];
}

/* Of several that are swept the first of these is. */
static const cfi_constraint thresholds[] = {CFI_CONSTRAINT_THRESHOLD, CFI_CONSTRAINT_POSITION,
                                            CFI_CONSTRAINT_DETECTION};

static bool is_threshold(const char *key)
{
    bool found = false;

    for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
        found = found || strcmp(key, constraint_key(thresholds[t])) == 0;
    }
    return found;
}

/* Whether thresholds are all that varies along an axis: where they vary together with another key, points along it
 * differ in more. */
static bool varies_thresholds_alone(const cfi_scenario *sweep, size_t which)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), leader = scenario_axis_leader(sweep, which);
    bool alone = true;

    for (size_t i = leader; i < axes && scenario_axis_leader(sweep, i) == leader; i++) {
        alone = alone && is_threshold(axis[i].key);
    }
    return alone;
}

size_t pairing_axis(const cfi_scenario *sweep)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
        for (size_t i = 0; i < axes; i++) {
            if (strcmp(axis[i].key, constraint_key(thresholds[t])) == 0 && varies_thresholds_alone(sweep, i)) {
                return i;
            }
        }
    }
    return axes;
}

double pairing_sign(const cfi_axis *axis)
{
    return strcmp(axis->key, constraint_key(CFI_CONSTRAINT_DETECTION)) == 0 ? -1.0 : 1.0;
}

double pairing_threshold(const cfi_axis *axis, size_t value)
{
    char *end;
    double number = strtod(axis->value[value], &end);

    return end > axis->value[value] && *end == '\0' ? pairing_sign(axis) * number : NAN;
}

bool pairing_holds(const cfi_sweep_outcomes *outcomes, size_t point, size_t d, double least)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(outcomes->sweep, &axis), which = pairing_axis(outcomes->sweep);
    size_t stride = which < axes ? scenario_axis_stride(outcomes->sweep, which) : 1,
           values = which < axes ? axis[which].count : 1;
    size_t start = which < axes ? point - scenario_axis_index(outcomes->sweep, point, which) * stride : point;

    for (size_t i = 0; i < values; i++) {
        size_t p = start + i * stride;

        if (isfinite(least) && pairing_threshold(&axis[which], i) < least) {
            continue;
        }
        if (d >= pairing_drops(outcomes, p) || outcomes->status[outcomes->first[p] + d] != CFI_DROP_OK) {
            return false;
        }
    }
    return true;
}

static size_t first_of_curve(const pairing *pairs, size_t point)
{
    return point - point / pairs->stride % pairs->values * pairs->stride;
}

/* A drop of a curve is paired as long as no point of the curve lacks it. */
static void unpair(pairing *pairs, size_t point)
{
    const size_t *first = pairs->outcomes->first;
    size_t start = first_of_curve(pairs, point), drops = pairing_drops(pairs->outcomes, point);

    for (size_t d = 0; d < pairing_drops(pairs->outcomes, start); d++) {
        if (d >= drops || pairs->outcomes->status[first[point] + d] != CFI_DROP_OK) {
            pairs->bit[(first[start] + d) / 8] &= (uint8_t) ~(1u << (first[start] + d) % 8);
        }
    }
}

cfi_status pairing_make(const cfi_sweep_outcomes *outcomes, pairing *pairs, cfi_error *error)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(outcomes->sweep, &axis), which = pairing_axis(outcomes->sweep);
    size_t points = scenario_points(outcomes->sweep), bytes = outcomes->first[points] / 8 + 1;

    *pairs = (pairing){.outcomes = outcomes,
                       .stride = which < axes ? scenario_axis_stride(outcomes->sweep, which) : 1,
                       .values = which < axes ? axis[which].count : 1,
                       .bit = malloc(bytes)};
    if (!pairs->bit) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the pairs of %zu drops", outcomes->first[points]);
    }
    memset(pairs->bit, 0xff, bytes);
    for (size_t p = 0; p < points; p++) {
        unpair(pairs, p);
    }
    return CFI_OK;
}

bool pairing_has(const pairing *pairs, size_t point, size_t d)
{
    size_t start = first_of_curve(pairs, point), at = pairs->outcomes->first[start] + d;

    return d < pairing_drops(pairs->outcomes, start) && ((unsigned)pairs->bit[at / 8] >> at % 8 & 1u) != 0;
}

void pairing_free(pairing *pairs)
{
    free(pairs->bit);
    pairs->bit = NULL;
}
