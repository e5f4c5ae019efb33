/* Drops with a target at a place whose sensing constraints couple access points, and what powers tell of the target by
 * the formulas of docs/model.md, in plain loops. Include after <cmocka.h>. */
#ifndef TESTS_COUPLED_DROPS_H
#define TESTS_COUPLED_DROPS_H

#include "alloc/coupled.h"
#include "made_links.h"
#include "target_drops.h"

enum { ASK_ANGLES = 1, ASK_POSITION = 2, ASK_DETECTION = 4 };

/* What a drop is asked for: kinds, and the model of angles and position. */
typedef struct coupled_kind {
    size_t L, K, N, M, pilots;
    unsigned asked;
    bool noncoherent, general_gains, limits;
    double margin;                                       /* of the thresholds: above 1 there is so much room */
    bool steady;                                         /* echoes: they do not fluctuate */
    bool zero_forcing, streams, complex_means, clusters; /* links of other kinds (made_links.h) */
} coupled_kind;

typedef struct coupled_drop {
    target_place place;
    drop *d;
} coupled_drop;

/* -------------------------------------------------------------------- what powers tell ---- */

/* abs(alpha_lp)^2 */
static inline double raw_echo(const drop *d, size_t l, size_t p)
{
    double alpha = d->made.system.sensing.path_gains[l + d->link.L * p];

    return alpha * alpha;
}

static inline double raw_users(const drop *d, const cfi_powers *powers, size_t l)
{
    double x = 0.0;

    for (size_t k = 0; k < d->link.K; k++) {
        x += powers->p[k + d->link.K * l];
    }
    return x;
}

/* Information about angles: own echo; arrivals at p from all echoes, non-coherent; departures of AP l at receiver p. */
static inline double raw_factor(const drop *d, size_t l)
{
    const cfi_system *s = &d->made.system;
    double cosine = cos(s->sensing.angle_rad[l]);

    return 2.0 * (double)s->frame.T / s->power.sensing_noise_w * M_PI * M_PI * cosine * cosine;
}

static inline double raw_spread(double n)
{
    return n * (n * n - 1.0) / 12.0;
}

static inline double raw_arrival(const drop *d, const cfi_powers *powers, size_t p, bool own)
{
    double N = (double)d->made.system.N, M = (double)d->made.system.M, sum = 0.0;

    for (size_t l = own ? p : 0; l < (own ? p + 1 : d->link.L); l++) {
        double y = powers->s[l] / N, x = raw_users(d, powers, l) / N;

        sum += raw_echo(d, l, p) * (N * raw_spread(M) * x + N * N * raw_spread(M) * y);
    }
    return raw_factor(d, p) * sum;
}

static inline double raw_departure(const drop *d, const cfi_powers *powers, size_t l, size_t p)
{
    double N = (double)d->made.system.N, M = (double)d->made.system.M;

    return raw_factor(d, l) * raw_echo(d, l, p) * M * raw_spread(N) * raw_users(d, powers, l) / N;
}

/* Information about the angle of AP p, by the model of the system. */
static inline double raw_angle(const drop *d, const cfi_powers *powers, size_t p)
{
    bool own = d->made.system.sensing.crlb_model == CFI_CRLB_OWN_ECHO;

    return raw_arrival(d, powers, p, own) + raw_departure(d, powers, p, p);
}

/* tr J^-1, m^2; the determinant as the sum over pairs of (e_l x e_m)^2, which loses nothing where J is nearly singular.
 */
static inline double raw_position(const coupled_drop *c, const cfi_powers *powers)
{
    const drop *d = c->d;
    bool own = d->made.system.sensing.crlb_model == CFI_CRLB_OWN_ECHO;
    double information[TARGET_MOST_APS], trace = 0.0, determinant = 0.0;

    for (size_t l = 0; l < d->link.L; l++) {
        information[l] = raw_arrival(d, powers, l, own);
        for (size_t p = own ? l : 0; p < (own ? l + 1 : d->link.L); p++) {
            information[l] += raw_departure(d, powers, l, p);
        }
        information[l] /= c->place.range[l] * c->place.range[l];
        trace += information[l];
        for (size_t m = 0; m < l; m++) {
            double sine = sin(c->place.bearing[l] - c->place.bearing[m]);

            determinant += information[l] * information[m] * sine * sine;
        }
    }
    return trace / determinant;
}

static inline double raw_snr(const drop *d, const cfi_powers *powers, size_t l)
{
    const cfi_system *s = &d->made.system;

    return (double)(s->M * s->frame.T) * raw_echo(d, l, l) * (raw_users(d, powers, l) + (double)s->N * powers->s[l]) /
           s->power.sensing_noise_w;
}

/* Of echoes that fluctuate by its formula, of steady ones by halves. */
static inline double raw_least_snr(const drop *d)
{
    const cfi_sensing *sensing = &d->made.system.sensing;
    double low = 0.0, high = 1e4;

    if (sensing->swerling == 1) {
        return log(sensing->false_alarm_probability) / log(sensing->detection_threshold) - 1.0;
    }
    for (int i = 0; i < 80; i++) {
        double snr = 0.5 * (low + high);

        if (detection_own_echo(snr, sensing->false_alarm_probability, 0) < sensing->detection_threshold) {
            low = snr;
        } else {
            high = snr;
        }
    }
    return high;
}

/* The factor by which everything that is asked may be multiplied. */
static inline double raw_margin(const coupled_drop *c, const cfi_powers *powers)
{
    const drop *d = c->d;
    const cfi_sensing *sensing = &d->made.system.sensing;
    double margin = INFINITY;

    for (size_t l = 0; l < d->link.L; l++) {
        if (sensing->crlb_threshold_rad2) {
            margin = fmin(margin, raw_angle(d, powers, l) * sensing->crlb_threshold_rad2[l]);
        }
        if (sensing->detection_threshold > 0.0) {
            margin = fmin(margin, raw_snr(d, powers, l) / raw_least_snr(d));
        }
    }
    if (sensing->position_threshold_m > 0.0) {
        margin = fmin(margin, sensing->position_threshold_m * sensing->position_threshold_m / raw_position(c, powers));
    }
    return margin;
}

/* Largest relative violation of everything; negative powers fail the test. */
static inline double raw_coupled_violation(const coupled_drop *c, const cfi_powers *powers)
{
    const cfi_system *s = &c->d->made.system;
    double total = 0.0, worst = fmax(1.0 - raw_margin(c, powers), 0.0);

    for (size_t l = 0; l < s->L; l++) {
        double q = raw_users(c->d, powers, l) + powers->s[l];

        for (size_t k = 0; k < s->K; k++) {
            assert_true(powers->p[k + s->K * l] >= 0.0);
        }
        assert_true(powers->s[l] >= 0.0);
        worst = fmax(worst, s->power.ap_limit_w ? q / s->power.ap_limit_w[l] - 1.0 : 0.0);
        total += q;
    }
    return fmax(worst, total / s->power.budget_w - 1.0);
}

/* ------------------------------------------------------------------------------- drops ---- */

/* All thresholds as many times easier. */
static inline void relax_all(coupled_drop *c, double factor)
{
    cfi_sensing *sensing = &c->d->made.system.sensing;

    for (size_t l = 0; sensing->crlb_threshold_rad2 && l < c->d->link.L; l++) {
        c->d->made.threshold[l] *= factor;
    }
    sensing->position_threshold_m *= sqrt(factor);
    if (sensing->detection_threshold > 0.0) {
        double snr = raw_least_snr(c->d) / factor;

        sensing->detection_threshold = exp(log(sensing->false_alarm_probability) / (1.0 + snr));
    }
}

/* Equal powers within limits, half of each in the beam. */
static inline void set_equal_powers(drop *d, cfi_powers *powers)
{
    const cfi_system *s = &d->made.system;

    for (size_t l = 0; l < s->L; l++) {
        double each = s->power.budget_w / (double)s->L;

        each = s->power.ap_limit_w ? fmin(each, s->power.ap_limit_w[l]) : each;
        powers->s[l] = link_has_users(&d->link, l) ? 0.5 * each : each;
        for (size_t k = 0; k < s->K; k++) {
            powers->p[k + s->K * l] = link_serves(&d->link, k, l) ? 0.5 * each / (double)s->K : 0.0;
        }
    }
}

/* Each kind alone is met by equal powers with `margin` times a random factor to spare; probabilities stay below one. */
static inline void set_thresholds(coupled_drop *c, const coupled_kind *kind, cfi_stream *stream)
{
    drop *d = c->d;
    cfi_system *s = &d->made.system;
    double least = INFINITY;

    set_equal_powers(d, &d->powers);
    s->sensing.crlb_threshold_rad2 = kind->asked & ASK_ANGLES ? d->made.threshold : NULL;
    s->sensing.false_alarm_probability = 1e-3;
    for (size_t l = 0; l < s->L; l++) {
        d->made.threshold[l] = kind->margin * made_uniform(stream, 0.5, 2.0) / raw_angle(d, &d->powers, l);
        least = fmin(least, raw_snr(d, &d->powers, l));
    }
    s->sensing.position_threshold_m = 0.0;
    if (kind->asked & ASK_POSITION) {
        s->sensing.position_threshold_m =
            sqrt(kind->margin * made_uniform(stream, 0.5, 1.0) * raw_position(c, &d->powers));
    }
    s->sensing.detection_threshold = 0.0;
    if (kind->asked & ASK_DETECTION) {
        double snr = fmin(least * made_uniform(stream, 1.0, 2.0) / kind->margin, kind->steady ? 8.0 : 1e5);

        s->sensing.detection_threshold = detection_own_echo(snr, 1e-3, s->sensing.swerling);
    }
}

static inline void make_other_link(drop *d, const coupled_kind *kind, cfi_stream *stream)
{
    size_t count = kind->K * kind->L;
    link_kind other = {.zero_forcing = kind->zero_forcing};

    if (kind->clusters) {
        make_clusters(d, 0.6, stream);
    }
    if (kind->zero_forcing) {
        double *V = arena_alloc(d->arena, count, sizeof *V);

        for (size_t i = 0; i < count; i++) {
            V[i] = d->network.beta[i] * made_uniform(stream, 0.02, 0.9);
        }
        d->link.V = V;
    }
    if (kind->streams) {
        make_streams(d, &other, stream);
    }
    if (kind->complex_means) {
        make_means(d, stream);
    }
}

static inline coupled_drop *make_coupled_drop(uint64_t seed, coupled_kind kind)
{
    coupled_drop *c = malloc(sizeof *c);
    bool alone = kind.asked == ASK_ANGLES && !kind.noncoherent; /* angles on own echoes couple nothing */
    made_system made = make_system(seed, kind.L, kind.K, kind.N, kind.M);
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 4242);

    kind.asked |= alone ? ASK_POSITION : 0U;
    reuse_pilots(&made, kind.pilots);
    made.system.allocation.starts = 1;
    made.system.sensing.swerling = kind.steady ? 0 : 1;
    made.system.sensing.crlb_model = kind.noncoherent ? CFI_CRLB_NONCOHERENT : CFI_CRLB_OWN_ECHO;
    c->place = target_draw(seed, kind.L);
    for (size_t i = 0; kind.general_gains && i < kind.L * kind.L; i++) {
        c->place.gain[i] *= made_uniform(&stream, 0.3, 3.0);
    }
    for (size_t l = 0; kind.limits && l < kind.L; l++) {
        made.limit[l] = made.system.power.budget_w / (double)kind.L * made_uniform(&stream, 0.8, 2.0);
        made.system.power.ap_limit_w = made.limit;
    }
    c->d = target_drop(made, &c->place);
    c->d->link.system = &c->d->made.system;
    make_other_link(c->d, &kind, &stream);
    set_thresholds(c, &kind, &stream);
    return c;
}

static inline void free_coupled_drop(coupled_drop *c)
{
    free_drop(c->d);
    free(c);
}

/* Powers near `from`, all of the budget or up to the first limit, and so far towards those of largest margin that all
 * constraints hold. */
static inline void make_neighbour(const coupled_drop *c, const alloc_coupled *coupled, const cfi_powers *from,
                                  double size, cfi_stream *stream, cfi_powers *to)
{
    const cfi_system *s = &c->d->made.system;
    size_t K = s->K, L = s->L;
    double total = 0.0, factor = INFINITY, low = 0.0, high = 1.0;
    cfi_powers mixed = {.p = malloc(K * L * sizeof(double)), .s = malloc(L * sizeof(double))};

    for (size_t l = 0; l < L; l++) {
        double each = s->power.budget_w / (double)L, q;

        for (size_t k = 0; k < K; k++) {
            double w = sqrt(from->p[k + K * l]) + size * sqrt(each) * made_uniform(stream, -1.0, 1.0);

            to->p[k + K * l] = w > 0.0 && link_serves(&c->d->link, k, l) ? w * w : 0.0;
        }
        to->s[l] = fmax(from->s[l] + size * each * made_uniform(stream, -1.0, 1.0), 0.0);
        q = raw_users(c->d, to, l) + to->s[l];
        total += q;
        factor = s->power.ap_limit_w ? fmin(factor, s->power.ap_limit_w[l] / q) : factor;
    }
    factor = fmin(factor, s->power.budget_w / total);
    for (size_t i = 0; i < K * L; i++) {
        to->p[i] *= factor;
        to->s[i / K] *= i % K == 0 ? factor : 1.0;
    }
    for (int i = 0; i < 40; i++) {
        double share = i == 0 ? 0.0 : 0.5 * (low + high);

        for (size_t l = 0; l < L; l++) {
            double x = raw_users(c->d, to, l), best = coupled->x[l] * coupled->unit_w;

            for (size_t k = 0; k < K; k++) {
                mixed.p[k + K * l] =
                    to->p[k + K * l] * (1.0 - share) + share * best * (x > 0.0 ? to->p[k + K * l] / x : 0.0);
            }
            mixed.s[l] = to->s[l] * (1.0 - share) + share * coupled->s[l] * coupled->unit_w;
        }
        if (raw_margin(c, &mixed) >= 1.0) {
            high = share;
        } else {
            low = share;
        }
        if (i == 0 && high == 0.0) {
            break;
        }
    }
    memcpy(to->p, mixed.p, K * L * sizeof(double));
    memcpy(to->s, mixed.s, L * sizeof(double));
    free(mixed.p);
    free(mixed.s);
}

/* The best of `count` neighbours of an allocation, over its sum rate; *tried: how many could be made feasible. */
static inline double best_neighbour_of(coupled_drop *c, const cfi_allocation *allocation, int count, uint64_t seed,
                                       size_t *tried)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 99);
    alloc_coupled coupled;
    double best = 0.0;

    assert_int_equal(coupled_make(&c->d->link, NULL, c->d->arena, &coupled, NULL), CFI_OK);
    for (int i = 0; i < count; i++) {
        make_neighbour(c, &coupled, &allocation->powers, pow(10.0, -1.0 - i % 4), &stream, &c->d->powers);
        if (raw_coupled_violation(c, &c->d->powers) <= 1e-9) {
            best = fmax(best, raw_sum_rate(c->d, &c->d->powers) / allocation->sum_rate_bit_s_hz);
            ++*tried;
        }
    }
    return best;
}

#endif
