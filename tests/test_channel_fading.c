/* Channels with lines of sight and correlation: their statistics, draws and estimates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "check.h"
#include "fading_systems.h"
#include "networks.h"
#include "raw_draws.h"

static const double SPREADS[] = {-1.0, 0.0, 0.02, 0.2618, 1.5};
static const double FACTORS[] = {0.0, 1e-3, 4.0, 1e6};

static double squared(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

/* ------------------------------------------------------------------------------ statistics ---- */

/* x^H R x of a random x, over norm(x)^2 */
static double form(size_t N, const double complex *R, cfi_stream *stream)
{
    double complex x[16], sum = 0.0;
    double normal[32], squares = 0.0;

    random_normals(stream, 2 * N, normal);
    for (size_t n = 0; n < N; n++) {
        x[n] = normal[2 * n] + I * normal[2 * n + 1];
        squares += squared(x[n]);
    }
    for (size_t n = 0; n < N; n++) {
        for (size_t m = 0; m < N; m++) {
            sum += conj(x[m]) * R[m + N * n] * x[n];
        }
    }
    assert_true(fabs(cimag(sum)) <= 1e-12 * fabs(creal(sum)) + 1e-15);
    return creal(sum) / squares;
}

/* Hermitian; with 1e-12 of its diagonal added it has a factor, so that no eigenvalue is below -1e-12; traces add up to
 * N beta. */
static void check_covariance(const cfi_network *network, size_t k, size_t l)
{
    size_t N = network->system->N;
    double complex m[16], R[256], factor[256];
    double trace = 0.0, beta = network->beta[k + network->K * l];
    cfi_stream stream = stream_make(3, 0, CFI_DRAW_START, 5);

    channel_mean_of(network, k, l, m);
    channel_covariance_of(network, k, l, R);
    for (size_t n = 0; n < N; n++) {
        trace += squared(m[n]) + creal(R[n + N * n]);
        for (size_t i = 0; i < N; i++) {
            assert_true(R[i + N * n] == conj(R[n + N * i]));
        }
    }
    assert_close(trace, (double)N * beta, 1e-13);
    for (size_t i = 0; i < 20; i++) {
        assert_true(form(N, R, &stream) >= -1e-14 * beta);
    }
    memcpy(factor, R, N * N * sizeof *R);
    for (size_t n = 0; n < N; n++) {
        factor[n + N * n] += 1e-12 * creal(R[0]);
    }
    linalg_factor_hermitian(N, factor);
    for (size_t n = 0; n < N; n++) {
        for (size_t i = n; i < N; i++) {
            double complex sum = 0.0;

            for (size_t q = 0; q <= n; q++) {
                sum += factor[i + N * q] * conj(factor[n + N * q]);
            }
            assert_true(squared(sum - R[i + N * n]) <= 4e-24 * beta * beta);
        }
    }
}

static void covariances_are_semidefinite_and_have_their_traces(void **state)
{
    (void)state;
    for (size_t c = 0; c < 20; c++) {
        made_system made = make_system(c, 3, 4, 1 + c % 16, 2);
        placed_system placed = place_system(made, SPREADS[c % 5], FACTORS[c / 5]);
        cfi_arena *arena = arena_create();
        cfi_network network = draw_network(&placed.made.system, 0, arena);

        assert_int_equal(channel_is_iid(&network), SPREADS[c % 5] < 0.0 && FACTORS[c / 5] == 0.0);
        for (size_t i = 0; i < 12; i++) {
            check_covariance(&network, i % 4, i / 4);
        }
        arena_destroy(arena);
        free_places(&placed);
        free_system(&made);
    }
}

/* B = tau_p p_p R Psi^-1 R by its definition: Psi X = R solved by elimination, and tr B + norm(m)^2 = N times the
 * power. */
static void check_estimate(const cfi_network *network, const double *power, size_t k, size_t l)
{
    size_t N = network->system->N;
    const cfi_system *s = network->system;
    double energy = (double)s->frame.tau_p * s->frame.pilot_power_w, trace = 0.0,
           beta = network->beta[k + network->K * l];
    double complex psi[256] = {0.0}, R[256], X[256], B[256], work[256], m[16];

    for (size_t j = 0; j < network->K; j++) {
        channel_covariance_of(network, j, l, R);
        for (size_t i = 0; i < N * N && network->pilot[j] == network->pilot[k]; i++) {
            psi[i] += energy * R[i];
        }
    }
    for (size_t n = 0; n < N; n++) {
        psi[n + N * n] += s->power.comm_noise_w;
    }
    channel_covariance_of(network, k, l, R);
    memcpy(X, R, sizeof X);
    for (size_t n = 0; n < N; n++) {
        for (size_t i = n + 1; i < N; i++) {
            double complex factor = psi[i + N * n] / psi[n + N * n];

            for (size_t c = 0; c < N; c++) {
                psi[i + N * c] -= factor * psi[n + N * c];
                X[i + N * c] -= factor * X[n + N * c];
            }
        }
    }
    for (size_t n = N; n-- > 0;) {
        for (size_t c = 0; c < N; c++) {
            for (size_t i = n + 1; i < N; i++) {
                X[n + N * c] -= psi[n + N * i] * X[i + N * c];
            }
            X[n + N * c] /= psi[n + N * n];
        }
    }
    channel_estimate_covariance_of(network, k, l, B, work);
    channel_mean_of(network, k, l, m);
    for (size_t n = 0; n < N; n++) {
        for (size_t i = 0; i < N; i++) {
            double complex sum = 0.0;

            for (size_t q = 0; q < N; q++) {
                sum += energy * R[i + N * q] * X[q + N * n];
            }
            assert_true(squared(sum - B[i + N * n]) <= 1e-20 * beta * beta);
        }
        trace += creal(B[n + N * n]) + squared(m[n]);
    }
    assert_close(power[k + network->K * l] * (double)N, trace, 1e-11);
}

static void estimates_have_the_covariance_of_the_filter(void **state)
{
    (void)state;
    for (size_t c = 0; c < 20; c++) {
        made_system made = make_system(40 + c, 2, 5, 1 + (3 * c) % 16, 2);
        placed_system placed;
        cfi_arena *arena = arena_create();
        cfi_network network;
        const double *power;

        reuse_pilots(&made, 1 + c % 5);
        placed = place_system(made, SPREADS[c % 5], FACTORS[c / 5]);
        network = draw_network(&placed.made.system, 0, arena);
        power = channel_estimate_power(&network, arena);
        for (size_t i = 0; i < 10; i++) {
            check_estimate(&network, power, i % 5, i / 5);
        }
        arena_destroy(arena);
        free_places(&placed);
        free_system(&made);
    }
}

/* ----------------------------------------------------------------------------------- draws ---- */

/* The sample mean of u_i conj(v_i), within five standard errors of what is expected, real and imaginary parts. */
static void expect_product(size_t count, const double complex *u, const double complex *v, double complex expected)
{
    double sum[2] = {0.0}, squares[2] = {0.0}, want[] = {creal(expected), cimag(expected)};

    for (size_t i = 0; i < count; i++) {
        double complex product = u[i] * conj(v[i]);
        double part[] = {creal(product), cimag(product)};

        for (size_t q = 0; q < 2; q++) {
            sum[q] += part[q];
            squares[q] += part[q] * part[q];
        }
    }
    for (size_t q = 0; q < 2; q++) {
        double mean = sum[q] / (double)count, scale = sqrt(squares[q] / (double)count) + 1e-300;
        double error = sqrt(fmax(squares[q] / (double)count - mean * mean, 0.0) / (double)count);

        if (!(fabs(mean - want[q]) <= 5.0 * error + 1e-9 * scale)) {
            fail_msg("mean %.6g +- %.2g, expected %.6g", mean, error, want[q]);
        }
    }
}

enum { DRAWS = 20000 };

/* Second moments of h, of hhat and of the error, which is orthogonal to it, entry by entry; means are 0, since phases
 * are uniform. */
static void compare_draws(const cfi_network *network, size_t k, size_t l, const drawn *d)
{
    size_t N = network->system->N;
    double complex m[8], R[64], B[64], work[64];
    double complex *u = malloc(4 * DRAWS * sizeof *u), *v = u + DRAWS, *e = u + 2 * DRAWS, *one = u + 3 * DRAWS;

    channel_mean_of(network, k, l, m);
    channel_covariance_of(network, k, l, R);
    channel_estimate_covariance_of(network, k, l, B, work);
    for (size_t a = 0; a < N; a++) {
        for (size_t b = 0; b < N; b++) {
            double complex sight = m[a] * conj(m[b]);

            for (size_t i = 0; i < DRAWS; i++) {
                u[i] = drawn_entry(d, d->h, i, a, k);
                v[i] = drawn_entry(d, d->h, i, b, k);
                one[i] = 1.0;
            }
            expect_product(DRAWS, u, v, R[a + N * b] + sight);
            expect_product(DRAWS, u, one, 0.0);
            for (size_t i = 0; i < DRAWS; i++) {
                u[i] = drawn_entry(d, d->h_hat, i, a, k);
                v[i] = drawn_entry(d, d->h_hat, i, b, k);
                e[i] = drawn_entry(d, d->h, i, b, k) - v[i];
            }
            expect_product(DRAWS, u, v, B[a + N * b] + sight);
            expect_product(DRAWS, u, e, 0.0);
        }
    }
    free(u);
}

static void draws_have_their_covariances(void **state)
{
    (void)state;
    for (size_t c = 0; c < 6; c++) {
        const double spread[] = {0.2618, 0.0, -1.0, 0.05, 1.5, 0.2618}, factor[] = {0.0, 0.0, 3.0, 100.0, 0.5, 1e5};
        made_system made = make_system(80 + c, 1, 3, 1 + (c + 3) % 6, 2);
        placed_system placed;
        cfi_arena *arena = arena_create();
        cfi_network network;
        drawn d;

        reuse_pilots(&made, 2);
        made.system.frame.pilot_power_w = 2e-6; /* estimates far from perfect */
        placed = place_system(made, spread[c], factor[c]);
        network = draw_network(&placed.made.system, 0, arena);
        d = draw_range(&network, 0, 0, DRAWS, arena);
        for (size_t k = 0; k < 3; k++) {
            compare_draws(&network, k, 0, &d);
        }
        free(d.memory);
        arena_destroy(arena);
        free_places(&placed);
        free_system(&made);
    }
}

/* Realisation i is the same whatever range it is drawn in, and users that are added leave it as it is. */
static void draws_depend_on_nothing_but_their_indices(void **state)
{
    (void)state;
    enum { L = 3, FEW = 3, MANY = 5, N = 4, COUNT = 45 };
    made_system made = make_system(12, L, MANY, N, 2), fewer;
    placed_system placed = place_system(made, 0.2, 2.0);
    cfi_arena *arena = arena_create();
    double gain[FEW * L];
    cfi_network many, few;
    drawn all, part, alone;

    fewer = placed.made;
    fewer.system.K = FEW;
    fewer.system.propagation.gain = gain;
    for (size_t i = 0; i < FEW * L; i++) {
        gain[i] = made.gain[i % FEW + MANY * (i / FEW)];
    }
    many = draw_network(&placed.made.system, 0, arena);
    few = draw_network(&fewer.system, 0, arena);
    all = draw_range(&many, 2, 0, COUNT, arena);
    alone = draw_range(&few, 2, 0, COUNT, arena);
    part = draw_range(&many, 2, 17, 9, arena);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t e = 0; e < N * MANY; e++) {
            size_t n = e / MANY, k = e % MANY;

            assert_true(k >= FEW || drawn_entry(&all, all.h, i, n, k) == drawn_entry(&alone, alone.h, i, n, k));
            assert_true(k >= FEW || drawn_entry(&all, all.h_hat, i, n, k) == drawn_entry(&alone, alone.h_hat, i, n, k));
            if (i >= 17 && i < 26) {
                assert_true(drawn_entry(&all, all.h, i, n, k) == drawn_entry(&part, part.h, i - 17, n, k));
                assert_true(drawn_entry(&all, all.h_hat, i, n, k) == drawn_entry(&part, part.h_hat, i - 17, n, k));
            }
        }
    }
    free(all.memory);
    free(part.memory);
    free(alone.memory);
    arena_destroy(arena);
    free_places(&placed);
    free_system(&made);
}

/* A line of sight that is too weak to matter leaves the very draws of i.i.d. fading, and their estimates. */
static void a_vanishing_line_of_sight_gives_iid_draws(void **state)
{
    (void)state;
    enum { COUNT = 64 };
    made_system made = make_system(31, 2, 4, 3, 2);
    placed_system placed;
    cfi_arena *arena = arena_create();
    cfi_system plain;
    cfi_network rician, iid;
    drawn a, b;

    reuse_pilots(&made, 3);
    placed = place_system(made, -1.0, 1e-20);
    plain = placed.made.system;
    plain.fading.rician = CFI_RICIAN_NONE;
    rician = draw_network(&placed.made.system, 0, arena);
    iid = draw_network(&plain, 0, arena);
    assert_true(channel_is_iid(&iid) && !channel_is_iid(&rician));
    a = draw_range(&rician, 1, 0, COUNT, arena);
    b = draw_range(&iid, 1, 0, COUNT, arena);
    for (size_t i = 0; i < 4 * 4 * 3 * COUNT; i++) {
        assert_true(fabs(a.memory[i] - b.memory[i]) < 1e-8);
    }
    free(a.memory);
    free(b.memory);
    arena_destroy(arena);
    free_places(&placed);
    free_system(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covariances_are_semidefinite_and_have_their_traces),
        cmocka_unit_test(estimates_have_the_covariance_of_the_filter),
        cmocka_unit_test(draws_have_their_covariances),
        cmocka_unit_test(draws_depend_on_nothing_but_their_indices),
        cmocka_unit_test(a_vanishing_line_of_sight_gives_iid_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
