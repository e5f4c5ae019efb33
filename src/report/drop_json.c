/* One drop's object of results.json. */
#include "report/drop_json.h"

#include "report/infeasible.h"
#include "report/quantities.h"

#include <math.h>
#include <stdlib.h>

static const double DEGREES_PER_RADIAN = 57.295779513082320877;

static void closed_form(json_writer *writer, const cfi_record *record)
{
    const cfi_closed_form *form = &record->closed_form;

    if (record->status != CFI_DROP_OK) {
        json_null(writer, "closed_form");
        return;
    }
    json_open(writer, "closed_form", '{');
    json_vector(writer, "rate_theorem1_bit_s_hz", form->rate_theorem1_bit_s_hz, record->K);
    json_vector(writer, "rate_exact_bit_s_hz", form->rate_exact_bit_s_hz, record->K);
    json_number(writer, "sum_rate_theorem1_bit_s_hz", form->sum_rate_theorem1_bit_s_hz);
    json_number(writer, "sum_rate_exact_bit_s_hz", form->sum_rate_exact_bit_s_hz);
    json_vector(writer, "crlb_own_echo_rad2", form->crlb_own_echo_rad2, record->L);
    json_vector(writer, "crlb_multistatic_rad2", form->crlb_multistatic_rad2, record->L);
    json_close(writer, '}');
}

/* How the moments behind the closed forms and the allocation are known. */
static void link_kind(json_writer *writer, const cfi_link *of)
{
    if (!of) {
        json_null(writer, "link");
        return;
    }
    json_open(writer, "link", '{');
    json_text(writer, "kind", of->kind);
    json_number(writer, "largest_relative_std_error", of->largest_relative_std_error);
    json_close(writer, '}');
}

static void monte_carlo(json_writer *writer, const cfi_record *record)
{
    const cfi_monte_carlo *estimate = &record->monte_carlo;

    if (record->status != CFI_DROP_OK || !record->has_monte_carlo) {
        json_null(writer, "monte_carlo");
        return;
    }
    json_open(writer, "monte_carlo", '{');
    json_count(writer, "realizations", estimate->realizations);
    json_vector(writer, "rate_bit_s_hz", estimate->rate_bit_s_hz, record->K);
    json_vector(writer, "rate_std_error", estimate->rate_std_error, record->K);
    json_number(writer, "sum_rate_bit_s_hz", estimate->sum_rate_bit_s_hz);
    json_number(writer, "sum_rate_std_error", estimate->sum_rate_std_error);
    json_vector(writer, "crlb_own_echo_rad2", estimate->crlb_own_echo_rad2, record->L);
    json_vector(writer, "crlb_own_echo_std_error", estimate->crlb_own_echo_std_error, record->L);
    json_vector(writer, "crlb_own_echo_block_mean_rad2", estimate->crlb_own_echo_block_mean_rad2, record->L);
    json_vector(writer, "crlb_own_echo_block_mean_std_error_rad2", estimate->crlb_own_echo_block_mean_std_error,
                record->L);
    json_vector(writer, "crlb_multistatic_rad2", estimate->crlb_multistatic_rad2, record->L);
    json_vector(writer, "crlb_multistatic_std_error", estimate->crlb_multistatic_std_error, record->L);
    json_close(writer, '}');
}

static void check(json_writer *writer, const cfi_check *check)
{
    if (!check->available) {
        json_null(writer, "check");
        return;
    }
    json_open(writer, "check", '{');
    json_text(writer, "solver", check->solver);
    json_text(writer, "status", alloc_status_name(check->status));
    json_number(writer, "sum_rate_bit_s_hz", check->sum_rate_bit_s_hz);
    json_number(writer, "relative_difference", check->relative_difference);
    json_close(writer, '}');
}

/* The powers of a drop without a result are null: a reader must not take zeros for an allocation. */
static void allocation(json_writer *writer, const cfi_record *record, const cfi_results *results)
{
    const cfi_allocation *a = &record->allocation;
    bool ok = record->status == CFI_DROP_OK;

    json_open(writer, "allocation", '{');
    json_text(writer, "method", method_name(a->method));
    json_text(writer, "status", alloc_status_name(a->status));
    json_count(writer, "iterations", a->iterations);
    json_text(writer, "stop_reason", a->stop_reason);
    json_count(writer, "starts", a->starts);
    json_count(writer, "broken_starts", a->broken_starts);
    json_number(writer, "spread_bit_s_hz", ok ? a->spread_bit_s_hz : NAN);
    json_vector(writer, "trace_bit_s_hz", ok ? a->trace_bit_s_hz : NULL, a->trace_count);
    json_number(writer, "sum_rate_bit_s_hz", ok ? a->sum_rate_bit_s_hz : NAN);
    json_matrix(writer, "powers_w", ok ? a->powers.p : NULL, record->K, record->L);
    json_vector(writer, "sensing_powers_w", ok ? a->powers.s : NULL, record->L);
    json_matrix(writer, "gamma", ok ? record->gamma : NULL, record->K, record->L);
    json_matrix(writer, "eta", ok ? record->eta : NULL, record->K, record->L);
    json_vector(writer, "ap_power_w", ok ? a->ap_power_w : NULL, record->L);
    json_number(writer, "max_constraint_violation", ok ? a->max_constraint_violation : NAN);
    json_number(writer, "least_threshold_factor_db", quantity_of(QUANTITY_THRESHOLD_FACTOR_DB, record));
    infeasible_json(writer, &a->because);
    json_text(writer, "solver", a->solver);
    json_number(writer, "largest_step_gap", ok ? a->largest_step_gap : NAN);
    json_count(writer, "fallback_steps", a->fallback_steps);
    if (results->check) {
        check(writer, &record->check);
    }
    if (results->timing) {
        json_number(writer, "solve_seconds", a->solve_seconds);
    }
    json_close(writer, '}');
}

static void reference(json_writer *writer, const char *name, const cfi_reference *split)
{
    if (!split->available) {
        json_null(writer, name);
        return;
    }
    json_open(writer, name, '{');
    json_number(writer, "sum_rate_bit_s_hz", split->sum_rate_bit_s_hz);
    json_number(writer, "worst_crlb_rad2", split->worst_crlb_rad2);
    json_number(writer, "max_constraint_violation", split->max_constraint_violation);
    json_close(writer, '}');
}

void drop_json(json_writer *writer, const cfi_record *record, const cfi_results *results)
{
    json_count(writer, "index", record->index);
    json_text(writer, "status", drop_status_name(record->status));
    if (record->failure) {
        json_text(writer, "failure", record->failure);
    }
    link_kind(writer, record->link);
    closed_form(writer, record);
    monte_carlo(writer, record);
    allocation(writer, record, results);
    json_open(writer, "comparison", '{');
    reference(writer, "equal", &record->equal);
    reference(writer, "heuristic", &record->heuristic);
    json_close(writer, '}');
}

/* Points [x, y], one a line: count x 2 from 2 x count. */
static void positions(json_writer *writer, const char *key, const double *position, size_t count)
{
    if (!position) {
        json_null(writer, key);
        return;
    }
    json_open(writer, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_vector(writer, NULL, position + 2 * i, 2);
    }
    json_close(writer, ']');
}

cfi_status drop_json_network(json_writer *writer, const cfi_record *record, cfi_error *error)
{
    const cfi_network *network = record->network;
    double *angle = malloc(record->L * sizeof *angle);

    if (!angle) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the angles of %zu access points", record->L);
    }
    for (size_t l = 0; l < record->L; l++) {
        angle[l] = network->angle_rad[l] * DEGREES_PER_RADIAN;
    }
    json_open(writer, "network", '{');
    positions(writer, "ap_positions_m", network->ap_position_m, record->L);
    positions(writer, "ue_positions_m", network->ue_position_m, record->K);
    json_matrix(writer, "gain", network->beta, record->K, record->L);
    json_vector(writer, "angles_deg", angle, record->L);
    json_counts(writer, "pilots", network->pilot, record->K);
    json_matrix(writer, "xi", record->xi, record->K, record->L);
    json_close(writer, '}');
    free(angle);
    return CFI_OK;
}
