/* Time of one normal: those of the channel draws, those of single streams, and gsl_ran_gaussian_ziggurat on mt19937,
 * alternating, medians. */
#include "cfisac/base.h"
#include "timing.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1 << 16, REPEATS = 200, ROUNDS = 15 };

int main(void)
{
    static double out[COUNT];
    double channel[ROUNDS], single[ROUNDS], reference[ROUNDS], channel_time, single_time, reference_time, sum = 0.0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    cfi_stream stream = stream_make(1, 0, CFI_DRAW_CHANNEL, 0);

    for (int round = 0; round < ROUNDS; round++) {
        double start = bench_seconds(CLOCK_MONOTONIC);

        for (int i = 0; i < REPEATS; i++) {
            random_complex_normals(&stream, 16, COUNT / 64, out);
            stream.block += COUNT / 64;
            sum += out[i];
        }
        channel[round] = (bench_seconds(CLOCK_MONOTONIC) - start) / ((double)COUNT * REPEATS);
        start = bench_seconds(CLOCK_MONOTONIC);
        for (int i = 0; i < REPEATS; i++) {
            random_normals(&stream, COUNT, out);
            sum += out[i];
        }
        single[round] = (bench_seconds(CLOCK_MONOTONIC) - start) / ((double)COUNT * REPEATS);
        start = bench_seconds(CLOCK_MONOTONIC);
        for (int i = 0; i < REPEATS; i++) {
            for (int j = 0; j < COUNT; j++) {
                out[j] = gsl_ran_gaussian_ziggurat(rng, 1.0);
            }
            sum += out[i];
        }
        reference[round] = (bench_seconds(CLOCK_MONOTONIC) - start) / ((double)COUNT * REPEATS);
    }
    channel_time = bench_median(channel, ROUNDS);
    single_time = bench_median(single, ROUNDS);
    reference_time = bench_median(reference, ROUNDS);
    printf(
        "one normal: %.2f ns in channel draws, %.2f ns from one stream; GSL ziggurat on mt19937: %.2f ns; ratios %.2f, "
        "%.2f (checksum %.3f)\n",
        1e9 * channel_time, 1e9 * single_time, 1e9 * reference_time, channel_time / reference_time,
        single_time / reference_time, sum);
    gsl_rng_free(rng);
    return 0;
}
