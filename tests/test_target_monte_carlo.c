/* Bounds of a target's place by Monte Carlo, and of one coherence block, (M25) and (M29): computed again the long way
 * from the raw signal's derivatives, against the closed forms, and what has a formula by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "fading_drops.h"
#include "jackknife.h"
#include "metrics/block_means.h"
#include "raw_signals.h"
#include "target_drops.h"

enum { APS = 2, USERS = 3, ANTENNAS = 3, CHANNELS = 6, SIGNAL_ROWS = ANTENNAS * USERS * CHANNELS * CHANNELS };

/* ---------------------------------------------------------------------- the raw signal ---- */

typedef struct radiated {
    double complex beam[APS][CHANNELS][ANTENNAS * USERS]; /* user fastest */
} radiated;

/* exp(-j pi n sin theta), and its derivative. */
static double complex steer_entry(double theta, size_t n, bool derivative)
{
    double complex a = cexp(-I * M_PI * (double)n * sin(theta));

    return derivative ? -I * M_PI * (double)n * cos(theta) * a : a;
}

static void radiate_all(drop *d, radiated *all)
{
    for (size_t l = 0; l < APS; l++) {
        signals s = draw_signals(d, l, CHANNELS);

        for (size_t i = 0; i < CHANNELS; i++) {
            for (size_t e = 0; e < (size_t)(ANTENNAS * USERS); e++) {
                size_t k = e % USERS, n = e / USERS;

                all->beam[l][i][e] =
                    sqrt(d->powers.p[k + USERS * l]) * signals_vector(&s, i, n, k) +
                    sqrt(d->powers.s[l] / (double)(ANTENNAS * USERS)) * steer_entry(d->made.angle[l], n + 1, false);
            }
        }
        free(s.raw.memory);
    }
}

/* y^H F_l of stream k, y = a_l or its derivative. */
static double complex towards(const drop *d, const radiated *all, size_t l, size_t i, size_t k, bool derivative)
{
    double complex sum = 0.0;

    for (size_t n = 0; n < ANTENNAS; n++) {
        sum += conj(steer_entry(d->made.angle[l], n + 1, derivative)) * all->beam[l][i][USERS * n + k];
    }
    return sum;
}

static double complex inner(size_t rows, const double complex *a, const double complex *b)
{
    double complex sum = 0.0;

    for (size_t r = 0; r < rows; r++) {
        sum += conj(a[r]) * b[r];
    }
    return sum;
}

/* Takes off x what lies along unit vectors that are orthogonal, twice for rounding. */
static void take_off(size_t rows, size_t count, double complex unit[][SIGNAL_ROWS], double complex *x)
{
    for (size_t c = 0; c < 2 * count; c++) {
        double complex along = inner(rows, unit[c % count], x);

        for (size_t r = 0; r < rows; r++) {
            x[r] -= along * unit[c % count][r];
        }
    }
}

/* Which echoes, own ones or all with these gains (l + L p), and whose derivative: of arrivals, of departures. Their
 * informations add up: one is across b_p, the other along it. */
typedef struct heard {
    bool own;
    const double complex *alpha;
    double arrivals, departures; /* 1 or 0 */
} heard;

/* J += weight times what AP p's echoes say of the position in `count` pairs of channels, gains unknown. */
static void add_receiver(const drop *d, const radiated *all, heard which, size_t p, const size_t (*pair)[APS],
                         size_t count, double weight, double J[2][2])
{
    static double complex gains[APS][SIGNAL_ROWS], place[2][SIGNAL_ROWS];
    size_t rows = 0, columns = 0;
    double scale = weight * 2.0 * (double)d->made.system.frame.T / d->made.system.power.sensing_noise_w;

    for (size_t c = 0; c < count; c++) {
        for (size_t e = 0; e < (size_t)(ANTENNAS * USERS); e++, rows++) {
            size_t m = e / USERS + 1, k = e % USERS;
            double complex b = steer_entry(d->made.angle[p], m, false), turned = steer_entry(d->made.angle[p], m, true);

            columns = 0;
            place[0][rows] = place[1][rows] = 0.0;
            for (size_t l = which.own ? p : 0; l < (which.own ? p + 1 : APS); l++) {
                double complex v = towards(d, all, l, pair[c][l], k, false);
                double complex w = towards(d, all, l, pair[c][l], k, true);

                for (size_t axis = 0; axis < 2; axis++) {
                    double arrival = which.arrivals * d->link.turn[2 * p + axis];
                    double departure = which.departures * d->link.turn[2 * l + axis];

                    place[axis][rows] += which.alpha[l + APS * p] * (turned * v * arrival + b * w * departure);
                }
                gains[columns++][rows] = b * v;
            }
        }
    }
    for (size_t c = 0, left = columns, used = 0; c < left; c++) { /* an orthonormal basis; streams may be dependent */
        double before = creal(inner(rows, gains[c], gains[c])), after;

        memmove(gains[used], gains[c], rows * sizeof **gains);
        take_off(rows, used, gains, gains[used]);
        after = creal(inner(rows, gains[used], gains[used]));
        if (after > 1e-20 * before) {
            for (size_t r = 0; r < rows; r++) {
                gains[used][r] /= sqrt(after);
            }
            used++;
        }
        columns = used;
    }
    for (size_t axis = 0; axis < 2; axis++) {
        take_off(rows, columns, gains, place[axis]);
    }
    for (size_t i = 0; i < 4; i++) {
        J[i / 2][i % 2] += scale * creal(inner(rows, place[i / 2], place[i % 2]));
    }
}

/* Averaged over all pairs of the access points' channels but those that are left out; or the mean of what each channel
 * says by itself. */
static void add_channels(const drop *d, const radiated *all, heard which, bool alone, size_t left_out, double J[2][2])
{
    size_t pair[CHANNELS * CHANNELS][APS], count = 0;

    for (size_t c = 0; c < (size_t)(CHANNELS * CHANNELS); c++) {
        size_t i = c % CHANNELS, j = c / CHANNELS;

        if (i != left_out && j != left_out && (!alone || i == j)) {
            pair[count][0] = i;
            pair[count++][1] = j;
        }
    }
    for (size_t p = 0; p < APS; p++) {
        for (size_t c = 0; c < (alone ? count : 1); c++) {
            add_receiver(d, all, which, p, (const size_t(*)[APS])(pair + c), alone ? 1 : count, 1.0 / (double)count, J);
        }
    }
}

/* In one block departures are what each channel says; light adds up over all pairs. */
static void inform(const drop *d, const radiated *all, heard which, bool block, size_t left_out, double J[2][2])
{
    which.departures = block ? 0.0 : 1.0;
    which.arrivals = 1.0;
    add_channels(d, all, which, false, left_out, J);
    if (block) {
        which.departures = 1.0;
        which.arrivals = 0.0;
        add_channels(d, all, which, true, left_out, J);
    }
}

/* 1 / PEB^2, own echoes (0), without phases (1) or all (2): phases of 0 and pi have the mean of uniform ones. */
static double inverse_square(const drop *d, const radiated *all, int kind, bool block, size_t left_out)
{
    enum { PATTERNS = 1 << (APS * APS) };
    const double complex *path = d->network.path;
    double J[2][2] = {{0.0}};
    double complex turned[APS * APS];

    for (size_t pattern = 0; pattern < (kind == 1 ? PATTERNS : 1); pattern++) {
        for (size_t i = 0; i < (size_t)(APS * APS); i++) {
            turned[i] = pattern >> i & 1 ? -path[i] : path[i];
        }
        inform(d, all, (heard){.own = kind == 0, .alpha = turned}, block, left_out, J);
    }
    return (J[0][0] * J[1][1] - J[0][1] * J[1][0]) / (J[0][0] + J[1][1]) / (kind == 1 ? (double)PATTERNS : 1.0);
}

/* Realisations that residuals lose, of the access point that loses most. */
static double most_taken(const drop *d)
{
    double most = 0.0;

    for (size_t p = 0; p < APS; p++) {
        double sum = 1.0;

        for (size_t j = 0; j < USERS; j++) {
            double share = d->powers.p[j + USERS * p] / metrics_comm_power(USERS, &d->powers, p);

            sum += share * share;
        }
        most = fmax(most, sum);
    }
    return most;
}

static void check_position(const drop *d, const radiated *all, int kind, bool block, double bound, double std_error)
{
    double whole = inverse_square(d, all, kind, block, CHANNELS), without[CHANNELS], square, n = CHANNELS;
    double taken = kind == 0 || block ? 0.0 : most_taken(d);

    for (size_t i = 0; i < CHANNELS; i++) {
        without[i] = inverse_square(d, all, kind, block, i);
    }
    square = jackknife_corrected(CHANNELS, whole, without);
    assert_true(square > 0.0);
    assert_close(bound, 1.0 / sqrt(square), 1e-9);
    assert_close(std_error, 0.5 * jackknife_error(CHANNELS, without) / pow(square, 1.5) * sqrt(n / (n - taken)), 1e-7);
}

/* The target is seen from two sides: what is added up here in plain sums has its digits. */
static target_place square_place(uint64_t seed)
{
    target_place place = target_draw(seed, APS);

    place.at[0] = 100.0;
    place.at[1] = 120.0;
    place.ap[0] = 20.0;
    place.ap[1] = 100.0;
    place.ap[2] = 110.0;
    place.ap[3] = 210.0;
    target_see(&place);
    return place;
}

static drop *raw_drop(uint64_t seed, const target_place *place, bool block, double rician)
{
    made_system made = make_system(seed, APS, USERS, ANTENNAS, ANTENNAS);
    drop *d;

    made.system.monte_carlo.bounds = CFI_MC_BOUNDS_ALL;
    made.system.monte_carlo.realizations = CHANNELS;
    made.system.sensing.information = block ? CFI_INFORMATION_BLOCK : CFI_INFORMATION_AVERAGED;
    target_use(&made, place);
    d = make_drop(made);
    if (rician > 0.0) {
        give_directions(d, rician, 2);
    }
    target_show(d, place);
    return d;
}

static void position_bounds_are_those_of_the_raw_signal(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 6; i++) {
        bool block = i % 2 == 1;
        target_place place = square_place(600 + i);
        drop *d = raw_drop(600 + i, &place, block, 0.0);
        radiated all;
        cfi_monte_carlo mc;

        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL), CFI_OK);
        radiate_all(d, &all);
        check_position(d, &all, 0, block, mc.position.own_echo_m, mc.position_std_error.own_echo_m);
        check_position(d, &all, 1, block, mc.position.noncoherent_m, mc.position_std_error.noncoherent_m);
        check_position(d, &all, 2, block, mc.position.multistatic_m, mc.position_std_error.multistatic_m);
        free_drop(d);
    }
}

/* ------------------------------------------------------------------ against closed forms ---- */

/* Squared deviations in standard errors, and how many. */
typedef struct score {
    double squares, count, most;
} score;

static void add_score(score *s, double estimate, double std_error, double expected)
{
    double z = (estimate - expected) / std_error;

    assert_true(std_error > 0.0 && std_error < 0.2 * expected);
    s->squares += z * z;
    s->count += 1.0;
    s->most = fmax(s->most, fabs(z));
}

/* What is expected is itself simulated, with an error of `more` times that of the estimate. */
static void score_bounds(score *s, drop *d, double more)
{
    cfi_monte_carlo mc;
    cfi_bounds b;
    double wider = sqrt(1.0 + more * more);

    assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL), CFI_OK);
    assert_int_equal(metrics_bounds(&d->network, &d->link, &d->powers, d->arena, &b, NULL), CFI_OK);
    for (size_t p = 0; p < d->network.L; p++) {
        add_score(s, mc.crlb_own_echo_rad2[p], wider * mc.crlb_own_echo_std_error[p], b.crlb_own_echo_rad2[p]);
        add_score(s, mc.crlb_noncoherent_rad2[p], wider * mc.crlb_noncoherent_std_error[p], b.crlb_noncoherent_rad2[p]);
        add_score(s, mc.crlb_multistatic_rad2[p], wider * mc.crlb_multistatic_std_error[p], b.crlb_multistatic_rad2[p]);
    }
    add_score(s, mc.position.own_echo_m, wider * mc.position_std_error.own_echo_m, b.position.own_echo_m);
    add_score(s, mc.position.noncoherent_m, wider * mc.position_std_error.noncoherent_m, b.position.noncoherent_m);
    add_score(s, mc.position.multistatic_m, wider * mc.position_std_error.multistatic_m, b.position.multistatic_m);
}

/* Scores are correlated within a drop: their mean square over 16 drops is 1 give or take 0.3 or so. */
static void assert_honest(const score *s)
{
    double rms = sqrt(s->squares / s->count);

    if (!(rms > 0.7 && rms < 1.35 && s->most < 5.0)) {
        fail_msg("rms %.3f, most %.2f", rms, s->most);
    }
}

/* White fading, and fading with lines of sight, whose departures have something in common. */
static void estimates_meet_the_averaged_bounds(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < 2; kind++) {
        score s = {0.0, 0.0, 0.0};

        for (size_t i = 0; i < 16; i++) {
            target_place place = target_draw(700 + i, 3);
            made_system made = make_system(700 + i, 3, 4, 4, i % 2 == 0 ? 4 : 2);
            drop *d;

            made.system.monte_carlo.realizations = 1000;
            target_use(&made, &place);
            d = make_drop(made);
            if (kind == 1) {
                give_directions(d, 10.0, 3);
            }
            target_show(d, &place);
            score_bounds(&s, d, 0.0);
            free_drop(d);
        }
        assert_honest(&s);
    }
}

/* Own echoes in closed form (orthogonal pilots, kind 0), else draws of their own against those of the Monte Carlo. More
 * users than access points: departures say something. */
static void estimates_meet_the_bounds_of_a_block(void **state)
{
    enum { DRAWS = 4000, REALIZATIONS = 1000 };

    (void)state;
    for (size_t kind = 0; kind < 4; kind++) {
        score s = {0.0, 0.0, 0.0};

        for (size_t i = 0; i < 16; i++) {
            target_place place = target_draw(800 + i, 2);
            made_system made = make_system(800 + i, 2, 4, kind == 2 ? 6 : 4, 2);
            drop *d;

            made.system.monte_carlo.realizations = REALIZATIONS;
            made.system.precoding.draws = DRAWS;
            made.system.sensing.information = CFI_INFORMATION_BLOCK;
            if (kind == 1) {
                reuse_pilots(&made, 3);
            } else if (kind == 2) {
                made.system.precoding.kind = CFI_PRECODER_ZF;
            }
            target_use(&made, &place);
            d = make_drop(made);
            if (kind == 3) {
                give_directions(d, 10.0, 3);
            }
            target_show(d, &place);
            score_bounds(&s, d, sqrt((double)REALIZATIONS / (double)DRAWS));
            free_drop(d);
        }
        assert_honest(&s);
    }
}

/* As many access points as streams: one block says nothing of departures to who does not know the gains. */
static void a_block_of_few_streams_says_nothing_of_departures(void **state)
{
    target_place place = target_draw(850, 3);
    made_system made = make_system(850, 3, 3, 4, 3);
    cfi_bounds b;
    drop *d;

    (void)state;
    made.system.sensing.information = CFI_INFORMATION_BLOCK;
    d = target_drop(made, &place);
    assert_int_equal(metrics_bounds(&d->network, &d->link, &d->powers, d->arena, &b, NULL), CFI_OK);
    for (size_t p = 0; p < 3; p++) {
        double lit = 0.0;

        for (size_t l = 0; l < 3; l++) {
            double gain = place.gain[l + 3 * p];

            lit += gain * gain * (metrics_comm_power(3, &d->powers, l) + 4.0 * d->powers.s[l]);
        }
        assert_close(1.0 / b.crlb_noncoherent_rad2[p], d->link.echoes.arrival[p] * lit, 1e-13);
    }
    free_drop(d);
}

/* --------------------------------------------------------------------------------- by hand ---- */

static void equal_powers_lose_one_observation(void **state)
{
    const double beams[] = {0.0, 1e-6, 0.3, 50.0, 1e6};

    (void)state;
    for (size_t K = 1; K < 12; K++) {
        double p[12];

        for (size_t k = 0; k < K; k++) {
            p[k] = 2.5e-5;
        }
        for (size_t i = 0; i < 5; i++) {
            assert_close(block_share(K, p, 2.5e-5 * (double)K * beams[i]), 1.0 / (double)K, 1e-13);
        }
    }
}

/* Two users, no beam: with r = p_1 / p_2 the first one's share of norm(v)^2 is r (r - 1 - ln r) / (r - 1)^2. */
static void shares_of_two_users_by_hand(void **state)
{
    (void)state;
    for (double r = 1.5; r < 1e9; r *= 4.0) {
        const double p[2] = {r * 3e-4, 3e-4};
        double first = r * (r - 1.0 - log(r)) / ((r - 1.0) * (r - 1.0));

        assert_close(block_share(2, p, 0.0), (r * first + 1.0 - first) / (r + 1.0), 1e-12);
    }
}

/* Users without power, beside a strong beam: v is the beam's, 1 / K in each stream. */
static void beams_take_an_equal_share(void **state)
{
    const double p[4] = {1e-5, 0.0, 3e-5, 0.0};

    (void)state;
    assert_close(block_share(4, p, 1e4), 0.25, 1e-7);
    assert_close(block_share(4, (const double[]){1e-5, 0.0, 0.0, 0.0}, 0.0), 1.0, 1e-13);
    assert_close(block_share(2, (const double[]){1e-5, 1e-300}, 0.0), 1.0, 1e-13);
    assert_close(block_share(2, (const double[]){1e-290, 1e-300}, 1.0), 0.5, 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(position_bounds_are_those_of_the_raw_signal),
                                       cmocka_unit_test(estimates_meet_the_averaged_bounds),
                                       cmocka_unit_test(estimates_meet_the_bounds_of_a_block),
                                       cmocka_unit_test(a_block_of_few_streams_says_nothing_of_departures),
                                       cmocka_unit_test(equal_powers_lose_one_observation),
                                       cmocka_unit_test(shares_of_two_users_by_hand),
                                       cmocka_unit_test(beams_take_an_equal_share)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
