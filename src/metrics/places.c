/* Where a target is looked for: a tree of squares over the area. docs/model.md (M27)
 *
 * The tree grows level by level. A square has a list of access points that are still too near to be looked up; its four
 * parts inherit what is left of the list. With L access points there are some 2 pi / spread^2 ln(range) squares to
 * each, whatever else is there, since far ones were looked up in larger squares. */
#include "metrics/places.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SQUARES = 1 << 20 }; /* with more, spread grows: large arrays in large networks */

/* An array that grows. */
typedef struct growing {
    void *data;
    size_t size, count, room; /* bytes of an element; elements */
} growing;

/* Room for one more; NULL when out of memory. */
static void *grow(growing *g)
{
    enum { FIRST_ROOM = 1024 };

    if (g->count == g->room) {
        size_t room = g->room > 0 ? 2 * g->room : FIRST_ROOM;
        void *larger = realloc(g->data, room * g->size);

        if (!larger) {
            return NULL;
        }
        g->data = larger;
        g->room = room;
    }
    return (char *)g->data + g->size * g->count++;
}

/* A tree in the making. `near` lists access points of the squares of one level, one list behind the other: that of
 * square i up to near_end[i - the level's first]. */
typedef struct planting {
    const places *places;
    const likelihood_grid *grid;
    cfi_stop *stop;
    double spread;
    growing square, node, lookup;
    growing near, near_end, next_near, next_end;
} planting;

static double range_of(const places *p, size_t l, const double place[2], double *u)
{
    double way[2], d;

    places_offset(p, p->ap + 2 * l, place, way);
    d = fmax(hypot(way[0], way[1]), 1e-3 * CFI_LEAST_TARGET_RANGE_M);
    *u = (p->normal[2 * l] * way[0] + p->normal[2 * l + 1] * way[1]) / d;
    return d;
}

/* Looks access point l up in the last square, or puts it on the square's list for its parts. */
static bool sort_ap(planting *t, const place_square *s, size_t l)
{
    double u, d = range_of(t->places, l, s->middle, &u);
    bool alike = s->size <= t->spread * d || s->size < t->spread * CFI_LEAST_TARGET_RANGE_M;
    uint32_t *at = grow(alike ? &t->lookup : &t->next_near);

    if (at) {
        size_t point =
            (size_t)nearbyint(fmin(fmax((u - t->grid->low) / t->grid->step, 0.0), (double)(t->grid->points - 1)));

        *at = (uint32_t)(alike ? t->grid->stride * l + point : l);
    }
    return at;
}

/* Whether a target may be in the square: not beyond the area, nor all too near to an access point of a list. */
static bool has_places(const places *p, const place_square *s, const uint32_t *near, size_t count)
{
    for (size_t i = 0; i < 2; i++) {
        if (s->middle[i] - 0.5 * s->size >= p->high[i] || s->middle[i] + 0.5 * s->size <= p->low[i]) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        double u;

        if (range_of(p, near[i], s->middle, &u) + M_SQRT1_2 * s->size < CFI_LEAST_TARGET_RANGE_M) {
            return false;
        }
    }
    return true;
}

/* A square, with the access points of a list: its own lookups and its list for its parts. */
static bool keep_square(planting *t, const place_square *like, uint32_t parent, const uint32_t *near, size_t count)
{
    size_t before = t->next_near.count;
    place_square *s = grow(&t->square);
    place_node *node = grow(&t->node);
    size_t *end;

    if (!s || !node) {
        return false;
    }
    *s = *like;
    *node = (place_node){.parent = parent, .first = (uint32_t)t->lookup.count};
    for (size_t i = 0; i < count; i++) {
        if (!sort_ap(t, s, near[i])) {
            return false;
        }
    }
    s->leaf = t->next_near.count == before;
    end = grow(&t->next_end);
    if (end) {
        *end = t->next_near.count;
    }
    return end;
}

/* The parts of a square that may hold the target. */
static bool divide_square(planting *t, uint32_t index, const uint32_t *near, size_t count)
{
    const place_square whole = ((const place_square *)t->square.data)[index];

    for (int part = 0; part < 4; part++) {
        place_square s = {.size = 0.5 * whole.size};

        s.middle[0] = whole.middle[0] + (part % 2 ? 0.5 : -0.5) * s.size;
        s.middle[1] = whole.middle[1] + (part / 2 ? 0.5 : -0.5) * s.size;
        if (has_places(t->places, &s, near, count) && !keep_square(t, &s, index, near, count)) {
            return false;
        }
    }
    return true;
}

static void swap_lists(planting *t)
{
    growing near = t->near, end = t->near_end;

    t->near = t->next_near;
    t->near_end = t->next_end;
    t->next_near = near;
    t->next_end = end;
    t->next_near.count = t->next_end.count = 0;
}

/* One square about the area, whose list has all access points. */
static bool plant(planting *t)
{
    const places *p = t->places;
    place_square root = {.size = fmax(p->high[0] - p->low[0], p->high[1] - p->low[1])};
    uint32_t *all = calloc(p->L, sizeof *all);
    bool done;

    if (!all) {
        return false;
    }
    for (size_t l = 0; l < p->L; l++) {
        all[l] = (uint32_t)l;
    }
    for (size_t i = 0; i < 2; i++) {
        root.middle[i] = p->low[i] + 0.5 * root.size;
    }
    done = keep_square(t, &root, 0, all, p->L);
    free(all);
    return done;
}

typedef enum { TREE_GROWN, TREE_TOO_LARGE, TREE_NO_MEMORY, TREE_STOPPED } growth_result;

static growth_result grow_tree(planting *t)
{
    t->square.count = t->node.count = t->lookup.count = t->next_near.count = t->next_end.count = 0;
    if (!plant(t)) {
        return TREE_NO_MEMORY;
    }
    for (size_t level = 0, end; level < (end = t->square.count); level = end) {
        size_t from = 0;

        swap_lists(t);
        for (size_t i = level; i < end; i++) {
            size_t until = ((const size_t *)t->near_end.data)[i - level];

            if (stop_requested(t->stop)) {
                return TREE_STOPPED;
            }
            if (until > from && !divide_square(t, (uint32_t)i, (const uint32_t *)t->near.data + from, until - from)) {
                return TREE_NO_MEMORY;
            }
            if (t->square.count > MOST_SQUARES) {
                return TREE_TOO_LARGE;
            }
            from = until;
        }
    }
    return TREE_GROWN;
}

/* Copies of what has grown, in the arena. */
static bool keep_tree(const planting *t, cfi_arena *arena, places *p)
{
    p->count = t->square.count;
    p->square = arena_alloc(arena, p->count, sizeof *p->square);
    p->node = arena_alloc(arena, p->count + 1, sizeof *p->node);
    p->lookup = arena_alloc(arena, t->lookup.count, sizeof *p->lookup);
    if (!p->square || !p->node || !p->lookup || !t->square.data || !t->node.data || !t->lookup.data) {
        return false;
    }
    memcpy(p->square, t->square.data, p->count * sizeof *p->square);
    memcpy(p->lookup, t->lookup.data, t->lookup.count * sizeof *p->lookup);
    memcpy(p->node, t->node.data, p->count * sizeof *p->node);
    p->node[p->count].first = (uint32_t)t->lookup.count;
    return true;
}

static void free_planting(planting *t)
{
    free(t->square.data);
    free(t->node.data);
    free(t->lookup.data);
    free(t->near.data);
    free(t->near_end.data);
    free(t->next_near.data);
    free(t->next_end.data);
}

/* The area; with a target outside of it, what holds the area, the access points and the target. */
static void bound_places(const cfi_network *network, places *p)
{
    const cfi_geometry *geometry = &network->system->geometry;
    const double *target = network->target_position_m;
    bool outside = false;

    for (size_t i = 0; i < 2; i++) {
        p->low[i] = 0.0;
        p->high[i] = geometry->area_m[i];
        outside = outside || target[i] < 0.0 || target[i] > geometry->area_m[i];
    }
    p->wraps = geometry->wrap_around;
    for (size_t j = 0; outside && !p->wraps && j < 2 * (network->L + 1); j++) {
        double x = j < 2 ? target[j] : network->ap_position_m[j - 2];

        p->low[j % 2] = fmin(p->low[j % 2], x);
        p->high[j % 2] = fmax(p->high[j % 2], x);
    }
}

/* Where arrays are not oriented by the network, as target and angle say. */
static double orientation(const cfi_network *network, size_t l)
{
    const double *given = network->fading.orientation_rad;

    return given ? given[l] : network->target_bearing_rad[l] - network->angle_rad[l];
}

bool places_make(const cfi_network *network, const likelihood_shape *shape, const likelihood_grid *grid, cfi_stop *stop,
                 cfi_arena *arena, places *p)
{
    /* of u: half a period of the highest power in f, z^(N + M - 2) */
    planting t = {.places = p,
                  .grid = grid,
                  .stop = stop,
                  .spread = 0.5 / fmax((double)(shape->N + shape->M) - 2.0, 2.0),
                  .square.size = sizeof(place_square),
                  .node.size = sizeof(place_node),
                  .lookup.size = sizeof(uint32_t),
                  .near.size = sizeof(uint32_t),
                  .next_near.size = sizeof(uint32_t),
                  .near_end.size = sizeof(size_t),
                  .next_end.size = sizeof(size_t)};
    growth_result result;
    bool kept;

    *p = (places){.L = network->L, .ap = network->ap_position_m};
    p->normal = arena_alloc(arena, 2 * network->L, sizeof *p->normal);
    if (!p->normal) {
        return false;
    }
    for (size_t l = 0; l < network->L; l++) {
        p->normal[2 * l] = -sin(orientation(network, l));
        p->normal[2 * l + 1] = cos(orientation(network, l));
    }
    bound_places(network, p);
    while ((result = grow_tree(&t)) == TREE_TOO_LARGE) {
        t.spread *= M_SQRT2;
    }
    kept = result == TREE_GROWN && keep_tree(&t, arena, p);
    free_planting(&t);
    return kept;
}
