/* Ruiz's equilibration in powers of two: rows and columns are divided by the root of their largest entry, a few times
 * over. The rows of a second-order cone share one factor, else the cone would change. */
#include "socp/equilibrate.h"

#include "socp/constants.h"

#include <string.h>

/* The exponent that stands for 0, below that of every double; what a double adds to its exponent. */
enum { LEAST = -1100, BIAS = 1023 };

/* floor(log2(abs(value))), LEAST for 0. */
static int exponent_of(double value)
{
    uint64_t bits;
    int biased;

    memcpy(&bits, &value, sizeof bits);
    biased = (int)(bits >> 52 & 0x7ff);
    return biased ? biased - BIAS : LEAST;
}

static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + BIAS) << 52;
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static void largest_exponents(const sparse *matrix, const socp_scaling *scaling)
{
    size_t n = matrix->cols, all = n + matrix->rows;
    const int *power = scaling->power, *row_power = power + n;
    int *larger = scaling->larger, *row_larger = larger + n;

    for (size_t i = 0; i < all; i++) {
        larger[i] = LEAST;
    }
    for (size_t j = 0; j < n; j++) {
        int most = LEAST;

        for (uint32_t e = matrix->start[j]; e < matrix->start[j + 1]; e++) {
            uint32_t i = matrix->row[e];
            int size = scaling->exponent[e] + power[j] + row_power[i];

            most = size > most ? size : most;
            row_larger[i] = size > row_larger[i] ? size : row_larger[i];
        }
        larger[j] = most;
    }
}

static void share_in_cones(const cone_scaling *cone, int *larger)
{
    size_t first = cone->linear;

    for (size_t i = 0; i < cone->cones; i++) {
        int most = LEAST;

        for (size_t j = first; j < first + cone->size[i]; j++) {
            most = larger[j] > most ? larger[j] : most;
        }
        for (size_t j = first; j < first + cone->size[i]; j++) {
            larger[j] = most;
        }
        first += cone->size[i];
    }
}

/* Takes half of each exponent away; true when some was worth it. */
static bool take_half(size_t count, const int *larger, int *power)
{
    bool changed = false;

    for (size_t i = 0; i < count; i++) {
        int half = larger[i] > LEAST / 2 ? larger[i] / 2 : 0, next = power[i] - half;

        next = next > MOST_POWER ? MOST_POWER : next < -MOST_POWER ? -MOST_POWER : next;
        changed = changed || next != power[i];
        power[i] = next;
    }
    return changed;
}

void equilibrate(sparse *matrix, size_t fixed, const cone_scaling *cone, socp_scaling *scaling)
{
    size_t n = matrix->cols, rows = matrix->rows, all = n + rows;
    int *power = scaling->power;

    for (uint32_t e = 0; e < matrix->start[n]; e++) {
        scaling->exponent[e] = exponent_of(matrix->value[e]);
    }
    memset(power, 0, all * sizeof *power);
    for (int pass = 0; pass < SCALING_PASSES; pass++) {
        largest_exponents(matrix, scaling);
        for (size_t i = 0; i < fixed; i++) {
            scaling->larger[n + i] = LEAST;
        }
        share_in_cones(cone, scaling->larger + n + (rows - cone->m));
        if (!take_half(all, scaling->larger, power)) {
            break;
        }
    }
    for (size_t j = 0; j < n; j++) {
        scaling->column[j] = power_of_two(power[j]);
        scaling->per_column[j] = power_of_two(-power[j]);
    }
    for (size_t i = 0; i < rows; i++) {
        scaling->row[i] = power_of_two(power[n + i]);
        scaling->per_row[i] = power_of_two(-power[n + i]);
    }
    for (size_t j = 0; j < n; j++) {
        for (uint32_t e = matrix->start[j]; e < matrix->start[j + 1]; e++) {
            matrix->value[e] *= scaling->column[j] * scaling->row[matrix->row[e]];
        }
    }
}
