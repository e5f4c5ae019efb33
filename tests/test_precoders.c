/* Precoders that invert a matrix, and links by simulation: vectors recomputed one by one, moments against other
 * formulas, limits, and what the simulated numbers must not depend on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "fading_systems.h"

enum { CHANNELS = 21, MOST_ENTRIES = 16 }; /* not a whole number of batches */

/* Estimates, and what a precoder makes of them, of one access point: entry (n, k) of realisation i. */
typedef struct precoded {
    size_t K, N;
    double *memory, factor[MOST_ENTRIES];
    cfi_channels estimate, v;
} precoded;

static precoded precode(drop *d, size_t l)
{
    size_t K = d->network.K, N = d->made.system.N, all = K * N * CHANNELS;
    cfi_channel_range range = {3, CHANNELS, K * N};
    const cfi_precoder *precoder = channel_precoder(&d->made.system);
    precoded p = {.K = K, .N = N, .memory = malloc(6 * all * sizeof(double))};

    p.estimate = (cfi_channels){p.memory, p.memory + all};
    p.v = (cfi_channels){p.memory + 2 * all, p.memory + 3 * all};
    channel_draw(&d->network, l, &range, channel_scratch_make(&d->network, d->arena),
                 &(cfi_estimated_channels){{p.memory + 4 * all, p.memory + 5 * all}, p.estimate});
    memcpy(p.v.re, p.estimate.re, 2 * all * sizeof(double));
    precoder->apply(precoder->prepare(&d->network, d->arena), l, &range, p.v, p.factor);
    return p;
}

static double complex number(const precoded *p, cfi_channels from, size_t i, size_t n, size_t k)
{
    size_t at = (i * p->N + n) * p->K + k;

    return from.re[at] + I * from.im[at];
}

/* x <- A^-1 x by elimination with the largest pivot of each column. */
static void eliminate(size_t N, double complex *A, double complex *x)
{
    for (size_t c = 0; c < N; c++) {
        size_t best = c;

        for (size_t r = c; r < N; r++) {
            best = cabs(A[r * N + c]) > cabs(A[best * N + c]) ? r : best;
        }
        for (size_t j = 0; j < N; j++) {
            double complex kept = A[c * N + j];

            A[c * N + j] = A[best * N + j];
            A[best * N + j] = kept;
        }
        double complex kept = x[c];

        x[c] = x[best];
        x[best] = kept;
        for (size_t r = 0; r < N; r++) {
            double complex share = r == c ? 0.0 : A[r * N + c] / A[c * N + c];

            for (size_t j = 0; j < N; j++) {
                A[r * N + j] -= share * A[c * N + j];
            }
            x[r] -= share * x[c];
        }
    }
    for (size_t c = 0; c < N; c++) {
        x[c] /= A[c * N + c];
    }
}

static bool is_served(const drop *d, size_t k, size_t l)
{
    return !d->network.served || d->network.served[k + d->network.K * l];
}

/* pbar: of the access point's limit, where it has one. */
static double power_of_each(const drop *d, size_t l)
{
    const cfi_system *system = &d->made.system;
    size_t users = 0;

    for (size_t k = 0; k < system->K; k++) {
        users += is_served(d, k, l);
    }
    return (system->power.ap_limit_w ? system->power.ap_limit_w[l] : system->power.budget_w / (double)system->L) /
           (double)users;
}

/* A += power (hhat_j hhat_j^H + C_j), C_j only where the precoder knows it. */
static void add_user(const drop *d, const precoded *p, size_t l, size_t i, size_t j, double complex *A)
{
    size_t N = p->N;
    double power = power_of_each(d, l);
    double complex R[MOST_ENTRIES * MOST_ENTRIES], B[MOST_ENTRIES * MOST_ENTRIES], work[MOST_ENTRIES * MOST_ENTRIES];
    bool knows = d->made.system.precoding.kind == CFI_PRECODER_LP_MMSE;

    channel_covariance_of(&d->network, j, l, R);
    channel_estimate_covariance_of(&d->network, j, l, B, work);
    for (size_t n = 0; n < N; n++) {
        for (size_t m = 0; m < N; m++) {
            A[n * N + m] += power * number(p, p->estimate, i, n, j) * conj(number(p, p->estimate, i, m, j));
            A[n * N + m] += knows ? power * (R[n + N * m] - B[n + N * m]) : 0.0;
        }
    }
}

/* (sum_i pbar (hhat_i hhat_i^H + C_i) + sigma^2 I)^-1 hhat_k over served users i, as it is written. */
static void plain_vector(const drop *d, const precoded *p, size_t l, size_t i, size_t k, double complex *x)
{
    size_t N = p->N;
    double complex A[MOST_ENTRIES * MOST_ENTRIES] = {0.0};

    for (size_t j = 0; j < p->K; j++) {
        if (is_served(d, j, l)) {
            add_user(d, p, l, i, j, A);
        }
    }
    for (size_t n = 0; n < N; n++) {
        A[n * N + n] += d->made.system.power.comm_noise_w;
        x[n] = number(p, p->estimate, i, n, k);
    }
    eliminate(N, A, x);
}

/* More antennas than pilots and fewer, shared pilots and orthogonal ones, with limits and without. */
static made_system system_of(uint64_t seed, cfi_precoder_kind kind, size_t N, size_t pilots, bool limited)
{
    enum { L = 2, K = 6 };
    made_system made = make_system(seed, L, K, N, 4);

    reuse_pilots(&made, pilots);
    made.system.precoding.kind = kind;
    made.system.frame.pilot_power_w = 1e-5;
    made.limit[0] = 3e-4;
    made.limit[1] = 7e-5;
    made.system.power.ap_limit_w = limited ? made.limit : NULL;
    return made;
}

static drop *drop_of(uint64_t seed, cfi_precoder_kind kind, size_t N, size_t pilots, bool limited)
{
    return make_drop(system_of(seed, kind, N, pilots, limited));
}

/* Up to one factor for all realisations of a user that is served. */
static void expect_plain_vectors(drop *d, size_t l)
{
    precoded p = precode(d, l);

    for (size_t k = 0; k < p.K; k++) {
        double complex ratio = 0.0;

        for (size_t i = 0; is_served(d, k, l) && i < CHANNELS; i++) {
            double complex x[MOST_ENTRIES];
            double size = 0.0;

            plain_vector(d, &p, l, i, k, x);
            for (size_t n = 0; n < p.N; n++) {
                size = fmax(size, cabs(x[n]));
                ratio = i + n == 0 ? p.factor[k] * number(&p, p.v, i, n, k) / x[n] : ratio;
            }
            for (size_t n = 0; n < p.N; n++) {
                double complex v = p.factor[k] * number(&p, p.v, i, n, k);

                assert_true(cabs(v - ratio * x[n]) <= 1e-8 * cabs(ratio) * size);
            }
        }
        assert_true(!is_served(d, k, l) || (creal(ratio) > 0.0 && fabs(cimag(ratio)) <= 1e-8 * creal(ratio)));
    }
    free(p.memory);
}

static const size_t SHAPES[][2] = {{2, 6}, {3, 3}, {4, 2}, {8, 6}, {1, 6}, {6, 6}, {5, 1}}; /* N, pilots */
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static void regularised_vectors_solve_the_systems_they_are_defined_by(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 4];
        drop *d = drop_of(500 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], c / 2 % 2);

        expect_plain_vectors(d, 1);
        free_drop(d);
    }
}

/* The same with errors that have directions, lines of sight, and both, and estimates that are not parallel. */
static void they_do_over_correlated_and_rician_fading(void **state)
{
    (void)state;
    for (size_t c = 0; c < 6 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 6];
        made_system made =
            system_of(800 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], false);
        placed_system placed = place_system(made, c / 2 % 3 == 0 ? -1.0 : 0.3, c / 2 % 3 == 1 ? 0.0 : 2.0);
        drop *d = make_drop(placed.made);

        expect_plain_vectors(d, 1);
        free_drop(d);
        free_places(&placed);
    }
}

/* Of two access points each serves the users that are its own; users of one pilot on both sides. */
static void users_that_are_not_served_do_not_shape_vectors(void **state)
{
    (void)state;
    for (size_t c = 0; c < 2 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 2];
        made_system made =
            system_of(840 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], true);
        drop *d;
        size_t unserved = 0;

        made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 1};
        d = make_drop(made);
        for (size_t l = 0; l < 2; l++) {
            expect_plain_vectors(d, l);
            for (size_t k = 0; k < 6; k++) {
                assert_true((d->link.g[k + 6 * l] > 0.0) == is_served(d, k, l));
                unserved += !is_served(d, k, l);
            }
        }
        assert_int_equal(unserved, 6);
        free_drop(d);
    }
}

/* hhat_k^H v_j = 0 for other pilots, sqrt((N - tau) xi_k) for the own one, in every realisation. */
static void zero_forcing_nulls_every_other_pilot(void **state)
{
    const size_t shapes[][2] = {{7, 6}, {4, 3}, {9, 2}, {2, 1}};

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        drop *d = drop_of(540 + c, CFI_PRECODER_ZF, shapes[c][0], shapes[c][1], false);
        precoded p = precode(d, 0);

        for (size_t i = 0; i < CHANNELS * p.K * p.K; i++) {
            size_t k = i % p.K, j = i / p.K % p.K;
            bool same = d->network.pilot[k] == d->network.pilot[j];
            double expected = same ? sqrt((double)(p.N - shapes[c][1]) * d->xi[k]) : 0.0;
            double complex sum = 0.0;

            for (size_t n = 0; n < p.N; n++) {
                sum += conj(number(&p, p.estimate, i / p.K / p.K, n, k)) * p.factor[j] *
                       number(&p, p.v, i / p.K / p.K, n, j);
            }
            assert_true(cabs(sum - expected) <= 1e-10 * sqrt(d->xi[k] * (double)p.N));
        }
        free(p.memory);
        free_drop(d);
    }
}

/* Over correlated fading a column is the sum of its pilot's estimates; the vectors of a pilot are one. */
static void zero_forcing_nulls_the_sums_of_other_pilots_over_other_fading(void **state)
{
    made_system made = system_of(555, CFI_PRECODER_ZF, 5, 3, false);
    placed_system placed = place_system(made, 0.3, 1.0);
    drop *d = make_drop(placed.made);
    precoded p = precode(d, 0);

    (void)state;
    assert_string_equal(d->link.kind, "simulated");
    for (size_t i = 0; i < CHANNELS * 3 * p.K; i++) {
        size_t t = i % 3, j = i / 3 % p.K, r = i / 3 / p.K;
        double complex sum = 0.0;
        double scale = 0.0;

        for (size_t n = 0; n < p.N; n++) {
            double complex column = number(&p, p.estimate, r, n, t) + number(&p, p.estimate, r, n, t + 3);

            sum += conj(column) * number(&p, p.v, r, n, j);
            scale += cabs(column) * cabs(number(&p, p.v, r, n, j));
        }
        assert_true(d->network.pilot[j] == t ? cabs(sum - 1.0) <= 1e-9 : cabs(sum) <= 1e-11 * scale);
    }
    free(p.memory);
    free_drop(d);
    free_places(&placed);
}

/* One user, tau_p p_p = 1, beta = noise = 1/2, N = 3: xi = 1/4, so g = sqrt(2 / 4), V = 1/4, S = 1/2. */
static void zero_forcing_of_one_user_by_hand(void **state)
{
    made_system made = make_system(1, 1, 1, 3, 1);
    drop *d;

    (void)state;
    made.gain[0] = 0.5;
    made.system.frame.pilot_power_w = 1.0;
    made.system.power.comm_noise_w = 0.5;
    made.system.precoding.kind = CFI_PRECODER_ZF;
    d = make_drop(made);
    assert_string_equal(d->link.kind, "closed_form");
    assert_close(d->link.g[0], sqrt(0.5), 1e-15);
    assert_close(d->link.V[0], 0.25, 1e-15);
    assert_close(d->link.S[0], 0.5, 1e-15);
    free_drop(d);
}

/* What zero-forcing leaves is known to the last digits where pilots are strong: beta - xi would not be. */
static void errors_of_good_estimates_keep_their_digits(void **state)
{
    const double gain[] = {3.0, 2e-9, 5e-17, 1.0};
    made_system made = make_system(1, 1, 4, 4, 1);
    drop *d;
    double error[4];

    (void)state;
    memcpy(made.gain, gain, sizeof gain);
    reuse_pilots(&made, 3); /* users 0 and 3 share one */
    made.system.frame.pilot_power_w = 1.0 / 3.0;
    made.system.power.comm_noise_w = 1e-18;
    d = make_drop(made);
    channel_error_variance_of(&d->network, 0, error);
    assert_close(error[0], 0.75, 1e-14); /* 3 (1 + 1e-18) / (4 + 1e-18) */
    assert_close(error[1], 1e-18, 1e-8); /* noise / (1 + noise / beta), 5e-10 less */
    assert_close(error[1], 1e-18 / (1.0 + 5e-10), 1e-14);
    assert_close(error[2], 5e-17 / 51.0, 1e-14);
    free_drop(d);
}

static double cosine_of(const precoded *a, const precoded *b, size_t i, size_t k)
{
    double complex inner = 0.0;
    double left = 0.0, right = 0.0;

    for (size_t n = 0; n < a->N; n++) {
        double complex x = number(a, a->v, i, n, k), y = number(b, b->v, i, n, k);

        inner += conj(x) * y;
        left += creal(x * conj(x));
        right += creal(y * conj(y));
    }
    return creal(inner) / sqrt(left * right);
}

/* With power without end regularised zero-forcing points where zero-forcing does, and has its moments. */
static void regularised_zero_forcing_without_noise_is_zero_forcing(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4; c++) {
        drop *d = drop_of(560 + c, CFI_PRECODER_ZF, 9, c % 2 ? 3 : 6, false);
        precoded zf = precode(d, 1), rzf;
        cfi_link forced = d->link;

        d->made.system.power.budget_w = 1e6;
        d->made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_RZF, .draws = 20000};
        remake_link(d);
        rzf = precode(d, 1);
        for (size_t i = 0; i < CHANNELS; i++) {
            for (size_t k = 0; k < zf.K; k++) {
                assert_close(cosine_of(&zf, &rzf, i, k), 1.0, 1e-9);
            }
        }
        for (size_t i = 0; i < d->link.K * d->link.L; i++) { /* five standard errors of both, or of the worst */
            double error = 5.0 * d->link.largest_relative_std_error;

            assert_true(error < 0.1);
            assert_close(d->link.g[i], forced.g[i], error);
            for (size_t j = 0; j < d->link.K; j++) {
                size_t k = i % d->link.K, l = i / d->link.K;

                assert_close(d->link.V_by_stream[k + d->link.K * (j + d->link.K * l)], forced.V[i], error);
            }
        }
        free(zf.memory);
        free(rzf.memory);
        free_drop(d);
    }
}

/* Where noise is all that matters both are maximum ratio, in every realisation. With one antenna a vector is a number,
 * which always has the phase of maximum ratio's. */
static void regularised_precoders_in_noise_are_maximum_ratio(void **state)
{
    (void)state;
    for (size_t c = 0; c < 8; c++) {
        bool noisy = c / 2 % 2;
        drop *d = drop_of(570 + c, CFI_PRECODER_MR, noisy ? 4 : 1, c / 4 ? 2 : 6, false);
        precoded mr = precode(d, 0), other;
        cfi_link ratio = d->link;

        d->made.system.power.budget_w *= noisy ? 1e-12 : 1.0;
        d->made.system.precoding =
            (cfi_precoding){.kind = c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, .draws = 20000};
        remake_link(d);
        other = precode(d, 0);
        for (size_t i = 0; i < CHANNELS * mr.K; i++) {
            assert_close(cosine_of(&mr, &other, i / mr.K, i % mr.K), 1.0, 1e-9);
        }
        for (size_t i = 0; noisy && i < d->link.K * d->link.L; i++) {
            double error = 5.0 * d->link.largest_relative_std_error;
            size_t k = i % d->link.K, l = i / d->link.K;

            assert_true(error < 0.1);
            assert_close(d->link.g[i], ratio.g[i], error);
            assert_close(d->link.V_by_stream[k + d->link.K * (k + d->link.K * l)], ratio.V[i], error);
        }
        free(mr.memory);
        free(other.memory);
        free_drop(d);
    }
}

static double sum_rate_with(drop *d, cfi_precoder_kind kind)
{
    double sinr[MOST_ENTRIES];

    d->made.system.precoding.kind = kind;
    remake_link(d);
    assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
    return metrics_rates(&d->made.system, sinr, NULL);
}

/* The errors of the estimates are worth knowing: on shared pilots they are large. */
static void knowing_the_errors_of_the_estimates_pays_on_average(void **state)
{
    double sum = 0.0, squares = 0.0;
    const double drops = 40.0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        drop *d = drop_of(600 + seed, CFI_PRECODER_RZF, 4, 2, false);
        double gain;

        gain = sum_rate_with(d, CFI_PRECODER_LP_MMSE) / sum_rate_with(d, CFI_PRECODER_RZF) - 1.0;
        sum += gain;
        squares += gain * gain;
        free_drop(d);
    }
    assert_true(sum / drops > 3.0 * sqrt((squares / drops - sum * sum / (drops * drops)) / (drops - 1.0)));
}

/* -------------------------------------------------------------------- simulated numbers ---- */

static void expect_same_links(const cfi_link *a, const cfi_link *b)
{
    size_t pairs = a->K * a->L;

    assert_memory_equal(a->g, b->g, pairs * sizeof(double));
    assert_memory_equal(a->V_by_stream, b->V_by_stream, pairs * a->K * sizeof(double));
    assert_true(a->largest_relative_std_error == b->largest_relative_std_error);
}

/* Enough draws that access points are worth a thread each. */
static void simulated_links_do_not_depend_on_threads(void **state)
{
    made_system made = make_system(3, 5, 6, 4, 4);
    drop *d;
    cfi_link alone;

    (void)state;
    made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_LP_MMSE, .draws = 30011};
    d = make_drop(made);
    alone = d->link;
    d->network.threads = 3;
    remake_link(d);
    expect_same_links(&alone, &d->link);
    free_drop(d);
}

/* The Monte Carlo sends with the normalisation of the link, whether it is told or finds it itself. */
static void draws_are_normalised_as_the_link_is(void **state)
{
    (void)state;
    for (size_t c = 0; c < 2; c++) {
        drop *d = drop_of(660 + c, CFI_PRECODER_RZF, c ? 2 : 8, 3, true);
        precoded found = precode(d, 1), told;

        d->network.mean_square = d->link.mean_square;
        told = precode(d, 1);
        assert_memory_equal(found.factor, told.factor, found.K * sizeof(double));
        assert_memory_equal(found.v.re, told.v.re, 2 * found.K * found.N * CHANNELS * sizeof(double));
        free(found.memory);
        free(told.memory);
        free_drop(d);
    }
}

/* The users of a network in another order, each with its own pilot. */
static void permuted_users_have_the_permuted_link(void **state)
{
    enum { L = 2, K = 6 };
    const size_t order[K] = {4, 2, 5, 0, 3, 1};

    (void)state;
    for (cfi_precoder_kind kind = CFI_PRECODER_ZF; kind <= CFI_PRECODER_LP_MMSE; kind++) {
        drop *d = drop_of(670, kind, 5, 3, false), *e = drop_of(670, kind, 5, 3, false);

        for (size_t k = 0; k < K; k++) {
            e->made.pilot[k] = d->made.pilot[order[k]];
            for (size_t l = 0; l < L; l++) {
                e->made.gain[k + K * l] = d->made.gain[order[k] + K * l];
            }
        }
        assert_int_equal(network_draw(&e->made.system, 0, e->arena, &e->network, NULL), CFI_OK);
        remake_link(e);
        for (size_t i = 0; i < K * K * L; i++) {
            size_t k = i % K, j = i / K % K, l = i / (K * K);
            const cfi_link *a = &d->link, *b = &e->link;

            assert_close(b->g[k + K * l], a->g[order[k] + K * l], 1e-11);
            if (a->V) {
                assert_close(b->V[k + K * l], a->V[order[k] + K * l], 1e-11);
            } else {
                assert_close(b->V_by_stream[i], a->V_by_stream[order[k] + K * (order[j] + K * l)], 1e-9);
            }
        }
        free_drop(d);
        free_drop(e);
    }
}

/* Lines of sight that are too faint to matter: the moments of i.i.d. fading, simulated in another way. */
static void faint_lines_of_sight_leave_the_moments_of_iid_fading(void **state)
{
    (void)state;
    for (cfi_precoder_kind kind = CFI_PRECODER_ZF; kind <= CFI_PRECODER_LP_MMSE; kind++) {
        made_system made = system_of(690 + kind, kind, 8, 3, false);
        placed_system placed;
        drop *d;
        cfi_link plain;
        size_t K = 6;

        made.system.precoding.draws = 20000;
        placed = place_system(made, -1.0, 0.0);
        d = make_drop(placed.made);
        plain = d->link;
        d->made.system.fading.rician = CFI_RICIAN_NUMBER;
        d->made.system.fading.rician_factor = 1e-12;
        assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
        remake_link(d);
        for (size_t i = 0; i < K * K * 2; i++) {
            size_t k = i % K, j = i / K % K, l = i / (K * K);
            double V = plain.V ? plain.V[k + K * l] : plain.V_by_stream[i];
            double error = 5.0 * hypot(plain.largest_relative_std_error, d->link.largest_relative_std_error);

            assert_true(error < 0.25);
            assert_close(d->link.g[k + K * l], plain.g[k + K * l], error);
            assert_close(d->link.V_by_stream[i], V, error);
            assert_close(d->link.S[k + K * l], plain.S[k + K * l], 1e-9);
            if (link_coherent_pair(&d->link, k, j)) {
                assert_true(cabs(link_coherent(&d->link, k, j, l) - plain.g[k + K * l]) <= error * plain.g[k + K * l]);
            }
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* One user: the standard error that is told is that of g or V, whichever is larger; over seeds V / g^2 and so on spread
 * as much. */
static void standard_errors_are_those_of_repeated_simulations(void **state)
{
    enum { SEEDS = 400 };
    double told = 0.0, sum[2] = {0.0}, squares[2] = {0.0}, spread[2];

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        made_system made = make_system(1, 1, 1, 2, 1);
        drop *d;

        made.system.seed = 9000 + seed;
        made.system.frame.pilot_power_w = 1e-5;
        made.system.power.budget_w = 1e-4;
        made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_RZF, .draws = 500};
        d = make_drop(made);
        told += d->link.largest_relative_std_error / SEEDS;
        for (size_t i = 0; i < 2; i++) {
            double value = i ? d->link.V_by_stream[0] : d->link.g[0];

            sum[i] += value;
            squares[i] += value * value;
        }
        free_drop(d);
    }
    for (size_t i = 0; i < 2; i++) {
        double mean = sum[i] / SEEDS;

        spread[i] = sqrt(squares[i] / SEEDS - mean * mean) / mean;
    }
    assert_close(told, fmax(spread[0], spread[1]), 5.0 / sqrt(2.0 * SEEDS)); /* 400 draws of a spread */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regularised_vectors_solve_the_systems_they_are_defined_by),
        cmocka_unit_test(they_do_over_correlated_and_rician_fading),
        cmocka_unit_test(users_that_are_not_served_do_not_shape_vectors),
        cmocka_unit_test(zero_forcing_nulls_every_other_pilot),
        cmocka_unit_test(zero_forcing_nulls_the_sums_of_other_pilots_over_other_fading),
        cmocka_unit_test(zero_forcing_of_one_user_by_hand),
        cmocka_unit_test(errors_of_good_estimates_keep_their_digits),
        cmocka_unit_test(regularised_zero_forcing_without_noise_is_zero_forcing),
        cmocka_unit_test(regularised_precoders_in_noise_are_maximum_ratio),
        cmocka_unit_test(knowing_the_errors_of_the_estimates_pays_on_average),
        cmocka_unit_test(simulated_links_do_not_depend_on_threads),
        cmocka_unit_test(draws_are_normalised_as_the_link_is),
        cmocka_unit_test(permuted_users_have_the_permuted_link),
        cmocka_unit_test(faint_lines_of_sight_leave_the_moments_of_iid_fading),
        cmocka_unit_test(standard_errors_are_those_of_repeated_simulations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
