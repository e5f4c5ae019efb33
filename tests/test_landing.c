/* Points that meet rate targets, and what is proved at them: docs/model.md (M32). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/climb.h"
#include "asked.h"

/* A climb of its own at a start that is complete and evaluated. */
typedef struct scene {
    drop *d;
    alloc_problem problem;
    alloc_state at, other;
    sca_work work;
    sca_outcome outcome;
    climb c;
} scene;

/* NULL where the drop has no answer. */
static scene *make_scene(uint64_t seed, size_t kind, double share)
{
    drop *d = random_drop(seed, 8.0, 5.0);
    cfi_arena *arena = d->arena;
    scene *s = arena_zeros(arena, 1, sizeof *s); /* the climb keeps addresses */

    d->made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
    if (!ask(d, kind, share)) {
        free_drop(d);
        return NULL;
    }
    s->d = d;
    assert_int_equal(alloc_heuristic(&d->link, arena, &d->powers, NULL), CFI_OK);
    assert_int_equal(problem_build(&d->link, arena, &s->problem, NULL), CFI_OK);
    assert_true(problem_state(&s->problem, arena, &s->at) && problem_state(&s->problem, arena, &s->other) &&
                problem_state(&s->problem, arena, &s->work.candidate) &&
                problem_state(&s->problem, arena, &s->work.trial));
    problem_from_powers(&s->problem, &d->powers, s->at.point);
    assert_int_equal(climb_init(&s->c, &s->problem, NULL, arena, NULL), CFI_OK);
    s->c.patience = 200;
    s->outcome.trace = arena_zeros(arena, d->made.system.allocation.max_iterations + 1, sizeof(double));
    assert_true(sca_complete(&s->problem, &s->at) > 0.0 || s->problem.target);
    problem_complete(&s->problem, s->at.point);
    problem_evaluate(&s->problem, s->at.point, s->at.values);
    return s;
}

static void check_feasible(const scene *s, const alloc_state *state)
{
    const alloc_problem *p = &s->problem;
    double total = 0.0;

    for (size_t l = 0; l < p->L; l++) {
        double x = state->point->x[l], sensing = state->point->s[l];

        assert_true(p->sensing.d1[l] * x + p->sensing.d2[l] * sensing >= 1.0 - 1e-9);
        assert_true(x >= 0.0 && sensing >= 0.0 && x + sensing <= p->limit[l] * (1.0 + 1e-9));
        total += x + sensing;
    }
    assert_true(total <= (double)p->L * (1.0 + 1e-9));
}

/* Users have their targets after a landing, those that are lifted no more than that, the others all that is left; where
 * there is none, no scaling of the streams was enough either. */
static void landings_meet_targets_and_no_more(void **state)
{
    size_t met = 0, tight = 0, lost = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        scene *s = make_scene(seed, ASK_TARGETS, 0.95);
        double lift[8];
        bool landed;

        if (!s) {
            continue;
        }
        for (size_t k = 0; k < s->problem.K; k++) {
            lift[k] = seed % 2 == 0 && k == 0 ? 1.0 : 0.0;
        }
        landed = landing_meet(&s->c.landing, &s->at, lift);
        met += landed;
        lost += !landed;
        for (size_t k = 0; landed && k < s->problem.K; k++) {
            double sinr = values_sinr(s->at.values, k), target = s->problem.target[k];

            assert_true(sinr >= target * (1.0 - 1e-10));
            if (lift[k] > 0.0 && s->problem.K > 1) {
                tight += sinr <= target * (1.0 + 1e-8);
            }
        }
        if (landed) {
            check_feasible(s, &s->at);
            assert_true(problem_evaluate(&s->problem, s->at.point, s->at.values) > 0.0);
        }
        free_drop(s->d);
    }
    print_message("%zu landings, %zu of lifted users at their target; %zu have none\n", met, tight, lost);
    assert_true(met > 100 && tight > 30 && lost > 10);
}

/* Of a step about a state: t_k = 2 r u - r^2 I of a point, with coherent terms in I. NAN where a target is missed. */
static double surrogate_of(const scene *s, const double *u0, const double *noise0)
{
    const alloc_values *to = s->other.values;
    alloc_values values = {.u = arena_zeros(s->d->arena, s->problem.K, sizeof(double)),
                           .interference = arena_zeros(s->d->arena, s->problem.K, sizeof(double))};

    for (size_t k = 0; k < s->problem.K; k++) {
        double r = u0[k] / noise0[k], t = 2.0 * r * to->u[k] - r * r * to->interference[k];

        if (!(t > 0.0) || (s->problem.target && t < s->problem.target[k])) {
            return NAN;
        }
        values.u[k] = sqrt(t);
        values.interference[k] = 1.0;
    }
    return s->problem.objective->value(&s->problem, &values);
}

static bool complete_other(const scene *s)
{
    return s->problem.objective->complete(&s->problem, s->other.point) &&
           problem_evaluate(&s->problem, s->other.point, s->other.values) >= 0.0;
}

/* The other point: between that at hand and random amplitudes, feasible. False where that cannot be. */
static bool step_aside(const scene *s, cfi_stream *stream)
{
    const alloc_problem *p = &s->problem;
    double share = pow(10.0, made_uniform(stream, -6.0, 0.0));

    for (size_t l = 0; l < p->L; l++) {
        double x = 0.0, now = s->at.point->x[l];

        for (size_t k = 0; k < p->K; k++) {
            double random = p->signal[problem_at(p, k, l)] > 0.0 ? made_uniform(stream, 0.0, 1.0) : 0.0;

            s->other.point->w[problem_at(p, k, l)] = random;
            x += random * random;
        }
        for (size_t k = 0; k < p->K; k++) {
            size_t i = problem_at(p, k, l);
            double w = s->at.point->w[i];

            s->other.point->w[i] = w + share * (s->other.point->w[i] * sqrt(now / x) - w);
        }
        s->other.point->s[l] = s->at.point->s[l];
        s->other.point->x[l] = 0.0;
    }
    return complete_other(s);
}

/* The other point: on the way to the answers that the objective alone would have. False where that cannot be. */
static bool step_along(scene *s, double share)
{
    const alloc_problem *p = &s->problem;
    response_value value;
    double *state = s->c.state;

    climb_state_of(&s->c, &s->at, state);
    for (size_t k = 0; p->target && k < p->K; k++) {
        state[response_lifts(&s->c.map) + k] = 0.0;
    }
    if (!response_answer(&s->c.map, state, s->c.answer, &value)) {
        return false;
    }
    response_read(&s->c.map, s->other.point);
    for (size_t i = 0; i < p->K * p->stride; i++) {
        s->other.point->w[i] = s->at.point->w[i] + share * (s->other.point->w[i] - s->at.point->w[i]);
    }
    for (size_t l = 0; l < p->L; l++) {
        s->other.point->s[l] = s->at.point->s[l] + share * (s->other.point->s[l] - s->at.point->s[l]);
    }
    return complete_other(s);
}

/* The bound of lifts that are wrong, since targets are lower than when they were found, relative to the objective. */
static double gap_of_old_lifts(scene *s)
{
    response_value value = {.gain = NAN};

    for (size_t k = 0; k < s->problem.K; k++) {
        s->problem.target[k] *= 0.9;
    }
    climb_state_of(&s->c, &s->at, s->c.state);
    assert_true(response_answer(&s->c.map, s->c.state, s->c.answer, &value));
    return (value.gain + value.slack) / s->at.values->objective;
}

/* No feasible point that has the targets by a step's minorants of SINRs has more, by them, than is certified. */
static void no_step_gains_more_than_is_certified(void **state)
{
    size_t compared = 0, near = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 160; seed++) {
        scene *s = make_scene(seed, seed % ASKS, 0.95);
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 5);
        double gap, most, *values;

        if (!s) {
            continue;
        }
        if (s->problem.target && !landing_meet(&s->c.landing, &s->at, NULL)) {
            free_drop(s->d);
            continue;
        }
        if (seed % 3 == 0) { /* at the end of a climb, which is near that bound; elsewhere at its start */
            s->outcome.status = CFI_ALLOC_ITERATION_LIMIT;
            s->outcome.trace[0] = s->at.values->objective;
            s->outcome.trace_count = 1;
            assert_int_equal(climb_run(&s->c, &s->work, &s->at, &s->outcome, &gap, NULL), CFI_OK);
            gap = seed % 2 == 0 && s->problem.target ? gap_of_old_lifts(s) : gap;
        } else {
            s->c.at = &s->at;
            gap = climb_gap(&s->c, &s->at);
        }
        most = s->at.values->objective * (1.0 + gap);
        values = arena_zeros(s->d->arena, 2 * s->problem.K, sizeof *values);
        memcpy(values, s->at.values->u, s->problem.K * sizeof *values);
        memcpy(values + s->problem.K, s->at.values->interference, s->problem.K * sizeof *values);
        for (size_t i = 0; i < 400 && (i < 20 ? step_along(s, ldexp(1.0, -(int)i)) : step_aside(s, &stream)); i++) {
            double surrogate = surrogate_of(s, values, values + s->problem.K);

            if (surrogate == surrogate) { /* has the targets */
                assert_true(surrogate <= most * (1.0 + 1e-12));
                compared++;
                near += surrogate > most * (1.0 - 1e-6);
            }
        }
        free_drop(s->d);
    }
    print_message("%zu points, %zu within 1e-6 of the bound\n", compared, near);
    assert_true(compared > 10000 && near > 100);
}

/* Slopes of proportional fairness are those of differences. */
static void slopes_of_fairness_are_those_of_differences(void **state)
{
    (void)state;
    for (uint64_t seed = 11; seed <= 20; seed++) {
        scene *s = make_scene(seed, ASK_FAIR_TARGETS, 0.9); /* with weights */
        double gain[8], weight[8];

        if (!s) {
            continue;
        }
        s->problem.objective->slopes(&s->problem, s->at.values->u, s->at.values->interference, gain, weight);
        for (size_t k = 0; k < s->problem.K; k++) {
            double *const argument[] = {s->at.values->u + k, s->at.values->interference + k};
            const double expected[] = {2.0 * gain[k], -weight[k]}, step = 1e-5;

            for (size_t i = 0; i < 2; i++) {
                double at = *argument[i], above, below;

                *argument[i] = at * (1.0 + step);
                above = s->problem.objective->value(&s->problem, s->at.values);
                *argument[i] = at * (1.0 - step);
                below = s->problem.objective->value(&s->problem, s->at.values);
                *argument[i] = at;
                assert_close((above - below) / (2.0 * step * at) / expected[i], 1.0, 1e-7);
            }
        }
        free_drop(s->d);
    }
}

/* A climb from a start that misses targets ends at a point that meets them, and its trace begins at the first such. */
static void climbs_find_their_way_to_targets(void **state)
{
    size_t found = 0, runs = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        scene *s = make_scene(seed, ASK_TARGETS, 0.97);
        double gap;

        if (!s || targets_hold(&s->problem, s->at.values) || s->problem.coherent) {
            if (s) {
                free_drop(s->d);
            }
            continue;
        }
        s->outcome.status = CFI_ALLOC_ITERATION_LIMIT;
        s->outcome.trace[0] = s->at.values->objective;
        s->outcome.trace_count = 1;
        assert_int_equal(climb_run(&s->c, &s->work, &s->at, &s->outcome, &gap, NULL), CFI_OK);
        runs++;
        if (s->c.met) {
            assert_true(targets_hold(&s->problem, s->at.values));
            assert_true(problem_evaluate(&s->problem, s->at.point, s->at.values) == s->outcome.objective);
            assert_int_equal(s->outcome.status, CFI_ALLOC_CONVERGED);
            assert_true(gap <= 1e-8);
            for (size_t i = 1; i < s->outcome.trace_count; i++) {
                assert_true(s->outcome.trace[i] >= s->outcome.trace[i - 1]);
            }
            found++;
        }
        free_drop(s->d);
    }
    print_message("%zu of %zu climbs\n", found, runs);
    assert_true(runs > 30 && found == runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landings_meet_targets_and_no_more),
        cmocka_unit_test(no_step_gains_more_than_is_certified),
        cmocka_unit_test(slopes_of_fairness_are_those_of_differences),
        cmocka_unit_test(climbs_find_their_way_to_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
