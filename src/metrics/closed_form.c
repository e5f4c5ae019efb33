/* Achievable rates in closed form. docs/model.md (M4), (M5), (M8). */
#include "base/clones.h"
#include "base/threads.h"
#include "base/units.h"
#include "metrics/coherent.h"

#include <math.h>
#include <string.h>

double metrics_comm_power(size_t K, const cfi_powers *powers, size_t l)
{
    double sum = 0.0;

    for (size_t i = K * l; i < K * (l + 1); i++) {
        sum += powers->p[i];
    }
    return sum;
}

/* Sums of CHAINS access points at once: each is a chain of additions, and the next one's need not wait for it. */
enum { CHAINS = 8 };

static void add_up_rows(size_t K, const double *p, double *restrict comm)
{
    double sum[CHAINS] = {0.0};

    for (size_t k = 0; k < K; k++) {
        for (size_t i = 0; i < CHAINS; i++) {
            sum[i] += p[k + K * i];
        }
    }
    memcpy(comm, sum, sizeof sum);
}

/* What the threads share of the sums over users. */
typedef struct comm_job {
    size_t K;
    const cfi_powers *powers;
    double *comm;
} comm_job;

static void add_up_aps(void *context, size_t thread, size_t first, size_t end)
{
    const comm_job *job = context;
    size_t l = first;

    (void)thread;
    for (; l + CHAINS <= end; l += CHAINS) {
        add_up_rows(job->K, job->powers->p + job->K * l, job->comm + l);
    }
    for (; l < end; l++) {
        job->comm[l] = metrics_comm_power(job->K, job->powers, l);
    }
}

void metrics_comm_powers(const cfi_link *link, const cfi_powers *powers, double *restrict comm)
{
    comm_job job = {.K = link->K, .powers = powers, .comm = comm};

    threads_share(link->threads, link->L, threads_part(link->K), add_up_aps, &job);
}

/* What the threads share of the sums over access points: each adds up those of its own users. */
typedef struct sinr_job {
    const cfi_link *link;
    const cfi_powers *powers;
    const double *comm;    /* L: watts for users */
    double *heard, *noise; /* K: the own stream's amplitude, and all powers */
} sinr_job;

enum { FEW = 4 }; /* users whose sums stay in registers */

/* Users k .. k + FEW - 1 where V does not depend on the stream. */
INLINE void add_own_few(const sinr_job *job, size_t k)
{
    const cfi_link *link = job->link;
    double heard[FEW], noise[FEW];

    memcpy(heard, job->heard + k, sizeof heard);
    memcpy(noise, job->noise + k, sizeof noise);
    for (size_t l = 0; l < link->L; l++) {
        size_t row = k + link->K * l;
        const double *g = link->g + row, *p = job->powers->p + row, *V = link->V + row, *S = link->S + row;
        double comm = job->comm[l], sens = job->powers->s[l];

#pragma omp simd
        for (size_t i = 0; i < FEW; i++) {
            heard[i] += g[i] * sqrt(p[i]);
            noise[i] += V[i] * comm + S[i] * sens;
        }
    }
    memcpy(job->heard + k, heard, sizeof heard);
    memcpy(job->noise + k, noise, sizeof noise);
}

/* Users first .. end - 1, the same: long rows are read once, one after the other. */
CLONES(static, void, add_own, (const sinr_job *job, size_t first, size_t end), (job, first, end))
{
    const cfi_link *link = job->link;
    double *restrict heard = job->heard, *restrict noise = job->noise;

    if (end - first >= FEW && end - first < (size_t)2 * FEW) {
        add_own_few(job, first);
        first += FEW;
    }
    for (size_t l = 0; first < end && l < link->L; l++) {
        size_t row = link->K * l;
        const double *restrict g = link->g + row, *restrict p = job->powers->p + row, *V = link->V + row,
                               *S = link->S + row;
        double comm = job->comm[l], sens = job->powers->s[l];

        for (size_t k = first; k < end; k++) {
            heard[k] += g[k] * sqrt(p[k]);
            noise[k] += V[k] * comm + S[k] * sens;
        }
    }
}

/* V_kj,l sum_j p_jl where it does: what user k hears of AP l's users by chance. */
static double stray_power(const cfi_link *link, const cfi_powers *powers, size_t k, size_t l)
{
    size_t K = link->K;
    double sum = 0.0;

    for (size_t j = 0; j < K; j++) {
        sum += link->V_by_stream[k + K * (j + K * l)] * powers->p[j + K * l];
    }
    return sum;
}

static void add_stray_by_stream(const sinr_job *job, size_t first, size_t end)
{
    const cfi_link *link = job->link;

    for (size_t l = 0; l < link->L; l++) {
        for (size_t k = first; k < end; k++) {
            size_t i = k + link->K * l;

            job->heard[k] += link->g[i] * sqrt(job->powers->p[i]);
            job->noise[k] += stray_power(link, job->powers, k, l) + link->S[i] * job->powers->s[l];
        }
    }
}

static void add_up_users(void *context, size_t thread, size_t first, size_t end)
{
    const sinr_job *job = context;

    (void)thread;
    for (size_t k = first; k < end; k++) {
        job->heard[k] = 0.0;
        job->noise[k] = job->link->system->power.comm_noise_w;
    }
    if (job->link->V_by_stream) {
        add_stray_by_stream(job, first, end);
    } else {
        add_own(job, first, end);
    }
}

cfi_status metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                        double *restrict sinr, cfi_error *error)
{
    enum { SINR_STEPS = 4 }; /* of a pair: the root */
    size_t K = link->K, L = link->L, part = threads_even_part(link->threads, K, SINR_STEPS * L);
    cfi_arena_mark mark = arena_mark(arena);
    double *noise = arena_alloc(arena, K + L, sizeof *noise);
    sinr_job job = {.link = link, .powers = powers, .heard = sinr, .noise = noise};
    cfi_status status = CFI_OK;

    if (!noise) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    metrics_comm_powers(link, powers, noise + K);
    job.comm = noise + K;
    threads_share(link->threads, K, part, add_up_users, &job);
    if (model == CFI_RATE_EXACT && link->pilots_overlap) {
        status = coherent_add(link, powers, arena, noise, error);
    }
    for (size_t k = 0; k < K; k++) {
        sinr[k] *= sinr[k] / noise[k];
    }
    arena_release(arena, mark);
    return status;
}

double metrics_rates(const cfi_system *system, const double *sinr, double *rate)
{
    double sum = 0.0;

    for (size_t k = 0; k < system->K; k++) {
        double own = system->frame.prelog * log1p(sinr[k]) / LN2;

        sum += own;
        if (rate) {
            rate[k] = own;
        }
    }
    return sum;
}
