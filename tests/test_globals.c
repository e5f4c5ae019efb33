/* Objectives that are solved globally: proofs by weak duality, no better neighbour, what largest common rates and least
 * powers have to do with each other. docs/model.md (M30) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "global_drops.h"

static const cfi_objective objectives[] = {CFI_MAX_MIN_RATE, CFI_MIN_POWER, CFI_MIN_CRLB, CFI_MIN_POSITION_ERROR};

static bool is_larger_better(const global_drop *g)
{
    return global_system(g)->allocation.objective == CFI_MAX_MIN_RATE;
}

/* How much better one value is than another, relative. */
static double advantage(const global_drop *g, double one, double other)
{
    return (is_larger_better(g) ? one - other : other - one) / fabs(other);
}

/* Powers inside: those of largest rates over targets, a little off every edge. */
static cfi_powers find_inside(global_drop *g, const cfi_allocation *best)
{
    cfi_system *s = global_system(g);
    cfi_objective objective = s->allocation.objective;
    cfi_powers inside = keep_powers(g, &best->powers), mixed = keep_powers(g, &best->powers);
    cfi_allocation other;

    if (objective == CFI_MAX_MIN_RATE || objective == CFI_MIN_CRLB) {
        return inside;
    }
    s->allocation.objective = CFI_MAX_MIN_RATE;
    other = run(g->c->d);
    s->allocation.objective = objective;
    if (other.status == CFI_ALLOC_OPTIMAL) {
        mix_powers(g, &best->powers, &other.powers, 0.9, &mixed);
    }
    return raw_global_violation(g, &mixed) <= 0.0 ? mixed : inside;
}

static void check_neighbours(global_drop *g, const cfi_allocation *best, uint64_t seed, size_t count, size_t *tried)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 77);
    cfi_powers inside = find_inside(g, best), neighbour = keep_powers(g, &best->powers);

    for (size_t i = 0; i < count; i++) {
        draw_neighbour(g, &best->powers, &inside, pow(10.0, -0.5 - (double)(i % 5)), &stream, &neighbour);
        if (raw_global_violation(g, &neighbour) <= 0.0) {
            assert_true(advantage(g, raw_value(g, &neighbour), best->objective.value) <= 1e-7);
            ++*tried;
        }
    }
}

/* The optimum of a drop by raw formulas: its value, a bound that no feasible powers beat, within 1e-6, its neighbours.
 */
static void check_optimum(global_drop *g, const cfi_allocation *best, uint64_t seed, size_t count, size_t *tried)
{
    double value = raw_value(g, &best->powers);

    assert_int_equal(best->status, CFI_ALLOC_OPTIMAL);
    assert_true(raw_global_violation(g, &best->powers) < 1e-9);
    assert_close(best->objective.value / value, 1.0, 1e-9);
    assert_true(advantage(g, best->objective.dual_value, value) > -1e-10);
    assert_true(advantage(g, best->objective.dual_value, value) < 1e-6);
    check_neighbours(g, best, seed, count, tried);
}

/* Values by raw formulas; bounds that no feasible powers beat, within 1e-6; 1,000 neighbours of each. */
static void optima_are_proved_and_have_no_better_neighbours(void **state)
{
    size_t tried = 0, optimal = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 96; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], seed % 5 == 0 && seed % 4 != 1 ? 0.0 : 0.6);
        cfi_allocation allocation = run(g->c->d);

        if (allocation.status == CFI_ALLOC_INFEASIBLE) {
            free_global_drop(g);
            continue;
        }
        check_optimum(g, &allocation, seed, 1000, &tried);
        optimal++;
        free_global_drop(g);
    }
    assert_in_range(optimal, 80, 96);
    assert_in_range(tried, 40000, 96000);
}

/* Shared pilots: the problem in amplitudes, where both powers interfere alike and sensing power tells more. */
static global_drop *make_shared_drop(uint64_t seed, cfi_objective objective)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {3, 3}};
    coupled_kind kind = {.L = 2 + seed % 3,
                         .K = 2 + seed / 2 % 4,
                         .N = antennas[seed % 3][0],
                         .M = antennas[seed % 3][1],
                         .pilots = 1 + seed / 3 % 2,
                         .asked = seed / 4 % 3 == 0   ? ASK_ANGLES
                                  : seed / 4 % 3 == 1 ? ASK_DETECTION
                                                      : ASK_ANGLES | ASK_DETECTION,
                         .limits = seed % 4 == 1,
                         .margin = 1.6,
                         .clusters = seed / 5 % 3 == 2};
    global_drop *g = malloc(sizeof *g);
    cfi_system *s;

    g->c = make_coupled_drop(seed, kind);
    s = global_system(g);
    s->sensing.position_threshold_m = 0.0;
    s->allocation.objective = objective;
    set_equal_powers(g->c->d, &g->c->d->powers);
    for (size_t k = 0; k < kind.K; k++) {
        g->weight[k] = 1.0 + 0.3 * (double)k;
        g->target[k] = k % 3 == 2 ? 0.0 : 0.7 * raw_rate(g->c->d, &g->c->d->powers, k);
    }
    s->allocation.weights = g->weight;
    s->allocation.rate_target_bit_s_hz = g->target;
    return g;
}

static void shared_pilots_are_convex_in_amplitudes(void **state)
{
    size_t tried = 0, optimal = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 48; seed++) {
        global_drop *g = make_shared_drop(seed, objectives[seed % 3]);
        cfi_allocation allocation;

        assert_true(globals_apply(&g->c->d->link));
        allocation = run(g->c->d);
        if (allocation.status != CFI_ALLOC_INFEASIBLE) {
            check_optimum(g, &allocation, seed, 300, &tried);
            optimal++;
        }
        free_global_drop(g);
    }
    assert_in_range(optimal, 40, 48);
    assert_in_range(tried, 6000, 48 * 300);
}

/* Where that is not so, no global method takes the problem. */
static void other_shared_pilots_are_not_convex(void **state)
{
    global_drop *g = make_shared_drop(1, CFI_MIN_POWER);

    (void)state;
    assert_true(globals_apply(&g->c->d->link));
    global_system(g)->sensing.position_threshold_m = 1.0;
    assert_false(globals_apply(&g->c->d->link));
    global_system(g)->sensing.position_threshold_m = 0.0;
    global_system(g)->rate_model = CFI_RATE_THEOREM1;
    assert_true(globals_apply(&g->c->d->link));
    free_global_drop(g);
}

/* The parts of a problem that globals.h asks about, of a drop. */
typedef struct asked_drop {
    cfi_arena *arena;
    alloc_problem problem;
    globals_drop drop;
    globals_answer answer;
    double target[GLOBAL_MOST_USERS];
} asked_drop;

static void open_drop(const global_drop *g, unsigned kinds, asked_drop *a)
{
    a->arena = arena_create();
    assert_int_equal(problem_build(&g->c->d->link, a->arena, &a->problem, NULL), CFI_OK);
    assert_int_equal(globals_make(&a->problem, kinds, NULL, a->arena, &a->drop, NULL), CFI_OK);
    assert_true(globals_room(&a->drop, &a->answer));
    for (size_t k = 0; k < a->problem.K; k++) {
        a->target[k] = rates_sinr(global_system(g), g->target[k]);
    }
}

static void close_drop(asked_drop *a)
{
    globals_close(&a->drop);
    arena_destroy(a->arena);
}

static void draw_multipliers(const asked_drop *a, cfi_stream *stream, globals_multipliers *m)
{
    double first = made_uniform(stream, 0.0, 1.0), second = made_uniform(stream, 0.0, 1.0);

    for (size_t k = 0; k < a->problem.K; k++) {
        m->lambda[k] = pow(made_uniform(stream, 0.0, 1.0), 4.0);
    }
    for (size_t l = 0; l < a->problem.L; l++) {
        m->limit[l] = a->drop.coupled.shared[l] < INFINITY ? pow(made_uniform(stream, 0.0, 1.0), 8.0) : 0.0;
    }
    m->budget = made_uniform(stream, 0.0, 1.0);
    for (size_t i = 0; i < information_rows(&a->drop.coupled.information); i++) {
        m->sensing.row[i] = pow(made_uniform(stream, 0.0, 1.0), 8.0);
    }
    m->sensing.Z[0] = 0.1 * first;
    m->sensing.Z[1] = 0.1 * made_uniform(stream, -1.0, 1.0) * sqrt(first * second);
    m->sensing.Z[2] = 0.1 * second;
}

/* Weak duality asks for no solver: whatever random multipliers prove, the optimum obeys. */
static void bounds_from_any_multipliers_are_bounds(void **state)
{
    size_t proved = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 48; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MIN_POWER, 0.6);
        unsigned kinds = information_asked(global_system(g));
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 78);
        asked_drop a;
        globals_ask ask = {.sensing = {.held = kinds, .budget = POWER_RAISED, .limits = POWER_RAISED}};
        globals_multipliers m;

        open_drop(g, kinds, &a);
        ask.target = a.target;
        assert_true(globals_make_multipliers(&a.drop, &m));
        assert_int_equal(globals_find(&a.drop, &ask, &a.answer, NULL), CFI_OK);
        for (int i = 0; a.answer.end == GLOBALS_FOUND && i < 100; i++) {
            double bound;

            draw_multipliers(&a, &stream, &m);
            bound = globals_bound(&a.drop, &ask, a.answer.factor * a.drop.coupled.budget, &m);
            assert_false(bound > a.answer.factor * (1.0 + 1e-9));
            proved += bound > 0.0;
        }
        close_drop(&a);
        free_global_drop(g);
    }
    assert_true(proved > 500);
}

/* Without thresholds and targets every user can be raised: all have the same rate over their weights. */
static void largest_common_rates_are_equal(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MAX_MIN_RATE, 0.0);
        cfi_system *s = global_system(g);
        cfi_allocation allocation;

        s->sensing.crlb_threshold_rad2 = NULL;
        s->sensing.position_threshold_m = s->sensing.detection_threshold = 0.0;
        allocation = run(g->c->d);
        assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
        for (size_t k = 0; k < s->K; k++) {
            double common = raw_rate(g->c->d, &allocation.powers, k) / g->weight[k];

            assert_close(common / allocation.objective.value, 1.0, 1e-6);
        }
        for (size_t i = 1; i < allocation.objective.trace_count; i++) {
            assert_true(allocation.objective.trace[i] >= allocation.objective.trace[i - 1] * (1.0 - 1e-9));
        }
        free_global_drop(g);
    }
}

/* The least power for the rates that the budget reaches is the budget; the least bounds beside them are the thresholds,
 * or better. */
static void least_power_for_the_largest_common_rate_is_the_budget(void **state)
{
    size_t spent = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 48; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MAX_MIN_RATE, 0.0);
        cfi_system *s = global_system(g);
        cfi_allocation allocation = run(g->c->d);
        double common = allocation.objective.value, most = system_most_power(s);

        if (allocation.status == CFI_ALLOC_OPTIMAL && common > 0.0 && !s->power.ap_limit_w) {
            for (size_t k = 0; k < s->K; k++) {
                g->target[k] = common * g->weight[k] * (1.0 - 1e-8);
            }
            s->allocation.rate_target_bit_s_hz = g->target;
            s->allocation.objective = CFI_MIN_POWER;
            allocation = run(g->c->d);
            assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
            assert_close(allocation.objective.value / most, 1.0, 1e-4);
            spent++;
        }
        free_global_drop(g);
    }
    assert_in_range(spent, 20, 48);
}

/* One user, one access point, no sensing: p g^2 = t (V p + sigma^2). */
static void one_pair_is_closed_form(void **state)
{
    made_system made = make_system(5, 1, 1, 4, 4);
    drop *d = make_drop(made);
    cfi_system *s = &d->made.system;
    double P = s->power.budget_w, noise = s->power.comm_noise_w, gain = d->link.g[0] * d->link.g[0], V = d->link.V[0];
    double sinr = gain * P / (V * P + noise), rate = s->frame.prelog * log2(1.0 + sinr), target = 0.5 * rate, t;
    cfi_allocation allocation;

    (void)state;
    d->link.system = s;
    s->sensing.crlb_threshold_rad2 = NULL;
    s->allocation.objective = CFI_MAX_MIN_RATE;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
    assert_close(allocation.objective.value / rate, 1.0, 1e-9);
    assert_true(allocation.objective.dual_value >= rate * (1.0 - 1e-12));
    s->allocation.objective = CFI_MIN_POWER;
    s->allocation.rate_target_bit_s_hz = &target;
    t = exp2(target / s->frame.prelog) - 1.0;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_OPTIMAL);
    assert_close(allocation.objective.value / (t * noise / (gain - t * V)), 1.0, 1e-8);
    s->allocation.objective = CFI_MIN_CRLB; /* all that the target leaves goes where it senses better, to the beam */
    target = 1e-6 * rate;
    allocation = run(d);
    assert_close(allocation.objective.value * d->link.own_echo.sens[0] * P, 1.0, 1e-4);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pair_is_closed_form),
        cmocka_unit_test(optima_are_proved_and_have_no_better_neighbours),
        cmocka_unit_test(shared_pilots_are_convex_in_amplitudes),
        cmocka_unit_test(other_shared_pilots_are_not_convex),
        cmocka_unit_test(bounds_from_any_multipliers_are_bounds),
        cmocka_unit_test(largest_common_rates_are_equal),
        cmocka_unit_test(least_power_for_the_largest_common_rate_is_the_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
