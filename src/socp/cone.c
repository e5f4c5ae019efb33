/* Algebra of the cone and the Nesterov-Todd scaling. docs/solver.md. */
#include "socp/cone.h"

#include "socp/problem.h"
#include "socp/sizes.h"

#include <math.h>

double cone_degree(const cone_scaling *cone)
{
    return (double)(cone->linear + cone->cones);
}

INLINE double tail_norm(size_t size, const double *x)
{
    return sqrt(vector_dot(size - 1, x + 1, x + 1));
}

/* sqrt(x'Jx), NaN or 0 outside the interior; the difference is taken before squaring. */
INLINE double hyperbolic_norm(size_t size, const double *x)
{
    double tail = tail_norm(size, x);

    return sqrt((x[0] - tail) * (x[0] + tail));
}

/* v and eta of one cone, its lambda and the inverse norm of that. */
INLINE bool update_cone(size_t size, const double *s, const double *z, double *eta, double *v, double *lambda,
                        double *inverse_norm)
{
    double ns = hyperbolic_norm(size, s), nz = hyperbolic_norm(size, z);
    double ps = 1.0 / ns, pz = 1.0 / nz, gamma, half, tail = 0.0;

    if (!(s[0] > 0.0) || !(z[0] > 0.0) || !(ns > 0.0) || !(nz > 0.0)) {
        return false;
    }
    gamma = sqrt(0.5 * (1.0 + vector_dot(size, s, z) * ps * pz));
    half = 0.5 / gamma;
    /* lambda = sqrt(ns nz) (gamma, ((gamma + z0) s1 + (gamma + s0) z1) / (s0 + z0 + 2 gamma)), s and z normalised */
    double s0 = s[0] * ps, z0 = z[0] * pz, root = sqrt(ns * nz), below = root / (s0 + z0 + 2.0 * gamma);
    double from_s = (gamma + z0) * below * ps, from_z = (gamma + s0) * below * pz;
    double up = half * ps, down = half * pz;

    lambda[0] = root * gamma;
    for (size_t i = 1; i < size; i++) {
        lambda[i] = from_s * s[i] + from_z * z[i];
        v[i] = up * s[i] - down * z[i];
    }
    tail = vector_dot(size - 1, v + 1, v + 1);
    v[0] = sqrt(1.0 + tail); /* v'Jv = 1 to rounding */
    *eta = sqrt(ns * pz);
    *inverse_norm = 1.0 / root;
    return isfinite(*eta) && isfinite(lambda[0]);
}

CLONES(extern, bool, cone_update, (cone_scaling * cone, const double *s, const double *z), (cone, s, z))
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        if (!(s[i] > 0.0) || !(z[i] > 0.0)) {
            return false;
        }
        cone->weight[i] = sqrt(s[i] / z[i]);
        cone->lambda[i] = sqrt(s[i] * z[i]);
        if (!isfinite(cone->weight[i]) || !(cone->weight[i] > 0.0) || !(cone->lambda[i] > 0.0)) {
            return false;
        }
    }
    for (size_t i = 0; i < cone->cones; i++) {
        if (!BY_SIZE(update_cone, cone->size[i], s + row, z + row, &cone->weight[cone->linear + i], cone->v + row,
                     cone->lambda + row, &cone->norm[i])) {
            return false;
        }
        row += cone->size[i];
    }
    return true;
}

void cone_identity(cone_scaling *cone)
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear + cone->cones; i++) {
        cone->weight[i] = 1.0;
    }
    for (size_t i = 0; i < cone->cones; i++) {
        for (size_t j = 0; j < cone->size[i]; j++) {
            cone->v[row + j] = j == 0 ? 1.0 : 0.0;
        }
        row += cone->size[i];
    }
}

/* eta (v0 x0 + v1'x1, x1 + (x0 + v1'x1 / (1 + v0)) v1) */
INLINE void scale_cone(size_t size, const double *v, double eta, const double *x, double *y)
{
    double inner = vector_dot(size - 1, v + 1, x + 1), head = x[0], factor = head + inner / (1.0 + v[0]);

    y[0] = eta * (v[0] * head + inner);
    for (size_t j = 1; j < size; j++) {
        y[j] = eta * (x[j] + factor * v[j]);
    }
}

CLONES(extern, void, cone_scale, (const cone_scaling *cone, const double *x, double *y), (cone, x, y))
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        y[i] = cone->weight[i] * x[i];
    }
    for (size_t i = 0; i < cone->cones; i++) {
        BY_SIZE(scale_cone, cone->size[i], cone->v + row, cone->weight[cone->linear + i], x + row, y + row);
        row += cone->size[i];
    }
}

/* (v0 x0 - v1'x1, x1 - (x0 - v1'x1 / (1 + v0)) v1) / eta */
INLINE void unscale_cone(size_t size, const double *v, double inverse, const double *x, double *y)
{
    double inner = vector_dot(size - 1, v + 1, x + 1), head = x[0], factor = head - inner / (1.0 + v[0]);

    y[0] = inverse * (v[0] * head - inner);
    for (size_t j = 1; j < size; j++) {
        y[j] = inverse * (x[j] - factor * v[j]);
    }
}

CLONES(extern, void, cone_unscale, (const cone_scaling *cone, const double *x, double *y), (cone, x, y))
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        y[i] = x[i] / cone->weight[i];
    }
    for (size_t i = 0; i < cone->cones; i++) {
        BY_SIZE(unscale_cone, cone->size[i], cone->v + row, 1.0 / cone->weight[cone->linear + i], x + row, y + row);
        row += cone->size[i];
    }
}

INLINE void multiply_cone(size_t size, const double *u, const double *v, double *restrict y)
{
    y[0] = vector_dot(size, u, v);
    for (size_t j = 1; j < size; j++) {
        y[j] = u[0] * v[j] + v[0] * u[j];
    }
}

CLONES(extern, void, cone_product, (const cone_scaling *cone, const double *u, const double *v, double *restrict y),
       (cone, u, v, y))
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        y[i] = u[i] * v[i];
    }
    for (size_t i = 0; i < cone->cones; i++) {
        BY_SIZE(multiply_cone, cone->size[i], u + row, v + row, y + row);
        row += cone->size[i];
    }
}

/* On a cone, lambda \ d = (head, (d1 - head lambda1) / lambda0) with head = (lambda0 d0 - lambda1'd1) / lambda'J
 * lambda. */
INLINE void centre_cone(size_t size, const double *lambda, double inverse, double sigma_mu, double *d)
{
    double first = 1.0 / lambda[0], head;

    d[0] = d[0] + vector_dot(size, lambda, lambda) - sigma_mu;
    for (size_t j = 1; j < size; j++) {
        d[j] += lambda[0] * lambda[j] + lambda[0] * lambda[j];
    }
    head = (lambda[0] * d[0] - vector_dot(size - 1, lambda + 1, d + 1)) * inverse;
    for (size_t j = 1; j < size; j++) {
        d[j] = (d[j] - head * lambda[j]) * first;
    }
    d[0] = head;
}

CLONES(extern, void, cone_centre, (const cone_scaling *cone, double sigma_mu, double *d), (cone, sigma_mu, d))
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        d[i] = (d[i] + cone->lambda[i] * cone->lambda[i] - sigma_mu) / cone->lambda[i];
    }
    for (size_t i = 0; i < cone->cones; i++) {
        BY_SIZE(centre_cone, cone->size[i], cone->lambda + row, cone->norm[i] * cone->norm[i], sigma_mu, d + row);
        row += cone->size[i];
    }
}

void cone_add_identity(const cone_scaling *cone, double factor, double *x)
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        x[i] += factor;
    }
    for (size_t i = 0; i < cone->cones; i++) {
        x[row] += factor;
        row += cone->size[i];
    }
}

/* 1 / step: norm(rho1) - rho0 with rho = P(lambda^(-1/2)) d; inverse: of the norm of lambda. */
INLINE double inverse_step(size_t size, const double *lambda, double inverse, const double *d)
{
    double inner = lambda[0] * d[0] - vector_dot(size - 1, lambda + 1, d + 1), head = inner * inverse;
    double factor = (head + d[0]) / (lambda[0] * inverse + 1.0) * inverse, tail[4] = {0.0};
    size_t j = 1;

    for (; j + 4 <= size; j += 4) {
        for (size_t k = 0; k < 4; k++) {
            double rho = d[j + k] - factor * lambda[j + k];

            tail[k] += rho * rho;
        }
    }
    for (; j < size; j++) {
        double rho = d[j] - factor * lambda[j];

        tail[0] += rho * rho;
    }
    return (sqrt((tail[0] + tail[2]) + (tail[1] + tail[3])) - head) * inverse;
}

CLONES(extern, double, cone_step, (const cone_scaling *cone, const double *d, const double *e), (cone, d, e))
{
    size_t row = cone->linear;
    double largest = 0.0;

    for (size_t i = 0; i < cone->linear; i++) {
        largest = larger_of(largest, -smaller_of(d[i], e[i]) / cone->lambda[i]);
    }
    for (size_t i = 0; i < cone->cones; i++) {
        const double *lambda = cone->lambda + row;

        largest = larger_of(largest, BY_SIZE(inverse_step, cone->size[i], lambda, cone->norm[i], d + row));
        largest = larger_of(largest, BY_SIZE(inverse_step, cone->size[i], lambda, cone->norm[i], e + row));
        row += cone->size[i];
    }
    return largest <= 0.0 ? INFINITY : 1.0 / largest;
}

CLONES(extern, double, cone_distance, (const cone_scaling *cone, const double *x), (cone, x))
{
    size_t row = cone->linear;
    double distance = -INFINITY;

    for (size_t i = 0; i < cone->linear; i++) {
        distance = larger_of(distance, -x[i]);
    }
    for (size_t i = 0; i < cone->cones; i++) {
        distance = larger_of(distance, tail_norm(cone->size[i], x + row) - x[row]);
        row += cone->size[i];
    }
    return distance;
}

void cone_lift(const cone_scaling *cone, double *x)
{
    size_t row = cone->linear;

    for (size_t i = 0; i < cone->linear; i++) {
        x[i] = x[i] < 0.0 ? 0.0 : x[i];
    }
    for (size_t i = 0; i < cone->cones; row += cone->size[i++]) {
        double tail = tail_norm(cone->size[i], x + row);

        x[row] = x[row] < tail ? tail : x[row];
    }
}
