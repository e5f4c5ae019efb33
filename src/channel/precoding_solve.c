/* Linear systems and filters on the lanes of a batch: the loops of precoding_kernel.h for each kind of CPU. */
#include "channel/precoding_lanes.h"

#include <string.h>

#ifdef __x86_64__
#define WIDTH 8
#include "channel/precoding_kernel.h"
#define WIDTH 4
#include "channel/precoding_kernel.h"
#endif
#define WIDTH 2
#include "channel/precoding_kernel.h"

CALL_CHOSEN(static, void, solve_system, (const lane_system *s), (s))
CALL_CHOSEN(static, void, filter_lanes, (const lane_filter *f), (f))

void precoding_filter(const lane_filter *filter)
{
    filter_lanes(filter);
}

void precoding_solve(const precoding *p, size_t l)
{
    size_t antenna = PRECODING_BATCH, column = PRECODING_BATCH * p->N;
    bool few = p->classes < p->N && !p->errors; /* the conjugate of Z^H Z + load I, applied to the rows of Z */
    lane_system s = {.size = few ? p->classes : p->N,
                     .count = few ? p->N : p->actives,
                     .row = few ? column : antenna,
                     .lanes = PRECODING_LANES * p->groups,
                     .begin = few ? p->rows : p->columns,
                     .load = p->load,
                     .added = p->errors ? p->errors + p->N * p->N * l : NULL,
                     .re = p->z.re,
                     .im = p->z.im,
                     .matrix = p->matrix,
                     .pivot = p->pivot};

    s.work = s.pivot + PRECODING_LANES * s.size;
    solve_system(&s);
}

CLONES(static, void, square_column, (size_t N, const double *re, const double *im, double *restrict square),
       (N, re, im, square))
{
    memset(square, 0, PRECODING_BATCH * sizeof *square);
    for (size_t n = 0; n < N; n++) {
        for (size_t r = 0; r < PRECODING_BATCH; r++) {
            double x = re[PRECODING_BATCH * n + r], y = im[PRECODING_BATCH * n + r];

            square[r] += x * x + y * y;
        }
    }
}

void precoding_square(const precoding *p)
{
    for (size_t i = 0; i < p->actives; i++) {
        size_t at = p->columns[i];

        square_column(p->N, p->z.re + at, p->z.im + at, p->square + PRECODING_BATCH * p->active[i]);
    }
}
