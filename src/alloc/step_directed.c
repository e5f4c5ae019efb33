/* Sensing by signals that have directions as cones of a step's problem. docs/model.md (M21).
 *
 * With V = sum_k p_k lit_k + N s, E = sum_k p_k turned_k and C = sum_k p_k mixed_k the threshold of an access point is
 *     (along V + across E - 1) V >= across abs(C)^2,
 * one rotated cone in p and s = q - sum_k p_k. With orthogonal pilots p_k is a variable that may be all of the user's
 * power, w = p^(1/2): no loss. With coherent terms it is w^2 at least, and what the power p_k does in the place of beam
 * is two matrices: one that takes, along (lit - N) and lit - light - N on the diagonal, and one that gives, across
 * turned, mixed and light = abs(mixed)^2 / turned, each semidefinite. Of the second 2 w0 w - w0^2 is counted, which is
 * w^2 at most. Information grows with the Fisher matrix, so that what the cone holds is enough.
 *
 * Where information is raised all access points have at least theta times what the point has: that takes the place of
 * 1, and the cone is one in p, s and theta. */
#include "alloc/step_directed.h"

#include <complex.h>
#include <math.h>

/* Relative: at the point of expansion rounding may say that information is short by so much. */
static const double SHORT_OF_INFORMATION = 1e-6;
/* Relative: imaginary parts of `mixed` below are rounding; uniform arrays have none. */
static const double NOT_TWISTED = 1e-13;

/* The two factors and the product of a cone, over their sizes: rows in the unit of the access point. */
typedef struct cone_rows {
    const directed_ap *ap;
    size_t l;
    bool raised;
    double needed;             /* information: 1, or what the point has where it is raised */
    double unit, angle, light; /* what along V + across E, and V, of a unit of power are at most */
    size_t first;              /* sum, difference, 2 Re, 2 Im */
    bool twisted;
} cone_rows;

static const cfi_aim *aim_of(const step_model *model, size_t a, size_t l)
{
    return model->problem->link->directions.aim + model->problem->K * l + model->active[a];
}

/* Information of the active users' powers, and the beam's, at the point of expansion. */
static double information_at(const step_model *model, size_t l)
{
    cfi_aim all = {.lit = (double)model->problem->link->system->N * model->at->s[l]};

    for (size_t a = 0; a < model->A; a++) {
        double w = model->at->w[problem_at(model->problem, model->active[a], l)];
        const cfi_aim *aim = aim_of(model, a, l);

        all.lit += w * w * aim->lit;
        all.turned += w * w * aim->turned;
        all.mixed += w * w * aim->mixed;
    }
    return directed_information(&model->problem->sensing.directed[l], &all);
}

static bool raises_directed(const step_model *model)
{
    return model->problem->raised && model->surrogate->raises;
}

bool step_directed_has_cone(const step_model *model, size_t l)
{
    if (raises_directed(model)) {
        return step_serves_somebody(model, l);
    }
    return model->problem->sensing.rank[l] != SIZE_MAX && information_at(model, l) >= 1.0 - SHORT_OF_INFORMATION;
}

static cone_rows measure_rows(const step_model *model, size_t l)
{
    bool raised = raises_directed(model);
    const directed_ap *ap = (raised ? model->problem->raised : model->problem->sensing.directed) + l;
    double N = (double)model->problem->link->system->N, most = 0.0, imaginary = 0.0, value = model->values->objective;
    cone_rows rows = {.ap = ap,
                      .l = l,
                      .raised = raised,
                      .needed = raised && value > 0.0 ? value : 1.0,
                      .unit = model->unit[l],
                      .angle = ap->along * N,
                      .light = N};

    for (size_t a = 0; a < model->A; a++) {
        const cfi_aim *aim = aim_of(model, a, l);

        if (step_serves(model, a, l)) {
            rows.angle = fmax(rows.angle, ap->along * aim->lit + ap->across * aim->turned);
            rows.light = fmax(rows.light, aim->lit);
            most = fmax(most, cabs(aim->mixed));
            imaginary = fmax(imaginary, fabs(cimag(aim->mixed)));
        }
    }
    rows.twisted = imaginary > NOT_TWISTED * most;
    return rows;
}

/* factor x variable has these two numbers a unit; and `cross` of the product. */
static void put_part(const step_model *model, const cone_rows *rows, size_t variable, double angle, double light,
                     double complex cross)
{
    socp_builder *builder = model->builder;
    double first = angle / rows->angle, second = light / rows->light;

    socp_put(builder, rows->first, variable, first + second);
    socp_put(builder, rows->first + 1, variable, first - second);
    if (creal(cross) != 0.0) {
        socp_put(builder, rows->first + 2, variable, 2.0 * creal(cross));
    }
    if (rows->twisted && cimag(cross) != 0.0) {
        socp_put(builder, rows->first + 3, variable, 2.0 * cimag(cross));
    }
}

/* 2 w0 w - w0^2 in the place of the power p. */
static void put_tangent(const step_model *model, const cone_rows *rows, size_t a, double angle, double light,
                        double complex cross)
{
    double w0 = model->at->w[problem_at(model->problem, model->active[a], rows->l)] / sqrt(rows->unit);
    double first = angle / rows->angle, second = light / rows->light, taken = w0 * w0;

    put_part(model, rows, step_w(model, a, rows->l), 2.0 * w0 * angle, 2.0 * w0 * light, 2.0 * w0 * cross);
    socp_constant(model->builder, rows->first, -taken * (first + second));
    socp_constant(model->builder, rows->first + 1, -taken * (first - second));
    socp_constant(model->builder, rows->first + 2, -taken * 2.0 * creal(cross));
    if (rows->twisted) {
        socp_constant(model->builder, rows->first + 3, -taken * 2.0 * cimag(cross));
    }
}

static void put_users(const step_model *model, const cone_rows *rows)
{
    const directed_ap *ap = rows->ap;
    double N = (double)model->problem->link->system->N;

    for (size_t a = 0; a < model->A; a++) {
        const cfi_aim *aim = aim_of(model, a, rows->l);
        double turned = ap->across * aim->turned, angle = ap->along * (aim->lit - N);
        double complex cross = sqrt(ap->across / (rows->angle * rows->light)) * aim->mixed;
        size_t p;

        if (!step_serves(model, a, rows->l)) {
            continue;
        }
        p = model->p + step_w(model, a, rows->l);
        if (model->problem->coherent) {
            double light = aim->turned > 0.0 ? fmin(cabs(aim->mixed) * cabs(aim->mixed) / aim->turned, aim->lit) : 0.0;

            put_part(model, rows, p, angle, aim->lit - light - N, 0.0);
            put_tangent(model, rows, a, turned, light, cross);
        } else {
            put_part(model, rows, p, angle + turned, aim->lit - N, cross);
        }
    }
}

/* row -= factor times what is needed. */
static void put_least(const step_model *model, const cone_rows *rows, size_t row, double factor)
{
    if (rows->raised) {
        socp_put(model->builder, row, model->root, -factor * rows->needed);
    } else {
        socp_constant(model->builder, row, -factor * rows->needed);
    }
}

void step_directed_add_rows(const step_model *model)
{
    for (size_t l = 0; raises_directed(model) && l < model->problem->L; l++) {
        cone_rows rows;
        double beam;
        size_t row;

        if (step_directed_has_cone(model, l)) {
            continue;
        }
        rows = measure_rows(model, l);
        beam = rows.ap->along * (double)model->problem->link->system->N * rows.unit;
        row = step_add_row(model, label_ap(PROGRAM_INFORMATION, l));
        socp_put(model->builder, row, model->q + l, beam / rows.needed);
        put_least(model, &rows, row, 1.0 / rows.needed);
    }
}

void step_directed_add_cones(const step_model *model)
{
    bool asked = raises_directed(model) || model->problem->sensing.directed;
    double N = (double)model->problem->link->system->N;

    for (size_t l = 0; asked && l < model->problem->L; l++) {
        cone_rows rows;

        if (!step_directed_has_cone(model, l)) {
            continue;
        }
        rows = measure_rows(model, l);
        rows.first = step_add_cone(model, rows.twisted ? 4 : 3,
                                   label_ap(rows.raised ? PROGRAM_INFORMATION : PROGRAM_THRESHOLD, l));
        put_least(model, &rows, rows.first, 1.0 / (rows.angle * rows.unit));
        put_least(model, &rows, rows.first + 1, 1.0 / (rows.angle * rows.unit));
        put_part(model, &rows, model->q + l, rows.ap->along * N, N, 0.0);
        put_users(model, &rows);
    }
}
