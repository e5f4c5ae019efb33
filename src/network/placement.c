/* Positions of one drop. docs/model.md (M1).
 *
 * Rejecting whole layouts would never succeed with many access points. Instead one side ("anchors": the users, or the
 * access points when only those are given) stands first, and each of the other side is drawn uniformly outside the
 * anchors' discs. */
#include "network/placement.h"

#include <math.h>

enum { GRID = 128, LAYOUT_ATTEMPTS = 10000, POINT_ATTEMPTS = 100000 };
static const double LEAST_FREE_SHARE = 1e-3;

typedef struct scene {
    const cfi_system *system;
    uint32_t drop;
    const double *anchor; /* 2 x anchors */
    size_t anchors;
} scene;

static bool outside_discs(const scene *layout, double x, double y)
{
    double radius = layout->system->geometry.min_distance_m;

    for (size_t i = 0; i < layout->anchors; i++) {
        double dx = x - layout->anchor[2 * i], dy = y - layout->anchor[2 * i + 1];

        if (dx * dx + dy * dy < radius * radius) {
            return false;
        }
    }
    return true;
}

/* Share of the area outside the discs, on a fixed grid of cell centres. */
static double free_share(const scene *layout)
{
    const double *area = layout->system->geometry.area_m;
    size_t free = 0;

    for (size_t i = 0; i < GRID; i++) {
        for (size_t j = 0; j < GRID; j++) {
            free += outside_discs(layout, ((double)i + 0.5) / GRID * area[0], ((double)j + 0.5) / GRID * area[1]);
        }
    }
    return (double)free / (GRID * GRID);
}

/* A uniform point; each attempt is one block of the point's own stream. */
static void draw_point(const scene *layout, cfi_stream *stream, double point[2])
{
    random_uniforms(stream, 2, point);
    point[0] *= layout->system->geometry.area_m[0];
    point[1] *= layout->system->geometry.area_m[1];
}

static cfi_status no_room(const scene *layout, const char *what, cfi_error *error)
{
    const cfi_system *system = layout->system;

    return error_set(
        error, CFI_INVALID,
        "/network/placement: reject finds no room for %s in drop %u (area %g m x %g m, minimum distance %g m, "
        "%zu anchors; allowed: a larger area, a smaller min_distance_m, clamp or none)",
        what, layout->drop, system->geometry.area_m[0], system->geometry.area_m[1], system->geometry.min_distance_m,
        layout->anchors);
}

/* Draws `count` points outside the anchors' discs (anywhere without anchors). */
static cfi_status draw_points(const scene *layout, cfi_purpose purpose, size_t count, double *point, cfi_error *error)
{
    for (size_t i = 0; i < count; i++) {
        cfi_stream stream = stream_make(layout->system->seed, layout->drop, purpose, (uint32_t)i);
        size_t attempt = 0;

        do {
            if (attempt++ == POINT_ATTEMPTS) {
                return no_room(layout, purpose == CFI_DRAW_AP_POSITION ? "an access point" : "a user", error);
            }
            draw_point(layout, &stream, point + 2 * i);
        } while (!outside_discs(layout, point[2 * i], point[2 * i + 1]));
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
        for (size_t k = 0; k < K; k++) {
            cfi_stream stream =
                stream_make(layout->system->seed, layout->drop, CFI_DRAW_UE_POSITION, (uint32_t)(attempt * 65536 + k));

            draw_point(layout, &stream, user + 2 * k);
        }
        if (!reject || free_share(layout) >= LEAST_FREE_SHARE) {
            return CFI_OK;
        }
    }
    return no_room(layout, "access points beside the users", error);
}

cfi_status placement_draw(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    scene layout = {.system = system, .drop = network->drop};
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
        status = draw_points(&layout, CFI_DRAW_AP_POSITION, network->L, point, error);
    }
    return status;
}
