/* Moments of simulated links worked out again from the very numbers that they are drawn from, one realisation and one
 * pair at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fading_systems.h"
#include "precoded.h"

enum { DRAWS = 75, MOST_USERS = 6, MOST_ANTENNAS = 9, LANES = 8 };
typedef double complex square[MOST_ANTENNAS * MOST_ANTENNAS];

/* Of one access point. */
typedef struct redrawn {
    const drop *d;
    size_t l, K, N;
    double complex estimate[DRAWS][MOST_USERS][MOST_ANTENNAS], v[DRAWS][MOST_USERS][MOST_ANTENNAS];
} redrawn;

/* Realisation i of the white numbers of user k's pilot: lanes of eight realisations, an antenna after the other, the
 * first number of each block in even groups of eight and the second one in odd groups. */
static void redraw_white(const redrawn *r, size_t i, size_t k, double complex *u)
{
    const cfi_network *network = &r->d->network;
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_STATISTICS,
                                    (uint32_t)(r->l * 65536 + network->pilot[k]));
    size_t blocks = LANES * r->N, group = i / LANES, plane = 2 * (group % 2) * blocks;
    double normals[4 * LANES * MOST_ANTENNAS];

    stream.block = (uint32_t)(group / 2 * blocks);
    random_complex_normals(&stream, 1, blocks, normals);
    for (size_t n = 0; n < r->N; n++) {
        size_t at = plane + LANES * n + i % LANES;

        u[n] = sqrt(0.5) * (normals[at] + I * normals[at + blocks]);
    }
}

static double complex redraw_phase(const redrawn *r, size_t i, size_t k)
{
    double uniform[DRAWS + 1];
    cfi_stream stream = stream_make(r->d->made.system.seed, r->d->network.drop, CFI_DRAW_STATISTICS_PHASE,
                                    (uint32_t)(r->l * 65536 + k));

    random_uniforms(&stream, DRAWS + 1, uniform);
    return cexp(I * 2.0 * M_PI * uniform[i]);
}

/* Psi of user k's pilot, column-major, from the covariances of its users. */
static void received_covariance(const redrawn *r, size_t k, square Psi)
{
    const cfi_system *system = &r->d->made.system;
    square R;

    memset(Psi, 0, sizeof(square));
    for (size_t j = 0; j < r->K; j++) {
        channel_covariance_of(&r->d->network, j, r->l, R);
        for (size_t e = 0; r->d->network.pilot[j] == r->d->network.pilot[k] && e < r->N * r->N; e++) {
            Psi[e] += (double)system->frame.tau_p * system->frame.pilot_power_w * R[e];
        }
    }
    for (size_t n = 0; n < r->N; n++) {
        Psi[n + r->N * n] += system_pilot_noise(system);
    }
}

/* y = F u, F F^H = Psi, column by column. */
static void receive(const redrawn *r, square Psi, const double complex *u, double complex *y)
{
    size_t N = r->N;

    for (size_t n = 0; n < N; n++) {
        y[n] = 0.0;
    }
    for (size_t c = 0; c < N; c++) {
        double root = sqrt(creal(Psi[c + N * c]));

        for (size_t n = c; n < N; n++) {
            Psi[n + N * c] /= root;
            y[n] += Psi[n + N * c] * u[c];
        }
        for (size_t m = c + 1; m < N; m++) {
            for (size_t n = m; n < N; n++) {
                Psi[n + N * m] -= Psi[n + N * c] * conj(Psi[m + N * c]);
            }
        }
    }
}

/* m e^(j psi) + sqrt(tau_p p_p) R Psi^-1 y */
static void redraw_estimate(redrawn *r, size_t i, size_t k)
{
    const cfi_system *system = &r->d->made.system;
    size_t N = r->N;
    double complex u[MOST_ANTENNAS], y[MOST_ANTENNAS], mean[MOST_ANTENNAS], phase = redraw_phase(r, i, k);
    square Psi, R, rows;

    redraw_white(r, i, k, u);
    received_covariance(r, k, Psi);
    for (size_t e = 0; e < N * N; e++) {
        rows[e] = Psi[e / N + N * (e % N)];
    }
    receive(r, Psi, u, y);
    eliminate(N, rows, y);
    channel_covariance_of(&r->d->network, k, r->l, R);
    channel_mean_of(&r->d->network, k, r->l, mean);
    for (size_t n = 0; n < N; n++) {
        r->estimate[i][k][n] = mean[n] * phase;
        for (size_t m = 0; m < N; m++) {
            r->estimate[i][k][n] +=
                sqrt((double)system->frame.tau_p * system->frame.pilot_power_w) * R[n + N * m] * y[m];
        }
    }
}

/* What is not known of user k's channel, column-major. */
static void error_covariance(const redrawn *r, size_t k, square C)
{
    square B, work;

    channel_covariance_of(&r->d->network, k, r->l, C);
    channel_estimate_covariance_of(&r->d->network, k, r->l, B, work);
    for (size_t e = 0; e < r->N * r->N; e++) {
        C[e] -= B[e];
    }
}

/* Row-major: the matrix that a regularised precoder inverts. */
static void regularised_matrix(const redrawn *r, size_t i, square A)
{
    bool knows = r->d->made.system.precoding.kind == CFI_PRECODER_LP_MMSE;
    double power = power_of_each(r->d, r->l);
    square C;

    memset(A, 0, sizeof(square));
    for (size_t k = 0; k < r->K; k++) {
        error_covariance(r, k, C);
        for (size_t e = 0; is_served(r->d, k, r->l) && e < r->N * r->N; e++) {
            size_t n = e / r->N, m = e % r->N;

            A[e] += power * r->estimate[i][k][n] * conj(r->estimate[i][k][m]) + (knows ? power * C[n + r->N * m] : 0.0);
        }
    }
    for (size_t n = 0; n < r->N; n++) {
        A[n * r->N + n] += r->d->made.system.power.comm_noise_w;
    }
}

/* Z (Z^H Z)^-1 e_t, Z a column a pilot in use: the sums of its estimates. */
static void forcing_vector(const redrawn *r, size_t i, size_t k, double complex *v)
{
    const size_t *first = r->d->network.pilot_first;
    size_t pilots = 0, of[MOST_USERS];
    double complex Z[MOST_USERS][MOST_ANTENNAS] = {{0.0}}, x[MOST_USERS] = {0.0};
    square gram;

    for (size_t j = 0; j < r->K; j++) {
        of[j] = first[j] == j ? pilots++ : of[first[j]];
        for (size_t n = 0; n < r->N; n++) {
            Z[of[j]][n] += r->estimate[i][j][n];
        }
    }
    for (size_t e = 0; e < pilots * pilots; e++) {
        gram[e] = 0.0;
        for (size_t n = 0; n < r->N; n++) {
            gram[e] += conj(Z[e / pilots][n]) * Z[e % pilots][n];
        }
    }
    x[of[k]] = 1.0;
    eliminate(pilots, gram, x);
    for (size_t n = 0; n < r->N; n++) {
        for (size_t t = 0; t < pilots; t++) {
            v[n] += Z[t][n] * x[t];
        }
    }
}

static void redraw_vector(redrawn *r, size_t i, size_t k)
{
    square A;

    if (r->d->made.system.precoding.kind == CFI_PRECODER_ZF) {
        forcing_vector(r, i, k, r->v[i][k]);
        return;
    }
    regularised_matrix(r, i, A);
    memcpy(r->v[i][k], r->estimate[i][k], sizeof r->v[i][k]);
    eliminate(r->N, A, r->v[i][k]);
}

static redrawn *redraw(const drop *d, size_t l)
{
    redrawn *r = calloc(1, sizeof *r);

    *r = (redrawn){.d = d, .l = l, .K = d->network.K, .N = d->made.system.N};
    for (size_t i = 0; i < DRAWS; i++) {
        for (size_t k = 0; k < r->K; k++) {
            redraw_estimate(r, i, k);
        }
        for (size_t k = 0; k < r->K; k++) {
            redraw_vector(r, i, k);
        }
    }
    return r;
}

/* What a pair says: means over draws, of vectors normalised to a mean square of 1. */
typedef struct pair_means {
    double complex mean;
    double V, mean_error, V_error;
} pair_means;

static double complex inner(size_t N, const double complex *a, const double complex *b)
{
    double complex sum = 0.0;

    for (size_t n = 0; n < N; n++) {
        sum += conj(a[n]) * b[n];
    }
    return sum;
}

/* Standard error of the mean of numbers. */
static double error_of(const double *x)
{
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < DRAWS; i++) {
        mean += x[i] / DRAWS;
    }
    for (size_t i = 0; i < DRAWS; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    return sqrt(squares / (DRAWS - 1.0) / DRAWS);
}

/* E v^H C v */
static double unknown_part(const redrawn *r, size_t k, size_t j)
{
    double sum = 0.0;
    square C;

    error_covariance(r, k, C);
    for (size_t i = 0; i < DRAWS; i++) {
        for (size_t e = 0; e < r->N * r->N; e++) {
            sum += creal(conj(r->v[i][j][e % r->N]) * C[e] * r->v[i][j][e / r->N]) / DRAWS;
        }
    }
    return sum;
}

/* Errors are those of what is linear in the draws about the means: of the mean's part along itself over the root of the
 * mean square, and of the variance over the mean square. */
static pair_means means_of(const redrawn *r, size_t k, size_t j)
{
    bool shared = r->d->network.pilot[k] == r->d->network.pilot[j];
    double complex p[DRAWS], mean = 0.0;
    double b[DRAWS], power = 0.0, squares = 0.0, rest, along[DRAWS], around[DRAWS], unknown = unknown_part(r, k, j);

    for (size_t i = 0; i < DRAWS; i++) {
        p[i] = inner(r->N, r->estimate[i][k], r->v[i][j]);
        b[i] = creal(inner(r->N, r->v[i][j], r->v[i][j]));
        mean += shared ? p[i] / DRAWS : 0.0;
        power += b[i] / DRAWS;
        squares += creal(p[i] * conj(p[i])) / DRAWS;
    }
    rest = (squares - creal(mean * conj(mean))) / power;
    for (size_t i = 0; i < DRAWS; i++) {
        along[i] = (creal(conj(mean) * p[i]) / cabs(mean) - 0.5 * cabs(mean) / power * b[i]) / sqrt(power);
        around[i] = (creal(p[i] * conj(p[i])) - 2.0 * creal(conj(mean) * p[i]) - rest * b[i]) / power;
    }
    return (pair_means){.mean = mean / sqrt(power),
                        .V = rest * (shared ? DRAWS / (DRAWS - 1.0) : 1.0) + unknown / power,
                        .mean_error = shared ? error_of(along) : 0.0,
                        .V_error = hypot(error_of(around),
                                         channel_is_iid(&r->d->network) ? 0.0 : unknown / power / sqrt((double)DRAWS))};
}

/* Returns the largest relative standard error that the pair shows of what counts. */
static double compare_pair(const redrawn *r, size_t k, size_t j)
{
    const cfi_link *link = &r->d->link;
    pair_means means = means_of(r, k, j);
    double V = link->V_by_stream[k + r->K * (j + r->K * r->l)];

    assert_close(V, means.V, 1e-7);
    if (k == j && is_served(r->d, k, r->l)) {
        assert_close(link->g[k + r->K * r->l], creal(means.mean), 1e-8);
    } else if (k != j && r->d->network.pilot[k] == r->d->network.pilot[j]) {
        assert_true(cabs(link_coherent(link, k, j, r->l) - means.mean) <= 1e-8 * cabs(means.mean));
    }
    return fmax(k == j ? means.mean_error / cabs(means.mean) : 0.0, means.V_error / means.V);
}

static void compare_with_draws(const drop *d)
{
    double worst = 0.0;

    for (size_t l = 0; l < d->network.L; l++) {
        redrawn *r = redraw(d, l);

        for (size_t pair = 0; pair < r->K * r->K; pair++) {
            size_t k = pair % r->K, j = pair / r->K;

            if (is_served(d, j, l) || d->made.system.precoding.kind == CFI_PRECODER_ZF) { /* which has all vectors */
                worst = fmax(worst, compare_pair(r, k, j));
            } else {
                assert_true(d->link.g[j + r->K * l] == 0.0);
            }
        }
        free(r);
    }
    assert_close(d->link.largest_relative_std_error, worst, 1e-6);
}

/* Fewer antennas than users and more, of lengths whose loops are unrolled or not; spread in degrees, or none. */
static const struct {
    size_t N, pilots;
    double spread, rician;
    bool clusters;
} CASES[] = {{4, 3, 15.0, 0.0, false}, {4, 3, 15.0, 3.0, true}, {8, 4, 10.0, 0.0, true}, {3, 2, -1.0, 2.0, false},
             {4, 3, -1.0, 0.0, false}, {8, 3, -1.0, 0.0, true}, {1, 2, 15.0, 1.0, false}};

static void check_case(size_t c, cfi_precoder_kind kind)
{
    made_system made = system_of(880 + c, kind, CASES[c].N, CASES[c].pilots, c % 2);
    double spread = CASES[c].spread < 0.0 ? -1.0 : CASES[c].spread * M_PI / 180.0;
    placed_system placed;
    drop *d;

    made.system.precoding.draws = DRAWS;
    if (CASES[c].clusters) {
        made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 1};
    }
    placed = place_system(made, spread, CASES[c].rician);
    d = make_drop(placed.made);
    compare_with_draws(d);
    free_drop(d);
    free_places(&placed);
}

static void moments_of_regularised_vectors_are_those_of_their_draws(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        check_case(c, CFI_PRECODER_LP_MMSE);
        check_case(c, CFI_PRECODER_RZF);
    }
}

/* Over other fading: its products have no symmetry. */
static void moments_of_zero_forcing_are_those_of_their_draws(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        if (CASES[c].N > CASES[c].pilots && (CASES[c].spread >= 0.0 || CASES[c].rician > 0.0)) {
            check_case(c, CFI_PRECODER_ZF);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_of_regularised_vectors_are_those_of_their_draws),
        cmocka_unit_test(moments_of_zero_forcing_are_those_of_their_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
