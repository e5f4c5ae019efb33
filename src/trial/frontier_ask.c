/* What is asked of a frontier: the words, and the scenarios of its ends. */
#include "trial/frontier.h"

#include <stdio.h>
#include <string.h>

/* What is had of a scenario's rates; the word is that of allocation.objective, too. */
static const cfi_frontier_side rates[] = {
    {.word = "sum_rate", .quantity = "sum_rate", .unit = "bit_s_hz", .label = "sum rate, bit/s/Hz"},
    {.word = "max_min_rate", .quantity = "max_min_rate", .unit = "bit_s_hz", .label = "least user rate, bit/s/Hz"},
};

/* The side of a word of `length` bytes; NULL: there is none. */
static const cfi_frontier_side *find_rate(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (strlen(rates[i].word) == length && strncmp(rates[i].word, word, length) == 0) {
            return &rates[i];
        }
    }
    return NULL;
}

/* The row of a word; frontier_cost_count: there is none. */
static size_t find_cost(const char *word)
{
    size_t row = 0;

    while (row < frontier_cost_count && strcmp(frontier_costs[row].side.word, word) != 0) {
        row++;
    }
    return row;
}

cfi_status frontier_between(const char *between, size_t points, cfi_frontier *out, cfi_error *error)
{
    size_t length = strcspn(between, ",");

    *out = (cfi_frontier){.points = points};
    out->rate = find_rate(between, length);
    out->cost_row = between[length] == ',' ? find_cost(between + length + 1) : frontier_cost_count;
    if (!out->rate || out->cost_row == frontier_cost_count) {
        return error_set(error, CFI_USAGE,
                         "--between: \"%.60s\" is no pair of A,B (allowed: A sum_rate or max_min_rate, B crlb, "
                         "position_error or power)",
                         between);
    }
    out->cost = &frontier_costs[out->cost_row].side;
    return CFI_OK;
}

bool frontier_pair(size_t index, char *text, size_t size)
{
    size_t rate = index / frontier_cost_count;

    if (rate >= sizeof rates / sizeof *rates) {
        return false;
    }
    snprintf(text, size, "%s,%s", rates[rate].word, frontier_costs[index % frontier_cost_count].side.word);
    return true;
}

/* What no end's scenario says by itself. */
static cfi_status check_scenario(const cfi_scenario *scenario, const char *name, cfi_error *error)
{
    cfi_method method = scenario_system(scenario)->allocation.method;

    if (scenario_has_sweep(scenario)) {
        return error_set(error, CFI_INVALID,
                         "%.300s: /sweep: a frontier is that of one scenario (allowed: none, as by --set sweep=null)",
                         name);
    }
    if (method != CFI_METHOD_SCA) {
        return error_set(error, CFI_INVALID,
                         "%.300s: /allocation/method: \"%s\" optimises nothing that could be traded (allowed: sca)",
                         name, method_name(method));
    }
    return CFI_OK;
}

/* The scenario with another objective, and the key of B's limit set to a value (NULL: as it is). */
static cfi_status change_scenario(const cfi_scenario *scenario, const char *name, const char *objective,
                                  const cfi_setting *limit, cfi_scenario **out, cfi_error *error)
{
    const char *text = scenario_complete_json(scenario);
    cfi_setting setting[2] = {{.key = "allocation.objective", .value = objective}};
    size_t settings = 1;

    if (!*text) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the scenario of a frontier");
    }
    if (limit->key && limit->value) {
        setting[settings++] = *limit;
    }
    return scenario_parse(text, strlen(text), name, setting, settings, out, error);
}

static cfi_status make_scenarios(cfi_frontier *f, const char *name, cfi_error *error)
{
    const frontier_cost *cost = &frontier_costs[f->cost_row];
    const cfi_setting off = {.key = cost->key, .value = "null"}, as_it_is = {.key = cost->key};
    const cfi_setting on = {.key = cost->key, .value = cost->without};
    bool given = cost->is_given && cost->is_given(scenario_system(f->scenario));
    cfi_status status =
        change_scenario(f->scenario, name, cost->objective, cost->weighs ? &as_it_is : &off, &f->cost_end, error);

    if (status == CFI_OK) {
        status = change_scenario(f->scenario, name, f->rate->word, &off, &f->rate_end, error);
    }
    return status == CFI_OK
               ? change_scenario(f->scenario, name, f->rate->word, given ? &as_it_is : &on, &f->between, error)
               : status;
}

/* A refusal of an end's scenario names what was asked, not the setting that asked for it. */
static void name_question(const cfi_frontier *f, const char *name, cfi_error *error)
{
    static const char setting[] = "--set ";
    const char *text = error->text;
    size_t length = strlen(name);
    char cause[sizeof error->text];

    text += strncmp(text, setting, sizeof setting - 1) == 0 ? sizeof setting - 1 : 0;
    text += strncmp(text, name, length) == 0 && strncmp(text + length, ": ", 2) == 0 ? length + 2 : 0;
    snprintf(cause, sizeof cause, "%s", text);
    error_set(error, error->status, "%.300s: --between %s,%s: %.600s", name, f->rate->word, f->cost->word, cause);
}

cfi_status frontier_ask(const cfi_scenario *scenario, const char *name, cfi_frontier *frontier, cfi_error *error)
{
    cfi_status status;

    frontier->scenario = scenario;
    status = check_scenario(scenario, name, error);
    if (status == CFI_OK) {
        status = make_scenarios(frontier, name, error);
        if (status == CFI_INVALID || status == CFI_UNAVAILABLE) {
            name_question(frontier, name, error);
        }
    }
    return status;
}

void frontier_free(cfi_frontier *frontier)
{
    scenario_destroy(frontier->rate_end);
    scenario_destroy(frontier->cost_end);
    scenario_destroy(frontier->between);
    *frontier = (cfi_frontier){.scenario = NULL};
}

double frontier_memory_bytes(const cfi_frontier *frontier)
{
    const cfi_system *system = scenario_system(frontier->scenario);
    double powers = ((double)system->K + 1.0) * (double)system->L;

    return sizeof(double) * (2.0 * powers + (double)system->L) +
           (double)frontier_positions(frontier) * sizeof(cfi_frontier_point);
}
