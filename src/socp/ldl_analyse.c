/* The later symbolic phases of the factorisation: panels, rows and destinations. docs/solver.md, ldl.h. */
#include "socp/constants.h"
#include "socp/ldl_symbolic.h"
#include "socp/ldl_vector.h"
#include "socp/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t padded(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* -------------------------------------------------------------------- work of the phases ---- */

static bool symbolic_create(ldl_symbolic *s, const ldl_pattern *pattern)
{
    uint32_t **part[] = {&s->position,   &s->entry_start, &s->parent,    &s->length,  &s->top,
                         &s->width,      &s->node_of_old, &s->number,    &s->node_of, &s->scratch[0],
                         &s->scratch[1], &s->scratch[2],  &s->scratch[3]};
    enum { ANALYSIS_PARTS = sizeof part / sizeof *part };
    size_t length = pattern->n + 2;
    uint32_t *block = memory_block((ANALYSIS_PARTS * length + 2 * pattern->entries) * sizeof *block);

    *s = (ldl_symbolic){.n = pattern->n, .watch = pattern->watch};
    if (!block) {
        return false;
    }
    for (size_t i = 0; i < ANALYSIS_PARTS; i++) {
        *part[i] = block + i * length;
    }
    s->entry = block + ANALYSIS_PARTS * length;
    s->earlier = s->entry + pattern->entries;
    return true;
}

static void symbolic_destroy(ldl_symbolic *s)
{
    free(s->position);
}

/* ---------------------------------------------------------------------- phase 4: panels ---- */

/* The arrays of a factor whose lengths are known once the columns are joined. */
static bool allocate_nodes(const ldl_symbolic *s, ldl *factor)
{
    size_t nodes = 0, rows = 0;
    char *block;

    for (uint32_t j = 0; j < s->n; j++) {
        if (s->top[j] == j) {
            nodes++;
            rows += s->length[j] - s->width[j];
        }
    }
    block = memory_block(padded(nodes * sizeof(ldl_node)) + padded(s->n * sizeof(double)) +
                         padded(rows * sizeof(uint32_t)) + 64);
    factor->memory[0] = block;
    if (!block) {
        return false;
    }
    factor->node = (ldl_node *)block;
    block += padded(nodes * sizeof(ldl_node));
    factor->inverse = (double *)block;
    block += padded(s->n * sizeof(double));
    factor->below_row = (uint32_t *)block;
    return true;
}

/* Nodes are numbered in the order of their tops. node_at[top]: its number. */
static void lay_out_panels(const ldl_symbolic *s, ldl *factor, uint32_t *node_at)
{
    size_t nodes = 0, first = 0, panel = 0, rows = 0;

    for (uint32_t j = 0; j < s->n; j++) {
        if (s->top[j] == j) {
            ldl_node *node = &factor->node[nodes];
            uint32_t front = s->length[j], below = front - s->width[j];
            bool small = s->width[j] == 1 && below <= SMALL_BELOW;

            *node = (ldl_node){.first = (uint32_t)first,
                               .columns = s->width[j],
                               .below = below,
                               .lead = small ? front : (front + VECTOR - 1) / VECTOR * VECTOR,
                               .small = small,
                               .panel = panel,
                               .rows = rows};
            node_at[j] = (uint32_t)nodes++;
            first += node->columns;
            rows += below;
            panel += (size_t)node->lead * node->columns;
        }
    }
    factor->nodes = nodes;
    factor->values = panel;
}

/* The columns of a node get the numbers from its first one on. */
static void number_columns(ldl_symbolic *s, const ldl *factor, const uint32_t *node_at)
{
    uint32_t *next = s->scratch[1]; /* the number that the next column of a node gets */

    for (size_t i = 0; i < factor->nodes; i++) {
        next[i] = factor->node[i].first;
    }
    for (uint32_t j = 0; j < s->n; j++) {
        uint32_t node = node_at[s->top[j]];

        s->node_of_old[j] = node;
        s->number[j] = next[node]++;
        s->node_of[s->number[j]] = node;
    }
}

/* ------------------------------------------------------------------------ phase 5: rows ---- */

/* above[node]: the node of its top's parent; n: none. */
static void link_nodes(const ldl_symbolic *s, uint32_t *above)
{
    uint32_t none = (uint32_t)s->n;

    for (uint32_t j = 0; j < s->n; j++) {
        if (s->top[j] == j) {
            above[s->node_of_old[j]] = s->parent[j] == none ? none : s->node_of_old[s->parent[j]];
        }
    }
}

/* Row by row in the new order: the nodes met on the ways from the row's entries up to its own node get the row. It is
 * then the last row they have, which tells where the entry that led there belongs. Rows so come out ascending. */
static void list_factor_rows(const ldl_symbolic *s, ldl *factor, uint32_t *slot)
{
    uint32_t *above = s->scratch[0];
    uint32_t *listed = s->scratch[1];   /* how many rows a node has so far */
    uint32_t *last_row = s->scratch[2]; /* the last of them */
    uint32_t *old = s->scratch[3];      /* the old number of a column */

    link_nodes(s, above);
    for (uint32_t j = 0; j < s->n; j++) {
        old[s->number[j]] = j;
    }
    for (size_t i = 0; i < factor->nodes; i++) {
        last_row[i] = UINT32_MAX;
        listed[i] = 0;
    }
    for (uint32_t row = 0; row < s->n && !ldl_ends_at(s, row); row++) {
        uint32_t home = s->node_of[row];

        for (uint32_t e = s->entry_start[old[row]]; e < s->entry_start[old[row] + 1]; e++) {
            uint32_t column = s->number[s->earlier[e]], start = s->node_of[column];
            const ldl_node *node = &factor->node[start];
            size_t values = node->panel + (size_t)(column - node->first) * node->lead;

            for (uint32_t t = start; t != home && last_row[t] != row; t = above[t]) {
                last_row[t] = row;
                factor->below_row[factor->node[t].rows + listed[t]++] = row;
            }
            slot[s->entry[e]] =
                (uint32_t)(values + (start == home ? row - node->first : node->columns + listed[start] - 1));
        }
    }
}

/* Where the entries on the diagonal belong. */
static void place_diagonal(const ldl_symbolic *s, const ldl *factor, const ldl_pattern *pattern, uint32_t *slot)
{
    for (size_t e = 0; e < pattern->entries; e++) {
        if (pattern->row[e] == pattern->col[e]) {
            uint32_t column = s->number[s->position[pattern->row[e]]];
            const ldl_node *node = &factor->node[s->node_of[column]];

            slot[e] = (uint32_t)(node->panel + (size_t)(column - node->first) * (node->lead + 1));
        }
    }
}

/* ---------------------------------------------------------------- phase 6: destinations ---- */

/* How long the lists of destinations are. */
typedef struct destinations {
    size_t products; /* of all small nodes: one for each entry of the triangle of a node's outer product */
    size_t segments; /* of all wide nodes: one for each node that its rows below are columns of */
    size_t places;   /* of all segments: one for each row below from the segment's first on */
} destinations;

/* Counts them, and gives every node the start of its own. */
static destinations count_destinations(const ldl_symbolic *s, ldl *factor)
{
    destinations count = {.products = 0};

    for (size_t i = 0; i < factor->nodes; i++) {
        ldl_node *node = &factor->node[i];
        const uint32_t *row = factor->below_row + node->rows;

        node->destinations = node->small ? count.products : count.segments;
        if (node->small) {
            count.products += (size_t)node->below * (node->below + 1) / 2;
            continue;
        }
        for (uint32_t r = 0; r < node->below; r++) {
            if (r == 0 || s->node_of[row[r]] != s->node_of[row[r - 1]]) {
                count.places += node->below - r;
                count.segments++;
            }
        }
    }
    return count;
}

/* Panels, the work of a wide node, and the lists of destinations. */
static bool allocate_panels(ldl *factor, destinations count)
{
    size_t most = 0;
    char *block;

    for (size_t i = 0; i < factor->nodes; i++) {
        most = factor->node[i].lead > most ? factor->node[i].lead : most;
    }
    factor->work_size = LDL_WORK * (most + VECTOR);
    block = memory_block(padded(factor->values * sizeof(double)) + padded(factor->work_size * sizeof(double)) +
                         padded(count.segments * sizeof(ldl_segment)) +
                         padded((count.products + count.places) * sizeof(uint32_t)) + 64);
    factor->memory[1] = block;
    if (!block) {
        return false;
    }
    factor->value = (double *)block;
    block += padded(factor->values * sizeof(double));
    factor->work = (double *)block;
    block += padded(factor->work_size * sizeof(double));
    factor->segment = (ldl_segment *)block;
    block += padded(count.segments * sizeof(ldl_segment));
    factor->product_slot = (uint32_t *)block;
    factor->panel_row = factor->product_slot + count.products;
    return true;
}

/* The rows begin .. end - 1 below a small node are columns of node `to`: where their products with the rows from there
 * on are subtracted. entry_of[row]: the entry of a column of `to` that is this row. */
static void list_products(ldl *factor, const ldl_node *node, const ldl_node *to, uint32_t begin, uint32_t end,
                          const uint32_t *entry_of)
{
    const uint32_t *row = factor->below_row + node->rows;
    uint32_t *slot =
        factor->product_slot + node->destinations + (size_t)begin * (2 * (size_t)node->below - begin + 1) / 2;

    for (uint32_t i = begin; i < end; i++) {
        for (uint32_t j = i; j < node->below; j++) {
            *slot++ = (uint32_t)(to->panel + (size_t)entry_of[row[i]] * to->lead + entry_of[row[j]]);
        }
    }
}

/* The same of a wide node: its next segment, whose places start at `places`. Returns where the next ones start. */
static size_t list_segment(ldl *factor, ldl_node *node, ldl_segment segment, const uint32_t *entry_of)
{
    const uint32_t *row = factor->below_row + node->rows;
    uint32_t last = node->below - 1;
    size_t places = segment.places;

    for (uint32_t i = segment.begin; i < node->below; i++) {
        factor->panel_row[places++] = entry_of[row[i]];
    }
    segment.together = entry_of[row[last]] - entry_of[row[segment.begin]] == last - segment.begin;
    factor->segment[node->destinations + node->segments++] = segment;
    return places;
}

/* entry_of[row]: the entry of a column of the panel that is this row, for the panel's own and lower rows. */
static void map_rows(const ldl *factor, const ldl_node *node, uint32_t *entry_of)
{
    for (uint32_t i = 0; i < node->columns; i++) {
        entry_of[node->first + i] = i;
    }
    for (uint32_t i = 0; i < node->below; i++) {
        entry_of[factor->below_row[node->rows + i]] = node->columns + i;
    }
}

/* Visits the panels in order. The nodes whose next rows below are columns of panel t wait in a list that starts at
 * waiting[t]; they are taken out, and put into the list of the panel that the rows after those are columns of. */
static void list_destinations(const ldl_symbolic *s, ldl *factor)
{
    uint32_t none = UINT32_MAX, *waiting = s->scratch[0];
    uint32_t *next = s->scratch[1];     /* of a node in such a list: the one after it */
    uint32_t *done = s->scratch[2];     /* how many of a node's rows below are done */
    uint32_t *entry_of = s->scratch[3]; /* map_rows of the panel visited */
    size_t places = 0;

    memset(waiting, 0xff, factor->nodes * sizeof *waiting);
    for (uint32_t t = 0; t < factor->nodes && !ldl_ends_at(s, t); t++) {
        const ldl_node *to = &factor->node[t];

        map_rows(factor, to, entry_of);
        for (uint32_t from = waiting[t], following; from != none; from = following) {
            ldl_node *node = &factor->node[from];
            const uint32_t *row = factor->below_row + node->rows;
            uint32_t begin = done[from], end = begin;

            following = next[from];
            while (end < node->below && s->node_of[row[end]] == t) {
                end++;
            }
            if (node->small) {
                list_products(factor, node, to, begin, end, entry_of);
            } else {
                places = list_segment(factor, node,
                                      (ldl_segment){.to = t, .begin = begin, .end = end, .places = places}, entry_of);
            }
            done[from] = end;
            if (end < node->below) {
                next[from] = waiting[s->node_of[row[end]]];
                waiting[s->node_of[row[end]]] = from;
            }
        }
        if (to->below > 0) {
            uint32_t first = s->node_of[factor->below_row[to->rows]];

            done[t] = 0;
            next[t] = waiting[first];
            waiting[first] = t;
        }
    }
}

/* ---------------------------------------------------------------------------- all phases ---- */

/* False when out of memory, too large, or once the watch saw its flag. */
static bool run_phases(ldl_symbolic *s, ldl *factor, const ldl_pattern *pattern, uint32_t *slot)
{
    uint32_t *node_at = s->scratch[0];

    ldl_list_entries(s, pattern);
    ldl_grow_tree(s);
    if (stop_seen(s->watch)) {
        return false;
    }
    ldl_join_columns(s);
    if (!allocate_nodes(s, factor)) {
        return false;
    }
    lay_out_panels(s, factor, node_at);
    if (factor->values >= UINT32_MAX) { /* slots are 32 bits wide */
        return false;
    }
    number_columns(s, factor, node_at);
    list_factor_rows(s, factor, slot);
    if (stop_seen(s->watch)) {
        return false;
    }
    place_diagonal(s, factor, pattern, slot);
    if (!allocate_panels(factor, count_destinations(s, factor))) {
        return false;
    }
    list_destinations(s, factor);
    return !stop_seen(s->watch);
}

bool ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot)
{
    ldl_symbolic s;
    bool done;

    *factor = (ldl){.n = pattern->n, .watch = pattern->watch};
    done = symbolic_create(&s, pattern) && run_phases(&s, factor, pattern, slot);
    for (size_t i = 0; done && i < s.n; i++) {
        place[i] = s.number[s.position[i]];
    }
    symbolic_destroy(&s);
    if (!done) {
        ldl_free(factor);
    }
    return done;
}

void ldl_free(ldl *factor)
{
    free(factor->memory[0]);
    free(factor->memory[1]);
    *factor = (ldl){.n = 0};
}
