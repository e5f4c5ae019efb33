/* Interference that depends on the stream: what each stream of an access point costs each user. docs/model.md (M9)
 *
 * K^2 L numbers, of which only those of streams that may be sent are kept, also of those that tell their user nothing
 * (g = 0), which interfere all the same. Both sums over them, that of powers at a user and that of weights on a stream,
 * run over LANES streams at once, for each of which they are sums of their own. */
#include "alloc/problem.h"

#include "base/clones.h"
#include "base/threads.h"

/* Users whose interference is added up at once. */
enum { SUMMED_USERS = 64 };

/* Lists the streams of all access points if there is room for them; returns the number of groups. */
static size_t list_streams(const alloc_problem *problem, size_t *stream)
{
    size_t groups = 0;

    for (size_t l = 0; l < problem->L; l++) {
        size_t count = 0;

        problem->stream_start[l] = groups;
        for (size_t j = 0; j < problem->K; j++) {
            if (link_serves(problem->link, j, l)) {
                if (stream) {
                    stream[LANES * groups + count] = j;
                }
                count++;
            }
        }
        groups += rows_stride(count) / LANES;
        for (; stream && count % LANES > 0; count++) {
            stream[LANES * problem->stream_start[l] + count] = problem->K;
        }
    }
    problem->stream_start[problem->L] = groups;
    return groups;
}

static void fill_loads(void *context, size_t thread, size_t first, size_t end)
{
    const alloc_problem *problem = context;
    size_t K = problem->K;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        for (size_t b = problem->stream_start[l]; b < problem->stream_start[l + 1]; b++) {
            double *load = problem->load_by_stream + LANES * K * b;

            for (size_t i = 0; i < LANES; i++) {
                size_t j = problem->stream[LANES * b + i];

                for (size_t k = 0; k < K; k++) {
                    load[LANES * k + i] = j < K ? problem_load(problem, k, j, l) : 0.0;
                }
            }
        }
    }
}

cfi_status problem_list_streams(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, L = problem->L, threads = problem->link->threads, groups;

    problem->stream_start = arena_alloc(arena, L + 1, sizeof(size_t));
    if (problem->stream_start) {
        groups = list_streams(problem, NULL);
        problem->stream = arena_alloc(arena, LANES * groups, sizeof(size_t));
        problem->load_by_stream = arena_alloc(arena, LANES * K * groups, sizeof(double));
    }
    if (!problem->stream_start || !problem->stream || !problem->load_by_stream) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the interference of %zu users' streams", K);
    }
    list_streams(problem, problem->stream);
    threads_share(threads, L, threads_even_part(threads, L, K * K), fill_loads, problem);
    return CFI_OK;
}

/* --------------------------------------------------------------------- powers at users ---- */

/* Powers of the streams of a group. */
static void gather_powers(const alloc_problem *problem, const double *w, size_t l, size_t b, double power[LANES])
{
    for (size_t i = 0; i < LANES; i++) {
        size_t j = problem->stream[LANES * b + i];
        double amplitude = j < problem->K ? w[problem_at(problem, j, l)] : 0.0;

        power[i] = amplitude * amplitude;
    }
}

/* sum[LANES k + i] += load[LANES k + i] power[i] */
CLONES(static, void, add_group, (size_t users, const double *restrict load, const double *power, double *restrict sum),
       (users, load, power, sum))
{
    for (size_t k = 0; k < users; k++) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            sum[LANES * k + i] += load[LANES * k + i] * power[i];
        }
    }
}

/* What the threads share of the sums over streams. */
typedef struct stream_sums {
    const alloc_problem *problem;
    const double *w;
    double *interference;
} stream_sums;

static void add_to_users(void *context, size_t thread, size_t first, size_t end)
{
    const stream_sums *s = context;
    const alloc_problem *problem = s->problem;

    (void)thread;
    for (; first < end; first += SUMMED_USERS) {
        size_t users = end - first < SUMMED_USERS ? end - first : SUMMED_USERS;
        double sum[LANES * SUMMED_USERS] = {0.0}, power[LANES];

        for (size_t l = 0; l < problem->L; l++) {
            for (size_t b = problem->stream_start[l]; b < problem->stream_start[l + 1]; b++) {
                gather_powers(problem, s->w, l, b, power);
                add_group(users, problem->load_by_stream + LANES * (first + problem->K * b), power, sum);
            }
        }
        for (size_t k = 0; k < users; k++) {
            const double *part = sum + LANES * k;

            s->interference[first + k] +=
                ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
        }
    }
}

void problem_add_streams(const alloc_problem *problem, const double *w, double *interference)
{
    stream_sums s = {.problem = problem, .w = w, .interference = interference};
    size_t threads = problem->link->threads, groups = problem->stream_start[problem->L];

    threads_share(threads, problem->K, threads_even_part(threads, problem->K, LANES * groups), add_to_users, &s);
}

/* --------------------------------------------------------------------- weights on streams ---- */

/* sum_k weight_k load_k for the streams of a group. */
CLONES(static, void, price_group, (size_t K, const double *restrict load, const double *restrict weight, double *price),
       (K, load, weight, price))
{
    enum { SIDE_BY_SIDE = 4 }; /* additions that need not wait for each other */
    double sum[SIDE_BY_SIDE][LANES] = {{0.0}};
    size_t k = 0;

    for (; k + SIDE_BY_SIDE <= K; k += SIDE_BY_SIDE) {
        for (size_t c = 0; c < SIDE_BY_SIDE; c++) {
#pragma omp simd
            for (size_t i = 0; i < LANES; i++) {
                sum[c][i] += load[LANES * (k + c) + i] * weight[k + c];
            }
        }
    }
    for (; k < K; k++) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            sum[0][i] += load[LANES * k + i] * weight[k];
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        price[i] = (sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i]);
    }
}

void problem_price_streams(const alloc_problem *problem, const double *weight, size_t first, size_t end, double *rows)
{
    for (size_t l = first; l < end && l < problem->L; l++) {
        for (size_t b = problem->stream_start[l]; b < problem->stream_start[l + 1]; b++) {
            double price[LANES];

            price_group(problem->K, problem->load_by_stream + LANES * problem->K * b, weight, price);
            for (size_t i = 0; i < LANES && problem->stream[LANES * b + i] < problem->K; i++) {
                rows[problem_at(problem, problem->stream[LANES * b + i], l)] = price[i];
            }
        }
    }
}
