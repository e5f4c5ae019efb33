/* Reading a scenario: text -> tree -> values -> system. */
#include "cfisac/scenario.h"

#include "scenario/axes.h"
#include "scenario/input.h"
#include "scenario/interpret.h"
#include "scenario/resolved.h"

#include <stdlib.h>
#include <string.h>

bool scenario_has_sweep(const cfi_scenario *scenario)
{
    return tree_has_sweep(&scenario->tree);
}

/* Reads every value in the order of the table: the sizes come before the lists they fix. */
static cfi_status read_values(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (key_id id = 0; id < KEY_sweep && status == CFI_OK; id++) {
        if (scenario->tree.item[id]) {
            status = interpret_key(scenario, id, error);
        }
    }
    return status;
}

static cfi_status check_swept(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, KEY_sweep);

    return scenario_has_sweep(scenario) ? axes_check(scenario->tree.item[KEY_sweep], scenario->tree.over,
                                                     interpret_sizes(scenario), &place, error)
                                        : CFI_OK;
}

static cfi_status interpret(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = read_values(scenario, error);

    if (status == CFI_OK) {
        status = interpret_scalars(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_swept(scenario, error);
    }
    if (status == CFI_OK) {
        status = interpret_rest(scenario, error);
    }
    if (status == CFI_OK && scenario_has_sweep(scenario)) {
        status = grid_build(&scenario->tree, &scenario->grid, error);
    }
    return status == CFI_OK ? resolved_make(scenario, error) : status;
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

/* Whether the value of a key is the scenario's own, not borrowed from the one whose point this is. */
static bool owns_value(const cfi_scenario *scenario, size_t id)
{
    return !scenario->base || scenario->tree.at_point[id];
}

void scenario_destroy(cfi_scenario *scenario)
{
    if (!scenario) {
        return;
    }
    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (owns_value(scenario, id)) {
            value_free(&scenario->value[id]);
        }
        if (!scenario->base || scenario->file_of[id].entry != scenario->base->file_of[id].entry) {
            value_free(&scenario->file_of[id]);
        }
    }
    array_store_free(&scenario->arrays);
    tree_free(&scenario->tree);
    grid_free(&scenario->grid);
    free(scenario->resolved);
    free(scenario->complete);
    if (!scenario->base) {
        free(scenario->file);
    }
    free(scenario);
}

const cfi_system *scenario_system(const cfi_scenario *scenario)
{
    return &scenario->system;
}

/* The texts of a point are made when they are asked for: there may be a million points. */
static const char *text_or_nothing(const cfi_scenario *scenario, char *const *text)
{
    cfi_error ignored;

    if (!scenario->resolved) {
        resolved_make((cfi_scenario *)scenario, &ignored); /* all scenarios come from calloc: none is const itself */
    }
    return *text ? *text : "";
}

const char *scenario_resolved_json(const cfi_scenario *scenario)
{
    return text_or_nothing(scenario, &scenario->resolved);
}

const char *scenario_complete_json(const cfi_scenario *scenario)
{
    return text_or_nothing(scenario, &scenario->complete);
}

const char *scenario_sha256(const cfi_scenario *scenario)
{
    text_or_nothing(scenario, &scenario->complete);
    return scenario->sha256;
}

const char *scenario_name(const cfi_scenario *scenario)
{
    return scenario->value[KEY_name].text;
}

const char *scenario_title(const cfi_scenario *scenario)
{
    const char *name = scenario_name(scenario), *slash = strrchr(scenario->file, '/');

    if (*name && !scenario->tree.filled[KEY_name]) {
        return name;
    }
    return strcmp(scenario->file, "-") == 0 ? "standard input" : slash ? slash + 1 : scenario->file;
}

size_t scenario_warnings(const cfi_scenario *scenario, const char *const **lines)
{
    *lines = (const char *const *)scenario->warning;
    return scenario->warnings;
}
