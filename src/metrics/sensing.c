/* Cramer-Rao bounds of the target angles in closed form. docs/model.md (M6), (M7), (M21), (M24). */
#include "metrics/sensing.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>

static cfi_status out_of_bounds_memory(size_t L, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", L);
}

/* Watts that each access point radiates for its users, L numbers of the arena; NULL when out of memory. */
static double *comm_powers(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_error *error)
{
    double *comm = arena_alloc(arena, link->L, sizeof *comm);

    if (comm) {
        metrics_comm_powers(link, powers, comm);
    } else {
        out_of_bounds_memory(link->L, error);
    }
    return comm;
}

/* What the threads share of sums over the users of each access point. */
typedef struct aims_job {
    const cfi_link *link;
    const cfi_powers *powers;
    cfi_aim *aim; /* L: of signals for users */
} aims_job;

static void aim_aps(void *context, size_t thread, size_t first, size_t end)
{
    const aims_job *job = context;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        job->aim[l] = link_aim(job->link, job->powers, l);
    }
}

/* Aims of all access points' signals for users, L of the arena; NULL when out of memory. */
static cfi_aim *all_aims(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena)
{
    enum { AIM_STEPS = 4 }; /* of a pair */
    aims_job job = {.link = link, .powers = powers, .aim = arena_alloc(arena, link->L, sizeof *job.aim)};

    if (job.aim) {
        threads_share(link->threads, link->L, threads_part(AIM_STEPS * link->K), aim_aps, &job);
    }
    return job.aim;
}

/* The own-echo bound of signals that have directions. */
static cfi_status bound_own_directions(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                       double *restrict crlb, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    const cfi_aim *aim = all_aims(link, powers, arena);

    if (!aim) {
        return out_of_bounds_memory(link->L, error);
    }
    for (size_t p = 0; p < link->L; p++) {
        cfi_aim all = aim[p];

        all.lit += (double)link->system->N * powers->s[p];
        crlb[p] = 1.0 / link_aim_information(link, p, &all);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

/* Bounds take the place of the powers for users. */
CLONES(static, void, bound_diagonal,
       (size_t L, const cfi_information *own, const double *restrict s, double *restrict crlb), (L, own, s, crlb))
{
    const double *restrict comm = own->comm, *restrict sens = own->sens;

    for (size_t p = 0; p < L; p++) {
        crlb[p] = 1.0 / (comm[p] * crlb[p] + sens[p] * s[p]);
    }
}

cfi_status metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                 double *restrict crlb, cfi_error *error)
{
    const cfi_information *own = &link->own_echo;
    size_t L = link->L;
    cfi_arena_mark mark = arena_mark(arena);
    const double *comm;

    if (link->directions.aim) {
        return bound_own_directions(link, powers, arena, crlb, error);
    }
    if (own->diagonal) {
        metrics_comm_powers(link, powers, crlb);
        bound_diagonal(L, own, powers->s, crlb);
        return CFI_OK;
    }
    comm = comm_powers(link, powers, arena, error);
    if (!comm) {
        return CFI_NO_MEMORY;
    }
    for (size_t p = 0; p < L; p++) {
        double sum = 0.0;

        for (size_t l = 0; l < L; l++) {
            sum += own->comm[p + L * l] * comm[l] + own->sens[p + L * l] * powers->s[l];
        }
        crlb[p] = 1.0 / sum;
    }
    arena_release(arena, mark);
    return CFI_OK;
}

static double squared(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

/* sum_l abs(alpha_l)^2 comm_l + N abs(sum_l alpha_l sqrt(s_l))^2: what a receiver with these paths is lit by. */
static double illumination(const cfi_link *link, const cfi_powers *powers, const double *comm,
                           const double complex *alpha)
{
    double diffuse = 0.0;
    double complex beam = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        diffuse += squared(alpha[l]) * comm[l];
        beam += sqrt(powers->s[l]) * alpha[l];
    }
    return diffuse + (double)link->system->N * squared(beam);
}

/* The same by its mean over independent uniform phases of the paths: N sum_l abs(alpha_l)^2 s_l of the beams. */
static double mean_illumination(const cfi_link *link, const cfi_powers *powers, const double *comm,
                                const double complex *alpha)
{
    double N = (double)link->system->N, sum = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        sum += squared(alpha[l]) * (comm[l] + N * powers->s[l]);
    }
    return sum;
}

/* What the threads share of the bounds from all echoes. */
typedef struct bounds_job {
    const cfi_link *link;
    const cfi_powers *powers;
    const sensed_signals *signals;
    double (*illumination)(const cfi_link *, const cfi_powers *, const double *, const double complex *);
    double *information; /* L */
} bounds_job;

double sensing_departure(const cfi_link *link, const sensed_signals *signals, size_t p)
{
    return signals->aim ? link->directions.across[p] * link_aim_residual(&signals->aim[p], signals->share[p])
                        : link->echoes.departure[p] * signals->lit[p];
}

static void receive_aps(void *context, size_t thread, size_t first, size_t end)
{
    const bounds_job *job = context;
    const cfi_echoes *echoes = &job->link->echoes;
    double lit = 0.0;

    (void)thread;
    for (size_t p = first; p < end; p++) {
        if (p == first || !echoes->equal_paths) { /* equal paths: one column serves for all */
            size_t column = echoes->equal_paths ? 0 : p;

            lit = job->illumination(job->link, job->powers, job->signals->lit, echoes->path + job->link->L * column);
        }
        job->information[p] = echoes->arrival[p] * lit;
    }
}

void sensing_arrivals(const cfi_link *link, const cfi_powers *powers, const sensed_signals *signals, bool coherent,
                      double *restrict information)
{
    size_t L = link->L, part = link->echoes.equal_paths ? L : threads_part(4 * L);
    bounds_job job = {link, powers, signals, coherent ? illumination : mean_illumination, information};

    threads_share(link->threads, L, part, receive_aps, &job);
}

/* 1 / (D_p + N s_p / (1 + h_p)), h_p = N sum over l other than p of s_l / D_l: of the inverse of D + N s^1/2 s^1/2^T,
 * the matrix of all path gains, the element of AP p's own one. An access point that only senses (D_l = 0) takes the
 * beams' common stream out. */
static void fill_shares(const cfi_link *link, const double *s, const double *lit, double *behind, double *share)
{
    double N = (double)link->system->N, before = 0.0;

    behind[link->L - 1] = 0.0;
    for (size_t l = link->L - 1; l > 0; l--) {
        behind[l - 1] = behind[l] + (s[l] > 0.0 ? N * s[l] / lit[l] : 0.0);
    }
    for (size_t p = 0; p < link->L; p++) {
        double own = lit[p] + N * s[p] / (1.0 + before + behind[p]);

        share[p] = own > 0.0 ? 1.0 / own : 0.0;
        before += s[p] > 0.0 ? N * s[p] / lit[p] : 0.0;
    }
}

/* Aims and shares of signals with directions, and the part of them that lights the target. */
static cfi_status prepare_directions(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                     sensed_signals *signals, cfi_error *error)
{
    size_t L = link->L;
    const cfi_aim *aim = all_aims(link, powers, arena);
    double *lit = arena_alloc(arena, 3 * L, sizeof *lit);

    if (!aim || !lit) {
        return out_of_bounds_memory(L, error);
    }
    for (size_t l = 0; l < L; l++) {
        lit[l] = aim[l].lit;
    }
    fill_shares(link, powers->s, lit, lit + L, lit + 2 * L);
    *signals = (sensed_signals){.lit = lit, .aim = aim, .share = lit + 2 * L};
    return CFI_OK;
}

cfi_status sensing_signals(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, sensed_signals *signals,
                           cfi_error *error)
{
    if (link->directions.aim) {
        return prepare_directions(link, powers, arena, signals, error);
    }
    *signals = (sensed_signals){.lit = comm_powers(link, powers, arena, error)};
    return signals->lit ? CFI_OK : CFI_NO_MEMORY;
}

/* The bound from all echoes, with the paths' phases or by the mean over them. */
static cfi_status bound_echoes(const cfi_link *link, const cfi_powers *powers, bool coherent, cfi_arena *arena,
                               double *restrict crlb, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    sensed_signals signals;
    cfi_status status = sensing_signals(link, powers, arena, &signals, error);

    if (status == CFI_OK) {
        sensing_arrivals(link, powers, &signals, coherent, crlb);
        for (size_t p = 0; p < link->L; p++) {
            crlb[p] = 1.0 / (crlb[p] + sensing_departure(link, &signals, p));
        }
    }
    arena_release(arena, mark);
    return status;
}

cfi_status metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error)
{
    return bound_echoes(link, powers, true, arena, crlb, error);
}

cfi_status metrics_crlb_noncoherent(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error)
{
    return bound_echoes(link, powers, false, arena, crlb, error);
}
