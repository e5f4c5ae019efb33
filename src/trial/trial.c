/* One trial: network, link, allocation, closed forms, Monte Carlo. */
#include "trial/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *drop_status_name(cfi_drop_status status)
{
    static const char *const names[] = {"ok", "infeasible", "failed"};

    return names[status];
}

static cfi_status out_of_trial_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a drop of %zu access points and %zu users", network->L,
                     network->K);
}

/* The drop's network and what is seen of it, for the record. */
static cfi_status draw(const cfi_system *system, const cfi_trial_options *options, cfi_arena *arena, cfi_record *record,
                       cfi_error *error)
{
    drop_drawn drawn;
    cfi_status status = drop_draw(system, record->index, options, arena, &drawn, error);

    if (status == CFI_OK) {
        record->network = drawn.network;
        record->link = drawn.link;
    }
    return status;
}

static cfi_status evaluate_bounds(cfi_record *record, cfi_arena *arena, cfi_error *error)
{
    cfi_closed_form *form = &record->closed_form;
    cfi_bounds bounds;
    cfi_status status =
        metrics_bounds(record->network, record->link, &record->allocation.powers, arena, &bounds, error);

    if (status == CFI_OK) {
        form->crlb_own_echo_rad2 = bounds.crlb_own_echo_rad2;
        form->crlb_noncoherent_rad2 = bounds.crlb_noncoherent_rad2;
        form->crlb_multistatic_rad2 = bounds.crlb_multistatic_rad2;
        form->position = bounds.position;
    }
    return status;
}

/* Rates of one model in closed form, K numbers of the arena, and their sum. */
static cfi_status evaluate_rates(const cfi_record *record, cfi_rate_model model, cfi_arena *arena, double **rate,
                                 double *sum, cfi_error *error)
{
    cfi_status status;

    *rate = arena_alloc(arena, record->K, sizeof **rate);
    if (!*rate) {
        return out_of_trial_memory(record->network, error);
    }
    status = metrics_sinr(record->link, &record->allocation.powers, model, arena, *rate, error);
    if (status == CFI_OK) {
        *sum = metrics_rates(record->network->system, *rate, *rate);
    }
    return status;
}

static cfi_status evaluate_detection(cfi_record *record, cfi_arena *arena, cfi_error *error)
{
    const cfi_sensing *sensing = &record->link->system->sensing;
    cfi_closed_form *form = &record->closed_form;
    size_t L = record->L;
    double *memory = arena_alloc(arena, 2 * L, sizeof *memory);
    cfi_arena_mark mark = arena_mark(arena);
    double *work = arena_alloc(arena, 3 * L, sizeof *work);

    if (!memory || !work) {
        return out_of_trial_memory(record->network, error);
    }
    form->echo_snr = memory;
    form->detection_probability = memory + L;
    metrics_echo_snr(record->link, &record->allocation.powers, form->echo_snr);
    for (size_t l = 0; l < L; l++) {
        form->detection_probability[l] =
            detection_own_echo(form->echo_snr[l], sensing->false_alarm_probability, sensing->swerling);
    }
    form->detection_probability_fused =
        detection_is_fused(record->link->system)
            ? detection_fused(L, form->echo_snr, sensing->false_alarm_probability, sensing->swerling, work)
            : NAN;
    arena_release(arena, mark);
    return CFI_OK;
}

static cfi_status evaluate_closed_form(cfi_record *record, cfi_arena *arena, cfi_error *error)
{
    cfi_closed_form *form = &record->closed_form;
    cfi_status status = CFI_OK;

    form->sum_rate_theorem1_bit_s_hz = NAN;
    if (record->link->theorem1) {
        status = evaluate_rates(record, CFI_RATE_THEOREM1, arena, &form->rate_theorem1_bit_s_hz,
                                &form->sum_rate_theorem1_bit_s_hz, error);
    }
    if (status == CFI_OK) {
        status = evaluate_rates(record, CFI_RATE_EXACT, arena, &form->rate_exact_bit_s_hz,
                                &form->sum_rate_exact_bit_s_hz, error);
    }
    if (status == CFI_OK) {
        status = evaluate_bounds(record, arena, error);
    }
    return status == CFI_OK ? evaluate_detection(record, arena, error) : status;
}

/* ------------------------------------------------------------------ reference splits ---- */

static cfi_status evaluate_reference(const cfi_record *record, const cfi_powers *powers, cfi_arena *arena,
                                     cfi_reference *reference, cfi_error *error)
{
    cfi_evaluation evaluation;
    cfi_status status = alloc_evaluate(record->link, powers, arena, &evaluation, error);

    if (status == CFI_OK) {
        *reference = (cfi_reference){.available = true,
                                     .sum_rate_bit_s_hz = evaluation.sum_rate_bit_s_hz,
                                     .max_constraint_violation = evaluation.violation,
                                     .worst_crlb_rad2 = evaluation.worst_crlb_rad2};
    }
    return status;
}

/* The equal and the heuristic split beside the scenario's own method; before it, which then takes over the memory of
 * their powers. */
static cfi_status evaluate_references(cfi_record *record, cfi_arena *arena, cfi_error *error)
{
    const cfi_network *network = record->network;
    cfi_arena_mark mark = arena_mark(arena);
    cfi_powers powers = {.p = arena_alloc(arena, record->K * record->L, sizeof(double)),
                         .s = arena_alloc(arena, record->L, sizeof(double))};
    cfi_status status;

    if (!powers.p || !powers.s) {
        return out_of_trial_memory(network, error);
    }
    alloc_equal(record->link, &powers);
    status = evaluate_reference(record, &powers, arena, &record->equal, error);
    /* the heuristic split meets no thresholds on the multistatic bound */
    if (status == CFI_OK && (network->system->sensing.crlb_model != CFI_CRLB_MULTISTATIC ||
                             !network->system->sensing.crlb_threshold_rad2)) {
        status = alloc_heuristic(record->link, arena, &powers, error);
        if (status == CFI_OK) {
            status = evaluate_reference(record, &powers, arena, &record->heuristic, error);
        } else if (status == CFI_INFEASIBLE || status == CFI_INVALID || status == CFI_FAILED) {
            status = error_set(error, CFI_OK, "%s", "");
        }
    }
    arena_release(arena, mark);
    return status;
}

/* ------------------------------------------------------------------ the other solver ---- */

/* How far apart two allocations end, relative. */
static double relative_difference(const cfi_system *system, double first, double second)
{
    double weights = 0.0;

    if (system->allocation.objective != CFI_PROPORTIONAL_FAIR) {
        return fabs(second / first - 1.0);
    }
    for (size_t k = 0; k < system->K; k++) {
        weights += system->allocation.weights ? system->allocation.weights[k] : 1.0;
    }
    return expm1(fabs(second - first) / weights);
}

static cfi_status check_allocation(cfi_record *record, const cfi_trial_options *options, cfi_arena *arena,
                                   cfi_error *error)
{
    const cfi_allocation *first = &record->allocation;
    cfi_arena_mark mark = arena_mark(arena);
    cfi_system system = *record->network->system;
    cfi_link link = *record->link;
    cfi_alloc_options second_options = {.stop = options->alloc.stop, .workspace = options->alloc.workspace};
    cfi_allocation second;
    cfi_status status;

    link.system = &system;
    system.allocation.solver = strcmp(first->solver, "socp") == 0 ? CFI_SOLVER_AUTO : CFI_SOLVER_SOCP;
    system.allocation.starts = first->starts_asked;
    system.allocation.certify = false;
    status = alloc_run(&link, &second_options, arena, &second, error);
    if (status == CFI_OK && second.solver && strcmp(first->solver, second.solver) != 0) {
        record->check = (cfi_check){.available = true,
                                    .solver = second.solver,
                                    .status = second.status,
                                    .sum_rate_bit_s_hz = second.sum_rate_bit_s_hz,
                                    .objective_value = second.objective.value,
                                    .relative_difference =
                                        relative_difference(&system, first->objective.value, second.objective.value)};
    }
    arena_release(arena, mark);
    return status;
}

/* ----------------------------------------------------------------------------- the trial ---- */

/* The first value that is not finite; count when all are. */
static size_t first_not_finite(const double *value, size_t count)
{
    size_t i = 0;

    while (i < count && isfinite(value[i])) {
        i++;
    }
    return i;
}

/* Keeps what broke down with the record: the drop may be lost, the run is not. */
static cfi_status keep_trial_failure(cfi_record *record, const char *what, const char *cause, cfi_arena *arena,
                                     cfi_error *error)
{
    record->failure = arena_print(arena, "%s: %s", what, cause && *cause ? cause : "no cause is known");
    return record->failure ? CFI_OK : out_of_trial_memory(record->network, error);
}

/* Turns a breakdown into a record that says so. */
static cfi_status mark_failed(cfi_record *record, const char *what, const char *cause, cfi_arena *arena,
                              cfi_error *error)
{
    record->status = CFI_DROP_FAILED;
    return keep_trial_failure(record, what, cause, arena, error);
}

/* The rates that everything else is compared with. */
static cfi_status check_rates(cfi_record *record, cfi_arena *arena, cfi_error *error)
{
    size_t user = first_not_finite(record->closed_form.rate_exact_bit_s_hz, record->K);
    char cause[80];

    if (user == record->K) {
        return CFI_OK;
    }
    snprintf(cause, sizeof cause, "the exact rate of user %zu is not finite", user);
    return mark_failed(record, "the closed form", cause, arena, error);
}

static cfi_status measure_trial(cfi_record *record, const cfi_trial_options *options, cfi_arena *arena,
                                cfi_error *error)
{
    const cfi_system *system = record->network->system;
    cfi_status status = evaluate_closed_form(record, arena, error);

    if (status == CFI_FAILED) {
        return mark_failed(record, "the closed form", error->text, arena, error);
    }
    if (status == CFI_OK && system->monte_carlo.realizations > 0) {
        status = metrics_monte_carlo(record->network, &record->allocation.powers, options->threads, options->alloc.stop,
                                     arena, &record->monte_carlo, error);
        record->has_monte_carlo = status == CFI_OK;
    }
    if (status == CFI_FAILED) {
        return mark_failed(record, "the Monte Carlo estimate", error->text, arena, error);
    }
    return status == CFI_OK ? check_rates(record, arena, error) : status;
}

/* The allocation; what broke down in it is kept, whether it left a feasible point or not. */
static cfi_status allocate(cfi_record *record, const cfi_trial_options *options, cfi_arena *arena, cfi_error *error)
{
    const cfi_allocation *allocation = &record->allocation;
    cfi_status status = alloc_run(record->link, &options->alloc, arena, &record->allocation, error);

    if (status == CFI_FAILED) {
        return mark_failed(record, "the power allocation", error->text, arena, error);
    }
    if (status == CFI_OK && allocation->status == CFI_ALLOC_FAILED) {
        return mark_failed(record, "the power allocation",
                           allocation->failure ? allocation->failure : allocation->stop_reason, arena, error);
    }
    if (status == CFI_OK && allocation->failure) {
        return keep_trial_failure(record, "the power allocation", allocation->failure, arena, error);
    }
    return status;
}

cfi_status trial_run(const cfi_system *system, uint32_t drop, const cfi_trial_options *options, cfi_arena *arena,
                     cfi_record *record, cfi_error *error)
{
    cfi_error own = {.text = ""};
    cfi_status status;

    error = error ? error : &own; /* rooms below report through it */
    *record = (cfi_record){.index = drop, .L = system->L, .K = system->K, .N = system->N};
    status = draw(system, options, arena, record, error);
    if (status == CFI_OK) {
        status = evaluate_references(record, arena, error);
    }
    if (status == CFI_OK) {
        status = allocate(record, options, arena, error);
    }
    if (status == CFI_OK && record->status == CFI_DROP_FAILED) {
        record->equal = record->heuristic = (cfi_reference){.available = false};
        return CFI_OK;
    }
    if (status == CFI_OK && record->allocation.certificate.interrupted) {
        return options->keep_interrupted ? evaluate_closed_form(record, arena, error)
                                         : error_set(error, CFI_INTERRUPTED, "interrupted in a certificate");
    }
    if (status == CFI_OK && options->check && record->allocation.solver) {
        status = check_allocation(record, options, arena, error);
    }
    if (status == CFI_OK && record->allocation.status == CFI_ALLOC_INFEASIBLE) {
        record->status = CFI_DROP_INFEASIBLE;
        return CFI_OK;
    }
    return status == CFI_OK ? measure_trial(record, options, arena, error) : status;
}
