/* Drops with a target at a place: made by hand, whatever draws them elsewhere. Include after <cmocka.h>. */
#ifndef TESTS_TARGET_DROPS_H
#define TESTS_TARGET_DROPS_H

#include "drops.h"

enum { TARGET_MOST_APS = 8 };

/* Where everything is, and the echoes' paths: element (l, p) at [l + L p], row l sends. */
typedef struct target_place {
    size_t L;
    double at[2], ap[2 * TARGET_MOST_APS], orientation[TARGET_MOST_APS];
    double range[TARGET_MOST_APS], bearing[TARGET_MOST_APS];
    double gain[TARGET_MOST_APS * TARGET_MOST_APS], phase[TARGET_MOST_APS * TARGET_MOST_APS];
} target_place;

/* What array l measures of a target at x, y: folded where the array has it behind itself. */
static inline double target_angle(const target_place *place, size_t l, double x, double y)
{
    double turn = atan2(y - place->ap[2 * l + 1], x - place->ap[2 * l]) - place->orientation[l];

    return asin(sin(turn));
}

/* Amplitudes 1e-2 at 100 m, by distance. */
static inline void target_see(target_place *place)
{
    size_t L = place->L;

    for (size_t l = 0; l < L; l++) {
        double x = place->at[0] - place->ap[2 * l], y = place->at[1] - place->ap[2 * l + 1];

        place->range[l] = hypot(x, y);
        place->bearing[l] = atan2(y, x);
    }
    for (size_t i = 0; i < L * L; i++) {
        place->gain[i] = 1e-2 * 1e4 / (place->range[i % L] * place->range[i / L]);
    }
}

/* Access points about a target in 300 m x 300 m, everything random. */
static inline target_place target_draw(uint64_t seed, size_t L)
{
    target_place place = {.L = L};
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 777);

    place.at[0] = made_uniform(&stream, 0.0, 300.0);
    place.at[1] = made_uniform(&stream, 0.0, 300.0);
    for (size_t l = 0; l < L; l++) {
        place.ap[2 * l] = made_uniform(&stream, 0.0, 300.0);
        place.ap[2 * l + 1] = made_uniform(&stream, 0.0, 300.0);
        place.orientation[l] = made_uniform(&stream, -M_PI, M_PI);
    }
    for (size_t i = 0; i < L * L; i++) {
        place.phase[i] = made_uniform(&stream, 0.0, 2.0 * M_PI);
    }
    target_see(&place);
    return place;
}

/* The system's angles and paths are those of the place, which must live as long. */
static inline void target_use(made_system *made, const target_place *place)
{
    for (size_t l = 0; l < place->L; l++) {
        made->angle[l] = target_angle(place, l, place->at[0], place->at[1]);
    }
    made->system.sensing.path_gains = place->gain;
    made->system.sensing.path_phases_rad = place->phase;
}

/* The drop's network gets the target. After give_directions, which clears orientations. */
static inline void target_show(drop *d, const target_place *place)
{
    d->network.target_position_m = place->at;
    d->network.target_range_m = place->range;
    d->network.target_bearing_rad = place->bearing;
    d->network.fading.orientation_rad = place->orientation;
    remake_link(d);
}

static inline drop *target_drop(made_system made, const target_place *place)
{
    drop *d;

    target_use(&made, place);
    d = make_drop(made);
    target_show(d, place);
    return d;
}

#endif
