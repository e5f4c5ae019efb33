/* One box of the branch and bound: its bound, the powers that belong to it, and what can be taken from it.
 * docs/model.md (M34)
 *
 * At any multipliers the bound D of a box is the sum of the objective and of terms that none are negative, of which
 * those of user k that depend on I_k alone are
 *     weight_k (chord(I_k) + ln I_k) + max(force_k, 0) (hi_k - I_k) + max(-force_k, 0) (I_k - lo_k).
 * Powers that are better than the best ones known, F, have all of them at most D - F. The sum is concave in I_k, so
 * that what is left of the box are parts at its ends. */
#include "alloc/certify.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

enum { NODE_ROUNDS = 3, NODE_STEPS = 25, END_HALVINGS = 50 };
/* Of the way from the best powers' objective to the bound: what smoothing may cost. */
static const double SMOOTHING = 0.05;
/* Relative: a gap that is as good as none. */
static const double LEAST_GAP = 1e-10;
/* Relative, of the product of all ranges: another round where more than this has been taken away. */
static const double WORTH_A_ROUND = 0.3;
/* Times the gap that is to be proved: powers that are better by less are no news. */
static const double NEWS = 0.01;
/* Of what is compared with D - F: more than rounding. */
static const double END_ROUNDING = 1e-12;

certify_box certify_node_box(const certify_data *data, const certify_node *node)
{
    return (certify_box){.lo = node->memory, .hi = node->memory + data->K};
}

certify_point certify_node_point(const certify_data *data, const certify_node *node)
{
    double *y = node->memory + 2 * data->K;

    return (certify_point){.y = y, .theta = y + data->globals};
}

double certify_eps(const certify_tree *tree, double above)
{
    double F = tree->search->best.values->objective;

    return SMOOTHING * fmax(above, fmax(tree->gap, LEAST_GAP) * F) / tree->barriers;
}

/* ------------------------------------------------------------------------------ powers ---- */

/* The powers at which the smoothed function is stationary, made feasible, into search->at; their objective. */
static double make_powers_of(const certify_tree *tree, double eps)
{
    const certify_data *data = &tree->data;
    const alloc_problem *problem = data->problem;
    const certify_values *values = &tree->work.values;
    const alloc_state *at = &tree->search->at;

    problem_clear_padding(problem, at->point->w, problem->K);
    for (size_t l = 0; l < data->L; l++) {
        at->point->x[l] = 0.0;
        at->point->s[l] = eps / values->beam_price[l];
        for (size_t k = 0; k < data->K; k++) {
            double gain = data->gain[k + data->K * l], w = 0.0;

            if (gain > 0.0) {
                w = sqrt(gain * values->power[k]) / values->price[(data->groups > 1 ? k : 0) + data->groups * l];
            }
            at->point->w[problem_at(problem, k, l)] = w;
            at->point->x[l] += w * w;
        }
    }
    return sca_complete(problem, at);
}

/* Whether they are news; then they are improved, and become the best ones known. */
static cfi_status try_box_powers(certify_tree *tree, double eps, cfi_error *error)
{
    alloc_search *s = tree->search;
    double best = s->best.values->objective, value = make_powers_of(tree, eps);
    cfi_status status;

    if (!(value > best * (1.0 + NEWS * fmax(tree->gap, LEAST_GAP))) || !targets_hold(&s->problem, s->at.values)) {
        return CFI_OK;
    }
    status = ascent_run(&s->ascent, &s->at, &s->outcome, error);
    if (status == CFI_INTERRUPTED) { /* the best powers stay, and what is proved of them */
        tree->cut_short = true;
        return error_set(error, CFI_OK, "%s", "");
    }
    if (status == CFI_OK && s->outcome.objective > best && !s->outcome.short_of_targets) {
        search_adopt(s);
    }
    return status;
}

/* --------------------------------------------------------------------------- reduction ---- */

/* What user k's interference may be, and what the terms that depend on it are at least. */
typedef struct remains {
    double lo, hi, weight, force, left;
} remains;

static double terms_at(const remains *r, double interference)
{
    return r->weight * certify_gap(r->lo, r->hi, interference) + fmax(r->force, 0.0) * (r->hi - interference) +
           fmax(-r->force, 0.0) * (interference - r->lo);
}

/* The end of the part of the range at `end` that is left, where `end` itself is; `other`: all of it is. */
static double end_of_part(const remains *r, double end, double other)
{
    double slope = r->weight * certify_slope(r->lo, r->hi) + r->force, top = r->weight / slope;
    double inside = end, outside;

    if (!(top > fmin(end, other)) || !(top < fmax(end, other))) {
        top = other; /* the sum is monotone on the way */
    }
    if (terms_at(r, top) <= r->left) {
        return other;
    }
    outside = top;
    for (int i = 0; i < END_HALVINGS; i++) {
        double middle = 0.5 * (inside + outside);

        *(terms_at(r, middle) <= r->left ? &inside : &outside) = middle;
    }
    return outside;
}

/* Narrows user k's range; false where nothing is left. Returns the share of it, in logarithms, in *share. */
static bool narrow(const remains *r, double *lo, double *hi, double *share)
{
    bool at_lo = terms_at(r, r->lo) <= r->left, at_hi = terms_at(r, r->hi) <= r->left;

    if (!at_lo && !at_hi) {
        return false;
    }
    if (!at_lo) {
        *lo = end_of_part(r, r->hi, r->lo);
    } else if (!at_hi) {
        *hi = end_of_part(r, r->lo, r->hi);
    }
    *share *= r->hi > r->lo ? (*hi - *lo) / (r->hi - r->lo) : 1.0;
    return true;
}

/* What is left of a box of bound D at the best powers known; false: nothing. */
static bool reduce_box(const certify_tree *tree, certify_box *box, double *share)
{
    const certify_data *data = &tree->data;
    double above = fmax(tree->work.bound - tree->search->best.values->objective, 0.0);

    *share = 1.0;
    for (size_t k = 0; k < data->K; k++) {
        remains r = {.lo = box->lo[k],
                     .hi = box->hi[k],
                     .weight = data->weight[k],
                     .force = tree->work.force[k],
                     .left = above * (1.0 + 1e-9) + END_ROUNDING * (1.0 + above) * data->weight[k]};

        if (!narrow(&r, &box->lo[k], &box->hi[k], share)) {
            return false;
        }
    }
    return true;
}

/* -------------------------------------------------------------------------------- node ---- */

/* No powers of the box exceed `bound`, and that is good enough. */
static bool close_box(certify_tree *tree, double bound)
{
    double F = tree->search->best.values->objective;

    if (bound > F * (1.0 + tree->gap)) {
        return false;
    }
    tree->closed = fmax(tree->closed, bound);
    return true;
}

cfi_status certify_solve_node(certify_tree *tree, certify_node *node, double eps, bool *keep, cfi_error *error)
{
    certify_work *work = &tree->work;
    certify_box box = certify_node_box(&tree->data, node);
    certify_point point = certify_node_point(&tree->data, node);
    double share = 0.0;

    *keep = true;
    certify_copy(&tree->data, &point, &work->now);
    for (int round = 0; round < NODE_ROUNDS && share < 1.0 - WORTH_A_ROUND; round++) {
        double F = tree->search->best.values->objective;
        certify_effort effort = {.eps = eps,
                                 .enough = SMOOTHING * 6.0 * eps * tree->barriers,
                                 .most = NODE_STEPS,
                                 .stop_at = F * (1.0 + tree->gap)};
        cfi_status status;

        if (!certify_descend(work, &box, &effort)) {
            return CFI_OK; /* the bound before holds */
        }
        node->bound = fmin(node->bound, work->bound);
        certify_copy(&tree->data, &work->now, &point);
        *keep = !close_box(tree, node->bound);
        status = *keep ? try_box_powers(tree, eps, error) : CFI_OK;
        if (status != CFI_OK || !*keep) {
            return status;
        }
        *keep = !close_box(tree, node->bound) && reduce_box(tree, &box, &share);
        if (!*keep) {
            return CFI_OK;
        }
    }
    return CFI_OK;
}
