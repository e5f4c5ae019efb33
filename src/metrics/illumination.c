/* How the target is lit through all paths, for all receivers at once. docs/model.md (M17).
 *
 * Access points are independent, so with means m_l = E v_l and D_l = E norm(v_l)^2 - norm(m_l)^2
 *
 *     E norm(u_p)^2 = sum_l abs(alpha_lp)^2 D_l + norm(sum_l alpha_lp m_l)^2
 *
 * With all alpha the last sum is one product of matrices. Paths that are equal share both. */
#include "metrics/illumination.h"

#include <string.h>

struct echo_paths {
    const sums_layout *layout;
    bool equal;
    double power;    /* abs(alpha)^2 where all are equal */
    cfi_split gains; /* L x L, row l: alpha_lp, conjugated; rows of a few more */
};

echo_paths *echo_paths_make(const sums_layout *layout, const bound_constants *constants, cfi_arena *arena)
{
    size_t L = layout->L, whole = (L + SUMS_LANES - 1) / SUMS_LANES * SUMS_LANES;
    size_t ld = whole + SUMS_LANES; /* no power of two apart: they share caches */
    echo_paths *paths = arena_alloc(arena, 1, sizeof *paths);

    if (!paths) {
        return NULL;
    }
    *paths = (echo_paths){.layout = layout,
                          .equal = constants->network->equal_paths,
                          .power = network_path_power(constants->network, 0, 0),
                          .gains.ld = ld};
    if (paths->equal) {
        return paths;
    }
    paths->gains.re = arena_zeros(arena, 2 * L * ld, sizeof(double));
    if (!paths->gains.re) {
        return NULL;
    }
    paths->gains.im = paths->gains.re + L * ld;
    for (size_t p = 0; p < L; p++) {
        const double complex *alpha = network_path_gains(constants->network, p);

        for (size_t l = 0; l < L; l++) {
            paths->gains.re[ld * l + p] = creal(alpha[l]);
            paths->gains.im[ld * l + p] = -cimag(alpha[l]);
        }
    }
    return paths;
}

size_t illumination_work(const echo_paths *paths)
{
    return 2 * paths->layout->K * paths->gains.ld + 2 * paths->layout->width;
}

/* sum_l D_l + norm(sum_l m_l)^2, times n */
static double light_of_equal_paths(const sums_layout *layout, const double *sums, double n, double *all)
{
    double lit = 0.0, norm = 0.0;

    memset(all, 0, 2 * layout->width * sizeof *all);
    for (size_t l = 0; l < layout->L; l++) {
        const double *re = sums + sums_beams(layout, l), *im = re + 2 * layout->width;

        for (size_t k = 0; k < layout->width; k++) {
            all[k] += re[k];
            all[layout->width + k] += im[k];
        }
        lit += sums_spread(layout, sums, n, l);
    }
    for (size_t k = 0; k < 2 * layout->width; k++) {
        norm += all[k] * all[k];
    }
    return lit + norm / n;
}

/* lit_p += light abs(alpha_lp)^2 */
static void add_spread_light(const echo_paths *paths, size_t l, double light, double *lit)
{
    const double *re = paths->gains.re + paths->gains.ld * l, *im = paths->gains.im + paths->gains.ld * l;

    for (size_t p = 0; p < paths->layout->L; p++) {
        lit[p] += light * (re[p] * re[p] + im[p] * im[p]);
    }
}

/* lit_p = sum_l abs(alpha_lp)^2 n D_l */
static void add_spreads(const echo_paths *paths, const double *sums, double n, double *lit)
{
    memset(lit, 0, paths->layout->L * sizeof *lit);
    for (size_t l = 0; l < paths->layout->L; l++) {
        add_spread_light(paths, l, sums_spread(paths->layout, sums, n, l), lit);
    }
}

void illumination_mean(const echo_paths *paths, const double *sums, double *lit)
{
    const double *aps = sums + paths->layout->aps;
    size_t L = paths->layout->L;
    double all = 0.0;

    memset(lit, 0, L * sizeof *lit);
    for (size_t l = 0; l < L && !paths->equal; l++) {
        add_spread_light(paths, l, aps[5 * l], lit);
    }
    for (size_t l = 0; l < L && paths->equal; l++) {
        all += paths->power * aps[5 * l];
    }
    for (size_t p = 0; p < L && paths->equal; p++) {
        lit[p] = all;
    }
}

void illumination_sum(const echo_paths *paths, double *sums, double n, double *work, double *lit)
{
    const sums_layout *layout = paths->layout;
    size_t K = layout->K, L = layout->L, ld = paths->gains.ld;
    double *first = sums + layout->beams;
    cfi_split u = {work, work + K * ld, ld}, v = {first, first + 2 * layout->width, 4 * layout->width};

    if (paths->equal) {
        double all = paths->power * light_of_equal_paths(layout, sums, n, work);

        for (size_t p = 0; p < L; p++) {
            lit[p] = all;
        }
        return;
    }
    add_spreads(paths, sums, n, lit);
    memset(work, 0, 2 * K * ld * sizeof *work);
    linalg_split_gram_add(K, L, L, v, paths->gains, u); /* conjugated: norms are all that is wanted */
    for (size_t k = 0; k < K; k++) {
        for (size_t p = 0; p < L; p++) {
            lit[p] += (u.re[ld * k + p] * u.re[ld * k + p] + u.im[ld * k + p] * u.im[ld * k + p]) / n;
        }
    }
}
