/* A bound of the sum rate that knows no boxes: how far power of each access point can be shared. docs/model.md (M34)
 *
 * With X_l = sum_k p_kl and shares c_kl = p_kl / X_l of it, by Cauchy and Schwarz for any rho_kl > 0
 *     u_k^2 = (sum_l g_kl sqrt(c_kl X_l))^2 <= (sum_l rho_kl c_kl) (sum_l g_kl^2 X_l / rho_kl),
 * and with rho_kl = g_kl^2 / (V_kl + 1 / budget), V the least over streams, the last factor is at most I_k, since the
 * noise, 1, is at least sum_l X_l / budget. So SINR_k <= sum_l rho_kl c_kl, where shares of an access point have the
 * sum 1: what is left is concave, and for any lambda > 0 sum_k weight_k ln (1 + SINR_k) <= sum_l max_k lambda_k rho_kl
 *                                       + sum_k [ weight_k ln (weight_k / lambda_k) - weight_k + lambda_k ].
 * Where interference hides the noise, users are many and access points few it is nearly attained. */
#include "alloc/certify.h"

#include "alloc/equations.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CEILING_SMOOTHINGS = 10, CEILING_STEPS = 30, CEILING_HALVINGS = 30 };
/* Of the mean weight at an access point: the first smoothing; each other one is a fifth of the one before. */
static const double FIRST_CEILING_SMOOTHING = 0.1;

/* rho_kl, from above, where the budget is exceeded by rounding. */
static double most_of_share(const certify_data *data, size_t k, size_t l)
{
    double gain = data->gain[k + data->K * l], least = INFINITY;

    for (size_t c = 0; c < data->groups; c++) {
        bool sends = data->groups == 1 || data->gain[c + data->K * l] > 0.0;

        least = sends ? fmin(least, data->load[k + data->K * (c + data->groups * l)]) : least;
    }
    return gain > 0.0 ? gain / (least + (1.0 - 1e-9) / data->budget) * (1.0 + 8.0 * DBL_EPSILON) : 0.0;
}

/* The bound at lambda, and its rounding: two terms a user, one an access point. */
static double bound_of_shares(const certify_data *data, const double *rho, const double *lambda)
{
    size_t K = data->K;
    double sum = 0.0, size = 0.0;

    for (size_t l = 0; l < data->L; l++) {
        double most = 0.0;

        for (size_t k = 0; k < K; k++) {
            most = fmax(most, lambda[k] * rho[k + K * l]);
        }
        sum += most;
        size += most;
    }
    for (size_t k = 0; k < K; k++) {
        double weight = data->weight[k], logarithm = weight * log(weight / lambda[k]);

        sum += logarithm - weight + lambda[k];
        size += fabs(logarithm) + 2.0 * weight + lambda[k];
    }
    return sum + (double)(data->L + 3 * K + 16) * DBL_EPSILON * size;
}

/* The bound as a function of lambda, smooth: maxima become smoothing times logarithms of sums of exponentials, whose
 * slopes are shares. */
typedef struct ceiling_job {
    const certify_data *data;
    const double *rho;
    double smoothing;
    double *lambda, *trial; /* K each */
    double *matrix;         /* K x (K + 1) */
    double *share;          /* K */
} ceiling_job;

/* The smooth maximum over users at AP l, and the shares at it. */
static double smooth_maximum(const ceiling_job *job, const double *lambda, size_t l)
{
    size_t K = job->data->K;
    const double *rho = job->rho + K * l;
    double most = 0.0, sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        most = fmax(most, lambda[k] * rho[k]);
    }
    for (size_t k = 0; k < K; k++) {
        job->share[k] = exp((lambda[k] * rho[k] - most) / job->smoothing);
        sum += job->share[k];
    }
    for (size_t k = 0; k < K; k++) {
        job->share[k] /= sum;
    }
    return most + job->smoothing * log(sum);
}

static double smooth_ceiling(const ceiling_job *job, const double *lambda)
{
    double sum = 0.0;

    for (size_t l = 0; l < job->data->L; l++) {
        sum += smooth_maximum(job, lambda, l);
    }
    for (size_t k = 0; k < job->data->K; k++) {
        sum += lambda[k] - job->data->weight[k] * log(lambda[k]);
    }
    return sum;
}

/* Newton's equations; what a step promises goes nowhere: the bound is taken wherever it ends. */
static bool solve_for_lambda(const ceiling_job *job)
{
    size_t K = job->data->K;
    double *a = job->matrix;

    for (size_t k = 0; k < K; k++) {
        double weight = job->data->weight[k], lambda = job->lambda[k];

        for (size_t j = 0; j < K; j++) {
            a[k + K * j] = k == j ? weight / (lambda * lambda) : 0.0;
        }
        a[k + K * K] = weight / lambda - 1.0;
    }
    for (size_t l = 0; l < job->data->L; l++) {
        const double *rho = job->rho + K * l;

        smooth_maximum(job, job->lambda, l);
        for (size_t k = 0; k < K; k++) {
            double own = job->share[k] * rho[k];

            a[k + K * K] -= own;
            a[k + K * k] += own * rho[k] / job->smoothing;
            for (size_t j = 0; j < K; j++) {
                a[k + K * j] -= own * job->share[j] * rho[j] / job->smoothing;
            }
        }
    }
    return equations_solve(K, a);
}

/* A step, as far as the smooth bound falls; false: no further. */
static bool improve_lambda(const ceiling_job *job)
{
    size_t K = job->data->K;
    const double *step = job->matrix + K * K;
    double before = smooth_ceiling(job, job->lambda), share = 1.0;

    if (!solve_for_lambda(job)) {
        return false;
    }
    for (int i = 0; i < CEILING_HALVINGS; i++, share *= 0.5) {
        bool inside = true;

        for (size_t k = 0; k < K; k++) {
            job->trial[k] = job->lambda[k] + share * step[k];
            inside = inside && job->trial[k] > 0.0;
        }
        if (inside && smooth_ceiling(job, job->trial) < before) {
            memcpy(job->lambda, job->trial, K * sizeof *job->lambda);
            return true;
        }
    }
    return false;
}

/* Less and less smooth, from what equal shares say. */
static double descend_to_ceiling(ceiling_job *job)
{
    size_t K = job->data->K;
    double weights = 0.0, bound;

    for (size_t k = 0; k < K; k++) {
        double sinr = 0.0;

        for (size_t l = 0; l < job->data->L; l++) {
            sinr += job->rho[k + K * l] / (double)K;
        }
        job->lambda[k] = job->data->weight[k] / (1.0 + sinr);
        weights += job->data->weight[k];
    }
    bound = bound_of_shares(job->data, job->rho, job->lambda);
    for (int i = 0; i < CEILING_SMOOTHINGS; i++) {
        job->smoothing = FIRST_CEILING_SMOOTHING * weights / (double)job->data->L * pow(0.2, i);
        for (int step = 0; step < CEILING_STEPS && improve_lambda(job); step++) {
            bound = fmin(bound, bound_of_shares(job->data, job->rho, job->lambda));
        }
    }
    return bound;
}

double certify_ceiling(const certify_data *data, cfi_arena *arena)
{
    size_t K = data->K, pairs = K * data->L;
    cfi_arena_mark mark = arena_mark(arena);
    double *rho = arena_alloc(arena, pairs + K * (K + 4), sizeof *rho), bound = INFINITY;

    if (rho) {
        ceiling_job job = {.data = data, .rho = rho, .lambda = rho + pairs};

        job.trial = job.lambda + K;
        job.share = job.lambda + 2 * K;
        job.matrix = job.lambda + 3 * K;
        for (size_t i = 0; i < pairs; i++) {
            rho[i] = most_of_share(data, i % K, i / K);
        }
        bound = descend_to_ceiling(&job);
    }
    arena_release(arena, mark);
    return bound;
}
