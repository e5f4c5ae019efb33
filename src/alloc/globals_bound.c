/* A proof that no powers do better, from multipliers of any origin. docs/model.md (M30)
 *
 * With multipliers as globals.h has them, and prices of a unit of power of stream k and of the beam at AP l
 *     price_kl = budget + limit_l + sum_j lambda_j V_j,kl - comm_l,     beam_l = budget + limit_l + sum_j lambda_j S_jl
 * - sens_l (comm and sens: what sensing's multipliers make of a unit of power) every g that powers p, s have obeys
 *     +- (g norm) >= D + sum price p + sum beam s - sum_k (lambda_k / t_k) u_k^2,
 *     D = sum lambda + sum of held rows - budget and limits that are held,    norm: the same sum of what is raised.
 * By Cauchy and Schwarz u_k^2 <= (sum_l g_kl^2 / price_kl) (sum_l price_kl p_kl), so that nothing is left of the powers
 * where lambda_k sum_l g_kl^2 / price_kl <= t_k and beam_l >= 0. Whatever rounding leaves of that is paid for with the
 * most power there may be. */
#include "alloc/globals.h"

#include "alloc/equations.h"

#include <math.h>
#include <string.h>

enum { NEWTON_STEPS = 60, TRIMS = 3 };
/* Relative: equations of lambda that are met so well are met. */
static const double SETTLED = 1e-14;

typedef struct bound_job {
    const globals_drop *drop;
    const globals_ask *ask;
    globals_multipliers *m;
    double *comm, *sens; /* L: worths by sensing's multipliers */
    double *base, *beam; /* L: budget + limit, and the price of the beam */
    double *price;       /* rows like the signal */
    double *gain;        /* K: sum_l g_kl^2 / price_kl */
    double *matrix;      /* K x (K + 1) */
    double *scratch;     /* L */
} bound_job;

static bool allocate_job(bound_job *job, cfi_arena *arena)
{
    size_t K = job->drop->problem->K, L = job->drop->problem->L;
    double *row = arena_alloc(arena, 5 * L + K, sizeof *row);

    job->price = arena_alloc(arena, K * job->drop->problem->stride, sizeof(double));
    job->matrix = arena_alloc(arena, K * (K + 1), sizeof(double));
    job->comm = row;
    job->sens = row + L;
    job->base = row + 2 * L;
    job->beam = row + 3 * L;
    job->scratch = row + 4 * L;
    job->gain = row + 5 * L;
    return row && job->price && job->matrix;
}

/* User k has a target that costs something. */
static bool user_counts(const bound_job *job, size_t k)
{
    return job->ask->target[k] > 0.0 && job->m->lambda[k] > 0.0;
}

/* --------------------------------------------------------------------------- prices ---- */

/* sum_j lambda_j V_jl, the same for all streams, or sum_j lambda_j S_jl, by the loads. */
static double cost_of_load(const bound_job *job, const double *load, size_t l)
{
    const alloc_problem *problem = job->drop->problem;
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += job->m->lambda[k] * load[problem_at(problem, k, l)];
    }
    return sum;
}

/* What a unit of power of stream k at AP l is worth by sensing's multipliers. */
static double worth_of(const bound_job *job, size_t k, size_t l)
{
    const alloc_information *information = &job->drop->coupled.information;
    size_t K = job->drop->problem->K, L = information->L;
    double sum = job->comm[l];

    for (size_t i = 0; i < information->owns; i++) {
        const double *stream = information->own[i].stream;

        sum += stream ? job->m->sensing.row[l + L * i] * stream[k + K * l] : 0.0;
    }
    return sum;
}

/* Prices by lambda, and sums of gains over them; false where a price is not above 0. */
static bool set_prices(const bound_job *job)
{
    const alloc_problem *problem = job->drop->problem;
    bool positive = true;

    if (problem->load_by_stream) {
        problem_price_streams(problem, job->m->lambda, 0, problem->L, job->price);
    }
    memset(job->gain, 0, problem->K * sizeof *job->gain);
    for (size_t l = 0; l < problem->L; l++) {
        double cost = problem->load_by_stream ? 0.0 : cost_of_load(job, job->drop->problem->load, l);

        job->beam[l] = job->base[l] + cost_of_load(job, job->drop->problem->sensing_load, l) - job->sens[l];
        for (size_t k = 0; k < problem->K; k++) {
            size_t at = problem_at(problem, k, l);
            double g = problem->signal[at];

            if (g > 0.0) {
                job->price[at] = (problem->load_by_stream ? job->price[at] : cost) + job->base[l] - worth_of(job, k, l);
                positive = positive && (job->price[at] > 0.0 || !user_counts(job, k));
                job->gain[k] += g * g / job->price[at];
            }
        }
    }
    return positive;
}

/* Largest of lambda_k gain_k / t_k - 1, either sign. */
static double largest_error(const bound_job *job)
{
    double worst = 0.0;

    for (size_t k = 0; k < job->drop->problem->K; k++) {
        if (user_counts(job, k)) {
            worst = fmax(worst, fabs(job->m->lambda[k] * job->gain[k] / job->ask->target[k] - 1.0));
        }
    }
    return worst;
}

/* ------------------------------------------------------------------ the fixed point ---- */

/* d ln gain_k / d ln lambda_j, with the sign turned. */
static double slope_of_gain(const bound_job *job, size_t k, size_t j)
{
    const alloc_problem *problem = job->drop->problem;
    double sum = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        size_t at = problem_at(problem, k, l);
        double g = problem->signal[at];

        if (g > 0.0) {
            sum += g * g / (job->price[at] * job->price[at]) * problem_load(problem, j, k, l);
        }
    }
    return sum * job->m->lambda[j] / job->gain[k];
}

/* One step of Newton's method for ln lambda_k + ln gain_k = ln t_k, at prices that are set. */
static bool newton_step(const bound_job *job)
{
    size_t K = job->drop->problem->K;
    double *a = job->matrix;

    for (size_t k = 0; k < K; k++) {
        bool asked = user_counts(job, k);

        for (size_t j = 0; j < K; j++) {
            double slope = asked && user_counts(job, j) ? slope_of_gain(job, k, j) : 0.0;

            a[k + K * j] = (k == j ? 1.0 : 0.0) - slope;
        }
        a[k + K * K] = asked ? -log(job->m->lambda[k] * job->gain[k] / job->ask->target[k]) : 0.0;
    }
    if (!equations_solve(K, a)) {
        return false;
    }
    for (size_t k = 0; k < K; k++) {
        double step = fmin(fmax(a[k + K * K], -2.0), 2.0);

        job->m->lambda[k] *= isfinite(step) ? exp(step) : 1.0;
    }
    return true;
}

/* Makes lambda the fixed point, from wherever it is; false where prices are not positive on the way. */
static bool fix_lambda(const bound_job *job)
{
    double before = INFINITY;

    for (int i = 0; i < NEWTON_STEPS; i++) {
        double error;

        if (!set_prices(job)) {
            return false;
        }
        error = largest_error(job);
        if (error <= SETTLED || (error < 1e-11 && error >= 0.5 * before)) {
            return true;
        }
        before = error;
        if (!newton_step(job)) {
            return true;
        }
    }
    return set_prices(job);
}

/* ------------------------------------------------------------------------ the bound ---- */

static void set_worths(const bound_job *job)
{
    const globals_multipliers *m = job->m;

    coupled_worths(&job->drop->coupled.information, &m->sensing, job->scratch, job->comm, job->sens);
    for (size_t l = 0; l < job->drop->problem->L; l++) {
        job->base[l] = m->budget + m->limit[l];
    }
}

/* A stream of AP l whose user's target costs nothing. */
static bool is_free(const bound_job *job, size_t k, size_t l)
{
    return job->drop->problem->signal[problem_at(job->drop->problem, k, l)] > 0.0 && !user_counts(job, k);
}

/* The least price at AP l of such streams. */
static double least_free_price(const bound_job *job, size_t l)
{
    const alloc_problem *problem = job->drop->problem;
    double least = INFINITY;

    for (size_t k = 0; k < problem->K; k++) {
        size_t at = problem_at(problem, k, l);

        least = is_free(job, k, l) ? fmin(least, job->price[at]) : least;
    }
    return least;
}

/* Takes away from all multipliers of sensing what makes the price of a beam negative, or of streams whose users'
 * targets cost nothing; true where that was something. */
static bool trim_sensing(const bound_job *job)
{
    globals_multipliers *m = job->m;
    const alloc_problem *problem = job->drop->problem;
    size_t rows = information_rows(&job->drop->coupled.information);
    double keep = 1.0;

    for (size_t l = 0; l < problem->L; l++) {
        if (job->beam[l] < 0.0) {
            keep = fmin(keep, (job->beam[l] + job->sens[l]) / job->sens[l]);
        }
        for (size_t k = 0; k < problem->K; k++) {
            double price = is_free(job, k, l) ? job->price[problem_at(problem, k, l)] : 0.0;

            if (price < 0.0) {
                keep = fmin(keep, (price + worth_of(job, k, l)) / worth_of(job, k, l));
            }
        }
    }
    for (size_t i = 0; keep < 1.0 && i < rows; i++) {
        m->sensing.row[i] *= keep;
    }
    for (size_t i = 0; i < 3; i++) {
        m->sensing.Z[i] *= keep;
    }
    return keep < 1.0;
}

/* What rounding leaves of the powers' part, of a unit of power. */
static double shortfall(const bound_job *job)
{
    const alloc_problem *problem = job->drop->problem;
    double worst = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double over = user_counts(job, k) ? job->m->lambda[k] * job->gain[k] / job->ask->target[k] - 1.0 : 0.0;

        for (size_t l = 0; over > 0.0 && l < problem->L; l++) {
            size_t at = problem_at(problem, k, l);

            worst = problem->signal[at] > 0.0 ? fmax(worst, over * job->price[at]) : worst;
        }
    }
    for (size_t l = 0; l < problem->L; l++) {
        worst = fmax(worst, fmax(-job->beam[l], -least_free_price(job, l)));
    }
    return worst;
}

/* Adds sums of multipliers to what is held and to what is raised. */
typedef struct sums {
    double held, raised;
} sums;

static void add_kind(const bound_job *job, information_kind kind, double value, sums *to)
{
    *(job->ask->sensing.raised >> kind & 1 ? &to->raised : &to->held) += value;
}

static sums sums_of_sensing(const bound_job *job)
{
    const alloc_information *information = &job->drop->coupled.information;
    const coupled_multipliers *m = &job->m->sensing;
    size_t L = information->L, row = 0;
    sums out = {0.0, 0.0};

    for (size_t i = 0; i < information->owns; i++) {
        for (size_t l = 0; l < L; l++) {
            add_kind(job, information->own[i].kind, m->row[row++], &out);
        }
    }
    for (size_t l = 0; information->functionals > 0 && l < L; l++) {
        add_kind(job, INFORMATION_ANGLE, m->row[row++], &out);
    }
    if (information->position) {
        add_kind(job, INFORMATION_POSITION, coupled_least_pairing(information, m->Z), &out);
    }
    return out;
}

static void add_power_sum(coupled_power power, double value, sums *to)
{
    if (power != POWER_FREE && value > 0.0) {
        *(power == POWER_RAISED ? &to->raised : &to->held) += value;
    }
}

static sums sums_of_powers(const bound_job *job)
{
    const coupled_ask *ask = &job->ask->sensing;
    const alloc_coupled *coupled = &job->drop->coupled;
    sums out = {0.0, 0.0};

    add_power_sum(ask->budget, job->m->budget * coupled_budget(coupled, ask), &out);
    for (size_t l = 0; l < coupled->information.L; l++) {
        if (job->m->limit[l] > 0.0) {
            add_power_sum(ask->limits, job->m->limit[l] * coupled_limit_asked(coupled, ask, l), &out);
        }
    }
    return out;
}

/* Divides all multipliers; returns what they are divided by. */
static double unify(const bound_job *job, double by)
{
    globals_multipliers *m = job->m;
    const alloc_information *information = &job->drop->coupled.information;

    m->budget /= by;
    for (size_t k = 0; k < job->drop->problem->K; k++) {
        m->lambda[k] /= by;
    }
    for (size_t l = 0; l < information->L; l++) {
        m->limit[l] /= by;
    }
    for (size_t i = 0; i < information_rows(information); i++) {
        m->sensing.row[i] /= by;
    }
    for (size_t i = 0; i < 3; i++) {
        m->sensing.Z[i] /= by;
    }
    return by;
}

static double bound_of(const bound_job *job, double most)
{
    sums sensing = sums_of_sensing(job), powers = sums_of_powers(job);
    double lambda = 0.0, short_of = shortfall(job), left;

    for (size_t k = 0; k < job->drop->problem->K; k++) {
        lambda += job->m->lambda[k];
    }
    left = lambda + sensing.held - powers.held - (short_of > 0.0 ? short_of * most : 0.0);
    if (job->ask->sensing.raised) {
        return sensing.raised > 0.0 ? -left / unify(job, sensing.raised) : NAN;
    }
    return powers.raised > 0.0 ? left / unify(job, powers.raised) : NAN;
}

/* ----------------------------------------------------------------------- which users ---- */

/* Where sensing alone asks for more power than some users need, their targets cost nothing, and prices are 0 at some
 * access points: then lambda is 0 and no fixed point. Which they are is tried: none, those of no weight, and all. */
typedef enum { DROP_NONE, DROP_LIGHT, DROP_ALL, DROPS } dropping;
/* Of all that targets and sensing weigh: less is nothing. */
static const double LIGHT = 1e-6;

/* What a target weighs: its multiplier times the interference at the most power, spread evenly. */
static double weight_of(const bound_job *job, const globals_multipliers *m, size_t k, double most)
{
    const alloc_problem *problem = job->drop->problem;
    double each = most / (double)problem->L, sum = 1.0;

    for (size_t l = 0; l < problem->L; l++) {
        sum += each * problem->sensing_load[problem_at(problem, k, l)];
    }
    return m->lambda[k] * sum;
}

static void drop_users(const bound_job *job, const globals_multipliers *given, dropping which, double most)
{
    size_t K = job->drop->problem->K;
    sums sensing = sums_of_sensing(job);
    double total = sensing.held + sensing.raised;

    for (size_t k = 0; k < K; k++) {
        total += weight_of(job, given, k, most);
    }
    for (size_t k = 0; k < K; k++) {
        bool light = which == DROP_LIGHT && weight_of(job, given, k, most) < LIGHT * total;

        job->m->lambda[k] = which == DROP_ALL || light || !(job->ask->target[k] > 0.0) ? 0.0 : given->lambda[k];
    }
}

void globals_copy_multipliers(const globals_drop *drop, const globals_multipliers *from, globals_multipliers *to)
{
    memcpy(to->lambda, from->lambda, drop->problem->K * sizeof *to->lambda);
    memcpy(to->limit, from->limit, drop->problem->L * sizeof *to->limit);
    memcpy(to->sensing.row, from->sensing.row, information_rows(&drop->coupled.information) * sizeof *to->sensing.row);
    memcpy(to->sensing.Z, from->sensing.Z, sizeof to->sensing.Z);
    to->budget = from->budget;
}

bool globals_make_multipliers(const globals_drop *drop, globals_multipliers *out)
{
    size_t K = drop->problem->K, L = drop->problem->L, rows = information_rows(&drop->coupled.information);
    double *row = arena_zeros(drop->arena, K + L + rows + 1, sizeof *row);

    *out = (globals_multipliers){.lambda = row};
    if (row) {
        out->limit = row + K;
        out->sensing.row = row + K + L;
    }
    return row;
}

/* From the multipliers in job->m, of which lambda is fixed and those of sensing are trimmed `trims` times: whatever is
 * left too much is paid for, which costs less where it is next to nothing. */
static double improve_and_bound(bound_job *job, int trims, double most)
{
    for (int i = 0;; i++) {
        set_worths(job);
        if (!fix_lambda(job)) {
            return NAN;
        }
        if (i == trims || !trim_sensing(job)) {
            return bound_of(job, most);
        }
    }
}

double globals_bound(const globals_drop *drop, const globals_ask *ask, double most, globals_multipliers *multipliers)
{
    cfi_arena_mark mark = arena_mark(drop->arena);
    globals_multipliers given, tried;
    bound_job job = {.drop = drop, .ask = ask, .m = &tried};
    double best = NAN;

    coupled_make_semidefinite(multipliers->sensing.Z, multipliers->sensing.Z);
    if (globals_make_multipliers(drop, &given) && globals_make_multipliers(drop, &tried) &&
        allocate_job(&job, drop->arena)) {
        globals_copy_multipliers(drop, multipliers, &given);
        for (int i = 0; i < DROPS * TRIMS; i++) {
            double bound;

            globals_copy_multipliers(drop, &given, &tried);
            drop_users(&job, &given, (dropping)(i / TRIMS), most);
            bound = improve_and_bound(&job, i % TRIMS, most);
            if (isfinite(bound) && !(ask->sensing.raised ? bound >= best : bound <= best)) {
                best = bound;
                globals_copy_multipliers(drop, &tried, multipliers);
            }
        }
    }
    arena_release(drop->arena, mark);
    return best;
}
