/* Interference that users of one pilot hear coherently. docs/model.md (M5).
 *
 * Users stand in slots, pilot by pilot, so that the sums of pairs are products of dense blocks: the users of a pilot
 * that others use too fill whole streams of STREAMS slots, with zeros where there are none left. Four users ("a quad")
 * times all streams of their pilot are added up at once, over GATHERED_APS access points at a time. That takes every
 * user to hear the streams of its pilot alike; where the link has means for each pair, these are rows, summed one by
 * one. */
#include "metrics/coherent.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

enum {
    QUAD = 4,            /* users whose sums are computed together */
    STREAMS = 8,         /* whose sums are computed together: a vector of 512 bits */
    GATHERED_APS = 32,   /* access points: what is gathered of them stays in the second cache */
    MOST_SUMS = 1 << 17, /* that a thread keeps at a time, a MiB; more where four users need more */
};

/* Who stands where. */
typedef struct slots {
    size_t count;
    size_t *user;        /* count: who stands there, or K */
    size_t *first, *end; /* count: the slots of the same pilot */
} slots;

/* What the threads share. */
typedef struct coherent_job {
    const cfi_link *link;
    const cfi_powers *powers;
    slots slots;
    size_t block, sums; /* access points gathered at once; sums that a thread has room for */
    double *scratch;    /* coherent_scratch doubles a thread */
    double *noise;
} coherent_job;

static size_t coherent_scratch(const coherent_job *job)
{
    return job->sums + 2 * job->block * job->slots.count;
}

static size_t users_of_pilot(const cfi_link *link, size_t first)
{
    size_t users = 0;

    for (size_t k = first; k < link->K; k = link->pilot_next[k]) {
        users++;
    }
    return users;
}

/* Slots of the users whose pilot has the first user k; 0 unless several share it. */
static size_t slots_of_pilot(const cfi_link *link, size_t k)
{
    size_t users = link->pilot_first[k] == k ? users_of_pilot(link, k) : 0;

    return users > 1 ? (users + STREAMS - 1) / STREAMS * STREAMS : 0;
}

static size_t count_slots(const cfi_link *link)
{
    size_t count = 0;

    for (size_t k = 0; k < link->K; k++) {
        count += slots_of_pilot(link, k);
    }
    return count;
}

static void fill_slots(const cfi_link *link, slots *s)
{
    size_t first = 0;

    for (size_t k = 0; k < link->K; k++) {
        size_t end = first + slots_of_pilot(link, k), j = k;

        for (size_t i = first; i < end; i++) {
            s->user[i] = j;
            s->first[i] = first;
            s->end[i] = end;
            j = j < link->K ? link->pilot_next[j] : link->K;
        }
        first = end;
    }
}

/* sums[width i + v] += sum_a c[stride a + i] q[stride a + v] for the users i of a quad, one access point after the
 * other. */
CLONES(static, void, add_products,
       (size_t aps, size_t stride, size_t width, const double *c, const double *q, double *sums),
       (aps, stride, width, c, q, sums))
{
    for (size_t v = 0; v < width; v += STREAMS) {
        double sum[QUAD][STREAMS];

        for (size_t i = 0; i < QUAD; i++) {
            memcpy(sum[i], sums + width * i + v, sizeof sum[i]);
        }
        for (size_t a = 0; a < aps; a++) {
            for (size_t i = 0; i < QUAD; i++) {
                for (size_t j = 0; j < STREAMS; j++) {
                    sum[i][j] += c[stride * a + i] * q[stride * a + v + j];
                }
            }
        }
        for (size_t i = 0; i < QUAD; i++) {
            memcpy(sums + width * i + v, sum[i], sizeof sum[i]);
        }
    }
}

/* Amplitudes heard and sent, c_k and sqrt(p_j), of the slots from `first` on at access points l .. l + aps - 1. */
static void gather(const coherent_job *job, size_t l, size_t aps, size_t first, size_t count, double *c, double *q)
{
    const cfi_link *link = job->link;
    const size_t *user = job->slots.user + first;

    for (size_t a = 0; a < aps; a++) {
        for (size_t i = 0; i < count; i++) {
            size_t k = user[i];

            /* whoever sends it: link_coherent where no means are given */
            c[count * a + i] = k < link->K ? link->heard[k + link->K * (l + a)] : 0.0;
            q[count * a + i] = k < link->K ? sqrt(job->powers->p[k + link->K * (l + a)]) : 0.0;
        }
    }
}

/* Squares of the sums of a quad, to the noise of its users. */
static void add_squares(const coherent_job *job, size_t slot, const double *sums)
{
    const slots *s = &job->slots;
    size_t width = s->end[slot] - s->first[slot];

    for (size_t i = slot; i < slot + QUAD && s->user[i] < job->link->K; i++) {
        double total = 0.0;

        for (size_t j = s->first[slot]; j < s->end[slot] && s->user[j] < job->link->K; j++) {
            double sum = sums[width * (i - slot) + j - s->first[slot]];

            total += j == i ? 0.0 : sum * sum;
        }
        job->noise[s->user[i]] += total;
    }
}

static size_t sums_of_quad(const slots *s, size_t slot)
{
    return QUAD * (s->end[slot] - s->first[slot]);
}

/* The quads from slot `first` to slot `end`, whose sums there is room for. */
static void add_batch(const coherent_job *job, size_t first, size_t end, double *scratch)
{
    const slots *s = &job->slots;
    size_t from = s->first[first], count = s->end[end - 1] - from, L = job->link->L;
    double *sums = scratch, *c = scratch + job->sums, *q = c + job->block * s->count;

    memset(sums, 0, job->sums * sizeof *sums);
    for (size_t l = 0; l < L; l += job->block) {
        size_t aps = L - l < job->block ? L - l : job->block;
        double *at = sums;

        gather(job, l, aps, from, count, c, q);
        for (size_t slot = first; slot < end; at += sums_of_quad(s, slot), slot += QUAD) {
            if (s->user[slot] < job->link->K) {
                add_products(aps, count, s->end[slot] - s->first[slot], c + slot - from, q + s->first[slot] - from, at);
            }
        }
    }
    for (size_t slot = first; slot < end; sums += sums_of_quad(s, slot), slot += QUAD) {
        add_squares(job, slot, sums);
    }
}

/* Quads first .. end - 1, as many at a time as there is room for. */
static void add_quads(void *context, size_t thread, size_t first, size_t end)
{
    const coherent_job *job = context;
    double *scratch = job->scratch + thread * coherent_scratch(job);

    for (size_t slot = QUAD * first, next; slot < QUAD * end; slot = next) {
        size_t sums = 0;

        for (next = slot; next < QUAD * end && sums + sums_of_quad(&job->slots, next) <= job->sums; next += QUAD) {
            sums += sums_of_quad(&job->slots, next);
        }
        add_batch(job, slot, next, scratch);
    }
}

/* All sums if they are few, or as many as are kept at most; always those of a quad. */
static size_t count_sums(const slots *s)
{
    size_t all = 0, largest = 0;

    for (size_t slot = 0; slot < s->count; slot += QUAD) {
        size_t sums = sums_of_quad(s, slot);

        all += sums;
        largest = sums > largest ? sums : largest;
    }
    all = all < MOST_SUMS ? all : MOST_SUMS;
    return all > largest ? all : largest;
}

static bool allocate_slots(size_t count, cfi_arena *arena, slots *s)
{
    size_t *memory = arena_alloc(arena, 3 * count, sizeof *memory);

    *s = (slots){.count = count, .user = memory};
    if (memory) {
        s->first = memory + count;
        s->end = memory + 2 * count;
    }
    return memory;
}

/* ---------------------------------------------------------------- means of each pair ---- */

/* What the threads share where the link has means of its own for each pair. */
typedef struct pair_job {
    const cfi_link *link;
    double *amplitude; /* K rows of L: sqrt(p) */
    double *noise;
} pair_job;

static void add_pairs(void *context, size_t thread, size_t first, size_t end)
{
    const pair_job *job = context;
    const cfi_link *link = job->link;

    (void)thread;
    for (size_t k = first; k < end; k++) {
        const double complex *c = link->coherent + link->L * link->coherent_start[k];

        for (size_t j = link->pilot_first[k]; j < link->K; j = link->pilot_next[j]) {
            double complex sum = 0.0;

            for (size_t l = 0; j != k && l < link->L; l++) {
                sum += c[l] * job->amplitude[l + link->L * j];
            }
            job->noise[k] += creal(sum) * creal(sum) + cimag(sum) * cimag(sum);
            c += j != k ? link->L : 0;
        }
    }
}

static cfi_status add_given(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *noise,
                            cfi_error *error)
{
    size_t K = link->K, L = link->L, most = link->coherent_start[K] / K;
    pair_job job = {.link = link, .amplitude = arena_alloc(arena, K * L, sizeof(double)), .noise = noise};

    if (!job.amplitude) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    for (size_t i = 0; i < K * L; i++) {
        job.amplitude[i / K + L * (i % K)] = sqrt(powers->p[i]);
    }
    threads_share(link->threads, K, threads_even_part(link->threads, K, L * (most + 1)), add_pairs, &job);
    return CFI_OK;
}

static cfi_status add_alike(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *noise,
                            cfi_error *error)
{
    coherent_job job = {
        .link = link, .powers = powers, .block = link->L < GATHERED_APS ? link->L : GATHERED_APS, .noise = noise};
    size_t quads = count_slots(link) / QUAD, part, threads;

    if (!allocate_slots(QUAD * quads, arena, &job.slots)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", link->K);
    }
    fill_slots(link, &job.slots);
    job.sums = count_sums(&job.slots);
    part = threads_even_part(link->threads, quads, link->L * STREAMS);
    threads = (quads + part - 1) / part;
    job.scratch = arena_alloc(arena, threads * coherent_scratch(&job), sizeof(double));
    if (!job.scratch) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", link->K);
    }
    threads_share(threads, quads, part, add_quads, &job);
    return CFI_OK;
}

cfi_status coherent_add(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *noise,
                        cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    cfi_status status =
        link->coherent ? add_given(link, powers, arena, noise, error) : add_alike(link, powers, arena, noise, error);

    arena_release(arena, mark);
    return status;
}
