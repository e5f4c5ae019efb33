/* The head of the printed table: what was run. */
#include "base/paragraph.h"
#include "base/text.h"
#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/table_page.h"

#include <math.h>

enum { TITLE_LENGTH = 240 }; /* bytes of the scenario's name that are shown */

/* "3 users", or "1 user" */
static void add_many(paragraph *text, size_t count, const char *thing)
{
    paragraph_add(text, "%zu %s%s", count, thing, text_by_count(count, "", "s"));
}

static void add_budget(const page *p, paragraph *text)
{
    const cfi_power *power = &p->system->power;

    if (power->budget_in_dbm) {
        paragraph_add(text, ", budget %.6g dBm, noise %.4g dBm", decibel_of(power->budget_w) + 30.0,
                      decibel_of(power->comm_noise_w) + 30.0);
    } else {
        paragraph_add(text, ", SNR %.6g dB", decibel_of(power->budget_w / power->sensing_noise_w));
    }
    if (power->bandwidth_hz > 0.0) {
        paragraph_add(text, ", %.6g MHz", power->bandwidth_hz / 1e6);
    }
}

static void put_network(const page *p)
{
    const cfi_system *s = p->system;
    paragraph text = {.used = 0};

    add_many(&text, s->L, "access point");
    paragraph_add(&text, " (%zu transmit, ", s->N);
    add_many(&text, s->M, "receive antenna");
    paragraph_add(&text, "), ");
    add_many(&text, s->K, "user");
    add_budget(p, &text);
    paragraph_add(&text, ", seed %llu", (unsigned long long)s->seed);
    paragraph_end(&text, PAGE_INDENT, p->stream);
}

static void put_frames(const page *p)
{
    const cfi_system *s = p->system;
    paragraph text = {.used = 0};

    add_many(&text, s->frame.tau_p, "pilot");
    paragraph_add(&text, ", %zu symbols a coherence block%s, ", s->frame.tau_c,
                  s->frame.tau_c == 0 ? " (no pilot overhead)" : "");
    add_many(&text, s->frame.T, "symbol");
    paragraph_add(&text, " a radar frame");
    paragraph_end(&text, PAGE_INDENT, p->stream);
}

/* What sensing has to reach. */
static void add_thresholds(const page *p, paragraph *text)
{
    const cfi_sensing *sensing = &p->system->sensing;
    const double *threshold = system_angle_thresholds(p->system);
    double low, high;

    if (sensing->position_threshold_m > 0.0) {
        paragraph_add(text, ", position threshold %.6g m", sensing->position_threshold_m);
    }
    if (sensing->detection_threshold > 0.0) {
        paragraph_add(text, ", detection threshold %.6g", sensing->detection_threshold);
    }
    if (!threshold) {
        bool none = !(sensing->position_threshold_m > 0.0) && !(sensing->detection_threshold > 0.0);

        paragraph_add(text, none ? ", no threshold" : "");
        return;
    }
    low = high = threshold[0];
    for (size_t l = 1; l < p->system->L; l++) {
        low = fmin(low, threshold[l]);
        high = fmax(high, threshold[l]);
    }
    paragraph_add(text, ", threshold %.6g", decibel_of(low));
    if (low < high) {
        paragraph_add(text, " to %.6g", decibel_of(high));
    }
    paragraph_add(text, " dB of 1 rad^2");
}

static void put_models(const page *p)
{
    const cfi_system *s = p->system;
    paragraph text = {.used = 0};

    paragraph_add(&text, "allocation %s, rate %s", method_name(s->allocation.method), rate_model_name(s->rate_model));
    if (s->precoding.kind != CFI_PRECODER_MR) {
        paragraph_add(&text, ", precoder %s", channel_precoder(s)->name);
    }
    paragraph_add(&text, ", bound %s", crlb_model_name(s->sensing.crlb_model));
    add_thresholds(p, &text);
    paragraph_end(&text, PAGE_INDENT, p->stream);
}

/* ", rate targets 0.5 to 2 bit/s/Hz", with one number where all are alike; nothing where there are none. */
static void add_of_users(const page *p, const char *what, const double *value, const char *unit, paragraph *text)
{
    double low = INFINITY, high = 0.0;

    for (size_t k = 0; value && k < p->system->K; k++) {
        low = fmin(low, value[k]);
        high = fmax(high, value[k]);
    }
    if (value && low < high) {
        paragraph_add(text, ", %ss %.6g to %.6g%s", what, low, high, unit);
    } else if (value) {
        paragraph_add(text, ", %s %.6g%s", what, low, unit);
    }
}

/* What is optimised, for whom, and what every user shall have, where the scenario says more than "sum_rate". */
static void put_wishes(const page *p)
{
    const cfi_allocation_settings *allocation = &p->system->allocation;
    paragraph text = {.used = 0};

    if (page_has_objective(p) || page_has_weights(p) || allocation->rate_target_bit_s_hz) {
        paragraph_add(&text, "objective %s", drops_objective(p->results)->name);
        add_of_users(p, "weight", page_has_weights(p) ? allocation->weights : NULL, "", &text);
        add_of_users(p, "rate target", allocation->rate_target_bit_s_hz, " bit/s/Hz", &text);
        paragraph_end(&text, PAGE_INDENT, p->stream);
    }
}

static void put_drops(const page *p)
{
    paragraph text = {.used = 0};

    add_many(&text, p->system->monte_carlo.drops, "drop");
    paragraph_add(&text, " x ");
    add_many(&text, p->system->monte_carlo.realizations, "channel");
    paragraph_end(&text, PAGE_INDENT, p->stream);
}

void page_put_heading(const page *p)
{
    char name[TITLE_LENGTH + 1];

    text_shown(name, sizeof name, scenario_title(p->results->scenario));
    fputs(page_paint(p, "\033[1m"), p->stream);
    paragraph_print(p->stream, 0, "%s", name);
    fputs(page_paint(p, "\033[0m"), p->stream);
    put_network(p);
    put_frames(p);
    put_drops(p);
    put_models(p);
    put_wishes(p);
    fputc('\n', p->stream);
}
