/* Cones that surrogates share: the geometric mean. docs/model.md (M14) */
#include "alloc/step_rows.h"

/* n^2 <= a b for three variables. */
static void add_geometric_pair(const step_model *model, size_t n, size_t a, size_t b)
{
    size_t row = step_add_cone(model, 3, label_all(n == model->root ? PROGRAM_MEAN : PROGRAM_MEAN_NODE));

    socp_put(model->builder, row, a, 1.0);
    socp_put(model->builder, row, b, 1.0);
    socp_put(model->builder, row + 1, a, 1.0);
    socp_put(model->builder, row + 1, b, -1.0);
    socp_put(model->builder, row + 2, n, 2.0);
}

size_t step_geometric_nodes(size_t leaves)
{
    size_t padded = 1, level = leaves, nodes = 0;

    while (padded < leaves) {
        padded *= 2;
    }
    for (size_t i = padded; i > 2; i /= 2) { /* nodes below the root that hold some leaf */
        level = (level + 1) / 2;
        nodes += level;
    }
    return nodes;
}

void step_add_geometric_mean(const step_model *model, size_t *list)
{
    size_t count = 1, node = model->node;

    while (count < model->A) {
        count *= 2;
    }
    for (size_t i = 0; i < count; i++) {
        list[i] = i < model->A ? model->t + i : model->root;
    }
    for (; count > 1; count /= 2) {
        for (size_t i = 0; i < count / 2; i++) {
            size_t a = list[2 * i], b = list[2 * i + 1];

            if (a == model->root && b == model->root) {
                list[i] = model->root;
            } else {
                list[i] = count == 2 ? model->root : node++;
                add_geometric_pair(model, list[i], a, b);
            }
        }
    }
}
