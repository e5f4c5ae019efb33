/* Sensing as the allocation sees it: the one place that knows what d1 and d2 mean. docs/model.md (M6), (M8)-(M10)
 *
 * The information of an access point is linear in its own powers, d1 x + d2 s (x: communication, s: sensing power), and
 * has to reach what its threshold needs. In the units of a problem that need is 1:
 *     d1_l x_l + d2_l s_l >= 1
 * so x >= 1 / d1 senses well enough by itself (the kink), and below it s = (1 - d1 x) / d2 is the least that helps.
 * With one receiving antenna d2 = 0: sensing power never helps, and nothing is divided by d2.
 * An access point without users ("idle") has no communication power that could sense: d1 = 0, and s = 1 / d2.
 *
 * Where signals have directions information is a concave function of all powers of the access point (directed.h). d1 is
 * then the most that a unit of power has, and d2 what a unit of sensing power has alone. */
#ifndef CFISAC_ALLOC_SENSING_H
#define CFISAC_ALLOC_SENSING_H

#include "alloc/constants.h"
#include "alloc/directed.h"

/* How a step treats the sensing constraint. Which of d1 and d2 is larger is the same for all access points, whose
 * arrays are alike. */
typedef enum {
    SENSING_CONVEX,    /* linear in powers of which x_l >= sum_k w_kl^2 may be larger than is used: no loss */
    SENSING_SATURATED, /* no sensing power is of use: s = 0, x_l >= 1 / d1_l, which is 0 without thresholds */
    SENSING_LINEARISED /* coherent terms, and communication power senses better: reverse convex in amplitudes */
} sensing_case;

typedef struct alloc_sensing {
    sensing_case kind;
    bool beam_senses_better;  /* d2 >= d1: the least power that senses is sensing power */
    double *d1, *d2;          /* L each: information a unit of power, over what the threshold needs; infinite without */
    double *incline, *offset; /* L: x + s >= incline x + offset is the constraint: 1 - d1 / d2, 1 / d2; 0 if d2 = 0,
                                 and without thresholds */
    double *most;   /* L: the largest communication power x_l with which AP l senses well enough in its limit */
    double *fewest; /* L: the least x_l with which sensing power fills up what is missing within the limit */
    /* L: place among the `ranked` access points with users whose threshold counts; else SIZE_MAX */
    size_t *rank, ranked;
    size_t *place, serving; /* L: place among the `serving` access points with users; else SIZE_MAX */
    directed_ap *directed;  /* L, in units of the problem; NULL where information is linear */
    directed_mix *best;     /* L: the same */
    cfi_aim *aim;           /* L: scratch of the completion */
} alloc_sensing;

/* How interference of sensing power compares with that of communication power, over all pairs of user and AP. */
typedef struct sensing_loads {
    bool sensing_dearer; /* s is never preferred for its interference: V <= S everywhere */
    bool trade_convex;   /* V / d1 >= S / d2 everywhere: no step wants x above what its amplitudes are */
} sensing_loads;

/* The kink and the line below it, for the response: s = max(0, offset - trade x), and x >= kink where sensing
 * power is of no use (then trade = offset = 0 and `helps` is false). */
typedef struct sensing_shape {
    double kink, trade, offset;
    bool helps;
} sensing_shape;

/* One access point's own information in watts: of a watt for users (0 without users), of a watt for sensing, what its
 * threshold needs; nothing without one. Where signals have directions the most of a watt, over what is needed. */
typedef struct sensing_ap {
    double comm, sens, need;
} sensing_ap;

/* Where signals have directions. */
sensing_ap sensing_of_directed(const cfi_link *link, size_t l);

static inline sensing_ap sensing_of(const cfi_link *link, size_t l)
{
    const double *threshold = system_angle_thresholds(link->system);

    if (link->directions.aim) {
        return sensing_of_directed(link, l);
    }
    return (sensing_ap){.comm = link_has_users(link, l) ? link->own_echo.comm[l] : 0.0,
                        .sens = link->own_echo.sens[l],
                        .need = threshold ? 1.0 / threshold[l] : 0.0};
}

/* The same of all access points, L numbers each; need NULL: not asked for. */
typedef struct sensing_aps {
    double *comm, *sens, *need;
} sensing_aps;

void sensing_of_all(const cfi_link *link, const sensing_aps *aps);

static inline sensing_ap sensing_of_one(const sensing_aps *aps, size_t l)
{
    return (sensing_ap){.comm = aps->comm[l], .sens = aps->sens[l], .need = aps->need[l]};
}

/* A watt senses better as sensing power. */
static inline bool sensing_beam_is_better(const sensing_ap *ap)
{
    return ap->sens >= ap->comm;
}

/* The least watts that reach the threshold, spent in whichever way senses better; infinite when neither does. */
static inline double sensing_least_power(const sensing_ap *ap)
{
    return ap->need > 0.0 ? ap->need / (ap->comm > ap->sens ? ap->comm : ap->sens) : 0.0;
}

/* The allocation knows thresholds on the own echo only: CFI_INVALID for information that other access points' powers
 * add to, and for signals that have directions and interfere all alike. */
cfi_status sensing_check(const cfi_link *link, cfi_error *error);

/* Rows for L access points. CFI_NO_MEMORY. */
cfi_status sensing_init(alloc_sensing *sensing, size_t L, cfi_arena *arena, cfi_error *error);
/* Where there are thresholds and signals have directions: what is only there, and d1 and d2; unit_w watts are a unit.
 * CFI_NO_MEMORY. */
cfi_status sensing_direct(alloc_sensing *sensing, const cfi_link *link, double unit_w, cfi_arena *arena,
                          cfi_error *error);
/* d1 and d2 elsewhere; `asked`: by thresholds that access points keep on their own. */
void sensing_fill(alloc_sensing *sensing, const cfi_link *link, double unit_w, bool asked);
/* Sensing power senses better: d2 >= d1 at the access points with users. */
bool sensing_prefers_beam(const alloc_sensing *sensing, size_t L);

/* A user whose rate target no power of all access points together reaches, SINR_k < sum_l g_kl^2 / V_kk,l: the first
 * with the largest factor, that of its target over the limit. docs/model.md (M30) */
bool targets_are_beyond(const cfi_link *link, cfi_infeasibility *because);

/* Nobody is served. */
static inline bool sensing_is_idle(const alloc_sensing *sensing, size_t l)
{
    return !(sensing->d1[l] > 0.0);
}

/* Everything that follows from d1 and d2; limit (infinite: none) and unit as in alloc_problem, L each. loads: NULL
 * where there are no thresholds. */
void sensing_choose(alloc_sensing *sensing, size_t L, bool coherent, const sensing_loads *loads, const double *limit,
                    const double *unit);

static inline sensing_shape sensing_shape_of(const alloc_sensing *sensing, size_t l)
{
    double d1 = sensing->d1[l], d2 = sensing->d2[l];
    sensing_shape shape = {.kink = d1 > LEAST_COEFFICIENT ? 1.0 / d1 : 1.0 / LEAST_COEFFICIENT,
                           .helps = sensing->kind != SENSING_SATURATED && d2 > 0.0};

    if (sensing_is_idle(sensing, l)) {
        return (sensing_shape){.offset = 1.0 / d2, .helps = true};
    }

    if (shape.helps) {
        shape.trade = d1 / d2;
        shape.offset = 1.0 / d2;
    }
    return shape;
}

/* The least communication power of AP l beside sensing power s within its limit; 0 where sensing power fills up what is
 * missing. Without `keep` s is given up. */
double sensing_floor(const alloc_sensing *sensing, size_t l, double s, double limit, bool keep);

/* The least x + s, given x, that senses well enough. */
static inline double sensing_least_total(const alloc_sensing *sensing, size_t l, double x)
{
    double total = sensing->incline[l] * x + sensing->offset[l];

    return total > x ? total : x;
}

#endif
