/* Nodes too large for the caches, which are factorised in blocks: the solution satisfies the equations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/base.h"
#include "check.h"
#include "socp/ldl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two groups of unknowns, each tied all to all and to the unknowns shared, not to each other. */
enum { FIRST = 470, SECOND = 31, SHARED = 150, N = FIRST + SECOND + SHARED, MOST_ENTRIES = N * (N + 1) / 2 };

typedef struct tied {
    size_t entries;
    uint32_t row[MOST_ENTRIES], col[MOST_ENTRIES], order[N], place[N], slot[MOST_ENTRIES];
    double value[MOST_ENTRIES];
    signed char sign[N];
    ldl factor;
} tied;

static void fill(tied *m, cfi_stream *stream)
{
    m->entries = 0;
    for (uint32_t i = 0; i < N; i++) {
        m->order[i] = i;
        for (uint32_t j = 0; j <= i; j++) {
            if (j < FIRST && i >= FIRST && i < FIRST + SECOND) {
                continue;
            }
            m->row[m->entries] = i;
            m->col[m->entries] = j;
            random_uniforms(stream, 1, &m->value[m->entries]);
            m->value[m->entries] -= 0.5;
            if (i == j) { /* more than the sum of a row: no pivot is near 0 */
                m->value[m->entries] = (i % 3 == 0 ? -1.0 : 1.0) * (double)N;
            }
            m->entries++;
        }
    }
}

static void factorise(tied *m)
{
    ldl_pattern pattern = {.n = N, .entries = m->entries, .row = m->row, .col = m->col, .order = m->order};

    assert_true(ldl_analyse(&m->factor, &pattern, m->place, m->slot));
    memset(m->factor.value, 0, m->factor.values * sizeof(double));
    for (size_t e = 0; e < m->entries; e++) {
        m->factor.value[m->slot[e]] += m->value[e];
    }
    for (size_t i = 0; i < N; i++) {
        m->sign[m->place[i]] = i % 3 == 0 ? -1 : 1;
    }
    assert_int_equal(ldl_factor(&m->factor, m->sign, 1e-14, 1e-8), 0);
}

/* The largest entry of b - A x. */
static double residual(const tied *m, const double *b, const double *x)
{
    double left[N], most = 0.0;

    memcpy(left, b, sizeof left);
    for (size_t e = 0; e < m->entries; e++) {
        left[m->row[e]] -= m->value[e] * x[m->col[e]];
        if (m->row[e] != m->col[e]) {
            left[m->col[e]] -= m->value[e] * x[m->row[e]];
        }
    }
    for (size_t i = 0; i < N; i++) {
        most = fmax(most, fabs(left[i]));
    }
    return most;
}

static void large_nodes_satisfy_the_equations(void **state)
{
    tied *m = malloc(sizeof *m);
    size_t large = 0, reaching = 0;

    (void)state;
    assert_non_null(m);
    for (uint64_t seed = 0; seed < 2; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 35);
        double b[N], right[N], x[N];

        fill(m, &stream);
        factorise(m);
        random_uniforms(&stream, N, b);
        for (size_t i = 0; i < N; i++) {
            right[m->place[i]] = b[i];
        }
        ldl_solve(&m->factor, right);
        for (size_t i = 0; i < N; i++) {
            x[i] = right[m->place[i]];
        }
        assert_true(residual(m, b, x) <= 1e-14);
        for (size_t s = 0; s < m->factor.nodes; s++) {
            const ldl_node *node = &m->factor.node[s];

            large += node->columns >= 400;
            reaching += node->columns >= 400 && node->segments > 0;
        }
        ldl_free(&m->factor);
    }
    assert_true(large >= 2 && reaching >= 2); /* the cases meant are there */
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_nodes_satisfy_the_equations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
