/* Links over correlated and Rician fading: closed forms against their definition, raw draws and the Monte Carlo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "fading_systems.h"
#include "raw_signals.h"

enum { MOST_N = 8, MOST_K = 5 };

/* One kind of fading. */
typedef struct kind {
    size_t N, K, tau_p;
    double spread_rad, rician;
} kind;

/* Shared pilots, faint and overwhelming lines of sight, scatterers in a point, a cone, and all around. */
static const kind KINDS[] = {
    {4, 4, 4, 0.2618, 0.0}, {4, 5, 2, 0.2618, 0.0}, {6, 3, 1, 0.05, 0.0}, {3, 4, 2, 0.0, 0.0}, {4, 4, 4, -1.0, 4.0},
    {5, 4, 2, -1.0, 0.3},   {4, 5, 2, 0.2618, 8.0}, {8, 3, 2, 0.15, 1e3}, {4, 4, 1, 1.2, 1e5}, {1, 4, 2, 0.2618, 2.0},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

/* Of raw moments, and of simulated ones; each takes ten times as long under a sanitizer. */
#ifdef ADDRESS_SANITIZER
enum { DRAWS = 8000 };
#else
enum { DRAWS = 40000 };
#endif

static drop *make_fading_drop_with(cfi_precoder_kind precoder, size_t which, size_t L, placed_system *placed)
{
    const kind *c = &KINDS[which];
    made_system made = make_system(600 + which, L, c->K, c->N, 4);

    reuse_pilots(&made, c->tau_p);
    made.system.frame.pilot_power_w = 2e-6; /* estimates far from perfect */
    made.system.precoding = (cfi_precoding){.kind = precoder, .draws = DRAWS};
    *placed = place_system(made, c->spread_rad, c->rician);
    return make_drop(placed->made);
}

static drop *make_fading_drop(size_t which, size_t L, placed_system *placed)
{
    return make_fading_drop_with(CFI_PRECODER_MR, which, L, placed);
}

static double squared(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

/* -------------------------------------------------------------------------- by definition ---- */

/* Matrices of one access point. */
typedef struct statistics {
    size_t N;
    double complex m[MOST_K][MOST_N], R[MOST_K][MOST_N * MOST_N], B[MOST_K][MOST_N * MOST_N];
    double n[MOST_K]; /* norm(m)^2 + tr B */
} statistics;

static statistics *gather(const drop *d, size_t l)
{
    size_t N = d->made.system.N;
    statistics *s = calloc(1, sizeof *s);
    double complex work[MOST_N * MOST_N];

    s->N = N;
    for (size_t k = 0; k < d->network.K; k++) {
        channel_mean_of(&d->network, k, l, s->m[k]);
        channel_covariance_of(&d->network, k, l, s->R[k]);
        channel_estimate_covariance_of(&d->network, k, l, s->B[k], work);
        for (size_t n = 0; n < N; n++) {
            s->n[k] += squared(s->m[k][n]) + creal(s->B[k][n + N * n]);
        }
    }
    return s;
}

/* x^H A y, and tr(A B). */
static double complex form(size_t N, const double complex *x, const double complex *A, const double complex *y)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < N * N; i++) {
        sum += conj(x[i % N]) * A[i] * y[i / N];
    }
    return sum;
}

static double trace_of_product(size_t N, const double complex *A, const double complex *B)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < N * N; i++) {
        sum += A[i] * B[i / N + N * (i % N)];
    }
    return creal(sum);
}

/* The table's row: docs/model.md (M22). */
static double variance_of(const statistics *s, size_t k, size_t j)
{
    double complex meet = 0.0;

    for (size_t n = 0; n < s->N; n++) {
        meet += conj(s->m[k][n]) * s->m[j][n];
    }
    return ((k != j ? squared(meet) : 0.0) + creal(form(s->N, s->m[k], s->B[j], s->m[k])) +
            creal(form(s->N, s->m[j], s->R[k], s->m[j])) + trace_of_product(s->N, s->B[j], s->R[k])) /
           s->n[j];
}

static double beam_of(const drop *d, const statistics *s, size_t k, size_t l)
{
    double complex a[2 * MOST_N], meet = 0.0;

    channel_steering(d->network.angle_rad[l], s->N, a, a + s->N);
    for (size_t n = 0; n < s->N; n++) {
        meet += conj(s->m[k][n]) * a[n];
    }
    return (squared(meet) + creal(form(s->N, a, s->R[k], a))) / (double)s->N;
}

static void moments_are_the_matrices_of_their_definition(void **state)
{
    (void)state;
    for (size_t c = 0; c < KIND_COUNT; c++) {
        placed_system placed;
        drop *d = make_fading_drop(c, 3, &placed);
        size_t K = d->link.K;

        assert_string_equal(d->link.kind, "closed_form");
        assert_null(d->link.V);
        for (size_t l = 0; l < 3; l++) {
            statistics *s = gather(d, l);

            for (size_t k = 0; k < K; k++) {
                double share = link_share_at(&d->link, k, l);

                assert_close(d->link.g[k + K * l], sqrt(s->n[k]), 1e-11);
                assert_close(d->link.S[k + K * l], beam_of(d, s, k, l), 1e-9);
                assert_close(share * (double)s->N, s->n[k], 1e-11);
                for (size_t j = 0; j < K; j++) {
                    double V = d->link.V_by_stream[k + K * (j + K * l)], scale = 1e-14 * d->network.beta[k + K * l];

                    assert_true(V >= 0.0 && fabs(V - variance_of(s, k, j)) <= 1e-9 * V + scale);
                }
            }
            free(s);
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* ------------------------------------------------------------------------------ raw draws ---- */

/* The mean is the expected one within some standard errors. */
static void expect_mean(const double *sample, double sigmas, double expected, double scale)
{
    double sum = 0.0, squares = 0.0, n = DRAWS, mean, deviation;

    for (size_t i = 0; i < DRAWS; i++) {
        sum += sample[i];
    }
    mean = sum / n;
    for (size_t i = 0; i < DRAWS; i++) {
        squares += (sample[i] - mean) * (sample[i] - mean);
    }
    deviation = sqrt(squares) / n;
    if (!(fabs(mean - expected) <= sigmas * deviation + 1e-9 * scale)) {
        fail_msg("mean %.6g +- %.2g, expected %.6g", mean, deviation, expected);
    }
}

/* How many standard errors of the draws a moment may be off: one that is simulated from as many has an error of its
 * own.
 */
static double sigmas_of(const cfi_link *link)
{
    return link->mean_square ? 5.0 * M_SQRT2 : 5.0;
}

/* Mean of h_k^H x, and mean square of its distance from it. */
static void compare_moment(const signals *s, double sigmas, const double complex *beam, size_t k, size_t j,
                           double complex mean, double variance)
{
    double *re = malloc(3 * DRAWS * sizeof(double)), *im = re + DRAWS, *square = im + DRAWS;
    double scale = sqrt(variance + squared(mean));

    for (size_t i = 0; i < DRAWS; i++) {
        double complex A = signals_product(s, beam, i, k, j);

        re[i] = creal(A);
        im[i] = cimag(A);
        square[i] = squared(A - mean);
    }
    expect_mean(re, sigmas, creal(mean), scale);
    expect_mean(im, sigmas, cimag(mean), scale);
    expect_mean(square, sigmas, variance, 1e-3 * variance);
    free(re);
}

/* All moments of one access point, and the mean square of its vectors. */
static void compare_moments(drop *d)
{
    const cfi_link *link = &d->link;
    signals s = draw_signals(d, 0, DRAWS);
    size_t K = s.raw.K;
    double complex beam[2 * MOST_N];
    double *square = malloc(DRAWS * sizeof *square), sigmas = sigmas_of(link);

    target_beam(d, 0, beam);
    for (size_t j = 0; j < K; j++) {
        for (size_t k = 0; k < K; k++) {
            double complex mean = j == k                           ? link->g[k]
                                  : link_coherent_pair(link, k, j) ? link_coherent(link, k, j, 0)
                                                                   : 0.0;

            compare_moment(&s, sigmas, beam, k, j, mean, link->V_by_stream[k + K * j]);
        }
    }
    for (size_t k = 0; k < K; k++) {
        compare_moment(&s, sigmas, beam, k, K, 0.0, link->S[k]);
        for (size_t i = 0; i < DRAWS; i++) {
            square[i] = signals_square(&s, i, k);
        }
        expect_mean(square, sigmas, 1.0, 1.0);
    }
    free(square);
    free(s.raw.memory);
}

/* Of maximum ratio in closed form, of other precoders from the link's simulation; zero-forcing with two antennas more
 * than pilots, so that its vectors' squares have a spread. */
static void moments_are_those_of_raw_fading(void **state)
{
    size_t simulated = 0;

    (void)state;
    for (size_t i = 0; i < KIND_COUNT * CFI_PRECODER_COUNT; i++) {
        cfi_precoder_kind precoder = (cfi_precoder_kind)(i / KIND_COUNT);
        placed_system placed;
        drop *d;

        if (precoder == CFI_PRECODER_ZF && KINDS[i % KIND_COUNT].N < KINDS[i % KIND_COUNT].tau_p + 2) {
            continue;
        }
        d = make_fading_drop_with(precoder, i % KIND_COUNT, 1, &placed);
        simulated += d->link.mean_square != NULL;
        compare_moments(d);
        free_drop(d);
        free_places(&placed);
    }
    assert_int_equal(simulated, 2 * KIND_COUNT + 6);
}

/* ------------------------------------------------------------------------------------ rates ---- */

/* SINR of user k from the link by (M22), access point by access point. */
static double sinr_by_hand(const drop *d, size_t k)
{
    const cfi_link *link = &d->link;
    size_t K = link->K;
    double u = 0.0, noise = d->made.system.power.comm_noise_w;

    for (size_t j = 0; j < K; j++) {
        double complex heard = 0.0;

        for (size_t l = 0; l < link->L; l++) {
            double p = d->powers.p[j + K * l];

            noise += link->V_by_stream[k + K * (j + K * l)] * p;
            noise += j == 0 ? link->S[k + K * l] * d->powers.s[l] : 0.0;
            u += j == k ? link->g[k + K * l] * sqrt(p) : 0.0;
            heard += link_coherent_pair(link, k, j) ? link_coherent(link, k, j, l) * sqrt(p) : 0.0;
        }
        noise += squared(heard);
    }
    return u * u / noise;
}

static void rates_are_those_of_the_moments(void **state)
{
    (void)state;
    for (size_t c = 0; c < KIND_COUNT; c++) {
        placed_system placed;
        drop *d = make_fading_drop(c, 7, &placed);
        double sinr[MOST_K];

        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
        for (size_t k = 0; k < d->link.K; k++) {
            assert_close(sinr[k], sinr_by_hand(d, k), 1e-12);
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* The Monte Carlo, which sees draws alone, is within five standard errors. */
static void rates_are_those_of_the_monte_carlo(void **state)
{
    (void)state;
    for (size_t c = 0; c < KIND_COUNT; c++) {
        placed_system placed;
        drop *d = make_fading_drop(c, 7, &placed);
        size_t K = d->link.K;
        double sinr[MOST_K], rate[MOST_K];
        cfi_monte_carlo mc;

        d->made.system.monte_carlo.realizations = 4000;
        d->made.system.monte_carlo.bounds = CFI_MC_BOUNDS_NONE;
        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
        metrics_rates(&d->made.system, sinr, rate);
        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL), CFI_OK);
        for (size_t k = 0; k < K; k++) {
            if (!(fabs(mc.rate_bit_s_hz[k] - rate[k]) <= 5.0 * mc.rate_std_error[k])) {
                fail_msg("kind %zu, user %zu: %.6g +- %.2g, closed form %.6g", c, k, mc.rate_bit_s_hz[k],
                         mc.rate_std_error[k], rate[k]);
            }
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* ------------------------------------------------------------------------- limits, order ---- */

/* A line of sight that is too weak leaves the moments of i.i.d. fading, whose V and coherent means need no streams. */
static void without_lines_of_sight_moments_are_those_of_iid_fading(void **state)
{
    (void)state;
    made_system made = make_system(77, 4, 5, 4, 4);
    placed_system placed;
    cfi_link iid;
    drop *d;

    reuse_pilots(&made, 2);
    placed = place_system(made, -1.0, 1e-20);
    d = make_drop(placed.made);
    d->network.fading = (cfi_fading){.rician = NULL};
    assert_int_equal(link_make(&d->network, d->arena, &iid, NULL), CFI_OK);
    for (size_t i = 0; i < 20; i++) {
        size_t k = i % 5, l = i / 5;

        assert_close(d->link.g[i], iid.g[i], 1e-12);
        assert_close(d->link.S[i], iid.S[i], 1e-12);
        for (size_t j = 0; j < 5; j++) {
            assert_close(d->link.V_by_stream[k + 5 * (j + 5 * l)], iid.V[i], 1e-12);
            if (link_coherent_pair(&iid, k, j)) {
                assert_close(creal(link_coherent(&d->link, k, j, l)), creal(link_coherent(&iid, k, j, l)), 1e-12);
                assert_true(fabs(cimag(link_coherent(&d->link, k, j, l))) < 1e-14);
            }
        }
    }
    free_drop(d);
    free_places(&placed);
}

/* Users and access points in another order have the same moments in that order. */
static void the_order_of_users_and_access_points_does_not_matter(void **state)
{
    (void)state;
    enum { L = 4, K = 5 };
    const size_t user[K] = {3, 0, 4, 2, 1}, ap[L] = {2, 3, 0, 1};
    made_system made = make_system(41, L, K, 4, 4), other = make_system(41, L, K, 4, 4);
    placed_system a, b;
    drop *x, *y;

    reuse_pilots(&made, 2);
    reuse_pilots(&other, 2);
    a = place_system(made, 0.2618, 3.0);
    b = place_system(other, 0.2618, 3.0);
    for (size_t i = 0; i < K * L; i++) {
        other.gain[i] = made.gain[user[i % K] + K * ap[i / K]];
    }
    for (size_t i = 0; i < 2 * K; i++) {
        b.ue[i] = a.ue[2 * user[i / 2] + i % 2];
        other.pilot[i / 2] = made.pilot[user[i / 2]];
    }
    for (size_t i = 0; i < 2 * L; i++) {
        b.ap[i] = a.ap[2 * ap[i / 2] + i % 2];
        b.orientation[i / 2] = a.orientation[ap[i / 2]];
        other.angle[i / 2] = made.angle[ap[i / 2]];
    }
    x = make_drop(a.made);
    y = make_drop(b.made);
    for (size_t i = 0; i < K * L; i++) {
        size_t k = i % K, l = i / K, at = user[k] + K * ap[l];

        assert_close(y->link.g[i], x->link.g[at], 1e-12);
        assert_close(y->link.S[i], x->link.S[at], 1e-12);
        for (size_t j = 0; j < K; j++) {
            assert_close(y->link.V_by_stream[k + K * (j + K * l)],
                         x->link.V_by_stream[user[k] + K * (user[j] + K * ap[l])], 1e-10);
            if (link_coherent_pair(&y->link, k, j)) {
                double complex one = link_coherent(&y->link, k, j, l),
                               two = link_coherent(&x->link, user[k], user[j], ap[l]);

                assert_true(squared(one - two) <= 1e-22 * squared(two));
            }
        }
    }
    free_drop(x);
    free_drop(y);
    free_places(&a);
    free_places(&b);
}

static void threads_share_moments_to_the_bit(void **state)
{
    (void)state;
    placed_system placed;
    made_system made = make_system(90, 80, 20, 6, 4);
    cfi_link three;
    drop *d;

    reuse_pilots(&made, 7);
    placed = place_system(made, 0.2618, 2.0);
    d = make_drop(placed.made);
    d->network.threads = 3;
    assert_int_equal(link_make(&d->network, d->arena, &three, NULL), CFI_OK);
    assert_memory_equal(three.g, d->link.g, 1600 * sizeof(double));
    assert_memory_equal(three.S, d->link.S, 1600 * sizeof(double));
    assert_memory_equal(three.estimate, d->link.estimate, 1600 * sizeof(double));
    assert_memory_equal(three.V_by_stream, d->link.V_by_stream, 32000 * sizeof(double));
    assert_memory_equal(three.coherent, d->link.coherent, three.coherent_start[20] * 80 * sizeof(double complex));
    free_drop(d);
    free_places(&placed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_the_matrices_of_their_definition),
        cmocka_unit_test(moments_are_those_of_raw_fading),
        cmocka_unit_test(rates_are_those_of_the_moments),
        cmocka_unit_test(rates_are_those_of_the_monte_carlo),
        cmocka_unit_test(without_lines_of_sight_moments_are_those_of_iid_fading),
        cmocka_unit_test(the_order_of_users_and_access_points_does_not_matter),
        cmocka_unit_test(threads_share_moments_to_the_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
