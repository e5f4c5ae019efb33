/* Random cone problems whose answer is known because it was planted, and the judgement of an answer from the dense data
 * they were made of. Shared by the tests and by bench/cones.c. */
#ifndef TESTS_SOCP_PLANTED_H
#define TESTS_SOCP_PLANTED_H

#include "cfisac/base.h"
#include "cfisac/socp.h"

typedef enum planted_kind {
    PLANTED_OPTIMAL,           /* complementary x, s, y, z: inside, on the boundary or at the apex of every cone */
    PLANTED_PRIMAL_INFEASIBLE, /* a certificate; the dual is feasible */
    PLANTED_DUAL_INFEASIBLE,   /* a ray; the primal is feasible */
    PLANTED_DEGENERATE,    /* as optimal; repeated and zero rows, zero columns, variables fixed by two inequalities */
    PLANTED_SCALED,        /* as optimal; rows, cones and columns multiplied by 10^-3 .. 10^3 */
    PLANTED_SCALED_PRIMAL, /* as primal infeasible, multiplied likewise */
    PLANTED_SCALED_DUAL,   /* as dual infeasible */
    /* linear programmes as people write them: dependent, singleton and repeated rows, free, bounded and fixed
     * variables, rows multiplied by 10^-6 .. 10^6 */
    PLANTED_LINEAR,
    PLANTED_LINEAR_PRIMAL,
    PLANTED_LINEAR_DUAL,
    PLANTED_QUADRATIC, /* such a programme with the epigraph t >= norm(F x)^2 / 2 of a quadratic objective */
    PLANTED_KINDS
} planted_kind;

enum { PLANTED_MOST_N = 24, PLANTED_MOST_P = 24, PLANTED_MOST_M = 128, PLANTED_MOST_CONES = 6 };

typedef struct planted {
    planted_kind kind;
    size_t n, p, m, linear, cones, size[PLANTED_MOST_CONES];
    double a[PLANTED_MOST_P][PLANTED_MOST_N], g[PLANTED_MOST_M][PLANTED_MOST_N];
    double b[PLANTED_MOST_P], h[PLANTED_MOST_M], c[PLANTED_MOST_N];
    /* the planted solution, or what makes the other problem feasible */
    double x[PLANTED_MOST_N], s[PLANTED_MOST_M], y[PLANTED_MOST_P], z[PLANTED_MOST_M];
    double optimum;
    socp_builder *builder;
    const socp_problem *problem;
    bool rebuilt; /* s and z of the solution come from planted_rebuild, not from the solver */
} planted;

/* The problem of a seed. NULL when memory is out. */
planted *planted_make(uint64_t seed, planted_kind kind);
void planted_free(planted *problem);
const char *planted_name(planted_kind kind);
bool planted_is_primal_infeasible(planted_kind kind);
bool planted_is_dual_infeasible(planted_kind kind);

/* PLANTED_QUADRATIC as CBF, its epigraph a rotated cone as files have it. */
void planted_write_rotated(const planted *problem, FILE *stream);
/* The solution in the planted problem's terms, from x and the multipliers of that file's rows; y, z and s are room for
 * p, m and m numbers. s is what x gives, pulled into the cone. */
void planted_rebuild(planted *problem, const double *multiplier, socp_solution *solution, double *y, double *z,
                     double *s);

typedef enum planted_verdict {
    PLANTED_RIGHT,
    PLANTED_WEAK, /* inaccurate (and within its tolerance), iteration_limit or failed: honest, but no answer */
    PLANTED_WRONG
} planted_verdict;

/* Judges a solution by the dense data alone. why: what is wrong, 200 characters. */
planted_verdict planted_judge(const planted *problem, const socp_solution *solution, char why[200]);

/* Whether all residuals and the gap are below `tolerance` but for 128 units in the last place of the sums of magnitudes
 * that they come from: twice what stop_reason "rounding" allows for, since other sums round otherwise. */
bool planted_is_rounding(const planted *problem, const socp_solution *solution, double tolerance);

#endif
