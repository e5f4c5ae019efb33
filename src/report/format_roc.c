/* roc.csv: what detectors give for each probability of a false alarm, where access points look for one target together.
 */
#include "base/output.h"
#include "report/csv.h"
#include "report/drop_values.h"

#include <math.h>
#include <stdlib.h>

/* Probabilities of false alarms: 10^-8 to 1, three a decade. */
enum { DECADES = 8, A_DECADE = 3, ROC_POINTS = DECADES * A_DECADE + 1 };

/* Probabilities of detection of a drop at one point of the curve. */
typedef struct roc_point {
    double fused, least, mean;
} roc_point;

static roc_point point_of(const cfi_record *record, double false_alarm, double *work)
{
    const double *snr = record->closed_form.echo_snr;
    size_t swerling = record->network->system->sensing.swerling;
    roc_point point = {.fused = detection_fused(record->L, snr, false_alarm, swerling, work), .least = 1.0};

    for (size_t l = 0; l < record->L; l++) {
        double own = detection_own_echo(snr[l], false_alarm, swerling);

        point.least = fmin(point.least, own);
        point.mean += own / (double)record->L;
    }
    return point;
}

static void put_curve(FILE *stream, const cfi_record *record, double *work)
{
    for (int i = 0; i < ROC_POINTS; i++) {
        double exponent = (double)(i - DECADES * A_DECADE) / (double)A_DECADE, false_alarm = pow(10.0, exponent);
        roc_point point = {1.0, 1.0, 1.0}; /* who always cries finds it */

        if (false_alarm < 1.0) {
            point = point_of(record, false_alarm, work);
        }
        fprintf(stream, "%u", record->index);
        csv_number(stream, false_alarm);
        csv_number(stream, point.fused);
        csv_number(stream, point.least);
        csv_number(stream, point.mean);
        fputc('\n', stream);
    }
}

cfi_status report_write_roc_csv(const cfi_results *results, FILE *stream, cfi_error *error)
{
    size_t most = scenario_system(results->scenario)->L;
    double *work = malloc(3 * most * sizeof *work);

    if (!work) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the detectors of %zu access points", most);
    }
    fputs("drop,false_alarm_probability,detection_probability_fused,least_detection_probability,"
          "mean_detection_probability\n",
          stream);
    for (size_t i = 0; i < results->count; i++) {
        if (drop_has_detection(&results->record[i])) {
            put_curve(stream, &results->record[i], work);
        }
    }
    free(work);
    return output_finish(stream, "a result", error);
}
