/* How the target is lit through all paths, for all receivers at once. docs/model.md (M17).
 *
 * E norm(u_p)^2 = alpha_p^H S alpha_p = sum_l S_ll abs(alpha_lp)^2 + 2 Re sum_{l < m} conj(alpha_lp) S_lm alpha_mp:
 * with S above its diagonal times all alpha that is one product of matrices. Paths that are equal share one sum. */
#include "metrics/illumination.h"

#include <string.h>

enum { PANEL = LINALG_PANEL, ROWS = 4 * PANEL }; /* ROWS of S are multiplied at once: what is left of them is zero */

struct echo_paths {
    bool equal;
    double power;      /* abs(alpha)^2 where all are equal */
    double *re, *im;   /* padded x padded, row l: alpha_lp */
    double *panels[3]; /* the same in panels, as right operand */
};

static bool allocate_paths(const sums_layout *layout, cfi_arena *arena, echo_paths *paths)
{
    size_t n = layout->padded;

    paths->re = arena_zeros(arena, 2 * n * n, sizeof(double));
    paths->im = paths->re ? paths->re + n * n : NULL;
    for (size_t i = 0; i < 3; i++) {
        paths->panels[i] = arena_zeros(arena, n * n, sizeof(double));
        if (!paths->panels[i]) {
            return false;
        }
    }
    return paths->re != NULL;
}

static void fill_panels(size_t n, echo_paths *paths)
{
    for (size_t l = 0; l < n; l++) {
        for (size_t p = 0; p < n; p++) {
            size_t at = PANEL * (n * (p / PANEL) + l) + p % PANEL;

            paths->panels[0][at] = paths->re[n * l + p];
            paths->panels[1][at] = paths->im[n * l + p];
            paths->panels[2][at] = paths->re[n * l + p] + paths->im[n * l + p];
        }
    }
}

echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena)
{
    size_t n = layout->padded, L = layout->L;
    echo_paths *paths = arena_zeros(arena, 1, sizeof *paths);

    if (!paths) {
        return NULL;
    }
    paths->equal = constants->network->equal_paths;
    paths->power = network_path_power(constants->network, 0, 0);
    if (paths->equal) {
        return paths;
    }
    if (!allocate_paths(layout, arena, paths)) {
        return NULL;
    }
    for (size_t p = 0; p < L; p++) {
        const double complex *alpha = network_path_gains(constants->network, p);

        for (size_t l = 0; l < L; l++) {
            paths->re[n * l + p] = creal(alpha[l]);
            paths->im[n * l + p] = cimag(alpha[l]);
        }
    }
    fill_panels(n, paths);
    return paths;
}

bool lit_work_make(const sums_layout *layout, const echo_paths *paths, cfi_arena *arena, lit_work *work)
{
    size_t n = layout->padded;

    *work = (lit_work){.y.ld = layout->ld};
    if (paths->equal) {
        return true;
    }
    work->y.re = arena_alloc(arena, 2 * n * layout->ld, sizeof(double));
    work->y.im = work->y.re ? work->y.re + n * layout->ld : NULL;
    for (size_t i = 0; i < 3; i++) {
        work->s[i] = arena_zeros(arena, n * n, sizeof(double));
        if (!work->s[i]) {
            return false;
        }
    }
    return work->y.re != NULL;
}

/* What is above the diagonal of S, as left operand, with the zeros that are read too. */
static void fill_operand(const sums_layout *layout, cfi_split gram, lit_work *work)
{
    size_t n = layout->padded;

    for (size_t l = 0; l < n; l++) {
        for (size_t m = l / ROWS * ROWS; m < n; m++) {
            size_t at = PANEL * (n * (m / PANEL) + l) + m % PANEL;
            double re = m > l ? gram.re[gram.ld * l + m] : 0.0, im = m > l ? gram.im[gram.ld * l + m] : 0.0;

            work->s[0][at] = re;
            work->s[1][at] = im;
            work->s[2][at] = re - im;
        }
    }
}

/* y = (what is above the diagonal)^H alpha */
static void multiply_paths(const sums_layout *layout, const echo_paths *paths, lit_work *work)
{
    size_t n = layout->padded;

    memset(work->y.re, 0, n * work->y.ld * sizeof(double));
    memset(work->y.im, 0, n * work->y.ld * sizeof(double));
    for (size_t first = 0; first < n; first += ROWS) {
        size_t rows = n - first < ROWS ? n - first : ROWS, left = PANEL * first, at = n * first + left;
        cfi_panels s = {.rows = rows, .stride = n, .columns = n - first}, alpha = s;

        alpha.columns = n;
        s.re = work->s[0] + at;
        s.im = work->s[1] + at;
        s.mixed = work->s[2] + at;
        alpha.re = paths->panels[0] + left;
        alpha.im = paths->panels[1] + left;
        alpha.mixed = paths->panels[2] + left;
        linalg_panels_gram_add(
            &s, &alpha, false,
            (cfi_split){work->y.re + work->y.ld * first, work->y.im + work->y.ld * first, work->y.ld});
    }
}

/* sum_l S_ll abs(alpha_lp)^2 + 2 Re sum_m conj(y_mp) alpha_mp */
static void add_lit(const sums_layout *layout, const echo_paths *paths, const double *sums, const lit_work *work,
                    double *lit)
{
    size_t n = layout->padded, L = layout->L;

    memset(lit, 0, L * sizeof *lit);
    for (size_t l = 0; l < L; l++) {
        const double *re = paths->re + n * l, *im = paths->im + n * l;
        const double *y_re = work->y.re + work->y.ld * l, *y_im = work->y.im + work->y.ld * l;
        double own = sums[layout->aps + 5 * l];

        for (size_t p = 0; p < L; p++) {
            lit[p] += own * (re[p] * re[p] + im[p] * im[p]) + 2.0 * (y_re[p] * re[p] + y_im[p] * im[p]);
        }
    }
}

void illumination_sum(const sums_layout *layout, const echo_paths *paths, double *sums, lit_work *work, double *lit)
{
    if (paths->equal) {
        for (size_t p = 0; p < layout->L; p++) {
            lit[p] = paths->power * sums[layout->lit];
        }
        return;
    }
    fill_operand(layout, sums_square(layout, sums, layout->gram), work);
    multiply_paths(layout, paths, work);
    add_lit(layout, paths, sums, work, lit);
}
