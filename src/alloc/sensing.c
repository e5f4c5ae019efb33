/* Sensing as the allocation sees it. docs/model.md (M6), (M8)-(M10) */
#include "alloc/sensing.h"

#include "alloc/constants.h"

#include <math.h>

sensing_ap sensing_of_directed(const cfi_link *link, size_t l)
{
    const double *threshold = system_angle_thresholds(link->system);
    bool serves = link_has_users(link, l);

    if (!threshold) {
        return (sensing_ap){.comm = serves, .sens = 1.0};
    }
    directed_ap ap = directed_of(link, l, 1.0);

    return (sensing_ap){
        .comm = serves ? directed_best(&ap).information : 0.0, .sens = ap.along * (double)link->system->N, .need = 1.0};
}

bool sensing_raises_directed(const cfi_link *link)
{
    const cfi_system *system = link->system;

    return system->allocation.objective == CFI_MIN_CRLB && system->sensing.crlb_model == CFI_CRLB_OWN_ECHO &&
           link->directions.aim;
}

cfi_status sensing_check(const cfi_link *link, cfi_error *error)
{
    bool constrains = system_angle_thresholds(link->system) && !system_couples_sensing(link->system);

    if (!constrains && !sensing_raises_directed(link)) {
        return CFI_OK; /* information_build_kinds looks at the link itself */
    }
    if (!link->own_echo.diagonal) {
        return error_set(error, CFI_INVALID, "the allocation takes thresholds on an access point's own echo only");
    }
    return !link->directions.aim || link->V_by_stream
               ? CFI_OK
               : error_set(error, CFI_INVALID, "signals that have directions need interference by stream");
}

cfi_status sensing_init(alloc_sensing *sensing, size_t L, cfi_arena *arena, cfi_error *error)
{
    double *row = arena_alloc(arena, 6 * L, sizeof *row);
    size_t *rank = arena_alloc(arena, 2 * L, sizeof *rank);

    if (!row || !rank) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the thresholds of %zu access points", L);
    }
    *sensing = (alloc_sensing){.d1 = row,
                               .d2 = row + L,
                               .incline = row + 2 * L,
                               .offset = row + 3 * L,
                               .most = row + 4 * L,
                               .fewest = row + 5 * L,
                               .rank = rank,
                               .place = rank + L};
    return CFI_OK;
}

cfi_status sensing_direct(alloc_sensing *sensing, const cfi_link *link, double unit_w, cfi_arena *arena,
                          cfi_error *error)
{
    size_t L = link->L;

    if (!link->directions.aim || !system_angle_thresholds(link->system)) {
        return CFI_OK;
    }
    sensing->directed = arena_alloc(arena, L, sizeof *sensing->directed);
    sensing->best = arena_alloc(arena, L, sizeof *sensing->best);
    sensing->aim = arena_alloc(arena, L, sizeof *sensing->aim);
    if (!sensing->directed || !sensing->best || !sensing->aim) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the thresholds of %zu access points", L);
    }
    for (size_t l = 0; l < L; l++) {
        sensing->directed[l] = directed_of(link, l, unit_w);
        sensing->best[l] = directed_best(&sensing->directed[l]);
        sensing->d1[l] = link_has_users(link, l) ? sensing->best[l].information : 0.0;
        sensing->d2[l] = sensing->directed[l].along * (double)link->system->N;
    }
    return CFI_OK;
}

/* Within a limit, more communication power leaves less for the sensing power that makes up for it. */
static double largest_communication_power(const alloc_sensing *sensing, size_t l, double limit)
{
    double d1 = sensing->d1[l], d2 = sensing->d2[l];

    if (!sensing->beam_senses_better || !(limit < INFINITY) || d1 == d2) {
        return limit;
    }
    return fmin(limit, fmax((limit - 1.0 / d2) / (1.0 - d1 / d2), 0.0));
}

bool sensing_prefers_beam(const alloc_sensing *sensing, size_t L)
{
    size_t l = 0;

    while (l + 1 < L && sensing_is_idle(sensing, l)) { /* somebody has users */
        l++;
    }
    return sensing->d2[l] >= sensing->d1[l];
}

/* Where sensing power is the weaker one, much of it does what little communication power does. */
static double least_communication_power(const alloc_sensing *sensing, size_t l, double limit)
{
    double d1 = sensing->d1[l], d2 = sensing->d2[l];

    return sensing->beam_senses_better || sensing_is_idle(sensing, l) || !(limit < INFINITY)
               ? 0.0
               : fmax((1.0 - d2 * limit) / (d1 - d2), 0.0);
}

static sensing_case choose_case(const alloc_sensing *sensing, bool coherent, const sensing_loads *loads)
{
    if (sensing->directed) {
        return coherent ? SENSING_LINEARISED : SENSING_CONVEX;
    }
    if (coherent) {
        return sensing->beam_senses_better && loads->trade_convex ? SENSING_CONVEX : SENSING_LINEARISED;
    }
    if (!(sensing->d2[0] > 0.0) || (!sensing->beam_senses_better && loads->sensing_dearer)) {
        return SENSING_SATURATED; /* the same power serves the users instead */
    }
    return SENSING_CONVEX;
}

/* Without thresholds nothing has to be sensed: every power is enough. */
static void choose_nothing(alloc_sensing *sensing, size_t L, const double *limit)
{
    sensing->beam_senses_better = true;
    sensing->kind = SENSING_SATURATED;
    sensing->ranked = sensing->serving = 0;
    for (size_t l = 0; l < L; l++) {
        sensing->incline[l] = sensing->offset[l] = sensing->fewest[l] = 0.0;
        sensing->most[l] = limit[l];
        sensing->place[l] = sensing_is_idle(sensing, l) ? SIZE_MAX : sensing->serving++;
        sensing->rank[l] = SIZE_MAX;
    }
}

void sensing_choose(alloc_sensing *sensing, size_t L, bool coherent, const sensing_loads *loads, const double *limit,
                    const double *unit)
{
    if (!loads) {
        choose_nothing(sensing, L, limit);
        return;
    }
    sensing->beam_senses_better = sensing_prefers_beam(sensing, L);
    sensing->kind = choose_case(sensing, coherent, loads);
    sensing->ranked = sensing->serving = 0;
    for (size_t l = 0; l < L; l++) {
        double d1 = sensing->d1[l], d2 = sensing->d2[l];

        sensing->incline[l] = d2 > 0.0 ? 1.0 - d1 / d2 : 0.0;
        sensing->offset[l] = d2 > 0.0 ? 1.0 / d2 : 0.0;
        sensing->most[l] = largest_communication_power(sensing, l, limit[l]);
        sensing->fewest[l] = least_communication_power(sensing, l, limit[l]);
        sensing->place[l] = sensing_is_idle(sensing, l) ? SIZE_MAX : sensing->serving++;
        sensing->rank[l] =
            sensing_is_idle(sensing, l) || 1.0 / d1 <= NEGLIGIBLE_POWER * unit[l] ? SIZE_MAX : sensing->ranked++;
    }
}

double sensing_floor(const alloc_sensing *sensing, size_t l, double s, double limit, bool keep)
{
    double d1 = sensing->d1[l], d2 = sensing->d2[l], floor;

    if (sensing->beam_senses_better || sensing_is_idle(sensing, l)) {
        return 0.0;
    }
    if (sensing->kind == SENSING_SATURATED || !keep || !(d2 > 0.0)) {
        return 1.0 / d1;
    }
    floor = fmax((1.0 - d2 * s) / d1, 0.0);
    /* beyond the limit s is traded for x until both fit */
    return floor + s > limit ? (1.0 - d2 * limit) / (d1 - d2) : floor;
}
