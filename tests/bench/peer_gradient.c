/* Accelerated projected gradient: M. Farooq, H. Q. Ngo, E.-K. Hong, L.-N. Tran, "Accelerated projected gradient method
 * for the optimization of cell-free massive MIMO downlink", PIMRC 2020, which is the monotone scheme of H. Li and Z.
 * Lin (NIPS 2015) on amplitudes. With P the projection on the feasible set, t_0 = 0, t_1 = 1:
 *
 *   y = x + t_(n-1) / t_n (z - x) + (t_(n-1) - 1) / t_n (x - x before),    t_(n+1) = (sqrt(4 t_n^2 + 1) + 1) / 2
 *   z = P(y + a grad f(y)),   v = P(x + b grad f(x)),   x becomes the better of z and v
 *
 * grad f = cu_k g_kl - 2 w_kl sum_j ci_j V_jl,
 * cu_k = 2 h_k u_k / (I_k + u_k^2),   ci_k = h_k (1 / I_k - 1 / (I_k + u_k^2)),   h_k = df / dR_k
 * P: negative amplitudes become 0, then each ball (all amplitudes; or those of an access point) shrinks what lies
 * outside.
 *
 * Steps a, b by backtracking: halved until f(z) >= f(y) + <grad f(y), z - y> - norm(z - y)^2 / (2 a), or, as Li and Lin
 * do after a start by Barzilai and Borwein, until f(z) >= f(y) + delta norm(z - y)^2 / a. A step, its value and what
 * the test needs take one pass over g, V and y; an extrapolation one, too.
 *
 * Proportional fairness and the least rate as in "Utility maximization for large-scale cell-free massive MIMO downlink"
 * by the same authors (IEEE Trans. Commun. 2021), the latter by its soft minimum, which is made sharper in stages: each
 * starts where the last one ended, its steps smaller by as much as it is sharper, its momentum from anew. */
#include "peer_gradient.h"

#include "peer_lanes.h"

#include <math.h>

enum { MOST_HALVINGS = 60, STALLED_AFTER = 100 };
static const double STALLED = 1e-10;   /* relative gain of so many iterations that ends a traced run */
static const double SUFFICIENT = 1e-4; /* delta */
static const double MEAN = 0.8;        /* weight of the past in GRADIENT_NEEDED's mean of values, Li and Lin's eta */
static const double ROUNDING = 1e-14;  /* relative, of two values of f */

bool gradient_init(gradient_work *work, peer_problem *problem, cfi_arena *arena)
{
    peer_point *point[] = {&work->x, &work->before, &work->y, &work->z, &work->v};
    bool all = true;

    work->problem = problem;
    for (size_t i = 0; i < 5; i++) {
        *point[i] = peer_point_make(problem, arena);
        all = all && peer_point_is_whole(point[i]);
    }
    work->last_y = peer_point_make(problem, arena).w;
    work->last_slope = peer_point_make(problem, arena).w;
    work->sums = peer_sums_make(problem, arena);
    work->cu = arena_alloc(arena, problem->K, sizeof *work->cu);
    work->ci = arena_alloc(arena, problem->K, sizeof *work->ci);
    return all && work->last_y && work->last_slope && work->sums.u && work->sums.interference && work->cu && work->ci;
}

/* cu and ci at a point. */
static void take_slopes(const gradient_work *work, const peer_point *y)
{
    for (size_t k = 0; k < work->problem->K; k++) {
        double total = y->interference[k] + y->u[k] * y->u[k];

        work->cu[k] = 2.0 * y->weight[k] * y->u[k] / total;
        work->ci[k] = y->weight[k] * (1.0 / y->interference[k] - 1.0 / total);
    }
}

/* What a step adds up a lane: squares and products of amplitudes y, of those after the step (z, not yet shrunk), and of
 * the gradient. */
typedef struct way_sums {
    peer_vector z_z, z_y, y_y, gradient_z, gradient_y;
} way_sums;

/* z = max(y + step gradient, 0) of a vector of access points and one user. */
static inline peer_vector step_way(peer_vector y, peer_vector gradient, double step, way_sums *sums)
{
    peer_vector z = peer_positive(y + step * gradient);

    sums->z_z += z * z;
    sums->z_y += z * y;
    sums->y_y += y * y;
    sums->gradient_z += gradient * z;
    sums->gradient_y += gradient * y;
    return z;
}

/* The same of a block, before its access points shrink. */
static inline void step_block(const gradient_work *work, const peer_point *y, double step, size_t block, peer_pair *z,
                              way_sums sums[2])
{
    size_t K = work->problem->K;
    const peer_pair *g = work->problem->g + block * K, *from = y->w + block * K;
    peer_pair price = peer_price(work->problem, block, work->ci);
    way_sums low = {.z_z = {0.0}}, high = {.z_z = {0.0}};

    for (size_t k = 0; k < K; k++) {
        peer_vector a = y->scale * from[k].half[0], b = y->scale * from[k].half[1];

        z[k].half[0] = step_way(a, work->cu[k] * g[k].half[0] - 2.0 * price.half[0] * a, step, &low);
        z[k].half[1] = step_way(b, work->cu[k] * g[k].half[1] - 2.0 * price.half[1] * b, step, &high);
    }
    sums[0] = low;
    sums[1] = high;
}

/* Adds what the lanes say of the way, their z shrunk by the factors. */
static inline void add_way(const way_sums *sums, peer_vector factor, gradient_way *way)
{
    way->product += peer_total(factor * sums->gradient_z - sums->gradient_y);
    way->square += peer_total(factor * (factor * sums->z_z - 2.0 * sums->z_y) + sums->y_y);
}

static inline void add_way_sums(way_sums *to, const way_sums *from)
{
    to->z_z += from->z_z;
    to->z_y += from->z_y;
    to->y_y += from->y_y;
    to->gradient_z += from->gradient_z;
    to->gradient_y += from->gradient_y;
}

static gradient_way step_per_ap(const gradient_work *work, const peer_point *y, double step, peer_point *z)
{
    size_t K = work->problem->K;
    gradient_way way = {0.0, 0.0};

    for (size_t b = 0; b < work->problem->blocks; b++) {
        peer_pair *to = z->w + b * K, factor, norm2;
        way_sums sums[2];

        step_block(work, y, step, b, to, sums);
        for (size_t i = 0; i < 2; i++) {
            factor.half[i] = peer_shrink(sums[i].z_z);
            norm2.half[i] = factor.half[i] * factor.half[i] * sums[i].z_z;
            add_way(&sums[i], factor.half[i], &way);
        }
        for (size_t k = 0; k < K; k++) {
            to[k].half[0] *= factor.half[0];
            to[k].half[1] *= factor.half[1];
        }
        peer_add(work->problem, b, to, &norm2, work->sums);
    }
    z->scale = 1.0;
    return way;
}

/* One ball for all: the factor is known at the end, and becomes the scale. */
static gradient_way step_budget(const gradient_work *work, const peer_point *y, double step, peer_point *z)
{
    size_t K = work->problem->K;
    gradient_way way = {0.0, 0.0};
    way_sums all = {.z_z = {0.0}};
    double norm2;

    for (size_t b = 0; b < work->problem->blocks; b++) {
        peer_pair *to = z->w + b * K, part;
        way_sums sums[2];

        step_block(work, y, step, b, to, sums);
        for (size_t i = 0; i < 2; i++) {
            part.half[i] = sums[i].z_z;
            add_way_sums(&all, &sums[i]);
        }
        peer_add(work->problem, b, to, &part, work->sums);
    }
    norm2 = peer_total(all.z_z);
    z->scale = norm2 > (double)work->problem->L ? sqrt((double)work->problem->L / norm2) : 1.0;
    add_way(&all, peer_every(z->scale), &way);
    return way;
}

gradient_way gradient_step(const gradient_work *work, const peer_point *y, double step, peer_point *z)
{
    gradient_way way;

    take_slopes(work, y);
    peer_clear(work->problem, work->sums);
    way = work->problem->per_ap ? step_per_ap(work, y, step, z) : step_budget(work, y, step, z);
    peer_collect(work->problem, work->sums, z);
    return way;
}

/* y = x + toward (z - x) + along (x - before), evaluated. */
static void extrapolate(gradient_work *work, double toward, double along)
{
    const peer_problem *problem = work->problem;
    const peer_point *other = toward > 0.0 ? &work->z : &work->x;
    double of_x = (1.0 - toward + along) * work->x.scale, of_before = -along * work->before.scale;
    double of_z = toward * other->scale;

    peer_clear(problem, work->sums);
    work->y.scale = 1.0;
    for (size_t b = 0; b < problem->blocks; b++) {
        size_t first = b * problem->K;
        peer_pair *y = work->y.w + first, norm2 = {{{0.0}}};
        const peer_pair *x = work->x.w + first, *before = work->before.w + first, *z = other->w + first;

        for (size_t k = 0; k < problem->K; k++) {
            for (size_t i = 0; i < 2; i++) {
                peer_vector value = of_x * x[k].half[i] + of_before * before[k].half[i] + of_z * z[k].half[i];

                y[k].half[i] = value;
                norm2.half[i] += value * value;
            }
        }
        peer_add(problem, b, y, &norm2, work->sums);
    }
    peer_collect(problem, work->sums, &work->y);
}

/* The step of Barzilai and Borwein, <s, s> / -<s, r>, s and r the changes of y and of its gradient since the last
 * call; `else_step` where that is not positive. */
static double secant_step(gradient_work *work, const peer_point *y, double else_step)
{
    size_t K = work->problem->K;
    peer_vector s_s = {0.0}, s_r = {0.0};

    take_slopes(work, y);
    for (size_t b = 0; b < work->problem->blocks; b++) {
        peer_pair price = peer_price(work->problem, b, work->ci);

        for (size_t k = 0; k < K; k++) {
            for (size_t i = 0; i < 2; i++) {
                peer_vector *last = &work->last_y[b * K + k].half[i],
                            *last_slope = &work->last_slope[b * K + k].half[i];
                peer_vector now = y->scale * y->w[b * K + k].half[i];
                peer_vector slope = work->cu[k] * work->problem->g[b * K + k].half[i] - 2.0 * price.half[i] * now;

                s_s += (now - *last) * (now - *last);
                s_r += (now - *last) * (slope - *last_slope);
                *last = now;
                *last_slope = slope;
            }
        }
    }
    return peer_total(s_r) < 0.0 ? peer_total(s_s) / -peer_total(s_r) : else_step;
}

/* The test of a step. */
static bool steps_enough(const gradient_rule *rule, const peer_point *y, const peer_point *z, double step,
                         gradient_way way)
{
    double promise = rule->majorise ? way.product - way.square / (2.0 * step) : SUFFICIENT * way.square / step;

    return z->value >= y->value + promise - ROUNDING * fabs(y->value);
}

/* *z by backtracking from the step, which becomes the one taken. */
static gradient_way search_step(gradient_work *work, const gradient_rule *rule, const peer_point *y, double *step,
                                peer_point *z)
{
    gradient_way way = gradient_step(work, y, *step, z);

    for (size_t i = 0; i < MOST_HALVINGS && !steps_enough(rule, y, z, *step, way); i++) {
        *step *= 0.5;
        way = gradient_step(work, y, *step, z);
    }
    return way;
}

static void swap_points(peer_point *a, peer_point *b)
{
    peer_point kept = *a;

    *a = *b;
    *b = kept;
}

/* Of one run. */
typedef struct gradient_pace {
    double t, last_t;       /* momentum */
    double step, step_of_v; /* a, b */
    double mean, weight;    /* GRADIENT_NEEDED: mean of values, and its weight */
    bool started, z_is_x;
    double last_sharpness; /* of the soft minimum */
    size_t in_stage;       /* iterations */
} gradient_pace;

/* The point from which z steps: y, or x itself where nothing is extrapolated. */
static const peer_point *start_of_step(gradient_work *work, const gradient_pace *pace)
{
    double toward = pace->z_is_x ? 0.0 : pace->last_t / pace->t, along = (pace->last_t - 1.0) / pace->t;

    if (pace->last_t <= 1.0 && pace->z_is_x) {
        return &work->x;
    }
    extrapolate(work, toward, fmax(along, 0.0));
    return &work->y;
}

/* x becomes z, or v; the other two of x, before and z are handed on. */
static void accept_point(gradient_work *work, peer_point *point)
{
    swap_points(&work->before, &work->x);
    swap_points(&work->x, point);
}

static void advance_momentum(gradient_pace *pace)
{
    pace->last_t = pace->t;
    pace->t = (sqrt(4.0 * pace->t * pace->t + 1.0) + 1.0) / 2.0;
}

/* x becomes z or a step from x, whichever is better. */
static void take_better(gradient_work *work, const gradient_rule *rule, gradient_pace *pace)
{
    pace->step_of_v *= rule->growth;
    search_step(work, rule, &work->x, &pace->step_of_v, &work->v);
    pace->z_is_x = work->z.value > work->v.value;
    accept_point(work, pace->z_is_x ? &work->z : &work->v);
}

/* Whether z may become x without a look at v. */
static bool suffices(const gradient_work *work, const gradient_rule *rule, const gradient_pace *pace, gradient_way way)
{
    if (rule->monitor == GRADIENT_NEEDED) {
        return work->z.value >= pace->mean + SUFFICIENT * way.square / pace->step;
    }
    return rule->monitor == GRADIENT_RESTART && work->z.value >= work->x.value;
}

static void iterate(gradient_work *work, const gradient_rule *rule, gradient_pace *pace)
{
    const peer_point *y = start_of_step(work, pace);
    gradient_way way;
    double weight;

    if (!rule->secant) {
        pace->step *= rule->growth;
    } else {
        double secant = secant_step(work, y, pace->step);

        pace->step = pace->started ? secant : pace->step; /* the first has nothing to be compared with */
    }
    pace->started = true;
    way = search_step(work, rule, y, &pace->step, &work->z);
    if (suffices(work, rule, pace, way)) {
        pace->z_is_x = true;
        accept_point(work, &work->z);
    } else if (rule->monitor == GRADIENT_RESTART) {
        pace->t = 0.0;
    } else {
        take_better(work, rule, pace);
    }
    advance_momentum(pace);
    weight = MEAN * pace->weight + 1.0;
    pace->mean = (MEAN * pace->weight * pace->mean + work->x.value) / weight;
    pace->weight = weight;
}

/* The soft minimum's sharpness is so much, at which its values are taken anew. */
static void set_sharpness(gradient_work *work, double sharpness)
{
    work->problem->sharpness = sharpness;
    peer_set_value(work->problem, &work->x);
}

/* t of the schedule's first stage. */
static double first_sharpness(const gradient_work *work, const gradient_schedule *schedule)
{
    double sum = 0.0;

    for (size_t k = 0; k < work->problem->K; k++) {
        sum += work->x.rate[k];
    }
    return schedule->first * (double)work->problem->K / sum;
}

static gradient_pace begin_run(gradient_work *work, const gradient_rule *rule)
{
    bool soft = work->problem->utility == PEER_SOFT_MIN;
    double sharpness = soft ? first_sharpness(work, &rule->schedule) : 1.0;
    gradient_pace pace = {.t = 1.0, .step = 1.0, .step_of_v = 1.0, .z_is_x = true, .weight = 1.0};

    if (soft) {
        set_sharpness(work, sharpness);
        pace.last_sharpness = sharpness * rule->schedule.last / rule->schedule.first;
    }
    pace.mean = work->x.value;
    return pace;
}

/* Begins the next stage where one is due. */
static void sharpen(gradient_work *work, const gradient_schedule *schedule, gradient_pace *pace)
{
    double sharpness = work->problem->sharpness, next;

    pace->in_stage++;
    if (sharpness >= pace->last_sharpness || pace->in_stage < schedule->length) {
        return;
    }
    next = fmin(sharpness * schedule->growth, pace->last_sharpness);
    set_sharpness(work, next);
    *pace = (gradient_pace){.t = 1.0,
                            .step = pace->step * sharpness / next,
                            .step_of_v = pace->step_of_v * sharpness / next,
                            .z_is_x = true,
                            .mean = work->x.value,
                            .weight = 1.0,
                            .last_sharpness = pace->last_sharpness};
}

size_t gradient_run(gradient_work *work, const gradient_rule *rule, size_t iterations, double *trace)
{
    gradient_pace pace = begin_run(work, rule);

    for (size_t i = 1; i <= iterations; i++) {
        iterate(work, rule, &pace);
        if (work->problem->utility == PEER_SOFT_MIN) {
            sharpen(work, &rule->schedule, &pace);
        }
        if (trace) {
            trace[i] = peer_goal(work->problem, &work->x);
            if (i > STALLED_AFTER && work->problem->sharpness >= pace.last_sharpness &&
                fabs(trace[i] - trace[i - STALLED_AFTER]) < STALLED * fabs(trace[i])) {
                return i;
            }
        }
    }
    return iterations;
}
