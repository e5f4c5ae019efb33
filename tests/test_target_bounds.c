/* Bounds of a target at a place, (M24) and (M25): a worked example by hand, differences of the raw signal, means over
 * phases, and matrices that are nearly singular. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <lapacke.h>

#include "check.h"
#include "sent_covariance.h"
#include "target_drops.h"

static cfi_bounds bounds_of(drop *d)
{
    cfi_bounds b;

    assert_int_equal(metrics_bounds(&d->network, &d->link, &d->powers, d->arena, &b, NULL), CFI_OK);
    return b;
}

/* ------------------------------------------------------------------------------ by hand ---- */

/* Three access points, two users, four antennas each way, 30 symbols, noise of 1e-6 W. */
static target_place example_place(void)
{
    target_place place = {.L = 3,
                          .at = {90.0, 70.0},
                          .ap = {0.0, 0.0, 200.0, 0.0, 100.0, 180.0},
                          .orientation = {0.25 * M_PI, 0.75 * M_PI, -0.5 * M_PI},
                          .phase = {0.3, 2.2, 3.3, 1.7, 5.1, 0.1, 4.0, 0.9, 2.8}};

    target_see(&place);
    return place;
}

static drop *example_drop(const target_place *place)
{
    const double x[2][3] = {{2.0, 1.0, 3.0}, {1.0, 4.0, 1.0}}, y[3] = {2.0, 4.0, 1.0};
    drop *d = target_drop(make_system(1, 3, 2, 4, 4), place);

    for (size_t l = 0; l < 3; l++) {
        for (size_t k = 0; k < 2; k++) {
            d->powers.p[k + 2 * l] = 4.0 * x[k][l] * 1e-5;
        }
        d->powers.s[l] = 4.0 * y[l] * 1e-5;
    }
    return d;
}

static void geometry_of_the_example_is_as_printed(void **state)
{
    const double range[] = {114.017543, 130.384048, 110.453610}, angle[] = {-7.125016, 12.528808, -5.194429},
                 gain[] = {7.692308e-3, 5.882353e-3, 8.196721e-3};
    target_place place = example_place();
    drop *d = example_drop(&place);

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        assert_close(place.range[l], range[l], 5e-9);
        assert_close(d->made.angle[l] * 180.0 / M_PI, angle[l], 1e-7);
        assert_close(place.gain[4 * l], gain[l], 1e-7);
    }
    free_drop(d);
}

static void bounds_of_the_example_are_as_printed(void **state)
{
    const double own[] = {96.602628, 101.536594, 94.703955}, arrival[] = {166.818089, 103.205823, 113.879998},
                 departure[] = {58.588382, 72.269353, 83.847996};
    target_place place = example_place();
    drop *d = example_drop(&place);
    cfi_bounds b = bounds_of(d);

    (void)state;
    for (size_t p = 0; p < 3; p++) {
        double comm = metrics_comm_power(2, &d->powers, p);

        assert_close(1.0 / b.crlb_own_echo_rad2[p], own[p], 5.5e-9);
        assert_close(1.0 / b.crlb_multistatic_rad2[p] - d->link.echoes.departure[p] * comm, arrival[p], 5e-9);
        assert_close(d->link.echoes.departure_all[p] * comm, departure[p], 1e-8);
    }
    assert_close(b.position.own_echo_m, 14.0797, 5e-6);
    assert_close(b.position.multistatic_m, 9.97534, 6e-7);
    free_drop(d);
}

/* ---------------------------------------------------------------------- from differences ---- */

/* What AP p receives of each transmit antenna: the M x N L matrix sum_l alpha_lp b_p a_l^H, the target at x, y. */
static void echo_matrix(const drop *d, const target_place *place, size_t p, const double *at,
                        const double complex *alpha, double complex *B)
{
    size_t N = d->made.system.N, M = d->made.system.M, L = place->L;
    double arrival = target_angle(place, p, at[0], at[1]);

    for (size_t l = 0; l < L; l++) {
        double angle = target_angle(place, l, at[0], at[1]);

        for (size_t n = 0; n < N; n++) {
            for (size_t m = 0; m < M; m++) {
                B[m + M * (N * l + n)] = alpha[l] * response(arrival, m, 1.0) * conj(response(angle, n, 1.0));
            }
        }
    }
}

/* Its derivative along an axis, of fourth order. */
static void derive_echo(const drop *d, const target_place *place, size_t p, size_t axis, const double complex *alpha,
                        double complex *out)
{
    const double step = 0.02, weight[] = {1.0 / 12.0, -2.0 / 3.0, 2.0 / 3.0, -1.0 / 12.0},
                 places[] = {-2.0, -1.0, 1.0, 2.0};
    size_t size = d->made.system.M * d->made.system.N * place->L;
    double complex *B = calloc(size, sizeof *B);

    memset(out, 0, size * sizeof *out);
    for (size_t i = 0; i < 4; i++) {
        double at[2] = {place->at[0], place->at[1]};

        at[axis] += places[i] * step;
        echo_matrix(d, place, p, at, alpha, B);
        for (size_t e = 0; e < size; e++) {
            out[e] += weight[i] * B[e] / step;
        }
    }
    free(B);
}

/* J += what AP p's echoes say of the position, its path gains unknown: the real Fisher matrix of position and gains
 * from the raw signal, the gains eliminated by a solver. */
static void add_receiver(const drop *d, const target_place *place, const double complex *R, size_t p,
                         const double complex *alpha, double J[2][2])
{
    const cfi_system *s = &d->made.system;
    size_t L = place->L, NL = s->N * L, size = s->M * NL, gains = 2 * L;
    double scale = 2.0 * (double)s->frame.T / s->power.sensing_noise_w;
    double complex *D = calloc((2 + gains) * size, sizeof *D);
    double *G = calloc(gains * gains, sizeof *G), *X = calloc(2 * gains, sizeof *X);
    lapack_int *pivot = calloc(gains, sizeof *pivot);

    for (size_t i = 0; i < 2; i++) {
        derive_echo(d, place, p, i, alpha, D + i * size);
    }
    for (size_t i = 0; i < gains; i++) {
        double complex unit[TARGET_MOST_APS] = {0.0};

        unit[i / 2] = i % 2 == 0 ? 1.0 : I;
        echo_matrix(d, place, p, place->at, unit, D + (2 + i) * size);
    }
    for (size_t i = 0; i < gains; i++) {
        for (size_t j = 0; j < gains; j++) {
            G[i + gains * j] = inner(D + (2 + i) * size, R, D + (2 + j) * size, s->M, NL);
        }
        for (size_t j = 0; j < 2; j++) {
            X[i + gains * j] = inner(D + (2 + i) * size, R, D + j * size, s->M, NL);
        }
    }
    double *right = calloc(2 * gains, sizeof *right);
    memcpy(right, X, 2 * gains * sizeof *right);
    assert_int_equal(
        LAPACKE_dgesv(LAPACK_COL_MAJOR, (lapack_int)gains, 2, G, (lapack_int)gains, pivot, X, (lapack_int)gains), 0);
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < 2; j++) {
            double part = inner(D + i * size, R, D + j * size, s->M, NL);

            for (size_t g = 0; g < gains; g++) {
                part -= right[g + gains * i] * X[g + gains * j];
            }
            J[i][j] += scale * part;
        }
    }
    free(right);
    free(D);
    free(G);
    free(X);
    free(pivot);
}

static double error_bound(double J[2][2])
{
    return sqrt((J[0][0] + J[1][1]) / (J[0][0] * J[1][1] - J[0][1] * J[1][0]));
}

static double position_by_differences(const drop *d, const target_place *place, const double complex *R)
{
    double J[2][2] = {{0.0}};

    for (size_t p = 0; p < place->L; p++) {
        add_receiver(d, place, R, p, network_path_gains(&d->network, p), J);
    }
    return error_bound(J);
}

/* Own echoes by differences of each one's angle: what lies between angle and position is all that is left. */
static double own_by_differences(const drop *d, const target_place *place, const double complex *R)
{
    double J[2][2] = {{0.0}};

    for (size_t p = 0; p < place->L; p++) {
        double information = 1.0 / bound_by_differences(d, R, p, false, 1.0), e[2];

        for (size_t i = 0; i < 2; i++) {
            double at[2] = {place->at[0], place->at[1]}, high;

            at[i] += 1e-3;
            high = target_angle(place, p, at[0], at[1]);
            at[i] -= 2e-3;
            e[i] = (high - target_angle(place, p, at[0], at[1])) / 2e-3;
        }
        for (size_t i = 0; i < 4; i++) {
            J[i / 2][i % 2] += information * e[i / 2] * e[i % 2];
        }
    }
    return error_bound(J);
}

/* White fading; antennas on either side from 1 to 5, targets in front of arrays and behind them. */
static void position_bounds_are_those_of_differences(void **state)
{
    const size_t antennas[][2] = {{4, 4}, {3, 5}, {5, 2}, {1, 4}, {4, 1}};

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        target_place place = target_draw(200 + i, 3);
        drop *d = target_drop(make_system(200 + i, 3, 3, antennas[i % 5][0], antennas[i % 5][1]), &place);
        double complex *R = sent_covariance(d, true);
        cfi_bounds b = bounds_of(d);

        assert_close(b.position.multistatic_m, position_by_differences(d, &place, R), 2e-10);
        assert_close(b.position.own_echo_m, own_by_differences(d, &place, R), 1e-7);
        free(R);
        free_drop(d);
    }
}

/* Fading with lines of sight and scatterers: departures of two access points have something in common there. */
static void directed_position_bounds_are_those_of_differences(void **state)
{
    const size_t antennas[][2] = {{4, 4}, {3, 5}, {5, 2}, {4, 1}};

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        target_place place = target_draw(300 + i, 3);
        made_system made = make_system(300 + i, 3, 4, antennas[i % 4][0], antennas[i % 4][1]);
        double complex *R;
        cfi_bounds b;
        drop *d;

        target_use(&made, &place);
        d = make_drop(made);
        give_directions(d, i % 4 == 0 ? 0.0 : 20.0, i % 4 == 1 ? 0 : 3);
        target_show(d, &place);
        assert_false(channel_is_iid(&d->network));
        if (i % 3 == 2) { /* the first one only senses, the second one only serves */
            memset(d->powers.p, 0, 4 * sizeof(double));
            d->powers.s[1] = 0.0;
        }
        R = sent_covariance(d, false);
        b = bounds_of(d);
        assert_close(b.position.multistatic_m, position_by_differences(d, &place, R), 1e-8);
        if (made.system.M > 1) {
            assert_close(b.position.own_echo_m, own_by_differences(d, &place, R), 1e-6);
        }
        free(R);
        free_drop(d);
    }
}

/* ---------------------------------------------------------------------- means over phases ---- */

/* Phases of 0 and pi, independent, have the mean of uniform ones in what is quadratic in the gains: all patterns of
 * signs, L^2 paths. */
static void check_means(drop *d, const target_place *place, const double complex *R)
{
    enum { L = 2, PATTERNS = 16 };
    cfi_bounds b = bounds_of(d);
    double angle[L] = {0.0}, J[2][2] = {{0.0}};
    double complex path[L * L];

    memcpy(path, d->network.path, sizeof path);
    for (size_t pattern = 0; pattern < PATTERNS; pattern++) {
        double complex turned[L * L];
        double one[L];

        for (size_t i = 0; i < L * (size_t)L; i++) {
            turned[i] = pattern >> i & 1 ? -path[i] : path[i];
        }
        for (size_t p = 0; p < L; p++) {
            add_receiver(d, place, R, p, turned + L * p, J);
        }
        d->network.path = turned;
        remake_link(d);
        assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, one, NULL), CFI_OK);
        for (size_t p = 0; p < L; p++) {
            angle[p] += 1.0 / one[p] / (double)PATTERNS;
        }
    }
    for (size_t p = 0; p < L; p++) {
        assert_close(1.0 / b.crlb_noncoherent_rad2[p], angle[p], 1e-12);
    }
    assert_close(b.position.noncoherent_m, error_bound(J) * sqrt((double)PATTERNS), 1e-8);
}

static void noncoherent_bounds_are_means_over_phases(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        bool white = i % 2 == 0;
        target_place place = target_draw(400 + i, 2);
        made_system made = make_system(400 + i, 2, 3, 4, 3);
        double complex *R;
        drop *d;

        target_use(&made, &place);
        d = make_drop(made);
        if (!white) {
            give_directions(d, 5.0, 3);
        }
        target_show(d, &place);
        R = sent_covariance(d, white);
        check_means(d, &place, R);
        free(R);
        free_drop(d);
    }
}

/* The non-coherent bound by itself is that of metrics_bounds, and equal paths are no special case. */
static void equal_paths_are_no_special_case(void **state)
{
    made_system made = make_system(410, 4, 3, 4, 3), other = make_system(410, 4, 3, 4, 3);
    double gain[16], phase[16], one[4];
    drop *d = make_drop(made), *e;
    cfi_bounds equal = bounds_of(d), told;

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        gain[i] = made.system.sensing.path_gain;
        phase[i] = made.system.sensing.path_phase_rad;
    }
    other.system.sensing.path_gains = gain;
    other.system.sensing.path_phases_rad = phase;
    e = make_drop(other);
    assert_true(d->network.equal_paths && !e->network.equal_paths);
    told = bounds_of(e);
    assert_int_equal(metrics_crlb_noncoherent(&e->link, &e->powers, e->arena, one, NULL), CFI_OK);
    for (size_t p = 0; p < 4; p++) {
        assert_close(equal.crlb_noncoherent_rad2[p], told.crlb_noncoherent_rad2[p], 1e-13);
        assert_true(one[p] == told.crlb_noncoherent_rad2[p]);
        assert_close(d->link.echoes.departure_all[p], e->link.echoes.departure_all[p], 1e-14);
    }
    assert_true(isnan(equal.position.own_echo_m) && isnan(equal.position.multistatic_m)); /* no target */
    free_drop(d);
    free_drop(e);
}

/* ------------------------------------------------------------------------- nearly singular ---- */

/* Two access points that see the target from opposite sides, `apart` rad off one line. */
static target_place narrow_place(double apart)
{
    target_place place = {.L = 2, .ap = {-100.0, 0.0}, .orientation = {0.1, 3.0}, .phase = {0.0, 1.0, 2.0, 3.0}};

    place.ap[2] = 80.0 * cos(apart);
    place.ap[3] = 80.0 * sin(apart);
    target_see(&place);
    return place;
}

/* Of two directions at an angle phi: tr J / det J = (c1 / d1^2 + c2 / d2^2) / (c1 c2 sin^2 phi / (d1 d2)^2). */
static void nearly_singular_bounds_keep_their_digits(void **state)
{
    (void)state;
    for (double apart = 1.0; apart > 1e-7; apart *= 0.1) {
        target_place place = narrow_place(apart);
        drop *d = target_drop(make_system(500, 2, 2, 4, 4), &place);
        cfi_bounds b = bounds_of(d);
        double c[2];

        for (size_t l = 0; l < 2; l++) {
            c[l] = 1.0 / b.crlb_own_echo_rad2[l] / (place.range[l] * place.range[l]);
        }
        assert_close(b.position.own_echo_m, sqrt((c[0] + c[1]) / (c[0] * c[1])) / sin(apart), 2e-15 / apart + 1e-13);
        free_drop(d);
    }
}

static void targets_in_line_have_no_bound(void **state)
{
    target_place place = narrow_place(0.0);
    drop *d;
    cfi_bounds b;

    (void)state;
    place.at[0] = 0.3; /* the coordinates are no whole numbers: bearings are rounded */
    place.at[1] = 0.1;
    for (size_t l = 0; l < 2; l++) {
        double along = l == 0 ? -100.7 : 80.1;

        place.ap[2 * l] = place.at[0] + along * cos(0.7);
        place.ap[2 * l + 1] = place.at[1] + along * sin(0.7);
    }
    target_see(&place);
    d = target_drop(make_system(501, 2, 2, 4, 4), &place);
    b = bounds_of(d);
    assert_true(isinf(b.position.own_echo_m) && isinf(b.position.noncoherent_m) && isinf(b.position.multistatic_m));
    assert_true(isfinite(b.crlb_own_echo_rad2[0]));
    free_drop(d);
}

/* An access point that is silent hears the others: a second direction, which own echoes do not have. */
static void silent_access_points_hear_the_target(void **state)
{
    target_place place = target_draw(502, 2);
    drop *d = target_drop(make_system(502, 2, 2, 4, 4), &place);
    cfi_bounds b;

    (void)state;
    d->powers.p[0] = d->powers.p[1] = d->powers.s[0] = 0.0;
    b = bounds_of(d);
    assert_true(isinf(b.position.own_echo_m) && isinf(b.crlb_own_echo_rad2[0]));
    assert_true(isfinite(b.position.noncoherent_m) && isfinite(b.position.multistatic_m));
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(geometry_of_the_example_is_as_printed),
                                       cmocka_unit_test(bounds_of_the_example_are_as_printed),
                                       cmocka_unit_test(position_bounds_are_those_of_differences),
                                       cmocka_unit_test(directed_position_bounds_are_those_of_differences),
                                       cmocka_unit_test(noncoherent_bounds_are_means_over_phases),
                                       cmocka_unit_test(equal_paths_are_no_special_case),
                                       cmocka_unit_test(nearly_singular_bounds_keep_their_digits),
                                       cmocka_unit_test(targets_in_line_have_no_bound),
                                       cmocka_unit_test(silent_access_points_hear_the_target)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
