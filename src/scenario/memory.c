/* What a trial will need in memory, before anything is allocated. docs/solver.md. */
#include "scenario/available.h"

#include <math.h>
#include <stdlib.h>

enum { MULTISTATIC_MAX_APS = 512 };

/* Users by the pilots they share. */
typedef struct pilot_groups {
    double squares; /* sum over pilots of users^2: ordered pairs of users on one pilot, each user with itself too */
    double largest;
    double used; /* pilots that somebody has */
} pilot_groups;

static pilot_groups groups_of_list(const cfi_system *system)
{
    size_t *count = calloc(system->frame.tau_p + 1, sizeof *count);
    pilot_groups groups = {.squares = 0.0};

    if (!count) { /* more than can be: all on one pilot */
        return (pilot_groups){
            .squares = (double)system->K * (double)system->K, .largest = (double)system->K, .used = 1.0};
    }
    for (size_t k = 0; k < system->K; k++) {
        count[system->frame.pilot[k]]++;
    }
    for (size_t i = 0; i < system->frame.tau_p; i++) {
        groups.squares += (double)count[i] * (double)count[i];
        groups.largest = fmax(groups.largest, (double)count[i]);
        groups.used += count[i] > 0 ? 1.0 : 0.0;
    }
    free(count);
    return groups;
}

/* Of drawn pilots the expected number of pairs; greedy ones are as uneven. */
static pilot_groups make_groups(const cfi_system *system)
{
    double K = (double)system->K, pilots = (double)(system->frame.tau_p > 0 ? system->frame.tau_p : system->K);
    double whole = floor(K / pilots), rest = K - whole * pilots;

    if (system->frame.pilot) {
        return groups_of_list(system);
    }
    if (system->frame.pilot_assignment == CFI_PILOTS_RANDOM ||
        (system->frame.pilot_assignment == CFI_PILOTS_GREEDY && K > pilots)) {
        return (pilot_groups){
            .squares = K + K * (K - 1.0) / pilots, .largest = ceil(K / pilots), .used = fmin(K, pilots)};
    }
    return (pilot_groups){.squares = rest * (whole + 1.0) * (whole + 1.0) + (pilots - rest) * whole * whole,
                          .largest = whole + (rest > 0.0 ? 1.0 : 0.0),
                          .used = fmin(K, pilots)};
}

/* Share of the pairs of user and access point that are served, about: an access point that is some user's strongest
 * one often serves it anyway. */
static double served_share(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K;

    switch (system->clusters.mode) {
    case CFI_CLUSTERS_STRONGEST:
        return (double)system->clusters.aps_per_user / L;
    case CFI_CLUSTERS_DCC:
        return fmin(make_groups(system).used / K + 0.5 / L, 1.0);
    case CFI_CLUSTERS_ALL:
        break;
    }
    return 1.0;
}

/* Whether channels fade otherwise than i.i.d. Rayleigh. */
static bool fading_is_kept(const cfi_system *system)
{
    return system->fading.rician != CFI_RICIAN_NONE || system->fading.correlation != CFI_FADING_UNCORRELATED;
}

/* Whether second moments are simulated: precoders without a closed form for the fading. */
static bool moments_are_simulated(const cfi_system *system)
{
    cfi_precoder_kind kind = system->precoding.kind;

    return kind == CFI_PRECODER_RZF || kind == CFI_PRECODER_LP_MMSE ||
           (kind == CFI_PRECODER_ZF && fading_is_kept(system));
}

/* Whether what a user hears of a stream depends on the stream. */
static bool streams_differ(const cfi_system *system)
{
    return fading_is_kept(system) || moments_are_simulated(system);
}

/* Rows of what users hear coherently: of such fading the means have a real and an imaginary part. */
static double coherent_rows(const cfi_system *system, pilot_groups groups)
{
    return (fading_is_kept(system) ? 2.0 : 1.0) * (groups.squares - (double)system->K);
}

/* Entries of the factor. Fitted to first steps of 3 to 1024 access points, 4 to 100 users and 1 to 100 pilots, by what
 * is left dense in the end: on one pilot the pairs of users or, where those are more, the amplitudes; on several a part
 * for each user, unless more users share a pilot than there are access points. */
static double factor_entries(const cfi_system *system, pilot_groups groups, double heard)
{
    double L = (double)system->L, K = (double)system->K, served = served_share(system);
    double pairs = K * K * (K + 1.0) * (K + 1.0) + 1.2 * L * K * K * K;
    double amplitudes = 1.3 * K * K * L * L * served * served;

    if (K > 1.0 && groups.largest >= K) {
        return system->allocation.surrogate == CFI_SURROGATE_PRODUCT ? fmin(pairs, amplitudes) : amplitudes;
    }
    return groups.largest > L ? amplitudes : 9.0 * L * heard * served;
}

/* Of sensing that couples access points: three dense rows of the position, one of what lights all receivers, or one for
 * each receiver where paths have gains of their own. */
static double coupled_terms(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;
    double L = (double)system->L, rows = sensing->position_threshold_m > 0.0 ? 3.0 : 0.0;

    if (sensing->crlb_threshold_rad2 && sensing->crlb_model == CFI_CRLB_NONCOHERENT) {
        rows += sensing->path_gains ? L : 1.0;
    }
    return 3.0 * L * rows;
}

static double cone_solver_bytes(const cfi_system *system, pilot_groups groups)
{
    double L = (double)system->L, K = (double)system->K, overlap = groups.squares > K ? 1.0 : 0.0;
    /* by users, in all: streams coherently, each with itself too, and each stream's power where those differ */
    double heard = K + coherent_rows(system, groups) + (streams_differ(system) ? K * K : 0.0);
    double served = served_share(system), entries = factor_entries(system, groups, heard);
    /* every user hears every access point, but pairs have amplitudes where they are served */
    double terms = L * heard * served + (3.0 + 3.5 * served) * K * L;
    double coupled = coupled_terms(system);
    double sizes = (2.0 + overlap) * K * L * served + overlap * groups.squares + 12.0 * (K + L);

    /* the matrix before factorisation is kept beside a factor with little fill (MOST_FILL in src/socp/kkt.c) */
    return (entries > 8.0 * terms ? 8.0 : 16.0) * entries + 115.0 * (terms + coupled) + 240.0 * sizes;
}

/* States of users and rows of pairs, with a history of them; rows of access points; amplitudes where pairs add up.
 * Where streams differ amplitudes, and prices and worths of them; how much they yield where pairs add up, too. With
 * rate targets lifts of users, and what streams cause at each of them, twice. */
static double response_bytes(const cfi_system *system, double rows)
{
    double L = (double)system->L, K = (double)system->K, pairs = rows > 0.0 ? 1.0 : 0.0;
    double arrays = streams_differ(system) ? 3.0 + pairs : pairs;
    double targets = system->allocation.rate_target_bit_s_hz ? 29.0 * K + 2.0 * K * K + L : 0.0;

    return 8.0 * (26.0 * (2.0 * K + rows) + 12.0 * L + arrays * K * L + targets);
}

/* Streams in lanes with what a unit of their power is at each user, and rows of coherent means. */
static double loads_bytes(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K, sent = 8.0 * ceil(K * served_share(system) / 8.0);

    return streams_differ(system)
               ? 8.0 * L * (K * sent + (fading_is_kept(system) ? coherent_rows(system, make_groups(system)) : 0.0))
               : 0.0;
}

/* The cone problem of feasibility where every receiver has a row of all powers, whatever the method: 620 bytes a pair
 * of access points were measured with 256 of them, 840 with 512. */
static double feasibility_bytes(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;
    bool dense = sensing->crlb_threshold_rad2 && sensing->crlb_model == CFI_CRLB_NONCOHERENT && sensing->path_gains;

    return dense ? 850.0 * (double)system->L * (double)system->L : 0.0;
}

/* The cone problem of an objective that is solved globally: 4,500 to 5,600 bytes a pair that is served were measured
 * with 32 to 512 access points and 4 to 16 users; where streams differ every user has a row of all powers. */
static double global_bytes(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K, served = served_share(system);

    return 5000.0 * K * L * served + (streams_differ(system) ? 115.0 * K * K * L * served : 0.0);
}

static bool is_solved_globally(const cfi_system *system)
{
    return system->allocation.objective != CFI_SUM_RATE && system->allocation.objective != CFI_PROPORTIONAL_FAIR &&
           system->allocation.solver != CFI_SOLVER_STRUCTURED;
}

/* Information of signals that have directions, raised: steps, and beside their solver that of the proof. */
static double raised_bytes(const cfi_system *system, pilot_groups groups)
{
    bool steps = system_asks_rates(system) || system->allocation.solver == CFI_SOLVER_SOCP;

    return steps ? cone_solver_bytes(system, groups) + global_bytes(system) : 0.0;
}

/* What the solver of the allocation takes. */
static double allocation_bytes(const cfi_system *system)
{
    pilot_groups groups = make_groups(system);
    bool coherent = system->rate_model == CFI_RATE_EXACT, response = system->allocation.solver == CFI_SOLVER_STRUCTURED;

    if (system->allocation.method != CFI_METHOD_SCA) {
        return 0.0;
    }
    if (!coherent) {
        groups = (pilot_groups){.squares = (double)system->K, .largest = 1.0};
    }
    if (objective_has_directions(system)) {
        return loads_bytes(system) + raised_bytes(system, groups);
    }
    if (is_solved_globally(system) && groups.largest <= 1.0) {
        return loads_bytes(system) + global_bytes(system);
    }
    if (system->allocation.solver == CFI_SOLVER_AUTO) {
        response = system->allocation.surrogate == CFI_SURROGATE_PRODUCT &&
                   system->allocation.crlb_constraint == CFI_CRLB_EXACT && !sensing_has_directions(system) &&
                   !system_couples_sensing(system);
    }
    return loads_bytes(system) +
           (response ? response_bytes(system, coherent_rows(system, groups)) : cone_solver_bytes(system, groups));
}

/* Open boxes of a certificate, half of all at most, each with ranges and a dual point; and once what prices are made
 * of and Newton's equations, in which constraints of one access point each are eliminated. */
static double certificate_bytes(const cfi_system *system)
{
    enum { BOX_BYTES = 48, DUAL_POINTS = 4 }; /* a box's place in the heap; dual points of a descent */
    const cfi_sensing *sensing = &system->sensing;
    bool angles = sensing->crlb_threshold_rad2 != NULL, shared = angles && sensing->crlb_model == CFI_CRLB_NONCOHERENT;
    double L = (double)system->L, K = (double)system->K, streams = streams_differ(system) ? K : 1.0;
    double locals = (double)(system->power.ap_limit_w != NULL) + (double)(sensing->detection_threshold > 0.0) +
                    (double)(angles && !shared);
    double extras = (shared ? L : 0.0) + (sensing->position_threshold_m > 0.0 ? 3.0 : 0.0);
    double point = K + 1.0 + extras + locals * L, unknowns = 2.0 * K + 1.0 + extras;
    double data = L * (K * (streams + 3.0) + 3.0 * locals + 2.0 * extras);
    double work = unknowns * (unknowns + streams + 4.0) + L * (locals * unknowns + 2.0 * streams) + DUAL_POINTS * point;

    if (!system->allocation.certify) {
        return 0.0;
    }
    return 0.5 * (double)system->allocation.certify_nodes * (8.0 * (2.0 * K + point) + BOX_BYTES) + 8.0 * (data + work);
}

/* Whether some echo paths differ from others. */
static bool paths_differ(const cfi_sensing *sensing)
{
    return sensing->echo != CFI_ECHO_CONSTANT || sensing->path_gains || sensing->path_phases_rad ||
           sensing->random_path_phase;
}

/* Gains and phases as they were given, and the echo paths of a drop: complex, for every pair unless all are equal. */
static double path_bytes(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;
    double pairs = (double)system->L * (double)system->L, numbers = 0.0;

    if (paths_differ(sensing)) {
        numbers += 2.0 * pairs;
    }
    numbers += sensing->path_gains ? pairs : 0.0;
    return 8.0 * (numbers + (sensing->path_phases_rad ? pairs : 0.0));
}

/* Powers as they were given. */
static double given_bytes(const cfi_system *system)
{
    return system->allocation.powers_w ? 8.0 * (double)system->L * (double)(system->K + 1) : 0.0;
}

/* The correlation of the shadowing between users, and between access points where those have a part of their own;
 * twice, for the eigenvalues on a wrapped area. */
static double shadowing_bytes(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K, copies = system->geometry.wrap_around ? 2.0 : 1.0;

    if (system->propagation.gain || system->propagation.shadowing_correlation == CFI_SHADOWING_NONE) {
        return 0.0;
    }
    return 8.0 * copies * (K * K + (system->propagation.shadowing_correlation == CFI_SHADOWING_BOTH ? L * L : 0.0));
}

/* Of every AP's beams what a chunk of realisations keeps of each, and vectors besides, in the Monte Carlo and before
 * it, where bounds are those of one coherence block. */
static double block_bytes(const cfi_system *system)
{
    enum { CHUNK = 16 }; /* realisations that a thread draws at once */
    double streams = 8.0 * ceil((double)system->K / 8.0), L = (double)system->L;

    return system->sensing.information == CFI_INFORMATION_BLOCK ? (64.0 * CHUNK + 32.0) * streams * L : 0.0;
}

/* Sums of every AP's beams at the target and across, stream by stream: a set a block, of at most as many blocks as
 * realisations, and a few for estimates; paths that differ once more, as products want them. */
static double multistatic_bytes(const cfi_system *system)
{
    double streams = 8.0 * ceil((double)system->K / 8.0), L = (double)system->L,
           blocks = fmin((double)system->monte_carlo.realizations, 100.0);

    return 32.0 * (blocks + 4.0) * streams * L + block_bytes(system) +
           (paths_differ(&system->sensing) ? 16.0 * L * L : 0.0);
}

/* Of an estimator the likelihoods of sixteen realisations and a table of each access point; of a tree of places while
 * it grows its squares, some 200 (N + M - 2)^2 an access point, 2^19 to 2^20 at most, and lookups of every access point
 * in squares far from it. Fitted to 16 to 1024 access points with 4 to 32 antennas. */
static double estimator_bytes(const cfi_system *system)
{
    double L = (double)system->L, N = (double)system->N, M = (double)system->M, span = fmax(N + M - 2.0, 2.0);
    double each = system->sensing.geometry == CFI_GEOMETRY_TARGET ? span * span * L : 0.0;

    return system->monte_carlo.estimator == CFI_ESTIMATOR_NONE
               ? 0.0
               : 8.0 * L * (32.0 * (2.0 * N + M) + 16.0 * (N + M)) + 192.0 * fmin(200.0 * each, 0x1p19) + 400.0 * each;
}

/* What each user hears of each stream, and, over other fading, the means of those on its pilot. */
static double stream_bytes(const cfi_system *system)
{
    double K = (double)system->K, pairs = fading_is_kept(system) ? make_groups(system).squares - K : 0.0;

    return streams_differ(system) ? (double)system->L * (8.0 * K * K + 16.0 * pairs) : 0.0;
}

/* Of one access point: sums in lanes of what is heard with vectors, where a pair has a mean more of them, and how they
 * are added up; a batch of what is heard and of vectors; what is drawn. Over other fading what makes estimates of
 * draws, and outer products of every vector, too, and of lp_mmse errors of the estimates of every access point. */
static double simulated_bytes(const cfi_system *system)
{
    pilot_groups groups = make_groups(system);
    bool kept = fading_is_kept(system), forced = system->precoding.kind == CFI_PRECODER_ZF;
    double K = (double)system->K, N = (double)system->N, pilots = groups.used;
    double rows = kept ? K : pilots, classes = forced ? pilots : rows;
    double products = forced ? rows * classes : 0.5 * rows * (rows + 1.0);
    double means = !kept ? pilots : forced ? K : 0.5 * (groups.squares + K);
    double numbers = 41.0 * products + 122.0 * means + 64.0 * N * (pilots + classes) + (1024.0 + 32.0 * N) * pilots +
                     52.0 * classes + 8.0 * N * N;

    if (!moments_are_simulated(system)) {
        return 0.0;
    }
    if (kept) {
        numbers += 64.0 * N * K + 2.0 * N * (N + 1.0) * K + 10.0 * N * (N + 1.0) * classes;
        numbers += system->precoding.kind == CFI_PRECODER_LP_MMSE ? 2.0 * N * N * (double)system->L : 0.0;
    }
    return 8.0 * numbers;
}

/* What a drop keeps of such fading: its angles, factors and correlations, what estimates have and what is heard of the
 * beam. */
static double fading_bytes(const cfi_system *system)
{
    double pairs = (double)system->L * (double)system->K, N = (double)system->N;

    if (!fading_is_kept(system)) {
        return 0.0;
    }
    return pairs * (8.0 * 4.0 + (system->fading.correlation == CFI_FADING_UNCORRELATED ? 0.0 : 16.0 * N));
}

/* Gains, means of the own streams, powers: what stays of a drop is K x L thrice. */
enum { RECORD_ARRAYS = 3 };

/* With clusters who is served, a byte a pair, and the means of all pairs beside those of served ones. */
static double cluster_bytes(const cfi_system *system)
{
    return system->clusters.mode == CFI_CLUSTERS_ALL ? 0.0 : 9.0 * (double)system->L * (double)system->K;
}

/* While powers are allocated: two arrays of the normalised problem, and four points, of which one start that converges
 * by itself needs two. */
enum { PROBLEM_ARRAYS = 2 + 4 };

double scenario_record_bytes(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K;

    return 8.0 * (RECORD_ARRAYS * K * L + 16.0 * (K + L) + 64.0) + cluster_bytes(system) + fading_bytes(system) +
           stream_bytes(system);
}

double scenario_memory_bytes(const cfi_system *system)
{
    double pairs = (double)system->L * (double)system->K, K = (double)system->K, bytes = scenario_record_bytes(system);

    bytes += path_bytes(system);
    bytes += shadowing_bytes(system);
    bytes += simulated_bytes(system);
    bytes += block_bytes(system);
    bytes += given_bytes(system);
    if (system->allocation.method == CFI_METHOD_SCA) { /* with clusters such means once more, and numbers of powers */
        bytes += (PROBLEM_ARRAYS + (system->clusters.mode == CFI_CLUSTERS_ALL ? 0.0 : 2.0)) * 8.0 * pairs;
    }
    bytes += fmax(allocation_bytes(system), feasibility_bytes(system)); /* one after the other */
    bytes += certificate_bytes(system);
    if (system->monte_carlo.realizations > 0) {
        /* sixteen realisations' channels, estimates and normals, and products */
        bytes += 600.0 * (double)system->N * K + 256.0 * K * K;
        /* a batch of sixteen with the lines of sight and matrices of an access point */
        bytes +=
            fading_is_kept(system) ? 800.0 * (double)system->N * K + 64.0 * (double)system->N * (double)system->N : 0.0;
        bytes += system->L <= MULTISTATIC_MAX_APS ? multistatic_bytes(system) : 0.0;
        bytes += estimator_bytes(system);
    }
    return bytes;
}
