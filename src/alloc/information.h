/* What sensing asks of the powers of a drop, as data in the units of the problem. docs/model.md (M28)
 *
 * With communication powers x_l and sensing powers s_l of the access points (problem.h has the unit; 0 for x_l where an
 * access point is idle), all constraints are linear in powers, or one cone of three linear numbers:
 *
 *   own       own_l.x x_l + own_l.s s_l >= 1           at each access point l, by up to two rows: the angle threshold
 *                                                      on its own echo, and its detection threshold
 *   shared    a_p f_q(p) + b_p x_p >= 1                at each access point p: the angle threshold on all echoes,
 *                                                      non-coherent; f_q = sum_l weight_lq (x_l + beam s_l) is what
 *                                                      lights receiver p. Gains of rank one have one functional, q = 0,
 *                                                      others one per receiver, q = p
 *   position  tr (W J^-1) <= 1,
 *             J = sum_l (x_l + beam s_l) light_l + (position_x_l x_l + position_s_l s_l) along_l,   W = diag(ease)
 *
 * Symmetric matrices are three numbers, (1, 1), (1, 2), (2, 2). J is the Fisher matrix of the position in axes and
 * units of its own, in which equal powers have the identity; W has what tr J^-1 is in metres, over the threshold. (One
 * near access point may know a million times more along its line of sight's normal than all know across: in metres J
 * would lose the digits of the latter.) light_l is what a unit of power of AP l tells all receivers; NULL on own
 * echoes. along_l = g_l g_l', g_l the direction in which AP l's angle turns: its factors are what AP l's own echo
 * tells, or, on all echoes, what they tell of AP l's departures (s: 0).
 *
 * Everything is homogeneous: powers c times as large make f and J c times as large. The margin is the largest c by
 * which all that is asked may be multiplied: the least of the rows' left sides and of 1 / tr (W J^-1). It is concave in
 * powers, and never falls when one of them grows. */
#ifndef CFISAC_ALLOC_INFORMATION_H
#define CFISAC_ALLOC_INFORMATION_H

#include "cfisac/alloc.h"

/* Kinds of constraints, in the order in which one is asked to give way. */
typedef enum { INFORMATION_POSITION, INFORMATION_DETECTION, INFORMATION_ANGLE, INFORMATION_KINDS } information_kind;

typedef struct information_own {
    information_kind kind;
    const double *x, *s;  /* L */
    const double *stream; /* K x L, k + K l: of a unit of power of each stream, in the place of x, which then is what
                             one tells in the mean; NULL: they are alike */
} information_own;
enum { INFORMATION_MOST_OWN = 2 };

typedef struct alloc_information {
    size_t L;
    double beam;      /* N: how much better than a watt for users a watt of the beam lights the target */
    const bool *idle; /* L: nobody is served, x_l = 0 */
    size_t owns;
    information_own own[INFORMATION_MOST_OWN];
    size_t functionals;     /* 0: nothing is shared; 1; L */
    const double *weight;   /* at [l + L q]; the largest of a functional is 1 / beam */
    const double *a, *b;    /* L; b is 0 where idle */
    bool position, in_line; /* in_line: no power tells more of the position than where a line is that it lies on */
    double ease[2];
    const double *light;                           /* 3 x L, or NULL */
    const double *position_x, *position_s, *along; /* L, L, 3 x L */
} alloc_information;

/* The least detection SNR of an own echo, lambda, with which its detector meets the scenario's detection threshold; NaN
 * when out of memory. */
double information_least_snr(const cfi_system *system);

/* Constraints of these kinds, a bit each, for powers in unit_w watts: where the system has no threshold on angles or
 * the position, 1 rad^2 and 1 m. Fails: CFI_NO_MEMORY; CFI_INVALID for links that the constraints do not know: signals
 * that have directions, a position threshold without a target at a place. */
cfi_status information_build_kinds(const cfi_link *link, unsigned kinds, double unit_w, cfi_arena *arena,
                                   alloc_information *out, cfi_error *error);
/* The kinds on which a system has thresholds. */
unsigned information_asked(const cfi_system *system);

/* Which functional receiver p is lit by. */
static inline size_t information_functional(const alloc_information *information, size_t p)
{
    return information->functionals > 1 ? p : 0;
}
double information_lit(const alloc_information *information, size_t q, const double *x, const double *s);
void information_matrix(const alloc_information *information, const double *x, const double *s, double J[3]);
/* 1 / tr (W J^-1); 0 where J is singular. */
double information_of_position(const alloc_information *information, const double J[3]);

/* The left sides of all rows and J of powers: linear in them, so that those of a mix are the mix of theirs. */
typedef struct information_values {
    double *row; /* information_rows numbers: own rows one after the other, then the shared rows */
    double J[3];
} information_values;
static inline size_t information_rows(const alloc_information *information)
{
    return (information->owns + (information->functionals > 0)) * information->L;
}
void information_evaluate(const alloc_information *information, const double *x, const double *s,
                          information_values *out);
/* The margin of what is `asked` (a bit a kind) at share times `to` and the rest of `from`. */
enum { INFORMATION_ALL = (1 << INFORMATION_KINDS) - 1 };
double information_margin(const alloc_information *information, unsigned asked, const information_values *from,
                          const information_values *to, double share);

/* Further axes and units, in which a position cone is of order one at some point. With J^ = D^-1/2 R' J R D^-1/2, D the
 * units, and W^ likewise,
 *     tr (W J^-1) <= 1 / c   is   det (J^ - c W^) >= c^2 det W^
 *                            or   norm(A11 - A22, 2 A12, 2 c root(det W^)) <= A11 + A22,  A = J^ - c W^ */
typedef struct information_frame {
    double cosine, sine, unit[2], W[3], root;
} information_frame;
/* The axes of a matrix A; units are what it has along them, but no less than `least` times its trace. */
information_frame information_axes(const alloc_information *information, const double A[3], double least);
/* J^ of J. */
void information_in_frame(const information_frame *frame, const double J[3], double out[3]);

#endif
