/* Monte Carlo of the bounds: the averaged Fisher matrix of the raw signal, nuisances eliminated. docs/model.md (M17).
 *
 * AP p receives sum_l alpha_lp b_p v_l S with v_l = a_l^H F_l (own echo: l = p only), S S^H = T I, noise sigma_s^2. Its
 * derivative in theta_p is bdot_p u + alpha_pp b_p w_p with u = sum_l alpha_lp v_l, w_p = adot_p^H F_p; in the path
 * gains it is b_p v_l. Stacked over streams and realisations, eliminating the complex path gains projects on the
 * complement of span(b_p x v_l). With bdot = bdot_across + b (b^H bdot) / M the part of bdot u along b lies in that
 * span, so
 *
 *     1 / CRLB_p = (2 T / sigma_s^2) ( norm(bdot_across)^2 E norm(u)^2 + M abs(alpha_pp)^2 RSS_p )
 *
 * where RSS_p = E norm(w_p)^2 - c^H S^-1 c, S = E[v^* v], c = E[v^* w_p], is the residual of regressing w_p on the v_l.
 */
#include "metrics/sums.h"

#include <math.h>
#include <string.h>

/* Residuals below this share of what they are a difference of are rounding. */
static const double ROUNDING = 1e-13;

/* norm(bdot_across)^2: the receive array's derivative off the array's own direction. */
static double across_derivative(const double complex *b, const double complex *derivative, size_t M)
{
    double complex along = 0.0;
    double total = 0.0, rest = 0.0;

    for (size_t m = 0; m < M; m++) {
        along += conj(b[m]) * derivative[m] / (double)M;
    }
    for (size_t m = 0; m < M; m++) {
        double complex across = derivative[m] - b[m] * along;

        total += creal(derivative[m] * conj(derivative[m]));
        rest += creal(across * conj(across));
    }
    return rest > ROUNDING * total ? rest : 0.0;
}

cfi_status bound_constants_make(const cfi_network *network, cfi_arena *arena, bound_constants *constants,
                                cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t L = network->L, M = system->M;
    double per_noise = 2.0 * (double)system->frame.T / system->power.sensing_noise_w;
    double complex *b = arena_alloc(arena, 2 * M, sizeof *b);

    constants->network = network;
    constants->along = arena_alloc(arena, L, sizeof(double));
    constants->across = arena_alloc(arena, L, sizeof(double));
    if (!b || !constants->along || !constants->across) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the Monte Carlo bounds");
    }
    for (size_t p = 0; p < L; p++) {
        channel_steering(network->angle_rad[p], M, b, b + M);
        constants->along[p] = per_noise * across_derivative(b, b + M, M);
        constants->across[p] = per_noise * (double)M * network_path_power(network, p, p);
    }
    return CFI_OK;
}

/* RSS of w on v alone. */
static double own_residual(double vv, double ww, double re, double im)
{
    double explained = vv > 0.0 ? (re * re + im * im) / vv : 0.0;

    return ww - explained > ROUNDING * ww ? ww - explained : 0.0;
}

static double own_information(const bound_constants *constants, size_t p, const double *ap)
{
    return constants->along[p] * network_path_power(constants->network, p, p) * ap[0] +
           constants->across[p] * own_residual(ap[0], ap[1], ap[2], ap[3]);
}

/* Access point l in one realisation. */
static void add_own_echo(const sums_layout *layout, const bound_constants *constants, size_t l, const double complex *v,
                         const double complex *w, double *sums)
{
    double one[4] = {0.0}, *ap = sums + layout->aps + 5 * l;

    for (size_t k = 0; k < layout->K; k++) {
        double complex cross = conj(v[k]) * w[k];

        one[0] += creal(v[k]) * creal(v[k]) + cimag(v[k]) * cimag(v[k]);
        one[1] += creal(w[k]) * creal(w[k]) + cimag(w[k]) * cimag(w[k]);
        one[2] += creal(cross);
        one[3] += cimag(cross);
    }
    for (size_t i = 0; i < 4; i++) {
        ap[i] += one[i];
    }
    ap[4] += 1.0 / own_information(constants, l, one);
}

void sums_add_bounds(const sums_layout *layout, const bound_constants *constants, const sums_beams *beams, double *sums)
{
    size_t K = layout->K, L = layout->L, rows = K * beams->realizations, ld = beams->ld;

    for (size_t l = 0; l < L; l++) {
        for (size_t at = ld * l; at < ld * l + rows; at += K) {
            add_own_echo(layout, constants, l, beams->V + at, beams->W + at, sums);
        }
    }
    if (layout->multistatic) { /* all realisations in one product: BLAS locks something at every call */
        linalg_gram_add(L, L, rows, beams->V, ld, beams->V, ld, (double complex *)(sums + layout->gram), L);
        linalg_gram_add(L, L, rows, beams->V, ld, beams->W, ld, (double complex *)(sums + layout->cross), L);
    }
}

void sums_own_echo(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                   double *information)
{
    for (size_t p = 0; p < layout->L; p++) {
        information[p] = own_information(constants, p, sums + layout->aps + 5 * p) / n;
    }
}

/* RSS of every AP: with unit diagonal, S = L L^H, y = L^-1 c, RSS = E norm(w)^2 - norm(y)^2. A silent AP has v = 0 and
 * takes no part. */
static bool residuals(const sums_layout *layout, const double *sums, double complex *work, double *rss)
{
    size_t L = layout->L;
    const double complex *gram = (const double complex *)(sums + layout->gram);
    double complex *S = work, *c = work + L * L;

    for (size_t l = 0; l < L; l++) {
        for (size_t m = 0; m < L; m++) {
            double vl = sums[layout->aps + 5 * l], vm = sums[layout->aps + 5 * m];

            S[l + L * m] = vl > 0.0 && vm > 0.0 ? gram[l + L * m] / sqrt(vl) / sqrt(vm) : 0.0;
            c[l + L * m] = vl > 0.0 ? ((const double complex *)(sums + layout->cross))[l + L * m] / sqrt(vl) : 0.0;
        }
        S[l + L * l] = 1.0 + ROUNDING;
    }
    if (linalg_cholesky(L, S, L) != CFI_OK) {
        return false;
    }
    linalg_solve_lower(L, L, S, L, c, L);
    for (size_t p = 0; p < L; p++) {
        double ww = sums[layout->aps + 5 * p + 1], rest = ww;

        for (size_t l = 0; l < L; l++) {
            rest -= creal(c[l + L * p]) * creal(c[l + L * p]) + cimag(c[l + L * p]) * cimag(c[l + L * p]);
        }
        rss[p] = rest > ROUNDING * (double)L * ww ? rest : 0.0;
    }
    return true;
}

/* E norm(u)^2 = alpha^H S alpha. */
static double illumination(const sums_layout *layout, const double *sums, const double complex *alpha)
{
    size_t L = layout->L;
    const double complex *gram = (const double complex *)(sums + layout->gram);
    double total = 0.0;

    for (size_t m = 0; m < L; m++) {
        double complex inner = 0.0;

        for (size_t l = 0; l < L; l++) {
            inner += conj(alpha[l]) * gram[l + L * m];
        }
        total += creal(inner * alpha[m]);
    }
    return total;
}

bool sums_multistatic(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                      double complex *work, double *information, double *residual)
{
    size_t L = layout->L;
    double lit = 0.0;

    if (!residuals(layout, sums, work, residual)) {
        return false;
    }
    for (size_t p = 0; p < L; p++) {
        if (p == 0 || !constants->network->equal_paths) {
            lit = illumination(layout, sums, network_path_gains(constants->network, p));
        }
        residual[p] = constants->across[p] * residual[p] / n;
        information[p] = constants->along[p] * lit / n + residual[p];
    }
    return true;
}
