/* What no powers exceed of the information in own echoes of signals that have directions, under rate targets.
 * docs/model.md (M35)
 *
 * For any complex number g_l the information of AP l is at most sum_k q_kl(g_l) p_kl + q_beam,l(g_l) s_l, with equality
 * where g_l is what the powers take for a path gain. With g of the powers that were found these are linear rows, each
 * stream with a worth of its own, and the questions of (M30) know such: their bound is one of ours, and as good as the
 * powers are, to the second order. */
#include "alloc/globals.h"
#include "alloc/raised.h"

#include "alloc/constants.h"

#include <complex.h>
#include <math.h>

/* q(g) of something that lights and turns so. */
static double worth_at(const directed_ap *ap, const cfi_aim *aim, double complex g)
{
    double light = creal(g) * creal(g) + cimag(g) * cimag(g);

    return fmax(
        ap->along * aim->lit + ap->across * (aim->turned - 2.0 * creal(conj(g) * aim->mixed) + light * aim->lit), 0.0);
}

/* The row of AP l, of the path gain that these powers are taken for. */
static void describe_row(const alloc_problem *problem, const alloc_point *point, size_t l, double *stream, double *x,
                         double *s)
{
    const directed_ap *ap = &problem->raised[l];
    const cfi_aim *aim = problem->link->directions.aim + problem->K * l;
    cfi_aim all = raised_aim(problem, point, l), beam = {.lit = (double)problem->link->system->N};
    double complex g = all.lit > 0.0 ? all.mixed / all.lit : 0.0;
    size_t served = 0;

    *s = worth_at(ap, &beam, g);
    *x = 0.0;
    for (size_t k = 0; k < problem->K; k++) {
        stream[k] = worth_at(ap, &aim[k], g);
        if (link_serves(problem->link, k, l)) {
            *x += stream[k];
            served++;
        }
    }
    *x = served > 0 ? *x / (double)served : 0.0;
}

/* A row of each access point, as number `owns` of the information's. */
static bool describe_rows(const alloc_problem *problem, const alloc_point *point, cfi_arena *arena, size_t owns,
                          alloc_information *out)
{
    size_t K = problem->K, L = problem->L;
    double *stream = arena_alloc(arena, K * L, sizeof *stream), *x = arena_alloc(arena, 2 * L, sizeof *x);

    if (!stream || !x) {
        return false;
    }
    for (size_t l = 0; l < L; l++) {
        describe_row(problem, point, l, stream + K * l, x + l, x + L + l);
    }
    out->own[owns] = (information_own){.kind = INFORMATION_ANGLE, .x = x, .s = x + L, .stream = stream};
    out->owns = owns + 1;
    return true;
}

static cfi_status proof_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a bound of what is known of the target");
}

/* Beside the rows of the point stand those of the answer's powers, of which the first ones say too much: both together
 * say less. As long as that pays the second ones are made anew. */
enum { PROOF_ROUNDS = 6 };

typedef struct proof {
    globals_drop drop;
    const double *target;
    double bound;
} proof;

/* The question with rows of this point as number `owns`; *answer's point has its powers. */
static cfi_status ask_for_bound(proof *p, const alloc_point *point, size_t owns, globals_answer *answer,
                                cfi_error *error)
{
    globals_ask ask = {.sensing = {.raised = 1U << INFORMATION_ANGLE}, .target = p->target};
    cfi_status status;

    if (!describe_rows(p->drop.problem, point, p->drop.arena, owns, &p->drop.coupled.information) ||
        !globals_room(&p->drop, answer)) {
        return proof_out_of_memory(error);
    }
    status = globals_prove(&p->drop, &ask, answer, error);
    p->bound = fmin(p->bound, answer->bound);
    return status;
}

static cfi_status find_bound(proof *p, const alloc_point *point, cfi_error *error)
{
    const alloc_problem *problem = p->drop.problem;
    double value = raised_value(problem, point), before = INFINITY;
    globals_answer answer;
    cfi_status status;

    p->target = problem->target ? problem->target : arena_zeros(p->drop.arena, problem->K, sizeof *p->target);
    if (!p->target) {
        return proof_out_of_memory(error);
    }
    status = ask_for_bound(p, point, 0, &answer, error);
    for (int i = 0; i < PROOF_ROUNDS && status == CFI_OK && isfinite(answer.bound) && p->bound < before; i++) {
        if (problem->coherent || p->bound - value <= PROVED_GAP * value) {
            break;
        }
        before = p->bound;
        status = ask_for_bound(p, answer.point, 1, &answer, error);
    }
    return status;
}

cfi_status raised_prove(const alloc_problem *problem, const alloc_point *point, const cfi_alloc_options *options,
                        cfi_arena *arena, raised_bound *bound, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    proof p = {
        .drop = {.link = problem->link, .problem = problem, .options = options, .arena = arena, .asked = bound->asked},
        .bound = bound->factor};
    cfi_status status =
        coupled_describe(problem->link, 0, options ? options->stop : NULL, arena, &p.drop.coupled, error);

    if (status == CFI_OK) {
        status = find_bound(&p, point, error);
    }
    *bound = (raised_bound){.factor = p.bound, .asked = p.drop.asked};
    globals_close(&p.drop);
    arena_release(arena, mark);
    return status;
}
