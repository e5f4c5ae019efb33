/* Descent to a good bound of a box: Newton's method for the smoothed dual function, damped. docs/model.md (M34) */
#include "alloc/certify.h"

#include <math.h>

/* A step goes no nearer to the end of what multipliers may be than this share of the way. */
static const double NEAREST = 0.95;
/* Of what a step promises: the least that it must keep (Armijo). */
static const double KEPT_PROMISE = 1e-4;
/* Below 1e-9 of the longest step there is none that keeps its promise. */
enum { DESCENT_HALVINGS = 30 };

/* The share of the step after which `value`, which must stay above 0, is nearly used up. */
static double share_for(double value, double change, double share)
{
    return value + share * change < (1.0 - NEAREST) * value ? -NEAREST * value / change : share;
}

/* The largest share of the step that is tried. */
static double largest_share(const certify_work *work)
{
    const certify_data *data = work->data;
    size_t rows = data->extras - (data->position ? 3 : 0);
    double share = 1.0;

    for (size_t m = 0; m < 1 + rows; m++) {
        share = share_for(work->now.y[data->K + m], work->step.y[data->K + m], share);
    }
    for (size_t l = 0; l < data->L; l++) {
        for (size_t i = 0; i < data->locals; i++) {
            size_t at = i + data->locals * l;

            share = certify_counts(data, i, l) ? share_for(work->now.theta[at], work->step.theta[at], share) : share;
        }
    }
    return share;
}

/* now + share step into `tried`. */
static void go(const certify_work *work, double share)
{
    const certify_data *data = work->data;

    for (size_t i = 0; i < data->globals; i++) {
        work->tried.y[i] = work->now.y[i] + share * work->step.y[i];
    }
    for (size_t i = 0; i < data->locals * data->L; i++) {
        work->tried.theta[i] = work->now.theta[i] + share * work->step.theta[i];
    }
}

/* Moves along the step as far as it keeps what it promises; false: nowhere. */
static bool move_on(certify_work *work, const certify_box *box, double eps, double promise)
{
    double share = largest_share(work), rounding = 1e-13 * fabs(work->values.phi);

    for (int i = 0; i < DESCENT_HALVINGS; i++, share *= 0.5) {
        go(work, share);
        if (certify_evaluate(work->data, box, &work->tried, eps, &work->trial) &&
            work->trial.phi <= work->values.phi - KEPT_PROMISE * share * promise + rounding) {
            certify_point point = work->now;
            certify_values values = work->values;

            work->now = work->tried;
            work->tried = point;
            work->values = work->trial;
            work->trial = values;
            return true;
        }
    }
    return false;
}

/* The bound here, where it is better than those before. */
static void look(certify_work *work, const certify_box *box)
{
    double *kept = work->force, bound = certify_bound(work->data, box, &work->now, work->trial.gain, work->spare);

    if (bound < work->bound) {
        work->bound = bound;
        work->force = work->spare;
        work->spare = kept;
        certify_copy(work->data, &work->now, &work->best);
    }
}

bool certify_descend(certify_work *work, const certify_box *box, const certify_effort *effort)
{
    work->bound = INFINITY;
    if (!certify_evaluate(work->data, box, &work->now, effort->eps, &work->values)) {
        return false;
    }
    look(work, box);
    for (size_t i = 0; i < effort->most && work->bound > effort->stop_at; i++) {
        double promise = certify_newton(work, &work->now, effort->eps);

        if (!(promise > effort->enough) || !move_on(work, box, effort->eps, promise)) {
            break;
        }
        look(work, box);
    }
    return true;
}
