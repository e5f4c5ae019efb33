/* The allocation (`solver: structured`) against two published first-order methods on one network's sum rate, without
 * thresholds and with orthogonal pilots, under the budget or, where the scenario has power.ap_limit_dbm, under limits
 * of P / L an access point. Prints a line: times, iterations and gaps; tests/bench/README.md says how they are had.
 *   peers SCENARIO DROP SECONDS [KEY=VALUE]...   SECONDS: what the rounds of timing take, and the most of a traced run
 *   peers --head                                 the line above the lines */
#include "cfisac/alloc.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "peer_gradient.h"
#include "peer_wmmse.h"
#include "reading.h"
#include "timing.h"

#include <math.h>
#include <stdio.h>

/* The first is the paper's own scheme; of all of them the fastest counts. */
static const gradient_rule gradient_rules[] = {
    {"paper", GRADIENT_BOTH, false, true, 1.2},      {"needed", GRADIENT_NEEDED, false, true, 1.2},
    {"secant", GRADIENT_NEEDED, true, false, 1.2},   {"restart", GRADIENT_RESTART, false, true, 1.1},
    {"rest1.5", GRADIENT_RESTART, false, true, 1.5}, {"restsec", GRADIENT_RESTART, true, true, 1.2}};
static const wmmse_rule wmmse_rules[] = {
    {"1x.01", .01, 1, 0, false}, {"1x.1", .1, 1, 0, false},    {"1x1", 1, 1, 0, false},       {"1x3", 3, 1, 0, false},
    {"1x10", 10, 1, 0, false},   {"1x30", 30, 1, 0, false},    {"1x100", 100, 1, 0, false},   {"2x1", 1, 2, 0, false},
    {"2x10", 10, 2, 0, false},   {"paper1", 1, 0, 1e-3, true}, {"paper10", 10, 0, 1e-3, true}};
enum {
    GRADIENTS = sizeof gradient_rules / sizeof *gradient_rules,
    RULES = GRADIENTS + sizeof wmmse_rules / sizeof *wmmse_rules,
    TARGETS = 2,
    FAMILIES = 3, /* the paper's gradient, any gradient, WMMSE */
    MOST_ITERATIONS = 10000,
    MOST_SAMPLES = 200,
    LEAST_SAMPLES = 3
};
static const double targets[TARGETS] = {1e-4, 1e-6};
static const double JUDGED = 1e-10; /* relative agreement of a peer's own sum rate with the project's */

/* A network and what works on it. */
typedef struct peers {
    cfi_arena *arena;
    cfi_link link;
    cfi_alloc_options options;
    cfi_powers equal, powers; /* the start; scratch of the judge */
    peer_problem problem;
    peer_sums sums;
    gradient_work gradient;
    wmmse_work wmmse;
} peers;

static void stop_peers(const char *text)
{
    fprintf(stderr, "peers: %s\n", text);
    exit(1);
}

static void *need(void *memory)
{
    if (!memory) {
        stop_peers("out of memory");
    }
    return memory;
}

static cfi_powers make_powers(const cfi_link *link, cfi_arena *arena)
{
    return (cfi_powers){.p = need(arena_zeros(arena, link->K * link->L, sizeof(double))),
                        .s = need(arena_zeros(arena, link->L, sizeof(double)))};
}

/* Refuses a network on which the methods would not solve the same problem. */
static void check_problem(const cfi_link *link)
{
    const cfi_system *system = link->system;
    const double *limit = system->power.ap_limit_w;

    if (link->pilots_overlap || !link->V || link->V_by_stream) {
        stop_peers("pilots must be orthogonal, and interference the same whatever the stream");
    }
    for (size_t l = 0; limit && l < link->L; l++) {
        if (fabs(limit[l] * (double)link->L / system->power.budget_w - 1.0) > 1e-12) {
            stop_peers("power.ap_limit_dbm must be the budget over the number of access points");
        }
    }
}

static void make_peers(const cfi_system *system, uint32_t drop, peers *p)
{
    static cfi_network network;
    cfi_error error = {.text = ""};

    p->arena = need(arena_create());
    p->options.workspace = need(alloc_workspace_create());
    if (network_draw(system, drop, p->arena, &network, &error) != CFI_OK ||
        link_make(&network, p->arena, &p->link, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    check_problem(&p->link);
    p->problem = peer_problem_make(&p->link, system->power.ap_limit_w != NULL, p->arena);
    p->sums = peer_sums_make(&p->problem, p->arena);
    if (!p->problem.g || !p->problem.V || !p->sums.u || !p->sums.interference ||
        !gradient_init(&p->gradient, &p->problem, p->arena) || !wmmse_init(&p->wmmse, &p->problem, p->arena)) {
        stop_peers("out of memory");
    }
    p->equal = make_powers(&p->link, p->arena);
    p->powers = make_powers(&p->link, p->arena);
    for (size_t i = 0; i < p->link.K * p->link.L; i++) {
        p->equal.p[i] = system->power.budget_w / (double)(p->link.K * p->link.L);
    }
}

/* ------------------------------------------------------------------------------ the judge ---- */

/* The sum rate of powers in nat without the pre-log factor, by the project's evaluation; ends the bench when they break
 * a limit. */
static double judge_powers(peers *p, const cfi_powers *powers)
{
    cfi_arena_mark mark = arena_mark(p->arena);
    cfi_error error = {.text = ""};
    cfi_evaluation evaluation;

    if (alloc_evaluate(&p->link, powers, p->arena, &evaluation, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    if (evaluation.violation > 1e-9) {
        stop_peers("powers break a constraint");
    }
    arena_release(p->arena, mark);
    return evaluation.sum_rate_bit_s_hz * log(2.0) / p->link.system->frame.prelog;
}

/* A peer's point; its own value must be that. */
static double judge_point(peers *p, const peer_point *point)
{
    double value;

    peer_to_powers(&p->problem, point, &p->powers);
    value = judge_powers(p, &p->powers);
    if (fabs(value - point->value) > JUDGED * value) {
        stop_peers("a peer's sum rate is not that of its powers");
    }
    return value;
}

/* Derivative of the judge's sum rate by the amplitude of `powers` at i, by central differences. */
static double differentiate(peers *p, cfi_powers *powers, size_t i)
{
    const double h = 1e-3;
    double kept = powers->p[i], up, down;

    powers->p[i] = kept * (1.0 + h) * (1.0 + h);
    up = judge_powers(p, powers);
    powers->p[i] = kept * (1.0 - h) * (1.0 - h);
    down = judge_powers(p, powers);
    powers->p[i] = kept;
    return (up - down) / (2.0 * h * sqrt(kept / p->problem.unit_w));
}

/* The gradient of the first method, taken from a small step inside the feasible set, against differences of the judge's
 * sum rate at 24 amplitudes. */
static void check_gradient(peers *p)
{
    const double step = 1e-4;
    size_t count = p->link.K * p->link.L, stride = count / 24 + 1;
    cfi_powers at = make_powers(&p->link, p->arena), after = make_powers(&p->link, p->arena);
    double largest = 0.0, worst = 0.0;

    for (size_t i = 0; i < count; i++) {
        at.p[i] = p->equal.p[i] * (0.2 + 0.1 * (double)(i * 7919 % 7));
    }
    peer_from_powers(&p->problem, &at, p->sums, &p->gradient.x);
    gradient_step(&p->gradient, &p->gradient.x, step, &p->gradient.z);
    peer_to_powers(&p->problem, &p->gradient.z, &after);
    for (size_t i = 0; i < count; i += stride) {
        double moved = (sqrt(after.p[i]) - sqrt(at.p[i])) / sqrt(p->problem.unit_w) / step;

        largest = fmax(largest, fabs(moved));
        worst = fmax(worst, fabs(moved - differentiate(p, &at, i)));
    }
    if (!(worst <= 1e-5 * largest)) {
        stop_peers("the gradient is not that of the sum rate");
    }
}

/* --------------------------------------------------------------------------------- runs ---- */

static const char *rule_name(size_t rule)
{
    return rule < GRADIENTS ? gradient_rules[rule].name : wmmse_rules[rule - GRADIENTS].name;
}

static peer_point *rule_point(peers *p, size_t rule)
{
    return rule < GRADIENTS ? &p->gradient.x : &p->wmmse.q;
}

/* So many iterations of a rule from equal powers; the seconds that they take, without the start's set-up. */
static double run_rule(peers *p, size_t rule, size_t *iterations, double *trace)
{
    peer_point *point = rule_point(p, rule);
    double begun;

    peer_from_powers(&p->problem, &p->equal, p->sums, point);
    if (trace) {
        trace[0] = point->value;
    }
    begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    *iterations = rule < GRADIENTS ? gradient_run(&p->gradient, &gradient_rules[rule], *iterations, trace)
                                   : wmmse_run(&p->wmmse, &wmmse_rules[rule - GRADIENTS], *iterations, trace);
    return bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
}

static double run_ours(peers *p, cfi_allocation *allocation)
{
    cfi_error error = {.text = ""};
    double begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);

    if (alloc_run(&p->link, &p->options, p->arena, allocation, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    return bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
}

/* The values of a rule's iterates, as many as `seconds` allow. */
typedef struct traced {
    double *value;
    size_t count;  /* iterations */
    double judged; /* of the last */
} traced;

static traced trace_rule(peers *p, size_t rule, double seconds)
{
    size_t probe = 10, count;
    double each;
    traced t;

    each = run_rule(p, rule, &probe, NULL) / (double)probe;
    count = (size_t)fmin(MOST_ITERATIONS, fmax(seconds / each, 500.0));
    t.value = need(arena_alloc(p->arena, count + 1, sizeof *t.value));
    run_rule(p, rule, &count, t.value);
    t.count = count;
    t.judged = judge_point(p, rule_point(p, rule));
    return t;
}

/* Iterations until the value lies within `target` of the best; more than there are, if it never does. */
static size_t iterations_to(const traced *t, double best, double target)
{
    size_t i = 0;

    while (i <= t->count && t->value[i] < best * (1.0 - target)) {
        i++;
    }
    return i;
}

/* ------------------------------------------------------------------------------ the line ---- */

/* What a family needs to a target: its fastest rule there. */
typedef struct entry {
    bool reached;
    size_t rule, iterations;
    double seconds;
} entry;

static bool in_family(size_t family, size_t rule)
{
    return family == 0 ? rule == 0 : (family == 1) == (rule < GRADIENTS);
}

static entry fastest_rule(peers *p, const traced *trace, size_t family, double best, double target)
{
    entry fastest = {.reached = false, .seconds = INFINITY};

    for (size_t rule = 0; rule < RULES; rule++) {
        size_t iterations = iterations_to(&trace[rule], best, target);

        if (!in_family(family, rule) || iterations > trace[rule].count) {
            continue;
        }
        for (int i = 0; i < LEAST_SAMPLES; i++) {
            double seconds = run_rule(p, rule, &iterations, NULL);

            if (seconds < fastest.seconds) {
                fastest = (entry){true, rule, iterations, seconds};
            }
        }
        if (1.0 - judge_point(p, rule_point(p, rule)) / best > target * 1.001) {
            stop_peers("a run that was not traced ends elsewhere");
        }
    }
    return fastest;
}

/* Seconds of the second of two runs, which finds its memory in the caches. */
static double time_ours(peers *p)
{
    cfi_arena_mark mark = arena_mark(p->arena);
    cfi_allocation allocation;
    double seconds;

    run_ours(p, &allocation);
    arena_release(p->arena, mark);
    seconds = run_ours(p, &allocation);
    arena_release(p->arena, mark);
    return seconds;
}

static double time_entry(peers *p, entry *e)
{
    run_rule(p, e->rule, &e->iterations, NULL);
    return run_rule(p, e->rule, &e->iterations, NULL);
}

/* Medians over rounds in which ours and all entries take turns. Returns ours. */
static double time_rounds(peers *p, entry entries[FAMILIES][TARGETS], double seconds)
{
    static double sample[1 + FAMILIES * TARGETS][MOST_SAMPLES];
    double end = bench_seconds(CLOCK_MONOTONIC) + seconds;
    size_t rounds = 0;

    while (rounds < LEAST_SAMPLES || (rounds < MOST_SAMPLES && bench_seconds(CLOCK_MONOTONIC) < end)) {
        sample[0][rounds] = time_ours(p);
        for (size_t i = 0; i < FAMILIES * TARGETS; i++) {
            entry *e = &entries[i / TARGETS][i % TARGETS];

            sample[1 + i][rounds] = e->reached ? time_entry(p, e) : INFINITY;
        }
        rounds++;
    }
    for (size_t i = 0; i < FAMILIES * TARGETS; i++) {
        entries[i / TARGETS][i % TARGETS].seconds = bench_median(sample[1 + i], rounds);
    }
    return bench_median(sample[0], rounds);
}

/* The paper's gradient has one rule, which needs no name. */
static void print_entry(const entry *e, bool named)
{
    if (e->reached) {
        printf(" | %8.4g %4zu", 1e3 * e->seconds, e->iterations);
    } else {
        printf(" | %8s %4s", "-", "-");
    }
    if (named) {
        printf(" %-7s", e->reached ? rule_name(e->rule) : "-");
    }
}

/* The best value that a family's rules end at, by the judge. */
static double family_best(const traced *trace, size_t family)
{
    double best = 0.0;

    for (size_t rule = 0; rule < RULES; rule++) {
        best = in_family(family, rule) ? fmax(best, trace[rule].judged) : best;
    }
    return best;
}

static void compare_methods(peers *p, double seconds)
{
    entry entries[FAMILIES][TARGETS];
    traced trace[RULES];
    cfi_allocation allocation;
    double ours, best, time;

    run_ours(p, &allocation);
    best = ours = judge_powers(p, &allocation.powers);
    for (size_t rule = 0; rule < RULES; rule++) {
        trace[rule] = trace_rule(p, rule, seconds);
        best = fmax(best, trace[rule].judged);
    }
    for (size_t family = 0; family < FAMILIES; family++) {
        for (size_t i = 0; i < TARGETS; i++) {
            entries[family][i] = fastest_rule(p, trace, family, best, targets[i]);
        }
    }
    time = time_rounds(p, entries, seconds);
    printf("%4zu %2zu %-6s | %8.4g %4zu %7.0e", p->link.L, p->link.K, p->problem.per_ap ? "limits" : "budget",
           1e3 * time, allocation.iterations, 1.0 - ours / best);
    for (size_t i = 0; i < FAMILIES * TARGETS; i++) {
        print_entry(&entries[i / TARGETS][i % TARGETS], i >= TARGETS);
    }
    printf(" | %7.0e %7.0e | %6.3f |", 1.0 - family_best(trace, 1) / best, 1.0 - family_best(trace, 2) / best,
           time / entries[0][1].seconds);
    for (size_t i = 0; i < TARGETS; i++) {
        printf(" %6.3f", time / fmin(entries[1][i].seconds, entries[2][i].seconds));
    }
    putchar('\n');
}

static void print_head(void)
{
    printf("               | %-21s | %-29s | %-45s | %-45s | %-15s | ours over\n", "ours",
           "gradient by the paper's rule", "gradient by its fastest rule", "WMMSE-ADMM by its fastest rule",
           "gap at the end");
    printf("   L  K        | %8s %4s %7s", "ms", "n", "gap");
    for (size_t i = 0; i < FAMILIES * TARGETS; i++) {
        printf(" | ms %s   n%s", i % TARGETS ? "1e-6" : "1e-4", i < TARGETS ? "" : " rule   ");
    }
    printf(" | %7s %7s | paper, fastest: 1e-4, 1e-6\n", "grad", "ADMM");
}

int main(int argc, char **argv)
{
    static peers p;
    cfi_scenario *scenario;

    if (argc == 2 && strcmp(argv[1], "--head") == 0) {
        print_head();
        return 0;
    }
    if (argc < 4) {
        fprintf(stderr, "usage: peers SCENARIO DROP SECONDS [KEY=VALUE]...\n");
        return 1;
    }
    linalg_single_thread();
    scenario = bench_read("peers", argv[1], argc - 4, argv + 4);
    make_peers(scenario_system(scenario), (uint32_t)strtoul(argv[2], NULL, 10), &p);
    check_gradient(&p);
    compare_methods(&p, strtod(argv[3], NULL));
    alloc_workspace_destroy(p.options.workspace);
    arena_destroy(p.arena);
    scenario_destroy(scenario);
    return 0;
}
