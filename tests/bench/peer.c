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

peer_problem peer_problem_make(const cfi_link *link, bool per_ap, cfi_arena *arena)
{
    const cfi_power *power = &link->system->power;
    peer_problem p = {.link = link,
                      .K = link->K,
                      .L = link->L,
                      .blocks = (link->L + PEER_BLOCK - 1) / PEER_BLOCK,
                      .unit_w = power->budget_w / (double)link->L,
                      .per_ap = per_ap};
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
                        .interference = arena_zeros(arena, problem->K, sizeof(double))};
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

void peer_collect(const peer_problem *problem, peer_sums sums, peer_point *point)
{
    double scale2 = point->scale * point->scale, value = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        point->u[k] = point->scale * peer_total(sums.u[k]);
        point->interference[k] = 1.0 + scale2 * peer_total(sums.interference[k]);
        value += log(1.0 + point->u[k] * point->u[k] / point->interference[k]);
    }
    point->value = value;
}
