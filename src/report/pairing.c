/* Curves of a sweep over the threshold, and the drops that are the same networks all along one. */
#include "report/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t pairing_drops(const cfi_sweep_lines *lines, size_t point)
{
    return lines->first[point + 1] - lines->first[point];
}

size_t pairing_axis(const cfi_scenario *sweep)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), i = 0;

    while (i < axes && strcmp(axis[i].key, constraint_key(CFI_CONSTRAINT_THRESHOLD)) != 0) {
        i++;
    }
    return i;
}

double pairing_threshold(const cfi_axis *axis, size_t value)
{
    char *end;
    double number = strtod(axis->value[value], &end);

    return end > axis->value[value] && *end == '\0' ? number : NAN;
}

/* How far apart in the grid neighbours along an axis are. */
static size_t stride_of(const cfi_scenario *sweep, size_t which)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), stride = 1;

    for (size_t i = which + 1; i < axes; i++) {
        stride *= axis[i].count;
    }
    return stride;
}

bool pairing_holds(const cfi_sweep_lines *lines, size_t point, size_t d, double least)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(lines->sweep, &axis), which = pairing_axis(lines->sweep);
    size_t stride = which < axes ? stride_of(lines->sweep, which) : 1, values = which < axes ? axis[which].count : 1;
    size_t start = which < axes ? point - scenario_axis_index(lines->sweep, point, which) * stride : point;

    for (size_t i = 0; i < values; i++) {
        size_t p = start + i * stride;

        if (isfinite(least) && pairing_threshold(&axis[which], i) < least) {
            continue;
        }
        if (d >= pairing_drops(lines, p) || lines->line[lines->first[p] + d].status != CFI_DROP_OK) {
            return false;
        }
    }
    return true;
}
