/* Cramer-Rao bounds of the target angles in closed form. docs/model.md (M6), (M7). */
#include "cfisac/metrics.h"

#include "base/threads.h"

#include <math.h>

/* Watts that each access point radiates for its users, L numbers of the arena; NULL when out of memory. */
static double *comm_powers(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_error *error)
{
    double *comm = arena_alloc(arena, link->L, sizeof *comm);

    if (comm) {
        metrics_comm_powers(link, powers, comm);
    } else {
        error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", link->L);
    }
    return comm;
}

cfi_status metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                 double *restrict crlb, cfi_error *error)
{
    const cfi_information *own = &link->own_echo;
    size_t L = link->L;
    cfi_arena_mark mark = arena_mark(arena);
    const double *comm = comm_powers(link, powers, arena, error);

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
    const double *comm; /* L: watts for users */
    double *crlb;
} bounds_job;

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
        job->crlb[p] = 1.0 / (echoes->arrival[p] * lit + echoes->departure[p] * job->comm[p]);
    }
}

cfi_status metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error)
{
    size_t L = link->L, part = link->echoes.equal_paths ? L : threads_part(4 * L);
    cfi_arena_mark mark = arena_mark(arena);
    bounds_job job = {.link = link, .powers = powers, .comm = comm_powers(link, powers, arena, error), .crlb = crlb};

    if (!job.comm) {
        return CFI_NO_MEMORY;
    }
    threads_share(link->threads, L, part, bound_aps, &job);
    arena_release(arena, mark);
    return CFI_OK;
}
