/* Sensing as the allocation sees it. docs/model.md (M6), (M8)-(M10) */
#include "alloc/sensing.h"

#include "alloc/constants.h"
#include "alloc/rounded.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

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

void sensing_of_all(const cfi_link *link, const sensing_aps *aps)
{
    const double *threshold = system_angle_thresholds(link->system);
    size_t L = link->L;

    if (link->directions.aim || link->served) {
        for (size_t l = 0; l < L; l++) {
            sensing_ap ap = sensing_of(link, l);

            aps->comm[l] = ap.comm;
            aps->sens[l] = ap.sens;
            if (aps->need) {
                aps->need[l] = ap.need;
            }
        }
        return;
    }
    memcpy(aps->comm, link->own_echo.comm, L * sizeof *aps->comm);
    memcpy(aps->sens, link->own_echo.sens, L * sizeof *aps->sens);
    for (size_t l = 0; aps->need && l < L; l++) {
        aps->need[l] = threshold ? 1.0 / threshold[l] : 0.0;
    }
}

cfi_status sensing_check(const cfi_link *link, cfi_error *error)
{
    if (!system_angle_thresholds(link->system) || system_couples_sensing(link->system)) {
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

/* Information a watt becomes information a unit of power, over what the threshold needs. */
CLONES(static, void, take_coefficients, (size_t L, const double *threshold, double unit_w, double *information),
       (L, threshold, unit_w, information))
{
#pragma omp simd
    for (size_t l = 0; l < L; l++) {
        information[l] = problem_rounded_down(information[l] * (unit_w * threshold[l]));
    }
}

void sensing_fill(alloc_sensing *sensing, const cfi_link *link, double unit_w, bool asked)
{
    const double *threshold = system_angle_thresholds(link->system);
    size_t L = link->L;

    if (!asked) { /* any power senses enough; 0 still says that there are no users */
        for (size_t l = 0; l < L; l++) {
            sensing->d1[l] = link_has_users(link, l) ? INFINITY : 0.0;
            sensing->d2[l] = INFINITY;
        }
        return;
    }
    sensing_of_all(link, &(sensing_aps){.comm = sensing->d1, .sens = sensing->d2});
    take_coefficients(L, threshold, unit_w, sensing->d1);
    take_coefficients(L, threshold, unit_w, sensing->d2);
}

/* Within a limit, more communication power leaves less for the sensing power that makes up for it. */
static double largest_communication_power(const alloc_sensing *sensing, size_t l, double limit)
{
    double d1 = sensing->d1[l], d2 = sensing->d2[l];

    if (!sensing->beam_senses_better || d1 == d2) {
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

    return sensing->beam_senses_better || sensing_is_idle(sensing, l) ? 0.0 : fmax((1.0 - d2 * limit) / (d1 - d2), 0.0);
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

CLONES(static, void, draw_lines,
       (size_t L, const double *d1, const double *d2, double *restrict incline, double *restrict offset),
       (L, d1, d2, incline, offset))
{
#pragma omp simd
    for (size_t l = 0; l < L; l++) {
        incline[l] = d2[l] > 0.0 ? 1.0 - d1[l] / d2[l] : 0.0;
        offset[l] = d2[l] > 0.0 ? 1.0 / d2[l] : 0.0;
    }
}

/* What limits leave for communication power. */
static void choose_powers(alloc_sensing *sensing, size_t L, const double *limit)
{
    for (size_t l = 0; l < L; l++) {
        bool limited = limit[l] < INFINITY;

        sensing->most[l] = limited ? largest_communication_power(sensing, l, limit[l]) : limit[l];
        sensing->fewest[l] = limited ? least_communication_power(sensing, l, limit[l]) : 0.0;
    }
}

/* Numbers the access points with users, and those whose threshold counts. */
static void number_aps(alloc_sensing *sensing, size_t L, bool thresholds, const double *unit)
{
    size_t serving = 0, ranked = 0;

    for (size_t l = 0; l < L; l++) {
        bool serves = !sensing_is_idle(sensing, l);
        bool counts = thresholds && serves && !(1.0 / sensing->d1[l] <= NEGLIGIBLE_POWER * unit[l]);

        sensing->place[l] = serves ? serving : SIZE_MAX;
        sensing->rank[l] = counts ? ranked : SIZE_MAX;
        serving += serves;
        ranked += counts;
    }
    sensing->serving = serving;
    sensing->ranked = ranked;
}

/* Without thresholds nothing has to be sensed: every power is enough. */
static void choose_nothing(alloc_sensing *sensing, size_t L, const double *limit)
{
    sensing->beam_senses_better = true;
    sensing->kind = SENSING_SATURATED;
    memset(sensing->incline, 0, L * sizeof *sensing->incline);
    memset(sensing->offset, 0, L * sizeof *sensing->offset);
    memset(sensing->fewest, 0, L * sizeof *sensing->fewest);
    memcpy(sensing->most, limit, L * sizeof *sensing->most);
}

void sensing_choose(alloc_sensing *sensing, size_t L, bool coherent, const sensing_loads *loads, const double *limit,
                    const double *unit)
{
    if (loads) {
        sensing->beam_senses_better = sensing_prefers_beam(sensing, L);
        sensing->kind = choose_case(sensing, coherent, loads);
        draw_lines(L, sensing->d1, sensing->d2, sensing->incline, sensing->offset);
        choose_powers(sensing, L, limit);
    } else {
        choose_nothing(sensing, L, limit);
    }
    number_aps(sensing, L, loads != NULL, unit);
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
