/* socp: a general second-order cone solver. Knows no user, access point or watt.
 *
 *     minimise    c'x + norm(F x)^2 / 2                           (F: f rows; none: a linear objective)
 *     subject to  A x = b                    (p rows)
 *                 s = h - G x,  s in K       (m rows)
 *     K = R+^linear  x  Q_1 x ... x Q_cones,   Q_i = { (t, v) : t >= norm(v) } of cone_size[i] rows
 *
 *     maximise    -b'y - h'z - norm(F x)^2 / 2   subject to   F'F x + A'y + G'z + c = 0,  z in K           (the dual)
 *
 * Method: primal-dual interior point with Nesterov-Todd scaling and Mehrotra's corrector; see
 * docs/solver.md. Matrices are in compressed sparse column form. The header serves C and C++ alike. */
#ifndef CFISAC_SOCP_H
#define CFISAC_SOCP_H

#include "cfisac/error.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* rows x cols, compressed sparse column: the entries of column j are value[start[j] .. start[j+1]),
 * in rows row[...], strictly ascending within a column. start has cols + 1 entries. */
typedef struct socp_matrix {
    size_t rows, cols;
    size_t *start, *row;
    double *value;
} socp_matrix;

/* The problem borrows every array; whoever built it frees it. cone_size entries are >= 1 (a cone of
 * size 1 is R+); rows of G are ordered: linear rows, then the cones one after another. */
typedef struct socp_problem {
    size_t n, p, m; /* variables, equality rows, cone rows */
    double *c;      /* n */
    socp_matrix A;  /* p x n */
    double *b;      /* p */
    socp_matrix G;  /* m x n */
    double *h;      /* m */
    size_t linear, cones;
    size_t *cone_size; /* cones */
    size_t f;          /* rows of F; 0: the objective is linear */
    socp_matrix F;     /* f x n */
} socp_problem;

typedef enum socp_status {
    SOCP_OPTIMAL = 0,       /* residuals and gap within tolerance, recomputed in the user's units; see stop_reason */
    SOCP_INACCURATE,        /* the best iterate meets only the reduced tolerance */
    SOCP_PRIMAL_INFEASIBLE, /* (y, z) is a certificate: A'y + G'z ~ 0, z in K, b'y + h'z = -1 */
    SOCP_DUAL_INFEASIBLE,   /* (x, s) is a certificate: F x ~ 0, A x ~ 0, G x + s ~ 0, s in K, c'x = -1 */
    SOCP_ITERATION_LIMIT,
    SOCP_FAILED, /* breakdown: no progress before the reduced tolerance, or no finite point: then every number is NaN */
    SOCP_TIME_LIMIT, /* time_limit_seconds passed: the best point so far, of any accuracy; or every number is NaN */
    SOCP_INTERRUPTED /* the stop flag was seen: likewise */
} socp_status;

/* "optimal", "inaccurate", "primal_infeasible", "dual_infeasible", "iteration_limit", "failed", "time_limit",
 * "interrupted". */
const char *socp_status_name(socp_status status);

/* Each comment begins with the default; behind it stands what is allowed. */
typedef struct socp_settings {
    size_t max_iterations;     /* 200 (1 .. 1000000): of each attempt */
    double tolerance;          /* 1e-9 (0 < tolerance < 1): relative residuals and gap of SOCP_OPTIMAL */
    double accepted_tolerance; /* 1e-8 (tolerance or more, below 1): SOCP_OPTIMAL too, when the solve ends before
                                  `tolerance`, see stop_reason; certificates */
    double reduced_tolerance;  /* 1e-4 (accepted_tolerance or more, below 1): of SOCP_INACCURATE */
    size_t max_refinements;    /* 5 (0 .. 1000): of one solution of the linear system */
    double time_limit_seconds; /* INFINITY, none (greater than 0): of socp_create, and again of each socp_solve */
    bool warm_start;           /* false: start from this workspace's last optimal point, when it has one; worth it when
                                  the numbers changed little. An attempt that ends without an answer starts afresh. */
    cfi_stop *stop; /* NULL: polled by socp_create and socp_solve, which end soon after it is set, with CFI_INTERRUPTED
                       and SOCP_INTERRUPTED; it must outlive the workspace, or socp_set_stop replace it */
} socp_settings;
socp_settings socp_default_settings(void);

/* Arrays are owned by the workspace and valid until its next solve or its destruction.
 * Residuals are relative, recomputed from the raw problem data in the user's units, the dual one of
 * F'F x + A'y + G'z + c. Each is the larger of two:
 *   whole  the largest abs(r_i) / ref(norm): relative to the largest entry of the right-hand side, norm =
 *          max(norm_inf(b), norm_inf(h)) of the primal residual and norm_inf(c) of the dual one
 *   rows   the largest abs(r_i) / size_i: relative to what its own row, or column, is made of
 * with ref(a) = a + min(a, 1), and 1 for a = 0, and
 *   size of a row of A     abs(b_i) + sum_j abs(A_ij x_j) + least(sum_j abs(A_ij))
 *   size of a row of G     abs(h_i) + abs(s_i) + sum_j abs(G_ij x_j) + least(sum_j abs(G_ij)); the rows of a cone share
 *                          the largest of theirs
 *   size of a column j     abs(c_j) + sum_i abs(F_ij (F x)_i) + sum_i abs(A_ij y_i) + sum_i abs(G_ij z_i)
 *                          + least(sum_i abs(F_ij) + sum_i abs(A_ij) + sum_i abs(G_ij))
 * where least(e) = min(e, ref(norm)), and min(1, ref(norm)) of a row or column without entries: near x = 0 a row is
 * still as large as with x of order one, but no larger than the whole.
 *   gap    abs(primal_objective - dual_objective) / (unit + abs(primal_objective)); unit is 1, or less where c, b and h
 *          are small (the size of the equilibrated problem's objective)
 * Small units do not make every point a solution, and large numbers elsewhere do not hide a violated row. */
typedef struct socp_solution {
    socp_status status;
    const char *stop_reason;     /* why the last attempt ended, a constant; see below */
    size_t iterations;           /* of all attempts */
    size_t attempts;             /* 1 .. 3: each after the first has other regularisation and scaling */
    const double *x, *y, *z, *s; /* n, p, m, m */
    double primal_objective, dual_objective;
    double primal_residual, dual_residual, gap; /* each residual: the larger of whole and rows */
    double setup_seconds, solve_seconds;
} socp_solution;

/* stop_reason, which for SOCP_OPTIMAL also says why less than `tolerance` was enough:
 *   "tolerance"        the gap and the residuals relative to the whole met `tolerance`, and those of all rows
 *                      accepted_tolerance
 *   "certificate"      it proved the problem or its dual infeasible
 *   "rounding"         gap and residuals are within 1e-6; all that they exceed accepted_tolerance by is within 64 units
 *                      in the last place (2^-53) of size_i, and of the sum of the magnitudes of the objectives' terms
 *   "small_rows"       all are within 1e-6; accepted_tolerance is exceeded relative to small rows alone, and met by the
 *                      gap and relative to the whole
 *   "no_progress"      iterates got no better; the best one was taken for what it is
 *   "breakdown"        the linear system could not be solved, or no step could be made
 *   "iteration_limit"  max_iterations
 *   "time_limit"       time_limit_seconds
 *   "interrupted"      the stop flag */

/* A workspace holds the ordering, the symbolic factorisation and every work array for one sparsity
 * pattern. socp_create analyses `problem` (its pattern and cones; numbers too are read) and may be
 * followed by any number of socp_solve with problems of the same pattern: then nothing is
 * allocated, but once, by the first that needs sharp solutions. settings may be NULL: the defaults. NULL and an error
 * text when the problem is malformed (CFI_INVALID: a number that is not finite, sizes that do not add up, an array that
 * is NULL) or a setting is not allowed (CFI_INVALID, naming it), memory is out (CFI_NO_MEMORY), the stop flag was seen
 * (CFI_INTERRUPTED) or the time limit passed (CFI_FAILED): before the analysis has ended there is no point to return.
 */
typedef struct socp_workspace socp_workspace;
socp_workspace *socp_create(const socp_problem *problem, const socp_settings *settings, cfi_error *error);
void socp_destroy(socp_workspace *workspace);

/* Another stop flag for the solves to come, or NULL. */
void socp_set_stop(socp_workspace *workspace, cfi_stop *stop);

/* Another time limit for the solves to come, INFINITY for none. CFI_INVALID, and the old one stays, where it is not
 * allowed. */
cfi_status socp_set_time_limit(socp_workspace *workspace, double seconds, cfi_error *error);

/* Makes the next solve a cold one, with the bytes of a new workspace, whatever was solved before. */
void socp_forget(socp_workspace *workspace);

/* Solves. The problem must have the pattern given at socp_create (else CFI_INVALID). Returns CFI_OK
 * whenever *solution was filled, whatever its status. A solve that is stopped, by the flag or the time limit, returns
 * the best point so far with its residuals: SOCP_OPTIMAL if that meets the accepted tolerance, else SOCP_INTERRUPTED or
 * SOCP_TIME_LIMIT; the workspace stays good for other solves, the next one a cold one. */
cfi_status socp_solve(socp_workspace *workspace, const socp_problem *problem, socp_solution *solution,
                      cfi_error *error);

/* How far the certificate of an infeasible problem is from exact, recomputed from the problem's data (the solution is
 * of SOCP_PRIMAL_INFEASIBLE or SOCP_DUAL_INFEASIBLE; NaN otherwise and when memory is out):
 *   primal  max(norm_inf(A'y + G'z), distance of z from K) / -(b'y + h'z)
 *   dual    max(norm_inf(F x), norm_inf(A x), norm_inf(G x + s), distance of s from K) / -(c'x)
 * A residual r proves: no x with norm_1(x) < 1 / r is feasible (primal); likewise no (v, y, z) with
 * F'v + A'y + G'z + c = 0 and z in K, v = F x among them (dual). */
double socp_certificate_residual(const socp_problem *problem, const socp_solution *solution);

/* ------------------------------------------------------------------ building a problem ---- */

/* Collects entries in any order (duplicates are added), then makes a socp_problem. Rows are added
 * in blocks: each socp_add_* returns the index of the block's first row, to be used as `row` in
 * socp_put / socp_rhs. All linear rows must be added before the first cone.
 * Sticky errors: after a failed allocation (CFI_NO_MEMORY) or a first mistake of the caller (CFI_INVALID: a variable or
 * a row that does not exist yet, linear rows after a cone, a cone without rows) every call is a no-op that returns 0,
 * and socp_build reports it in one line. A restart forgets mistakes. A builder that is NULL is out of memory too. */
typedef struct socp_builder socp_builder;
socp_builder *socp_builder_create(size_t variables); /* NULL when out of memory */
void socp_builder_destroy(socp_builder *builder);
/* Empties the builder for another problem; its memory stays. When the same rows, cones and entries come in the same
 * order again, with any numbers, the next socp_build allocates and sorts nothing. */
void socp_builder_restart(socp_builder *builder, size_t variables);
/* Whether the last socp_build gave the pattern of the one before: a workspace made then can solve it. */
bool socp_builder_kept_pattern(const socp_builder *builder);
void socp_objective(socp_builder *builder, size_t variable, double coefficient);

/* Rows of F: half the sum of the squares of F x is added to the objective. */
size_t socp_add_squares(socp_builder *builder, size_t rows);
void socp_put_square(socp_builder *builder, size_t row, size_t variable, double coefficient);

/* Equality rows A x = b. */
size_t socp_add_equalities(socp_builder *builder, size_t rows);
void socp_put_equality(socp_builder *builder, size_t row, size_t variable, double coefficient);
void socp_rhs_equality(socp_builder *builder, size_t row, double value);

/* Cone rows, stated as s = constant + sum coefficient * x in K (that is h = constant, G = -coefficient). */
size_t socp_add_linear(socp_builder *builder, size_t rows);
size_t socp_add_cone(socp_builder *builder, size_t size);
void socp_put(socp_builder *builder, size_t row, size_t variable, double coefficient);
void socp_constant(socp_builder *builder, size_t row, double value);

/* The problem, owned by the builder and valid until its next change or destruction. The pattern
 * keeps explicit zeros, so that equal structure gives an equal pattern. NULL on error. */
const socp_problem *socp_build(socp_builder *builder, cfi_error *error);

/* ------------------------------------------------------------------------------ CBF ---- */

/* Writes the problem in the Conic Benchmark Format, version 1, with 17 significant digits: variables in F, the rows of
 * A in L=, the linear rows in L+, each cone in Q. CBF has no quadratic objective: with f > 0 a variable t follows the n
 * others, its objective coefficient 1, and (t, 1, F x) in QR follows the other rows. comment (may be NULL) becomes '#'
 * lines. socp_read_cbf gives the same problem again, bit for bit (a zero in c, b or h loses its sign), but that with
 * f > 0 it has t as one more variable, of which neither objective nor constraints know, and whose value
 * socp_cbf_point puts in. Numbers have a decimal point in every locale. Returns CFI_OUTPUT when the stream reports an
 * error, CFI_INVALID for a malformed problem, of which nothing is written. */
cfi_status socp_write_cbf(const socp_problem *problem, const char *comment, FILE *stream, cfi_error *error);

/* A file of the Conic Benchmark Format, versions 1 to 4:
 *
 *     minimise or maximise   c'x + c0   subject to   x in VAR,   v = A x + b in CON
 *
 * with the cones F (free), L= (zero), L+, L-, Q, and QR: 2 v0 v1 >= norm(rest)^2, v0, v1 >= 0. Everything else of the
 * format (semidefinite, exponential and power cones, integers, CHANGE) is an error. docs/solver.md has the details. */
typedef struct socp_cbf socp_cbf;

/* Reads the stream to its end. name stands in errors, "NAME:LINE: what is wrong (allowed: ...)". NULL on error:
 * CFI_INVALID when the file is unreadable, malformed or not supported; CFI_NO_MEMORY. Free with socp_cbf_destroy (NULL
 * is fine). */
socp_cbf *socp_read_cbf(FILE *stream, const char *name, cfi_error *error);
void socp_cbf_destroy(socp_cbf *cbf);

/* The problem, a minimisation whatever the file's sense, without its constant; owned by `cbf`. Its variables are those
 * of the file in their order. */
const socp_problem *socp_cbf_problem(const socp_cbf *cbf);
bool socp_cbf_maximises(const socp_cbf *cbf);
/* Rows of CON. */
size_t socp_cbf_constraints(const socp_cbf *cbf);

/* The file's objective for a value of the problem's, primal or dual: sense and constant put back. */
double socp_cbf_objective(const socp_cbf *cbf, double value);

/* The file's variables from the solution's x, socp_cbf_problem's n numbers: where an objective is stated as an epigraph
 * (a variable t of the objective alone, 2 t c >= norm(F x)^2), the problem has F instead, and t comes back here. False
 * when out of memory. */
bool socp_cbf_point(const socp_cbf *cbf, const socp_solution *solution, double *x);

/* The multiplier of each row of CON, socp_cbf_constraints numbers u in the dual cone of CON, from the solution's y and
 * z (of a recognised epigraph from x):
 *   optimal             c - A'u in the dual cone of VAR and dual objective c0 - b'u
 *                       (maximising: c replaced by -c, c0 + b'u)
 *   primal infeasible   -A'u in the dual cone of VAR and b'u = -1, which no x in VAR with A x + b in CON allows */
void socp_cbf_multipliers(const socp_cbf *cbf, const socp_solution *solution, double *multiplier);

#ifdef __cplusplus
}
#endif

#endif
