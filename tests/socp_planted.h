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
} planted;

/* The problem of a seed. NULL when memory is out. */
planted *planted_make(uint64_t seed, planted_kind kind);
void planted_free(planted *problem);
const char *planted_name(planted_kind kind);

typedef enum planted_verdict {
    PLANTED_RIGHT,
    PLANTED_WEAK, /* inaccurate (and within its tolerance), iteration_limit or failed: honest, but no answer */
    PLANTED_WRONG
} planted_verdict;

/* Judges a solution by the dense data alone. why: what is wrong, 200 characters. */
planted_verdict planted_judge(const planted *problem, const socp_solution *solution, char why[200]);

#endif
