/* Time of one normal: those of the channel draws, those of single streams, and gsl_ran_gaussian_ziggurat on mt19937,
 * alternating, medians. */
#include "cfisac/base.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COUNT = 1 << 16, REPEATS = 200, ROUNDS = 15 };

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(void)
{
    static double out[COUNT];
    double channel[ROUNDS], single[ROUNDS], reference[ROUNDS], sum = 0.0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_CHANNEL, 0);

    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();

        for (int i = 0; i < REPEATS; i++) {
            random_complex_normals(&stream, 16, COUNT / 64, out);
            stream.block += COUNT / 64;
            sum += out[i];
        }
        channel[round] = (seconds() - start) / ((double)COUNT * REPEATS);
        start = seconds();
        for (int i = 0; i < REPEATS; i++) {
            random_normals(&stream, COUNT, out);
            sum += out[i];
        }
        single[round] = (seconds() - start) / ((double)COUNT * REPEATS);
        start = seconds();
        for (int i = 0; i < REPEATS; i++) {
            for (int j = 0; j < COUNT; j++) {
                out[j] = gsl_ran_gaussian_ziggurat(rng, 1.0);
            }
            sum += out[i];
        }
        reference[round] = (seconds() - start) / ((double)COUNT * REPEATS);
    }
    qsort(channel, ROUNDS, sizeof *channel, ascending);
    qsort(single, ROUNDS, sizeof *single, ascending);
    qsort(reference, ROUNDS, sizeof *reference, ascending);
    printf(
        "one normal: %.2f ns in channel draws, %.2f ns from one stream; GSL ziggurat on mt19937: %.2f ns; ratios %.2f, "
        "%.2f (checksum %.3f)\n",
        1e9 * channel[ROUNDS / 2], 1e9 * single[ROUNDS / 2], 1e9 * reference[ROUNDS / 2],
        channel[ROUNDS / 2] / reference[ROUNDS / 2], single[ROUNDS / 2] / reference[ROUNDS / 2], sum);
    gsl_rng_free(rng);
    return 0;
}
