/* Monte Carlo of the rates on one thread: whole, its normals alone, its matrix products alone, the same by zgemm.
 *   monte_carlo CASE      one line of case 0, 1 or 2: L K N realisations, then microseconds a realisation of the four
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"
#include "drops.h"
#include "timing.h"

#include <cblas.h>
#include <stdio.h>

enum { ROUNDS = 7 };

static double time_whole(drop *d)
{
    cfi_monte_carlo mc;
    cfi_arena_mark mark = arena_mark(d->arena);
    double start = bench_seconds(CLOCK_MONOTONIC);

    if (metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL) != CFI_OK) {
        exit(1);
    }
    start = bench_seconds(CLOCK_MONOTONIC) - start;
    arena_release(d->arena, mark);
    return start;
}

/* The same numbers: channels and noise of each access point, eight realisations at a time. */
static double time_normals(const drop *d)
{
    const cfi_system *s = &d->made.system;
    double *out = malloc(16 * s->N * s->K * sizeof *out), start = bench_seconds(CLOCK_MONOTONIC);

    for (size_t i = 0; i < s->monte_carlo.realizations; i += 8) {
        for (size_t index = 0; index < 2 * s->L; index++) {
            cfi_stream stream = stream_make(1, (uint32_t)i, CFI_DRAW_CHANNEL, (uint32_t)(65536 * index));

            random_complex_normals(&stream, s->K, 4 * s->N, out);
        }
    }
    start = bench_seconds(CLOCK_MONOTONIC) - start;
    free(out);
    return start;
}

/* H^H F once a realisation: zgemm, or the product that the Monte Carlo uses, a stack of access points at a time. */
static double time_products(const drop *d, bool zgemm)
{
    const cfi_system *s = &d->made.system;
    size_t rows = s->N * s->L, size = rows * s->K + 8, lda = (s->K + 7) / 8 * 8;
    size_t stack = zgemm ? rows : 512 / s->K; /* as the Monte Carlo stacks; all from the cache */
    double *h = calloc(2 * size, sizeof *h), *f = calloc(2 * size, sizeof *f), *A = calloc(2 * s->K * lda, sizeof *A);
    double start;

    for (size_t i = 0; i < 2 * size; i++) {
        h[i] = f[i] = 1.0;
    }
    start = bench_seconds(CLOCK_MONOTONIC);
    for (size_t i = 0; i < s->monte_carlo.realizations; i++) {
        for (size_t row = 0; row < rows; row += stack) {
            if (zgemm) {
                cblas_zgemm(CblasColMajor, CblasConjTrans, CblasNoTrans, (blasint)s->K, (blasint)s->K, (blasint)rows,
                            &(double complex){1.0}, h, (blasint)rows, f, (blasint)rows, &(double complex){1.0}, A,
                            (blasint)s->K);
            } else {
                linalg_split_gram_add(s->K, s->K, stack < rows - row ? stack : rows - row,
                                      (cfi_split){h, h + size, s->K}, (cfi_split){f, f + size, s->K},
                                      (cfi_split){A, A + s->K * lda, lda});
            }
        }
    }
    start = bench_seconds(CLOCK_MONOTONIC) - start;
    free(h);
    free(f);
    free(A);
    return start;
}

int main(int count, char **words)
{
    static const size_t cases[][4] = {{32, 4, 4, 8000}, {128, 16, 8, 400}, {512, 64, 8, 24}};
    const size_t *c = cases[count == 2 ? strtoul(words[1], NULL, 10) % 3 : 0];
    made_system made = make_system(1, c[0], c[1], c[2], c[2]);
    double whole[ROUNDS], normals[ROUNDS], products[ROUNDS], zgemm[ROUNDS], per = 1e6 / (double)c[3];
    drop *d;

    linalg_single_thread();
    made.system.monte_carlo.realizations = c[3];
    made.system.monte_carlo.bounds = CFI_MC_BOUNDS_NONE;
    d = make_drop(made);
    for (size_t r = 0; r < ROUNDS; r++) {
        whole[r] = time_whole(d);
        normals[r] = time_normals(d);
        products[r] = time_products(d, false);
        zgemm[r] = time_products(d, true);
    }
    printf("%zu %zu %zu %zu %.2f %.2f %.2f %.2f\n", c[0], c[1], c[2], c[3], per * bench_median(whole, ROUNDS),
           per * bench_median(normals, ROUNDS), per * bench_median(products, ROUNDS),
           per * bench_median(zgemm, ROUNDS));
    free_drop(d);
    return 0;
}
