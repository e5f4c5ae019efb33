/* Sensing by signals that have directions: information of an access point as a concave function of its powers, and the
 * most of it that a unit of power has. docs/model.md (M10), (M21)
 *
 * Of powers p_k, s of an access point with sums lit = sum_k p_k lit_k + N s, turned and mixed (cfi_aim),
 *     information = along lit + across (turned - abs(mixed)^2 / lit),
 * over what the threshold needs: 1 is enough. */
#ifndef CFISAC_ALLOC_DIRECTED_H
#define CFISAC_ALLOC_DIRECTED_H

#include "cfisac/alloc.h"

/* One access point. */
typedef struct directed_ap {
    const cfi_link *link;
    size_t l;
    double along, across; /* over what the threshold needs, for powers in the unit that was asked for */
} directed_ap;

/* Needs signals that have directions; powers are in unit_w watts. Without thresholds 1 rad^2 is what is needed. */
directed_ap directed_of(const cfi_link *link, size_t l, double unit_w);

/* Over what is needed; of all that is sent, the beam too. */
double directed_information(const directed_ap *ap, const cfi_aim *all);
/* The least sensing power with which it is enough beside signals for users of that aim; infinite: none is. */
double directed_least_beam(const directed_ap *ap, const cfi_aim *users);
/* The least factor by which signals of that aim are enough beside sensing power s; infinite: none is. */
double directed_least_factor(const directed_ap *ap, const cfi_aim *users, double s);

/* The mix of streams and beam that senses best: most information a unit of power. As a function of a complex number g
 * the number  q_i(g) = F11_i - 2 Re(g^* F12_i) + abs(g)^2 F22_i  of stream i is never below its share of information,
 * so that max_i q_i(g) bounds the information of every mix: the certificate. */
enum { DIRECTED_MOST = 3 }; /* streams of the best mix: it takes no more */
typedef struct directed_mix {
    double information, bound; /* of a unit of power; what no mix exceeds */
    size_t count;
    size_t stream[DIRECTED_MOST]; /* users; K: the beam */
    double share[DIRECTED_MOST];  /* of the power, sum 1 */
} directed_mix;
directed_mix directed_best(const directed_ap *ap);

/* Powers of one access point, made enough: those for users are multiplied by `factor`, then `keep` of all is kept and
 * the rest is the best mix, of as much power as that needs. Information is concave: what lies between two powers that
 * are enough is enough. */
typedef struct directed_plan {
    double factor, keep;
    double x, s; /* the result's, for users and in the beam */
    double rest; /* (1 - keep) times the least power that is enough */
} directed_plan;
/* From powers for users of that aim, x in all, beside sensing power s: more of whichever costs less, and where that is
 * beyond the limit as much of it as there is room for. Needs a limit that the best mix keeps. */
directed_plan directed_fit(const directed_ap *ap, const directed_mix *best, const cfi_aim *users, double x, double s,
                           double limit);
/* A plan beyond the limit keeps as much as there is room for; one that is not enough at any power, nothing. */
void directed_limit(directed_plan *plan, const directed_mix *best, size_t beam, double limit);
/* Keeps only that share of a plan, beside the best mix. */
void directed_keep(directed_plan *plan, const directed_mix *best, size_t beam, double share);
/* What becomes of user k's power p, and what share of the best mix is stream k's. */
double directed_power(const directed_plan *plan, const directed_mix *best, size_t k, double p);
double directed_share(const directed_mix *best, size_t k);

#endif
