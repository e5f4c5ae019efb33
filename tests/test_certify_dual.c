/* The certificate's dual function: every dual point proves a bound, and descents end where it falls no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "certified.h"

/* What a bound is made of, of a drop. */
typedef struct dual_drop {
    drop *d;
    alloc_problem problem;
    alloc_coupled coupled;
    certify_data data;
    certify_work work;
    certify_box box;
} dual_drop;

static void make_dual_drop(uint64_t seed, dual_drop *out)
{
    cfi_arena *arena;

    out->d = random_network(seed);
    arena = out->d->arena;
    assert_int_equal(problem_build(&out->d->link, arena, &out->problem, NULL), CFI_OK);
    assert_int_equal(
        coupled_describe(&out->d->link, information_asked(&out->d->made.system), NULL, arena, &out->coupled, NULL),
        CFI_OK);
    assert_int_equal(certify_describe(&out->problem, &out->coupled, arena, &out->data, NULL), CFI_OK);
    assert_true(certify_room(&out->data, arena, &out->work));
    out->box = (certify_box){.lo = arena_alloc(arena, out->data.K, sizeof(double)),
                             .hi = arena_alloc(arena, out->data.K, sizeof(double))};
}

/* Ranges about the interference of some powers: these powers are in the box. */
static void put_about(dual_drop *b, const alloc_values *values, cfi_stream *stream)
{
    for (size_t k = 0; k < b->data.K; k++) {
        b->box.lo[k] = values->interference[k] * exp(-made_uniform(stream, 0.0, 2.0));
        b->box.hi[k] = values->interference[k] * exp(made_uniform(stream, 0.0, 2.0));
    }
}

/* Multipliers that nobody has chosen: of sensing often so large that a beam's price is below 0. */
static void draw_multipliers(const dual_drop *b, cfi_stream *stream, const certify_point *to)
{
    double size = pow(10.0, made_uniform(stream, -3.0, 0.0));

    for (size_t i = 0; i < b->data.globals; i++) {
        to->y[i] = i < b->data.K ? size * made_uniform(stream, 0.0, 1.0) / b->box.lo[i]
                                 : size * made_uniform(stream, 0.0, 2.0) / b->data.budget;
    }
    for (size_t i = 0; i < b->data.locals * b->data.L; i++) {
        size_t at = i % b->data.locals, l = i / b->data.locals;
        double most = fmax(fabs(b->data.local[at].comm[l]), fabs(b->data.local[at].sens[l]));

        to->theta[i] = certify_counts(&b->data, at, l) ? to->y[b->data.K] * made_uniform(stream, 0.0, 1.5) / most : 0.0;
    }
}

static void any_multipliers_prove_a_bound(void **state)
{
    (void)state;
    size_t finite = 0, short_beams = 0;

    for (uint64_t seed = 0; seed < 40; seed++) {
        dual_drop b;
        alloc_state at;
        cfi_allocation allocation;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 775);

        make_dual_drop(seed, &b);
        b.d->made.system.allocation.certify = false;
        allocation = run(b.d);
        assert_true(problem_state(&b.problem, b.d->arena, &at));
        for (size_t i = 0; i < 100 && allocation.status != CFI_ALLOC_INFEASIBLE; i++) {
            double bound;

            draw_feasible(b.d, violation_of_link, b.d, &allocation.powers, &stream, &b.d->powers);
            problem_from_powers(&b.problem, i % 2 ? &b.d->powers : &allocation.powers, at.point);
            problem_evaluate(&b.problem, at.point, at.values);
            put_about(&b, at.values, &stream);
            draw_multipliers(&b, &stream, &b.work.now);
            bound = certify_bound(&b.data, &b.box, &b.work.now, b.work.spare, b.work.force);
            assert_true(bound >= at.values->objective);
            finite += bound < INFINITY;
            for (size_t l = 0; bound < INFINITY && l < b.data.L; l++) {
                double beam = b.work.now.y[b.data.K];

                for (size_t k = 0; k < b.data.K; k++) {
                    beam += b.work.now.y[k] * b.data.beam[k + b.data.K * l];
                }
                for (size_t a = 0; a < b.data.locals; a++) {
                    beam += b.work.now.theta[a + b.data.locals * l] * b.data.local[a].sens[l];
                }
                short_beams += beam < 0.0;
            }
        }
        free_drop(b.d);
    }
    assert_true(finite > 1000 && short_beams > 100);
}

/* Where Newton's method ends, the smoothed function falls in no direction, by differences. */
static void descents_end_where_nothing_falls(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        dual_drop b;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 776);
        certify_effort effort = {.eps = 1e-2, .enough = 1e-16, .most = 200, .stop_at = -INFINITY};
        cfi_allocation allocation;
        alloc_state at;
        certify_values *values;

        make_dual_drop(seed, &b);
        values = &b.work.trial;
        b.d->made.system.allocation.certify = false;
        allocation = run(b.d);
        if (allocation.status == CFI_ALLOC_INFEASIBLE) {
            free_drop(b.d);
            continue;
        }
        assert_true(problem_state(&b.problem, b.d->arena, &at));
        problem_from_powers(&b.problem, &allocation.powers, at.point);
        problem_evaluate(&b.problem, at.point, at.values);
        put_about(&b, at.values, &stream);
        for (int tries = 0; tries < 1000; tries++) {
            draw_multipliers(&b, &stream, &b.work.now);
            for (size_t i = 0; i < b.data.locals * b.data.L; i++) {
                b.work.now.theta[i] *= 0.2;
            }
            if (certify_descend(&b.work, &b.box, &effort)) {
                break;
            }
        }
        for (int i = 0; i < 20; i++) {
            double phi = b.work.values.phi;

            for (size_t j = 0; j < b.data.globals; j++) {
                b.work.tried.y[j] = b.work.now.y[j] * (1.0 + 1e-3 * made_uniform(&stream, -1.0, 1.0));
            }
            for (size_t j = 0; j < b.data.locals * b.data.L; j++) {
                b.work.tried.theta[j] = b.work.now.theta[j] * (1.0 + 1e-3 * made_uniform(&stream, -1.0, 1.0));
            }
            if (certify_evaluate(&b.data, &b.box, &b.work.tried, effort.eps, values)) {
                assert_true(values->phi >= phi - 1e-10 * (1.0 + fabs(phi)));
            }
        }
        free_drop(b.d);
    }
}

/* What shares of power allow holds whatever the powers. */
static void no_powers_exceed_the_ceiling(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        dual_drop b;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 778);
        double ceiling;
        alloc_state at;

        make_dual_drop(seed, &b);
        ceiling = certify_ceiling(&b.data, b.d->arena);
        assert_true(problem_state(&b.problem, b.d->arena, &at));
        for (size_t i = 0; i < 100; i++) {
            draw_powers(b.d, &stream, &b.d->powers);
            for (size_t l = 0; i % 2 && l < b.data.L; l++) {
                b.d->powers.s[l] = 0.0;
            }
            problem_from_powers(&b.problem, &b.d->powers, at.point);
            assert_true(problem_evaluate(&b.problem, at.point, at.values) <= ceiling);
        }
        free_drop(b.d);
    }
}

/* The same at good multipliers, where little is to spare: of sensing so many times as large that beams' prices fall
 * below 0, which has to be paid for. */
static void beams_that_are_too_cheap_are_paid_for(void **state)
{
    (void)state;
    size_t cheap = 0;

    for (uint64_t seed = 0; seed < 40; seed++) {
        dual_drop b;
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 777);
        cfi_allocation allocation;
        alloc_state at;

        make_dual_drop(seed, &b);
        b.d->made.system.allocation.certify = false;
        allocation = run(b.d);
        for (int i = 0; i < 20 && allocation.status != CFI_ALLOC_INFEASIBLE; i++) {
            double bound, factor = exp(made_uniform(&stream, 0.0, 2.0));
            bool below = false;

            assert_true(problem_state(&b.problem, b.d->arena, &at));
            problem_from_powers(&b.problem, &allocation.powers, at.point);
            problem_evaluate(&b.problem, at.point, at.values);
            put_about(&b, at.values, &stream);
            for (size_t k = 0; k < b.data.K; k++) { /* a narrow box, where the bound is good */
                b.box.lo[k] = 0.999 * at.values->interference[k];
                b.box.hi[k] = 1.001 * at.values->interference[k];
            }
            draw_multipliers(&b, &stream, &b.work.now);
            for (size_t j = 0; j < b.data.locals * b.data.L; j++) {
                b.work.now.theta[j] *= 0.2;
            }
            for (double eps = 1e-2; eps > 1e-6; eps *= 0.1) {
                certify_effort effort = {.eps = eps, .enough = 1e-3 * eps, .most = 100, .stop_at = -INFINITY};

                certify_descend(&b.work, &b.box, &effort);
            }
            for (size_t j = 0; j < b.data.locals * b.data.L; j++) {
                b.work.now.theta[j] *= factor;
                below = below || b.work.values.beam_price[j / b.data.locals] +
                                         b.work.now.theta[j] * (1.0 - 1.0 / factor) *
                                             b.data.local[j % b.data.locals].sens[j / b.data.locals] <
                                     0.0;
            }
            bound = certify_bound(&b.data, &b.box, &b.work.now, b.work.spare, b.work.force);
            assert_true(bound >= at.values->objective);
            cheap += below && bound < INFINITY;
        }
        free_drop(b.d);
    }
    assert_true(cheap > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_multipliers_prove_a_bound),
        cmocka_unit_test(descents_end_where_nothing_falls),
        cmocka_unit_test(no_powers_exceed_the_ceiling),
        cmocka_unit_test(beams_that_are_too_cheap_are_paid_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
