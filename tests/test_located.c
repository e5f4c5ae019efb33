/* Maximum likelihood estimates of a target's position, against brute force on the raw signal and against the bound.
 * docs/model.md (M27) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "heard.h"
#include "metrics/locate.h"
#include "placed.h"

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
        if (!(fabs(own - brute) < 1e-4)) { /* the size of the last grid of brute force, along ridges */
            fail_msg("drop %u: %.10g m, brute force %.10g m", i, own, brute);
        }
        for (size_t l = 0; l < 3; l++) {
            free_received(&r[l]);
        }
        free_drop(d);
    }
}

/* 1 / CRLB of AP l in each realisation's own signal, F given. docs/model.md (M17) */
static double own_information(const drop *d, size_t l, const double complex *F)
{
    const cfi_system *s = &d->made.system;
    double complex a[64], b[64], cross = 0.0, along_a = 0.0, along_b = 0.0;
    double vv = 0.0, ww = 0.0, across = 0.0, power = network_path_power(&d->network, l, l);

    channel_steering(d->network.angle_rad[l], s->N, a, a + s->N);
    channel_steering(d->network.angle_rad[l], s->M, b, b + s->M);
    for (size_t n = 0; n < s->N; n++) {
        along_a += conj(a[n]) * a[s->N + n] / (double)s->N;
    }
    for (size_t m = 0; m < s->M; m++) {
        along_b += conj(b[m]) * b[s->M + m] / (double)s->M;
    }
    for (size_t m = 0; m < s->M; m++) {
        double complex rest = b[s->M + m] - along_b * b[m];

        across += creal(rest * conj(rest));
    }
    for (size_t k = 0; k < s->K; k++) {
        double complex v = 0.0, w = 0.0;

        for (size_t n = 0; n < s->N; n++) {
            v += conj(a[n]) * F[s->K * n + k];
            w += conj(a[s->N + n] - along_a * a[n]) * F[s->K * n + k];
        }
        vv += creal(v * conj(v));
        ww += creal(w * conj(w));
        cross += conj(v) * w;
    }
    return 2.0 * (double)s->frame.T / s->power.sensing_noise_w * power *
           (across * vv + (double)s->M * (ww - creal(cross * conj(cross)) / vv));
}

/* The mean over realisations of each one's bound of the squared position error, tr J^-1, J = sum_l c_l e_l e_l'. */
static double mean_position_bound(placed *p, size_t realizations)
{
    drop *d = placed_target(p);
    double sum = 0.0;

    for (uint32_t i = 0; i < realizations; i++) {
        double J[3] = {0.0};

        d->network.drop = 1000 + i;
        for (size_t l = 0; l < 3; l++) {
            double e[2] = {-sin(p->bearing[l]) / p->range[l], cos(p->bearing[l]) / p->range[l]}, information;
            double complex F[64];
            cfi_arena_mark mark = arena_mark(d->arena);

            sent(d, l, F);
            arena_release(d->arena, mark);
            information = own_information(d, l, F);
            J[0] += information * e[0] * e[0];
            J[1] += information * e[0] * e[1];
            J[2] += information * e[1] * e[1];
        }
        sum += (J[0] + J[2]) / (J[0] * J[2] - J[1] * J[1]);
    }
    d->network.drop = 0;
    return sum / (double)realizations;
}

static void positions_meet_the_block_bound(void **state)
{
    (void)state;

    for (uint64_t i = 0; i < 3; i++) {
        placed p = worked_example(600 + i, 1e-3);
        drop *d = placed_target(&p);
        double bound = sqrt(mean_position_bound(&p, 2000));
        cfi_monte_carlo mc = estimate_errors(d, 4000, 1);

        assert_close(mc.position_rmse_m, bound, 0.05);
        assert_true(fabs(mc.position_rmse_m - bound) < 5.0 * mc.position_rmse_std_error_m);
        free_drop(d);
    }
}

/* ---------------------------------------------------------------------------------- edges ---- */

static void threads_and_the_rest_do_not_matter(void **state)
{
    (void)state;
    placed p = worked_example(700, 1.0);
    drop *d = placed_target(&p);
    cfi_monte_carlo one = estimate_errors(d, 333, 1), many = estimate_errors(d, 333, 3), without;

    assert_memory_equal(one.angle_rmse_rad, many.angle_rmse_rad, 3 * sizeof(double));
    assert_memory_equal(one.angle_rmse_std_error_rad, many.angle_rmse_std_error_rad, 3 * sizeof(double));
    assert_memory_equal(&one.position_rmse_m, &many.position_rmse_m, sizeof(double));
    d->made.system.monte_carlo.estimator = CFI_ESTIMATOR_NONE;
    assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 2, NULL, d->arena, &without, NULL), CFI_OK);
    assert_null(without.angle_rmse_rad);
    assert_true(isnan(without.position_rmse_m));
    assert_memory_equal(one.rate_bit_s_hz, without.rate_bit_s_hz, 4 * sizeof(double));
    assert_memory_equal(one.crlb_multistatic_rad2, without.crlb_multistatic_rad2, 3 * sizeof(double));
    assert_memory_equal(one.crlb_multistatic_std_error, without.crlb_multistatic_std_error, 3 * sizeof(double));
    d->made.system.monte_carlo.bounds = CFI_MC_BOUNDS_NONE;
    many = estimate_errors(d, 333, 2);
    assert_memory_equal(one.angle_rmse_rad, many.angle_rmse_rad, 3 * sizeof(double));
    free_drop(d);
}

static void errors_have_the_spread_of_their_standard_errors(void **state)
{
    (void)state;
    double angle[2] = {0.0, 0.0}, place[2] = {0.0, 0.0}, expected[2] = {0.0, 0.0};
    enum { TIMES = 200 };
    placed p = worked_example(800, 1e-4);
    drop *d = placed_target(&p);

    for (uint32_t i = 0; i < TIMES; i++) {
        cfi_monte_carlo mc;

        d->network.drop = i;
        mc = estimate_errors(d, 60, 1);
        angle[0] += mc.angle_rmse_rad[0] / TIMES;
        angle[1] += mc.angle_rmse_rad[0] * mc.angle_rmse_rad[0] / TIMES;
        place[0] += mc.position_rmse_m / TIMES;
        place[1] += mc.position_rmse_m * mc.position_rmse_m / TIMES;
        expected[0] += mc.angle_rmse_std_error_rad[0] * mc.angle_rmse_std_error_rad[0] / TIMES;
        expected[1] += mc.position_rmse_std_error_m * mc.position_rmse_std_error_m / TIMES;
    }
    /* a standard deviation of 200 is sure within 5 % */
    assert_close(sqrt((angle[1] - angle[0] * angle[0]) / expected[0]), 1.0, 0.2);
    assert_close(sqrt((place[1] - place[0] * place[0]) / expected[1]), 1.0, 0.2);
    free_drop(d);
}

static void what_cannot_be_estimated_is_no_number(void **state)
{
    (void)state;
    placed p = worked_example(900, 1e-3);
    drop *d = placed_target(&p);
    cfi_monte_carlo mc = estimate_errors(d, 1, 1);

    assert_true(isfinite(mc.angle_rmse_rad[0]) && isnan(mc.angle_rmse_std_error_rad[0]));
    assert_true(isfinite(mc.position_rmse_m) && isnan(mc.position_rmse_std_error_m));
    for (size_t k = 0; k < 4; k++) { /* AP 2 falls silent: two are left */
        d->powers.p[8 + k] = 0.0;
    }
    d->powers.s[2] = 0.0;
    mc = estimate_errors(d, 50, 1);
    assert_true(isnan(mc.angle_rmse_rad[2]) && isfinite(mc.angle_rmse_rad[1]));
    assert_true(mc.position_rmse_m < 10.0);
    for (size_t k = 0; k < 4; k++) { /* one is left: it sees a direction */
        d->powers.p[4 + k] = 0.0;
    }
    d->powers.s[1] = 0.0;
    mc = estimate_errors(d, 50, 1);
    assert_true(isfinite(mc.angle_rmse_rad[0]) && isnan(mc.position_rmse_m));
    free_drop(d);
}

/* Two access points and the target on one line, whichever way they look. */
static void places_on_one_line_are_not_told_apart(void **state)
{
    (void)state;
    static const double AP[] = {0.0, 0.0, 200.0, 0.0}, TARGET[] = {90.0, 0.0}, ORIENTATION[] = {0.3, 3.0};
    placed p = place_drop(make_system(950, 2, 4, 4, 4), AP, ORIENTATION, TARGET);
    cfi_monte_carlo mc = estimate_errors(placed_target(&p), 20, 1);

    assert_true(isfinite(mc.angle_rmse_rad[0]) && isnan(mc.position_rmse_m));
    free_drop(p.drop);
}

/* The tree of places takes seconds in large networks: a flag ends it, and is told from missing memory. */
static void a_stop_flag_ends_the_tree_of_places(void **state)
{
    static const sig_atomic_t set = 1;
    placed p = worked_example(2, 1.0);
    drop *d = placed_target(&p);
    likelihood_shape shape = likelihood_make_shape(&d->made.system);
    likelihood_grid grid;
    cfi_monte_carlo mc;
    cfi_error error = {.status = CFI_OK};

    (void)state;
    assert_true(likelihood_grid_make(&shape, -1.0, 1.0, d->arena, &grid));
    assert_non_null(locate_plan_make(&d->network, &shape, &grid, NULL, d->arena));
    assert_null(locate_plan_make(&d->network, &shape, &grid, &set, d->arena));
    d->made.system.monte_carlo.estimator = CFI_ESTIMATOR_ML;
    d->made.system.monte_carlo.realizations = 2;
    assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, &set, d->arena, &mc, &error), CFI_INTERRUPTED);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_those_of_brute_force),
        cmocka_unit_test(positions_meet_the_block_bound),
        cmocka_unit_test(threads_and_the_rest_do_not_matter),
        cmocka_unit_test(errors_have_the_spread_of_their_standard_errors),
        cmocka_unit_test(what_cannot_be_estimated_is_no_number),
        cmocka_unit_test(places_on_one_line_are_not_told_apart),
        cmocka_unit_test(a_stop_flag_ends_the_tree_of_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
