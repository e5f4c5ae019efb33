/* The safeguards of the accelerated response (docs/model.md (M19)): retreats, searches between two points, users that
 * are silenced, brought back and taken back, and the limit of evaluations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/climb.h"
#include "allocations.h"

/* What a climb was seen to do, by the calls that it makes. */
typedef struct sight {
    const climb *c; /* NULL: nobody is watched */
    double *last;   /* u of the last answer; NULL: none yet */
    size_t *brought;
    double *memory;
    size_t silenced, revived, taken_back, woken, retreats, between, between_found;
} sight;
static sight seen;

bool __real_response_answer(response *r, const double *state, double *answer, response_value *value);
bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value);
double __real_sca_complete(const alloc_problem *problem, const alloc_state *state);
double __wrap_sca_complete(const alloc_problem *problem, const alloc_state *state);

/* What happened to user k between the last answer and this state. */
static void see_user(const climb *c, const double *state, size_t k)
{
    bool back = seen.last[k] == 0.0 && state[k] > 0.0, brought = c->revived[k] == seen.brought[k] + 1;

    seen.silenced += seen.last[k] > 0.0 && state[k] == 0.0;
    seen.taken_back += back && state[k] == c->best[k];
    seen.revived += back && state[k] != c->best[k] && brought;
    seen.woken += back && c->best[k] == 0.0 && !brought;
    seen.brought[k] = c->revived[k];
}

bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value)
{
    const climb *c = seen.c;
    bool answered;

    if (!c || state != c->state) { /* the best point once more, or its gap */
        return __real_response_answer(r, state, answer, value);
    }
    for (size_t k = 0; seen.last && k < c->problem->K; k++) {
        see_user(c, state, k);
    }
    seen.retreats += c->retreats > 0 && c->feasible;
    answered = __real_response_answer(r, state, answer, value);
    seen.last = seen.memory;
    memcpy(seen.last, answer, c->problem->K * sizeof *answer);
    return answered;
}

double __wrap_sca_complete(const alloc_problem *problem, const alloc_state *state)
{
    double objective = __real_sca_complete(problem, state);

    if (seen.c && seen.c->in_point && state == &seen.c->work->candidate) { /* not the best answer, read */
        seen.between++;
        seen.between_found += objective > seen.c->objective;
    }
    return objective;
}

/* A climb of its own, without the cone solver. */
typedef struct ascent_alone {
    drop *d;
    alloc_problem problem;
    alloc_state at;
    sca_work work;
    sca_outcome outcome;
    climb c;
    double gap;
} ascent_alone;

static ascent_alone *prepare_climb(drop *d)
{
    ascent_alone *a = arena_zeros(d->arena, 1, sizeof *a); /* the climb keeps addresses */
    cfi_arena *arena = d->arena;

    a->d = d;
    assert_int_equal(alloc_heuristic(&d->link, arena, &d->powers, NULL), CFI_OK);
    assert_int_equal(problem_build(&d->link, arena, &a->problem, NULL), CFI_OK);
    assert_true(problem_state(&a->problem, arena, &a->at) && problem_state(&a->problem, arena, &a->work.candidate) &&
                problem_state(&a->problem, arena, &a->work.trial));
    problem_from_powers(&a->problem, &d->powers, a->at.point);
    assert_int_equal(climb_init(&a->c, &a->problem, NULL, arena, NULL), CFI_OK);
    a->c.patience = SIZE_MAX;
    a->outcome.trace = arena_alloc(arena, d->made.system.allocation.max_iterations + 1, sizeof(double));
    return a;
}

static void run_climb(ascent_alone *a)
{
    size_t users = a->problem.K;

    assert_true(problem_complete(&a->problem, a->at.point));
    for (size_t l = 0; l < a->problem.L; l++) { /* what stands in scratch is nobody's */
        a->work.trial.point->x[l] = NAN;
    }
    a->outcome.objective = a->outcome.trace[0] = problem_evaluate(&a->problem, a->at.point, a->at.values);
    a->outcome.trace_count = 1;
    a->outcome.status = CFI_ALLOC_ITERATION_LIMIT;
    seen = (sight){.c = &a->c,
                   .memory = arena_zeros(a->d->arena, users, sizeof(double)),
                   .brought = arena_zeros(a->d->arena, users, sizeof(size_t))};
    assert_int_equal(climb_run(&a->c, &a->work, &a->at, &a->outcome, &a->gap, NULL), CFI_OK);
    seen.c = NULL;
}

/* The result is a feasible point, with its own values, and the trace leads up to it. */
static void check_climb(const ascent_alone *a)
{
    const alloc_problem *p = &a->problem;
    const alloc_point *point = a->at.point;
    const sca_outcome *o = &a->outcome;
    double total = 0.0, objective = a->at.values->objective;

    assert_int_equal(o->trace_count, o->iterations + 1);
    for (size_t i = 1; i < o->trace_count; i++) {
        assert_true(o->trace[i] >= o->trace[i - 1]);
    }
    assert_true(o->trace[o->trace_count - 1] == o->objective && o->objective == objective);
    assert_true(problem_evaluate(p, point, a->at.values) == objective);
    for (size_t l = 0; l < p->L; l++) {
        double x = 0.0;

        for (size_t k = 0; k < p->K; k++) {
            double w = point->w[problem_at(p, k, l)];

            assert_true(w >= 0.0);
            x += w * w;
        }
        assert_true(p->sensing.d1[l] * x + p->sensing.d2[l] * point->s[l] >= 1.0 - 1e-9);
        assert_true(x + point->s[l] <= p->limit[l] * (1.0 + 1e-9));
        total += x + point->s[l];
    }
    assert_true(total <= (double)p->L * (1.0 + 1e-9));
}

/* Signals near the noise, where users go to zero, and above it, where kinks bring extrapolations down: whatever a climb
 * does, its trace never falls, it ends at a feasible point, and users wake up only when they are brought or taken back.
 */
static void climbs_never_fall_whatever_they_do(void **state)
{
    sight total = {.c = NULL};
    size_t climbs = 0, ended = 0;

    (void)state;
    for (uint64_t seed = 200001; seed <= 205000; seed++) {
        drop *d = random_drop(seed, 8.0, 6.0);
        cfi_system *s = &d->made.system;
        ascent_alone *a;

        if (d->network.pilots_overlap && s->M * s->M < s->N + 2) {
            s->rate_model = CFI_RATE_THEOREM1; /* else powers form no convex set */
        }
        s->power.comm_noise_w *= seed % 2 ? 1e4 : 1.0;
        if (threshold_factor(d) > 1.0) {
            free_drop(d);
            continue;
        }
        a = prepare_climb(d);
        run_climb(a);
        check_climb(a);
        assert_int_equal(seen.woken, 0);
        if (a->outcome.status == CFI_ALLOC_CONVERGED) {
            assert_true(a->gap <= 1e-2 * s->allocation.tolerance);
            ended++;
        }
        climbs++;
        total.silenced += seen.silenced;
        total.revived += seen.revived;
        total.taken_back += seen.taken_back;
        total.retreats += seen.retreats;
        total.between += seen.between;
        total.between_found += seen.between_found;
        free_drop(d);
    }
    print_message("%zu climbs, %zu ended; users silenced %zu, revived %zu, taken back %zu; %zu retreats; between %zu, "
                  "%zu found\n",
                  climbs, ended, total.silenced, total.revived, total.taken_back, total.retreats, total.between,
                  total.between_found);
    assert_true(climbs > 4000 && ended + 20 > climbs);
    assert_true(total.silenced > 100 && total.revived > 0 && total.taken_back > 0);
    assert_true(total.retreats > 100 && total.between_found > 0);
}

/* With orthogonal pilots every user of these is served at the optimum: one that is silent at the start is brought back,
 * and the climb ends where one from the heuristic split does. */
static void a_silent_user_is_brought_back_where_it_grows(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        drop *d = make_drop(make_system(seed, 8, 4, 4, seed % 2 ? 4 : 2));
        ascent_alone *whole, *silent;

        set_tightness(d, 0.6);
        whole = prepare_climb(d);
        run_climb(whole);
        assert_int_equal(seen.silenced + seen.revived, 0);
        silent = prepare_climb(d);
        for (size_t l = 0; l < 8; l++) {
            silent->at.point->w[problem_at(&silent->problem, seed % 4, l)] = 0.0;
        }
        run_climb(silent);
        check_climb(silent);
        assert_int_equal(seen.revived, 1);
        assert_true(silent->at.values->u[seed % 4] > 0.0);
        assert_int_equal(silent->outcome.status, CFI_ALLOC_CONVERGED);
        assert_close(silent->outcome.objective / whole->outcome.objective, 1.0, 1e-7);
        free_drop(d);
    }
}

/* Interference far above the noise: a state of less power than there is asks for hardly more of it, and the plain map
 * would go up from it by the noise's share an evaluation. Every answer spends the budget, and all climbs are short. */
static void climbs_are_short_where_interference_drowns_the_noise(void **state)
{
    size_t most = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        drop *d = make_drop(make_system(seed, 32, 4, 4, 4));
        ascent_alone *a;

        d->made.system.power.comm_noise_w *= 1e-5;
        set_tightness(d, 0.05);
        a = prepare_climb(d);
        run_climb(a);
        check_climb(a);
        assert_int_equal(a->outcome.status, CFI_ALLOC_CONVERGED);
        assert_true(a->gap <= 0.1 * d->made.system.allocation.tolerance);
        most = a->outcome.iterations > most ? a->outcome.iterations : most;
        free_drop(d);
    }
    print_message("at most %zu evaluations\n", most);
    assert_true(most <= 20);
}

/* A limit of evaluations ends the climb with the best point so far, pilots shared or not, and an allocation of more
 * starts than one with the best of them. */
static void a_limit_of_evaluations_ends_at_the_best_point_so_far(void **state)
{
    (void)state;
    for (size_t pilots = 2; pilots <= 4; pilots += 2) {
        made_system made = make_system(31, 8, 4, 4, 4);
        double before = 0.0;
        drop *d;

        reuse_pilots(&made, pilots);
        made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        made.system.allocation.tolerance = 1e-13;
        made.system.allocation.starts = 1;
        d = make_drop(made);
        set_tightness(d, 0.5);
        for (size_t most = 1; most <= 5; most++) {
            cfi_allocation allocation;

            d->made.system.allocation.max_iterations = most;
            allocation = run(d);
            assert_int_equal(allocation.status, CFI_ALLOC_ITERATION_LIMIT);
            assert_string_equal(allocation.stop_reason, "max_iterations");
            assert_int_equal(allocation.iterations, most);
            assert_int_equal(allocation.objective.trace_count, most + 1);
            assert_int_equal(allocation.fallback_steps, 0);
            assert_true(allocation.largest_step_gap > 1e-13 && allocation.largest_step_gap < INFINITY);
            check_trace(&allocation);
            assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
            assert_close(sum_rate_from_formula(d, &allocation.powers) / allocation.sum_rate_bit_s_hz, 1.0, 1e-9);
            assert_true(allocation.sum_rate_bit_s_hz >=
                        before * (1.0 - 1e-14)); /* the same evaluations, and one more */
            before = allocation.sum_rate_bit_s_hz;
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(climbs_never_fall_whatever_they_do),
        cmocka_unit_test(a_silent_user_is_brought_back_where_it_grows),
        cmocka_unit_test(climbs_are_short_where_interference_drowns_the_noise),
        cmocka_unit_test(a_limit_of_evaluations_ends_at_the_best_point_so_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
