/* What makes a drop infeasible, in words and as JSON. */
#include "report/infeasible.h"

#include "report/decibel.h"

#include <math.h>

double infeasible_rounded_up(double value)
{
    double scale = pow(10.0, 5.0 - floor(log10(value)));

    return ceil(value * scale) / scale;
}

double infeasible_rounded_down(double value)
{
    double scale = pow(10.0, 5.0 - floor(log10(value)));

    return floor(value * scale) / scale;
}

/* What a single constraint must do. */
static void describe_finite(const cfi_infeasibility *because, double db, char text[INFEASIBLE_LENGTH])
{
    const char *key = constraint_key(because->constraint);

    if (because->constraint == CFI_CONSTRAINT_POSITION) {
        snprintf(text, INFEASIBLE_LENGTH, "the position threshold (%s) must be %.6g times as large", key,
                 infeasible_rounded_up(because->factor));
    } else if (because->constraint == CFI_CONSTRAINT_DETECTION) {
        snprintf(text, INFEASIBLE_LENGTH, "the threshold of detection (%s) asks for %.4f dB too much", key, db);
    } else if (because->constraint == CFI_CONSTRAINT_RATE && because->at_least) {
        snprintf(text, INFEASIBLE_LENGTH, "the rate targets (%s) must be divided by at least %.6g", key,
                 infeasible_rounded_down(because->factor));
    } else if (because->constraint == CFI_CONSTRAINT_RATE && because->ue == CFI_NOWHERE) {
        snprintf(text, INFEASIBLE_LENGTH, "the rate targets (%s) must be divided by %.6g", key,
                 infeasible_rounded_up(because->factor));
    } else if (because->constraint == CFI_CONSTRAINT_RATE) {
        snprintf(text, INFEASIBLE_LENGTH,
                 "user %zu asks for too much: its rate target (%s) must be divided by more than %.6g", because->ue, key,
                 infeasible_rounded_up(because->factor));
    } else if (because->ap == CFI_NOWHERE && because->constraint == CFI_CONSTRAINT_AP_LIMIT) {
        snprintf(text, INFEASIBLE_LENGTH, "the limits (%s) are %.4f dB short", key, db);
    } else if (because->ap == CFI_NOWHERE && because->constraint != CFI_CONSTRAINT_THRESHOLD) {
        snprintf(text, INFEASIBLE_LENGTH, "the total power (%s) and the limits are %.4f dB short", key, db);
    } else if (because->constraint == CFI_CONSTRAINT_BUDGET || because->constraint == CFI_CONSTRAINT_BUDGET_DBM) {
        snprintf(text, INFEASIBLE_LENGTH, "access point %zu costs most; the total power (%s) is %.4f dB short",
                 because->ap, key, db);
    } else if (because->ap == CFI_NOWHERE) {
        snprintf(text, INFEASIBLE_LENGTH, "every threshold (%s) must rise by %.4f dB", key, db);
    } else {
        snprintf(text, INFEASIBLE_LENGTH, "access point %zu costs most: its %s (%s) must rise by %.4f dB", because->ap,
                 because->constraint == CFI_CONSTRAINT_THRESHOLD ? "threshold" : "limit", key, db);
    }
}

void infeasible_describe(const cfi_infeasibility *because, char text[INFEASIBLE_LENGTH])
{
    if (because->constraint == CFI_CONSTRAINT_NONE) {
        snprintf(text, INFEASIBLE_LENGTH, "no cause is known");
    } else if (!isfinite(because->factor) && because->constraint == CFI_CONSTRAINT_POSITION) {
        snprintf(text, INFEASIBLE_LENGTH,
                 "what echoes tell of the target is all in line with it: no power gives it a position");
    } else if (!isfinite(because->factor) && because->constraint == CFI_CONSTRAINT_RATE) {
        snprintf(text, INFEASIBLE_LENGTH, "user %zu has no rate at any power", because->ue);
    } else if (!isfinite(because->factor)) {
        snprintf(text, INFEASIBLE_LENGTH, "access point %zu has no sensing information at any power", because->ap);
    } else {
        describe_finite(because, decibel_round_up(decibel_of(because->factor)), text);
    }
}

static void index_or_null(json_writer *writer, const char *key, size_t index)
{
    if (index == CFI_NOWHERE) {
        json_null(writer, key);
    } else {
        json_count(writer, key, index);
    }
}

void infeasible_json(json_writer *writer, const cfi_infeasibility *because)
{
    if (because->constraint == CFI_CONSTRAINT_NONE) {
        json_null(writer, "infeasible_because");
        return;
    }
    json_open(writer, "infeasible_because", '{');
    json_text(writer, "constraint", constraint_key(because->constraint));
    index_or_null(writer, "ap", because->ap);
    index_or_null(writer, "ue", because->ue);
    json_number(writer, "factor", because->factor);
    if (because->at_least) {
        json_embed(writer, "at_least", "true");
    }
    json_close(writer, '}');
}
