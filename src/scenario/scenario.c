/* Reading a scenario: text -> tree -> values -> system. */
#include "cfisac/scenario.h"

#include "scenario/axes.h"
#include "scenario/input.h"
#include "scenario/model.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* Reads every value in the order of the table: the sizes come before the lists they fix. */
static cfi_status read_values(cfi_scenario *scenario, cfi_error *error)
{
    cfi_tree *tree = &scenario->tree;
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < KEY_SWEEP && status == CFI_OK; i++) {
        const cfi_sizes sizes = {.L = (size_t)scenario->value[KEY_APS].number,
                                 .K = (size_t)scenario->value[KEY_UES].number};
        cfi_place place;

        if (!tree->item[i]) {
            continue;
        }
        place = tree_place(tree, (key_id)i);
        status = check_size(tree, (key_id)i, error);
        if (status == CFI_OK) {
            status = value_read(&key_table[i], tree->item[i], sizes, &place, &scenario->value[i], error);
        }
    }
    return status;
}

static cfi_status read_sweep(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_sizes sizes = {.L = scenario->system.L, .K = scenario->system.K};
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);

    return scenario_has_sweep(scenario)
               ? axes_check(scenario->tree.item[KEY_SWEEP], scenario->tree.over, sizes, &place, error)
               : CFI_OK;
}

static cfi_status read_gain_file(cfi_scenario *scenario, cfi_error *error)
{
    const cfi_sizes sizes = {.L = scenario->system.L, .K = scenario->system.K};
    const cfi_value *gain = &scenario->value[KEY_GAIN];
    cfi_place place = tree_place(&scenario->tree, KEY_GAIN);

    return gain->form == FORM_TEXT ? input_gain(gain->text, scenario->file, sizes, &place, &scenario->gain_file, error)
                                   : CFI_OK;
}

/* The resolved text and the hash of what decides the results. */
static cfi_status resolve(cfi_scenario *scenario, cfi_error *error)
{
    cfi_wording resolved = {0}, hashed = {0};
    bool done;

    resolved_print(scenario, RESOLVED_WHOLE, &resolved);
    resolved_print(scenario, RESOLVED_HASHED, &hashed);
    done = !resolved.failed && !hashed.failed;
    if (done) {
        scenario->resolved = resolved.data;
        scenario->complete = hashed.data;
        SHA256Data((const uint8_t *)hashed.data, hashed.length, scenario->sha256);
    } else {
        wording_free(&resolved);
        wording_free(&hashed);
    }
    return done ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", scenario->file);
}

static cfi_status interpret(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = read_values(scenario, error);

    if (status != CFI_OK) {
        return status;
    }
    convert_scalars(scenario);
    status = read_sweep(scenario, error);
    if (status == CFI_OK) {
        status = check_available(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_relations(scenario, error);
    }
    if (status == CFI_OK) {
        status = read_gain_file(scenario, error);
    }
    if (status == CFI_OK) {
        status = convert_arrays(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_solver(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_positions(scenario, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    check_remarks(scenario);
    status = scenario_has_sweep(scenario) ? grid_build(scenario, error) : CFI_OK;
    return status == CFI_OK ? resolve(scenario, error) : status;
}

/* What a scenario is made of. */
typedef struct source {
    const char *text; /* NUL at text[length] */
    size_t length;
    const char *name;
    const cfi_setting *settings;
    size_t n_settings;
} source;

static cfi_status parse_source(const source *from, cfi_scenario **out, cfi_error *error)
{
    cfi_scenario *scenario = calloc(1, sizeof *scenario);
    cfi_status status;

    *out = NULL;
    if (!scenario || !(scenario->file = strdup(from->name))) {
        free(scenario);
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", from->name);
    }
    scenario->tree.file = scenario->file;
    status = tree_build(&scenario->tree, from->text, from->length, error);
    if (status == CFI_OK) {
        status = tree_apply(&scenario->tree, from->settings, from->n_settings, error);
    }
    if (status == CFI_OK) {
        status = tree_fill(&scenario->tree, error);
    }
    if (status == CFI_OK) {
        status = interpret(scenario, error);
    }
    if (status != CFI_OK) {
        scenario_destroy(scenario);
        return status;
    }
    *out = scenario;
    return CFI_OK;
}

cfi_status scenario_read(const char *path, const cfi_setting *settings, size_t n_settings, cfi_scenario **scenario,
                         cfi_error *error)
{
    char *text;
    size_t length;
    cfi_status status = input_read(path, NULL, &text, &length, error);

    *scenario = NULL;
    if (status == CFI_OK) {
        const source from = {text, length, path, settings, n_settings};

        status = parse_source(&from, scenario, error);
    }
    free(text);
    return status;
}

cfi_status scenario_parse(const char *text, size_t length, const char *name, const cfi_setting *settings,
                          size_t n_settings, cfi_scenario **scenario, cfi_error *error)
{
    char *copy = malloc(length + 1);
    cfi_status status;

    *scenario = NULL;
    if (!copy) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", name);
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    status = parse_source(&(const source){copy, length, name, settings, n_settings}, scenario, error);
    free(copy);
    return status;
}

void scenario_destroy(cfi_scenario *scenario)
{
    if (!scenario) {
        return;
    }
    for (size_t id = 0; id < KEY_COUNT; id++) {
        value_free(&scenario->value[id]);
    }
    value_free(&scenario->gain_file);
    for (size_t i = 0; i < scenario->arrays; i++) {
        free(scenario->array[i]);
    }
    tree_free(&scenario->tree);
    grid_free(&scenario->grid);
    free(scenario->resolved);
    free(scenario->complete);
    free(scenario->file);
    free(scenario);
}

const cfi_system *scenario_system(const cfi_scenario *scenario)
{
    return &scenario->system;
}

const char *scenario_resolved_json(const cfi_scenario *scenario)
{
    return scenario->resolved;
}

const char *scenario_complete_json(const cfi_scenario *scenario)
{
    return scenario->complete;
}

const char *scenario_sha256(const cfi_scenario *scenario)
{
    return scenario->sha256;
}

const char *scenario_name(const cfi_scenario *scenario)
{
    return scenario->value[KEY_NAME].text;
}

bool scenario_has_sweep(const cfi_scenario *scenario)
{
    const cJSON *sweep = scenario->tree.item[KEY_SWEEP];

    return sweep && !cJSON_IsNull(sweep);
}

size_t scenario_warnings(const cfi_scenario *scenario, const char *const **lines)
{
    *lines = (const char *const *)scenario->warning;
    return scenario->warnings;
}

const char *method_name(cfi_method method)
{
    return key_table[KEY_METHOD].words[method];
}

const char *rate_model_name(cfi_rate_model model)
{
    return key_table[KEY_RATE_MODEL].words[model];
}

const char *crlb_model_name(cfi_crlb_model model)
{
    return key_table[KEY_CRLB_MODEL].words[model];
}
