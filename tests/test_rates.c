/* Weights, rate targets and proportional fairness in the response of the access points: docs/model.md (M32). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "asked.h"

static cfi_allocation run_by(drop *d, cfi_solver solver)
{
    d->made.system.allocation.solver = solver;
    return run(d);
}

static void check_same_bytes(const drop *d, const cfi_allocation *a, const cfi_allocation *b)
{
    size_t L = d->made.system.L, K = d->made.system.K;

    assert_memory_equal(a->powers.p, b->powers.p, K * L * sizeof(double));
    assert_memory_equal(a->powers.s, b->powers.s, L * sizeof(double));
    assert_int_equal(a->iterations, b->iterations);
}

/* Weights of 1 change no byte, nor do weights that are all alike but the unit of the objective. */
static void weights_of_one_change_no_byte(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        drop *d = random_drop(seed, 12.0, 6.0);
        double weight[8];
        cfi_allocation plain = run_by(d, CFI_SOLVER_STRUCTURED);

        for (size_t i = 0; i < 2; i++) {
            cfi_allocation weighted;

            for (size_t k = 0; k < 8; k++) {
                weight[k] = i == 0 ? 1.0 : 3.0;
            }
            d->made.system.allocation.weights = weight;
            weighted = run_by(d, CFI_SOLVER_STRUCTURED);
            check_same_bytes(d, &plain, &weighted);
            assert_int_equal(plain.objective.trace_count, weighted.objective.trace_count);
            for (size_t j = 0; j < plain.objective.trace_count; j++) {
                assert_close(weighted.objective.trace[j], weight[0] * plain.objective.trace[j],
                             i == 0 ? 0.0 : 1e-15 * (double)j + 4e-16);
            }
        }
        free_drop(d);
    }
}

/* Only the ratios of weights count: by powers of 2 to the bit. */
static void common_factors_of_weights_change_no_power(void **state)
{
    (void)state;
    for (uint64_t seed = 101; seed <= 140; seed++) {
        drop *d = random_drop(seed, 12.0, 6.0);

        for (size_t kind = ASK_WEIGHTS; kind <= ASK_FAIR_TARGETS && ask(d, kind, 0.9); kind++) {
            const double *weights = d->made.system.allocation.weights;
            double larger[8];
            cfi_allocation before = run_by(d, CFI_SOLVER_STRUCTURED), after;

            for (size_t k = 0; k < d->made.system.K; k++) {
                larger[k] = 1024.0 * weights[k];
            }
            d->made.system.allocation.weights = larger;
            after = run_by(d, CFI_SOLVER_STRUCTURED);
            check_same_bytes(d, &before, &after);
            assert_close(after.objective.value, 1024.0 * before.objective.value, 1e-12);
        }
        free_drop(d);
    }
}

/* On orthogonal pilots the two solvers end at the same powers' objective. */
static void both_solvers_agree_whatever_is_asked(void **state)
{
    size_t compared = 0, converged = 0;

    (void)state;
    for (uint64_t seed = 201; seed <= 260; seed++) {
        drop *d = random_drop(seed, 8.0, 5.0);
        bool orthogonal = d->made.system.frame.tau_p == d->made.system.K;

        for (size_t kind = 0; kind < ASKS && orthogonal && ask(d, kind, 0.95); kind++) {
            cfi_allocation structured = run_by(d, CFI_SOLVER_STRUCTURED), socp = run_by(d, CFI_SOLVER_SOCP);

            check_asked(d, &structured);
            assert_int_equal(structured.fallback_steps, 0);
            assert_true(structured.largest_step_gap <= 1e-8);
            converged += structured.status == CFI_ALLOC_CONVERGED;
            compared++;
            assert_true(fabs(structured.objective.value - socp.objective.value) <=
                        1e-6 * asked_scale(d, structured.objective.value));
        }
        free_drop(d);
    }
    print_message("%zu compared\n", compared);
    assert_true(compared > 60 && converged == compared);
}

/* On shared pilots they may end at other maxima; targets hold wherever that is. */
static void targets_hold_on_shared_pilots(void **state)
{
    size_t runs = 0, answered = 0;

    (void)state;
    for (uint64_t seed = 301; seed <= 400; seed++) {
        drop *d = random_drop(seed, 16.0, 6.0);
        bool shared = d->made.system.frame.tau_p < d->made.system.K;

        for (size_t kind = ASK_TARGETS; kind < ASKS && shared && ask(d, kind, 0.95); kind++) {
            cfi_allocation allocation = run_by(d, CFI_SOLVER_STRUCTURED);

            check_asked(d, &allocation);
            assert_true(allocation.status == CFI_ALLOC_CONVERGED || allocation.status == CFI_ALLOC_ITERATION_LIMIT);
            answered += allocation.fallback_steps == 0;
            runs++;
        }
        free_drop(d);
    }
    print_message("%zu of %zu without the cone solver\n", answered, runs);
    assert_true(runs > 40 && 10 * answered >= 8 * runs);
}

/* The same drop with its users in reverse order, what is asked of them too. */
static drop *reversed(const drop *d)
{
    const cfi_allocation_settings *asked = &d->made.system.allocation;
    size_t K = d->made.system.K, L = d->made.system.L;
    made_system made = make_system(d->made.system.seed, L, K, d->made.system.N, d->made.system.M);
    double *weights, *target;
    drop *other;

    memcpy(made.threshold, d->made.threshold, L * sizeof(double));
    for (size_t i = 0; i < K * L; i++) {
        made.gain[i] = d->made.gain[K - 1 - i % K + i / K * K];
    }
    other = make_drop(made);
    weights = arena_alloc(other->arena, K, sizeof *weights);
    target = arena_alloc(other->arena, K, sizeof *target);
    for (size_t k = 0; k < K; k++) {
        weights[k] = asked_weight(d, K - 1 - k);
        target[k] = asked->rate_target_bit_s_hz ? asked->rate_target_bit_s_hz[K - 1 - k] : 0.0;
    }
    other->made.system.allocation.objective = asked->objective;
    other->made.system.allocation.weights = weights;
    other->made.system.allocation.rate_target_bit_s_hz = target;
    return other;
}

static void users_may_stand_in_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 601; seed <= 620; seed++) {
        drop *d = make_drop(make_system(seed, 3 + seed % 8, 2 + seed % 4, 4, 4));

        set_tightness(d, 0.1);
        for (size_t kind = 0; kind < ASKS && ask(d, kind, 0.95); kind++) {
            drop *other = reversed(d);
            cfi_allocation here = run_by(d, CFI_SOLVER_STRUCTURED), there = run_by(other, CFI_SOLVER_STRUCTURED);

            check_asked(other, &there);
            assert_true(fabs(here.objective.value - there.objective.value) <=
                        1e-6 * asked_scale(d, here.objective.value));
            for (size_t k = 0; k < d->made.system.K; k++) {
                double rate = rate_from_formula(d, &here.powers, k);

                assert_true(fabs(rate - rate_from_formula(other, &there.powers, d->made.system.K - 1 - k)) <=
                            1e-3 * (1.0 + rate));
            }
            free_drop(other);
        }
        free_drop(d);
    }
}

/* ------------------------------------------------------------------ first-order conditions ---- */

/* Linear equations in what targets make rates count, and the budget's price: least squares by normal equations. */
enum { MOST_UNKNOWNS = 8 };
typedef struct equations {
    size_t unknowns;
    double matrix[MOST_UNKNOWNS][MOST_UNKNOWNS], right[MOST_UNKNOWNS], x[MOST_UNKNOWNS];
} equations;

static void solve(equations *e)
{
    for (size_t i = 0; i < e->unknowns; i++) {
        for (size_t j = i + 1; j < e->unknowns; j++) {
            double factor = e->matrix[j][i] / e->matrix[i][i];

            for (size_t k = i; k < e->unknowns; k++) {
                e->matrix[j][k] -= factor * e->matrix[i][k];
            }
            e->right[j] -= factor * e->right[i];
        }
    }
    for (size_t i = e->unknowns; i-- > 0;) {
        e->x[i] = e->right[i];
        for (size_t j = i + 1; j < e->unknowns; j++) {
            e->x[i] -= e->matrix[i][j] * e->x[j];
        }
        e->x[i] /= e->matrix[i][i];
    }
}

/* u_k and I_k in raw units. */
typedef struct raw_user {
    double u, noise;
} raw_user;

static raw_user raw_of(const drop *d, const cfi_powers *powers, size_t k)
{
    const cfi_system *s = &d->made.system;
    raw_user user = {.noise = s->power.comm_noise_w};

    for (size_t l = 0; l < s->L; l++) {
        user.u += sqrt((double)s->N * d->xi[k + s->K * l] * powers->p[k + s->K * l]);
        for (size_t j = 0; j < s->K; j++) {
            user.noise += s->propagation.gain[k + s->K * l] * powers->p[j + s->K * l];
        }
    }
    return user;
}

/* What the objective counts ln(1 + SINR_k), times any common factor. */
static double count_of(const drop *d, const raw_user *user, size_t k)
{
    bool fair = d->made.system.allocation.objective == CFI_PROPORTIONAL_FAIR;

    return asked_weight(d, k) / (fair ? log1p(user->u * user->u / user->noise) : 1.0);
}

/* By a unit of what rate i counts: the slope of the Lagrangian in p_kl, times root(p_kl) to have one scale. */
static double slope_by_count(const drop *d, const cfi_powers *powers, const raw_user *users, size_t i, size_t at)
{
    const cfi_system *s = &d->made.system;
    size_t k = at % s->K, l = at / s->K;
    double u = users[i].u, noise = users[i].noise, all = noise + u * u;
    double own = i == k ? u * sqrt((double)s->N * d->xi[at]) / all : 0.0;

    return own - u * u / noise / all * s->propagation.gain[i + s->K * l] * sqrt(powers->p[at]);
}

/* What users' rates count where a target makes them count more, and the price of the budget. */
static equations find_multipliers(const drop *d, const cfi_powers *powers, const raw_user *users, const size_t *number)
{
    const cfi_system *s = &d->made.system;
    equations e = {.unknowns = number[s->K] + 1};

    for (size_t at = 0; at < s->K * s->L; at++) {
        double row[MOST_UNKNOWNS] = {0.0}, right = 0.0;

        for (size_t i = 0; i < s->K; i++) {
            double slope = slope_by_count(d, powers, users, i, at);

            if (number[i] < number[i + 1]) {
                row[number[i]] = slope;
            } else {
                right -= count_of(d, &users[i], i) * slope;
            }
        }
        row[number[s->K]] = -sqrt(powers->p[at]);
        for (size_t i = 0; i < e.unknowns; i++) {
            for (size_t j = 0; j < e.unknowns; j++) {
                e.matrix[i][j] += row[i] * row[j];
            }
            e.right[i] += row[i] * right;
        }
    }
    solve(&e);
    return e;
}

/* The largest slope of the Lagrangian over the largest slope of a rate. */
static double worst_slope(const drop *d, const cfi_powers *powers, const raw_user *users, const size_t *number,
                          const equations *e)
{
    const cfi_system *s = &d->made.system;
    double worst = 0.0, largest = 0.0;

    for (size_t at = 0; at < s->K * s->L; at++) {
        double sum = -e->x[number[s->K]] * sqrt(powers->p[at]);

        for (size_t i = 0; i < s->K; i++) {
            double count = number[i] < number[i + 1] ? e->x[number[i]] : count_of(d, &users[i], i),
                   slope = count * slope_by_count(d, powers, users, i, at);

            largest = fmax(largest, fabs(slope));
            sum += slope;
        }
        worst = fmax(worst, fabs(sum));
    }
    return worst / largest;
}

/* Without thresholds or limits: there are numbers, no less than what the objective says, that rates with a binding
 * target count, at which no power has a slope but the budget's price, which is positive. */
static void results_meet_the_first_order_conditions(void **state)
{
    size_t binding = 0, runs = 0;

    (void)state;
    for (uint64_t seed = 401; seed <= 420; seed++) {
        made_system made = make_system(seed, 3 + seed % 6, 2 + seed % 4, 4, 4);
        drop *d;

        made.system.sensing.crlb_threshold_rad2 = NULL;
        made.system.allocation.tolerance = 1e-9;
        made.system.allocation.max_iterations = 1000;
        made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        d = make_drop(made);
        for (size_t kind = 0; kind < ASKS && ask(d, kind, 0.99); kind++) {
            const double *target = d->made.system.allocation.rate_target_bit_s_hz;
            cfi_allocation allocation = run(d);
            raw_user users[8];
            size_t number[9] = {0};
            equations e;
            bool silent = false;

            check_asked(d, &allocation);
            for (size_t k = 0; k < d->made.system.K; k++) {
                double rate = rate_from_formula(d, &allocation.powers, k);

                users[k] = raw_of(d, &allocation.powers, k);
                silent = silent || !(rate > 1e-6);
                number[k + 1] = number[k] + (target && rate <= target[k] * (1.0 + 1e-7));
            }
            if (silent) {
                continue;
            }
            e = find_multipliers(d, &allocation.powers, users, number);
            assert_true(worst_slope(d, &allocation.powers, users, number, &e) <= 1e-4);
            assert_true(e.x[number[d->made.system.K]] > 0.0);
            for (size_t k = 0; k < d->made.system.K; k++) {
                if (number[k] < number[k + 1]) {
                    assert_true(e.x[number[k]] >= count_of(d, &users[k], k) * (1.0 - 1e-3));
                    binding++;
                }
            }
            runs++;
        }
        free_drop(d);
    }
    print_message("%zu results, %zu binding targets\n", runs, binding);
    assert_true(runs > 50 && binding > 20);
}

/* ---------------------------------------------------------------- an independent method ---- */

/* Amplitudes root(p_kl), at most 3 x 3, of no more than the budget; multipliers and penalty of the targets. */
enum { SMALL = 9 };
typedef struct ascent_state {
    double a[SMALL], multiplier[3], penalty;
} ascent_state;

static cfi_powers powers_of(const drop *d, const double *a, double *memory)
{
    size_t K = d->made.system.K, L = d->made.system.L;
    cfi_powers powers = {.p = memory, .s = memory + SMALL};

    for (size_t i = 0; i < K * L; i++) {
        powers.p[i] = a[i] * a[i];
    }
    for (size_t l = 0; l < L; l++) {
        powers.s[l] = 0.0;
    }
    return powers;
}

/* The augmented Lagrangian of the targets, from the raw formulas. */
static double augmented(const drop *d, const ascent_state *s, const double *a)
{
    const double *target = d->made.system.allocation.rate_target_bit_s_hz;
    double memory[SMALL + 3], sum;
    cfi_powers powers = powers_of(d, a, memory);

    sum = asked_from_formula(d, &powers);
    for (size_t k = 0; target && k < d->made.system.K; k++) {
        double more = s->multiplier[k] + s->penalty * (target[k] - rate_from_formula(d, &powers, k));

        sum -= 0.5 / s->penalty * (more > 0.0 ? more * more : 0.0);
    }
    return sum;
}

static void project(const drop *d, double *a)
{
    size_t count = d->made.system.K * d->made.system.L;
    double square = 0.0;

    for (size_t i = 0; i < count; i++) {
        a[i] = fmax(a[i], 0.0);
        square += a[i] * a[i];
    }
    for (size_t i = 0; i < count; i++) {
        a[i] *= sqrt(d->made.system.power.budget_w / square);
    }
}

/* Projected gradient steps, of slopes by differences, with a line search. */
static void climb_gradient(const drop *d, ascent_state *s, size_t steps)
{
    size_t count = d->made.system.K * d->made.system.L;
    double scale = sqrt(d->made.system.power.budget_w / (double)count), length = 0.1, now = augmented(d, s, s->a);

    for (size_t i = 0; i < steps && length > 1e-12; i++) {
        double slope[SMALL], trial[SMALL], next, norm = 0.0;

        for (size_t j = 0; j < count; j++) {
            double keep = s->a[j], step = 1e-6 * scale;

            s->a[j] = keep + step;
            slope[j] = augmented(d, s, s->a);
            s->a[j] = fabs(keep - step);
            slope[j] = (slope[j] - augmented(d, s, s->a)) / 2.0;
            s->a[j] = keep;
            norm += slope[j] * slope[j];
        }
        for (size_t j = 0; j < count; j++) {
            trial[j] = s->a[j] + length * scale * slope[j] / sqrt(norm);
        }
        project(d, trial);
        next = augmented(d, s, trial);
        if (next > now) {
            memcpy(s->a, trial, sizeof trial);
            now = next;
            length *= 1.5;
        } else {
            length *= 0.5;
        }
    }
}

static double ascend(const drop *d, ascent_state *s)
{
    const double *target = d->made.system.allocation.rate_target_bit_s_hz;
    double memory[SMALL + 3];
    cfi_powers powers;

    for (size_t round = 0; round < (target ? 25 : 3); round++) {
        climb_gradient(d, s, 400);
        powers = powers_of(d, s->a, memory);
        for (size_t k = 0; target && k < d->made.system.K; k++) {
            s->multiplier[k] =
                fmax(0.0, s->multiplier[k] + s->penalty * (target[k] - rate_from_formula(d, &powers, k)));
        }
    }
    return asked_from_formula(d, &powers);
}

/* A projected gradient method with multipliers of its own ends at the same objective. */
static void projected_gradients_end_where_the_response_does(void **state)
{
    (void)state;
    for (uint64_t seed = 501; seed <= 506; seed++) {
        made_system made = make_system(seed, 3, 2 + seed % 2, 4, 4);
        drop *d;

        made.system.sensing.crlb_threshold_rad2 = NULL;
        made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
        d = make_drop(made);
        for (size_t kind = 0; kind < ASKS && ask(d, kind, 0.98); kind++) {
            cfi_allocation allocation = run(d);
            ascent_state s = {.penalty = 10.0};
            double found;

            for (size_t i = 0; i < d->made.system.K * d->made.system.L; i++) {
                s.a[i] = 1.0;
            }
            project(d, s.a);
            found = ascend(d, &s);
            check_asked(d, &allocation);
            assert_true(fabs(allocation.objective.value - found) <= 1e-4 * asked_scale(d, found));
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_one_change_no_byte),
        cmocka_unit_test(common_factors_of_weights_change_no_power),
        cmocka_unit_test(both_solvers_agree_whatever_is_asked),
        cmocka_unit_test(targets_hold_on_shared_pilots),
        cmocka_unit_test(users_may_stand_in_any_order),
        cmocka_unit_test(results_meet_the_first_order_conditions),
        cmocka_unit_test(projected_gradients_end_where_the_response_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
