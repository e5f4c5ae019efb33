/* Systems whose users are seen from arrays. Include after <cmocka.h>. */
#ifndef TESTS_FADING_SYSTEMS_H
#define TESTS_FADING_SYSTEMS_H

#include "systems.h"

/* A made system with positions, drawn in the area, and scatterers of this spread about users (negative: none) and lines
 * of sight of this factor, linear (0: none). */
typedef struct placed_system {
    made_system made;
    double *ap, *ue, *orientation;
} placed_system;

static inline double *made_points(cfi_stream *stream, size_t count, const double area[2])
{
    double *point = malloc(2 * count * sizeof *point);

    for (size_t i = 0; i < 2 * count; i++) {
        point[i] = made_uniform(stream, 0.0, area[i % 2]);
    }
    return point;
}

static inline placed_system place_system(made_system made, double spread_rad, double rician)
{
    cfi_stream stream = stream_make(made.system.seed, 0, CFI_DRAW_START, 4712);
    cfi_system *s = &made.system;
    placed_system placed;

    placed.ap = made_points(&stream, s->L, s->geometry.area_m);
    placed.ue = made_points(&stream, s->K, s->geometry.area_m);
    placed.orientation = malloc(s->L * sizeof(double));
    for (size_t l = 0; l < s->L; l++) {
        placed.orientation[l] = made_uniform(&stream, -M_PI, M_PI);
    }
    s->geometry.ap_position_m = placed.ap;
    s->geometry.ue_position_m = placed.ue;
    s->geometry.array_orientation_rad = placed.orientation;
    if (spread_rad >= 0.0) {
        s->fading.correlation = CFI_FADING_LOCAL_SCATTERING;
        s->fading.angular_spread_rad = spread_rad;
    }
    if (rician > 0.0) {
        s->fading.rician = CFI_RICIAN_NUMBER;
        s->fading.rician_factor = rician;
    }
    placed.made = made;
    return placed;
}

/* What lies beside the made system, which a drop frees by itself. */
static inline void free_places(placed_system *placed)
{
    free(placed->ap);
    free(placed->ue);
    free(placed->orientation);
}

#endif
