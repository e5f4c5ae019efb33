/* The allocation (`solver: structured`) against two published first-order methods on one network's sum rate, or against
 * the first of them on its proportional fairness or its least rate, without thresholds and with orthogonal pilots,
 * under the budget or, where the scenario has power.ap_limit_dbm, under limits of P / L an access point. Prints a line:
 * times, iterations and gaps; tests/bench/README.md says how they are had. peers SCENARIO DROP SECONDS [KEY=VALUE]...
 * SECONDS: what the rounds of timing take, and the most of a traced run peers --head the line above the lines */
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "peers_network.h"
#include "reading.h"
#include "timing.h"

#include <math.h>
#include <stdio.h>

/* Rules of a method; of all of them the fastest counts. Those with the paper's own scheme are a family by themselves.
 */
enum { PAPER, NEEDED, SECANT, RESTART };
static const gradient_rule smooth_rules[] = {[PAPER] = {"paper", GRADIENT_BOTH, false, true, 1.2, {0}},
                                             [NEEDED] = {"needed", GRADIENT_NEEDED, false, true, 1.2, {0}},
                                             [SECANT] = {"secant", GRADIENT_NEEDED, true, false, 1.2, {0}},
                                             [RESTART] = {"restart", GRADIENT_RESTART, false, true, 1.1, {0}},
                                             {"rest1.5", GRADIENT_RESTART, false, true, 1.5, {0}},
                                             {"restsec", GRADIENT_RESTART, true, true, 1.2, {0}}};
/* Of the least rate: one of them, at one sharpness as in the paper or in stages, which are named by their first
 * sharpness, its growth and their length. */
typedef struct staged_rule {
    const char *name;
    size_t base;
    gradient_schedule schedule;
} staged_rule;
static const staged_rule least_rules[] = {
    {"paper1e3", PAPER, {1e3, 1, 1e3, 1}},     {"paper3e3", PAPER, {3e3, 1, 3e3, 1}},
    {"paper1e4", PAPER, {1e4, 1, 1e4, 1}},     {"p10x4/50", PAPER, {10, 4, 1e5, 50}},
    {"p10x10/50", PAPER, {10, 10, 1e5, 50}},   {"r3x4/25", RESTART, {3, 4, 1e5, 25}},
    {"r3x10/25", RESTART, {3, 10, 1e5, 25}},   {"r3x10/40", RESTART, {3, 10, 1e5, 40}},
    {"r10x4/25", RESTART, {10, 4, 1e5, 25}},   {"r10x4/50", RESTART, {10, 4, 1e5, 50}},
    {"r10x10/40", RESTART, {10, 10, 1e5, 40}}, {"r10x10/50", RESTART, {10, 10, 1e5, 50}},
    {"r10x10/70", RESTART, {10, 10, 1e5, 70}}, {"r10x10/100", RESTART, {10, 10, 1e5, 100}},
    {"n3x4/40", NEEDED, {3, 4, 1e5, 40}},      {"n3x10/40", NEEDED, {3, 10, 1e5, 40}},
    {"n10x4/40", NEEDED, {10, 4, 1e5, 40}},    {"n10x4/50", NEEDED, {10, 4, 1e5, 50}},
    {"n10x10/50", NEEDED, {10, 10, 1e5, 50}},  {"n30x10/70", NEEDED, {30, 10, 1e5, 70}},
    {"s3x10/25", SECANT, {3, 10, 1e5, 25}},    {"s10x10/40", SECANT, {10, 10, 1e5, 40}},
    {"s10x10/50", SECANT, {10, 10, 1e5, 50}},  {"s10x10/70", SECANT, {10, 10, 1e5, 70}}};
static const wmmse_rule wmmse_rules[] = {
    {"1x.01", .01, 1, 0, false}, {"1x.1", .1, 1, 0, false},    {"1x1", 1, 1, 0, false},       {"1x3", 3, 1, 0, false},
    {"1x10", 10, 1, 0, false},   {"1x30", 30, 1, 0, false},    {"1x100", 100, 1, 0, false},   {"2x1", 1, 2, 0, false},
    {"2x10", 10, 2, 0, false},   {"paper1", 1, 0, 1e-3, true}, {"paper10", 10, 0, 1e-3, true}};
enum {
    SMOOTH_RULES = sizeof smooth_rules / sizeof *smooth_rules,
    LEAST_RULES = sizeof least_rules / sizeof *least_rules,
    WMMSE_RULES = sizeof wmmse_rules / sizeof *wmmse_rules,
    MOST_RULES = SMOOTH_RULES + LEAST_RULES + WMMSE_RULES,
    TARGETS = 2,
    FAMILIES = 3, /* the paper's gradient, any gradient, WMMSE */
    ENTRIES = FAMILIES * TARGETS,
    MOST_ITERATIONS = 10000,
    MOST_SAMPLES = 1000,
    LEAST_SAMPLES = 3,
    RULE_SAMPLES = 5,
    QUIET_PART = 4 /* one round in so many counts */
};
static const double targets[TARGETS] = {1e-4, 1e-6};

/* --------------------------------------------------------------------------------- runs ---- */

/* How many rules of the gradient an objective has. */
static size_t gradient_rules(const peers *p)
{
    return p->problem.utility == PEER_SOFT_MIN ? LEAST_RULES : SMOOTH_RULES;
}

/* The same with those of WMMSE, which is for the sum rate alone. */
static size_t all_rules(const peers *p)
{
    return gradient_rules(p) + (p->problem.utility == PEER_SUM ? (size_t)WMMSE_RULES : 0);
}

static gradient_rule gradient_rule_at(const peers *p, size_t rule)
{
    gradient_rule at;

    if (p->problem.utility != PEER_SOFT_MIN) {
        return smooth_rules[rule];
    }
    at = smooth_rules[least_rules[rule].base];
    at.name = least_rules[rule].name;
    at.schedule = least_rules[rule].schedule;
    return at;
}

static const char *rule_name(const peers *p, size_t rule)
{
    return rule < gradient_rules(p) ? gradient_rule_at(p, rule).name : wmmse_rules[rule - gradient_rules(p)].name;
}

static peer_point *rule_point(peers *p, size_t rule)
{
    return rule < gradient_rules(p) ? &p->gradient.x : &p->wmmse.q;
}

/* So many iterations of a rule from equal powers; the seconds that they take, without the start's set-up. */
static double run_rule(peers *p, size_t rule, size_t *iterations, double *trace)
{
    peer_point *point = rule_point(p, rule);
    size_t gradients = gradient_rules(p);
    gradient_rule gradient = gradient_rule_at(p, rule < gradients ? rule : 0);
    double begun;

    peer_from_powers(&p->problem, &p->equal, p->sums, point);
    if (trace) {
        trace[0] = peer_goal(&p->problem, point);
    }
    begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    *iterations = rule < gradients ? gradient_run(&p->gradient, &gradient, *iterations, trace)
                                   : wmmse_run(&p->wmmse, &wmmse_rules[rule - gradients], *iterations, trace);
    return bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
}

/* Ours with at most so many iterations. */
static double run_ours(peers *p, size_t most, cfi_allocation *allocation)
{
    cfi_error error = {.text = ""};
    double begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), seconds;
    size_t asked = p->system.allocation.max_iterations;

    p->system.allocation.max_iterations = most;
    if (alloc_run(&p->link, &p->options, p->arena, allocation, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    seconds = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
    p->system.allocation.max_iterations = asked;
    return seconds;
}

/* The least allocation.max_iterations with which ours is within `target` of the best, and the iterations that are
 * then made; what it makes by itself where that is no less. */
static size_t ours_to(peers *p, size_t whole, double best, double target, size_t *iterations)
{
    for (size_t most = 1; most < whole; most++) {
        cfi_arena_mark mark = arena_mark(p->arena);
        cfi_allocation allocation;
        double gap;

        run_ours(p, most, &allocation);
        gap = peers_gap(p, peers_judge_powers(p, &allocation.powers), best);
        *iterations = allocation.iterations;
        arena_release(p->arena, mark);
        if (gap <= target) {
            return most;
        }
    }
    *iterations = whole;
    return p->system.allocation.max_iterations;
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
    t.value = peers_need(arena_alloc(p->arena, count + 1, sizeof *t.value));
    run_rule(p, rule, &count, t.value);
    t.count = count;
    t.judged = peers_judge_point(p, rule_point(p, rule));
    return t;
}

/* Iterations until the value lies within `target` of the best; more than there are, if it never does. */
static size_t iterations_to(const peers *p, const traced *t, double best, double target)
{
    size_t i = 0;

    while (i <= t->count && peers_gap(p, t->value[i], best) > target) {
        i++;
    }
    return i;
}

/* ------------------------------------------------------------------------------ the line ---- */

/* What a family needs to a target: its fastest rule there. */
typedef struct entry {
    bool reached;
    size_t rule, iterations;
    double seconds, ratio[2]; /* of times: ours by itself over this, ours to the first target */
} entry;

static bool in_family(const peers *p, size_t family, size_t rule)
{
    bool gradient = rule < gradient_rules(p);

    return family == 0 ? gradient && gradient_rule_at(p, rule).monitor == GRADIENT_BOTH : (family == 1) == gradient;
}

/* Seconds of the second of two runs, which finds its memory in the caches. */
static double time_ours(peers *p, size_t most)
{
    cfi_arena_mark mark = arena_mark(p->arena);
    cfi_allocation allocation;
    double seconds;

    run_ours(p, most, &allocation);
    arena_release(p->arena, mark);
    seconds = run_ours(p, most, &allocation);
    arena_release(p->arena, mark);
    return seconds;
}

/* The median time of a rule's run over that of ours right before it. */
static double time_rule(peers *p, size_t rule, size_t iterations)
{
    double ratio[RULE_SAMPLES];

    for (size_t i = 0; i < RULE_SAMPLES; i++) {
        double ours = time_ours(p, p->system.allocation.max_iterations);

        ratio[i] = run_rule(p, rule, &iterations, NULL) / ours;
    }
    return bench_median(ratio, RULE_SAMPLES);
}

static entry fastest_rule(peers *p, const traced *trace, size_t family, double best, double target)
{
    entry fastest = {.reached = false};
    double least = INFINITY;

    for (size_t rule = 0; rule < all_rules(p); rule++) {
        size_t iterations = iterations_to(p, &trace[rule], best, target);
        double ratio;

        if (!in_family(p, family, rule) || iterations > trace[rule].count) {
            continue;
        }
        ratio = time_rule(p, rule, iterations);
        if (ratio < least) {
            least = ratio;
            fastest = (entry){.reached = true, .rule = rule, .iterations = iterations};
        }
        if (peers_gap(p, peers_judge_point(p, rule_point(p, rule)), best) > target * 1.001) {
            peers_stop("a run that was not traced ends elsewhere");
        }
    }
    return fastest;
}

static double time_entry(peers *p, entry *e)
{
    run_rule(p, e->rule, &e->iterations, NULL);
    return run_rule(p, e->rule, &e->iterations, NULL);
}

/* What ours takes: by itself, and to the first target. */
typedef struct our_times {
    double gap;
    size_t iterations[2], most; /* most: allocation.max_iterations of the second */
    double seconds[2];
} our_times;

/* Seconds of a round: of every entry, and of ours, both kinds, right before it. */
typedef struct timed_round {
    double ours[ENTRIES][2], theirs[ENTRIES], all;
} timed_round;

static void time_round(peers *p, const our_times *ours, entry entries[FAMILIES][TARGETS], timed_round *r)
{
    r->all = 0.0;
    for (size_t i = 0; i < ENTRIES; i++) {
        entry *e = &entries[i / TARGETS][i % TARGETS];

        r->ours[i][0] = time_ours(p, p->system.allocation.max_iterations);
        r->ours[i][1] = time_ours(p, ours->most);
        r->theirs[i] = e->reached ? time_entry(p, e) : INFINITY;
        r->all += r->ours[i][0] + r->ours[i][1] + (e->reached ? r->theirs[i] : 0.0);
    }
}

static int compare_rounds(const void *a, const void *b)
{
    return bench_compare(&((const timed_round *)a)->all, &((const timed_round *)b)->all);
}

/* Medians of an entry's times, and of the ratios in each round. */
static void judge_entry(const timed_round *rounds, size_t count, size_t i, entry *e)
{
    double sample[MOST_SAMPLES];

    for (size_t r = 0; r < count; r++) {
        sample[r] = rounds[r].theirs[i];
    }
    e->seconds = bench_median(sample, count);
    for (size_t j = 0; j < 2; j++) {
        for (size_t r = 0; r < count; r++) {
            sample[r] = rounds[r].ours[i][j] / rounds[r].theirs[i];
        }
        e->ratio[j] = bench_median(sample, count);
    }
}

/* Ours and all entries take turns, round by round. Those rounds count in which the machine was left alone: a part of
 * them, which took the least time. */
static void time_rounds(peers *p, our_times *ours, entry entries[FAMILIES][TARGETS], double seconds)
{
    static timed_round rounds[MOST_SAMPLES];
    double end = bench_seconds(CLOCK_MONOTONIC) + seconds, sample[MOST_SAMPLES];
    size_t made = 0, count;

    while (made < LEAST_SAMPLES || (made < MOST_SAMPLES && bench_seconds(CLOCK_MONOTONIC) < end)) {
        time_round(p, ours, entries, &rounds[made++]);
    }
    qsort(rounds, made, sizeof *rounds, compare_rounds);
    count = made / QUIET_PART < LEAST_SAMPLES ? LEAST_SAMPLES : made / QUIET_PART;
    for (size_t j = 0; j < 2; j++) {
        for (size_t r = 0; r < count; r++) {
            sample[r] = rounds[r].ours[0][j];
        }
        ours->seconds[j] = bench_median(sample, count);
    }
    for (size_t i = 0; i < ENTRIES; i++) {
        judge_entry(rounds, count, i, &entries[i / TARGETS][i % TARGETS]);
    }
}

/* The paper's gradient has one rule, which needs no name. */
static void print_entry(const peers *p, const entry *e, bool named)
{
    if (e->reached) {
        printf(" | %8.4g %4zu", 1e3 * e->seconds, e->iterations);
    } else {
        printf(" | %8s %4s", "-", "-");
    }
    if (named) {
        printf(" %-7s", e->reached ? rule_name(p, e->rule) : "-");
    }
}

/* The best value that a family's rules end at, by the judge. */
static double family_best(const peers *p, const traced *trace, size_t family)
{
    double best = -INFINITY;

    for (size_t rule = 0; rule < all_rules(p); rule++) {
        best = in_family(p, family, rule) ? fmax(best, trace[rule].judged) : best;
    }
    return best;
}

/* A number, or nothing where there is none to compare with. */
static void print_or_dash(const char *format, int width, double value, bool known)
{
    if (known) {
        printf(format, width, value);
    } else {
        printf(" %*s", width, "-");
    }
}

/* Times that were taken, and gaps of ends. */
static void print_line(const peers *p, const our_times *ours, entry entries[FAMILIES][TARGETS], const double gaps[2])
{
    printf("%4zu %2zu %-6s | %8.4g %4zu %7.0e | %8.4g %4zu", p->link.L, p->link.K,
           p->problem.per_ap ? "limits" : "budget", 1e3 * ours->seconds[0], ours->iterations[0], ours->gap,
           1e3 * ours->seconds[1], ours->iterations[1]);
    for (size_t i = 0; i < ENTRIES; i++) {
        print_entry(p, &entries[i / TARGETS][i % TARGETS], i >= TARGETS);
    }
    printf(" |");
    for (size_t i = 0; i < 2; i++) {
        print_or_dash(" %*.0e", 7, gaps[i], gaps[i] < 1.0);
    }
    printf(" |");
    print_or_dash(" %*.3f", 6, entries[0][1].ratio[0], entries[0][1].reached);
    printf(" |");
    for (size_t i = 0; i <= TARGETS; i++) { /* ours to the first target, then to its end */
        const entry *gradient = &entries[1][i > 1], *wmmse = &entries[2][i > 1];

        print_or_dash(" %*.3f", 6, fmax(gradient->ratio[i == 0], wmmse->ratio[i == 0]), /* 0 of what was not reached */
                      gradient->reached || wmmse->reached);
    }
    putchar('\n');
}

static void compare_methods(peers *p, double seconds)
{
    entry entries[FAMILIES][TARGETS];
    traced trace[MOST_RULES];
    cfi_allocation allocation;
    our_times ours;
    double value, best, gaps[2];

    run_ours(p, p->system.allocation.max_iterations, &allocation);
    best = value = peers_judge_powers(p, &allocation.powers);
    for (size_t rule = 0; rule < all_rules(p); rule++) {
        trace[rule] = trace_rule(p, rule, seconds);
        best = fmax(best, trace[rule].judged);
    }
    ours.gap = peers_gap(p, value, best);
    ours.iterations[0] = allocation.iterations;
    ours.most = ours_to(p, allocation.iterations, best, targets[0], &ours.iterations[1]);
    for (size_t family = 0; family < FAMILIES; family++) {
        for (size_t i = 0; i < TARGETS; i++) {
            entries[family][i] = fastest_rule(p, trace, family, best, targets[i]);
        }
    }
    for (size_t i = 0; i < 2; i++) {
        gaps[i] = peers_gap(p, family_best(p, trace, i + 1), best);
    }
    time_rounds(p, &ours, entries, seconds);
    print_line(p, &ours, entries, gaps);
}

static void print_head(void)
{
    printf("               | %-21s | %-13s | %-29s | %-45s | %-45s | %-15s | ours over\n", "ours", "ours to 1e-4",
           "gradient by the paper's rule", "gradient by its fastest rule", "WMMSE-ADMM by its fastest rule",
           "gap at the end");
    printf("   L  K        | %8s %4s %7s | %8s %4s", "ms", "n", "gap", "ms", "n");
    for (size_t i = 0; i < ENTRIES; i++) {
        printf(" | ms %s   n%s", i % TARGETS ? "1e-6" : "1e-4", i < TARGETS ? "" : " rule   ");
    }
    printf(" | %7s %7s | paper to 1e-6, both to 1e-4, fastest to 1e-4, 1e-6\n", "grad", "ADMM");
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
    peers_make(scenario_system(scenario), (uint32_t)strtoul(argv[2], NULL, 10), &p);
    peers_check_gradient(&p);
    compare_methods(&p, strtod(argv[3], NULL));
    alloc_workspace_destroy(p.options.workspace);
    arena_destroy(p.arena);
    scenario_destroy(scenario);
    return 0;
}
