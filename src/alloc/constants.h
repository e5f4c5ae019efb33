/* The numbers that the room's methods rest on: meaning, unit, reason. Powers are in the problem's units (problem.h). */
#ifndef CFISAC_ALLOC_CONSTANTS_H
#define CFISAC_ALLOC_CONSTANTS_H

/* ------------------------------------------------------------------------- feasibility ---- */

/* Relative: at the very edge of feasibility two sums of the same powers in another order differ by less. A point that
 * breaks the budget or a limit by no more is feasible. */
static const double FEASIBLE_ROUNDING = 1e-10;
/* Relative: what has given way by the factor that an infeasible drop is told must pass the test itself, in whatever
 * order it adds up. */
static const double FACTOR_MARGIN = 1e-12;

/* The same of a factor that the cone solver found, which is that exact. */
static const double FACTOR_OF_SOLVER = 1e-8;

/* Relative: a value and its bound that are so near prove each other. */
static const double PROVED_GAP = 1e-6;

/* ----------------------------------------------------------------------------- sensing ---- */

/* Of an interval of shares or factors, to the last bit. */
enum { HALVES = 60 };

/* In an access point's unit: a threshold that so little power meets is no constraint of a step. It moves the optimum by
 * no more than that, and the completion of the step's result meets it. */
static const double NEGLIGIBLE_POWER = 1e-10;
/* Below it 1 / d1 and its square leave the range of a double: such a kink is out of reach anyway. */
static const double LEAST_COEFFICIENT = 1e-150;

/* ------------------------------------------------------------------------------- steps ---- */

/* Users whose SINR at the point is below this times the largest one (or 1, if that is less) have no part in a cone
 * problem: its rows divide by their u and I, and would span more decades than the solver's tolerance. */
static const double CONE_NEGLIGIBLE_SINR = 1e-10;
/* Below this SINR of the best user the product surrogate, 1 plus something tiny, loses its digits; the fractional one
 * is as tight there. */
static const double PRODUCT_LEAST_SINR = 1e-3;

/* Steps of a start before they are accelerated: most starts end earlier. */
enum { STEPS_PLAIN = 16 };
/* Points that are tried on the way to an accelerated point that is no better, each at so much of the way of the one
 * before. */
enum { STEP_RETREATS = 3 };
static const double STEP_RETREAT = 0.25;
/* Steps that are tried beside a point whose own problem has no answer. */
enum { STEPS_BESIDE = 3 };
/* Relative: by how much amplitudes differ in each of them; what the solver gave up at may need less, or more. */
static const double SHAKEN_BY[STEPS_BESIDE] = {1e-4, 1e-5, 1e-3};
/* Times the tolerance: an objective that differs by no more, relative, is the same. */
static const double LED_BACK = 1e-2;

/* Relative: so much more than a target a step asks for, where the point has it: a few times what the cone solver leaves
 * rows short of. Powers move by about as much. */
static const double TARGET_MARGIN = 2e-8;
/* Of the least target: SINR that a user without one keeps while the others' are looked for, where it counts at all. */
static const double HARDLY_SERVED = 1e-6;
/* Times what a step gained of a point that is to have the targets: while the targets are no farther, steps go on. */
static const double SEARCH_HOPE = 100.0;
/* Relative steps by which a power that meets targets is found, and attempts: up to 2^34 of them. */
static const double TARGET_STEP = 1e-10;
enum { TARGET_TRIES = 34 };

/* ---------------------------------------------------------------------- the response ---- */

/* Tries at the price of the budget, or at one access point's multiplier; eight are many. */
enum { MOST_PRICES = 200 };
/* Relative: so much of the budget, or of an access point's power, is nothing. */
static const double BUDGET_SPENT = 1e-13;
/* The least price above 0 that is tried first where the budget is overspent at 0. */
static const double FIRST_PRICE = 1e-6;

/* Tries at the scale of a state, which lies within this factor of 1. */
enum { MOST_SCALES = 20 };
static const double FARTHEST_SCALE = 10.0;

/* Relative: a common factor nearer to 1 raises nothing but rounding. */
static const double WORTH_RAISING = 1e-12;
/* The same where all access points answer together, to a tolerance. */
static const double WORTH_RAISING_COUPLED = 1e-9;

/* Numbers of the climb, chosen on random scenarios by the evaluations that they need, and so that results stay within
 * 1e-6 of the cone solver's or better (`tests/bench/soak.sh` tells both). */
static const double QUIET_CHANGE = 1e-9;    /* relative: the objective stands still, and the gap may be looked at */
static const double CERTIFIED_GAIN = 1e-2;  /* times allocation.tolerance: the relative gap at which a climb ends */
static const double NO_PROGRESS_GAP = 1e-2; /* times the tolerance: a relative gap at which a climb that gets no further
                                               is at its end */
static const double ROUNDING_GAIN = 4e-15;  /* below it a relative gap is rounding, whatever the tolerance */
static const double SECOND_ORDER = 4.0;     /* of a step's square, beside which the gain after it is small */
static const double LEAST_PART_SHARED = 0.03; /* that a user counts with at least; 0 and 0.3 ask for more steps of the
                                                 cone solver */
static const double FAR_BELOW = 1e-3;         /* relative: an extrapolation that loses more was too long */
static const double BELOW_SHORT = 1e-5;       /* the same where histories are short */
static const double RETREAT = 0.2;            /* what is left of it at each attempt to go less far */
static const double FARTHEST = 4.0;           /* from the map's answer to an extrapolation, in logarithms */
static const double FADING_SINR = 1e-3;       /* below it a user may be on its way to zero */
static const double FADING = 0.97;            /* times its amplitude, evaluation by evaluation */
static const double LEAST_LOGARITHM = 1e-150; /* amplitude that has a logarithm */
static const double LOGARITHM_SHIFT = 0.1;    /* times root(I_k): added to u_k in damped climbs */
static const double LEAST_SHARE = 0.02;       /* of a user's u that an extrapolation leaves it there, e^-FARTHEST */
static const double LIFT_RATE = 0.2;          /* by which the logarithm of what misses a target lifts its user: with 0.1
                                                 more evaluations, with 0.5 more climbs of fairness that go astray */
static const double LONGEST_LIFT = 2.0;       /* in an evaluation */
static const double HIGHEST_LIFT = 30.0; /* a user whose rate counts 1e13 times as much as that says: the climb ends */
enum {
    DEPTH = 5,         /* differences that the acceleration keeps: 3 and 10 take more evaluations */
    DEPTH_SHARED = 7,  /* the same with shared pilots, where 5 takes a tenth more and sends some starts to the cone
                          solver */
    UNCHECKED = 4,     /* evaluations between two looks at the gap because the objective stands still, at least */
    SOON = 2,          /* and because the step is small */
    RETREATS = 3,      /* attempts to go less far */
    MOST_PLAIN = 6,    /* plain steps after a retreat */
    FADED = 3,         /* evaluations in a row in which a fading user lost power, until it is silenced */
    HALVINGS = 12,     /* between two points */
    REVIVALS = 2,      /* of a silenced user */
    CERTIFICATES = 40, /* evaluations in search of lifts that prove that little is left to gain */
    STRAYED = 12,      /* evaluations that find nothing better, until a climb with shared pilots goes back; 8 and 20 are
                          as good on sixty users and one pilot */
    STALLED = 120,     /* evaluations of a climb, after which the cone solver takes over */
    /* Of damped climbs (problem.h): evaluations after which histories become short, what that is, and the
     * evaluations of a climb. In 100 starts of networks of 100 access points over correlated fading 95 end before. */
    SHORTEN = 40,
    SHORT_HISTORY = 2,
    STALLED_DAMPED = 180
};
/* Powers and coherent terms of a problem that the cone solver takes over at most: a step of more takes seconds, or
 * minutes. */
enum { CONES_MOST_POWERS = 100000 };

/* ----------------------------------------------------------------------------- targets ---- */

/* Relative: a target that is missed by no more is met. */
static const double LANDING_ROUNDING = 1e-12;
/* Relative: what is aimed at beyond a target, so that rounding leaves it met. */
static const double LANDING_MARGIN = 4e-11;
/* Relative: no more than a target where that is all that a user is to have. */
static const double LANDING_TIGHT = 1e-9;
enum {
    LANDING_TRIES = 60, /* tries at what others give; five are usual */
    LANDINGS = 4        /* times that a point is corrected: sensing powers follow the others' */
};

/* ------------------------------------------------------------------------------ starts ---- */

/* Default number of starts where pilots overlap. Over 300 wide random scenarios of up to 8 access points and 6 users 8
 * starts lost more than 1e-3 in 3 of them, 16 in none; with limits, 16 lost 1.7e-3 in one and 32 in none. The cone
 * solver's starts are dear. */
enum { STARTS_STRUCTURED = 16, STARTS_LIMITED = 32, STARTS_SOCP = 8 };
/* When a start is left for the best one before it: from RACE_LEAST evaluations on where RACE_PROMISE times what it
 * gained in the last RACE_WINDOW would not make it better by RACE_WORTH, relative; and where no user's rate differs
 * from the other's by more than RACE_MERGED of the mean. On 6,933 random scenarios 8, 4 and 0.02 in the place of 16, 6
 * and 0.01 lose more than three times as often, and save a tenth to a quarter of the time (tests/bench/race.sh). */
static const double RACE_PROMISE = 16.0, RACE_WORTH = 1e-7, RACE_MERGED = 0.01;
enum { RACE_LEAST = 3, RACE_WINDOW = 6 };
/* Standard deviation of an amplitude's logarithm in a random start: local maxima differ in the users served, and in
 * which access point serves whom. */
static const double PAIR_SPREAD = 2.5;
/* SINR of a user that a start does not serve: 1.4e-8 bit/s/Hz. */
static const double SILENT_SINR = 1e-8;
/* A user whose SINR is below this times the strongest one's may want to come back. */
static const double WEAK_SINR = 1e-2;

#endif
