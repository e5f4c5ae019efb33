/* Maximum likelihood estimates of angle and position: against the bounds, against brute force on the raw signal, and
 * against blind guesses. docs/model.md (M23) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "placed.h"
#include "raw_signals.h"

#include <stdio.h>

static const double DEGREE = 0.017453292519943295;

static cfi_monte_carlo estimate_errors(drop *d, size_t realizations, size_t threads)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->made.system.monte_carlo.estimator = CFI_ESTIMATOR_ML;
    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, threads, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

/* Noise at which the averaged own-echo bound of AP 0 is `bound`. */
static void set_bound(drop *d, double bound_rad2)
{
    double *crlb = arena_alloc(d->arena, d->made.system.L, sizeof *crlb);

    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, crlb, NULL), CFI_OK);
    d->made.system.power.sensing_noise_w *= bound_rad2 / crlb[0];
    remake_link(d);
}

static drop *lone_ap(uint64_t seed, double bound_db)
{
    made_system made = make_system(seed, 1, 4, 4, 4);
    drop *d;

    made.system.sensing.angle_min_rad = -60.0 * DEGREE;
    made.system.sensing.angle_max_rad = 60.0 * DEGREE;
    d = make_drop(made);
    set_bound(d, pow(10.0, 0.1 * bound_db));
    return d;
}

/* -------------------------------------------------------------------- against the bounds ---- */

static void angles_meet_the_block_bound(void **state)
{
    (void)state;
    static const size_t SHAPES[][3] = {{4, 4, 4}, {6, 2, 5}, {4, 8, 3}, {5, 4, 1}, {5, 1, 4}}; /* K, N, M */

    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        made_system made = make_system(40 + i, 3, SHAPES[i][0], SHAPES[i][1], SHAPES[i][2]);
        cfi_monte_carlo mc;
        drop *d;

        made.system.sensing.angle_min_rad = -M_PI_2;
        made.system.sensing.angle_max_rad = M_PI_2;
        d = make_drop(made);
        set_bound(d, 1e-6);
        mc = estimate_errors(d, 6000, 1);
        assert_int_equal(mc.estimator_trials, 6000);
        for (size_t l = 0; l < 3; l++) { /* the error of a mean square of 6000 is 2 % and more */
            double rmse = mc.angle_rmse_rad[l], bound = sqrt(mc.crlb_own_echo_block_mean_rad2[l]);

            assert_close(rmse, bound, 0.05);
            assert_true(fabs(rmse - bound) < 4.0 * mc.angle_rmse_std_error_rad[l]);
        }
        free_drop(d);
    }
}

/* The root mean square error over angles within 60 degrees, degrees. */
static double pooled_error(double bound_db, size_t angles)
{
    double sum = 0.0;

    for (size_t i = 0; i < angles; i++) {
        drop *d = lone_ap(100 + i, bound_db);
        double rmse = estimate_errors(d, 400, 1).angle_rmse_rad[0];

        sum += rmse * rmse;
        free_drop(d);
    }
    return sqrt(sum / (double)angles) / DEGREE;
}

static void useful_bounds_are_met_and_useless_ones_left(void **state)
{
    (void)state;
    double good = pooled_error(-35.0, 40), edge = pooled_error(-25.0, 40), useless = pooled_error(-5.0, 40);

    print_message("%g %g %g\n", good, edge, useless);
    assert_close(good, 1.0188, 0.12);
    assert_true(edge > 3.6 && edge < 7.0);
    assert_close(useless, 48.0, 0.05);
}

static void without_signal_estimates_are_guesses(void **state)
{
    (void)state;
    double guess = pooled_error(60.0, 40);

    print_message("%g\n", guess);
    assert_close(guess, 48.0, 0.05);
}

/* ---------------------------------------------------------------------------- brute force ---- */

/* F of AP l in realisation 0: N x K, user fastest. */
static void sent(drop *d, size_t l, double complex *F)
{
    size_t K = d->made.system.K, N = d->made.system.N;
    signals s = draw_signals(d, l, 1);
    double complex a[32];

    target_beam(d, l, a);
    for (size_t n = 0; n < N; n++) {
        for (size_t k = 0; k < K; k++) {
            F[K * n + k] = sqrt(d->powers.p[k + K * l]) * signals_vector(&s, 0, n, k) +
                           sqrt(d->powers.s[l] / (double)K) * a[n];
        }
    }
    free(s.raw.memory);
}

/* The noise of the program's realisation 0 at AP l in the direction of the streams, M x K, user fastest. */
static void heard_noise(const drop *d, size_t l, double complex *W)
{
    const cfi_system *system = &d->made.system;
    size_t K = system->K, M = system->M, blocks = (M + 1) / 2;
    double *planes = calloc(4 * blocks * K, sizeof *planes), deviation;
    cfi_stream stream = stream_make(system->seed, d->network.drop, CFI_DRAW_ECHO_NOISE, (uint32_t)(l * 65536));

    deviation = sqrt(0.5 * system->power.sensing_noise_w / (double)system->frame.T);
    random_complex_normals(&stream, K, blocks, planes);
    for (size_t m = 0; m < M; m++) {
        for (size_t k = 0; k < K; k++) {
            size_t plane = blocks * K, at = 2 * plane * (m % 2) + K * (m / 2) + k;

            W[K * m + k] = deviation * (planes[at] + I * planes[plane + at]);
        }
    }
    free(planes);
}

/* What AP l receives in T symbols, M x T, and the streams' symbols, K x T: rows of a discrete Fourier transform. */
typedef struct received {
    size_t M, N, K, T;
    double complex *y, *S, *F;
} received;

static received receive(drop *d, size_t l)
{
    const cfi_system *system = &d->made.system;
    size_t K = system->K, M = system->M, N = system->N, T = system->frame.T;
    received r = {.M = M, .N = N, .K = K, .T = T, .y = calloc(M * T, 16), .S = calloc(K * T, 16), .F = calloc(N * K, 16)};
    double complex *W = calloc(M * K, sizeof *W), a[32], b[32], alpha;
    cfi_stream phase = stream_make(system->seed, d->network.drop, CFI_DRAW_ECHO_PHASE, (uint32_t)l);
    double turns;

    random_uniforms(&phase, 1, &turns);
    alpha = cabs(network_path_gains(&d->network, l)[l]) * cexp(2.0 * M_PI * I * turns);
    sent(d, l, r.F);
    heard_noise(d, l, W);
    channel_steering(d->network.angle_rad[l], N, a, NULL);
    channel_steering(d->network.angle_rad[l], M, b, NULL);
    for (size_t t = 0; t < T; t++) {
        for (size_t k = 0; k < K; k++) {
            double complex v = 0.0;

            r.S[K * t + k] = cexp(-2.0 * M_PI * I * (double)(k * t) / (double)T);
            for (size_t n = 0; n < N; n++) {
                v += conj(a[n]) * r.F[K * n + k];
            }
            for (size_t m = 0; m < M; m++) {
                r.y[M * t + m] += (alpha * b[m] * v + W[K * m + k]) * r.S[K * t + k];
            }
        }
        for (size_t m = 0; m < M; m++) { /* and something that no stream carries */
            r.y[M * t + m] += 1e-6 * cexp(-2.0 * M_PI * I * (double)((K + m) * t) / (double)T);
        }
    }
    free(W);
    return r;
}

static void free_received(received *r)
{
    free(r->y);
    free(r->S);
    free(r->F);
}

/* By how much a target at this angle, its gain fitted by least squares, reduces the sum of squares of y. */
static double explained(const received *r, double angle)
{
    double complex a[32], b[32], inner = 0.0;
    double square = 0.0;

    channel_steering(angle, r->N, a, NULL);
    channel_steering(angle, r->M, b, NULL);
    for (size_t t = 0; t < r->T; t++) {
        double complex x = 0.0;

        for (size_t k = 0; k < r->K; k++) {
            for (size_t n = 0; n < r->N; n++) {
                x += conj(a[n]) * r->F[r->K * n + k] * r->S[r->K * t + k];
            }
        }
        for (size_t m = 0; m < r->M; m++) {
            inner += conj(b[m] * x) * r->y[r->M * t + m];
            square += creal(b[m] * x * conj(b[m] * x));
        }
    }
    return creal(inner * conj(inner)) / square;
}

/* The angle that explains most: a fine grid, then ever finer ones about its best point. */
static double brute_angle(const received *r, double low, double high)
{
    enum { FINE = 3000, FINER = 20 };
    double step = (high - low) / FINE, best = low, most = -1.0;

    for (int i = 0; i <= FINE; i++) {
        double value = explained(r, low + step * i);

        best = value > most ? low + step * i : best;
        most = fmax(most, value);
    }
    for (; step > 1e-9; step /= 0.5 * FINER) {
        double middle = best;

        for (int i = -FINER / 2; i <= FINER / 2; i++) {
            double angle = fmin(fmax(middle + step * i / (0.5 * FINER), low), high), value = explained(r, angle);

            best = value > most ? angle : best;
            most = fmax(most, value);
        }
    }
    return best;
}

static void angles_are_those_of_brute_force(void **state)
{
    (void)state;

    for (uint32_t i = 0; i < 24; i++) {
        drop *d = lone_ap(300 + i, -40.0 + 5.0 * (i % 8));
        double low = d->made.system.sensing.angle_min_rad, high = d->made.system.sensing.angle_max_rad, error;
        received r;

        d->network.drop = i;
        r = receive(d, 0);
        error = fabs(brute_angle(&r, low, high) - d->made.angle[0]);
        if (!(fabs(estimate_errors(d, 1, 1).angle_rmse_rad[0] - error) < 1e-6)) {
            fail_msg("drop %u: %.10g, brute force %.10g", i, estimate_errors(d, 1, 1).angle_rmse_rad[0], error);
        }
        free_received(&r);
        free_drop(d);
    }
}

/* ------------------------------------------------------------------------------- position ---- */

static placed worked_example(uint64_t seed, double noise_factor)
{
    static const double AP[] = {0.0, 0.0, 200.0, 0.0, 100.0, 180.0}, TARGET[] = {90.0, 70.0};
    static const double ORIENTATION[] = {M_PI_4, 3.0 * M_PI_4, -M_PI_2};
    made_system made = make_system(seed, 3, 4, 4, 4);

    made.system.geometry.area_m[0] = 200.0;
    made.system.geometry.area_m[1] = 180.0;
    made.system.power.sensing_noise_w *= noise_factor;
    return place_drop(made, AP, ORIENTATION, TARGET);
}

/* sum_l of what a target at a place explains. */
static double explained_at(const received r[3], const placed *p, double x, double y)
{
    double sum = 0.0;

    for (size_t l = 0; l < 3; l++) {
        double angle = atan2(y - p->ap[2 * l + 1], x - p->ap[2 * l]) - p->orientation[l];

        sum += explained(&r[l], angle);
    }
    return sum;
}

static double brute_distance(const received r[3], const placed *p, double step)
{
    double best[2] = {0.0, 0.0}, most = -1.0;

    for (int i = 0; i * step <= 200.0; i++) {
        for (int j = 0; j * step <= 180.0; j++) {
            double value = explained_at(r, p, i * step, j * step);

            if (value > most) {
                most = value;
                best[0] = i * step;
                best[1] = j * step;
            }
        }
    }
    for (; step > 1e-6; step *= 0.5) {
        double middle[2] = {best[0], best[1]};

        for (int i = -2; i <= 2; i++) {
            for (int j = -2; j <= 2; j++) {
                double x = fmin(fmax(middle[0] + 0.5 * step * i, 0.0), 200.0);
                double y = fmin(fmax(middle[1] + 0.5 * step * j, 0.0), 180.0), value = explained_at(r, p, x, y);

                if (value > most) {
                    most = value;
                    best[0] = x;
                    best[1] = y;
                }
            }
        }
    }
    return hypot(best[0] - p->target[0], best[1] - p->target[1]);
}

static void positions_are_those_of_brute_force(void **state)
{
    (void)state;

    for (uint32_t i = 0; i < 12; i++) {
        placed p = worked_example(500 + i, pow(10.0, -3.0 + 0.25 * i));
        drop *d = placed_target(&p);
        received r[3];
        double brute, own;

        d->made.system.frame.T = 8; /* what brute force takes */
        d->network.drop = i;
        for (size_t l = 0; l < 3; l++) {
            r[l] = receive(d, l);
        }
        brute = brute_distance(r, &p, 2.0);
        own = estimate_errors(d, 1, 1).position_rmse_m;
        print_message("%u %g %g\n", i, own, brute);
        for (size_t l = 0; l < 3; l++) {
            free_received(&r[l]);
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles_meet_the_block_bound),
        cmocka_unit_test(useful_bounds_are_met_and_useless_ones_left),
        cmocka_unit_test(without_signal_estimates_are_guesses),
        cmocka_unit_test(angles_are_those_of_brute_force),
        cmocka_unit_test(positions_are_those_of_brute_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
