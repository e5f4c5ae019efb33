/* sqrt(tr J^-1) of a Fisher matrix J = sum_i g_i g_i', 2 x 2. docs/model.md (M25). */
#include "metrics/position.h"

#include "cfisac/metrics.h"

#include <math.h>

void position_add(position_sum *sum, double information, const double e[2])
{
    double root = sqrt(information > 0.0 ? information : 0.0), *row = sum->row + 2 * sum->count++;

    row[0] = root * e[0];
    row[1] = root * e[1];
}

void position_add_matrix(position_sum *sum, double a, double b, double c)
{
    double first = a > c ? a : c, root = sqrt(first > 0.0 ? first : 0.0), other = root > 0.0 ? b / root : 0.0;
    double rest = (a > c ? c : a) - other * other;
    double along[2] = {a > c ? root : other, a > c ? other : root};
    double across[2] = {a > c ? 0.0 : 1.0, a > c ? 1.0 : 0.0};

    position_add(sum, 1.0, along);
    position_add(sum, rest, across);
}

/* det J = J_pp sum_i (g_iq - kappa g_ip)^2 with kappa = J_pq / J_pp and p the larger one of the diagonal: a sum of
 * squares, where J_11 J_22 - J_12^2 would lose all digits of a matrix that is nearly singular. */
double position_error_bound(const position_sum *sum)
{
    double J[2][2] = {{0.0}}, kappa, rest = 0.0;
    size_t p, q;

    for (size_t i = 0; i < sum->count; i++) {
        const double *g = sum->row + 2 * i;

        J[0][0] += g[0] * g[0];
        J[0][1] += g[0] * g[1];
        J[1][1] += g[1] * g[1];
    }
    p = J[1][1] > J[0][0] ? 1 : 0;
    q = 1 - p;
    kappa = J[p][p] > 0.0 ? J[0][1] / J[p][p] : 0.0;
    for (size_t i = 0; i < sum->count; i++) {
        double off = sum->row[2 * i + q] - kappa * sum->row[2 * i + p];

        rest += off * off;
    }
    if (!(rest > CFI_IN_LINE * J[p][p])) {
        return INFINITY;
    }
    return sqrt((1.0 + J[q][q] / J[p][p]) / rest);
}
