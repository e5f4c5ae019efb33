#include "peers_network.h"

#include "reading.h"

#include <math.h>
#include <stdio.h>

static const double JUDGED = 1e-10; /* relative agreement of a peer's own value with the project's */

void peers_stop(const char *text)
{
    fprintf(stderr, "peers: %s\n", text);
    exit(1);
}

void *peers_need(void *memory)
{
    if (!memory) {
        peers_stop("out of memory");
    }
    return memory;
}

static cfi_powers make_powers(const cfi_link *link, cfi_arena *arena)
{
    return (cfi_powers){.p = peers_need(arena_zeros(arena, link->K * link->L, sizeof(double))),
                        .s = peers_need(arena_zeros(arena, link->L, sizeof(double)))};
}

/* Refuses a network on which the methods would not solve the same problem. */
static void check_problem(const cfi_link *link)
{
    const cfi_system *system = link->system;
    const double *limit = system->power.ap_limit_w;

    if (link->pilots_overlap || !link->V || link->V_by_stream) {
        peers_stop("pilots must be orthogonal, and interference the same whatever the stream");
    }
    for (size_t l = 0; limit && l < link->L; l++) {
        if (fabs(limit[l] * (double)link->L / system->power.budget_w - 1.0) > 1e-12) {
            peers_stop("power.ap_limit_dbm must be the budget over the number of access points");
        }
    }
}

static peer_utility utility_of(const cfi_system *system)
{
    switch (system->allocation.objective) {
    case CFI_SUM_RATE:
        return PEER_SUM;
    case CFI_PROPORTIONAL_FAIR:
        return PEER_FAIR;
    case CFI_MAX_MIN_RATE:
        return PEER_SOFT_MIN;
    default:
        peers_stop("allocation.objective must be sum_rate, proportional_fair or max_min_rate");
        return PEER_SUM;
    }
}

void peers_make(const cfi_system *system, uint32_t drop, peers *p)
{
    static cfi_network network;
    cfi_error error = {.text = ""};

    p->system = *system;
    p->arena = peers_need(arena_create());
    p->options.workspace = peers_need(alloc_workspace_create());
    if (network_draw(&p->system, drop, p->arena, &network, &error) != CFI_OK ||
        link_make(&network, p->arena, &p->link, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    check_problem(&p->link);
    p->problem = peer_problem_make(&p->link, utility_of(system), system->power.ap_limit_w != NULL, p->arena);
    p->sums = peer_sums_make(&p->problem, p->arena);
    if (!p->problem.g || !p->problem.V || !p->sums.u || !p->sums.interference ||
        !gradient_init(&p->gradient, &p->problem, p->arena) || !wmmse_init(&p->wmmse, &p->problem, p->arena)) {
        peers_stop("out of memory");
    }
    p->equal = make_powers(&p->link, p->arena);
    p->powers = make_powers(&p->link, p->arena);
    for (size_t i = 0; i < p->link.K * p->link.L; i++) {
        p->equal.p[i] = system->power.budget_w / (double)(p->link.K * p->link.L);
    }
}

/* ------------------------------------------------------------------------------ the judge ---- */

/* Of rates in nat times `unit`; `soft`: what peers climb for the least. */
static double utility_value(const peer_problem *problem, const double *rate, double unit, bool soft)
{
    double sum = 0.0, logarithms = 0.0, least = INFINITY, small = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double nat = unit * rate[k];

        sum += nat;
        logarithms += log(nat);
        least = fmin(least, nat);
        small += exp(-problem->sharpness * nat);
    }
    switch (problem->utility) {
    case PEER_SUM:
        return sum;
    case PEER_FAIR:
        return logarithms;
    default:
        return soft ? -log(small / (double)problem->K) / problem->sharpness : least;
    }
}

static double judge(peers *p, const cfi_powers *powers, bool soft)
{
    cfi_arena_mark mark = arena_mark(p->arena);
    cfi_error error = {.text = ""};
    cfi_evaluation evaluation;
    double value;

    if (alloc_evaluate(&p->link, powers, p->arena, &evaluation, &error) != CFI_OK) {
        bench_stop("peers", &error);
    }
    if (evaluation.violation > 1e-9) {
        peers_stop("powers break a constraint");
    }
    value = utility_value(&p->problem, evaluation.rate_bit_s_hz, log(2.0) / p->link.system->frame.prelog, soft);
    arena_release(p->arena, mark);
    return value;
}

double peers_judge_powers(peers *p, const cfi_powers *powers)
{
    return judge(p, powers, false);
}

double peers_gap(const peers *p, double value, double best)
{
    return p->problem.utility == PEER_FAIR ? 0.0 - expm1((value - best) / (double)p->link.K) : 1.0 - value / best;
}

double peers_judge_point(peers *p, const peer_point *point)
{
    double value;

    peer_to_powers(&p->problem, point, &p->powers);
    value = peers_judge_powers(p, &p->powers);
    if (fabs(peers_gap(p, peer_goal(&p->problem, point), value)) > JUDGED) {
        peers_stop("a peer's value is not that of its powers");
    }
    return value;
}

/* Derivative of what the peers climb, by the judge, by the amplitude of `powers` at i, by central differences. */
static double differentiate(peers *p, cfi_powers *powers, size_t i)
{
    const double h = 1e-3;
    double kept = powers->p[i], up, down;

    powers->p[i] = kept * (1.0 + h) * (1.0 + h);
    up = judge(p, powers, true);
    powers->p[i] = kept * (1.0 - h) * (1.0 - h);
    down = judge(p, powers, true);
    powers->p[i] = kept;
    return (up - down) / (2.0 * h * sqrt(kept / p->problem.unit_w));
}

/* The gradient of the first method, taken from a small step inside the feasible set, against differences of the judge's
 * sum rate at 24 amplitudes. */
void peers_check_gradient(peers *p)
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
        peers_stop("the gradient is not that of the objective");
    }
}
