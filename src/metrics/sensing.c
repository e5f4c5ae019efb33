/* Cramer-Rao bounds of the target angles in closed form. docs/model.md (M6), (M7), (M21). */
#include "cfisac/metrics.h"

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
    comm = comm_powers(link, powers, arena, error);
    if (!comm) {
        return CFI_NO_MEMORY;
    }
    for (size_t p = 0; p < L; p++) {
        double sum = 0.0;

        for (size_t l = own->diagonal ? p : 0; l < (own->diagonal ? p + 1 : L); l++) {
            size_t at = own->diagonal ? p : p + L * l;

            sum += own->comm[at] * comm[l] + own->sens[at] * powers->s[l];
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

/* What the threads share of the bounds from all echoes. */
typedef struct bounds_job {
    const cfi_link *link;
    const cfi_powers *powers;
    const double *comm;  /* L: watts for users; of signals with directions, what of them lights the target */
    const cfi_aim *aim;  /* L: of signals with directions, else NULL */
    const double *share; /* L: the same */
    double *crlb;
} bounds_job;

/* Information about the angle of departure of AP p's signals for users. */
static double departure_of(const bounds_job *job, size_t p)
{
    const cfi_link *link = job->link;

    return job->aim ? link->directions.across[p] * link_aim_residual(&job->aim[p], job->share[p])
                    : link->echoes.departure[p] * job->comm[p];
}

static void bound_aps(void *context, size_t thread, size_t first, size_t end)
{
    const bounds_job *job = context;
    const cfi_echoes *echoes = &job->link->echoes;
    double lit = 0.0;

    (void)thread;
    for (size_t p = first; p < end; p++) {
        if (p == first || !echoes->equal_paths) { /* equal paths: one column serves for all */
            size_t column = echoes->equal_paths ? 0 : p;

            lit = illumination(job->link, job->powers, job->comm, echoes->path + job->link->L * column);
        }
        job->crlb[p] = 1.0 / (echoes->arrival[p] * lit + departure_of(job, p));
    }
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
static cfi_status prepare_directions(bounds_job *job, cfi_arena *arena, cfi_error *error)
{
    size_t L = job->link->L;
    const cfi_aim *aim = all_aims(job->link, job->powers, arena);
    double *lit = arena_alloc(arena, 3 * L, sizeof *lit);

    if (!aim || !lit) {
        return out_of_bounds_memory(L, error);
    }
    for (size_t l = 0; l < L; l++) {
        lit[l] = aim[l].lit;
    }
    fill_shares(job->link, job->powers->s, lit, lit + L, lit + 2 * L);
    job->comm = lit;
    job->aim = aim;
    job->share = lit + 2 * L;
    return CFI_OK;
}

cfi_status metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error)
{
    size_t L = link->L, part = link->echoes.equal_paths ? L : threads_part(4 * L);
    cfi_arena_mark mark = arena_mark(arena);
    bounds_job job = {.link = link, .powers = powers, .crlb = crlb};
    cfi_status status = CFI_OK;

    if (link->directions.aim) {
        status = prepare_directions(&job, arena, error);
    } else {
        job.comm = comm_powers(link, powers, arena, error);
        status = job.comm ? CFI_OK : CFI_NO_MEMORY;
    }
    if (status == CFI_OK) {
        threads_share(link->threads, L, part, bound_aps, &job);
    }
    arena_release(arena, mark);
    return status;
}
