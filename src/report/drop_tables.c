/* aps.csv, ues.csv and trace.csv: what belongs to an access point, a user or an iteration of a drop, in long form. */
#include "report/number.h"
#include "report/stream.h"
#include "report/tables.h"

#include <math.h>

static const double DEGREES_PER_RADIAN = 57.295779513082320877;

/* What is absent or not finite is nan. */
static void put(FILE *stream, double value)
{
    char text[NUMBER_LENGTH];

    number_format(isfinite(value) ? value : NAN, text);
    fprintf(stream, ",%s", text);
}

/* value[i], nan without the array */
static void put_of(FILE *stream, const double *value, size_t i)
{
    put(stream, value ? value[i] : NAN);
}

static void put_position(FILE *stream, const double *position_m, size_t i)
{
    put_of(stream, position_m, 2 * i);
    put_of(stream, position_m, 2 * i + 1);
}

static void ap_row(const cfi_record *record, size_t l, FILE *stream)
{
    const cfi_network *network = record->network;
    const cfi_closed_form *form = &record->closed_form;
    const cfi_monte_carlo *estimate = &record->monte_carlo;
    bool ok = record->status == CFI_DROP_OK;

    fprintf(stream, "%u,%zu", record->index, l);
    put_position(stream, network->ap_position_m, l);
    put(stream, network->angle_rad[l] * DEGREES_PER_RADIAN);
    put_of(stream, ok ? record->allocation.ap_power_w : NULL, l);
    put_of(stream, ok ? record->allocation.powers.s : NULL, l);
    put(stream, network->system->sensing.crlb_threshold_rad2[l]);
    put_of(stream, ok ? form->crlb_own_echo_rad2 : NULL, l);
    put_of(stream, ok ? form->crlb_multistatic_rad2 : NULL, l);
    put_of(stream, ok ? estimate->crlb_own_echo_rad2 : NULL, l);
    put_of(stream, ok ? estimate->crlb_own_echo_std_error : NULL, l);
    put_of(stream, ok ? estimate->crlb_multistatic_rad2 : NULL, l);
    put_of(stream, ok ? estimate->crlb_multistatic_std_error : NULL, l);
    fputc('\n', stream);
}

cfi_status report_write_aps_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("drop,ap,x_m,y_m,angle_deg,power_w,sensing_power_w,crlb_threshold_rad2,crlb_own_echo_rad2,"
          "crlb_multistatic_rad2,crlb_own_echo_monte_carlo_rad2,crlb_own_echo_std_error_rad2,"
          "crlb_multistatic_monte_carlo_rad2,crlb_multistatic_std_error_rad2\n",
          stream);
    for (size_t i = 0; i < results->count; i++) {
        for (size_t l = 0; results->record[i].network && l < results->record[i].L; l++) {
            ap_row(&results->record[i], l, stream);
        }
    }
    return finish_stream(stream, error);
}

static void ue_row(const cfi_record *record, size_t k, FILE *stream)
{
    bool ok = record->status == CFI_DROP_OK;

    fprintf(stream, "%u,%zu", record->index, k);
    put_position(stream, record->network->ue_position_m, k);
    fprintf(stream, ",%zu", record->network->pilot[k]);
    put_of(stream, ok ? record->closed_form.rate_theorem1_bit_s_hz : NULL, k);
    put_of(stream, ok ? record->closed_form.rate_exact_bit_s_hz : NULL, k);
    put_of(stream, ok ? record->monte_carlo.rate_bit_s_hz : NULL, k);
    put_of(stream, ok ? record->monte_carlo.rate_std_error : NULL, k);
    fputc('\n', stream);
}

cfi_status report_write_ues_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("drop,ue,x_m,y_m,pilot,rate_theorem1_bit_s_hz,rate_exact_bit_s_hz,rate_monte_carlo_bit_s_hz,"
          "rate_std_error_bit_s_hz\n",
          stream);
    for (size_t i = 0; i < results->count; i++) {
        for (size_t k = 0; results->record[i].network && k < results->record[i].K; k++) {
            ue_row(&results->record[i], k, stream);
        }
    }
    return finish_stream(stream, error);
}

cfi_status report_write_trace_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    fputs("drop,iteration,sum_rate_bit_s_hz\n", stream);
    for (size_t i = 0; i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        for (size_t n = 0; record->status == CFI_DROP_OK && n < record->allocation.trace_count; n++) {
            fprintf(stream, "%u,%zu", record->index, n);
            put(stream, record->allocation.trace_bit_s_hz[n]);
            fputc('\n', stream);
        }
    }
    return finish_stream(stream, error);
}
