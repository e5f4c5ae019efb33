#include "peer_lanes.h"

#include <math.h>

/* Lane of access point l in a row of its block. */
static double *element(const peer_problem *problem, peer_pair *rows, size_t k, size_t l)
{
    return (double *)(rows + k + problem->K * (l / PEER_BLOCK)) + l % PEER_BLOCK;
}

static peer_pair *make_rows(const peer_problem *problem, cfi_arena *arena)
{
    return arena_zeros(arena, problem->K * problem->blocks, sizeof(peer_pair));
}

peer_problem peer_problem_make(const cfi_link *link, peer_utility utility, bool per_ap, cfi_arena *arena)
{
    const cfi_power *power = &link->system->power;
    peer_problem p = {.link = link,
                      .K = link->K,
                      .L = link->L,
                      .blocks = (link->L + PEER_BLOCK - 1) / PEER_BLOCK,
                      .unit_w = power->budget_w / (double)link->L,
                      .per_ap = per_ap,
                      .utility = utility,
                      .sharpness = 1.0};
    peer_pair *g = make_rows(&p, arena), *V = make_rows(&p, arena);
    double unit = p.unit_w / power->comm_noise_w;

    for (size_t l = 0; g && V && l < p.L; l++) {
        for (size_t k = 0; k < p.K; k++) {
            *element(&p, g, k, l) = link->g[k + p.K * l] * sqrt(unit);
            *element(&p, V, k, l) = link->V[k + p.K * l] * unit;
        }
    }
    p.g = g;
    p.V = V;
    return p;
}

peer_point peer_point_make(const peer_problem *problem, cfi_arena *arena)
{
    return (peer_point){.w = make_rows(problem, arena),
                        .scale = 1.0,
                        .u = arena_zeros(arena, problem->K, sizeof(double)),
                        .interference = arena_zeros(arena, problem->K, sizeof(double)),
                        .rate = arena_zeros(arena, problem->K, sizeof(double)),
                        .weight = arena_zeros(arena, problem->K, sizeof(double))};
}

bool peer_point_is_whole(const peer_point *point)
{
    return point->w && point->u && point->interference && point->rate && point->weight;
}

peer_sums peer_sums_make(const peer_problem *problem, cfi_arena *arena)
{
    return (peer_sums){.u = arena_zeros(arena, problem->K, sizeof(peer_vector)),
                       .interference = arena_zeros(arena, problem->K, sizeof(peer_vector))};
}

void peer_to_powers(const peer_problem *problem, const peer_point *point, cfi_powers *powers)
{
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < problem->K; k++) {
            double w = point->scale * *element(problem, point->w, k, l);

            powers->p[k + problem->K * l] = problem->unit_w * w * w;
        }
        powers->s[l] = 0.0;
    }
}

void peer_from_powers(const peer_problem *problem, const cfi_powers *powers, peer_sums sums, peer_point *point)
{
    point->scale = 1.0;
    for (size_t l = 0; l < problem->L; l++) {
        for (size_t k = 0; k < problem->K; k++) {
            *element(problem, point->w, k, l) = sqrt(powers->p[k + problem->K * l] / problem->unit_w);
        }
    }
    peer_clear(problem, sums);
    for (size_t b = 0; b < problem->blocks; b++) {
        const peer_pair *w = point->w + b * problem->K;
        peer_pair norm2 = {{{0.0}}};

        for (size_t k = 0; k < problem->K; k++) {
            norm2.half[0] += w[k].half[0] * w[k].half[0];
            norm2.half[1] += w[k].half[1] * w[k].half[1];
        }
        peer_add(problem, b, w, &norm2, sums);
    }
    peer_collect(problem, sums, point);
}

static double least_rate(const peer_problem *problem, const peer_point *point)
{
    double least = point->rate[0];

    for (size_t k = 1; k < problem->K; k++) {
        least = point->rate[k] < least ? point->rate[k] : least;
    }
    return least;
}

static double sum_rates(const peer_problem *problem, const peer_point *point)
{
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += point->rate[k];
        point->weight[k] = 1.0;
    }
    return sum;
}

/* A user without rate has one that no step is taken to. */
static double sum_logarithms(const peer_problem *problem, const peer_point *point)
{
    static const double NO_RATE = 1e-200;
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double rate = point->rate[k] > NO_RATE ? point->rate[k] : NO_RATE;

        sum += log(rate);
        point->weight[k] = 1.0 / rate;
    }
    return sum;
}

static double soft_minimum(const peer_problem *problem, const peer_point *point)
{
    double least = least_rate(problem, point), sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        point->weight[k] = exp(-problem->sharpness * (point->rate[k] - least));
        sum += point->weight[k];
    }
    for (size_t k = 0; k < problem->K; k++) {
        point->weight[k] /= sum;
    }
    return least - log(sum / (double)problem->K) / problem->sharpness;
}

void peer_set_value(const peer_problem *problem, peer_point *point)
{
    switch (problem->utility) {
    case PEER_SUM:
        point->value = sum_rates(problem, point);
        break;
    case PEER_FAIR:
        point->value = sum_logarithms(problem, point);
        break;
    default:
        point->value = soft_minimum(problem, point);
    }
}

double peer_goal(const peer_problem *problem, const peer_point *point)
{
    return problem->utility == PEER_SOFT_MIN ? least_rate(problem, point) : point->value;
}

void peer_collect(const peer_problem *problem, peer_sums sums, peer_point *point)
{
    double scale2 = point->scale * point->scale;

    for (size_t k = 0; k < problem->K; k++) {
        point->u[k] = point->scale * peer_total(sums.u[k]);
        point->interference[k] = 1.0 + scale2 * peer_total(sums.interference[k]);
        point->rate[k] = log(1.0 + point->u[k] * point->u[k] / point->interference[k]);
    }
    peer_set_value(problem, point);
}
