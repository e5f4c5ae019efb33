/* The accelerated projected gradient method of M. Farooq, H. Q. Ngo, E.-K. Hong, L.-N. Tran (2020): see
 * peer_gradient.c. */
#ifndef BENCH_PEER_GRADIENT_H
#define BENCH_PEER_GRADIENT_H

#include "peer.h"

/* What keeps the extrapolated steps z from going astray. */
typedef enum gradient_monitor {
    GRADIENT_BOTH,   /* the paper's: a plain step v from x as well, always; the better of the two counts */
    GRADIENT_NEEDED, /* v only when z gains too little over a mean of the last values */
    GRADIENT_RESTART /* no v: when z falls below x, it is dropped and the momentum starts again */
} gradient_monitor;

/* How the soft minimum becomes the minimum: its sharpness times the mean rate of the start is `first` in the first
 * stage and `growth` times the last one's in each other, at most `last`; a stage has `length` iterations. */
typedef struct gradient_schedule {
    double first, growth, last;
    size_t length;
} gradient_schedule;

typedef struct gradient_rule {
    const char *name;
    gradient_monitor monitor;
    bool secant;   /* a search starts from the step of Barzilai and Borwein, else from the last one's, grown */
    bool majorise; /* a step must gain what a quadratic of curvature 1 / step promises, else 1e-4 / step of the way's
                      square */
    double growth;
    gradient_schedule schedule; /* of the soft minimum alone */
} gradient_rule;

typedef struct gradient_work {
    peer_problem *problem;          /* its sharpness is the schedule's */
    peer_point x, before, y, z, v;  /* iterate, the one before, extrapolated point, steps from y and from x */
    peer_pair *last_y, *last_slope; /* for the secant */
    double *cu, *ci;                /* K: slopes of f by u_k and, its sign turned, by I_k */
    peer_sums sums;
} gradient_work;

/* From the arena; false when out of memory. */
bool gradient_init(gradient_work *work, peer_problem *problem, cfi_arena *arena);

/* At most `iterations` from work->x, which becomes the last iterate; trace[i], if not NULL, is what is meant
 * (peer_goal) after i of them, and then it also ends when a hundred of them gained less than 1e-10. Returns their
 * number. */
size_t gradient_run(gradient_work *work, const gradient_rule *rule, size_t iterations, double *trace);

/* *z = P(y + step grad f(y)), evaluated; the gradient's product with z - y, and norm(z - y)^2. */
typedef struct gradient_way {
    double product, square;
} gradient_way;
gradient_way gradient_step(const gradient_work *work, const peer_point *y, double step, peer_point *z);

#endif
