/* Positions of one drop. docs/model.md (M1).
 *
 * Rejecting whole layouts would never succeed with many access points. Instead one side ("anchors": the users, or the
 * access points when only those are given) stands first, and each of the other side is drawn uniformly outside the
 * anchors' discs. */
#include "network/placement.h"

#include "base/clones.h"
#include "network/offset.h"

#include <string.h>

enum {
    GRID = 128,            /* cells a side, by whose centres the room between discs is judged */
    LEAST_FREE_CELLS = 17, /* a thousandth of them, rounded up */
    LAYOUT_ATTEMPTS = 10000,
    POINT_ATTEMPTS = 100000,
    POINT_BATCH = 64,   /* drawn at once */
    FIRST_ATTEMPTS = 8, /* of a point, drawn at once; then twice as many each time, up to POINT_BATCH */
};

typedef struct scene {
    const cfi_system *system;
    uint32_t drop;
    const double *anchor; /* 2 x anchors */
    size_t anchors;
    const double *target; /* that access points keep away from: 2 numbers, or NULL */
    double period[2];     /* of the area's copies */
} scene;

static bool outside_disc(const scene *layout, const double *centre, double radius, double x, double y)
{
    double dx = offset_nearest(x - centre[0], layout->period[0]);
    double dy = offset_nearest(y - centre[1], layout->period[1]);

    return dx * dx + dy * dy >= radius * radius;
}

static bool outside_discs(const scene *layout, double x, double y)
{
    double radius = layout->system->geometry.min_distance_m;
    bool outside = !layout->target || outside_disc(layout, layout->target, CFI_LEAST_TARGET_RANGE_M, x, y);

    for (size_t i = 0; outside && i < layout->anchors; i++) {
        outside = outside_disc(layout, layout->anchor + 2 * i, radius, x, y);
    }
    return outside;
}

/* Marks the cells of a row, dx from an anchor, inside its disc: the arithmetic of outside_discs. */
CLONES(static, void, mark_row,
       (const scene *layout, double dx, double anchor_y, double radius, uint64_t *restrict covered),
       (layout, dx, anchor_y, radius, covered))
{
    double height = layout->system->geometry.area_m[1], period = layout->period[1];

    for (size_t j = 0; j < GRID; j++) {
        double dy = offset_nearest(((double)j + 0.5) / GRID * height - anchor_y, period);

        covered[j] |= dx * dx + dy * dy < radius * radius;
    }
}

static size_t count_free(const scene *layout, double x)
{
    const cfi_geometry *geometry = &layout->system->geometry;
    uint64_t covered[GRID] = {0};
    size_t free = GRID;

    for (size_t i = 0; i < layout->anchors; i++) {
        double dx = offset_nearest(x - layout->anchor[2 * i], layout->period[0]);

        if (dx * dx < geometry->min_distance_m * geometry->min_distance_m) {
            mark_row(layout, dx, layout->anchor[2 * i + 1], geometry->min_distance_m, covered);
        }
    }
    for (size_t j = 0; j < GRID; j++) {
        free -= covered[j];
    }
    return free;
}

/* Whether a thousandth of the area is outside the discs, judged on a fixed grid of cell centres: rows of cells until
 * enough are found. Rows far apart come first, since room is rarely everywhere and rarely in one row. */
static bool leaves_room(const scene *layout)
{
    enum { STRIDE = 37 }; /* odd: visits every row */
    size_t free = 0;

    for (size_t n = 0; n < GRID && free < LEAST_FREE_CELLS; n++) {
        size_t i = n * STRIDE % GRID;

        free += count_free(layout, ((double)i + 0.5) / GRID * layout->system->geometry.area_m[0]);
    }
    return free >= LEAST_FREE_CELLS;
}

/* From the unit square to the area. */
static void scale_points(const scene *layout, size_t count, double *point)
{
    for (size_t i = 0; i < 2 * count; i++) {
        point[i] *= layout->system->geometry.area_m[i % 2];
    }
}

/* Uniform points, the first of each of `count` streams from index `first` on. */
static void draw_first(const scene *layout, cfi_purpose purpose, uint32_t first, size_t count, double *point)
{
    cfi_stream stream = stream_make(layout->system->seed, layout->drop, purpose, 0);
    uint32_t index[POINT_BATCH];

    for (size_t done = 0; done < count; done += POINT_BATCH) {
        size_t take = count - done < POINT_BATCH ? count - done : POINT_BATCH;

        for (size_t i = 0; i < take; i++) {
            index[i] = first + (uint32_t)(done + i);
        }
        random_uniform_pairs(&stream, take, index, point + 2 * done);
    }
    scale_points(layout, count, point);
}

static cfi_status no_room(const scene *layout, const char *what, cfi_error *error)
{
    const cfi_system *system = layout->system;

    if (layout->target && layout->anchors == 0) {
        return error_set(error, CFI_INVALID,
                         "/sensing/target_position_m: no place for %s in drop %u that is %g m from it (area %g m x %g "
                         "m; allowed: a larger area)",
                         what, layout->drop, CFI_LEAST_TARGET_RANGE_M, system->geometry.area_m[0],
                         system->geometry.area_m[1]);
    }
    return error_set(
        error, CFI_INVALID,
        "/network/placement: reject finds no room for %s in drop %u (area %g m x %g m, minimum distance %g m, "
        "%zu anchors; allowed: a larger area, a smaller min_distance_m, clamp or none)",
        what, layout->drop, system->geometry.area_m[0], system->geometry.area_m[1], system->geometry.min_distance_m,
        layout->anchors);
}

/* Draws a point that fell into a disc again, from its stream's second block on: each attempt is one block. False when
 * none is outside. */
static bool draw_again(const scene *layout, cfi_purpose purpose, size_t index, double point[2])
{
    cfi_stream stream = stream_make(layout->system->seed, layout->drop, purpose, (uint32_t)index);
    size_t batch = FIRST_ATTEMPTS;
    double attempt[2 * POINT_BATCH];

    stream.block = 1;
    while (stream.block < POINT_ATTEMPTS) {
        size_t left = POINT_ATTEMPTS - stream.block, take = batch < left ? batch : left;

        random_uniforms(&stream, 2 * take, attempt);
        scale_points(layout, take, attempt);
        for (size_t i = 0; i < take; i++) {
            if (outside_discs(layout, attempt[2 * i], attempt[2 * i + 1])) {
                memcpy(point, attempt + 2 * i, 2 * sizeof *point);
                return true;
            }
        }
        batch = 2 * batch < POINT_BATCH ? 2 * batch : POINT_BATCH;
    }
    return false;
}

/* Draws `count` points outside the anchors' discs and the target's (anywhere without them). */
static cfi_status draw_points(const scene *layout, cfi_purpose purpose, size_t count, double *point, cfi_error *error)
{
    draw_first(layout, purpose, 0, count, point);
    for (size_t i = 0; i < count; i++) {
        if (!outside_discs(layout, point[2 * i], point[2 * i + 1]) && !draw_again(layout, purpose, i, point + 2 * i)) {
            return no_room(layout, purpose == CFI_DRAW_AP_POSITION ? "an access point" : "a user", error);
        }
    }
    return CFI_OK;
}

/* Users that leave room for access points: whole user layouts are redrawn, so that the choice does not depend on L. */
static cfi_status draw_users(scene *layout, size_t K, double *user, cfi_error *error)
{
    bool reject = layout->system->geometry.placement == CFI_PLACEMENT_REJECT;

    layout->anchor = user;
    layout->anchors = K;
    for (size_t attempt = 0; attempt < LAYOUT_ATTEMPTS; attempt++) {
        draw_first(layout, CFI_DRAW_UE_POSITION, (uint32_t)(attempt * 65536), K, user);
        if (!reject || leaves_room(layout)) {
            return CFI_OK;
        }
    }
    return no_room(layout, "access points beside the users", error);
}

cfi_status placement_draw(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    scene layout = {.system = system,
                    .drop = network->drop,
                    .period = {offset_period(&system->geometry, 0), offset_period(&system->geometry, 1)}};
    bool reject = system->geometry.placement == CFI_PLACEMENT_REJECT;
    cfi_status status = CFI_OK;
    double *point;

    network->ap_position_m = system->geometry.ap_position_m;
    network->ue_position_m = system->geometry.ue_position_m;
    if (!network->ue_position_m) {
        network->ue_position_m = point = arena_alloc(arena, 2 * network->K, sizeof *point);
        if (!point) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for user positions");
        }
        if (system->geometry.ap_position_m && reject) {
            layout.anchor = system->geometry.ap_position_m;
            layout.anchors = network->L;
            status = draw_points(&layout, CFI_DRAW_UE_POSITION, network->K, point, error);
        } else {
            status = draw_users(&layout, network->K, point, error);
        }
    }
    if (status == CFI_OK && !network->ap_position_m) {
        network->ap_position_m = point = arena_alloc(arena, 2 * network->L, sizeof *point);
        if (!point) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for access point positions");
        }
        layout.anchor = network->ue_position_m;
        layout.anchors = reject ? network->K : 0;
        layout.target = system->sensing.geometry == CFI_GEOMETRY_TARGET ? system->sensing.target_position_m : NULL;
        status = draw_points(&layout, CFI_DRAW_AP_POSITION, network->L, point, error);
    }
    return status;
}
