/* Users in order, against comparisons in pairs: ranks within pilots, turns of the exchanges, ties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/contest.h"
#include "alloc/problem.h"
#include "allocations.h"

enum { L = 3, K = 23 };

static const double SILENCE = 1e-8;

/* pilots 0: orthogonal ones. */
static drop *scene(uint64_t seed, size_t pilots)
{
    made_system made = make_system(seed, L, K, 2, 2);

    if (pilots > 0) {
        reuse_pilots(&made, pilots);
    }
    return make_drop(made);
}

static bool compete(const drop *d, size_t k, size_t j)
{
    return !d->link.pilots_overlap || d->link.pilot[k] == d->link.pilot[j];
}

static size_t count_competitors(const drop *d, size_t k)
{
    size_t count = 0;

    for (size_t j = 0; j < K; j++) {
        count += compete(d, k, j);
    }
    return count;
}

static void ranks_are_those_of_comparisons_in_pairs(void **state)
{
    (void)state;
    for (size_t pilots = 0; pilots < 7; pilots++) {
        drop *d = scene(pilots, pilots);
        cfi_stream stream = stream_make(pilots, 0, CFI_DRAW_START, 5);
        contest *users = contest_make(&d->link, d->arena);
        double key[K];
        const size_t *rank;

        for (size_t k = 0; k < K; k++) { /* few values: many ties */
            key[k] = floor(made_uniform(&stream, 0.0, 6.0));
        }
        rank = contest_rank(users, key);
        for (size_t k = 0; k < K; k++) {
            size_t better = 0;

            for (size_t j = 0; j < K; j++) {
                better += j != k && compete(d, k, j) && (key[j] > key[k] || (key[j] == key[k] && j < k));
            }
            assert_int_equal(rank[k], better);
            assert_int_equal(users->rivals[k], count_competitors(d, k));
        }
        free_drop(d);
    }
}

static double strength_of(const drop *d, size_t k)
{
    double sum = 0.0;

    for (size_t l = 0; l < L; l++) {
        sum += d->link.g[k + K * l] * d->link.g[k + K * l];
    }
    return sum;
}

/* Whether a's turn comes before b's. */
static bool comes_before(const drop *d, const double *sinr, size_t a, size_t b)
{
    bool silent_a = sinr[a] <= SILENCE, silent_b = sinr[b] <= SILENCE;
    double first = silent_a ? -strength_of(d, a) : sinr[a], second = silent_b ? -strength_of(d, b) : sinr[b];

    if (silent_a != silent_b) {
        return silent_b;
    }
    return first < second || (first == second && a < b);
}

static bool is_exchangeable(const drop *d, const double *sinr, size_t k)
{
    size_t others = 0;

    for (size_t j = 0; j < K; j++) {
        others += j != k && sinr[j] > SILENCE;
    }
    return others > 0 && count_competitors(d, k) > 1;
}

/* Turns number `turn` by definition: as many exchangeable users come before. */
static void check_turns(const drop *d, contest *users, const double *sinr)
{
    size_t exchangeable = 0;

    for (size_t k = 0; k < K; k++) {
        size_t before = 0;

        for (size_t j = 0; j < K; j++) {
            before += j != k && is_exchangeable(d, sinr, j) && comes_before(d, sinr, j, k);
        }
        if (is_exchangeable(d, sinr, k)) {
            assert_int_equal(contest_turn(users, sinr, SILENCE, before), k);
            exchangeable++;
        }
    }
    assert_int_equal(contest_turn(users, sinr, SILENCE, exchangeable), K);
    assert_int_equal(contest_turn(users, sinr, SILENCE, SIZE_MAX), K);
}

/* Shares of silent users from none to all; 17 pilots leave users without rivals. */
static void turns_are_those_of_comparisons_in_pairs(void **state)
{
    static const size_t pilots[] = {0, 1, 4, 17};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        drop *d = scene(i, pilots[i]);
        cfi_stream stream = stream_make(i, 0, CFI_DRAW_START, 6);
        contest *users = contest_make(&d->link, d->arena);
        double sinr[K];

        for (size_t silent = 0; silent <= 4; silent++) {
            for (size_t k = 0; k < K; k++) {
                bool off = made_uniform(&stream, 0.0, 4.0) < (double)silent;

                sinr[k] = off ? SILENCE * made_uniform(&stream, 0.0, 1.0) : floor(made_uniform(&stream, 1.0, 9.0));
            }
            check_turns(d, users, sinr);
        }
        free_drop(d);
    }
}

/* Alone in being served, a user is never exchanged, but all others are. */
static void the_only_active_user_has_no_turn(void **state)
{
    drop *d = scene(3, 1);
    contest *users = contest_make(&d->link, d->arena);
    double sinr[K] = {[4] = 1.0};

    (void)state;
    for (size_t turn = 0; turn < K - 1; turn++) {
        size_t k = contest_turn(users, sinr, SILENCE, turn);

        assert_true(k < K && k != 4);
    }
    assert_int_equal(contest_turn(users, sinr, SILENCE, K - 1), K);
    check_turns(d, users, sinr);
    free_drop(d);
}

/* The lists of users of one pilot against comparisons in pairs. */
static void mates_are_the_other_users_of_the_pilot_in_order(void **state)
{
    (void)state;
    for (size_t pilots = 1; pilots < 9; pilots++) {
        drop *d = scene(pilots, pilots);
        alloc_problem problem;
        size_t count = 0;

        d->made.system.rate_model = CFI_RATE_EXACT;
        set_tightness(d, 1e-3);
        assert_int_equal(problem_build(&d->link, d->arena, &problem, NULL), CFI_OK);
        for (size_t k = 0; k < K; k++) {
            assert_int_equal(problem.mate_start[k], count);
            for (size_t j = 0; j < K; j++) {
                if (j != k && d->link.pilot[j] == d->link.pilot[k]) {
                    assert_int_equal(problem.mate[count++], j);
                }
            }
        }
        assert_int_equal(problem.mate_start[K], count);
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_those_of_comparisons_in_pairs),
        cmocka_unit_test(turns_are_those_of_comparisons_in_pairs),
        cmocka_unit_test(the_only_active_user_has_no_turn),
        cmocka_unit_test(mates_are_the_other_users_of_the_pilot_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
