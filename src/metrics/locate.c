/* The most likely place of a target, from the own echoes of all access points. docs/model.md (M27) */
#include "metrics/locate.h"

#include "metrics/places.h"

#include <math.h>
#include <string.h>

enum {
    MOST_CANDIDATES = 12,     /* squares whose peaks are climbed */
    CLIMB_STEPS = 50,         /* of Newton's method */
    PLACE_STEP_HALVINGS = 40, /* of a step that leads down */
};

/* A share of the largest sum among squares: in the middle of a square it is at most some 15 percent below a peak in it.
 */
static const double PROMISING_PLACE = 0.8;
/* Squares of the size of a candidate's within which a better one takes its place. */
static const double SAME_PEAK = 3.0;
/* Relative to the sum: less cannot be seen in it. */
static const double LEAST_GAIN = 1e-13;
/* Relative to the area. */
static const double PLACE_STEP = 1e-11;

/* ----------------------------------------------------------------------------- candidates ---- */

typedef struct candidate {
    double sum;
    uint32_t square;
} candidate;

/* The best squares that are not neighbours, the best first. */
typedef struct candidates {
    candidate best[MOST_CANDIDATES];
    size_t count;
} candidates;

static bool same_peak(const places *p, uint32_t a, uint32_t b)
{
    double size = fmax(p->square[a].size, p->square[b].size), way[2];

    places_offset(p, p->square[a].middle, p->square[b].middle, way);
    return fmax(fabs(way[0]), fabs(way[1])) <= SAME_PEAK * size;
}

static void keep_candidate(const places *p, candidates *c, candidate one)
{
    size_t at = 0, kept;

    for (size_t i = 0; i < c->count; i++) {
        if (c->best[i].sum >= one.sum && same_peak(p, c->best[i].square, one.square)) {
            return;
        }
    }
    kept = 0;
    for (size_t i = 0; i < c->count; i++) { /* lower ones on the same peak go */
        if (c->best[i].sum >= one.sum || !same_peak(p, c->best[i].square, one.square)) {
            c->best[kept++] = c->best[i];
        }
    }
    kept = kept < MOST_CANDIDATES ? kept : MOST_CANDIDATES - 1;
    while (at < kept && c->best[at].sum >= one.sum) {
        at++;
    }
    memmove(c->best + at + 1, c->best + at, (kept - at) * sizeof *c->best);
    c->best[at] = one;
    c->count = kept + 1;
}

/* Sums down the tree; a square's parent stands before it. */
static void find_candidates(const places *p, const double *table, double *sum, candidates *c)
{
    double least = 0.0;

    sum[0] = 0.0;
    for (uint32_t i = 0; i < p->count; i++) {
        const place_node *node = &p->node[i];
        double own = sum[node->parent];

        for (uint32_t j = node->first; j < node[1].first; j++) {
            own += table[p->lookup[j]];
        }
        sum[i] = own;
        if (own >= least && p->square[i].leaf) {
            keep_candidate(p, c, (candidate){own, i});
            least = c->count < MOST_CANDIDATES ? 0.0 : c->best[MOST_CANDIDATES - 1].sum;
            least = fmax(least, PROMISING_PLACE * c->best[0].sum);
        }
    }
}

/* -------------------------------------------------------------------------------- climbing ---- */

/* sum_l f_l at a place, its gradient, and its second derivatives xx, xy, yy. */
typedef struct place_value {
    double f, g[2], h[3];
} place_value;

/* What the climb is over. */
typedef struct climb {
    const places *places;
    const likelihood_shape *shape;
    const double *coefficient;
} climb;

/* u = n' r / d, n the normal of the array's broadside: its gradient is q / d with q = n - u r / d, and its second
 * derivative -(q r' + r q') / d^3 - u (I - r r' / d^2) / d^2. */
static void add_ap(const climb *c, size_t l, const double place[2], place_value *v)
{
    double r[2], n[2] = {c->places->normal[2 * l], c->places->normal[2 * l + 1]}, d, u, q[2];
    likelihood_value f;

    places_offset(c->places, c->places->ap + 2 * l, place, r);
    d = fmax(hypot(r[0], r[1]), CFI_LEAST_TARGET_RANGE_M * 1e-3);
    r[0] /= d;
    r[1] /= d;
    u = n[0] * r[0] + n[1] * r[1];
    q[0] = (n[0] - u * r[0]) / d;
    q[1] = (n[1] - u * r[1]) / d;
    f = likelihood_at(c->shape, c->coefficient + c->shape->length * l, u);
    v->f += f.f;
    v->g[0] += f.first * q[0];
    v->g[1] += f.first * q[1];
    v->h[0] += f.second * q[0] * q[0] - f.first * (2.0 * q[0] * r[0] / d + u * r[1] * r[1] / (d * d));
    v->h[1] += f.second * q[0] * q[1] - f.first * ((q[0] * r[1] + q[1] * r[0]) / d - u * r[0] * r[1] / (d * d));
    v->h[2] += f.second * q[1] * q[1] - f.first * (2.0 * q[1] * r[1] / d + u * r[0] * r[0] / (d * d));
}

static place_value value_at(const climb *c, const double place[2])
{
    place_value v = {.f = 0.0};

    for (size_t l = 0; l < c->places->L; l++) {
        add_ap(c, l, place, &v);
    }
    return v;
}

/* Newton's step where the sum is concave, else as if its steeper curvatures were; not out of the area along an axis
 * that is at its end already. */
static void ascent_step(const climb *c, const double place[2], const place_value *v, double step[2])
{
    double trace = v->h[0] + v->h[2], spread = hypot(v->h[0] - v->h[2], 2.0 * v->h[1]);
    double top = 0.5 * (trace + spread), steepest = fmax(fabs(0.5 * (trace - spread)), fabs(top));
    double shift = top < -1e-9 * steepest ? 0.0 : top + 0.1 * steepest;
    double xx = v->h[0] - shift, xy = v->h[1], yy = v->h[2] - shift, g[2] = {v->g[0], v->g[1]};

    for (size_t i = 0; i < 2 && !c->places->wraps; i++) {
        if ((place[i] <= c->places->low[i] && g[i] < 0.0) || (place[i] >= c->places->high[i] && g[i] > 0.0)) {
            g[i] = xy = 0.0;
        }
    }
    step[0] = -(yy * g[0] - xy * g[1]) / (xx * yy - xy * xy);
    step[1] = -(xx * g[1] - xy * g[0]) / (xx * yy - xy * xy);
}

/* place + share * step, kept in the area */
static void move(const climb *c, const double place[2], const double step[2], double share, double out[2])
{
    for (size_t i = 0; i < 2; i++) {
        out[i] = place[i] + share * step[i];
        if (!c->places->wraps) {
            out[i] = fmin(fmax(out[i], c->places->low[i]), c->places->high[i]);
        }
    }
}

/* Climbs from a place, by `reach` at first, and by twice a step that led up at most; returns how high. */
static double climb_place(const climb *c, double reach, double place[2])
{
    double small = PLACE_STEP * fmax(c->places->high[0] - c->places->low[0], c->places->high[1] - c->places->low[1]);
    place_value v = value_at(c, place);

    for (size_t i = 0; i < CLIMB_STEPS; i++) {
        double step[2], length, share, next[2];
        place_value there = v;

        ascent_step(c, place, &v, step);
        length = hypot(step[0], step[1]);
        if (!(length > small)) {
            break;
        }
        if (v.g[0] * step[0] + v.g[1] * step[1] < LEAST_GAIN * v.f && length < reach) { /* the last one */
            move(c, place, step, 1.0, place);
            break;
        }
        share = fmin(1.0, reach / length);
        for (size_t j = 0; j < PLACE_STEP_HALVINGS; j++, share *= 0.5) {
            move(c, place, step, share, next);
            there = value_at(c, next);
            if (there.f > v.f) {
                break;
            }
        }
        if (!(there.f > v.f)) {
            break;
        }
        reach = fmax(reach, 2.0 * hypot(next[0] - place[0], next[1] - place[1]));
        place[0] = next[0];
        place[1] = next[1];
        v = there;
    }
    return v.f;
}

/* ---------------------------------------------------------------------------------- all of it ---- */

struct locate_plan {
    likelihood_shape shape;
    places places;
};

locate_plan *locate_plan_make(const cfi_network *network, const likelihood_shape *shape, const likelihood_grid *grid,
                              cfi_stop *stop, cfi_arena *arena)
{
    locate_plan *plan = arena_alloc(arena, 1, sizeof *plan);

    if (!plan || !places_make(network, shape, grid, stop, arena, &plan->places)) {
        return NULL;
    }
    plan->shape = *shape;
    return plan;
}

size_t locate_work(const locate_plan *plan)
{
    return plan->places.count;
}

bool locate_can(const cfi_network *network, const bool *lit)
{
    static const double SAME_BEARING = 1e-12; /* of the determinant: lines that differ by a microradian */
    double xx = 0.0, xy = 0.0, yy = 0.0;

    for (size_t l = 0; l < network->L; l++) {
        double x = lit[l] ? -sin(network->target_bearing_rad[l]) : 0.0;
        double y = lit[l] ? cos(network->target_bearing_rad[l]) : 0.0;

        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    return xx * yy - xy * xy > SAME_BEARING * (xx + yy) * (xx + yy);
}

void locate(const locate_plan *plan, const locate_evidence *evidence, double *work, double place_m[2])
{
    climb c = {.places = &plan->places, .shape = &plan->shape, .coefficient = evidence->coefficient};
    candidates found = {.count = 0};
    double highest = -1.0;

    memcpy(place_m, c.places->square[0].middle, 2 * sizeof *place_m);
    find_candidates(c.places, evidence->table, work, &found);
    for (size_t i = 0; i < found.count && found.best[i].sum >= PROMISING_PLACE * found.best[0].sum; i++) {
        const place_square *s = &c.places->square[found.best[i].square];
        double place[2] = {s->middle[0], s->middle[1]}, f;

        move(&c, place, place, 0.0, place);
        f = climb_place(&c, s->size, place);
        if (f > highest) {
            highest = f;
            memcpy(place_m, place, sizeof place);
        }
    }
}

double locate_distance(const locate_plan *plan, const double a_m[2], const double b_m[2])
{
    double way[2];

    places_offset(&plan->places, a_m, b_m, way);
    return hypot(way[0], way[1]);
}
