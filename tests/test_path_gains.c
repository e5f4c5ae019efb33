/* What unknown path gains leave, and how paths light the target: from the whole L x L matrix of beams and plain sums.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "metrics/elimination.h"
#include "metrics/illumination.h"

enum { MOST_APS = 37, MOST_USERS = 19, REALIZATIONS = 6, SILENT = 1, SENSING = 2, BRIGHT = 3 };

/* Beams of each AP at the target and across, in every realisation, and their sums. */
typedef struct observed {
    size_t L, K;
    double complex v[MOST_APS][REALIZATIONS][MOST_USERS], w[MOST_APS][REALIZATIONS][MOST_USERS];
    sums_layout layout;
    double sums[4 * MOST_USERS + MOST_APS * (5 + 4 * (MOST_USERS + SUMS_LANES))];
} observed;

static double complex draw(cfi_stream *stream)
{
    double x[2];

    random_normals(stream, 2, x);
    return x[0] + I * x[1];
}

/* Of four APs or more one is silent, two only sense, and one's sensing beam is a thousand times its signal. */
static void draw_beams(observed *o, uint64_t seed)
{
    cfi_stream stream = stream_make(seed, (uint32_t)o->L, CFI_DRAW_START, (uint32_t)o->K);

    for (size_t l = 0; l < o->L; l++) {
        bool silent = o->L > BRIGHT && l == SILENT, sensing = o->L > BRIGHT && (l == SENSING || l == o->L - 1);
        double complex beam = draw(&stream) * (o->L > BRIGHT && l == BRIGHT ? 1000.0 : 1.0);

        for (size_t e = 0; e < REALIZATIONS * o->K; e++) {
            size_t i = e / o->K, k = e % o->K;
            double complex one = draw(&stream), other = draw(&stream);

            o->v[l][i][k] = silent ? 0.0 : sensing ? beam : beam + one;
            o->w[l][i][k] = silent || sensing ? 0.0 : other + 0.3 * one + 0.2 * beam; /* neither zero in the mean */
        }
    }
}

static void add_up(observed *o)
{
    memset(o->sums, 0, sizeof o->sums);
    o->layout = sums_make_layout(o->K, o->L, true);
    for (size_t l = 0; l < o->L; l++) {
        double *ap = o->sums + o->layout.aps + 5 * l, *beams = o->sums + sums_beams(&o->layout, l);

        for (size_t e = 0; e < REALIZATIONS * o->K; e++) {
            size_t k = e % o->K, width = o->layout.width;
            double complex v = o->v[l][e / o->K][k], w = o->w[l][e / o->K][k];

            ap[0] += creal(v * conj(v));
            ap[1] += creal(w * conj(w));
            ap[2] += creal(conj(v) * w);
            ap[3] += cimag(conj(v) * w);
            beams[k] += creal(v);
            beams[width + k] += creal(w);
            beams[2 * width + k] += cimag(v);
            beams[3 * width + k] += cimag(w);
        }
    }
}

/* E v_l^* y_m when APs are drawn apart, y = v or w. */
static double complex moment(const observed *o, size_t l, const double complex (*y)[REALIZATIONS][MOST_USERS], size_t m)
{
    double complex sum = 0.0;
    double n = REALIZATIONS;

    for (size_t k = 0; k < o->K; k++) {
        for (size_t i = 0; i < REALIZATIONS; i++) {
            for (size_t j = 0; j < REALIZATIONS; j++) {
                if (l != m) {
                    sum += conj(o->v[l][i][k]) * y[m][j][k] / (n * n);
                } else if (i == j) {
                    sum += conj(o->v[l][i][k]) * y[m][j][k] / n;
                }
            }
        }
    }
    return sum;
}

/* c^H S^-1 c of [S c] by elimination without exchanges; gains without power of their own are left out. */
static double explained(size_t n, double complex a[MOST_APS][MOST_APS + 1])
{
    double sum = 0.0;

    for (size_t l = 0; l < n; l++) {
        double pivot = creal(a[l][l]);

        for (size_t m = l + 1; m < n && pivot > 0.0; m++) {
            double complex factor = a[m][l] / pivot;

            for (size_t j = l; j <= n; j++) {
                a[m][j] -= factor * (j < n ? a[l][j] : a[l][n]);
            }
        }
        sum += pivot > 0.0 ? creal(a[l][n] * conj(a[l][n])) / pivot : 0.0;
    }
    return sum;
}

/* The residual of AP p from the whole matrix. The second AP that only senses says what the first says already. */
static double whole_residual(const observed *o, size_t p)
{
    static double complex a[MOST_APS][MOST_APS + 1];
    size_t n = o->L > BRIGHT ? o->L - 1 : o->L;
    double all = 0.0;

    for (size_t l = 0; l < n; l++) {
        for (size_t m = 0; m < n; m++) {
            a[l][m] = moment(o, l, o->v, m);
        }
        a[l][n] = moment(o, l, o->w, p);
    }
    for (size_t e = 0; e < REALIZATIONS * o->K; e++) {
        double complex w = o->w[p][e / o->K][e % o->K];

        all += creal(w * conj(w)) / REALIZATIONS;
    }
    return all - explained(n, a);
}

static const size_t SIZES[][2] = {{1, 1}, {1, 3}, {2, 8}, {4, 2}, {5, 9}, {9, 1}, {37, 3}, {37, 19}}; /* L, K */

static void residuals_are_those_of_the_whole_matrix(void **state)
{
    static observed o;

    (void)state;
    for (size_t size = 0; size < sizeof SIZES / sizeof *SIZES; size++) {
        cfi_arena *arena = arena_create();
        double rss[MOST_APS];
        elimination *work;

        o.L = SIZES[size][0];
        o.K = SIZES[size][1];
        draw_beams(&o, size);
        add_up(&o);
        work = elimination_make(&o.layout, arena);
        elimination_residuals(work, o.sums, REALIZATIONS, rss);
        elimination_residuals(work, o.sums, REALIZATIONS, rss); /* the work is used again */
        for (size_t p = 0; p < o.L; p++) {
            double expected = REALIZATIONS * whole_residual(&o, p);

            if (creal(o.w[p][0][0] * conj(o.w[p][0][0])) > 0.0) {
                assert_close(rss[p], expected, 1e-9);
            } else {
                assert_true(rss[p] == 0.0);
            }
        }
        arena_destroy(arena);
    }
}

/* sum_{l, m} conj(alpha_l) S_lm alpha_m, APs drawn apart. */
static double plain_light(const observed *o, const double complex *alpha)
{
    double complex sum = 0.0;

    for (size_t l = 0; l < o->L; l++) {
        for (size_t m = 0; m < o->L; m++) {
            sum += conj(alpha[l]) * moment(o, l, o->v, m) * alpha[m];
        }
    }
    return creal(sum);
}

static void light_is_the_sum_over_all_pairs_of_paths(void **state)
{
    static observed o;

    (void)state;
    for (size_t size = 0; size < 2 * sizeof SIZES / sizeof *SIZES; size++) {
        made_system made = make_system(size, SIZES[size / 2][0], SIZES[size / 2][1], 3, 3);
        bound_constants constants;
        echo_paths *paths;
        double lit[MOST_APS], *work;
        drop *d;

        made.system.sensing.random_path_phase = size % 2 == 1;
        d = make_drop(made);
        o.L = SIZES[size / 2][0];
        o.K = SIZES[size / 2][1];
        draw_beams(&o, 100 + size);
        add_up(&o);
        assert_int_equal(bound_constants_make(&d->network, d->arena, &constants, NULL), CFI_OK);
        paths = echo_paths_make(&o.layout, &constants, d->arena);
        work = arena_alloc(d->arena, illumination_work(paths), sizeof *work);
        illumination_sum(paths, o.sums, REALIZATIONS, work, lit);
        illumination_sum(paths, o.sums, REALIZATIONS, work, lit); /* the work is used again */
        for (size_t p = 0; p < o.L; p++) {
            assert_close(lit[p], REALIZATIONS * plain_light(&o, network_path_gains(&d->network, p)), 1e-12);
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residuals_are_those_of_the_whole_matrix),
        cmocka_unit_test(light_is_the_sum_over_all_pairs_of_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
