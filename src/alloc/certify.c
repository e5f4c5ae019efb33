/* Branch and bound for the sum rate: from the box of all interference there may be, the one of the largest bound is
 * halved again and again. docs/model.md (M34) */
#include "alloc/certify.h"

#include "alloc/globals.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOT_STEPS = 60, ROOT_SOLUTIONS = 4 };
/* Of the first smoothing, for each unit of weight; and how much less the next one is. */
static const double FIRST_SMOOTHING = 0.1, NEXT_SMOOTHING = 0.1;
/* Of its range: a cut is no nearer to an end. */
static const double LEAST_PART = 0.1;
/* Of what is allowed: first multipliers of what is asked of power. */
static const double FIRST_PART = 0.3;
/* Relative: numbers of a problem are rounded to 36 bits, so that u_k^2 and I_k are wrong by 2^-35 and 2^-36 of
 * themselves, and a rate, ln (1 + u^2 / I), by no more than that of itself. */
static const double DATA_ROUNDING = 0x1p-34;

/* ------------------------------------------------------------------------------- roots ---- */

/* What AP l adds to user k's interference at least, to sense what its own rows ask for. */
static double least_heard(const certify_data *data, size_t k, size_t l)
{
    double least = 0.0;

    for (size_t i = 0; i < data->coupled->information.owns && certify_counts(data, i, l); i++) {
        double by_beam = data->beam[k + data->K * l] / -data->local[i].sens[l], by_users = INFINITY;

        for (size_t c = 0; c < data->groups; c++) {
            by_users = fmin(by_users, data->load[k + data->K * (c + data->groups * l)] / -data->local[i].comm[l]);
        }
        least = fmax(least, fmin(by_beam, by_users)); /* what tells nothing: infinite, or NaN, which fmin leaves out */
    }
    return least < INFINITY ? least : 0.0;
}

/* What a unit of its power is at user k at most. */
static double loudest(const certify_data *data, size_t k, size_t l)
{
    double most = data->beam[k + data->K * l];

    for (size_t c = 0; c < data->groups; c++) {
        most = fmax(most, data->load[k + data->K * (c + data->groups * l)]);
    }
    return most;
}

/* A box that all feasible powers are in. */
static void fill_root(const certify_data *data, const certify_box *box)
{
    static const double OUTWARDS = 1e-9; /* relative: beyond rounding, and what counts as feasible */

    for (size_t k = 0; k < data->K; k++) {
        double least = 0.0, most = 0.0, limited = 0.0;

        for (size_t l = 0; l < data->L; l++) {
            double loud = loudest(data, k, l), limit = data->coupled->limit[l];

            least += least_heard(data, k, l);
            most = fmax(most, loud);
            limited += loud > 0.0 ? loud * limit : 0.0;
        }
        box->lo[k] = 1.0 + least * (1.0 - OUTWARDS);
        box->hi[k] = fmax(1.0 + fmin(data->budget * most, limited) * (1.0 + OUTWARDS), box->lo[k]);
    }
}

/* The largest factor of what adds `comm` and `sens` to prices at AP l that leaves a part of them. */
static double part_of_prices(const certify_tree *tree, size_t l, double comm, double sens)
{
    const certify_data *data = &tree->data;
    const certify_values *values = &tree->work.values;
    double part = INFINITY;

    for (size_t c = 0; c < data->groups && comm < 0.0; c++) {
        part = fmin(part, values->price[c + data->groups * l] / -comm);
    }
    return sens < 0.0 ? fmin(part, values->beam_price[l] / -sens) : part;
}

/* Multipliers of what single access points must do, beside prices that are there without. */
static void start_locals(const certify_tree *tree, const certify_point *at)
{
    const certify_data *data = &tree->data;

    for (size_t l = 0; l < data->L; l++) {
        for (size_t i = 0; i < data->locals; i++) {
            double part = part_of_prices(tree, l, data->local[i].comm[l], data->local[i].sens[l]);
            double some = part < INFINITY ? part : at->y[data->K];

            at->theta[i + data->locals * l] =
                certify_counts(data, i, l) ? FIRST_PART * some / (double)(data->locals + 1) : 0.0;
        }
    }
}

/* The same of what couples them. */
static void start_extras(const certify_tree *tree, const certify_point *at)
{
    const certify_data *data = &tree->data;
    size_t rows = data->extras - (data->position ? 3 : 0);

    for (size_t m = 0; m < data->extras; m++) {
        double part = INFINITY;
        bool crossed = data->position && m == rows + 1;

        for (size_t l = 0; l < data->L; l++) {
            part = fmin(part,
                        part_of_prices(tree, l, data->extra_comm[l + data->L * m], data->extra_sens[l + data->L * m]));
        }
        part = part < INFINITY ? part : 1.0;
        at->y[data->K + 1 + m] = crossed ? 0.0 : FIRST_PART * part / (double)(data->extras * (data->locals + 1));
    }
}

/* A dual point that is inside what multipliers may be, from the best powers. */
static void start_point(certify_tree *tree, const certify_box *box, const certify_point *at)
{
    const certify_data *data = &tree->data;
    const alloc_values *best = tree->search->best.values;
    double mean = 0.0, weights = 0.0;

    for (size_t k = 0; k < data->K; k++) {
        double sinr = values_sinr(best, k);

        at->y[k] = data->weight[k] * sinr / (best->interference[k] * (1.0 + sinr));
        weights += data->weight[k];
        for (size_t l = 0; l < data->L; l++) {
            mean += at->y[k] * data->beam[k + data->K * l] / (double)data->L;
        }
    }
    at->y[data->K] = fmax(mean, FIRST_PART * weights / data->budget);
    for (size_t i = data->K + 1; i < data->globals; i++) {
        at->y[i] = 0.0;
    }
    memset(at->theta, 0, data->locals * data->L * sizeof *at->theta);
    certify_evaluate(data, box, at, 1.0, &tree->work.values); /* prices: it may call this outside */
    start_locals(tree, at);
    start_extras(tree, at);
}

/* ------------------------------------------------------------------------------ memory ---- */

static cfi_status boxes_out_of_memory(const certify_tree *tree, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for %zu open boxes of the certificate", tree->heap.count);
}

static size_t node_length(const certify_data *data)
{
    return 2 * data->K + data->globals + data->locals * data->L;
}

static bool make_node(certify_tree *tree, double bound, certify_node *node)
{
    *node = (certify_node){
        .bound = bound, .number = tree->nodes, .memory = malloc(node_length(&tree->data) * sizeof(double))};
    return node->memory;
}

/* ------------------------------------------------------------------------------ boxes ---- */

/* Bounds a new box, which then is open, or closed and gone. */
static cfi_status enter_box(certify_tree *tree, certify_node node, double eps, cfi_error *error)
{
    bool keep;
    cfi_status status = certify_solve_node(tree, &node, eps, &keep, error);

    tree->nodes++;
    if (status == CFI_OK && keep && certify_push(&tree->heap, node)) {
        return CFI_OK;
    }
    free(node.memory);
    return status == CFI_OK && keep ? boxes_out_of_memory(tree, error) : status;
}

/* The user whose chord is farthest from its curve where the box's powers are, and where its range is cut. */
static size_t choose_cut(certify_tree *tree, const certify_node *node, double eps, double *where)
{
    const certify_data *data = &tree->data;
    certify_box box = certify_node_box(data, node);
    certify_point point = certify_node_point(data, node);
    const certify_values *values = &tree->work.values;
    size_t chosen = 0;
    double most = -1.0, least_part;

    certify_evaluate(data, &box, &point, eps, &tree->work.values);
    for (size_t k = 0; k < data->K; k++) {
        double gap = data->weight[k] * certify_gap(box.lo[k], box.hi[k], values->interference[k]);

        if (gap > most) {
            most = gap;
            chosen = k;
        }
    }
    least_part = LEAST_PART * (box.hi[chosen] - box.lo[chosen]);
    *where = fmin(fmax(values->interference[chosen], box.lo[chosen] + least_part), box.hi[chosen] - least_part);
    return chosen;
}

/* Cuts the open box of the largest bound in two. */
static cfi_status cut_box(certify_tree *tree, cfi_error *error)
{
    const certify_data *data = &tree->data;
    certify_node node = certify_pop(&tree->heap), other;
    double eps = certify_eps(tree, node.bound - tree->search->best.values->objective), where;
    size_t k = choose_cut(tree, &node, eps, &where);
    cfi_status status;

    if (!make_node(tree, node.bound, &other)) {
        free(node.memory);
        return boxes_out_of_memory(tree, error);
    }
    memcpy(other.memory, node.memory, node_length(data) * sizeof(double));
    certify_node_box(data, &node).hi[k] = where;
    certify_node_box(data, &other).lo[k] = where;
    node.number = tree->nodes;
    status = enter_box(tree, node, eps, error);
    if (status != CFI_OK) {
        free(other.memory);
        return status;
    }
    other.number = tree->nodes;
    return enter_box(tree, other, eps, error);
}

/* Descends to the multipliers of the whole box, with less and less smoothing. */
static void settle_root(certify_tree *tree, certify_node *root)
{
    certify_box box = certify_node_box(&tree->data, root);
    certify_point point = certify_node_point(&tree->data, root);
    double eps = 0.0, F = tree->search->best.values->objective;

    start_point(tree, &box, &point);
    certify_copy(&tree->data, &point, &tree->work.now);
    for (size_t k = 0; k < tree->data.K; k++) {
        eps += FIRST_SMOOTHING * tree->data.weight[k];
    }
    for (;; eps *= NEXT_SMOOTHING) {
        certify_effort effort = {.eps = eps, .enough = 0.1 * eps, .most = ROOT_STEPS, .stop_at = -INFINITY};

        if (!certify_descend(&tree->work, &box, &effort)) {
            return;
        }
        certify_copy(&tree->data, &tree->work.now, &point);
        root->bound = fmin(root->bound, tree->work.bound);
        if (eps <= certify_eps(tree, root->bound - F)) {
            return;
        }
    }
}

static cfi_status plant_root(certify_tree *tree, cfi_error *error)
{
    certify_node root;
    bool keep = true;
    cfi_status status = CFI_OK;

    if (!make_node(tree, INFINITY, &root)) {
        return boxes_out_of_memory(tree, error);
    }
    fill_root(&tree->data, &(certify_box){.lo = root.memory, .hi = root.memory + tree->data.K});
    settle_root(tree, &root);
    for (int i = 1; status == CFI_OK && keep && i < ROOT_SOLUTIONS; i++) {
        status = certify_solve_node(tree, &root, certify_eps(tree, root.bound - tree->search->best.values->objective),
                                    &keep, error);
    }
    tree->nodes = 1;
    if (status == CFI_OK && keep && certify_push(&tree->heap, root)) {
        return CFI_OK;
    }
    free(root.memory);
    return status == CFI_OK && keep ? boxes_out_of_memory(tree, error) : status;
}

/* -------------------------------------------------------------------------------- tree ---- */

static bool has_open_boxes(const certify_tree *tree)
{
    double F = tree->search->best.values->objective;

    return tree->ceiling > F * (1.0 + tree->gap) && tree->heap.count > 0 &&
           tree->heap.node[0].bound > F * (1.0 + tree->gap) &&
           tree->heap.node[0].bound < INFINITY; /* without any bound cuts are of no use */
}

static cfi_status cut_boxes(certify_tree *tree, cfi_stop *stop, cfi_error *error)
{
    cfi_status status = plant_root(tree, error);

    while (status == CFI_OK && has_open_boxes(tree) && tree->nodes + 1 < tree->most && !stop_requested(stop)) {
        status = cut_box(tree, error);
    }
    return status;
}

static double count_barriers(const certify_data *data)
{
    size_t count = data->L + 1 + 2 * data->K + data->extras;

    for (size_t l = 0; l < data->L; l++) {
        for (size_t i = 0; i < data->locals; i++) {
            count += certify_counts(data, i, l);
        }
    }
    return (double)count;
}

/* What no powers exceed, in nats. */
static double upper_bound_of(const certify_tree *tree)
{
    double bound = fmax(tree->closed, tree->search->best.values->objective);

    return fmin(tree->heap.count > 0 ? fmax(bound, tree->heap.node[0].bound) : bound, tree->ceiling);
}

cfi_status certify_search(alloc_search *search, const cfi_alloc_options *options, alloc_workspace *workspace,
                          cfi_allocation *out, cfi_error *error)
{
    const alloc_problem *problem = &search->problem;
    const cfi_system *system = problem->link->system;
    certify_tree tree = {.search = search,
                         .most = system->allocation.certify_nodes,
                         .gap = fmax(0.999 * system->allocation.certify_gap - 4.0 * DATA_ROUNDING, 0.0)};
    globals_drop drop;
    cfi_status status = globals_make(problem, information_asked(system), options, workspace->scratch, &drop, error);

    if (status == CFI_OK) {
        status = certify_describe(problem, &drop.coupled, workspace->scratch, &tree.data, error);
    }
    if (status == CFI_OK && !certify_room(&tree.data, workspace->scratch, &tree.work)) {
        status = boxes_out_of_memory(&tree, error);
    }
    if (status == CFI_OK) {
        tree.barriers = count_barriers(&tree.data);
        tree.ceiling = certify_ceiling(&tree.data, workspace->scratch);
        status = cut_boxes(&tree, options ? options->stop : NULL, error);
    }
    if (status == CFI_OK) {
        double nats = upper_bound_of(&tree) * (1.0 + DATA_ROUNDING + 16.0 * DBL_EPSILON);

        out->certificate.upper_bound = isfinite(nats) ? problem->objective->reported(system, nats) : NAN;
        out->certificate.nodes = tree.nodes;
        out->certificate.interrupted =
            tree.cut_short || (has_open_boxes(&tree) && options && stop_requested(options->stop));
    }
    certify_empty(&tree.heap);
    globals_close(&drop);
    return status;
}
