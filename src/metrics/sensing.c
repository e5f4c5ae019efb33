/* Cramer-Rao bounds of the target angles in closed form. docs/model.md (M6), (M7). */
#include "cfisac/metrics.h"

#include <math.h>

cfi_status metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                 double *restrict crlb, cfi_error *error)
{
    const cfi_information *own = &link->own_echo;

    (void)arena;
    (void)error;
    for (size_t p = 0; p < link->L; p++) {
        crlb[p] = 1.0 / (own->comm[p] * metrics_comm_power(link->K, powers, p) + own->sens[p] * powers->s[p]);
    }
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

cfi_status metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error)
{
    const cfi_echoes *echoes = &link->echoes;
    size_t L = link->L;
    double lit = 0.0;
    cfi_arena_mark mark = arena_mark(arena);
    double *comm = arena_alloc(arena, L, sizeof *comm);

    if (!comm) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", L);
    }
    for (size_t l = 0; l < L; l++) {
        comm[l] = metrics_comm_power(link->K, powers, l);
    }
    for (size_t p = 0; p < L; p++) {
        if (p == 0 || !echoes->equal_paths) { /* equal paths: one column serves for all */
            lit = illumination(link, powers, comm, echoes->path + L * p);
        }
        crlb[p] = 1.0 / (echoes->arrival[p] * lit + echoes->departure[p] * comm[p]);
    }
    arena_release(arena, mark);
    return CFI_OK;
}
